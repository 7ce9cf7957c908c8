"""Maclaurin coefficients b_n of kernels without a closed form: which are positive, and their law.

As n -> oo, if kappa is analytic in a slit disc |t| < 1 + eps, cut from 1 on and from -1 on, and
kappa ~ sum c_nu (1-t)^nu and sum c'_nu (1+t)^nu there (nu not in 0, 1, ...),

    b_n ~ sum_nu (c_nu + (-1)^n c'_nu) n^(-nu-1) / Gamma(-nu),

(1-t)^m log(1-t), m = 0, 1, ..., adding (-1)^(m+1) m! n^(-m-1) in place of n^(-nu-1)/Gamma(-nu),
by Flajolet and Odlyzko 1990 (Singularity analysis of generating functions), theorem 1. The kernels
of ReLU networks qualify: k0 and k1 are analytic off the two cuts and |k1| < 1 on the closed disc
but for t = 1, so that no layer adds a singularity. So do the radial kernels, functions of 1 - t.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy as sp

from theory.derivations.by_signs import coefficient, series_proof
from theory.expansions.at_ends import expansion_at
from theory.expansions.coefficient_signs import nonnegative_from
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    Product,
    ResNTK,
    Sum,
    by_kernel,
)
from theory.kernels.depth_families import DepthFamily
from theory.laws.every_depth import parity_weights
from theory.symbolic.objects import n
from theory.symbolic.puiseux import LOG, NoExpansion, sign

ORDERS = (2, 3, 4, 6)
Starts = tuple[int | None, int | None]
UNKNOWN: Starts = (None, None)


@by_kernel()
def positive_from(kernel: Kernel | DepthFamily) -> Starts:
    """For even and for odd n the first index from which every b_n > 0; None where that is not known.

    k1 has b_1 > 0 and b_n > 0 for all even n, k0 has b_0 > 0 and b_n > 0 for all odd n, and no
    coefficient of a layered kernel is negative. k1(s) with s = b_0 + b_1 t + ..., b_0, b_1 > 0, has
    every power of t, since s^2 and all further even powers of s do.

    >>> positive_from(NTK(depth=3)), positive_from(NTK(depth=2)), positive_from(ArcCosine(1))
    ((0, 0), (0, None), (0, None))
    """
    proof = series_proof(kernel)
    if proof is None:
        return UNKNOWN
    steps = (s for s in proof.steps if s.left == coefficient(kernel) and isinstance(s.statement, sp.StrictGreaterThan))
    tails = [where for s in steps if (where := s.ranges[0]).most is None]
    even, odd = (min((where.least for where in tails if where.parity == p), default=None) for p in (0, 1))
    return even, 0 if odd == 1 else odd  # the odd n >= 0 are those >= 1


@positive_from.register(ArcCosine)
def _of_arc_cosine(kernel: ArcCosine) -> Starts:
    return (0, None) if kernel.order % 2 else (None, 1)


@positive_from.register(NNGP)
def _of_covariance(kernel: NNGP) -> Starts:
    if kernel.depth == 1:
        return UNKNOWN
    return (0, 0) if kernel.depth >= 3 or kernel.bias_variance else (0, None)


@positive_from.register(DepthFamily)
def _of_family(family: DepthFamily) -> Starts:
    """Every b_n that is positive at its least depth is so at all later ones."""
    return positive_from(family.at(family.least))


@positive_from.register(Sum, Multiple)
def _of_sum(kernel: Sum | Multiple) -> Starts:
    if isinstance(kernel, Sum) and nonnegative_from(kernel) != 0:  # some part may have a negative b_n
        return UNKNOWN
    starts = list(map(positive_from, kernel.parts))
    even, odd = (min((m for s in starts if (m := s[p]) is not None), default=None) for p in (0, 1))
    return even, odd


@positive_from.register(NTK)
def _of_tangent_kernel(kernel: NTK) -> Starts:
    """The last summand is s_L Sigma_L; with hidden biases k0(Sigma_{L-1}) and its products are added."""
    if kernel.depth == 1:
        return (None, None)
    last = kernel.scales[-1] > 0
    if last and (kernel.depth >= 3 or kernel.bias_variance):
        return (0, 0)
    if kernel.depth > 2 or kernel.bias_variance:
        return (None, None)
    hidden = kernel.scales[0] > 0  # t k0 has b_1 > 0 and all even n >= 2; with bias k0 has 0 and all odd n
    even = 0 if last or (hidden and kernel.bias) else 2 if hidden else None
    return (even, 1 if hidden and kernel.bias else None)


@positive_from.register(ResNTK)
def _of_blocks(kernel: ResNTK) -> Starts:
    """k1 of the correlation after the first block, whose b_0 and b_1 are positive, is a part of the sum."""
    return (0, None) if kernel.depth == 1 else (0, 0)


@by_kernel()
def is_slit(kernel: Kernel | DepthFamily) -> bool:
    """Whether kappa is known to be analytic in a disc beyond |t| = 1 with two cuts."""
    return False


@is_slit.register(ArcCosine, NNGP, NTK, DepthFamily, Laplace, Matern, ExponentialPower, Gaussian)
def _slit(kernel: Kernel | DepthFamily) -> bool:
    return True


@is_slit.register(Sum, Product, Multiple)
def _has_slit_parts(kernel: Sum | Product | Multiple) -> bool:
    return all(map(is_slit, kernel.parts))


@lru_cache(maxsize=64)
def coefficient_law(kernel: Kernel | DepthFamily) -> tuple[sp.Expr, sp.Expr]:
    """The leading terms of b_n for even and odd n, 0 where the expansions show none; raises NoExpansion.

    >>> coefficient_law(ArcCosine(order=0))
    (0, sqrt(2)/(pi**(3/2)*n**(3/2)))
    """
    if not is_slit(kernel):
        raise NoExpansion(f"no law of b(n) as n -> oo is known for {kernel!r}")
    if isinstance(kernel, DepthFamily):
        if kernel.least_depth < 3:
            raise NoExpansion("b(n) of depth 1 and 2 has other laws than that of greater depth")
        nu, weights = parity_weights(kernel)
        return tuple(_coefficient(nu, weight) for weight in weights)
    for order in ORDERS:
        ends = [_singular(kernel, place, order) for place in (1, -1)]
        if any(ends):
            return tuple(_leading(ends, parity) for parity in (0, 1))
    where = f"t = 1 and -1 up to order {ORDERS[-1]}"
    raise NoExpansion(f"the kernel is smooth at {where}: no power of n is the law of b(n)")


def _singular(kernel: Kernel, place: int, order: int) -> dict[Fraction, sp.Expr]:
    """The coefficients of u^e, e not in 0, 1, ..., and those with log u in them."""
    terms = expansion_at(kernel, place, order).terms
    return {e: c for e, c in terms if e.denominator != 1 or e < 0 or c.has(LOG)}


def _leading(ends: list[dict[Fraction, sp.Expr]], parity: int) -> sp.Expr:
    """The first power of n of one parity that does not vanish; a later one needs no name."""
    for nu in sorted({*ends[0], *ends[1]}):
        weight = sp.expand(ends[0].get(nu, sp.Integer(0)) + (-1) ** parity * ends[1].get(nu, sp.Integer(0)))
        if weight.has(LOG):
            if nu.denominator != 1 or nu < 0 or sp.degree(weight, LOG) > 1:
                raise NoExpansion("a logarithm of another kind than u^m log u, m = 0, 1, ...")
            weight = weight.coeff(LOG, 1)
        elif nu.denominator == 1 and nu >= 0:
            continue  # the logarithms of both ends cancel
        if sign(weight) != 0:
            return _coefficient(nu, sp.expand(weight))
    return sp.Integer(0)


def _coefficient(nu: Fraction, weight: sp.Expr) -> sp.Expr:
    """The leading term of the coefficient of t^n in weight (1-t)^nu, times log(1-t) for nu = 0, 1, ..."""
    exponent = sp.Rational(nu.numerator, nu.denominator)
    whole = nu.denominator == 1 and nu >= 0
    factor = (-1) ** (exponent + 1) * sp.factorial(exponent) if whole else 1 / sp.gamma(-exponent)
    return sp.powsimp(weight * factor) * n ** (-exponent - 1)
