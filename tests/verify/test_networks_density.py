"""Non-uniform data: experiments, verdicts, twins and refusals at small sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
import xarray as xr

from numerics.experiments import load_experiment
from numerics.experiments import sweeps as sweep
from numerics.experiments.basri import basri_density
from numerics.experiments.cao import non_uniform
from numerics.experiments.config import one_thread
from numerics.predictions.limit_kernels import gram
from tests.verify.verdicts import complete
from theory.numbers.balls import working_precision
from theory.numbers.truth import Truth
from verify.figures import density as figures
from verify.figures.style import figure_data
from verify.findings.claim import Context
from verify.networks import arcs, density
from verify.networks.arc_operator import largest

EPS = np.finfo(float).eps
SMALL = {
    "non-uniform": {"samples": 60, "width": 256, "seeds": 4, "steps": 40},
    "basri-density": {"samples": 60, "width": 256, "seeds": 4, "steps": 400},
}


@pytest.fixture(autouse=True)
def single():
    with one_thread():
        yield


@pytest.fixture(scope="module")
def results():
    with one_thread():
        configs = {name: load_experiment(name).configure("quick", **sizes) for name, sizes in SMALL.items()}
        return {name: (config, load_experiment(name).run(config)) for name, config in configs.items()}


@pytest.mark.parametrize("name", list(SMALL))
def test_any_split_gives_the_same_bits(name, results):
    config, whole = results[name]
    second = load_experiment(name).run(sweep.split(name, config)[1][1])
    for variable in second.data_vars:
        same = whole[variable].sel(seed=second.seed) if "seed" in whole[variable].dims else whole[variable]
        assert np.array_equal(second[variable].values, same.values, equal_nan=True)


def test_coefficients_start_at_the_labels_own(results):
    config, data = results["non-uniform"]
    off = np.maximum(*(np.abs(data[name].isel(step=0) - 1).max("degree") for name in ("network", "gram")))
    for row, seed in enumerate(data.seed.values.tolist()):
        for place, one in enumerate(non_uniform.densities(config.dim).values()):
            task = non_uniform.problem(config, one, torch.Generator().manual_seed(seed * 2**10 + place))
            inverse = task.directions.T @ (task.sample.weights[:, None] * task.directions)  # of the moments
            # The moments' condition number times the rounding of their solve, and a sum over the sample.
            terms = 8 * float(torch.linalg.cond(inverse)) + config.samples
            size = (task.sample.weights[:, None] * task.directions * task.labels[:, None]).abs().sum(0).max()
            assert off.values[row, place] <= EPS * terms * float(size) / config.amplitude


def test_the_pair_is_an_eigenpair_of_the_limit_kernel_and_close_to_the_certified_one():
    config = basri_density.EXPERIMENT.configure("full")
    task = basri_density.pair_problem(config)
    weighted = task.sample.weights[:, None] * task.directions
    # An eigenvector of a matrix of order n and trace kappa(1) = 1/2, divided by the weights' roots.
    n, least = config.samples, float(task.sample.weights.min())
    assert (task.directions.T @ weighted - torch.eye(2)).abs().max() <= 16 * EPS * n
    image = gram(task.sample.points, basri_density.limit_kernel) @ weighted
    values = (weighted * image).sum(0)
    assert (image - values * task.directions).abs().max() <= 16 * EPS * n * 0.5 / least**0.5
    finer = np.array(pair_values(basri_density.EXPERIMENT.configure("full", samples=3 * n)))
    # Trapezoids, a kink at equal angles, jumps midway between points: an error of second order in the
    # step, which extrapolation takes away. What it leaves is of a higher order, at most a ninth of that.
    limit, left = (9 * finer - values.numpy()) / 8, np.abs(finer - values.numpy()) / 72
    with working_precision(30):
        bounds = [largest(sign) for sign in (-1, 1)]
    for found, slack, (low, high) in zip(limit, left, bounds):
        assert low - slack <= found <= high + slack
        assert not low - slack <= 1.001 * found <= high + slack


def pair_values(config: basri_density.Config) -> list[float]:
    """Rayleigh quotients of the pair."""
    task = basri_density.pair_problem(config)
    weighted = task.sample.weights[:, None] * task.directions
    return (weighted * (gram(task.sample.points, basri_density.limit_kernel) @ weighted)).sum(0).tolist()


def test_edges_fall_between_points():
    points = basri_density.sample(basri_density.EXPERIMENT.configure("full"), 0.1)
    assert bool(basri_density.sparse(points.points).sum() == 50)
    low, high = (
        points.weights[where].unique()
        for where in (basri_density.sparse(points.points), ~basri_density.sparse(points.points))
    )
    assert all((found / (level / 100) - 1).abs().max() <= 2 * 100 * EPS for found, level in ((low, 0.1), (high, 1.9)))


def enlarged(data: xr.Dataset, seeds: int, spread: float) -> xr.Dataset:
    """As many seeds as a verdict wants: the limit kernel's numbers, each network off by a little."""
    rng = np.random.default_rng(0)
    times = data.gram_time.values * np.exp(spread * rng.standard_normal((seeds, 1)))
    tilt = np.exp(spread * rng.standard_normal((seeds, 1)) * np.log(data.lowest.values))
    pair = data.pair_gram.values ** (1 + spread * rng.standard_normal((seeds, 1, 1)))
    return data.drop_dims("seed").assign(
        network_time=(("seed", "lowest"), times * tilt),
        own_time=(("seed", "lowest"), times * tilt),
        pair=(("seed", "step", "function"), pair),
    )


def test_densities_on_the_circle_and_their_twins(results, monkeypatch):
    config, data = results["basri-density"]
    config, data = replace(config, seeds=16), enlarged(data, 16, 0.02)
    monkeypatch.setattr(arcs, "_data", lambda context: (config, data))
    for found in (arcs.speed(Context()), arcs.pair(Context()), arcs.judge(config, data)):
        assert found.truth is Truth.HOLDS and complete(found)
    for twins in (arcs.speed_twins(Context()), arcs.pair_twins(Context())):
        assert len(twins) >= 3 and all(twin.truth is Truth.FAILS for twin in twins.values())


def test_trained_networks_take_longer_where_data_are_sparse(results):
    _, data = results["basri-density"]
    times = data.network_time.values
    reached = np.isfinite(times).all(1)
    assert reached.any() and (np.diff(times[reached], axis=1) < 0).all()
    # A gate that flips is one of 256 units at one of 60 points; labels of 1e-5 flip a few.
    flips = 16
    assert np.abs(times[reached] / data.own_time.values[reached] - 1).max() <= flips / (256 * 60)


def test_times_that_were_not_reached_are_refused(results):
    config, data = results["basri-density"]
    with pytest.raises(ValueError, match="times were not reached"):
        arcs.speed_finding(config, data.assign(network_time=data.network_time * np.nan))


def orders(seeds: int, out: dict[str, int]) -> xr.Dataset:
    """Runs of two steps: ``out`` of them per distribution learn degree 2 before degree 1."""
    names = list(non_uniform.DENSITIES)
    left = np.empty((seeds, len(names), 3))
    left[:] = 1.0, 5.0, 80.0
    for j, name in enumerate(names):
        left[: out.get(name, 0), j] = 5.0, 1.0, 80.0
    rng = np.random.default_rng(0)
    curves = np.stack([np.ones_like(left), left * np.exp(0.01 * rng.standard_normal(left.shape))], axis=2)
    dims = ("seed", "density", "step", "degree")
    coords = {"seed": range(seeds), "density": names, "step": [0, 1], "degree": [1, 2, 4]}
    return xr.Dataset({"network": (dims, curves), "gram": (dims, curves)}, coords=coords)


def test_an_order_is_tolerated_only_where_few_runs_leave_it():
    config = replace(non_uniform.EXPERIMENT.configure("full"), seeds=400)
    half = density.tolerance_finding(config, orders(400, {"von Mises-Fisher 5": 200}))
    assert half.truth is Truth.FAILS and half.counterexample["distribution"] == "von Mises-Fisher 5" and complete(half)
    assert [one.finding.truth for one in half.corrected] == [Truth.HOLDS]
    assert density.tolerance_finding(config, orders(400, {})).truth is Truth.HOLDS
    assert density.tolerance_finding(config, orders(400, {"uniform": 400})).truth is Truth.HOLDS
    assert density.tolerance_finding(config, orders(400, {"von Mises-Fisher 5": 25})).truth is Truth.UNDECIDED


def test_runs_that_diverged_are_refused_and_not_counted_in_order():
    config, data = replace(non_uniform.EXPERIMENT.configure("full"), seeds=400), orders(400, {})
    lost = data.assign(network=data.network.where(data.seed > 0))
    for judge in (density.tolerance_finding, density.kept_finding, density.order_finding):
        with pytest.raises(ValueError, match="coefficients: .* values not finite"):
            judge(config, lost)
    assert density.tolerance_finding(config, data).truth is Truth.HOLDS


def test_the_judge_that_rejects_a_tolerance_holds_a_true_one(monkeypatch):
    config, data = (
        replace(non_uniform.EXPERIMENT.configure("full"), seeds=240),
        orders(240, {"von Mises-Fisher 5": 120}),
    )
    monkeypatch.setattr(density, "_data", lambda context: (config, data))
    assert density.misspecified(Context()).truth is Truth.FAILS
    (right,) = density.misspecified_companions(Context()).values()
    assert right.truth is Truth.HOLDS and complete(right)


def test_networks_in_the_limit_kernels_order_and_twins(monkeypatch):
    config, data = (
        replace(non_uniform.EXPERIMENT.configure("full"), seeds=80),
        orders(80, {"upper hemisphere alone": 40}),
    )
    monkeypatch.setattr(density, "_data", lambda context: (config, data))
    found = density.gram_order(Context())
    assert found.truth is Truth.HOLDS and complete(found) and complete(density.judge(config, data))
    for twins in (density.gram_order_twins(Context()), density.misspecified_twins(Context())):
        assert len(twins) >= 3 and all(twin.truth is Truth.FAILS for twin in twins.values())


def test_the_papers_densities_keep_the_order_on_the_nine_sphere(monkeypatch):
    sizes = {"dim": 9, "samples": 200, "width": 512, "seeds": 8, "steps": 100}
    config = non_uniform.EXPERIMENT.configure("quick", **sizes)
    data = non_uniform.EXPERIMENT.run(config)
    assert data.density.values.tolist() == list(non_uniform.densities(9)) and data.sizes["density"] == 4
    monkeypatch.setattr(density, "MARGIN", 0.6)  # 8 seeds and half the width allow no less
    monkeypatch.setattr(density, "LEVEL", 1e-2)
    monkeypatch.setattr(density, "_data", lambda context, **changes: (config, data))
    found = density.judge(config, data)
    assert found.truth is Truth.HOLDS and complete(found)
    twins = density.kept_order_twins(Context())
    assert all(twins[name].truth is Truth.FAILS for name in density.ORDERS)
    assert all(twin.truth is not Truth.HOLDS or "gaps" in name for name, twin in twins.items())
    assert all(f"degree {k}, limit kernel" in figure_data(figures.orders(data)) for k in (1, 2, 4))


def test_small_networks_follow_the_gram_operator(results):
    _, data = results["non-uniform"]
    off = density.gaps(data.network) - density.gaps(data.gram)
    assert np.abs(off.mean(0)).max() < 0.5 * density.gaps(data.gram)[..., -1].mean()


def test_bad_sizes_are_refused_in_one_line():
    with pytest.raises(ValueError, match="4 mod 8 is wanted"):
        basri_density.EXPERIMENT.configure("quick", samples=64)
    with pytest.raises(ValueError, match="seeds = 3 is not allowed"):
        non_uniform.EXPERIMENT.configure("full", seeds=3)


def test_the_figures_show_networks_and_predictions(results):
    speed, order = (
        figure_data(draw(results[name][1]))
        for draw, name in ((figures.speed, "basri-density"), (figures.orders, "non-uniform"))
    )
    assert all(label in speed for label in ("networks, median", "limit kernel", "sine, networks"))
    assert all(f"degree {k}, {what}" in order for k in (1, 2, 4) for what in ("networks", "limit kernel"))
