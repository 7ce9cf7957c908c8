"""Single steps of proofs: facts that are given, and what a rule says to a step."""

from __future__ import annotations

import sympy as sp

import theory.proofs.rules  # noqa: F401  (registers the rules)
from theory.proofs.steps import RULES, Malformed, Refused, Step
from theory.symbolic.objects import Range


def given(name: str, statement: sp.Rel, *ranges: Range) -> Step:
    """A fact that a step may use."""
    return Step(name, statement, "given", ranges=ranges)


def refusal(rule: str, statement: sp.Rel, *facts: Step, data: object = None, ranges: tuple[Range, ...] = ()) -> str:
    """Why the rule refuses the step from these facts, in this order; empty if it accepts."""
    step = Step("step", statement, rule, tuple(fact.name for fact in facts), data, ranges)
    try:
        RULES[rule](step, {fact.name: fact for fact in facts})
    except (Refused, Malformed) as error:
        return str(error)
    return ""
