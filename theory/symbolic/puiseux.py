"""Truncated Puiseux series with exact coefficients: sums of c u^e, e rational, as u -> 0+.

The arithmetic behind the expansions of a kernel at t = 1, -1 and 0 (`theory.expansions.at_ends`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import sympy as sp

from theory.numbers.balls import working_precision
from theory.numbers.truth import Unable
from theory.symbolic.constants import constant_ball

LOG = sp.Symbol("log_u")  # log u, carried in the coefficients


class NoExpansion(Unable):
    """The function has no Puiseux expansion there that we can compute."""


@dataclass(frozen=True, slots=True)
class Puiseux:
    """sum of coefficient * u**exponent over `terms`, up to O(u**order); exponents increase.

    A coefficient may be a polynomial in LOG = log u; the order then leaves powers of log u out.
    """

    terms: tuple[tuple[Fraction, sp.Expr], ...]
    order: Fraction

    @staticmethod
    def of(terms: Iterable[tuple[Fraction | int, sp.Expr]], order: Fraction | int) -> Puiseux:
        """Collect equal exponents, drop zeros and what the truncation hides.

        >>> Puiseux.of([(1, sp.Integer(2)), (1, sp.Integer(-2)), (0, sp.pi)], 3).terms
        ((Fraction(0, 1), pi),)
        """
        total: dict[Fraction, sp.Expr] = {}
        for exponent, coefficient in terms:
            if exponent < order:
                total[Fraction(exponent)] = total.get(Fraction(exponent), sp.Integer(0)) + coefficient
        kept = ((e, sp.expand(c)) for e, c in sorted(total.items()))
        return Puiseux(tuple((e, c) for e, c in kept if c != 0), Fraction(order))

    @staticmethod
    def constant(value: sp.Expr, order: Fraction | int) -> Puiseux:
        """A constant."""
        return Puiseux.of([(0, value)], order)

    @property
    def value(self) -> sp.Expr:
        """The limit u -> 0; raises NoExpansion where it is infinite."""
        if self.terms and self.terms[0][0] < 0:
            raise NoExpansion("a part of the kernel is unbounded at the point of expansion")
        if self.coefficient(Fraction(0)).has(LOG):
            raise NoExpansion("the function grows like a logarithm there")
        return self.coefficient(Fraction(0))

    def coefficient(self, exponent: Fraction) -> sp.Expr:
        """The coefficient of u**exponent."""
        return dict(self.terms).get(exponent, sp.Integer(0))

    def __add__(self, other: Puiseux) -> Puiseux:
        return Puiseux.of([*self.terms, *other.terms], min(self.order, other.order))

    def __neg__(self) -> Puiseux:
        return self.scaled(sp.Integer(-1))

    def __sub__(self, other: Puiseux) -> Puiseux:
        return self + (-other)

    def scaled(self, factor: sp.Expr) -> Puiseux:
        """Times a constant."""
        return Puiseux.of([(e, factor * c) for e, c in self.terms], self.order)

    def __mul__(self, other: Puiseux) -> Puiseux:
        order = min(self.order + other._valuation(), other.order + self._valuation())
        products = [(a + b, c * e) for a, c in self.terms for b, e in other.terms if a + b < order]
        return Puiseux.of(products, order)

    def _valuation(self) -> Fraction:
        return self.terms[0][0] if self.terms else self.order

    def power(self, exponent: Fraction) -> Puiseux:
        """Any rational power, by the binomial series about the leading term; a whole one of logarithms by products."""
        if exponent.denominator == 1 and exponent > 0 and any(c.has(LOG) for _, c in self.terms):
            return reduce(lambda left, right: left * right, [self] * int(exponent))
        lead, coefficient, rest = self.led()
        p = sp.Rational(exponent.numerator, exponent.denominator)
        if not p.is_Integer and sign(coefficient) < 0:
            raise NoExpansion("a root of a negative function")
        series = rest.into(lambda m: sp.binomial(p, m)).scaled(coefficient**p)
        return Puiseux.of([(e + lead * exponent, c) for e, c in series.terms], series.order + lead * exponent)

    def led(self) -> tuple[Fraction, sp.Expr, Puiseux]:
        """(e, c, rest) with self = c u^e (1 + rest), c certainly not 0.

        >>> Puiseux.of([(1, sp.sqrt(6) - sp.sqrt(2) * sp.sqrt(3)), (2, sp.Integer(3))], 4).led()[:2]
        (Fraction(2, 1), 3)
        """
        for index, (lead, c) in enumerate(self.terms):
            if sign(c) != 0:
                rest = [(e - lead, other / c) for e, other in self.terms[index + 1 :]]
                return lead, c, Puiseux.of(rest, self.order - lead)
        raise NoExpansion("the leading term of a function that vanishes to the whole order")

    def cut(self, order: Fraction) -> Puiseux:
        """Truncated earlier."""
        return Puiseux(tuple((e, c) for e, c in self.terms if e < order), min(self.order, order))

    def into(self, taylor: Callable[[int], sp.Expr]) -> Puiseux:
        """sum_m taylor(m) self^m for a series without constant term."""
        if self.terms and self.terms[0][0] <= 0:
            raise NoExpansion("a power series is evaluated at 0 only")
        total, m = Puiseux.constant(taylor(0), self.order), 0
        power = Puiseux.constant(sp.Integer(1), self.order)
        while True:
            power, m = (power * self).cut(self.order), m + 1
            if not power.terms:
                return total
            total = total + power.scaled(taylor(m))

    def centred(self) -> tuple[sp.Expr, Puiseux]:
        """(value, self - value)."""
        value = self.value
        return value, Puiseux(tuple((e, c) for e, c in self.terms if e != 0), self.order)


def sign(value: sp.Expr) -> int:
    """The certified sign of a constant; NoExpansion if balls cannot tell."""
    if value == 0:
        return 0
    if value.has(LOG):
        raise NoExpansion(f"the sign of {value} changes with u")
    with working_precision(60):
        try:
            enclosure = constant_ball(value)
        except TypeError:  # a constant of another kind, a complex one too
            raise NoExpansion(f"no enclosure of {value} is known") from None
        if enclosure > 0:
            return 1
        if enclosure < 0:
            return -1
    if sp.simplify(value) == 0:  # slow on nested arc cosines, so only where balls cannot tell
        return 0
    raise NoExpansion(f"the sign of {value} is not certain")


def exponential(s: Puiseux) -> Puiseux:
    """exp(s)."""
    value, rest = s.centred()
    return rest.into(lambda m: 1 / sp.factorial(m)).scaled(sp.exp(value))


def logarithm(s: Puiseux) -> Puiseux:
    """log(s) = e log u + log c + log(1 + ...) for s = c u^e (1 + ...).

    >>> logarithm(Puiseux.of([(1, sp.Integer(3)), (2, sp.Integer(3))], 3)).terms
    ((Fraction(0, 1), log_u + log(3)), (Fraction(1, 1), 1))
    """
    lead, coefficient, rest = s.led()
    if sign(coefficient) < 0:
        raise NoExpansion("a logarithm of a function that is not positive")
    series = rest.into(lambda m: sp.Rational((-1) ** (m + 1), m) if m else sp.Integer(0))
    power = sp.Rational(lead.numerator, lead.denominator)
    return series + Puiseux.constant(power * LOG + sp.log(coefficient), series.order)


def sine_cosine(s: Puiseux) -> tuple[Puiseux, Puiseux]:
    """sin(s), cos(s)."""
    value, rest = s.centred()
    odd = rest.into(lambda m: sp.Integer(0) if m % 2 == 0 else sp.Integer((-1) ** (m // 2)) / sp.factorial(m))
    even = rest.into(lambda m: sp.Integer(0) if m % 2 else sp.Integer((-1) ** (m // 2)) / sp.factorial(m))
    s0, c0 = sp.sin(value), sp.cos(value)
    return even.scaled(s0) + odd.scaled(c0), even.scaled(c0) - odd.scaled(s0)


def end(value: sp.Expr) -> int:
    """1 or -1 where a constant is that end of [-1, 1], 0 where it is inside; NoExpansion outside."""
    inside = sign(1 - value**2)
    if inside < 0:
        raise NoExpansion(f"{value} is outside [-1, 1]")
    return 0 if inside else sign(value)


def arc_cosine(s: Puiseux) -> Puiseux:
    """acos(s): square-root branch where s tends to 1 or -1, Taylor's series elsewhere."""
    value, rest = s.centred()
    match end(value):
        case 1:
            return _arc_cosine_at_one(-rest)
        case -1:
            return Puiseux.constant(sp.pi, s.order) - _arc_cosine_at_one(rest)
    slopes = arc_sine_slopes(value, 1 / sp.sqrt(1 - value**2))
    return Puiseux.constant(sp.acos(value), s.order) - rest.into(slopes)


def _arc_cosine_at_one(v: Puiseux) -> Puiseux:
    """acos(1-v) = sqrt(2v) sum_m C(2m,m) v^m / (8^m (2m+1))."""
    series = v.into(lambda m: sp.binomial(2 * m, m) / (sp.Integer(8) ** m * (2 * m + 1)))
    return v.power(Fraction(1, 2)).scaled(sp.sqrt(2)) * series


def arc_sine_slopes(value: sp.Expr, cosecant: sp.Expr) -> Callable[[int], sp.Expr]:
    """Taylor coefficients of asin(value + r) without the constant, from c = 1/sqrt(1 - value^2).

    With y = asin', (1-t^2) y' = t y gives y_{m+1} (m+1) = c^2 (value (2m+1) y_m + m y_{m-1}), y_0 = c.
    """
    y = [cosecant]

    def slope(m: int) -> sp.Expr:
        if m == 0:
            return sp.Integer(0)
        while len(y) < m:
            i = len(y) - 1
            y.append(sp.expand(cosecant**2 * (value * (2 * i + 1) * y[i] + i * y[i - 1]) / (i + 1)))
        return y[m - 1] / m

    return slope
