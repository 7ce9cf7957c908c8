"""abs, max, min, floor, harmonic and erf: the same values from balls and from the falsifier, and in no proof."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from theory.language.formulas import OF_NUMBERS, parse_formula
from theory.language.sentences import parse_sentence
from theory.numbers.balls import working_precision
from theory.numbers.truth import Evidence, Truth
from theory.proofs.steps import Refused
from theory.statements.arithmetic import TooLarge, Undefined, as_ball, function_value
from theory.statements.falsifier.near import Unable, real
from theory.statements.falsifier.near import Undefined as NoValue
from theory.statements.falsifier.values import Scene, value
from theory.statements.falsifier.work import Work
from theory.statements.sentences import decide_sentence

NUMBERS = st.fractions(-20, 20, max_denominator=30)


@pytest.mark.parametrize("name", ["abs", "floor", "erf"])
@given(number=NUMBERS)
def test_two_evaluators_agree_on_one_number(name: str, number: Fraction) -> None:
    with working_precision(30), mp.workdps(30):
        ball = as_ball(function_value(name, [number]))
        found = real(value(parse_formula(f"{name}({number})".replace("(-", "(0-")), Scene(None, {}, Work())))
        truth = {"abs": mp.fabs, "floor": mp.floor, "erf": mp.erf}[name](mpf(number.numerator) / number.denominator)
        assert abs(mpf(ball.mid().str(30, radius=False)) - truth) < 1e-25 and abs(found - truth) < 1e-25


@pytest.mark.parametrize("name", ["max", "min"])
@given(first=NUMBERS, second=NUMBERS)
def test_the_larger_and_the_smaller_one(name: str, first: Fraction, second: Fraction) -> None:
    truth = max(first, second) if name == "max" else min(first, second)
    assert function_value(name, [first, second]) == truth
    balls = function_value(name, [as_ball(first), second])
    assert as_ball(balls).overlaps(as_ball(truth))


@pytest.mark.parametrize("n", [0, 1, 2, 100, 101, 1000])
def test_harmonic_numbers(n: int) -> None:
    with working_precision(30), mp.workdps(30):
        ball = as_ball(function_value("harmonic", [Fraction(n)]))
        found = real(value(parse_formula(f"harmonic({n})"), Scene(None, {}, Work())))
        assert abs(mpf(ball.mid().str(30, radius=False)) - mp.harmonic(n)) < 1e-25
        assert abs(found - mp.harmonic(n)) < 1e-25


@pytest.mark.parametrize("bad", [Fraction(-1), Fraction(1, 2)])
def test_harmonic_of_no_integer_is_undefined(bad: Fraction) -> None:
    with pytest.raises(Undefined):
        function_value("harmonic", [bad])
    with pytest.raises(NoValue):
        value(parse_formula(f"harmonic(0-{-bad})" if bad < 0 else f"harmonic({bad})"), Scene(None, {}, Work()))


def test_what_cannot_be_told_from_an_integer_has_no_floor() -> None:
    with working_precision(30), pytest.raises(TooLarge):
        function_value("floor", [as_ball(Fraction(2)) + (as_ball(Fraction(1, 3)) * 3 - 1)])
    with pytest.raises(Unable):
        value(parse_formula("floor(sqrt(2)**2)"), Scene(None, {}, Work()))


@pytest.mark.parametrize(
    "says, where, truth",
    [
        ("abs(k-3) >= 0", ["k <= 9"], Truth.HOLDS),
        ("floor(k/2) = k/2", [], Truth.FAILS),
        ("floor((k+1)/2) >= k/2", ["k <= 30"], Truth.HOLDS),
        ("max(k, 5) >= 5", ["k <= 30"], Truth.HOLDS),
        ("max(k, 5) <= 30", ["k <= 30"], Truth.HOLDS),
        ("max(k, 5) <= 29", ["k <= 30"], Truth.FAILS),
        ("min(k, 5) >= 0", [], Truth.HOLDS),
        ("abs(k) <= 7", ["k <= 7"], Truth.HOLDS),
        ("harmonic(k) <= log(k) + 1", ["1 <= k <= 40"], Truth.HOLDS),
        ("harmonic(k) >= log(k) + 1", ["k >= 1"], Truth.FAILS),
        ("erf(k) < 1", ["k <= 5"], Truth.HOLDS),
        ("erf(k/10) <= 1/2", [], Truth.FAILS),
        ("|k - 3| <= 2", ["1 <= k <= 5"], Truth.HOLDS),
        (r"\lfloor k/2 \rfloor \le k", ["k <= 9"], Truth.HOLDS),
        ("erf(k) < 1", [], Truth.UNDECIDED),
        ("harmonic(k) ~ log(k) as k -> oo", [], Truth.UNDECIDED),
    ],
)
def test_statements_with_them(says: str, where: list[str], truth: Truth) -> None:
    assert decide_sentence(parse_sentence(says, None, where))[0].truth is truth


@pytest.mark.parametrize("says", ["abs(mu(k)) = O(k**-3) as k -> oo", "mu(k) = O(abs(0-k**-3)) as k -> oo"])
def test_the_size_of_an_order_is_its_order(says: str) -> None:
    verdict, _ = decide_sentence(parse_sentence(says, "NTK(depth=2)", ["d = 2"]))
    assert (verdict.truth, verdict.evidence) == (Truth.HOLDS, Evidence.PROVED)


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_the_checker_reads_none_of_them(name: str) -> None:
    from tests.theory.stated_steps import named
    from theory.proofs.rules.stated import read_side

    both = ", k" if name in ("max", "min") else ""
    stated = named(f"{name}(k{both}) >= 0", None)
    with pytest.raises(Refused, match="no formula of a proof"):
        read_side(stated.data.left, stated.data, stated.ranges, None, [])
