"""Logarithms as factors: log(mu(k)) and k*log(k) grow like what is inside, which is looked at by itself.

log(z) is a factor s exp(LogLog(z)), s = 1 or -1 its sign for all large v (`theory.symbolic.growth`): nothing is lost,
so that sums in which logarithms cancel are seen to do so, and are not taken for 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import sympy as sp

from theory.numbers.balls import working_precision
from theory.proofs.rules.inequality import positive
from theory.statements.outcome import NotSymbolic
from theory.symbolic.constants import constant_ball
from theory.symbolic.growth import FLAT, LogLog, growth, largest_order
from theory.symbolic.hypergeometric import single_term
from theory.symbolic.ranges import Ranges


def logarithm(
    argument: sp.Expr, variable: sp.Symbol, others: Ranges, constants: Mapping[sp.Symbol, sp.Expr]
) -> sp.Expr:
    """log of a positive term as a factor. Raises NotSymbolic where it tends to 0 or its sign is not certain.

    >>> k = sp.Symbol("k", integer=True, positive=True)
    >>> logarithm(k**-3, k, Ranges(), {})
    -exp(LogLog(k**3))
    """
    scale, order = largest_order(growth(single_term(argument), variable))
    sign = _sign(order.subs(constants), others)
    if sign is None:
        where = "tends to 0" if scale == FLAT else "has no certain sign"
        raise NotSymbolic(
            f"log of {argument}, which {where}" if scale == FLAT else f"the sign of log({argument}) is not certain"
        )
    return sign * sp.exp(LogLog(argument if sign > 0 else 1 / argument))


def with_factors(
    expression: sp.Expr,
    variable: sp.Symbol,
    others: Ranges,
    constants: Mapping[sp.Symbol, sp.Expr] = MappingProxyType({}),
) -> sp.Expr:
    """The expression with its logarithms that move with the variable as factors; those inside an exponent stay."""
    if isinstance(expression, sp.log) and expression.has(variable):
        return logarithm(expression.args[0], variable, others, constants)
    if isinstance(expression, sp.Add | sp.Mul):
        return expression.func(*(with_factors(part, variable, others, constants) for part in expression.args))
    if isinstance(expression, sp.Pow) and expression.base.has(sp.log):
        return with_factors(expression.base, variable, others, constants) ** expression.exp
    return expression


def _sign(order: sp.Expr, others: Ranges) -> int | None:
    if order.is_number:
        with working_precision(60):
            value = constant_ball(order)
        return 1 if value > 0 else -1 if value < 0 else None
    try:
        return 1 if positive(order, others) else -1 if positive(-order, others) else None
    except sp.PolynomialError:
        return None
