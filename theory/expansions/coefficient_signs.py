"""Whether the Maclaurin coefficients of a kernel are nonnegative: then it is positive definite on
every sphere (Schoenberg 1942, theorem 2), and its power series has a tail below its value at 1.

Read off the structure: sums, products, positive multiples and compositions keep b_n >= 0. Radial
kernels exp(-c r^g), 0 < g <= 2, and Matern are mixtures of Gaussians, exp(-a(1-t)) has b_n >= 0.
Duals have squared Hermite coefficients. The series of all of them converge to kappa on [-1, 1]; that of a
composition may not where the inner kernel exceeds 1, for the outer one may have a pole beyond, which the
composition has inside.
"""

from __future__ import annotations

from fractions import Fraction

from theory.expansions.maclaurin import at_one
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
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
    value_at_one,
)
from theory.kernels.zonal import Expression, Node, polynomial
from theory.numbers.balls import NotCertified, working_precision
from theory.numbers.truth import all_known

MONOTONE_FUNCTIONS = ("sinh", "cosh")  # entire, nonnegative Maclaurin coefficients


def nonnegative_from(kernel: Kernel) -> int | None:
    """An n_0 with b_n >= 0 for all n >= n_0, if it is proved, too, that kappa is the sum of its power series on
    [-1, 1]; None where the structure does not tell.

    >>> nonnegative_from(NTK(depth=3)), nonnegative_from(PowerSeries((1, -1)) + Gaussian(1))
    (0, 2)
    """
    match kernel:
        case ArcCosine() | NNGP() | NTK() | Dual() | DualTangent():
            return 0
        case Laplace() | Gaussian() | ExponentialPower() | Matern():
            return 0
        case PowerSeries(coefficients):
            return 1 + max((n for n, b in enumerate(coefficients) if b < 0), default=-1)
        case Zonal():
            return _of_tree(kernel.tree)
        case Multiple(_, inner):
            return nonnegative_from(inner)
        case Sum(parts):
            starts = all_known(map(nonnegative_from, parts))
            return None if starts is None else max(starts)
        case Product(parts):
            return 0 if all(nonnegative_from(part) == 0 for part in parts) else None
        case Compose(outer, inner):
            signs = nonnegative_from(outer) == 0 and nonnegative_from(inner) == 0
            return 0 if signs and (_is_entire(outer) or _stays_in_disc(inner)) else None
    return None


def _is_entire(kernel: Kernel) -> bool:
    match kernel:
        case Gaussian() | PowerSeries() | Dual("exp" | "sin" | "cos") | DualTangent("exp" | "sin" | "cos"):
            return True
        case Zonal():
            return _is_entire_tree(kernel.tree)
        case Multiple(_, inner):
            return _is_entire(inner)
        case Sum(parts) | Product(parts):
            return all(map(_is_entire, parts))
        case Compose(outer, inner):
            return _is_entire(outer) and _is_entire(inner)
    return False


def _is_entire_tree(tree: Expression) -> bool:
    if not isinstance(tree, Node) or polynomial(tree) is not None:
        return tree != "theta"
    if tree.operation == "**":
        base, exponent = tree.operands
        whole = isinstance(exponent, Fraction) and exponent.denominator == 1 and exponent >= 0
        return whole and _is_entire_tree(base)
    return tree.operation in ("+", "*", "exp", *MONOTONE_FUNCTIONS) and all(map(_is_entire_tree, tree.operands))


def _stays_in_disc(inner: Kernel) -> bool:
    """Whether inner(1) <= 1: with b_n >= 0, |inner(t)| <= 1 for all |t| <= 1, where every outer series converges."""
    exact = value_at_one(inner)
    if exact is not None:
        return exact <= 1
    try:
        with working_precision(15):
            return bool(at_one(inner) <= 1)
    except NotCertified:
        return False


def nonnegative_tree(tree: Expression) -> bool:
    """Whether every Maclaurin coefficient of an expression in t is proved to be >= 0.

    >>> nonnegative_tree(Zonal("exp(t-1)").tree), nonnegative_tree(Zonal("1-t").tree)
    (True, False)
    """
    return _of_tree(tree) == 0


def _of_tree(tree: Expression) -> int | None:
    coefficients = polynomial(tree)
    if coefficients is not None:
        return 1 + max((n for n, b in enumerate(coefficients) if b < 0), default=-1)
    return 0 if _monotone(tree) else None


def _monotone(tree: Expression) -> bool:
    if not isinstance(tree, Node):
        return tree >= 0 if isinstance(tree, Fraction) else tree in ("t", "pi")
    coefficients = polynomial(tree)
    if coefficients is not None:
        return all(b >= 0 for b in coefficients)
    if tree.operation in "+*":
        return all(map(_monotone, tree.operands))
    if tree.operation == "/":
        upper, lower = tree.operands
        return _monotone(upper) and _falling(lower)
    if tree.operation == "**":
        base, exponent = tree.operands
        if isinstance(exponent, Fraction) and exponent < 0:
            return _falling(base)
        return isinstance(exponent, Fraction) and exponent.denominator == 1 and exponent >= 0 and _monotone(base)
    (inner,) = tree.operands
    if tree.operation == "exp":
        return _monotone_up_to_constant(inner)
    return tree.operation in MONOTONE_FUNCTIONS and _monotone(inner)


def _falling(tree: Expression) -> bool:
    """c - m(t) with m of nonnegative coefficients and m(1) < c: (c - m)^(-a), a > 0, has b_n >= 0."""
    coefficients = polynomial(tree)
    return coefficients is not None and all(b <= 0 for b in coefficients[1:]) and sum(coefficients) > 0


def _monotone_up_to_constant(tree: Expression) -> bool:
    """exp(c + m) = exp(c) exp(m): a constant of any sign may be added inside exp."""
    coefficients = polynomial(tree)
    if coefficients is not None:
        return all(b >= 0 for b in coefficients[1:])
    if isinstance(tree, Node) and tree.operation == "+":
        return all(isinstance(part, Fraction) or _monotone_up_to_constant(part) for part in tree.operands)
    return _monotone(tree)
