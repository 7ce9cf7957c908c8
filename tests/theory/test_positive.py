"""Where Maclaurin coefficients are said to be nonnegative they are, by another route; and not less."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from theory.kernels import PowerSeries, Zonal
from theory.positive import nonnegative_from

T = sp.Symbol("t")
LAST = 9
# Every function and operation, with bases and exponents on both sides of what keeps signs.
EXPRESSIONS = {
    "exp(t)": sp.exp(T), "exp(-t)": sp.exp(-T), "exp(t-3)": sp.exp(T - 3), "exp(t**2-t)": sp.exp(T**2 - T),
    "sinh(t)": sp.sinh(T), "cosh(2*t)": sp.cosh(2 * T), "sin(t)": sp.sin(T), "cos(t)": sp.cos(T),
    "1/(2+t)": 1 / (2 + T), "1/(2-t)": 1 / (2 - T), "(2+t)**(-1)": (2 + T) ** -1, "sqrt(2+t)": sp.sqrt(2 + T),
    "exp(t)**2": sp.exp(T) ** 2, "exp(t)/(2+t)": sp.exp(T) / (2 + T), "exp(t)*sin(t)": sp.exp(T) * sp.sin(T),
    "exp(t)-t": sp.exp(T) - T, "exp(t)-cosh(t)": sp.exp(T) - sp.cosh(T), "log(2+t)": sp.log(2 + T),
    "1/2-t/3+t**4/5": sp.Rational(1, 2) - T / 3 + T**4 / 5, "t/2+t**3/4": T / 2 + T**3 / 4,
}  # fmt: skip


def coefficients(value: sp.Expr) -> list[sp.Expr]:
    """The first Maclaurin coefficients by differentiation."""
    return [sp.diff(value, T, n).subs(T, 0) / sp.factorial(n) for n in range(LAST)]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_coefficients_are_nonnegative_from_where_it_is_said(text: str) -> None:
    start = nonnegative_from(Zonal(text))
    if start is not None:
        assert all(b >= 0 for b in coefficients(EXPRESSIONS[text])[start:])


@pytest.mark.parametrize(
    "text", ["exp(t)", "exp(t-3)", "exp(t)**2", "sinh(t)", "cosh(2*t)", "t/2+t**3/4"]
)
def test_what_keeps_signs_is_recognised(text: str) -> None:
    assert nonnegative_from(Zonal(text)) == 0


@pytest.mark.parametrize(("values", "start"), [
    ((1, 2), 0), ((Fraction(1, 2), Fraction(1, 9)), 0), ((-1, 1), 1),
    ((0, Fraction(-1, 9), 1), 2), ((0, 0, -1), 3),
])  # fmt: skip
def test_a_polynomial_is_nonnegative_from_behind_its_last_negative_coefficient(
    values: tuple, start: int
) -> None:
    assert nonnegative_from(PowerSeries(values)) == start
