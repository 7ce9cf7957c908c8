"""Whether the Maclaurin coefficients of a kernel are nonnegative: then it is positive definite on
every sphere (Schoenberg 1942, theorem 2), and its power series has a tail below its value at 1.

Read off the structure: sums, products, positive multiples and compositions keep b_n >= 0. Radial
kernels exp(-c r^g), 0 < g <= 2, and Matern are mixtures of Gaussians, exp(-a(1-t)) has b_n >= 0.
Duals have squared Hermite coefficients. Of expressions `theory.kernels.series_signs` tells. The series of all
of them converge to kappa on [-1, 1]; that of a composition may not where the inner kernel exceeds 1, for the outer
one may have a pole beyond, which the composition has inside.
"""

from __future__ import annotations

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
    Rational,
    ResNTK,
    Sum,
    Zonal,
    by_kernel,
    value_at_one,
)
from theory.kernels.series_signs import series_signs
from theory.kernels.zonal_expressions import polynomial, whole_number
from theory.numbers.balls import NotCertified, working_precision
from theory.numbers.truth import all_known
from theory.symbolic.expressions import Call, Name, Node, Operation, terms


@by_kernel(reducing=False)
def nonnegative_from(kernel: Kernel) -> int | None:
    """An n_0 with b_n >= 0 for all n >= n_0, if it is proved, too, that kappa is the sum of its power series on
    [-1, 1]; None where the structure does not tell.

    >>> nonnegative_from(NTK(depth=3)), nonnegative_from(PowerSeries((1, -1)) + Gaussian(1))
    (0, 2)
    """
    return None


@nonnegative_from.register(ArcCosine, NNGP, NTK, ResNTK, Dual, DualTangent, Laplace, Gaussian, ExponentialPower, Matern)
def _always(kernel: Kernel) -> int:
    return 0


@nonnegative_from.register(PowerSeries)
def _after_the_last_negative(kernel: PowerSeries) -> int:
    return _start(kernel.coefficients)


def _start(coefficients: tuple[Rational, ...]) -> int:
    return 1 + max((n for n, b in enumerate(coefficients) if b < 0), default=-1)


@nonnegative_from.register(Zonal)
def _of_expression(kernel: Zonal) -> int | None:
    return _of_tree(kernel.tree)


@nonnegative_from.register(Sum, Multiple)
def _of_sum(kernel: Sum | Multiple) -> int | None:
    starts = all_known(map(nonnegative_from, kernel.parts))
    return None if starts is None else max(starts)


@nonnegative_from.register(Product)
def _of_product(kernel: Product) -> int | None:
    return 0 if all(nonnegative_from(part) == 0 for part in kernel.parts) else None


@nonnegative_from.register(Compose)
def _of_composition(kernel: Compose) -> int | None:
    signs = all(nonnegative_from(part) == 0 for part in kernel.parts)
    return 0 if signs and (_is_entire(kernel.outer) or _stays_in_disc(kernel.inner)) else None


@by_kernel()
def _is_entire(kernel: Kernel) -> bool:
    return False


@_is_entire.register(Gaussian, PowerSeries)
def _entire(kernel: Gaussian | PowerSeries) -> bool:
    return True


@_is_entire.register(Dual, DualTangent)
def _is_entire_dual(kernel: Dual | DualTangent) -> bool:
    return kernel.activation in ("exp", "sin", "cos")


@_is_entire.register(Zonal)
def _is_entire_expression(kernel: Zonal) -> bool:
    return _is_entire_tree(kernel.tree)


@_is_entire.register(Sum, Product, Multiple, Compose)
def _has_entire_parts(kernel: Sum | Product | Multiple | Compose) -> bool:
    return all(map(_is_entire, kernel.parts))


def _is_entire_tree(tree: Node) -> bool:
    if polynomial(tree) is not None:
        return True
    match tree:
        case Name(name):
            return name != "theta"
        case Operation("+" | "-"):
            return all(_is_entire_tree(term) for _, term in terms(tree))
        case Operation("*", left, right):
            return _is_entire_tree(left) and _is_entire_tree(right)
        case Operation("**", base, written):
            exponent = whole_number(written)
            return exponent is not None and exponent >= 0 and _is_entire_tree(base)
        case Call("exp" | "sinh" | "cosh", (inner,)):
            return _is_entire_tree(inner)
    return False


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


def nonnegative_tree(tree: Node) -> bool:
    """Whether every Maclaurin coefficient of an expression in t is proved to be >= 0.

    >>> nonnegative_tree(Zonal("exp(t-1)").tree), nonnegative_tree(Zonal("1-t").tree)
    (True, False)
    """
    return _of_tree(tree) == 0


def _of_tree(tree: Node) -> int | None:
    coefficients = polynomial(tree)
    if coefficients is not None:
        return _start(coefficients)
    signs = series_signs(tree)
    if signs is None or signs.side < 0:
        return None
    return 0 if signs.nowhere_negative() else 1
