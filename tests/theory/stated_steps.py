"""Steps from a statement on, made by hand, and what the rules say to them."""

from __future__ import annotations

import sympy as sp

from theory.derivations.derived_spectrum import derived_spectrum
from theory.language.statement import parse_statement
from theory.proofs.check import check_step
from theory.proofs.rules.stated import claim_of
from theory.proofs.steps import Refused, Step
from theory.symbolic.expressions import Node, unparse
from theory.symbolic.objects import FAILS, HOLDS, STATED, Range, Reads, Side, Told, equal

Ranges = tuple[Range, ...]


def named(says: str, kernel: str | None = None, *where: str) -> Step:
    """The first step of a proof."""
    statement = parse_statement(says, kernel, where)
    return Step("stated", Told(claim_of(statement), STATED), "as-stated", (), statement, statement.ranges)


def facts_of(stated: Step, *steps: Step) -> dict[str, Step]:
    """The statement, what is derived of its kernel, and the steps."""
    kernel = stated.data.kernel
    derived = derived_spectrum(kernel).steps if kernel is not None else ()
    return {step.name: step for step in (stated, *derived, *steps)}


def reading(
    stated: Step, side: str, value: sp.Expr, *uses: str, name: sp.Expr | None = None, ranges: Ranges | None = None
) -> Step:
    """A side ("left" or "right") said to be the value."""
    node: Node = getattr(stated.data, side)
    where = stated.ranges if ranges is None else ranges
    return Step(side, Reads(Side(unparse(node)), value), "reading", ("stated", *uses), name, where)


def closed(name: str, spoken: sp.Expr, value: sp.Expr, fact: str, *ranges: Range) -> Step:
    """A formula said to follow from a derived fact."""
    return Step(name, equal(spoken, value), "closed-form", (fact,), None, ranges)


def part(
    stated: Step,
    holds: bool,
    *uses: Step,
    exponent: sp.Expr | None = None,
    ranges: Ranges | None = None,
    name: str = "part",
) -> Step:
    """The relation, or its negation, said to follow from the steps."""
    told = Told(claim_of(stated.data), HOLDS if holds else FAILS)
    where = stated.ranges if ranges is None else ranges
    return Step(name, told, "part", ("stated", *(step.name for step in uses)), exponent, where)


def whole(stated: Step, holds: bool, *parts: Step, ranges: Ranges | None = None) -> Step:
    """The claim said to follow from the parts."""
    told = Told(claim_of(stated.data), HOLDS if holds else FAILS)
    uses = ("stated", *(step.name for step in parts))
    return Step("conclusion", told, "whole", uses, None, stated.ranges if ranges is None else ranges)


def refusal_of(step: Step, facts: dict[str, Step]) -> str:
    """Why the step is refused after these facts; empty if it is accepted."""
    try:
        check_step(step, facts, "by hand")
    except Refused as error:
        return str(error)
    return ""


def first_refusal(facts: dict[str, Step], *steps: Step) -> str:
    """Why the first bad one of the steps, one after the other, is refused; empty if all are accepted."""
    known = dict(facts)
    for step in steps:
        said = refusal_of(step, known)
        if said:
            return said
        known[step.name] = step
    return ""
