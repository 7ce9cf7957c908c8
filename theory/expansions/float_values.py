"""Kernels at arrays of pairs of points, in float64: what `kernel(t)` and `kernel.gram(X, Z)` compute.

One set of formulas for NumPy and torch, by the functions that both have. A kernel that says what it is of points of
any norm is that (homogeneous in |x| and |z|, of |x - z|, of <x, z>, layered with bias); of any other, points of the
sphere are wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import add, mul

from theory.expansions.cosines import Cosines, arc_cosine, arc_cosine_drop, polynomial, polynomial_drop, relu_layer
from theory.expansions.float_expressions import expression
from theory.expansions.point_pairs import Pairs, Scale
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
    ResNTK,
    Sum,
    Zonal,
    by_kernel,
    value_at_one,
)
from theory.kernels.end_exponents import is_odd
from theory.kernels.relu import Layered
from theory.numbers.array_spaces import Array

OUTSIDE = 1e-12  # what rounding may add to an inner kernel


@by_kernel()
def in_floats(kernel: Kernel, pair: Pairs) -> Array:
    """kappa of pairs of points. Raises ValueError where none is known, or the points are not allowed.

    >>> import numpy
    >>> in_floats(NTK(depth=2), Pairs(Cosines.of(numpy, numpy.array([1.0, -1.0]))))
    array([2., 0.])
    """
    raise ValueError(f"no floats of {kernel!r} are known, allowed: digits=N for a certified value")


@by_kernel()
def drop(kernel: Kernel, pair: Pairs) -> Array:
    """kappa(1) - kappa(t) on the sphere, without cancellation near t = 1 where the class knows how.

    >>> import numpy
    >>> drop(Laplace(rate=1), Pairs(Cosines(numpy, *numpy.array([[1.0], [2e-30], [2.0]]))))
    array([2.e-15])
    """
    ones = pair.at.t * 0 + 1
    return in_floats(kernel, Pairs(Cosines.of(pair.space, ones))) - in_floats(kernel, Pairs(pair.at))


@in_floats.register(Sum)
def _sum(kernel: Sum, pair: Pairs) -> Array:
    return reduce(add, (in_floats(part, pair) for part in kernel.parts))


@drop.register(Sum)
def _sum_drop(kernel: Sum, pair: Pairs) -> Array:
    return reduce(add, (drop(part, pair) for part in kernel.parts))


@in_floats.register(Product)
def _product(kernel: Product, pair: Pairs) -> Array:
    return reduce(mul, (in_floats(part, pair) for part in kernel.parts))


@in_floats.register(Multiple)
def _multiple(kernel: Multiple, pair: Pairs) -> Array:
    return float(kernel.factor) * in_floats(kernel.kernel, pair)


@drop.register(Multiple)
def _multiple_drop(kernel: Multiple, pair: Pairs) -> Array:
    return float(kernel.factor) * drop(kernel.kernel, pair)


@in_floats.register(Compose)
def _composition(kernel: Compose, pair: Pairs) -> Array:
    pair.on_the_sphere(kernel)
    return in_floats(kernel.outer, _inside(kernel.inner, pair))


@drop.register(Compose)
def _composition_drop(kernel: Compose, pair: Pairs) -> Array:
    if value_at_one(kernel.inner) == 1:
        return drop(kernel.outer, _inside(kernel.inner, pair))
    return drop.default(kernel, pair)


def _inside(inner: Kernel, pair: Pairs) -> Pairs:
    """The inner kernel as cosines. Raises ValueError where it leaves [-1, 1]."""
    space, sphere = pair.space, Pairs(pair.at)
    if value_at_one(inner) == 1:
        near = drop(inner, sphere)
        far = _above_minus_one(inner, sphere, near)
    else:
        value = in_floats(inner, sphere)
        near, far = 1 - value, 1 + value
    if not bool((abs(1 - near) <= 1 + OUTSIDE).all()):
        raise ValueError(f"Compose: the inner kernel must map [-1, 1] into itself, and {inner!r} leaves it")
    return Pairs(Cosines.apart(space, space.clip(near, 0.0, 2.0), space.clip(far, 0.0, 2.0)))


def _above_minus_one(inner: Kernel, sphere: Pairs, near: Array) -> Array:
    """1 + kappa(t): of 2 t^2 - 1 it is 2 t^2, of which 2 - (1 - kappa(t)) keeps nothing near t = 0."""
    if is_odd(inner):
        return drop(inner, Pairs(sphere.at.mirrored()))
    if isinstance(inner, PowerSeries):
        constant, *rest = inner.coefficients
        return polynomial((constant + 1, *rest), sphere.at.t)
    return 2 - near


@in_floats.register(ArcCosine)
def _arc_cosine_kernel(kernel: ArcCosine, pair: Pairs) -> Array:
    if not kernel.order:
        return arc_cosine(0, pair.directions(kernel))
    return (pair.x * pair.z) ** kernel.order * arc_cosine(kernel.order, pair.at)


@drop.register(ArcCosine)
def _arc_cosine_kernel_drop(kernel: ArcCosine, pair: Pairs) -> Array:
    return arc_cosine_drop(kernel.order, pair.at)


def _layers(kernel: Layered, pair: Pairs) -> Iterator[tuple[Pairs, Array]]:
    """For l = 1, ..., L rho_l, with the roots of the variances of both points, and k0(rho_{l-1}), 1 at first."""
    w, b = float(kernel.weight_variance), float(kernel.bias_variance)
    slope, at, x, z = 1.0, pair.at, pair.x, pair.z
    for layer in range(kernel.depth):
        if layer:
            slope, at = relu_layer(at)
        found = _biased(at, w**0.5 * x, w**0.5 * z, b)
        yield found, slope
        at, x, z = found.at, found.x, found.z


def _biased(at: Cosines, x: Scale, z: Scale, b: float) -> Pairs:
    """Of p q t + b: with p^2 + b, q^2 + b on the diagonal 1 - rho = (p q (1-t) + b (p-q)^2/(D + p q + b))/D, and
    1 + rho = (p q (1+t) + b (p^2 + q^2 + b)/(D + p q) + b)/D, sums of positive terms, D^2 = (p^2 + b)(q^2 + b)."""
    if not b:
        return Pairs(at, x, z)
    left, right, root = (x**2 + b) ** 0.5, (z**2 + b) ** 0.5, x * z
    diagonal = left * right
    near = (root * at.near + b * (x - z) ** 2 / (diagonal + root + b)) / diagonal
    far = (root * at.far + b * (x**2 + z**2 + b) / (diagonal + root) + b) / diagonal
    if not isinstance(x, float):
        near = at.space.where(near > 0, near, at.space.zeros_like(near))  # a point with itself: no slope to speak of
    return Pairs(Cosines.apart(at.space, near, far), left, right)


@in_floats.register(NNGP)
def _covariance(kernel: NNGP, pair: Pairs) -> Array:
    *_, (last, _) = _layers(kernel, pair)
    return last.x * last.z * last.at.t


@drop.register(NNGP)
def _covariance_drop(kernel: NNGP, pair: Pairs) -> Array:
    *_, (last, _) = _layers(kernel, Pairs(pair.at))
    return last.x * last.z * last.at.near


@in_floats.register(NTK)
def _tangent(kernel: NTK, pair: Pairs) -> Array:
    if kernel.bias and not kernel.bias_variance:
        pair.directions(kernel)
    total, w = 0.0, float(kernel.weight_variance)
    for (layer, slope), scale, bias in zip(_layers(kernel, pair), kernel.scales, kernel.biases, strict=True):
        total = w * slope * total + float(scale) * (layer.x * layer.z * layer.at.t + bias)
    return total


@drop.register(NTK)
def _tangent_drop(kernel: NTK, pair: Pairs) -> Array:
    """(T + D) 1 - T k0 = D + T (1 - k0), layer by layer."""
    fallen, total, w, below = 0.0, 0.0, float(kernel.weight_variance), pair.at
    layers = _layers(kernel, Pairs(pair.at))
    for (layer, slope), scale, bias in zip(layers, kernel.scales, kernel.biases, strict=True):
        fallen = w * (fallen + total * arc_cosine_drop(0, below)) + float(scale) * layer.x * layer.z * layer.at.near
        total = w * slope * total + float(scale) * (layer.x * layer.z * layer.at.t + bias)
        below = layer.at
    return fallen


def _residual_sums(kernel: ResNTK, pair: Pairs) -> tuple[Array, Array]:
    """kappa and kappa(1) - kappa on the sphere, as T_l = T_{l-1} (1 + alpha^2 k0) + v_{l-1} (k1 + rho k0)."""
    square, at = float(kernel.alpha) ** 2, pair.at
    total, fallen, variance = at.t * 0, at.t * 0, 1.0
    for _ in range(kernel.depth):
        flat, (slope, after) = arc_cosine_drop(0, at), relu_layer(at)
        fallen = fallen * (1 + square) + total * square * flat + variance * (after.near + at.near + at.t * flat)
        total = total * (1 + square * slope) + variance * (after.t + at.t * slope)
        kept, far = (after.near * square + at.near) / (1 + square), (after.far * square + at.far) / (1 + square)
        at, variance = Cosines.apart(at.space, kept, far), variance * (1 + square)
    return total, fallen


@in_floats.register(ResNTK)
def _residual(kernel: ResNTK, pair: Pairs) -> Array:
    return pair.x * pair.z * _residual_sums(kernel, pair)[0]


@drop.register(ResNTK)
def _residual_drop(kernel: ResNTK, pair: Pairs) -> Array:
    return _residual_sums(kernel, pair)[1]


@in_floats.register(PowerSeries)
def _power_series(kernel: PowerSeries, pair: Pairs) -> Array:
    return polynomial(kernel.coefficients, pair.x * pair.z * pair.at.t)


@drop.register(PowerSeries)
def _power_series_drop(kernel: PowerSeries, pair: Pairs) -> Array:
    return polynomial_drop(kernel.coefficients, pair.at)


@by_kernel()
def of_distances(kernel: Kernel) -> bool:
    """Whether some part is a function of |x - z|.

    >>> of_distances(NTK(depth=2) * Laplace(rate=1)), of_distances(NTK(depth=2))
    (True, False)
    """
    return False


@of_distances.register(Laplace, Gaussian, ExponentialPower, Matern)
def _of_distances(kernel: Kernel) -> bool:
    return True


@of_distances.register(Sum, Product, Multiple)
def _part_of_distances(kernel: Sum | Product | Multiple) -> bool:
    return any(map(of_distances, kernel.parts))


@by_kernel()
def exponent(kernel: Kernel, squared: Array) -> Array:
    """-log kappa, of |x - z|^2."""
    raise TypeError(f"no exponential: {kernel!r}")


@exponent.register(Laplace)
def _laplace(kernel: Laplace, squared: Array) -> Array:
    return float(kernel.rate) * squared**0.5


@exponent.register(Gaussian)
def _gaussian(kernel: Gaussian, squared: Array) -> Array:
    return float(kernel.rate) / 2 * squared


@exponent.register(ExponentialPower)
def _exponential_power(kernel: ExponentialPower, squared: Array) -> Array:
    return float(kernel.rate) * squared ** (float(kernel.power) / 2)


@in_floats.register(Laplace, Gaussian, ExponentialPower)
def _exponential(kernel: Laplace | Gaussian | ExponentialPower, pair: Pairs) -> Array:
    return pair.space.exp(-exponent(kernel, pair.squared_distance()))


@drop.register(Laplace, Gaussian, ExponentialPower)
def _exponential_drop(kernel: Laplace | Gaussian | ExponentialPower, pair: Pairs) -> Array:
    return -pair.space.expm1(-exponent(kernel, 2 * pair.at.near))


@in_floats.register(Zonal)
def _written(kernel: Zonal, pair: Pairs) -> Array:
    return expression(kernel.tree, pair.on_the_sphere(kernel))
