"""Every rule refuses falsified twins of the steps it accepts, and so does a whole proof.

A twin starts from a step that its rule accepts (which is tested too) and makes one thing wrong, so
a refusal is due to that one thing. The steps come from proofs that take seconds to find: they are
found by the first test that needs them, not when the tests are collected.
"""

from __future__ import annotations

from functools import cache

import pytest
import sympy as sp

from tests.theory.twin import Twin
from theory.proofs.check import check
from theory.proofs.steps import RULES, Malformed, Refused, Step
from theory.symbolic.objects import equal


@cache
def twins() -> tuple[Twin, ...]:
    from tests.theory.bound_twins import BOUND_TWINS
    from tests.theory.kernel_twins import KERNEL_TWINS
    from tests.theory.law_twins import LAW_TWINS
    from tests.theory.sign_twins import SIGN_TWINS
    from tests.theory.stated_twins import STATED_TWINS

    return (*KERNEL_TWINS, *BOUND_TWINS, *LAW_TWINS, *SIGN_TWINS, *STATED_TWINS)


def refused(twin: Twin) -> bool:
    try:
        RULES[twin.step.rule](twin.step, twin.facts)
    except (Refused, Malformed):
        return True
    return False


def test_genuine_steps_are_accepted() -> None:
    from tests.theory.genuine_steps import ALL_STEPS, before

    for step in ALL_STEPS.values():
        RULES[step.rule](step, before(step.name))


@pytest.mark.parametrize(
    "rule", ["series-sign", "sign-of-parts", "walk-down", "trace-bound", "value-at-one", "dimension-law"]
)
def test_genuine_proofs_of_signs_are_accepted(rule: str) -> None:
    from tests.theory.sign_twins import SIGNS

    assert check(SIGNS[rule])


def test_the_genuine_proof_of_a_statement_is_accepted() -> None:
    from tests.theory.stated_twins import STATED

    assert check(STATED)


def test_every_rule_has_a_twin() -> None:
    assert {twin.step.rule for twin in twins()} == set(RULES)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_twins_are_refused(rule: str) -> None:
    assert [twin for twin in twins() if twin.step.rule == rule and not refused(twin)] == []


@pytest.mark.parametrize(
    "statement", [sp.true, sp.false, True, sp.Integer(1), equal(sp.nan, sp.nan), equal(sp.zoo, sp.zoo)]
)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_what_is_no_relation_is_refused(rule: str, statement: object) -> None:
    with pytest.raises((Refused, Malformed)):
        RULES[rule](Step("empty", statement, rule), {})
