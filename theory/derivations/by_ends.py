"""Proofs of laws of mu_k and of limits of kappa that rest on the expansions at t = 1 and t = -1.

For k0, k1 and the kernels of layered networks, of one depth or of every depth L at once, both
expansions are proved by induction (`theory.derivations.ends_of_every_depth`). Here they are put to use: the law of
mu_k as k -> oo, what a statement's quotient tends to by it, and limits as t -> 1 and t -> -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import sympy as sp

from theory.derivations.ends_of_every_depth import MAX_ORDER, depth_series, lower_series, one_layer
from theory.expansions.at_ends import expansion_at
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Laplace, Multiple, by_kernel
from theory.kernels.depth_families import DepthFamily
from theory.proofs.check import check, extended
from theory.proofs.rules.depth import K0, K1, SIGMA, THETA, THETA_BIASED
from theory.proofs.steps import Proof, Refused, Step
from theory.symbolic.growth import growth
from theory.symbolic.hypergeometric import NotHypergeometric, single_term
from theory.symbolic.objects import (
    EndSeries,
    Kappa,
    L,
    Layered,
    LowerEnd,
    Maclaurin,
    Mu,
    Radial,
    Range,
    SlopeProduct,
    as_expression,
    equal,
    k,
    s,
    t,
)
from theory.symbolic.rational_functions import fraction

SHALLOW = {ArcCosine(0): K0, ArcCosine(1): K1}
SLOPES = ("slopes-positive", "slopes-from-2", "slopes-from-3")


@dataclass(frozen=True, slots=True)
class Ends:
    """factor * the kernel named `name`, the replayed proof of both expansions, and its steps at t = 1 and -1."""

    name: sp.Expr
    factor: sp.Expr
    above: str
    below: str
    proof: Proof


@by_kernel(kept=64)
def proved_ends(kernel: Kernel | DepthFamily | None) -> Ends | None:
    """The expansions at both ends with their proof; None where there is none.

    >>> proved_ends(NTK(depth=3)).name, proved_ends(Multiple(2, NNGP(depth=4))).factor
    (Layered(theta_L, 3), 2)
    """
    return None


@proved_ends.register(Multiple)
def _of_multiple(kernel: Multiple) -> Ends | None:
    ends = proved_ends(kernel.kernel)
    return ends and replace(ends, factor=sp.Rational(kernel.factor) * ends.factor)


@proved_ends.register(ArcCosine)
def _of_arc_cosine(kernel: ArcCosine) -> Ends | None:
    name = SHALLOW.get(kernel)
    return name and Ends(name, sp.Integer(1), f"{name}-end", f"{name}-lower", one_layer(MAX_ORDER))


@proved_ends.register(DepthFamily)
def _of_family(family: DepthFamily) -> Ends:
    return _layered(family.base, family.bias, family.depth, family.factor)


@proved_ends.register(NNGP, NTK)
def _of_layers(kernel: NNGP | NTK) -> Ends | None:
    bias = isinstance(kernel, NTK) and kernel.bias
    scaled = isinstance(kernel, NTK) and kernel.layer_scales is not None
    if kernel.depth < 2 or kernel.bias_variance or scaled or (bias and kernel.weight_variance != 1):
        return None
    return _layered(type(kernel), bias, kernel.depth, sp.Rational(kernel.weight_variance) ** kernel.depth)


def _layered(base: type, bias: bool, depth: sp.Expr | int, factor: sp.Expr) -> Ends:
    symbol, tag = (SIGMA, "sigma") if base is NNGP else (THETA_BIASED if bias else THETA, "theta")
    proof = _both(base, bias)
    if isinstance(depth, int):
        proof = extended(proof, _slope_value(base, depth))
    return Ends(Layered(symbol, as_expression(depth)), factor, f"{tag}-end", f"{tag}-lower", proof)


@proved_ends.register(Laplace)
def _radial(kernel: Laplace) -> Ends:
    """exp(-c r) up to O(s^4) at both ends."""
    rate, order = sp.Rational(kernel.rate), 4
    name = Radial(rate)
    above = sum(((-rate * sp.sqrt(2) * s) ** i / sp.factorial(i) for i in range(order)), sp.Integer(0))
    below = sp.exp(-2 * rate) * (1 + rate * s**2 / 2)
    steps = (
        Step("radial-end", equal(EndSeries(name, order), sp.expand(above)), "radial-end"),
        Step("radial-lower", equal(LowerEnd(name, order), sp.expand(below)), "radial-end"),
    )
    proof = extended(Proof(f"exp(-{rate} r) at both ends", ()), *steps)
    return Ends(name, sp.Integer(1), "radial-end", "radial-lower", proof)


@lru_cache(maxsize=8)
def _both(base: type, bias: bool) -> Proof:
    """The replayed proof of both expansions, each step once."""
    upper, lower = depth_series(base, 2 if base is NTK else 4, bias), lower_series(base, bias)
    known = {step.name for step in upper.steps}
    whole = Proof(lower.title, (*upper.steps, *(step for step in lower.steps if step.name not in known)))
    return replace(whole, theorems=check(whole))


def _slope_value(base: type, depth: int) -> Step:
    """P(depth) as a product of named constants, from the expansion at t = -1 of that depth."""
    power, constant = (
        (Fraction(3, 2), 2 * sp.sqrt(2) / (3 * sp.pi)) if base is NNGP else (Fraction(1, 2), -sp.sqrt(2) / sp.pi)
    )
    series = expansion_at(base(depth=depth), -1, power + Fraction(1, 2))
    value = sp.factor_terms(sp.expand(series.coefficient(power) / constant))
    return Step("slope-value", equal(SlopeProduct(depth), value), "slope-value", uses=("k0-closed",))


def law_proof(kernel: Kernel | DepthFamily, leading: sp.Expr, ranges: tuple[Range, ...]) -> Proof | None:
    """The replayed proof that mu_k ~ leading for k of one parity; None where there is none.

    >>> where = (Range("k", 1, None, 1), Range("d", 2, 2))
    >>> proof = law_proof(NTK(depth=3), 5/(4*sp.pi*k**3), where)
    >>> proof.theorems, proof.conclusion.statement
    (('polar-gaussian', 'end-singularities'), Eq(Limit(4*pi*k**3*Mu(Layered(theta_L, 3), k)/5, k, oo, dir='-'), 1))
    >>> law_proof(NTK(depth=3), 7/(4*sp.pi*k**3), where) is None
    True
    """
    ends = proved_ends(kernel)
    if ends is None:
        return None
    needed = {"sigma-end", "sigma-lower", "slope-value", *SLOPES}
    uses = (ends.above, ends.below, *(step.name for step in ends.proof.steps if step.name in needed))
    limit = equal(sp.Limit(ends.factor * Mu(ends.name, k) / leading, k, sp.oo), 1)
    step = Step("law", limit, "end-law", uses=tuple(dict.fromkeys(uses)), ranges=ranges)
    return _replayed(ends.proof, step, title=f"mu_k of {kernel!r} as k -> oo")


def quotient_proof(
    laws: Sequence[Proof],
    factor: sp.Expr,
    left: sp.Expr,
    right: sp.Expr,
    ranges: tuple[Range, ...],
    variable: sp.Symbol = k,
) -> Proof | None:
    """The proof of left/right ~ c B v^e, v = k or d, both spoken in the Mu of the laws' proofs; None without one.

    `factor` is what the kernel is times the kernel of that name. Only a quotient that is a product of
    powers of eigenvalues, of v, Gammas and coefficients b_n is told so; B is a product of powers of b_n > 0.
    """
    known = {spoken: law.conclusion for law in laws for spoken in law.conclusion.left.args[0].atoms(Mu)}
    term = (left / right).xreplace({spoken: factor * spoken for spoken in known})
    size = term.xreplace({spoken: spoken / law.left.args[0] for spoken, law in known.items()})
    size, named = size.as_independent(Maclaurin, as_Add=False)
    if named.atoms(Maclaurin) - {b for law in laws for b in law.conclusion.left.atoms(Maclaurin)}:
        return None  # the sign of a coefficient that no law's steps tell
    constant, power, tends = _size(size, ranges, variable)
    if power is None:
        return None
    limit = equal(sp.Limit(term / (named * variable**power), variable, sp.oo), constant)
    uses = (*(law.conclusion.name for law in laws), *(step.name for step in tends))
    others = (law.conclusion for law in laws[1:])
    return _replayed(laws[0], *others, *tends, Step("quotient", limit, "law-quotient", uses=uses, ranges=ranges))


def _size(
    size: sp.Expr, ranges: tuple[Range, ...], variable: sp.Symbol
) -> tuple[sp.Expr, sp.Expr | None, tuple[Step, ...]]:
    """(c, e, how that is known) of a quotient ~ c v^e; e None where it is none that we can tell."""
    constant, moving = sp.powsimp(sp.powdenest(size, force=True), force=True).as_independent(variable)
    base, exponent = moving.as_base_exp()
    if moving == 1 or base == variable and not exponent.has(variable):
        return sp.factor_terms(constant), exponent if moving != 1 else sp.Integer(0), ()
    try:
        found = growth(single_term(size), variable)
    except NotHypergeometric:
        return size, None, ()
    if not found.is_power():
        return size, None, ()
    quotient = single_term(size * variable ** (-found.exponent)).expression()
    step = Step("tends", equal(sp.Limit(quotient, variable, sp.oo), found.constant), "limit", ranges=ranges)
    return found.constant, found.exponent, (step,)


def limit_proof(
    kernel: Kernel | DepthFamily, term: sp.Expr, place: int, value: sp.Expr, ranges: tuple[Range, ...]
) -> Proof | None:
    """The proof of term -> value as t -> place, the term spoken in Kappa of the kernel's name; None without one."""
    ends = proved_ends(kernel)
    if ends is None:
        return None
    spoken = term.xreplace({found: ends.factor * found for found in term.atoms(Kappa)})
    limit = equal(sp.Limit(spoken, t, place, "-" if place == 1 else "+"), value)
    used = ends.above if place == 1 else ends.below
    return _replayed(ends.proof, Step("limit", limit, "end-limit", uses=(used,), ranges=ranges))


def _replayed(base: Proof, *steps: Step, title: str = "") -> Proof | None:
    try:
        return extended(base, *steps, title=title)
    except Refused:
        return None


def leading_at_end(kernel: Kernel | DepthFamily, spoken: sp.Expr, place: int) -> tuple[sp.Rational, sp.Expr] | None:
    """(e, c) of spoken ~ c u^e as t -> place, from the proved expansion of kappa; None without one or beyond its order.

    >>> from theory.language.families import deep_family
    >>> family = deep_family("NTK(depth=L)")
    >>> leading_at_end(family, L - Kappa(Layered(THETA, L), t), 1)
    (1/2, sqrt(2)*L*(L - 1)/(2*pi))
    """
    ends = proved_ends(kernel)
    if ends is None:
        return None
    fact = next(step for step in ends.proof.steps if step.name == (ends.above if place == 1 else ends.below))
    series = ends.factor * fact.right.subs(L, ends.name.args[1])
    at_end = spoken.xreplace({Kappa(ends.name, t): series, Kappa(ends.name, place): series.subs(s, 0)})
    upper, lower = fraction(at_end.subs(t, place * (1 - s**2)))
    sides = []
    for side in (upper, lower):
        if not side.is_polynomial(s):
            return None
        terms = sp.Poly(sp.expand(side), s).terms()
        (power,), coefficient = terms[-1]
        sides.append((power, coefficient))
    (m, c), (n, g) = sides
    if c == 0 or m >= int(fact.left.args[-1]):
        return None
    return sp.Rational(m - n, 2), sp.factor(c / g)
