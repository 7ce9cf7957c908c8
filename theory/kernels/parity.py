"""Degrees at which an eigenvalue is exactly zero, read off the structure of a kernel.

kappa = even part + odd part in t. Where one of them is a polynomial of degree n, mu_k = 0 for every
k > n of its parity. A part has a bound on its degree: a number, -1 if it vanishes, inf if it is no
polynomial. Sums take the larger bound, products add bounds.
"""

from __future__ import annotations

from math import inf

from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    Kernel,
    Multiple,
    PowerSeries,
    Product,
    Rational,
    ResNTK,
    Sum,
    Zonal,
    by_kernel,
)
from theory.kernels.activations import dual_bounds
from theory.kernels.quotients import parity_degrees
from theory.kernels.zonal_expressions import whole_number
from theory.symbolic.expressions import Call, Node, Operation, names, operands, terms

Bounds = tuple[float, float]  # of the even part, of the odd part
BOTH: Bounds = (inf, inf)
EVEN: Bounds = (inf, -1)
ODD: Bounds = (-1, inf)
ODD_FUNCTIONS = ("sin", "tan", "sinh", "asin", "atan", "erf", "sign")
EVEN_FUNCTIONS = ("cos", "cosh", "abs")


def vanishes(kernel: Kernel, degree: int) -> bool:
    """Whether mu_k is proved to be exactly zero in every dimension.

    >>> from theory.kernels import NTK
    >>> [vanishes(NTK(depth=2), k) for k in range(6)]
    [False, False, False, True, False, True]
    """
    return degree > degree_bounds(kernel)[degree % 2]


def polynomial_part(kernel: Kernel, parity: int) -> int | None:
    """The degree, or a bound of it, of the even or odd part of kappa, -1 if it vanishes; None if it is
    not known to be a polynomial. Where the structure does not tell, kappa(t) +- kappa(-t) is expanded.

    >>> from theory.kernels import Zonal
    >>> polynomial_part(Zonal("(1-t)**(3/2) + (1+t)**(3/2)"), 1), polynomial_part(Zonal("sqrt(1-t)"), 1)
    (-1, None)
    """
    bound = degree_bounds(kernel)[parity]
    if bound < inf:
        return int(bound)
    import sympy as sp  # only here: the structure alone needs none

    from theory.kernels.formulas import NoExpression, in_sympy

    t = sp.Symbol("t", real=True)
    try:
        whole = in_sympy(kernel, t).rewrite(sp.acos, sp.asin)  # asin(-t) = -asin(t) cancels by itself
    except NoExpression:
        return None
    part = sp.expand(whole + (-1) ** parity * whole.subs(t, -t))
    if not part.is_polynomial(t):
        return None
    return -1 if part == 0 else int(sp.degree(part, t))


@by_kernel(kept=1024, reducing=False)  # asked for every degree of a spectrum
def degree_bounds(kernel: Kernel) -> Bounds:
    """Bounds on the degrees of the even and of the odd part of kappa.

    >>> from theory.kernels import ArcCosine
    >>> degree_bounds(ArcCosine(order=2))
    (2, inf)
    """
    return BOTH


@degree_bounds.register(ArcCosine)
def _of_arc_cosine(kernel: ArcCosine) -> Bounds:
    """J_a(theta) + (-1)^a J_a(pi-theta) = pi * polynomial of degree a in cos(theta)."""
    return (inf, kernel.order) if kernel.order % 2 else (kernel.order, inf)


@degree_bounds.register(NNGP, NTK)
def _of_layers(kernel: NNGP | NTK) -> Bounds:
    if kernel.depth == 1:
        return (0, 1) if kernel.bias_variance else (-1, 1)
    biased = kernel.bias_variance or (isinstance(kernel, NTK) and kernel.bias)
    return (inf, 1) if kernel.depth == 2 and not biased else BOTH


@degree_bounds.register(ResNTK)
def _of_blocks(kernel: ResNTK) -> Bounds:
    return (inf, 1) if kernel.depth == 1 else BOTH


@degree_bounds.register(PowerSeries)
def _of_power_series(kernel: PowerSeries) -> Bounds:
    return _of_coefficients(kernel.coefficients)


@degree_bounds.register(Zonal)
def _of_expression(kernel: Zonal) -> Bounds:
    return tree_bounds(kernel.tree)


@degree_bounds.register(Sum, Multiple)
def _of_sum(kernel: Sum | Multiple) -> Bounds:
    return _add(list(map(degree_bounds, kernel.parts)))


@degree_bounds.register(Product)
def _of_product(kernel: Product) -> Bounds:
    return _multiply(list(map(degree_bounds, kernel.parts)))


@degree_bounds.register(Compose)
def _of_composition(kernel: Compose) -> Bounds:
    return _compose(degree_bounds(kernel.outer), degree_bounds(kernel.inner))


def _of_coefficients(coefficients: tuple[Rational, ...]) -> Bounds:
    present = [n for n, b in enumerate(coefficients) if b]
    return (max((n for n in present if n % 2 == 0), default=-1), max((n for n in present if n % 2), default=-1))


@degree_bounds.register(Dual, DualTangent)
def _of_dual(kernel: Dual | DualTangent) -> Bounds:
    """A tangent kernel has those of the dual times n + 1, but without the step's derivative."""
    return dual_bounds(kernel.activation)


def _add(parts: list[Bounds]) -> Bounds:
    return (max(p[0] for p in parts), max(p[1] for p in parts))


def _multiply(parts: list[Bounds]) -> Bounds:
    even, odd = parts[0]
    for e, o in parts[1:]:
        even, odd = max(_plus(even, e), _plus(odd, o)), max(_plus(even, o), _plus(odd, e))
    return even, odd


def _plus(a: float, b: float) -> float:
    return -1 if a < 0 or b < 0 else a + b


def _compose(outer: Bounds, inner: Bounds) -> Bounds:
    """An even inner kernel makes everything even; an odd one keeps the parity of the outer one."""
    if inner[1] < 0:
        return _times(max(outer), inner[0]), -1
    if inner[0] < 0:
        return _times(outer[0], inner[1]), _times(outer[1], inner[1])
    top = _times(max(outer), max(inner))
    return top, top


def _times(outer: float, inner: float) -> float:
    return -1 if outer < 0 else 0 if outer == 0 or inner <= 0 else outer * inner


def tree_bounds(tree: Node) -> Bounds:
    """The same for an expression: by its normal form, otherwise by the structure.

    >>> from theory.kernels.zonal_expressions import parse_expression
    >>> tree_bounds(parse_expression("t*sin(t)")), tree_bounds(parse_expression("theta"))
    ((inf, -1), (0.0, inf))
    """
    known = parity_degrees(tree)
    if known is not None:
        return known
    if names(tree) <= {"pi"}:
        return (0, -1)
    match tree:
        case Operation("+" | "-"):
            return _add([tree_bounds(term) for _, term in terms(tree)])
        case Operation("*", left, right):
            return _multiply([tree_bounds(left), tree_bounds(right)])
        case Call("max" | "min", (left, right)):  # (x + y +- |x - y|)/2
            difference = Call("abs", (Operation("-", left, right),))
            return _add([tree_bounds(Operation("+", left, right)), tree_bounds(difference)])
    inner = [tree_bounds(x) for x in operands(tree)]
    if isinstance(tree, Call) and tree.name == "acos" and inner[0][0] < 0:
        return (0, inf)  # pi/2 minus an odd function
    signs = [1 if odd < 0 else -1 if even < 0 else 0 for even, odd in inner]
    return {1: EVEN, -1: ODD, 0: BOTH}[_sign(tree, signs)]


def _sign(tree: Node, signs: list[int]) -> int:
    """1 for an even function, -1 for an odd one, 0 for others, from the signs of its operands."""
    match tree:
        case Operation("/"):
            return signs[0] * signs[1]
        case Operation("**", _, written):
            exponent = whole_number(written)
            if exponent is not None and signs[0]:
                return signs[0] ** (exponent % 2)
            return int(signs[0] == 1 and signs[1] == 1)
        case Call(name):
            if signs[0] == 1 or (signs[0] == -1 and name in EVEN_FUNCTIONS):
                return 1
            return -1 if signs[0] == -1 and name in ODD_FUNCTIONS else 0
    return 0
