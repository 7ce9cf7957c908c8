"""Laws of eigenvalues: trace, positivity, walk, parity, laziness, rounding, floats."""

from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.clock import at_once
from tests.theory.kernel_list import ALL
from theory.expansions.coefficient_signs import nonnegative_from
from theory.kernels import NTK, ArcCosine, Dual, Gaussian, Kernel, Laplace, PowerSeries, Zonal
from theory.laws.definiteness import definiteness
from theory.numbers.balls import Enclosure, NotCertified, working_precision
from theory.numbers.truth import Truth
from theory.spectra.floating import floating_spectrum
from theory.spectra.functionals import effective_dimension, rebuilt, target_norm, trace, truncated_trace
from theory.spectra.routes.oracle import kappa
from theory.spectra.spectrum import float_spectrum, spectrum
from theory.spectra.sphere import multiplicity

POSITIVE = [kernel for kernel in ALL if nonnegative_from(kernel) == 0]


@pytest.mark.parametrize("kernel", POSITIVE, ids=repr)
@pytest.mark.parametrize("dim", [1, 2, 5])
def test_partial_traces_grow_below_kappa_at_one(kernel: Kernel, dim: int) -> None:
    values = spectrum(kernel, dim, range(12), 12).eigenvalues
    total, whole = Fraction(0), trace(kernel, 20)
    for value in values:
        assert value.enclosure.upper >= 0
        total += multiplicity(dim, value.degree) * value.enclosure.lower
        assert total <= whole.upper


FAST = [PowerSeries((1, 2, 3, 4)), Gaussian(1), Dual("sin"), Zonal("exp(t)")]


@pytest.mark.parametrize("kernel", FAST, ids=repr)
@pytest.mark.parametrize("dim", [1, 2, 3, 9])
def test_the_trace_is_kappa_at_one(kernel: Kernel, dim: int) -> None:
    found = truncated_trace(kernel, dim, 60, 20)
    assert found.partial.overlaps(trace(kernel, 20)) or float(found.rest.upper) < 1e-20
    assert found.rest.upper < Fraction(1, 10**20)


@given(dim=st.integers(1, 9), degree=st.integers(0, 20))
@settings(max_examples=15, deadline=None)
@example(dim=1, degree=0)
@example(dim=1, degree=1)
def test_walk_identity_across_routes(dim: int, degree: int) -> None:
    """(2k+d+1) mu_k(S^(d+2)) = (d+1) (mu_k - mu_{k+2})(S^d), each side by its own quadrature."""
    kernel = NTK(3)
    low = spectrum(kernel, dim, range(degree, degree + 3), 20, route="angle").eigenvalues
    high = spectrum(kernel, dim + 2, degree, 20, route="angle").eigenvalues
    with working_precision(40):
        left = high.enclosure(0).ball() * (2 * degree + dim + 1)
        right = (low.enclosure(0).ball() - low.enclosure(2).ball()) * (dim + 1)
    assert Enclosure.of(left).overlaps(Enclosure.of(right))


@pytest.mark.parametrize("kernel", [NTK(2), NTK(2, bias=True), ArcCosine(3), Gaussian(1)], ids=repr)
def test_floats_within_four_ulp(kernel: Kernel) -> None:
    floats = float_spectrum(kernel, 3, range(200))
    exact = spectrum(kernel, 3, range(200), 40).eigenvalues
    for value, true in zip(floats, exact, strict=True):
        assert abs(Fraction(float(value)) - true.enclosure.lower) <= 4 * Fraction(float(np.spacing(value)))


def test_a_million_degrees_are_lazy_and_alike() -> None:
    with at_once(20):
        values = spectrum(NTK(2), 3, range(10**6), 50).eigenvalues
    far = spectrum(NTK(2), 3, 999_998, 50).eigenvalues[0]
    assert values[999_998].enclosure.overlaps(far.enclosure)
    assert values[999_999].decimal(10) == ("0", "0")
    assert [e.degree for e in values[5:8]] == [5, 6, 7]


def test_spectra_pickle_exactly() -> None:
    found = spectrum(NTK(3), 3, range(4), 20).eigenvalues
    again = pickle.loads(pickle.dumps(found))
    assert [e.enclosure for e in again] == [e.enclosure for e in found] and again.route == found.route


@given(st.fractions(Fraction(1, 10**30), 10**30), st.integers(1, 40), st.sampled_from([1, -1]))
@settings(max_examples=200, deadline=None)
@example(Fraction(9995, 10), 3, 1)
@example(Fraction(5, 2), 1, 1)
def test_rounding_is_correct(value: Fraction, digits: int, sign: int) -> None:
    ball = Enclosure.of(arb((sign * value.numerator * 2**40 // value.denominator, -40)))
    text, radius = ball.decimal(digits)
    error = abs(Fraction(text) - ball.lower)
    assert error <= Fraction(radius) or error == 0
    if ball.lower:
        exponent = len(str(int(abs(ball.lower)))) if abs(ball.lower) >= 1 else 0
        assert error <= Fraction(10) ** (exponent - digits) / 2


@pytest.mark.parametrize(
    ("dim", "degrees", "digits", "route"),
    [
        (0, 3, 10, "auto"),
        (-1, 3, 10, "auto"),
        (2, -1, 10, "auto"),
        (2, 3, 0, "auto"),
        (2, 3, 10**6, "auto"),
        (2, range(5, 5), 10, "auto"),
        (2, 3, 10, "fast"),
        (Fraction(5, 2), 3, 10, "angle"),
        (True, 3, 10, "auto"),
    ],
)
def test_bad_requests_are_typed(dim: object, degrees: object, digits: int, route: str) -> None:
    with pytest.raises(ValueError) as caught:
        spectrum(NTK(3), dim, degrees, digits, route)
    assert "\n" not in str(caught.value)


def test_a_million_digits_and_a_bad_route_are_refused_in_one_line() -> None:
    with pytest.raises(NotCertified) as caught:
        spectrum(NTK(3), 3, 2, 10, route="closed")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kernel", "truth", "negative"),
    [
        (Zonal("1/(2-t)"), Truth.HOLDS, None),  # sum t^n/2^(n+1)
        (Zonal("1/(2+t)"), Truth.FAILS, 1),
        (Zonal("(3/2-t**3)**(-1/2)"), Truth.HOLDS, None),
        (Zonal("t - t**3/2"), Truth.FAILS, 3),
        (PowerSeries((0, Fraction(-1, 2), 0, 1)), Truth.HOLDS, None),  # mu_1 = (-1/2 + 3/5)/3 on S^2
        (PowerSeries((0, Fraction(-2, 3), 0, 1)), Truth.FAILS, 1),  # mu_1 = (-2/3 + 3/5)/3
        (PowerSeries((1, Fraction(-1, 10))) + Gaussian(1), Truth.HOLDS, None),  # b_n >= 0 from n = 2 on
        (PowerSeries((1, -1)) + Gaussian(1), Truth.FAILS, 1),
        (Zonal("exp(-t)"), Truth.FAILS, 1),
        (Zonal("cos(t/3)"), Truth.FAILS, 2),
        (Zonal("exp(cos(t))*(2+t)"), Truth.FAILS, 2),
    ],
    ids=repr,
)
def test_definiteness_is_decided_on_the_two_sphere(kernel: Kernel, truth: Truth, negative: int | None) -> None:
    found = definiteness(kernel, 2)
    assert (found.truth, found.negative_degree) == (truth, negative), found.why
    if negative is not None:  # by the mpmath quadrature, which shares no code
        assert floating_spectrum(kernel, 2, negative, 10).eigenvalues[0].value < 0


def test_definiteness_has_three_answers() -> None:
    assert definiteness(Laplace(1), 4).truth is Truth.HOLDS
    assert definiteness(Zonal("acos(t)"), 3).truth is Truth.FAILS
    assert definiteness(PowerSeries((0, 1, -1)), 3).negative_degree == 0
    assert definiteness(PowerSeries((1, 0, -1)) + 7 * ArcCosine(1), 2).truth is Truth.HOLDS
    # Positive on S^2 without b_n >= 0: E[t^4 P_2] = 4/35 outweighs E[t^2 P_2]/10 = 1/75.
    assert definiteness(PowerSeries((1, 0, Fraction(-1, 10), 0, 1)), 2).truth is Truth.HOLDS
    assert definiteness(Zonal("theta**2 - 3*theta + 9"), 3, top=6).truth is not Truth.HOLDS


@pytest.mark.parametrize("kernel", [NTK(2), NTK(3), Gaussian(3), Laplace(1)], ids=repr)
def test_functionals_narrow_with_the_degree(kernel: Kernel) -> None:
    ridge = Fraction(1, 100)
    coarse, fine = (effective_dimension(kernel, 2, ridge, top) for top in (20, 80))
    assert coarse.overlaps(fine) and fine.upper - fine.lower <= coarse.upper - coarse.lower
    for t in (Fraction(0), Fraction(1, 3), Fraction(1), Fraction(-1)):
        found = rebuilt(kernel, 2, t, 60)
        true = Fraction(str(kappa(kernel, t.numerator / t.denominator)))
        assert found.lower - Fraction(1, 10**12) <= true <= found.upper + Fraction(1, 10**12)


def test_norms_of_targets() -> None:
    """A kernel has squared norm kappa(1); a degree the kernel has not, an infinite one."""
    polynomial = PowerSeries((1, 1, 1))
    assert target_norm(polynomial, polynomial, 3).squared.contains(3)
    assert target_norm(NTK(2), PowerSeries((0, 0, 0, 1)), 4).finite is Truth.FAILS
    assert target_norm(NTK(2, bias=True), PowerSeries((0, 0, 0, 1)), 4).finite is Truth.HOLDS
    assert target_norm(NTK(2), Gaussian(1), 4).finite is Truth.FAILS
    assert target_norm(NTK(3), Gaussian(1), 4, top=6).finite is Truth.UNDECIDED
