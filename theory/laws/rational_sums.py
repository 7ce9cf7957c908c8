"""Bounds for all v >= v_0 of an eigenvalue that is a sum of rational functions of v and a small rest.

    v^e mu_v = F(1/v) + rest,   F(y) = sum_j g_j y^(s_j) / D_j(y),   D_j(y) = prod_i (1 + x_i y),

|rest| <= tail y^order / prod_i (1 + z_i y) for v >= first, z_i >= 0. Every v >= v_0 has y = 1/v in
(0, 1/v_0]: bounds of F, and of what a truncated expansion in y leaves of it, are ranges of rational
functions on that interval, enclosed cell by cell in ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb, arb_poly, fmpq, fmpq_poly, fmpq_series

from theory.numbers.balls import Cannot, Enclosure, series_length, working_precision
from theory.numbers.decimals import floor_log10
from theory.symbolic.constants import constant_ball

CELLS = 32  # of [0, 1/v_0]
LAST = 1 << 20  # no v_0 beyond
LEAST, MOST = fmpq(1, 2), fmpq(2)  # v_0 is where mu_v / leading enters [1/2, 2] for good
FIGURES = 6  # significant digits of a published bound, rounded outward
Slopes = tuple[fmpq, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """For all v >= start, with leading = the first term and n the number of orders asked for:
    lower <= mu_v / leading <= upper and |mu_v - sum of the terms| <= constant v^power.

    v is the variable of the law, k (of one parity) or d; the numbers are exact.
    """

    start: int
    lower: Fraction
    upper: Fraction
    constant: Fraction
    power: int


@dataclass(frozen=True, slots=True)
class RationalSum:
    """v^exponent mu_v = sum of gain y^shift / prod(1 + x y) over `parts` (gain, shift, slopes x) + rest.

    |rest| <= tail y^order / prod(1 + z y) over `damping` for y = 1/v, v >= first; the part of shift 0
    comes first and leads.

    >>> whole = RationalSum(0, ((arb(3), 0, (fmpq(1),)),), arb(0), Fraction(9), (), 1)  # 3v/(1+v)
    >>> [bool(bound) for bound in (whole.quotient(4)[0] < 0.8, whole.quotient(4)[0] > 0.79)]
    [True, True]
    """

    exponent: int
    parts: tuple[tuple[arb, int, Slopes], ...]
    tail: arb
    order: Fraction
    damping: Slopes
    first: int

    def rest(self, start: int, power: int) -> arb:
        """max of v^power |rest| over v >= start, for power <= order.

        y/(1 + z y) rises with y: each factor of the denominator takes one of the order - power
        factors y, and the largest z are used.
        """
        gap = self.order - power
        value = self.tail * arb(start) ** -arb(fmpq(gap.numerator, gap.denominator))
        for z in sorted(self.damping, reverse=True)[: int(gap)]:
            value /= 1 + z / start
        return value

    def quotient(self, start: int) -> tuple[arb, arb]:
        """Bounds of mu_v / leading over all v >= start."""
        lead = self.parts[0][0]
        rest = (self.rest(start, 0) / abs(lead)).upper()
        low, high = arb.pos_inf(), arb.neg_inf()
        for y in _cells(start):
            cell = sum((g * y**shift / _product(slopes, y) for g, shift, slopes in self.parts), arb(0)) / lead
            low, high = low.min(cell.lower()), high.max(cell.upper())
        return (low - rest).lower(), (high + rest).upper()

    def truncated(self, start: int, terms: int) -> arb:
        """max of v^(exponent+terms) |mu_v - the terms of the first `terms` orders| over v >= start."""
        left = [(g, max(s - terms, 0), _left_over(x, max(terms - s, 0)), x) for g, s, x in self.parts]
        worst = arb(0)
        for y in _cells(start):
            value = sum((g * y**s * arb_poly(n)(y) / _product(x, y) for g, s, n, x in left), arb(0))
            worst = worst.max(abs(value).upper())
        return (worst + self.rest(start, terms)).upper()

    def coefficients(self, terms: int) -> list[arb]:
        """Taylor coefficients of F: mu_v = sum_m coefficient_m v^(-exponent-m) + ..."""
        total = [arb(0)] * terms
        for gain, shift, slopes in self.parts:
            for m, value in enumerate(_taylor(slopes, terms - shift) if shift < terms else ()):
                total[shift + m] += gain * value
        return total

    def start(self, step: int, residue: int) -> int | None:
        """The least v_0 = residue (mod step), v_0 >= first, whose bounds lie in [1/2, 2]; None up to LAST."""
        base = self.first + (residue - self.first) % step

        def good(index: int) -> bool:
            low, high = self.quotient(base + step * index)
            return bool(low > LEAST) and bool(high < MOST)

        low, high = -1, 0
        while not good(high):
            low, high = high, 2 * high + 1
            if base + step * high > LAST:
                return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if good(middle) else (middle, high)
        return base + step * high


def _cells(start: int) -> list[arb]:
    """Balls that cover [0, 1/start]."""
    return [arb(arb(2 * i + 1) / (2 * CELLS), arb(1) / (2 * CELLS)) / start for i in range(CELLS)]


def _product(slopes: Slopes, y: arb) -> arb:
    """prod (1 + x y); Cannot where a factor may vanish, since F has a pole there."""
    total = arb(1)
    for x in slopes:
        factor = 1 + x * y
        if not factor > 0:
            raise Cannot("a bound for all v", "it would start at a pole")
        total *= factor
    return total


@lru_cache(maxsize=1024)
def _denominator(slopes: Slopes) -> fmpq_poly:
    total = fmpq_poly([1])
    for x in slopes:
        total *= fmpq_poly([1, x])
    return total


@lru_cache(maxsize=1024)
def _taylor(slopes: Slopes, terms: int) -> tuple[fmpq, ...]:
    with series_length(terms):
        series = 1 / fmpq_series(_denominator(slopes).coeffs(), prec=terms)
        return tuple(series[m] for m in range(terms))


@lru_cache(maxsize=1024)
def _left_over(slopes: Slopes, terms: int) -> fmpq_poly:
    """(1 - D * Taylor polynomial)/y^terms, so that 1/D = Taylor + y^terms left_over/D."""
    if not terms:
        return fmpq_poly([1])
    product = _denominator(slopes) * fmpq_poly(list(_taylor(slopes, terms)))  # 1 + O(y^terms)
    return -fmpq_poly(product.coeffs()[terms:])


def best_certificate(
    sums: Sequence[RationalSum], terms: Sequence[tuple[sp.Expr, sp.Expr]], count: int, step: int, residue: int
) -> Certificate:
    """The certificate with the least v_0 that any of several forms of the same eigenvalue allows.

    `terms` are the nonzero exact (power, coefficient) of the first `count` orders: another
    computation, so they must lie in the balls of each form; ArithmeticError where they do not.
    Cannot where no form gives a start or a remainder.
    """
    with working_precision(20):
        for found in sums:
            _compare(found, dict(terms), count)
        starts = [(found.start(step, residue), found) for found in sums]
        usable = [(start, found) for start, found in starts if start is not None]
        if not usable:
            what = "bounds within a factor 2 of the leading term"
            raise Cannot(what, f"no start up to {LAST}")
        fine = [f for f in sums if f.order >= count]
        if not fine:
            raise Cannot("a remainder", "no form is fine enough")
        start, best = min(usable, key=lambda pair: pair[0])
        least = min(f.first for f in fine)  # many terms need a fine form, which may begin later
        start = max(start, least + (residue - least) % step)
        low, high = best.quotient(start)
        rests = [f.truncated(start, count) for f in fine if f.first <= start]
        rest = min(rests, key=float)
        power = -best.exponent - count
        return Certificate(start, outward(low, -1), outward(high, 1), outward(rest, 1), power)


def _compare(found: RationalSum, exact: dict[sp.Expr, sp.Expr], count: int) -> None:
    for m, ball in enumerate(found.coefficients(min(count, int(found.order)))):
        value = exact.get(sp.Integer(-found.exponent - m), sp.Integer(0))
        if not ball.overlaps(constant_ball(value)):
            raise ArithmeticError(f"the coefficient of v^{-found.exponent - m} is {ball}, not {value}")


def outward(value: arb, side: int) -> Fraction:
    """A decimal of FIGURES digits that bounds the ball from below (side = -1) or above (side = 1).

    >>> outward(arb.pi(), -1), outward(arb.pi(), 1)
    (Fraction(314159, 100000), Fraction(3927, 1250))
    """
    enclosure = Enclosure.of(value)
    end = enclosure.upper if side > 0 else enclosure.lower
    if not end:
        return end
    scale = Fraction(10) ** (FIGURES - 1 - floor_log10(abs(end)))
    return (-(-end * scale // 1) if side > 0 else end * scale // 1) / scale
