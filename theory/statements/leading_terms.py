"""The first terms of both sides of a statement as t -> 1, t -> -1 or t -> 0, by exact expansions.

With u = 1 - t, 1 + t, t or -t, every side that is built from kappa(T), powers and elementary
functions is a Puiseux series in u with exact coefficients (`theory.expansions.at_ends`); its first term is
the first one whose sign balls certify.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy as sp

from theory.expansions.at_ends import at_series, variable
from theory.kernels import Kernel
from theory.kernels.named import NamedKernels
from theory.language.formulas import function_of, variables
from theory.numbers.truth import Truth
from theory.statements.cases.growth import HOLDS_IF
from theory.statements.meaning import expression_at
from theory.statements.outcome import NotSymbolic
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, walk
from theory.symbolic.objects import grammar_text
from theory.symbolic.puiseux import NoExpansion, Puiseux, arc_cosine, exponential, sign, sine_cosine
from theory.symbolic.ranges import Ranges

ORDERS = (2, 4, 8)
ONE = Number(Fraction(1))
Spoken = Kernel | NamedKernels | None
Lead = tuple[Fraction, sp.Expr]


def approaches(place: int) -> list[tuple[Callable[[int], Puiseux], str]]:
    """(t as a series in u, u as text) for every side from which t may come."""
    if place == 0:
        below = lambda order: Puiseux.of([(1, sp.Integer(-1))], order)
        return [(approach(0), "t"), (below, "(-t)")]
    return [(approach(place), "(1-t)" if place == 1 else "(1+t)")]


def approach(place: int) -> Callable[[int], Puiseux]:
    """t as a series in u to an order, at t = 1, -1 or 0."""
    return lambda order: variable(place, Fraction(order))


def lead(node: Node, kernel: Spoken, ranges: Ranges, t: Callable[[int], Puiseux]) -> Lead:
    """(exponent, coefficient) of the first term in u that is certainly not 0."""
    for order in ORDERS:
        try:
            series = _series(node, kernel, ranges, t(order))
        except NoExpansion:
            if order == ORDERS[-1]:
                raise
            continue
        found = next(((e, c) for e, c in series.terms if sign(c) != 0), None)
        if found is not None:
            return found
    raise NotSymbolic(f"a side vanishes to order {ORDERS[-1]} at least")


def _series(node: Node, kernel: Spoken, ranges: Ranges, t: Puiseux) -> Puiseux:
    if "t" not in variables(node):
        value = expression_at(node, kernel, ranges) if _is_at_one(node) or not _is_kappa(node) else None
        if value is not None:
            if value.free_symbols or value.is_finite is False:
                raise NotSymbolic(f"{value} is no number")
            return Puiseux.constant(value, t.order)
    match node:
        case Name():
            return t
        case Operation("**", left, right):
            return _power(node, left, right, kernel, ranges, t)
        case Operation(op, left, right):
            a, b = (_series(part, kernel, ranges, t) for part in (left, right))
            if op in "+-":
                return a + b if op == "+" else a - b
            return a * (b if op == "*" else b.power(Fraction(-1)))
        case Call(name, (inner,)):
            return _function(name, _series(inner, kernel, ranges, t), kernel)
    raise NotSymbolic("no expansion of a function of two arguments of t")


def _is_at_one(node: Node) -> bool:
    """kappa(1) is known exactly, and no series in u at a constant would tell it."""
    return isinstance(node, Call) and function_of(node) == "kappa" and node.args == (ONE,)


def _is_kappa(node: Node) -> bool:
    return any(function_of(part) == "kappa" for part in walk(node))


def _power(node: Operation, left: Node, right: Node, kernel: Spoken, ranges: Ranges, t: Puiseux) -> Puiseux:
    base = _series(left, kernel, ranges, t)
    if "t" not in variables(right):
        exponent = expression_at(right, kernel, ranges)
        if not exponent.is_Rational:
            raise NotSymbolic(f"a power with exponent {exponent}")
        return base.power(Fraction(int(exponent.p), int(exponent.q)))
    return exponential(_function("log", base, kernel) * _series(right, kernel, ranges, t))


def _function(name: str, s: Puiseux, kernel: Spoken) -> Puiseux:
    if isinstance(kernel, NamedKernels) and "." in name:
        kernel, name = kernel.spoken_of(name)
    match name:
        case "kappa":
            assert isinstance(kernel, Kernel)
            return at_series(kernel, s)
        case "sqrt":
            return s.power(Fraction(1, 2))
        case "exp":
            return exponential(s)
        case "sin" | "cos":
            return sine_cosine(s)[name == "cos"]
        case "acos":
            return arc_cosine(s)
        case "asin":
            return Puiseux.constant(sp.pi / 2, s.order) - arc_cosine(s)
        case "log":
            value, rest = s.centred()
            if sign(value) <= 0:
                raise NoExpansion("log has no expansion where its argument is not positive")
            slopes = lambda m: sp.Rational((-1) ** (m + 1), m) if m else sp.Integer(0)
            series = rest.scaled(1 / value).into(slopes)
            return series + Puiseux.constant(sp.log(value), s.order)
    raise NotSymbolic(f"no expansion of {name}")


def relation_near_point(relation: str, exponent: Fraction, left: sp.Expr, right: sp.Expr) -> Truth:
    """The relation between left*u^exponent and right, u -> 0+."""
    if relation == "~":
        same = exponent == 0 and sign(left - right) == 0
        return Truth.HOLDS if same else Truth.FAILS
    size = "constant" if exponent == 0 else "zero" if exponent > 0 else "infinity"
    return Truth.HOLDS if size in HOLDS_IF[relation] else Truth.FAILS


def power_text(coefficient: sp.Expr, exponent: Fraction, u: str) -> str:
    """coefficient * u**exponent as text."""
    constant = grammar_text(sp.factor_terms(coefficient))
    if exponent == 0:
        return constant
    constant = f"({constant})" if coefficient.is_Add else constant
    if exponent == 1:
        return f"{constant}*{u}"
    plain = exponent.denominator == 1 and exponent > 0
    return f"{constant}*{u}**{exponent if plain else f'({exponent})'}"
