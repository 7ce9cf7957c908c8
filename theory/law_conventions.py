"""Laws in other people's normalisations, both ways: theirs = factor(d, k) * mu_k, as `theory.conventions`.

A factor without the growing variable multiplies constants and leaves quotients and their bounds alone.
A factor that grows like a power multiplies the expansions. omega_d as d -> oo is no power: then the
leading term alone is left, exact in d.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.asymptotic_series import expansion, tidy
from theory.conventions import OURS, convention
from theory.decay import Law, LawBranch
from theory.formal import Range, d, grammar_text, k
from theory.hypergeometric import growth, single_term
from theory.truth import Evidence

AREA = 2 * sp.pi ** ((d + 1) / 2) / sp.gamma((d + 1) / 2)  # omega_d
COUNT = (2 * k + d - 1) * sp.gamma(k + d - 1) / (sp.factorial(k) * sp.gamma(d))  # N(d, k), k >= 1


def symbolic_factor(name: str, dim: int | None, degree: int | None) -> sp.Expr:
    """theirs / ours, with d or k symbolic where it is not given; k >= 1 where k is symbolic.

    >>> symbolic_factor("yu", 2, None), symbolic_factor("kernel-generalization-scaled", 3, None)
    (4*pi, (k + 1)**2)
    """
    convention(name)  # raises ValueError with the nearest name
    match name:
        case "murray" | "yu":
            factor = AREA
        case "basri":  # d = 1 has its own normalisation; a symbolic d stands for d >= 2
            factor = sp.Integer(1 if degree == 0 else 2) if dim == 1 else AREA / d
        case "kernel-generalization-scaled":
            factor = sp.Integer(1) if degree == 0 else COUNT
            if dim == 1 and degree != 0:
                factor = sp.Integer(2)
        case _:
            return sp.Integer(1)
    fixed = {s: v for s, v in ((d, dim), (k, degree)) if v is not None}
    return sp.factor(sp.gammasimp(factor.subs(fixed)))


def law_to_convention(law: Law, name: str) -> Law:
    """The law of what `name` prints. A certificate is about mu_k alone and is dropped.

    >>> from theory.decay import decay
    >>> from theory.kernels import NTK
    >>> law_to_convention(decay(NTK(depth=2), "k", dim=2), "yu").law[0].constant
    4
    """
    return _times(law, symbolic_factor(name, law.dim, law.degree), name)


def law_from_convention(law: Law, name: str) -> Law:
    """Our law behind the law of what `name` prints; the inverse of law_to_convention."""
    return _times(law, 1 / symbolic_factor(name, law.dim, law.degree), name)


def _times(law: Law, factor: sp.Expr, name: str) -> Law:
    if name == OURS or factor == 1:
        return law
    variable = k if law.variable == "k" else d
    source = f"{law.source}; times {grammar_text(factor)}, convention {name}"
    branches = tuple(_branch(_narrowed(b, law, name), factor, variable, law.orders) for b in law.law)
    kept = law.evidence is Evidence.PROVED and not factor.has(variable)
    return replace(law, law=branches, source=source, evidence=law.evidence if kept else Evidence.CHECKED)


def _narrowed(branch: LawBranch, law: Law, name: str) -> LawBranch:
    """Basri's symbolic factor holds for d >= 2."""
    if name != "basri" or law.dim is not None:
        return branch
    ranges = tuple(Range("d", max(2, w.least), w.most) if w.name == "d" else w for w in branch.ranges)
    return replace(branch, ranges=ranges)


def _branch(branch: LawBranch, factor: sp.Expr, variable: sp.Symbol, orders: int) -> LawBranch:
    if branch.leading == 0:
        return branch
    if not factor.has(variable):
        return replace(
            branch, certificate=None, leading=factor * branch.leading, terms=_scaled(branch.terms, factor),
            constant=None if branch.constant is None else tidy(factor * branch.constant),
        )  # fmt: skip
    term = single_term(factor)
    order = growth(term, variable)
    if branch.exponent is None or not order.is_power():
        return LawBranch(branch.ranges, None, None, factor * branch.leading, (), None, None)
    factors = expansion(term, variable, order, orders)
    total: dict[sp.Expr, sp.Expr] = {}
    for p, c in branch.terms:
        for q, f in factors:
            power = sp.expand(p + q)
            total[power] = total.get(power, sp.Integer(0)) + c * f
    lead = sp.expand(branch.exponent + order.exponent)
    kept = {p: sp.factor_terms(sp.expand(c)) for p, c in total.items() if lead - p < orders}
    terms = tuple((p, kept[p]) for p in sorted(kept, key=lambda p: lead - p) if kept[p] != 0)
    return LawBranch(branch.ranges, lead, terms[0][1], terms[0][1] * variable**lead, terms, None, None)


def _scaled(terms: tuple[tuple[sp.Expr, sp.Expr], ...], factor: sp.Expr) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    return tuple((p, tidy(factor * c)) for p, c in terms)
