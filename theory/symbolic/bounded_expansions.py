"""Sums of powers of v with a bounded rest, for all v from a start on: sums, products, quotients.

    |f(v) - sum_a c_a v^-a| <= rest v^-order   for all real v >= start

The c_a are exact, so terms that cancel do; `rest` is a ball. What a law with a certified remainder
(`theory.laws.certified`) says of mu_k is such a tail, and so is every rational function of v.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

import sympy as sp
from flint import arb

from theory.numbers.balls import ball
from theory.numbers.truth import Unable
from theory.symbolic.constants import constant_ball
from theory.symbolic.puiseux import sign

EXTRA = 4  # orders of an exact tail that its inverse, or a shift of it, keeps
LAST = 1 << 16  # no sign is looked for beyond


class NoTail(Unable):
    """No bounded expansion is known."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The terms {a: c_a}, and the rest; `order` is None and rest 0 for a sum that is exact.

    >>> v = Tail.power(1)
    >>> difference = Tail.constant(1) - v * (v + Tail.constant(1)).inverse()  # 1/(v+1)
    >>> difference.terms[Fraction(1)], difference.signed_from(2)
    (1, (1, 4))
    """

    terms: Mapping[Fraction, sp.Expr]
    rest: arb
    order: Fraction | None
    start: int

    @staticmethod
    def constant(value: sp.Expr | int) -> Tail:
        """A constant, exactly."""
        return Tail({Fraction(0): sp.S.Zero + value} if value != 0 else {}, arb(0), None, 1)

    @staticmethod
    def power(exponent: Fraction | int) -> Tail:
        """v^exponent, exactly."""
        return Tail({-Fraction(exponent): sp.Integer(1)}, arb(0), None, 1)

    @property
    def least(self) -> Fraction | None:
        """f = O(v^-least); None for 0."""
        exponents = [*self.terms, *([] if self.order is None else [self.order])]
        return min(exponents, default=None)

    def size(self) -> arb:
        """S with |f| <= S v^-least for all v >= start."""
        least = self.least
        return arb(0) if least is None else _sum(self.terms, least, self.start) + self._rest_at(least)

    def _rest_at(self, order: Fraction) -> arb:
        """The rest as a multiple of v^-order, order at most its own."""
        if self.order is None:
            return arb(0)
        return self.rest * _falling(self.start, self.order - order)

    def __add__(self, other: Tail) -> Tail:
        terms = dict(self.terms)
        for a, c in other.terms.items():
            terms[a] = terms.get(a, sp.Integer(0)) + c
        start, order = max(self.start, other.start), _least(self.order, other.order)
        rest = arb(0) if order is None else sum((part._rest_at(order) for part in (self, other)), arb(0))
        return Tail({a: c for a, c in terms.items() if c != 0}, rest, order, start)._cut()

    def __neg__(self) -> Tail:
        return replace(self, terms={a: -c for a, c in self.terms.items()})

    def __sub__(self, other: Tail) -> Tail:
        return self + -other

    def __mul__(self, other: Tail) -> Tail:
        """|f g - P Q| <= |f - P| |g| + |P| |g - Q|, P and Q the sums of the terms."""
        start = max(self.start, other.start)
        if self.least is None or other.least is None:
            return Tail({}, arb(0), None, start)
        terms: dict[Fraction, sp.Expr] = {}
        for a, c in self.terms.items():
            for b, e in other.terms.items():
                terms[a + b] = terms.get(a + b, sp.Integer(0)) + c * e
        errors = []
        if self.order is not None:
            errors.append((self.order + other.least, self.rest * other.size()))
        if other.order is not None and self.terms:
            first = min(self.terms)
            errors.append((first + other.order, _sum(self.terms, first, start) * other.rest))
        order = min((o for o, _ in errors), default=None)
        rest = arb(0) if order is None else sum((r * _falling(start, o - order) for o, r in errors), arb(0))
        return Tail({a: c for a, c in terms.items() if c != 0}, rest, order, start)._cut()

    def _cut(self) -> Tail:
        """Terms of the order of the rest are part of it."""
        if self.order is None or all(a < self.order for a in self.terms):
            return self
        beyond = {a: c for a, c in self.terms.items() if a >= self.order}
        kept = {a: c for a, c in self.terms.items() if a < self.order}
        return Tail(kept, self.rest + _sum(beyond, self.order, self.start), self.order, self.start)

    def inverse(self) -> Tail:
        """1/f = v^a/c (sum_{i<n} (-u)^i +- |u|^n/(1-|u|)) for f = c v^-a (1 + u), |u| < 1 from a start on."""
        a, c = self._leading()
        lead = Tail({-a: 1 / c}, arb(0), None, self.start)
        u = self * lead - Tail.constant(1)
        least = u.least
        if least is None:
            return lead
        u, size = _small(u, least)
        reach = self.order - a if self.order is not None else Fraction(EXTRA)
        count = max(1, ceil(reach / least))
        total, power = Tail.constant(1), Tail.constant(1)
        for _ in range(1, count):
            power = power * -u
            total = total + power
        share = size * _falling(u.start, least)
        left = Tail({}, size**count / (1 - share), count * least, u.start)
        return lead * (total + left)

    def _leading(self) -> tuple[Fraction, sp.Expr]:
        """The first term that is certainly not 0."""
        for a in sorted(self.terms):
            if sign(self.terms[a]) != 0:
                return a, self.terms[a]
        raise NoTail("a division by what may be 0")

    def raised(self, exponent: Fraction) -> Tail:
        """f^exponent, an integer unless f is one positive power of v, exactly."""
        if exponent.denominator > 1:
            if self.order is not None or len(self.terms) != 1:
                raise NoTail("a root of a sum that moves")
            ((a, c),) = self.terms.items()
            if sign(c) <= 0:
                raise NoTail("a root of what is not positive")
            root = sp.Rational(exponent.numerator, exponent.denominator)
            return Tail({a * exponent: c**root}, arb(0), None, self.start)
        base = self if exponent >= 0 else self.inverse()
        total = Tail.constant(1)
        for _ in range(abs(int(exponent))):
            total = total * base
        return total

    def at(self, slope: int, shift: int) -> Tail:
        """f(slope v + shift), slope > 0.

        K^-a = slope^-a v^-a (1 + x/v)^-a, x = shift/slope, by the binomial series with Lagrange's
        remainder binom(-a, n) (x/v)^n (1 + z)^(-a-n), z between 0 and x/v.
        """
        x = Fraction(shift, slope)
        start = max(1, ceil((self.start - shift) / Fraction(slope)), ceil(-x) + 1)
        if self.order is None:
            order = max(self.terms, default=Fraction(0)) + EXTRA
        else:
            order = self.order
        total = Tail({}, arb(0), None, start)
        for a, c in self.terms.items():
            total = total + _binomial(a, x, ceil(order - a), start) * Tail(
                {a: c * sp.Rational(slope) ** sp.Rational(-a.numerator, a.denominator)}, arb(0), None, start
            )
        if self.order is None:
            return total
        rest = self.rest * _real_power(arb(slope), -order) * _largest(x, start, -order)
        return total + Tail({}, rest, order, start)

    def signed_from(self, first: int) -> tuple[int, int] | None:
        """(sign, v_0): f has this sign for all v >= v_0, v_0 >= first least up to doubling; None if open."""
        terms = dict(self.terms)
        while terms and sign(terms[min(terms)]) == 0:
            del terms[min(terms)]
        if not terms:
            return (0, max(first, self.start)) if self.order is None else None
        a = min(terms)
        lead = constant_ball(terms.pop(a))

        def certain(v: int) -> bool:
            others = _sum(terms, a, v)
            if self.order is not None:
                others += self.rest * _falling(v, self.order - a)
            return bool(others < abs(lead))

        low, high = max(first, self.start) - 1, max(first, self.start)
        while not certain(high):
            low, high = high, 2 * high
            if high > LAST:
                return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if certain(middle) else (middle, high)
        return (1 if lead > 0 else -1), high


def _least(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return a if b is None else b if a is None else min(a, b)


def _real_power(base: arb, exponent: Fraction) -> arb:
    return base ** ball(exponent)


def _falling(start: int, exponent: Fraction) -> arb:
    """max of v^-exponent over v >= start, exponent >= 0."""
    return _real_power(arb(start), -exponent)


def _sum(terms: Mapping[Fraction, sp.Expr], order: Fraction, start: int) -> arb:
    """sum |c_a| v^-(a - order) at the start, which bounds it beyond."""
    return sum((abs(constant_ball(c)) * _falling(start, a - order) for a, c in terms.items()), arb(0))


def _largest(x: Fraction, start: int, exponent: Fraction) -> arb:
    """max of (1 + z)^exponent for z between 0 and x/v, v >= start > -x."""
    return arb(1).max(_real_power(1 + ball(x) / start, exponent))


def _binomial(a: Fraction, x: Fraction, count: int, start: int) -> Tail:
    """(1 + x/v)^-a with its first `count` terms and their rest."""
    terms, coefficient = {}, Fraction(1)
    for i in range(count):
        terms[Fraction(i)] = sp.Rational(coefficient.numerator, coefficient.denominator)
        coefficient *= x * (-a - i) / (i + 1)
    kept = {i: c for i, c in terms.items() if c != 0}
    if coefficient == 0:
        return Tail(kept, arb(0), None, start)
    rest = abs(ball(coefficient)) * _largest(x, start, -a - count)
    return Tail(kept, rest, Fraction(count), start)


def _small(u: Tail, least: Fraction) -> tuple[Tail, arb]:
    """u = O(v^-least) from a start on where |u| <= 1/2, and S with |u| <= S v^-least."""
    if least <= 0:
        raise NoTail("a quotient whose leading term is not known")
    while not (size := u.size()) * _falling(u.start, least) < 0.5:
        if u.start > LAST:
            raise NoTail("a quotient that is known too far out alone")
        u = replace(u, start=2 * u.start)
    return u, size
