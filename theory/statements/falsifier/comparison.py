"""Comparisons = != <= >= < > confronted at points, and a counterexample confronted at its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

from theory.language.statement import Statement
from theory.numbers.truth import Truth
from theory.statements.falsifier.families import kernel_of
from theory.statements.falsifier.near import Unable, Undefined, Value, error_of, negative, plus, real, sign
from theory.statements.falsifier.points import Point, moves_in_t, points
from theory.statements.falsifier.roots import vanishing_divisor
from theory.statements.falsifier.values import Scene, text, value
from theory.statements.falsifier.work import Work

UNDEFINED = "undefined"
SHARP = 1e-13  # relative error of sides that agree and count as compared


@dataclass(frozen=True, slots=True)
class Found:
    """Points compared, and the first contradiction with its place."""

    points: int
    contradiction: str | None = None
    at: dict[str, Any] | None = None


def sides(statement: Statement, at: Point, work: Work) -> tuple[Value, Value]:
    """Both sides at a point. Raises Undefined or Unable."""
    scene = Scene(kernel_of(statement, at), at, work)
    left = value(statement.left, scene)
    return left, left if statement.right == statement.left else value(statement.right, scene)


def relation_at(left: Value, right: Value, relation: str) -> bool | None:
    """Whether the relation holds, None where the difference is not far above its error.

    >>> relation_at(Fraction(1), Fraction(2), "<"), relation_at(Fraction(1), Fraction(1), "!=")
    (True, False)
    """
    difference = 0 if left is right else sign(plus(left, negative(right)))
    if difference is None:
        return None
    return {
        "=": difference == 0,
        "!=": difference != 0,
        "<": difference < 0,
        ">": difference > 0,
        "<=": difference <= 0,
        ">=": difference >= 0,
    }[relation]


def holds_everywhere(statement: Statement, work: Work) -> Found:
    """HOLDS confronted: a point at which the relation is false, or a side has no value."""
    compared = 0
    for at in points(statement, work):
        try:
            left, right = sides(statement, at, work)
        except Undefined as error:
            return Found(compared + 1, f"undefined at {shown(at)}: {error}", dict(at))
        except Unable:
            continue
        true = relation_at(left, right, statement.relation)
        compared += true is not None or _is_sharp(left, right)
        if true is False:
            return Found(
                compared, f"at {shown(at)} the left side is {text(left)}, the right side {text(right)}", dict(at)
            )
    return _divisors(statement, compared)


def _divisors(statement: Statement, compared: int) -> Found:
    """A divisor that changes its sign in t vanishes in between, at an irrational point too."""
    if not moves_in_t(statement):
        return Found(compared)
    others = statement.ranges.least
    change = vanishing_divisor((statement.left, statement.right), others)
    if change is None:
        return Found(compared)
    low, high = (mp.nstr(mpf(v.numerator) / v.denominator, 12) for v in change)
    return Found(compared + 1, f"a divisor changes its sign between t = {low} and t = {high}", dict(others))


def fails_there(statement: Statement, counterexample: Mapping[str, Any] | None, work: Work) -> Found:
    """FAILS confronted at its counterexample: the relation is true there, or other numbers are printed."""
    at = place(statement, counterexample)
    if at is None or counterexample is None:
        return Found(0)
    claimed = [str(counterexample.get(side, "")) for side in ("left", "right")]
    says_undefined = claimed[0].startswith(UNDEFINED)
    try:
        left, right = sides(statement, at, work)
    except Undefined as error:
        if says_undefined or all(
            _printed(side)[1] is None for side in claimed
        ):  # what was not computed fails there, too
            return Found(1)
        return Found(1, f"undefined at the counterexample {shown(at)}: {error}", dict(at))
    except Unable:
        return Found(0)
    if says_undefined:
        return Found(1, f"at {shown(at)}, called undefined, the sides are {text(left)} and {text(right)}", dict(at))
    true = relation_at(left, right, statement.relation)
    if true:
        why = f"the relation is true at the counterexample {shown(at)}: {text(left)} {statement.relation} {text(right)}"
        return Found(1, why, dict(at))
    for side, own, printed in zip(("left", "right"), (left, right), claimed, strict=True):
        if disagrees(own, printed):
            return Found(1, f"at {shown(at)} the {side} side is {text(own)}, printed is {printed}", dict(at))
    return Found(int(true is not None or _is_sharp(left, right)))


def _is_sharp(left: Value, right: Value) -> bool:
    """Whether sides that agree would have been told apart had they differed in the tenth digit."""
    return error_of(left) + error_of(right) <= SHARP * (abs(real(left)) + abs(real(right)))


def place(statement: Statement, counterexample: Mapping[str, Any] | None) -> Point | None:
    """The values of all variables at a counterexample, None where it does not name them."""
    if counterexample is None:
        return None
    names = [*statement.ranges.names, *(["t"] if moves_in_t(statement) else [])]
    at: dict[str, Fraction | int] = {}
    for name in names:
        found = counterexample.get(name)
        if found is None:
            found = statement.ranges.singles.get(name)
            if found is None:
                return None
        at[name] = Fraction(str(found)) if name == "t" else int(found)
    return at


def disagrees(own: Value, printed: str) -> bool:
    """Whether a printed number is further away than half a unit of its last digit and the own error.

    >>> disagrees(Fraction(1, 3), "0.33333"), disagrees(Fraction(1, 3), "0.33343"), disagrees(Fraction(1), "[1 +/- 2]")
    (False, True, False)
    """
    room, number = _printed(printed)
    if number is None:
        return False
    distance = abs(real(own) - mpf(number.numerator) / number.denominator)
    return distance > 100 * error_of(own) + mpf(room.numerator) / room.denominator * mpf("1.001")


def _printed(text_: str) -> tuple[Fraction, Fraction | None]:
    """(a unit of the last digit, the number); an exact rational has no room at all."""
    try:
        number = Fraction(text_.strip())
    except (ValueError, ZeroDivisionError):
        return Fraction(0), None
    mantissa, _, exponent = text_.strip().lower().partition("e")
    if "/" in text_ or ("." not in mantissa and not exponent):
        return Fraction(0), number
    places = len(mantissa.partition(".")[2])
    return Fraction(10) ** (int(exponent or 0) - places), number


def shown(at: Mapping[str, Any]) -> str:
    """k=3, d=1"""
    return ", ".join(f"{name}={value}" for name, value in at.items()) or "the only point"


def confront_comparison(
    statement: Statement, truth: Truth, counterexample: Mapping[str, Any] | None, work: Work
) -> Found:
    """HOLDS at many points, FAILS at its counterexample."""
    if truth is Truth.HOLDS:
        return holds_everywhere(statement, work)
    return fails_there(statement, counterexample, work)
