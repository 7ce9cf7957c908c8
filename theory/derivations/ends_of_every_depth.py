"""Expansions with symbolic depth L at t = 1 and t = -1, proved by induction on L.

At t = 1 - u:   NNGP(depth=L)   1 - u + (L-1) 2 sqrt(2)/(3 pi) u^(3/2) + ...
                NTK(depth=L)    L - L(L-1)/2 sqrt(2)/pi u^(1/2) + ...,   twice that with bias
At t = -1 + u:  NNGP(depth=L)   rho_L + P(L) 2 sqrt(2)/(3 pi) u^(3/2) + ...
                NTK(depth=L)    its value - P(L) sqrt(2)/pi u^(1/2) + ...,   0 u^(1/2) with bias

P(L) = k0(rho_2) ... k0(rho_{L-1}), rho_2 = 0, rho_{l+1} = k1(rho_l): a layer multiplies the singular
part at -1 by its slope there. The coefficients at t = 1, polynomials in L, are found by interpolation
over the first depths; the checker replays the step from L to L + 1 (`theory.proofs.rules.depth`).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import arb

from theory.derivations.one_hidden_layer import arc_cosine_angle, k1_series
from theory.expansions.at_ends import expansion_at
from theory.kernels import NNGP, NTK, ArcCosine, Kernel
from theory.proofs.check import check
from theory.proofs.rules.depth import DEPTHS, K0, K1, LOWER_DEPTHS, SIGMA, THETA, THETA_BIASED
from theory.proofs.steps import Proof, Step
from theory.symbolic.objects import HALF, AtMinusOne, EndSeries, L, LowerEnd, Range, SlopeProduct, equal, s

MAX_ORDER = 6
MARGIN = 3
LOWER_ORDER = 4  # in s of the expansions at t = -1, those of NTK have half of it
SLOPE_BOUNDS = {2: sp.Integer(1), 3: HALF}  # P(L) <= bound for all L from there on
SQUARE_ROOT, CUBE = Fraction(1, 2), Fraction(3, 2)  # leading non-integer powers of u, NTK and NNGP


def _polynomial(kernel: Kernel, place: int, order: int) -> sp.Expr:
    """The expansion of one kernel at t = place, u = s^2, up to O(s^order)."""
    terms = expansion_at(kernel, place, Fraction(order, 2)).terms
    return sp.Add(*(c * s ** int(2 * e) for e, c in terms))


def _interpolated(family: type, order: int, **options: bool) -> sp.Expr:
    """The coefficient of s^i at t = 1 as a polynomial in L of degree at most i + 1."""
    depths = range(1, order + MARGIN)
    found = [_polynomial(family(depth=depth, **options), 1, order) for depth in depths]
    total = sp.Integer(0)
    for power in range(order):
        values = [sp.expand(series).coeff(s, power) for series in found]
        total += sp.expand(sp.interpolate(values, L)) * s**power
    return total


def _one_layer(end: type, order: int) -> list[Step]:
    """k0 and k1 at an end."""
    place, tag = (1, "end") if end is EndSeries else (-1, "lower")
    zero, one = (equal(end(name, order), _polynomial(ArcCosine(a), place, order)) for a, name in enumerate((K0, K1)))
    return [
        Step(f"k0-{tag}", zero, "end-order-0", uses=("k0-closed",)),
        Step(f"k1-{tag}", one, "end-order-1", uses=("k1-derivative", "k1-closed", f"k0-{tag}")),
    ]


def _start() -> list[Step]:
    return arc_cosine_angle(0) + arc_cosine_angle(1) + k1_series()[:1]


@lru_cache(maxsize=2)
def one_layer(order: int) -> Proof:
    """Proof of k0 and k1 at t = 1 - s^2 and t = -1 + s^2 up to O(s^order).

    >>> one_layer(4).step("k1-lower").statement
    Eq(LowerEnd(k1, 4), 2*sqrt(2)*s**3/(3*pi))
    """
    proof = Proof("k0 and k1 at both ends", (*_start(), *_one_layer(EndSeries, order), *_one_layer(LowerEnd, order)))
    check(proof)
    return proof


def _check_family(family: type, order: int) -> None:
    if family not in (NNGP, NTK) or not isinstance(order, int) or not 2 <= order <= MAX_ORDER:
        raise ValueError(f"depth_series: NNGP or NTK and an order from 2 to {MAX_ORDER} are needed")


@lru_cache(maxsize=8)
def depth_series(family: type, order: int, bias: bool = False) -> Proof:
    """Proof of NNGP(depth=L) or NTK(depth=L) at t = 1 - s^2 up to O(s^order), for all L >= 1.

    Default variances and layer scales 1; `bias` is that of NTK(depth=L, bias=True). Raises
    ValueError unless 2 <= order <= 6.

    >>> depth_series(NTK, 2).conclusion.statement
    Eq(EndSeries(theta_L, L, 2), L + s*(-sqrt(2)*L**2/(2*pi) + sqrt(2)*L/(2*pi)))
    """
    _check_family(family, order)
    wide = max(order, 3) if family is NNGP else order + 2
    sigma = equal(EndSeries(SIGMA, L, wide), _interpolated(NNGP, wide))
    steps = [*_start(), *_one_layer(EndSeries, wide)]
    steps.append(Step("sigma-end", sigma, "depth-sigma", uses=("k1-end",), ranges=DEPTHS))
    if family is NTK:
        name = THETA_BIASED if bias else THETA
        theta = equal(EndSeries(name, L, order), _interpolated(NTK, order, bias=bias))
        uses = ("sigma-end", "k0-end")
        steps.append(Step("theta-end", theta, "depth-theta", uses=uses, ranges=DEPTHS))
    return _replayed(family, bias, "t = 1", steps)


def _replayed(family: type, bias: bool, place: str, steps: list[Step]) -> Proof:
    name = f"{family.__name__}(depth=L{', bias=True' if bias else ''})"
    proof = Proof(f"{name} at {place}, all L", tuple(steps))
    check(proof)
    return proof


def _slopes(name: str, statement: sp.Rel, least: int) -> Step:
    return Step(name, statement, "slope-product", uses=("k0-closed",), ranges=(Range("L", least),))


@lru_cache(maxsize=4)
def lower_series(family: type, bias: bool = False) -> Proof:
    """Proof of the leading singular term of NNGP(depth=L) or NTK(depth=L) at t = -1 + s^2, L >= 2.

    Its last steps are P(L) > 0, P(L) <= 1 for L >= 2 and P(L) <= 1/2 for L >= 3.

    >>> lower_series(NTK).step("theta-lower").statement
    Eq(LowerEnd(theta_L, L, 2), -sqrt(2)*s*P(L)/pi + AtMinusOne(theta_L, L))
    """
    _check_family(family, LOWER_ORDER)
    cubic = 2 * sp.sqrt(2) / (3 * sp.pi) * SlopeProduct(L)
    sigma = equal(LowerEnd(SIGMA, L, LOWER_ORDER), AtMinusOne(SIGMA, L) + cubic * s**3)
    steps = [*_start(), *_one_layer(LowerEnd, LOWER_ORDER)]
    uses: tuple[str, ...] = ("k1-lower", "k1-derivative")
    steps.append(Step("sigma-lower", sigma, "depth-sigma-lower", uses=uses, ranges=LOWER_DEPTHS))
    if family is NTK:
        name = THETA_BIASED if bias else THETA
        root = sp.Integer(0) if bias else -sp.sqrt(2) / sp.pi * SlopeProduct(L)
        theta = equal(LowerEnd(name, L, LOWER_ORDER // 2), AtMinusOne(name, L) + root * s)
        uses = ("sigma-lower", "k0-lower", "k1-lower")
        last = Step("theta-lower", theta, "depth-theta-lower", uses=uses, ranges=LOWER_DEPTHS)
        steps.append(last)
    steps.append(_slopes("slopes-positive", sp.StrictGreaterThan(SlopeProduct(L), 0), 2))
    for least, most in SLOPE_BOUNDS.items():
        steps.append(_slopes(f"slopes-from-{least}", sp.LessThan(SlopeProduct(L), most), least))
    return _replayed(family, bias, "t = -1", steps)


def depth_coefficient(family: type, exponent: Fraction, bias: bool = False) -> sp.Expr:
    """The coefficient of (1-t)^exponent at t = 1, a polynomial in L; 2 exponent an integer below 6.

    >>> sp.factor(depth_coefficient(NTK, Fraction(1, 2)))
    -sqrt(2)*L*(L - 1)/(2*pi)
    >>> sp.factor(depth_coefficient(NNGP, Fraction(3, 2)))
    2*sqrt(2)*(L - 1)/(3*pi)
    """
    power = 2 * Fraction(exponent)
    if power.denominator != 1 or not 0 <= power < MAX_ORDER:
        allowed = f"a multiple of 1/2 from 0 to {MAX_ORDER - 1}/2"
        raise ValueError(f"exponent must be {allowed}, got {exponent}")
    proof = depth_series(family, max(2, int(power) + 1), bias)
    return sp.expand(proof.conclusion.right).coeff(s, int(power))


def leading_ends(family: type, bias: bool = False) -> tuple[Fraction, sp.Expr, sp.Expr]:
    """(nu, c, c'): the first non-integer power of u and its coefficients at t = 1 and -1.

    >>> leading_ends(NNGP)[0], leading_ends(NNGP)[2]
    (Fraction(3, 2), 2*sqrt(2)*P(L)/(3*pi))
    """
    nu = SQUARE_ROOT if family is NTK else CUBE
    step = lower_series(family, bias).step("theta-lower" if family is NTK else "sigma-lower")
    below = sp.expand(step.right).coeff(s, int(2 * nu))
    return nu, sp.factor(depth_coefficient(family, nu, bias)), below


def slope_product(depth: int) -> arb:
    """P(depth) in the working precision, depth >= 2: a product along the orbit of -1 under k1.

    >>> from theory.numbers.balls import working_precision
    >>> with working_precision(15):
    ...     slope_product(2), slope_product(3).contains(0.5), slope_product(5) < slope_product(4)
    (1.00000000000000000000000, True, True)
    """
    if depth < 2:
        raise ValueError(f"P(L) begins with L = 2, got {depth}")
    rho, product, pi = arb(0), arb(1), arb.pi()
    for _ in range(2, depth):
        product *= 1 - rho.acos() / pi
        middle = arb(rho.mid())
        angle = middle.acos()  # 0 < k1' < 1, so that k1 does not widen a ball
        rho = (angle.sin() + (pi - angle) * middle) / pi + arb(0, rho.rad())
    return product
