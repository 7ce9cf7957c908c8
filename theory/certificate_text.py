"""Two-sided bounds and remainders of a law of decay as text, JSON and a citable LaTeX lemma."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.balls import constant_ball
from theory.decay import Law, LawBranch
from theory.formal import grammar_text
from theory.precision import exact_decimal, working_precision
from theory.rational_sum import outward


def remainder_json(branch: LawBranch) -> dict[str, str | int] | None:
    """|mu - sum of the terms| <= constant * v^exponent from `from` on; None where nothing is certified."""
    found = branch.certificate
    if found is None:
        return None
    return {"constant": exact_decimal(found.constant), "exponent": str(found.power), "from": found.start}


def power_bounds(branch: LawBranch) -> tuple[Fraction, Fraction] | None:
    """A, B with A v^exponent <= mu_k <= B v^exponent from the certificate's start on, rounded outward.

    None for a constant that still depends on the other variable, or without certificate.
    """
    found = branch.certificate
    if found is None or branch.constant.free_symbols:
        return None
    with working_precision(20):
        leading = constant_ball(branch.constant)
        ends = [leading * constant_ball(sp.Rational(q.numerator, q.denominator)) for q in (found.lower, found.upper)]
        low, high = ends if leading > 0 else reversed(ends)
        return outward(low, -1), outward(high, 1)


def certificate_lines(law: Law, branch: LawBranch) -> list[str]:
    """The certified bounds of one branch, a line each."""
    found, v = branch.certificate, law.variable
    if found is None:
        return []
    lines, where = [], f"for all {_start(law, branch)}"
    ends = power_bounds(branch)
    if branch.bounds is None and ends is not None:
        power = f"{v}**({grammar_text(branch.exponent)})"
        lines.append(f"    {exact_decimal(ends[0])}*{power} <= mu_k <= {exact_decimal(ends[1])}*{power} {where}")
    lines.append(f"    |mu_k - sum| <= {exact_decimal(found.constant)}*{v}**({found.power}) {where} (certified)")
    return lines


def _start(law: Law, branch: LawBranch) -> str:
    parity = f" {branch.parity}" if law.variable == "k" and branch.parity in ("even", "odd") else ""
    return f"{law.variable} >= {branch.certificate.start}{parity}"


def lemma_latex(law: Law) -> list[str]:
    """A lemma with the two-sided bounds and the remainder of each branch; [] where nothing is certified."""
    branches = [branch for branch in law.law if branch.certificate is not None]
    if not branches:
        return []
    sphere = rf"$\mathbb{{S}}^{{{law.dim}}}$" if law.variable == "k" else r"$\mathbb{S}^d$"
    degree = "" if law.degree is None else f" of degree $k = {law.degree}$"
    name = repr(law.kernel).replace("_", r"\_")
    lines = [r"\begin{lemma}", rf"Let $\mu_k$ be the Mercer eigenvalues{degree} of \texttt{{{name}}} on {sphere}, "
             r"for the uniform probability measure. Then"]  # fmt: skip
    for branch in branches:
        lines += [r"\begin{align*}", *(rf"  {row} \\" for row in _rows(law, branch)), r"\end{align*}"]
        parity = f" {branch.parity}" if law.variable == "k" and branch.parity in ("even", "odd") else ""
        lines.append(rf"for all{parity} ${law.variable} \ge {branch.certificate.start}$" + (";" if branch is not branches[-1] else "."))
    return [*lines, r"\end{lemma}"]


def _rows(law: Law, branch: LawBranch) -> list[str]:
    found, v, rows = branch.certificate, law.variable, []
    ends = power_bounds(branch)
    if ends is not None:
        power = rf"\, {v}^{{{sp.latex(branch.exponent)}}}"
        rows.append(rf"{exact_decimal(ends[0])}{power} &\le \mu_k \le {exact_decimal(ends[1])}{power}")
    shown = " + ".join(rf"\left({sp.latex(c)}\right) {v}^{{{sp.latex(p)}}}" for p, c in branch.terms if c != 0)
    rows.append(rf"\left| \mu_k - \left( {shown} \right) \right| &\le {exact_decimal(found.constant)}\, {v}^{{{found.power}}}")
    return rows
