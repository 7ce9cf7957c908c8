"""Rules about expansions at t = 1, t = 1 - s^2, s -> 0+, by induction on the depth L: exact algebra in s and L."""

from __future__ import annotations

import sympy as sp

from theory.formal import EndSeries, Kappa, L, Range, s, t
from theory.proof import Facts, Step, rule
from theory.rules.calculus import require

SIGMA, THETA = sp.symbols("sigma theta_L")
DEPTHS = (Range("L", 1),)


def cut(expression: sp.Expr, order: int) -> sp.Expr:
    """The powers of s below `order` of a polynomial."""
    expanded = sp.expand(expression)
    return sp.Add(*(expanded.coeff(s, m) * s**m for m in range(order)))


def _series(step: Step, name: sp.Symbol) -> tuple[sp.Expr, int]:
    """(F, N) of a statement that the named function is F(s) + O(s^N)."""
    require(isinstance(step.left, EndSeries) and step.left.args[0] == name, f"{step.name} is no expansion of {name}")
    order = step.left.args[-1]
    require(order.is_Integer and order >= 2, "an order N >= 2 is needed")
    require(step.right.is_polynomial(s) and step.right.free_symbols <= {s, L}, "the right side is no polynomial in s")
    require(sp.degree(step.right, s) < order, "terms beyond the order")
    return step.right, int(order)


@rule("end-order-0", "d/ds acos(1-s^2) = 2/sqrt(2-s^2)")
def end_order_zero(step: Step, facts: Facts) -> None:
    """k0(1-s^2) = F + O(s^N): F(0) = 1, F'(0) < 0 and (pi F')^2 (2-s^2) = 4 + O(s^(N-1))."""
    closed = facts[step.uses[0]]
    name = step.left.args[0]
    require(closed.left == Kappa(name, t) and closed.right == (sp.pi - sp.acos(t)) / sp.pi, "another function")
    series, order = _series(step, name)
    slope = sp.diff(series, s)
    require(not series.has(L) and series.subs(s, 0) == 1 and slope.subs(s, 0).is_negative is True, "a wrong start")
    require(cut((sp.pi * slope) ** 2 * (2 - s**2) - 4, order - 1) == 0, "the derivative is another")


@rule("end-order-1", "d/ds k1(1-s^2) = -2s k0(1-s^2), k1(1) = 1")
def end_order_one(step: Step, facts: Facts) -> None:
    """k1(1-s^2) = F + O(s^N) from k1' = k0."""
    relation, closed, below = (facts[used] for used in step.uses)
    name, zero = step.left.args[0], below.left.args[0]
    require(relation.left == sp.Derivative(Kappa(name, t), t) - Kappa(zero, t) and relation.right == 0, "k1' is not k0")
    require(closed.left == Kappa(name, t) and closed.right.subs(t, 1) == 1, "k1(1) = 1 is needed")
    (series, order), (source, known) = _series(step, name), _series(below, zero)
    require(known >= order and not series.has(L) and series.subs(s, 0) == 1, "a wrong start")
    require(cut(sp.diff(series, s) + 2 * s * source, order - 1) == 0, "the derivative is another")


def _root(series: sp.Expr, order: int) -> sp.Expr:
    """sqrt(1 - Sigma) = s sqrt(q), q = 1 + O(s), as a polynomial up to O(s^N)."""
    quotient = sp.expand((1 - series) / s**2)
    require(quotient.is_polynomial(s) and quotient.subs(s, 0) == 1, "1 - Sigma_L does not start with s^2")
    root, power = sp.Integer(0), sp.Integer(1)
    for m in range(order):
        root, power = root + sp.binomial(sp.Rational(1, 2), m) * power, cut(power * (quotient - 1), order)
    return cut(s * root, order)


def _composed(outer: sp.Expr, root: sp.Expr, order: int) -> sp.Expr:
    """A polynomial in s at the root, by Horner's scheme."""
    total = sp.Integer(0)
    for m in reversed(range(order)):
        total = cut(total * root + sp.expand(outer).coeff(s, m), order)
    return total


@rule("depth-sigma", "induction on L: Sigma_1 = t, Sigma_{L+1} = k1(Sigma_L)")
def depth_sigma(step: Step, facts: Facts) -> None:
    """Sigma_L(1-s^2) = F(L, s) + O(s^N) for all L >= 1. sqrt(1 - Sigma_L) is known up to O(s^(N-1))
    only; k1 has no term of first order in it, so nothing is lost."""
    series, order = _series(step, SIGMA)
    outer, known = _series(facts[step.uses[0]], sp.Symbol("k1"))
    require(step.ranges == DEPTHS and known >= order, "all depths L >= 1 and enough terms of k1 are needed")
    require(sp.expand(outer).coeff(s, 1) == 0, "k1 has a term of first order")
    require(sp.expand(series.subs(L, 1) - (1 - s**2)) == 0, "Sigma_1 is not t")
    residue = series.subs(L, L + 1) - _composed(outer, _root(series, order), order)
    require(sp.expand(residue) == 0, "the step from L to L + 1 fails")


@rule("depth-theta", "induction on L: Theta_1 = t, Theta_{L+1} = Theta_L k0(Sigma_L) + Sigma_{L+1}")
def depth_theta(step: Step, facts: Facts) -> None:
    """Theta_L(1-s^2) = F(L, s) + O(s^N) for all L >= 1, NTK(depth=L). sqrt(1 - Sigma_L) is needed
    up to O(s^N), so Sigma_L up to O(s^(N+1))."""
    series, order = _series(step, THETA)
    (below, wide), (outer, known) = _series(facts[step.uses[0]], SIGMA), _series(facts[step.uses[1]], sp.Symbol("k0"))
    require(step.ranges == DEPTHS and facts[step.uses[0]].ranges == DEPTHS, "all depths L >= 1 are needed")
    require(wide > order and known >= order, "more terms of Sigma_L or k0 are needed")
    require(sp.expand(series.subs(L, 1) - cut(1 - s**2, order)) == 0, "Theta_1 is not t")
    slope = _composed(outer, _root(below, order), order)
    residue = series.subs(L, L + 1) - cut(series * slope + below.subs(L, L + 1), order)
    require(sp.expand(residue) == 0, "the step from L to L + 1 fails")
