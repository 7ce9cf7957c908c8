"""Along which sequences the sides of an asymptotic statement are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import inf
from typing import Any

from theory.kernels import Kernel
from theory.kernels.named import NamedKernels
from theory.language.formulas import function_of, uses_kernel, variables
from theory.language.statement import Statement
from theory.statements.falsifier.kernels import has_formula
from theory.statements.falsifier.near import Unable, Undefined, real, sign
from theory.statements.falsifier.points import Point, moves_in_t
from theory.statements.falsifier.roots import integer_roots
from theory.statements.falsifier.values import Scene, value
from theory.statements.falsifier.work import Work
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, operands, walk
from theory.symbolic.objects import Range

START, DOUBLINGS = 8, 11  # 8, 16, ..., 16384
REACH = 520  # of a degree where eigenvalues are integrated
DEEPEST = 64
NEAREST = range(4, 31, 2)  # t at a distance 2^-i
MODERATE = 200  # numbers beyond which an asymptotic law may begin further out than one can look
MODERATE_KERNEL = 1_000
LARGEST_START = 10**12


def classes(where: Range) -> tuple[int, ...]:
    """The parities that a range allows.

    >>> classes(Range("k", 3, None, 1)), classes(Range("k", 0))
    ((1,), (0, 1))
    """
    return (0, 1) if where.parity is None else (where.parity,)


def geometric(where: Range, parity: int, start: int = START, most: int | None = None) -> list[int]:
    """v, 2v, 4v, ... of one parity, from the least value on, up to about `most`.

    >>> geometric(Range("k", 0), 1)[:3]
    [7, 15, 31]
    """
    first = max(start, where.least + where.least % 2)
    found = [first * 2**i - parity for i in range(DOUBLINGS + 1)]
    if where.name == "L":
        found = (
            [v for v in ((2 + parity) * 2**i for i in range(6)) if v <= DEEPEST]
            if parity == 0
            else [3, 5, 9, 17, 33, 63]
        )
    return [v for v in found if where.contains(v) and (most is None or v <= most)]


def towards(target: str) -> list[list[tuple[Fraction, int]]]:
    """(t, i) with t at the distance 2^-i of the target, from inside, or from both sides of 0."""
    end = Fraction(int(target))
    sides = (1, -1) if target == "0" else (-int(target),)
    return [[(end + s * Fraction(1, 2**i), i) for i in NEAREST] for s in sides]


def fixed_points(statement: Statement, counterexample: Mapping[str, Any] | None, work: Work) -> Iterator[Point]:
    """Values of the other variables: those a counterexample names, else the least ones, some further, and roots."""
    ranges = statement.ranges.without(statement.moving)
    named = {w.name: int(counterexample[w.name]) for w in ranges if counterexample and w.name in counterexample}
    first = {**{w.name: named.get(w.name, w.least) for w in ranges}, **fixed_t(statement)}
    free = [w for w in ranges if w.name not in named]
    seen: list[Point] = []
    for at in _varied(statement, free, first, work):
        if at not in seen:
            seen.append(at)
            yield at


def fixed_t(statement: Statement) -> Point:
    """A value of t where it is one of the variables that stay."""
    return {"t": Fraction(1, 3)} if moves_in_t(statement) and statement.moving != "t" else {}


def _varied(statement: Statement, free: list[Range], first: Point, work: Work) -> Iterator[Point]:
    yield dict(first)
    nearest = [{**first, w.name: v} for w in free for v in w.values(5)[1:]]
    yield from nearest
    if len(free) > 1:
        yield {**first, **{w.name: w.values(3)[-1] for w in free}}
        yield {**first, **{w.name: w.values(4)[-1] for w in free}}
    sides = (statement.left, statement.right)
    for w in free:
        others = {name: v for name, v in first.items() if name != w.name}
        roots = integer_roots(sides, w.name, others, w.least, w.most, work)
        yield from ({**first, w.name: v} for v in roots if w.contains(v))
    for w in free:
        yield from ({**first, w.name: v} for v in (7, 10) if w.contains(v))
        if w.most is not None:
            yield from ({**first, w.name: v} for v in (w.most, w.most - 1) if w.contains(v))
    for w in free:
        yield from ({**first, w.name: v} for v in (33, 64) if w.contains(v))


def start_of(
    statement: Statement, kernel: Kernel | NamedKernels | None, moving: str | None, at: Point, work: Work
) -> int | None:
    """Where a sequence begins, beyond the scale of the numbers that stand in sums, powers and functions.

    None where that is out of reach: then nothing is said.
    """
    exact = statement.relation == "~"  # where factors count too
    largest = max(_scale(side, moving, at, kernel, work, exact) for side in (statement.left, statement.right))
    speaks = uses_kernel(statement.left) or uses_kernel(statement.right)
    if speaks and kernel is not None and _numbers(repr(kernel)) > MODERATE_KERNEL:
        return None
    if largest <= MODERATE:
        return START
    return int(START * largest**2) if not speaks and largest**2 < LARGEST_START else None


def _numbers(text: str) -> float:
    found = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", text)]
    return max(found, default=1.0)


def _scale(
    node: Node, moving: str | None, at: Point, kernel: Kernel | NamedKernels | None, work: Work, inside: bool = False
) -> float:
    """The largest size, or inverse size, of a constant beside which the variable moves; factors do not count."""
    largest, stack = 1.0, [(node, inside)]
    while stack:
        part, within = stack.pop()
        if moving is None or not _moves(part, moving):  # 1 + 10**(-12), too
            largest = max(largest, *(_size(below, at, kernel, work) for below in walk(part))) if within else largest
        else:
            beside = within or not (isinstance(part, Operation) and part.op in "*/")
            stack += [(operand, beside) for operand in reversed(operands(part))]
    return largest


def _moves(node: Node, name: str) -> bool:
    """Whether a variable stands in the node; mu(K) and a(K) are taken on S^d."""
    on_sphere = name == "d" and any(
        isinstance(n, Call) and (n.name == "a" or function_of(n) == "mu" and len(n.args) == 1) for n in walk(node)
    )
    return on_sphere or name in variables(node)


def _size(node: Node, at: Point, kernel: Kernel | NamedKernels | None, work: Work) -> float:
    if isinstance(node, Number | Name) and not (isinstance(node, Name) and node.name in at):
        number = abs(float(node.value)) if isinstance(node, Number) else 1.0
        return max(number, 1 / number) if number else 1.0
    if kernel is None and uses_kernel(node):  # a family along its depth: no constant
        return 1.0
    try:
        found = value(node, Scene(kernel, at, work))
    except (Undefined, Unable):
        return 1.0
    if not sign(found):
        return 1.0
    size = abs(real(found))
    largest = max(size, 1 / size)
    return float(largest) if largest < 1e300 else inf


def reach(statement: Statement, kernel: Kernel | NamedKernels | None) -> int | None:
    """How far a sequence goes where eigenvalues, or coefficients of t^n, are computed in doubles."""
    kernels = kernel.kernels if isinstance(kernel, NamedKernels) else () if kernel is None else (kernel,)
    if all(map(has_formula, kernels)):
        return None
    names = {function_of(n) for side in (statement.left, statement.right) for n in walk(side)}
    return REACH if names & {"mu", "a", "b"} else None
