"""How the steps from a statement to its formulas are found: pieces of the ranges, formulas, the whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from theory.derivations.one_hidden_layer import NotDerived
from theory.kernels import NTK
from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.proofs.steps import Step
from theory.statements import proof as found
from theory.statements.decide import decide
from theory.statements.outcome import Case, Outcome, Part
from theory.statements.proof import MAX_PEELED, joined_proof, statement_proof
from theory.statements.strategy import attempt
from theory.symbolic.objects import FAILS, HOLDS, Mu, MuOn, Range, d, equal, k

NTK2, NAME = "NTK(depth=2)", sp.Symbol("kernel")
DIMS = Range("d", 1)


def said(text: str, kernel: str | None = None, *where: str) -> Statement:
    return parse_statement(text, kernel, where)


def fact(where: Range | int, value: sp.Expr = 1 / (k + 1)) -> Step:
    """A derived eigenvalue on a range of degrees, or at one degree."""
    if isinstance(where, int):
        return Step(f"mu({where})", equal(Mu(NAME, sp.Integer(where)), value.subs(k, where)), "given", ranges=(DIMS,))
    return Step(f"mu({where!r})", equal(Mu(NAME, k), value), "given", ranges=(where, DIMS))


def pieces(statement: Statement, *facts: Step) -> list:
    return list(found._pieces(statement, statement.ranges, NAME, {f.name: f for f in facts}, True))


@pytest.mark.parametrize("first", range(MAX_PEELED + 2))
def test_as_many_first_degrees_as_are_allowed_are_taken_apart(first: int) -> None:
    facts = [*(fact(index) for index in range(first)), fact(Range("k", first))]
    if first > MAX_PEELED:
        with pytest.raises(NotDerived, match=r"no derived case covers Mu\(kernel, k\)"):
            pieces(said("mu(k) >= 0", NTK2), *facts)
        return
    told = pieces(said("mu(k) >= 0", NTK2), *facts)
    assert [ranges[0] for ranges, _ in told] == [*(Range("k", i, i) for i in range(first)), Range("k", first)]
    for index, (_, known) in enumerate(told[:-1]):
        assert known == {Mu(NAME, index): (f"mu({index})", sp.Rational(1, index + 1))}
    assert told[-1][1] == {Mu(NAME, k): (f"mu({Range('k', first)!r})", 1 / (k + 1))}


def test_the_first_degrees_of_a_limit_are_left_out() -> None:
    told = pieces(said("mu(k) = O(1) as k -> oo", NTK2), fact(Range("k", 2)))
    assert [ranges[0] for ranges, _ in told] == [Range("k", 2)]


def test_every_object_is_told_by_a_fact_that_reaches_it() -> None:
    statement = said("mu(k) + mu(k+2, d+1) >= mu(5)", NTK2, "k >= 3")
    ((_, known),) = pieces(statement, fact(0), fact(Range("k", 3), d / k))
    assert known == {
        Mu(NAME, k): ("mu(k >= 3)", d / k),
        Mu(NAME, 5): ("mu(k >= 3)", d / 5),
        MuOn(NAME, k + 2, d + 1): ("mu(k >= 3)", (d + 1) / (k + 2)),
    }
    with pytest.raises(NotDerived, match="no derived case"):
        pieces(statement, fact(Range("k", 4)))


def test_a_count_on_the_circle_is_taken_apart_at_degree_zero() -> None:
    told = list(found._pieces(said("N(d,k) >= 1"), said("N(d,k) >= 1").ranges, None, {}, False))
    assert [ranges[0] for ranges, _ in told] == [Range("k", 0, 0), Range("k", 1)]
    sphere = said("N(d,k) >= 1", None, "d >= 2")
    assert [ranges for ranges, _ in found._pieces(sphere, sphere.ranges, None, {}, False)] == [sphere.ranges]


def test_the_parts_of_a_decision_become_one_proof() -> None:
    statement = said("mu(k) >= 0", NTK2)
    parts = attempt(statement).parts
    proof, theorems = statement_proof(statement, parts, True, statement.ranges)
    assert check(proof) and set(check(proof)) <= set(theorems)
    assert proof.conclusion.right == HOLDS and proof.conclusion.ranges == statement.ranges
    alone, _ = statement_proof(statement, parts[:1], True, None)
    assert all(step.rule != "whole" for step in alone.steps) and check(alone)
    with pytest.raises(NotDerived, match="no part reaches"):
        statement_proof(statement, parts[:1], True, statement.ranges)
    with pytest.raises(NotDerived, match="does not follow"):
        statement_proof(statement, parts, False, statement.ranges)
    with pytest.raises(NotDerived, match="does not follow"):
        statement_proof(said("mu(k) > 0", NTK2), parts, True, statement.ranges)


def test_a_refuted_part_refutes_the_whole() -> None:
    statement = said("mu(k) = Theta(k**(-d-1)) as k -> oo", NTK2)
    (bad,) = (part for part in attempt(statement).parts if part.outcome.truth is Truth.FAILS)
    proof, _ = statement_proof(statement, [bad], False, statement.ranges)
    assert proof.conclusion.right == FAILS and proof.conclusion.ranges == statement.ranges and check(proof)
    with pytest.raises(NotDerived):
        statement_proof(said("mu(k) = O(k**(-d-1)) as k -> oo", NTK2), [bad], False, statement.ranges)


def test_a_part_without_a_derivation_is_told_why() -> None:
    statement = said("mu(k) >= 0", "Gaussian(rate=1)")
    part = Part(Case(statement.ranges, k, k), Outcome(Truth.HOLDS, "so it is said"))
    with pytest.raises(NotDerived, match="no derivation for"):
        statement_proof(statement, [part], True, statement.ranges)


def test_wrong_normal_forms_are_not_believed() -> None:
    """The steps are about a formula that is not the statement's: mu_k of another kernel, or of another sphere."""
    statement, other = said("mu(k) = Theta(k**-3) as k -> oo", NTK2, "k even", "d = 2"), NTK(2, (1, 2))
    (right,) = attempt(statement).parts
    (wrong,) = attempt(replace(statement, kernel=other)).parts
    statement_proof(statement, [right], True, statement.ranges)
    with pytest.raises(NotDerived, match="does not follow"):
        statement_proof(statement, [wrong], True, statement.ranges)


def test_the_depths_of_a_family_become_one_proof() -> None:
    statement = said("mu(k) = Theta(k**(-d-1)) as k -> oo", "NTK(depth=L)", "k even", "L >= 2", "L <= 3")
    verdict = decide(statement)
    assert verdict.evidence is Evidence.PROVED and check(verdict.proof)
    shallow = [step for step in verdict.proof.steps if step.rule == "whole" and Range("L", 2, 2) in step.ranges]
    assert len(shallow) == 1 and verdict.proof.conclusion.ranges == statement.ranges
    part = replace(verdict.proof, steps=verdict.proof.steps[: verdict.proof.steps.index(shallow[0]) + 1])
    with pytest.raises(NotDerived, match="no part reaches"):
        joined_proof(statement, [("@2", part)], statement.ranges)
