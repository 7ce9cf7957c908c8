"""What each claim is expected to be decided as, and why an entry of the ledger is not so."""

from __future__ import annotations

import tomllib
from pathlib import Path

from theory.numbers.truth import Truth
from verify.ledger.run import has_instance
from verify.ledger.verdicts import CRASHED, NOT_RUN, Entry

EXPECTED = Path(__file__).parents[1] / "expected.toml"


def expected() -> dict[str, dict[str, str]]:
    """What each claim is expected to be decided as; read after deciding, and only to compare."""
    return tomllib.loads(EXPECTED.read_text(encoding="utf-8"))


def mismatch(entry: Entry, known: dict[str, dict[str, str]]) -> str | None:
    """Why an entry is not as expected, None if it is. NOT RUN is no mismatch, nor is what nothing is expected of."""
    if entry["status"] == NOT_RUN:
        return None
    if entry["status"] == CRASHED:
        return f"crashed: {entry['why']}"
    if (want := known.get(entry["id"])) is not None:
        for key in ("truth", "evidence", "up_to"):
            if entry.get(key) != want.get(key):
                return f"{key} {entry.get(key)}, expected {want.get(key)}"
        if entry["truth"] == Truth.UNDECIDED and not want.get("reason"):
            return "UNDECIDED needs a written reason"
    weak = [s for s in entry.get("corrected", []) if s["truth"] != Truth.HOLDS]
    if weak:
        return f"the corrected statement {weak[0]['says']} is {weak[0]['truth']}"
    return _incomplete(entry) if entry["truth"] == Truth.FAILS else None


def _incomplete(entry: Entry) -> str | None:
    """What a refutation lacks: something that holds instead, and an instance."""
    if not entry["corrected"]:
        return "FAILS without a corrected statement"
    return None if has_instance(entry["counterexample"] or {}) else "FAILS without an instance"
