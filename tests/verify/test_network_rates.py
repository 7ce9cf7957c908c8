"""Rates against width and against sample size: laws, twins, splits, refusals, at small sizes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
import xarray as xr

from numerics.data.points import equispaced_circle, uniform_sphere
from numerics.experiments import load_experiment
from numerics.experiments import sweeps as sweep
from numerics.experiments.config import one_thread
from numerics.experiments.limits import width_laws
from numerics.experiments.regression import ridge_rates
from numerics.predictions.kernel_regression import learning_curve
from numerics.predictions.limit_kernels import angles, gram
from tests.verify.verdicts import complete
from theory.numbers.truth import Truth
from verify.figures import regression, two_layer
from verify.figures.style import figure_data
from verify.findings.claim import Context
from verify.networks import rate_widths
from verify.networks import smoothness as judged


@pytest.fixture(autouse=True)
def single():
    with one_thread():
        yield


def errors(limit: float, own: float, seeds: int = 120, profile: str = "quick"):
    """Made-up rate errors, normal over seeds, whose standard deviations fall as given powers."""
    config = width_laws.EXPERIMENT.configure(profile, seeds=seeds)
    rng, size = np.random.default_rng(1), np.array(config.widths, dtype=float)[None, :, None]
    made = {
        name: (("seed", "width", "degree"), size**power * rng.standard_normal((seeds, size.size, 3)))
        for name, power in {"rate_error": limit, "own_rate_error": own}.items()
    }
    return config, xr.Dataset(made, {"seed": np.arange(seeds), "width": list(config.widths), "degree": [1, 2, 4]})


def test_exponents_of_rate_errors_and_their_twins(monkeypatch):
    config, data = errors(-0.5, -0.7)
    monkeypatch.setattr(rate_widths, "_data", lambda context: (config, data))
    found = rate_widths.rate_errors(Context())
    assert found.truth is Truth.HOLDS and complete(found) and found.rates["false_fail"] < 1e-6
    low, high = found.figures["exponents"]["rate_error"][1:]
    assert low < -0.5 < high and high - low < 0.2
    twins = rate_widths.rate_twins(Context())
    assert len(twins) >= 3 and all(twin.truth is Truth.FAILS for twin in twins.values())
    assert rate_widths.finding(*errors(-1.0, -1.0)).truth is Truth.FAILS
    assert rate_widths.finding(*errors(-0.5, -0.1)).truth is Truth.FAILS


def test_full_tells_an_exponent_of_a_half_from_four_and_six_tenths(monkeypatch):
    config, data = errors(-0.5, -0.7, 240, "full")
    monkeypatch.setattr(rate_widths, "_data", lambda context: (config, data))
    found = rate_widths.rate_errors(Context("full"))
    assert found.truth is Truth.HOLDS and found.rates["false_fail"] < 2e-5
    assert -0.6 < found.figures["limit"][1] < -0.5 < found.figures["limit"][2] < -0.4
    assert "limit kernel, m^-0.67" in (twins := rate_widths.rate_twins(Context("full")))
    assert all(twin.truth is Truth.FAILS for twin in twins.values())
    for power in (-0.4, -0.6):
        assert rate_widths.finding(*errors(power, -0.7, 240, "full")).truth is not Truth.HOLDS
    assert rate_widths.finding(*errors(-0.5, -0.48, 240, "full")).truth is not Truth.HOLDS


def test_rate_errors_without_seeds_for_a_bootstrap_have_no_interval():
    config, data = errors(-0.5, -0.7, seeds=12)
    assert rate_widths.interval(data, "rate_error") is None
    with pytest.raises(ValueError, match="120 seeds keep the stated rates, got 12"):
        rate_widths.finding(replace(config, seeds=120), data)


def test_networks_keep_the_rate_of_their_own_kernel_better():
    config = width_laws.EXPERIMENT.configure("quick", samples=16, widths=(64, 256, 1024), seeds=8, steps=20)
    data = width_laws.EXPERIMENT.run(config)
    limit, own = (np.abs(data[name]).mean(("seed", "degree")).values for name in ("rate_error", "own_rate_error"))
    assert (own < limit).all() and (np.diff(limit) < 0).all()
    shown = figure_data(two_layer.width_laws(data.isel(seed=slice(2))))
    assert "rates, limit kernel, networks" in shown and "rates, own initial kernel, networks" in shown


SMALL = {"samples": (16, 32), "seeds": 4}


@pytest.fixture(scope="module")
def small():
    config = ridge_rates.EXPERIMENT.configure("quick", **SMALL)
    with one_thread():
        return config, ridge_rates.EXPERIMENT.run(config)


def test_any_split_gives_the_same_bits(small):
    config, whole = small
    for _, part in sweep.split("ridge-rates", config):
        again = load_experiment("ridge-rates").run(part)
        assert np.array_equal(again.risk.values, whole.risk.sel(seed=again.seed).values)


def test_the_mean_risk_is_that_of_drawn_targets_and_noise():
    """2000 draws at n = 12, the direct solve: the mean of a risk is off by its standard error."""
    draws, samples, smoothness, place = 2000, 12, 1.0, 3
    generator = torch.Generator().manual_seed(3)
    points, grid = uniform_sphere(1, samples, generator).points, equispaced_circle(ridge_rates.GRID).points
    k = torch.arange(1, ridge_rates.FREQUENCIES + 1, dtype=torch.float64).repeat(2)
    spread = (k ** (-2 * smoothness - 1) / 2).sqrt()
    coefficients = spread * torch.randn(draws, len(k), dtype=torch.float64, generator=generator)
    labels = coefficients @ ridge_rates.harmonics(points).T
    labels = labels + torch.randn(draws, samples, dtype=torch.float64, generator=generator)
    shifted = gram(points, ridge_rates.kernel) + ridge_rates.RIDGES[place] * torch.eye(samples)
    weights = torch.linalg.solve(shifted, ridge_rates.kernel(angles(points, grid)))  # (n, GRID)
    found = (labels @ weights - coefficients @ ridge_rates.harmonics(grid).T).square().mean(1)
    mean = float(ridge_rates.risks(points, 1.0)[ridge_rates.SMOOTHNESS.index(smoothness), place])
    error = float(found.std()) / math.sqrt(draws)
    assert abs(float(found.mean()) - mean) < 5 * error
    assert abs(float(found.mean()) - float(ridge_rates.risks(points, 0.7)[2, place])) > 5 * error


def powers(seeds: int, profile: str = "full") -> tuple[object, xr.Dataset]:
    """Risks of the mean field itself, each off by a little, lognormal over point sets."""
    config = ridge_rates.EXPERIMENT.configure(profile, seeds=seeds)
    rng = np.random.default_rng(0)
    values, ridges = ridge_rates.SMOOTHNESS, ridge_rates.RIDGES
    field = [
        [[judged.mean_field(judged.KERNEL, n, s, ridge, config.noise) for ridge in ridges] for s in values]
        for n in config.samples
    ]
    noise = np.exp(0.02 * rng.standard_normal((seeds, len(config.samples), 1, 1)))
    dims = ("seed", "samples", "smoothness", "ridge")
    coords = {"samples": list(config.samples), "smoothness": list(values), "ridge": list(ridges)}
    attributes = {"config": '{"noise": 1.0}', "experiment": "ridge-rates"}
    return config, xr.Dataset({"risk": (dims, np.array(field) * noise)}, coords, attributes)


def test_powers_of_the_mean_field_and_their_twins():
    config, data = powers(32)
    found = judged.judge(config, data)
    assert found.truth is Truth.HOLDS and complete(found) and found.rates["false_fail"] < 1e-6
    twins = judged.twins(config, data)
    assert len(twins) >= 3 and all(twin.truth is Truth.FAILS for twin in twins.values()), twins
    shown = figure_data(regression.ridge_rates(data))
    assert all(f"s = {s:g}, {what}" in shown for s in ridge_rates.SMOOTHNESS for what in ("samples", "mean field"))


def test_fewer_samples_state_a_larger_rate_of_false_alarms():
    """The law is one of large n: the mean field itself is further from it at the quick sizes."""
    far, near = (judged.judge(*powers(64, profile)) for profile in ("quick", "full"))
    assert far.truth is near.truth is Truth.HOLDS
    assert far.rates["false_fail"] > 100 * near.rates["false_fail"]


def test_small_samples_follow_the_mean_field(small):
    config, data = small
    found, wanted = judged.best_risks(data, config.noise)
    # Log risks at 16 points spread by .15 or less: 5 standard errors of 4 point sets.
    assert np.abs(np.log(found / wanted).mean(0)).max() < 5 * 0.15 / math.sqrt(config.seeds)
    assert np.abs(np.log(found / (2 * wanted)).mean(0)).max() > 5 * 0.15 / math.sqrt(config.seeds)


def test_too_small_samples_or_too_few_of_them_are_refused(small):
    """At n = 16, 32 the mean field itself is further from the law than the margin."""
    with pytest.raises(ValueError, match=r"0 <= bias < margin wanted, got bias 0\.10\d+ and margin 0\.1"):
        judged.judge(*small)
    config, data = powers(4, "quick")
    with pytest.raises(ValueError, match="32 seeds keep the stated rates, got 4"):
        judged.judge(replace(config, seeds=32), data)


def test_the_mean_field_is_the_learning_curve():
    powers = [0.0, *(k**-3.0 for k in range(1, ridge_rates.FREQUENCIES + 1))]
    direct = learning_curve(judged.spectrum(judged.KERNEL), powers, 64, 1.0, 0.5).error
    terms = 8 * ridge_rates.FREQUENCIES  # sums of so many terms, twice, over 1 - g > 1/2
    assert abs(judged.mean_field(judged.KERNEL, 64, 1.0, 1.0, 0.5) / direct - 1) < terms * np.finfo(float).eps
