"""The worked statements of the documents: with its law in depth, their proofs use every rule of the checker."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest

from tests.examples import some
from theory.derivations.ends_of_every_depth import depth_series, lower_series
from theory.kernels import NTK
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.proofs.steps import RULES, Proof
from theory.statements.decide import Verdict
from theory.statements.sentences import decide_sentence
from theory.symbolic.objects import FAILS, HOLDS
from verify.command.check import Claim, read_claims

IN_DEPTH = (depth_series(NTK, 2), lower_series(NTK))
PAGE = Path(__file__).resolve().parents[2] / "docs" / "statements.md"


@lru_cache(maxsize=1)
def verdicts(folder: Path) -> dict[str, tuple[Verdict, ...]]:
    """The verdict on each statement, of a chain or an absolute value those on its parts."""
    (block,) = re.findall(r"^```toml\n(\[\[claim\]\].*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    path = folder / "statements.toml"
    path.write_text(block, encoding="utf-8")
    return {claim.name: decide_sentence(claim.sentence())[1] for claim in read_claims(path)}


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Verdict, ...]]:
    return verdicts(tmp_path_factory.getbasetemp())


def rules_used(proofs: list[Proof | None]) -> set[str]:
    return {step.rule for proof in proofs if proof is not None for step in proof.steps}


def test_there_are_ten_and_more_true_and_false_ones(worked: dict[str, tuple[Verdict, ...]]) -> None:
    assert len(worked) >= 10
    assert {part.truth for parts in worked.values() for part in parts} == {Truth.HOLDS, Truth.FAILS}


def test_their_proofs_use_every_rule_of_the_checker(worked: dict[str, tuple[Verdict, ...]]) -> None:
    shown = PAGE.with_name("python.md").read_text(encoding="utf-8")
    assert "depth_series(NTK, 2)" in shown and "lower_series(NTK)" in shown
    used = rules_used([*IN_DEPTH, *(part.proof for parts in worked.values() for part in parts)])
    assert set(RULES) - used == set()


@pytest.mark.parametrize("left_out", ["squared-relu", "bias"])
def test_without_one_of_them_a_rule_is_unused(worked: dict[str, tuple[Verdict, ...]], left_out: str) -> None:
    used = rules_used(
        [*IN_DEPTH, *(part.proof for name, parts in worked.items() if name != left_out for part in parts)]
    )
    assert set(RULES) - used


def test_every_proof_ends_with_the_statement_and_is_replayed(worked: dict[str, tuple[Verdict, ...]]) -> None:
    all_parts = [(name, part) for name, parts in worked.items() for part in parts]
    proved = [(name, part) for name, part in all_parts if part.evidence is Evidence.PROVED]
    assert not any(part.proof and part.evidence is Evidence.CERTIFIED for _, part in all_parts)
    for name, verdict in some(proved, 4):  # once more: `decide` replays every proof itself
        assert verdict.proof is not None and set(check(verdict.proof)) <= set(verdict.theorems), name
    for name, verdict in proved:
        assert verdict.proof is not None, name
        stated, last = verdict.proof.step("stated").data, verdict.proof.conclusion
        assert last.rule == "whole" and set(last.ranges) == set(stated.ranges), name
        assert last.right == (HOLDS if verdict.truth is Truth.HOLDS else FAILS), name


WORKED = read_claims(PAGE.with_name("statements.toml"))


def test_sixty_and_more_are_worked_in_the_file() -> None:
    assert len(WORKED) >= 60 and not any(claim.refused for claim in WORKED)


@pytest.mark.parametrize("claim", WORKED, ids=lambda claim: claim.name)
def test_a_statement_of_the_file_is_decided_as_its_group_says(claim: Claim) -> None:
    verdict, parts = decide_sentence(claim.sentence())
    assert verdict.truth is (Truth.FAILS if claim.name.startswith("not-") else Truth.HOLDS), verdict.why
    assert all(part.proof is not None for part in parts if part.evidence is Evidence.PROVED)
