"""Laws in depth: expansions of Sigma_L and of the tangent kernel at t = 1 with L symbolic, proved by induction.

NNGP(depth=L): Sigma_L(1-u) = 1 - u + (L-1) 2 sqrt(2)/(3 pi) u^(3/2) + ...
NTK(depth=L):  Theta_L(1-u) = L - L(L-1)/2 sqrt(2)/pi u^(1/2) + ...

The coefficients, polynomials in L, are found by interpolation over the first depths; the checker
replays the step from L to L + 1 on truncated series (`theory.rules.depth`).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy as sp

from theory.derivation import arc_cosine_angle, k1_series
from theory.endpoint import expansion_at
from theory.formal import EndSeries, L, Range, equal, s
from theory.kernels import NNGP, NTK, ArcCosine, Kernel
from theory.proof import Proof, Step, check
from theory.rules.depth import SIGMA, THETA

MAX_ORDER = 6
MARGIN = 3


def _polynomial(kernel: Kernel, order: int) -> sp.Expr:
    """The expansion of one kernel at t = 1 - s^2 up to O(s^order)."""
    terms = expansion_at(kernel, 1, Fraction(order, 2)).terms
    return sp.Add(*(c * s ** int(2 * e) for e, c in terms))


def _interpolated(family: type, order: int) -> sp.Expr:
    """The coefficient of s^i as a polynomial in L of degree at most i + 1."""
    found = [_polynomial(family(depth=depth), order) for depth in range(1, order + MARGIN)]
    total = sp.Integer(0)
    for power in range(order):
        values = [sp.expand(series).coeff(s, power) for series in found]
        total += sp.expand(sp.interpolate(values, L)) * s**power
    return total


@lru_cache(maxsize=8)
def depth_series(family: type, order: int) -> Proof:
    """Proof of the expansion of NNGP(depth=L) or NTK(depth=L) at t = 1 - s^2 up to O(s^order), all L >= 1.

    Default variances and layer scales 1, no bias. Raises ValueError unless 2 <= order <= 6.

    >>> depth_series(NTK, 2).conclusion.statement
    Eq(EndSeries(theta_L, L, 2), L + s*(-sqrt(2)*L**2/(2*pi) + sqrt(2)*L/(2*pi)))
    """
    if family not in (NNGP, NTK) or not isinstance(order, int) or not 2 <= order <= MAX_ORDER:
        raise ValueError(f"depth_series: NNGP or NTK and an order from 2 to {MAX_ORDER} are needed")
    wide, depths = (max(order, 3) if family is NNGP else order + 2), (Range("L", 1),)
    zero, one = (equal(EndSeries(sp.Symbol(f"k{a}"), wide), _polynomial(ArcCosine(a), wide)) for a in (0, 1))
    sigma = equal(EndSeries(SIGMA, L, wide), _interpolated(NNGP, wide))
    steps = arc_cosine_angle(0) + arc_cosine_angle(1) + k1_series()[:1]
    steps += [
        Step("k0-end", zero, "end-order-0", uses=("k0-closed",)),
        Step("k1-end", one, "end-order-1", uses=("k1-derivative", "k1-closed", "k0-end")),
        Step("sigma-end", sigma, "depth-sigma", uses=("k1-end",), ranges=depths),
    ]
    if family is NTK:
        theta = equal(EndSeries(THETA, L, order), _interpolated(NTK, order))
        steps.append(Step("theta-end", theta, "depth-theta", uses=("sigma-end", "k0-end"), ranges=depths))
    proof = Proof(f"{family.__name__}(depth=L) at t = 1, all L", tuple(steps))
    check(proof)
    return proof


def depth_coefficient(family: type, exponent: Fraction) -> sp.Expr:
    """The coefficient of (1-t)^exponent at t = 1 as a polynomial in L, 2 exponent an integer below 6.

    >>> sp.factor(depth_coefficient(NTK, Fraction(1, 2)))
    -sqrt(2)*L*(L - 1)/(2*pi)
    >>> sp.factor(depth_coefficient(NNGP, Fraction(3, 2)))
    2*sqrt(2)*(L - 1)/(3*pi)
    """
    power = 2 * Fraction(exponent)
    if power.denominator != 1 or not 0 <= power < MAX_ORDER:
        raise ValueError(f"exponent must be a multiple of 1/2 from 0 to {MAX_ORDER - 1}/2, got {exponent}")
    return sp.expand(depth_series(family, max(2, int(power) + 1)).conclusion.right).coeff(s, int(power))
