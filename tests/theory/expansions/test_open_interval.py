"""Signs on (-1, 1): told where another library finds the same at many points, not told where there is a zero."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from theory.expansions.at_ends import T
from theory.expansions.open_interval import REACHES, Uncertain, _End, sign_inside
from theory.kernels import NNGP, ArcCosine, Laplace
from theory.kernels.formulas import in_sympy
from theory.numbers.balls import series_length, working_precision

THETA = sp.acos(T)
Q = sp.Rational
K0, K1 = in_sympy(ArcCosine(0), T), in_sympy(ArcCosine(1), T)

SIGNS = [
    (T + 1, 1),
    (T - 1, -1),
    (1 - T**2, 1),
    (THETA, 1),
    (sp.pi - THETA, 1),
    (THETA - 4, -1),
    (sp.sin(THETA), 1),
    (1 - K0**2, 1),
    (1 - K1**2, 1),
    (1 - in_sympy(ArcCosine(0), K0) ** 2, 1),
    (1 - in_sympy(NNGP(3), T) ** 2, 1),
    (sp.exp(-sp.sqrt(2 - 2 * T)) - 1, -1),
    (sp.sqrt(1 - T) + sp.sqrt(1 + T) - sp.sqrt(2), 1),
    (THETA - sp.sin(THETA), 1),
    (THETA**2 / 2 - 1 + T, 1),
    (1 - sp.exp(-((2 - 2 * T) ** Q(1, 3))), 1),
    (1 / (1 - T) - Q(1, 4), 1),
    (1 - sp.cos(THETA / 3) ** 2, 1),
    ((1 - T) ** 2 + Q(1, 10**6), 1),
    (sp.log(2 + T), 1),
    (sp.log((1 + T) / 2), None),
    (sp.tan(THETA / 3), 1),
    (sp.asin(sp.sin(THETA) / 2), 1),
    (1 - sp.erf(1 / (1 - T)), None),
    (sp.cosh(THETA) - 1, 1),
    (sp.atan(THETA) - THETA, -1),
    (sp.sinh(THETA) - THETA / 2, 1),
    (1 - in_sympy(Laplace(1), in_sympy(Laplace(2), T)), 1),
    (THETA * (sp.pi - THETA) * (1 - T), 1),
    (sp.Abs(T - 1) ** 3, 1),
    (sp.besselk(Q(1, 3), 3 + T), None),
]


@pytest.mark.parametrize(("function", "sign"), SIGNS, ids=str)
def test_a_sign_that_holds_on_the_whole_open_interval_is_told(function: sp.Expr, sign: int | None) -> None:
    """None: not told, since the function is unbounded at an end or has no series there."""
    assert sign_inside(function) == (sign or 0)
    assert sign is None or sign_inside(-function) == -sign


@pytest.mark.parametrize(
    "function",
    [
        T,
        T**2,
        1 - sp.exp(-(T**2)),
        1 - (2 * T**2 - 1) ** 2,
        (T - Q(1, 3)) ** 2,
        (1 - T - Q(1, 10**7)) ** 2,
        sp.Integer(0) * T,
        (THETA - 1) ** 2,
        sp.cos(THETA),
        (1 + T - Q(1, 10**12)) * (1 + T),
        sp.sqrt(1 - T) - Q(1, 10**9),
        1 - sp.sin(THETA),
        sp.log(1 + T) + 30,
        THETA - sp.tan(THETA / 2),
        sp.exp(T) - 1,
        sp.besselk(0, 2 - 2 * T) - Q(1, 100),
    ],
    ids=str,
)
def test_a_zero_inside_is_never_overlooked(function: sp.Expr) -> None:
    assert sign_inside(function) == 0


def functions() -> st.SearchStrategy[sp.Expr]:
    """Formulas of the operations that the cover knows, real on [-1, 1]."""
    leaves = st.sampled_from([T, THETA, sp.sqrt(1 - T), sp.sqrt(1 + T), Q(1, 2), Q(-1, 3), sp.pi / 3])
    unary = st.sampled_from(
        [sp.exp, sp.sin, sp.cos, sp.atan, sp.erf, sp.sinh, lambda x: x**2, lambda x: 1 / (20 + x**2)]
    )
    bounded = st.sampled_from(
        [lambda x: sp.acos(sp.cos(x) / 2), lambda x: sp.sqrt(1 + x**2), lambda x: sp.log(2 + sp.sin(x))]
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda f, x: f(x), unary, inner),
            st.builds(lambda f, x: f(x), bounded, inner),
            st.builds(sp.Add, inner, inner),
            st.builds(sp.Mul, inner, inner),
            st.builds(lambda x, y: x - y, inner, inner),
        ),
        max_leaves=4,
    )


def at(function: sp.Expr, angle: mp.mpf) -> mp.mpf:
    """The value by mpmath."""
    return mp.re(
        sp.lambdify((T, sp.Symbol("angle")), function.subs(THETA, sp.Symbol("angle")), "mpmath")(mp.cos(angle), angle)
    )


@given(functions())
@settings(max_examples=8 * FACTOR, deadline=None)
def test_a_sign_is_that_of_the_values(function: sp.Expr) -> None:
    told = sign_inside(function)
    with mp.workdps(60):
        near = [mp.mpf(10) ** -e for e in (1, 3, 6, 9)]
        angles = [*(mp.pi * j / 60 for j in range(1, 60)), *near, *(mp.pi - x for x in near)]
        signs = {int(mp.sign(at(function, x))) for x in angles}
    assert told == 0 or signs == {told}


@given(functions(), st.integers(1, 59))
@settings(max_examples=6 * FACTOR, deadline=None)
def test_a_planted_zero_is_never_overlooked(function: sp.Expr, place: int) -> None:
    """(f - f(t_0))^2 >= 0 touches 0 at t_0 = place/30 - 1."""
    point = Q(place, 30) - 1
    assert sign_inside((function - function.subs(T, point)) ** 2) == 0


@given(functions(), st.sampled_from([1, -1]), st.sampled_from(REACHES), st.fractions(0, 1, max_denominator=50))
@settings(max_examples=40 * FACTOR, deadline=None)
def test_a_part_at_an_end_encloses_the_values(function: sp.Expr, place: int, reach: Fraction, where: Fraction) -> None:
    """x^v h(x) with h on the whole ball, at one x of it."""
    with working_precision(30), series_length(28), mp.workdps(50):
        try:
            v, h = _End(place, 2, reach).divided(function)
        except Uncertain:
            return
        x = (
            mp.sqrt(mp.mpf(reach.numerator) / reach.denominator)
            * (mp.mpf(1) / 1000 + mp.mpf(where.numerator) / where.denominator)
            / 2
        )
        angle = 2 * mp.asin(x / mp.sqrt(2)) if place == 1 else mp.pi - 2 * mp.asin(x / mp.sqrt(2))
        value = at(function, angle) / x**v
        low, high = (mp.mpf(end.str(40, radius=False)) for end in (h[0].lower(), h[0].upper()))
        assert low - mp.mpf(10) ** -25 <= value <= high + mp.mpf(10) ** -25
