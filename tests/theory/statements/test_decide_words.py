"""How a verdict is put together from its parts: truth, evidence, words, proof."""

from __future__ import annotations

import sys
import time

import pytest
import sympy as sp

from theory.derivations.one_hidden_layer import NotDerived
from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.statements.decide import SECONDS, Verdict, decide
from theory.statements.outcome import Case, Outcome, Part
from theory.symbolic.objects import Range
from theory.symbolic.ranges import Ranges

HOLDS, FAILS, UNDECIDED = Truth.HOLDS, Truth.FAILS, Truth.UNDECIDED
PROVED, CERTIFIED, CHECKED = Evidence.PROVED, Evidence.CERTIFIED, Evidence.CHECKED
module = sys.modules["theory.statements.decide"]
NTK2, FAMILY = "NTK(depth=2)", "NTK(depth=L)"


def said(text: str, kernel: str | None = None, *where: str) -> Statement:
    return parse_statement(text, kernel, where)


def part(
    truth: Truth, law: str, *ranges: Range, evidence: Evidence = CHECKED, source: str = "", at: dict | None = None
) -> Part:
    return Part(Case(Ranges(ranges), sp.Integer(0), sp.Integer(0)), Outcome(truth, law, (), at, evidence, source))


def concluded(*parts: Part, tested: int = 0, text: str = "k >= 0") -> Verdict:
    return module._conclude(said(text), list(parts), tested, said(text))


SURDS = "sqrt(2)*sqrt(3)*pi*E = sqrt(6)*E*pi"
EVEN, ODD = Range("k", 0, None, 0), Range("k", 1, None, 1)


def test_all_parts_must_hold_and_the_weakest_evidence_counts() -> None:
    both = concluded(part(HOLDS, "one", EVEN, evidence=CERTIFIED), part(HOLDS, "two", ODD))
    assert (both.truth, both.evidence, both.why) == (HOLDS, CHECKED, "one for k >= 0 even; two for k >= 1 odd")
    assert both.counterexample is None
    assert both.proof is None
    assert both.theorems == ()
    assert both.scope == "for all k >= 0"
    for order in (1, -1):
        mixed = [part(HOLDS, "one", EVEN), part(UNDECIDED, "open", ODD)][::order]
        left = concluded(*mixed, tested=7)
        assert (left.truth, left.evidence) == (UNDECIDED, None)
        assert left.why == "open for k >= 1 odd; no counterexample among 7 certified instances"
    assert concluded(part(UNDECIDED, "open")).why == "open; no instance was compared"
    assert concluded(part(UNDECIDED, ""), tested=1).why == ("; no counterexample among 1 certified instances")


def test_one_part_that_fails_refutes_on_its_own_evidence() -> None:
    bad = part(FAILS, "bad", ODD, evidence=CERTIFIED, source="a law", at={"k": 3})
    parts = [part(UNDECIDED, "open", EVEN), part(HOLDS, "one"), bad]
    found = concluded(*parts, text="k = O(1) as k -> oo")
    assert (found.truth, found.evidence, found.why) == (FAILS, CERTIFIED, "bad for k >= 1 odd (a law)")
    assert found.counterexample == {"k": 3, "law": found.why}
    assert concluded(part(FAILS, "bad"), text="k = O(1) as k -> oo").counterexample == {"law": "bad"}
    shown = concluded(part(FAILS, "bad", at={"k": 3}), text="1/k <= 0")
    assert shown.counterexample == {"k": 3, "left": "1/3", "right": "0"}
    moving = concluded(part(FAILS, "bad", at={}), text="t <= 0 - 1")
    assert moving.counterexample == {"t": 0, "left": "0", "right": "-1"}
    assert concluded(part(FAILS, "bad", at={"t": 1}), text="t <= 0").counterexample["t"] == 1


def test_what_is_said_twice_is_written_once() -> None:
    twice = [part(HOLDS, "one", EVEN, source=s) for s in ("a", "b", "a", "")]
    assert concluded(*twice).why == "one for k >= 0 even (a; b)"
    assert concluded(part(HOLDS, "one", EVEN, ODD)).why == "one for k >= 0 even, k >= 1 odd"


def test_a_proof_that_cannot_be_derived_is_called_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise NotDerived("no derivation here")

    monkeypatch.setattr(module, "statement_proof", refuse)
    found = concluded(part(HOLDS, "one", evidence=PROVED, source="a"))
    assert (found.evidence, found.why, found.proof) == (CHECKED, "one (a; no derivation here)", None)
    assert concluded(part(HOLDS, "one", evidence=CERTIFIED)).evidence is CERTIFIED  # nothing is replayed


def last_statement(verdict: Verdict) -> Statement:
    """The statement that the first step of its proof names."""
    return verdict.proof.step("stated").data


def consistent(verdict: Verdict, ends: set[str]) -> None:
    names = [step.name for step in verdict.proof.steps]
    assert len(set(names)) == len(names)
    assert all(used in names[:i] for i, step in enumerate(verdict.proof.steps) for used in step.uses)
    assert {name.rpartition("#")[2] for name in names if "#" in name} == ends
    assert set(check(verdict.proof)) <= set(verdict.theorems)
    assert len(set(verdict.theorems)) == len(verdict.theorems)


def test_the_steps_of_each_part_are_named_apart() -> None:
    """2^k > k has a part k >= 1 and a part k = 0, numbered 1; of mu each part also says what mu is there."""
    consistent(decide(said("2**k > k")), {"1.0"})
    verdict = decide(said("mu(k) >= 0", NTK2))
    consistent(verdict, {"1.0", "2.0", "3.0"})
    formulas = [step for step in verdict.proof.steps if step.rule == "closed-form"]
    assert [step.ranges[0] for step in formulas] == [
        Range("k", 2, None, 0),
        Range("k", 0, 0),
        Range("k", 1, 1),
        Range("k", 3, None, 1),
    ]
    assert (
        verdict.proof.conclusion.rule == "whole" and verdict.proof.conclusion.ranges == last_statement(verdict).ranges
    )
    assert decide(said("mu(1, d) = 1/(d+1)", NTK2)).evidence is PROVED


def test_instances_that_are_all_there_are_decide() -> None:
    assert decide(said("k < 9", None, "k <= 8")).why == "all 9 instances compared"
    alone = decide(said("2 < pi"))
    assert (alone.truth, alone.evidence, alone.why) == (HOLDS, CERTIFIED, "all 1 instances compared")
    open_ = decide(said(f"{SURDS} + 10**-400*k", None, "k = 3"))
    agree = "the sides agree to 90 digits, and a ball never proves an equality"
    assert (open_.truth, open_.why) == (UNDECIDED, f"at k=3: {agree}")
    assert decide(said(f"{SURDS} + 10**-400")).why == agree
    assert decide(said("sqrt(2)**2 = 2")).evidence is (PROVED)


def test_an_open_statement_says_what_was_tried() -> None:
    found = decide(said("sin(k) <= 1"))
    assert found.truth is UNDECIDED
    assert found.why.endswith("; no counterexample among 13 certified instances")
    assert decide(said("sin(k) = O(1) as k -> oo")).why.endswith("; no instance was compared")


def test_a_time_limit_is_said() -> None:
    started = time.monotonic()
    late = decide(said("mu(k) = Theta(d**d*k**(k-1)*(k+d)**(-k-d)) uniformly", NTK2, "k even", "k >= 2"), 0.02)
    assert (late.truth, late.evidence, late.why) == (UNDECIDED, None, "not decided within 0.02 s of processor time")
    assert late.scope == "one constant for all k >= 2 even, d >= 1"
    assert time.monotonic() - started < 9
    assert SECONDS == 60


def test_a_multiple_keeps_the_words_of_its_statement() -> None:
    found = decide(said("mu(1) = 2/(d+1)", "2 * NTK(depth=2)"))
    assert (found.truth, found.evidence, found.scope) == (HOLDS, PROVED, "for all d >= 1")


def test_depths_one_by_one() -> None:
    found = decide(said("mu(k, 2) <= L", FAMILY, "L >= 2", "L <= 3", "k <= 1"))
    assert (found.truth, found.evidence) == (HOLDS, CERTIFIED)
    assert found.why == "L = 2, 3 (certified): all 2 instances compared"
    assert found.scope == "for all 0 <= k <= 1, 2 <= L <= 3"
    bad = decide(said("mu(0, 2) <= 3/2", FAMILY, "L <= 9"))
    assert bad.truth is FAILS
    assert bad.counterexample["L"] > 1
    assert bad.why.startswith(f"L = {bad.counterexample['L']}: at ")
    assert bad.scope == "for all 1 <= L <= 9"
    open_ = decide(said("sin(mu(k, 2)) <= 1", FAMILY, "L <= 3", "L >= 2"))
    assert (open_.truth, open_.why[:7]) == (UNDECIDED, "L = 2: ")
    grown = decide(said("mu(k) = O(L) as L -> oo", FAMILY))
    assert (grown.truth, grown.why) == (UNDECIDED, "no law as the depth grows is known")
    assert decide(said("kappa(1) ~ L as L -> oo", FAMILY)).truth is HOLDS


def test_all_depths_together() -> None:
    found = decide(said("mu(0, 2) >= 0", FAMILY))
    assert found.truth is HOLDS and found.evidence is CHECKED
    assert found.why.startswith("no eigenvalue or coefficient is negative")
    apart = decide(said("mu(k) = O(k**(-d-1)) as k -> oo", FAMILY, "k even"))  # depth 2 has a law of its own
    first, last = apart.why.split("; L >= 4 (proved): ")
    assert apart.truth is HOLDS and first.startswith("L = 1 ") and "for k >= 0 even, d >= 1, L >= 4" in last
    lost = decide(said("mu(k, 2) >= 0", "NTK(depth=2*L)", "k <= 1"))
    assert (lost.truth, lost.scope) == (UNDECIDED, "for all 0 <= k <= 1, L >= 1")
    assert lost.why == ("no rule reaches every depth; it holds for L = 1, 2, 3 (certified): all 2 instances compared")


def test_proofs_of_single_depths_are_joined() -> None:
    """What they share stands once, so that the whole can be replayed; the rest is told apart by depth."""
    found = decide(said("mu(k) = Theta(k**(-d-1)) as k -> oo", FAMILY, "L >= 2", "L <= 4", "k even"))
    assert found.truth is HOLDS and found.evidence is PROVED
    names = [step.name for step in found.proof.steps]
    assert {"law", "law@4", "slope-value@4", "quotient@4"} <= set(names) and names.count("k0-closed") == 1
    assert not any(name.startswith("sigma-end@") for name in names)
    last = found.proof.conclusion
    assert last.rule == "whole" and len(last.uses) == 4 and set(last.ranges) == set(last_statement(found).ranges)
    assert set(check(found.proof)) <= set(found.theorems) and found.theorems
    assert decide(said("mu(k, 2) <= L", FAMILY, "L <= 3", "k <= 1")).proof is None
