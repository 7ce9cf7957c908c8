"""Inequalities that follow from the signs of the Maclaurin coefficients, closed form or not.

If b_n >= 0 for all n (`theory.expansions.coefficient_signs`), then for every d

    mu_k >= 0, and mu_k > 0 if infinitely many b_n of the parity of k are positive (Schoenberg 1942;
        mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k], every moment positive),
    N(d,k) mu_k <= kappa(1), strictly if another eigenvalue is positive (the trace is their sum),
    |kappa(t)| <= kappa(1),
    mu_{k+2} <= mu_k, strictly if mu_k > 0 on S^(d+2) (the dimension walk: their difference is
        (2k+d+1)/(d+1) times the eigenvalue of degree k on S^(d+2)), and so for every even distance,
    mu_k on S^(d+1) <= mu_k on S^d (every moment falls with d).

For mixtures of Gaussians mu_{k+1} < mu_k (modified Bessel functions fall with their order). Positive denominators
are multiplied out first: mu(k+2)/mu(k) < 1, mu(k) <= 3/N(d,k).

If kappa is an even or an odd function of t, every mu_k of the other parity is 0.

`proved` where the steps are replayed (`theory.derivations.by_signs`); what is read off the structure of the
kernel alone is `checked`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import inf
from typing import TypeGuard

import sympy as sp

from theory.derivations.by_signs import (
    mixture_proof,
    sign_proof,
    sphere_proof,
    trace_proof,
    value_proof,
    walk_proof,
    with_signs,
    zero_proof,
)
from theory.expansions.admissible import least_dim
from theory.expansions.coefficient_signs import nonnegative_from
from theory.expansions.end_bounds import certainly_integrable
from theory.kernels import ExponentialPower, Gaussian, Kernel, Laplace, Matern, Multiple, Sum
from theory.kernels.depth_families import DepthFamily, kappa_at_one, shallowest
from theory.kernels.parity import degree_bounds
from theory.language.formulas import uses_kernel
from theory.language.statement import Statement
from theory.laws.coefficients import positive_from
from theory.numbers.truth import Evidence, Truth
from theory.proofs.rules.certain import Place
from theory.proofs.steps import Proof
from theory.statements.definedness import Judge
from theory.statements.meaning import expression_at
from theory.statements.outcome import NotSymbolic, Outcome
from theory.statements.parities import parity_of
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, names, walk
from theory.symbolic.objects import INTEGER_SYMBOLS, Kappa, KernelName, Maclaurin, Mu, MuOn
from theory.symbolic.positivity import positive

ZERO = Number(Fraction(0))
MIXTURE = "eigenvalues of a mixture of Gaussians fall with the degree"
MAX_CLEARED = 3  # denominators


@lru_cache(maxsize=64)  # two methods ask, for what is proved and for what is not
def sign_outcome(statement: Statement) -> Outcome | None:
    """HOLDS where the signs of the coefficients give the inequality, else None.

    >>> from theory.language.statement import parse_statement
    >>> sign_outcome(parse_statement("mu(k) > 0", "NTK(depth=3)")).law
    'positive by Schoenberg 1942'
    """
    kernel = statement.kernel
    if statement.is_asymptotic or not isinstance(kernel, Kernel | DepthFamily):
        return None
    if statement.relation == "=":
        return None if isinstance(kernel, DepthFamily) else _zero(statement, kernel)
    if nonnegative_from(shallowest(kernel)) != 0:
        return None
    signs = _Signs(kernel, statement)
    strict = statement.relation in ("<", ">", "!=")
    said = statement.left, statement.right
    for left, right in dict.fromkeys((said, signs.cleared(*said))):
        orders = ((left, right), (right, left))
        for large, small in orders if statement.relation == "!=" else orders[statement.relation in ("<", "<=") :][:1]:
            law = signs.law(large, small, strict)
            if law is not None:
                cleared = (left, right) != said
                return _outcome(statement, kernel, _proof(statement, kernel, large, small, strict, law), law, cleared)
    return None


def _outcome(
    statement: Statement, kernel: Kernel | DepthFamily, proof: Proof | None, law: str, cleared: bool
) -> Outcome | None:
    if Judge(statement, statement.ranges).doubt(kernel_free=True) is not None:
        return None
    proof = _with_denominators(statement, kernel, proof) if cleared else proof
    evidence = Evidence.CHECKED if proof is None else Evidence.PROVED
    return Outcome(Truth.HOLDS, law, evidence=evidence, source="no coefficient b_n is negative", whole=proof)


def _with_denominators(statement: Statement, kernel: Kernel | DepthFamily, proof: Proof | None) -> Proof | None:
    """The proof with the signs of the eigenvalues below a line, by which both sides were multiplied."""
    name = KernelName(repr(kernel))
    below = [part.right for side in (statement.left, statement.right) for part in walk(side) if _divides(part)]
    positive_ones = sp.Mul(*(expression_at(node, name, statement.ranges) for node in below if uses_kernel(node)))
    return proof if positive_ones == 1 else with_signs(proof, kernel, positive_ones, statement.ranges)


def _divides(node: Node) -> TypeGuard[Operation]:
    return isinstance(node, Operation) and node.op == "/"


def _proof(
    statement: Statement, kernel: Kernel | DepthFamily, large: Node, small: Node, strict: bool, law: str
) -> Proof | None:
    """The replayed proof of large >= small, or >, where the kernel's own mu and b are all that is spoken of."""
    name = KernelName(repr(kernel))
    try:
        upper, lower = (expression_at(node, name, statement.ranges) for node in (large, small))
    except NotSymbolic:
        return None
    if lower == 0:
        return sign_proof(kernel, upper, strict, statement.ranges)
    if isinstance(upper, Mu) and isinstance(lower, Mu):
        how = mixture_proof if law == MIXTURE else walk_proof
        return how(kernel, lower, upper, strict, statement.ranges)
    if isinstance(upper, Mu | MuOn) and isinstance(lower, Mu | MuOn):
        return sphere_proof(kernel, lower, upper, strict, statement.ranges)
    if lower.has(Kappa) and not lower.has(Mu, Maclaurin):
        return value_proof(kernel, lower, upper, strict, statement.ranges)
    if len(lower.atoms(Mu)) == 1 and not upper.has(Mu):
        return trace_proof(kernel, lower, upper, strict, statement.ranges)
    return None


def _zero(statement: Statement, kernel: Kernel) -> Outcome | None:
    """c*mu(K) = 0 for every K of one parity above the degree of that part of kappa; of an even or odd function for all."""
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
    bound = degree_bounds(kernel)[parity]
    beyond = bound < inf and (bound < 0 or positive(degrees - int(bound), statement.ranges))
    if not beyond or Judge(statement, statement.ranges).doubt(kernel_free=True):
        return None
    if isinstance(kernel, Kernel) and not certainly_integrable(kernel, least_dim(kernel)):
        return None  # it may have no eigenvalues at all
    spoken = Mu(KernelName(repr(kernel)), degrees)
    proof = zero_proof(kernel, spoken, statement.ranges) if len(left.args) == 1 and bound < 0 else None
    evidence = Evidence.CHECKED if proof is None else Evidence.PROVED
    law = f"kappa is an {('odd', 'even')[parity]} function"
    if bound >= 0:
        law = f"the {('even', 'odd')[parity]} part of kappa is a polynomial of degree at most {int(bound)}"
    return Outcome(Truth.HOLDS, law, evidence=evidence, whole=proof)


def _is_mixture(kernel: Kernel | DepthFamily) -> bool:
    """Of Gaussians, or a sum of such."""
    if isinstance(kernel, Sum | Multiple):
        return all(map(_is_mixture, kernel.parts))
    return isinstance(kernel, Laplace | Gaussian | ExponentialPower | Matern)


def _times(node: Node, factor: Node) -> Node:
    return factor if node == Number(Fraction(1)) else Operation("*", node, factor) if node != ZERO else ZERO


def _is_value(node: Node) -> bool:
    """kappa(T) or -kappa(T)."""
    match node:
        case Operation("-", Number(zero), Call("kappa")):
            return zero == 0
    return isinstance(node, Call) and node.name == "kappa"


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
        if _is_value(small) and self._bounds_value(large, strict):
            return "at most kappa(1), the sum of all b_n"
        if self._walks(small, large, strict):
            return "the difference is a positive multiple of the eigenvalue on S^(d+2)"
        if self._falls(small, large, strict):
            return MIXTURE
        if self._on_a_larger_sphere(small, large, strict):
            return "every moment E[t^n P_k] falls as the dimension grows"
        return None

    def cleared(self, left: Node, right: Node) -> tuple[Node, Node]:
        """Both sides times the positive denominators that they are quotients by."""
        for _ in range(MAX_CLEARED):
            match left, right:
                case Operation("/", upper, lower), other if self.positive(lower):
                    left, right = upper, _times(other, lower)
                case other, Operation("/", upper, lower) if self.positive(lower):
                    left, right = _times(other, lower), upper
                case Operation("*", Number(a), inner), Operation("*", Number(b), outer) if a == b > 0:
                    left, right = inner, outer
        return left, right

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
        if self._margin(node) is None:
            return False
        return not strict or positive_from(shallowest(self.kernel)) != (None, None)

    def _bounds_value(self, node: Node, strict: bool) -> bool:
        margin = self._margin(node)
        return margin is not None and (not strict or margin != 0)

    def _margin(self, node: Node) -> sp.Expr | None:
        """By how much a bound is above kappa(1), None where it may be below."""
        if node == Call("kappa", (Number(Fraction(1)),)):
            return sp.Integer(0)
        trace = kappa_at_one(self.kernel)
        if trace is None or uses_kernel(node) or "t" in names(node):
            return None
        margin = sp.expand(self._index(node) - trace)
        return margin if margin == 0 or positive(margin, self.statement.ranges) else None

    def _walks(self, small: Node, large: Node, strict: bool) -> bool:
        match small, large:
            case Call("mu", (upper, *dims)), Call("mu", (lower, *same)):
                distance = sp.expand(self._index(upper) - self._index(lower))
                if dims != same or not (distance == 2 or not dims and self._is_even(distance, 2 if strict else 0)):
                    return False
                return not strict or self._positive_from(lower) is not None
        return False

    def _is_even(self, distance: sp.Expr, least: int) -> bool:
        place = Place(self.statement.ranges)
        return place.index(distance, least) and place.parity(distance) == 0

    def _falls(self, small: Node, large: Node, strict: bool) -> bool:
        """Of a mixture of Gaussians, the higher degree below the lower one."""
        match small, large:
            case Call("mu", (upper,)), Call("mu", (lower,)):
                distance = sp.expand(self._index(upper) - self._index(lower))
                return _is_mixture(self.kernel) and Place(self.statement.ranges).index(distance, 1 if strict else 0)
        return False

    def _on_a_larger_sphere(self, small: Node, large: Node, strict: bool) -> bool:
        match small, large:
            case Call("mu", (degree, *more)), Call("mu", (same, *less)) if degree == same:
                own = INTEGER_SYMBOLS["d"]
                high, low = (self._index(dims[0]) if dims else own for dims in (more, less))
                place = Place(self.statement.ranges)
                further = place.index(sp.expand(high - low), 1 if strict else 0) and place.index(low, 1)
                return further and (not strict or self._positive_from(degree) is not None)
        return False
