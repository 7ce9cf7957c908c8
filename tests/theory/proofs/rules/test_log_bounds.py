"""The truncated series of the logarithm is a lower bound on both sides of 1, and a close one."""

from __future__ import annotations

import mpmath as mp
import pytest
import sympy as sp

from theory.proofs.rules.inequality import log_lower_bound
from theory.proofs.steps import Refused
from theory.symbolic.objects import Range, k

RANGES = (Range("k", 1),)
# q above 1, and below it, far and near.
QUOTIENTS = [(k + 10) / k, (2 * k + 1) / (2 * k), k / (k + 10), k / (10 * k + 3), (2 * k - 1) / (2 * k)]


@pytest.mark.parametrize("quotient", QUOTIENTS, ids=str)
@pytest.mark.parametrize("order", [0, 1, 4])
def test_the_bound_lies_below_the_logarithm_by_at_most_the_next_terms(quotient: sp.Expr, order: int) -> None:
    bound = log_lower_bound(quotient, order, RANGES)
    for value in (1, 2, 3, 10, 1000):
        q = sp.Rational(quotient.subs(k, value))
        y = abs((q - 1) / (q + 1))
        with mp.workdps(60):
            logarithm = mp.log(mp.mpf(q.p) / q.q)
            gap = logarithm - mp.mpf(bound.subs(k, value).p) / bound.subs(k, value).q
            # What is left out, 2 sum_{i > order} y^(2i+1)/(2i+1), is at most its first term/(1-y^2).
            y = mp.mpf(y.p) / y.q
            first = 2 * y ** (2 * order + 3) / ((2 * order + 3) * (1 - y**2))
            assert 0 < gap <= first


def test_a_quotient_on_both_sides_of_one_is_refused() -> None:
    with pytest.raises(Refused, match="sign of log"):
        log_lower_bound((k + 3) / (2 * k), 1, (Range("k", 2),))


def test_the_logarithm_of_one_is_zero() -> None:
    assert log_lower_bound((k + 1) / (1 + k), 3, RANGES) == 0


def test_a_quotient_on_both_sides_of_one_is_refused_at_any_order() -> None:
    for quotient in ((2 * k + 1) / (k + 3), (k + 3) / (2 * k + 1)):
        with pytest.raises(Refused, match="the sign of log"):
            log_lower_bound(quotient, 2, RANGES)
