"""Laws read off expansions, against certified eigenvalues.

After T terms the relative error is O(1/v^T): doubling v divides it by about 2^T. A wrong constant
leaves an error that does not shrink.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from theory.decay import decay, from_expansions
from theory.endlaws import degree_law, dimension_law, end_power
from theory.endpoint import expansion_at
from theory.formal import d, k
from theory.kernels import (
    NNGP, NTK, ArcCosine, Compose, Dual, DualTangent, ExponentialPower, Gaussian, Laplace, Matern, PowerSeries,
    Zonal,
)  # fmt: skip
from theory.puiseux import NoExpansion
from theory.smooth_laws import NoLaw, outer_power, smooth_law
from theory.spectrum import spectrum

TWIN = sp.Float("1.1")  # beyond the leading error at the values used, so that one term suffices to see it
SLACK = 1.35  # the next term of the error at the values used is below a third of the leading one

AS_K = [
    (NTK(3), 2), (NTK(4), 3), (NTK(2, bias=True), 2), (NNGP(3), 3), (Laplace(1), 2), (ArcCosine(2), 1),
    (Matern(Fraction(3, 2), 1), 3), (NTK(3, weight_variance=2, bias_variance=Fraction(1, 2)), 2),
    (NTK(8), 3), (NNGP(7), 2),
]  # fmt: skip
AS_D = [(NTK(3), 2), (NNGP(3), 3), (Gaussian(1), 4), (Laplace(1), 2), (Dual("gelu"), 2), (NTK(2, bias=True), 0)]


def eigenvalue(kernel: object, dim: int, degree: int) -> sp.Float:
    found = spectrum(kernel, dim, degree, 25).eigenvalues[0]
    return sp.Float(found.decimal(25)[0], 30)


def partial_sum(terms: tuple, value: int) -> sp.Float:
    return sp.N(sum(c * sp.Integer(value) ** p for p, c in terms), 30)


def shrinks(errors: list[sp.Float], terms: int) -> bool:
    return abs(errors[1]) < abs(errors[0]) * SLACK / 2**terms


@pytest.mark.parametrize("terms", [1, 2, 3])
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


SMOOTH = [
    Gaussian(1), Gaussian(3), Dual("sin"), Dual("cos"), Dual("exp"), Dual("gelu"), Dual("erf"), DualTangent("sin"),
    DualTangent("cos"), DualTangent("exp"), DualTangent("erf"), DualTangent("gelu"), Gaussian(1) + Dual("erf"),
    Gaussian(1) * Gaussian(2), Dual("sin") * Dual("erf"), Zonal("exp(t)*t**2"), Zonal("1/(5/4-t)"),
    Dual("sin") + PowerSeries((1, 1, 2)), ExponentialPower(1, 2),
]  # fmt: skip


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


@pytest.mark.parametrize("kernel", [
    Dual("tanh") + Dual("sin"), Zonal("cos(t)"), Zonal("1/(5/4+t**2)"), Zonal("exp(t**2)"),
], ids=str)  # fmt: skip
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
    (power, _), = degree_law(ExponentialPower(1, Fraction(1, 2)), 2, 1)[0]
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
