"""The law of mu_k as k -> oo of an even or odd kernel with a kink at t = 0, such as |t| or acos(1 - 2 t^2).

With kappa analytic on (0, 1) and kappa ~ sum c_nu t^nu as t -> 0+, kappa even and k even (odd and odd),

    mu_k ~ c_nu H(nu, k),   H(nu, k) = Gamma((d+1)/2) Gamma(nu+1) 2^-nu / (Gamma((nu-k)/2+1) Gamma((nu+k+d+1)/2)),

H being the exact eigenvalue of |t|^nu (of sign(t) |t|^nu), E[t^n P_k(t)] continued from n = k, k+2, ... to n = nu,
nu the least power that no even (odd) polynomial has. Its sign is that of (-1)^floor(k/2) times a constant, its size
is k^(-nu-(d+1)/2). The singularity (1-t)^nu' at the ends gives k^(-2 nu'-d); the larger one leads. The remainder
is that of a smoother function (Darboux' method; Olver 1974, chapter 8); no bound of it is known here.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf

import sympy as sp

from theory.expansions.analytic_inside import NotAnalyticInside, check_inside
from theory.expansions.at_ends import expansion_at
from theory.kernels import Compose, Kernel, PowerSeries
from theory.kernels.parity import degree_bounds
from theory.laws.end_terms import degree_law
from theory.symbolic.objects import d, k
from theory.symbolic.puiseux import LOG, NoExpansion, sign

SOURCE = "exact expansions at t = 0, where kappa has a kink, and at the ends; Darboux' method"
RIGHT_HALF = PowerSeries((Fraction(1, 2), Fraction(1, 2)))  # takes -1 < t < 1 to 0 < t < 1
ORDERS = (2, 4)  # within which the kink is sought


def kink_power(nu: Fraction, parity: int) -> sp.Expr:
    """The leading term of H(nu, k) as k -> oo, for k of the parity, with its sign (-1)^floor(k/2).

    >>> kink_power(Fraction(1), 0).subs(d, 2)  # |t| on S^2
    -(-1)**(k/2)*sqrt(2)/(sqrt(pi)*k**(5/2))
    """
    v = sp.Rational(nu.numerator, nu.denominator)
    phase = -sp.sin(sp.pi * v / 2) if parity == 0 else sp.cos(sp.pi * v / 2)
    size = sp.gamma((d + 1) / 2) * sp.gamma(v + 1) * 2 ** ((d + 1) / 2) / sp.pi * phase
    return (-1) ** ((k - parity) / 2) * size * k ** (-v - (d + 1) / 2)


def without_sign(leading: sp.Expr) -> sp.Expr:
    """The size of a leading term of `kink_law`.

    >>> without_sign(kink_power(Fraction(1), 0).subs(d, 2))
    sqrt(2)/(sqrt(pi)*k**(5/2))
    """
    factors = sp.Mul.make_args(leading)
    signs = [f for f in factors if f.is_Pow and f.base == -1 and f.exp.has(k)]
    return (
        -leading / signs[0] if signs and (leading / signs[0]).could_extract_minus_sign() else leading / sp.Mul(*signs)
    )


def kink_law(kernel: Kernel, dim: int | None) -> tuple[sp.Expr, sp.Expr] | None:
    """Leading terms for even and odd k, one of them 0; None where kappa has no kink at 0 alone,
    or neither it nor the ends lead.

    >>> from theory.kernels import ArcCosine
    >>> kink_law(Compose(ArcCosine(0), PowerSeries((-1, 0, 2))), 2)  # 2 asin|t| / pi
    (-2*(-1)**(k/2)*sqrt(2)/(pi**(3/2)*k**(5/2)), 0)
    """
    bounds = degree_bounds(kernel)
    if dim is None or inf not in bounds or -1 not in bounds:
        return None
    parity, right = bounds.index(inf), Compose(kernel, RIGHT_HALF)
    try:
        check_inside(right)
        nu, weight = _first(right, parity)
        end = _at_one(kernel)
    except (NotAnalyticInside, NoExpansion):
        return None
    lead = inf if end is None else 2 * end + dim - nu - Fraction(dim + 1, 2)  # of the kink before the ends
    if nu <= -1 or lead == 0:
        return None
    leading = weight * kink_power(nu, parity).subs(d, dim) if lead > 0 else _of_ends(kernel, dim, parity)
    return (leading, sp.Integer(0)) if parity == 0 else (sp.Integer(0), leading)


def _first(right: Kernel, parity: int) -> tuple[Fraction, sp.Expr]:
    """(nu, c_nu) of the least power of t at 0+ that no polynomial of the parity has."""
    for order in ORDERS:
        for power, weight in expansion_at(right, -1, order).terms:  # in u = 1 + t' = 2 t
            if weight.has(LOG):
                raise NoExpansion("a logarithm at t = 0")
            if (power.denominator > 1 or power < 0 or power % 2 != parity) and sign(weight) != 0:
                return power, weight * sp.Integer(2) ** sp.Rational(power.numerator, power.denominator)
    raise NoExpansion("smooth at t = 0, as far as is looked")


def _of_ends(kernel: Kernel, dim: int, parity: int) -> sp.Expr:
    ((power, constant),) = degree_law(kernel, dim, 1)[parity]
    return constant * k**power


def _at_one(kernel: Kernel) -> Fraction | None:
    """The least power of 1 - t at t = 1 that leaves something, None where there is none below the last order."""
    for power, weight in expansion_at(kernel, 1, ORDERS[-1]).terms:
        if power.denominator > 1 or power < 0 or weight.has(LOG):
            return power
    return None
