"""Expansions at t = 1, 0 and -1 against values nearby: the error falls as the order says."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from mpmath import mp

from tests.theory.kernel_list import ALL, ODD_INNER
from theory.expansions.at_ends import T, at_series, expansion_at, from_formula, variable
from theory.kernels import NNGP, NTK, ArcCosine, Compose, Dual, Gaussian, Kernel, Laplace, Matern, PowerSeries, Zonal
from theory.spectra.routes.oracle import kappa
from theory.symbolic.puiseux import LOG, NoExpansion, Puiseux

HALF = Fraction(1, 2)
HALFWAY = PowerSeries((HALF, HALF))  # 1, 1/2 and 0 at the three places
SLOW = (NTK(5), Matern(2, Fraction(3, 2)), Matern(3, HALF) + Gaussian(1))  # others are of their kind
EXPANDED = [
    *(kernel for kernel in ALL if kernel not in SLOW),
    Compose(ArcCosine(1), HALFWAY),
    Compose(ArcCosine(3), HALFWAY),
    Compose(NTK(2), HALFWAY),
    Compose(ArcCosine(0), HALFWAY),
    Compose(Laplace(1), HALFWAY),
    Compose(Matern(Fraction(3, 2), 2), HALFWAY),
    Compose(Matern(1, 2), HALFWAY),
    Compose(Dual("erf"), HALFWAY),
    Zonal("asin(t)*sin(theta) + cos(t)"),
    Zonal("2**t + tan(t)/(3+t)"),
    Zonal("sqrt(2+t) - sinh(t)*t*2"),
    Zonal("exp(-sqrt(1-t)) - acos(-t)"),
]
ORDER = 2


def number(coefficient: sp.Expr, u: mp.mpf) -> mp.mpf:
    return mp.mpf(str(sp.N(coefficient.subs(LOG, sp.Float(mp.nstr(mp.log(u), 50), 50)), 45)))


def at(series: Puiseux, u: mp.mpf) -> mp.mpf:
    powers = ((c, mp.mpf(e.numerator) / e.denominator) for e, c in series.terms)
    return mp.fsum(number(c, u) * u**e for c, e in powers)


@pytest.mark.parametrize("kernel", EXPANDED, ids=repr)
def test_the_error_near_a_place_is_of_the_order_of_the_expansion(kernel: Kernel) -> None:
    """From u = 2^-16 to 2^-24 it falls by 2^(8 order), logarithms within a factor 4; a wrong
    coefficient of u^e with e < order leaves an error that falls by 2^(8 e) alone."""
    for place in (1, 0, -1):
        series = expansion_at(kernel, place, ORDER)
        assert series.order == ORDER and all(e < ORDER for e, _ in series.terms)
        with mp.workdps(45):
            errors = []
            for power in (16, 24):
                u = mp.mpf(2) ** -power
                t = {1: 1 - u, 0: u, -1: u - 1}[place]
                errors.append(abs(kappa(kernel, t) - at(series, u)))
            fallen = 4 * errors[0] * mp.mpf(2) ** (-8 * ORDER) + mp.mpf(10) ** -36
            assert errors[0] < 1e-5 and errors[1] <= fallen


@pytest.mark.parametrize("order", [0, HALF, 1, Fraction(5, 2), 4])
def test_an_expansion_is_cut_at_the_order_asked_for(order: Fraction) -> None:
    for kernel, place in ((NTK(3), 1), (NNGP(3), -1), (Laplace(1), 0)):
        longer, series = expansion_at(kernel, place, 5), expansion_at(kernel, place, order)
        assert series.order == order and series.terms == tuple((e, c) for e, c in longer.terms if e < order)


@pytest.mark.parametrize("depth", [2, 3])
def test_towers_of_square_roots_are_expanded_although_each_loses_half_of_the_order(depth: int) -> None:
    kernel: Kernel = ArcCosine(0)
    for _ in range(depth):
        kernel = Compose(ArcCosine(0), kernel)
    series = expansion_at(kernel, 1, 1)
    assert series.order == 1 and series.terms[1][0] == Fraction(1, 2 ** (depth + 1))


@pytest.mark.parametrize("place", [2, -2, HALF])
def test_other_places_are_refused_by_name(place: int) -> None:
    with pytest.raises(ValueError, match=r"place must be one of \(1, 0, -1\), got"):
        expansion_at(NTK(2), place, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sqrt(1-log(1-t))", "the sign of .* changes with u"),
        ("erf(log(1-t))", "grows like a logarithm"),
        ("(1-t)**t", "no expansion of"),
        ("t**(1+theta)", "no expansion of"),
    ],
    ids=str,
)
def test_what_has_no_expansion_at_one_is_refused(text: str, why: str) -> None:
    with pytest.raises(NoExpansion, match=why):
        expansion_at(Zonal(text), 1, 1)


def test_the_variable_is_one_minus_u_then_u_then_u_minus_one() -> None:
    for place, slope in ((1, -1), (0, 1), (-1, 1)):
        terms = [(Fraction(0), sp.Integer(place))] * (place != 0) + [(Fraction(1), sp.Integer(slope))]
        assert variable(place, Fraction(2)) == Puiseux(tuple(terms), Fraction(2))
        assert variable(place, Fraction(1)).terms == tuple(terms[:-1])


@pytest.mark.parametrize(
    "kernel",
    [
        NTK(3, bias=True),
        NNGP(2, bias_variance=HALF),
        ArcCosine(2),
        Compose(ArcCosine(0), ODD_INNER),
        Matern(2, 1),
        3 * NTK(2) * Laplace(1) + Zonal("erf(t)"),
    ],
    ids=repr,
)
def test_a_kernel_of_a_series_is_the_function_of_the_function(kernel: Kernel) -> None:
    """t = 1 - 2 u^2 + u^3: the value at u = 2^-10 and 2^-14, errors O(u^5)."""
    t = Puiseux.of([(0, sp.Integer(1)), (2, sp.Integer(-2)), (3, sp.Integer(1))], 7)
    series = at_series(kernel, t)
    assert series.order >= 5
    with mp.workdps(45):
        errors = []
        for power in (10, 14):
            u = mp.mpf(2) ** -power
            errors.append(abs(kappa(kernel, 1 - 2 * u**2 + u**3) - at(series, u)))
        assert errors[0] < 1e-12 and errors[1] <= 16 * errors[0] * mp.mpf(2) ** (-4 * 5)


def test_formulas_share_what_occurs_twice_and_keep_constants() -> None:
    t = variable(0, Fraction(3))
    assert from_formula(sp.pi + sp.Integer(2), t) == Puiseux.constant(sp.pi + 2, 3)
    assert from_formula(2 * T * sp.exp(T) + sp.exp(T) - 1, t).terms == (
        (Fraction(1), 3),
        (Fraction(2), sp.Rational(5, 2)),
    )
    bessel = from_formula(sp.besselj(1, T), t)  # t/2 - t^3/16
    assert bessel.terms == ((Fraction(1), sp.Rational(1, 2)),)
    with pytest.raises(NoExpansion, match="no expansion of"):
        from_formula(sp.besselj(T, T + 1), t)
