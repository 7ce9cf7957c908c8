"""The angle route's evaluator at one point, against mpmath; its exponents at the two ends."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import acb, arb
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from theory.kernels import Compose, ExponentialPower, Gaussian, Laplace, Matern, PowerSeries
from theory.precision import working_precision
from theory.routes.branches import _exponents
from theory.routes.continuation import start
from theory.routes.jet import Jet

EXPONENTS = st.fractions(Fraction(-2), Fraction(3), max_denominator=4)


@given(st.fractions(Fraction(1, 10), Fraction(3), max_denominator=50), EXPONENTS)
def test_a_power_of_the_half_sine_is_that_power(angle: Fraction, exponent: Fraction) -> None:
    """On a node, and on a jet off both ends: (sin(theta/2))^e to 1e-25."""
    with working_precision(40), mp.workdps(40):
        right = mp.sin(mp.mpf(angle.numerator) / angle.denominator / 2) ** (
            mp.mpf(exponent.numerator) / exponent.denominator
        )
        node = arb(angle.numerator) / angle.denominator
        found = start(node, None, None, 1, 1).sine_power(exponent)
        assert abs(found - arb(mp.nstr(right, 38))) < arb(10) ** -25


@pytest.mark.parametrize("exponent", [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(5, 4)])
@pytest.mark.parametrize(("centre", "local"), [(0.6, True), (0.6, False), (0.5 + 0.5j, True), (-0.6, True)])
def test_a_jet_holds_the_power_all_over_its_ball(exponent: Fraction, centre: complex, local: bool) -> None:
    """theta = x^4: (sin(theta/2))^e is (sin(x^4/2)/x^4)^e x^(4e), on a path around x = 0 too."""
    e, order = mp.mpf(exponent.numerator) / exponent.denominator, int(4 * exponent)
    with working_precision(30), mp.workdps(30):
        x = Jet.variable(acb(arb(centre.real, 0.005), arb(centre.imag, 0.005)))
        found = start(x**4, x if local else None, None, 4, 1).sine_power(exponent)
        for corner in (0, 1, -1, 1j, mp.mpc(0.6, -0.7)):
            z = mp.mpmathify(centre) + mp.mpmathify(corner) / 200
            value = (mp.sin(z**4 / 2) / z**4) ** e * z**order
            assert found.range.real.overlaps(arb(mp.nstr(mp.re(value), 25), 1e-20))
            assert found.range.imag.overlaps(arb(mp.nstr(mp.im(value), 25), 1e-20))
        assert found.range.real.rad() + found.range.imag.rad() < 0.1


@pytest.mark.parametrize(("a", "b"), [(Fraction(1), Fraction(1)), (Fraction(1, 2), Fraction(3))])
def test_exponents_at_the_ends_are_those_of_the_expansions(a: Fraction, b: Fraction) -> None:
    """s = O(x^a), c = O(y^b): exp(-2 c s^2) has s^2 alone, |s|^g the power g, Matern s^2 and s^(2 nu)."""
    assert _exponents(Gaussian(rate=1), a, b) == ({2 * a}, {2 * b})
    assert _exponents(PowerSeries((1, 1)), a, b) == ({2 * a}, {2 * b})
    assert _exponents(ExponentialPower(rate=1, power=Fraction(1, 2)), a, b) == ({a / 2}, {2 * b})
    assert _exponents(Matern(nu=Fraction(3, 2), lengthscale=1), a, b) == ({2 * a, 3 * a}, {2 * b})
    near, far = _exponents(Compose(Gaussian(rate=1), Laplace(rate=1)), a, b)
    assert near >= _exponents(Laplace(rate=1), a, b)[0] and far >= _exponents(Laplace(rate=1), a, b)[1]


def layer(theta: mp.mpc, r: float) -> mp.mpc:
    """sin(theta'/2) = sqrt(r (1 - k1(cos theta))/2), about theta = 0.6 + 0.2i."""
    k1 = (mp.sin(theta) + (mp.pi - theta) * mp.cos(theta)) / mp.pi
    return mp.sqrt(r * (1 - k1) / 2)


@pytest.mark.parametrize("r", [1.0, 0.5])
def test_one_relu_layer_holds_the_next_angle_and_its_slope(r: float) -> None:
    """Values and derivatives of sin(theta'/2) and theta', theta = 3 x, at points of the ball of x."""
    def sine(x: mp.mpc) -> mp.mpc:
        return layer(3 * x, r)

    def angle(x: mp.mpc) -> mp.mpc:
        return 2 * mp.asin(sine(x))

    with working_precision(30), mp.workdps(30):
        x = Jet.variable(acb(arb(0.2, 0.002), arb(0.06, 0.002)))
        for found, exact in zip((x * 3).relu_layer(arb(r)), (sine, angle), strict=True):
            for corner in (0, 1, -1, 1j, -1j):
                z = mp.mpc(0.2, 0.06) + mp.mpmathify(corner) / 500
                for ball, value in ((found.range, exact(z)), (found.slope, mp.diff(exact, z))):
                    assert ball.real.overlaps(arb(mp.nstr(mp.re(value), 20), 1e-10))
                    assert ball.imag.overlaps(arb(mp.nstr(mp.im(value), 20), 1e-10))
            assert found.range.real.rad() + found.slope.real.rad() < 0.1
