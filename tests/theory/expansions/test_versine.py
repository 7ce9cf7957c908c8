"""(1 - k1(cos theta))/(2 theta^2) and its derivative, by Taylor series and beyond them."""

from __future__ import annotations

import cmath

import mpmath as mp
import pytest
from flint import acb, arb

from theory.expansions.versine import TAYLOR_RADIUS, _taylor_polynomial, half_versine_quotient, half_versine_slope
from theory.numbers.balls import working_precision

RADII = [0.05, 0.9, 1.99, 2.01, 2.6, 2.99, 4.0]


def quotient(z: mp.mpc) -> mp.mpc:
    return (mp.pi - mp.sin(z) - (mp.pi - z) * mp.cos(z)) / (2 * mp.pi * z * z)


@pytest.mark.parametrize("radius", RADII)
@pytest.mark.parametrize("turn", [0.0, 0.7, 1.9, 3.1])
def test_the_quotient_and_its_slope_are_enclosed(radius: float, turn: float) -> None:
    z = radius * cmath.exp(1j * turn)
    with working_precision(30), mp.workdps(80):
        for found, exact in (
            (half_versine_quotient(acb(z)), quotient(mp.mpmathify(z))),
            (half_versine_slope(acb(z)), mp.diff(quotient, mp.mpmathify(z))),
        ):
            for ball, value in ((found.real, exact.real), (found.imag, exact.imag)):
                assert ball.contains(arb(mp.nstr(value, 60)))
                assert ball.rad() < arb(10) ** -30


@pytest.mark.parametrize("digits", [2, 15, 200])
def test_the_taylor_series_is_as_long_as_the_precision_asks_for(digits: int) -> None:
    """Its tail is below 2^-(bits + 10), one term fewer leaves more; it bounds what is left out.

    At |theta| = 2, for H and for H': |a_n| <= pi/(n+1)! is 2 (n+2) times the coefficient or 2 pi
    times, the sum n times its first term or so.
    """
    with working_precision(digits) as bits, mp.workdps(digits + 30):
        series, tail = _taylor_polynomial(0, bits)
        n = series.degree() + 1
        assert tail <= arb(2) ** (-bits - 10) < tail * n / 2
        value = mp.fsum(2**j * coefficient(j) for j in range(n, n + 40))
        rise = mp.fsum(j * 2 ** (j - 1) * coefficient(j) for j in range(n, n + 40))
        found = mp.mpf(tail.mid().str(30, radius=False))
        assert max(value, rise) <= found <= 6 * n * max(value, rise)
        slope, same = _taylor_polynomial(1, bits)
        assert slope.degree() == n - 2 and same == tail


def coefficient(n: int) -> mp.mpf:
    """|a_n|/(2 pi): pi/(n+2)! for even n, (n+1)/(n+2)! for odd n."""
    return (mp.pi if n % 2 == 0 else mp.mpf(n + 1)) / mp.factorial(n + 2) / (2 * mp.pi)


@pytest.mark.parametrize("half", [half_versine_quotient, half_versine_slope])
def test_near_zero_nothing_cancels(half: object) -> None:
    """On a ball about 0 as on one about 1: Taylor's formula has no theta in a denominator."""
    with working_precision(20):
        wide = half(acb(arb(0, 0.01), arb(0, 0.01)))
        assert wide.real.rad() < 0.01
        assert half(acb(arb(0.5, 0.1), 0)).real.rad() < 0.1
        assert half(acb(TAYLOR_RADIUS)).real.is_finite() and half(acb(0)).real.is_finite()


@pytest.mark.parametrize(("centre", "radius"), [(0.0, 0.2), (1.2, 0.1), (1.5, 0.3), (1.7, 0.05)])
def test_wide_balls_inside_the_radius_stay_narrow(centre: float, radius: float) -> None:
    """|H'| <= 1/(6 pi) on [0, pi]: a ball of radius r gives less than r/5."""
    with working_precision(20):
        z = acb(arb(centre, radius), arb(0, radius))
        assert half_versine_quotient(z).real.rad() < radius / 5
        assert half_versine_slope(z).real.rad() < radius / 5
