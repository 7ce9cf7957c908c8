"""mu, b and kappa against truths that stand elsewhere: mpmath's quadrature, facts of the conventions, traces."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp, mpf

from tests.theory.kernel_list import ALL, HINGED, SMOOTH, TANH
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    PowerSeries,
    Zonal,
    written_out,
)
from theory.spectra.routes.oracle import oracle_values
from theory.statements.falsifier import closed, coefficients, quadrature
from theory.statements.falsifier.coefficients import coefficient
from theory.statements.falsifier.curve import curve
from theory.statements.falsifier.hermite import TERMS
from theory.statements.falsifier.kernels import SERIES_TERMS, eigenvalue, has_formula, kappa, parity_of
from theory.statements.falsifier.kernels import _by_positive_series as by_positive_series
from theory.statements.falsifier.near import Near, Unable, error_of, real
from theory.statements.falsifier.work import Work

SMOOTH_IN_ANGLE = (
    NTK(3),
    NNGP(4),
    Laplace(1),
    NTK(2, bias_variance=Fraction(1, 10)),
    Compose(NNGP(2), NNGP(2)),
    Zonal("exp(-2*sin(theta/2))"),
    Matern(Fraction(5, 2), 2),
    ArcCosine(2),
    Dual("erf"),
    DualTangent("gelu"),
    Gaussian(12),
    PowerSeries((1, 0, Fraction(1, 3), 2)),
    Dual("leaky_relu", slope=-2),
    DualTangent("abs"),
    NTK(2, bias=True),
    DualTangent("sin"),
)


def named(kernel: Kernel) -> str:
    return repr(kernel)


@pytest.mark.parametrize("kernel", SMOOTH_IN_ANGLE, ids=named)
@pytest.mark.parametrize("dim", [1, 4])
def test_eigenvalues_are_those_of_the_oracle(kernel: Kernel, dim: int) -> None:
    """Within the error that is told, and never by an error that says nothing."""
    true = oracle_values(kernel, dim, range(0, 8), 12, level=5)
    with mp.workdps(30):
        for degree, value in enumerate(true):
            found = eigenvalue(kernel, dim, degree, Work())
            assert abs(real(found) - value) <= error_of(found) + mpf(10) ** -17
            assert error_of(found) < 1e-13 * (1 + abs(value))


@pytest.mark.parametrize(
    "kernel",
    [
        NTK(2),
        NTK(2, bias=True),
        NTK(1),
        NNGP(1, 2),
        NNGP(2, Fraction(1, 2)),
        ArcCosine(0),
        ArcCosine(3),
        Dual("relu"),
        Gaussian(2),
        DualTangent("abs"),
        Dual("cos"),
        DualTangent("exp"),
    ],
    ids=named,
)
@pytest.mark.parametrize("dim, degree", [(1, 0), (1, 40), (2, 7), (3, 12), (9, 3)])
def test_formulas_agree_with_the_quadrature(kernel: Kernel, dim: int, degree: int) -> None:
    found = closed.closed(kernel, dim, degree)
    values, errors = quadrature.eigenvalues(kernel, dim, 64)
    assert abs(float(real(found)) - values[degree]) <= 2 * errors[degree]


def test_a_wrong_formula_would_be_seen() -> None:
    """The twin: one degree further the quadrature disagrees with the formula."""
    values, errors = quadrature.eigenvalues(NTK(2), 2, 64)
    assert abs(float(real(closed.closed(NTK(2), 2, 2))) - values[4]) > 1e6 * errors[4]


@pytest.mark.parametrize("kernel", [NTK(3), Laplace(1), Matern(1, 1)], ids=named)
def test_the_trace_is_the_value_at_one(kernel: Kernel) -> None:
    """N(d, k) mu_k adds up to kappa(1) on a sphere where the tail is small."""
    dim, total = 40, mpf(0)
    for degree in range(12):
        total += closed.multiplicity(dim, degree) * real(eigenvalue(kernel, dim, degree, Work()))
    value = real(kappa(kernel, Fraction(1), Work()))
    assert 0.5 * value < total < value


def test_power_series_and_quadrature_agree_where_both_reach() -> None:
    for dim in (9, 30):
        for degree in (0, 1, 2, 5):
            values, errors = quadrature.eigenvalues(NTK(3), dim, 16)
            found = eigenvalue(NTK(3), dim, degree, Work())
            assert abs(float(real(found)) - values[degree]) <= errors[degree] + float(error_of(found))


@pytest.mark.parametrize("text", ["1/(1-t)", "(1-t)**(-1/2)", "1/t"])
def test_what_cannot_be_integrated_is_refused(text: str) -> None:
    with pytest.raises(Unable):
        eigenvalue(Zonal(text), 1, 2, Work())


def test_a_kink_inside_is_resolved() -> None:
    """Compose(ArcCosine(0), 2t^2-1) is 1 - 2 acos|t|/pi; mu_0 on S^2 is the mean of that over [0, 1]."""
    kernel = Compose(ArcCosine(0), PowerSeries((-1, 0, 2)))
    true = 1 - mpf(2) / mp.pi
    found = eigenvalue(kernel, 2, 0, Work())
    assert abs(real(found) - true) <= error_of(found) < 1e-13


@pytest.mark.parametrize(
    "kernel", [k for k in map(written_out, (*ALL, *TANH, *SMOOTH)) if repr(k) != "ArcCosine(order=5)"], ids=named
)
def test_two_evaluators_of_kappa_agree(kernel: Kernel) -> None:
    """Doubles in the angle against mpmath in t."""
    with mp.workdps(30):
        for t in (Fraction(-9, 10), Fraction(0), Fraction(1, 3), Fraction(99, 100)):
            found = kappa(kernel, t, Work())
            other = curve(kernel, np.array([float(mp.acos(real(t)))]))[0]
            assert abs(found.value - float(other)) <= 1e-13 * (1 + abs(found.value)) + found.error


@pytest.mark.parametrize(
    "kernel",
    [
        NTK(2),
        NTK(2, bias=True),
        ArcCosine(0),
        ArcCosine(1),
        ArcCosine(2),
        ArcCosine(3),
        Dual("gelu"),
        Dual("erf"),
        DualTangent("relu"),
        DualTangent("leaky_relu", slope=-2),
        DualTangent("erf"),
        DualTangent("cos"),
        DualTangent("sin"),
        Dual("tanh"),
        Gaussian(2),
        Dual("step"),
    ],
    ids=named,
)
def test_coefficients_by_formula_and_by_a_circle_agree(kernel: Kernel) -> None:
    values, errors = coefficients.circle(kernel, 64)
    for n in range(12):
        found = coefficients.closed(kernel, n)
        assert abs(float(real(found)) - values[n]) <= errors[n] + 1e-15


@pytest.mark.parametrize("n", [1, 399, 400, 401, 1001])
def test_coefficients_of_the_arc_sine_by_gamma_are_the_exact_ones(n: int) -> None:
    """Beyond 400 they are computed from log Gamma; J_0 = pi/2 + asin."""
    found, true = coefficients.closed(ArcCosine(0), n), coefficients.arc_sine(n)
    with mp.workdps(40):
        assert abs(real(found) * mp.pi - mpf(true.numerator) / true.denominator) <= 4 * error_of(found)
        assert (found == 0) is (true == 0)


@pytest.mark.parametrize("kernel", HINGED, ids=named)
def test_kappa_of_activations_with_kinks_is_known_inside_alone(kernel: Kernel) -> None:
    with mp.workdps(30):
        found = kappa(kernel, Fraction(1, 3), Work())
        squares = [coefficients.closed(kernel, n) for n in range(60)]
        assert abs(found.value - sum(real(b) * mpf(1) / 3**n for n, b in enumerate(squares))) < 1e-13
        with pytest.raises(Unable, match="near an end"):
            kappa(kernel, Fraction(99, 100), Work())


def test_coefficients_end_where_their_table_ends() -> None:
    assert isinstance(coefficients.closed(Dual("tanh"), TERMS - 1 - TERMS % 2), Near)
    with pytest.raises(Unable, match="of tanh"):
        coefficients.closed(Dual("tanh"), TERMS + 1)


@pytest.mark.parametrize("degree", [0, 1, 4, 9])
@pytest.mark.parametrize("factor", [Fraction(1), Fraction(10) ** 40, Fraction(1, 10**40)], ids=str)
def test_the_error_of_a_power_series_is_of_its_size_and_covers_the_value(degree: int, factor: Fraction) -> None:
    """On S^30, where the series is asked first."""
    kernel = NTK(3)
    found = by_positive_series(kernel, 30, degree, Work())
    values, errors = quadrature.eigenvalues(kernel, 30, 16)
    assert abs(float(found.value) - values[degree]) <= errors[degree] + float(found.error)
    assert 0 < found.error < 1e-9 * found.value
    scaled = eigenvalue(factor * kernel, 30, degree, Work())
    assert abs(real(scaled) / (mpf(factor.numerator) / factor.denominator) - found.value) <= 2 * found.error


@pytest.mark.parametrize("degree", [SERIES_TERMS // 2, SERIES_TERMS])
def test_a_power_series_that_is_too_short_is_refused(degree: int) -> None:
    with pytest.raises(Unable, match="no power series"):
        by_positive_series(NTK(3), 30, degree, Work())


def test_a_singularity_inside_the_disc_is_seen() -> None:
    _, errors = coefficients.circle(Zonal("1/(t+11/10)"), 64)
    _, inside = coefficients.circle(Zonal("1/(t+9/10)"), 64)
    assert errors[3] < 1e-8 < inside[3]


def test_parities() -> None:
    assert parity_of(Dual("erf")) == 1 and parity_of(Dual("cos")) == 0 and parity_of(NTK(3)) is None
    assert eigenvalue(Dual("erf"), 2, 4, Work()) == Fraction(0)
    assert isinstance(eigenvalue(Dual("erf"), 2, 3, Work()), Near)


def test_gelu_has_one_odd_eigenvalue() -> None:
    """gelu(u) - u/2 is even: of the odd eigenvalues of the tangent kernel, mu_1 = 1/6 on S^2 alone is not 0."""
    found = [eigenvalue(DualTangent("gelu"), 2, degree, Work()) for degree in (1, 3, 5)]
    assert abs(real(found[0]) - mpf(1) / 6) < 1e-14 and found[1:] == [0, 0]


def test_a_formula_reaches_every_degree() -> None:
    assert has_formula(NTK(2) + 2 * Gaussian(1)) and not has_formula(NTK(2) + NTK(3))
    found = eigenvalue(NTK(2), 2, 10**5, Work())
    assert abs(real(found) * mpf(10) ** 15 * mp.pi - 1) < 1e-4  # fact 3: 1/pi k^-3


def test_coefficients_are_linear_in_the_kernel() -> None:
    whole = coefficient(NTK(2) + 2 * ArcCosine(1), 4, Work())
    parts = real(coefficient(NTK(2), 4, Work())) + 2 * real(coefficient(ArcCosine(1), 4, Work()))
    assert abs(real(whole) - parts) < 1e-15
