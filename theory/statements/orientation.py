"""Roots and powers that are no integers, written with bases that are positive on the ranges.

The normal form of hypergeometric terms takes every base of a power for positive: (x^2)^(1/2) is x there.
For sqrt(k^2 - 2 k d + d^2) that is true of k - d only where k > d, as for every fixed d once k is large.
So each irreducible factor of such a base is turned to its positive side, or refused.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.numbers.truth import Unable
from theory.symbolic.objects import INTEGER_SYMBOLS, Named, Range
from theory.symbolic.positivity import positive
from theory.symbolic.rational_functions import fraction


class NoSign(Unable):
    """The sign of a base is not certain on the ranges."""


def oriented(expression: sp.Expr, ranges: Sequence[Range], limit: sp.Symbol | None = None) -> sp.Expr:
    """The same function on the ranges, or for all large values of `limit`, with positive bases.

    Raises NoSign where a base may be negative.

    >>> from theory.symbolic.objects import d, k
    >>> oriented(sp.sqrt(k**2 - 2*k*d + d**2), [Range("k", 0), Range("d", 1)], k)
    -d + k
    """
    if isinstance(expression, Named) or not expression.args:
        return expression
    if isinstance(expression, sp.Limit | sp.Sum | sp.Integral):
        return expression
    parts = [oriented(part, ranges, limit) for part in expression.args]
    if isinstance(expression, sp.Abs):
        sign = _sign(parts[0], ranges, limit)
        if sign is None:
            raise NoSign(f"the sign of {parts[0]} is not certain")
        return sign * parts[0]
    if isinstance(expression, sp.Pow) and not parts[1].is_Integer:
        base, exponent = parts
        return _power(base, exponent, ranges, limit)
    return expression.func(*parts)


def _power(base: sp.Expr, exponent: sp.Expr, ranges: Sequence[Range], limit: sp.Symbol | None) -> sp.Expr:
    if not base.free_symbols or not _is_rational(base):
        return base**exponent
    sign, value = 1, sp.Integer(1)
    for part, power in zip(fraction(base), (exponent, -exponent), strict=True):
        constant, factors = sp.factor_list(part)
        sign *= 1 if constant > 0 else -1
        value *= abs(constant) ** power
        for factor, times in factors:
            if (times * power / 2).is_Integer:
                value *= factor ** (times * power)
                continue
            side = _sign(factor, ranges, limit)
            if side is None:
                raise NoSign(f"the sign of {factor} is not certain in a power with exponent {exponent}")
            sign *= side**times
            value *= (side * factor) ** (times * power)
    if sign < 0:
        raise NoSign(f"{base} is negative in a power with exponent {exponent}")
    return value


def _is_rational(base: sp.Expr) -> bool:
    symbols = [*INTEGER_SYMBOLS.values()]
    return all(part.is_polynomial(*symbols) for part in fraction(base)) and all(
        c.is_Rational for c in sp.Poly(fraction(base)[0], *symbols).coeffs()
    )


def _sign(expression: sp.Expr, ranges: Sequence[Range], limit: sp.Symbol | None) -> int | None:
    """1 where it is certainly >= 0, -1 where it is <= 0, None where that is not known."""
    for sign in (1, -1):
        if (
            _nonnegative(sign * expression, ranges)
            or limit is not None
            and _eventually(sign * expression, ranges, limit)
        ):
            return sign
    return None


def _nonnegative(expression: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Also k, which vanishes at 0: after v = least + u no coefficient is negative."""
    if positive(expression, ranges):
        return True
    shifts = {INTEGER_SYMBOLS[w.name]: INTEGER_SYMBOLS[w.name] + w.least for w in ranges}
    named = {INTEGER_SYMBOLS[w.name] for w in ranges}
    if not expression.free_symbols <= named or not expression.is_polynomial(*named):
        return False
    return all(c.is_nonnegative for c in sp.Poly(expression.subs(shifts, simultaneous=True), *named).coeffs())


def _eventually(expression: sp.Expr, ranges: Sequence[Range], limit: sp.Symbol) -> bool:
    if limit not in expression.free_symbols or not expression.is_polynomial(limit):
        return False
    return positive(sp.Poly(expression, limit).LC(), [w for w in ranges if w.name != limit.name])
