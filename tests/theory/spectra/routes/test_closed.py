"""The closed route: term ratios against exact values, real dimensions, any start, any precision."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.theory.zonal_integrals import by_mpmath
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Multiple, Sum, Zonal
from theory.numbers.balls import Enclosure, working_precision
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import digamma_of_half, exact_eigenvalue, is_zero, vanishes
from theory.spectra.routes.closed import balls
from theory.spectra.spectrum import spectrum

MIXED = Sum((ArcCosine(2), Multiple(Fraction(3, 7), NTK(2, bias=True)), NNGP(1)))
KERNELS = [
    ArcCosine(0),
    ArcCosine(1),
    ArcCosine(2),
    ArcCosine(5),
    NNGP(1),
    NNGP(2),
    NTK(1),
    NTK(2),
    NTK(2, bias=True),
    NTK(2, (Fraction(1, 2), 1)),
    NTK(2, (0, 1)),
    MIXED,
]
kernels = st.sampled_from(KERNELS)


def enclosures(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[Enclosure]:
    return [Enclosure.of(value) for value in balls(closed_form(kernel), dim, degrees, digits)]


@settings(max_examples=40)
@given(kernels, st.integers(1, 40), st.integers(0, 60), st.integers(1, 8), st.sampled_from([15, 60]))
@example(NTK(2), 1, 0, 5, 30)
@example(ArcCosine(5), 2, 3, 6, 30)
@example(NTK(2, bias=True), 1, 1, 1, 30)
def test_term_ratios_enclose_the_exact_values(kernel: Kernel, dim: int, start: int, count: int, digits: int) -> None:
    degrees = range(start, start + count)
    for degree, found in zip(degrees, enclosures(kernel, dim, degrees, digits), strict=True):
        exact = exact_eigenvalue(closed_form(kernel), dim, degree)
        with working_precision(3 * digits):
            sharp = Enclosure.of(exact.ball())
        assert found.overlaps(sharp)
        assert found.accuracy() >= digits
        assert exact.is_zero() == (found.mid[0] == 0 and found.rad[0] == 0)
        twin = Enclosure.of(sharp.ball() * 2)
        assert exact.is_zero() or not found.overlaps(twin)


@settings(max_examples=25)
@given(kernels, st.fractions(1, 30, max_denominator=12), st.integers(0, 200))
def test_a_range_may_start_anywhere(kernel: Kernel, dim: Fraction, start: int) -> None:
    whole = enclosures(kernel, dim, range(start + 4), 30)[start:]
    alone = enclosures(kernel, dim, range(start, start + 4), 30)
    for a, b in zip(whole, alone, strict=True):
        assert a.overlaps(b) and (a.mid[0] == 0) == (b.mid[0] == 0)


@settings(max_examples=25)
@given(kernels, st.fractions(1, 30, max_denominator=12), st.integers(0, 12))
@example(NTK(2), Fraction(1), 0)
@example(ArcCosine(0), Fraction(1), 1)
def test_real_dimensions_agree_with_gamma_products(kernel: Kernel, dim: Fraction, degree: int) -> None:
    """The same Gamma products by mpmath, which knows 1/Gamma = 0 at a pole."""
    form, (found,) = closed_form(kernel), enclosures(kernel, dim, range(degree, degree + 1), 30)
    with mp.workdps(50):
        x = mp.mpf(dim.numerator) / dim.denominator
        total = mp.mpf(0)
        for power, b in enumerate(form.polynomial):
            if power >= degree and (power - degree) % 2 == 0:
                moment = (
                    mp.factorial(power)
                    * mp.gamma((x + 1) / 2)
                    / (
                        mp.mpf(2) ** power
                        * mp.factorial((power - degree) // 2)
                        * mp.gamma((power + degree + x + 1) / 2)
                    )
                )
                total += moment * b.numerator / b.denominator
        for cap in form.caps:
            a = cap.order
            root = (
                mp.gamma((x + 1) / 2)
                * mp.factorial(a)
                / 2 ** (a + 1)
                * mp.rgamma(mp.mpf(a - degree) / 2 + 1)
                * mp.rgamma((a + degree + x + 1) / 2)
            )
            weight = cap.weight(degree, dim)
            total += root**2 * weight.numerator / weight.denominator
        scale, rounding = abs(total), mp.mpf(10) ** -48 * 40  # 40 operations of one ulp each
        low, high = (mp.mpf(e.numerator) / e.denominator for e in (found.lower, found.upper))
        assert low - scale * rounding <= total <= high + scale * rounding


@pytest.mark.parametrize("kernel", [NTK(2), NTK(2, bias=True), ArcCosine(2)], ids=repr)
@pytest.mark.parametrize("dim", [1, 3, Fraction(7, 2)])
def test_digits_nest(kernel: Kernel, dim: int | Fraction) -> None:
    """The value at 15 digits contains what 100 and 1000 digits leave, which shrink as asked."""
    results = [enclosures(kernel, dim, range(12), digits) for digits in (15, 100, 1000)]
    for coarse, fine in zip(results, results[1:], strict=False):
        for a, b in zip(coarse, fine, strict=True):
            assert a.overlaps(b)
            assert (b.upper - b.lower) * 10**50 <= a.upper - a.lower or a.rad[0] == b.rad[0] == 0


@given(st.integers(0, 12), st.integers(0, 40))
def test_parity_zeros_are_exact(order: int, degree: int) -> None:
    (found,) = enclosures(ArcCosine(order), 3, range(degree, degree + 1), 20)
    assert (found.upper == 0) == vanishes(order, degree)
    assert found.lower >= 0


def test_printed_digits_do_not_depend_on_the_precision() -> None:
    """50 digits are the first digits of 60, correctly rounded both times."""
    short, long = (spectrum(NTK(2), 3, range(10), digits) for digits in (50, 60))
    for a, b in zip(short.eigenvalues, long.eigenvalues, strict=True):
        value, radius = b.decimal(60)
        assert a.decimal(50)[0][:40] == value[:40] and mp.mpf(radius) < mp.mpf(10) ** -59


ENDS = [
    "log(1-t)",
    "(1-t)**3*log(1-t)",
    "(1+t)**(1/2)*log(1+t)",
    "(1-t)**(-1/3)*log(1-t)*(2-t)",
    "1/sqrt(2-2*t)",
    "pi**2*theta + log(3)*t",
]


@pytest.mark.parametrize("dim", [2, 3, 5])
@pytest.mark.parametrize("text", ENDS)
def test_logarithms_poles_and_constants_against_the_integral(text: str, dim: int) -> None:
    for e in spectrum(Zonal(text), dim, range(4), 15, "closed").eigenvalues:
        assert abs(by_mpmath(text, dim, e.degree) - mp.mpf(e.decimal(15)[0])) < mp.mpf("1e-9")


@pytest.mark.parametrize(
    ("text", "dim", "zeros"),
    [
        ("-(log((1-t)/2)+1)/(4*pi)", 2, {0}),
        ("log(1-t) - log(1+t)", 3, {0, 2, 4}),
        ("1/sqrt(2-2*t) - 1", 2, {0}),
        ("(1-t)**(1/3)*(2-t)", 1, {2}),
        ("theta - pi/2 + asin(t)", 4, {0, 1, 2, 3, 4, 5}),
        ("log(2-2*t)", 1, {0}),  # Jensen: the mean of log|1-z| on the circle is 0
    ],
)
def test_exact_zeros_of_sums_that_cancel(text: str, dim: int, zeros: set[int]) -> None:
    found = spectrum(Zonal(text), dim, range(6), 12).eigenvalues
    assert {e.degree for e in found if e.exact is not None and e.exact.is_zero()} == zeros
    form = closed_form(Zonal(text))
    assert form is not None and {k for k in range(6) if is_zero(form, dim, k)} == zeros


@pytest.mark.parametrize("twice", range(1, 14))
def test_digamma_of_halves(twice: int) -> None:
    rational, logs = digamma_of_half(twice)
    value = mp.mpf(rational.numerator) / rational.denominator + logs * mp.log(2) - mp.euler
    assert abs(mp.digamma(mp.mpf(twice) / 2) - value) < 1e-14


def test_long_ranges_of_end_powers_start_anywhere() -> None:
    for text in ("(1-t)**(1/3)", "log(1-t)", "(1-t)**2*log(1-t)", "sqrt(1+t)*log(1+t)"):
        alone = spectrum(Zonal(text), 3, range(1000, 1001), 20).eigenvalues[0]
        assert alone.decimal(20) == spectrum(Zonal(text), 3, range(990, 1001), 20).eigenvalues[-1].decimal(20)
