"""Where an expression is positive or defined, for all integers of given ranges.

SymPy's assumptions know nothing of ranges and parities (its `k` is merely positive, and k = 0 is a
degree too), so every sign and every pole is decided here, from the signs of coefficients after
v = least + u, or because a linear form misses zero on its lattice. A "no" means "not certain".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import gcd, lcm

import sympy as sp

from theory.symbolic.objects import Named, Range
from theory.symbolic.ranges import LEAST, range_in
from theory.symbolic.rational_functions import fraction

LATTICE = ("k", "n", "j", "a")  # d may be real: its integers are never used
UNEVALUATED = (Named, sp.Sum, sp.Integral, sp.Limit, sp.Derivative)


def positive_polynomial(polynomial: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Sufficient test for > 0 on the ranges: after v = least + u no coefficient is negative and the
    constant one is positive. Variables without a range refuse."""
    return _positive_polynomial(polynomial, tuple(ranges))


@lru_cache(maxsize=8192)  # what looks for a proof and what replays it ask the same
def _positive_polynomial(polynomial: sp.Expr, ranges: tuple[Range, ...]) -> bool:
    names = {w.name: w for w in ranges}
    expression = sp.expand(polynomial)
    shifts = {}
    for symbol in expression.free_symbols:
        if symbol.name not in names:
            return False
        where = names[symbol.name]
        if where.most is not None:
            if where.most != where.least:
                return False
            shifts[symbol] = sp.Integer(where.least)
        else:
            shifts[symbol] = symbol + where.least
    shifted = sp.expand(expression.subs(shifts))
    if not shifted.free_symbols:
        return bool(shifted.is_positive)
    try:
        polynomial_ = sp.Poly(shifted, *shifted.free_symbols)
    except sp.PolynomialError:
        return False
    coefficients = polynomial_.coeffs()
    return all(c.is_nonnegative for c in coefficients) and bool(polynomial_.coeff_monomial(1).is_positive)


def positive(expression: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Whether a rational function is certainly > 0 on the ranges."""
    return all(positive_polynomial(part, ranges) for part in fraction(expression))


def _factors(polynomial: sp.Expr) -> tuple[sp.Expr, list[tuple[sp.Expr, int]]]:
    if not polynomial.free_symbols:
        return polynomial, []
    return sp.factor_list(polynomial)


def positive_base(base: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Whether every irreducible factor is > 0, so that (xy)^e = x^e y^e and (x^2)^(e/2) = x^e there."""
    if base.is_Mul:
        return all(positive_base(factor, ranges) for factor in base.args)
    if isinstance(base, sp.Pow | sp.exp):
        return positive_base(base.as_base_exp()[0], ranges) and defined(base.as_base_exp()[1], ranges)
    for part in fraction(base):
        constant, factors = _factors(part)
        if not constant.is_positive or not all(positive_polynomial(f, ranges) for f, _ in factors):
            return False
    return True


def lattice(form: sp.Expr, ranges: Sequence[Range]) -> tuple[sp.Rational, sp.Rational] | None:
    """(c, g) with all values of a linear form in c + g Z; None if it is no such form."""
    expression = sp.expand(form)
    start, generator = expression.as_coeff_Add()[0], sp.Integer(0)
    rest = expression - start
    for symbol in expression.free_symbols:
        slope = expression.coeff(symbol)
        if symbol.name not in LATTICE or not slope.is_Rational:
            return None
        rest -= slope * symbol
        where = range_in(ranges, symbol.name)
        start += slope * where.least
        if where.most != where.least:
            generator = _common_divisor(generator, slope * where.step)
    return None if sp.expand(rest) != 0 or not start.is_Rational else (start, generator)


def _common_divisor(a: sp.Rational, b: sp.Rational) -> sp.Rational:
    below = lcm(int(a.q), int(b.q))
    return sp.Rational(gcd(int(a * below), int(b * below)), below)


def nonzero(expression: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Whether a rational function certainly has no zero on the ranges.

    >>> nonzero(sp.Symbol("k") - 1, [Range("k", 0, None, 0)])
    True
    """
    _, factors = _factors(fraction(expression)[0])
    if not expression.free_symbols:
        return expression.is_nonzero is True
    return all(_no_zero(factor, ranges) for factor, _ in factors)


def _no_zero(factor: sp.Expr, ranges: Sequence[Range]) -> bool:
    if positive_polynomial(factor, ranges) or positive_polynomial(-factor, ranges):
        return True
    values = lattice(factor, ranges)
    if values is None:
        return False
    start, generator = values
    return generator != 0 and not (start / generator).is_Integer


def pole_free(argument: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Whether Gamma(argument) is certainly finite: the argument is > 0, or never an integer."""
    if positive(argument, ranges):
        return True
    values = lattice(argument, ranges)
    if values is None:
        return False
    start, generator = values
    divisor = _common_divisor(generator, sp.Integer(1))
    return not (start / divisor).is_Integer


def defined(expression: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Whether the expression certainly is finite and continuous at every point of the ranges.

    1/Gamma is entire; powers that are no integers need a positive base, factor by factor.
    Unevaluated sums, limits, integrals and named objects count as numbers.
    """
    named = {name: Range(name, least) for name, least in LEAST.items()} | {w.name: w for w in ranges}
    return _defined(expression, tuple(named.values()))


def _defined(expression: sp.Expr, ranges: Sequence[Range]) -> bool:
    if isinstance(expression, UNEVALUATED) or expression.is_Symbol:
        return True
    if expression.is_number and not expression.args:
        return expression.is_finite is True
    match expression:
        case sp.Pow():
            base, exponent = expression.args
            if not exponent.is_Integer:
                return positive_base(base, ranges) and _defined(exponent, ranges)
            if isinstance(base, sp.gamma) and exponent < 0:
                return _defined(base.args[0], ranges)
            return _defined(base, ranges) and (exponent.is_positive or nonzero(base, ranges))
        case sp.gamma():
            return _defined(expression.args[0], ranges) and pole_free(expression.args[0], ranges)
        case sp.factorial() | sp.binomial():
            finite = all(_defined(part, ranges) for part in expression.args)
            return finite and pole_free(expression.args[0] + 1, ranges)
        case sp.log():
            return positive(expression.args[0], ranges)
    return all(_defined(part, ranges) for part in expression.args)
