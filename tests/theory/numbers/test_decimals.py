"""Rounding against the decimal module of Python, and the layout at each of its borders."""

from __future__ import annotations

import sys
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from theory.numbers.decimals import (
    decimal_fraction,
    exact_decimal,
    floor_log10,
    layout,
    power_of_ten,
    round_interval,
    round_significant,
    round_up,
)

EXPONENTS = [*range(-31, 32), -400, 400]
POSITIVE = st.builds(
    lambda n, m, e: Fraction(n, m) * Fraction(10) ** e,
    st.integers(1, 10**12),
    st.integers(1, 10**12),
    st.integers(-50, 50),
)
DIGITS = st.integers(1, 40)


def in_python(value: Fraction, digits: int, rounding: str) -> Decimal:
    """One division of the decimal module, which rounds correctly."""
    context = Context(prec=digits, rounding=rounding, Emax=10**6, Emin=-(10**6))
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def digits_of(text: str) -> int:
    """Significant digits written, zeros at the end counted."""
    return len(text.lstrip("-").partition("e")[0].replace(".", "").lstrip("0"))


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_the_floor_of_the_logarithm_changes_at_each_power_of_ten(exponent: int) -> None:
    power, tiny = Fraction(10) ** exponent, Fraction(1, 10**450)
    assert [floor_log10(v) for v in (power - tiny, power, power + tiny, 9 * power, 2 * power)] == [
        exponent - 1,
        exponent,
        exponent,
        exponent,
        exponent,
    ]


@given(POSITIVE)
def test_the_floor_of_the_logarithm_is_that_of_the_definition(value: Fraction) -> None:
    assert Fraction(10) ** floor_log10(value) <= value < Fraction(10) ** (floor_log10(value) + 1)


def test_powers_of_ten() -> None:
    assert [power_of_ten(n) for n in (0, 1, 5)] == [1, 10, 100_000]


@given(POSITIVE, DIGITS, st.sampled_from([1, -1]))
@example(Fraction(25, 1000), 1, 1)
@example(Fraction(35, 1000), 1, -1)
@example(Fraction(999_999_5, 10), 7, 1)
@example(Fraction(9996, 1), 3, 1)
def test_rounding_is_that_of_the_decimal_module(value: Fraction, digits: int, sign: int) -> None:
    text = round_significant(sign * value, digits)
    wanted = in_python(value, digits, ROUND_HALF_EVEN)
    assert Decimal(text) == (wanted if sign > 0 else wanted.copy_negate())
    assert Fraction(text) == decimal_fraction(text)
    whole = 0 if "e" in text else wanted.adjusted() + 1
    assert digits_of(text) == max(digits, whole)


@given(POSITIVE)
@example(Fraction(9991, 10**9))
@example(Fraction(100, 1))
def test_a_radius_is_rounded_up_to_three_digits(value: Fraction) -> None:
    text = round_up(value)
    assert Decimal(text) == in_python(value, 3, ROUND_CEILING) and digits_of(text) >= 3


def test_zero_is_written_alone() -> None:
    zero = Fraction(0)
    assert (round_significant(zero, 5), round_up(zero), exact_decimal(zero)) == ("0", "0", "0")
    assert decimal_fraction("0") == 0


LAYOUTS = {
    ("1", -5): "0.00001",
    ("125", -5): "0.0000125",
    ("1", -6): "1e-06",
    ("125", -6): "1.25e-06",
    ("7", -1): "0.7",
    ("7", 0): "7",
    ("75", 0): "7.5",
    ("75", 1): "75",
    ("75", 2): "750",
    ("753", 1): "75.3",
    ("1", 20): "1" + "0" * 20,
    ("1", 21): "1e+21",
    ("12", 21): "1.2e+21",
    ("3" * 21, 20): "3" * 21,
    ("3" * 22, 21): "3" * 22,
    ("3" * 22, 22): "3." + "3" * 21 + "e+22",
    ("3" * 22, 20): "3" * 21 + ".3",
    ("1", 100): "1e+100",
    ("2", -100): "2e-100",
}


@pytest.mark.parametrize(("digits", "exponent"), LAYOUTS)
def test_decimals_near_one_are_plain_and_others_scientific(digits: str, exponent: int) -> None:
    assert layout(digits, exponent) == LAYOUTS[digits, exponent]


@given(POSITIVE, st.fractions(0, Fraction(1, 50), max_denominator=10**6), st.integers(1, 6), st.sampled_from([1, -1]))
@example(Fraction(99_995, 10), Fraction(1, 10**6), 4, 1)
@example(Fraction(1, 4), Fraction(0), 1, -1)
def test_an_interval_is_rounded_where_both_ends_agree(value: Fraction, width: Fraction, digits: int, sign: int) -> None:
    """The radius is the distance of the farther end, rounded up to three digits and no more."""
    ends = sorted((sign * value, sign * value * (1 + width)))
    denominator = ends[0].denominator * ends[1].denominator
    low, high = (int(end * denominator) for end in ends)
    texts = {round_significant(end, digits) for end in ends}
    found = round_interval(low, high, denominator, digits)
    if len(texts) == 2:
        assert found is None
    else:
        (text,) = texts
        assert found == (text, round_up(max(abs(Fraction(text) - end) for end in ends)))


def test_an_interval_that_reaches_zero_rounds_to_nothing() -> None:
    for low, high in ((0, 1), (-1, 0), (-1, 1), (0, 0)):
        assert round_interval(low, high, 10**9, 3) is None
    assert round_interval(1, 1, 8, 3) == ("0.125", "0") and round_interval(-1, -1, 8, 3) == ("-0.125", "0")


def test_ends_of_the_same_digits_a_decade_apart_are_not_one_value() -> None:
    assert round_interval(1, 10, 1, 1) is None and round_interval(-10, -1, 1, 1) is None


@given(st.integers(-(10**15), 10**15), st.integers(0, 25), st.integers(0, 25))
@example(1, 0, 5)
@example(-1000, 0, 0)
@example(3, 4, 1)
def test_a_finite_decimal_is_written_in_full(units: int, twos: int, fives: int) -> None:
    value = Fraction(units, 2**twos * 5**fives)
    text = exact_decimal(value)
    assert Fraction(text) == value
    assert "." not in text or not text.partition("e")[0].endswith("0")


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(-5, 7), Fraction(1, 30)])
def test_a_fraction_without_finite_decimal_is_refused(value: Fraction) -> None:
    with pytest.raises(ValueError, match="no finite decimal expansion"):
        exact_decimal(value)


def test_texts_beyond_the_limit_of_int_are_read() -> None:
    length = sys.get_int_max_str_digits() + 100
    text = "-" + "3" * length + "." + "3" * length + "e+02"
    ones = Fraction(10**length - 1, 9) * (1 + Fraction(1, 10**length))
    assert decimal_fraction(text) == -300 * ones
