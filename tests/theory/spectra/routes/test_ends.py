"""The ends route against the angle, the closed forms and the series; its rest, its proof's formulas, its limits."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.expansions.end_series import end_series
from theory.kernels import NNGP, NTK, ArcCosine, Gaussian, Kernel, Laplace, Zonal
from theory.numbers.balls import Cannot, working_precision
from theory.spectra.routes.angle import angle_balls
from theory.spectra.routes.closed import closed_balls
from theory.spectra.routes.ends import EndSums, ends_balls
from theory.spectra.routes.series import series_balls
from theory.spectra.spectrum import spectrum

DIMS = (1, 2, 3, 7, 30, 1000, 10**6, Fraction(5, 2), Fraction(43, 3))


def nothing_below(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
    raise AssertionError(f"{degrees} asked for below")


@pytest.mark.parametrize("dim", DIMS, ids=str)
@pytest.mark.parametrize("kernel", [NTK(2), ArcCosine(0), ArcCosine(2), NTK(2, bias=True)], ids=repr)
def test_closed_forms_are_met(kernel: Kernel, dim: int | Fraction) -> None:
    """Real d, and d and k large at once."""
    for degrees in (range(300, 304), range(10**6, 10**6 + 3)):
        found = ends_balls(kernel, dim, degrees, 15, nothing_below)
        for a, b in zip(found, closed_balls(kernel, dim, degrees, 30), strict=True):
            assert a.overlaps(b) and a.is_zero() == b.is_zero()
            assert a.is_zero() or (a.rel_accuracy_bits() >= 49 and not a.overlaps(b * (1 + arb(10) ** -14)))


@pytest.mark.parametrize(("kernel", "dim"), [(NTK(3), 3), (NNGP(4), 2), (Laplace(2), 5), (Zonal("exp(-theta)"), 1)])
def test_the_angle_is_met_in_one_range(kernel: Kernel, dim: int) -> None:
    """Degrees on both sides of k_0."""
    asked: list[range] = []

    def below(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[arb]:
        asked.append(degrees)
        return angle_balls(kernel, dim, degrees, digits)

    degrees = range(10, 110)
    found = ends_balls(kernel, dim, degrees, 8, below)
    other = angle_balls(kernel, dim, degrees, 20)
    assert len(found) == 100 and asked[0].start == 10 and asked[0].stop < 100
    assert all(a.overlaps(b) and a.rel_accuracy_bits() >= 26 for a, b in zip(found, other, strict=True))


@pytest.mark.parametrize("dim", [200, 5000])
def test_the_power_series_is_met_in_large_dimensions(dim: int) -> None:
    found = ends_balls(NTK(3), dim, range(150, 153), 10, nothing_below)
    other = series_balls(NTK(3), dim, range(150, 153), 20)
    assert all(a.overlaps(b) for a, b in zip(found, other, strict=True))


@given(st.integers(1, 40), st.integers(0, 99), st.sampled_from([10, 25, 40]))
@settings(max_examples=10)
def test_a_degree_alone_and_other_digits_agree_with_the_range(dim: int, offset: int, digits: int) -> None:
    whole = spectrum(NTK(3), dim, range(1000, 1100), 20, route="ends").eigenvalues
    k = 1000 + offset
    (alone,) = spectrum(NTK(3), dim, k, digits, route="ends").eigenvalues
    assert alone.enclosure.overlaps(whole.enclosure(offset))
    wrong = alone.enclosure.ball() * (1 + arb(10) ** -9)
    assert not wrong.overlaps(whole.enclosure(offset).ball())


@pytest.mark.parametrize("dim", [1, 2, 3, 12, Fraction(9, 2)], ids=str)
@pytest.mark.parametrize("degree", [40, 90, 91])
def test_the_rest_holds_for_every_number_of_terms(dim: int | Fraction, degree: int) -> None:
    """And a coefficient that is wrong by a millionth is told apart once the rest is below that."""
    kernel = NTK(2, bias=True)
    with working_precision(40, 0):
        sums = EndSums.of(end_series(kernel, 16, 40), Fraction(dim))
        (exact,) = closed_balls(kernel, dim, range(degree, degree + 1), 40)
        told = 0
        for terms in range(1, 17):
            block = range(degree, degree + 1)
            (value,) = sums.values(block, terms, (0, 1))
            assert value.overlaps(exact)
            rest = sums.rest(block, terms)
            scaled = tuple((c[0] * (1 + arb(10) ** -6), *c[1:]) for c in sums.scaled)
            wrong = replace(sums, scaled=scaled)
            told += not wrong.values(block, terms, (0, 1))[0].overlaps(exact)
            assert rest.is_finite()
        assert told


def test_no_rest_is_known_where_the_degree_is_too_small() -> None:
    sums = EndSums.of(end_series(NTK(3), 8, 20), Fraction(2))
    assert not sums.rest(range(8, 9), 8).is_finite() and sums.rest(range(9, 10), 8).is_finite()


@pytest.mark.parametrize(("dim", "degree"), [(2, 3), (3, 4), (5.5, 2), (8, 5)])
def test_the_function_of_the_second_kind(dim: float, degree: int) -> None:
    """c Q(z) = 2 Gamma(l+1) k!/Gamma(k+1+l) u^(-k-1) 2F1(1-l, k+1; k+1+l; u^-2), z = (u + 1/u)/2, by quadrature."""
    with mpmath.workdps(25):
        half, u = mpmath.mpf(dim - 1) / 2, mpmath.mpf(2)
        z = (u + 1 / u) / 2
        c = mpmath.gamma(half + 1) / (mpmath.sqrt(mpmath.pi) * mpmath.gamma(half + mpmath.mpf(1) / 2))
        harmonic = lambda t: mpmath.gegenbauer(degree, half, t) / mpmath.gegenbauer(degree, half, 1)
        left = c * mpmath.quad(lambda t: harmonic(t) * (1 - t * t) ** (half - 0.5) / (z - t), [-1, 0, 1])
        right = 2 * mpmath.gamma(half + 1) * mpmath.factorial(degree) / mpmath.gamma(degree + 1 + half)
        right *= u ** (-degree - 1) * mpmath.hyp2f1(1 - half, degree + 1, degree + 1 + half, u**-2)
        assert abs(left / right - 1) < 1e-10


@given(st.integers(1, 400), st.integers(10, 400))
def test_the_bound_of_the_hypergeometric_series(dim: int, degree: int) -> None:
    """F, for half-integer and integer l up to 200."""
    half = (dim - 1) / 2
    sums = EndSums.of(end_series(NTK(3), 4, 15), Fraction(dim))
    x = math.exp(-2 * float(sums.reach))
    term = total = 1.0
    for n in range(600):
        term *= abs(1 - half + n) * (degree + 1 + n) / ((degree + 1 + half + n) * (n + 1)) * x
        total += term
    assert float(sums._series_bound(degree)) >= total * (1 - 1e-10)


def test_the_start_is_asked_below_alone_and_what_is_out_of_reach_is_refused() -> None:
    assert len(ends_balls(NTK(3), 2, range(400, 402), 10, nothing_below)) == 2
    with pytest.raises(Cannot, match="the ends route for NTK.* on S.2: 10 digits are not reached by degree 20"):
        ends_balls(NTK(3), 2, range(21), 10, nothing_below)
    with pytest.raises(Cannot, match="not reached"):  # no odd part at all
        ends_balls(Gaussian(1), 2, range(2000), 10, nothing_below)


def test_it_is_chosen_for_long_ranges_and_says_so() -> None:
    assert spectrum(NTK(3), 3, range(500), 20).route == "ends"
    assert spectrum(NTK(3), 3, range(50), 20).route == "angle"
