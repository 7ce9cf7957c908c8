"""Puiseux series against the functions themselves, close to u = 0: the error falls as the order says."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
import sympy as sp
from mpmath import mp, mpf

from theory.expansions.at_ends import expansion_at
from theory.kernels import ArcCosine, Compose, Zonal
from theory.symbolic.puiseux import (
    LOG,
    NoExpansion,
    Puiseux,
    arc_cosine,
    arc_sine_slopes,
    end,
    exponential,
    logarithm,
    sign,
    sine_cosine,
)

ORDER = 4
HALF = sp.Rational(1, 2)
SMALL = Puiseux.of([(Fraction(1, 2), sp.Integer(2)), (1, sp.Integer(-1)), (Fraction(5, 2), HALF)], ORDER)
EVERY: dict[str, tuple[Callable[[Puiseux], Puiseux], Callable[[mpf], mpf], list[sp.Expr]]] = {
    # name: (of a series, of a number, constant terms at which it is tried)
    "sin": (lambda s: sine_cosine(s)[0], mp.sin, [sp.Integer(0), HALF, sp.pi / 3, sp.pi]),
    "cos": (lambda s: sine_cosine(s)[1], mp.cos, [sp.Integer(0), HALF, sp.pi / 3, sp.pi]),
    "exp": (exponential, mp.exp, [sp.Integer(0), HALF, sp.Integer(-2)]),
    "log": (logarithm, mp.log, [sp.Integer(0), HALF, sp.Integer(3)]),
    "acos": (arc_cosine, mp.acos, [sp.Integer(0), HALF, -HALF, sp.Integer(-1)]),
    "acos(1-s)": (
        lambda s: arc_cosine(Puiseux.constant(sp.Integer(1), ORDER) - s),
        lambda x: mp.acos(1 - x),
        [sp.Integer(0)],
    ),
    "1/(1+s)": (
        lambda s: (s + Puiseux.constant(sp.Integer(1), ORDER)).power(Fraction(-1)),
        lambda x: 1 / (1 + x),
        [sp.Integer(0), HALF],
    ),
    "s**(3/2)": (lambda s: s.power(Fraction(3, 2)), lambda x: x ** mpf(1.5), [sp.Integer(0), HALF]),
    "s*s": (lambda s: s * s, lambda x: x * x, [sp.Integer(0), HALF]),
}
CASES = [(name, constant) for name, (_, _, constants) in EVERY.items() for constant in constants]


def at(series: Puiseux, u: mpf) -> mpf:
    total = mpf(0)
    for exponent, coefficient in series.terms:
        value = sp.N(coefficient.subs(LOG, sp.Float(str(mp.log(u)), 60)), 50)
        total += mpf(str(value)) * u ** (mpf(exponent.numerator) / exponent.denominator)
    return total


@pytest.mark.parametrize(("name", "constant"), CASES, ids=str)
def test_the_error_falls_with_the_order(name: str, constant: sp.Expr) -> None:
    """|f - series| <= C u^order: from u = 2^-24 to 2^-32 it falls by 2^(8 order), within a factor 4."""
    series, exact, _ = EVERY[name]
    argument = SMALL + Puiseux.constant(constant, ORDER)
    found = series(argument)
    assert found.order > 2
    with mp.workdps(60):
        near, far = (abs(at(found, mpf(2) ** -e) - exact(at(argument, mpf(2) ** -e))) for e in (32, 24))
        assert near <= 4 * far * mpf(2) ** (-8 * mpf(found.order.numerator) / found.order.denominator)
        assert near <= 1e-18


def series(*terms: tuple[int | Fraction, int | sp.Expr], order: int | Fraction) -> Puiseux:
    return Puiseux.of([(e, sp.sympify(c)) for e, c in terms], order)


def test_terms_are_collected_sorted_and_cut_at_the_order() -> None:
    terms = [(2, 1), (1, sp.pi), (2, 3), (3, 9), (0, 0)]
    found = Puiseux.of([(e, sp.sympify(c)) for e, c in terms], 3)
    assert found.terms == ((1, sp.pi), (2, 4)) and found.order == 3
    assert found.cut(Fraction(2)) == series((1, sp.pi), order=2) and found.cut(Fraction(4)) == found
    assert (found - found).terms == () and (-found).terms == ((1, -sp.pi), (2, -4))
    assert [found.coefficient(Fraction(e)) for e in (0, 1, 2)] == [0, sp.pi, 4]
    assert found.scaled(sp.Integer(3)).terms == ((1, 3 * sp.pi), (2, 12))
    assert Puiseux.constant(sp.pi, 2) == series((0, sp.pi), order=2)


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [  # (valuation, order) of the factors
        ((1, 3), (2, 5), 5),
        ((0, 3), (0, 5), 3),
        ((2, 3), (0, 5), 3),
        ((1, 2), (3, 9), 5),
        ((-1, 3), (2, 5), 4),
        ((None, 3), (1, 9), 4),
        ((None, 3), (None, 4), 7),
        ((HALF, 1), (HALF, 2), Fraction(3, 2)),
    ],
)
def test_a_product_is_known_as_far_as_what_is_unknown_times_the_leading_terms(
    left: tuple, right: tuple, order: Fraction
) -> None:
    a, b = (Puiseux.of([] if v is None else [(Fraction(str(v)), sp.Integer(2))], o) for v, o in (left, right))
    for found in (a * b, b * a):
        assert found.order == order
        vanishes = None in (left[0], right[0])
        assert found.terms == (() if vanishes else ((Fraction(str(left[0] + right[0])), 4),))
    assert (a + b).order == min(left[1], right[1])


@pytest.mark.parametrize(
    ("exponent", "lead", "order", "wanted"),
    [
        (2, 1, 4, 5),
        (Fraction(1, 2), 1, 4, Fraction(7, 2)),
        (-1, 1, 4, 2),
        (Fraction(1, 2), 0, 4, 4),
        (-2, 2, 3, -3),
        (0, 1, 4, 3),
        (Fraction(3, 2), -2, 1, 0),
    ],
)
def test_a_power_is_known_as_far_relative_to_its_leading_term_as_the_base(
    exponent: Fraction, lead: int, order: int, wanted: Fraction
) -> None:
    """(4 u^l + ...)^e = 4^e u^(l e) (1 + ...) up to u^(order - l) in the bracket."""
    found = series((lead, 4), (lead + 1, 2), order=order).power(Fraction(exponent))
    assert found.order == wanted
    assert found.terms[0] == (lead * Fraction(exponent), 4 ** sp.Rational(str(Fraction(exponent))))
    if wanted > lead * Fraction(exponent) + 1 and exponent:
        power = sp.Rational(str(Fraction(exponent)))
        assert found.terms[1] == (lead * Fraction(exponent) + 1, 4**power * power / 2)


HIDDEN = sp.sqrt(5 + 2 * sp.sqrt(6)) - sp.sqrt(2) - sp.sqrt(3)  # a zero that SymPy does not see


def test_coefficients_that_vanish_unseen_do_not_lead() -> None:
    """sqrt(0 + 4u) has the exponent 1/2 and no other; 1 + 0 is an end of [-1, 1]."""
    hidden = series((0, HIDDEN), (1, 4), order=2)
    assert hidden.terms[0][0] == 0
    assert hidden.led() == (1, 4, series(order=1))
    assert hidden.power(Fraction(1, 2)).terms == ((Fraction(1, 2), 2),)
    assert logarithm(series((0, HIDDEN), (1, 3), order=2)).terms == ((0, LOG + sp.log(3)),)
    assert [end(v) for v in (HIDDEN + 1, HIDDEN - 1, HALF, -HALF)] == [1, -1, 0, 0]
    exponents = [e for e, _ in arc_cosine(Puiseux.constant(HIDDEN + 1, 2) - hidden).terms]
    assert exponents == [Fraction(1, 2)]
    assert [e for e, _ in expansion_at(Zonal(f"sqrt(1-t+{HIDDEN})"), 1, 1).terms] == [Fraction(1, 2)]
    inner = Zonal(f"t*(1+{HIDDEN})")
    for outer, place in ((ArcCosine(0), 1), (ArcCosine(1), -1)):
        plain = expansion_at(outer, place, 2).terms
        assert [e for e, _ in expansion_at(Compose(outer, inner), place, 2).terms if e.denominator == 2] == [
            e for e, _ in plain if e.denominator == 2
        ]


def test_whole_powers_of_logarithms_are_products() -> None:
    cube = series((0, LOG), (1, 2), order=2).power(Fraction(3))
    assert cube.terms == ((Fraction(0), LOG**3), (Fraction(1), 6 * LOG**2)) and cube.order == 2


REFUSED = [
    (lambda: series(order=2).power(Fraction(2)), "vanishes to the whole order"),
    (lambda: series((1, -1), order=2).power(Fraction(1, 2)), "a root of a negative function"),
    (lambda: series((0, LOG), order=2).power(Fraction(1, 2)), "changes with u"),
    (lambda: series((0, LOG), order=2).power(Fraction(-1)), "changes with u"),
    (lambda: sign(sp.I), "no enclosure of I is known"),
    (lambda: series((-1, 1), order=2).value, "unbounded"),
    (lambda: series((0, LOG + 1), order=2).value, "grows like a logarithm"),
    (lambda: series((0, 1), (1, 1), order=2).into(lambda m: sp.Integer(1)), "evaluated at 0 only"),
    (lambda: logarithm(series((1, -1), order=2)), "not positive"),
    (lambda: logarithm(series(order=2)), "vanishes to the whole order"),
    (lambda: series((0, HIDDEN), order=2).power(Fraction(2)), "vanishes to the whole order"),
    (lambda: arc_cosine(series((0, 2), order=2)), "outside"),
    (lambda: arc_cosine(series((0, -HALF * 3), (1, 1), order=2)), "outside"),
    (lambda: arc_cosine(series((0, 1), order=2)), "vanishes to the whole order"),
    (lambda: sign(LOG + 1), "changes with u"),
]


@pytest.mark.parametrize(("attempt", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_has_no_expansion_is_refused_with_a_reason(attempt: Callable[[], object], why: str) -> None:
    with pytest.raises(NoExpansion, match=why):
        attempt()


def test_whole_powers_of_negative_functions_and_shallow_values_are_allowed() -> None:
    assert series((1, -2), order=2).power(Fraction(3)).terms == ((3, -8),)
    assert series((1, -2), order=2).power(Fraction(-1)).terms == ((-1, -HALF),)
    assert series((1, 5), order=2).value == 0 and series((0, 3), (1, LOG), order=2).value == 3
    assert series(order=2).value == 0
    assert series((0, 2), (1, 5), order=3).centred() == (2, series((1, 5), order=3))
    assert logarithm(series((2, 3), order=4)).terms == ((0, 2 * LOG + sp.log(3)),)
    powers = series((1, 1), order=4).into(lambda m: sp.Integer(m + 7))
    assert powers.terms == ((0, 7), (1, 8), (2, 9), (3, 10)) and powers.order == 4


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (sp.Integer(0), 0),
        (sp.pi - 3, 1),
        (3 - sp.pi, -1),
        (sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6), 0),
        (sp.sqrt(5 + 2 * sp.sqrt(6)) - sp.sqrt(2) - sp.sqrt(3), 0),
        (sp.pi - sp.Rational(22, 7), -1),
        (sp.Rational(-1, 10**50), -1),
        (sp.sqrt(10**60 + 1) - 10**30, 1),
    ],
    ids=str,
)
def test_signs_of_constants(value: sp.Expr, wanted: int) -> None:
    assert sign(value) == wanted


@pytest.mark.parametrize("value", [sp.Integer(0), HALF, -sp.Rational(1, 3)], ids=str)
def test_slopes_of_the_arc_sine_are_its_taylor_coefficients(value: sp.Expr) -> None:
    slopes = arc_sine_slopes(value, 1 / sp.sqrt(1 - value**2))
    with mp.workdps(40):
        exact = mp.taylor(mp.asin, mpf(value.p) / value.q, 7)
        found = [mpf(str(sp.N(slopes(m), 30))) for m in (7, 3, 1, 2, 4, 5, 6)]
        assert all(abs(f - exact[m]) < 1e-15 for f, m in zip(found, (7, 3, 1, 2, 4, 5, 6), strict=True))
    assert slopes(0) == 0


def test_functions_keep_the_order_and_the_exact_first_coefficients() -> None:
    """log(1 + s), exp, sin and cos at s = u, acos at 1 - u: by their own series."""
    u = series((1, 1), order=4)
    one = Puiseux.constant(sp.Integer(1), 4)
    assert logarithm(one + u).terms == ((1, 1), (2, -HALF), (3, sp.Rational(1, 3)))
    assert exponential(u).terms == ((0, 1), (1, 1), (2, HALF), (3, sp.Rational(1, 6)))
    sine, cosine = sine_cosine(u)
    assert sine.terms == ((1, 1), (3, -sp.Rational(1, 6))) and cosine.terms == ((0, 1), (2, -HALF))
    assert sine.order == cosine.order == 4
    end = arc_cosine(one - u)
    root = sp.sqrt(2)
    assert end.terms == (
        (Fraction(1, 2), root),
        (Fraction(3, 2), root / 12),
        (Fraction(5, 2), 3 * root / 160),
    ) and end.order == Fraction(7, 2)
    assert arc_cosine(u - one).terms == ((0, sp.pi), *((e, -c) for e, c in end.terms))
