"""Rules about expansions at t = 1 and t = -1 by induction on the depth L: exact algebra in s and L.

u = s^2 is the distance from the end, s -> 0+. At t = -1 the constant terms are the values
themselves, rho_L = Sigma_L(-1): rho_2 = 0, and k1 maps [0, 1) into itself, for k1' = k0 > 0 and
k1(1) = 1. So every rho_L with L >= 2 lies in [0, 1), where k0 and k1 are analytic and 0 < k0 < 1.
"""

from __future__ import annotations

from functools import reduce

import sympy as sp

from theory.proofs.rules.calculus import require
from theory.proofs.steps import INEQUALITY, Facts, Step, rule
from theory.symbolic.objects import AtMinusOne, EndSeries, Kappa, L, LowerEnd, Range, SlopeProduct, s, t

SIGMA, THETA, THETA_BIASED = sp.symbols("sigma theta_L theta_bias")
TANGENT = {THETA: 0, THETA_BIASED: 1}  # what is added to Theta_L before the next layer
K0, K1 = sp.symbols("k0 k1")
DEPTHS, LOWER_DEPTHS = (Range("L", 1),), (Range("L", 2),)


def cut(expression: sp.Expr, order: int) -> sp.Expr:
    """The powers of s below `order` of a polynomial."""
    terms = sp.Add.make_args(sp.expand(expression))
    return sp.Add(*(term for term in terms if term.as_coeff_exponent(s)[1] < order))


def _series(step: Step, name: sp.Symbol, end: type[sp.Basic] = EndSeries) -> tuple[sp.Expr, int]:
    """(F, N) of a statement that the named function is F(s) + O(s^N)."""
    named = isinstance(step.left, end) and step.left.args[0] == name
    require(named, f"{step.name} is no expansion of {name}")
    order = step.left.args[-1]
    require(order.is_Integer and order >= 2, "an order N >= 2 is needed")
    symbols = {s, L} if end is EndSeries else {s, L, SIGMA, name}  # values at -1 carry their names
    polynomial = step.right.is_polynomial(s) and step.right.free_symbols <= symbols
    require(polynomial, "the right side is no polynomial in s")
    require(sp.degree(step.right, s) < order, "terms beyond the order")
    return step.right, int(order)


def _end(step: Step) -> type:
    require(isinstance(step.left, EndSeries | LowerEnd), "no expansion at an end")
    return type(step.left)


def _require_derivative(relation: Step, one: sp.Symbol, zero: sp.Symbol) -> None:
    left = sp.Derivative(Kappa(one, t), t) - Kappa(zero, t)
    require(relation.left == left and relation.right == 0, "k1' is not k0")


@rule("end-order-0", "d/ds acos(1-s^2) = 2/sqrt(2-s^2)")
def end_order_zero(step: Step, facts: Facts) -> None:
    """k0 = F + O(s^N) with (pi F')^2 (2-s^2) = 4 + O(s^(N-1)): at t = 1-s^2 F(0) = 1, F'(0) < 0,
    at t = -1+s^2 F(0) = 0, F'(0) > 0."""
    closed, end = facts[step.uses[0]], _end(step)
    name = step.left.args[0]
    known = closed.left == Kappa(name, t) and closed.right == (sp.pi - sp.acos(t)) / sp.pi
    require(known, "another function")
    series, order = _series(step, name, end)
    slope = sp.diff(series, s)
    start, sign = (1, -1) if end is EndSeries else (0, 1)
    begins = series.subs(s, 0) == start and (sign * slope.subs(s, 0)).is_positive is True
    require(begins and not series.has(L), "a wrong start")
    require(cut((sp.pi * slope) ** 2 * (2 - s**2) - 4, order - 1) == 0, "the derivative is another")


@rule("end-order-1", "k1' = k0, k1(1) = 1, k1(-1) = 0")
def end_order_one(step: Step, facts: Facts) -> None:
    """k1 = F + O(s^N) from d/ds k1(1-s^2) = -2s k0(1-s^2) or d/ds k1(-1+s^2) = 2s k0(-1+s^2)."""
    relation, closed, below = (facts[used] for used in step.uses)
    name, zero, end = step.left.args[0], below.left.args[0], _end(step)
    _require_derivative(relation, name, zero)
    place, sign = (1, -1) if end is EndSeries else (-1, 1)
    start = closed.right.subs(t, place)
    known = closed.left == Kappa(name, t) and start == (1 + place) // 2
    require(known, "k1(1) = 1, k1(-1) = 0 are needed")
    (series, order), (source, known) = _series(step, name, end), _series(below, zero, end)
    begins = known >= order and not series.has(L) and series.subs(s, 0) == start
    require(begins, "a wrong start")
    residue = cut(sp.diff(series, s) - 2 * sign * s * source, order - 1)
    require(residue == 0, "the derivative is another")


def _root(series: sp.Expr, order: int) -> sp.Expr:
    """sqrt(1 - Sigma) = s sqrt(q), q = 1 + O(s), as a polynomial up to O(s^N)."""
    quotient = sp.expand((1 - series) / s**2)
    begins = quotient.is_polynomial(s) and quotient.subs(s, 0) == 1
    require(begins, "1 - Sigma_L does not start with s^2")
    root, power = sp.Integer(0), sp.Integer(1)
    for m in range(order):
        root += sp.binomial(sp.Rational(1, 2), m) * power
        power = cut(power * (quotient - 1), order)
    return cut(s * root, order)


def _composed(outer: sp.Expr, root: sp.Expr, order: int) -> sp.Expr:
    """A polynomial in s at the root, by Horner's scheme."""
    coefficients = [sp.expand(outer).coeff(s, m) for m in reversed(range(order))]
    return reduce(lambda total, coefficient: cut(total * root + coefficient, order), coefficients)


@rule("depth-sigma", "induction on L: Sigma_1 = t, Sigma_{L+1} = k1(Sigma_L)")
def depth_sigma(step: Step, facts: Facts) -> None:
    """Sigma_L(1-s^2) = F(L, s) + O(s^N) for all L >= 1. sqrt(1 - Sigma_L) is known up to O(s^(N-1))
    only; k1 has no term of first order in it, so nothing is lost."""
    series, order = _series(step, SIGMA)
    outer, known = _series(facts[step.uses[0]], K1)
    enough = step.ranges == DEPTHS and known >= order
    require(enough, "all depths L >= 1 and enough terms of k1 are needed")
    require(sp.expand(outer).coeff(s, 1) == 0, "k1 has a term of first order")
    require(sp.expand(series.subs(L, 1) - (1 - s**2)) == 0, "Sigma_1 is not t")
    residue = series.subs(L, L + 1) - _composed(outer, _root(series, order), order)
    require(sp.expand(residue) == 0, "the step from L to L + 1 fails")


def _tangent(step: Step) -> tuple[sp.Symbol, int]:
    """The tangent kernel of the statement and b, 1 with hidden biases."""
    name = step.left.args[0]
    require(name in TANGENT, "no tangent kernel")
    return name, TANGENT[name]


@rule("depth-theta", "induction: Theta_1 = t, Theta_{L+1} = (Theta_L + b) k0(Sigma_L) + Sigma_{L+1}")
def depth_theta(step: Step, facts: Facts) -> None:
    """Theta_L(1-s^2) = F(L, s) + O(s^N) for all L >= 1, NTK(depth=L), b = 1 with bias.
    sqrt(1 - Sigma_L) is needed up to O(s^N), so Sigma_L up to O(s^(N+1))."""
    name, bias = _tangent(step)
    series, order = _series(step, name)
    layer, zero = (facts[used] for used in step.uses)
    (below, wide), (outer, known) = _series(layer, SIGMA), _series(zero, K0)
    require(step.ranges == DEPTHS == layer.ranges, "all depths L >= 1 are needed")
    require(wide > order and known >= order, "more terms of Sigma_L or k0 are needed")
    require(sp.expand(series.subs(L, 1) - cut(1 - s**2, order)) == 0, "Theta_1 is not t")
    slope = _composed(outer, _root(below, order), order)
    residue = series.subs(L, L + 1) - cut((series + bias) * slope + below.subs(L, L + 1), order)
    require(sp.expand(residue) == 0, "the step from L to L + 1 fails")


def _beyond_value(series: sp.Expr, name: sp.Symbol) -> sp.Expr:
    """F - F(0), where F(0) must be the value at t = -1 by name, and the rest free of values."""
    rest = sp.expand(series - AtMinusOne(name, L))
    starts = rest.subs(s, 0) == 0 and not rest.has(AtMinusOne)
    require(starts, "the constant term is not the value at -1")
    return rest


def _grows_by_slope(rest: sp.Expr) -> bool:
    """Whether F(L+1) = k0(rho_L) F(L), with P(L+1) = k0(rho_L) P(L)."""
    slope = sp.Symbol("k0_rho")
    later = rest.subs(L, L + 1).subs(SlopeProduct(L + 1), slope * SlopeProduct(L))
    return sp.expand(later - slope * rest) == 0


@rule("depth-sigma-lower", "induction on L: Sigma_2 = k1, k1(rho+x) = k1(rho) + k0(rho) x + O(x^2)")
def depth_sigma_lower(step: Step, facts: Facts) -> None:
    """Sigma_L(-1+s^2) = rho_L + x, x = F(L, s) + O(s^N) and x^2 = O(s^N), for all L >= 2."""
    series, order = _series(step, SIGMA, LowerEnd)
    first, relation = (facts[used] for used in step.uses)
    start, known = _series(first, K1, LowerEnd)
    _require_derivative(relation, K1, K0)
    enough = step.ranges == LOWER_DEPTHS and known >= order
    require(enough, "all L >= 2 and enough terms of k1 are needed")
    rest = _beyond_value(series, SIGMA)
    at_two = rest.subs(L, 2).subs(SlopeProduct(2), 1)
    require(sp.expand(at_two - cut(start, order)) == 0, "Sigma_2 is not k1, or rho_2 not 0")
    require(cut(rest, (order + 1) // 2) == 0, "the square of x is not O(s^N)")
    require(_grows_by_slope(rest), "the step from L to L + 1 fails")


@rule("depth-theta-lower", "induction on L: Theta_2 = (t + b) k0 + k1, then as depth-theta")
def depth_theta_lower(step: Step, facts: Facts) -> None:
    """Theta_L(-1+s^2) = Theta_L(-1) + F(L, s) + O(s^N) for all L >= 2. Sigma_L - rho_L = O(s^N), so
    that beyond the values Theta_{L+1} is k0(rho_L) Theta_L."""
    name, bias = _tangent(step)
    series, order = _series(step, name, LowerEnd)
    below, zero, one = (facts[used] for used in step.uses)
    inner, wide = _series(below, SIGMA, LowerEnd)
    (slope, known), (value, wanted) = _series(zero, K0, LowerEnd), _series(one, K1, LowerEnd)
    enough = step.ranges == LOWER_DEPTHS == below.ranges and min(wide, known, wanted) >= order
    require(enough, "all L >= 2 and enough terms are needed")
    require(cut(_beyond_value(inner, SIGMA), order) == 0, "Sigma_L moves before the order")
    rest = _beyond_value(series, name)
    start = cut((s**2 - 1 + bias) * slope + value, order)
    at_two = rest.subs(L, 2).subs(SlopeProduct(2), 1)
    require(sp.expand(at_two - start + start.subs(s, 0)) == 0, "Theta_2 is not (t + b) k0 + k1")
    require(_grows_by_slope(rest), "the step from L to L + 1 fails")


@rule("slope-product", "P(2) = 1, P(L+1) = k0(rho_L) P(L), 0 < k0 < 1", relation=INEQUALITY)
def slope_product(step: Step, facts: Facts) -> None:
    """P(L) > 0 for all L >= 2, or P(L) <= P(m) for all L >= m, m = 2 or 3; P(3) = k0(rho_2) = k0(0)."""
    closed = facts[step.uses[0]]
    known = closed.left == Kappa(K0, t) and closed.right == (sp.pi - sp.acos(t)) / sp.pi
    require(known, "k0 is needed")
    first = {2: sp.Integer(1), 3: closed.right.subs(t, 0)}
    (where,) = step.ranges
    depths = where.name == "L" and where.most is None and where.parity is None and where.least >= 2
    require(depths and step.left == SlopeProduct(L), "P(L) for all L from 2 on is needed")
    if isinstance(step.statement, sp.StrictGreaterThan):
        require(step.right == 0, "P(L) > 0 alone is known")
        return
    bounded = isinstance(step.statement, sp.LessThan) and step.right == first.get(where.least)
    require(bounded, "P(L) <= P(m) for all L >= m, m = 2 or 3, alone is known")
