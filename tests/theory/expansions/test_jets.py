"""Jets on a wide ball: derivatives and ranges hold those at every point of the ball."""

from __future__ import annotations

import mpmath as mp
import pytest
from flint import acb, arb

from theory.expansions.ellipses import RADII
from theory.expansions.jets import Jet, NotAnalytic, _meet
from theory.numbers.balls import working_precision

CENTRE, RADIUS = mp.mpc("0.7", "0.2"), mp.mpf("0.05")
BALL = acb(arb("0.7", "0.05"), arb("0.2", "0.05"))
FUNCTIONS = {
    "z**0": lambda z: z**0,
    "z**1": lambda z: z**1,
    "z**2": lambda z: z**2,
    "z**5": lambda z: z**5,
    "z*z": lambda z: z * z,
    "1/z": lambda z: 1 / z,
    "z/(z+2)": lambda z: z / (z + 2),
    "1-3*z": lambda z: 1 - z * 3,
    "1/(z-1)": lambda z: 1 / (z - 1),
}
NAMED = ("exp", "sin", "cos", "sinh", "cosh", "tan", "sqrt", "log", "erf", "asin", "atan")


def holds(found: acb, value: mp.mpc) -> bool:
    """Within the ball, up to the rounding of the 30 digits that mpmath works with."""
    gap = mp.mpf(10) ** -20
    parts = ((found.real, value.real), (found.imag, value.imag))
    return all(
        mp.mpf(str(b.mid().str(25, radius=False))) - mp.mpf(float(b.rad())) * 1.0001 - gap
        <= v
        <= mp.mpf(str(b.mid().str(25, radius=False))) + mp.mpf(float(b.rad())) * 1.0001 + gap
        for b, v in parts
    )


@pytest.mark.parametrize("name", [*FUNCTIONS, *NAMED])
def test_slope_and_range_hold_the_derivative_and_the_value_at_each_point(name: str) -> None:
    function = FUNCTIONS.get(name) or (lambda z: getattr(z, name)())
    exact = FUNCTIONS.get(name) or getattr(mp, name)
    with working_precision(30), mp.workdps(30):
        jet = function(Jet.variable(BALL))
        for corner in (0, 1, -1, 1j, -1j, mp.mpc(0.6, -0.7)):
            z = CENTRE + RADIUS * mp.mpmathify(corner)
            assert holds(acb(jet.range), mp.mpc(exact(z)))
            assert holds(acb(jet.slope), mp.mpc(mp.diff(exact, z, h=mp.mpf(10) ** -12)))
        # No empty enclosure: at a small ball the slope is the derivative to three digits.
        small = function(Jet.variable(acb(arb("0.7", "1e-5"), arb("0.2", "1e-5"))))
        slope = mp.mpc(mp.diff(exact, CENTRE, h=mp.mpf(10) ** -12))
        found = mp.mpc(float(small.slope.real.mid()), float(small.slope.imag.mid()))
        assert abs(found - slope) <= 1e-3 * (1 + abs(slope))


def test_radii_of_ellipses_fall_and_stay_above_one() -> None:
    assert list(RADII) == sorted(RADII, reverse=True) and min(RADII) > 1


@pytest.mark.parametrize("centre", ["0.3", "-0.3", "-7"])
def test_division_by_what_is_certainly_not_zero_is_possible_on_both_sides(centre: str) -> None:
    with working_precision(30):
        jet = Jet.variable(acb(arb(centre, 0.1)))
        assert (1 / jet).range.real.overlaps(1 / arb(centre)) and (1 / jet).range.real.is_finite()


@pytest.mark.parametrize("centre", ["0", "0.05", "-0.05"])
def test_division_by_what_may_be_zero_is_refused(centre: str) -> None:
    with working_precision(30), pytest.raises(NotAnalytic):
        1 / Jet.variable(acb(arb(centre, 0.1)))


FURTHER = {
    "acos": (lambda z: z.acos(), mp.acos),
    "2 - z": (lambda z: 2 - z, lambda z: 2 - z),
    "z - 3": (lambda z: z - 3, lambda z: z - 3),
    "3 - z*z": (lambda z: 3 - z * z, lambda z: 3 - z * z),
    "z/7": (lambda z: z / 7, lambda z: z / 7),
    "7/z": (lambda z: 7 / z, lambda z: 7 / z),
    "z**-2": (lambda z: z**-2, lambda z: z**-2),
    "1/z unguarded": (lambda z: z.removable_inv(), lambda z: 1 / z),
    "exp(z)*sin(z)": (lambda z: z.exp() * z.sin(), lambda z: mp.exp(z) * mp.sin(z)),
    "z.exp() - z": (lambda z: z.exp() - z, lambda z: mp.exp(z) - z),
    "0F1(3/2; z)": (lambda z: z.hypgeom_0f1(arb(1.5)), lambda z: mp.hyp0f1(1.5, z)),
}


@pytest.mark.parametrize("name", FURTHER)
def test_centres_slopes_and_ranges_of_further_operations(name: str) -> None:
    function, exact = FURTHER[name]
    with working_precision(30), mp.workdps(30):
        jet = function(Jet.variable(BALL))
        point = function(Jet.variable(acb(arb("0.7").mid(), arb("0.2").mid())))
        assert point.step is None and jet.step is not None
        assert abs(complex(point.range) - complex(exact(CENTRE))) < 1e-14
        assert abs(complex(jet.mid) - complex(exact(CENTRE))) < 1e-14
        for corner in (0, 1, -1, 1j, -1j, mp.mpc(0.6, -0.7)):
            z = CENTRE + RADIUS * mp.mpmathify(corner)
            assert holds(acb(jet.range), mp.mpc(exact(z)))
            assert holds(acb(jet.slope), mp.mpc(mp.diff(exact, z, h=mp.mpf(10) ** -12)))
        small = function(Jet.variable(acb(arb("0.7", "1e-5"), arb("0.2", "1e-5"))))
        slope = complex(mp.diff(exact, CENTRE, h=mp.mpf(10) ** -12))
        assert abs(complex(small.slope.real.mid(), small.slope.imag.mid()) - slope) <= 1e-3 * (1 + abs(slope))
        # |f - f(centre)| <= |f'| |step|: no range is wider than its mean value form, and a hundredth
        most = 1.01e-5 * (abs(slope.real) + abs(slope.imag)) + 1e-9
        assert float(small.range.real.rad()) <= most and float(small.range.imag.rad()) <= most


def test_a_ball_of_radius_zero_is_a_point_whichever_part_is_exact() -> None:
    assert Jet.variable(acb(2, 3)).step is None
    for ball in (acb(arb(2, 0.5), 3), acb(2, arb(3, 0.5)), acb(arb(2, 0.5), arb(3, 0.5))):
        jet = Jet.variable(ball)
        assert jet.step is not None and jet.mid == acb(2, 3)
        assert jet.step.contains(ball - acb(2, 3)) and jet.slope == 1


GUARDED = {  # allowed and refused centres of balls of radius 1/10
    "sqrt": ((0.2, 0.2 + 5j), (0.05, -0.5, 5j)),
    "log": ((0.2, 0.2 + 5j), (0.05, -0.5, 5j)),
    "asin": ((0.8, -0.8, 3j, 2 + 3j), (0.95, 1.5, -0.95, 2 + 1j)),
    "acos": ((0.8, -0.8, 3j), (0.95, 1.5, -0.95)),
    "atan": ((0.8j, -0.8j, 3, 3 + 2j), (0.95j, 1.5j, -0.95j, 1 + 2j)),
    "inv": ((0.2, -0.2, 0.2 + 5j), (0.05, 5j, 0)),
}


@pytest.mark.parametrize("name", GUARDED)
def test_branch_points_and_poles_are_refused_where_the_ball_may_reach_them(name: str) -> None:
    allowed, refused = GUARDED[name]
    for centre in allowed:
        jet = Jet.variable(acb(arb(complex(centre).real, 0.1), arb(complex(centre).imag, 0.1)))
        assert getattr(jet, name)().range.is_finite()
    for centre in refused:
        jet = Jet.variable(acb(arb(complex(centre).real, 0.1), arb(complex(centre).imag, 0.1)))
        with pytest.raises(NotAnalytic, match="may vanish" if name == "inv" else "Re > 0 is not certified"):
            getattr(jet, name)()


def test_a_relu_layer_is_refused_where_its_roots_are_not_certified() -> None:
    """H(theta) = (1 - k1(cos theta))/(2 theta^2) is 1/4 at 0; cos(theta'/2)^2 = 1 - theta^2 r H."""
    for theta, r in ((0.0, 1), (1.0, 1), (3.0, 0.5), (3.0, 1)):
        s, angle = Jet.variable(acb(theta)).relu_layer(arb(r))
        k1 = (mp.sin(theta) + (mp.pi - theta) * mp.cos(theta)) / mp.pi
        assert abs(float(s.range.real) - mp.sqrt(r * (1 - k1) / 2)) < 1e-12
        assert abs(float(angle.range.real) - 2 * mp.asin(mp.sqrt(r * (1 - k1) / 2))) < 1e-12
    with pytest.raises(NotAnalytic, match=r"Re s\^2/theta\^2 > 0"):
        Jet.variable(acb(arb(3, 2.9), arb(0, 8))).relu_layer(arb(1))
    with pytest.raises(NotAnalytic, match=r"Re cos\(theta'/2\)\^2 > 0"):
        Jet.variable(acb(3.0)).relu_layer(arb(3))


def test_of_two_enclosures_the_intersection_is_kept_and_an_infinite_one_is_dropped() -> None:
    wide, other = acb(arb(0, 2), arb(0, 2)), acb(arb(1.5, 1), arb(-1, 2))
    met = _meet(wide, other)
    assert met.real.lower() <= 0.5 and met.real.upper() >= 2
    assert met.imag.lower() <= -2 and met.imag.upper() >= 1
    assert met.real.rad() < 0.76 and met.imag.rad() < 1.51
    infinite = acb(arb.nan(), arb(0))
    assert _meet(wide, infinite) == wide or str(_meet(wide, infinite)) == str(wide)
    assert str(_meet(infinite, other)) == str(other)
