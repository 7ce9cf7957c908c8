"""Laws of decay: how mu_k falls as k -> oo or as d -> oo.

    mu_k = C v^p (1 + c_1/v + c_2/v^2 + ...),   v = k or d, the other one fixed or symbolic,

with C and p proved from the closed form where there is one, and two-sided bounds for all v from some
v_0 on wherever the quotient mu_k / (C v^p) can be proved monotone (`theory.derivations.monotone_bounds`); else read off
the expansions of the kernel at t = 1, -1 and 0 (`theory.laws.end_terms`). As k -> oo that is done where the
kernel is certainly analytic on (-1, 1) (`theory.expansions.analytic_inside`), for every d for which it is integrable on S^d.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import sympy as sp

from theory.derivations.by_signs import coefficient, dimension_proof, series_proof
from theory.derivations.derived_spectrum import derived_spectrum
from theory.derivations.monotone_bounds import Bound, NoBounds, bound
from theory.derivations.one_hidden_layer import NotDerived, derive
from theory.expansions.admissible import check_admissible, least_dim
from theory.expansions.analytic_inside import NotAnalyticInside, check_inside
from theory.expansions.end_bounds import certainly_integrable
from theory.kernels import Kernel, written_out
from theory.kernels.depth_families import DepthFamily
from theory.kernels.parity import polynomial_part, vanishes
from theory.language.families import as_kernel_or_family
from theory.laws.end_terms import ORDERS, Terms, degree_law, dimension_law
from theory.laws.every_depth import depth_law
from theory.laws.kink import SOURCE as KINK_SOURCE
from theory.laws.kink import kink_law
from theory.laws.law import Law, LawBranch
from theory.laws.proved_ends import with_end_proofs
from theory.laws.smooth import NoLaw, smooth_law, source_of
from theory.numbers.truth import Evidence, Unable
from theory.proofs.check import check, extended
from theory.proofs.steps import Proof, Refused, Step, covers
from theory.spectra.sphere import check_degree, check_dim
from theory.spectra.symbolic_forms import Branch, NoClosedForm, branches
from theory.symbolic.asymptotic_series import expansion, tidy
from theory.symbolic.constants import told_apart
from theory.symbolic.growth import growth
from theory.symbolic.hypergeometric import NotHypergeometric, single_term
from theory.symbolic.objects import Maclaurin, Mu, Range, d, equal, grammar_text, k
from theory.symbolic.ranges import Ranges, inside

MAX_TERMS = 12
MOST_KEPT = 128  # laws that are kept: many statements ask for the same one
STARTS = (1, 3, 7, 15, 31, 63)
CLOSED_SOURCE = "closed form"
END_SOURCE = "exact expansions at t = 1 and -1 (Bietti and Bach 2021, theorem 7)"
PROVED_SIGNS = "the first term of mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k], by the signs of the coefficients"
SERIES_SOURCE = "exact power series at t = 0; mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k]"


def decay(
    kernel: Kernel | DepthFamily | str, as_: str, dim: int | None = None, degree: int | None = None, terms: int = 1
) -> Law:
    """The law of mu_k as k -> oo (as_ = "k", d = dim or symbolic) or d -> oo (k = degree or symbolic).

    Of a `DepthFamily` for every L (`theory.laws.every_depth`). As d -> oo without a degree, the kernel without a
    closed form: mu_k ~ k! b_k d^(-k) of the degrees with b_k > 0.

    >>> from theory.kernels import NTK
    >>> law = decay(NTK(depth=2), "k", dim=2)
    >>> [(b.parity, b.exponent, b.constant) for b in law.law]
    [('even', -3, 1/pi), ('odd', None, 0)]
    """
    if as_ not in ("k", "d"):
        raise ValueError(f"as must be k or d, got {as_!r}")
    if as_ == "k" and degree is not None or as_ == "d" and dim is not None:
        raise ValueError("give dim with as k, degree with as d: the other one tends to infinity")
    if not isinstance(terms, int) or not 1 <= terms <= MAX_TERMS:
        raise ValueError(f"terms must be an integer from 1 to {MAX_TERMS}, got {terms!r}")
    if dim is not None and not isinstance(check_dim(dim), int):
        raise ValueError(f"dim must be an integer for a law, got {dim}")
    if degree is not None:
        check_degree(degree)
    kernel = as_kernel_or_family(kernel)
    if isinstance(kernel, DepthFamily):
        return depth_law(kernel, dim, terms) if as_ == "k" else _of_every_degree(kernel, terms, degree)
    check_admissible(kernel, dim)
    if not certainly_integrable(kernel, dim or least_dim(kernel)):
        raise NoLaw(f"no law of {kernel!r}: it is not certain that it is real and integrable")
    try:
        return _from_closed_form(kernel, as_, dim, degree, terms)
    except (NoClosedForm, NotHypergeometric):
        return _told_apart(from_expansions(kernel, as_, dim, degree, terms))


def _told_apart(law: Law) -> Law:
    """The law with a name of its own for each constant, where kernels with towers of constants are summed."""
    names = told_apart(e for branch in law.law for e in (branch.leading, *(c for _, c in branch.terms)))
    if not names:
        return law
    branches_ = tuple(
        replace(
            b,
            leading=b.leading.xreplace(names),
            terms=tuple((p, c.xreplace(names)) for p, c in b.terms),
            constant=None if b.constant is None else b.constant.xreplace(names),
        )
        for b in law.law
    )
    return replace(law, law=branches_)


@lru_cache(maxsize=MOST_KEPT)
def _from_closed_form(kernel: Kernel, as_: str, dim: int | None, degree: int | None, terms: int) -> Law:
    cases = [case for case in branches(kernel) if _relevant(case, as_, degree)]
    origin = _origin(kernel)
    laws = tuple(_branch_law(case, as_, dim, degree, terms, origin) for case in cases)
    evidence = Evidence.PROVED if origin is not None else Evidence.CHECKED
    return Law(kernel, as_, dim, degree, laws, evidence, CLOSED_SOURCE, terms)


@lru_cache(maxsize=MOST_KEPT)
def from_expansions(kernel: Kernel, as_: str, dim: int | None, degree: int | None, terms: int) -> Law:
    """The law read off the expansions at t = 1 and -1 (as k -> oo) or 0 (as d -> oo).

    Exact coefficients, and a cited theorem that no lower order is missing. The leading term as k -> oo
    is `proved` where both expansions have a proof that the checker replays (`theory.derivations.by_ends`); all
    else is `checked` (`theory.laws.certified` bounds the remainder). Raises ValueError where there is
    no expansion, or where it is not certain that kappa is analytic inside.
    """
    dims = Range("d", least_dim(kernel)) if dim is None else Range("d", dim, dim)
    if as_ == "d":
        if degree is None:
            return _of_every_degree(kernel, terms)
        series = dimension_law(kernel, degree, terms)
        if not series and not vanishes(kernel, degree):
            more = dimension_law(kernel, degree, MAX_TERMS) if terms < MAX_TERMS else ()
            shown = (
                f"the first {(terms if more else MAX_TERMS) + 1} coefficients b_k, b_(k+2), ... of mu_{degree} vanish"
            )
            raise NoLaw(f"{shown}: {'ask for more terms' if more else 'no power of d is known as its law'}")
        return Law(
            kernel,
            as_,
            dim,
            degree,
            (_of_terms(series, Ranges((Range("k", degree, degree), dims)), d),),
            Evidence.CHECKED,
            SERIES_SOURCE,
            terms,
        )
    kinked = _with_a_kink(kernel, dim, terms)
    if kinked is not None:
        return kinked
    smooth = smooth_law(kernel, dim)
    if smooth is not None:
        found = tuple(
            LawBranch(Ranges((Range("k", least, None, parity), dims)), None, None, leading, (), None, None)
            for parity, (leading, least) in enumerate(smooth)
        )
        return Law(kernel, as_, dim, degree, found, Evidence.CHECKED, source_of(kernel, smooth))
    laws = degree_law(kernel, dim, terms)
    found = tuple(
        _of_terms(series, Ranges((Range("k", 0, None, parity), dims)), k) if series else _zero(kernel, parity, dims)
        for parity, series in enumerate(laws)
    )
    return with_end_proofs(Law(kernel, as_, dim, degree, found, Evidence.CHECKED, END_SOURCE, terms))


def _with_a_kink(kernel: Kernel, dim: int | None, terms: int) -> Law | None:
    """The law of a kernel with a kink at t = 0; None where kappa is analytic inside. Raises NotAnalyticInside."""
    try:
        check_inside(kernel)
    except NotAnalyticInside:
        found = kink_law(kernel, dim) if terms == 1 else None
        if found is None or dim is None:
            raise
    else:
        return None
    law = tuple(
        LawBranch(Ranges((Range("k", parity, None, parity), Range("d", dim, dim))), None, None, leading, (), None, None)
        for parity, leading in enumerate(found)
    )
    return Law(kernel, "k", dim, None, law, Evidence.CHECKED, KINK_SOURCE)


def _of_every_degree(kernel: Kernel | DepthFamily, terms: int, degree: int | None = None) -> Law:
    """mu_k ~ k! b_k d^(-k) as d -> oo, of the degrees (or the one) with b_k > 0 by the signs of the coefficients."""
    if terms > 1:
        raise NoLaw(f"terms must be 1 with symbolic degree or depth: of {kernel!r} the leading term alone is known")
    asked = Range("n", 0) if degree is None else Range("n", degree, degree)
    found: dict[Range, LawBranch] = {}
    # Small depths are exceptional.
    members: list[Kernel | DepthFamily]
    if isinstance(kernel, DepthFamily):
        members = list(dict.fromkeys(map(kernel.from_depth, (1, 2, 3))))
    else:
        members = [written_out(kernel)]
    for member in members:
        proof = series_proof(member)
        for step in proof.steps if proof is not None else ():
            where = step.ranges[0] if degree is None or not inside(asked, step.ranges[0]) else asked
            if (
                step.left == coefficient(member)
                and isinstance(step.statement, sp.StrictGreaterThan)
                and inside(where, asked)
            ):
                found.setdefault(where, _in_high_dimension(member, where))
    if not found:
        which = (
            "degree is needed: it is not known which coefficients b_k"
            if degree is None
            else f"no law is known: whether b_{degree}"
        )
        raise NoLaw(f"{which} of {kernel!r} {'are' if degree is None else 'is'} positive")
    return Law(kernel, "d", None, degree, tuple(found.values()), Evidence.PROVED, PROVED_SIGNS)


def _in_high_dimension(kernel: Kernel | DepthFamily, where: Range) -> LawBranch:
    depths = (kernel.depth_range,) if isinstance(kernel, DepthFamily) else ()
    ranges = Ranges((replace(where, name="k"), Range("d", 1), *depths))
    index = k if where.most is None else sp.Integer(where.least)
    factor = sp.gamma(index + 1) * Maclaurin(coefficient(kernel).args[0], index)
    proof = dimension_proof(kernel, index, ranges)
    return LawBranch(ranges, -index, factor, factor * d**-index, ((-index, factor),), None, proof)


def law_derivation(kernel: Kernel | DepthFamily) -> Proof:
    """The replayed proof of the leading laws of mu_k as k -> oo for even and odd k and every d, from the
    expansions at t = 1 and -1. Raises ValueError where the law has no such proof.

    >>> from theory.kernels import Laplace
    >>> [step.name for step in law_derivation(Laplace(1)).steps]
    ['radial-end', 'radial-lower', 'law-even', 'law-odd']
    """
    found = [(branch.parity, branch.proof) for branch in decay(kernel, "k").law]
    laws = [(parity, proof) for parity, proof in found if proof and proof.conclusion.rule == "end-law"]
    if not laws:
        raise NotDerived(f"no proof of a law of {kernel!r} from its ends")
    first = laws[0][1]
    steps = [replace(proof.conclusion, name=f"law-{parity}") for parity, proof in laws]
    return extended(Proof(first.title, first.steps[:-1], first.theorems), *steps)


def derivation_or_law(kernel: Kernel | DepthFamily | str) -> Proof:
    """The derivation of a kernel's eigenvalues, of kernels without one that of their law as k -> oo.

    Raises ValueError where there is neither.

    >>> derivation_or_law("NTK(depth=2)").conclusion.name
    'gegenbauer'
    """
    kernel = as_kernel_or_family(kernel)
    if isinstance(kernel, DepthFamily):
        return law_derivation(kernel)
    try:
        return derive(kernel)
    except Unable as none:
        try:
            return law_derivation(kernel)
        except Unable:
            raise none from None


def _zero(kernel: Kernel, parity: int, dims: Range) -> LawBranch:
    """mu_k = 0 beyond the degree of the kernel's part of that parity."""
    top = polynomial_part(kernel, parity)
    if top is None:
        name = ("even", "odd")[parity]
        cancel = f"its terms at t = 1 and -1 cancel up to order {ORDERS[-1]}"
        raise NoLaw(f"no law for {name} k: {cancel}, and whether mu_k = 0 is not known")
    least = max(top + 1, parity)
    later = Range("k", least + (least + parity) % 2, None, parity)
    return LawBranch(Ranges((later, dims)), None, sp.Integer(0), sp.Integer(0), (), None, None)


def _of_terms(series: Terms, ranges: Ranges, variable: sp.Symbol) -> LawBranch:
    if not series:
        return LawBranch(ranges, None, sp.Integer(0), sp.Integer(0), (), None, None)
    exponent, constant = series[0]
    return LawBranch(ranges, exponent, constant, constant * variable**exponent, series, None, None)


def _origin(kernel: Kernel) -> Proof | None:
    """The derivation of the closed form, replayed; None where the closed form has no derivation."""
    try:
        return derived_spectrum(kernel)
    except NotDerived:
        return None


def _relevant(case: Branch, as_: str, degree: int | None) -> bool:
    where = case.degrees
    if degree is not None:
        after = degree >= where.least and (where.most is None or degree <= where.most)
        return after and (where.parity is None or degree % 2 == where.parity)
    return as_ == "d" or where.most is None  # one degree has no limit k -> oo


def _branch_law(
    case: Branch, as_: str, dim: int | None, degree: int | None, terms: int, origin: Proof | None
) -> LawBranch:
    where = case.degrees if degree is None else Range("k", degree, degree)
    dims = Range("d", 1) if dim is None else Range("d", dim, dim)
    fixed = {symbol: w.least for symbol, w in ((k, where), (d, dims)) if w.most == w.least}
    expression, ranges = case.expression.subs(fixed), Ranges((where, dims))
    if expression == 0:
        return LawBranch(ranges, None, sp.Integer(0), sp.Integer(0), (), None, origin)
    variable = k if as_ == "k" else d
    term = single_term(expression)
    leading = growth(term, variable)
    if not leading.is_power():
        raise NoLaw(f"mu_k of this kernel does not follow a power of {variable}")
    constant = tidy(leading.constant)
    quotient = single_term(expression / (constant * variable**leading.exponent)).expression()
    limit = Step("law", equal(sp.Limit(quotient, variable, sp.oo), 1), "limit", ranges=ranges)
    sides = _two_sided(quotient, variable, ranges)
    leading_term = constant * variable**leading.exponent
    title = f"mu_k ~ {grammar_text(constant)} * {variable}**({grammar_text(leading.exponent)})"
    steps = (_quotient_step(origin, leading_term, quotient, ranges), limit) if origin else (limit,)
    proof = extended(origin or Proof(title, ()), *steps, title=title)
    series = expansion(term, variable, leading, terms)
    return LawBranch(ranges, leading.exponent, constant, leading_term, series, sides, proof)


def _quotient_step(origin: Proof, leading: sp.Expr, quotient: sp.Expr, ranges: Ranges) -> Step:
    """mu_k / leading = quotient, from the derived eigenvalues; at k = 0 a power of k has no quotient."""
    name = origin.conclusion.left.args[0]
    where = ranges.named("k")
    degree = sp.Integer(where.least) if where.most == where.least else k
    later = ranges
    if leading.has(k):
        later = ranges.replaced(Range("k", max(where.least, 1), where.most, where.parity))
    known = [
        s.name
        for s in origin.steps
        if s.left in (Mu(name, k), Mu(name, degree))
        and not s.right.has(sp.Sum)
        and s.statement.is_Equality
        and covers(s, later)
        and not s.right.has(Mu)
    ]
    if not known:
        raise NotDerived(f"the derivation says nothing about mu for {later.text}")
    return Step(
        "quotient", equal(Mu(name, degree) / leading, quotient), "gamma-algebra", uses=(known[0],), ranges=later
    )


def _two_sided(term: sp.Expr, variable: sp.Symbol, ranges: Ranges) -> tuple[Bound, Bound] | None:
    """Bounds of the quotient from the first start in STARTS on that allows a proof."""
    if len(term.free_symbols) > 1:
        return None  # a start v_0 would depend on the other variable
    for start in STARTS:
        where = ranges.named(variable.name)
        later = ranges.replaced(Range(where.name, max(where.least, start), None, where.parity))
        try:
            return _proved_bound(term, later, -1), _proved_bound(term, later, 1)
        except (NoBounds, Refused):
            continue
    return None


def _proved_bound(term: sp.Expr, ranges: Ranges, side: int) -> Bound:
    """A bound whose steps the checker has replayed."""
    found = bound(term, ranges, side)
    check(Proof(f"Bound of {term}", found.steps))
    return found
