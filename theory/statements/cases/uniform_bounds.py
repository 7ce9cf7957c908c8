"""Deciding O, Omega and Theta with one constant for all values of all variables, from sharp bounds of left/right."""

from __future__ import annotations

from theory.derivations.monotone_bounds import NoBounds, bound
from theory.numbers.truth import Truth
from theory.proofs.steps import Step
from theory.statements.cases.growth import as_variable_grows, case_at, never_zero, with_a_side_of_zero
from theory.statements.outcome import Case, Outcome
from theory.symbolic.hypergeometric import normalize
from theory.symbolic.objects import grammar_text


def uniformly(case: Case, relation: str) -> Outcome:
    """One constant for all values of all variables: bounds of left/right over the whole case."""
    trivial = with_a_side_of_zero(case, relation)
    if trivial is not None:
        others = [side for side in (case.left, case.right) if normalize(side)]
        if trivial.truth is Truth.FAILS and not all(never_zero(side, case.free) for side in others):
            return Outcome(Truth.UNDECIDED, f"{trivial.law}, and the other one may be 0 as well")
        return trivial
    escape = _escape(case, relation)
    if escape is not None:
        return escape
    ratio = case.left / case.right
    sides = {"O": (1,), "Omega": (-1,), "Theta": (-1, 1)}[relation]
    try:
        bounds = [bound(ratio, case.free, side) for side in sides]
    except NoBounds as error:
        return Outcome(Truth.UNDECIDED, str(error))
    if any(side < 0 and b.value == 0 for side, b in zip(sides, bounds, strict=True)):
        return Outcome(Truth.UNDECIDED, "the lower bound is 0")
    signs = {-1: ">", 1: "<"}
    law = "; ".join(
        f"left/right {signs[side]}{'=' if b.attained else ''} {grammar_text(b.value)}"
        for side, b in zip(sides, bounds, strict=True)
    )
    steps: dict[str, Step] = {step.name: step for b in bounds for step in b.steps}
    return Outcome(Truth.HOLDS, law, tuple(steps.values()))


def _escape(case: Case, relation: str) -> Outcome | None:
    """A ray along one variable on which left/right tends to 0 or oo refutes a uniform constant."""
    for where in case.free:
        if where.most is not None:
            continue
        at = case.free.without(where.name).least
        outcome = as_variable_grows(case_at(case, at), relation, where.name)
        if outcome.truth is Truth.FAILS:
            return Outcome(Truth.FAILS, outcome.law, outcome.steps, at)
    return None
