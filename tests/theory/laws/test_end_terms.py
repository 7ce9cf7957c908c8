"""Laws read off expansions, against certified eigenvalues.

After T terms the relative error is O(1/v^T): doubling v divides it by about 2^T. A wrong constant
leaves an error that does not shrink.
"""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import pytest
import sympy as sp
from flint import fmpq, fmpq_series
from mpmath import mp

from tests.examples import NIGHT
from theory.expansions.at_ends import expansion_at
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Laplace,
    Matern,
    PowerSeries,
    Zonal,
)
from theory.laws.decay import decay, from_expansions
from theory.laws.end_terms import degree_law, dimension_law, end_power, expanded_power
from theory.laws.smooth import NoLaw, outer_power, smooth_law
from theory.numbers.balls import series_length
from theory.spectra.spectrum import spectrum
from theory.symbolic.objects import d, k
from theory.symbolic.puiseux import NoExpansion

TWIN = sp.Float("1.1")  # beyond the leading error at the values used, so that one term suffices to see it
SLACK = 1.35  # the next term of the error at the values used is below a third of the leading one

AS_K = [
    (NTK(3), 2),
    (NTK(4), 3),
    (NTK(2, bias=True), 2),
    (NNGP(3), 3),
    (Laplace(1), 2),
    (ArcCosine(2), 1),
    (Matern(Fraction(3, 2), 1), 3),
    (NTK(3, weight_variance=2, bias_variance=Fraction(1, 2)), 2),
    (NTK(8), 3),
    (NNGP(7), 2),
]
AS_D = [(NTK(3), 2), (NNGP(3), 3), (Gaussian(1), 4), (Laplace(1), 2), (Dual("gelu"), 2), (NTK(2, bias=True), 0)]


def eigenvalue(kernel: object, dim: int, degree: int) -> sp.Float:
    found = spectrum(kernel, dim, degree, 25).eigenvalues[0]
    return sp.Float(found.decimal(25)[0], 30)


def partial_sum(terms: tuple, value: int) -> sp.Float:
    return sp.N(sum(c * sp.Integer(value) ** p for p, c in terms), 30)


def shrinks(errors: list[sp.Float], terms: int) -> bool:
    return abs(errors[1]) < abs(errors[0]) * SLACK / 2**terms


@pytest.mark.parametrize("terms", [1, 2, 3] if NIGHT else [3])  # which sees a wrong first term, too
@pytest.mark.parametrize(("kernel", "dim"), AS_K, ids=str)
@pytest.mark.parametrize("parity", [0, 1])
def test_error_as_k_grows_shrinks_at_the_stated_order(kernel: object, dim: int, parity: int, terms: int) -> None:
    law = degree_law(kernel, dim, terms)[parity]
    if not law:
        assert spectrum(kernel, dim, 40 + parity, 10).eigenvalues[0].decimal(10)[0] == "0"
        return
    start = 120 + parity
    errors = [eigenvalue(kernel, dim, v) / partial_sum(law, v) - 1 for v in (start, 2 * start - parity)]
    assert shrinks(errors, terms)
    wrong = [(1 + e) / TWIN - 1 for e in errors]
    assert not shrinks(wrong, terms)


@pytest.mark.parametrize("terms", [1, 2])
@pytest.mark.parametrize(("kernel", "degree"), AS_D, ids=str)
def test_error_as_d_grows_shrinks_at_the_stated_order(kernel: object, degree: int, terms: int) -> None:
    law = dimension_law(kernel, degree, terms)
    errors = [eigenvalue(kernel, v, degree) / partial_sum(law, v) - 1 for v in (400, 800)]
    assert shrinks(errors, terms)
    assert not shrinks([(1 + e) / TWIN - 1 for e in errors], terms)


@pytest.mark.parametrize("terms", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("coefficients", "degree"),
    [
        ((0, 0, 0, 1, 0, 1), 1),
        ((0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 3), 0),
        ((0, 0, 0, 0, 0, 0, 1), 2),
        ((1, 0, 0, 0, 2, 0, 1, 0, 5), 0),
        ((1, 2, 3), 1),
        ((0, 1), 1),
    ],
)
def test_coefficients_that_vanish_move_the_first_order_but_drop_none(
    coefficients: tuple[int, ...], degree: int, terms: int
) -> None:
    """mu_k of a polynomial is a rational function of d: its series in x = 1/d, with the moments
    E t^n P_k = n!/(2^n j!) / prod_{i < k+j} ((d+1)/2 + i), n = k + 2j."""
    start = next(j for j in range(9) if degree + 2 * j < len(coefficients) and coefficients[degree + 2 * j])
    found = dimension_law(PowerSeries(coefficients), degree, terms)
    if start > terms:
        assert found == ()
        return
    end = degree + start + terms
    with series_length(end):
        whole = fmpq_series([0], prec=end)
        for j, b in enumerate(coefficients[degree::2]):
            n, m = degree + 2 * j, degree + j
            part = fmpq_series([0] * m + [fmpq(b * factorial(n) * 2**m, factorial(j) * 2**n)], prec=end)
            for i in range(m):
                part = part / fmpq_series([1, 2 * i + 1], prec=end)
            whole = whole + part
        wanted = [(-e, sp.Rational(str(whole[e]))) for e in range(degree + start, end)]
    assert list(found) == [(p, c) for p, c in wanted if c != 0]


def test_a_polynomial_of_lower_degree_has_no_law_in_the_dimension() -> None:
    assert dimension_law(PowerSeries((1, 1)), 2, 3) == ()
    assert dimension_law(PowerSeries((1,) + (0,) * 5 + (1,)), 2, 1) == ()  # b_2 = b_4 = 0, b_6 is too far
    assert dimension_law(PowerSeries((1,) + (0,) * 5 + (1,)), 2, 2)[0][0] == -4


@pytest.mark.parametrize("degree", [2, 3, 4])
@pytest.mark.parametrize("nu", [Fraction(0), Fraction(1), Fraction(2), Fraction(1, 2), Fraction(-1, 3)])
def test_end_powers_are_integrals_against_legendre_polynomials(nu: Fraction, degree: int) -> None:
    """On S^2: E f P_k = Int_0^pi f(cos x) P_k(cos x) sin(x)/2 dx, with a logarithm where nu is an integer."""
    with mp.workdps(20):
        v = mp.mpf(nu.numerator) / nu.denominator

        def integrand(x: mp.mpf) -> mp.mpf:
            u = 2 * mp.sin(x / 2) ** 2
            singular = u**v * (mp.log(u) if nu.denominator == 1 else 1)
            return singular * mp.legendre(degree, 1 - u) * mp.sin(x) / 2

        exact = mp.quad(integrand, [0, 1, mp.pi]) if degree > nu else None
    found = end_power(nu).subs({d: 2, k: degree})
    assert exact is None or abs(float(found) - float(exact)) < 1e-9


def test_powers_closer_than_one_are_cut_at_the_number_of_terms() -> None:
    """exp(-r^(1/2)) has every nu = m/4 but integers: the powers of k fall by halves."""
    kernel = ExponentialPower(1, Fraction(1, 2))
    for terms in (1, 3):
        even, odd = degree_law(kernel, 2, terms)
        assert even == odd and [p for p, _ in even] == [-sp.Rational(5 + m, 2) for m in range(terms)]


@pytest.mark.parametrize(("nu", "power"), [(Fraction(5, 2), -7), (Fraction(7, 2), -9), (Fraction(11, 2), -13)])
def test_singular_terms_are_sought_up_to_order_six(nu: Fraction, power: int) -> None:
    even, odd = degree_law(Zonal(f"exp(t) + (1-t)**({nu})"), 2, 1)
    assert even == odd == expanded_power(nu, 2, 1) and even[0][0] == power
    with pytest.raises(NoExpansion, match="smooth"):
        degree_law(Zonal("exp(t) + (1-t)**(13/2)"), 2, 1)


@pytest.mark.parametrize(("kernel", "terms"), [(Laplace(1), 7), (NTK(2), 7)], ids=str)
def test_many_terms_ask_for_expansions_beyond_the_first_order_that_shows_one(kernel: object, terms: int) -> None:
    """nu = 1/2, 3/2, ... each begins two orders further: 7 terms need all up to 7/2."""
    law = degree_law(kernel, 3, terms)[0]
    assert [p for p, _ in law] == [law[0][0] - m for m in range(terms)]
    errors = [eigenvalue(kernel, 3, v) / partial_sum(law, v) - 1 for v in (120, 240)]
    assert shrinks(errors, terms) and not shrinks(errors, terms + 1)


def test_logarithms_other_than_of_integer_powers_have_no_law() -> None:
    for kernel, terms in ((Matern(1, 1) * Laplace(1), 1), (Matern(1, 1) * Matern(1, 2), 3)):
        with pytest.raises(NoExpansion, match="has other logarithms"):
            degree_law(kernel, 2, terms)
    assert degree_law(Matern(1, 1), 2, 1)[0][0][0] == -4  # u log u


def test_weights_of_both_ends_cancel_for_one_parity() -> None:
    """(1-t)^nu +- (1+t)^nu: twice the law of one end, and none."""
    one = expanded_power(Fraction(1, 2), 3, 2)
    for sign, place in (("+", 0), ("-", 1)):
        laws = degree_law(Zonal(f"sqrt(1-t) {sign} sqrt(1+t)"), 3, 2)
        assert laws[1 - place] == () and laws[place] == tuple((p, 2 * c) for p, c in one)


SMOOTH = [
    Gaussian(1),
    Gaussian(3),
    Dual("sin"),
    Dual("cos"),
    Dual("exp"),
    Dual("gelu"),
    Dual("erf"),
    DualTangent("sin"),
    DualTangent("cos"),
    DualTangent("exp"),
    DualTangent("erf"),
    DualTangent("gelu"),
    Gaussian(1) + Dual("erf"),
    Gaussian(1) * Gaussian(2),
    Dual("sin") * Dual("erf"),
    Zonal("exp(t)*t**2"),
    Zonal("1/(5/4-t)"),
    Dual("sin") + PowerSeries((1, 1, 2)),
    ExponentialPower(1, 2),
]


@pytest.mark.parametrize("dim", [2, 5])
@pytest.mark.parametrize("kernel", SMOOTH, ids=str)
def test_laws_that_are_no_powers_have_the_right_leading_term(kernel: object, dim: int) -> None:
    for branch in from_expansions(kernel, "k", dim, None, 1).law:
        where = branch.ranges[0]
        if branch.leading == 0:
            degrees = where.values(3)
            assert not any(float(eigenvalue(kernel, dim, v)) for v in degrees)
            assert degrees[0] < 2 or float(eigenvalue(kernel, dim, degrees[0] - 2))
            continue
        degrees = (60 + where.parity, 120 + where.parity)
        errors = [eigenvalue(kernel, dim, v) / sp.N(branch.leading.subs(k, v), 30) - 1 for v in degrees]
        assert shrinks(errors, 1)
        assert not shrinks([(1 + e) / 2 - 1 for e in errors], 1)


@pytest.mark.parametrize(
    "kernel", [Dual("tanh") + Dual("sin"), Zonal("cos(t)"), Zonal("1/(5/4+t**2)"), Zonal("exp(t**2)")], ids=str
)
def test_smooth_kernels_of_another_kind_are_told_which_laws_there_are(kernel: object) -> None:
    with pytest.raises(NoLaw, match="laws of smooth kernels"):
        smooth_law(kernel, 3)


@pytest.mark.parametrize("depth", range(2, 9))
def test_tangent_kernel_at_one_has_coefficient_quadratic_in_depth(depth: int) -> None:
    # Bietti and Bach 2021, corollary 3: L(L-1)/2 sqrt(2)/pi.
    series = expansion_at(NTK(depth), 1, 1)
    assert series.coefficient(Fraction(1, 2)) == -sp.Rational(depth * (depth - 1), 2) * sp.sqrt(2) / sp.pi


def test_closed_forms_and_expansions_give_the_same_law() -> None:
    for dim in (1, 2, 3, 6):
        closed = decay(NTK(2), "k", dim=dim, terms=3).law[0]
        even, odd = degree_law(NTK(2), dim, 3)
        assert odd == ()
        nonzero = [(p, c) for p, c in closed.terms if c != 0]
        assert all(sp.simplify(a[1] - b[1]) == 0 and a[0] == b[0] for a, b in zip(nonzero, even, strict=True))


def test_end_power_is_the_eigenvalue_of_a_power_of_one_minus_t() -> None:
    kernel = Zonal("(1-t)**(1/3)")
    for degree in (0, 1, 4):
        exact = end_power(Fraction(1, 3)).subs({d: 3, k: degree})
        assert abs(sp.N(exact, 30) - eigenvalue(kernel, 3, degree)) < sp.Float("1e-24")  # 25 digits printed


def test_outer_power_at_exponent_minus_one_is_exact_on_the_circle() -> None:
    # E[T_k/(a-t)] = rho^-k / sqrt(a^2-1) on S^1.
    assert sp.simplify(outer_power(sp.Rational(5, 4), -sp.Integer(1)).subs(d, 1) - sp.Rational(4, 3) / 2**k) == 0


def test_a_smooth_kernel_has_no_power_law() -> None:
    with pytest.raises(NoExpansion, match="smooth"):
        degree_law(Gaussian(1), 2, 1)


def test_exponential_power_has_its_own_exponent() -> None:
    ((power, _),) = degree_law(ExponentialPower(1, Fraction(1, 2)), 2, 1)[0]
    assert power == -sp.Rational(5, 2)


def test_composed_step_kernels_halve_the_exponent_each_time() -> None:
    kernel = ArcCosine(0)
    for power in (Fraction(1, 4), Fraction(1, 8)):
        kernel = Compose(ArcCosine(0), kernel)
        assert min(e for e, _ in expansion_at(kernel, 1, 1).terms if e) == power


@pytest.mark.parametrize("depth", [5, 8, 10])
def test_deep_towers_are_named_and_agree_with_the_written_out_constant(depth: int) -> None:
    import mpmath

    branches = decay(NNGP(depth), "k", dim=3, terms=1).law
    with mpmath.workdps(30):  # mu_k ~ c k^-6, c = 8/pi^2 (2(L-1) +- prod_{l=3}^{L-1} kappa_0(rho_l)), rho_3 = 1/pi
        rho, product = 1 / mpmath.pi, mpmath.mpf(1)
        for _ in range(3, depth):
            angle = mpmath.acos(rho)
            product *= 1 - angle / mpmath.pi
            rho = (mpmath.sin(angle) + (mpmath.pi - angle) * rho) / mpmath.pi
        for branch, side in zip(branches, (1, -1), strict=True):
            wanted = 8 * (2 * (depth - 1) + side * product) / mpmath.pi**2
            assert abs(mpmath.mpf(str(sp.N(branch.constant, 25))) / wanted - 1) < 1e-20
            assert abs(mpmath.mpf(str(sp.N(branch.constant, 25))) / wanted * (1 + 1e-15) - 1) > 1e-20
