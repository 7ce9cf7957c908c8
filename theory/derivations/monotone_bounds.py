"""Search for two-sided bounds of a positive term over all integers of its ranges.

The search guesses by numbers which way the term moves; every guess becomes a proof step that the
checker must accept (`theory.proofs.rules.inequality`). Variables are removed one by one: a monotone term
lies between its first value and its limit, which have one variable less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from theory.numbers.truth import Unable
from theory.proofs.steps import RULES, Refused, Step
from theory.symbolic.growth import growth
from theory.symbolic.hypergeometric import NotHypergeometric, is_zero, single_term
from theory.symbolic.objects import INTEGER_SYMBOLS as SYMBOLS
from theory.symbolic.objects import Range, equal

MAX_ORDER = (3, 0)  # of the logarithm series, with one and with two free variables


class NoBounds(Unable):
    """The search found no provable bounds."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One side: the extreme value (0 or oo where there is none), whether it is attained, the steps."""

    value: sp.Expr
    attained: bool
    steps: tuple[Step, ...]

    @property
    def conclusion(self) -> Step:
        """The step that states the bound over the whole range."""
        return self.steps[-1]


def bound(term: sp.Expr, ranges: Sequence[Range], side: int) -> Bound:
    """The sharp lower (side = -1) or upper (side = 1) bound of `term` over all values in `ranges`.

    Raises NoBounds where the search fails or the term is unbounded on that side.

    >>> from theory.symbolic.objects import k
    >>> b = bound(sp.gamma(k/2)**2*k/sp.gamma((k + 1)/2)**2, [Range("k", 1, None, 1)], 1)
    >>> b.value, b.attained
    (pi, True)
    """
    import theory.proofs.rules  # noqa: F401  (registers the rules that judge each step)

    free = [w for w in ranges if SYMBOLS[w.name] in term.free_symbols and w.most != w.least]
    fixed = {SYMBOLS[w.name]: w.least for w in ranges if w.most == w.least}
    if fixed and any(s in term.free_symbols for s in fixed):
        return bound(term.subs(fixed), [w for w in ranges if w.most != w.least], side)
    if not free:
        return Bound(sp.simplify(term), True, ())
    failures = []
    for where in sorted(free, key=lambda w: w.name == "k"):  # d first: its limit is simplest
        try:
            return _remove(term, where, [w for w in free if w is not where], side)
        except NoBounds as error:
            failures.append(str(error))
    raise NoBounds("; ".join(failures))


def _remove(term: sp.Expr, where: Range, others: list[Range], side: int) -> Bound:
    if where.most is not None:
        raise NoBounds(f"{where} is bounded above")
    classes = (
        [where] if where.parity is not None else [Range(where.name, where.least, None, parity) for parity in (0, 1)]
    )
    variable = SYMBOLS[where.name]
    climb = _monotone(term, variable, (where, *others))
    rising = isinstance(climb.statement, sp.StrictGreaterThan)
    if rising == (side > 0):
        return _at_limit(term, variable, climb, (where, *others), others, side)
    parts = [_at_first(term, variable, climb, part, others, side) for part in classes]
    best = max(parts, key=lambda p: (side * sp.N(p.value, 30), p.attained))
    steps = [step for part in parts for step in _lifted(part, term, best, side)]
    if len(parts) == 2:
        ends = [s for s in steps if s.name.endswith(f"/{_key(term)}")]
        merged = Step(
            f"{where.name}/all/{_key(term)}",
            ends[0].statement,
            "all-parities",
            uses=tuple(e.name for e in ends),
            ranges=(where, *others),
        )
        steps.append(merged)
    return Bound(best.value, best.attained, (climb, *steps))


def _key(term: sp.Expr) -> str:
    """A short name of a term that is the same in every run."""
    import hashlib

    return hashlib.blake2s(str(term).encode(), digest_size=3).hexdigest()


def _monotone(term: sp.Expr, variable: sp.Symbol, ranges: tuple[Range, ...]) -> Step:
    later = term.subs(variable, variable + 2)
    relations = [sp.StrictGreaterThan(later, term, evaluate=False), sp.StrictLessThan(later, term, evaluate=False)]
    if not _looks_rising(term, variable, ranges):
        relations.reverse()
    for order in range(MAX_ORDER[min(len(term.free_symbols), 2) - 1] + 1):
        for relation in relations[: 1 if order else 2]:
            step = Step(
                f"{variable}/{_key(term)}/monotone", relation, "monotone", data=(variable, order), ranges=ranges
            )
            try:
                RULES["monotone"](step, {})
            except Refused:
                continue
            return step
    raise NoBounds(f"no monotonicity in {variable} could be proved")


def _looks_rising(term: sp.Expr, variable: sp.Symbol, ranges: tuple[Range, ...]) -> bool:
    at = {SYMBOLS[w.name]: w.least + 4 * w.step for w in ranges}
    low, high = (sp.N(term.subs({**at, variable: at[variable] + s}), 30) for s in (0, 2))
    if not (low.is_real and high.is_real):
        raise NoBounds(f"the term has no value near {variable} = {at[variable]}")
    return bool(high > low)


def _relation(side: int, strict: bool) -> type:
    if side > 0:
        return sp.StrictLessThan if strict else sp.LessThan
    return sp.StrictGreaterThan if strict else sp.GreaterThan


def _at_limit(
    term: sp.Expr, variable: sp.Symbol, climb: Step, ranges: tuple[Range, ...], others: list[Range], side: int
) -> Bound:
    try:
        law = growth(single_term(term), variable)
    except NotHypergeometric as error:
        raise NoBounds(str(error)) from None
    if not law.is_power() or law.exponent != 0:
        raise NoBounds(f"the term is unbounded or tends to 0 as {variable} -> oo")
    value = single_term(law.constant).expression()
    tag = _key(term)
    limit = Step(
        f"{variable}/{tag}/limit", equal(sp.Limit(term, variable, sp.oo), value), "limit", ranges=tuple(others)
    )
    below = Step(
        f"{variable}/{tag}/extreme",
        _relation(side, True)(term, value, evaluate=False),
        "limit-value",
        uses=(climb.name, limit.name),
        ranges=ranges,
    )
    return _chain(Bound(value, False, (climb, limit, below)), value, others, ranges, side)


def _at_first(term: sp.Expr, variable: sp.Symbol, climb: Step, where: Range, others: list[Range], side: int) -> Bound:
    value = term.subs(variable, where.least)
    ranges = (where, *others)
    step = Step(
        f"{variable}/{_key(term)}/first/{where.least}",
        _relation(side, False)(term, value, evaluate=False),
        "first-value",
        uses=(climb.name,),
        ranges=ranges,
    )
    return _chain(Bound(value, True, (step,)), value, others, ranges, side)


def _chain(start: Bound, value: sp.Expr, others: list[Range], ranges: tuple[Range, ...], side: int) -> Bound:
    """Bound the value, which has one variable less, and chain the inequalities."""
    if not value.free_symbols:
        return Bound(sp.simplify(value), start.attained, start.steps)
    inner = bound(value, others, side)
    end, last = start.steps[-1], inner.conclusion
    attained = start.attained and inner.attained
    relation = _relation(side, not attained)(end.left, inner.value, evaluate=False)
    step = Step(f"{end.name}/chained", relation, "transitivity", uses=(end.name, last.name), ranges=ranges)
    return Bound(inner.value, attained, (*start.steps, *inner.steps, step))


def _lifted(part: Bound, term: sp.Expr, best: Bound, side: int) -> list[Step]:
    """The part's bound weakened to the best one of both parity classes, in one common form."""
    end = part.steps[-1]
    relation = _relation(side, not best.attained)(term, best.value, evaluate=False)
    name = f"{end.name}/to/{_key(term)}"
    if part is best or is_zero(part.value - best.value):
        return [*part.steps, Step(name, relation, "transitivity", uses=(end.name,), ranges=end.ranges)]
    compare = Step(
        f"{end.name}/compare", _relation(side, True)(part.value, best.value, evaluate=False), "compare-constants"
    )
    weaker = Step(name, relation, "transitivity", uses=(end.name, compare.name), ranges=end.ranges)
    return [*part.steps, compare, weaker]
