"""Integers, and values of t, at which some part of an expression is zero or changes its sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import numpy as np

from theory.language.formulas import uses_kernel, variables
from theory.statements.falsifier.near import Unable, Undefined, sign
from theory.statements.falsifier.values import Scene, value
from theory.statements.falsifier.work import Work
from theory.symbolic.expressions import Name, Node, Number, Operation, walk

MAX_DEGREE = 30
FARTHEST = 10**9
SCAN = tuple(sorted({2**i + s for i in range(31) for s in (-1, 0)} | set(range(10)) | {10**i for i in range(2, 10)}))
MOST_NODES = 24
ROOTS = 150  # units of work of the roots of one polynomial
TOO_BIG = (Undefined, Unable)
ZERO = Fraction(0)


def polynomial(node: Node, name: str, others: Mapping[str, Fraction | int]) -> list[Fraction] | None:
    """Coefficients in one variable, the others fixed, constant first; None for what is no short polynomial.

    >>> from theory.language.formulas import parse_formula
    >>> [int(c) for c in polynomial(parse_formula("(k-3)*(k+d)"), "k", {"d": 2})]
    [-6, -1, 1]
    """
    match node:
        case Number(number):
            return [number]
        case Name(found):
            if found == name:
                return [Fraction(0), Fraction(1)]
            return [Fraction(others[found])] if found in others else None
        case Operation("**", base, Number(exponent)) if exponent.denominator == 1 and 0 <= exponent <= MAX_DEGREE:
            part = polynomial(base, name, others)
            if part is None or (len(part) - 1) * exponent > MAX_DEGREE:
                return None
            total = [Fraction(1)]
            for _ in range(int(exponent)):
                total = _product(total, part)
            return total
        case Operation("+" | "-" | "*" as op, left, right):
            a, b = polynomial(left, name, others), polynomial(right, name, others)
            if a is None or b is None or len(a) + len(b) > MAX_DEGREE:
                return None
            if op == "*":
                return _product(a, b)
            size, s = max(len(a), len(b)), 1 if op == "+" else -1
            return [(a[i] if i < len(a) else ZERO) + s * (b[i] if i < len(b) else ZERO) for i in range(size)]
        case Operation("/", left, Number(number)) if number:
            part = polynomial(left, name, others)
            return None if part is None else [c / number for c in part]
    return None


def _product(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    total = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            total[i + j] += x * y
    return total


def real_roots(coefficients: list[Fraction]) -> list[float]:
    """Approximate real roots."""
    while len(coefficients) > 1 and coefficients[-1] == 0:
        coefficients = coefficients[:-1]
    if len(coefficients) < 2 or any(not c.numerator.bit_length() < 900 for c in coefficients):
        return []
    scale = max(abs(c) for c in coefficients)
    found: Iterable[complex] = (
        np.polynomial.polynomial.polyroots([float(c / scale) for c in coefficients])
        if float(coefficients[-1] / scale)
        else []
    )
    return sorted(float(z.real) for z in found if abs(z.imag) <= 1e-4 * (1 + abs(z)))


def _nodes_of(nodes: tuple[Node, ...], name: str) -> list[Node]:
    """Sums and differences that move with the variable and hold nothing of the kernel."""
    found: dict[Node, None] = {}
    for top in nodes:
        for node in walk(top):
            if isinstance(node, Operation) and node.op in "+-" and name in variables(node) and not uses_kernel(node):
                found[node] = None
    return list(found)[:MOST_NODES]


def integer_roots(
    nodes: tuple[Node, ...], name: str, others: Mapping[str, Fraction | int], least: int, most: int | None, work: Work
) -> list[int]:
    """Integers next to a root of a part, within the range, as far as the work suffices.

    >>> from theory.language.formulas import parse_formula
    >>> integer_roots((parse_formula("1/(k-700)"),), "k", {}, 0, None, Work())
    [699, 700, 701]
    """
    found: set[int] = set()
    for node in _nodes_of(nodes, name):
        coefficients = polynomial(node, name, others)
        if coefficients is None:
            found |= set(_sign_changes(node, name, others, least, most, work))
            continue
        if work.left < ROOTS:
            break
        work.pay(ROOTS)
        for root in real_roots(coefficients):
            if abs(root) <= FARTHEST:
                found |= {round(root) + s for s in (-1, 0, 1)}
    return sorted(v for v in found if v >= least and (most is None or v <= most))


def _sign_changes(
    node: Node, name: str, others: Mapping[str, Fraction | int], least: int, most: int | None, work: Work
) -> Iterator[int]:
    if not variables(node) <= {name, *others}:
        return
    places = [v for v in SCAN if v >= least and (most is None or v <= most) and v <= 10**4]
    signs = [(v, _sign(node, {**others, name: v}, work)) for v in places]
    known = [(v, s) for v, s in signs if s is not None]
    for (low, a), (high, b) in zip(known, known[1:], strict=False):
        if a == 0 or b == 0:
            yield low if a == 0 else high
        elif a != b:
            yield from _bisected(node, name, others, low, high, a, work)


def _bisected(
    node: Node, name: str, others: Mapping[str, Fraction | int], low: int, high: int, below: int, work: Work
) -> Iterator[int]:
    while high - low > 1:
        middle = (low + high) // 2
        found = _sign(node, {**others, name: middle}, work)
        if found is None:
            break
        low, high = (middle, high) if found == below else (low, middle)
    yield from (low, high)


def _sign(node: Node, at: Mapping[str, Fraction | int], work: Work) -> int | None:
    try:
        return sign(value(node, Scene(None, at, work)))
    except TOO_BIG:
        return None


def t_roots(nodes: tuple[Node, ...], others: Mapping[str, Fraction | int]) -> list[Fraction]:
    """Rationals in [-1, 1] at, or close to, the zeros in t of polynomial parts.

    >>> from theory.language.formulas import parse_formula
    >>> Fraction(1, 3) in t_roots((parse_formula("1/(t-1/3)"),), {})
    True
    """
    found: set[Fraction] = set()
    for node in _nodes_of(nodes, "t"):
        coefficients = polynomial(node, "t", others)
        for root in real_roots(coefficients) if coefficients is not None else []:
            if abs(root) <= 1:
                near_by = Fraction(root).limit_denominator(1000)
                close = Fraction(root)
                found |= {near_by} | {close + s * Fraction(1, 10**6) for s in (-1, 0, 1)}
    return sorted(v for v in found if abs(v) <= 1)


def vanishing_divisor(
    nodes: tuple[Node, ...], others: Mapping[str, Fraction | int]
) -> tuple[Fraction, Fraction] | None:
    """Two values of t between which some divisor, a polynomial in t or a power of one, changes its sign.

    >>> from theory.language.formulas import parse_formula
    >>> low, high = vanishing_divisor((parse_formula("1/(t**2-1/2)**2"),), {})
    >>> bool(low**2 < Fraction(1, 2) < high**2 or high**2 < Fraction(1, 2) < low**2)
    True
    """
    for top in nodes:
        for node in walk(top):
            if isinstance(node, Operation) and node.op == "/":
                for factor in _factors(node.right):
                    coefficients = polynomial(factor, "t", others)
                    change = None if coefficients is None else _change(coefficients)
                    if change is not None:
                        return change
    return None


def _factors(node: Node) -> Iterator[Node]:
    match node:
        case Operation("*", left, right):
            yield from _factors(left)
            yield from _factors(right)
        case Operation("/", left, _):
            yield from _factors(left)
        case Operation("**", base, Number(exponent)) if exponent > 0:
            yield from _factors(base)
        case _:
            yield node


def _change(coefficients: list[Fraction]) -> tuple[Fraction, Fraction] | None:
    step = Fraction(1, 10**7)
    for root in real_roots(coefficients):
        low, high = max(Fraction(root) - step, Fraction(-1)), min(Fraction(root) + step, Fraction(1))
        if low < high:
            a, b = (sum((c * x**i for i, c in enumerate(coefficients)), Fraction(0)) for x in (low, high))
            if a * b < 0:
                return low, high
    return None
