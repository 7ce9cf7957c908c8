"""Proofs as plain data: a long one keeps the statement that it begins with and its end."""

from __future__ import annotations

import pytest

from theory.language.statement import parse_statement
from theory.statements.decide import decide
from verify.findings import proofs
from verify.findings.proofs import proof_json, proof_lines

SAYS = "mu(k) = 0, NTK(depth=2) : "


@pytest.mark.parametrize("most", [3, 10, 150])
def test_a_long_proof_keeps_its_first_and_its_last_steps(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = decide(parse_statement("mu(k) = 0", "NTK(depth=2)", ["k odd", "k >= 3"])).proof
    monkeypatch.setattr(proofs, "MOST_STEPS", most)
    told = proof_json(proof)
    count = min(most, len(proof.steps))
    names = [step["name"] for step in told["steps"]]
    assert len(names) == count and told["left_out"] == len(proof.steps) - count
    assert (names[0], names[-1]) == ("stated", "conclusion")
    lines = proof_lines(told)
    steps = [line for line in lines if line.startswith("  ") and ". [" in line[:8]]
    numbers = [int(line[:6].strip(" .")) for line in steps]
    assert numbers == [1, *range(len(proof.steps) - count + 2, len(proof.steps) + 1)]
    assert f"[stated] {SAYS}is the claim   for k >= 3 odd, d >= 1" in steps[0]
    assert f"[conclusion] {SAYS}holds   for k >= 3 odd, d >= 1" in steps[-1]
    assert (f"  ... {told['left_out']} earlier steps" in lines) == bool(told["left_out"])
