"""An entry of the ledger in words: its verdict, evidence, statements."""

from __future__ import annotations

from typing import Any

SCHEMA = 4  # of the ledger
STATUSES = DECIDED, NOT_RUN, CRASHED = "DECIDED", "NOT RUN", "CRASHED"
Entry = dict[str, Any]  # a verdict of the ledger as data, `verify.ledger.run`

UP_TO, RESTATED = "HOLDS up to normalisation", "FAILS as restated"  # kinds of outcome beside the three truths
KINDS = ("HOLDS", UP_TO, "FAILS", RESTATED, "UNDECIDED")


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


def said_text(said: Entry) -> str:
    """A statement with its kernel and its range, without which it may be false.

    >>> said_text({"says": "mu(k) = 0", "kernel": "NTK(depth=2)", "for": ["k odd", "k >= 3"]})
    'mu(k) = 0 of NTK(depth=2) for k odd, k >= 3'
    """
    of = f" of {said['kernel']}" if said["kernel"] else ""
    return said["says"] + of + (f" for {', '.join(said['for'])}" if said["for"] else "")


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
