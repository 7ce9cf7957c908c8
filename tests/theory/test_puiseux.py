"""Puiseux series against the functions themselves, close to u = 0: the error falls as the order says."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
import sympy as sp
from mpmath import mp, mpf

from theory.puiseux import LOG, Puiseux, arc_cosine, exponential, logarithm, sine_cosine

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
    "acos(1-s)": (lambda s: arc_cosine(Puiseux.constant(sp.Integer(1), ORDER) - s), lambda x: mp.acos(1 - x), [sp.Integer(0)]),
    "1/(1+s)": (lambda s: (s + Puiseux.constant(sp.Integer(1), ORDER)).power(Fraction(-1)), lambda x: 1 / (1 + x), [sp.Integer(0), HALF]),
    "s**(3/2)": (lambda s: s.power(Fraction(3, 2)), lambda x: x ** mpf(1.5), [sp.Integer(0), HALF]),
    "s*s": (lambda s: s * s, lambda x: x * x, [sp.Integer(0), HALF]),
}  # fmt: skip
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
