"""Shares of networks, judged by the exact binomial law: nothing is assumed of their values."""

from __future__ import annotations

from scipy import stats

from verify.statistics.budget import PILOT_MISS
from verify.statistics.equivalence import FAILS, HOLDS, UNDECIDED, probability


def binomial_bounds(successes: int, trials: int, miss: float) -> tuple[float, float]:
    """Clopper-Pearson limits of a probability: outside with probability at most ``miss``, any p.

    >>> low, high = binomial_bounds(0, 10, 0.05)
    >>> low, round(high, 4)
    (0.0, 0.3085)
    """
    if not 0 <= successes <= trials or trials < 1:
        raise ValueError(f"0 <= successes <= trials >= 1 wanted, got {successes} of {trials}")
    tail, failures = probability(miss, "miss") / 2, trials - successes
    low = stats.beta.ppf(tail, successes, failures + 1) if successes else 0.0
    high = stats.beta.isf(tail, successes + 1, failures) if failures else 1.0
    return float(low), float(high)


def chance_bound(astray: int, pilot: int, miss: float = PILOT_MISS) -> float:
    """Upper bound of the chance of one network to go astray, ``astray`` of a pilot's having done so.

    Too small with probability at most ``miss``, whatever the chance (Clopper and Pearson, one side).

    >>> round(chance_bound(0, 24), 3), round(chance_bound(0, 600), 4)
    (0.25, 0.0114)
    """
    return binomial_bounds(astray, pilot, 2 * miss)[1]


def share_verdict(kept: int, trials: int, share: float, level: float) -> str:
    """HOLDS where more than ``share`` of all networks are shown to do so, FAILS where fewer, by exact limits.

    Whatever the law of what is counted: either is wrong with probability at most level/2.

    >>> share_verdict(30, 30, 0.5, 1e-6), share_verdict(0, 30, 0.5, 1e-6), share_verdict(15, 30, 0.5, 1e-6)
    ('HOLDS', 'FAILS', 'UNDECIDED')
    """
    low, high = binomial_bounds(kept, trials, level)
    return HOLDS if low > share else FAILS if high < share else UNDECIDED


def share_missed(trials: int, share: float, level: float, missed: float) -> float:
    """Chance that `share_verdict` is not HOLDS where each network fails to do so with probability ``missed``.

    P(Bin(trials, missed) > allowed), with as many allowed as leave HOLDS; 1 where even none does.

    >>> share_missed(30, 0.5, 1e-6, 1e-3) < 1e-4
    True
    >>> share_missed(5, 0.5, 1e-6, 1e-3)
    1.0
    """
    allowed = -1
    while share_verdict(trials - allowed - 1, trials, share, level) == HOLDS:
        allowed += 1
    return float(stats.binom.sf(allowed, trials, missed)) if allowed >= 0 else 1.0
