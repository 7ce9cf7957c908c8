"""Falsified steps from a statement on, and the genuine proof that they start from."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from tests.theory.twin import Twin
from theory.language.statement import parse_statement
from theory.proofs.steps import Step
from theory.statements.decide import decide
from theory.symbolic.objects import FAILS, HOLDS, Range, Told, equal, k

STATED = decide(parse_statement("mu(k) = Theta(k**(-d-1)) as k -> oo", "NTK(depth=2)", ["k even"])).proof
OTHER = parse_statement("mu(k) = O(k**(-d-1)) as k -> oo", "NTK(depth=2)", ["k even"])
STEPS = {step.rule: step for step in STATED.steps}
ODD = (Range("k", 1, None, 1), Range("d", 1))


def _twin(makes: str, rule: str, **changes: object) -> Twin:
    """A step of the proof with one thing changed, among those before it."""
    step = STEPS[rule]
    facts: dict[str, Step] = {}
    for before in STATED.steps:
        if before == step:
            break
        facts[before.name] = before
    return Twin(makes, replace(step, **changes), facts)


def _read_as(value: sp.Expr) -> sp.Rel:
    return STEPS["reading"].statement.func(STEPS["reading"].left, value)


STATED_TWINS = (
    _twin("a statement another one", "as-stated", data=OTHER),
    _twin("even degrees odd ones", "as-stated", ranges=ODD),
    _twin("an order another one", "reading", statement=_read_as(STEPS["reading"].right / k)),
    _twin("a side of even degrees one of odd ones", "reading", ranges=ODD),
    _twin(
        "a formula its half", "closed-form", statement=equal(STEPS["closed-form"].left, STEPS["closed-form"].right / 2)
    ),
    _twin("a formula that of k0", "closed-form", uses=("k0-odd-mu",)),
    _twin("a part fail", "part", statement=Told(STEPS["part"].left, FAILS)),
    _twin("a quotient grow", "part", data=sp.Integer(1)),
    _twin("a part follow from nothing", "part", uses=STEPS["part"].uses[:-1]),
    _twin("no part the whole", "whole", uses=("stated",)),
    _twin("a part another statement", "whole", statement=Told(Told(k, HOLDS).args[0], HOLDS)),
)
