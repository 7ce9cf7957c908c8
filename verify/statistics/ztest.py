"""A z-test for means over many hidden units, its tail corrected for their skewness."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from verify.statistics.equivalence import FAILS, HOLDS, probability, sample


@dataclass(frozen=True, slots=True)
class ZTest:
    """A mean over many independent terms against its predicted value.

    z: (mean - expected) / standard error. verdict: HOLDS where |z| <= threshold, FAILS otherwise.
    false_fail: chance of FAILS for the right value. caught: an error of the mean this large is
    found with probability 1 - miss, so HOLDS says "not off by ``caught``", never "equal".
    """

    verdict: str
    mean: float
    expected: float
    standard_error: float
    z: float
    threshold: float
    terms: int
    false_fail: float
    caught: float
    miss: float


def z_test(terms: ArrayLike, expected: float, false_fail: float, miss: float, caught: float) -> ZTest:
    """Two-sided z-test of E[term] = ``expected`` for i.i.d. ``terms`` (m,), such as hidden units.

    Null: the mean is ``expected``; rejected with probability ``false_fail``. Alternative: it is off
    by ``caught`` or more (absolute units); missed with probability at most ``miss``.
    The terms are far from normal, so the tail of the studentised mean is taken with its first
    moderate-deviation correction, P(|T| >= z) <= 2 (1 - Phi(z)) exp(|skewness| z^3 / (3 sqrt(m)))
    (Jing, Shao and Wang 2003, Ann. Prob. 31), skewness estimated from the same terms.
    Raises ValueError where m terms cannot catch ``caught`` at these rates.

    >>> z_test(np.tile([0.9, 1.1], 5000), 1.0, false_fail=1e-6, miss=1e-6, caught=0.05).verdict
    'HOLDS'
    """
    values = sample(terms, smallest=100)
    count, mean = len(values), float(values.mean())
    error = float(values.std(ddof=1)) / math.sqrt(count)
    threshold = _skewed_threshold(probability(false_fail, "false_fail"), values)
    reach = (threshold + _skewed_threshold(2 * probability(miss, "miss"), values)) * error
    if not reach <= caught:
        wanted = math.ceil(count * (reach / caught) ** 2) if caught > 0 else "infinitely many"
        raise ValueError(
            f"{count} terms catch an error of {reach:.3g}, not of {caught:.3g}: about {wanted} terms are needed"
        )
    z = (mean - expected) / error
    verdict = HOLDS if abs(z) <= threshold else FAILS
    return ZTest(verdict, mean, expected, error, z, threshold, count, false_fail, reach, miss)


def _skewed_threshold(two_sided: float, values: np.ndarray) -> float:
    """The z at which 2 (1 - Phi(z)) exp(|skewness| z^3 / (3 sqrt(m))) = ``two_sided``."""
    rate = abs(float(stats.skew(values))) / (3 * math.sqrt(len(values)))

    def excess(z: float) -> float:
        return stats.norm.logsf(z) + rate * z**3 - math.log(two_sided / 2)

    # Past its minimum the corrected tail grows again: there the correction means nothing.
    last = min(20.0, 1 / (3 * rate)) if rate > 0 else 20.0
    if excess(last) > 0:
        raise ValueError(
            f"{len(values)} terms with skewness {stats.skew(values):.3g} are too few for a tail "
            f"of {two_sided:.3g}: more terms or a larger rate are needed"
        )
    return float(optimize.brentq(excess, 0.0, last))
