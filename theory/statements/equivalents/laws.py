"""The leading terms of mu_k, a_k and b_n as a variable of a statement grows, from the laws of the kernel."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import inf

import sympy as sp

from theory.derivations.by_signs import dimension_proof
from theory.expansions.admissible import Inadmissible, check_admissible
from theory.expansions.at_ends import expansion_at
from theory.expansions.coefficient_signs import nonnegative_from
from theory.kernels import Kernel
from theory.kernels.depth_families import DepthFamily, kappa_at_one, shallowest
from theory.kernels.parity import degree_bounds
from theory.language.formulas import function_of
from theory.language.statement import Statement
from theory.laws.certified import certified
from theory.laws.coefficients import coefficient_law, positive_from
from theory.laws.decay import decay
from theory.laws.end_terms import Terms
from theory.laws.kink import without_sign
from theory.laws.law import Law, LawBranch
from theory.laws.ranked import ranked_law
from theory.numbers.truth import Evidence, Unable
from theory.proofs.steps import Proof
from theory.spectra.closed_coefficients import maclaurin
from theory.statements.equivalents.expanded import Expanded, moved
from theory.statements.equivalents.used import Equivalent, Used
from theory.statements.given import kernel_spoken_of, limit_of
from theory.statements.meaning import expression_at
from theory.statements.outcome import NotSymbolic
from theory.statements.parities import parity_of
from theory.symbolic.expressions import Call, Name
from theory.symbolic.objects import INTEGER_SYMBOLS, d, grammar_text, i, k, n
from theory.symbolic.ranges import Ranges

MOST_TERMS = 8  # of a law that is asked for more orders
TRANSFER_SOURCE = "exact expansions at t = 1 and -1; remainder by Flajolet and Odlyzko 1990, theorem 1"
POSITIVE_SOURCE = "every b_n of the class is positive; mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k]"
PROVED_SERIES = "the first term of mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k], proved"


@dataclass(frozen=True, slots=True)
class Laws:
    """What functions of the kernel are ~ to on one part of the ranges."""

    statement: Statement
    ranges: Ranges
    used: Used

    @property
    def variable(self) -> sp.Symbol:
        return INTEGER_SYMBOLS[limit_of(self.statement)[0]]

    def equivalent(self, node: Call) -> Equivalent:
        """What mu, a, b or kappa(1) is ~ to, the laws noted in `used`."""
        kernel, name = kernel_spoken_of(self.statement, node), function_of(node)
        assert kernel is not None
        with self.used.of(node.name.rpartition(".")[0]):
            return self._of_kernel(kernel, name, node)

    def _of_kernel(self, kernel: Kernel | DepthFamily, name: str | None, node: Call) -> Equivalent:
        if name == "kappa":
            at_one = kappa_at_one(kernel) if expression_at(node.args[0], None, self.ranges) == 1 else None
            if at_one is None:
                raise NotSymbolic("kappa(t) at a point other than t = 1 has no exact value here")
            return Equivalent(at_one, True)
        index = expression_at(node.args[0], None, self.ranges)
        if name == "b":
            return self._coefficient(kernel, index)
        if name == "lambda":
            return self._ranked(kernel, index)
        dim = expression_at(node.args[1] if len(node.args) == 2 else Name("d"), None, self.ranges)
        value = self._eigenvalue(kernel, index, dim)
        if name == "mu" or value.exact:
            return value
        return Equivalent(value.expression * (2 * index + dim - 1) / (dim - 1), False)

    def expansion(self, node: Call, orders: int) -> Expanded:
        """mu_K as k -> oo with so many orders, K = c k + integer, for each fixed dimension."""
        kernel = kernel_spoken_of(self.statement, node)
        if function_of(node) != "mu" or not isinstance(kernel, Kernel) or self.variable != k:
            raise NotSymbolic("the leading terms cancel, and no further ones are known")
        index = expression_at(node.args[0], None, self.ranges)
        dim = expression_at(node.args[1] if len(node.args) == 2 else Name("d"), None, self.ranges)
        _check_moving(index, k)
        if k in dim.free_symbols:
            raise NotSymbolic("degree and dimension move at once")
        law, branch, known = _degree_terms(kernel, int(dim) if dim.is_Integer else None, orders, self._parity(index))
        with self.used.of(node.name.rpartition(".")[0]):
            told = " + ".join(grammar_text(c * k**p) for p, c in branch.terms)
            self.used.note(f"mu(k) ~ {told} for {('even', 'odd')[self._parity(index)]} k", _unreplayed(law), law.source)
        slope = sp.expand(index).coeff(k)
        put = {d: dim}
        terms = [(sp.expand(p.subs(put)), c.subs(put)) for p, c in branch.terms]
        return moved(terms, int(slope), int(index - slope * k), known)

    def _eigenvalue(self, kernel: Kernel | DepthFamily, index: sp.Expr, dim: sp.Expr) -> Equivalent:
        if self.variable == k or self.variable == n:
            _check_moving(index, self.variable)
            if self.variable in dim.free_symbols:
                raise NotSymbolic("degree and dimension move at once")
            return self._as_degree_grows(kernel, index, dim)
        if self.variable != d or dim != d or d in index.free_symbols:
            raise NotSymbolic("as d -> oo the dimension must be d, the degree fixed")
        if nonnegative_from(shallowest(kernel)) != 0:
            raise NotSymbolic(f"the coefficients b_n of {kernel!r} are not certainly >= 0")
        if index.is_Integer and not isinstance(kernel, DepthFamily):
            return self._fixed_degree(kernel, int(index))
        return self._any_degree(kernel, index)

    def _as_degree_grows(self, kernel: Kernel | DepthFamily, index: sp.Expr, dim: sp.Expr) -> Equivalent:
        if not isinstance(kernel, DepthFamily):
            try:
                check_admissible(kernel, self._least_dim(dim))
            except Inadmissible as error:
                raise NotSymbolic(str(error)) from None
        parity = self._parity(index)
        last = _last_degree(kernel, parity)
        if last < inf:
            return self._zero_above(last, index)
        leading, evidence, source, proof = _degree_leading(kernel, int(dim) if dim.is_Integer else None)[parity]
        if leading == 0:
            raise NotSymbolic("every term of the law vanishes for this parity")
        law = f"mu(k) ~ {grammar_text(leading)} for {('even', 'odd')[parity]} k"
        self.used.note(law, evidence, source, proof if index == k else None)
        size = without_sign(leading)
        self.used.signs_change |= size != leading
        moved = size.subs({k: index, d: dim}, simultaneous=True)
        return Equivalent(self.used.hypergeometric(moved), False)

    def _ranked(self, kernel: Kernel | DepthFamily, index: sp.Expr) -> Equivalent:
        """lambda_i of one kernel, from the law of mu_k."""
        if isinstance(kernel, DepthFamily):
            raise NotSymbolic("lambda(i) of a kernel with a depth that is free")
        _check_moving(index, i)
        dims = self.ranges.named("d")
        try:
            law = ranked_law(kernel, dims.least if dims.is_single else None)
        except (Unable, Inadmissible) as error:
            raise NotSymbolic(f"no law of lambda(i) as i -> oo: {error}") from None
        self.used.note(f"lambda(i) ~ {grammar_text(law.leading)}", law.evidence, law.source)
        constant = law.constant
        if law.dim is None:  # a power of a sum of powers, of which is needed that it is positive
            if self.statement.relation == "~":
                raise NotSymbolic("the constant of lambda(i) for every d at once; allowed: d = 2, say")
            constant = sp.exp(sp.Symbol("log(c(d))", real=True))
        return Equivalent(self.used.hypergeometric(constant * index**law.exponent), False)

    def _least_dim(self, dim: sp.Expr) -> int:
        """The least dimension of the ranges: a kernel that is not integrable there has no mu."""
        ends = [
            {INTEGER_SYMBOLS[w.name]: end for w in self.ranges if (end := w.most if last else w.least) is not None}
            for last in (False, True)
        ]
        values = [dim.subs(at) for at in ends]
        return max(1, min((int(value) for value in values if value.is_Integer), default=1))

    def _zero_above(self, last: float, index: sp.Expr) -> Equivalent:
        """0 for every index above `last`, and so from some value of the limit variable on."""
        slope = sp.expand(index).coeff(self.variable)
        shift = sp.expand(index - slope * self.variable)
        self.used.least = max(self.used.least, int(sp.floor((last - shift) / slope)) + 1)
        return Equivalent(sp.Integer(0), True)

    def _fixed_degree(self, kernel: Kernel, degree: int) -> Equivalent:
        if degree < 0:
            raise NotSymbolic(f"mu({degree}) is undefined")
        if degree > degree_bounds(kernel)[degree % 2]:
            return Equivalent(sp.Integer(0), True)
        leading, evidence, source = _dimension_leading(kernel, degree)
        if leading == 0:
            raise NotSymbolic("every term of the law vanishes")
        proof = dimension_proof(kernel, sp.Integer(degree), self.ranges)
        self.used.note(f"mu({degree}) ~ {grammar_text(leading)}", evidence, PROVED_SERIES if proof else source, proof)
        return Equivalent(self.used.hypergeometric(leading), False)

    def _any_degree(self, kernel: Kernel | DepthFamily, index: sp.Expr) -> Equivalent:
        """mu_k ~ k! b_k d^(-k) with b_k > 0, which needs no value."""
        self._check_positive(kernel, index)
        proof = dimension_proof(kernel, index, self.ranges)
        self.used.note(
            "mu(k) ~ Gamma(k+1)*b(k)*d**(-k)", Evidence.CHECKED, PROVED_SERIES if proof else POSITIVE_SOURCE, proof
        )
        return Equivalent(sp.gamma(index + 1) * self._named_coefficient(kernel, index) * d ** (-index), False)

    def _named_coefficient(self, kernel: Kernel | DepthFamily, index: sp.Expr) -> sp.Expr:
        """b_k > 0 in closed form, else as exp(log b_k), whose value is not needed."""
        piece, parity = maclaurin(kernel), self._parity(index)
        least = index.subs({INTEGER_SYMBOLS[w.name]: w.least for w in self.ranges})
        if piece is not None and least >= piece.start[parity]:
            return piece.generic[parity].subs(n, index)
        return sp.exp(sp.Symbol(f"log(b({index}))", real=True))

    def _check_positive(self, kernel: Kernel | DepthFamily, index: sp.Expr) -> None:
        parity = self._parity(index)
        start = positive_from(shallowest(kernel))[parity]
        least = index.subs({INTEGER_SYMBOLS[w.name]: w.least for w in self.ranges})
        slopes = [sp.expand(index).coeff(s) for s in index.free_symbols]
        if start is None or not all(s.is_positive for s in slopes) or least < start:
            raise NotSymbolic(f"it is not known that every b_n of {kernel!r} is positive")

    def _coefficient(self, kernel: Kernel | DepthFamily, index: sp.Expr) -> Equivalent:
        if index.is_Integer:
            if index < 0:
                raise NotSymbolic(f"b({index}) is undefined")
            if isinstance(kernel, DepthFamily):  # no value for every L is known, but its sign may be
                self._check_positive(kernel, index)
                return Equivalent(self._named_coefficient(kernel, index), False)
            value = expansion_at(kernel, 0, int(index) + 1).coefficient(Fraction(int(index)))
            return Equivalent(self.used.hypergeometric(value), True)
        if self.variable not in index.free_symbols:
            self._check_positive(kernel, index)
            return Equivalent(self._named_coefficient(kernel, index), False)
        _check_moving(index, self.variable)
        parity = self._parity(index)
        last = _last_degree(kernel, parity)
        if last < inf:
            return self._zero_above(last, index)
        leading = coefficient_law(kernel)[parity]
        if leading == 0:
            raise NotSymbolic("every term of the law vanishes for this parity")
        law = f"b(n) ~ {grammar_text(leading)} for {('even', 'odd')[parity]} n"
        self.used.note(law, Evidence.CHECKED, TRANSFER_SOURCE)
        return Equivalent(self.used.hypergeometric(leading.subs(n, index)), False)

    def _parity(self, index: sp.Expr) -> int:
        return parity_of(index, self.ranges.parities)


def _last_degree(kernel: Kernel | DepthFamily, parity: int) -> float:
    """The degree beyond which all mu_k and b_k of a parity are 0; of all depths at once there is none."""
    return inf if isinstance(kernel, DepthFamily) else degree_bounds(kernel)[parity]


def known_orders(terms: Terms, count: int) -> Fraction:
    """The e for which the rest of a law with so many terms is o(v^(p_0 - e)).

    It has all powers less than `count` below the first; where these are more than `count`, none below the last one.

    >>> known_orders(((sp.Integer(-3), sp.S.One), (sp.Rational(-7, 2), sp.S.One)), 2)
    Fraction(1, 2)
    """
    below = sp.expand(terms[0][0] - terms[-1][0]) if len(terms) == count else sp.Integer(count - 1)
    return min(Fraction(count - 1), Fraction(int(below.p), int(below.q)))


def _check_moving(index: sp.Expr, variable: sp.Symbol) -> None:
    """The index must grow with the limit variable alone: c*v + integer, c > 0."""
    slope = sp.expand(index).coeff(variable)
    rest = sp.expand(index - slope * variable)
    if not (slope.is_Integer and slope > 0 and rest.is_Integer):
        raise NotSymbolic(f"the index {index} is not of the form c*{variable} + integer")


@lru_cache(maxsize=64)
def _degree_leading(
    kernel: Kernel | DepthFamily, dim: int | None
) -> tuple[tuple[sp.Expr, Evidence, str, Proof | None], ...]:
    """The leading terms of mu_k for even and odd k, with evidence, source and proof."""
    if isinstance(kernel, DepthFamily) and kernel.least_depth < 3:
        raise NotSymbolic("mu(k) of depth 1 and 2 has other laws than that of greater depth")
    try:
        law = certified(decay(kernel, "k", dim))
    except (Unable, Inadmissible) as error:
        raise NotSymbolic(f"no law of mu(k) as k -> oo: {error}") from None
    found = {}
    for branch in law.law:
        where = branch.ranges.named("k")
        proof = branch.proof if branch.proof is not None and branch.proof.conclusion.rule == "end-law" else None
        for parity in (0, 1) if where.parity is None else (where.parity,):
            found[parity] = (branch.leading, _unreplayed(law, branch), law.source, proof)
    return found[0], found[1]


def _unreplayed(law: Law, branch: LawBranch | None = None) -> Evidence:
    """The evidence of what is made of a law without a replayed step: at most that of its remainder."""
    if law.evidence is not Evidence.PROVED:
        return law.evidence
    return Evidence.CERTIFIED if branch is not None and branch.certificate is not None else Evidence.CHECKED


@lru_cache(maxsize=256)
def _dimension_leading(kernel: Kernel, degree: int) -> tuple[sp.Expr, Evidence, str]:
    try:
        law = certified(decay(kernel, "d", degree=degree))
    except (Unable, Inadmissible) as error:
        raise NotSymbolic(f"no law of mu({degree}) as d -> oo: {error}") from None
    return law.law[0].leading, _unreplayed(law), law.source


@lru_cache(maxsize=64)
def _degree_terms(kernel: Kernel, dim: int | None, orders: int, parity: int) -> tuple[Law, LawBranch, Fraction]:
    """The law of mu_k, its branch for k of a parity, and the e up to orders - 1 for which the rest is o(k^(p_0 - e)).

    A law keeps so many terms, not so many orders: with powers closer than 1 it is asked for more.
    """
    for count in range(orders, MOST_TERMS + 1):
        try:
            law = decay(kernel, "k", dim, terms=count)
        except (Unable, Inadmissible) as error:
            raise NotSymbolic(f"no law of mu(k) as k -> oo: {error}") from None
        branch = _branch(law, parity)
        known = known_orders(branch.terms, count)
        if known >= orders - 1 or count == MOST_TERMS:
            break
    return law, branch, min(known, Fraction(orders - 1))


def _branch(law: Law, parity: int) -> LawBranch:
    """That of all large k of a parity. NotSymbolic where its terms are not known, or are of |mu_k| alone."""
    for branch in law.law:
        where = branch.ranges.named("k")
        if where.most is None and where.parity in (None, parity) and branch.terms:
            if without_sign(branch.leading) == branch.leading:
                return branch
    raise NotSymbolic("the leading terms cancel, and no further ones are known")
