"""Bases of powers are turned to their positive side, or refused; the function stays the same."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from theory.statements.orientation import NoSign, oriented
from theory.symbolic.objects import Range, d, k

ALL = (Range("k", 0), Range("d", 1))
HALF = sp.Rational(1, 2)
TURNED = [
    (sp.sqrt(k**2 - 2 * k * d + d**2), ALL, k, k - d),
    (sp.sqrt(k**2 - 2 * k * d + d**2), ALL, d, d - k),
    (sp.sqrt((k - d) ** 2), ALL, k, k - d),
    (sp.sqrt((k - 5) ** 2), (Range("k", 5),), None, k - 5),
    (sp.sqrt((k - 5) ** 2), (Range("k", 9),), None, k - 5),
    (sp.sqrt((k - d) ** 4), ALL, None, (k - d) ** 2),
    (sp.Abs(3 - k), (Range("k", 3),), None, k - 3),
]
REFUSED = [
    (sp.sqrt(k**2 - 2 * k * d + d**2), ALL, None),
    (sp.sqrt(k - 5), ALL, None),
    (sp.sqrt((k - 5) ** 2), ALL, None),
    (sp.sqrt(d - k), ALL, k),
    (sp.sqrt((d - 1) * (d - 2) * k), ALL, k),
    ((k - 7) ** d, ALL, None),
    (sp.Abs(k - d), ALL, None),
]


@pytest.mark.parametrize(("expression", "ranges", "limit", "wanted"), TURNED)
def test_each_factor_is_turned_to_its_positive_side(
    expression: sp.Expr, ranges: tuple[Range, ...], limit: sp.Symbol | None, wanted: sp.Expr
) -> None:
    assert sp.expand(oriented(expression, ranges, limit) - wanted) == 0


@pytest.mark.parametrize(("expression", "ranges", "limit"), REFUSED)
def test_what_may_be_negative_is_refused(
    expression: sp.Expr, ranges: tuple[Range, ...], limit: sp.Symbol | None
) -> None:
    with pytest.raises(NoSign):
        oriented(expression, ranges, limit)


FACTORS = [k, k + 1, k + d, d, 2 * k + 3, k - d, d - k, k - 2, d - 1, 3 * d - 1]


@given(
    st.lists(st.tuples(st.sampled_from(FACTORS), st.integers(1, 3)), min_size=1, max_size=3),
    st.sampled_from([HALF, -HALF, sp.Rational(3, 2), sp.Rational(1, 3)]),
)
@settings(max_examples=30 * FACTOR)
def test_the_value_stays_the_same(factors: list[tuple[sp.Expr, int]], exponent: sp.Rational) -> None:
    """At points of the ranges where the base is positive; where it is negative somewhere, it is refused."""
    base = sp.expand(sp.Mul(*(factor**power for factor, power in factors)))
    points = [{k: a, d: b} for a in range(5) for b in range(1, 5)]
    try:
        found = oriented(base**exponent, ALL)
    except NoSign:
        return
    for at in points:
        value = base.subs(at)
        assert value >= 0
        if value > 0:
            assert abs(sp.N(found.subs(at) - value**exponent, 30)) < sp.Float("1e-25") * abs(sp.N(value**exponent, 30))
