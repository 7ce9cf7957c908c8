"""A whole proof is refused when one of its steps is altered, dropped, repeated or of an unknown rule."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from theory.derivations.one_hidden_layer import derive
from theory.kernels import NTK
from theory.proofs.check import check
from theory.proofs.steps import RULES, Malformed, Proof, Refused, Step
from theory.symbolic.objects import Range, d, equal, k, n, t, theta

HALF_ONE = derive(NTK(2, (Fraction(1, 2), 1)))


def doubled(step: Step) -> Step:
    twice = 2 * step.right if step.right != 0 else step.left + 1
    return replace(step, statement=step.statement.func(step.left, twice, evaluate=False))


def shifted_exponent(step: Step) -> Step:
    """One more power of a variable of the step, of pi where it has none."""
    free = sorted((s for s in step.statement.free_symbols if s in (k, n, d, t, theta)), key=str)
    factor = free[0] if free else sp.pi
    return replace(step, statement=equal(step.left, step.right * factor if step.right != 0 else factor))


def other_parity(step: Step) -> Step | None:
    if all(w.parity is None for w in step.ranges):
        return None
    return replace(
        step,
        ranges=tuple(w if w.parity is None else Range(w.name, w.least + 1, None, 1 - w.parity) for w in step.ranges),
    )


def earlier_start(step: Step) -> Step | None:
    """One value (of the same parity) more at the beginning; the moments start at 0 as it is."""
    index = next((i for i, w in enumerate(step.ranges) if w.name in ("k", "n") and w.most is None), None)
    if index is None:
        return None
    w = step.ranges[index]
    wider = Range(w.name, w.least - w.step, None, w.parity)
    return replace(step, ranges=(*step.ranges[:index], wider, *step.ranges[index + 1 :]))


def wrong_uses(step: Step) -> Step | None:
    return replace(step, uses=("k0-radial", *step.uses[1:])) if step.uses else None


ALTERATIONS = [
    pytest.param(index, altered, id=f"{step.name}-{alter.__name__}")
    for index, step in enumerate(HALF_ONE.steps)
    for alter in (doubled, shifted_exponent, other_parity, earlier_start, wrong_uses)
    if (altered := alter(step)) is not None
]


@pytest.mark.parametrize("index, altered", ALTERATIONS)
def test_one_altered_step_refuses_the_proof(index: int, altered: Step) -> None:
    steps = HALF_ONE.steps
    with pytest.raises((Refused, Malformed)):  # at this step, or at the next one if what it says is true but of no use
        RULES[altered.rule](altered, {step.name: step for step in steps[:index]})
        check(Proof("altered", (*steps[:index], altered, *steps[index + 1 :])))


def test_one_dropped_step_refuses_the_proof() -> None:
    """All steps but the results are needed."""
    needed = {used for step in HALF_ONE.steps for used in step.uses}
    results = {s.name for s in HALF_ONE.steps} - needed
    assert all(name.startswith(("ntk-", "mu-", "gegenbauer")) for name in results), results
    for index, step in list(enumerate(HALF_ONE.steps))[::6]:
        if step.name in needed:
            with pytest.raises(Refused, match="out of order|not known"):
                check(Proof("dropped", HALF_ONE.steps[:index] + HALF_ONE.steps[index + 1 :]))


def test_circular_and_repeated_steps_are_refused() -> None:
    first, second = HALF_ONE.steps[:2]
    for steps in ((replace(first, uses=(first.name,)),), (first, replace(second, name=first.name))):
        with pytest.raises(Refused, match="out of order"):
            check(Proof("circular", steps))


def test_unknown_rule_is_refused() -> None:
    with pytest.raises(Refused, match="unknown rule"):
        check(Proof("unknown", (replace(HALF_ONE.steps[0], rule="because"),)))
