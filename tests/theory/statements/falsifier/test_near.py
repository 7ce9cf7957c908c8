"""Numbers with an error, and functions of them: exact where exact, undefined where undefined, wide enough."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from theory.statements.falsifier import functions
from theory.statements.falsifier.near import (
    Near,
    Pole,
    Unable,
    Undefined,
    divided,
    error_of,
    integer,
    near,
    negative,
    plus,
    real,
    sign,
    times,
)

HALF = Fraction(1, 2)
FRACTIONS = st.fractions(-20, 20, max_denominator=30)


@given(FRACTIONS, FRACTIONS, st.integers(-3, 4))
def test_rounded_and_exact_arithmetic_agree_within_the_error(a: Fraction, b: Fraction, n: int) -> None:
    """Each operation on rounded numbers encloses the exact one, and with half the error it is still close."""
    rounded = [near(real(v)) for v in (a, b)]
    pairs = [(plus(*rounded), a + b), (times(*rounded), a * b), (negative(rounded[0]), -a)]
    if b:
        pairs.append((divided(*rounded), a / b))
    if a and n:
        pairs.append((functions.power(rounded[0], Fraction(n)), a**n))
    for found, true in pairs:
        exact = mpf(true.numerator) / true.denominator
        assert abs(real(found) - exact) <= error_of(found)
        assert error_of(found) <= (1 + abs(exact)) * mpf(10) ** -12 * (1 + abs(a)) ** 4


@given(st.fractions(Fraction(1, 10), 5, max_denominator=20), st.sampled_from(["exp", "log", "sqrt", "sin", "cos"]))
def test_functions_of_a_moved_number_stay_within_the_error(x: Fraction, name: str) -> None:
    with mp.workdps(30):
        moved = Near(real(x), mpf(10) ** -12)
        found = functions.elementary(name, moved)
        for s in (-1, 1):
            other = getattr(mp, name)(moved.value + s * moved.error)
            assert abs(other - real(found)) <= error_of(found)


def test_an_understated_error_is_noticed() -> None:
    """The twin: with a tenth of its error the same enclosure fails."""
    moved = Near(mpf(2), mpf(10) ** -6)
    found = functions.elementary("exp", moved)
    distance = abs(mp.exp(moved.value + moved.error) - real(found))
    assert error_of(found) / 10 < distance <= error_of(found)


def test_zero_is_exact_or_open() -> None:
    assert sign(Fraction(0)) == 0 and sign(Near(mpf(10) ** -20, mpf(10) ** -20)) is None
    assert times(Fraction(0), near(mpf(3))) == 0
    with pytest.raises(Undefined):
        divided(Fraction(1), Fraction(0))
    with pytest.raises(Unable):
        divided(Fraction(1), Near(mpf(0), mpf(10) ** -20))


def test_integers_are_exact_or_none_or_open() -> None:
    assert integer(Fraction(4)) == 4 and integer(HALF) is None and integer(near(+mp.pi)) is None
    with pytest.raises(Unable):
        integer(near(mpf(2)))


@pytest.mark.parametrize(
    "name, argument, value",
    [("cos", 0, 1), ("sin", 0, 0), ("exp", 0, 1), ("log", 1, 0), ("acos", 1, 0), ("asin", 0, 0), ("sqrt", 0, 0)],
)
def test_special_values_are_exact(name: str, argument: int, value: int) -> None:
    found = functions.elementary(name, Fraction(argument))
    assert isinstance(found, Fraction) and found == value


@pytest.mark.parametrize("name, argument", [("log", 0), ("log", -1), ("sqrt", -1), ("acos", 2), ("asin", -2)])
def test_outside_of_their_domain_functions_are_undefined(name: str, argument: int) -> None:
    with pytest.raises(Undefined):
        functions.elementary(name, Fraction(argument))


def test_powers_at_the_edges() -> None:
    assert functions.power(Fraction(0), Fraction(0)) == 1 and functions.power(Fraction(0), near(+mp.pi)) == 0
    assert functions.power(Fraction(-2), Fraction(3)) == -8 and functions.power(Fraction(4), HALF) == 2
    for base, exponent in ((Fraction(0), Fraction(-1)), (Fraction(-1), HALF), (Fraction(-1), near(+mp.pi))):
        with pytest.raises(Undefined):
            functions.power(base, exponent)
    with pytest.raises(Unable):
        functions.power(Fraction(10), Fraction(10**40))


@pytest.mark.parametrize("upper", range(7))
@pytest.mark.parametrize("lower", range(-1, 9))
def test_binomials_of_integers(upper: int, lower: int) -> None:
    assert functions.binomial(Fraction(upper), Fraction(lower)) == (comb(upper, lower) if lower >= 0 else 0)


def test_binomial_is_the_quotient_of_gammas() -> None:
    found = functions.binomial(Fraction(11, 2), Fraction(7, 3))
    assert abs(real(found) - mp.binomial(mpf(11) / 2, mpf(7) / 3)) < 1e-12
    with pytest.raises(Undefined):
        functions.binomial(Fraction(-2), HALF)


def test_gamma_has_its_poles() -> None:
    assert functions.gamma(Fraction(0)) == Pole(Fraction(0)) and functions.factorial_of(Fraction(4)) == 24
    assert abs(real(functions.gamma(HALF)) - mp.sqrt(mp.pi)) < 1e-14
    with pytest.raises(Unable):
        functions.gamma(near(mpf(-1)))
