"""The angle route's evaluator at one point, against mpmath; its exponents at the two ends."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import acb, arb
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from tests.theory.kernel_list import ALL, ODD_INNER, SMOOTH, TANH
from theory.expansions.angle_points import start
from theory.expansions.ellipses import Piece
from theory.expansions.in_the_angle import continued, kernel_value
from theory.expansions.jets import Jet, NotAnalytic
from theory.expansions.maclaurin import maclaurin
from theory.kernels import (
    NTK,
    Compose,
    Dual,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    PowerSeries,
    Product,
    Sum,
    Zonal,
)
from theory.kernels.end_exponents import _exponents
from theory.numbers.balls import NotCertified, working_precision
from theory.spectra.routes.angle import pieces
from theory.spectra.routes.oracle import kappa
from theory.statements.falsifier.kernels import kappa_number

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


def logarithmic(kernel: Kernel) -> bool:
    """Matern kernels of integer order, alone or below."""
    match kernel:
        case Sum(parts) | Product(parts):
            return any(map(logarithmic, parts))
        case Multiple(_, inner):
            return logarithmic(inner)
    return isinstance(kernel, Matern) and Fraction(kernel.nu).denominator == 1


EVALUATED = [kernel for kernel in ALL if not logarithmic(kernel)] + [
    Compose(PowerSeries((1, 2)), Laplace(1)),
    Compose(Zonal("acos(t)**2"), ODD_INNER),
    Zonal("(1-t)**(1/2)*exp(-2)/(2+t)**(-3)"),
    Zonal("asin(t) + acos(t**3)/2 + asin(t/2)"),
    Zonal("(2+t)**t"),
    Zonal("(3+t+exp(t))**(1/3) - t - 1/4 - theta"),
    Zonal("(1-t)**2*(1+t)**3*t"),
    Zonal("((1-t)**2*(1+t))**(1/3)"),
    Compose(Zonal("(1-t)**(1/4)"), ODD_INNER),
    Compose(Zonal("(1-t)**(1/2)"), ODD_INNER),
    Compose(Zonal("sqrt((1-t)*(1+t)**3*(2+t))"), ODD_INNER),
    Compose(Laplace(2), Compose(ODD_INNER, ODD_INNER)),
    Compose(Matern(Fraction(4, 3), 2), ODD_INNER),
    Compose(ExponentialPower(1, Fraction(1, 2)), Laplace(1)),
]


@pytest.mark.parametrize("kernel", [*EVALUATED, Compose(NTK(2), Zonal("t**2"))], ids=repr)
def test_values_at_nodes_are_those_of_the_formulas_in_t(kernel: Kernel) -> None:
    with working_precision(40), mp.workdps(40):
        for angle in (Fraction(1, 8), Fraction(7, 4), Fraction(3)):
            right = kappa(kernel, mp.cos(mp.mpf(angle.numerator) / angle.denominator))
            found = kernel_value(kernel, arb(angle.numerator) / angle.denominator)
            assert abs(found - arb(mp.nstr(right, 38))) < arb(10) ** -30 * max(1, abs(int(right)))


def extrapolated(kernel: Kernel, piece: Piece, x: mp.mpc) -> mp.mpc:
    """The polynomial through 24 values for x in (0, 1/2): analytic as far as the next singularity."""
    count, power = 24, -piece.q if piece.right else piece.q
    nodes = [(1 - mp.cos((2 * i + 1) * mp.pi / (2 * count))) / 4 for i in range(count)]
    weights = [(-1) ** i * mp.sin((2 * i + 1) * mp.pi / (2 * count)) for i in range(count)]
    angles = [mp.pi - y**-power if piece.right else y**power for y in nodes]
    parts = [w / (x - y) for w, y in zip(weights, nodes, strict=True)]
    values = [kappa(kernel, mp.cos(angle)) for angle in angles]
    return mp.fsum(p * v for p, v in zip(parts, values, strict=True)) / mp.fsum(parts)


@pytest.mark.parametrize("kernel", EVALUATED, ids=repr)
def test_values_beyond_the_ends_continue_those_on_the_interval(kernel: Kernel) -> None:
    """At complex points on both sides of x = 0, for x on [0, pi] and on each half."""
    with working_precision(40), mp.workdps(40):
        found_pieces = pieces(kernel)
        halves = {Piece(p.q, p.right, high=Fraction(1, 2)) for p in found_pieces}
        if len(found_pieces) == 1:
            halves.add(Piece(1, True, high=Fraction(1, 2)))
        for piece in {*found_pieces, *halves}:
            for at in (0.2 + 0.03j, -0.03 + 0.02j, -0.02 - 0.04j, 0.001j):
                found = continued(kernel, piece.point(Jet.variable(acb(at.real, at.imag))))
                right = extrapolated(kernel, piece, mp.mpc(at))
                assert abs(complex(found.mid) - complex(right)) < 1e-9 * (1 + abs(complex(right)))


@pytest.mark.parametrize("kernel", [NTK(3), Laplace(1), Compose(Laplace(1), ODD_INNER), Zonal("theta*(t+1)")], ids=repr)
def test_values_beyond_the_right_end_of_the_whole_interval_continue_too(kernel: Kernel) -> None:
    """pi - theta = 0.03 (-1 + i), by the values on the left of pi."""
    with working_precision(40), mp.workdps(40):
        beyond = acb(arb.pi() + arb(0.03), arb(-0.03))
        found = continued(kernel, Piece().point(Jet.variable(beyond)))
        right = extrapolated(kernel, Piece(1, True, high=Fraction(1, 2)), mp.mpc(-0.03, 0.03))
        assert abs(complex(found.range) - complex(right)) < 1e-9


@pytest.mark.parametrize(
    ("kernel", "why"),
    [
        *((kernel, "no continuation") for kernel in TANH + SMOOTH),
        (Matern(1, 1), "a logarithm at 0"),
        (Matern(2, 1) + Gaussian(1), "a logarithm at 0"),
        (Dual("tanh") * Laplace(1), "try route series"),
    ],
    ids=repr,
)
def test_kernels_without_a_continuation_are_refused_by_name(kernel: Kernel, why: str) -> None:
    with working_precision(20), pytest.raises(NotCertified, match=why):
        continued(kernel, Piece().point(Jet.variable(acb(1, 0.1))))
    with working_precision(20), mp.workdps(20):
        assert abs(kernel_value(kernel, arb(1)) - arb(str(kappa_number(kernel, mp.cos(1))))) < 1e-12  # real angles are


@pytest.mark.parametrize("kernel", TANH + SMOOTH, ids=repr)
def test_values_of_smooth_duals_are_those_of_their_power_series(kernel: Kernel) -> None:
    """At cos(1), and at both ends: sum_n b_n t^n, of which little is left out."""
    with working_precision(20):
        squares = maclaurin(kernel, 600)
        for theta in (arb(1), arb(0), arb.pi()):
            found, t = kernel_value(kernel, theta), theta.cos()
            assert abs(found - sum((b * t**n for n, b in enumerate(squares)), arb(0))) < 1e-12
            assert found.rad() < 1e-12


@pytest.mark.parametrize(
    ("exponent", "q", "local", "allowed"),
    [
        (Fraction(1, 2), 2, True, True),
        (Fraction(1, 2), 1, True, False),
        (Fraction(1, 2), 1, False, True),
        (Fraction(1, 3), 2, True, False),
        (Fraction(-1, 2), 2, True, False),
        (Fraction(-1, 2), 2, False, True),
        (Fraction(-1), 1, True, False),
        (Fraction(0), 1, True, True),
        (Fraction(3), 1, True, True),
    ],
)
def test_powers_of_the_half_sine_are_refused_where_they_branch_or_blow_up(
    exponent: Fraction, q: int, local: bool, allowed: bool
) -> None:
    with working_precision(20):
        x = Jet.variable(acb(0.5, 0.1))
        point = start(x**q, x if local else None, None, q, 1)
        if allowed:
            assert point.sine_power(exponent).mid.is_finite()
            return
        with pytest.raises(NotAnalytic, match="a pole or a branch point"):
            point.sine_power(exponent)


def test_the_mirrored_point_has_the_other_end_s_coordinates() -> None:
    with working_precision(20):
        x, y = Jet.variable(acb(0.5, 0.1)), Jet.variable(acb(0.25))
        here = start(x, x, y, 2, 3)
        there = here.mirrored()
        assert (there.x, there.y, there.q, there.p) == (y, x, 3, 2)
        assert (there.s, there.c) == (here.c, here.s) and there.mirrored().q == 2
        assert (there.t.mid + here.t.mid).overlaps(acb(0))
        assert (there.theta.mid + here.theta.mid).overlaps(acb.pi())
