"""Whole proofs of verdicts, from the words to the words: with one thing changed they are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.theory.stated_steps import first_refusal, refusal_of
from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence
from theory.proofs.check import check
from theory.proofs.rules.stated import claim_of
from theory.proofs.steps import Proof, Refused, Step
from theory.statements.decide import decide
from theory.symbolic.objects import FAILS, HOLDS, Range, Told, equal
from theory.text.proofs import proof_latex, proof_text
from verify.findings.proofs import proof_json, proof_lines

NTK2 = "NTK(depth=2)"
D = Range("d", 1)

PROOFS = [
    ("mu(k) = 0", NTK2, ("k odd", "k >= 3")),
    ("mu(k) > 0", NTK2, ("k even",)),
    ("mu(k) = Theta(k**(-d-1)) as k -> oo", NTK2, ("k even",)),
    ("mu(k) = o(k**(-d)) as k -> oo", NTK2, ()),
    ("mu(k) = Omega(k**(-d)) as k -> oo", NTK2, ("k even",)),
    ("mu(k) = Theta(k**-3) as k -> oo", "NTK(depth=3)", ("k odd", "d = 2")),
    ("mu(k) > 0", "NTK(depth=L)", ("L >= 3",)),
    ("kappa(t) - kappa(-t) = 2*t", NTK2, ()),
    ("a(k) >= mu(k)", NTK2, ("k even",)),
    ("3 - kappa(t) ~ 3*sqrt(2)/pi*sqrt(1-t) as t -> 1", "NTK(depth=3)", ()),
]


@pytest.fixture(scope="module")
def proofs() -> list[Proof]:
    verdicts = [decide(parse_statement(*given)) for given in PROOFS]
    assert {v.evidence for v in verdicts} == {Evidence.PROVED}
    return [v.proof for v in verdicts]


def test_a_proof_goes_from_the_words_to_the_words(proofs: list[Proof]) -> None:
    for proof, (says, kernel, where) in list(zip(proofs, PROOFS, strict=True))[::3]:
        statement = parse_statement(says, kernel, where)
        (stated,) = (step for step in proof.steps if step.rule == "as-stated")
        assert stated.data == statement and proof.conclusion.rule == "whole"
        assert proof.conclusion.left == claim_of(statement) and set(proof.conclusion.ranges) == set(statement.ranges)
        said = f"{statement.text}, {kernel} : {proof.conclusion.right.name}   for " if statement.ranges else ""
        for shown in (proof_text(proof), "\n".join(proof_lines(proof_json(proof)))):
            assert f"[stated] {statement.text}, {kernel} : is the claim" in shown and f"[conclusion] {said}" in shown
    assert "conclusion" in proof_latex(proofs[6])


def alterations(step: Step) -> list[Step]:
    """The step with one thing wrong."""
    found = []
    if step.rule in ("part", "whole"):
        found.append(replace(step, statement=Told(step.left, FAILS if step.right == HOLDS else HOLDS)))
        found += [replace(step, uses=step.uses[:-1])] if step.rule == "whole" and step.right == HOLDS else []
        found.append(replace(step, statement=Told(claim_of(parse_statement("k > 0")), step.right)))
    if step.rule == "as-stated":
        found += [replace(step, data=parse_statement("k > 0")), replace(step, ranges=(Range("n", 0),))]
    if step.rule == "reading":
        value = step.right
        wrong = (-value - 1, 2 * value + 3)
        found += [replace(step, statement=step.statement.func(step.left, other)) for other in wrong]
    if step.rule == "closed-form":
        found.append(replace(step, statement=equal(step.left, 2 * step.right + 1)))
        found.append(replace(step, uses=("stated",)))
    if step.rule in ("part", "reading") and step.ranges:
        found.append(replace(step, ranges=step.ranges[1:]))
    if step.rule in ("part", "reading", "closed-form") and step.ranges:
        w = step.ranges[0]
        if w.parity is not None and w.most is None:
            found.append(replace(step, ranges=(Range(w.name, w.least + 1, None, 1 - w.parity), *step.ranges[1:])))
    return found


def test_a_proof_with_one_wrong_step_is_refused(proofs: list[Proof]) -> None:
    """The step itself, or one that leans on it."""
    count = 0
    for proof in proofs:
        for index, step in enumerate(proof.steps):
            for wrong in alterations(step):
                facts = {s.name: s for s in proof.steps[:index]}
                if refusal_of(wrong, facts):
                    count += 1
                    continue
                facts[wrong.name] = wrong
                rest = [s for s in proof.steps[index + 1 :] if s.rule in ("closed-form", "reading", "part", "whole")]
                given_ = [s for s in proof.steps[index + 1 :] if s not in rest]
                said = first_refusal(facts | {s.name: s for s in given_}, *rest)
                assert said, (proof.title, wrong)
                count += 1
    assert count > 60


def test_a_proof_that_says_too_much_is_refused() -> None:
    proof = decide(parse_statement("mu(k) = 0", NTK2, ("k odd", "k >= 3"))).proof
    wider = replace(proof.conclusion, ranges=(Range("k", 1, None, 1), D))
    with pytest.raises(Refused):
        check(Proof("wider", (*proof.steps[:-1], wider)))
