"""A law as k -> oo is given for kernels that are analytic inside alone, and is then that of the eigenvalues."""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest
import sympy as sp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from theory.expansions.analytic_inside import NotAnalyticInside, check_inside
from theory.expansions.at_ends import T
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    PowerSeries,
    Product,
    Zonal,
)
from theory.kernels.formulas import in_sympy
from theory.kernels.parse import parse_kernel
from theory.language.statement import parse_statement
from theory.laws.decay import decay
from theory.numbers.truth import Truth
from theory.statements.decide import decide
from theory.symbolic.objects import k

HALF = Fraction(1, 2)
TOUCHES = PowerSeries((-1, 0, 2))  # -1 at t = 0

# A kernel that is singular inside, and its neighbour that is not.
PAIRS = [
    ("Compose(ArcCosine(order=0), PowerSeries((-1, 0, 2)))", "Compose(ArcCosine(order=0), PowerSeries((0, 0, 1)))"),
    (
        "Compose(ArcCosine(order=0), PowerSeries((1, 0, -1)))",
        "Compose(ArcCosine(order=0), PowerSeries((1, 0, 0, 0, -1)))",
    ),
    (
        "Compose(Matern(nu=1/3, lengthscale=1), PowerSeries((1, 0, 0, 0, -1)))",
        "Compose(Matern(nu=1/3, lengthscale=1), PowerSeries((0, 0, 0, 0, -1)))",
    ),
    (
        "Compose(Matern(nu=1, lengthscale=1), PowerSeries((1, 0, 0, 0, -1)))",
        "Compose(Matern(nu=3/2, lengthscale=1), PowerSeries((1, 0, 0, 0, -1)))",
    ),
    (
        "Compose(ArcCosine(order=0), PowerSeries((0, 3, 0, -2)))",
        "Compose(ArcCosine(order=0), PowerSeries((0, 3/2, 0, -1/2)))",
    ),
    ("Compose(NNGP(depth=3), PowerSeries((-1, 0, 2)))", "Compose(NNGP(depth=3), PowerSeries((-99/100, 0, 199/100)))"),
    ("Compose(Laplace(rate=1), PowerSeries((1, 0, -2)))", "Compose(Laplace(rate=1), PowerSeries((-1, 0, 2)))"),
    ('Compose(ArcCosine(order=0), Zonal("cos(2*theta)"))', 'Compose(ArcCosine(order=0), Zonal("cos(theta/2)"))'),
    ('Compose(ArcCosine(order=0), Zonal("sin(theta)"))', 'Compose(ArcCosine(order=0), Zonal("sin(theta)/2"))'),
    ('Compose(Zonal("acos(t)"), Zonal("sin(theta)"))', 'Compose(Zonal("acos(t)"), Laplace(rate=1))'),
    ('Compose(Zonal("theta"), PowerSeries((-1, 0, 2)))', 'Compose(Zonal("theta"), PowerSeries((-1/2, 0, 1)))'),
    ('Compose(Zonal("sqrt(t)"), PowerSeries((0, 0, 1)))', 'Compose(Zonal("sqrt(t)"), PowerSeries((0, 0, 0, 0, 1)))'),
    ('Compose(Zonal("1/t"), PowerSeries((0, 1)))', 'Compose(Zonal("1/t"), ArcCosine(order=0))'),
    ('Compose(Zonal("log(t)"), PowerSeries((0, 0, 1)))', 'Compose(Zonal("log(t)"), Laplace(rate=1))'),
    ('Compose(Zonal("t**theta"), PowerSeries((0, 0, 1)))', 'Compose(Zonal("t**theta"), Gaussian(rate=1))'),
    (
        'Compose(Zonal("sqrt(1-t)"), Compose(NNGP(depth=2), PowerSeries((-1, 0, 2))))',
        'Compose(Zonal("sqrt(1-t)"), Compose(NNGP(depth=2), PowerSeries((0, 1))))',
    ),
    ('Zonal("asin(sin(theta))")', 'Zonal("asin(sin(theta)/2)")'),
    ('Zonal("acos(2*t**2-1)")', 'Zonal("acos(2*t**4-1)")'),
    ('Zonal("sqrt((t-1/2)**2)*sqrt(1-t)")', 'Zonal("sqrt((t-1/2)**4)*sqrt(1-t)")'),
    ('Zonal("sqrt((t-1/2)**2)*sqrt(1-t)")', 'Zonal("sqrt((t-1/2)**2+1/1000000)*sqrt(1-t)")'),
    ('Zonal("log((2*t-1)**2)")', 'Zonal("log((2*t-3)**2)")'),
    ('Zonal("tan(theta)")', 'Zonal("tan(theta/2)")'),
    ('Zonal("1/(exp(t)-1)")', 'Zonal("1/(exp(t)-3)")'),
    ('Zonal("1/(theta-3)")', 'Zonal("1/(theta-4)")'),
    ('Zonal("sqrt(1+2*cos(2*theta))")', 'Zonal("sqrt(3+2*cos(2*theta))")'),
    ('Zonal("sqrt((t-1+1/10**9)**2)")', 'Zonal("sqrt((t-1-1/10**9)**2)")'),
    ('Zonal("sqrt((theta-pi+1/10**9)**2)")', 'Zonal("sqrt((theta-pi-1/100)**2)")'),
    ('Compose(Dual("erf"), 2 * PowerSeries((-1, 0, 3/2)))', 'Compose(Dual("erf"), PowerSeries((-1, 0, 2)))'),
    ('Compose(Dual("step"), PowerSeries((-1, 0, 2)))', 'Compose(Dual("gelu"), PowerSeries((-1, 0, 2)))'),
    (
        "ArcCosine(order=0) + Compose(ArcCosine(order=1), PowerSeries((-1, 0, 2)))",
        "ArcCosine(order=0) + Compose(Gaussian(rate=1), PowerSeries((-1, 0, 2)))",
    ),
    (
        "Gaussian(rate=1) * (2 * Compose(ArcCosine(order=1), PowerSeries((-1, 0, 2))))",
        "Gaussian(rate=1) * (2 * Compose(ExponentialPower(rate=1, power=2), PowerSeries((-1, 0, 2))))",
    ),
]


@pytest.mark.parametrize(("singular", "analytic"), PAIRS)
def test_what_is_singular_inside_is_told_from_what_is_not(singular: str, analytic: str) -> None:
    check_inside(parse_kernel(analytic))
    with pytest.raises(NotAnalyticInside, match=r"^no law of .* for some -1 < t < 1$"):
        check_inside(parse_kernel(singular))


@pytest.mark.parametrize(
    "kernel",
    [
        Compose(ArcCosine(0), ArcCosine(0)),
        Compose(Laplace(1), Laplace(2)),
        Compose(NTK(3), Compose(NNGP(2), Laplace(1))),
        Compose(ArcCosine(0), Compose(ArcCosine(0), Gaussian(Fraction(1, 20000)))),
        Compose(ArcCosine(0), Matern(Fraction(1, 3), 1)),
        Compose(
            ArcCosine(0),
            Multiple(Fraction(999999, 10**6), Gaussian(Fraction(1, 20000)))
            + Multiple(Fraction(1, 10**6), ArcCosine(1)),
        ),
        Compose(ExponentialPower(1, HALF), Product((NNGP(3), Laplace(1)))),
        Compose(ArcCosine(2), Zonal("exp(t-1)")),
        NTK(8),
        Dual("tanh"),
        Compose(Dual("tanh"), NNGP(2)),
        Compose(PowerSeries((1, 2)), Dual("tanh")),
    ],
    ids=repr,
)
def test_power_series_with_no_negative_coefficient_stay_below_their_value_at_one(kernel: Kernel) -> None:
    check_inside(kernel)


@pytest.mark.parametrize("inner", [PowerSeries((1,)), Zonal("pi/3"), Compose(PowerSeries((1,)), NNGP(2))], ids=repr)
def test_a_constant_does_not_stay_below_itself(inner: Kernel) -> None:
    """kappa_0(1) is one number, but no value of a function that is analytic there."""
    with pytest.raises(NotAnalyticInside):
        check_inside(Compose(ArcCosine(0), inner))


def test_an_inner_kernel_without_an_expression_is_refused() -> None:
    for outer in (ArcCosine(0), Zonal("sqrt(2-t)")):
        with pytest.raises(NotAnalyticInside):
            check_inside(Compose(outer, Dual("tanh")))


OUTER = [
    ArcCosine(0),
    ArcCosine(1),
    Laplace(1),
    NNGP(2),
    ExponentialPower(1, HALF),
    Zonal("sqrt(1-t)"),
    Zonal("theta**2"),
]
DEGREES = (60, 61, 120, 121)


def inner_polynomials() -> st.SearchStrategy[PowerSeries]:
    """Polynomials of values in [-1, 1], many of which are 1 or -1 at an end or inside: cos(m theta), products of
    them, and what Bernstein's basis with coefficients in [-1, 1] gives."""
    chebyshev = st.integers(1, 4).map(lambda m: tuple(sp.Poly(sp.chebyshevt(m, k), k).all_coeffs()[::-1]))
    values = st.lists(st.sampled_from([-1, 1, 0, HALF, -HALF]), min_size=2, max_size=5)

    def bernstein(heights: list[Fraction]) -> tuple:
        n = len(heights) - 1
        total = sum(
            sp.Rational(h) * sp.binomial(n, i) * ((1 + k) / 2) ** i * ((1 - k) / 2) ** (n - i)
            for i, h in enumerate(heights)
        )
        return tuple(sp.Poly(total, k).all_coeffs()[::-1])

    plain = st.one_of(chebyshev, values.map(bernstein)).filter(any)
    return plain.map(lambda c: PowerSeries(tuple(Fraction(int(x.p), int(x.q)) for x in map(sp.Rational, c))))


def numerically(kernel: Kernel, dim: int) -> dict[int, float]:
    """mu_k by the trapezoidal rule in u, theta = pi u^3 (10 - 15 u + 6 u^2), in extended precision."""
    u = np.linspace(0, 1, 30_001, dtype=np.longdouble)[1:-1]
    theta = np.pi * u**3 * (10 - 15 * u + 6 * u**2)
    t, weight = np.cos(theta), u**2 * (1 - u) ** 2 * np.sin(theta) ** (dim - 1)
    angle = sp.Symbol("angle")
    value = sp.lambdify((T, angle), in_sympy(kernel, T).subs(sp.acos(T), angle), "numpy")(t, theta)
    term, last, before = weight / weight.sum() * np.nan_to_num(value), t, np.ones_like(t)
    found = {}
    for j in range(1, DEGREES[-1] + 1):  # P_{j+1} = ((2j+d-1) t P_j - j P_{j-1})/(j+d-1)
        if j in DEGREES:
            found[j] = float((term * last).sum())
        last, before = ((2 * j + dim - 1) * t * last - j * before) / (j + dim - 1), last
    return found


def disagrees(kernel: Kernel, dim: int) -> bool:
    """Whether an eigenvalue of degree 120 or 121 is far from its law, and not closer than half that degree was."""
    found = numerically(kernel, dim)
    for branch in decay(kernel, "k", dim).law:
        where = branch.ranges[0]
        near, far = (DEGREES[where.parity], DEGREES[2 + where.parity])
        if branch.leading == 0:
            if abs(found[far]) > 1e-12:
                return True
            continue
        if abs(branch.leading.subs(k, far)) < 1e-9:
            continue  # below what the rule gives
        gaps = [abs(found[j] / float(branch.leading.subs(k, j)) - 1) for j in (near, far)]
        if gaps[1] > 0.1 and gaps[1] > 0.9 * gaps[0]:
            return True
    return False


@given(outer=st.sampled_from(OUTER), inner=inner_polynomials(), dim=st.sampled_from([1, 2, 3]))
@settings(max_examples=3 * FACTOR, deadline=None)
@example(outer=ArcCosine(0), inner=TOUCHES, dim=2)
@example(outer=Laplace(1), inner=PowerSeries((0, -3, 0, 4)), dim=1)
@example(outer=ArcCosine(1), inner=PowerSeries((0, 0, 1)), dim=2)
def test_no_law_disagrees_with_the_eigenvalues(outer: Kernel, inner: PowerSeries, dim: int) -> None:
    kernel = Compose(outer, inner)
    try:
        decay(kernel, "k", dim)
    except ValueError:
        return  # no law, and the reason
    assert not disagrees(kernel, dim)


@pytest.mark.parametrize(
    ("kernel", "dim"),
    [(Compose(ArcCosine(0), TOUCHES), 2), (Compose(Zonal("sqrt(1-t)"), PowerSeries((1, 0, -2))) + Laplace(1), 1)],
    ids=str,
)
def test_without_the_test_of_the_inside_a_law_disagrees(
    kernel: Kernel, dim: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    laws = import_module("theory.laws.decay")
    laws.from_expansions.cache_clear()
    monkeypatch.setattr(laws, "check_inside", lambda kernel: None)
    assert disagrees(kernel, dim)
    laws.from_expansions.cache_clear()


def test_a_statement_that_needs_such_a_law_is_undecided() -> None:
    kernel = "Compose(ArcCosine(order=0), PowerSeries((-1, 0, 2)))"
    said = decide(parse_statement("mu(k) = O(k**-3) as k -> oo", kernel, ["d = 2", "k even"]))
    assert said.truth is not Truth.HOLDS
    smooth = kernel.replace("-1, 0, 2", "0, 0, 1")
    assert decide(parse_statement("mu(k) = O(k**-3) as k -> oo", smooth, ["d = 2", "k even"])).truth is Truth.HOLDS
