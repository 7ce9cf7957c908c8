"""From formulas to what a statement says: closed forms put in, the relation on a part, the whole of the ranges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import sympy as sp

from theory.kernels.depth_families import kappa_at_one
from theory.language.statement import UNIFORMLY, Statement
from theory.proofs.rules.calculus import require
from theory.proofs.rules.certain import Place
from theory.proofs.rules.judge import COMPARING, FOLLOWS, LIMITING, Judge, has_positive_bases, with_singles
from theory.proofs.rules.named_kernels import factor_of, kernel_on
from theory.proofs.rules.stated import claim_of, covers_fully, place_of, require_inside, statement_of
from theory.proofs.steps import Facts, Refused, Step, rule
from theory.symbolic.expressions import Node, unparse
from theory.symbolic.objects import (
    FAILS,
    HOLDS,
    Kappa,
    Maclaurin,
    Mu,
    MuOn,
    Named,
    Range,
    Reads,
    Side,
    Told,
    d,
    k,
    n,
    t,
)
from theory.symbolic.ranges import inside, range_in

NEGATION = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


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
    own = all(fact.uses[0] == stated.name for fact in others if fact.rule == "reading")
    require(own, "a side of another statement")
    judge_part(statement, step.right == HOLDS, step.ranges, others, step.data)


def judge_part(
    statement: Statement, holds: bool, ranges: tuple[Range, ...], others: list[Step], exponent: sp.Expr | None
) -> None:
    """Refuse unless the relation, or its negation, follows on the ranges."""
    judge = prepared(statement, ranges, others, exponent)
    plain = all(has_positive_bases(side, judge.place) for side in (judge.left, judge.right))
    require(plain, "a factor may be negative in a root or a power")
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
    for name in names:
        if any(side.has(Kappa(name, 1)) for side in (left, right)):
            put |= _at_one(statement, ranges, name, others)
    rest = [fact for fact in reaching if fact.rule in COMPARING | LIMITING | {"slope-product"}]
    place = place_of(statement, ranges, others)
    return Judge(place, left.xreplace(put), right.xreplace(put), put, rest, exponent)


def _reading_of(node: Node, readings: list[Step], ranges: tuple[Range, ...]) -> sp.Expr:
    fact = next((f for f in readings if f.left == Side(unparse(node)) and covers_fully(f, ranges)), None)
    if fact is None:
        raise Refused("a side is not read on the ranges")
    return with_singles(fact.right, ranges)


def _at_one(
    statement: Statement, ranges: tuple[Range, ...], name: sp.Expr, facts: list[Step]
) -> dict[sp.Expr, sp.Expr]:
    """kappa(1) where it is rational, a function of the depth for a family."""
    kernel = kernel_on(statement, ranges)
    value = kappa_at_one(kernel)
    return {} if value is None else {Kappa(name, 1): with_singles(value / factor_of(kernel, name, facts), ranges)}


def _require_tail(place: Place) -> None:
    variable = place.variable
    infinite = variable is None or range_in(place.ranges, variable.name).most is None
    require(infinite, "no infinite part of the variable")


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
    gap = first_gap(step.ranges, [fact.ranges for fact in parts], statement.moving)
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
        if not any(all(range_in(one, name).contains(value) for name, value in at.items()) for one in parts):
            return at
    return None


def _representatives(where: Range, others: list[Range], tail: bool) -> list[int]:
    """One value of each class on which no range changes: between neighbouring ends, of each parity."""
    cuts = {where.least, *(w.least for w in others), *(w.most + 1 for w in others if w.most is not None)}
    starts = sorted(c for c in cuts if c >= where.least and (where.most is None or c <= where.most))
    if tail:
        starts = starts[-1:]
    values = [v for start in starts for v in (start, start + 1)]
    return sorted({v for v in values if where.contains(v)})
