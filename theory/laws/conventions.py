"""Laws in other people's normalisations, both ways: theirs = factor(d, k) * mu_k, as `theory.spectra.conventions`.

A factor without the growing variable multiplies constants and remainders and leaves quotients, their
bounds and the evidence alone. A factor that grows like a power multiplies the expansions; proofs and
remainders are not carried over. omega_d as d -> oo is no power: then the leading term alone is left,
exact in d.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.laws.law import Law, LawBranch
from theory.laws.rational_sums import Certificate, outward
from theory.numbers.balls import ball, working_precision
from theory.numbers.truth import Evidence
from theory.spectra.conventions import OURS, convention
from theory.symbolic.asymptotic_series import expansion, tidy
from theory.symbolic.constants import constant_ball
from theory.symbolic.growth import growth
from theory.symbolic.hypergeometric import single_term
from theory.symbolic.objects import Range, d, grammar_text, k

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
    """The law of what `name` prints. Raises ValueError for a law that is not of this project's mu_k.

    >>> from theory.laws.decay import decay
    >>> from theory.kernels import NTK
    >>> law_to_convention(decay(NTK(depth=2), "k", dim=2), "yu").law[0].constant
    4
    """
    return replace(_times(law, symbolic_factor(name, law.dim, law.degree), name, OURS), convention=name)


def law_from_convention(law: Law, name: str) -> Law:
    """Our law behind the law of what `name` prints; the inverse of law_to_convention, with the same errors."""
    return replace(_times(law, 1 / symbolic_factor(name, law.dim, law.degree), name, name), convention=OURS)


def conversion(law: Law) -> tuple[str, bool]:
    """(what a law's convention multiplies our mu_k by, "" for nothing; whether that varies with the variable).

    >>> from theory.laws.decay import decay
    >>> from theory.kernels import NTK
    >>> conversion(law_to_convention(decay(NTK(depth=2), "k", dim=2), "yu"))
    ('4*pi', False)
    """
    factor = symbolic_factor(law.convention, law.dim, law.degree)
    return "" if factor == 1 else grammar_text(factor), factor.has(k if law.variable == "k" else d)


def _times(law: Law, factor: sp.Expr, name: str, needed: str) -> Law:
    if law.convention != needed:
        raise ValueError(f"a law in convention {needed} is needed, got one in convention {law.convention}")
    if factor == 1:
        return law
    variable = k if law.variable == "k" else d
    branches = tuple(_branch(_narrowed(b, law, name), factor, variable, law.orders) for b in law.law)
    return replace(law, law=branches, evidence=Evidence.CHECKED if factor.has(variable) else law.evidence)


def _narrowed(branch: LawBranch, law: Law, name: str) -> LawBranch:
    """Basri's symbolic factor holds for d >= 2."""
    if name != "basri" or law.dim is not None:
        return branch
    dims = branch.ranges.find("d")
    ranges = branch.ranges if dims is None else branch.ranges.replaced(Range("d", max(2, dims.least), dims.most))
    return replace(branch, ranges=ranges)


def _branch(branch: LawBranch, factor: sp.Expr, variable: sp.Symbol, orders: int) -> LawBranch:
    if branch.leading == 0:
        return branch
    if not factor.has(variable):
        return replace(
            branch,
            certificate=_larger(branch.certificate, factor),
            leading=factor * branch.leading,
            terms=_scaled(branch.terms, factor),
            constant=None if branch.constant is None else tidy(factor * branch.constant),
        )
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


def _larger(found: Certificate | None, factor: sp.Expr) -> Certificate | None:
    """The same quotients, and a remainder that is `factor` times as large, rounded up."""
    if found is None:
        return None
    with working_precision(20):
        return replace(found, constant=outward(ball(found.constant) * constant_ball(factor), 1))


def _scaled(terms: tuple[tuple[sp.Expr, sp.Expr], ...], factor: sp.Expr) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    return tuple((p, tidy(factor * c)) for p, c in terms)
