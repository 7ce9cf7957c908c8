"""Whether kappa is analytic on the open interval (-1, 1): what every law as k -> oo rests on.

Each operation with a pole or a branch point is named with the function that must not vanish there:
1 - y and 1 + y for the arc cosine, the networks and the other kernels of an angle, 1 - y for radial
kernels, 2 - y for the dual of gelu, the argument of a root, a logarithm, a quotient. That it does not:

    polynomials in t             exact roots; a root of a power that stays analytic is no singularity
    1 - y^2, y = sum c_n t^n     |y(t)| <= y(|t|) < y(1) <= 1 where c_n >= 0 and y is not constant
    all others                   balls that cover (-1, 1) (`theory.expansions.open_interval`)

What cannot be certified is refused: no law is better than that of another function.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import sympy as sp
from flint import fmpq, fmpq_poly

from theory.expansions.admissible import inner_roots
from theory.expansions.at_ends import T
from theory.expansions.coefficient_signs import nonnegative_from, nonnegative_tree
from theory.expansions.open_interval import sign_inside
from theory.kernels import (
    NNGP,
    NTK,
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
    ResNTK,
    Sum,
    Zonal,
    by_kernel,
    value_at_one,
)
from theory.kernels.activations import SERIES
from theory.kernels.formulas import NoExpression, expression_in_sympy, in_sympy
from theory.numbers.truth import Unable
from theory.symbolic.expressions import Call, Name, Node, Number, Operation, operands, upwards
from theory.symbolic.puiseux import NoExpansion, sign

HALF = Fraction(1, 2)
ENTIRE_DUALS = ("exp", "sin", "cos")
Branches = tuple[tuple[Fraction, ...], Fraction | None]  # where, and which power (None: another singularity)
ENTIRE: Branches = ((), None)
UNIT = (Fraction(1), Fraction(-1))
# Analytic for |y| < this.
DUAL_BRANCHES = {"erf": Fraction(3, 2), "gelu": Fraction(2), **dict.fromkeys(SERIES, Fraction(1))}


class NotAnalyticInside(Unable):
    """It is not certain that the kernel is analytic for -1 < t < 1."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a kernel or an operation is applied to: y(t), nonnegative if all its Maclaurin coefficients are >= 0."""

    expression: sp.Expr | None  # None where there is no closed expression
    nonnegative: bool
    at_one: sp.Expr | None
    shown: str


@lru_cache(maxsize=512)
def check_inside(kernel: Kernel) -> None:
    """Raise NotAnalyticInside unless kappa is certainly analytic on (-1, 1).

    >>> from theory.kernels import ArcCosine, Compose, PowerSeries
    >>> check_inside(Compose(ArcCosine(0), PowerSeries((-1, 0, 1))))
    Traceback (most recent call last):
    theory.expansions.analytic_inside.NotAnalyticInside: no law of Compose(...): ... of ArcCosine(order=0) at -1 may be reached ...
    >>> check_inside(Compose(ArcCosine(0), PowerSeries((0, 0, 1))))
    """
    try:
        _check(kernel, None)
    except NotAnalyticInside as error:
        raise NotAnalyticInside(f"no law of {kernel!r}: {error}") from None


@by_kernel()
def _check(kernel: Kernel, inner: Kernel | None) -> None:
    """kernel(inner(t)), the inner kernel being analytic; None stands for t."""
    if inner is not None:
        points, exponent = _branches(kernel)
        if points:
            _branch(_argument(inner), points, exponent, repr(kernel))


@_check.register(Sum, Product, Multiple)
def _check_parts(kernel: Sum | Product | Multiple, inner: Kernel | None) -> None:
    for part in kernel.parts:
        _check(part, inner)


@_check.register(ResNTK)
def _check_blocks(kernel: ResNTK, inner: Kernel | None) -> None:
    _check.default(kernel, inner)  # each block's correlation lies in (-1, 1) where that of the first does


@_check.register(Compose)
def _check_composition(kernel: Compose, inner: Kernel | None) -> None:
    _check(kernel.inner, inner)
    _check(kernel.outer, kernel.inner if inner is None else Compose(kernel.inner, inner))


@_check.register(Zonal)
def _check_expression(kernel: Zonal, inner: Kernel | None) -> None:
    _check_tree(kernel.tree, inner, repr(kernel))


@by_kernel()
def _branches(kernel: Kernel) -> Branches:
    """The singularities of kappa as a function of y: none, or a largest one and perhaps a least one.

    Those of k_n and of what is made of it: series in sqrt(1 - y) and in sqrt(1 + y).
    """
    return UNIT, HALF


@_branches.register(PowerSeries, Gaussian)
def _no_branch(kernel: PowerSeries | Gaussian) -> Branches:
    return ENTIRE


@_branches.register(NNGP, NTK)
def _layer_branches(kernel: NNGP | NTK) -> Branches:
    return ENTIRE if kernel.depth == 1 else (UNIT, HALF)


@_branches.register(ResNTK)
def _block_branches(kernel: ResNTK) -> Branches:
    return UNIT, HALF


@_branches.register(Laplace)
def _laplace_branch(kernel: Laplace) -> Branches:
    return (Fraction(1),), HALF


@_branches.register(ExponentialPower)
def _power_branch(kernel: ExponentialPower) -> Branches:
    return ENTIRE if kernel.power == 2 else ((Fraction(1),), Fraction(kernel.power) / 2)


@_branches.register(Matern)
def _matern_branch(kernel: Matern) -> Branches:
    return (Fraction(1),), None if Fraction(kernel.nu).denominator == 1 else Fraction(kernel.nu)


@_branches.register(Dual, DualTangent)
def _dual_branches(kernel: Dual | DualTangent) -> Branches:
    if kernel.activation in ENTIRE_DUALS:
        return ENTIRE
    where = DUAL_BRANCHES.get(kernel.activation)
    return (UNIT, HALF) if where is None else ((where, -where), None)


def _check_tree(tree: Node, inner: Kernel | None, name: str) -> None:
    for node in upwards(tree):
        if inner is not None and operands(node):
            _closed(inner)  # asked for whatever the operation is
        _check_node(node, inner, name)


def _check_node(node: Node, inner: Kernel | None, name: str) -> None:
    match node:
        case Name("theta") if inner is not None:
            _branch(_argument(inner), (Fraction(1), Fraction(-1)), HALF, f"theta in {name}")
        case Operation("/", _, lower):
            _nonzero(_operand(lower, inner), f"a denominator in {name}")
        case Operation("**", base, Number(exponent)):
            if exponent.denominator > 1:
                _positive(_operand(base, inner), exponent, f"a power in {name}")
            elif exponent < 0:
                _nonzero(_operand(base, inner), f"a power in {name}")
        case Operation("**", base, _):
            _positive(_operand(base, inner), None, f"a power in {name}")
        case Call("sqrt", (argument,)):
            _positive(_operand(argument, inner), HALF, f"a square root in {name}")
        case Call("log", (argument,)):
            _positive(_operand(argument, inner), None, f"a logarithm in {name}")
        case Call("acos" | "asin" as function, (argument,)):
            _branch(_operand(argument, inner), (Fraction(1), Fraction(-1)), HALF, f"{function} in {name}")
        case Call("abs" | "sign" as function, (argument,)):
            _nonzero(_operand(argument, inner), f"{function} in {name}")
        case Call("max" | "min" as function, (left, right)):
            _nonzero(_operand(Operation("-", left, right), inner), f"{function} in {name}")
        case Call("tan", (argument,)):
            _nonzero(_of(_operand(argument, inner), sp.cos), f"tan in {name}")


def _argument(kernel: Kernel) -> Argument:
    try:
        expression = in_sympy(kernel, T)
    except NoExpression:
        expression = None
    exact = value_at_one(kernel)
    if exact is not None:
        at_one = sp.Rational(exact.numerator, exact.denominator)
    else:
        at_one = None if expression is None else expression.subs(T, 1)
    return Argument(expression, nonnegative_from(kernel) == 0, at_one, repr(kernel))


def _operand(tree: Node, inner: Kernel | None) -> Argument:
    expression = expression_in_sympy(tree, T if inner is None else _closed(inner))
    nonnegative = nonnegative_tree(tree) and (inner is None or nonnegative_from(inner) == 0)
    return Argument(expression, nonnegative, expression.subs(T, 1) if nonnegative else None, "its argument")


def _closed(inner: Kernel) -> sp.Expr:
    expression = _argument(inner).expression
    if expression is None:
        raise NotAnalyticInside(f"{inner!r} has no closed expression")
    return expression


def _of(y: Argument, function: type[sp.Function]) -> Argument:
    return Argument(function(y.expression), False, None, y.shown)


def _branch(y: Argument, points: tuple[Fraction, ...], exponent: Fraction | None, name: str) -> None:
    """y stays below the largest of the points and above the least of them, if they are two; what is
    reached is a power of that exponent (None: another singularity) of the distance from the point."""
    if abs(points[0]) >= 1 and _is_power_series_below_one(y):
        return
    for point in points:
        if y.expression is None or not _stays_positive(_distance(y.expression, point), exponent):
            where = f"may be reached by {y.shown} for some -1 < t < 1"
            raise NotAnalyticInside(f"the singularity of {name} at {point} {where}")


def _distance(expression: sp.Expr, point: Fraction) -> sp.Expr:
    """How far below a positive point, or above a negative one."""
    value = sp.Rational(point.numerator, point.denominator)
    return value - expression if point > 0 else expression - value


def _is_power_series_below_one(y: Argument) -> bool:
    """Whether |y| < 1 on (-1, 1): coefficients >= 0, y(1) <= 1, y not constant."""
    if not y.nonnegative or y.at_one is None or y.expression is None:
        return False
    try:
        return sign(1 - y.at_one) >= 0 and sign(y.at_one - y.expression.subs(T, 0)) > 0
    except (NoExpansion, TypeError):
        return False


def _positive(y: Argument, exponent: Fraction | None, name: str) -> None:
    if not _stays_positive(y.expression, exponent):
        raise NotAnalyticInside(f"{name} may vanish, or have no real value, for some -1 < t < 1")


def _stays_positive(expression: sp.Expr, exponent: Fraction | None) -> bool:
    """Whether expression^exponent is analytic on (-1, 1): positive, or |x|^(even number) at a zero."""
    poly = _polynomial(expression)
    if poly is None:
        return sign_inside(expression) > 0
    if poly.degree() < 1:
        return poly[0] > 0
    for _, multiplicity in inner_roots(poly):
        power = None if exponent is None else multiplicity * exponent
        if multiplicity % 2 or power is None or power < 0 or power % 2:
            return False
    roots = {fmpq(j, 97) for j in range(-40, 41)}
    return next(poly(x) for x in sorted(roots) if poly(x) != 0) > 0


def _nonzero(y: Argument, name: str) -> None:
    poly = _polynomial(y.expression)
    certain = sign_inside(y.expression) != 0 if poly is None else poly != 0 and not inner_roots(poly)
    if not certain:
        raise NotAnalyticInside(f"{name} may be singular for some -1 < t < 1")


def _polynomial(expression: sp.Expr) -> fmpq_poly | None:
    """A polynomial in t with rational coefficients; None for another function."""
    if not expression.is_polynomial(T):
        return None
    coefficients = sp.Poly(expression, T).all_coeffs()[::-1]
    return fmpq_poly([fmpq(c.p, c.q) for c in coefficients]) if all(c.is_Rational for c in coefficients) else None
