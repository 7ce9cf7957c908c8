"""Deep networks: verdicts, twins, splitting and refusals at small sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics.experiments import load_experiment
from numerics.experiments import sweeps as sweep
from numerics.experiments.config import one_thread
from numerics.experiments.limits import deep_sphere
from numerics.networks import deep as networks
from numerics.networks.two_layer import evaluate
from tests.verify.verdicts import complete
from theory.numbers.truth import Truth
from verify.figures.deep import odd_degrees
from verify.figures.style import figure_data
from verify.findings.claim import Context
from verify.networks import deep, deep_start, runs

SMALL = {"rings": 5, "width": 64, "seeds": 10, "steps": 140}


@pytest.fixture(autouse=True)
def single():
    with one_thread():
        yield


@pytest.fixture(scope="module")
def small():
    config = deep_sphere.EXPERIMENT.configure("quick", **SMALL)
    with one_thread():
        return config, deep_sphere.EXPERIMENT.run(config)


def test_a_depth_two_network_without_biases_is_one_of_cao():
    start = deep_sphere.draw(deep_sphere.EXPERIMENT.configure(), 3, 2, bias=False)
    points = deep_sphere.problem(deep_sphere.EXPERIMENT.configure()).sample.points
    shallow = deep.two_layer(start)
    # A sum over the width of products of sums over the coordinates, a factor on either side.
    terms = shallow.width + points.shape[1] + 4
    size = evaluate(replace(shallow, second=shallow.second.abs()), points).max()
    off = (evaluate(shallow, points) - networks.evaluate(start, points)).abs().max()
    assert off <= 2 * torch.finfo(torch.float64).eps * terms * size


def test_biases_start_at_zero_and_depths_share_no_draws():
    config = deep_sphere.EXPERIMENT.configure("quick", width=16)
    plain, biased = (deep_sphere.draw(config, 0, 3, bias) for bias in (False, True))
    assert all(torch.equal(a, b) for a, b in zip(plain.weights, biased.weights))
    assert not any(bias.any() for bias in biased.biases)
    assert not torch.equal(plain.weights[0], deep_sphere.draw(config, 0, 4, False).weights[0])


def test_theory_has_degree_three_vanish_without_biases_at_depth_two_alone():
    assert deep.vanishing() == {deep.Case(2, False)}


def test_any_split_gives_the_same_bits(small):
    config, whole = small
    parts = sweep.split("deep-sphere", config)
    assert len(parts) > 1
    second = load_experiment("deep-sphere").run(parts[1][1])
    for name in ("network", "own_kernel", "loss", "moved"):
        assert np.array_equal(second[name].values, whole[name].sel(seed=second.seed).values)
    assert np.array_equal(second.limit.values, whole.limit.values)


def test_small_networks_follow_their_kernels_and_learn_degree_three(small, monkeypatch):
    monkeypatch.setattr(deep, "LEVEL", 1e-2)  # 10 seeds
    config, data = small
    for found in (deep.own_finding(config, data), deep.odd_finding(config, data), deep.judge(config, data)):
        assert found.truth is Truth.HOLDS and complete(found)
    assert len(deep.own_finding(config, data).figures["own"]) == 23
    monkeypatch.setattr(deep, "_data", lambda context: small)
    for twins in (deep.own_twins(Context()), deep.odd_twins(Context())):
        assert len(twins) >= 3
        assert {name: twin.truth for name, twin in twins.items() if twin.truth is not Truth.FAILS} == {}


def test_labels_too_large_for_the_width_are_not_confirmed():
    config = deep_sphere.EXPERIMENT.configure("quick", **SMALL | {"amplitude": 1.0})
    assert deep.own_finding(config, deep_sphere.EXPERIMENT.run(config)).truth is not Truth.HOLDS


def test_a_run_that_diverged_on_the_way_is_refused_and_does_not_stand_still(small):
    config, data = small
    lost = data.copy(deep=True)
    lost["network"].loc[{"depth": 2, "bias": False, "degree": 3}] = np.where(
        np.arange(data.sizes["step"]) == 5, np.nan, lost.network.sel(depth=2, bias=False, degree=3)
    )
    for judge in (deep.odd_finding, deep.own_finding):
        with pytest.raises(ValueError, match="network: .* values not finite"):
            judge(config, lost)


def test_fewer_seeds_than_the_design_are_refused(small):
    config, data = small
    with pytest.raises(ValueError, match="10 seeds keep the stated rates, got 5"):
        deep.own_finding(config, data.isel(seed=slice(5)))


def test_kernels_at_the_start_and_their_twins(monkeypatch):
    monkeypatch.setitem(deep_start.SIZES, "quick", (64, 512))
    monkeypatch.setattr(deep_start, "MARGIN", 0.17)  # half the width has twice the bias
    starts = deep_start.draw(Context(seed=4))
    found = deep_start.finding(starts, 64)
    assert found.truth is Truth.HOLDS and complete(found) and len(found.figures["tests"]) == 24
    twins = deep_start.twins(starts, 64)
    # At this margin a fifth of degree 4 is within doubt, not outside of it.
    assert len(twins) == 7 and not any(twin.truth is Truth.HOLDS for twin in twins.values())
    assert all(twin.truth is Truth.FAILS for name, twin in twins.items() if name != "degree 4 +20 %")


def test_bad_sizes_are_refused_in_one_line():
    with pytest.raises(ValueError, match="rings = 4 is not allowed"):
        deep_sphere.EXPERIMENT.configure("quick", rings=4)
    with pytest.raises(ValueError, match="amplitude > 0"):
        deep_sphere.EXPERIMENT.configure("quick", amplitude=0.0)


def test_the_figure_shows_networks_and_predictions(small):
    table = figure_data(odd_degrees(small[1]))
    assert all(
        f"depth {depth}, {what}" in table for depth in (2, 3, 4) for what in ("networks", "own kernels", "limit kernel")
    )


def test_claims_use_seeds_of_their_own():
    assert runs.config_of("deep-sphere", Context()).seed == runs.FIRST_SEED
