"""The z-test keeps its rates for skewed terms, and says what it would have caught."""

import math

import numpy as np
import pytest
from scipy import stats

from verify.statistics.binomial import binomial_bounds
from verify.statistics.ztest import z_test

# Chance that an exact rate falls outside its simulated bounds, per comparison; seeds are fixed.
MISS = 1e-6


def simulated_z(error: float, runs: int, seed: int, terms: int = 400) -> tuple[float, float]:
    """Bounds on the rejection rate for gamma terms of mean 1 (skewness 1), false-fail rate 0.01."""
    generator = np.random.default_rng(seed)
    data = generator.gamma(4.0, 0.25, size=(runs, terms))
    tests = [z_test(row, 1.0 + error, 0.01, 0.05, caught=0.2) for row in data]
    return binomial_bounds(sum(t.verdict == "FAILS" for t in tests), runs, MISS)


def test_z_test_of_skewed_terms_keeps_its_rates():
    rejected_low, _ = simulated_z(0.0, 1500, seed=4)
    assert rejected_low <= 0.01
    for error in (-0.2, 0.2):
        _, rejected_high = simulated_z(error, 300, seed=5)
        assert rejected_high >= 0.95


def test_z_test_without_the_skewness_correction_would_break_its_rate():
    data = np.random.default_rng(4).normal(size=(4000, 100)) ** 2
    z = (data.mean(1) - 1) / (data.std(1, ddof=1) / 10)
    naive = int((abs(z) > stats.norm.isf(0.0005)).sum())
    assert binomial_bounds(naive, 4000, MISS)[0] > 0.001


def corrected_tail(z: float, values: np.ndarray) -> float:
    """P(|T| >= z) of Jing, Shao and Wang, the skewness from the central moments themselves."""
    centred = values - values.mean()
    skewness = abs((centred**3).mean()) / (centred**2).mean() ** 1.5
    return 2 * stats.norm.sf(z) * math.exp(skewness * z**3 / (3 * math.sqrt(len(values))))


@pytest.mark.parametrize("shape", [0.5, 4.0, -1.0])
@pytest.mark.parametrize(("terms", "false_fail", "miss"), [(2000, 0.01, 0.03), (500, 0.05, 0.002)])
def test_the_threshold_is_where_the_corrected_tail_is_the_rate(shape, terms, false_fail, miss):
    values = math.copysign(1, shape) * np.random.default_rng(7).gamma(abs(shape), size=terms)
    result = z_test(values, float(values.mean()), false_fail, miss, caught=10.0)
    assert corrected_tail(result.threshold, values) == pytest.approx(false_fail, rel=1e-9)
    assert result.standard_error == pytest.approx(math.sqrt(values.var(ddof=1) / terms), rel=1e-12)
    beyond = result.caught / result.standard_error - result.threshold
    assert corrected_tail(beyond, values) / 2 == pytest.approx(miss, rel=1e-9)


def test_a_tail_that_the_correction_never_reaches_is_refused():
    values = np.random.default_rng(8).gamma(0.5, size=400)
    least = min(corrected_tail(z, values) for z in np.linspace(0.1, 20, 2000))
    assert 1e-6 < least < 0.1
    # The search ends at 1/(3 rate), near the least tail, of which it may lose a twentieth.
    assert z_test(values, 0.5, 1.05 * least, 0.4, caught=10.0).threshold > 0
    with pytest.raises(ValueError, match="too few"):
        z_test(values, 0.5, 0.95 * least, 0.4, caught=10.0)


def test_z_test_says_the_smallest_error_it_would_have_caught():
    values = np.tile([0.9, 1.1], 5000)
    result = z_test(values, 1.0, 1e-6, 1e-6, caught=0.05)
    assert result.verdict == "HOLDS" and 0 < result.caught <= 0.05
    assert z_test(values, 1.05, 1e-6, 1e-6, caught=0.05).verdict == "FAILS"
    assert z_test(values, 1.0, 1e-6, 1e-6, caught=result.caught) == result


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_as_many_terms_as_are_named_catch_the_error(share):
    values = np.tile([-1.0, 1.0], 200)
    caught = share * z_test(values, 0.0, 0.01, 0.01, caught=9.0).caught
    with pytest.raises(ValueError, match="400 terms catch an error of .*, not of ") as refusal:
        z_test(values, 0.0, 0.01, 0.01, caught)
    wanted = int(str(refusal.value).split("about ")[1].split()[0])
    fewer, enough = (np.tile([-1.0, 1.0], round(factor * wanted / 2)) for factor in (0.98, 1.02))
    assert z_test(enough, 0.0, 0.01, 0.01, caught).verdict == "HOLDS"
    with pytest.raises(ValueError, match="terms are needed"):
        z_test(fewer, 0.0, 0.01, 0.01, caught)


def test_z_is_the_error_in_standard_errors():
    values = np.tile([-1.0, 1.0], 200) + 0.25
    test = z_test(values, 0.5, 1e-9, 0.4, caught=9.0)
    assert test.mean == pytest.approx(0.25) and test.z == pytest.approx(-0.25 * math.sqrt(399))
    said = (test.expected, test.terms, test.false_fail, test.miss)
    assert said == (0.5, 400, 1e-9, 0.4) and test.verdict == "HOLDS"
