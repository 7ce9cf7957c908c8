"""Signs of Maclaurin coefficients, read off what a kernel is made of, and what follows for eigenvalues.

A kernel K is named by its constructor call; its coefficients are Maclaurin(K, n), its eigenvalues
Mu(K, k). Every rule about a kernel takes the kernel itself as `data` and refuses another name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce, singledispatch

import sympy as sp

from theory.expansions.coefficient_signs import nonnegative_from
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    Multiple,
    PowerSeries,
    Product,
    Sum,
    Zonal,
)
from theory.kernels.depth_families import DepthFamily
from theory.kernels.series_signs import series_signs
from theory.proofs.rules.calculus import only, require
from theory.proofs.rules.indices import hermite_indices, indices_of
from theory.proofs.steps import INEQUALITY, Facts, Refused, Step, rule
from theory.symbolic.indices import CONSTANT, EVEN, LINEAR, ODD, Indices
from theory.symbolic.objects import KernelName, Maclaurin, Moment, Mu, Range, j, k, n
from theory.symbolic.positivity import positive
from theory.symbolic.ranges import inside, range_in


def _indices(step: Step) -> Range:
    """The indices of a step about coefficients of the kernel in its data, against 0."""
    require(isinstance(step.left, Maclaurin) and step.right == 0, "a coefficient against 0 is needed")
    name, index = step.left.args
    require(name == KernelName(repr(step.data)), "coefficients of the named kernel are needed")
    if index == n:
        return range_in(step.ranges, "n")
    least, parities = index_of(index, step)
    return Range("n", least, None, parities[0] if len(parities) == 1 else None)


def _require_positive(step: Step, known: Indices) -> None:
    if isinstance(step.statement, sp.StrictGreaterThan):
        require(known.reaches(_indices(step)), "a coefficient is not known to be positive")
    else:
        require(isinstance(step.statement, sp.GreaterThan), "b_n > 0 or b_n >= 0 is needed")


@rule("hermite-squares", "b_n is the square of the n-th Hermite coefficient", "mehler", relation=(*INEQUALITY, sp.Eq))
def hermite_squares(step: Step, facts: Facts) -> None:
    """b_n >= 0 for a mean over two Gaussians, b_n > 0 where the Hermite coefficient is known not to
    vanish, b_n = 0 at the n of one parity where the function is even or odd."""
    where = _indices(step)
    known, parity = hermite_indices(step.data)
    if isinstance(step.statement, sp.Eq):
        require(parity is not None and where.parity == 1 - parity, "the function has no such parity")
        return
    _require_positive(step, known)


@rule("mixture", "exp(-a r^2) = exp(-2a) exp(2a t) has b_n > 0 for a > 0", "gaussian-mixtures", relation=INEQUALITY)
def mixture(step: Step, facts: Facts) -> None:
    """b_n > 0 for every n: a mean of exp(-a r^2) over a > 0, r^2 = 2 - 2t."""
    _indices(step)
    require(isinstance(step.data, Laplace | Gaussian | ExponentialPower | Matern), "no mixture of Gaussians")
    _require_positive(step, EVEN | ODD)


@rule(
    "coefficient-signs", "sums, products and compositions of series without a negative coefficient", relation=INEQUALITY
)
def coefficient_signs(step: Step, facts: Facts) -> None:
    """b_n >= 0, or b_n > 0, from the same for the kernels that K is made of: layers are k0 and k1 of
    Sigma_l over its value at 1. For a family, b_n > 0 at its least depth stays: Sigma_{l+1} holds b_1(k1)
    times Sigma_l, and Theta_{l+1} holds b_0(k0) times Theta_l."""
    _indices(step)
    if not isinstance(step.data, DepthFamily):
        require(nonnegative_from(step.data) == 0, "the kernel is not certainly the sum of its power series")
    found = _made_of(step.data, _leaves([facts[used] for used in step.uses]), step)
    _require_positive(step, found)


def _leaves(used: list[Step]) -> Mapping[Kernel, Indices]:
    """What is known of each kernel without a negative coefficient."""
    found: dict[Kernel, Indices] = {}
    for fact in used:
        require(
            isinstance(fact.left, Maclaurin) and isinstance(fact.statement, sp.GreaterThan | sp.StrictGreaterThan),
            f"{fact.name} tells no sign of coefficients",
        )
        require(fact.left.args[1] == n and fact.right == 0, f"{fact.name} is of other indices")
        where = range_in(fact.ranges, "n")
        if where == Range("n", 0):
            found.setdefault(fact.data, Indices())
        if isinstance(fact.statement, sp.StrictGreaterThan) and fact.data in found:
            found[fact.data] |= indices_of(where)
    return found


@singledispatch
def _made_of(kernel: Kernel | DepthFamily, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    """Where b_n > 0, from the same for the kernels that it is made of; Refused where a coefficient may be negative."""
    known = None if isinstance(kernel, DepthFamily) else leaves.get(kernel)
    if known is None:
        raise Refused(f"nothing is known of the coefficients of {kernel!r}")
    return known


@_made_of.register
def _family(kernel: DepthFamily, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    where = range_in(step.ranges, "L")
    require(inside(where, kernel.depth_range), "the family begins later")
    return _made_of(kernel.at(where.least), leaves, step)


@_made_of.register
def _multiple(kernel: Multiple, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    return _made_of(kernel.kernel, leaves, step)


@_made_of.register
def _sum(kernel: Sum, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    return reduce(Indices.__or__, (_made_of(part, leaves, step) for part in kernel.parts))


@_made_of.register
def _product(kernel: Product, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    return reduce(Indices.__add__, (_made_of(part, leaves, step) for part in kernel.parts))


@_made_of.register
def _composition(kernel: Compose, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    return _made_of(kernel.outer, leaves, step).of(_made_of(kernel.inner, leaves, step))


@_made_of.register
def _power_series(kernel: PowerSeries, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    require(all(b >= 0 for b in kernel.coefficients), "a coefficient is negative")
    return Indices(frozenset(i for i, b in enumerate(kernel.coefficients) if b))


@_made_of.register
def _expression(kernel: Zonal, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    signs = series_signs(kernel.tree)
    if signs is None or not signs.nowhere_negative():
        raise Refused("a coefficient may be negative")
    return signs.members()


@_made_of.register
def _network(kernel: NNGP, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    return _layers(kernel, leaves)[-1]


def _layers(kernel: NNGP | NTK, leaves: Mapping[Kernel, Indices]) -> list[Indices]:
    """Sigma_1 = w t + b, Sigma_{l+1} = w V_l k1(Sigma_l/V_l) + b, l < depth."""
    added = CONSTANT if kernel.bias_variance else Indices()
    found = [LINEAR | added]
    for _ in range(1, kernel.depth):
        require(ArcCosine(1) in leaves, "the signs of the coefficients of k1 are needed")
        found.append(leaves[ArcCosine(1)].of(found[-1]) | added)
    return found


@_made_of.register
def _tangent(kernel: NTK, leaves: Mapping[Kernel, Indices], step: Step) -> Indices:
    """The sum over l of s_l (Sigma_l + bias) times the k0 of Sigma_l, ..., Sigma_{L-1}."""
    layers, total = _layers(kernel, leaves), Indices()
    for number, (scale, bias) in enumerate(zip(kernel.scales, kernel.biases, strict=True)):
        if not scale:
            continue
        term = layers[number] | (CONSTANT if bias else Indices())
        for above in layers[number:-1]:
            require(ArcCosine(0) in leaves, "the signs of the coefficients of k0 are needed")
            term += leaves[ArcCosine(0)].of(above)
        total |= term
    return total


@rule(
    "series-sign",
    "mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k], every moment positive",
    "abel-dominated",
    relation=(*INEQUALITY, sp.Eq),
)
def series_sign(step: Step, facts: Facts) -> None:
    """mu_m >= 0 if no b_n is negative; > 0 if moreover b_n > 0 for all large n of the parity of m;
    = 0 if b_n = 0 for those n. Uses the moments first."""
    moment, *signs = (facts[used] for used in step.uses)
    require(isinstance(step.left, Mu) and step.right == 0, "an eigenvalue against 0 is needed")
    kernel, index = step.left.args
    require_moments(moment)
    least, parities = index_of(index, step)
    if isinstance(step.statement, sp.Eq):
        require_about(kernel, signs, step)
        none = [range_in(f.ranges, "n") for f in signs if isinstance(f.statement, sp.Eq)]
        known = all(any(inside(Range("n", least, None, p), w) for w in none) for p in parities)
        require(known, "a coefficient may not vanish")
        return
    require(isinstance(step.statement, sp.GreaterThan | sp.StrictGreaterThan), "mu_m > 0 or mu_m >= 0 is needed")
    tails = positive_indices(kernel, signs, step).tails
    if isinstance(step.statement, sp.StrictGreaterThan):
        require(all(tails[p] is not None for p in parities), "all large coefficients of that parity must be positive")


def require_moments(fact: Step) -> None:
    """Refuse unless the fact is E[t^(k+2j) P_k] for all k, j >= 0 and d >= 1, every factor positive."""
    require(fact.left == Moment(k + 2 * j, k), "the moments are needed")
    everywhere = (Range("k", 0), Range("j", 0), Range("d", 1))
    require(all(inside(w, range_in(fact.ranges, w.name)) for w in everywhere), "the moments begin later")
    require(plainly_positive(fact.right, everywhere), "a moment may not be positive")


def require_about(kernel: sp.Symbol, signs: list[Step], step: Step) -> None:
    """Refuse unless all facts are about b_n of the kernel, at every depth of the step."""
    about = bool(signs) and all(fact.left == Maclaurin(kernel, n) and fact.right == 0 for fact in signs)
    require(about, "other coefficients")
    require(all(inside(range_in(step.ranges, "L"), range_in(fact.ranges, "L")) for fact in signs), "other depths")


def positive_indices(kernel: sp.Symbol, signs: list[Step], step: Step) -> Indices:
    """Where b_n > 0 by the facts, which must also tell that no b_n is negative."""
    require_about(kernel, signs, step)
    found, whole = Indices(), False
    for fact in signs:
        require(isinstance(fact.statement, sp.GreaterThan | sp.StrictGreaterThan), f"{fact.name} tells no sign")
        whole = whole or range_in(fact.ranges, "n") == Range("n", 0)
        if isinstance(fact.statement, sp.StrictGreaterThan):
            found |= indices_of(range_in(fact.ranges, "n"))
    require(whole, "no coefficient may be negative")
    return found


def index_of(index: sp.Expr, step: Step) -> tuple[int, tuple[int, ...]]:
    """The least value of an index c v + r, c >= 0, and the parities that it takes."""
    if index.is_Integer:
        require(index >= 0, "an index is negative")
        return int(index), (int(index) % 2,)
    require(len(index.free_symbols) == 1, "the index is not one of one variable")
    symbol = only(index.free_symbols)
    slope = sp.expand(index).coeff(symbol)
    shift = sp.expand(index - slope * symbol)
    require(slope.is_Integer and slope > 0 and shift.is_Integer, "the index is not linear")
    where = range_in(step.ranges, symbol.name)
    least = int(slope * where.least + shift)
    require(least >= 0, "an index is negative")
    alike = slope % 2 == 0 or where.parity is not None or where.most == where.least
    return least, (least % 2,) if alike else (0, 1)


def plainly_positive(expression: sp.Expr, ranges: tuple[Range, ...]) -> bool:
    """Whether every factor is a power of a Gamma, a rational function or a number that is > 0 on the ranges."""
    bases = [factor.as_base_exp()[0] for factor in sp.Mul.make_args(expression)]
    return all(positive(base.args[0] if isinstance(base, sp.gamma) else base, ranges) for base in bases)
