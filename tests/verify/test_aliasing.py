"""mu_k on a sample by theory alone against numerics' own, and wrong samples that no verdict may rest on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import roots_gegenbauer

from numerics.data.points import PointSet, product_grid, ring_sample, uniform_sphere
from numerics.data.targets import Mixture, Problem, mixture_problem
from numerics.experiments.basri import circle_time
from numerics.experiments.cao import cao_circle, cao_mixture, cao_sphere
from numerics.experiments.limits import deep_sphere
from theory.kernels import NTK, Laplace, PowerSeries
from theory.numbers.truth import Truth
from verify.bridge import float_spectrum
from verify.findings.claim import Finding
from verify.networks import aliasing, deep, initial, mixture, rates, times
from verify.networks.population import CAO, quotients

CIRCLE = cao_circle.EXPERIMENT.configure("quick")
GRIDS = [cao_sphere.EXPERIMENT.configure("quick", dim=dim) for dim in (2, 3)]
RINGS = cao_sphere.EXPERIMENT.configure("quick", dim=9)


def pole(dim: int) -> torch.Tensor:
    return torch.nn.functional.one_hot(torch.tensor(dim), dim + 1).to(torch.float64)


@pytest.mark.parametrize(("module", "config"), [(cao_circle, CIRCLE), *((cao_sphere, c) for c in (*GRIDS, RINGS))])
def test_the_problems_of_the_runs_are_those_of_theory(module: Any, config: Any) -> None:
    found, why = rates.on_sample(module, config)
    assert why == "" and [one.degree for one in found] == list(module.DEGREES)
    if config is not RINGS:
        assert all(abs(one.found / one.expected - 1) < 5e-6 for one in found)


@pytest.mark.parametrize("kernel", [CAO, NTK(depth=3), Laplace(1)], ids=repr)
def test_quotients_on_a_grid_are_those_of_the_kernel_on_its_points(kernel: Any) -> None:
    for dim, rings in ((2, 5), (3, 4), (4, 3)):
        task = mixture_problem(Mixture((1, 2), (1.0, 1.0)), product_grid(dim, rings), pole(dim))
        mine = [aliasing.grid_quotient(kernel, dim, degree, rings) for degree in (1, 2)]
        cosines = (task.sample.points @ task.sample.points.T).numpy()
        weighed = (task.sample.weights[:, None] * task.directions).numpy()
        direct = np.diag(weighed.T @ aliasing._kappa(kernel, cosines) @ weighed)
        assert np.allclose(mine, direct, rtol=1e-7, atol=0)
        assert not np.allclose(mine, float_spectrum(kernel, dim, 2)[1:], rtol=1e-7, atol=0)


@pytest.mark.parametrize("dim", [2, 3, 4, 9])
@pytest.mark.parametrize("rings", [1, 2, 6, 13])
def test_heights_and_weights_are_those_of_scipy(dim: int, rings: int) -> None:
    heights, weights = aliasing.gauss(dim, rings)
    nodes, masses = roots_gegenbauer(rings, (dim - 1) / 2)
    assert np.allclose(heights, nodes, rtol=0, atol=1e-14)
    assert np.allclose(weights, masses / masses.sum(), rtol=0, atol=1e-14)


def test_a_polynomial_of_low_degree_has_no_aliasing() -> None:
    for dim in (2, 3):
        assert (
            abs(
                aliasing.grid_quotient(PowerSeries((0, 0, 1)), dim, 2, 6)
                / float_spectrum(PowerSeries((0, 0, 1)), dim, 2)[2]
                - 1
            )
            < 1e-12
        )
    assert aliasing.circle_quotient(CAO, 4, 8) > 1.5 * float_spectrum(CAO, 1, 4)[4]


def test_random_azimuths_have_the_expected_mean() -> None:
    dim, rings, azimuths, degrees = 5, 4, 30, (1, 2)
    expected = [aliasing.rings_quotient(CAO, dim, degree, rings, azimuths) for degree in degrees]
    found = []
    for seed in range(60):
        sample = ring_sample(dim, rings, azimuths, torch.Generator().manual_seed(seed))
        task = mixture_problem(Mixture(degrees, (1.0, 1.0)), sample, pole(dim))
        found.append((quotients(CAO, task, 40).numpy() / expected).tolist())
    mean, error = np.mean(found, 0), np.std(found, 0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(mean - 1) < 5 * error).all() and (error < 0.02).all()
    assert (expected / np.array(float_spectrum(CAO, dim, 2)[1:]) - 1 > 5 * error).any()  # mu_k itself is refused


def test_independent_points_have_the_expected_mean() -> None:
    dim, samples = 3, 40
    expected, found = aliasing.uniform_quotient(CAO, dim, 2, samples), []
    for seed in range(200):
        points = uniform_sphere(dim, samples, torch.Generator().manual_seed(seed))
        found.append(float(quotients(CAO, mixture_problem(Mixture((2,), (1.0,)), points, pole(dim)), 60)[0]))
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    assert abs(np.mean(found) - expected) < 5 * error < expected - float_spectrum(CAO, dim, 2)[2]


class Changed:
    """The module with another problem; compared by identity, as modules are."""

    def __init__(self, module: Any, change: Any) -> None:
        self.module, self.change = module, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module, name)

    def problem(self, config: Any) -> Problem:
        return self.change(self.module.problem(config))


def equal_weights(task: Problem) -> Problem:
    points = task.sample.points
    return replace(task, sample=PointSet(points, torch.full((len(points),), 1 / len(points), dtype=points.dtype)))


def uneven(task: Problem) -> Problem:
    weights = task.sample.weights * (1 + task.sample.points[:, 0] / 2)
    return replace(task, sample=PointSet(task.sample.points, weights / weights.sum()))


def another_degree(task: Problem) -> Problem:
    dim = task.sample.dim
    about = pole(dim) if dim > 1 else torch.tensor([1.0, 0.0], dtype=torch.float64)
    other = mixture_problem(Mixture((6,), (1.0,)), task.sample, about).directions[:, 0]
    directions = task.directions.clone()
    directions[:, 2] = other
    return replace(task, directions=directions)


def moved(task: Problem) -> Problem:
    points = task.sample.points.clone()
    points[0] = -points[0]
    return replace(task, sample=PointSet(points, task.sample.weights))


def scaled(task: Problem) -> Problem:
    return replace(task, directions=1.001 * task.directions)


def coarser(task: Problem) -> Problem:
    half = task.sample.points[::2]
    sample = PointSet(half, task.sample.weights[::2] / task.sample.weights[::2].sum())
    return Problem(sample, task.labels[::2], task.directions[::2])


PLANTED = [
    (change, module, config)
    for module, config in ((cao_circle, CIRCLE), *((cao_sphere, config) for config in (*GRIDS, RINGS)))
    for change in (another_degree, moved, scaled, coarser, equal_weights)
    if not (change is equal_weights and module is cao_circle)  # they are equal there
]


@pytest.mark.parametrize(("change", "module", "config"), PLANTED)
def test_another_sample_is_seen_and_nothing_is_decided_on_it(change: Any, module: Any, config: Any) -> None:
    _, why = rates.on_sample(Changed(module, change), config)
    assert why and "\n" not in why


def test_a_verdict_names_the_aliasing_and_rests_on_no_other_sample() -> None:
    config = cao_circle.EXPERIMENT.configure("quick", samples=32, width=512, seeds=64, steps=100)
    data = cao_circle.EXPERIMENT.run(replace(config, seeds=2)).isel(seed=[0, 1] * 32)
    plan = replace(rates.CIRCLE, margin=0.3)
    right = rates.finding(plan, config, data)
    assert "aliasing makes mu_k" in right.scope and [one["degree"] for one in right.figures["sample"]] == [1, 2, 4, 6]
    wrong = rates.finding(replace(plan, module=Changed(cao_circle, another_degree)), config, data)
    assert wrong.truth is Truth.UNDECIDED and "degrees" in wrong.why


def test_no_verdict_rests_on_another_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same change under each experiment: its judge decides nothing. What was measured does not matter."""
    for change in (another_degree, scaled):
        assert initial_finding(monkeypatch, change).truth is Truth.UNDECIDED
    config = deep_sphere.EXPERIMENT.configure("quick")
    assert deep._strange(config) == ""
    with monkeypatch.context() as patched:
        right = deep_sphere.problem
        patched.setattr(deep_sphere, "problem", lambda c: equal_weights(right(c)))
        assert "orthonormal" in deep._strange(config)
    config = circle_time.EXPERIMENT.configure("quick")
    data = circle_time.EXPERIMENT.run(replace(config, seeds=2, steps=200))
    with monkeypatch.context() as patched:
        right_circle = circle_time.problem
        patched.setattr(circle_time, "problem", lambda c: another_degree(right_circle(c)))
        found = times.finding(config, data, 2.0)
    assert found.truth is Truth.UNDECIDED and "zonal harmonics of degrees" in found.why


def initial_finding(monkeypatch: pytest.MonkeyPatch, change: Any) -> Finding:
    with monkeypatch.context() as patched:
        patched.setattr(initial, "GRIDS", [(Changed(module, change), name) for module, name in initial.GRIDS])
        return initial.finding([])


@pytest.mark.parametrize("change", [another_degree, scaled, moved, uneven])
def test_random_samples_of_mixtures_are_checked_one_by_one(change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    config = cao_mixture.EXPERIMENT.configure("quick", seeds=3)
    found, why = mixture.on_samples.__wrapped__(config)
    assert why == "" and all(one.keeps for one in found)
    if change == "weights":
        change = lambda task: replace(task, sample=PointSet(task.sample.points, 1.2 * task.sample.weights))
    right = cao_mixture.problem
    monkeypatch.setattr(cao_mixture, "problem", lambda c, generator: change(right(c, generator)))
    assert mixture.on_samples.__wrapped__(config)[1]
