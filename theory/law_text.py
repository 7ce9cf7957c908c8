"""Laws of decay as text, JSON and LaTeX."""

from __future__ import annotations

import sympy as sp

from theory.certificate_text import certificate_lines, lemma_latex, remainder_json
from theory.decay import Law, LawBranch
from theory.formal import grammar_text
from theory.precision import exact_decimal
from theory.towers import NamedConstant, definitions


def law_json(law: Law) -> dict[str, object]:
    """The machine-readable form, schema 1."""
    return {
        "schema": 1,
        "kernel": repr(law.kernel),
        "as": law.variable,
        "dim": law.dim,
        "degree": law.degree,
        "law": [{"parity": _parity(law, branch), **_branch_json(branch)} for branch in law.law],
        "evidence": str(law.evidence),
        "valid_from": law.valid_from,
        "constants": {c.name: grammar_text(c.definition) for c in _constants(law)},
    }


def _constants(law: Law) -> list[NamedConstant]:
    """The named constants of all branches, each after those that it is made of."""
    return definitions(c for branch in law.law for _, c in (*branch.terms, (0, branch.leading)))


def _parity(law: Law, branch: LawBranch) -> str:
    """The parity of the degree that was asked for, else the branch's."""
    return branch.parity if law.degree is None else ("even", "odd")[law.degree % 2]


def _branch_json(branch: LawBranch) -> dict[str, object]:
    lower, upper = None, None
    if branch.bounds is not None:
        lower, upper = (grammar_text(b.value) for b in branch.bounds)
    elif branch.certificate is not None:
        lower, upper = exact_decimal(branch.certificate.lower), exact_decimal(branch.certificate.upper)
    return {
        "exponent": None if branch.exponent is None else grammar_text(branch.exponent),
        "constant": None if branch.constant is None else grammar_text(branch.constant),
        "leading": grammar_text(branch.leading),
        "terms": [{"exponent": grammar_text(p), "coefficient": grammar_text(c)} for p, c in branch.terms],
        "quotient": {"lower": lower, "upper": upper},
        "remainder": remainder_json(branch),
    }


def law_text(law: Law) -> str:
    """The law as lines of plain text."""
    limit = f"{law.variable} -> oo"
    where = f"d = {law.dim}" if law.dim else f"k = {law.degree}" if law.degree is not None else "symbolic"
    lines = [f"{law.kernel!r}, {limit}, {where}; evidence: {law.evidence} ({law.source})"]
    for branch in law.law:
        if branch.exponent is None:
            relation = "= 0" if branch.leading == 0 else f"~ {grammar_text(branch.leading)}"
            lines.append(f"  {branch.parity}: mu_k {relation} for {', '.join(map(repr, branch.ranges))}")
            continue
        shown = " + ".join(f"{_factor(c)}*{law.variable}**({grammar_text(p)})" for p, c in branch.terms)
        lines.append(f"  {branch.parity}: mu_k ~ {shown}")
        if branch.bounds and branch.bounds_from:
            lower, upper = branch.bounds
            ends = f"{grammar_text(lower.value)} {'<=' if lower.attained else '<'} mu_k/leading"
            ends += f" {'<=' if upper.attained else '<'} {grammar_text(upper.value)}"
            lines.append(f"    {ends} for {', '.join(map(repr, branch.bounds_from))}")
        lines += certificate_lines(law, branch)
    lines += [f"  {c.name} = {grammar_text(c.definition)}" for c in _constants(law)]
    return "\n".join(lines)


def _factor(coefficient: sp.Expr) -> str:
    text = grammar_text(coefficient)
    return f"({text})" if coefficient.is_Add else text


def law_latex(law: Law) -> str:
    """The law as LaTeX display equations."""
    lines = [r"\begin{align*}"]
    for branch in law.law:
        note = rf"\text{{{branch.parity}}}"
        if branch.exponent is None:
            relation = "&= 0" if branch.leading == 0 else rf"&\sim {sp.latex(branch.leading)}"
            lines.append(rf"  \mu_k {relation} && {note} \\")
            continue
        shown = " + ".join(rf"{sp.latex(c)}\, {law.variable}^{{{sp.latex(p)}}}" for p, c in branch.terms)
        lines.append(rf"  \mu_k &\sim {shown} && {note} \\")
    for c in _constants(law):
        lines.append(rf"  {sp.latex(c)} &= {sp.latex(c.definition)} \\")
    return "\n".join([*lines, r"\end{align*}", *lemma_latex(law)])

