"""The power-series route: when moments fall, how many terms, the tail, what is refused."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from unittest.mock import patch

import mpmath as mp
import pytest
from flint import arb

from theory.kernels import NTK, Gaussian, Kernel, Laplace, PowerSeries, Zonal
from theory.numbers.balls import NotCertified, precision_bits, rational, working_precision
from theory.spectra.routes import series
from theory.spectra.routes.series import MAX_TERMS, _digits_of, _slow, _sums, falling_from, series_balls, terms_needed
from theory.spectra.sphere import moment


@pytest.mark.parametrize("dim", [1, 2, Fraction(7, 2), 10])
@pytest.mark.parametrize("degree", [0, 1, 2, 3, 8])
def test_moments_decrease_from_there_on_and_not_before(degree: int, dim: int | Fraction) -> None:
    """m_(n+2)/m_n = (n+1)(n+2)/((n+2-k)(n+k+d+1)), for n of either parity."""

    def falls(n: int) -> bool:
        return (n + 1) * (n + 2) < (n + 2 - degree) * (n + degree + dim + 1)

    first = falling_from(dim, degree)
    assert all(falls(n) for n in range(first, first + 50))
    assert first == degree or not falls(first - 1)
    for n in range(degree, degree + 40, 2):
        assert (moment(n + 2, degree, dim) < moment(n, degree, dim)) == falls(n)


@pytest.mark.parametrize("dim", [60, Fraction(401, 4), 1000])
@pytest.mark.parametrize("degrees", [range(1), range(3), range(2, 9), range(30, 31)])
@pytest.mark.parametrize("digits", [5, 30])
def test_as_many_terms_as_let_the_moments_fall(dim: int, degrees: range, digits: int) -> None:
    """m_n/m_k < 10^-digits/(k+2)^2 for both ends, by mpmath; hardly more than 1.2 times those."""
    found = terms_needed(dim, degrees, digits)
    x = mp.mpf(Fraction(dim).numerator) / Fraction(dim).denominator

    def log_moment(n: int, k: int) -> mp.mpf:
        gammas = mp.loggamma(n + 1) - n * mp.log(2) - mp.loggamma(mp.mpf(n - k) / 2 + 1)
        return gammas - mp.loggamma((n + k + x + 1) / 2)

    def enough(n: int) -> bool:
        ends = (degrees[0], degrees[-1])
        gaps = (log_moment(n, k) - log_moment(k, k) + 2 * mp.log(k + 2) for k in ends)
        return all(gap <= -digits * mp.log(10) + 1e-6 for gap in gaps)

    assert enough(found)
    assert not enough(int((found - 2) / 1.2) - 1)


def test_more_terms_than_are_allowed_are_not_predicted() -> None:
    """m_n/m_0 ~ n^(-d/2): for small d many digits are out of reach of n = 6000."""
    for dim in (2, 6, 12):
        reach = [n for n in range(1, 60) if terms_needed(dim, range(1), n) is not None]
        # m_n = Gamma((d+1)/2) Gamma((n+1)/2)/(sqrt(pi) Gamma((n+d+1)/2)), weighed by (k+2)^2 = 4
        last, before = (
            mp.log10(
                4 * mp.gammaprod([mp.mpf(dim + 1) / 2, mp.mpf(n + 1) / 2], [mp.mpf(1) / 2, mp.mpf(n + dim + 1) / 2])
            )
            for n in (MAX_TERMS, MAX_TERMS * 5 // 6)
        )
        assert last < -max(reach) and before > -max(reach) - 1
    assert terms_needed(2, range(3), 30) is None and terms_needed(2, range(500, 501), 1) is None


TERMS = 8


@pytest.mark.parametrize(("power", "share"), [(TERMS, 1), (TERMS + 1, 0)])
@pytest.mark.parametrize("dim", [3, Fraction(9, 2)])
def test_the_tail_is_all_or_nothing_of_what_is_left_out(power: int, share: int, dim: int) -> None:
    """1 + 3 t^2 + b t^n: the upper end where n is the first left out, else the lower end."""
    b = Fraction(1, 7)
    kernel = PowerSeries((1, 0, 3, *[0] * (power - 3), b))
    with working_precision(25):
        (value,), relative = _sums(kernel, dim, range(1), TERMS)
        low = 1 + 3 * moment(2, 0, dim)
        high = low + b * moment(TERMS, 0, dim)
        for found, exact in ((value.lower(), low), (value.upper(), high)):
            # A radius has 30 bits.
            assert abs(found - arb(rational(exact))) < arb(rational(high - low)) / 10**7
        assert abs(relative - float(b * moment(TERMS, 0, dim) / low)) < 1e-6 * relative
        assert value.overlaps(arb(rational(low + share * (high - low))))


def test_the_largest_tail_is_that_of_the_worst_degree() -> None:
    kernel = PowerSeries((1,) * 12)
    with working_precision(25):
        values, largest = _sums(kernel, 3, range(4), TERMS)
        alone = [_sums(kernel, 3, range(k, k + 1), TERMS)[1] for k in range(4)]
    assert largest == max(alone) > min(alone) > 0 and len(values) == 4
    for k, value in enumerate(values):
        assert value.overlaps(arb(rational(sum(moment(n, k, 3) for n in range(12)))))


def test_a_series_that_is_not_that_of_the_kernel_is_refused() -> None:
    """kappa(1) below the sum of its coefficients; kappa(1) that is no number."""
    with working_precision(20):
        for value in (arb("1.9"), arb("nan"), arb("inf")):
            with patch.object(series, "at_one", lambda _, value=value: value):
                with pytest.raises(NotCertified, match="power series of .*not certified to be finite at t = 1"):
                    _sums(PowerSeries((1, 1)), 3, range(2), TERMS)
        with patch.object(series, "at_one", lambda _: arb(2)):
            values, largest = _sums(PowerSeries((1, 1)), 3, range(2), TERMS)
        assert largest == 0 and values[0].contains(1) and values[0].rad() < 1e-25


def passes(kernel: Kernel, dim: int | Fraction, degrees: range, digits: int) -> list[int]:
    """The lengths of the series that the route takes in turn."""
    taken = []

    def counted(kernel: Kernel, dim: int, degrees: range, terms: int) -> tuple[list[arb], float]:
        taken.append(terms)
        return _sums(kernel, dim, degrees, terms)

    with patch.object(series, "_sums", counted):
        try:
            series_balls(kernel, dim, degrees, digits)
        except NotCertified:
            taken.append(0)
    return taken


def test_a_series_that_converges_slowly_is_given_up_early() -> None:
    """Tails like 1/n: twice the terms leave more than the power 1.25 of the tail before."""
    taken = passes(Laplace(1), 3, range(3), 15)
    assert taken[-1] == 0 and 3 <= len(taken) <= 5
    assert all(b == 2 * a for a, b in zip(taken[:-1], taken[1:-1], strict=False))


@pytest.mark.parametrize("dim", [2, 1000])
def test_a_series_that_converges_fast_is_lengthened_until_it_has(dim: int) -> None:
    """t^n/(10/9)^n: 15 digits take 330 terms and more, whatever the dimension."""
    taken = passes(Zonal("1/(10/9-t)"), dim, range(3), 15)
    assert taken[-1] > 0
    assert all(b == a or 1.4 * a <= b <= 2 * a for a, b in zip(taken, taken[1:], strict=False))
    if dim == 1000:
        assert taken[0] == max(64 + 2, terms_needed(dim, range(3), 15))


@pytest.mark.parametrize(("tail", "factor"), [(1.5e-11, 2), (0.5e-11, 1)])
def test_more_terms_for_a_tail_and_more_digits_for_rounding(tail: float, factor: int) -> None:
    """Of 10 digits: a tail of more than 10^-11 wants terms, else the precision is raised."""
    asked = []

    def poor(_kernel: Kernel, _dim: int, degrees: range, terms: int) -> tuple[list[arb], float]:
        asked.append((terms, precision_bits()))
        return [arb(1, 1e-9 if len(asked) < 3 else 1e-12)] * len(degrees), tail

    with patch.object(series, "_sums", poor):
        assert series_balls(NTK(2), 2000, range(2), 10)[0].rad() < 1e-11
    assert [b[0] / a[0] for a, b in zip(asked, asked[1:], strict=False)] == [factor] * 2
    for a, b in zip(asked, asked[1:], strict=False):
        assert (b[1] - a[1] >= 15 * 3) == (factor == 1)


@pytest.mark.parametrize(("degree", "lengths"), [(5936, [6000]), (5937, [])])
def test_series_of_up_to_6000_terms_are_summed(degree: int, lengths: list[int]) -> None:
    """64 coefficients beyond the degree are the least."""
    asked = []

    def right(_kernel: Kernel, _dim: int, degrees: range, terms: int) -> tuple[list[arb], float]:
        asked.append(terms)
        return [arb(1)], 0.0

    with patch.object(series, "_sums", right):
        if lengths:
            assert series_balls(Gaussian(1), 10**9, range(degree, degree + 1), 10) == [1]
        else:
            with pytest.raises(NotCertified):
                series_balls(Gaussian(1), 10**9, range(degree, degree + 1), 10)
    assert asked == lengths


def test_all_terms_whose_coefficients_may_be_negative_are_summed() -> None:
    """-t^99 + 2 t^100 has b_n >= 0 from 100 on."""
    kernel = PowerSeries((1, *[0] * 98, -1, 2))
    taken = passes(kernel, 50, range(1, 2), 15)
    assert taken[0] >= 100
    (value,) = series_balls(kernel, 50, range(1, 2), 15)
    assert value.overlaps(arb(rational(-moment(99, 1, 50)))) and value.rel_accuracy_bits() > 49


def test_long_series_and_unknown_signs_are_refused() -> None:
    assert passes(Gaussian(1), 2, range(6000, 6001), 15) == [0]
    with pytest.raises(NotCertified, match="on S.2 by the power-series route: 3 digits.*slowly"):
        series_balls(Laplace(1), 2, range(2), 15)
    with pytest.raises(NotCertified, match="the signs of its Maclaurin coefficients are not known"):
        series_balls(Zonal("sin(9*theta)"), 2, range(2), 15)


@pytest.mark.parametrize(
    ("before", "power", "slow"),
    [
        (0.05, 1.1, True),
        (0.05, 1.24, True),
        (0.05, 1.26, False),
        (0.05, 1.41, False),
        (0.05, 2, False),
        (0.09, 1.1, True),
        (0.11, 1.1, False),
        (0.9, 1.1, False),
        (inf, 1, False),
    ],
)
def test_slow_is_a_tail_that_gains_less(before: float, power: float, slow: bool) -> None:
    assert _slow(before, before**power) == slow


def test_digits_of_a_ball() -> None:
    assert _digits_of(arb(0)) == inf
    assert _digits_of(arb(1, 2)) == _digits_of(arb(0, 1)) == 0.0
    assert 7 < _digits_of(arb(1, 1e-8)) < 9


@pytest.mark.parametrize("digits", [10, 40])
def test_the_digits_that_were_asked_for(digits: int) -> None:
    for value in series_balls(NTK(3), 200, range(40), digits):
        assert value.is_zero() or _digits_of(value) >= digits
