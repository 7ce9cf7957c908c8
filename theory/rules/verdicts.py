"""From formulas to what a statement says: closed forms put in, the relation on a part, the whole of the ranges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import sympy as sp

from theory.depth_family import kappa_at_one
from theory.domain import inside, range_in
from theory.formal import (
    FAILS, HOLDS, INTEGER_SYMBOLS, Kappa, Layered, Maclaurin, Mu, MuOn, Named, Range, Reads, Side, SlopeProduct, Told,
    d, k, n, t,
)  # fmt: skip
from theory.formula import unparse
from theory.hypergeometric import NotHypergeometric, Term, is_zero, single_term
from theory.proof import INEQUALITY, Facts, Refused, Step, rule
from theory.rules.calculus import require, trigonometric_zero
from theory.rules.certain import S, Place, number_sign
from theory.rules.ends import require_sign
from theory.rules.gamma import reflected
from theory.rules.stated import claim_of, covers_fully, factor_of, kernel_on, place_of, require_inside, statement_of
from theory.statement import UNIFORMLY, Statement
from theory.towers import NamedConstant, written_out

NEGATION = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
FOLLOWS = {">": (">", ">=", "!="), "<": ("<", "<=", "!="), "=": ("=", "<=", ">="), ">=": (">=",), "<=": ("<=",)}
TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "="}
SIZES = {  # of left/right: the relations that hold, those that fail where the right side is not 0 for all large v
    "zero": (("O", "o"), ("Omega", "Theta", "~")),
    "bounded": (("O",), ()),
    "constant": (("O", "Omega", "Theta"), ("o",)),
    "infinity": (("Omega",), ("O", "o", "Theta", "~")),
}  # fmt: skip
NUMBERS = (Named, NamedConstant, sp.acos, sp.sin, sp.cos, sp.log)


@rule("closed-form", "a derived formula at another index, on another sphere or at another point")
def closed_form(step: Step, facts: Facts) -> None:
    """mu_K, mu_K on S^D, b_K or kappa(T) from the fact about mu_k on S^d, b_n or kappa(t)."""
    (name,) = step.uses
    require(step.right == value_from(facts[name], step.left, step.ranges), "the formula is another")


def value_from(fact: Step, spoken: sp.Expr, ranges: tuple[Range, ...]) -> sp.Expr:
    """What a fact says of the object; Refused where it does not reach it everywhere on the ranges."""
    closed = isinstance(fact.statement, sp.Eq) and not fact.right.has(Named, sp.Sum, sp.Limit)
    require(closed, f"{fact.name} is no formula")
    kind = Mu if isinstance(spoken, MuOn) else type(spoken)
    require(isinstance(fact.left, kind) and fact.left.args[0] == spoken.args[0], f"{fact.name} is of another object")
    put, place = {}, Place(ranges)
    if kind is Kappa:
        known = fact.left.args[1] == t and not fact.ranges
        require(known and place.unit(spoken.args[1]), "kappa is known on [-1, 1]")
        return fact.right.subs(t, spoken.args[1])
    symbol, own = {Mu: k, Maclaurin: n}[kind], fact.left.args[1]
    require(all(w.name in (symbol.name, "d") for w in fact.ranges), f"{fact.name} holds for other variables")
    index = spoken.args[1]
    if own.is_Integer:
        require(index == own, f"{fact.name} is of another index")
    else:
        reached = own == symbol and _within(index, range_in(fact.ranges, symbol.name), place)
        require(reached, f"{fact.name} does not reach it")
        put[symbol] = index
    dims = range_in(fact.ranges, "d")
    sphere = spoken.args[2] if isinstance(spoken, MuOn) else _single(d, ranges)
    if kind is Mu:
        require(_within(sphere, dims, place), f"{fact.name} does not reach that sphere")
        put[d] = sphere
    return fact.right.subs(put, simultaneous=True)


def _single(symbol: sp.Symbol, ranges: Sequence[Range]) -> sp.Expr:
    where = range_in(ranges, symbol.name)
    return sp.Integer(where.least) if where.least == where.most else symbol


def _within(index: sp.Expr, where: Range, place: Place) -> bool:
    """Whether an index certainly takes values of a range only."""
    parity = where.parity is None or place.parity(sp.expand(index)) == where.parity
    most = where.most is None or place.nonnegative(sp.expand(where.most - index))
    return parity and most and place.index(sp.expand(index), where.least)


@rule("part", "what the readings, the closed forms and the used facts say of the relation", relation=Told)
def part(step: Step, facts: Facts) -> None:
    """The claim holds, or fails, on a part of its ranges. Uses the statement and both readings first; data is
    the exponent of left/right in the variable of a limit, where there is one."""
    stated, *others = (facts[used] for used in step.uses)
    statement = statement_of(stated)
    require(step.left == claim_of(statement) and step.right in (HOLDS, FAILS), "the words are other ones")
    judge_part(statement, step.right == HOLDS, step.ranges, others, step.data)


def judge_part(
    statement: Statement, holds: bool, ranges: tuple[Range, ...], others: list[Step], exponent: sp.Expr | None
) -> None:
    """Refuse unless the relation, or its negation, follows on the ranges."""
    judge = prepared(statement, ranges, others, exponent)
    for side in (judge.left, judge.right):
        _require_positive_bases(side, judge.place)
    if statement.limit == UNIFORMLY:
        require(judge.uniformly(statement.relation, holds), "no uniform bound follows")
    elif statement.limit is not None:
        _require_tail(judge.place)
        require(judge.along(statement.relation, holds), "the order of growth does not follow")
    else:
        wanted = statement.relation if holds else NEGATION[statement.relation]
        follows = any(wanted in FOLLOWS[known] for known in judge.comparisons())
        require(follows, f"left {wanted} right does not follow")


def prepared(statement: Statement, ranges: tuple[Range, ...], others: list[Step], exponent: sp.Expr | None) -> Judge:
    """Both sides as the readings say, closed forms put in, and the facts that hold on the whole part."""
    require_inside(ranges, statement)
    readings = [fact for fact in others if isinstance(fact.statement, Reads)]
    left, right = (_reading_of(node, readings, ranges) for node in (statement.left, statement.right))
    reaching = [fact for fact in others if fact.rule != "reading" and covers_fully(fact, ranges)]
    put = {fact.left: fact.right for fact in reaching if fact.rule == "closed-form"}
    names = {fact.data for fact in readings if fact.data is not None}
    require(len(names) <= 1, "two names of one kernel")
    if names and any(side.has(Kappa(*names, 1)) for side in (left, right)):
        put |= _at_one(statement, ranges, *names, others)
    rest = [fact for fact in reaching if fact.rule != "closed-form"]
    place = place_of(statement, ranges, others)
    return Judge(place, left.xreplace(put), right.xreplace(put), put, rest, exponent)


def _reading_of(node: object, readings: list[Step], ranges: tuple[Range, ...]) -> sp.Expr:
    fact = next((f for f in readings if f.left == Side(unparse(node)) and covers_fully(f, ranges)), None)
    require(fact is not None, "a side is not read on the ranges")
    return _with_singles(fact.right, ranges)


def _with_singles(e: sp.Expr, ranges: Sequence[Range]) -> sp.Expr:
    single = {INTEGER_SYMBOLS[w.name]: sp.Integer(w.least) for w in ranges if w.most == w.least}
    return e.subs(single) if e.free_symbols & set(single) else e


def _at_one(
    statement: Statement, ranges: tuple[Range, ...], name: sp.Expr, facts: list[Step]
) -> dict[sp.Expr, sp.Expr]:
    """kappa(1) where it is rational, a function of the depth for a family."""
    kernel = kernel_on(statement, ranges)
    value = kappa_at_one(kernel)
    return {} if value is None else {Kappa(name, 1): _with_singles(value / factor_of(kernel, name, facts), ranges)}


def _require_positive_bases(e: sp.Expr, place: Place) -> None:
    """Refuse a power that is no integer one of a base with a factor that may be negative: the normal form would
    take it for positive."""
    for power in e.atoms(sp.Pow):
        base, exponent = power.args
        if exponent.is_Integer:
            continue
        strict = place.positive(exponent)
        for factor in _factors(base) if not base.has(t) else ():
            fine = place.positive(factor) or strict and place.nonnegative(factor)
            require(fine, f"{factor} may be negative in a root or a power")


def _factors(base: sp.Expr) -> Iterator[sp.Expr]:
    """The irreducible factors of a base and its constant ones, as the normal form takes it apart."""
    if isinstance(base, sp.Mul):
        for factor in base.args:
            yield from _factors(factor)
        return
    for polynomial in sp.fraction(sp.together(base)):
        plain = polynomial.is_polynomial(*polynomial.free_symbols) and polynomial.free_symbols
        constant, factors = sp.factor_list(polynomial) if plain else (polynomial, [])
        yield constant
        yield from (factor for factor, _ in factors)


def _require_tail(place: Place) -> None:
    variable = place.variable
    infinite = variable is None or range_in(place.ranges, variable.name).most is None
    require(infinite, "no infinite part of the variable")


class Judge:
    """What facts tell of left and right at a place."""

    def __init__(
        self, place: Place, left: sp.Expr, right: sp.Expr, put: dict[sp.Expr, sp.Expr], facts: list[Step],
        exponent: sp.Expr | None,
    ) -> None:  # fmt: skip
        self.place, self.left, self.right, self.put = place, left, right, put
        self.facts, self.exponent = facts, exponent

    def vanishes(self, e: sp.Expr) -> bool:
        """Whether the expression is 0 at the place, by normal form; named objects are any numbers."""
        if e == 0:
            return True
        plain = written_out(e)
        if plain.has(t) and self.place.limit is None:
            return trigonometric_zero(plain.xreplace({x: sp.Dummy(real=True) for x in plain.atoms(Named)}))
        if plain.has(t):
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
        return _with_singles(e.xreplace(self.put), self.place.ranges).xreplace(self.put)

    def comparisons(self) -> Iterator[str]:
        """Relations between left and right that are certain."""
        difference = self.left - self.right
        if self.vanishes(difference):
            yield "="
        sign = self.place.sign(difference)
        if sign is not None:
            yield {1: ">", -1: "<", 0: ">="}[sign]
        for fact in self.facts:
            relation = _relation(fact)
            if relation is None or isinstance(fact.left, sp.Limit):
                continue
            a, b = self.spoken(fact.left), self.spoken(fact.right)
            if relation == "=" and isinstance(fact.left, Named):
                if self.vanishes(difference.xreplace({a: b})):
                    yield "="
                continue
            if self.vanishes(difference - (a - b)):
                yield relation
            elif self.vanishes(difference + (a - b)):
                yield TURNED[relation]
            elif relation in (">", ">="):
                yield from self._from_quotient(a, b, relation)

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
        vanishing = [fact for fact in self.facts if _is_limit(fact) and fact.right == 0]
        for small, large, size in ((self.left, self.right, "zero"), (self.right, self.left, "infinity")):
            total = sp.Add(*(self.spoken(fact.left.args[0]) for fact in vanishing))
            if vanishing and self._is_of_place(vanishing) and self.vanishes(total * large - small):
                yield size, False
        for fact in self.facts:
            if _is_limit(fact) and fact.right != 0 and self._is_of_place([fact]):
                yield from self._sizes_by(fact)

    def _is_of_place(self, limits: list[Step]) -> bool:
        name, target = self.place.limit
        point = sp.oo if target == "oo" else sp.Integer(target)
        return all(fact.left.args[1].name == name and fact.left.args[2] == point for fact in limits)

    def _sizes_by(self, fact: Step) -> Iterator[tuple[str, bool | None]]:
        """From Limit(T) = c with left = T B v^e right, B a product of coefficients b_n > 0."""
        exponent = self.exponent if self.exponent is not None else sp.Integer(0)
        scale = self.place.variable if self.place.variable is not None else 1 - int(self.place.limit[1]) * t
        if exponent.has(scale) or exponent.has(t):
            return
        term, constant = self.spoken(fact.left.args[0]), self.spoken(fact.right)
        for power in term.atoms(sp.Pow):
            _require_positive_bases(power, self.place)
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
        return wanted <= {side for fact in self.facts for side in self._uniform_bound(fact)}

    def _uniform_bound(self, fact: Step) -> Iterator[str]:
        relation = _relation(fact)
        if relation in (None, "=") or isinstance(fact.left, sp.Limit):
            return
        quotient, bound = self.spoken(fact.left), self.spoken(fact.right)
        constant = not bound.free_symbols and number_sign(bound) == 1
        if constant and self._is_quotient(quotient, self.left, self.right):
            yield relation[0]

    def _escapes(self, relation: str) -> bool:
        rays = [w for w in self.place.ranges if w.most is None]
        if len(rays) != 1 or any(w.most != w.least for w in self.place.ranges if w is not rays[0]):
            return False
        ray = Place(self.place.ranges, (rays[0].name, "oo"), self.place.signs, self.place.nonzeros)
        along = Judge(ray, self.left, self.right, self.put, self.facts, self.exponent)
        return along.along(relation, False)


def _never_zero(constant: sp.Expr, facts: list[Step], others: Place) -> bool:
    """Whether a limit is certainly not 0 for all values of the other variables; P(L) lies between its bounds."""
    if not constant.has(SlopeProduct):
        return others.nonzero(constant)
    names = {spoken.args[0] for fact in facts for spoken in fact.statement.atoms(Mu, Kappa)}
    layered = [name for name in names if isinstance(name, Layered)]
    for factor in sp.Mul.make_args(sp.factor(constant)):
        base = factor.as_base_exp()[0]
        if not base.has(SlopeProduct):
            if not others.nonzero(factor):
                return False
            continue
        try:
            require_sign(base, layered[0], facts, others.ranges)
        except (Refused, IndexError):
            return False
    return True


def _outermost(e: sp.Expr) -> set[sp.Expr]:
    """Named objects and functions that no normal form knows, those inside others left to them."""
    if isinstance(e, NUMBERS):
        return {e}
    return {found for part_ in e.args for found in _outermost(part_)}


def _relation(fact: Step) -> str | None:
    if isinstance(fact.statement, sp.Eq):
        return "="
    return fact.statement.rel_op if isinstance(fact.statement, INEQUALITY) else None


def _is_limit(fact: Step) -> bool:
    return isinstance(fact.statement, sp.Eq) and isinstance(fact.left, sp.Limit)


@rule("whole", "the parts together are the ranges; one part suffices to refute", relation=Told)
def whole(step: Step, facts: Facts) -> None:
    """The claim holds for the ranges of the step, covered by those of the used parts, up to finitely many values of
    the variable of a limit; or it fails, because it does on a part inside them."""
    stated, *parts = (facts[used] for used in step.uses)
    statement = statement_of(stated)
    require(step.left == claim_of(statement) and step.right in (HOLDS, FAILS), "the words are other ones")
    require_inside(step.ranges, statement)
    for fact in parts:
        known = fact.rule in ("part", "whole") and fact.left == step.left and fact.right == step.right
        require(known and fact.uses[0] == step.uses[0], f"{fact.name} does not say so of the statement")
    if step.right == FAILS:
        within = (all(inside(w, range_in(step.ranges, w.name)) for w in fact.ranges) for fact in parts)
        require(any(within), "no part fails")
        return
    limit = statement.limit[0] if isinstance(statement.limit, tuple) else None
    gap = first_gap(step.ranges, [fact.ranges for fact in parts], limit)
    require(gap is None, f"no part reaches {gap}")


def first_gap(
    ranges: tuple[Range, ...], parts: Sequence[tuple[Range, ...]], limit: str | None
) -> dict[str, int] | None:
    """An assignment in the ranges that no part reaches, None if together they reach all; along a limit only
    all large values of its variable count.

    >>> first_gap((Range("k", 0),), [(Range("k", 0, None, 0),), (Range("k", 3, None, 1),)], None)
    {'k': 1}
    """
    axes = [_representatives(w, [range_in(one, w.name) for one in parts], w.name == limit) for w in ranges]
    for point in product(*axes):
        at = dict(zip((w.name for w in ranges), point, strict=True))
        if not any(all(_has(range_in(one, name), value) for name, value in at.items()) for one in parts):
            return at
    return None


def _representatives(where: Range, others: list[Range], tail: bool) -> list[int]:
    """One value of each class on which no range changes: between neighbouring ends, of each parity."""
    cuts = {where.least, *(w.least for w in others), *(w.most + 1 for w in others if w.most is not None)}
    starts = sorted(c for c in cuts if c >= where.least and (where.most is None or c <= where.most))
    if tail:
        starts = starts[-1:]
    values = [v for start in starts for v in (start, start + 1)]
    return sorted({v for v in values if _has(where, v)})


def _has(where: Range, value: int) -> bool:
    above = value >= where.least and (where.most is None or value <= where.most)
    return above and where.parity in (None, value % 2)
