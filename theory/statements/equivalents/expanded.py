"""Sides whose leading terms cancel, such as mu(k) - mu(k+2): the laws with further terms, added in powers of 1/v.

    f(v) = v^base (sum_s c_s v^-s + o(v^-limit))   as v -> oo, the c_s and the base functions of the other variables

What is known of mu_k is its law with so many orders (`theory.laws.decay`), on the evidence of exact expansions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp

from theory.statements.outcome import NotSymbolic
from theory.symbolic.expressions import Name, Node, Number, Operation
from theory.symbolic.hypergeometric import NotHypergeometric, normalize
from theory.symbolic.puiseux import sign

EXACT = Fraction(6)  # orders that are kept of a sum that ends
MAX_POWER = 8
Terms = tuple[tuple[Fraction, sp.Expr], ...]


@dataclass(frozen=True, slots=True)
class Expanded:
    """v^base times the sum of `terms`, pairs (s, c_s) in the order of s >= 0, and o(v^-limit).

    >>> v = Expanded.variable()
    >>> (v + Expanded.constant(sp.Integer(1))).raised(-1).terms[:3]
    ((Fraction(0, 1), 1), (Fraction(1, 1), -1), (Fraction(2, 1), 1))
    """

    base: sp.Expr
    terms: Terms
    limit: Fraction

    @staticmethod
    def of(base: sp.Expr, terms: Mapping[Fraction, sp.Expr], limit: Fraction) -> Expanded:
        """The terms up to the limit; that c_s is 0 may be seen later (`trimmed`)."""
        return Expanded(base, tuple(sorted((s, c) for s, c in terms.items() if s <= limit and c != 0)), limit)

    @staticmethod
    def constant(value: sp.Expr) -> Expanded:
        """A function of the other variables alone."""
        return Expanded.of(sp.Integer(0), {Fraction(0): value}, EXACT)

    @staticmethod
    def variable() -> Expanded:
        """v."""
        return Expanded(sp.Integer(1), ((Fraction(0), sp.Integer(1)),), EXACT)

    def at_base(self, base: sp.Expr) -> Expanded:
        """The same with another base, which must be larger by a number."""
        gap = sp.expand(base - self.base)
        if not gap.is_Rational:
            raise NotSymbolic("which term dominates depends on the other variables")
        moved = Fraction(int(gap.p), int(gap.q))
        return Expanded(base, tuple((s + moved, c) for s, c in self.terms), self.limit + moved)

    def __add__(self, other: Expanded) -> Expanded:
        gap = sp.expand(self.base - other.base)
        if not gap.is_Rational:
            raise NotSymbolic("which term dominates depends on the other variables")
        one, two = (part.at_base(self.base if gap >= 0 else other.base) for part in (self, other))
        terms: dict[Fraction, sp.Expr] = {}
        for s, c in (*one.terms, *two.terms):
            terms[s] = terms.get(s, sp.Integer(0)) + c
        return Expanded.of(one.base, terms, min(one.limit, two.limit))

    def __mul__(self, other: Expanded) -> Expanded:
        terms: dict[Fraction, sp.Expr] = {}
        for s, c in self.terms:
            for r, e in other.terms:
                terms[s + r] = terms.get(s + r, sp.Integer(0)) + c * e
        return Expanded.of(self.base + other.base, terms, min(self.limit, other.limit))

    def raised(self, power: int) -> Expanded:
        """An integer power; of a sum by the binomial series about its first term."""
        if abs(power) > MAX_POWER:
            raise NotSymbolic(f"a power above {MAX_POWER}")
        (first, lead), *rest = self.trimmed().terms
        small = Expanded.of(sp.Integer(0), {s - first: sp.together(c / lead) for s, c in rest}, self.limit - first)
        total, term = Expanded.constant(sp.Integer(1)), Expanded.constant(sp.Integer(1))
        count = int(self.limit / min((s for s, _ in small.terms), default=self.limit + 1)) + 1
        for j in range(1, count + 1):
            term = term * small
            total = total + term * Expanded.constant(sp.binomial(power, j))
        whole = Expanded.of(sp.Integer(0), {Fraction(0): lead**power}, EXACT) * total
        shift = sp.Rational(first.numerator, first.denominator)
        return Expanded(power * (self.base - shift), whole.terms, min(whole.limit, self.limit - first))

    def trimmed(self) -> Expanded:
        """The same from the first term on that is not 0."""
        for number, (_, c) in enumerate(self.terms):
            if not _vanishes(c):
                return replace(self, terms=self.terms[number:])
        raise NotSymbolic("the leading terms cancel, and so do the next ones that are known")

    def leading(self) -> tuple[sp.Expr, sp.Expr]:
        """(c, e) of the first term c v^e that is not 0."""
        s, c = self.trimmed().terms[0]
        return sp.factor(c), sp.expand(self.base - sp.Rational(s.numerator, s.denominator))


def _vanishes(coefficient: sp.Expr) -> bool:
    """Whether a coefficient is 0 for all values of the other variables; NotSymbolic where that is not certain."""
    try:
        return not normalize(coefficient)
    except NotHypergeometric:
        if coefficient.free_symbols:
            raise NotSymbolic("it is not certain whether the leading terms cancel") from None
        return sign(coefficient) == 0


def power_at(exponent: sp.Expr, slope: int, shift: int, limit: Fraction) -> Expanded:
    """(c v + b)^e = c^e v^e sum_j binomial(e, j) (b/(c v))^j, the exponent a function of the other variables."""
    terms = {
        Fraction(j): sp.Integer(slope) ** exponent
        * sp.expand_func(sp.ff(exponent, j))
        / sp.factorial(j)
        * sp.Rational(shift, slope) ** j
        for j in range(int(limit) + 1)
    }
    return Expanded.of(exponent, terms, limit)


def moved(terms: Sequence[tuple[sp.Expr, sp.Expr]], slope: int, shift: int, known: Fraction) -> Expanded:
    """sum of c (slope v + shift)^p for the terms (p, c) of a law, whose rest is o(v^(p_0 - known))."""
    lead = terms[0][0]
    total = Expanded(lead, (), known)
    for p, c in terms:
        below = sp.expand(lead - p)
        if not below.is_Rational:
            raise NotSymbolic("the orders of a law depend on the other variables")
        left = known - Fraction(int(below.p), int(below.q))
        if left >= 0:
            total = total + power_at(p, slope, shift, left) * Expanded.constant(c)
    return total


def expanded(
    node: Node, variable: str, still: Callable[[Node], sp.Expr | None], law: Callable[[Node], Expanded]
) -> Expanded:
    """A side in powers of 1/v: `still` is the value of what does not move, None where v moves it, `law` that of mu."""
    fixed = still(node)
    if fixed is not None:
        return Expanded.constant(fixed)
    deeper = lambda part: expanded(part, variable, still, law)
    match node:
        case Name(name) if name == variable:
            return Expanded.variable()
        case Operation("+", left, right):
            return deeper(left) + deeper(right)
        case Operation("-", left, right):
            return deeper(left) + Expanded.constant(sp.Integer(-1)) * deeper(right)
        case Operation("*", left, right):
            return deeper(left) * deeper(right)
        case Operation("/", left, right):
            return deeper(left) * deeper(right).raised(-1)
        case Operation("**", base, Number(power)) if power.denominator == 1:
            return deeper(base).raised(int(power))
        case Operation("**", Name(name), exponent) if name == variable and (value := still(exponent)) is not None:
            return Expanded(value, ((Fraction(0), sp.Integer(1)),), EXACT)
    return law(node)
