"""kappa(cos theta) as an analytic function of the angle: the evaluator of the angle route alone.

One set of formulas for real nodes (balls) and for arcs of an ellipse (`Jet`), at the points of
`theory.expansions.angle_points`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from math import comb, factorial
from operator import add, mul
from typing import cast

from flint import arb

from theory.expansions.angle_points import Number, Point, follow, start
from theory.expansions.dual_series import series_dual_at
from theory.expansions.jets import Jet
from theory.expansions.piecewise import continued_value, real_value
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
    written_out,
)
from theory.kernels.activations import SERIES
from theory.kernels.constants import constant_ball
from theory.kernels.dual import half_line_slopes
from theory.kernels.end_exponents import inner_orders, power_of
from theory.kernels.normal_form import factored
from theory.kernels.zonal_expressions import PIECEWISE, polynomial, whole_number
from theory.numbers.balls import Cannot, ball, rational, root_of_nonnegative, whole_power
from theory.symbolic.expressions import ARITHMETIC, Call, Inner, Node, Operation, fold, operands


@by_kernel()
def continued(kernel: Kernel, point: Point[Number]) -> Number:
    """kappa at a point. Raises NotAnalytic (arcs) or Cannot where it is not certified."""
    raise Cannot(f"the angle route for {kernel!r}", "no continuation to complex angles is known")


@continued.register(Sum)
def _sum(kernel: Sum, point: Point[Number]) -> Number:
    return reduce(add, (continued(part, point) for part in kernel.parts))


@continued.register(Product)
def _product(kernel: Product, point: Point[Number]) -> Number:
    return reduce(mul, (continued(part, point) for part in kernel.parts))


@continued.register(Multiple)
def _multiple(kernel: Multiple, point: Point[Number]) -> Number:
    return continued(kernel.kernel, point) * rational(kernel.factor)


@continued.register(Compose)
def _composition(kernel: Compose, point: Point[Number]) -> Number:
    return continued(kernel.outer, _inner_point(kernel, point))


@continued.register(ArcCosine)
def _arc_cosine_kernel(kernel: ArcCosine, point: Point[Number]) -> Number:
    return arc_cosine(kernel.order, point) / arb.pi()


@continued.register(NNGP)
def _covariance(kernel: NNGP, point: Point[Number]) -> Number:
    return _layers(kernel, point)[-1].t * rational(kernel.variances[-1])


@continued.register(Gaussian)
def _gaussian(kernel: Gaussian, point: Point[Number]) -> Number:
    return ((point.t - 1) * rational(kernel.rate)).exp()


@continued.register(Laplace)
def _laplace(kernel: Laplace, point: Point[Number]) -> Number:
    return (point.s * rational(-2 * kernel.rate)).exp()


@continued.register(ExponentialPower)
def _exponential_power(kernel: ExponentialPower, point: Point[Number]) -> Number:
    rate, power = Fraction(kernel.rate), Fraction(kernel.power)
    if power == 2:
        return ((point.t - 1) * rational(2 * rate)).exp()
    distance = point.s * 2 if power == 1 else point.sine_power(power) * (arb(2).log() * ball(power)).exp()
    return (distance * rational(-rate)).exp()


@continued.register(PowerSeries)
def _power_series(kernel: PowerSeries, point: Point[Number]) -> Number:
    return _polynomial(kernel.coefficients, point.t)


@continued.register(Zonal)
def _written(kernel: Zonal, point: Point[Number]) -> Number:
    return _expression(kernel.tree, point)


def kernel_value(kernel: Kernel, theta: arb) -> arb:
    """kappa(cos theta) for a real ball inside [0, pi].

    >>> from theory.kernels import NTK
    >>> kernel_value(NTK(depth=2), arb(0)).contains(2)
    True
    """
    return continued(kernel, start(theta, None, None, 1, 1))


def _inner_point(kernel: Compose, point: Point[Number]) -> Point[Number]:
    """The point of the angle after the inner kernel."""
    outer, inner = map(written_out, kernel.parts)
    if isinstance(inner, NNGP) and inner.variances[-1] == 1:
        return _layers(inner, point)[-1]
    if inner == ArcCosine(1):
        return _relu_layer(point, Fraction(1))
    value = continued(kernel.inner, point)
    if isinstance(outer, PowerSeries | Gaussian):  # functions of t alone: no angle, no branch
        return Point(value, value, value, value, point.near, point.far, None, None, point.q, point.p)
    return follow(value, point, *inner_orders(inner, point.near, point.far))


def arc_cosine(order: int, point: Point[Number]) -> Number:
    """J_a(theta) as the binomial sum of Integral cos^j over an arc.

    J_a = 2 pi E[s_a s_a'] = 2^a a! * Integral_{theta-pi/2}^{pi/2} (cos u cos(u-theta))^a du, and
    cos u cos(u-theta) = (cos theta + cos(2u-theta))/2; with v = 2u - theta the range is
    |v| <= pi - theta, so J_a = a! * sum_j C(a,j) cos(theta)^(a-j) * Integral_0^{pi-theta} cos^j v dv.
    """
    arc = arb.pi() - point.theta
    sine, cosine = 2 * point.s * point.c, point.t
    if order == 1:  # as below, quicker: every layer of a ReLU network
        return sine + arc * cosine
    integrals = [arc, sine]  # Integral_0^arc cos^j v dv, by the reduction formula, cos(arc) = -t
    for j in range(2, order + 1):
        integrals.append((_power(-cosine, j - 1) * sine + (j - 1) * integrals[j - 2]) / j)
    total = integrals[order] * 1
    for j in range(order):
        total = total + comb(order, j) * _power(cosine, order - j) * integrals[j]
    return total * factorial(order)


def _layers(kernel: NNGP | NTK, point: Point[Number]) -> list[Point[Number]]:
    first, *rest = kernel.mixing
    layers = [point]
    if first != 1:  # 1 - rho = r (1-t)
        layers = [_next(point.s * ball(first).sqrt(), None, point)]
    for r in rest:
        layers.append(_relu_layer(layers[-1], r))
    return layers


def _relu_layer(point: Point[Number], r: Fraction) -> Point[Number]:
    """cos(theta') = r k1(cos theta) + 1 - r, hence sin(theta'/2)^2 = r theta^2 H(theta)."""
    if isinstance(point.theta, arb):
        if point.s.is_zero():
            return point  # a correlation of exactly 1 stays 1, which no ball about it does
        value = arc_cosine(1, point) / arb.pi() * rational(r) + rational(1 - r)
        return _next(root_of_nonnegative((1 - value) / 2), value, point)
    s, angle = point.theta.relu_layer(ball(r))
    square = s * s
    return _layer_point(1 - 2 * square, s, (1 - square).sqrt(), angle, point)


@continued.register(ResNTK)
def _residual(kernel: ResNTK, point: Point[Number]) -> Number:
    """T_l = T_{l-1} (1 + alpha^2 k0) + v_{l-1} (k1 + rho k0), at the correlation rho of l - 1 blocks."""
    square, variance, total = Fraction(kernel.alpha) ** 2, Fraction(1), point.t * 0
    for block in range(kernel.depth):
        slope = (arb.pi() - point.theta) / arb.pi()
        value = arc_cosine(1, point) / arb.pi()
        total = total * (slope * rational(square) + 1) + (value + point.t * slope) * rational(variance)
        variance *= 1 + square
        if block < kernel.depth - 1:
            point = _block(point, value, square)
    return total


def _block(point: Point[Number], value: Number, square: Fraction) -> Point[Number]:
    """cos(theta') = (cos(theta) + alpha^2 k1)/(1 + alpha^2)."""
    r, kept = square / (1 + square), 1 / (1 + square)
    if isinstance(point.theta, arb):
        if point.s.is_zero():
            return point
        after = value * rational(r) + point.t * rational(kept)
        return _next(root_of_nonnegative((1 - after) / 2), after, point)
    s, angle = point.theta.relu_layer(ball(r), ball(kept))
    return _layer_point(1 - 2 * s * s, s, (1 - s * s).sqrt(), angle, point)


def _next(s: Number, value: Number | None, point: Point[Number]) -> Point[Number]:
    """The point with sin(theta'/2) = s, analytic and never 1."""
    square = s * s
    c = (1 - square).sqrt()
    value = 1 - 2 * square if value is None else value
    return _layer_point(value, s, c, 2 * s.asin(), point)


def _layer_point(value: Number, s: Number, c: Number, angle: Number, point: Point[Number]) -> Point[Number]:
    return Point(value, s, c, angle, point.near, Fraction(0), point.x, point.y, point.q, point.p)


@continued.register(NTK)
def _tangent(kernel: NTK, point: Point[Number]) -> Number:
    layers = _layers(kernel, point)
    total: Number | None = None
    for index, (layer, variance) in enumerate(zip(layers, kernel.variances, strict=True)):
        term = (layer.t * rational(variance) + kernel.biases[index]) * rational(kernel.scales[index])
        total = term if total is None else total + term
        if index < kernel.depth - 1:
            total = total * (arb.pi() - layer.theta) * (rational(Fraction(kernel.weight_variance)) / arb.pi())
    assert total is not None  # there is a first layer
    return total


@continued.register(Matern)
def _matern(kernel: Matern, point: Point[Number]) -> Number:
    """nu = n + 1/2: exp(-y) n!/(2n)! sum_i (n+i)!/(i!(n-i)!) (2y)^(n-i); else, from DLMF 10.27.4,
    0F1(;1-v;y^2/4) - Gamma(1-v)/Gamma(1+v) (y/2)^(2v) 0F1(;1+v;y^2/4)."""
    nu = Fraction(kernel.nu)
    scale = (ball(2 * nu)).sqrt() * 2 / rational(Fraction(kernel.lengthscale))  # y = scale * s
    if nu.denominator == 2:
        n, y = int(nu - Fraction(1, 2)), point.s * scale
        common = Fraction(factorial(n), factorial(2 * n))
        terms = (common * 2**m * comb(n, m) * factorial(2 * n - m) / factorial(n) for m in range(n + 1))
        return (-y).exp() * _polynomial(tuple(terms), y)
    if isinstance(point.s, arb):
        y = point.s * scale
        return y**0 if y.is_zero() else (y.log() * ball(nu)).exp() * y.bessel_k(ball(nu)) * _matern_factor(nu)
    if nu.denominator == 1:
        raise Cannot(f"the angle route for {kernel!r}", "a logarithm at 0; try route series")
    z = (1 - point.t) * (scale * scale / 8)
    odd = point.sine_power(2 * nu) * ((scale / 2).log() * ball(2 * nu)).exp()
    ratio = arb.gamma_fmpq(rational(1 - nu)) / arb.gamma_fmpq(rational(1 + nu))
    return z.hypgeom_0f1(ball(1 - nu)) - odd * ratio * z.hypgeom_0f1(ball(1 + nu))


def _matern_factor(nu: Fraction) -> arb:
    return arb(2) ** ball(1 - nu) / ball(nu).gamma()


def _polynomial(coefficients: tuple[Rational, ...], x: Number) -> Number:
    total = x * 0 + rational(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        total = total * x + rational(c)
    return total


@continued.register(Dual, DualTangent)
def _dual(kernel: Dual | DualTangent, point: Point[Number]) -> Number:
    slopes = half_line_slopes(kernel)
    if slopes:
        p, q = slopes
        same, cross, other = rational((p * p + q * q) / 2), rational(p * q), point.mirrored()
        value = (arc_cosine(1, point) * same + arc_cosine(1, other) * cross) / arb.pi()
        slope = (arc_cosine(0, point) * same - arc_cosine(0, other) * cross) / arb.pi()
    else:
        value, slope = _smooth_dual(kernel.activation, point, kernel)
    return value if isinstance(kernel, Dual) else point.t * slope + value


def _smooth_dual(name: str, point: Point[Number], kernel: Dual | DualTangent) -> tuple[Number, Number]:
    t, pi = point.t, arb.pi()
    match name:
        case "step":
            return (pi - point.theta) / (2 * pi), t * 0
        case "erf":
            third = t * 2 / 3
            return third.asin() * (2 / pi), 4 / pi / (9 - 4 * t * t).sqrt()
        case "exp":
            return (t + 1).exp(), (t + 1).exp()
        case "sin" | "cos":
            decay = arb(-1).exp()
            odd, even = t.sinh() * decay, t.cosh() * decay
            return (odd, even) if name == "sin" else (even, odd)
        case "gelu":
            square = 4 - t * t
            root, phase = 1 / square.sqrt(), (t / 2).asin() / (2 * pi) + arb(1) / 4
            return root / (2 * pi) + t * phase, phase + t * root * (1 + 1 / square) / (2 * pi)
    if name in SERIES and isinstance(t, arb):
        return series_dual_at(name, ball(kernel.variance), t)
    raise Cannot(f"the angle route for {kernel!r}", "no continuation to complex angles is known; try route series")


def _expression(tree: Node, point: Point[Number]) -> Number:
    zero = point.t * 0
    names = {"t": point.t, "theta": point.theta, "pi": zero + arb.pi()}

    def inner(node: Inner, values: Sequence[Number]) -> Number:
        first, written = values[0], operands(node)[0]
        exponent = power_of(node)
        if exponent is not None:
            return _rational_power(first, exponent, written, point)
        match node:
            case Operation("**", _, exponent_written):
                whole = whole_number(exponent_written)
                return (first.log() * values[1]).exp() if whole is None else _integer_power(first, whole)
            case Operation(op):
                return ARITHMETIC[op](first, values[1])
            case Call("acos" | "asin" as name):
                return _inverse_cosine(name, first, written, point)
            case Call() if node.name in PIECEWISE:
                return _piecewise(node, values, point)
        return getattr(first, node.name)()

    return fold(tree, lambda value: zero + rational(value), names.__getitem__, inner)


def _piecewise(node: Call, values: Sequence[Number], point: Point[Number]) -> Number:
    if isinstance(values[0], arb):
        return cast(Number, real_value(node.name, cast(Sequence[arb], values)))
    known = None if point.inside is None else [_expression(argument, point.inside) for argument in node.args]
    return cast(Number, continued_value(node.name, cast(Sequence[Jet], values), known))


def _power(base: Number, exponent: int) -> Number:
    return cast(Number, whole_power(base, exponent)) if isinstance(base, arb) else base**exponent


def _integer_power(base: Number, exponent: int) -> Number:
    power = _power(base, abs(exponent))
    return power if exponent > 0 else 1 / power


def _inverse_cosine(operation: str, value: Number, written: Node, point: Point[Number]) -> Number:
    """acos of a polynomial in t that may reach 1 at t = 1 (and -1 at t = -1, if odd)."""
    coefficients = polynomial(written)
    if coefficients is None:
        return getattr(value, operation)()
    if coefficients == (0, 1):
        angle = point.theta
    else:
        kernel = PowerSeries(coefficients)
        angle = follow(value, point, *inner_orders(kernel, point.near, point.far)).theta
    return angle if operation == "acos" else arb.pi() / 2 - angle


def _rational_power(value: Number, exponent: Fraction, written: Node, point: Point[Number]) -> Number:
    """(c theta^a (1-t)^m (1+t)^n p(t))^exponent, factor by factor: 1-t = 2 s^2 and 1+t = 2 c^2."""
    term = factored(written)
    if term is None:
        return (value.log() * ball(exponent)).exp()
    scale = constant_ball(term.constant) * (arb(2).log() * ball(term.near + term.far)).exp()
    result = ((_polynomial(term.polynomial, point.t) * scale).log() * ball(exponent)).exp()
    for order, where in ((term.near, point), (term.far, point.mirrored())):
        if order:
            result = result * where.sine_power(2 * order * exponent)
    return result * point.angle_power(term.angle * exponent) if term.angle else result
