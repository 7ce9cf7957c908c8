"""A falsified step, for the tests that every rule refuses some."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.proofs.steps import Step


@dataclass(frozen=True)
class Twin:
    """A false step, said to follow from `facts` by `step.rule`; `makes` is what is wrong."""

    makes: str
    step: Step
    facts: dict[str, Step]

    def __repr__(self) -> str:
        return f"{self.step.rule}-{self.makes.replace(' ', '-')}"


def greater(left: sp.Expr, right: sp.Expr) -> sp.Rel:
    return sp.StrictGreaterThan(left, right, evaluate=False)
