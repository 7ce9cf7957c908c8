"""The precision of the process, limits of digits, comparisons of intervals at their ends, retries."""

from __future__ import annotations

import pickle
from fractions import Fraction
from math import inf, log2

import flint
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from tests.theory.values import refuses_change
from theory.numbers.balls import (
    Cannot,
    Enclosure,
    NotCertified,
    ball,
    certify,
    check_digits,
    precision_bits,
    rational,
    root_of_nonnegative,
    series_length,
    whole_power,
    working_precision,
)
from theory.numbers.truth import Evidence, Truth

ZERO, ONE, TWO = (Enclosure((n, 0)) for n in range(3))
LEFT, RIGHT = Enclosure((1, -1), (1, -1)), Enclosure((3, -1), (1, -1))  # [0, 1], [1, 2]


@given(st.integers(1, 3000), st.integers(0, 200))
def test_the_bits_are_the_least_that_hold_the_digits(digits: int, guard: int) -> None:
    before = precision_bits()
    with working_precision(digits, guard) as bits:
        assert bits == precision_bits() == flint.ctx.prec
        assert bits - 1 < (digits + guard) * log2(10) <= bits
    with working_precision(digits) as bits:
        assert bits - 1 < (digits + 10) * log2(10) <= bits
    assert precision_bits() == before


def test_a_failure_leaves_the_precision_as_it_was() -> None:
    bits, terms = flint.ctx.prec, flint.ctx.cap
    with pytest.raises(ZeroDivisionError), working_precision(bits + 1), series_length(terms + 7):
        assert flint.ctx.cap == terms + 7 and flint.ctx.prec > bits
        raise ZeroDivisionError
    assert (flint.ctx.prec, flint.ctx.cap) == (bits, terms)


@pytest.mark.parametrize("digits", [1, 100_000])
def test_digits_are_taken_up_to_both_limits(digits: int) -> None:
    assert check_digits(digits) == digits


@pytest.mark.parametrize("digits", [0, -1, 100_001, True, 2.0, "3"])
def test_other_digits_are_refused(digits: object) -> None:
    with pytest.raises(ValueError, match=f"digits must be an integer from 1 to 100000, got {digits!r}"):
        check_digits(digits)


@pytest.mark.parametrize(
    ("got", "reached"), [(None, "no digit"), (0.9, "no digit"), (1.0, "1 digits"), (7.4, "7 digits")]
)
def test_what_was_not_certified_says_how_far_it_came(got: float | None, reached: str) -> None:
    error = NotCertified("mu_3", got, 9)
    assert str(error) == f"mu_3: {reached} certified, 9 wanted" and (error.got, error.wanted) == (got, 9)
    assert str(NotCertified("mu_3", got, 9, "why")) == f"{error}; why"


@given(st.integers(-(2**90), 2**90), st.integers(-99, 99), st.integers(0, 2**29), st.integers(-99, 99))
def test_an_interval_survives_being_a_ball(mid: int, power: int, rad: int, rad_power: int) -> None:
    found = Enclosure((mid, power), (rad, rad_power))
    middle, radius = Fraction(mid) * Fraction(2) ** power, Fraction(rad) * Fraction(2) ** rad_power
    assert (found.lower, found.upper) == (middle - radius, middle + radius)
    with working_precision(1, 0):
        again = Enclosure.of(found.ball())
    assert again.mid == Enclosure.of(Enclosure(found.mid).ball()).mid
    assert again.lower + again.upper == 2 * middle
    assert 2 * radius <= again.upper - again.lower <= 2 * radius * (1 + Fraction(1, 2**28))
    refuses_change(found)


@pytest.mark.parametrize("value", [arb("nan"), arb("inf"), arb(0, "inf")], ids=repr)
def test_what_is_not_finite_is_no_interval(value: arb) -> None:
    with pytest.raises(NotCertified, match="^mu: the ball is not finite$"):
        Enclosure.of(value, "mu")


def test_intervals_are_compared_with_their_ends() -> None:
    assert ONE.less(TWO) is Truth.HOLDS and TWO.less(ONE) is Truth.FAILS
    assert ONE.less(ONE) is Truth.FAILS  # an exact number is not below itself
    assert LEFT.less(RIGHT) is Truth.UNDECIDED  # they share the point 1
    assert RIGHT.less(LEFT) is Truth.FAILS and LEFT.less(TWO) is Truth.HOLDS
    assert LEFT.less(LEFT) is Truth.UNDECIDED and ONE.less(LEFT) is Truth.FAILS
    assert ZERO.less(LEFT) is Truth.UNDECIDED
    for a, b, meet in ((LEFT, RIGHT, True), (LEFT, TWO, False), (LEFT, ONE, True), (ONE, TWO, False), (ONE, ONE, True)):
        assert a.overlaps(b) is meet and b.overlaps(a) is meet
    for value, inside in (
        (0, True),
        (1, True),
        (Fraction(1, 2), True),
        (Fraction(-1, 99), False),
        (Fraction(100, 99), False),
    ):
        assert LEFT.contains(value) is inside
    assert ONE.accuracy() == inf and LEFT.accuracy() == 0


@given(st.fractions(-99, 99), st.integers(1, 12))
def test_the_radius_of_a_rounded_value_is_its_error_within_a_hundredth(value: Fraction, digits: int) -> None:
    exact = Enclosure((value.numerator, -7))  # a dyadic number
    text, radius = exact.decimal(digits, Fraction(3, 7))
    error = abs(Fraction(text) - exact.lower * Fraction(3, 7))
    assert error <= Fraction(radius) <= error * Fraction(101, 100)


def test_balls_of_exact_numbers() -> None:
    assert (rational(3), rational(Fraction(-2, 4))) == (3, flint.fmpq(-1, 2))
    with working_precision(20):
        found = Enclosure.of(ball(Fraction(1, 3)))
    assert found.contains(Fraction(1, 3)) and found.accuracy() >= 29


def test_precision_grows_until_the_digits_are_certain() -> None:
    """10^-40 beside 1 is seen with forty digits and not with fewer."""
    used = []

    def compute() -> arb:
        used.append(precision_bits())
        return (1 + arb(10) ** -40) - 1

    found = certify(compute, 5, "the rest")
    assert found.decimal(5)[0] == "1.0000e-40" and found.accuracy() >= 5
    assert used == sorted(set(used)) and used[-2] < 45 * log2(10) <= used[-1]
    with pytest.raises(NotCertified, match="the rest: no digit certified, 5 wanted"):
        certify(compute, 5, "the rest", attempts=len(used) - 1)
    assert certify(compute, 5, "the rest", attempts=len(used)) == found


def test_a_value_that_stays_vague_is_refused_with_what_it_has() -> None:
    calls = []

    def vague() -> arb:
        calls.append(1)
        return arb(1, 2**-20)  # 6.02 digits

    assert certify(vague, 5, "x").contains(1)
    for digits, got in ((7, "6 digits"), (9, "6 digits")):
        calls.clear()
        with pytest.raises(NotCertified, match=f"x: {got} certified, {digits} wanted") as refused:
            certify(vague, digits, "x", attempts=3)
        assert len(calls) == 3 and 5.5 < refused.value.got <= 6.1
    with pytest.raises(NotCertified, match="no digit"):
        certify(lambda: arb("nan"), 5, "x")
    # Certain of enough digits, but its ends round apart: 1.5 +- 2^-20 to one digit.
    with pytest.raises(NotCertified):
        certify(lambda: arb(1.5, 2**-20), 1, "x")


def test_truths_are_combined_as_kleene_has_it() -> None:
    order = (Truth.FAILS, Truth.UNDECIDED, Truth.HOLDS)
    for i, a in enumerate(order):
        for j, b in enumerate(order):
            assert a & b is order[min(i, j)]
        with pytest.raises(TypeError, match="three values"):
            bool(a)
    parts = list(Evidence)
    assert parts == ["proved", "certified", "checked", "observed"]
    for i, a in enumerate(parts):
        for j, b in enumerate(parts):
            assert Evidence.weakest([a, b]) is parts[max(i, j)]


@pytest.mark.parametrize(
    "error", [NotCertified("mu_3", None, 9), NotCertified("mu_3", 4.0, 9, "why"), Cannot("mu", "why")]
)
def test_a_refusal_comes_back_from_a_worker_as_it_was(error: NotCertified) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error) and str(back) == str(error) and vars(back) == vars(error)


@given(st.fractions(-3, 3), st.fractions(0, 3), st.integers(0, 6))
def test_whole_powers_of_balls_hold_the_powers_of_their_numbers(mid: Fraction, rad: Fraction, exponent: int) -> None:
    base = arb(ball(mid), ball(rad))
    power = whole_power(base, exponent)
    assert power.is_finite()
    for number in (mid, mid - rad, mid + rad, mid + rad / 3):
        assert power.contains(ball(number**exponent).mid()) or power.overlaps(ball(number**exponent))


@given(st.fractions(0, 3), st.fractions(0, 3))
def test_roots_of_what_is_not_negative_hold_the_roots(number: Fraction, rad: Fraction) -> None:
    assert root_of_nonnegative(ball(number) + arb(0, ball(rad))).overlaps(ball(number).sqrt())
    assert not root_of_nonnegative(arb(-2, 1)).is_finite()  # what is certainly negative has none
