"""Are seed values normal, as the t-tests assume? Shapiro and Wilk's test, with its size and power.

Null        the values of a column are independent and normal, whatever mean and spread
Alternative any other law; at level .001 and 200 seeds, as the tests measure, exponential values and
            two separate groups are caught with probability .99, Student's t of 3 degrees of freedom with .85

A test of normality never proves it: it says which departures would have been seen. Shapiro and Wilk
(1965), Biometrika 52; p-values by Royston's algorithm R94 (scipy.stats.shapiro), 3 <= n <= 5000.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from verify.statistics.equivalence import FAILS, HOLDS

LEAST_SEEDS = 20
LEAST_LEVEL = 1e-5  # of one column: Royston's approximation is no better further out


@dataclass(frozen=True, slots=True)
class Normality:
    """Verdict over columns: HOLDS where no column is rejected, with the smallest p-value and its skewness."""

    verdict: str
    p_value: float
    skewness: float
    kurtosis: float
    seeds: int
    columns: int
    false_fail: float


def normality_test(values: ArrayLike, false_fail: float) -> Normality:
    """Test every column of ``values`` (seeds, columns) at level false_fail / columns.

    Raises ValueError for fewer than 20 seeds, which see almost nothing, and for levels that the
    approximation of the p-value does not keep.

    >>> normality_test(np.linspace(-1, 1, 40)[:, None] ** 3, 0.01).verdict
    'HOLDS'
    >>> normality_test(np.exp(np.linspace(0, 5, 40))[:, None], 0.01).verdict
    'FAILS'
    """
    data = np.asarray(values, dtype=float)
    if data.ndim != 2 or not np.isfinite(data).all() or not data.shape[1]:
        raise ValueError(f"finite values (seeds, columns) wanted, got shape {data.shape}")
    if len(data) < LEAST_SEEDS or len(data) > 5000:
        raise ValueError(f"{LEAST_SEEDS} to 5000 seeds wanted, got {len(data)}: fewer see almost no departure")
    level = false_fail / data.shape[1]
    if not LEAST_LEVEL <= level < 0.5:
        raise ValueError(f"{LEAST_LEVEL} <= false_fail / columns < 0.5 wanted, got {level:.3g}")
    if not (np.ptp(data, axis=0) > 0).all():
        raise ValueError("values that all agree have no law to test")
    p_values = np.array([stats.shapiro(column).pvalue for column in data.T])
    worst = data[:, int(p_values.argmin())]
    verdict = HOLDS if p_values.min() > level else FAILS
    return Normality(
        verdict, float(p_values.min()), float(stats.skew(worst)), float(stats.kurtosis(worst)), *data.shape, false_fail
    )
