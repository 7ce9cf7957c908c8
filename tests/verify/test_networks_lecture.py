"""The lecture's experiments at small sizes: verdicts, twins, refusals, seeds independent of the split."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.experiments import load_experiment
from numerics.experiments import sweeps as sweep
from numerics.experiments.lecture import design
from numerics.experiments.limits import eigenbasis
from numerics.experiments.tancik import fourier_1d
from tests.verify.verdicts import complete
from theory.kernels import NTK
from theory.numbers.truth import Truth
from theory.spectra.circle_designs import achieved_distance, block_design, block_spectrum, certified_distance
from theory.statements.law_values import law_values
from verify.figures import figure_of
from verify.networks import design as designed
from verify.networks import eigenbasis as eigen
from verify.networks import fourier
from verify.statistics.binomial import binomial_bounds, share_missed, share_verdict

SMALL = {
    "design": {"width": 128, "seeds": 4, "steps": 40},
    "eigenbasis": {"samples": 16, "width": 64, "seeds": 4, "steps": 40},
    "rahaman": {"samples": 120, "width": 16, "seeds": 4, "steps": 50},
    "fourier-1d": {"samples": 8, "width": 32, "seeds": 4, "steps": 20},
}
HEAD = NTK(depth=2, layer_scales=(Fraction(1, 8), 1))


@pytest.mark.parametrize("name", list(SMALL))
def test_any_split_gives_the_same_bits_and_a_figure(name):
    module = load_experiment(name)
    config = module.configure("quick", **SMALL[name])
    whole = module.run(config)
    parts = [part for _, part in sweep.split(name, config)]
    assert len(parts) >= 2
    for part in parts:
        again = module.run(part)
        for key in whole.data_vars:
            expected = whole[key].sel(seed=again.seed) if "seed" in whole[key].dims else whole[key]
            assert np.array_equal(again[key].values, expected.values, equal_nan=True), key
    assert figure_of(name)(whole).axes[0].has_data()


@given(st.lists(st.fractions(0, 4, max_denominator=9), min_size=1, max_size=9))
@settings(max_examples=20, deadline=None)
def test_every_choice_of_weights_is_found_again(weights):
    weights[0] += 1
    spectrum = block_spectrum(HEAD, weights)
    plan = block_design(HEAD, spectrum)
    assert all(found.contains(weight) for found, weight in zip(plan.weights, weights, strict=True))
    assert plan.reachable is not Truth.FAILS


def test_the_two_routes_to_the_amplitudes_agree_and_k_to_the_minus_2_is_reached():
    config = design.EXPERIMENT.configure()
    plan = block_design(HEAD, law_values("k**-2", 6))
    assert plan.reachable is Truth.HOLDS
    exact = [float(weight.lower) for weight in plan.weights]
    assert np.allclose(design.designed_weights(config).numpy(), exact, rtol=1e-4)
    with pytest.raises(AssertionError):  # the head of another training speed has other amplitudes
        other = design.designed_weights(replace(config, first_scale=0.0)).numpy()
        np.testing.assert_allclose(other, exact, rtol=1e-2)


@pytest.mark.parametrize("law", ["k**-3", "k**-4", "exp(-2*k)"])
def test_what_is_out_of_reach_is_certified_from_both_sides(law):
    config = designed.prepared(design.EXPERIMENT.configure("quick", **SMALL["design"], law=law))
    found = designed.judge(config, design.EXPERIMENT.run(config))
    assert found.truth is Truth.FAILS and complete(found)
    lower, upper = found.figures["distance_lower"], found.figures["distance_upper"]
    assert 0 < lower <= upper < lower + 1e-3


def test_a_dual_vector_that_is_not_feasible_certifies_nothing():
    law = law_values("k**-3", 3)
    assert certified_distance(HEAD, law, [Fraction(1), Fraction(1), Fraction(0)]) is None  # norm 2
    assert certified_distance(HEAD, law, [Fraction(1, 3)] * 3) is None  # a column is positive
    feasible = [Fraction(-1, 9), Fraction(0), Fraction(0)]
    assert certified_distance(HEAD, law, feasible) == Fraction(-1, 9)
    assert achieved_distance(HEAD, law, [Fraction(0)] * 3) == 1


def test_designed_rates_are_learned_and_wrong_ones_are_not(monkeypatch):
    # 24 networks of width 1024, less than half of the seeds: a larger level, and the obvious twins.
    monkeypatch.setattr(designed, "LEVEL", 1e-2)
    config = design.EXPERIMENT.configure("quick", width=1024, seeds=24)
    data = design.EXPERIMENT.run(config)
    held = designed.rates_finding(config, data, list(config.spectrum))
    assert held.truth is Truth.HOLDS and complete(held)
    twins = designed.twins(config, data)
    assert len(twins) >= 5 and all(twin.truth is Truth.FAILS for twin in twins.values())


def test_bad_laws_and_sizes_are_refused_in_one_line():
    for law, message in (
        ("q", "unknown name q"),
        ("1-k", "positive"),
        ("n", "in k alone"),
        ("mu(k)", "kernel"),
        ("1/(k-1)", "no value at k = 1"),
    ):
        with pytest.raises(ValueError, match=message) as refusal:
            designed.prepared(design.EXPERIMENT.configure(law=law))
        assert "\n" not in str(refusal.value)
    for changes in ({"spectrum": (1.0,)}, {"spectrum": (1.0, -1.0)}, {"step_size": 1.5}, {"first_scale": 2.0}):
        with pytest.raises(ValueError, match="design: .*wanted"):
            design.EXPERIMENT.configure("quick", **changes)
    assert designed.prepared(design.EXPERIMENT.configure(law="", spectrum=(1.0, 0.2))).spectrum == (1.0, 0.2)


def test_one_dimensional_regression_is_predicted_and_wrong_predictions_are_not():
    config = fourier_1d.EXPERIMENT.configure("quick", samples=16, width=64, seeds=24, steps=100, alpha=0.75)
    data = fourier_1d.EXPERIMENT.run(config)
    assert float(data.dft_gap.max()) < 1e-13
    # What is predicted at step 0 is that nothing moved, and training errors never exceed it.
    assert float(data.train.sel(predictor="limit kernel").max()) < 1
    found = fourier.judge_1d(config, data)
    assert found.truth is not Truth.FAILS and complete(found)
    twins = fourier.twins_1d(config, data)
    assert len(twins) >= 3 and all(twin.truth is Truth.FAILS for twin in twins.values())


def test_an_order_that_is_not_there_is_not_found():
    data = fourier_1d.EXPERIMENT.run(fourier_1d.EXPERIMENT.configure("quick", **SMALL["fourier-1d"]))
    names, rng = [f"p = {p:g}" for p in data.exponent.values], np.random.default_rng(0)
    valley = np.array([3.0, 2.0, 1.0, 1.2, 2.0, 3.0])

    def verdicts(network: np.ndarray) -> list[str]:
        noise = np.exp(0.1 * rng.standard_normal((24, 4, 6)))
        shapes = np.stack([network, valley, valley, valley]) * noise
        made = data.isel(seed=[0] * 24)
        return [str(row["verdict"]) for row in fourier.ordered(made.assign(test=(made.test.dims, shapes)), names)]

    assert verdicts(valley) == ["HOLDS"] * 3
    assert verdicts(valley[::-1])[2] == "HOLDS" and "FAILS" in verdicts(1 / valley)
    assert verdicts(np.arange(1.0, 7.0))[0] == "FAILS" == verdicts(np.arange(6.0, 0.0, -1))[1]
    assert "HOLDS" not in verdicts(np.ones(6))[:2]


def test_the_rate_of_the_bandwidth_counts_its_order_too():
    """Both ends and the best scale are parts of the verdict: alarms of theirs, simulated, and their stated rates."""
    data = fourier_1d.EXPERIMENT.run(fourier_1d.EXPERIMENT.configure("quick", **SMALL["fourier-1d"]))
    names, seeds, rng = [f"p = {p:g}" for p in data.exponent.values], 10, np.random.default_rng(0)
    valley = data.test.copy(data=np.broadcast_to(np.abs(np.arange(6) - 2.0) + 1, data.test.shape))
    made = data.assign(test=valley).isel(seed=[0] * seeds)
    alarms = [0, 0]
    for _ in range(300):
        # Each scale off the best by EFFECT in units of its own spread.
        gaps = fourier.EFFECT + rng.standard_normal((seeds, 6))
        gaps[:, 2] = 0
        network = made.test.copy()
        network.loc[{"predictor": "network"}] = np.exp(0.1 * gaps)
        said = [row["verdict"] for row in fourier.ordered(made.assign(test=network), names)]
        alarms = [alarms[0] + (said[:2] != ["HOLDS"] * 2), alarms[1] + (said[2] != "HOLDS")]
    for count, stated in zip(alarms, fourier.order_missed(seeds, made)):
        assert binomial_bounds(count, 300, 1e-6)[0] <= stated
    assert alarms[0] > 30 and sum(fourier.order_missed(24, made)) < 0.05


def test_every_eigenvector_decays_at_its_rate_and_wrong_rates_and_orders_are_rejected():
    config = eigenbasis.EXPERIMENT.configure("quick", samples=12, width=128, seeds=eigen.SEEDS, steps=60)
    data = eigenbasis.EXPERIMENT.run(config)
    right = np.log1p(-data.decrement.values)
    found = eigen.decay_finding(config, data, right), eigen.order_finding(config, data.frequency.values)
    assert all(complete(one) and one.truth is Truth.HOLDS for one in found)
    for twins in (eigen.wrong_decays(config, data), eigen.wrong_orders(config, data)):
        assert len(twins) >= 3 and all(twin.truth is Truth.FAILS for twin in twins.values())
    whole = eigen.judge(config, data)
    assert whole.truth is Truth.HOLDS and complete(whole)
    assert whole.rates["false_fail"] == pytest.approx(sum(one.rates["false_fail"] for one in found))
    assert eigen.judge(config, data.assign(frequency=-data.frequency)).truth is Truth.FAILS


def test_an_open_decay_does_not_hide_an_order_that_fails():
    data = astray(range(20))
    assert eigen.decay_finding(*data, np.log1p(-data[1].decrement.values)).truth is Truth.UNDECIDED
    assert eigen.judge(*data).truth is Truth.UNDECIDED
    assert eigen.judge(data[0], data[1].assign(frequency=-data[1].frequency)).truth is Truth.FAILS


def astray(networks):
    """Networks that follow their kernels exactly, but for some far off along the last eigenvector."""
    config = eigenbasis.EXPERIMENT.configure("quick", samples=12, width=64, seeds=eigen.SEEDS, steps=60)
    run = eigenbasis.EXPERIMENT.run(replace(config, seeds=2)).isel(seed=[0] * eigen.SEEDS)
    factors = np.ones((eigen.SEEDS, 1, 12))
    factors[list(networks), :, -1] = 3.0
    residual = np.exp(factors * run.step.values[:, None] * np.log1p(-run.decrement.values)[:, None])
    order = np.broadcast_to(np.arange(12.0), run.frequency.shape)
    return config, run.assign(residual=run.residual.copy(data=residual), frequency=run.frequency.copy(data=order))


def test_a_few_networks_astray_do_not_fail_a_right_theory_and_many_do():
    """10 of 64 networks three times too fast leave it standing, all but 2 do not."""
    for networks, truth in ((range(10), Truth.HOLDS), (range(32), Truth.UNDECIDED), (range(62), Truth.FAILS)):
        config, data = astray(networks)
        assert eigen.decay_finding(config, data, np.log1p(-data.decrement.values)).truth is truth


def test_the_rate_of_eigenvectors_rests_on_no_law_and_is_kept():
    stated = share_missed(eigen.SEEDS, eigen.SHARE, eigen.LEVEL / 16, eigen.MISSED)
    assert eigen.MISSED > 1 / eigen.PILOT and 16 * stated < 1e-8
    # At a chance of .1 alarms are frequent enough to be counted.
    rng, level = np.random.default_rng(0), eigen.LEVEL / 16
    counts = eigen.SEEDS - rng.binomial(eigen.SEEDS, 0.1, 4000)
    alarms = sum(share_verdict(int(count), eigen.SEEDS, eigen.SHARE, level) != "HOLDS" for count in counts)
    low, high = binomial_bounds(alarms, len(counts), 1e-6)
    assert low <= share_missed(eigen.SEEDS, eigen.SHARE, level, 0.1) <= high and alarms > 10
