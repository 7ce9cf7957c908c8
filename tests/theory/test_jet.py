"""Jets on a wide ball: derivatives and ranges hold those at every point of the ball."""

from __future__ import annotations

import mpmath as mp
import pytest
from flint import acb, arb

from theory.precision import working_precision
from theory.routes.ellipse import RADII
from theory.routes.jet import Jet, NotAnalytic

CENTRE, RADIUS = mp.mpc("0.7", "0.2"), mp.mpf("0.05")
BALL = acb(arb("0.7", "0.05"), arb("0.2", "0.05"))
FUNCTIONS = {
    "z**0": lambda z: z**0, "z**1": lambda z: z**1, "z**2": lambda z: z**2, "z**5": lambda z: z**5,
    "z*z": lambda z: z * z, "1/z": lambda z: 1 / z, "z/(z+2)": lambda z: z / (z + 2),
    "1-3*z": lambda z: 1 - z * 3, "1/(z-1)": lambda z: 1 / (z - 1),
}  # fmt: skip
NAMED = ("exp", "sin", "cos", "sinh", "cosh", "tan", "sqrt", "log", "erf", "asin", "atan")


def holds(found: acb, value: mp.mpc) -> bool:
    """Within the ball, up to the rounding of the 30 digits that mpmath works with."""
    gap = mp.mpf(10) ** -20
    parts = ((found.real, value.real), (found.imag, value.imag))
    return all(mp.mpf(str(b.mid().str(25, radius=False))) - mp.mpf(float(b.rad())) * 1.0001 - gap <= v
               <= mp.mpf(str(b.mid().str(25, radius=False))) + mp.mpf(float(b.rad())) * 1.0001 + gap
               for b, v in parts)  # fmt: skip


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
