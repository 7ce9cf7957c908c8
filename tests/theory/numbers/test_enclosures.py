"""Exact intervals: how many digits they are certain of."""

from __future__ import annotations

from fractions import Fraction
from math import inf, log10

from hypothesis import given
from hypothesis import strategies as st

from theory.numbers.balls import Enclosure
from theory.numbers.decimals import decimal_fraction, round_significant

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


@given(
    st.integers(-(2**60), 2**60),
    st.integers(-80, 20),
    st.integers(0, 2**10),
    st.sampled_from([-70, -30, -3, 0, 2]),
    st.integers(1, 20),
    st.sampled_from([Fraction(1), Fraction(-3), Fraction(2, 7)]),
)
def test_a_decimal_is_what_both_ends_round_to_and_no_further_than_its_radius(
    mid: int, mid_power: int, rad: int, rad_power: int, digits: int, factor: Fraction
) -> None:
    found = Enclosure((mid, mid_power), (rad, rad_power))
    ends = [found.lower * factor, found.upper * factor]
    rounded = {round_significant(end, digits) for end in ends}
    printed = found.decimal(digits, factor)
    if printed is None:
        assert rad and (len({decimal_fraction(text) for text in rounded}) > 1 or min(ends) <= 0 <= max(ends))
    else:
        value, radius = decimal_fraction(printed[0]), decimal_fraction(printed[1])
        assert {decimal_fraction(text) for text in rounded} == {value}
        assert all(abs(value - end) <= radius for end in ends)
        assert radius < abs(ends[0] - ends[1]) + abs(value) * Fraction(6, 10**digits) or not value
