"""Tables of verdicts: the same cells in every form, and nothing in a text can break a table."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from verify.ledger.verdicts import COLUMNS, KINDS, cells, kind, latex_text, rich_table
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


def test_a_row_says_who_what_and_how() -> None:
    assert cells(ENTRIES[0]) == ("a-claim", "Cao 2019", "HOLDS", "proved", "mu(k) >= 0", "1.2")
    assert cells(ENTRIES[2])[1] == "Cao 2019 (as restated)"


def test_a_failed_claim_shows_the_corrections_that_hold_and_no_others() -> None:
    shown = cells(ENTRIES[1])[4]
    assert shown.endswith(" -> holds: mu(1) = 1/(d+1) of NTK(depth=2) for d >= 2, d even")
    assert "mu(1) = 2" not in shown


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
    assert (cells(restated)[2], cells(scaled)[2], cells(leaning)[3]) == words
    made = latex_table(ENTRIES, "quick").replace(r"\_", "_")
    assert all(word in made for word in words)


def test_what_was_not_decided_shows_its_status_and_why() -> None:
    assert [cells(e)[2] for e in ENTRIES[3:5]] == ["NOT RUN", "CRASHED"]
    assert [cells(e)[4] for e in ENTRIES[3:5]] == ["belongs to profile full", "ZeroDivisionError()"]


def test_the_terminal_shows_every_cell_as_it_is() -> None:
    out = io.StringIO()
    Console(file=out, width=300).print(rich_table(ENTRIES))
    for row in map(cells, ENTRIES):
        assert all(cell in out.getvalue() for cell in row)
    assert all(name in out.getvalue() for name in COLUMNS)


def test_a_narrow_terminal_loses_nothing_of_a_long_formula() -> None:
    out, formula = io.StringIO(), "+".join(f"mu({k})" for k in range(40))
    Console(file=out, width=80).print(rich_table([entry(compared=formula)]))
    assert "\u2026" not in out.getvalue()
    assert all(f"mu({k})"[-2:] in out.getvalue() for k in range(40))


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
