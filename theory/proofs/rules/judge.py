"""What facts tell of the two sides of a statement on a part of its ranges: comparisons, sizes along a limit, bounds.

Nothing is found here: every relation is one of the used facts, or a normal form, met with the sides as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from theory.proofs.rules.calculus import require, trigonometric_zero
from theory.proofs.rules.certain import Place, S, number_sign
from theory.proofs.rules.ends import require_sign
from theory.proofs.rules.gamma import reflected
from theory.proofs.steps import Refused, Step
from theory.symbolic.constants import NamedConstant, written_out
from theory.symbolic.hypergeometric import NotHypergeometric, Term, is_zero, single_term
from theory.symbolic.objects import (
    INTEGER_SYMBOLS,
    EndSeries,
    Kappa,
    Layered,
    LowerEnd,
    Maclaurin,
    Mu,
    Named,
    Range,
    SlopeProduct,
    t,
)
from theory.symbolic.ranges import Ranges
from theory.symbolic.rational_functions import fraction

FOLLOWS = {">": (">", ">=", "!="), "<": ("<", "<=", "!="), "=": ("=", "<=", ">="), ">=": (">=",), "<=": ("<=",)}
TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "="}
SIZES = {  # of left/right: the relations that hold, those that fail where the right side is not 0 for all large v
    "zero": (("O", "o"), ("Omega", "Theta", "~")),
    "bounded": (("O",), ()),
    "constant": (("O", "Omega", "Theta"), ("o",)),
    "infinity": (("Omega",), ("O", "o", "Theta", "~")),
}
COMPARING = {
    "positive",
    "gamma-algebra",
    "algebra",
    "transitivity",
    "first-value",
    "limit-value",
    "all-parities",
    "compare-constants",
    "series-sign",
    "sign-of-parts",
    "hermite-squares",
    "mixture",
    "coefficient-signs",
    "walk-down",
    "trace-bound",
    "value-at-one",
    "walk-far",
    "dimension-down",
    "mixture-down",
}
LIMITING = {"limit", "vanishing", "law-quotient", "end-law", "dimension-law", "end-limit"}
UNEVALUATED = (sp.Sum, sp.Integral, sp.Derivative, EndSeries, LowerEnd)  # no numbers that may stand for a letter
NUMBERS = (Named, NamedConstant, sp.acos, sp.sin, sp.cos, sp.log)


@dataclass(frozen=True, slots=True)
class Judge:
    """What facts tell of left and right at a place; `put` is what stands for named objects, `exponent` e in
    left = T v^e right for the term T of a limit."""

    place: Place
    left: sp.Expr
    right: sp.Expr
    put: Mapping[sp.Expr, sp.Expr]
    facts: list[Step]
    exponent: sp.Expr | None

    def vanishes(self, e: sp.Expr) -> bool:
        """Whether the expression is 0 at the place, by normal form; named objects are any numbers."""
        if e == 0:
            return True
        plain = written_out(e)
        if plain.has(t):
            if self.place.limit is None:
                angles = (x for x in plain.atoms(sp.acos) if x.args[0].could_extract_minus_sign())
                plain = plain.xreplace({x: sp.pi - sp.acos(-x.args[0]) for x in angles})
                return trigonometric_zero(plain.xreplace({x: sp.Dummy(real=True) for x in plain.atoms(Named)}))
            near = int(self.place.limit[1])
            if near == 0:
                return False
            plain = self.near(plain, near)
        dummies = {x: sp.Dummy(positive=True) for x in sorted(_outermost(plain), key=str)}
        try:
            return is_zero(reflected(plain.xreplace(dummies), self.place.ranges))
        except NotHypergeometric:
            return False

    def same(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Whether a = b at the place: their quotient is one term, else by their difference."""
        if a.has(t) or b == 0:
            return self.vanishes(a - b)
        quotient = written_out(a / b)
        dummies = {x: sp.Dummy(positive=True) for x in sorted(_outermost(quotient), key=str)}
        try:
            term = single_term(reflected(quotient.xreplace(dummies), self.place.ranges))
        except NotHypergeometric:
            return self.vanishes(a - b)
        return term == Term(sp.Integer(1))

    def near(self, e: sp.Expr, near: int) -> sp.Expr:
        """t written as the point and the square of a small s > 0."""
        kept = {x: sp.Dummy(positive=True) for x in e.atoms(Named)}
        found = e.xreplace(kept).subs(t, near * (1 - S**2))
        for power in found.atoms(sp.Pow):
            if power.base.has(S) and not power.exp.is_Integer:
                for factor in _factors(power.base):
                    first = sp.Poly(factor, S).terms()[-1][1]
                    require(number_sign(first) == 1, f"{factor} may be negative in a root")
        return found.xreplace({v: x for x, v in kept.items()})

    def spoken(self, e: sp.Expr) -> sp.Expr:
        """A fact's expression with the single values of the place and what is known of kappa(1)."""
        return with_singles(e.xreplace(self.put), self.place.ranges).xreplace(self.put)

    def comparisons(self) -> Iterator[str]:
        """Relations between left and right that are certain."""
        difference = self.left - self.right
        if self.vanishes(difference):
            yield "="
        sign = self.place.sign(difference)
        if sign is not None:
            yield {1: ">", -1: "<", 0: ">="}[sign]
        for fact, relation, a, b in self._compared():
            if relation == "=" and isinstance(fact.left, Named):
                if self.vanishes(difference.xreplace({a: b})):
                    yield "="
                continue
            if self.vanishes(difference - (a - b)):
                yield relation
            elif self.vanishes(difference + (a - b)):
                yield TURNED[relation]
            elif (sign := self._multiple(difference, a - b)) is not None:
                yield relation if sign > 0 else TURNED[relation]
            elif relation in (">", ">="):
                yield from self._from_quotient(a, b, relation)

    def _multiple(self, difference: sp.Expr, known: sp.Expr) -> int | None:
        """The sign of f where difference = f known, f of one sign at the place, as for mu/N <= 1/N from mu <= 1."""
        dummies = {x: sp.Dummy() for x in sorted(_outermost(known) & _outermost(difference), key=str)}
        for spoken, dummy in dummies.items():
            slopes = [sp.diff(e.xreplace(dummies), dummy) for e in (difference, known)]
            if slopes[1] == 0 or any(slope.has(dummy) for slope in slopes):
                continue  # the factor is told by what both are linear in
            factor = sp.gammasimp(slopes[0] / slopes[1]).xreplace({one: x for x, one in dummies.items()})
            if isinstance(spoken, Named) and self.vanishes(difference - factor * known):
                return next((s for s in (1, -1) if self.place.positive(s * factor)), None)
        return None

    def _compared(self) -> Iterator[tuple[Step, str, sp.Expr, sp.Expr]]:
        """The used relations between two expressions whose roots are plain where the part is looked at."""
        for fact in self.facts:
            if fact.rule in COMPARING and not fact.statement.has(*UNEVALUATED):
                sides = self.spoken(fact.left), self.spoken(fact.right)
                if all(has_positive_bases(side, self.place) for side in sides):
                    yield fact, _relation(fact), *sides

    def _from_quotient(self, quotient: sp.Expr, least: sp.Expr, relation: str) -> Iterator[str]:
        """larger > smaller > 0 from larger/smaller > c >= 1."""
        if least.free_symbols or not self._at_least_one(least):
            return
        strict = relation == ">" or self._above_one(least)
        for larger, smaller, found in ((self.left, self.right, ">"), (self.right, self.left, "<")):
            if self._is_quotient(quotient, larger, smaller) and self.place.positive(smaller):
                yield found if strict else f"{found}="

    def _is_quotient(self, quotient: sp.Expr, upper: sp.Expr, lower: sp.Expr) -> bool:
        return self.place.positive(quotient) and self.same(quotient * lower, upper)

    def _at_least_one(self, value: sp.Expr) -> bool:
        return self._above_one(value) or self.vanishes(value - 1)

    def _above_one(self, value: sp.Expr) -> bool:
        return number_sign(value - 1) == 1

    def along(self, relation: str, holds: bool) -> bool:
        """Whether the relation holds, or fails, as the variable of the place grows or t tends to its point."""
        zeros = [not self.place.nonzero(side) and self.vanishes(side) for side in (self.left, self.right)]
        if all(zeros):
            return holds
        if any(zeros):
            other = self.right if zeros[0] else self.left
            if holds:
                return relation in (("O", "o") if zeros[0] else ("Omega",))
            return relation not in (("O", "o") if zeros[0] else ("Omega",)) and self.place.nonzero(other)
        for size, one in self.sizes():
            known = SIZES[size][0 if holds else 1]
            if relation in known and (holds or self.place.nonzero(self.right)):
                return True
            if relation == "~" and size == "constant" and one is holds and (holds or self.place.nonzero(self.right)):
                return True
        return False

    def sizes(self) -> Iterator[tuple[str, bool | None]]:
        """(what |left/right| is like, whether it tends to 1 where that is certain), from the facts about limits."""
        limits = [fact for fact in self.facts if fact.rule in LIMITING and not fact.statement.has(*UNEVALUATED)]
        limits = [fact for fact in limits if has_positive_bases(self.spoken(fact.left.args[0]), self.place)]
        vanishing = [fact for fact in limits if fact.right == 0]
        for small, large, size in ((self.left, self.right, "zero"), (self.right, self.left, "infinity")):
            total = sp.Add(*(self.spoken(fact.left.args[0]) for fact in vanishing))
            if vanishing and self._is_of_place(vanishing) and self.vanishes(total * large - small):
                yield size, False
        for fact in limits:
            if fact.right != 0 and self._is_of_place([fact]):
                yield from self._sizes_by(fact)

    @property
    def _limit(self) -> tuple[str, str]:
        """(variable, target) of a place whose limit is asked for."""
        assert self.place.limit is not None
        return self.place.limit

    def _is_of_place(self, limits: list[Step]) -> bool:
        name, target = self._limit
        point = sp.oo if target == "oo" else sp.Integer(target)
        return all(fact.left.args[1].name == name and fact.left.args[2] == point for fact in limits)

    def _sizes_by(self, fact: Step) -> Iterator[tuple[str, bool | None]]:
        """From Limit(T) = c with left = T B v^e right, B a product of coefficients b_n > 0."""
        exponent = self.exponent if self.exponent is not None else sp.Integer(0)
        scale = self.place.variable if self.place.variable is not None else 1 - int(self._limit[1]) * t
        if exponent.has(scale) or exponent.has(t):
            return
        term, constant = self.spoken(fact.left.args[0]), self.spoken(fact.right)
        named = self._named(term)
        if not self.same(term * named * scale**exponent * self.right, self.left):
            return
        others = self.place.others
        sign = 0 if exponent == 0 else next((s for s in (1, -1) if others.positive(s * exponent)), None)
        if self.place.variable is None and sign is not None:
            sign = -sign  # a power of the distance falls where its exponent is positive
        if sign == -1:
            yield "zero", False
        certain = _never_zero(constant, self.facts, others)
        if sign == 1 and certain:
            yield "infinity", False
        if sign == 0:
            yield ("constant" if certain else "bounded"), self._is_one(constant, named)

    def _named(self, term: sp.Expr) -> sp.Expr:
        """Powers of coefficients b_n that left/right has and the term of the limit has not."""
        powers = (self.left / self.right / term).as_powers_dict()
        return sp.Mul(*(b**e for b, e in powers.items() if isinstance(b, Maclaurin) and self.place.positive(b)))

    def _is_one(self, constant: sp.Expr, named: sp.Expr) -> bool | None:
        if named == 1 and self.vanishes(constant - 1):
            return True
        differs = named == 1 and not constant.free_symbols and not constant.has(Named)
        return False if differs and number_sign(constant - 1) in (1, -1) else None

    def uniformly(self, relation: str, holds: bool) -> bool:
        """Bounds of left/right by constants; a ray along which the relation fails refutes."""
        if not holds:
            return self._escapes(relation)
        if self.vanishes(self.left) and (relation == "O" or self.vanishes(self.right)):
            return True
        if self.vanishes(self.right) and relation == "Omega":
            return True
        wanted = {"O": {"<"}, "Omega": {">"}, "Theta": {"<", ">"}}[relation]
        return wanted <= {
            relation[0]
            for _, relation, quotient, bound in self._compared()
            if relation != "="
            and not bound.free_symbols
            and number_sign(bound) == 1
            and self._is_quotient(quotient, self.left, self.right)
        }

    def _escapes(self, relation: str) -> bool:
        rays = [w for w in self.place.ranges if w.most is None]
        if len(rays) != 1 or Ranges(self.place.ranges).without(rays[0].name).free:
            return False
        ray = Place(self.place.ranges, (rays[0].name, "oo"), self.place.signs, self.place.nonzeros)
        along = Judge(ray, self.left, self.right, self.put, self.facts, self.exponent)
        return along.along(relation, False)


def with_singles(e: sp.Expr, ranges: Sequence[Range]) -> sp.Expr:
    """The expression with every variable of a single value replaced by it."""
    single = {INTEGER_SYMBOLS[name]: sp.Integer(value) for name, value in Ranges(ranges).singles.items()}
    return e.subs(single) if e.free_symbols & set(single) else e


def has_positive_bases(e: sp.Expr, place: Place) -> bool:
    """Whether no power but an integer one is of a base with a factor that may be negative: the normal form
    takes it for positive."""
    for power in e.atoms(sp.Pow):
        base, exponent = power.args
        if exponent.is_Integer or base.has(t):
            continue
        above = place.positive(exponent)
        if not all(place.positive(factor) or above and place.nonnegative(factor) for factor in _factors(base)):
            return False
    return True


def _factors(base: sp.Expr) -> Iterator[sp.Expr]:
    """The irreducible factors of a base and its constant ones, as the normal form takes it apart."""
    if isinstance(base, sp.Mul):
        for factor in base.args:
            yield from _factors(factor)
        return
    for polynomial in fraction(base):
        plain = polynomial.is_polynomial(*polynomial.free_symbols) and polynomial.free_symbols
        constant, factors = sp.factor_list(polynomial) if plain else (polynomial, [])
        yield constant
        yield from (factor for factor, _ in factors)


def _never_zero(constant: sp.Expr, facts: list[Step], others: Place) -> bool:
    """Whether a limit is certainly not 0 for all values of the other variables; P(L) lies between its bounds."""
    if not constant.has(SlopeProduct):
        return others.nonzero(constant)
    names = {spoken.args[0] for fact in facts for spoken in fact.statement.atoms(Mu, Kappa)}
    layered = [name for name in names if isinstance(name, Layered)]
    open_ = tuple(w if w.is_single else replace(w, most=None) for w in others.ranges)
    for factor in sp.Mul.make_args(sp.factor(constant)):
        base = factor.as_base_exp()[0]
        if not base.has(SlopeProduct):
            if not others.nonzero(factor):
                return False
            continue
        try:
            require_sign(base, layered[0], facts, open_)
        except (Refused, IndexError):
            return False
    return True


def _outermost(e: sp.Expr) -> set[sp.Expr]:
    """Named objects and functions that no normal form knows, those inside others left to them."""
    if isinstance(e, NUMBERS):
        return {e}
    return {found for part_ in e.args for found in _outermost(part_)}


def _relation(fact: Step) -> str:
    return "=" if isinstance(fact.statement, sp.Eq) else fact.statement.rel_op
