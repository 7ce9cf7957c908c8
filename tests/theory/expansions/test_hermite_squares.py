"""Hermite coefficients of tanh: bounds of the trapezoidal rule hold and are not far too large."""

from __future__ import annotations

from functools import cache

import mpmath as mp
import pytest
from flint import arb

from theory.expansions.hermite_squares import _nodes, _tail, _trapezoid, tanh_hermite_squares
from theory.numbers.balls import working_precision

PIECES = [-14, -7, -3, -1, 0, 1, 3, 7, 14]
TERMS = 4
STEPS = [(2, 20), (4, 52), (8, 130)]  # 1/h and the number of nodes: the error of the step dominates


def density(u: mp.mpc) -> mp.mpc:
    return mp.exp(-u * u / 2) / mp.sqrt(2 * mp.pi)


def hermite(n: int, u: mp.mpc) -> mp.mpc:
    """He_n(u)/sqrt(n!)."""
    return sum(
        (-1) ** j
        * mp.sqrt(mp.factorial(n))
        * u ** (n - 2 * j)
        / (mp.factorial(j) * mp.factorial(n - 2 * j) * mp.mpf(2) ** j)
        for j in range(n // 2 + 1)
    )


@cache
def expectation(power: int, n: int, shift: int = 0) -> mp.mpf:
    """E[tanh^power h_n]; with a shift, the integral of the modulus on the line Im u = shift."""

    def integrand(u: mp.mpf) -> mp.mpf:
        z = u + 1j * shift
        value = mp.tanh(z) ** power * hermite(n, z) * density(z)
        return abs(value) if shift else mp.re(value)

    with mp.workdps(15 if shift else 25):  # of a modulus two digits are enough
        return mp.quad(integrand, PIECES)


def in_mpmath(value: arb) -> tuple[mp.mpf, mp.mpf]:
    """Middle and radius."""
    return tuple(mp.mpf(int(m)) * mp.mpf(2) ** int(e) for m, e in (value.mid().man_exp(), value.rad().man_exp()))


@pytest.mark.parametrize(("inverse", "cut"), STEPS)
def test_the_error_of_the_step_is_that_of_the_theorem(inverse: int, cut: int) -> None:
    """2 B/(e^(2 pi/h) - 1), B the integral of |f(u + i)| itself or at most five times that."""
    with working_precision(25), mp.workdps(25):
        squares, square, fourth = _trapezoid(TERMS, arb(1) / inverse, cut)
        beyond = 2 / mp.expm1(2 * mp.pi * inverse)
        for n in range(1, TERMS, 2):
            middle, radius = in_mpmath(squares[n])
            exact, bound = expectation(1, n), beyond * expectation(1, n, 1)
            assert abs(middle - exact**2) <= radius
            least, most = (2 * abs(exact) * e + e**2 for e in (bound, 5 * bound))
            assert least <= radius <= most
        for power, value in ((2, square), (4, fourth)):
            middle, radius = in_mpmath(value)
            bound = beyond * expectation(power, 0, 1)
            assert abs(middle - expectation(power, 0)) <= radius and bound <= radius <= 5 * bound


@pytest.mark.parametrize(("inverse", "cut"), [(4, 6), (4, 12), (16, 30), (16, 80)])
def test_the_tail_is_above_the_sum_and_below_four_times_that(inverse: int, cut: int) -> None:
    """Both sides of what Cramer's bound leaves beyond the last node."""
    with mp.workdps(20):
        total = 2 * mp.fsum(
            mp.mpf("0.4335") / inverse * mp.exp(-((mp.mpf(j) / inverse) ** 2) / 4)
            for j in range(cut + 1, cut + 40 * inverse)
        )
        with working_precision(20):
            bound = in_mpmath(_tail(arb(1) / inverse, cut))[0]
        assert total <= bound <= 4 * total


@pytest.mark.parametrize("n", range(8))
def test_cramers_bound_holds_and_is_attained_at_zero(n: int) -> None:
    """|h_n(u)| phi(u) <= .4335 e^(-u^2/4); for n = 0 to the digits printed."""
    with mp.workdps(20):
        ratios = [abs(hermite(n, u)) * density(u) * mp.exp(u * u / 4) for u in mp.linspace(0, 9, 91)]
        assert max(ratios) <= mp.mpf("0.4335") and (n or max(ratios) > mp.mpf("0.39"))


@pytest.mark.parametrize(("terms", "digits"), [(4, 10), (64, 100), (400, 1), (900, 30)])
def test_nodes_leave_the_digits_asked_for_and_few_more(terms: int, digits: int) -> None:
    step, cut = _nodes(terms, digits)
    with working_precision(20), mp.workdps(20):
        h = in_mpmath(step)[0]
        strip = mp.log10(2 * mp.tan(1)) + (mp.mpf("0.5") + mp.sqrt(terms - 1)) / mp.log(10)
        left = [2 * mp.pi / h / mp.log(10) - strip, -mp.log10(in_mpmath(_tail(step, cut))[0])]
    # A fortieth of the digits, 5 and a whole number of nodes in the unit are what is given away.
    for found in left:
        assert digits < found < digits * 1.05 + 9


@pytest.mark.parametrize(("terms", "digits"), [(8, 15), (8, 60), (200, 40)])
def test_squares_have_the_digits_of_the_working_precision(terms: int, digits: int) -> None:
    with working_precision(digits, 0):
        squares, square, fourth = tanh_hermite_squares(terms)
    assert len(squares) == terms and all(b.is_zero() for b in squares[::2])
    with mp.workdps(25):
        for value in (*squares[1::2], square, fourth):
            assert in_mpmath(value)[1] < mp.mpf(10) ** -digits
        for n in (1, 3, 5, 7):
            assert abs(in_mpmath(squares[n])[0] - expectation(1, n) ** 2) < mp.mpf(10) ** -min(digits, 18)
        total = mp.fsum(in_mpmath(b)[0] for b in squares)
        # Parseval: what higher degrees hold.
        assert 0 < in_mpmath(square)[0] - total < mp.mpf(3) / terms
