"""Where a comparison is looked at: near every edge of the ranges, far out, at roots of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import prod

from theory.language.formulas import variables
from theory.language.statement import Statement
from theory.statements.falsifier.roots import integer_roots, t_roots
from theory.statements.falsifier.work import Work
from theory.symbolic.expressions import Node, Operation
from theory.symbolic.objects import Range

Point = Mapping[str, Fraction | int]
ALL = 1_200  # instances of a statement that is looked at whole
NEAR = {"k": 5, "n": 5, "d": 4, "L": 4}
FAR = {
    "k": (10, 11, 24, 25, 28, 33, 61, 64, 300, 1001, 10**4),
    "n": (10, 11, 24, 25, 28, 33, 61, 64, 300, 1001, 10**4),
    "d": (5, 8, 13, 32, 65, 200),
    "L": (5, 8, 13, 32, 64, 200),
}
T_NEAR = tuple(Fraction(s * i, 4) for i in range(5) for s in (1, -1) if i or s > 0)
T_MORE = tuple(
    Fraction(p, q)
    for p, q in (
        (1, 3),
        (-1, 3),
        (2, 3),
        (-2, 3),
        (1, 8),
        (-1, 8),
        (7, 8),
        (-7, 8),
        (9, 10),
        (-9, 10),
        (99, 100),
        (-99, 100),
        (1, 1000),
        (-1, 1000),
    )
) + tuple(s * (1 - Fraction(1, 10**i)) for i in (4, 8) for s in (1, -1))


def moves_in_t(statement: Statement) -> bool:
    """Whether t is one of the variables.

    >>> from theory.language.statement import parse_statement
    >>> moves_in_t(parse_statement("t**2 <= k"))
    True
    """
    return "t" in variables(statement.left) | variables(statement.right)


def _whole(statement: Statement) -> list[range] | None:
    """All values of every variable, None where they have too many instances."""
    if moves_in_t(statement):
        return None
    found = [range(w.least, w.most + 1, w.step) for w in statement.ranges if w.most is not None]
    return found if len(found) == len(statement.ranges) and prod(map(len, found)) <= ALL else None


def points(statement: Statement, work: Work) -> Iterator[Point]:
    """Points in an order in which the telling ones come first; all of them where there are few.

    >>> from theory.language.statement import parse_statement
    >>> next(points(parse_statement("k >= d"), Work()))
    {'k': 0, 'd': 1}
    """
    seen: set[tuple] = set()
    for at in _points(statement, work):
        key = tuple(sorted(at.items()))
        if key not in seen:
            seen.add(key)
            yield at


def _points(statement: Statement, work: Work) -> Iterator[Point]:
    ranges = statement.ranges
    names = ranges.names
    everything = _whole(statement)
    if everything is not None:
        yield from (dict(zip(names, at, strict=True)) for at in _spread(list(product(*everything))))
        return
    ts: tuple[Fraction, ...] = T_NEAR if moves_in_t(statement) else ()
    near = [w.values(NEAR[w.name]) for w in ranges]
    least: Point = dict(ranges.least)
    first: Point = {**least, "t": Fraction(1, 3)} if ts else least
    for position in _by_sum(near):
        at: Point = dict(zip(names, position, strict=True))
        if ts:
            yield from (
                {**at, "t": t}
                for t in (ts if sum(v - w.least for v, w in zip(position, ranges, strict=True)) < 3 else ts[:3])
            )
        else:
            yield at
    if ts:
        yield from ({**first, "t": t} for t in (*T_MORE, *t_roots(_sides(statement), first)))
    yield from _special(statement, near, first, work)


def _special(statement: Statement, near: list[list[int]], first: Point, work: Work) -> Iterator[Point]:
    """One variable at a root, at the end of its range, or far out, the others at some of their least."""
    ranges, sides = statement.ranges, _sides(statement)
    bases = [first]
    for i, w in enumerate(ranges):
        bases += [{**first, w.name: v} for v in near[i][1:3]]
    for w in ranges:
        places = bases if len(ranges) > 1 else bases[:1]
        for base in places:
            others = {name: v for name, v in base.items() if name != w.name}
            for v in integer_roots(sides, w.name, others, w.least, w.most, work):
                if w.contains(v):
                    yield {**base, w.name: v}
    for w in ranges:
        last = () if w.most is None else (w.most - i for i in range(4))
        for v in (*last, *FAR[w.name]):
            if w.contains(v):
                yield from ({**base, w.name: v} for base in bases)
    far = [[v for v in (*w.values(1), *_last(w), *FAR[w.name]) if w.contains(v)] for w in ranges]
    if len(ranges) > 1:
        for i in range(max(map(len, far))):
            at = {w.name: values[min(i, len(values) - 1)] for w, values in zip(ranges, far, strict=True)}
            yield {**first, **at}


def _last(where: Range) -> list[int]:
    return [] if where.most is None else [v for v in (where.most, where.most - 1) if where.contains(v)]


def _sides(statement: Statement) -> tuple[Node, Node, Node]:
    """Both sides, and their difference, whose sign may change where no part of a side does."""
    return statement.left, statement.right, Operation("-", statement.left, statement.right)


def _by_sum(values: list[list[int]]) -> list[tuple[int, ...]]:
    """All combinations, those of small places first."""
    places = sorted(product(*(range(len(v)) for v in values)), key=lambda at: (sum(at), at))
    return [tuple(v[i] for v, i in zip(values, at, strict=True)) for at in places]


def _spread(everything: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """First, last, middle, ...: when the work does not suffice for all, what is left out lies in between."""
    order = sorted(range(len(everything)), key=lambda i: (_depth(i, len(everything)), i))
    return [everything[i] for i in order]


def _depth(index: int, length: int) -> int:
    if index in (0, length - 1):
        return 0
    low, high, depth = 0, length - 1, 1
    while (low + high) // 2 != index:
        middle = (low + high) // 2
        low, high, depth = (middle, high, depth + 1) if index > middle else (low, middle, depth + 1)
    return depth
