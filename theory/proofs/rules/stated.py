"""A statement as it is written, and each of its sides read on a part of the ranges (`theory.proofs.rules.reading`)."""

from __future__ import annotations

import sympy as sp

from theory.language.formulas import uses_kernel
from theory.language.statement import Statement
from theory.proofs.rules.calculus import require
from theory.proofs.rules.certain import Place
from theory.proofs.rules.named_kernels import factor_of, kernel_on
from theory.proofs.rules.reading import Reader
from theory.proofs.steps import Facts, Refused, Step, rule
from theory.symbolic.expressions import Node, unparse
from theory.symbolic.objects import STATED, Claim, Maclaurin, Mu, Range, Reads, Side, Told
from theory.symbolic.ranges import inside, range_in

LAWS = ("end-law", "dimension-law")
SIGNS = ("series-sign", "hermite-squares", "mixture", "coefficient-signs", "sign-of-parts")


def claim_of(statement: Statement) -> Claim:
    """The name of a statement: its text, and the kernel that it is about."""
    kernel = statement.family or statement.kernel
    return Claim(f"{statement.text}{f', {kernel}' if kernel is not None else ''}")


@rule("as-stated", "the statement as it is written; nothing is claimed", relation=Told)
def as_stated(step: Step, facts: Facts) -> None:
    """data is the statement; its text, its kernel and its ranges are those of the step."""
    statement = step.data
    require(isinstance(statement, Statement) and not step.uses, "a statement is needed, and nothing else")
    require(step.statement == Told(claim_of(statement), STATED), "the words are other ones")
    require(set(step.ranges) == set(statement.ranges), "the ranges are other ones")


def statement_of(fact: Step) -> Statement:
    """The statement that a step names."""
    require(fact.rule == "as-stated", f"{fact.name} names no statement")
    return fact.data


def require_inside(ranges: tuple[Range, ...], statement: Statement) -> None:
    """Refuse ranges that are no part of the statement's, or leave out one of its variables."""
    require({w.name for w in ranges} == {w.name for w in statement.ranges}, "the variables are other ones")
    require(all(inside(w, statement.range(w.name)) for w in ranges), "the ranges go beyond the statement's")


def covers_fully(fact: Step, ranges: tuple[Range, ...]) -> bool:
    """Whether a fact holds on the ranges, whatever it mentions."""
    return all(inside(range_in(ranges, w.name), w) for w in fact.ranges)


@rule("reading", "the words read operation by operation, each defined wherever the part is looked at", relation=Reads)
def reading(step: Step, facts: Facts) -> None:
    """One side on a part of the ranges; data names the kernel as the used facts do. Their closed forms, laws and
    signs tell which eigenvalues may be divided by."""
    stated, *others = (facts[used] for used in step.uses)
    statement = statement_of(stated)
    require_inside(step.ranges, statement)
    node = next((side for side in (statement.left, statement.right) if Side(unparse(side)) == step.left), None)
    if node is None:
        raise Refused("no side of the statement")
    require(read_side(node, statement, step.ranges, step.data, others) == step.right, "it reads otherwise")


def read_side(
    node: Node, statement: Statement, ranges: tuple[Range, ...], name: sp.Expr | None, facts: list[Step]
) -> sp.Expr:
    """What a side is on a part of the ranges. Raises Refused where some operation may be undefined there."""
    factor = sp.Integer(1)
    if uses_kernel(node):
        factor = factor_of(kernel_on(statement, ranges), name, facts)
    found = Reader(place_of(statement, ranges, facts), name, factor).read(node)
    require(not found.has(sp.zoo, sp.nan, sp.oo), f"{unparse(node)} is undefined")
    return found


def place_of(statement: Statement, ranges: tuple[Range, ...], facts: list[Step]) -> Place:
    """Where a part of a statement is looked at, with what the facts tell of the signs of named objects:
    of closed forms, of sums of coefficients, and of eigenvalues with a law once the variable is large."""
    limit = statement.limit if isinstance(statement.limit, tuple) else None
    signs: dict[sp.Expr, int] = {}
    nonzeros: set[sp.Expr] = set()
    for fact in facts:
        if not covers_fully(fact, ranges):
            continue
        if fact.rule == "closed-form":
            sign = Place(ranges, limit).sign(fact.right)
            signs |= {fact.left: sign} if sign is not None else {}
        elif fact.rule in SIGNS and fact.right == 0 and not isinstance(fact.statement, sp.Eq):
            require(isinstance(fact.statement, sp.StrictGreaterThan | sp.GreaterThan), f"{fact.name} is no sign")
            signs[fact.left] = max(signs.get(fact.left, 0), int(isinstance(fact.statement, sp.StrictGreaterThan)))
        elif fact.rule in LAWS and limit is not None and fact.left.args[1].name == limit[0]:
            nonzeros |= fact.left.args[0].atoms(Mu)
            signs |= dict.fromkeys(fact.left.args[0].atoms(Maclaurin), 1)
    return Place(ranges, limit, signs, frozenset(nonzeros))
