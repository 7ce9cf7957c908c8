"""Deciding a statement part by part of its ranges, and splitting a part that stays undecided.

Signs such as that of (k-1) are certain only from some index on, and a formula may break at k = 0
alone; so the first values of a variable are taken apart, one by one, and the rest is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from theory.language.formulas import variables
from theory.language.statement import UNIFORMLY, Statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.proofs.steps import Proof
from theory.statements.counterexamples import certainly_holds
from theory.statements.definedness import Judge, critical_points
from theory.statements.given import limit_of
from theory.statements.identity import identity
from theory.statements.law_parts import law_parts
from theory.statements.meaning import meaning, splits
from theory.statements.methods.asymptotic_equivalents import law_outcome
from theory.statements.methods.by_angle_cells import by_angle
from theory.statements.methods.by_expansions import near_point
from theory.statements.methods.by_remainders import by_tails
from theory.statements.methods.by_signs import by_signs
from theory.statements.methods.growth import as_variable_grows, uniformly
from theory.statements.methods.normal_forms import equality, inequality
from theory.statements.outcome import UNABLE, AlwaysUndefined, Case, NotSymbolic, Outcome, Part
from theory.symbolic.objects import Range

PEELED = (1, 2, 3, 8, 24)  # first values of a variable that are taken apart
MOST_PEELED = 100
Ranges = tuple[Range, ...]


def parts_of(statement: Statement) -> list[Part]:
    """The outcome on every part of the ranges; finitely many values of a limit variable do not matter.

    First whether both sides are one expression. Where the symbolic meaning settles nothing: laws with
    certified remainders, cells of the angle, then the signs of the coefficients. Raises one of UNABLE
    where nothing can be said.
    """
    same = identity(statement)
    if same is not None:
        return [Part(_bare(statement.ranges), same)]
    try:
        found = _parts(statement)
    except UNABLE:
        others = _by_other_means(statement)
        if not others:
            raise
        return others
    open_ = any(part.outcome.truth is Truth.UNDECIDED for part in found)
    return _by_other_means(statement) or found if open_ else found


def _by_other_means(statement: Statement) -> list[Part]:
    try:
        signs = by_signs(statement)
    except UNABLE:
        signs = None
    if signs is None or signs.evidence is not Evidence.PROVED:
        for rule in (by_tails, by_angle):
            try:
                return [Part(_bare(ranges), outcome) for ranges, outcome in rule(statement)]
            except UNABLE:
                continue
    return [] if signs is None else [Part(_bare(statement.ranges), signs)]


def _parts(statement: Statement) -> list[Part]:
    if isinstance(statement.limit, tuple) and statement.limit[0] == "t":
        return [Part(_bare(ranges), outcome) for ranges, outcome in near_point(statement)]
    limit = _limit(statement)
    try:
        ranges_of_parts = splits(statement)
    except NotSymbolic:
        if limit is None:
            raise
        ranges_of_parts = law_parts(statement)
    found: list[Part] = []
    for ranges in ranges_of_parts:
        if not any(w.name == limit and w.most == w.least for w in ranges):
            found += _decided(statement, ranges, tuple(_movable(statement)))
        if found and found[-1].outcome.truth is Truth.FAILS:
            return [found[-1]]
    return found


def _bare(ranges: Ranges) -> Case:
    """A case of which the ranges alone are told."""
    return Case(ranges, sp.Integer(0), sp.Integer(0))


def _limit(statement: Statement) -> str | None:
    return statement.limit[0] if isinstance(statement.limit, tuple) else None


def _movable(statement: Statement) -> Iterator[str]:
    """The variables whose first values may be taken apart, in the order in which that is tried."""
    limit = _limit(statement)
    names = ("k", "n", "d") if statement.relation != "=" else ("k", "n")
    yield from (name for name in names if name != limit)


def _decided(statement: Statement, ranges: Ranges, movable: tuple[str, ...]) -> list[Part]:
    """One part, and where it stays undecided the first values of a variable apart from the rest."""
    whole = _attempt(statement, ranges)
    if whole.outcome.truth is not Truth.UNDECIDED:
        return [whole]
    for position, name in enumerate(movable):
        where = next((w for w in ranges if w.name == name), None)
        if where is None or where.most is not None:
            continue
        for count in _counts(statement, where):
            rest = replace(where, least=where.least + count * where.step)
            tail = _attempt(statement, _with(ranges, where, rest))
            if tail.outcome.truth is Truth.UNDECIDED and position + 1 < len(movable) and count == 1:
                tails = _decided(statement, _with(ranges, where, rest), movable[position + 1 :])
            else:
                tails = [tail]
            if any(part.outcome.truth is Truth.UNDECIDED for part in tails):
                continue
            if any(part.outcome.truth is Truth.FAILS for part in tails):
                return tails
            first = [Range(name, value, value) for value in where.values(count)]
            for one in first:
                tails += _decided(statement, _with(ranges, where, one), movable[position + 1 :])
            return tails
    return [whole]


def _counts(statement: Statement, where: Range) -> list[int]:
    """How many first values are taken apart, in turn; also those up to the last zero of a polynomial."""
    last = max((int(at[where.name]) for at in critical_points(statement)), default=where.least)
    beyond = (last - where.least) // where.step + 1
    return sorted({*PEELED, *([beyond] if 0 < beyond <= MOST_PEELED else [])})


def _with(ranges: Ranges, old: Range, new: Range) -> Ranges:
    return tuple(new if w is old else w for w in ranges)


def _attempt(statement: Statement, ranges: Ranges) -> Part:
    """One part as it is, its steps replayed; what cannot be computed with is undecided."""
    try:
        case = meaning(statement, ranges)
        outcome = _outcome(statement, case)
        if outcome.truth is Truth.HOLDS:
            doubt = Judge(statement, ranges).doubt()
            outcome = outcome if doubt is None else Outcome(Truth.UNDECIDED, doubt)
        theorems = check(Proof("case", outcome.steps)) if outcome.steps else ()
        part = Part(case, outcome, theorems)
    except AlwaysUndefined as error:
        return _undefined(statement, ranges, str(error))
    except UNABLE as error:
        case = _bare(ranges)
        part = Part(case, Outcome(Truth.UNDECIDED, str(error)))
        if _limit(statement) is not None and statement.kernel is not None:
            try:
                return Part(*law_outcome(statement, ranges))
            except AlwaysUndefined as undefined:
                return _undefined(statement, ranges, str(undefined))
            except UNABLE as no_law:
                told = dict.fromkeys((str(error), str(no_law)))
                return Part(case, Outcome(Truth.UNDECIDED, "; ".join(told)))
    if part.outcome.truth is Truth.UNDECIDED and _is_certified(statement, ranges):
        return Part(case, Outcome(Truth.HOLDS, "both sides compared", evidence=Evidence.CERTIFIED))
    return part


def _undefined(statement: Statement, ranges: Ranges, why: str) -> Part:
    """A side that has no value anywhere on the part; along a limit that is no finite number of exceptions."""
    outcome = Outcome(
        Truth.FAILS, why, at={w.name: w.least for w in ranges if w.name != _limit(statement)}, evidence=Evidence.CHECKED
    )
    return Part(_bare(ranges), outcome)


def _is_certified(statement: Statement, ranges: Ranges) -> bool:
    """Whether the part is one instance, and balls decide it."""
    names = variables(statement.left) | variables(statement.right)
    if statement.is_asymptotic or "t" in names or any(w.most != w.least for w in ranges):
        return False
    return certainly_holds(statement, {w.name: w.least for w in ranges})


def _outcome(statement: Statement, case: Case) -> Outcome:
    if statement.limit == UNIFORMLY:
        return uniformly(case, statement.relation)
    if isinstance(statement.limit, tuple):
        return as_variable_grows(case, statement.relation, limit_of(statement)[0])
    if statement.relation == "=":
        return equality(case)
    if statement.relation == "!=":
        outcomes = [inequality(case, relation) for relation in ("<", ">")]
        return next((o for o in outcomes if o.truth is Truth.HOLDS), outcomes[0])
    return inequality(case, statement.relation)
