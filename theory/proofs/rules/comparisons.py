"""Inequalities between eigenvalues, coefficients and the trace, from the signs of the coefficients."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from theory.kernels import Kernel, Multiple, Sum
from theory.kernels.depth_families import kappa_at_one
from theory.proofs.rules.calculus import only, require
from theory.proofs.rules.certain import Place
from theory.proofs.rules.ends import alike
from theory.proofs.rules.signs import index_of, plainly_positive, positive_indices, require_moments
from theory.proofs.steps import INEQUALITY, Facts, Step, rule
from theory.symbolic.objects import Kappa, KernelName, Maclaurin, Mu, MuOn, Range, d, k, n
from theory.symbolic.positivity import positive
from theory.symbolic.ranges import Ranges, inside, range_in


@rule(
    "walk-down", "mu_m - mu_{m+2} on S^d is (2m+d+1)/(d+1) times mu_m on S^(d+2)", "dimension-walk", relation=INEQUALITY
)
def walk_down(step: Step, facts: Facts) -> None:
    """mu_m >= mu_{m+2}, or >, from mu_m >= 0, or > 0, in every dimension; m is the same on S^(d+2), so free of d unless
    the sign is that of mu_k for every k that m takes."""
    (fact,) = (facts[used] for used in step.uses)
    require(isinstance(step.left, Mu) and isinstance(step.right, Mu), "two eigenvalues are needed")
    (kernel, lower), (same, upper) = step.left.args, step.right.args
    require(kernel == same and sp.expand(upper - lower) == 2, "the same kernel, two degrees apart")
    _require_sign_above(fact, step)
    dims = range_in(fact.ranges, "d")
    require(dims.most is None and dims.least <= range_in(step.ranges, "d").least + 2, "the sign on S^(d+2) is needed")
    strict = isinstance(step.statement, sp.StrictGreaterThan)
    require(strict or isinstance(step.statement, sp.GreaterThan), "mu_m > mu_{m+2} or >= is needed")
    require(not strict or isinstance(fact.statement, sp.StrictGreaterThan), "mu_m may be 0 on S^(d+2)")
    require(isinstance(fact.statement, sp.StrictGreaterThan | sp.GreaterThan), "mu_m may be negative")


@rule("walk-far", "mu_m >= mu_{m+2} >= ... down the dimension walk", "dimension-walk", relation=INEQUALITY)
def walk_far(step: Step, facts: Facts) -> None:
    """mu_m >= mu_{m+r}, or >, r even, from mu_m >= 0, or > 0, and mu_k >= 0 for all k, in every dimension."""
    fact, every = (facts[used] for used in step.uses)
    require(isinstance(step.left, Mu) and isinstance(step.right, Mu), "two eigenvalues are needed")
    (kernel, lower), (same, upper) = step.left.args, step.right.args
    strict = isinstance(step.statement, sp.StrictGreaterThan)
    require(strict or isinstance(step.statement, sp.GreaterThan), "mu_m > mu_{m+r} or >= is needed")
    place, distance = Place(step.ranges), sp.expand(upper - lower)
    require(kernel == same and place.index(lower, 0), "the same kernel, and degrees >= 0, are needed")
    require(place.index(distance, 2 if strict else 0) and place.parity(distance) == 0, "an even distance is needed")
    require(every.left == Mu(kernel, k) and every.right == 0, "the signs of all eigenvalues are needed")
    for known in (fact, every):
        require(isinstance(known.statement, sp.StrictGreaterThan | sp.GreaterThan), f"{known.left} may be negative")
        require(inside(Range("d", 1), range_in(known.ranges, "d")), "the sign on every sphere is needed")
    require(inside(Range("k", 0), range_in(every.ranges, "k")), "the signs of all degrees are needed")
    _require_sign_above(fact, step)
    depths = range_in(step.ranges, "L")
    require(inside(depths, range_in(every.ranges, "L")), "the signs are of other depths")
    require(not strict or isinstance(fact.statement, sp.StrictGreaterThan), "mu_m may be 0 on S^(d+2)")


def _require_sign_above(fact: Step, step: Step) -> None:
    """Refuse unless the fact tells the sign of mu_m on other spheres than S^d, m the lower degree of the step."""
    kernel, lower = step.left.args
    require(fact.right == 0, "a sign is needed")
    if fact.left == Mu(kernel, k) != step.left:
        place, degrees = Place(step.ranges), range_in(fact.ranges, "k")
        parity = degrees.parity is None or place.parity(lower) == degrees.parity
        require(degrees.most is None and parity and place.index(lower, degrees.least), "the sign is of other degrees")
        depths = range_in(step.ranges, "L")
        require(inside(depths, range_in(fact.ranges, "L")), "the sign is of other depths")
        return
    require(fact.left == step.left, "the sign of mu_m is needed")
    require(not lower.has(d), "m is another degree on S^(d+2)")
    others = Ranges(step.ranges).without("d")
    require(all(inside(w, range_in(fact.ranges, w.name)) for w in others), "the sign is of other degrees")


@rule(
    "dimension-down",
    "every moment E[t^n P_k] is n!/(2^n j!) Gamma(h)/Gamma(h+k+j), n = k+2j, and falls as h = (d+1)/2 grows",
    "abel-dominated",
    relation=INEQUALITY,
)
def dimension_down(step: Step, facts: Facts) -> None:
    """mu_m on S^D >= mu_m on S^(D'), D' >= D, no b_n negative; > for D' > D where b_n > 0 for infinitely many n of the
    parity of m, since every moment but E[1] falls. Uses the moments first."""
    moment, *signs = (facts[used] for used in step.uses)
    require_moments(moment)
    (name, index, large), (same, degree, small) = (_on_sphere(side) for side in (step.left, step.right))
    require(name == same and index == degree, "one kernel and one degree on two spheres are needed")
    strict = isinstance(step.statement, sp.StrictGreaterThan)
    require(strict or isinstance(step.statement, sp.GreaterThan), ">= or > is needed")
    place = Place(step.ranges)
    require(place.index(large, 1) and place.index(index, 0), "degrees >= 0 on spheres from S^1 on are needed")
    require(place.index(sp.expand(small - large), 1 if strict else 0), "the second sphere may be the smaller one")
    tails = positive_indices(name, signs, step).tails
    if strict:
        parity = place.parity(index)
        wanted = (0, 1) if parity is None else (parity,)
        require(all(tails[p] is not None for p in wanted), "all large coefficients of that parity must be positive")


def _on_sphere(side: sp.Expr) -> tuple[sp.Symbol, sp.Expr, sp.Expr]:
    """(name, degree, dimension) of an eigenvalue."""
    require(isinstance(side, Mu | MuOn), "an eigenvalue is needed")
    return (*side.args, d) if isinstance(side, Mu) else side.args


@rule("mixture-down", "eigenvalues of exp(c t), c > 0, fall with the degree", "bessel-order", relation=INEQUALITY)
def mixture_down(step: Step, facts: Facts) -> None:
    """mu_m > mu_{m+r}, r >= 1, for a mean of exp(-a r^2) over a > 0, from b_n > 0 by that rule, and for sums of such.
    `data` is the kernel."""
    require(isinstance(step.left, Mu) and isinstance(step.right, Mu), "two eigenvalues are needed")
    (kernel, lower), (same, upper) = step.left.args, step.right.args
    place = Place(step.ranges)
    require(kernel == same and place.index(lower, 0), "the same kernel, and degrees >= 0, are needed")
    strict = isinstance(step.statement, sp.StrictGreaterThan)
    require(strict or isinstance(step.statement, sp.GreaterThan), "mu_m > mu_{m+r} or >= is needed")
    require(place.index(sp.expand(upper - lower), 1 if strict else 0), "a higher degree is needed")
    require(kernel == KernelName(repr(step.data)), "eigenvalues of the named kernel are needed")
    known = {fact.left.args[0] for fact in (facts[used] for used in step.uses) if fact.rule == "mixture"}
    require({KernelName(repr(part)) for part in _mixed(step.data)} <= known, "no mixture of Gaussians")


def _mixed(kernel: Kernel) -> tuple[Kernel, ...]:
    """The kernels that a positive sum is made of."""
    if isinstance(kernel, Sum | Multiple):
        return tuple(leaf for part in kernel.parts for leaf in _mixed(part))
    return (kernel,)


@rule("sign-of-parts", "sums and products of what is not negative", relation=INEQUALITY)
def sign_of_parts(step: Step, facts: Facts) -> None:
    """E >= 0, or E > 0, for E made of the used left sides, positive numbers and positive factors."""
    strict = isinstance(step.statement, sp.StrictGreaterThan)
    require((strict or isinstance(step.statement, sp.GreaterThan)) and step.right == 0, "E > 0 or E >= 0 is needed")
    signs: dict[sp.Expr, bool] = {}
    for fact in (facts[used] for used in step.uses):
        kinds = sp.StrictGreaterThan | sp.GreaterThan
        require(isinstance(fact.statement, kinds) and fact.right == 0, f"{fact.name} is no sign")
        require(
            all(inside(range_in(step.ranges, w.name), w) for w in fact.ranges if w.name != "n" or fact.left.has(n)),
            f"{fact.name} does not cover the ranges",
        )
        signs[fact.left] = isinstance(fact.statement, sp.StrictGreaterThan)
    sign = _sign(step.left, signs, step.ranges)
    require(sign is not None and (sign or not strict), "the sign is not certain")


def _sign(expression: sp.Expr, signs: Mapping[sp.Expr, bool], ranges: tuple[Range, ...]) -> bool | None:
    """True where > 0 is certain, False where >= 0 is, else None."""
    if expression in signs:
        return signs[expression]
    if expression.is_Symbol and expression.name in Ranges(ranges).names:
        return range_in(ranges, expression.name).least >= 1
    if not expression.has(Mu, Maclaurin) and (plainly_positive(expression, ranges) or _is_count(expression, ranges)):
        return True
    if isinstance(expression, sp.Pow):
        base, exponent = expression.args
        sign = _sign(base, signs, ranges)
        return True if sign and exponent.is_Rational else False if sign is False and exponent.is_positive else None
    if isinstance(expression, sp.Add | sp.Mul):
        plain, spoken = expression.as_independent(Mu, Maclaurin, as_Add=False)
        whole = isinstance(expression, sp.Mul) and plain != 1 and spoken != 1  # N(d,k) is one factor of several
        parts = [_sign(part, signs, ranges) for part in ((plain, spoken) if whole else expression.args)]
        if None in parts:
            return None
        return any(parts) if isinstance(expression, sp.Add) else all(parts)
    return None


def count(index: sp.Expr) -> sp.Expr:
    """N(d,m), the dimension of the space of harmonics of degree m: at least 1."""
    return (2 * index + d - 1) * sp.gamma(index + d - 1) / (sp.gamma(index + 1) * sp.gamma(d))


def _is_count(expression: sp.Expr, ranges: tuple[Range, ...]) -> bool:
    """Whether the expression is N(d,m) of an m that is read off a Gamma(m+1) in its denominator."""
    powers = (factor.as_base_exp() for factor in sp.Mul.make_args(expression))
    degrees = [base.args[0] - 1 for base, power in powers if power == -1 and isinstance(base, sp.gamma)]
    return any(
        m.free_symbols and not m.has(d) and positive(m + 1, ranges) and alike(expression, count(m), ranges)
        for m in degrees
    )


@rule(
    "trace-bound", "kappa(1) is the sum of all N(d,m) mu_m, none of them negative", "mercer-trace", relation=INEQUALITY
)
def trace_bound(step: Step, facts: Facts) -> None:
    """c >= N(d,m) mu_m and c >= mu_m for c >= kappa(1), no b_n negative; > if b_n > 0 for infinitely many n,
    since another mu is positive then. `data` is the kernel, which tells kappa(1)."""
    spoken = only(step.right.atoms(Mu))
    name, index = spoken.args
    require(name == KernelName(repr(step.data)), "an eigenvalue of the named kernel is needed")
    index_of(index, step)
    factor = step.right / spoken
    counted = factor == 1 or not factor.has(Mu) and alike(factor, count(index), step.ranges)
    require(counted, "N(d,m) mu_m or mu_m is needed")
    total = kappa_at_one(step.data)
    require(
        step.left == Kappa(name, 1) or total is not None and _at_least(step.left, total, step.ranges),
        "the bound may be below kappa(1)",
    )
    known = positive_indices(name, [facts[used] for used in step.uses], step)
    strict = isinstance(step.statement, sp.StrictGreaterThan)
    require(strict or isinstance(step.statement, sp.GreaterThan), "c >= N mu or c > N mu is needed")
    require(not strict or known.tails != (None, None), "no other eigenvalue is known to be positive")


@rule(
    "value-at-one",
    "a series of powers of t without a negative coefficient is largest at 1",
    "abel-dominated",
    relation=INEQUALITY,
)
def value_at_one(step: Step, facts: Facts) -> None:
    """c >= kappa(T) and c >= -kappa(T) for T in [-1, 1] and c >= kappa(1), no b_n negative; > where c > kappa(1).
    `data` is the kernel, which tells kappa(1)."""
    spoken = only(step.right.atoms(Kappa))
    name, point = spoken.args
    require(name == KernelName(repr(step.data)), "a value of the named kernel is needed")
    require(step.right in (spoken, -spoken), "kappa(t) or -kappa(t) is needed")
    require(Place(step.ranges).unit(point), f"{point} may lie outside [-1, 1]")
    strict = isinstance(step.statement, sp.StrictGreaterThan)
    require(strict or isinstance(step.statement, sp.GreaterThan), "c >= kappa(t) or c > kappa(t) is needed")
    total = kappa_at_one(step.data)
    known = total is not None and _at_least(step.left, total, step.ranges) and (not strict or step.left != total)
    require(known or not strict and step.left == Kappa(name, 1), "the bound may be below kappa(1)")
    positive_indices(name, [facts[used] for used in step.uses], step)


def _at_least(bound: sp.Expr, total: sp.Expr, ranges: tuple[Range, ...]) -> bool:
    """Whether the bound is the total, or certainly above it."""
    margin = sp.expand(bound - total)
    return margin == 0 or not margin.has(Mu) and positive(margin, ranges)
