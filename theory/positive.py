"""Whether the Maclaurin coefficients of a kernel are nonnegative: then it is positive definite on
every sphere (Schoenberg 1942, theorem 2), and its power series has a tail below its value at 1.

Read off the structure: sums, products, positive multiples and compositions keep b_n >= 0. Radial
kernels exp(-c r^g), 0 < g <= 2, and Matern are mixtures of Gaussians, exp(-a(1-t)) has b_n >= 0.
Duals have squared Hermite coefficients.
"""

from __future__ import annotations

from fractions import Fraction

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
)
from theory.kernels.zonal import Expression, Node, polynomial

MONOTONE_FUNCTIONS = ("sinh", "cosh")  # entire, nonnegative Maclaurin coefficients


def nonnegative_from(kernel: Kernel) -> int | None:
    """An n_0 with b_n >= 0 proved for all n >= n_0; None where the structure does not tell.

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
            starts = [nonnegative_from(part) for part in parts]
            return None if None in starts else max(starts)
        case Product(parts):
            return 0 if all(nonnegative_from(part) == 0 for part in parts) else None
        case Compose(outer, inner):
            return 0 if nonnegative_from(outer) == 0 and nonnegative_from(inner) == 0 else None
    return None


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
