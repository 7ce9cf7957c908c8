"""Laurent polynomials in pi: the ring against floating point, its text, Gamma at half integers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.reading import value_of
from tests.theory.values import refuses_change
from theory.numbers.balls import Enclosure, working_precision
from theory.numbers.pi_polynomials import PiPolynomial, gamma_ball, gamma_of_half

numbers = st.dictionaries(st.integers(-4, 4), st.fractions(-99, 99, max_denominator=99), max_size=3).map(
    lambda terms: sum((PiPolynomial.of(c, p) for p, c in terms.items()), PiPolynomial())
)


def value(x: PiPolynomial) -> mpf:
    """From its text, by a reader that knows nothing of the class."""
    with mp.workdps(60):
        return value_of(repr(x), {"pi": +mp.pi}, mpf)


def close(a: mpf, b: mpf) -> bool:
    with mp.workdps(60):
        return abs(a - b) <= mpf(10) ** -40 * (1 + abs(a))


@given(numbers, numbers, st.fractions(-9, 9, max_denominator=9), st.integers(-3, 3))
def test_the_ring_is_that_of_the_numbers(a: PiPolynomial, b: PiPolynomial, c: Fraction, power: int) -> None:
    with mp.workdps(60):
        assert close(value(a + b), value(a) + value(b))
        assert close(value(a * b), value(a) * value(b)) and a * b == b * a
        assert close(value(a * c), value(a) * c.numerator / c.denominator) and a * c == c * a
        for x in (a, b, a + b, a * b):
            assert [p for p, _ in x.terms] == sorted({p for p, _ in x.terms}) and all(q for _, q in x.terms)
        if c:
            monomial = PiPolynomial.of(c, power)
            assert close(value(a / monomial), value(a) / (mpf(c.numerator) / c.denominator * mp.pi**power))
            assert a / monomial * monomial == a == a / c * c
    assert (a + a * -1).is_zero() and (a + b).is_zero() == (a == b * -1)
    refuses_change(a)


@given(numbers)
def test_its_ball_holds_it_and_its_enclosure_has_the_digits(a: PiPolynomial) -> None:
    with working_precision(40), mp.workdps(60):
        ball = Enclosure.of(a.ball())
        middle = (ball.lower + ball.upper) / 2
        assert close(value(a), mpf(middle.numerator) / middle.denominator)
    found = a.enclosure(25)
    assert found.accuracy() >= 25 and found.overlaps(ball)


@pytest.mark.parametrize("divisor", [0, PiPolynomial(), PiPolynomial.of(1) + PiPolynomial.of(1, 1)], ids=repr)
def test_only_a_monomial_divides(divisor: object) -> None:
    with pytest.raises(ZeroDivisionError, match="cannot divide by .*: only by a nonzero"):
        PiPolynomial.of(3, 1) / divisor


@pytest.mark.parametrize(
    ("terms", "text", "rational"),
    [
        ({}, "0", 0),
        ({0: 1}, "1", 1),
        ({0: -1}, "-1", -1),
        ({0: Fraction(-3, 7)}, "-3/7", Fraction(-3, 7)),
        ({1: 1}, "pi", None),
        ({1: -1}, "-pi", None),
        ({2: 3}, "3*pi**2", None),
        ({1: Fraction(1, 2)}, "pi/2", None),
        ({2: Fraction(-3, 4)}, "-3*pi**2/4", None),
        ({-1: 1}, "1/pi", None),
        ({-1: 2}, "2/pi", None),
        ({-2: Fraction(1, 5)}, "1/(5*pi**2)", None),
        ({-1: Fraction(-3, 4)}, "-3/(4*pi)", None),
        ({0: 1, 1: -1, -1: Fraction(1, 2)}, "-pi + 1 + 1/(2*pi)", None),
        ({3: 1, 0: -2}, "pi**3 - 2", None),
    ],
)
def test_its_text_is_the_shortest(terms: dict[int, Fraction], text: str, rational: Fraction | None) -> None:
    found = sum((PiPolynomial.of(c, p) for p, c in terms.items()), PiPolynomial())
    assert repr(found) == text and found.rational() == rational
    assert found.is_zero() == (text == "0")


@pytest.mark.parametrize("twice", [*range(-15, 0, 2), *range(1, 24)])
def test_gamma_at_half_integers(twice: int) -> None:
    q, half = gamma_of_half(twice)
    assert half == twice % 2
    with mp.workdps(30):
        true = mp.gamma(mpf(twice) / 2)
        assert abs(mpf(q.numerator) / q.denominator * mp.sqrt(mp.pi) ** half / true - 1) < mpf(10) ** -25
        if twice > 0:
            with working_precision(20):
                found = Enclosure.of(gamma_ball(Fraction(twice, 2)))
            assert abs(mpf(found.lower.numerator) / found.lower.denominator / true - 1) < mpf(10) ** -20


@pytest.mark.parametrize(("twice", "pole"), [(0, 0), (-2, -1), (-8, -4)])
def test_gamma_has_poles_at_the_integers_up_to_zero(twice: int, pole: int) -> None:
    with pytest.raises(ValueError, match=f"Gamma has a pole at {pole}$"):
        gamma_of_half(twice)
