"""Exact intervals: how many digits they are certain of."""

from __future__ import annotations

from fractions import Fraction
from math import inf, log10

from hypothesis import given
from hypothesis import strategies as st

from theory.precision import Enclosure

EXPONENTS = st.integers(-4000, 4000)


@given(st.integers(1, 2**80), EXPONENTS, st.integers(1, 2**30), EXPONENTS)
def test_certain_digits_are_those_of_the_relative_radius_within_two_bits(
    mid: int, mid_power: int, rad: int, rad_power: int
) -> None:
    """-log10(rad/mid), rounded down by at most two bits; 0 where the interval holds 0."""
    found = Enclosure((mid, mid_power), (rad, rad_power))
    bits = mid_power - rad_power  # beyond what a float holds
    exact = log10(mid) - log10(rad) + bits * log10(2)
    if found.lower <= 0:
        assert found.accuracy() == 0
    else:
        assert max(0, exact - 2 * log10(2)) - 1e-9 <= found.accuracy() <= max(0, exact) + 1e-9
    assert Enclosure((-mid, mid_power), (rad, rad_power)).accuracy() == found.accuracy()


def test_an_exact_value_is_certain_of_all_digits() -> None:
    assert Enclosure((3, 0)).accuracy() == inf
    assert Enclosure((3, 0)).contains(3) and not Enclosure((3, 0)).contains(Fraction(301, 100))
