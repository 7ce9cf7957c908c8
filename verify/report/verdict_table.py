"""The table of verdicts as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verify.ledger.verdicts import Entry, evidence_text, latex_text, verdict_text
from verify.report.latex import math


def latex_table(entries: Sequence[Entry], profile: str) -> str:
    """A longtable of verdicts with the printed statements; needs booktabs, longtable and amsmath.

    What is printed is typeset where it is a formula that can be, else shown as its text.
    """
    lines = [
        f"% spectral-bias verdicts, profile {profile}",
        r"\begin{longtable}{lp{0.34\linewidth}p{0.15\linewidth}p{0.14\linewidth}l}",
        r"\toprule claim & printed statement & truth & evidence & wording \\ \midrule \endhead",
    ]
    for entry in entries:
        cells_: list[Any] = [
            rf"\texttt{{{latex_text(entry['id'])}}}",
            math(entry["printed"]) if entry["printed"] else "",
            latex_text(verdict_text(entry)),
            latex_text(evidence_text(entry)),
            latex_text(entry["wording"] + (", as restated" if entry["as_restated"] else "")),
        ]
        lines.append(" & ".join(cells_) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{longtable}", ""])
