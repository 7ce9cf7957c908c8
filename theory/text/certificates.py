"""Two-sided bounds and remainders of a law of decay as text, JSON and a citable LaTeX lemma."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from theory.laws.conventions import symbolic_factor
from theory.laws.law import Law, LawBranch
from theory.laws.rational_sums import Certificate, outward
from theory.numbers.balls import ball, exact_decimal, working_precision
from theory.spectra.conventions import OURS
from theory.symbolic.constants import constant_ball
from theory.symbolic.objects import grammar_text

DEGREE_PROOF = r"""Subtract from $\kappa(\cos\theta)$ its terms $(1-t)^\nu$ and $(1+t)^\nu$, $\nu < p$ half
an odd integer, whose eigenvalues are quotients of Gamma functions and rational in $k$. The rest $R$ is
analytic in $\theta$ on $[0,\pi]$ without odd derivatives of an order below $2p+1$ at the ends, so
that $2p+1$ integrations by parts bound its Fourier coefficients by $k^{-2p-1} \pi^{-1} \int_0^\pi
|R^{(2p+1)}|$. They bound its eigenvalues by DLMF 14.13.1 (from $\mathbb{S}^1$ to $\mathbb{S}^2$)
and by $\mu_k(\mathbb{S}^{d+2}) = \frac{d+1}{2k+d+1} (\mu_k - \mu_{k+2})(\mathbb{S}^d)$. The
integral, and the ranges of the rational functions on $0 < 1/k \le 1/k_0$, are enclosed in ball
arithmetic."""
DIMENSION_PROOF = r"""$\mu_k = \sum_j b_{k+2j} \mathbb{E}[t^{k+2j} P_k]$ with $\mathbb{E}[t^{k+2j} P_k] =
\frac{(k+2j)!}{2^j j!} \prod_{i<k+j} (d+1+2i)^{-1}$, which falls with $j$ from the first moment
left out on, where $b_n \ge 0$ with $\sum_n b_n = \kappa(1)$. The ranges of the rational functions
on $0 < 1/d \le 1/d_0$ are enclosed in ball arithmetic."""


def symbol_text(law: Law) -> str:
    """What an eigenvalue is called: mu_k for ours, mu_k[yu] for what the convention yu prints."""
    return "mu_k" if law.convention == OURS else f"mu_k[{law.convention}]"


def symbol_latex(law: Law) -> str:
    """The same in LaTeX."""
    return r"\mu_k" if law.convention == OURS else rf"\mu_k^{{\text{{{law.convention}}}}}"


def remainder_json(branch: LawBranch) -> dict[str, str | int] | None:
    """|mu - sum of the terms| <= constant * v^exponent from `from` on; None where nothing is certified."""
    found = branch.certificate
    if found is None:
        return None
    return {"constant": exact_decimal(found.constant), "exponent": str(found.power), "from": found.start}


def power_bounds(branch: LawBranch) -> tuple[Fraction, Fraction] | None:
    """A, B with A v^exponent <= mu_k <= B v^exponent from the certificate's start on, rounded outward.

    None without certificate.
    """
    found = branch.certificate
    if found is None:
        return None
    with working_precision(20):
        leading = constant_ball(branch.constant)
        ends = [leading * ball(quotient) for quotient in (found.lower, found.upper)]
        low, high = ends if leading > 0 else reversed(ends)
        return outward(low, -1), outward(high, 1)


def certificate_lines(law: Law, branch: LawBranch) -> list[str]:
    """The certified bounds of one branch, a line each."""
    found, v = branch.certificate, law.variable
    if found is None:
        return []
    lines, symbol = [], symbol_text(law)
    where = f"for all {law.variable} >= {found.start}{_parity(law, branch)}"
    ends = power_bounds(branch)
    if branch.bounds is None and ends is not None:
        power = power_text(v, branch.exponent)
        low, high = map(exact_decimal, ends)
        lines.append(f"    {low}{power} <= {symbol} <= {high}{power} {where} (certified)")
    rest = f"{exact_decimal(found.constant)}*{v}**({found.power})"
    lines.append(f"    |{symbol} - sum| <= {rest} {where} (certified)")
    return lines


def _parity(law: Law, branch: LawBranch) -> str:
    return f" {branch.parity}" if law.variable == "k" and branch.parity in ("even", "odd") else ""


def lemma_latex(law: Law) -> list[str]:
    """A lemma with the bounds of each branch and the idea of its proof; [] where nothing is certified."""
    branches = [(branch, branch.certificate) for branch in law.law if branch.certificate is not None]
    if not branches:
        return []
    sphere = rf"$\mathbb{{S}}^{{{law.dim}}}$" if law.variable == "k" else r"$\mathbb{S}^d$"
    degree = "" if law.degree is None else f" of degree $k = {law.degree}$"
    name = repr(law.kernel).replace("_", r"\_")
    what = rf"the Mercer eigenvalues{degree} of \texttt{{{name}}} on {sphere}"
    lines = [r"\begin{lemma}", rf"Let $\mu_k$ be {what}, for the uniform probability measure{_theirs(law)}. Then"]
    for branch, found in branches:
        lines += display_latex(_rows(law, branch, found))
        end = "." if branch is branches[-1][0] else ";"
        lines.append(rf"for all{_parity(law, branch)} ${law.variable} \ge {found.start}${end}")
    proof = DEGREE_PROOF if law.variable == "k" else DIMENSION_PROOF
    return [*lines, r"\end{lemma}", r"\begin{proof}", proof, r"\end{proof}"]


def _theirs(law: Law) -> str:
    """What the eigenvalues of another convention are made of; the proof is about ours, times a constant."""
    if law.convention == OURS:
        return ""
    factor = symbolic_factor(law.convention, law.dim, law.degree)
    scaled = r"\mu_k" if factor == 1 else rf"{sp.latex(factor)}\, \mu_k"
    return rf", and ${symbol_latex(law)} = {scaled}$"


def power_text(variable: str, exponent: sp.Expr) -> str:
    """What follows a coefficient; nothing for the exponent 0.

    >>> power_text("k", sp.Integer(-3)), power_text("d", sp.Integer(0))
    ('*k**(-3)', '')
    """
    return f"*{variable}**({grammar_text(exponent)})" if exponent != 0 else ""


def power_latex(variable: str, exponent: sp.Expr) -> str:
    r"""The same in LaTeX.

    >>> print(power_latex("k", sp.Integer(-3)))
    \, k^{-3}
    """
    return rf"\, {variable}^{{{sp.latex(exponent)}}}" if exponent != 0 else ""


def display_latex(rows: Sequence[str]) -> list[str]:
    r"""The lines of a display; a row ends the line but for the last one, after which LaTeX would add a blank row.

    >>> print(*display_latex(["a &= 1", "b &= 2"]), sep="\n")
    \begin{align*}
      a &= 1 \\
      b &= 2
    \end{align*}
    """
    ended = [rf"  {row} \\" for row in rows[:-1]]
    return [r"\begin{align*}", *ended, f"  {rows[-1]}", r"\end{align*}"]


def _rows(law: Law, branch: LawBranch, found: Certificate) -> list[str]:
    v, rows = law.variable, []
    ends, symbol = power_bounds(branch), symbol_latex(law)
    if ends is not None:
        power = power_latex(v, branch.exponent)
        low, high = map(exact_decimal, ends)
        rows.append(rf"{low}{power} &\le {symbol} \le {high}{power}")
    terms = ((sp.latex(c), power_latex(v, p).removeprefix(r"\,")) for p, c in branch.terms if c != 0)
    shown = " + ".join(rf"\left({c}\right){power}" for c, power in terms)
    rest = rf"{exact_decimal(found.constant)}\, {v}^{{{found.power}}}"
    rows.append(rf"\left| {symbol} - \left( {shown} \right) \right| &\le {rest}")
    return rows
