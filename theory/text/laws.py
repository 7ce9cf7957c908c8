"""Laws of decay as text, JSON and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy as sp

from theory.laws.conventions import conversion
from theory.laws.law import Law, LawBranch
from theory.laws.named_constants import has_slopes, named_constants
from theory.numbers.balls import exact_decimal
from theory.spectra.conventions import OURS
from theory.symbolic.constants import definitions
from theory.symbolic.objects import Range, grammar_text
from theory.text.certificates import (
    certificate_lines,
    display_latex,
    lemma_latex,
    power_latex,
    power_text,
    remainder_json,
    symbol_latex,
    symbol_text,
)

SLOPES_LATEX = (
    r"P_L &= \prod_{l=2}^{L-1} \kappa_0(\rho_l), \quad \rho_2 = 0, \quad \rho_{l+1} = \kappa_1(\rho_l)",
    r"\kappa_0(t) &= 1 - \tfrac{1}{\pi} \arccos t, \quad \kappa_1' = \kappa_0, \quad \kappa_1(1) = 1",
)


def law_json(law: Law) -> dict[str, object]:
    """The machine-readable form, schema 1 (`verify/schemas/decay.json`); formulas in the expression grammar.

    The eigenvalues are those of the law's convention.

    >>> from theory.laws.decay import decay
    >>> from theory.kernels import NTK
    >>> even, odd = law_json(decay(NTK(depth=2), "k", dim=2))["law"]
    >>> even["exponent"], even["constant"], odd["constant"]
    ('-3', '1/pi', '0')
    """
    return {
        "schema": 1,
        "kernel": repr(law.kernel),
        "as": law.variable,
        "dim": law.dim,
        "degree": law.degree,
        "law": [{"parity": _parity(law, branch), **_branch_json(branch)} for branch in law.law],
        "evidence": str(law.evidence),
        "valid_from": law.valid_from,
        "constants": named_constants(_expressions(law)),
        "convention": law.convention,
    }


def _expressions(law: Law) -> list[sp.Expr]:
    return [e for branch in law.law for e in (*(c for _, c in branch.terms), branch.leading)]


def _depths(branch: LawBranch) -> str:
    """For which L the branch holds, "" for a kernel of one depth."""
    depths = branch.ranges.find("L")
    return "" if depths is None else repr(depths)


def _dims(branch: LawBranch) -> str:
    """For which d the branch holds, "" where for every one or the one asked for."""
    dims = branch.ranges.find("d")
    return repr(dims) if dims is not None and dims.most is None and dims.least > 1 else ""


def _parity(law: Law, branch: LawBranch) -> str:
    """The parity of the degree that was asked for, else the branch's."""
    return branch.parity if law.degree is None else ("even", "odd")[law.degree % 2]


def _branch_json(branch: LawBranch) -> dict[str, object]:
    lower, upper = None, None
    if branch.bounds is not None:
        lower, upper = (grammar_text(b.value) for b in branch.bounds)
    elif branch.certificate is not None:
        lower, upper = exact_decimal(branch.certificate.lower), exact_decimal(branch.certificate.upper)
    depths = _depths(branch)
    return {
        "for": [repr(where) for where in branch.ranges],
        **({"depths": depths} if depths else {}),
        "exponent": None if branch.exponent is None else grammar_text(branch.exponent),
        "constant": None if branch.constant is None else grammar_text(branch.constant),
        "leading": grammar_text(branch.leading),
        "terms": [{"exponent": grammar_text(p), "coefficient": grammar_text(c)} for p, c in branch.terms],
        "quotient": {"lower": lower, "upper": upper},
        "remainder": remainder_json(branch),
    }


def law_text(law: Law) -> str:
    """The law as lines of plain text: a heading, each branch with its bounds, the constants it names.

    >>> from theory.laws.decay import decay
    >>> from theory.kernels import NTK
    >>> print(law_text(decay(NTK(depth=2), "k", dim=2)))
    NTK(depth=2), k -> oo, d = 2; evidence: proved (closed form)
      even: mu_k ~ 1/pi*k**(-3)
        470327*pi/1572864 <= mu_k/leading < 1 for k >= 16 even
      odd: mu_k = 0 for k >= 3 odd, d = 2
    """
    lines, symbol = [_heading(law)], symbol_text(law)
    for branch in law.law:
        if branch.exponent is None:
            relation = "= 0" if branch.leading == 0 else f"~ {grammar_text(branch.leading)}"
            lines.append(f"  {branch.parity}: {symbol} {relation} for {', '.join(map(repr, branch.ranges))}")
            continue
        shown = _sum(_factor(c) + power_text(law.variable, p) for p, c in branch.terms)
        where = ", ".join(filter(None, (_depths(branch), _dims(branch))))
        lines.append(f"  {branch.parity}: {symbol} ~ {shown}" + (f" for {where}" if where else ""))
        if branch.bounds and branch.bounds_from:
            lower, upper = branch.bounds
            ends = f"{grammar_text(lower.value)} {'<=' if lower.attained else '<'} {symbol}/leading"
            ends += f" {'<=' if upper.attained else '<'} {grammar_text(upper.value)}"
            lines.append(f"    {ends} for {', '.join(map(repr, branch.bounds_from))}")
        lines += certificate_lines(law, branch)
    lines += [f"  {name} = {meaning}" for name, meaning in named_constants(_expressions(law)).items()]
    return "\n".join(lines)


def _heading(law: Law) -> str:
    limit = f"{law.variable} -> oo"
    where = f"d = {law.dim}" if law.dim else f"k = {law.degree}" if law.degree is not None else "symbolic"
    return f"{law.kernel!r}, {limit}, {where}; evidence: {law.evidence} ({law.source}{_converted(law)})"


def _converted(law: Law) -> str:
    """Whose eigenvalues these are, "" for our own."""
    if law.convention == OURS:
        return ""
    factor, varies = conversion(law)
    times = f"times {factor}, " if factor else ""
    lost = f", which varies with {law.variable}: neither proof nor remainder is carried over" if varies else ""
    return f"; {times}convention {law.convention}{lost}"


def _sum(terms: Iterable[str]) -> str:
    """
    >>> _sum(["a", "-b"])
    'a - b'
    """
    return re.sub(r"\+ - *", "- ", " + ".join(terms))


def _factor(coefficient: sp.Expr) -> str:
    text = grammar_text(coefficient)
    return f"({text})" if coefficient.is_Add else text


def law_latex(law: Law) -> str:
    r"""The law as LaTeX display equations, each with where it holds; comments say of what it is.

    An eigenvalue in another convention is marked by its name, since it is not our mu_k.

    >>> from theory.laws.decay import decay
    >>> from theory.kernels import NTK
    >>> print(law_latex(decay(NTK(depth=2), "k", dim=2)))
    % NTK(depth=2), k -> oo, d = 2; evidence: proved (closed form)
    % mu_k on S^2, probability measure, P_k(1) = 1
    \begin{align*}
      \mu_k &\sim \frac{1}{\pi}\, k^{-3} && k \ge 0\ \text{even},\ d = 2 \\
      \mu_k &= 0 && k \ge 3\ \text{odd},\ d = 2
    \end{align*}
    """
    from theory.text.spectra import meaning

    sphere, symbol = f"S^{law.dim or 'd'}", symbol_latex(law)
    comments = [f"% {_heading(law)}", f"% {meaning(law.convention, sphere)}"]
    rows = [_row_latex(law, branch, symbol) for branch in law.law]
    rows += [rf"{sp.latex(c)} &= {sp.latex(c.definition)}" for c in definitions(_expressions(law))]
    rows += SLOPES_LATEX if has_slopes(_expressions(law)) else ()
    return "\n".join([*comments, *display_latex(rows), *lemma_latex(law)])


def _row_latex(law: Law, branch: LawBranch, symbol: str) -> str:
    note = r",\ ".join(map(_range_latex, branch.ranges))
    if branch.exponent is None:
        relation = "&= 0" if branch.leading == 0 else rf"&\sim {sp.latex(branch.leading)}"
        return rf"{symbol} {relation} && {note}"
    shown = _sum(sp.latex(c) + power_latex(law.variable, p) for p, c in branch.terms)
    return rf"{symbol} &\sim {shown} && {note}"


def _range_latex(where: Range) -> str:
    r"""
    >>> print(_range_latex(Range("k", 3, None, 1)))
    k \ge 3\ \text{odd}
    """
    text = repr(where).replace(">=", r"\ge").replace("<=", r"\le")
    return re.sub(" (even|odd)$", r"\\ \\text{\1}", text)
