"""What is certain of an expression wherever a statement is looked at: its sign, its zeros, whether it is an index.

A place is the whole of some ranges, t in [-1, 1] with them; or, along v -> oo, all large v for every value of
the other variables; or t near 1, -1 or 0. A "no" means "not certain". Named objects such as mu_k count as
numbers of the signs that facts tell of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

import sympy as sp

from theory.numbers.balls import working_precision
from theory.symbolic import positivity as domain
from theory.symbolic.constants import constant_ball
from theory.symbolic.objects import INTEGER_SYMBOLS, Range, t
from theory.symbolic.ranges import Ranges, range_in
from theory.symbolic.rational_functions import fraction

DIGITS = 50
INTEGERS = tuple(INTEGER_SYMBOLS.values())
S = sp.Symbol("distance", positive=True)  # of t from the point that it tends to


@dataclass(frozen=True, slots=True)
class Place:
    """Ranges, the limit that is taken if any, and the signs (1, -1, 0 for >= 0) of named objects.

    >>> k, d = INTEGER_SYMBOLS["k"], INTEGER_SYMBOLS["d"]
    >>> everywhere = Place((Range("k", 0), Range("d", 1)))
    >>> everywhere.positive(k + d), everywhere.positive(k - d), replace(everywhere, limit=("k", "oo")).positive(k - d)
    (True, False, True)
    """

    ranges: tuple[Range, ...]
    limit: tuple[str, str] | None = None
    signs: Mapping[sp.Expr, int] = field(default_factory=dict)
    nonzeros: frozenset[sp.Expr] = frozenset()  # named objects that are not 0, of whatever sign

    @property
    def variable(self) -> sp.Symbol | None:
        """The integer variable that tends to oo."""
        return INTEGER_SYMBOLS.get(self.limit[0]) if self.limit else None

    @property
    def others(self) -> Place:
        """All values of the other variables."""
        name = self.limit[0] if self.limit else None
        return replace(self, ranges=Ranges(self.ranges).without(name), limit=None)

    def positive(self, e: sp.Expr) -> bool:
        """Whether e > 0 is certain."""
        return self.sign(e) == 1

    def nonnegative(self, e: sp.Expr) -> bool:
        """Whether e >= 0 is certain."""
        return e == 0 or self.sign(e) in (0, 1)

    def sign(self, e: sp.Expr) -> int | None:
        """1 or -1 where it is certain, 0 for e >= 0, else None."""
        if e.is_number:
            return number_sign(e)
        if e in self.signs:
            return self.signs[e]
        found = self._structural(e)
        if found is not None or not _is_rational(e):
            return found
        for value in (1, -1):
            if self._rational_positive(value * e):
                return value
        return 0 if self._plainly_nonnegative(e) else None

    def _structural(self, e: sp.Expr) -> int | None:
        """The sign as that of the parts tells it."""
        match e:
            case sp.Mul():
                signs = [self.sign(factor) for factor in e.args]
                if None in signs:
                    return None
                even = signs.count(-1) % 2 == 0
                return (1 if even else -1) if 0 not in signs else 0 if even else None
            case sp.Pow():
                return self._sign_of_power(e.base, e.exp)
            case sp.exp():
                return 1
            case sp.gamma():
                return 1 if self.positive(e.args[0]) else None
            case sp.log():
                return self.sign(e.args[0] - 1) if self.positive(e.args[0]) else None
            case sp.Add() if not _is_rational(e):
                signs = [self.sign(part) for part in e.args]
                return None if None in signs or -1 in signs else 1 if 1 in signs else 0
        return None

    def _sign_of_power(self, base: sp.Expr, exponent: sp.Expr) -> int | None:
        sign = self.sign(base)
        if sign == 1:
            return 1
        if exponent.is_Integer and exponent % 2 == 0:
            return 1 if self.nonzero(base) else 0 if exponent > 0 else None
        if sign == 0:
            return 0 if self.positive(exponent) else None
        return sign if exponent.is_Integer else None

    def nonzero(self, e: sp.Expr) -> bool:
        """Whether e certainly never vanishes; a Gamma never does."""
        if e.is_number:
            return number_sign(e) in (1, -1)
        match e:
            case sp.Mul():
                return all(map(self.nonzero, e.args))
            case sp.Pow():
                pole = isinstance(e.base, sp.gamma) and not e.exp.is_positive  # 1/Gamma is 0 there
                return self.nonzero(e.base) and (not pole or self.pole_free(e.base.args[0]))
            case sp.gamma():
                return True
        if e in self.nonzeros or self.sign(e) in (1, -1):
            return True
        if not _is_rational(e):
            return False
        if t in e.free_symbols:
            return self._nonzero_in_t(e)
        variable = self.variable
        if variable in e.free_symbols:
            return self.others.nonzero(sp.Poly(fraction(e)[0], variable).LC())
        return domain.nonzero(e, self.ranges)

    def pole_free(self, e: sp.Expr) -> bool:
        """Whether Gamma(e) is certainly finite."""
        if self.positive(e):
            return True
        linear = not e.has(t) and e.free_symbols <= set(INTEGERS) and e.is_polynomial(*INTEGERS)
        return linear and domain.pole_free(e, self.ranges)

    def unit(self, e: sp.Expr) -> bool:
        """Whether e certainly lies in [-1, 1]."""
        return self.nonnegative(sp.expand(1 - e)) and self.nonnegative(sp.expand(1 + e))

    def index(self, e: sp.Expr, least: int) -> bool:
        """Whether e is certainly an integer >= least."""
        return self.is_integer(e) and self.nonnegative(sp.expand(e - least))

    def is_integer(self, e: sp.Expr) -> bool:
        """Whether e is a polynomial in the integer variables with integer coefficients."""
        if not e.free_symbols <= set(INTEGERS) or not e.is_polynomial(*INTEGERS):
            return False
        return all(c.is_Integer for c in sp.Poly(e, *INTEGERS).coeffs())

    def parity(self, e: sp.Expr) -> int | None:
        """0 or 1 for a linear form with integer coefficients whose parity the ranges fix."""
        if not self.is_integer(e) or sp.Poly(e, *INTEGERS).total_degree() > 1:
            return None
        total = int(sp.Poly(e, *INTEGERS).coeff_monomial(1))
        for symbol in e.free_symbols:
            if e.coeff(symbol) % 2 == 0:
                continue
            where = range_in(self.ranges, symbol.name)
            if where.parity is None and where.most != where.least:
                return None
            total += where.least
        return total % 2

    def _rational_positive(self, e: sp.Expr) -> bool:
        if not _is_rational(e):
            return False
        if t in e.free_symbols:
            return all(map(self._positive_in_t, fraction(e))) or (
                all(self._positive_in_t(-part) for part in fraction(e))
            )
        variable = self.variable
        if variable in e.free_symbols:
            upper, lower = (sp.Poly(part, variable).LC() for part in fraction(e))
            return self.others.positive(upper / lower)
        return all(any(domain.positive_polynomial(*shifted) for shifted in self._shifted(part)) for part in fraction(e))

    def _shifted(self, part: sp.Expr) -> Iterator[tuple[sp.Expr, list[Range]]]:
        """The polynomial with every bounded variable counted from its first value on, or back from its last one."""
        bounded = [w for w in self.ranges if w.most is not None and w.most != w.least]
        rest = [w for w in self.ranges if w not in bounded]
        for choice in product((True, False), repeat=len(bounded)):
            put = {
                INTEGER_SYMBOLS[w.name]: INTEGER_SYMBOLS[w.name] if up else w.most - INTEGER_SYMBOLS[w.name]
                for w, up in zip(bounded, choice, strict=True)
            }
            least = [Range(w.name, w.least if up else 0) for w, up in zip(bounded, choice, strict=True)]
            yield part.subs(put, simultaneous=True), [*rest, *least]

    def _plainly_nonnegative(self, e: sp.Expr) -> bool:
        """Also k*(k + d), which vanishes at 0: after v = least + u no coefficient is negative."""
        if e.is_Symbol and e in INTEGERS:
            return Ranges(self.ranges).find(e.name) is not None
        if t in e.free_symbols:
            return _is_rational(e) and self._nonnegative_in_t(e)
        e, lower = fraction(e)
        polynomial = e.free_symbols <= set(INTEGERS) and e.is_polynomial(*INTEGERS)
        if not polynomial or lower != 1 and not self.positive(lower):
            return False
        named = {INTEGER_SYMBOLS[w.name] for w in self.ranges}
        if not e.free_symbols <= named:
            return False
        for polynomial, ranges in self._shifted(e):
            put = {INTEGER_SYMBOLS[w.name]: INTEGER_SYMBOLS[w.name] + w.least for w in ranges}
            shifted = sp.Poly(polynomial.subs(put, simultaneous=True), *INTEGERS)
            if all(c.is_number and (c == 0 or number_sign(c) == 1) for c in shifted.coeffs()):
                return True
        return False

    @property
    def _near(self) -> int | None:
        """The point that t tends to."""
        return int(self.limit[1]) if self.limit and self.limit[0] == "t" else None

    def _first_terms(self, e: sp.Expr) -> list[sp.Expr]:
        """The first coefficient of a polynomial in the distance of t from its point, on each side of it."""
        place = self._near
        ways = (S, -S) if place == 0 else (place * (1 - S),)
        return [sp.Poly(sp.expand(e.subs(t, way)), S).terms()[-1][1] for way in ways]

    def _positive_in_t(self, e: sp.Expr) -> bool:
        if t not in e.free_symbols:
            return self.positive(e)
        if self._near is not None:
            return all(self.others.positive(c) for c in self._first_terms(e))
        return bool(_is_plain_in_t(e) and e.subs(t, 0) > 0 and sp.Poly(e, t).count_roots(-1, 1) == 0)

    def _nonzero_in_t(self, e: sp.Expr) -> bool:
        upper = fraction(e)[0]
        if self._near is not None:
            return all(self.others.nonzero(c) for c in self._first_terms(upper))
        return _is_plain_in_t(upper) and sp.Poly(upper, t).count_roots(-1, 1) == 0

    def _nonnegative_in_t(self, e: sp.Expr) -> bool:
        if self._near is not None:
            return self._rational_positive(e)
        if not _is_plain_in_t(e):
            return False
        constant, factors = sp.factor_list(e)
        odd = sp.Poly(sp.Mul(constant, *(factor for factor, power in factors if power % 2)), t)
        inside = odd.count_roots(-1, 1) - sum(odd(end) == 0 for end in (-1, 1))
        return inside == 0 and bool(odd(0) > 0)


def _is_plain_in_t(e: sp.Expr) -> bool:
    """Whether it is a polynomial in t with rational coefficients."""
    return e.free_symbols == {t} and e.is_polynomial(t) and all(c.is_Rational for c in sp.Poly(e, t).coeffs())


def _is_rational(e: sp.Expr) -> bool:
    """Whether it is a rational function of the variables whose coefficients are numbers."""
    symbols = {t, *INTEGERS}
    if not e.free_symbols <= symbols:
        return False
    return all(part.is_polynomial(*symbols) for part in fraction(e))


def number_sign(e: sp.Expr) -> int | None:
    """1, -1, or 0 of a number, by balls and never 0 by them; None where they cannot tell."""
    if e.is_Rational:
        return int(sp.sign(e))
    try:
        with working_precision(DIGITS):
            value = constant_ball(e)
    except TypeError:
        return None
    return 1 if value > 0 else -1 if value < 0 else None
