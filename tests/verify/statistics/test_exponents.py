"""Exponents and orders: coverage, exact null laws, refusals; normality: size and power."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verify.normality import normality_test
from verify.statistics.binomial import binomial_bounds
from verify.statistics.budget import sentence, total_false_fail, without_rate
from verify.statistics.equivalence import FAILS, HOLDS, UNDECIDED
from verify.statistics.exponents import exponent_fit, exponent_test

MISS = 1e-6
SIZES = [64, 128, 256, 512]


def powers(rng: np.random.Generator, seeds: int, noise: float = 0.2, exponent: float = -0.5) -> np.ndarray:
    """Values E[v] ~ size^exponent with lognormal noise."""
    return np.array(SIZES, float) ** exponent * np.exp(noise * rng.normal(size=(seeds, len(SIZES))))


def test_coverage_of_the_bootstrap_interval_over_300_replicates():
    rng = np.random.default_rng(0)
    fits = [exponent_fit(SIZES, powers(rng, 24), -0.5, 9, 0.05, resamples=600) for _ in range(300)]
    covered = sum(fit.lower <= -0.5 <= fit.upper for fit in fits)
    low, high = binomial_bounds(covered, 300, MISS)
    assert low <= 0.9 and high >= 0.85
    shifted = sum(fit.lower <= -0.4 <= fit.upper for fit in fits)  # the twin: a wrong exponent is not covered
    assert binomial_bounds(shifted, 300, MISS)[1] < 0.5


def test_an_exponent_is_told_from_another():
    values = powers(np.random.default_rng(1), 40)
    assert exponent_fit(SIZES, values, -0.5, 0.1, 0.01).verdict == HOLDS
    assert exponent_fit(SIZES, values, -1.0, 0.1, 0.01).verdict == FAILS
    assert exponent_fit(SIZES, values, -0.5, 0.001, 0.01).verdict == UNDECIDED
    values = powers(np.random.default_rng(1), 60)  # a slope's spread is .2/sqrt(5 log(2)^2) = .13
    test = exponent_test(SIZES, values, -0.5, 0.25, 1e-6, 1e-6, spread=0.15)
    assert test.verdict == HOLDS and test.lower < test.exponent < test.upper
    assert exponent_test(SIZES, values, -1.0, 0.25, 1e-6, 1e-6, spread=0.15).verdict == FAILS


def test_false_pass_of_the_exponent_test_over_1000_replicates():
    rng = np.random.default_rng(2)
    held = [
        exponent_test(SIZES, powers(rng, 12), -0.4, 0.1, 0.99, 0.1, spread=0.1).verdict == HOLDS for _ in range(1000)
    ]
    assert binomial_bounds(sum(held), 1000, MISS)[0] <= 0.1


def test_bad_requests_are_refused_in_one_line():
    good = powers(np.random.default_rng(4), 24)
    for request, said in (
        (lambda: exponent_fit(SIZES, good[:19], -0.5, 0.1, 0.05), "at least 20 seeds"),
        (lambda: exponent_fit(SIZES, good, -0.5, 0.1, 1e-6), "a bootstrap keeps"),
        (lambda: exponent_fit(SIZES[:2], good[:, :2], -0.5, 0.1, 0.05), "3 or more"),
        (lambda: exponent_fit(SIZES, -good, -0.5, 0.1, 0.05), "positive finite"),
        (lambda: exponent_test(SIZES, good, -0.5, 0.1, 1e-6, 1e-6, spread=0.2), "fail a right exponent"),
        (lambda: normality_test(np.ones((30, 1)), 0.01), "all agree"),
        (lambda: normality_test(np.arange(10.0)[:, None], 0.01), "20 to 5000"),
        (lambda: normality_test(np.arange(30.0)[:, None], 1e-9), "false_fail / columns"),
    ):
        with pytest.raises(ValueError, match=said) as raised:
            request()
        assert "\n" not in str(raised.value)


def test_size_of_the_normality_test_over_1000_replicates():
    data = np.random.default_rng(5).normal(3, 7, size=(1000, 200, 3))
    rejected = sum(normality_test(one, 0.01).verdict == FAILS for one in data)
    assert binomial_bounds(rejected, 1000, MISS)[0] <= 0.01


@pytest.mark.parametrize(
    ("draw", "miss"),
    [
        (lambda r: r.exponential(size=200), 0.01),
        (lambda r: r.standard_t(3, size=200), 0.15),
        (lambda r: r.normal(size=200) + 6 * (np.arange(200) % 2), 0.01),
    ],
    ids=["exponential", "t3", "two groups"],
)
def test_power_of_the_normality_test_is_as_stated(draw, miss):
    rng = np.random.default_rng(7)
    missed = sum(normality_test(draw(rng)[:, None], 0.001).verdict == HOLDS for _ in range(1000))
    assert binomial_bounds(missed, 1000, MISS)[0] <= miss
    # and the statement is not an empty one: a tenth of the miss would be refuted where misses are seen at all
    assert missed == 0 or binomial_bounds(missed, 1000, MISS)[1] >= miss / 10


def test_total_false_fail_is_a_sum_over_statistical_entries():
    entries = [{"rates": {"false_fail": 1e-7}}, {"rates": None}, {}, {"rates": {"false_fail": 3e-7}}]
    assert total_false_fail(entries) == (pytest.approx(4e-7), 2)


def test_an_observed_claim_without_a_rate_counts_as_one_and_is_named():
    entries = [
        {"id": "a", "evidence": "observed", "rates": {"false_fail": 1e-8, "false_pass": 1e-3}},
        {"id": "b", "evidence": "observed", "rates": {"false_pass": 1e-3}},
        {"id": "c", "evidence": "observed", "rates": None},
        {"id": "d", "evidence": "proved", "rates": None},
        {"id": "e", "evidence": "checked", "rates": {"false_fail": 1e-9}},
    ]
    assert total_false_fail(entries) == (pytest.approx(2 + 1.1e-8), 4) and without_rate(entries) == ["b", "c"]
    said = sentence(entries, "quick")
    assert "at most 1.0e+00 in 4 statistical claims (allowed in quick: 1e-06, EXCEEDED)" in said
    assert said.endswith("no rate is stated by b, c: counted as 1 each")
    quiet = sentence([entries[0], *entries[3:]], "quick")
    assert "at most 1.1e-08 in 2" in quiet and "EXCEEDED" not in quiet and "no rate" not in quiet
