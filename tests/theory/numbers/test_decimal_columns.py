"""Columns of decimals against one exact rounding at a time."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, fmpq
from hypothesis import example, given
from hypothesis import strategies as st

from theory.numbers.balls import Enclosure, working_precision
from theory.numbers.decimal_columns import certain_column, decimal_column, fixed_point
from theory.numbers.decimals import decimal_fraction

FRACTIONS = st.fractions(max_denominator=10**9).filter(bool)


def balls(values: list[Fraction], bits: int, scale: int) -> list[arb]:
    """A ball around 10^scale times each value, with a relative radius of 2^-bits."""
    with working_precision(100):
        middles = [arb(fmpq(v.numerator, v.denominator)) * arb(10) ** scale for v in values]
        return [arb(m.mid(), (abs(m) * arb(2) ** -bits).upper()) for m in middles]


@given(
    st.lists(FRACTIONS, min_size=1, max_size=5),
    st.integers(1, 40),
    st.integers(20, 250),
    st.integers(-60, 60),
    st.integers(1, 10**12),
    st.integers(1, 10**6),
)
@example([Fraction(1, 2), Fraction(3, 2)], 1, 60, 0, 1, 1)  # ties
@example([Fraction(1), Fraction(999_999, 1_000_000), Fraction(10)], 3, 200, 0, 1, 1)  # powers of ten
@example([Fraction(-1, 3), Fraction(1, 3)], 10, 200, -7, 3, 1)
def test_what_is_given_is_the_correct_rounding(
    values: list[Fraction], digits: int, bits: int, scale: int, over: int, under: int
) -> None:
    given_balls = balls(values, bits, scale)
    fixed = [fixed_point(b) for b in given_balls]
    factor = Fraction(over, under)
    products = decimal_column(fixed, [(over, under)] * len(fixed), digits)
    for ball, own, product in zip(given_balls, certain_column(fixed, digits), products, strict=True):
        enclosure = Enclosure.of(ball)
        if own is not None:
            assert enclosure.decimal(digits)[0] == own[0]
            shown, radius = map(decimal_fraction, own)
            assert shown - radius <= enclosure.lower and enclosure.upper <= shown + radius
            assert radius < Fraction(6, 10) * Fraction(10) ** -digits * 10 * abs(shown)
        assert product is None or enclosure.decimal(digits, factor)[0] == product


def test_nearly_all_are_given() -> None:
    """30 digits of balls of 40 and more: none is near a tie by chance."""
    with working_precision(60):
        values = [arb(k).sqrt() * arb(10) ** (k % 30 - 40) for k in range(2, 400) if int(k**0.5) ** 2 != k]
    fixed = [fixed_point(v) for v in values]
    own = certain_column(fixed, 30)
    assert None not in own and None not in decimal_column(fixed, ((k, 3) for k in range(1, 400)), 30)
    exact = [Enclosure.of(v).decimal(30) for v in values]
    assert own == exact
    wrong = certain_column([fixed_point(v * (1 + arb(10) ** -29)) for v in values], 30)
    assert not any(a == b for a, b in zip(wrong, exact, strict=True))


def test_what_is_exact_wide_or_no_number_is_left_to_others() -> None:
    values = [arb(0), arb(5) / 64, arb("nan"), arb(1, 1), arb(0, 1), arb(10) ** 300 * arb(2).sqrt()]
    assert certain_column([fixed_point(v) for v in values], 10) == [None] * 6
