"""Ball values of constant expressions."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb

from theory.precision import ball, precision_bits, rational
from theory.towers import NamedConstant


def constant_ball(expression: sp.Expr) -> arb:
    """Enclosure of a constant made of rationals, pi, E, powers and Gammas, at the working precision.

    >>> bool(constant_ball(sp.E/sp.pi**2) < constant_ball(sp.gamma(sp.Rational(1, 3))))
    True
    """
    match expression:
        case sp.Rational():
            return ball(Fraction(expression.p, expression.q))
        case sp.Add():
            return sum((constant_ball(part) for part in expression.args), arb(0))
        case sp.Mul():
            value = arb(1)
            for factor in expression.args:
                value *= constant_ball(factor)
            return value
        case sp.Pow():
            base, exponent = expression.args
            if exponent.is_Integer:
                return constant_ball(base) ** int(exponent)
            return constant_ball(base) ** constant_ball(exponent)
        case sp.exp():
            return constant_ball(expression.args[0]).exp()
        case sp.log():
            return constant_ball(expression.args[0]).log()
        case sp.acos() | sp.asin() | sp.sin() | sp.cos() | sp.erf() | sp.atan() | sp.tan() | sp.sinh() | sp.cosh():
            return _function(type(expression).__name__, constant_ball(expression.args[0]))
        case sp.besselk():
            order, argument = map(constant_ball, expression.args)
            return argument.bessel_k(order)
        case NamedConstant():
            return _named_ball(expression, precision_bits())
        case sp.gamma():
            argument = expression.args[0]
            if argument.is_Rational:
                return arb.gamma_fmpq(rational(Fraction(argument.p, argument.q)))
            return constant_ball(argument).gamma()
    if expression == sp.pi:
        return arb.pi()
    if expression == sp.E:
        return arb(1).exp()
    raise TypeError(f"{expression} is no constant of the field")


@lru_cache(maxsize=1024)
def _named_ball(constant: NamedConstant, bits: int) -> arb:
    """A constant of a tower, once per precision."""
    return constant_ball(constant.definition)


def _function(name: str, value: arb) -> arb:
    if name == "erf":
        return value.erf()
    return getattr(value, name)()
