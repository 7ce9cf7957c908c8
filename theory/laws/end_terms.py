"""Laws of decay of kernels without a closed form, from their expansions at t = 1, -1 and 0.

As k -> oo, with kappa analytic on (-1, 1) (`theory.expansions.analytic_inside`), integrable on S^d, that is nu > -d/2, and
kappa ~ sum c_nu (1-t)^nu and sum c'_nu (1+t)^nu there (nu = 0, 1, ... apart, which leave nothing),

    mu_k ~ sum_nu (c_nu + (-1)^k c'_nu) G(nu, k),
    G(nu, k) = Gamma((d+1)/2)/sqrt(pi) 2^(nu+d-1) Gamma(nu+d/2)/Gamma(-nu) Gamma(k-nu)/Gamma(k+nu+d),

G being the exact eigenvalue of (1-t)^nu, of poles nu = -1, -2, ... too; that of (1-t)^m log(1-t),
m = 0, 1, ..., k > m, is dG/dnu: 1/Gamma(-nu) becomes (-1)^(m+1) m!. The remainder falls faster by Bietti
and Bach 2021, theorem 7. As d -> oo, mu_k = sum_j b_{k+2j} (k+2j)!/(2^j j!) d^(-k-j) (1 + ...), b_n >= 0.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf

import sympy as sp

from theory.expansions.at_ends import expansion_at
from theory.kernels import Kernel
from theory.kernels.parity import degree_bounds
from theory.symbolic.asymptotic_series import expansion, tidy_constant
from theory.symbolic.growth import growth
from theory.symbolic.hypergeometric import single_term
from theory.symbolic.objects import d, k
from theory.symbolic.puiseux import LOG, NoExpansion, sign

ORDERS = (2, 3, 4, 6)  # within which the leading term is sought
Terms = tuple[tuple[sp.Expr, sp.Expr], ...]
Weights = dict[Fraction, sp.Expr]  # of the powers nu, increasing


def end_power(nu: Fraction) -> sp.Expr:
    """G(nu, k), the eigenvalue of (1-t)^nu (of (1-t)^nu log(1-t) for nu = 0, 1, ...), real d > -2 nu and k > nu.

    >>> sp.simplify(end_power(Fraction(1, 2)).subs({d: 2, k: 1})), end_power(Fraction(-1)).subs({d: 5, k: 0})
    (-2*sqrt(2)/15, 4/3)
    """
    v = sp.Rational(nu.numerator, nu.denominator)
    below = (-1) ** (v + 1) * sp.factorial(v) if nu.denominator == 1 and nu >= 0 else 1 / sp.gamma(-v)
    constant = sp.gamma((d + 1) / 2) / sp.sqrt(sp.pi) * 2 ** (v + d - 1) * sp.gamma(v + d / 2) * below
    return constant * sp.gamma(k - v) / sp.gamma(k + v + d)


def degree_law(kernel: Kernel, dim: int | None, terms: int) -> tuple[Terms, Terms]:
    """The first terms (power of k, coefficient) for even and for odd k; () where all vanish.

    For a kernel that is analytic inside and integrable on S^dim. Raises NoExpansion where it is smooth
    at both ends, as far as is looked, or has no expansion.

    >>> from theory.kernels import NTK
    >>> degree_law(NTK(depth=3), 2, 1)
    (((-3, 7/(4*pi)),), ((-3, 5/(4*pi)),))
    """
    order, weights = _first_weights(kernel)
    # (1-t)^nu begins at the power -2 nu - d of k, and each parity has its own first nu.
    while (enough := max(min(w, default=Fraction(0)) for w in weights) + Fraction(terms, 2)) > order:
        order, weights = enough, _both_weights(kernel, enough)
    even, odd = (_parity_law(w, dim, terms) for w in weights)
    return even, odd


def _first_weights(kernel: Kernel) -> tuple[Fraction, list[Weights]]:
    """The order within which each parity has a term, if it is known to be no polynomial; else the last order."""
    for order in map(Fraction, ORDERS):
        weights = _both_weights(kernel, order)
        if all(w or top < inf for w, top in zip(weights, degree_bounds(kernel), strict=True)) and any(weights):
            return order, weights
    if not any(weights):
        where = f"t = 1 and -1 up to order {order}"
        raise NoExpansion(f"the kernel is smooth at {where}: no power of k is the law of mu_k")
    return order, weights


def _both_weights(kernel: Kernel, order: Fraction) -> list[Weights]:
    ends = [_singular(kernel, place, order) for place in (1, -1)]
    return [_weights(ends, parity) for parity in (0, 1)]


def _singular(kernel: Kernel, place: int, order: Fraction) -> Weights:
    """Coefficients of u^e for e not in 0, 1, ..., and of u^e log u for e in 0, 1, ..."""
    found: Weights = {}
    for e, c in expansion_at(kernel, place, order).terms:
        whole = e.denominator == 1 and e >= 0
        if not c.has(LOG):
            found |= {} if whole else {e: c}
        elif not whole or sp.degree(c, LOG) > 1:
            raise NoExpansion(f"{kernel!r} has other logarithms than u^m log u, m = 0, 1, ...")
        else:
            found[e] = c.coeff(LOG, 1)
    return found


def _weights(ends: list[Weights], parity: int) -> Weights:
    """c_nu + (-1)^k c'_nu where it does not vanish, nu increasing."""
    near, far = ends
    found = {}
    for nu in sorted({*near, *far}):
        weight = near.get(nu, sp.Integer(0)) + (-1) ** parity * far.get(nu, sp.Integer(0))
        if sign(weight) != 0:
            found[nu] = weight
    return found


def _parity_law(weights: Weights, dim: int | None, terms: int) -> Terms:
    if not weights:
        return ()
    total: dict[sp.Expr, sp.Expr] = {}
    for nu, weight in weights.items():
        for power, coefficient in expanded_power(nu, dim, terms):
            total[power] = total.get(power, sp.Integer(0)) + weight * coefficient
    first = min(weights)
    lead = (
        -d - 2 * sp.Rational(first.numerator, first.denominator)
        if dim is None
        else (-dim - 2 * sp.Rational(first.numerator, first.denominator))
    )
    ordered = sorted(total, key=lambda power: lead - power)
    kept = [(p, _tidy(total[p])) for p in ordered if lead - p < terms]
    return tuple((p, c) for p, c in kept if c != 0)[:terms]


def _tidy(coefficient: sp.Expr) -> sp.Expr:
    if not coefficient.free_symbols:
        return tidy_constant(coefficient)
    return sp.factor_terms(sp.powsimp(sp.expand(coefficient)))


def expanded_power(nu: Fraction, dim: int | None, terms: int) -> Terms:
    """The first terms of G(nu, k) as k -> oo.

    >>> expanded_power(Fraction(1, 2), 2, 2)
    ((-3, -sqrt(2)/4), (-4, 3*sqrt(2)/8))
    """
    expression = end_power(nu) if dim is None else end_power(nu).subs(d, dim)
    term = single_term(expression)
    return expansion(term, k, growth(term, k), terms)


def dimension_law(kernel: Kernel, degree: int, terms: int) -> Terms:
    """The first terms (power of d, coefficient) of mu_k as d -> oo; () where b_k, b_(k+2), ... vanish
    as far as `terms` more.

    >>> from theory.kernels import NTK
    >>> dimension_law(NTK(depth=2), 4, 2)
    ((-4, 5/pi), (-5, -97/(2*pi)))
    """
    series = expansion_at(kernel, 0, degree + 2 * terms + 1)
    exponents = (degree + 2 * j for j in range(terms + 1))
    start = next((j for j, e in enumerate(exponents) if series.coefficient(Fraction(e)) != 0), None)
    if start is None:
        return ()
    total: dict[int, sp.Expr] = {}
    series = expansion_at(kernel, 0, degree + 2 * (start + terms))
    for j in range(start, start + terms):
        coefficient = series.coefficient(Fraction(degree + 2 * j))
        term = single_term(_moment(degree + 2 * j, degree))
        for power, value in expansion(term, d, growth(term, d), terms - (j - start)):
            total[int(power)] = total.get(int(power), sp.Integer(0)) + coefficient * value
    ordered = ((p, _tidy(total[p])) for p in sorted(total, reverse=True))
    return tuple((sp.Integer(p), c) for p, c in ordered if c != 0)


def _moment(n: int, degree: int) -> sp.Expr:
    """E[t^n P_k(t)] symbolic in d."""
    j = (n - degree) // 2
    return (
        sp.gamma((d + 1) / 2)
        * sp.factorial(n)
        / (sp.Integer(2) ** n * sp.factorial(j) * sp.gamma((n + degree + d + 1) / 2))
    )
