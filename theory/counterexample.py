"""The search for a certified counterexample among small and far assignments of a statement.

One instance where exact numbers or disjoint balls violate the relation, or where a side has no
value, settles FAILS; no number of instances settles HOLDS unless they are all there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, product
from math import prod
from typing import Any

from flint import arb

from theory.decimals import round_significant
from theory.definedness import critical_points
from theory.formula import variables
from theory.instances import TooLarge, Undefined, Value, as_ball, evaluate
from theory.meaning import NotSymbolic
from theory.precision import Enclosure, NotCertified
from theory.statement import Statement
from theory.truth import Truth

INSTANCE_VALUES = {"k": 9, "n": 9, "d": 5, "L": 4}
MOST_INSTANCES = 1000  # of a statement that is decided by looking at every one of them
FAR_VALUES = (24, 25, 60, 61)
T_VALUES = tuple(Fraction(i, 8) for i in range(-8, 9))
DIGITS = 30
NEXT = 6  # values at which a hint is tried before it is given
OUT_OF_REACH = (TooLarge, NotCertified, NotSymbolic, RecursionError, MemoryError, OverflowError)
Point = dict[str, Fraction | int]


@dataclass(frozen=True, slots=True)
class Refutation:
    """Why the statement fails, and where."""

    why: str
    at: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """The first counterexample found, how many instances were compared, and the first that stayed open.

    Open is one whose sides agree to DIGITS digits, or cannot be computed, or were not reached in time.
    """

    refutation: Refutation | None
    tested: int
    open: Point | None = None


def refute(statement: Statement, deadline: float) -> Search:
    """Compare the sides at small and at far assignments until one refutes.

    >>> from theory.statement import parse_statement
    >>> refute(parse_statement("k**2 > 3*k", None, ["k >= 1"]), time.monotonic() + 9).refutation.at
    {'k': 1, 'left': '1', 'right': '3'}
    """
    tested, seen, open_ = 0, [], None
    for at in chain(assignments(statement), critical_points(statement)):
        if time.monotonic() > deadline:
            open_ = at if open_ is None else open_
            break
        if at in seen:
            continue
        seen.append(at)
        try:
            truth = compare_at(statement, at)
        except Undefined as error:
            shown = {**_shown(at), "left": f"undefined at {point_text(at)}", "right": str(error)}
            why = f"undefined at {point_text(at)}: {error}; {_hint(statement, at, str(error))}"
            return Search(Refutation(why, shown), tested)
        except OUT_OF_REACH:
            open_ = at if open_ is None else open_
            continue
        tested += 1
        if truth is Truth.UNDECIDED and open_ is None:
            open_ = at
        if truth is Truth.FAILS:
            shown = counterexample(statement, at)
            sides = f"the left side is {shown['left']}, the right side {shown['right']}"
            return Search(Refutation(f"at {point_text(at)} {sides}" if at else sides, shown), tested)
    return Search(None, tested, open_)


def is_finite(statement: Statement) -> bool:
    """Whether the assignments tried are all there are: at most MOST_INSTANCES."""
    if _moves_in_t(statement) or any(w.most is None for w in statement.ranges):
        return False
    return prod(len(w.values(MOST_INSTANCES + 1)) for w in statement.ranges) <= MOST_INSTANCES


def _moves_in_t(statement: Statement) -> bool:
    return "t" in variables(statement.left) | variables(statement.right)


def assignments(statement: Statement) -> list[Point]:
    """All where there are few; else small ones first, then a few far ones."""
    names, whole = [w.name for w in statement.ranges], is_finite(statement)
    values: list[list[Any]] = [
        w.values(MOST_INSTANCES if whole else INSTANCE_VALUES[w.name]) for w in statement.ranges
    ]
    if _moves_in_t(statement):
        names, values = [*names, "t"], [*values, list(T_VALUES)]
    near = [dict(zip(names, point, strict=True)) for point in product(*values)]
    near.sort(key=lambda at: sum(abs(v) for v in at.values()))
    if whole:
        return near
    first = {name: v[0] for name, v in zip(names, values, strict=True)}
    return near + [{**first, name: value} for name, value in _far(statement)]


def _far(statement: Statement) -> Iterator[tuple[str, int]]:
    for where in statement.ranges:
        for value in FAR_VALUES:
            inside = value > where.least and (where.parity is None or value % 2 == where.parity)
            if inside and (where.most is None or value <= where.most):
                yield where.name, value


def compare_at(statement: Statement, at: Point) -> Truth:
    """The relation at one assignment, by exact numbers or disjoint balls."""
    left, right = (evaluate(side, at, statement.kernel, DIGITS) for side in (statement.left, statement.right))
    return compare(left, right, statement.relation)


def certainly_holds(statement: Statement, at: Point) -> bool:
    """Whether the relation is certified at one assignment; where a side has no value it is not."""
    try:
        return compare_at(statement, at) is Truth.HOLDS
    except (Undefined, *OUT_OF_REACH):
        return False


def compare(left: Value, right: Value, relation: str) -> Truth:
    """left relation right for two numbers; balls that overlap are UNDECIDED.

    >>> compare(Fraction(1), Fraction(2), "<=")
    <Truth.HOLDS: 'HOLDS'>
    """
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        holds: Callable[[], bool] = {
            "=": lambda: left == right, "!=": lambda: left != right, "<": lambda: left < right,
            ">": lambda: left > right, "<=": lambda: left <= right, ">=": lambda: left >= right,
        }[relation]  # fmt: skip
        return Truth.HOLDS if holds() else Truth.FAILS
    a, b = as_ball(left), as_ball(right)
    less, more = bool(a < b), bool(a > b)
    if not less and not more:
        return Truth.UNDECIDED
    return Truth.HOLDS if relation == "!=" or less == relation.startswith("<") and relation != "=" else Truth.FAILS


def counterexample(statement: Statement, at: Point) -> dict[str, Any]:
    """The assignment and both sides there, as text."""
    try:
        sides = [evaluate(side, at, statement.kernel, DIGITS) for side in (statement.left, statement.right)]
    except (Undefined, *OUT_OF_REACH):
        return {**_shown(at), "left": f"undefined at {point_text(at)}", "right": ""}
    return {**_shown(at), "left": value_text(sides[0]), "right": value_text(sides[1])}


def value_text(value: Value) -> str:
    """An exact rational in full where short, else a decimal of 20 digits."""
    if isinstance(value, Fraction):
        short = max(abs(value.numerator), value.denominator) < 10**40  # str refuses the longest integers
        return str(value) if short and len(str(value)) <= 40 else round_significant(value, 20)
    enclosure = Enclosure.of(value)
    most = max(abs(enclosure.lower), abs(enclosure.upper))
    near = f"at most {round_significant(most * Fraction(11, 10), 2)} in size" if enclosure.lower <= 0 <= enclosure.upper else f"{arb(value)}"
    return (enclosure.decimal(20) or enclosure.decimal(6) or (near,))[0]


def _shown(at: Point) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in at.items()}


def point_text(at: Point) -> str:
    """k=3, d=1"""
    return ", ".join(f"{name}={value}" for name, value in at.items())


def _hint(statement: Statement, at: Point, why: str) -> str:
    """The range that leaves the point out, if both sides have values at the next NEXT points within it."""
    named = [n for n in ("k", "n", "d") if n in at and f"{n}=" in why]
    for name in dict.fromkeys([*named, *(n for n in at if n != "t")]):
        where = next(w for w in statement.ranges if w.name == name)
        later = replace(where, least=at[name] + 1)
        if not later.is_empty() and all(_is_defined(statement, {**at, name: v}) for v in later.values(NEXT)):
            return f"add {name} >= {later.least}"
        earlier = replace(where, most=at[name] - where.step)
        if not earlier.is_empty() and all(_is_defined(statement, {**at, name: v}) for v in earlier.values(NEXT)):
            return f"add {name} <= {earlier.most}"
    return "no bound of one variable cures it" if len(at) - ("t" in at) else "no value exists"


def _is_defined(statement: Statement, at: Point) -> bool:
    try:
        compare_at(statement, at)
    except Undefined:
        return False
    except OUT_OF_REACH:
        pass
    return True
