"""Arithmetic read by Python's own grammar, with names of one's own: a witness for the project's parser.

The text is parsed by `ast` and walked: only numbers, + - * / **, names and calls of names have a value.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def value_of(text: str, names: Mapping[str, Any] | None = None, number: Callable[[int], Any] = Fraction) -> Any:
    """The value of the text, every integer literal made a `number`.

    >>> value_of("2 - half(-3)**2", {"half": lambda z: z / 2})
    Fraction(-1, 4)
    """
    return _value(ast.parse(text, mode="eval").body, names or {}, number)


def _value(node: ast.expr, names: Mapping[str, Any], number: Callable[[int], Any]) -> Any:
    match node:
        case ast.Constant(value=int() as value):
            return number(value)
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names, number)
        case ast.BinOp(left=left, op=op, right=right):
            return BINARY[type(op)](_value(left, names, number), _value(right, names, number))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return names[name](*(_value(argument, names, number) for argument in args))
    raise ValueError(f"no arithmetic: {ast.unparse(node)}")
