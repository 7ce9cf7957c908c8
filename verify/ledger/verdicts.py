"""The table of verdicts, for the terminal and for LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

SCHEMA = 4  # of the ledger
STATUSES = DECIDED, NOT_RUN, CRASHED = "DECIDED", "NOT RUN", "CRASHED"
Entry = dict[str, Any]  # a verdict of the ledger as data, `verify.ledger.run`

COLUMNS = ("claim", "source", "truth", "evidence", "what was compared", "seconds")
UP_TO, RESTATED = "HOLDS up to normalisation", "FAILS as restated"  # kinds of outcome beside the three truths
KINDS = ("HOLDS", UP_TO, "FAILS", RESTATED, "UNDECIDED")
_STYLE = {"HOLDS": "green", "FAILS": "red", "UNDECIDED": "yellow"}


def kind(entry: Entry) -> str:
    """One of KINDS for a decided entry, else its status: what is counted, and never mixed in a count.

    >>> kind({"status": "DECIDED", "truth": "FAILS", "up_to": None, "as_restated": True})
    'FAILS as restated'
    >>> kind({"status": "NOT RUN", "truth": None})
    'NOT RUN'
    """
    if entry["truth"] is None:
        return entry["status"]
    if entry["truth"] == "HOLDS" and entry["up_to"] is not None:
        return UP_TO
    return RESTATED if entry["truth"] == "FAILS" and entry["as_restated"] else entry["truth"]


def verdict_text(entry: Entry) -> str:
    """The verdict in words: the normalisation up to which it holds, or that nobody read what fails.

    >>> verdict_text({"status": "DECIDED", "truth": "HOLDS", "up_to": "surface measure", "as_restated": True})
    'HOLDS up to surface measure'
    """
    found = kind(entry)
    return f"HOLDS up to {entry['up_to']}" if found == UP_TO else found


def evidence_text(verdict: Entry) -> str:
    """The evidence, with the theorems under test that it leans on.

    >>> evidence_text({"evidence": "proved", "given": ["theorem 7 of Bietti and Bach 2021"]})
    'proved, given theorem 7 of Bietti and Bach 2021'
    """
    leans = f", given {' and '.join(verdict['given'])}" if verdict.get("given") else ""
    return (verdict["evidence"] or "") + leans


def cells(entry: Entry) -> tuple[str, ...]:
    """One row of the table as plain text."""
    source = entry["source"]
    first = source["authors"].split(",")[0]
    restated = " (as restated)" if entry["as_restated"] else ""
    compared = entry.get("compared") or entry.get("why", "")
    corrected = "; ".join(said_text(c) for c in entry.get("corrected", []) if c["truth"] == "HOLDS")
    if corrected and kind(entry) in (UP_TO, "FAILS", RESTATED):
        compared += f" -> holds: {corrected}"
    return (
        entry["id"],
        f"{first} {source['year']}{restated}",
        verdict_text(entry),
        evidence_text(entry),
        compared,
        f"{entry['seconds']:.1f}",
    )


def said_text(said: Entry) -> str:
    """A statement with its kernel and its range, without which it may be false.

    >>> said_text({"says": "mu(k) = 0", "kernel": "NTK(depth=2)", "for": ["k odd", "k >= 3"]})
    'mu(k) = 0 of NTK(depth=2) for k odd, k >= 3'
    """
    of = f" of {said['kernel']}" if said["kernel"] else ""
    return said["says"] + of + (f" for {', '.join(said['for'])}" if said["for"] else "")


def rich_table(entries: Sequence[Entry]) -> Table:
    """The table for a terminal; a formula too long for its column goes on in the next line."""
    from rich.markup import escape
    from rich.table import Column, Table

    columns = [Column(name, overflow="fold") for name in COLUMNS[:-1]]
    table = Table(*columns, title=f"{len(entries)} claims", title_justify="left")
    table.add_column(COLUMNS[-1], justify="right")
    for entry in entries:
        row = cells(entry)
        style = _STYLE.get(entry["truth"] or "", "")
        shown = [escape(cell) for cell in row]
        shown[2] = f"[{style}]{shown[2]}[/{style}]" if style else shown[2]
        table.add_row(*shown)
    return table


_SPECIAL = {c: f"\\{c}" for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}


def latex_text(text: str) -> str:
    r"""Text with LaTeX's special characters escaped.

    >>> latex_text("a_1 & 50%")
    'a\\_1 \\& 50\\%'
    """
    return "".join(_SPECIAL.get(c, c) for c in text)
