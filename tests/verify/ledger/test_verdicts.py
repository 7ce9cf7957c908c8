"""Verdicts in words: the same in every form, and nothing in a text can break a table."""

from __future__ import annotations

from typing import Any

import pytest

from verify.ledger.verdicts import KINDS, evidence_text, kind, latex_text, verdict_text
from verify.report.verdict_table import latex_table

SOURCE = {"authors": "Cao, Fang, Wu, Zhou, Gu", "year": 2019, "place": "", "arxiv": None}


def entry(**more: Any) -> dict[str, Any]:
    return {
        "id": "a-claim",
        "source": SOURCE,
        "wording": "read",
        "as_restated": False,
        "printed": r"\mu_k \ge 0",
        "truth": "HOLDS",
        "up_to": None,
        "evidence": "proved",
        "given": [],
        "status": "DECIDED",
        "compared": "mu(k) >= 0",
        "why": "w",
        "corrected": [],
        "seconds": 1.25,
        **more,
    }


CORRECTED = [
    {"says": "mu(1) = 1/(d+1)", "kernel": "NTK(depth=2)", "for": ["d >= 2", "d even"], "truth": "HOLDS"},
    {"says": "mu(1) = 2", "kernel": None, "for": [], "truth": "UNDECIDED"},
]
ENTRIES = [
    entry(),
    entry(id="fails", truth="FAILS", corrected=CORRECTED),
    entry(id="open", truth="UNDECIDED", evidence=None, as_restated=True, wording="memory"),
    entry(id="later", truth=None, evidence=None, status="NOT RUN", compared="", why="belongs to profile full"),
    entry(id="crashed", truth=None, evidence=None, status="CRASHED", compared="", why="ZeroDivisionError()"),
    entry(id="restated", truth="FAILS", as_restated=True, wording="notes"),
    entry(id="scaled", up_to="surface measure: printed = omega_d * mu_k", as_restated=True, wording="notes"),
    entry(id="leaning", given=["theorem 7 of Bietti and Bach 2021"]),
    entry(id="odd_text", compared="[red]|a|[/red] & 50% #1 \\ ~^_{}", why="x"),
]


def test_what_fails_as_restated_and_what_holds_up_to_a_normalisation_say_so_in_every_form() -> None:
    by_id = {e["id"]: e for e in ENTRIES}
    restated, scaled, leaning = by_id["restated"], by_id["scaled"], by_id["leaning"]
    kinds = [kind(e) for e in (restated, scaled, leaning)]
    assert kinds == ["FAILS as restated", "HOLDS up to normalisation", "HOLDS"]
    assert {kind(e) for e in ENTRIES} == {*KINDS, "NOT RUN", "CRASHED"}
    words = (
        "FAILS as restated",
        "HOLDS up to surface measure: printed = omega_d * mu_k",
        "proved, given theorem 7 of Bietti and Bach 2021",
    )
    assert (verdict_text(restated), verdict_text(scaled), evidence_text(leaning)) == words
    made = latex_table(ENTRIES, "quick").replace(r"\_", "_")
    assert all(word in made for word in words)


def test_latex_parses_and_holds_every_claim() -> None:
    latexwalker = pytest.importorskip("pylatexenc.latexwalker")
    text = latex_table(ENTRIES, "quick")
    nodes, _, _ = latexwalker.LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    assert nodes
    rows = [line for line in text.splitlines() if line.startswith(r"\texttt")]
    assert len(rows) == len(ENTRIES)
    assert {row.replace(r"\&", "").count("&") for row in rows} == {4}


def test_special_characters_are_escaped_once() -> None:
    assert latex_text(r"\_{") == r"\textbackslash{}\_\{"
