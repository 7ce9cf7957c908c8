"""Exponents with bootstrap intervals over seeds, and orders of degrees with exact null distributions.

Exponent    slope of log(mean over seeds) against log(size), by least squares
Order       Kendall's number of inversions, summed over seeds; null: within every seed all orders are
            equally likely and seeds are independent. Its distribution is the Mahonian numbers,
            convolved: exact for any number of items and seeds.

A request with too few seeds for its rates is refused in one line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from verify.statistics.equivalence import FAILS, HOLDS, UNDECIDED, Design, equivalence_tests

LEAST_SEEDS = 20  # resampling fewer has too few distinct outcomes in its tails: coverage in the tests
LEAST_MISS = 0.01  # per side .005: below, the tails of a bootstrap of tens of seeds mean nothing


@dataclass(frozen=True, slots=True)
class Exponent:
    """A fitted exponent, its interval over seeds, and the verdict on an expected value +- margin."""

    verdict: str
    exponent: float
    lower: float
    upper: float
    expected: float
    margin: float
    seeds: int
    miss: float


def exponent_fit(
    sizes: Sequence[float],
    values: ArrayLike,
    expected: float,
    margin: float,
    miss: float,
    resamples: int = 4000,
    seed: int = 0,
) -> Exponent:
    """The exponent p of E[value] ~ size^p, values (seeds, sizes) > 0, with a BCa bootstrap interval.

    Null: |p - expected| >= margin. HOLDS where the interval of level 1 - 2 miss lies inside the margin
    (two one-sided tests, each at level ``miss``), FAILS where it lies outside. A row is one seed at
    all sizes; rows are resampled whole, so that sizes may share randomness.

    Levels are approximate: with lognormal values (spread .2, four sizes) the 90 % interval covered the
    exponent in 87 % of 1500 replicates with 24 seeds, in 88 % with 48. Raises ValueError below
    LEAST_SEEDS seeds and LEAST_MISS, where it is worse; `exponent_test` serves any level.

    >>> values = np.outer(1 + np.arange(20) / 100, [1.0, 0.5, 0.25])
    >>> fit = exponent_fit([64, 256, 1024], values, expected=-0.5, margin=0.05, miss=0.05)
    >>> fit.verdict, round(fit.exponent, 6)
    ('HOLDS', -0.5)
    """
    x, data = _checked(sizes, values, LEAST_SEEDS)
    if not LEAST_MISS <= miss < 0.5:
        raise ValueError(f"a bootstrap keeps {LEAST_MISS} <= miss < 0.5, got {miss}: take exponent_test for less")
    weights = (x - x.mean()) / ((x - x.mean()) ** 2).sum()

    def slope(*columns: np.ndarray, axis: int = -1) -> np.ndarray:
        return sum(w * np.log(column.mean(axis=axis)) for w, column in zip(weights, columns))

    centre = float(slope(*data.T))
    rng = np.random.default_rng(seed)
    found = stats.bootstrap(
        tuple(data.T),
        slope,
        paired=True,
        n_resamples=resamples,
        confidence_level=1 - 2 * miss,
        method="BCa",
        vectorized=True,
        rng=rng,
    ).confidence_interval
    # Rows that are multiples of each other have one slope: no spread, no bootstrap, no doubt.
    low, high = (float(end) if math.isfinite(end) else centre for end in (found.low, found.high))
    verdict = _within(low, high, expected, margin)
    return Exponent(verdict, centre, low, high, expected, margin, len(data), miss)


def exponent_test(
    sizes: Sequence[float],
    values: ArrayLike,
    expected: float,
    margin: float,
    false_fail: float,
    false_pass: float,
    spread: float,
) -> Exponent:
    """Equivalence test of the mean over seeds of each seed's own slope, at any level, for normal slopes.

    spread: upper bound of the standard deviation of one seed's slope, from a pilot
    (`statistics.spread_bound`). Raises ValueError with too few seeds for false_fail.

    >>> noise = 1 + 1e-3 * np.cos(np.arange(60)).reshape(20, 3)
    >>> rows = np.outer(1 + np.arange(20) / 100, [1.0, 0.5, 0.25]) * noise
    >>> exponent_test([64, 256, 1024], rows, -0.5, 0.05, 1e-6, 1e-6, spread=1e-3).verdict
    'HOLDS'
    """
    x, data = _checked(sizes, values, 3)
    design = Design(len(data), margin, false_pass, 1, spread)
    if design.false_fail > false_fail:
        raise ValueError(
            f"{len(data)} seeds fail a right exponent with probability {design.false_fail:.2g}, "
            f"not {false_fail:g}: more seeds, a larger margin or wider sizes are needed"
        )
    slopes = np.log(data) @ (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    (test,) = equivalence_tests((slopes - expected)[:, None], ["exponent"], design)
    limits = test.lower + expected, test.upper + expected
    return Exponent(test.verdict, float(slopes.mean()), *limits, expected, margin, len(data), false_pass)


def _checked(sizes: Sequence[float], values: ArrayLike, least: int) -> tuple[np.ndarray, np.ndarray]:
    x, data = np.asarray(sizes, dtype=float), np.asarray(values, dtype=float)
    if data.ndim != 2 or data.shape[1] != len(x) or len(x) < 3 or len(np.unique(x)) != len(x):
        raise ValueError(f"values (seeds, sizes) at 3 or more different sizes wanted, got {data.shape}")
    if not (np.isfinite(data).all() and (data > 0).all() and (x > 0).all()):
        raise ValueError("positive finite sizes and values wanted: a power law has a logarithm")
    if len(data) < least:
        raise ValueError(f"at least {least} seeds are needed, got {len(data)}")
    return np.log(x), data


def _within(low: float, high: float, expected: float, margin: float) -> str:
    if expected - margin < low and high < expected + margin:
        return HOLDS
    return FAILS if low > expected + margin or high < expected - margin else UNDECIDED


@dataclass(frozen=True, slots=True)
class RankTest:
    """Is there an order? Kendall's tau averaged over seeds, the p-value of "no order", the verdict.

    HOLDS: no order is rejected at level false_pass. false_fail: chance that a theory whose mean tau is
    at least ``tau_expected`` is not confirmed. critical: the smallest mean tau that is confirmed.
    """

    verdict: str
    tau: float
    p_value: float
    critical: float
    seeds: int
    items: int
    false_fail: float
    false_pass: float


def rank_test(values: ArrayLike, false_fail: float, false_pass: float, tau_expected: float = 1.0) -> RankTest:
    """Test that values (seeds, items) increase along the items, ties counting half an inversion.

    Null: in every seed all orders are equally likely, rejected with probability at most false_pass,
    exactly. Alternative: the mean of Kendall's tau is at least ``tau_expected``; it is missed with
    probability at most exp(-seeds (tau_expected - critical)^2 / 2) (Hoeffding 1963, tau in [-1, 1]),
    0 for tau_expected = 1, when every seed is in order. Raises ValueError where that exceeds
    false_fail, or where no outcome of so few seeds is that unlikely.

    >>> rank_test([[1, 2, 3, 4]] * 3, false_fail=1e-6, false_pass=1e-3).verdict
    'HOLDS'
    >>> rank_test([[1, 2, 3]], false_fail=1e-6, false_pass=1e-3)
    Traceback (most recent call last):
    ValueError: 1 seed of 3 items has no outcome rarer than 0.167, false_pass is 0.001: more seeds are needed
    """
    data = np.asarray(values, dtype=float)
    if data.ndim != 2 or data.shape[1] < 2 or not len(data) or np.isnan(data).any():
        raise ValueError(f"values (seeds, items) without NaN and at least 2 items wanted, got shape {data.shape}")
    for name, rate in (("false_fail", false_fail), ("false_pass", false_pass)):
        if not 0 < rate < 1:
            raise ValueError(f"0 < {name} < 1 wanted, got {rate}")
    if not 0 < tau_expected <= 1:
        raise ValueError(f"0 < tau_expected <= 1 wanted, got {tau_expected}")
    seeds, items = data.shape
    lower_tail = np.cumsum(inversions_law(items, seeds))
    allowed = int(np.searchsorted(lower_tail, false_pass, side="right")) - 1
    if allowed < 0:
        raise ValueError(
            f"{seeds} seed{'s' * (seeds > 1)} of {items} items has no outcome rarer than "
            f"{lower_tail[0]:.3g}, "
            f"false_pass is {false_pass:g}: more seeds are needed"
        )
    pairs = seeds * items * (items - 1) // 2
    critical = 1 - 2 * allowed / pairs
    missed = 0.0 if tau_expected == 1 else math.exp(-seeds * max(0.0, tau_expected - critical) ** 2 / 2)
    if missed > false_fail:
        raise ValueError(
            f"{seeds} seeds miss an order of mean tau {tau_expected:g} with probability up to {missed:.2g}, "
            f"false_fail is {false_fail:g}: more seeds are needed"
        )
    count = inversions(data)
    p_value = float(min(1.0, lower_tail[math.ceil(count)]))
    verdict = HOLDS if count <= allowed else UNDECIDED
    return RankTest(verdict, 1 - 2 * count / pairs, p_value, critical, seeds, items, missed, false_pass)


def inversions(data: np.ndarray) -> float:
    """Pairs of items in the wrong order, over all seeds; a tie is half a pair.

    >>> inversions(np.array([[1, 3, 2], [1, 1, 2]]))
    1.5
    """
    first, second = np.triu_indices(data.shape[1], 1)
    steps = np.sign(data[:, second] - data[:, first])
    return float((steps < 0).sum() + (steps == 0).sum() / 2)


@lru_cache(maxsize=64)
def inversions_law(items: int, seeds: int = 1) -> np.ndarray:
    """P(I = 0), P(I = 1), ...: inversions of ``seeds`` independent random orders of ``items`` items.

    Product of the factors (1 + q + ... + q^(j-1))/j for j = 1, ..., items, to the power seeds.

    >>> (inversions_law(3) * 6).round(12).tolist()
    [1.0, 2.0, 2.0, 1.0]
    """
    law = np.ones(1)
    for _ in range(seeds):
        for j in range(2, items + 1):
            law = np.convolve(law, np.full(j, 1 / j))
    return law
