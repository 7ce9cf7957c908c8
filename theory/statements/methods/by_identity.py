"""Statements whose two sides are one expression: mu(k) <= mu(k), whatever the kernel.

Every function is taken for an unknown, one for each text of its call; where the two sides then are the
same rational function, and no division is by an unknown, they are equal wherever both have a value.
"""

from __future__ import annotations

import sympy as sp

from theory.language.formulas import uses_kernel, variables
from theory.language.statement import Statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.definedness import Judge, conditions
from theory.statements.given import is_of_given_kernels
from theory.statements.method import Method
from theory.statements.outcome import Outcome, Part, bare_part
from theory.symbolic.expressions import ARITHMETIC, Call, Name, Node, Number, Operation, unparse, walk

HOLDING = ("=", "<=", ">=")
MAX_EXPONENT = 20


def identity(statement: Statement) -> Outcome | None:
    """HOLDS or FAILS where both sides are equal as they are written, else None.

    >>> from theory.language.statement import parse_statement
    >>> identity(parse_statement("mu(k) + k <= k + mu(k)", "NTK(depth=3)")).law
    'both sides are the same expression'
    """
    if statement.is_asymptotic or not is_same(statement.left, statement.right):
        return None
    if _is_doubtful(statement):
        return None
    law = "both sides are the same expression"
    if statement.relation in HOLDING:
        return Outcome(Truth.HOLDS, law, evidence=Evidence.PROVED)
    at = statement.ranges.least
    moving = "t" in variables(statement.left) | variables(statement.right)
    return Outcome(Truth.FAILS, law, at=at | ({"t": 0} if moving else {}), evidence=Evidence.PROVED)


def is_same(left: Node, right: Node) -> bool:
    """Whether both are one rational function of the variables and of an unknown for each call."""
    names: dict[str, sp.Symbol] = {}
    one, two = _read(left, names), _read(right, names)
    return one is not None and two is not None and (one == two or sp.cancel(sp.together(one - two)) == 0)


def _is_doubtful(statement: Statement) -> bool:
    """Whether a side may have no value: a condition that is open, or one on a quantity of the kernel."""
    found = [condition for side in (statement.left, statement.right) for condition in conditions(side)]
    if any(uses_kernel(condition.node) for condition in found):
        return True
    return Judge(statement, statement.ranges).doubt() is not None


def _read(node: Node, names: dict[str, sp.Symbol]) -> sp.Expr | None:
    """A rational function of the variables and of one unknown for each call; None where it is none."""
    match node:
        case Number(value):
            return sp.Rational(value.numerator, value.denominator)
        case Call(name, args):
            inside = [_rational(argument) for argument in args]
            text = unparse(node) if None in inside else f"{name}({', '.join(map(str, inside))})"
            return names.setdefault(text, sp.Symbol(f"x{len(names)}"))
        case Name():
            text = unparse(node)
            return names.setdefault(text, sp.Symbol(f"x{len(names)}"))
        case Operation("**", base, Number(value)) if value.denominator == 1 and 0 <= value <= MAX_EXPONENT:
            inner = _read(base, names)
            return None if inner is None else inner ** int(value)
        case Operation("**"):
            return names.setdefault(unparse(node), sp.Symbol(f"x{len(names)}"))
        case Operation(op, left, right):
            a, b = _read(left, names), _read(right, names)
            if a is None or b is None or op == "/" and b == 0:
                return None
            return ARITHMETIC[op](a, b)
    return None


def _rational(node: Node) -> sp.Expr | None:
    """The normal form of a rational function of the variables; None where there are other functions in it."""
    own = {name: sp.Symbol(name) for name in variables(node)}
    found = _read(node, dict(own)) if not any(isinstance(part, Call) for part in walk(node)) else None
    plain = found is not None and found.free_symbols <= set(own.values())
    return sp.cancel(sp.together(found)) if plain else None


def _parts(statement: Statement) -> list[Part]:
    outcome = identity(statement)
    return [] if outcome is None else [bare_part(statement.ranges, outcome)]


METHOD = Method("by identity", 10, is_of_given_kernels, _parts)
