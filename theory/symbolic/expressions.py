"""The tree of an arithmetic expression, of statements as of kernels: numbers, names, operations and calls.

A tree is what was written and nothing else. Every evaluator is either a `fold`, which says what the leaves
are and what an operation makes of the values of its operands, or a `match` on the four kinds of nodes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Number:
    """An exact rational."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or a constant."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of one or more expressions."""

    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """left op right, op one of + - * / **; -x is 0 - x."""

    op: str
    left: Node
    right: Node


Leaf = Number | Name
Inner = Operation | Call
Node = Leaf | Inner

# What each type of number does itself: rationals, balls, power series, arrays, SymPy.
ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": operator.pow}
)


def operands(node: Node) -> tuple[Node, ...]:
    """What a node is made of, from left to right; a leaf of nothing."""
    match node:
        case Operation(_, left, right):
            return left, right
        case Call(_, args):
            return args
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, from the top."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(operands(current))


def upwards(node: Node) -> Iterator[Node]:
    """Everything below the node and the node itself, operands before what is made of them, from left to right."""
    yield from reversed(list(walk(node)))


def names(node: Node) -> set[str]:
    """The names that occur."""
    return {part.name for part in walk(node) if isinstance(part, Name)}


def fold(
    node: Node, number: Callable[[Fraction], T], name: Callable[[str], T], inner: Callable[[Inner, Sequence[T]], T]
) -> T:
    """The value of an expression from those of its leaves: inner(operation or call, values of its operands).

    It does not recurse, so that no sum is too long for it.

    >>> tree = Operation("+", Number(Fraction(2)), Call("sqrt", (Name("k"),)))
    >>> fold(tree, str, str.upper, lambda node, values: f"[{' '.join(values)}]")
    '[2 [K]]'
    """
    values: list[T] = []
    for part in upwards(node):
        match part:
            case Number(value):
                values.append(number(value))
            case Name(text):
                values.append(name(text))
            case _:
                first = len(values) - len(operands(part))
                values[first:] = [inner(part, values[first:])]
    (found,) = values
    return found


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with `change` applied to every node, from the leaves up."""

    def inner(part: Inner, parts: Sequence[Node]) -> Node:
        return change(Call(part.name, tuple(parts)) if isinstance(part, Call) else Operation(part.op, *parts))

    return fold(node, lambda value: change(Number(value)), lambda name: change(Name(name)), inner)


def height(node: Node) -> int:
    """How many operations and calls lie within each other.

    >>> height(Name("k")), height(Call("sqrt", (Operation("+", Name("k"), Name("d")),)))
    (0, 2)
    """
    return fold(node, lambda _: 0, lambda _: 0, lambda _, heights: 1 + max(heights))


def terms(node: Node) -> list[tuple[int, Node]]:
    """The terms of a sum with their signs, as they stand in a row: of -a, a with -1; of what is no sum, itself.

    >>> tree = Operation("-", Operation("+", Name("a"), Name("b")), Operation("*", Name("c"), Name("d")))
    >>> [(sign, unparse(term)) for sign, term in terms(tree)]
    [(1, 'a'), (1, 'b'), (-1, 'c*d')]
    """
    found = []
    while isinstance(node, Operation) and node.op in "+-":
        found.append((1 if node.op == "+" else -1, node.right))
        node = node.left
    first = [] if found and node == Number(Fraction(0)) else [(1, node)]
    return [*first, *reversed(found)]


_LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}


def unparse(node: Node, level: int = 0) -> str:
    """Canonical text, the inverse of parsing.

    >>> two, k = Number(Fraction(2)), Name("k")
    >>> unparse(Operation("/", Operation("*", Operation("+", two, k), k), Number(Fraction(3, 4))))
    '(2 + k)*k/(3/4)'
    """
    match node:
        case Number(value):
            text = str(value)
            return f"({text})" if "/" in text and level >= 3 or value < 0 and level >= 4 else text
        case Name(name):
            return name
        case Call(name, args):
            return f"{name}({', '.join(map(unparse, args))})"
        case Operation("-", Number(zero), operand) if zero == 0:
            text, own = f"-{unparse(operand, 3)}", 1
        case Operation("**", left, right):
            text, own = f"{unparse(left, 5)}**{unparse(right, 5)}", 4
        case Operation(op, left, right):
            own = _LEVEL[op]
            space = " " if own == 1 else ""
            text = f"{unparse(left, own)}{space}{op}{space}{unparse(right, own + 1)}"
    return f"({text})" if own < level else text
