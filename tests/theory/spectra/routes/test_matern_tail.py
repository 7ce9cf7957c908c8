"""Matern kernels of integer order: terms of the series, its length, the kernel."""

from __future__ import annotations

from fractions import Fraction
from unittest.mock import patch

import mpmath as mp
import pytest
from flint import arb

from theory.kernels import Matern
from theory.numbers.balls import working_precision
from theory.spectra.form_algebra import IntegerMatern
from theory.spectra.routes import matern
from theory.spectra.routes.matern import _falling, _log_coefficient, _moments, _slope_at, _tails, integer_matern
from theory.spectra.routes.oracle import _nodes, kappa

CASES = [(1, Fraction(1)), (2, Fraction(8, 9)), (3, Fraction(12)), (5, Fraction(1, 20))]


def number(value: Fraction | int) -> mp.mpf:
    return mp.mpf(Fraction(value).numerator) / Fraction(value).denominator


def power(nu: mp.mpf, d: mp.mpf, k: int) -> mp.mpf:
    """The eigenvalue of (1-t)^nu, Gamma functions as in Rodrigues' formula; nu no integer."""
    gammas = mp.gammaprod([(d + 1) / 2, nu + d / 2, k - nu], [mp.mpf(1) / 2, -nu, k + nu + d])
    return gammas * mp.mpf(2) ** (nu + d - 1)


@pytest.mark.parametrize("dim", [1, 2, Fraction(7, 2)])
def test_moments_are_those_of_powers(dim: int | Fraction) -> None:
    """M_0(m) Gamma(m+d) = E[(1-t)^m] Gamma(m+d)."""
    with working_precision(30), mp.workdps(40):
        for m, found in zip(range(6), _moments(dim), strict=False):
            exact = power(mp.mpf(m) + mp.mpf(10) ** -35, number(dim), 0) * mp.gamma(m + number(dim))
            assert abs(found / arb(mp.nstr(exact, 35)) - 1) < arb(10) ** -29


@pytest.mark.parametrize(("m", "k"), [(0, 1), (1, 2), (1, 5), (4, 5), (4, 9)])
def test_the_slope_in_the_exponent_below_the_degree(m: int, k: int) -> None:
    with working_precision(20), mp.workdps(40):
        d = mp.mpf("2.5")
        exact = mp.diff(lambda nu: mp.gammaprod([k - nu], [-nu]), m + mp.mpf(10) ** -15)
        found = _slope_at(m, k, arb("2.5"))
        assert abs(found * arb(mp.nstr(mp.gamma(k + m + d) / exact, 20)) - 1) < 1e-9


@pytest.mark.parametrize(("m", "k"), [(0, 0), (3, 0), (3, 2), (3, 3), (6, 5)])
def test_falling_products(m: int, k: int) -> None:
    assert _falling(m, k).overlaps(arb(int(mp.rf(-m, k))))


@pytest.mark.parametrize(("order", "scale"), CASES)
def test_the_first_logarithm_is_that_of_the_kernel(order: int, scale: Fraction) -> None:
    """kappa = ... + B_n u^n log u + ... gains 2 pi i B_n u^n on a turn about u = 0."""
    with mp.workdps(30):
        u = mp.mpf("1e-8")
        # y -> -y on one turn of u: K_n(y e^(i pi)) = (-1)^n K_n(y) - i pi I_n(y).
        y = 2 * mp.sqrt(number(scale) * u)
        gain = 2 * (-y / 2) ** order * -1j * mp.pi * mp.besseli(order, y) / mp.gamma(order)
        exact = mp.re(gain / (2j * mp.pi * u**order))
    with working_precision(20):
        found = _log_coefficient(IntegerMatern(order, scale))
        assert abs(found / arb(mp.nstr(exact, 20)) - 1) < 1e-5


@pytest.mark.parametrize(("order", "scale"), [*CASES, (1, Fraction(400)), (40, Fraction(100))])
def test_tails_are_not_much_above_the_terms_left_out(order: int, scale: Fraction) -> None:
    """From an m on from which terms halve; the bound is at most 5 times what is left."""
    base = IntegerMatern(order, scale)
    with working_precision(20), mp.workdps(30):
        log = abs(mp.log(number(scale)))

        def term(m: int) -> mp.mpf:
            size = (2 * number(scale)) ** m * (2 * m + log + 2)
            return size / mp.factorial(m) / mp.factorial(m - order) / mp.factorial(order - 1)

        starts = []
        for (last, bound), _ in zip(_tails(base), range(5), strict=False):
            starts.append(last)
            left = mp.nsum(lambda m: term(int(m)), [last + 1, last + 80])
            found = mp.mpf(bound.mid().str(20, radius=False))
            assert left <= found * (1 + mp.mpf(10) ** -12) and found <= 5 * left
        assert starts == list(range(starts[0], starts[0] + 5))
        assert all(2 * term(m + 1) <= term(m) for m in range(starts[0] + 1, starts[0] + 30))
        # No later than where terms are quarters, unless at the first one beyond the logarithm's.
        assert starts[0] == order or 9 * term(starts[0] + 1) > term(starts[0])


@pytest.mark.parametrize(("order", "scale"), CASES)
@pytest.mark.parametrize("top", [0, 4, 30])
def test_the_series_is_as_long_as_it_has_to_be(order: int, scale: Fraction, top: int) -> None:
    """Its tail is the first below 2^-bits |B_n M_k'(n)|, k = max(top, n+1)."""
    drawn = []

    def counted(dim: int) -> object:
        for value in _moments(dim):
            drawn.append(value)
            yield value

    base, k, d = IntegerMatern(order, scale), max(top, order + 1), 3
    with working_precision(25) as bits, mp.workdps(60):
        with patch.object(matern, "_moments", counted):
            values = integer_matern(base, d, range(top, top + 1))
        first = mp.mpf(_log_coefficient(base).mid().str(40, radius=False))
        near = order + mp.mpf(10) ** -25
        size = abs(first * mp.diff(lambda nu: power(nu, mp.mpf(d), k), near))
        small = arb(mp.nstr(size * mp.mpf(2) ** -bits, 30))
        wanted = next(m for m, tail in _tails(base) if tail < small)
        assert len(drawn) == wanted + 1
        assert values[0].rel_accuracy_bits() > bits / 2


@pytest.mark.parametrize(("order", "lengthscale"), [(3, Fraction(3, 2))])
def test_eigenvalues_are_averages_of_the_kernel(order: int, lengthscale: int | Fraction) -> None:
    """By tanh-sinh quadrature in the angle, to 10 digits, below the order and beyond."""
    with mp.workdps(16):
        kernel = Matern(order, lengthscale)
        nodes = [(x, w * kappa(kernel, mp.cos(x))) for x, w in _nodes("tanh-sinh", 5, mp.mp.prec)]
        for dim in (1, 2):
            with working_precision(20):
                base = IntegerMatern(order, order / Fraction(lengthscale) ** 2)
                values = integer_matern(base, dim, range(6))
            for k in (0, 2, 5):
                if dim == 1:
                    mean = mp.fsum(w * mp.cos(k * x) for x, w in nodes) / mp.pi
                else:
                    mean = mp.fsum(w * mp.legendre(k, mp.cos(x)) * mp.sin(x) for x, w in nodes) / 2
                assert abs(float(values[k].mid()) - mean) < 1e-10
