"""Laws of mu_k, and limits of kappa, from expansions at t = 1 - s^2 and t = -1 + s^2.

The theorem on end singularities wants a kernel that is smooth inside (-1, 1) and whose expansions
may be differentiated. A layered kernel is analytic in theta on [0, pi], hence in s at both ends,
which the steps used here show: by depth-sigma 1 - Sigma_L = s^2 (1 + O(s)) for every L >= 1, so that
the angle of each layer is s times an analytic function without zero; by depth-sigma-lower the value
of each layer at t = -1 lies inside (-1, 1) from L = 2 on, where k0 and k1 are analytic, as they are
for every t inside.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy as sp

from theory.numbers.balls import working_precision
from theory.proofs.rules.calculus import only, require
from theory.proofs.rules.depth import K0, K1, SIGMA, cut
from theory.proofs.steps import Facts, Refused, Step, rule
from theory.symbolic.constants import NamedConstant, constant_ball, definitions, written_out
from theory.symbolic.hypergeometric import is_zero
from theory.symbolic.objects import (
    HALF,
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
    d,
    k,
    s,
    t,
)
from theory.symbolic.positivity import positive
from theory.symbolic.ranges import inside, range_in
from theory.symbolic.rational_functions import fraction

LAYERED_BY = {"depth-sigma", "depth-theta", "depth-sigma-lower", "depth-theta-lower"}
LAWS = ("end-law", "dimension-law")
OTHERS = {"end-order-0": {K0}, "end-order-1": {K1}}
P = sp.Symbol("P", positive=True)


def _least_depth(depth: sp.Expr, ranges: Sequence[Range]) -> int:
    """The least value of m or L + m on the ranges."""
    shift = depth - L if depth.has(L) else depth
    require(shift.is_Integer, f"a depth is a number or L plus a number, not {depth}")
    return int(shift) + (range_in(ranges, "L").least if depth.has(L) else 0)


def _at_depth(fact: Step, end: type, kernel: sp.Expr, ranges: Sequence[Range]) -> tuple[sp.Expr, int]:
    """(F, N) of the kernel at one end: kernel = F(s) + O(s^N), its depth put in."""
    series = fact.left
    require(isinstance(series, end), f"{fact.name} is no expansion at that end")
    if not isinstance(kernel, Layered):
        own = kernel in OTHERS.get(fact.rule, ()) or fact.rule == "radial-end" and isinstance(kernel, Radial)
        require(own and series.args[0] == kernel, f"{fact.name} is of another kernel")
        return fact.right, int(series.args[-1])
    name, depth = kernel.args
    require(fact.rule in LAYERED_BY and series.args[0] == name, f"{fact.name} is of another kernel")
    covered = range_in(fact.ranges, "L")
    require(inside(Range("L", _least_depth(depth, ranges)), covered), f"{fact.name} does not reach that depth")
    return fact.right.subs(L, depth), int(series.args[-1])


def _require_analytic(kernel: sp.Expr, used: list[Step]) -> None:
    """The induction over the layers at both ends is among the steps used."""
    layers = {step.rule for step in used if step.left.args[0] == SIGMA}
    needed = {"depth-sigma", "depth-sigma-lower"} if isinstance(kernel, Layered) else set()
    require(needed <= layers, "the expansions of Sigma_L at both ends are needed")


def _first_odd_power(upper: tuple[sp.Expr, int], lower: tuple[sp.Expr, int], parity: int) -> tuple[int, sp.Expr]:
    """(j, c + (-1)^k c') for the first odd j at which it does not vanish identically."""
    (above, wide), (below, narrow) = upper, lower
    for power in range(1, min(wide, narrow), 2):
        ends = (sp.expand(series).coeff(s, power) for series in (above, below))
        weight = sp.expand(sum((-1) ** (parity * i) * c for i, c in enumerate(ends)))
        if weight != 0:
            return power, weight
    require(False, "no odd power of s is left below the order")
    raise AssertionError


def require_sign(weight: sp.Expr, kernel: sp.Expr, bounds: list[Step], ranges: Sequence[Range]) -> None:
    """The weight, linear in 0 < P <= b, has one sign at both ends of that interval."""
    weights = [weight]
    if weight.has(SlopeProduct):
        product = only(weight.atoms(SlopeProduct))
        depth, least = kernel.args[1], _least_depth(kernel.args[1], ranges)
        known = [b for b in bounds if b.rule == "slope-product" and range_in(b.ranges, "L").least <= least]
        most = [b.right for b in known if isinstance(b.statement, sp.LessThan)]
        above = any(isinstance(b.statement, sp.StrictGreaterThan) for b in known)
        require(product.args[0] == depth and above and bool(most), "bounds of P are needed")
        linear = weight.subs(product, P)
        require(sp.degree(linear, P) == 1, "the constant is not linear in P")
        weights = [linear.subs(P, value) for value in (sp.Integer(0), min(most))]
    signs = {certain_sign(w, ranges) for w in weights}
    require(signs in ({1}, {-1}), "the sign of the constant is not certain")


def certain_sign(weight: sp.Expr, ranges: Sequence[Range]) -> int:
    """1 or -1 where it is certain on the ranges, else 0."""
    if weight.free_symbols:
        plain = sp.factor(weight)
        return next((sign for sign in (1, -1) if positive(sign * plain, ranges)), 0)
    with working_precision(50):
        value = constant_ball(weight)
        return 1 if value > 0 else -1 if value < 0 else 0


def alike(left: sp.Expr, right: sp.Expr, ranges: Sequence[Range]) -> bool:
    """Equality by normal form, single values put in; P, b_n, named constants and arc cosines any numbers."""
    single = {symbol: w.least for w in ranges if w.most == w.least for symbol in (L, d) if w.name == symbol.name}
    difference = written_out(left - right).subs(single)
    numbers = sorted(difference.atoms(Maclaurin, SlopeProduct, NamedConstant, sp.acos), key=str)
    return is_zero(difference.xreplace({number: sp.Dummy(positive=True) for number in numbers}))


@rule("radial-end", "definition of exp(-c r), r = sqrt(2) s at t = 1 - s^2 and sqrt(4 - 2s^2) at t = -1 + s^2")
def radial_end(step: Step, facts: Facts) -> None:
    """At t = 1 F(0) = 1 and F' = -c sqrt(2) F + O(s^(N-1)); at t = -1 F(0) = exp(-2c), F' >= 0 and
    (F')^2 (4 - 2s^2) = 4 c^2 s^2 F^2 + O(s^N): exp(-c r) is analytic in s at both ends."""
    parts: list[sp.Expr] = [*step.left.args, step.right]
    kernel, order, series = parts
    require(isinstance(kernel, Radial) and kernel.args[0].is_Rational and kernel.args[0] > 0, "no radial kernel")
    require(order.is_Integer and order >= 2 and series.is_polynomial(s), "no polynomial in s")
    require(series.free_symbols <= {s} and sp.degree(series, s) < order, "terms beyond the order")
    rate, slope = kernel.args[0], sp.diff(series, s)
    if isinstance(step.left, EndSeries):
        require(series.subs(s, 0) == 1, "a wrong start")
        require(cut(slope + rate * sp.sqrt(2) * series, int(order) - 1) == 0, "the derivative is another")
        return
    require(isinstance(step.left, LowerEnd) and series.subs(s, 0) == sp.exp(-2 * rate), "a wrong start")
    require(sp.expand(slope).coeff(s, 1).is_nonnegative is True, "the kernel grows with t")
    residue = slope**2 * (4 - 2 * s**2) - 4 * rate**2 * s**2 * series**2
    require(cut(residue, int(order)) == 0, "the derivative is another")


@rule(
    "end-law", "the first odd power of s whose coefficients at the ends do not cancel", "end-singularities", bounds=True
)
def end_law(step: Step, facts: Facts) -> None:
    """Limit(mu_k/(w G k^(-d-2nu)), k, oo) = 1 for k of one parity: kappa is w/2 ((1-t)^nu + (-1)^k (1+t)^nu)
    and what is o(k^(-d-2nu)), once the parity of k is taken. Uses the expansions at 1 and -1 first."""
    upper, lower, *others = (facts[used] for used in step.uses)
    limit, where = step.left, range_in(step.ranges, "k")
    require(isinstance(limit, sp.Limit) and limit.args[1:3] == (k, sp.oo) and step.right == 1, "a limit 1 is needed")
    if where.parity is None or where.most is not None:
        raise Refused("all large k of one parity are needed")
    spoken = only(limit.args[0].atoms(Mu))
    kernel, leading = spoken.args[0], spoken / limit.args[0]
    require(spoken.args[1] == k and not leading.has(Mu), "one eigenvalue mu_k over its leading term is needed")
    if isinstance(kernel, Layered):
        _require_analytic(kernel, [upper, lower, *others])
    above, below = (_at_depth(fact, end, kernel, step.ranges) for fact, end in ((upper, EndSeries), (lower, LowerEnd)))
    power, weight = _first_odd_power(above, below, where.parity)
    values = {fact.left: fact.right for fact in others if fact.rule == "slope-value"}
    weight = weight.subs(values)
    require_sign(weight, kernel, others, step.ranges)
    nu = power * HALF
    scale = sp.gamma((d + 1) * HALF) / sp.sqrt(sp.pi) * 2 ** (nu + d - 1) * sp.gamma(nu + d * HALF) / sp.gamma(-nu)
    require(alike(leading, weight * scale * k ** (-d - 2 * nu), step.ranges), "the leading term is another")


@rule("slope-value", "rho_2 = 0, rho_{l+1} = k1(rho_l) = rho_l k0(rho_l) + sqrt(1-rho_l^2)/pi")
def slope_value(step: Step, facts: Facts) -> None:
    """P(m) = k0(rho_2) ... k0(rho_{m-1}) for one m >= 2, in named constants."""
    closed = facts[step.uses[0]]
    known = closed.left == Kappa(K0, t) and closed.right == (sp.pi - sp.acos(t)) / sp.pi
    require(known, "k0 is needed")
    require(isinstance(step.left, SlopeProduct) and step.left.args[0].is_Integer, "P(m) of one m is needed")
    names = definitions([step.right])
    roots = {name: name.definition for name in names if name.name.startswith("csc")}  # 1/sqrt(1-rho^2)

    def named(value: sp.Expr) -> sp.Expr:
        """The constant that is defined as the value: layer by layer, since written out it doubles."""
        same = (n for n in names if n not in roots and sp.expand(n.definition.xreplace(roots) - value) == 0)
        return value if value.is_Rational else next(same, value)

    rho, product = sp.Integer(0), sp.Integer(1)
    for _ in range(2, int(step.left.args[0])):
        slope = named(1 - sp.acos(rho) / sp.pi)
        product, rho = product * slope, named(rho * slope + sp.sqrt(1 - rho**2) / sp.pi)
    require(step.right == product, "the product is another")


def covers_all(fact: Step, step: Step) -> None:
    """Refuse unless every range of the fact holds the step's; k is bound in a limit and counts too."""
    inner = all(inside(range_in(step.ranges, where.name), where) for where in fact.ranges)
    require(inner, f"{fact.name} does not cover the ranges")


@rule("law-quotient", "mu_k over its leading term tends to 1, and so does a product of powers of such quotients")
def law_quotient(step: Step, facts: Facts) -> None:
    """Limit(T, v, oo) = c, v = k or d, T a product of integer powers of eigenvalues times a factor free of
    them. T with the leading terms of the used laws in their place is c, or c' T' by a used limit T' -> c/c'."""
    limit = step.left
    require(isinstance(limit, sp.Limit) and limit.args[1] in (k, d) and limit.args[2] == sp.oo, "no limit k or d -> oo")
    term, known = limit.args[0], None
    for fact in (facts[used] for used in step.uses):
        covers_all(fact, step)
        if fact.rule == "limit":
            known = fact
            continue
        require(
            fact.rule in LAWS and fact.left.args[1] == limit.args[1], f"{fact.name} is no law as {limit.args[1]} -> oo"
        )
        spoken = only(fact.left.args[0].atoms(Mu))
        power = term.as_powers_dict().get(spoken, sp.Integer(0))
        rest = term / spoken**power
        require(power.is_Integer and not rest.has(spoken), "no product of integer powers of eigenvalues")
        term = rest * (spoken / fact.left.args[0]) ** power
    require(not term.has(Mu), "an eigenvalue without a law")
    require(not step.right.has(limit.args[1]), "the quotient is another: it moves with the variable")
    if known is not None:
        require(known.left.args[1:3] == limit.args[1:3] and known.right != 0, "a limit of another variable, or 0")
        same = alike(term * known.right, known.left.args[0] * step.right, step.ranges)
        require(same, "the limit of another term")
        return
    require(alike(term, step.right, step.ranges), "the quotient is another")


@rule("end-limit", "the expansion at the end, term by term")
def end_limit(step: Step, facts: Facts) -> None:
    """Limit(T, t, 1, "-") = c or Limit(T, t, -1, "+") = c for T = (A + B kappa)/C; A, B, C polynomials
    in s, kappa(t) = F(s) + O(s^N), kappa(1) or kappa(-1) = F(0)."""
    limit, fact = step.left, facts[step.uses[0]]
    require(isinstance(limit, sp.Limit) and limit.args[1] == t, "a limit in t is needed")
    place = limit.args[2]
    require(place in (1, -1) and str(limit.args[3]) == ("-" if place == 1 else "+"), "t -> 1 or t -> -1 is needed")
    kernel = only({spoken.args[0] for spoken in limit.args[0].atoms(Kappa)})
    series, order = _at_depth(fact, EndSeries if place == 1 else LowerEnd, kernel, step.ranges)
    value = sp.Dummy("kappa")
    term = limit.args[0].xreplace({Kappa(kernel, t): value, Kappa(kernel, place): series.subs(s, 0)})
    upper, lower = fraction(term.subs(t, place * (1 - s**2)))
    plain = upper.is_polynomial(s, value) and lower.is_polynomial(s) and not lower.has(value)
    require(plain and sp.degree(upper, value) <= 1, "T is no quotient of polynomials in s, linear in kappa")
    slope = sp.expand(upper).coeff(value, 1)
    above, below = (sp.Poly(sp.expand(e), s) for e in (upper.subs(value, series), lower))
    first = min(power for (power,) in below.monoms())
    known = order + min((power for (power,) in sp.Poly(slope, s).monoms()), default=0)
    require(first < known, "the expansion ends too early")
    require(all(above.coeff_monomial(s**i) == 0 for i in range(first)), "T grows beyond every bound")
    scale = below.coeff_monomial(s**first)
    require(certain_sign(scale, step.ranges) != 0, "the denominator may vanish")
    require(alike(above.coeff_monomial(s**first), step.right * scale, step.ranges), "the limit is another")
