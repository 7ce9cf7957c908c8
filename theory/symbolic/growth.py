"""How a hypergeometric term grows in one of its variables, factor by factor: Stirling's formula and its powers."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.symbolic.hypergeometric import NotHypergeometric, Term, single_term
from theory.symbolic.objects import HALF
from theory.symbolic.rational_functions import fraction

Scale = tuple[sp.Rational, int | sp.Rational]  # (p, q) is v^p log(v)^q; LOGARITHM beside them
SUPEREXPONENTIAL, RATE, POWER = (sp.Integer(1), 1), (sp.Integer(1), 0), (sp.Integer(0), 1)
LOGARITHM = (sp.Integer(0), HALF)  # log(log(v)), at its place between log(v) and 1
FLAT = (sp.Integer(0), 0)


class LogLog(sp.Function):
    """log(log(z)), where log(z) > 0 for all large v: exp(LogLog(z)) is the factor log(z) of a term."""

    nargs = 1


@dataclass(frozen=True, slots=True)
class Growth:
    """|term| ~ constant * exp(sum of c v^p log(v)^q) as v -> oo.

    `superexponential` is the c of v log v, `rate` that of v, `exponent` that of log v; `beyond` holds
    all others, as ((p, q), c), none of which tends to 0.
    """

    superexponential: sp.Expr
    rate: sp.Expr
    exponent: sp.Expr
    constant: sp.Expr
    beyond: tuple[tuple[Scale, sp.Expr], ...] = ()

    def is_power(self) -> bool:
        """Whether it is constant * v^exponent."""
        return not self.beyond and self.superexponential == 0 and sp.simplify(self.rate) == 0

    def order(self, scale: Scale) -> sp.Expr:
        """The coefficient of one scale."""
        known = {SUPEREXPONENTIAL: self.superexponential, RATE: self.rate, POWER: self.exponent}
        return (known | dict(self.beyond)).get(scale, sp.Integer(0))


def scales(*growths: Growth) -> list[Scale]:
    """The scales of some growths, the fastest first."""
    found = {SUPEREXPONENTIAL, RATE, POWER} | {scale for g in growths for scale, _ in g.beyond}
    return sorted(found, reverse=True)


def growth(term: Term, variable: sp.Symbol) -> Growth:
    """Leading growth of a term, other variables fixed: Stirling's formula factor by factor.

    Exponents of powers are sums of c v^p log(v)^q; others raise NotHypergeometric.

    >>> from theory.symbolic.hypergeometric import single_term
    >>> v = sp.Symbol("v", positive=True)
    >>> growth(single_term(sp.gamma(v + 3)/sp.gamma(v + 1)), v)
    Growth(superexponential=0, rate=0, exponent=2, constant=1, beyond=())
    >>> growth(single_term(2**(v**2)), v).beyond
    (((2, 0), log(2)),)
    """
    constant, degree, _ = _leading(term.coefficient, variable)
    orders = {POWER: sp.Integer(degree)}
    for argument, e in term.gammas:
        slope = argument.coeff(variable)
        shift = argument - slope * variable
        if not argument.has(variable):
            constant *= sp.gamma(argument) ** e
            continue
        if shift.has(variable):
            raise NotHypergeometric(f"Gamma({argument}) has no linear argument")
        if not slope.is_positive:
            raise NotHypergeometric(f"Gamma({argument}) has poles as {variable} -> oo")
        _add(orders, SUPEREXPONENTIAL, e * slope)
        _add(orders, RATE, e * (slope * sp.log(slope) - slope))
        _add(orders, POWER, e * (shift - HALF))
        constant *= slope ** (e * (shift - HALF)) * (2 * sp.pi) ** sp.Rational(e, 2)
    for base, whole in term.powers:
        exponent, logarithms = _without_logarithms(whole)
        for argument, c in logarithms:
            constant *= _add_logarithm(orders, argument, c, variable)
        for scale, c in _exponent_scales(exponent, variable).items():
            constant *= _add_power(orders, base, scale, c, variable)
    constant = sp.powsimp(constant * sp.exp(orders.pop(FLAT, sp.Integer(0))), force=True)
    tidy = {scale: sp.expand(sp.expand_log(sp.expand(c), force=True)) for scale, c in orders.items()}
    fast, rate, power = (tidy.pop(scale, sp.Integer(0)) for scale in (SUPEREXPONENTIAL, RATE, POWER))
    beyond = tuple(sorted(((scale, c) for scale, c in tidy.items() if c != 0), reverse=True))
    return Growth(fast, rate, power, constant, beyond)


def _without_logarithms(exponent: sp.Expr) -> tuple[sp.Expr, list[tuple[sp.Expr, sp.Expr]]]:
    """The exponent of a power of E without its terms c LogLog(z), and these as (z, c)."""
    if not exponent.has(LogLog):
        return exponent, []
    rest, found = sp.Integer(0), []
    for part in sp.Add.make_args(sp.expand(exponent)):
        c, logarithm = part.as_independent(LogLog, as_Add=False)
        if isinstance(logarithm, LogLog):
            found.append((logarithm.args[0], c))
        elif part.has(LogLog):
            raise NotHypergeometric(f"a power with exponent {exponent} has no law")
        else:
            rest += part
    return rest, found


def largest_order(size: Growth) -> tuple[Scale, sp.Expr]:
    """(scale, c) of the leading term c v^p log(v)^q of log|term|; FLAT with log(constant) where it tends to a constant.

    >>> from theory.symbolic.hypergeometric import single_term
    >>> v = sp.Symbol("v", positive=True)
    >>> largest_order(growth(single_term(3*v**2), v))
    ((0, 1), 2)
    """
    for scale in scales(size):
        c = sp.simplify(size.order(scale))
        if c != 0:
            return scale, c
    return FLAT, sp.log(size.constant)


def _add_logarithm(orders: dict[Scale, sp.Expr], argument: sp.Expr, c: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """Add the orders of log(z)^c, log(z) ~ s v^p log(v)^q; s^c."""
    if c.has(variable):
        raise NotHypergeometric("a logarithm to a power that moves has no law")
    scale, size = largest_order(growth(single_term(argument), variable))
    if scale == LOGARITHM:
        raise NotHypergeometric("log(log(log(v))) is below every scale that is told apart")
    p, q = scale
    _add(orders, POWER, c * p)
    _add(orders, LOGARITHM, c * q)
    return size**c


def _add(orders: dict[Scale, sp.Expr], scale: Scale, c: sp.Expr) -> None:
    if scale >= FLAT:  # what is below tends to 0
        orders[scale] = orders.get(scale, sp.Integer(0)) + c


def _exponent_scales(exponent: sp.Expr, variable: sp.Symbol) -> dict[Scale, sp.Expr]:
    """The exponent of a power as a sum of c v^p log(v)^q."""
    found: dict[Scale, sp.Expr] = {}
    for part in sp.Add.make_args(sp.expand(exponent)) if exponent != 0 else ():
        c, moving = part.as_independent(variable)
        p, q = sp.Integer(0), 0
        for base, power in (factor.as_base_exp() for factor in sp.Mul.make_args(moving)):
            if base == variable and power.is_Rational:
                p += power
            elif base == sp.log(variable) and power.is_Integer and power > 0:
                q += int(power)
            elif base != 1:
                raise NotHypergeometric(f"a power with exponent {exponent} has no law")
        found[p, q] = found.get((p, q), sp.Integer(0)) + c
    return found


def _add_power(orders: dict[Scale, sp.Expr], base: sp.Expr, scale: Scale, c: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """Add the orders of base^(c v^p log(v)^q), base = b v^m (1 + b1/v + O(v^-2)); what is constant in it."""
    (p, q), (lead, degree, second) = scale, _leading(base, variable)
    if p >= 2 and sp.cancel(base - lead * variable**degree) != 0:
        raise NotHypergeometric(f"({base})**({variable}**{p}) needs more terms of its base")
    _add(orders, (p, q + 1), c * degree)
    _add(orders, (p - 1, q), c * second)
    if scale == FLAT:
        return lead**c
    _add(orders, scale, c * sp.log(lead))
    return sp.Integer(1)


def _leading(expression: sp.Expr, variable: sp.Symbol) -> tuple[sp.Expr, int, sp.Expr]:
    """(c, m, c1) with expression = c v^m (1 + c1/v + O(v^-2))."""
    numerator, denominator = fraction(expression)
    result = (sp.Integer(1), 0, sp.Integer(0))
    for polynomial, sign in ((numerator, 1), (denominator, -1)):
        coefficients = sp.Poly(polynomial, variable).all_coeffs() if polynomial.has(variable) else [polynomial]
        second = coefficients[1] / coefficients[0] if len(coefficients) > 1 else sp.Integer(0)
        c, m, c1 = result
        result = c * coefficients[0] ** sign, m + sign * (len(coefficients) - 1), c1 + sign * second
    return result
