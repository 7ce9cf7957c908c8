"""Where kappa(cos theta) has branch points at the ends, read off the structure of a kernel.

Near theta = 0 let sin(theta_l/2) = O(theta^a). A kernel of the angle theta_l is a series in theta^a,
exp(-c r^g) in theta^(g a), and 1 - kappa = O(theta^(e a)) with the flatness e of the kernel. With
theta = x^q, q a common denominator of these exponents, kappa is analytic in x.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from theory.kernels import (
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
    ResNTK,
    Sum,
    Zonal,
    by_kernel,
    value_at_one,
)
from theory.kernels.dual import half_line_slopes
from theory.kernels.hinges import HINGED
from theory.kernels.normal_form import factored
from theory.kernels.zonal_expressions import polynomial
from theory.symbolic.expressions import Call, Node, Number, Operation, operands, walk

MAX_RAMIFICATION = 24
Exponents = tuple[set[Fraction], set[Fraction]]


def ramification(kernel: Kernel) -> tuple[int, int] | None:
    """(q at theta = 0, q at theta = pi); None where a power is too fine for a substitution.

    >>> ramification(Laplace(rate=1)), ramification(Compose(ArcCosine(0), ArcCosine(0)))
    ((1, 1), (2, 1))
    """
    left, right = _exponents(kernel, Fraction(1), Fraction(1))
    found = (lcm(*(e.denominator for e in left), 1), lcm(*(e.denominator for e in right), 1))
    return found if max(found) <= MAX_RAMIFICATION else None


@by_kernel()
def flatness(kernel: Kernel) -> Fraction:
    """The largest known e with kappa(1) - kappa = O(theta^e), at most 2; 0 for an expression that is no polynomial.

    >>> from theory.kernels import NNGP, NTK, Laplace
    >>> flatness(NNGP(depth=3)), flatness(NTK(depth=2)), flatness(Laplace(rate=1))
    (Fraction(2, 1), Fraction(1, 1), Fraction(1, 1))
    """
    return Fraction(2)


@flatness.register(ArcCosine)
def _arc_cosine_flatness(kernel: ArcCosine) -> Fraction:
    return Fraction(2 if kernel.order else 1)


@flatness.register(NTK)
def _tangent_flatness(kernel: NTK) -> Fraction:
    return Fraction(1 if kernel.depth > 1 else 2)


@flatness.register(ResNTK)
def _residual_flatness(kernel: ResNTK) -> Fraction:
    return Fraction(1)


@flatness.register(Laplace)
def _laplace_flatness(kernel: Laplace) -> Fraction:
    return Fraction(1)


@flatness.register(ExponentialPower)
def _power_flatness(kernel: ExponentialPower) -> Fraction:
    return Fraction(kernel.power)


@flatness.register(Matern)
def _matern_flatness(kernel: Matern) -> Fraction:
    return min(Fraction(2), 2 * Fraction(kernel.nu))


@flatness.register(Dual, DualTangent)
def _dual_flatness(kernel: Dual | DualTangent) -> Fraction:
    kinks = kernel.activation in HINGED and HINGED[kernel.activation].jumps
    bent = isinstance(kernel, DualTangent) and (kinks or half_line_slopes(kernel) is not None)
    return Fraction(1 if bent or kernel.activation == "step" else 2)


@flatness.register(Zonal)
def _expression_flatness(kernel: Zonal) -> Fraction:
    return Fraction(2 if polynomial(kernel.tree) is not None else 0)


@flatness.register(Sum, Product, Multiple)
def _least_flatness(kernel: Sum | Product | Multiple) -> Fraction:
    return min(map(flatness, kernel.parts))


@flatness.register(Compose)
def _composed_flatness(kernel: Compose) -> Fraction:
    return flatness(kernel.outer) * flatness(kernel.inner) / 2


@by_kernel()
def _exponents(kernel: Kernel, a: Fraction, b: Fraction) -> Exponents:
    """Exponents of theta and of pi-theta in kappa, where sin(theta_l/2) = O(theta^a) and
    cos(theta_l/2) = O((pi-theta)^b); a (or b) is 0 where that function does not vanish."""
    return {a}, {b}


@_exponents.register(ResNTK)
def _of_blocks(kernel: ResNTK, a: Fraction, b: Fraction) -> Exponents:
    return {a}, {b}


@_exponents.register(Sum, Product, Multiple)
def _of_parts(kernel: Sum | Product | Multiple, a: Fraction, b: Fraction) -> Exponents:
    found = [_exponents(part, a, b) for part in kernel.parts]
    return set().union(*(f[0] for f in found)), set().union(*(f[1] for f in found))


@_exponents.register(Compose)
def _of_composition(kernel: Compose, a: Fraction, b: Fraction) -> Exponents:
    mine = _exponents(kernel.inner, a, b)
    below = _exponents(kernel.outer, *inner_orders(kernel.inner, a, b))
    return mine[0] | below[0], mine[1] | below[1]


@_exponents.register(Gaussian, PowerSeries)
def _of_entire(kernel: Gaussian | PowerSeries, a: Fraction, b: Fraction) -> Exponents:
    return {2 * a}, {2 * b}


@_exponents.register(ExponentialPower)
def _of_exponential_power(kernel: ExponentialPower, a: Fraction, b: Fraction) -> Exponents:
    return {kernel.power * a}, {2 * b}


@_exponents.register(Matern)
def _of_matern(kernel: Matern, a: Fraction, b: Fraction) -> Exponents:
    return {2 * a, 2 * kernel.nu * a}, {2 * b}


@_exponents.register(Zonal)
def _of_expression(kernel: Zonal, a: Fraction, b: Fraction) -> Exponents:
    powers = end_exponents(kernel.tree)
    return {a, *(p * a for p in powers[0])}, {b, *(p * b for p in powers[1])}


def inner_orders(inner: Kernel, a: Fraction, b: Fraction) -> tuple[Fraction, Fraction]:
    """Orders of sin and cos of half the angle after the inner kernel."""
    at_one = value_at_one(inner) == 1
    near = flatness(inner) * a / 2 if at_one else Fraction(0)
    far = flatness(inner) * b / 2 if at_one and is_odd(inner) else Fraction(0)
    return near, far


def is_odd(kernel: Kernel) -> bool:
    """Whether kappa(-t) = -kappa(t) is known from the structure: then kappa(-1) = -kappa(1)."""
    from theory.kernels.parity import degree_bounds

    return degree_bounds(kernel)[0] < 0


def end_exponents(tree: Node) -> tuple[set[Fraction], set[Fraction]]:
    """Powers of theta and of pi-theta in the sqrt's and rational powers of an expression."""
    left, right = set(), set()
    for node in walk(tree):
        exponent = power_of(node)
        term = None if exponent is None else factored(operands(node)[0])
        if exponent is not None and term is not None:
            left.add((2 * term.near + term.angle) * exponent)
            right.add(2 * term.far * exponent)
    return left, right


def power_of(node: Node) -> Fraction | None:
    """The rational exponent of a sqrt or a non-integer power."""
    match node:
        case Call("sqrt"):
            return Fraction(1, 2)
        case Operation("**", _, Number(exponent)) if exponent.denominator > 1:
            return exponent
    return None
