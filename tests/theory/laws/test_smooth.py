"""Laws of smooth kernels on the circle, where Bessel functions and poles are exact; singular
points; what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from theory.expansions.at_ends import T
from theory.kernels import Dual, Gaussian, Kernel, Laplace, Zonal
from theory.laws.smooth import NoLaw, _singular_points, _zeros, outer_power, smooth_law
from theory.spectra.spectrum import spectrum
from theory.symbolic.objects import d, k

Q = sp.Rational


@pytest.mark.parametrize(
    ("expression", "points"),
    [
        (T**2 + 1, ()),
        (sp.exp(T) * T, ()),
        (sp.sinh(T) + sp.erf(2 * T), ()),
        (sp.exp(T) / (T - 2), (2,)),
        (1 / (T**2 - 4), (2, -2)),
        (sp.sqrt(3 - T), (3,)),
        (sp.acos(T / 2), (2, -2)),
        (sp.asin(2 * T - 1), (0, 1)),
        ((T - 2) ** 3, ()),
        ((T - 2) ** -3, (2,)),
        (T**-2, (0,)),
        (sp.sqrt(T / (T - 3)), (0, 3)),
        ((T - 5) ** Q(7, 3) * (T - 4) ** -1, (4, 5)),
        (sp.exp(2 * T) + sp.sqrt(2 - T) ** 3, (2,)),
        (sp.log(2 + T), None),
        (sp.sqrt(2 + sp.exp(T)), None),
        (T**T, None),
        (2**T, None),
        (sp.sqrt(T**5 - T - 3), None),
        (sp.asin(sp.exp(T)), None),
        (sp.exp(1 / (T - 2)), (2,)),
        (sp.tan(T), None),
        ((T - 2) ** sp.pi, None),
        (1 / (sp.sqrt(T + 2) - 3), None),
    ],
    ids=str,
)
def test_singular_points_are_found_or_not_told(expression: sp.Expr, points: tuple | None) -> None:
    assert _singular_points(expression) == (points if points is None else set(points))


@pytest.mark.parametrize(
    ("function", "zeros"),
    [
        (T - 2, (2,)),
        ((T - 2) / (T + 3), (2, -3)),
        (1 / T, (0,)),
        (sp.Integer(3), ()),
        (T**2 - 2, (sp.sqrt(2), -sp.sqrt(2))),
        ((T - 1) ** 4, (1,)),
        (T**5 - T - 3, None),
        (sp.sqrt(T), None),
        (sp.exp(T), None),
    ],
    ids=str,
)
def test_zeros_and_poles_are_exact(function: sp.Expr, zeros: tuple | None) -> None:
    assert _zeros(function) == (zeros if zeros is None else set(zeros))


def bessel(rate: sp.Expr, power: int = 0) -> sp.Expr:
    """On S^1 the eigenvalue of t^m exp(a t) is the m-th derivative in a of I_k(a) ~ (a/2)^k/k!."""
    return (k / rate) ** power * (rate / 2) ** k / sp.gamma(k + 1)


POLE = 2 ** (-k) * Q(4, 3)  # E[T_k/(5/4-t)] = rho^-k/sqrt(a^2-1), rho = 2
A = Q(5, 4)
ON_THE_CIRCLE = [
    ("exp(2*t)", bessel(2), bessel(2)),
    ("exp(-2*t)", bessel(2), -bessel(2)),
    ("t*exp(2*t)", bessel(2, 1), bessel(2, 1)),
    ("3*exp(t)+5*t**2*exp(t)", 5 * bessel(1, 2), 5 * bessel(1, 2)),
    ("7*t**5*exp(t) + exp(2*t)/3", bessel(2) / 3, bessel(2) / 3),
    ("exp(2*t-1)", bessel(2) / sp.E, bessel(2) / sp.E),
    ("exp(2*t)-exp(-2*t)", 0, 2 * bessel(2)),
    ("cosh(3*t)", bessel(3), 0),
    ("sinh(3*t)*t", bessel(3, 1), 0),
    ("exp(2*t)+t**9", bessel(2), bessel(2)),
    ("exp(t)*sinh(t)", bessel(2) / 2, bessel(2) / 2),
    ("exp(t)*t - t*exp(-t) + exp(t)", 2 * bessel(1, 1), bessel(1)),
    ("exp(t)**3", bessel(3), bessel(3)),
    ("1/(5/4-t)", POLE, POLE),
    ("1/(5/4+t)", POLE, -POLE),
    ("1/(5/4-t) + 9/(3-t)", POLE, POLE),
    ("9/(3-t) - 1/(5/4-t)", -POLE, -POLE),
    ("1/(2-t) + 1/(5/4-t) + 1/(7-t) + 1/(9-t)", POLE, POLE),
    ("1/(2+t) + 1/(5/4+t) + 1/(4+t)", POLE, -POLE),
    ("1/(25/16-t**2)", Q(4, 5) * POLE, 0),
    ("exp(t)/(5/4-t)", sp.exp(A) * POLE, sp.exp(A) * POLE),
    ("1/(5/4-t) + sqrt(5/4-t)", POLE, POLE),
    *((f"(5/4-t)**({nu})", outer_power(A, nu), outer_power(A, nu)) for nu in (Q(1, 2), Q(7, 2), Q(-2), Q(-1, 3))),
]


@pytest.mark.parametrize(("text", "even", "odd"), ON_THE_CIRCLE, ids=lambda v: v if isinstance(v, str) else "")
def test_laws_on_the_circle_are_those_of_bessel_functions_and_poles(text: str, even: sp.Expr, odd: sp.Expr) -> None:
    """(exp(a t) + exp(-a t))/2 belongs to even k and so on: each parity has its own law."""
    for (law, start), wanted in zip(smooth_law(Zonal(text), 1), (even, odd), strict=True):
        assert start == 0
        for degree in (4, 7):
            assert abs(sp.N((law - wanted).subs({k: degree, d: 1}), 20)) < 1e-15


@pytest.mark.parametrize(("a", "nu"), [(A, Q(1, 2)), (A, Q(-3, 2)), (Q(3, 2), Q(1, 3))])
@pytest.mark.parametrize("dim", [1, 4])
def test_a_power_has_its_law_in_every_dimension(a: sp.Rational, nu: sp.Rational, dim: int) -> None:
    """mu_k/law - 1 = O(1/k): halved, within a tenth, from k = 50 to 100."""
    law, gaps = outer_power(a, nu).subs(d, dim), []
    for degree in (50, 100):
        mu = spectrum(Zonal(f"({a}-t)**({nu})"), dim, degree, 15).eigenvalues[0].decimal(15)[0]
        gaps.append(sp.Float(mu, 20) / sp.N(law.subs(k, degree), 20) - 1)
    assert abs(gaps[0]) < 0.2 and 0.45 < gaps[1] / gaps[0] < 0.55


@pytest.mark.parametrize(
    ("text", "starts"), [("t**4+t", (5, 2)), ("t**3", (0, 4)), ("1+t**2", (3, 0)), ("2+exp(t)-exp(-t)", (1, 0))]
)
def test_polynomial_parts_have_no_law_beyond_their_degree(text: str, starts: tuple[int, int]) -> None:
    found = smooth_law(Zonal(text), 3)
    assert tuple(start for _, start in found) == starts
    assert all(law == 0 for (law, _), start in zip(found, starts, strict=True) if start)


def test_the_dimension_stays_symbolic_where_it_is_not_given() -> None:
    for kernel in (Zonal("exp(2*t)"), Dual("tanh"), Zonal("1/(5/4-t)")):
        open_, fixed = smooth_law(kernel, None), smooth_law(kernel, 3)
        assert open_[1][0].has(d)
        assert [sp.simplify(a.subs(d, 3) - b) for (a, _), (b, _) in zip(open_, fixed, strict=True)] == [0, 0]
    assert smooth_law(Dual("tanh"), 2)[0] == (0, 0)


@pytest.mark.parametrize(
    "kernel",
    [
        Laplace(1),
        Zonal("sqrt(1-t)"),
        Zonal("sqrt(1+t)+t"),
        Zonal("sqrt(t+1/2)"),
        Zonal("acos(t)"),
        Zonal("asin(t)*t"),
        Zonal("(1-t)**(5/2)"),
        Zonal("log(2-t)*sqrt(1-t)"),
    ],
    ids=str,
)
def test_a_singularity_at_an_end_or_inside_is_not_for_these_laws(kernel: Kernel) -> None:
    assert smooth_law(kernel, 3) is None


@pytest.mark.parametrize(
    "kernel",
    [
        Zonal("(5/4-t)**(13/2)"),
        Zonal("1/(5/4+t**2)"),
        Zonal("cos(t)"),
        Zonal("exp(t**2)"),
        Zonal("log(2-t)"),
        Zonal("exp(t)*cos(t)"),
    ],
    ids=str,
)
def test_other_smooth_kernels_have_no_law_here(kernel: Kernel) -> None:
    """A zero of order 13/2 lies beyond the orders of expansion, other singularities off the real
    line."""
    with pytest.raises(NoLaw, match=r"no law of Zonal.*, which is smooth at t = 1 and -1; laws of smooth kernels"):
        smooth_law(kernel, 3)


def test_outer_powers_scale() -> None:
    """rho = 2 for a = 5/4: Gamma((d+1)/2)/Gamma(-nu) 2^-k k^(-nu-(d+1)/2) (3/4)^(nu+(d-1)/2)."""
    for nu in (Q(1, 2), Q(-2)):
        for dim in (1, 2, 5):
            exact = (
                sp.gamma(Q(dim + 1, 2))
                / sp.gamma(-nu)
                * 2 ** (-k)
                * k ** (-nu - Q(dim + 1, 2))
                * Q(3, 4) ** (nu + Q(dim - 1, 2))
            )
            assert sp.simplify(outer_power(A, nu).subs(d, dim) / exact) == 1
    assert smooth_law(Gaussian(rate=Fraction(1, 2)), 1)[1][0].subs(k, 3) == sp.exp(-Q(1, 2)) / 4**3 / 6


def test_complex_cube_roots_beside_the_nearest_singularity_do_no_harm() -> None:
    """Their modulus in radicals is not taken to be real by itself. The quotient is 1 + O(1/k)."""
    kernel = Zonal("(3/2-t**3)**(-1/2)")
    (even, _), (odd, _) = smooth_law(kernel, 2)
    for degree, leading in ((200, even), (201, odd)):
        value = spectrum(kernel, 2, range(degree, degree + 1), 10).eigenvalues[0].enclosure.decimal(10)[0]
        assert abs(float(sp.Rational(value) / leading.subs(k, degree).evalf(20)) - 1) < 5 / degree
