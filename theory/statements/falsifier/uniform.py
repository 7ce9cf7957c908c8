"""Statements with one constant for all values: confronted at points, and along rays of one or two variables."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from theory.language.statement import Statement
from theory.numbers.truth import Truth
from theory.statements.falsifier.comparison import Found, shown
from theory.statements.falsifier.families import kernel_of
from theory.statements.falsifier.growth import number_of, outcome_at, outcomes_along, refutes, trend_of
from theory.statements.falsifier.near import Unable
from theory.statements.falsifier.points import Point, points
from theory.statements.falsifier.sequences import DOUBLINGS, START, classes, fixed_t, geometric, reach, start_of
from theory.statements.falsifier.trends import Shape, Trend
from theory.statements.falsifier.work import Work
from theory.symbolic.objects import Range


def confront_uniform(statement: Statement, truth: Truth, work: Work) -> Found:
    """HOLDS: nowhere may one side alone be 0 or undefined, and no ray may show the contrary."""
    if truth is not Truth.HOLDS:
        return Found(0)
    compared = 0
    for at in points(statement, work):
        try:
            found = outcome_at(statement, at, 0.0, work)
        except Unable:
            continue
        compared += 1
        if isinstance(found, Shape) and refutes(Trend(found), statement.relation):
            return Found(compared, f"{found} at {shown(at)}", dict(at))
    for words, path in rays(statement, work):
        outcomes = outcomes_along(statement, path, work)
        compared += number_of(outcomes)
        trend = trend_of(outcomes)
        if trend is not None and refutes(trend, statement.relation):
            return Found(compared, f"{trend.text} along {words}", None)
    return Found(compared)


def rays(statement: Statement, work: Work) -> Iterator[tuple[str, list[tuple[Point, float]]]]:
    """Each unbounded variable alone, and two of them together."""
    free = [w for w in statement.ranges if w.most is None]
    first: Point = {**statement.ranges.least, **fixed_t(statement)}
    bases = [first, *({**first, w.name: v} for w in statement.ranges for v in w.values(3)[1:])]
    for w in free:
        for base in bases:
            try:
                kernel = kernel_of(statement, base)
                start = start_of(statement, kernel, w.name, base, work)
            except Unable:
                continue
            if start is None:
                continue
            for parity in classes(w):
                others = {name: v for name, v in base.items() if name != w.name}
                yield (
                    f"{w.name} at {shown(others)}",
                    [({**base, w.name: v}, log(v)) for v in geometric(w, parity, start, reach(statement, kernel))],
                )
    for i, a in enumerate(free):
        for b in free[i + 1 :]:
            if any(start_of(statement, kernel_of(statement, first), w.name, first, work) != START for w in (a, b)):
                continue  # numbers such as 10**20 beside a variable: the corner begins further out
            for slower in (a, b):
                yield from _together(a, b, slower.name, first)


def _together(a: Range, b: Range, slower: str, first: Point) -> Iterator[tuple[str, list[tuple[Point, float]]]]:
    """v and v, or v and about its root, of every pair of parities."""
    for pa in classes(a):
        for pb in classes(b):
            path: list[tuple[Point, float]] = []
            for v in (8 * 2**i for i in range(DOUBLINGS + 1)):
                small = 2 * round(v**0.5 / 2)
                at = {a.name: (small if slower == a.name else v) + pa, b.name: (small if slower == b.name else v) + pb}
                if a.contains(at[a.name]) and b.contains(at[b.name]):
                    path.append(({**first, **at}, log(v)))
            yield f"{a.name} and {b.name} together, {slower} like the root", path
