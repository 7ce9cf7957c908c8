"""Where the truth of a statement may change: zeros of what must be positive or not 0, and of the difference of the sides."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, pairwise

import sympy as sp

from theory.language.formulas import uses_kernel, variables
from theory.language.statement import Statement
from theory.statements.definedness import MAX_DEGREE, conditions
from theory.statements.meaning import SYMBOLS, T, expression_at
from theory.statements.outcome import NotSymbolic
from theory.symbolic.expressions import Node, Operation, walk
from theory.symbolic.ranges import Ranges, range_in
from theory.symbolic.rational_functions import fraction

MAX_FACTORS = 60  # of a statement whose zeros are looked at


def critical_points(statement: Statement) -> Iterator[dict[str, Fraction | int]]:
    """Assignments where a condition or the difference of the sides may change: integers next to the real
    zeros in one variable, the others at their least value; in t the zeros and points between them."""
    least: dict[str, Fraction | int] = dict(statement.ranges.least)
    if "t" in variables(statement.left) | variables(statement.right):
        least["t"] = Fraction(0)
    for node in _turning(statement):
        try:
            expression = expression_at(node, statement.kernel, Ranges())
        except NotSymbolic:
            continue
        for symbol in sorted(expression.free_symbols, key=str):
            at = {SYMBOLS[name]: sp.Rational(value) for name, value in least.items() if name != symbol.name}
            for value in _near_zeros(fraction(expression.subs(at))[0], symbol):
                where = range_in(statement.ranges, symbol.name) if symbol != T else None
                if where is None or where.contains(int(value)):
                    yield {**least, symbol.name: value}


def _turning(statement: Statement) -> Iterator[Node]:
    """What must be positive or not 0, the difference of the sides, and every factor such as (k - 300)**2."""
    for side in (statement.left, statement.right):
        yield from (condition.node for condition in conditions(side))
    yield Operation("-", statement.left, statement.right)
    sums = (
        node
        for side in (statement.left, statement.right)
        for node in walk(side)
        if isinstance(node, Operation) and node.op in "+-" and not uses_kernel(node)
    )
    yield from islice(dict.fromkeys(sums), MAX_FACTORS)


def _near_zeros(expression: sp.Expr, symbol: sp.Symbol) -> Iterator[Fraction | int]:
    if expression.free_symbols != {symbol} or not expression.is_polynomial(symbol):
        return
    polynomial = sp.Poly(expression, symbol)
    if polynomial.degree() > MAX_DEGREE or not all(c.is_Rational for c in polynomial.coeffs()):
        return
    zeros = [interval[0] for interval in polynomial.intervals(eps=sp.Rational(1, 10**6))]
    if symbol != T:
        for low, _ in zeros:
            floor = int(sp.floor(low))
            yield from (v for v in range(floor - 1, floor + 3) if v >= 0)
        return
    ends = [sp.Integer(-1), *(z for interval in zeros for z in interval if abs(z) <= 1), sp.Integer(1)]
    yield from (Fraction(int(z.p), int(z.q)) for z in ends)
    yield from (Fraction(int(m.p), int(m.q)) for m in ((a + b) / 2 for a, b in pairwise(ends)))


def zeros_in_t(statement: Statement) -> Iterator[tuple[Node, Fraction]]:
    """Denominators that are polynomials in t alone, each with a number next to an irrational zero in [-1, 1]."""
    for side in (statement.left, statement.right):
        for condition in conditions(side):
            if condition.kind != "nonzero" or uses_kernel(condition.node):
                continue
            expression = expression_at(condition.node, None, Ranges())
            if expression.free_symbols != {T} or not expression.is_polynomial(T):
                continue
            polynomial = sp.Poly(expression, T)
            if polynomial.degree() > MAX_DEGREE or not all(c.is_Rational for c in polynomial.coeffs()):
                continue
            for (low, high), _ in polynomial.intervals(eps=sp.Rational(1, 10**12), inf=-1, sup=1):
                if low != high:
                    yield condition.node, Fraction(int(low.p), int(low.q))
