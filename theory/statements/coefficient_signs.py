"""Inequalities that follow from the signs of the Maclaurin coefficients, closed form or not.

If b_n >= 0 for all n (`theory.expansions.coefficient_signs`), then for every d

    mu_k >= 0, and mu_k > 0 if infinitely many b_n of the parity of k are positive (Schoenberg 1942;
        mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k], every moment positive),
    N(d,k) mu_k <= kappa(1), strictly if another eigenvalue is positive (the trace is their sum),
    mu_{k+2} <= mu_k, strictly if mu_k > 0 on S^(d+2) (the dimension walk: their difference is
        (2k+d+1)/(d+1) times the eigenvalue of degree k on S^(d+2)).

If kappa is an even or an odd function of t, every mu_k of the other parity is 0.

`proved` where the steps are replayed (`theory.derivations.by_signs`); what is read off the structure of the
kernel alone is `checked`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import sympy as sp

from theory.derivations.by_signs import sign_proof, trace_proof, walk_proof, zero_proof
from theory.expansions.admissible import least_dim
from theory.expansions.coefficient_signs import nonnegative_from
from theory.expansions.end_bounds import certainly_integrable
from theory.kernels import Kernel
from theory.kernels.depth_families import DepthFamily, kappa_at_one, shallowest
from theory.kernels.parity import degree_bounds
from theory.language.formulas import uses_kernel
from theory.language.statement import Statement
from theory.laws.coefficients import positive_from
from theory.numbers.truth import Evidence, Truth
from theory.proofs.steps import Proof
from theory.statements.definedness import Judge
from theory.statements.meaning import expression_at
from theory.statements.outcome import NotSymbolic, Outcome
from theory.statements.parities import parity_of
from theory.symbolic.expressions import Call, Name, Node, Number, Operation
from theory.symbolic.objects import INTEGER_SYMBOLS, KernelName, Mu
from theory.symbolic.positivity import positive

ZERO = Number(Fraction(0))


@lru_cache(maxsize=64)  # two methods ask, for what is proved and for what is not
def sign_outcome(statement: Statement) -> Outcome | None:
    """HOLDS where the signs of the coefficients give the inequality, else None.

    >>> from theory.language.statement import parse_statement
    >>> sign_outcome(parse_statement("mu(k) > 0", "NTK(depth=3)")).law
    'positive by Schoenberg 1942'
    """
    kernel = statement.kernel
    if statement.is_asymptotic or kernel is None:
        return None
    if statement.relation == "=":
        return None if isinstance(kernel, DepthFamily) else _zero(statement, kernel)
    if nonnegative_from(shallowest(kernel)) != 0:
        return None
    signs = _Signs(kernel, statement)
    large, small = statement.left, statement.right
    if statement.relation in ("<", "<="):
        large, small = small, large
    strict = statement.relation in ("<", ">", "!=")
    law = signs.law(large, small, strict)
    if law is None and statement.relation == "!=":
        large, small = small, large
        law = signs.law(large, small, True)
    if law is None or Judge(statement, statement.ranges).doubt(kernel_free=True) is not None:
        return None
    proof = _proof(statement, kernel, large, small, strict)
    evidence = Evidence.CHECKED if proof is None else Evidence.PROVED
    return Outcome(Truth.HOLDS, law, evidence=evidence, source="no coefficient b_n is negative", whole=proof)


def _proof(statement: Statement, kernel: Kernel | DepthFamily, large: Node, small: Node, strict: bool) -> Proof | None:
    """The replayed proof of large >= small, or >, where the kernel's own mu and b are all that is spoken of."""
    name = KernelName(repr(kernel))
    try:
        upper, lower = (expression_at(node, name, statement.ranges) for node in (large, small))
    except NotSymbolic:
        return None
    if lower == 0:
        return sign_proof(kernel, upper, strict, statement.ranges)
    if isinstance(upper, Mu) and isinstance(lower, Mu):
        return walk_proof(kernel, lower, upper, strict, statement.ranges)
    if len(lower.atoms(Mu)) == 1 and not upper.has(Mu):
        return trace_proof(kernel, lower, upper, strict, statement.ranges)
    return None


def _zero(statement: Statement, kernel: Kernel) -> Outcome | None:
    """c*mu(K) = 0 for every K of one parity, of an even or odd function."""
    left, right = statement.left, statement.right
    while isinstance(left, Operation) and left.op == "*" and isinstance(left.left, Number):
        left = left.right
    if right != ZERO or not isinstance(left, Call) or left.name != "mu":
        return None
    degrees = expression_at(left.args[0], None, statement.ranges)
    try:
        parity = parity_of(degrees, statement.ranges.parities)
    except NotSymbolic:
        return None
    if degree_bounds(kernel)[parity] >= 0 or Judge(statement, statement.ranges).doubt(kernel_free=True):
        return None
    if isinstance(kernel, Kernel) and not certainly_integrable(kernel, least_dim(kernel)):
        return None  # it may have no eigenvalues at all
    spoken = Mu(KernelName(repr(kernel)), degrees)
    proof = zero_proof(kernel, spoken, statement.ranges) if len(left.args) == 1 else None
    evidence = Evidence.CHECKED if proof is None else Evidence.PROVED
    law = f"kappa is an {('odd', 'even')[parity]} function"
    return Outcome(Truth.HOLDS, law, evidence=evidence, whole=proof)


@dataclass(frozen=True, slots=True)
class _Signs:
    kernel: Kernel | DepthFamily
    statement: Statement

    def law(self, large: Node, small: Node, strict: bool) -> str | None:
        """Why large >= small (> where strict), None if the signs do not tell."""
        if small == ZERO and (self.positive(large) if strict else self.nonnegative(large)):
            return "positive by Schoenberg 1942" if strict else "no eigenvalue or coefficient is negative"
        if self._is_trace(small) and self._bounds_trace(large, strict):
            return "at most the trace kappa(1), the sum of all N(d,k)*mu(k)"
        if self._walks(small, large, strict):
            return "the difference is a positive multiple of the eigenvalue on S^(d+2)"
        return None

    def nonnegative(self, node: Node) -> bool:
        match node:
            case Number(value):
                return value >= 0
            case Name(name):
                return name != "t"
            case Call("mu" | "a" | "b" | "N"):
                return True
            case Operation("+" | "*", left, right):
                return self.nonnegative(left) and self.nonnegative(right)
            case Operation("/", left, right):
                return self.nonnegative(left) and self.positive(right)
            case Operation("**", base, Number()):
                return self.positive(base)
        return False

    def positive(self, node: Node) -> bool:
        match node:
            case Number(value):
                return value > 0
            case Name(name):
                return name in ("pi", "E") or name != "t" and self.statement.range(name).least >= 1
            case Call("N"):
                return True
            case Call("mu" | "a", args):
                return self._positive_from(args[0]) is not None
            case Call("b", (index,)):
                start = self._positive_from(index)
                return start is not None and self._least(index) >= start
            case Operation("+", left, right):
                parts = (left, right)
                return all(map(self.nonnegative, parts)) and any(map(self.positive, parts))
            case Operation("*" | "/", left, right):
                return self.positive(left) and self.positive(right)
            case Operation("**", base, Number()):
                return self.positive(base)
        return False

    def _index(self, node: Node) -> sp.Expr:
        return sp.expand(expression_at(node, None, self.statement.ranges))

    def _positive_from(self, node: Node) -> int | None:
        """The index from which b_n > 0 for every n of the parities that the index takes."""
        index = self._index(node)
        starts = positive_from(shallowest(self.kernel))
        try:
            return starts[parity_of(index, self.statement.ranges.parities)]
        except NotSymbolic:
            known = [start for start in starts if start is not None]
            return max(known) if len(known) == len(starts) else None

    def _least(self, node: Node) -> int:
        """The least value of an index with nonnegative slopes, -1 if some slope is negative."""
        index = self._index(node)
        if any(not index.coeff(symbol).is_nonnegative for symbol in index.free_symbols):
            return -1
        return int(index.subs({INTEGER_SYMBOLS[w.name]: w.least for w in self.statement.ranges}))

    def _is_trace(self, node: Node) -> bool:
        """mu(K), or N(D, K) times mu(K, D) in either order."""
        match node:
            case Call("mu"):
                return True
            case Operation("*", Call("N", (dim, degree)), Call("mu", (index, *own))) | Operation(
                "*", Call("mu", (index, *own)), Call("N", (dim, degree))
            ):
                return degree == index and dim == (own[0] if own else Name("d"))
        return False

    def _bounds_trace(self, node: Node, strict: bool) -> bool:
        if node != Call("kappa", (Number(Fraction(1)),)):
            trace = kappa_at_one(self.kernel)
            if trace is None or uses_kernel(node):
                return False
            margin = sp.expand(self._index(node) - trace)
            if margin != 0 and not positive(margin, self.statement.ranges):
                return False
        return not strict or positive_from(shallowest(self.kernel)) != (None, None)

    def _walks(self, small: Node, large: Node, strict: bool) -> bool:
        match small, large:
            case Call("mu", (upper, *dims)), Call("mu", (lower, *same)):
                step = self._index(upper) - self._index(lower)
                return dims == same and step == 2 and (not strict or self._positive_from(lower) is not None)
        return False
