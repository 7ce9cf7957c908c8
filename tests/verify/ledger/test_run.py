"""The ledger: whole files, the same bytes, resumption, crashes and mismatches reported and survived."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from theory.numbers.truth import Evidence, Truth
from verify.claims import all_claims
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source
from verify.ledger import run as ledger
from verify.ledger.expectations import expected, mismatch
from verify.ledger.run import Run
from verify.ledger.verdicts import CRASHED, DECIDED, NOT_RUN

SOURCE = Source("Nobody", 2024, "lemma 1")
NTK2 = "NTK(depth=2)"


def claim(name: str, says: str = "mu(1) = 1/(d+1)", **more: Any) -> Claim:
    if "procedure" in more:
        more["procedure"] = Procedure(more["procedure"], {})
    else:
        more["said"] = (Said(says, NTK2),)
    return Claim(name, SOURCE, "read", r"\mu", **more)


def crash(context: Context) -> Finding:
    raise ZeroDivisionError("on purpose")


def seeded(context: Context) -> Finding:
    """Depends on the seed and on nothing else."""
    drawn = random.Random(context.seed).random()
    rates = {"false_fail": 1e-3, "false_pass": 1e-3}
    figures = {"drawn": drawn, "a": 1}
    return Finding(Truth.HOLDS, Evidence.OBSERVED, "a draw", str(drawn), rates=rates, figures=figures)


def interrupt(context: Context) -> Finding:
    raise KeyboardInterrupt


def some(*claims: Claim) -> dict[str, Claim]:
    return {c.id: c for c in claims}


def without_times(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if '"seconds"' not in line)


def test_entries_and_ledger_are_whole_sorted_json(tmp_path: Path) -> None:
    entries = ledger.run(some(claim("z"), claim("a"), claim("m")), Run(folder=tmp_path))
    assert [e["id"] for e in entries] == ["a", "m", "z"]
    whole = json.loads((tmp_path / "ledger.json").read_text())
    assert whole["entries"] == entries
    for entry in entries:
        assert json.loads((tmp_path / "entries" / f"{entry['id']}.json").read_text()) == entry
    assert sorted(p.name for p in (tmp_path / "entries").iterdir()) == ["a.json", "m.json", "z.json"]


def test_the_same_seed_gives_the_same_bytes_apart_from_times(tmp_path: Path) -> None:
    claims = some(claim("said"), claim("drawn", procedure=seeded))
    for name in ("one", "two"):
        ledger.run(claims, Run(seed=7, folder=tmp_path / name))
    one, two = (sorted((tmp_path / name).rglob("*.json")) for name in ("one", "two"))
    assert [without_times(p.read_text()) for p in one] == [without_times(p.read_text()) for p in two]


def test_another_seed_gives_another_draw(tmp_path: Path) -> None:
    claims = some(claim("drawn", procedure=seeded))
    draws = {ledger.run(claims, Run(seed=seed, folder=tmp_path))[0]["why"] for seed in range(3)}
    assert len(draws) == 3


def test_a_crash_is_kept_with_its_traceback_and_stops_nothing(tmp_path: Path) -> None:
    entries = ledger.run(some(claim("a", procedure=crash), claim("b")), Run(folder=tmp_path))
    first, second = entries
    assert first["status"] == CRASHED and "ZeroDivisionError: on purpose" in first["traceback"]
    assert "def crash" not in first["why"] and first["truth"] is None
    assert second["truth"] == "HOLDS"


def test_a_figure_that_is_no_number_crashes_its_claim_alone(tmp_path: Path) -> None:
    def unsound(context: Context) -> Finding:
        return replace(seeded(context), figures={"tau": [0.5, float("nan")]})

    first, second = ledger.run(some(claim("a", procedure=unsound), claim("b")), Run(folder=tmp_path))
    assert first["status"] == CRASHED and "nan" in first["why"]
    assert second["truth"] == "HOLDS"


def test_a_correction_that_crashes_is_a_crash(tmp_path: Path) -> None:
    broken = claim("a", corrected=(Said("mu(1) = ", NTK2),))
    assert ledger.run(some(broken), Run(folder=tmp_path))[0]["status"] == CRASHED


def test_resume_keeps_what_is_finished_and_repeats_what_crashed(tmp_path: Path) -> None:
    calls: list[str] = []

    def counted(name: str, fails: bool) -> Callable[[Context], Finding]:
        def procedure(context: Context) -> Finding:
            calls.append(name)
            return crash(context) if fails else seeded(context)

        return procedure

    claims = some(claim("good", procedure=counted("good", False)), claim("bad", procedure=counted("bad", True)))
    ledger.run(claims, Run(folder=tmp_path))
    kept = (tmp_path / "entries" / "good.json").read_bytes()
    ledger.run(claims, Run(folder=tmp_path, resume=True))
    assert sorted(calls) == ["bad", "bad", "good"]
    assert (tmp_path / "entries" / "good.json").read_bytes() == kept
    ledger.run(claims, Run(folder=tmp_path))
    assert calls.count("good") == 2


@pytest.mark.parametrize("change", [{"seed": 1}, {"profile": "full"}])
def test_resume_repeats_what_was_decided_otherwise(change: dict[str, Any], tmp_path: Path) -> None:
    claims = some(claim("drawn", procedure=seeded))
    ledger.run(claims, Run(folder=tmp_path))
    (entry,) = ledger.run(claims, Run(folder=tmp_path, resume=True, **change))
    assert {key: entry[key] for key in change} == change


def test_resume_repeats_what_other_code_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = some(claim("drawn", procedure=seeded))
    (first,) = ledger.run(claims, Run(folder=tmp_path))
    assert ledger.run(claims, Run(folder=tmp_path, resume=True)) == [first]
    monkeypatch.setattr(ledger, "_code", lambda: "0" * 16)
    (second,) = ledger.run(claims, Run(folder=tmp_path, resume=True))
    assert second["code"] == "0" * 16 != first["code"]


def test_networks_are_those_of_the_run_unless_it_resumes() -> None:
    fresh = Run(jobs=3, scheduler="tcp://there:1")
    assert fresh.context().run == fresh.context(2).run is not None
    assert fresh.context().run != Run().context().run and Run(resume=True).context().run is None
    assert (fresh.context(3).jobs, fresh.context().jobs, fresh.context().scheduler) == (3, 1, "tcp://there:1")


def test_resume_repeats_a_claim_whose_statement_changed(tmp_path: Path) -> None:
    ledger.run(some(claim("a", "mu(1) = 1/(d+1)")), Run(folder=tmp_path))
    (entry,) = ledger.run(some(claim("a", "mu(1) = 1/d")), Run(folder=tmp_path, resume=True))
    assert entry["truth"] == "FAILS"


@pytest.mark.parametrize("rubbish", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"id": "a"}'])
def test_resume_repeats_an_entry_that_cannot_be_read(rubbish: bytes, tmp_path: Path) -> None:
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "a.json").write_bytes(rubbish)
    (entry,) = ledger.run(some(claim("a")), Run(folder=tmp_path, resume=True))
    assert entry["truth"] == "HOLDS"


def test_claims_of_a_larger_profile_are_not_run(tmp_path: Path) -> None:
    claims = some(claim("small"), claim("large", procedure=crash, profile="full"))
    large, small = ledger.run(claims, Run(folder=tmp_path))
    assert (large["status"], small["status"]) == (NOT_RUN, DECIDED)
    assert not (tmp_path / "entries" / "large.json").exists()
    assert ledger.run(claims, Run("full", folder=tmp_path))[0]["status"] == CRASHED


def test_an_interruption_keeps_what_was_finished(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        ledger.run(some(claim("a"), claim("b", procedure=interrupt), claim("c")), Run(folder=tmp_path))
    assert [p.name for p in (tmp_path / "entries").iterdir()] == ["a.json"]


def test_nothing_half_written_remains_of_content_that_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "entry.json"
    ledger.write_json(path, {"value": 1})
    for content in ({"value": float("nan")}, {"value": object()}):
        with pytest.raises((ValueError, TypeError)):
            ledger.write_json(path, content)
    assert json.loads(path.read_text()) == {"value": 1}
    assert list(tmp_path.iterdir()) == [path]


GOOD = {"id": "a", "status": DECIDED, "truth": "HOLDS", "up_to": None, "evidence": "proved", "corrected": []}
RIGHT = {"truth": "HOLDS", "says": "mu(1) = 1/3"}
SHOWN = {"k": 1, "left": "1/3", "right": "2"}
BAD = {**GOOD, "truth": "FAILS", "corrected": [RIGHT], "counterexample": SHOWN}
REFUTED = {"truth": "FAILS", "evidence": "proved"}
WEAK = {"truth": "UNDECIDED", "says": "mu(1) = 2"}
KNOWN = {"truth": "HOLDS", "evidence": "proved"}
OPEN = {"truth": "UNDECIDED", "evidence": None}
MISMATCHES: list[tuple[dict, dict, str | None]] = [
    (GOOD, {"a": KNOWN}, None),
    (GOOD, {}, None),  # nothing expected yet
    ({**GOOD, **OPEN}, {}, None),
    ({**BAD, "corrected": []}, {}, "FAILS without a corrected statement"),
    ({**GOOD, "status": CRASHED, "why": "ValueError()"}, {}, "crashed: ValueError()"),
    (GOOD, {"a": {**KNOWN, "truth": "FAILS"}}, "truth HOLDS, expected FAILS"),
    (GOOD, {"a": {**KNOWN, "evidence": "checked"}}, "evidence proved, expected checked"),
    ({**GOOD, "evidence": "checked"}, {"a": KNOWN}, "evidence checked, expected proved"),
    ({**GOOD, **OPEN}, {"a": KNOWN}, "truth UNDECIDED, expected HOLDS"),
    ({**GOOD, **OPEN}, {"a": {"truth": "UNDECIDED"}}, "needs a written reason"),
    ({**GOOD, **OPEN}, {"a": {"truth": "UNDECIDED", "reason": "depth 3 has no closed form"}}, None),
    ({**GOOD, "corrected": [WEAK]}, {"a": KNOWN}, "the corrected statement mu(1) = 2 is UNDECIDED"),
    ({**GOOD, "up_to": "surface measure"}, {"a": KNOWN}, "up_to surface measure, expected None"),
    (GOOD, {"a": {**KNOWN, "up_to": "surface measure"}}, "up_to None, expected surface measure"),
    ({**GOOD, "up_to": "surface measure"}, {"a": {**KNOWN, "up_to": "surface measure"}}, None),
    (BAD, {"a": REFUTED}, None),
    ({**BAD, "corrected": []}, {"a": REFUTED}, "FAILS without a corrected statement"),
    ({**BAD, "counterexample": {"law": "left/right -> 2"}}, {"a": REFUTED}, "FAILS without an instance"),
    ({**BAD, "counterexample": {"law": "x", "instance": SHOWN}}, {"a": REFUTED}, None),
    ({**GOOD, "status": NOT_RUN}, {}, None),
    ({**GOOD, "status": CRASHED, "why": "ValueError()"}, {"a": KNOWN}, "crashed: ValueError()"),
]


@pytest.mark.parametrize(("entry", "known", "reason"), MISMATCHES)
def test_only_the_expected_verdict_is_no_mismatch(entry: dict, known: dict, reason: str | None) -> None:
    found = mismatch(entry, known)
    assert found is None if reason is None else found is not None and reason in found


def test_every_claim_has_an_expected_verdict_and_no_other() -> None:
    assert set(expected()) == set(all_claims())


def test_an_entry_carries_the_replayed_proof_once_and_the_command(tmp_path: Path) -> None:
    (entry,) = ledger.run(some(all_claims()["cao-cor-degrees"]), Run(seed=3, folder=tmp_path))
    assert entry["command"] == "spectral-bias verify cao-cor-degrees --profile quick --seed 3"
    proofs = [p for verdict in ledger.verdicts_of(entry) for p in verdict["proofs"]]
    told: dict[str, Any] = {}
    for proof in proofs:
        for step in proof["steps"]:
            assert told.get(step["name"]) != step  # no step is told twice
            told.setdefault(step["name"], step)
            assert all(used in told for used in step["uses"])
            assert proof["rules"][step["rule"]]
    totals = [v["figures"]["steps"] for v in ledger.verdicts_of(entry) if v["proofs"]]
    assert [len(p["steps"]) + p["shared"] + p["left_out"] for p in proofs] == totals
    assert len(proofs) > 1 and sum(p["shared"] for p in proofs) > 0


def test_a_long_proof_keeps_its_end_and_says_what_is_left_out(monkeypatch: Any) -> None:
    from theory.derivations.one_hidden_layer import derive
    from theory.kernels import ArcCosine
    from verify.findings import proofs

    proof = derive(ArcCosine(0))
    whole = proofs.proof_json(proof)
    assert whole["left_out"] == 0 and len(whole["steps"]) == len(proof.steps)
    monkeypatch.setattr(proofs, "MOST_STEPS", 4)
    cut = proofs.proof_json(proof)
    assert cut["left_out"] == len(proof.steps) - 4 and cut["steps"] == whole["steps"][-4:]
