"""Closed forms of both sides, or along a limit their laws, part by part of the ranges.

Signs such as that of (k-1) are certain only from some index on, and a formula may break at k = 0
alone; so where a part stays undecided the first values of a variable are taken apart, one by one, and the rest
is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from theory.language.formulas import variables
from theory.language.statement import UNIFORMLY, Statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.proofs.steps import Proof
from theory.statements.cases.growth import as_variable_grows
from theory.statements.cases.normal_forms import equality, inequality
from theory.statements.cases.uniform_bounds import uniformly
from theory.statements.counterexamples import certainly_holds
from theory.statements.critical_points import critical_points
from theory.statements.definedness import Judge
from theory.statements.equivalents.outcome import law_outcome
from theory.statements.given import is_of_given_kernels
from theory.statements.law_parts import law_parts
from theory.statements.meaning import meaning
from theory.statements.method import Method
from theory.statements.outcome import UNABLE, AlwaysUndefined, Case, NotSymbolic, Outcome, Part, bare_part
from theory.statements.splits import splits
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

PEELED = (1, 2, 3, 8, 24)  # first values of a variable that are taken apart
MOST_PEELED = 100


def by_closed_forms(statement: Statement) -> list[Part]:
    """The outcome on every part of the ranges; finitely many values of a limit variable do not matter.

    Raises one of UNABLE where nothing can be said.

    >>> from theory.language.statement import parse_statement
    >>> [part.case.ranges for part in by_closed_forms(parse_statement("2**k > k"))]
    [(k >= 1,), (k = 0,)]
    """
    limit = statement.moving
    try:
        ranges_of_parts = splits(statement)
    except NotSymbolic:
        if limit is None:
            raise
        ranges_of_parts = law_parts(statement)
    found: list[Part] = []
    for ranges in ranges_of_parts:
        if limit not in ranges.singles:
            found += _decided(statement, ranges, tuple(_movable(statement)))
        if found and found[-1].outcome.truth is Truth.FAILS:
            return [found[-1]]
    return found


def _movable(statement: Statement) -> Iterator[str]:
    """The variables whose first values may be taken apart, in the order in which that is tried."""
    limit = statement.moving
    names = ("k", "n", "d") if statement.relation != "=" else ("k", "n")
    yield from (name for name in names if name != limit)


def _decided(statement: Statement, ranges: Ranges, movable: tuple[str, ...]) -> list[Part]:
    """One part, and where it stays undecided the first values of a variable apart from the rest."""
    whole = _attempt(statement, ranges)
    if whole.outcome.truth is not Truth.UNDECIDED:
        return [whole]
    for position, name in enumerate(movable):
        where = ranges.find(name)
        if where is None or where.most is not None:
            continue
        for count in _counts(statement, where):
            rest = replace(where, least=where.least + count * where.step)
            tail = _attempt(statement, ranges.replaced(rest))
            if tail.outcome.truth is Truth.UNDECIDED and position + 1 < len(movable) and count == 1:
                tails = _decided(statement, ranges.replaced(rest), movable[position + 1 :])
            else:
                tails = [tail]
            if any(part.outcome.truth is Truth.UNDECIDED for part in tails):
                continue
            if any(part.outcome.truth is Truth.FAILS for part in tails):
                return tails
            for value in where.values(count):
                tails += _decided(statement, ranges.pinned({name: value}), movable[position + 1 :])
            return tails
    return [whole]


def _counts(statement: Statement, where: Range) -> list[int]:
    """How many first values are taken apart, in turn; also those up to the last zero of a polynomial."""
    last = max((int(at[where.name]) for at in critical_points(statement)), default=where.least)
    beyond = (last - where.least) // where.step + 1
    return sorted({*PEELED, *([beyond] if 0 < beyond <= MOST_PEELED else [])})


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
        part = bare_part(ranges, Outcome(Truth.UNDECIDED, str(error)))
        if statement.moving is not None and statement.kernel is not None:
            try:
                return Part(*law_outcome(statement, ranges))
            except AlwaysUndefined as undefined:
                return _undefined(statement, ranges, str(undefined))
            except UNABLE as no_law:
                told = dict.fromkeys((str(error), str(no_law)))
                return bare_part(ranges, Outcome(Truth.UNDECIDED, "; ".join(told)))
    if part.outcome.truth is Truth.UNDECIDED and _is_certified(statement, ranges):
        return Part(part.case, Outcome(Truth.HOLDS, "both sides compared", evidence=Evidence.CERTIFIED))
    return part


def _undefined(statement: Statement, ranges: Ranges, why: str) -> Part:
    """A side that has no value anywhere on the part; along a limit that is no finite number of exceptions."""
    outcome = Outcome(Truth.FAILS, why, at=ranges.without(statement.moving).least, evidence=Evidence.CHECKED)
    return bare_part(ranges, outcome)


def _is_certified(statement: Statement, ranges: Ranges) -> bool:
    """Whether the part is one instance, and balls decide it."""
    names = variables(statement.left) | variables(statement.right)
    if statement.is_asymptotic or "t" in names or ranges.free:
        return False
    return certainly_holds(statement, ranges.least)


def _outcome(statement: Statement, case: Case) -> Outcome:
    if statement.limit == UNIFORMLY:
        return uniformly(case, statement.relation)
    if statement.moving is not None:
        return as_variable_grows(case, statement.relation, statement.moving)
    if statement.relation == "=":
        return equality(case)
    if statement.relation == "!=":
        outcomes = [inequality(case, relation) for relation in ("<", ">")]
        return next((o for o in outcomes if o.truth is Truth.HOLDS), outcomes[0])
    return inequality(case, statement.relation)


def _applies(statement: Statement) -> bool:
    return is_of_given_kernels(statement) and statement.moving != "t"


METHOD = Method("by closed forms", 30, _applies, by_closed_forms)
