"""The closed route: term ratios against exact values, real dimensions, any start, any precision."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Multiple, Sum
from theory.numbers.balls import Enclosure, working_precision
from theory.spectra.routes.closed import balls, closed_form, exact_eigenvalue, vanishes
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
    with mpmath.workdps(50):
        x = mpmath.mpf(dim.numerator) / dim.denominator
        total = mpmath.mpf(0)
        for power, b in enumerate(form.polynomial):
            if power >= degree and (power - degree) % 2 == 0:
                moment = (
                    mpmath.factorial(power)
                    * mpmath.gamma((x + 1) / 2)
                    / (
                        mpmath.mpf(2) ** power
                        * mpmath.factorial((power - degree) // 2)
                        * mpmath.gamma((power + degree + x + 1) / 2)
                    )
                )
                total += moment * b.numerator / b.denominator
        for cap in form.caps:
            a = cap.order
            root = (
                mpmath.gamma((x + 1) / 2)
                * mpmath.factorial(a)
                / 2 ** (a + 1)
                * mpmath.rgamma(mpmath.mpf(a - degree) / 2 + 1)
                * mpmath.rgamma((a + degree + x + 1) / 2)
            )
            weight = cap.weight(degree, dim)
            total += root**2 * weight.numerator / weight.denominator
        scale, rounding = abs(total), mpmath.mpf(10) ** -48 * 40  # 40 operations of one ulp each
        low, high = (mpmath.mpf(e.numerator) / e.denominator for e in (found.lower, found.upper))
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
        assert a.decimal(50)[0][:40] == value[:40] and mpmath.mpf(radius) < mpmath.mpf(10) ** -59
