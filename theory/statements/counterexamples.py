"""The search for a certified counterexample among small and far assignments of a statement.

One instance where exact numbers or disjoint balls violate the relation, or where a side has no
value, settles FAILS; no number of instances settles HOLDS unless they are all there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, product
from math import prod
from typing import Any

from flint import arb

from theory.language.formulas import variables
from theory.language.statement import Statement
from theory.numbers.balls import Enclosure, NotCertified
from theory.numbers.decimals import round_significant
from theory.numbers.truth import Truth
from theory.numbers.work import OutOfWork, budget
from theory.statements.arithmetic import TooLarge, Undefined, Value, as_ball
from theory.statements.critical_points import critical_points, zeros_in_t
from theory.statements.given import given_kernels
from theory.statements.outcome import NotSymbolic
from theory.statements.values import evaluate
from theory.symbolic.expressions import unparse

INSTANCE_VALUES = {"k": 9, "n": 9, "d": 5, "L": 4}
MOST_INSTANCES = 1000  # of a statement that is decided by looking at every one of them
FAR_VALUES = (24, 25, 60, 61)
T_VALUES = tuple(Fraction(i, 8) for i in range(-8, 9))
DIGITS = 30
PRECISIONS = (30, 90)  # at which balls are compared, until they are disjoint
FINEST = PRECISIONS[-1]
SPARE = 10  # digits that are computed and not shown
UNITS = 30_000  # of work for the search
UNITS_NEARER = 3_000  # for a smaller counterexample
MOST_NEARER = 1000  # values below a counterexample that are looked at
NEXT = 6  # values at which a hint is tried before it is given
NOT_COMPUTED = "not computed"
OUT_OF_REACH = (TooLarge, NotCertified, NotSymbolic, OutOfWork)
Point = Mapping[str, Fraction | int]


@dataclass(frozen=True, slots=True)
class Refutation:
    """Why the statement fails, and where."""

    why: str
    at: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Search:
    """The first counterexample found, how many instances were compared, and the first that stayed open.

    `doubt` says why that one stayed open.
    """

    refutation: Refutation | None
    tested: int
    open: Point | None = None
    doubt: str = ""


def refute(statement: Statement, units: int = UNITS) -> Search:
    """Compare the sides at small and at far assignments until one refutes, within a budget of work.

    A counterexample far out is replaced by the first one on the way there.

    >>> from theory.language.statement import parse_statement
    >>> refute(parse_statement("k**2 > 3*k", None, ["k >= 1"])).refutation.at
    {'k': 1, 'left': '1', 'right': '3'}
    """
    tested, seen, open_, doubt = 0, set(), None, ""
    with budget(units):
        for at in chain(assignments(statement), critical_points(statement)):
            if tuple(at.items()) in seen:
                continue
            seen.add(tuple(at.items()))
            truth, why = _judged(statement, at)
            tested += not why
            if truth is Truth.FAILS:
                return Search(_refutation(statement, _nearer(statement, at)), tested)
            if truth is Truth.UNDECIDED and open_ is None:
                open_, doubt = at, why or f"the sides agree to {FINEST} digits, and a ball never proves an equality"
        missing = pole_in_t(statement)
    if missing is not None:
        return Search(missing, tested)
    return Search(None, tested, open_, doubt)


def _judged(statement: Statement, at: Point) -> tuple[Truth, str]:
    """The relation at one assignment, FAILS where a side is undefined; what kept the sides from being compared."""
    try:
        return compare_at(statement, at), ""
    except Undefined as error:
        return Truth.FAILS, str(error)
    except OUT_OF_REACH as error:
        return Truth.UNDECIDED, f"out of reach: {error}"


def _nearer(statement: Statement, at: Point) -> Point:
    """The first counterexample among the values of one variable below that of a counterexample."""
    with budget(UNITS_NEARER):
        for where in statement.ranges:
            below = range(where.least, int(at[where.name]), where.step)[:MOST_NEARER]
            failing = (v for v in below if _judged(statement, {**at, where.name: v})[0] is Truth.FAILS)
            at = {**at, where.name: next(failing, at[where.name])}
    return at


def _refutation(statement: Statement, at: Point) -> Refutation:
    try:
        compare_at(statement, at)
    except Undefined as error:
        where = f"undefined at {point_text(at)}" if at else "undefined"
        shown = {**_shown(at), "left": where, "right": str(error)}
        return Refutation(f"{where}: {error}; {_hint(statement, at, str(error))}", shown)
    shown = counterexample(statement, at)
    sides = f"the left side is {shown['left']}, the right side {shown['right']}"
    return Refutation(f"at {point_text(at)} {sides}" if at else sides, shown)


def pole_in_t(statement: Statement) -> Refutation | None:
    """A denominator, free of other variables, that vanishes at a t of [-1, 1] which no fraction hits.

    >>> from theory.language.statement import parse_statement
    >>> pole_in_t(parse_statement("1/(t**2 - 1/2)**2 > 0")).at["left"]
    'undefined near t=-0.70710678'
    """
    if statement.is_asymptotic or not _moves_in_t(statement):
        return None
    for node, zero in zeros_in_t(statement):
        near = round_significant(zero, 8)
        why = f"undefined near t={near}, where {unparse(node)} is 0; no bound of one variable cures it"
        return Refutation(why, {"left": f"undefined near t={near}", "right": f"{unparse(node)} is 0"})
    return None


def is_finite(statement: Statement) -> bool:
    """Whether the assignments tried are all there are: at most MOST_INSTANCES."""
    if _moves_in_t(statement) or any(w.most is None for w in statement.ranges):
        return False
    return prod(len(w.values(MOST_INSTANCES + 1)) for w in statement.ranges) <= MOST_INSTANCES


def _moves_in_t(statement: Statement) -> bool:
    return "t" in variables(statement.left) | variables(statement.right)


def assignments(statement: Statement) -> Sequence[Point]:
    """All where there are few; else small ones first, then a few far ones."""
    names, whole = list(statement.ranges.names), is_finite(statement)
    values: list[list[Any]] = [w.values(MOST_INSTANCES if whole else INSTANCE_VALUES[w.name]) for w in statement.ranges]
    if _moves_in_t(statement):
        names, values = [*names, "t"], [*values, list(T_VALUES)]
    near = [dict(zip(names, point, strict=True)) for point in product(*values)]
    near.sort(key=lambda at: sum(abs(v) for v in at.values()))
    if whole:
        return near
    first = {name: v[0] for name, v in zip(names, values, strict=True)}
    return near + [{**first, name: value} for name, value in _far(statement)]


def _far(statement: Statement) -> Iterator[tuple[str, int]]:
    """Far values of one variable; of a bounded one the last ones and some on the way there, too."""
    for where in statement.ranges:
        values = list(FAR_VALUES)
        if where.most is not None:
            values += [where.least + (where.most - where.least) // 2**i for i in range(5)]
            values += [where.most - 1]
        for value in sorted(set(values)):
            inside = value > where.least and (where.parity is None or value % 2 == where.parity)
            if inside and (where.most is None or value <= where.most):
                yield where.name, value


def compare_at(statement: Statement, at: Point) -> Truth:
    """The relation at one assignment, by exact numbers or disjoint balls, at growing precision."""
    kernel = given_kernels(statement)
    for digits in PRECISIONS:
        left, right = (evaluate(side, at, kernel, digits) for side in (statement.left, statement.right))
        truth = compare(left, right, statement.relation)
        if truth is not Truth.UNDECIDED:
            return truth
    return Truth.UNDECIDED


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
            "=": lambda: left == right,
            "!=": lambda: left != right,
            "<": lambda: left < right,
            ">": lambda: left > right,
            "<=": lambda: left <= right,
            ">=": lambda: left >= right,
        }[relation]
        return Truth.HOLDS if holds() else Truth.FAILS
    a, b = as_ball(left), as_ball(right)
    less, more = bool(a < b), bool(a > b)
    if not less and not more:
        return Truth.UNDECIDED
    return Truth.HOLDS if relation == "!=" or less == relation.startswith("<") and relation != "=" else Truth.FAILS


def counterexample(statement: Statement, at: Point) -> dict[str, Any]:
    """The assignment and both sides there as text, with as many digits as tell them apart.

    What is known by a proof alone, and by no number, is NOT_COMPUTED.
    """
    texts = [NOT_COMPUTED, NOT_COMPUTED]
    kernel = given_kernels(statement)
    for digits in (DIGITS, *PRECISIONS[1:]):
        try:
            sides = [evaluate(side, at, kernel, digits) for side in (statement.left, statement.right)]
        except Undefined:
            texts = [f"undefined at {point_text(at)}", ""]
            break
        except OUT_OF_REACH:
            break
        texts = [value_text(side, digits - SPARE) for side in sides]
        if texts[0] != texts[1] or all(isinstance(side, Fraction) for side in sides):
            break
    left, right = texts
    return {**_shown(at), "left": left, "right": right}


def value_text(value: Value, digits: int = 20) -> str:
    """An exact rational in full where short, else a decimal of so many digits."""
    if isinstance(value, Fraction):
        short = max(abs(value.numerator), value.denominator) < 10**40  # str refuses the longest integers
        return str(value) if short and len(str(value)) <= 40 else round_significant(value, digits)
    enclosure = Enclosure.of(value)
    most = max(abs(enclosure.lower), abs(enclosure.upper))
    near = (
        f"at most {round_significant(most * Fraction(11, 10), 2)} in size"
        if enclosure.lower <= 0 <= enclosure.upper
        else f"{arb(value)}"
    )
    return (enclosure.decimal(digits) or enclosure.decimal(6) or (near,))[0]


def _shown(at: Point) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in at.items()}


def point_text(at: Point) -> str:
    """k=3, d=1"""
    return ", ".join(f"{name}={value}" for name, value in at.items())


def _hint(statement: Statement, at: Point, why: str) -> str:
    """The range that leaves the point out, if both sides have values at the next NEXT points within it."""
    named = [n for n in ("k", "n", "d") if n in at and f"{n}=" in why]
    for name in dict.fromkeys([*named, *(n for n in at if n != "t")]):
        where = statement.ranges.named(name)
        later = replace(where, least=int(at[name]) + 1)
        if not later.is_empty() and all(_is_defined(statement, {**at, name: v}) for v in later.values(NEXT)):
            return f"add {name} >= {later.least}"
        earlier = replace(where, most=int(at[name]) - where.step)
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
