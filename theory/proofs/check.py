"""The checker: replays proofs, each step by its rule's own test, and refuses a proof at its first bad step."""

from __future__ import annotations

import theory.proofs.rules  # noqa: F401  (registers the rules)
from theory.proofs.steps import CITED_BY_RULE, RULES, Facts, Malformed, Proof, Refused, Step


def check(proof: Proof) -> tuple[str, ...]:
    """Replay a proof; the names of the theorems it cites. Raises Refused at the first bad step."""
    facts: dict[str, Step] = {}
    cited: list[str] = []
    for step in proof.steps:
        check_step(step, facts, proof.title)
        facts[step.name] = step
        if step.rule in CITED_BY_RULE and CITED_BY_RULE[step.rule] not in cited:
            cited.append(CITED_BY_RULE[step.rule])
    return tuple(cited)


def check_step(step: Step, facts: Facts, title: str) -> None:
    """Replay one step from earlier ones. Raises Refused or Malformed, with the title and the step's name."""
    if step.rule not in RULES:
        raise Refused(f"{title}, step {step.name}: unknown rule {step.rule}")
    missing = [name for name in step.uses if name not in facts]
    if missing or step.name in facts:
        raise Refused(f"{title}, step {step.name}: uses {missing or step.name} out of order")
    try:
        RULES[step.rule](step, facts)
    except Malformed as error:
        raise Malformed(f"{title}, step {step.name} by {step.rule}: {error}") from error
    except Refused as error:
        raise Refused(f"{title}, step {step.name} by {step.rule}: {error}") from error


def extended(base: Proof, *steps: Step, title: str = "") -> Proof:
    """A proof that was replayed before, with further steps, which alone are replayed. Raises Refused."""
    facts = {step.name: step for step in base.steps}
    for step in steps:
        check_step(step, facts, title or base.title)
        facts[step.name] = step
    cited = (*base.theorems, *(CITED_BY_RULE[step.rule] for step in steps if step.rule in CITED_BY_RULE))
    return Proof(title or base.title, (*base.steps, *steps), tuple(dict.fromkeys(cited)))
