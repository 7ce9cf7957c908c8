"""Where Maclaurin coefficients are said to be nonnegative they are, by another route; and not
less."""

from __future__ import annotations

from fractions import Fraction
from unittest.mock import patch

import pytest
import sympy as sp

from theory.expansions import coefficient_signs as positive
from theory.expansions.coefficient_signs import nonnegative_from
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    PowerSeries,
    Zonal,
)
from theory.numbers.balls import NotCertified
from theory.spectra.routes.series import series_balls

T = sp.Symbol("t")
LAST = 9
# Every function and operation, with bases and exponents on both sides of what keeps signs.
EXPRESSIONS = {
    "exp(t)": sp.exp(T),
    "exp(-t)": sp.exp(-T),
    "exp(t-3)": sp.exp(T - 3),
    "exp(t**2-t)": sp.exp(T**2 - T),
    "sinh(t)": sp.sinh(T),
    "cosh(2*t)": sp.cosh(2 * T),
    "sin(t)": sp.sin(T),
    "cos(t)": sp.cos(T),
    "1/(2+t)": 1 / (2 + T),
    "1/(2-t)": 1 / (2 - T),
    "(2+t)**(-1)": (2 + T) ** -1,
    "sqrt(2+t)": sp.sqrt(2 + T),
    "exp(t)**2": sp.exp(T) ** 2,
    "exp(t)/(2+t)": sp.exp(T) / (2 + T),
    "exp(t)*sin(t)": sp.exp(T) * sp.sin(T),
    "exp(t)-t": sp.exp(T) - T,
    "exp(t)-cosh(t)": sp.exp(T) - sp.cosh(T),
    "log(2+t)": sp.log(2 + T),
    "1/2-t/3+t**4/5": sp.Rational(1, 2) - T / 3 + T**4 / 5,
    "t/2+t**3/4": T / 2 + T**3 / 4,
}


def coefficients(value: sp.Expr, last: int = LAST) -> list[sp.Expr]:
    """The first Maclaurin coefficients by differentiation."""
    return [sp.diff(value, T, n).subs(T, 0) / sp.factorial(n) for n in range(last)]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_coefficients_are_nonnegative_from_where_it_is_said(text: str) -> None:
    start = nonnegative_from(Zonal(text))
    if start is not None:
        assert all(b >= 0 for b in coefficients(EXPRESSIONS[text])[start:])


@pytest.mark.parametrize("text", ["exp(t)", "exp(t-3)", "exp(t)**2", "sinh(t)", "cosh(2*t)", "t/2+t**3/4"])
def test_what_keeps_signs_is_recognised(text: str) -> None:
    assert nonnegative_from(Zonal(text)) == 0


@pytest.mark.parametrize(
    ("values", "start"),
    [((1, 2), 0), ((Fraction(1, 2), Fraction(1, 9)), 0), ((-1, 1), 1), ((0, Fraction(-1, 9), 1), 2), ((0, 0, -1), 3)],
)
def test_a_polynomial_is_nonnegative_from_behind_its_last_negative_coefficient(values: tuple, start: int) -> None:
    assert nonnegative_from(PowerSeries(values)) == start


RECOGNISED = [
    "pi*t",
    "pi*exp(t)",
    "t**2*exp(t)",
    "exp(t)*(1+t)",
    "2*exp(t)",
    "exp(t)+cosh(t)",
    "exp(t)/(2-t)",
    "(2-t)**(-2)",
    "1/(2-t)",
    "(2-t)**(-1/2)",
    "1/(2-t**2)",
    "exp(t)/(3/2-t)",
    "exp(t)/(3-t-t**2)",
    "exp(t**2)",
    "exp(t**3-5)",
    "exp(exp(t)-5)",
    "exp(-5+cosh(t)+t)",
    "sinh(t+t**3)",
    "cosh(sinh(t))",
    "exp(t)**3",
    "exp(1/(2-t))",
]
OPEN = [
    "-1*exp(t)",
    "t*exp(t)-exp(t)",
    "(t-1)*exp(t)",
    "exp(theta)",
    "t*theta",
    "exp(t)/(2+t)",
    "exp(t)/(t-2)",
    "exp(t)/(2+t-2*t**2)",
    "exp(t)/exp(t**2)",
    "exp(t)/(cosh(t)-5)",
    "cosh(t)**(-2)",
    "sqrt(cosh(t))",
    "cosh(t)**(1/2)",
    "2**t",
    "exp(t)**t",
    "exp(sin(t))",
    "exp(-exp(t))",
    "sinh(exp(t)-2)",
    "sinh(1-t)",
    "exp(t**2-t)",
    "exp(exp(t)-t)",
]


@pytest.mark.parametrize("text", RECOGNISED)
def test_operations_that_keep_signs_are_recognised(text: str) -> None:
    """pi for a number; the first coefficients by differentiation are nonnegative indeed."""
    assert nonnegative_from(Zonal(text)) == 0
    value = sp.sympify(text, locals={"t": T, "pi": sp.Integer(3)})
    assert all(b >= 0 for b in coefficients(value, 4))


@pytest.mark.parametrize("text", OPEN)
def test_other_operations_are_left_open(text: str) -> None:
    assert nonnegative_from(Zonal(text)) is None


def test_a_power_of_what_vanishes_at_one_is_left_open() -> None:
    """(1-t)^(-1) has b_n = 1, but no value at t = 1 that would bound its tail."""
    assert nonnegative_from(Zonal("exp(t)/(1-t)")) is None


LINE = PowerSeries((1, -1))


@pytest.mark.parametrize(
    ("kernel", "start"),
    [
        *(
            (kernel, 0)
            for kernel in (
                ArcCosine(0),
                ArcCosine(3),
                NNGP(1),
                NNGP(4),
                NTK(2),
                NTK(3, bias=True),
                Dual("tanh"),
                DualTangent("erf"),
                Laplace(1),
                Gaussian(2),
                ExponentialPower(1, Fraction(1, 2)),
                Matern(Fraction(3, 2), 1),
                Zonal("exp(t)"),
                Multiple(3, NTK(3)),
                NTK(3) + Gaussian(1),
                Gaussian(1) * Laplace(1),
                Compose(Gaussian(1), ArcCosine(1)),
            )
        ),
        (LINE, 2),
        (Multiple(3, LINE), 2),
        (LINE + Gaussian(1), 2),
        (Gaussian(1) + PowerSeries((-1, 1)), 1),
        (PowerSeries((-1, 1)) + Zonal("t/2-t**3"), 4),
        (Zonal("t/2-t**3"), 4),
        (Zonal("-1+t"), 1),
        (Zonal("t"), 0),
        (Gaussian(1) + Zonal("sin(t)"), None),
        (Gaussian(1) * LINE, None),
        (Gaussian(1) * Zonal("cos(t)"), None),
        (Compose(Gaussian(1), PowerSeries((0, -1))), None),
        (Compose(PowerSeries((0, -1)), ArcCosine(1)), None),
    ],
    ids=repr,
)
def test_structure_tells_from_where_on_no_coefficient_is_negative(kernel: Kernel, start: int | None) -> None:
    assert nonnegative_from(kernel) == start


POLE = Compose(Zonal("(271/100-t)**(-2)"), Zonal("exp(t)"))  # at t = log(2.71) = 0.99695


@pytest.mark.parametrize(
    "kernel",
    [
        POLE,
        Compose(Zonal("1/(271/100-t)"), Zonal("exp(t)")),
        Compose(Laplace(1), Zonal("exp(t-1)*6/5")),
        Compose(ArcCosine(0), Zonal("cosh(t)")),
        Compose(Dual("erf"), Zonal("sinh(t)")),
        Gaussian(1) + POLE,
        Gaussian(1) * POLE,
        Compose(Zonal("exp(t)"), POLE),
    ],
    ids=repr,
)
def test_nothing_is_said_where_the_inner_kernel_may_reach_a_singularity_of_the_outer_one(kernel: Kernel) -> None:
    """All b_n >= 0, but the series does not converge up to t = 1."""
    assert nonnegative_from(kernel) is None


@pytest.mark.parametrize(
    "kernel",
    [
        Compose(Gaussian(1), Zonal("exp(t)")),
        Compose(PowerSeries((0, 1, 1)), Zonal("exp(t)")),
        Compose(Zonal("exp(t)*t**2/3"), Zonal("exp(t)")),
        Compose(Dual("sin"), Zonal("exp(t)")),
        Compose(Gaussian(1) + Gaussian(2), Zonal("exp(t)")),
        Compose(Compose(Gaussian(1), Gaussian(1)), Zonal("cosh(t)")),
        Compose(ArcCosine(0), Zonal("exp(t-1)")),
        Compose(Zonal("1/(3-t)"), Zonal("sinh(t)/2")),
        Compose(Laplace(1), Dual("tanh")),
        Compose(ArcCosine(1), Dual("erf")),
    ],
    ids=repr,
)
def test_an_entire_outer_kernel_or_an_inner_one_up_to_1_keeps_signs_and_convergence(kernel: Kernel) -> None:
    assert nonnegative_from(kernel) == 0


def test_no_eigenvalue_is_printed_for_a_series_that_diverges_inside() -> None:
    """kappa is not integrable, but its first terms are small beside 1/(e - 2.71)^2 and m_n falls fast."""
    with pytest.raises(NotCertified, match="not known, or not that they sum to kappa"):
        series_balls(POLE, 1000, range(3), 15)
    with patch.object(positive, "_stays_in_disc", lambda _: True):
        assert series_balls(POLE, 1000, range(3), 15)[0].is_finite()
