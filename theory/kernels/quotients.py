"""Quotients of normal forms, and what they tell of the even and the odd part of an expression."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import inf

from theory.kernels.normal_form import (
    NAMES,
    ONE,
    UNIT,
    Form,
    add,
    degree,
    mirrored,
    multiply,
    number,
    operated,
    power,
    scaled,
)
from theory.numbers.truth import all_known
from theory.symbolic.expressions import Inner, Node, Number, Operation, fold

Quotient = tuple[Form, Form]


@lru_cache(maxsize=4096)
def quotient_form(tree: Node) -> Quotient | None:
    """(A, B) with the expression = A/B, None where numerator or denominator has no form.

    >>> from theory.kernels.zonal_expressions import parse_expression
    >>> quotient_form(parse_expression("1/(1+exp(t)) + 1/2")) is None
    False
    """
    return fold(tree, lambda value: (number(value), ONE), lambda name: (NAMES[name], ONE), _quotient)


def _quotient(node: Inner, values: Sequence[Quotient | None]) -> Quotient | None:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    whole = [over for over, below in known if below == ONE]
    form = operated(node, whole) if len(whole) == len(known) else None
    if form is not None:
        return form, ONE
    (a, b), (c, d) = known[0], known[-1]
    match node:
        case Operation("+" | "-" as sign):
            first, second = multiply(a, d), multiply(c, b)
            if first is None or second is None:
                return None
            return _pair(add([first, scaled(second, UNIT if sign == "+" else -UNIT)]), multiply(b, d))
        case Operation("*"):
            return _pair(multiply(a, c), multiply(b, d))
        case Operation("/"):
            return _pair(multiply(a, d), multiply(b, c))
        case Operation("**", _, Number(exponent)) if exponent.denominator == 1:
            over, below = (a, b) if exponent >= 0 else (b, a)
            return _pair(power(over, abs(exponent)), power(below, abs(exponent)))
    return None


def _pair(over: Form | None, below: Form | None) -> Quotient | None:
    return None if over is None or not below else (over, below)


def parity_degrees(tree: Node) -> tuple[float, float] | None:
    """Degrees of the even and of the odd part of an expression, inf where a part is no polynomial; None if unknown.

    With f = A/B and f(-t) = C/D the parts are (A D +- C B)/(2 B D): a constant where that is a multiple of B D.

    >>> from theory.kernels.zonal_expressions import parse_expression
    >>> parity_degrees(parse_expression("1/(1+exp(-200*t))"))
    (0.0, inf)
    """
    found = quotient_form(tree)
    other = None if found is None else all_known(map(mirrored, found))
    if found is None or other is None:
        return None
    products = all_known((multiply(found[0], other[1]), multiply(other[0], found[1]), multiply(found[1], other[1])))
    if products is None:
        return None
    first, second, below = products
    even, odd = (add([first, scaled(second, sign)]) for sign in (UNIT, -UNIT))
    return _quotient_degree(even, below), _quotient_degree(odd, below)


def _quotient_degree(over: Form, below: Form) -> float:
    if below == ONE or not over:
        return degree(over)
    ratio = over[0].polynomial[-1] / below[0].polynomial[-1]
    return inf if add([over, scaled(below, -ratio)]) else 0.0
