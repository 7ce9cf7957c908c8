"""Proofs as plain text and LaTeX."""

from __future__ import annotations

import sympy as sp

from theory.proofs.check import check
from theory.proofs.steps import RULE_SAYS, Proof, relation_text
from theory.proofs.theorems import THEOREMS
from theory.symbolic.objects import Range


def proof_text(proof: Proof) -> str:
    """The proof as numbered lines of plain text."""
    lines = [proof.title]
    for number, step in enumerate(proof.steps, 1):
        where = f"   for {', '.join(map(repr, step.ranges))}" if step.ranges else ""
        uses = f" from {', '.join(step.uses)}" if step.uses else ""
        lines += [
            f"{number:3}. [{step.name}] {relation_text(step)}{where}",
            f"       by {step.rule}{uses}: {RULE_SAYS.get(step.rule, '')}",
        ]
    cited = [THEOREMS[name] for name in check(proof)]
    lines += [f"Cited: {theorem.says} ({theorem.reference})" for theorem in cited]
    return "\n".join(lines)


def proof_latex(proof: Proof) -> str:
    """The proof as a LaTeX enumerate environment."""
    check(proof)
    lines = [r"\begin{enumerate}"]
    for step in proof.steps:
        uses = f" from {', '.join(step.uses)}" if step.uses else ""
        ranges = r",\ ".join(map(_range_latex, step.ranges))
        where = f" for ${ranges}$" if ranges else ""
        body = sp.latex(step.statement)
        lines.append(rf"  \item[\texttt{{{_escape(step.name)}}}] $\displaystyle {body}${where}")
        lines.append(rf"    \hfill (\emph{{{_escape(step.rule + uses)}}})")
    return "\n".join([*lines, r"\end{enumerate}"])


def _range_latex(r: Range) -> str:
    parity = "" if r.parity is None else (r"\text{ even}", r"\text{ odd}")[r.parity]
    if r.most == r.least:
        return f"{r.name} = {r.least}"
    upper = "" if r.most is None else rf" \le {r.most}"
    return (rf"{r.least} \le {r.name}{upper}" if upper else rf"{r.name} \ge {r.least}") + parity


def _escape(text: str) -> str:
    return text.replace("\\", "").replace("_", r"\_")
