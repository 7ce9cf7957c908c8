"""Double words against exact rationals: each operation within its bound, and a twin without low words that is not."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import arb, fmpz
from hypothesis import given
from hypothesis import strategies as st

from theory.numbers.balls import working_precision
from theory.numbers.double_words import DoubleWords, double_word

U = Fraction(1, 2**53)
MANTISSAS = st.integers(2**105, 2**106 - 1)
INTEGERS = st.integers(1, 2**26 - 1)


def words(mantissa: int) -> DoubleWords:
    high = float(mantissa)
    return DoubleWords(np.array([high]), np.array([float(mantissa - int(high))]))


def value(found: DoubleWords) -> Fraction:
    return Fraction(float(found.high[0])) + Fraction(float(found.low[0]))


def error(found: DoubleWords, exact: Fraction) -> Fraction:
    assert float(found.high[0]) == float(found.high[0] + found.low[0])  # normalised: high is what is nearest
    return abs(value(found) / exact - 1)


@given(MANTISSAS, INTEGERS, INTEGERS)
def test_quotients_of_integers(mantissa: int, above: int, below: int) -> None:
    given = words(mantissa)
    found = given.times_quotient(np.array([float(above)]), np.array([float(below)]))
    assert error(found, value(given) * above / below) <= Fraction(9, 2) * U**2 * (1 + 100 * U)


@given(MANTISSAS, st.integers(1, 2**53))
def test_products_with_floats(mantissa: int, factor: int) -> None:
    given = words(mantissa)
    assert error(given.times(np.array([float(factor)])), value(given) * factor) <= Fraction(3, 2) * U**2 + 4 * U**3


@given(MANTISSAS)
def test_squares(mantissa: int) -> None:
    given = words(mantissa)
    assert error(given.squared(), value(given) ** 2) <= 7 * U**2


@given(MANTISSAS, MANTISSAS, st.integers(-120, 120), st.sampled_from([-1, 1]))
def test_sums(first: int, second: int, shift: int, sign: int) -> None:
    a, b = words(first), words(second)
    b = DoubleWords(sign * np.ldexp(b.high, shift), sign * np.ldexp(b.low, shift))
    if exact := value(a) + value(b):
        assert error(a.plus(b), exact) <= 3 * U**2 / (1 - 4 * U)


@given(st.integers(-(2**140), 2**140), st.integers(-2000, 2000))
def test_a_ball_in_two_words(mantissa: int, exponent: int) -> None:
    with working_precision(60):
        high, low, power = double_word(arb((fmpz(mantissa), fmpz(exponent))))
    found = (Fraction(high) + Fraction(low)) * Fraction(2) ** power
    exact = mantissa * Fraction(2) ** exponent
    assert abs(found - exact) <= abs(exact) / 2**105
    assert not mantissa or (0.5 <= abs(high) <= 1 and high + low == high)
    assert mantissa.bit_length() < 60 or abs(Fraction(high) * Fraction(2) ** power - exact) <= abs(exact) / 2**53
