"""False alarms of a verdict, measured by drawing subsets of stored seeds.

A claim states how often it fails a right theory. That rate is far too small to be seen, so the verdict is
asked of so few of the stored seeds that alarms could be seen, where the same formulas state a larger
rate. Given the stored seeds the draws are independent and equally likely subsets: the number of
alarms is binomial, and its exact lower limit must not exceed the stated rate. What the stored
seeds as a whole got by chance is not seen that way: hence LEAST_STORED of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from theory.numbers.truth import Truth
from verify.findings.claim import Finding
from verify.statistics.binomial import binomial_bounds

LEAST_STORED = 200
VISIBLE = 5e-3  # stated rate at which 1000 draws show alarms
Judge = Callable[[Any, xr.Dataset], Finding]


@dataclass(frozen=True, slots=True)
class Alarms:
    """``alarms`` of ``draws`` subsets of ``seeds`` seeds were not HOLDS; ``stated``: the rate claimed there.

    lower, upper: exact limits of the rate at which subsets of the stored seeds raise an alarm.
    """

    alarms: int
    draws: int
    seeds: int
    stored: int
    stated: float
    lower: float
    upper: float

    @property
    def kept(self) -> bool:
        """Is the stated rate not refuted?"""
        return self.lower <= self.stated


def drawn(config: Any, data: xr.Dataset, places: np.ndarray) -> tuple[Any, xr.Dataset]:
    """Config and data of the chosen seeds alone; what does not vary with the seed stays."""
    return replace(config, seeds=len(places)), data.isel(seed=places)


def visible_seeds(judge: Judge, config: Any, data: xr.Dataset, least: int = 5, visible: float = VISIBLE) -> int:
    """The most seeds, up to half of those stored, at which the stated false-fail rate is still ``visible``.

    Raises ValueError where even ``least`` seeds state less.
    """

    def stated(seeds: int) -> float:
        return _rate(judge(*drawn(config, data, np.arange(seeds))))

    low, high = least, data.sizes["seed"] // 2
    if stated(low) < visible:
        raise ValueError(f"{least} seeds already state a rate below {visible:g}: nothing could be seen")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if stated(middle) >= visible else (low, middle)
    return low


def resampled_alarms(
    judge: Judge, config: Any, data: xr.Dataset, draws: int, miss: float, seeds: int | None = None, seed: int = 0
) -> Alarms:
    """Verdicts on ``draws`` random subsets of the stored seeds, by default `visible_seeds` of them.

    judge(config, data) states its rate in Finding.rates["false_fail"]. Raises ValueError with fewer than
    LEAST_STORED stored seeds.
    """
    stored = data.sizes["seed"]
    if stored < LEAST_STORED:
        raise ValueError(f"at least {LEAST_STORED} stored seeds are needed, got {stored}")
    seeds = visible_seeds(judge, config, data) if seeds is None else seeds
    rng, alarms, stated = np.random.default_rng(seed), 0, 0.0
    for _ in range(draws):
        found = judge(*drawn(config, data, rng.choice(stored, size=seeds, replace=False)))
        alarms += found.truth is not Truth.HOLDS
        stated = _rate(found)
    return Alarms(alarms, draws, seeds, stored, stated, *binomial_bounds(alarms, draws, miss))


def _rate(found: Finding) -> float:
    if found.rates is None:
        raise ValueError("a verdict that states its false-fail rate is wanted")
    return found.rates["false_fail"]
