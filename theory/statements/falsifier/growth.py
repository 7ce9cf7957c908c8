"""Asymptotic statements confronted along sequences, for several values of the other variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import log
from typing import Any

from mpmath import mp

from theory.language.statement import Statement
from theory.numbers.truth import Truth
from theory.statements.falsifier.comparison import Found, shown, sides
from theory.statements.falsifier.families import kernel_of
from theory.statements.falsifier.near import Unable, Undefined, error_of, real, sign
from theory.statements.falsifier.points import Point, moves_in_t
from theory.statements.falsifier.sequences import classes, fixed_points, geometric, reach, start_of, towards
from theory.statements.falsifier.trends import Sample, Shape, Trend, trend, usable
from theory.statements.falsifier.work import Work

DIGITS_AT_POINT = 50  # of statements as t tends to a point
TAIL = 3  # last points of a sequence that are all of one kind
REFUTES = {
    "O": {Shape.GROWS, Shape.RIGHT_ZERO, Shape.UNDEFINED},
    "Omega": {Shape.VANISHES, Shape.LEFT_ZERO, Shape.UNDEFINED},
    "o": {Shape.GROWS, Shape.SETTLES, Shape.RIGHT_ZERO, Shape.UNDEFINED},
    "~": {Shape.GROWS, Shape.VANISHES, Shape.LEFT_ZERO, Shape.RIGHT_ZERO, Shape.UNDEFINED},
}
REFUTES["Theta"] = REFUTES["O"] | REFUTES["Omega"]
CONFIRMS = {
    "O": {Shape.SETTLES, Shape.VANISHES, Shape.LEFT_ZERO, Shape.BOTH_ZERO},
    "Omega": {Shape.SETTLES, Shape.GROWS, Shape.RIGHT_ZERO, Shape.BOTH_ZERO},
    "Theta": {Shape.SETTLES, Shape.BOTH_ZERO},
    "o": {Shape.VANISHES, Shape.LEFT_ZERO},
    "~": set(),
}
Outcome = Sample | Shape


def refutes(found: Trend, relation: str) -> bool:
    """Whether a trend contradicts the relation.

    >>> refutes(Trend(Shape.SETTLES, 1.0), "~"), refutes(Trend(Shape.SETTLES, 1.0), "O")
    (True, False)
    """
    return found.shape in REFUTES[relation] or relation == "~" and found.is_other_than_one()


def confirms(found: Trend | None, relation: str) -> bool:
    """Whether a trend shows the relation, along its sequence."""
    if found is None:
        return False
    return found.to_one and not found.is_other_than_one() if relation == "~" else found.shape in CONFIRMS[relation]


def confront_growth(statement: Statement, truth: Truth, counterexample: Mapping[str, Any] | None, work: Work) -> Found:
    """HOLDS: no sequence may show the contrary. FAILS: not every sequence may show the relation."""
    assert isinstance(statement.limit, tuple)
    with mp.workdps(DIGITS_AT_POINT if statement.limit[0] == "t" else mp.dps):
        if truth is Truth.HOLDS:
            return _holds(statement, work)
        return _fails(statement, counterexample, work)


def _holds(statement: Statement, work: Work) -> Found:
    compared = 0
    for at in fixed_points(statement, None, work):
        for where, outcomes in sequences(statement, at, work):
            compared += number_of(outcomes)
            found = trend_of(outcomes)
            if found is not None and refutes(found, statement.relation):
                return Found(compared, f"{found.text}, {_where(where, outcomes)}", dict(at))
    return Found(compared)


def _fails(statement: Statement, counterexample: Mapping[str, Any] | None, work: Work) -> Found:
    """A FAILS is contradicted where its own place, or without one every place, clearly shows the relation."""
    compared = 0
    told = []
    for at in fixed_points(statement, counterexample, work):
        for where, outcomes in sequences(statement, at, work):
            found = trend_of(outcomes)
            if found is None or not confirms(found, statement.relation):
                return Found(compared)
            compared += number_of(outcomes)
            told.append(f"{found.text}, {_where(where, outcomes)}")
    return Found(compared, "; ".join(told[:3]), None) if told else Found(0)


def _where(where: str, outcomes: list[tuple[float, Outcome]]) -> str:
    samples = usable([o for _, o in outcomes if isinstance(o, Sample)])
    last = [f"{mp.nstr(mp.exp(s.y), 6)}" for s in samples[-3:]]
    return f"{where}: the last quotients are {', '.join(last)}" if last else where


def sequences(statement: Statement, at: Point, work: Work) -> Iterator[tuple[str, list[tuple[float, Outcome]]]]:
    """(words, outcomes) of every sequence at fixed values of the other variables."""
    assert isinstance(statement.limit, tuple)
    name, target = statement.limit
    try:
        kernel = kernel_of(statement, at) if name != "L" else None
    except Unable:
        return
    start = start_of(statement, kernel, name, at, work)
    if start is None:
        return
    beside = f" at {shown(at)}" if at else ""
    if name == "t":
        for side in towards(target):
            path = [({**at, "t": t}, i * log(2)) for t, i in side]
            yield (
                f"as t -> {target} from {'below' if path[0][0]['t'] < int(target) else 'above'}{beside}",
                outcomes_along(statement, path, work),
            )
        return
    where = statement.range(name)
    for parity in classes(where):
        path = [({**at, name: v}, log(v)) for v in geometric(where, parity, start, reach(statement, kernel))]
        yield f"along {name} {('even', 'odd')[parity]}{beside}", outcomes_along(statement, path, work)


def outcomes_along(
    statement: Statement, path: Iterable[tuple[Point, float]], work: Work
) -> list[tuple[float, Outcome]]:
    """What the sides are along a path; points out of reach are left out."""
    found: list[tuple[float, Outcome]] = []
    for at, x in path:
        try:
            found.append((x, outcome_at(statement, at, x, work)))
        except Unable:
            continue
    return found


def outcome_at(statement: Statement, at: Point, x: float, work: Work) -> Outcome:
    """log|left/right|, or which side is 0 or undefined. Raises Unable."""
    try:
        left, right = sides(statement, at, work)
    except Undefined:
        return Shape.UNDEFINED
    zeros = isinstance(left, Fraction) and left == 0, isinstance(right, Fraction) and right == 0
    if any(zeros):
        if all(zeros):
            return Shape.BOTH_ZERO
        other = right if zeros[0] else left
        if sign(other) is None:
            raise Unable("a side cannot be told from 0")
        return Shape.LEFT_ZERO if zeros[0] else Shape.RIGHT_ZERO
    sizes = abs(real(left)), abs(real(right))
    if not all(sizes):
        raise Unable("a side cannot be told from 0")
    error = float(error_of(left) / sizes[0] + error_of(right) / sizes[1])
    negative = (real(left) < 0) != (real(right) < 0)
    return Sample(x, float(mp.log(sizes[0]) - mp.log(sizes[1])), error, negative)


def number_of(outcomes: list[tuple[float, Outcome]]) -> int:
    """How many outcomes are definite."""
    return sum(not isinstance(o, Sample) or o.error <= 0.02 for _, o in outcomes)


def trend_of(outcomes: list[tuple[float, Outcome]]) -> Trend | None:
    """The trend of a sequence: of one kind in its tail, or that of the quotients behind the last exception."""
    kinds = [o for _, o in outcomes]
    tail = [o for o in kinds[-TAIL:] if isinstance(o, Shape)]
    if len(tail) == TAIL:
        return Trend(tail[0]) if len(set(tail)) == 1 else None
    last = max((i for i, o in enumerate(kinds) if isinstance(o, Shape)), default=-1)
    return trend([o for o in kinds[last + 1 :] if isinstance(o, Sample)])


__all__ = ["confront_growth", "moves_in_t", "outcomes_along", "refutes", "trend_of"]
