"""Laws of decay: how mu_k falls as k -> oo or as d -> oo.

    mu_k = C v^p (1 + c_1/v + c_2/v^2 + ...),   v = k or d, the other one fixed or symbolic,

with C and p proved from the closed form, and two-sided bounds for all v from some v_0 on wherever
the quotient mu_k / (C v^p) can be proved monotone (`theory.ladder`).
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.formal import Mu, Range, d, equal, grammar_text, k
from theory.hypergeometric import Growth, Term, growth, single_term
from theory.kernels import Kernel
from theory.ladder import Bound, NoBounds, bound
from theory.link import NotDerived, derived_spectrum
from theory.proof import Proof, Refused, Step, check, covers
from theory.sphere import check_degree, check_dim
from theory.symbolic import Branch, branches
from theory.truth import Evidence

MAX_TERMS = 12
STARTS = (1, 3, 7, 15, 31, 63)


@dataclass(frozen=True, slots=True)
class LawBranch:
    """mu_k ~ constant * v^exponent on one class of degrees; exponent None where mu_k = 0.

    `terms` are (power, coefficient) of the whole expansion, the leading term first. `bounds` are
    sharp bounds of mu_k / (constant v^exponent) from `bounds_from` on, each with its proof.
    """

    ranges: tuple[Range, ...]
    exponent: sp.Expr | None
    constant: sp.Expr
    terms: tuple[tuple[sp.Expr, sp.Expr], ...]
    bounds: tuple[Bound, Bound] | None
    proof: Proof | None

    @property
    def bounds_from(self) -> tuple[Range, ...] | None:
        """Where the bounds hold; None if they hold for a quotient that is constant."""
        steps = self.bounds[0].steps if self.bounds else ()
        return steps[-1].ranges if steps else None

    @property
    def parity(self) -> str:
        """"even", "odd", or the single degree, "k = 1"."""
        where = next((w for w in self.ranges if w.name == "k"), None)
        if where is None or where.most is not None:
            return repr(where) if where else "all"
        return ("even", "odd")[where.parity] if where.parity is not None else "all"


@dataclass(frozen=True, slots=True)
class Law:
    """The decay of a kernel's eigenvalues as `variable` -> oo."""

    kernel: Kernel
    variable: str
    dim: int | None
    degree: int | None
    law: tuple[LawBranch, ...]
    evidence: Evidence

    @property
    def valid_from(self) -> int | None:
        """The first value of the variable from which the two-sided bounds hold; None without bounds."""
        nonzero = [branch for branch in self.law if branch.exponent is not None]
        if not nonzero or any(branch.bounds is None for branch in nonzero):
            return None
        starts = [w.least for b in nonzero for w in b.bounds_from or b.ranges if w.name == self.variable]
        return max(starts)


def decay(
    kernel: Kernel, as_: str, dim: int | None = None, degree: int | None = None, terms: int = 1
) -> Law:
    """The law of mu_k as k -> oo (as_ = "k", d = dim or symbolic) or d -> oo (k = degree or symbolic).

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
    origin = _origin(kernel)
    cases = [case for case in branches(kernel) if _relevant(case, as_, degree)]
    laws = tuple(_branch_law(case, as_, dim, degree, terms, origin) for case in cases)
    evidence = Evidence.PROVED if origin is not None else Evidence.CHECKED
    return Law(kernel, as_, dim, degree, laws, evidence)


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
    expression, ranges = case.expression.subs(fixed), (where, dims)
    if expression == 0:
        return LawBranch(ranges, None, sp.Integer(0), (), None, origin)
    variable = k if as_ == "k" else d
    term = single_term(expression)
    leading = growth(term, variable)
    if not leading.is_power():
        raise ValueError(f"mu_k of this kernel does not follow a power of {variable}")
    constant = _tidy(leading.constant)
    quotient = single_term(expression / (constant * variable**leading.exponent)).expression()
    limit = Step("law", equal(sp.Limit(quotient, variable, sp.oo), 1), "limit", ranges=ranges)
    sides = _two_sided(quotient, variable, ranges)
    leading_term = constant * variable**leading.exponent
    steps = (*origin.steps, _quotient_step(origin, leading_term, quotient, ranges), limit) if origin else (limit,)
    proof = Proof(f"mu_k ~ {grammar_text(constant)} * {variable}**({grammar_text(leading.exponent)})", steps)
    check(proof)
    series = expansion(term, variable, leading, terms)
    return LawBranch(ranges, leading.exponent, constant, series, sides, proof)


def _quotient_step(origin: Proof, leading: sp.Expr, quotient: sp.Expr, ranges: tuple[Range, ...]) -> Step:
    """mu_k / leading = quotient, from the derived eigenvalues; at k = 0 a power of k has no quotient."""
    name = origin.conclusion.left.args[0]
    where = next(w for w in ranges if w.name == "k")
    degree = sp.Integer(where.least) if where.most == where.least else k
    later = tuple(
        Range("k", max(w.least, 1), w.most, w.parity) if w.name == "k" and leading.has(k) else w for w in ranges
    )
    known = [s.name for s in origin.steps if s.left in (Mu(name, k), Mu(name, degree)) and not s.right.has(sp.Sum)
             and s.statement.is_Equality and covers(s, later) and not s.right.has(Mu)]
    if not known:
        raise ValueError(f"the derivation says nothing about mu for {', '.join(map(repr, later))}")
    return Step("quotient", equal(Mu(name, degree) / leading, quotient), "gamma-algebra", uses=(known[0],), ranges=later)


def _tidy(constant: sp.Expr) -> sp.Expr:
    """The constant in its normal form, so that equal constants look equal."""
    return sp.powsimp(single_term(constant).expression()) if constant.free_symbols else sp.simplify(constant)


def _two_sided(term: sp.Expr, variable: sp.Symbol, ranges: tuple[Range, ...]) -> tuple[Bound, Bound] | None:
    """Bounds of the quotient from the first start in STARTS on that allows a proof."""
    if len(term.free_symbols) > 1:
        return None  # a start v_0 would depend on the other variable
    for start in STARTS:
        later = tuple(
            Range(w.name, max(w.least, start), None, w.parity) if w.name == variable.name else w for w in ranges
        )
        try:
            return _proved_bound(term, later, -1), _proved_bound(term, later, 1)
        except (NoBounds, Refused):
            continue
    return None


def _proved_bound(term: sp.Expr, ranges: tuple[Range, ...], side: int) -> Bound:
    """A bound whose steps the checker has replayed."""
    found = bound(term, ranges, side)
    if found.steps:
        check(Proof(f"Bound of {term}", found.steps))
    return found


def expansion(
    term: Term, variable: sp.Symbol, leading: Growth, terms: int
) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """The first terms of mu as (power, coefficient): C v^p, C c_1 v^(p-1), ...

    log Gamma(s v + b) contributes (-1)^(m+1) B_{m+1}(b) / (m (m+1) (s v)^m) (DLMF 5.11.8),
    rational functions their own series; exponentiation by the power-series recurrence.
    """
    logs = [sp.Integer(0)] * terms  # logs[m]: coefficient of v^-m in log(mu / leading)
    for argument, power in term.gammas:
        slope = argument.coeff(variable)
        if slope == 0:
            continue
        shift = argument - slope * variable
        for m in range(1, terms):
            bernoulli = sp.bernoulli(m + 1, shift)
            logs[m] += power * (-1) ** (m + 1) * bernoulli / (m * (m + 1) * slope**m)
    for base, power in [*term.powers, (term.coefficient, sp.Integer(1))]:
        if base.has(variable):
            if power.has(variable):
                raise ValueError(f"no expansion of {base}**({power})")
            for m, value in enumerate(_log_series(base, variable, terms)):
                logs[m] += power * value
    coefficients = [sp.Integer(1)]
    for m in range(1, terms):
        total = sum((i * logs[i] * coefficients[m - i] for i in range(1, m + 1)), sp.Integer(0))
        coefficients.append(sp.factor(total / m))
    return tuple(
        (sp.expand(leading.exponent - m), _tidy_term(leading.constant, c)) for m, c in enumerate(coefficients)
    )


def _tidy_term(constant: sp.Expr, coefficient: sp.Expr) -> sp.Expr:
    return sp.Integer(0) if coefficient == 0 else coefficient * _tidy(constant)


def _log_series(base: sp.Expr, variable: sp.Symbol, terms: int) -> list[sp.Expr]:
    """Coefficients of log(base / leading) in 1/v for a rational function."""
    total = [sp.Integer(0)] * terms
    for polynomial, sign in zip(sp.fraction(sp.together(base)), (1, -1), strict=True):
        coefficients = sp.Poly(polynomial, variable).all_coeffs()
        ratios = [c / coefficients[0] for c in coefficients[:terms]]
        ratios += [sp.Integer(0)] * (terms - len(ratios))
        logs = [sp.Integer(0)] * terms
        for m in range(1, terms):
            inner = sum((i * logs[i] * ratios[m - i] for i in range(1, m)), sp.Integer(0))
            logs[m] = sp.cancel(ratios[m] - inner / m)
        total = [a + sign * b for a, b in zip(total, logs, strict=True)]
    return total


def uniform_bounds(kernel: Kernel, order: sp.Expr, ranges: tuple[Range, ...]) -> tuple[Bound, Bound]:
    """Sharp constants c < mu_k/order < C for all k and d in the ranges, with proof.

    >>> from fractions import Fraction
    >>> from theory.kernels import NTK
    >>> ranges = (Range("k", 2, None, 0), Range("d", 1))
    >>> shape = d**d * k**(k - 1) * (k + d)**(-k - d)
    >>> [b.value for b in uniform_bounds(NTK(2, (Fraction(1, 2), 1)), shape, ranges)]
    [E/pi**2, exp(2)/pi]
    """
    parity = next(w.parity for w in ranges if w.name == "k")
    case = next(b for b in branches(kernel) if b.degrees.most is None and b.degrees.parity == parity)
    term = case.expression / order
    return _proved_bound(term, ranges, -1), _proved_bound(term, ranges, 1)


def law_json(law: Law) -> dict[str, object]:
    """The machine-readable form, schema 1."""
    return {
        "schema": 1,
        "kernel": repr(law.kernel),
        "as": law.variable,
        "dim": law.dim,
        "degree": law.degree,
        "law": [_branch_json(branch) for branch in law.law],
        "evidence": str(law.evidence),
        "valid_from": law.valid_from,
    }


def _branch_json(branch: LawBranch) -> dict[str, object]:
    lower, upper = (None, None) if branch.bounds is None else (grammar_text(b.value) for b in branch.bounds)
    return {
        "parity": branch.parity,
        "exponent": None if branch.exponent is None else grammar_text(branch.exponent),
        "constant": grammar_text(branch.constant),
        "terms": [{"exponent": grammar_text(p), "coefficient": grammar_text(c)} for p, c in branch.terms],
        "quotient": {"lower": lower, "upper": upper},
    }


def law_text(law: Law) -> str:
    """The law as lines of plain text."""
    limit = f"{law.variable} -> oo"
    where = f"d = {law.dim}" if law.dim else f"k = {law.degree}" if law.degree is not None else "symbolic"
    lines = [f"{law.kernel!r}, {limit}, {where}; evidence: {law.evidence}"]
    for branch in law.law:
        if branch.exponent is None:
            lines.append(f"  {branch.parity}: mu_k = 0 for {', '.join(map(repr, branch.ranges))}")
            continue
        shown = " + ".join(f"{grammar_text(c)}*{law.variable}**({grammar_text(p)})" for p, c in branch.terms)
        lines.append(f"  {branch.parity}: mu_k ~ {shown}")
        if branch.bounds and branch.bounds_from:
            lower, upper = branch.bounds
            ends = f"{grammar_text(lower.value)} {'<=' if lower.attained else '<'} mu_k/leading"
            ends += f" {'<=' if upper.attained else '<'} {grammar_text(upper.value)}"
            lines.append(f"    {ends} for {', '.join(map(repr, branch.bounds_from))}")
    return "\n".join(lines)


def law_latex(law: Law) -> str:
    """The law as LaTeX display equations."""
    lines = [r"\begin{align*}"]
    for branch in law.law:
        note = rf"\text{{{branch.parity}}}"
        if branch.exponent is None:
            lines.append(rf"  \mu_k &= 0 && {note} \\")
            continue
        shown = " + ".join(rf"{sp.latex(c)}\, {law.variable}^{{{sp.latex(p)}}}" for p, c in branch.terms)
        lines.append(rf"  \mu_k &\sim {shown} && {note} \\")
    return "\n".join([*lines, r"\end{align*}"])

