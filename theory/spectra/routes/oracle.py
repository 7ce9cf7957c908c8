"""The oracle: mpmath quadrature of the defining integral, in floating point.

Its kernel evaluator works in t = cos(theta) and its polynomials come from the three-term
recurrence, so it shares nothing with the other routes. There is no error bound: agreement with it
is `checked`, never `certified`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

import mpmath
from flint import arb
from mpmath import mp, mpf
from mpmath.calculus.quadrature import TanhSinh

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
    by_kernel,
)
from theory.numbers.balls import working_precision
from theory.symbolic.expressions import ARITHMETIC, Inner, Node, Operation, fold


@by_kernel()
def kappa(kernel: Kernel, t: mpf) -> mpf:
    """kappa(t) at the current mpmath precision.

    >>> kappa(NTK(depth=2), mpf(0)) == 1/mp.pi
    True
    """
    raise TypeError(f"the oracle has no formula for {kernel!r}")


@kappa.register(Compose)
def _composition(kernel: Compose, t: mpf) -> mpf:
    return kappa(kernel.outer, kappa(kernel.inner, t))


@kappa.register(Sum)
def _sum(kernel: Sum, t: mpf) -> mpf:
    return mp.fsum(kappa(part, t) for part in kernel.parts)


@kappa.register(Product)
def _product(kernel: Product, t: mpf) -> mpf:
    return mp.fprod(kappa(part, t) for part in kernel.parts)


@kappa.register(Multiple)
def _multiple(kernel: Multiple, t: mpf) -> mpf:
    return _number(kernel.factor) * kappa(kernel.kernel, t)


@kappa.register(ArcCosine)
def _arc_cosine_kernel(kernel: ArcCosine, t: mpf) -> mpf:
    return _arc_cosine(kernel.order, mp.acos(t)) / mp.pi


@kappa.register(NNGP)
def _covariance(kernel: NNGP, t: mpf) -> mpf:
    return _covariances(kernel, t)[-1]


@kappa.register(PowerSeries)
def _power_series(kernel: PowerSeries, t: mpf) -> mpf:
    return mp.polyval([_number(b) for b in reversed(kernel.coefficients)], t)


@kappa.register(Zonal)
def _written(kernel: Zonal, t: mpf) -> mpf:
    return _expression(kernel.tree, t)


def _number(value: Fraction | int) -> mpf:
    return mpf(value.numerator) / value.denominator


def _arc_cosine(order: int, theta: mpf) -> mpf:
    """J_a by Cho and Saul's formula (-1)^a sin^(2a+1) ((1/sin) d/dtheta)^a ((pi-theta)/sin).

    The iterate is kept as (A (pi-theta) + B sin) / sin^(2i+1) with polynomials A, B in cos(theta):
    A' = (1-c^2) dA/dc + (2i+1) c A,  B' = (1-c^2) dB/dc + 2i c B + A, both with alternating sign.
    """
    a, b = [1], [0]
    for i in range(order):
        a, b = _raise(a, 2 * i + 1, []), _raise(b, 2 * i, a)
    c, s = mp.cos(theta), mp.sin(theta)
    return mp.polyval(a[::-1], c) * (mp.pi - theta) + mp.polyval(b[::-1], c) * s


def _raise(p: list[int], factor: int, extra: list[int]) -> list[int]:
    """(1-c^2) p' + factor c p + extra, coefficients constant first."""
    result = [0] * (len(p) + 2)
    for n, value in enumerate(p):
        if n:
            result[n - 1] += n * value
        result[n + 1] += (factor - n) * value
    for n, value in enumerate(extra):
        result[n] += value
    return result


def _variances(kernel: NNGP | NTK) -> list[mpf]:
    w, b = _number(kernel.weight_variance), _number(kernel.bias_variance)
    values = [w + b]
    for _ in range(kernel.depth - 1):
        values.append(w * values[-1] + b)
    return values


def _covariances(kernel: NNGP | NTK, t: mpf) -> list[mpf]:
    w, b = _number(kernel.weight_variance), _number(kernel.bias_variance)
    values = [w * t + b]
    for variance in _variances(kernel)[:-1]:
        values.append(w * variance * _arc_cosine(1, mp.acos(values[-1] / variance)) / mp.pi + b)
    return values


@kappa.register(NTK)
def _tangent(kernel: NTK, t: mpf) -> mpf:
    covariances, variances = _covariances(kernel, t), _variances(kernel)
    total = mpf(0)
    for first in range(kernel.depth):
        term = covariances[first] + (kernel.bias and first < kernel.depth - 1)
        for c, v in zip(covariances[first:-1], variances[first:-1], strict=True):
            term *= _number(kernel.weight_variance) * (1 - mp.acos(c / v) / mp.pi)
        total += _number(kernel.scales[first]) * term
    return total


def _distance(t: mpf) -> mpf:
    """r = norm(x - x')."""
    return mp.sqrt(2 - 2 * t)


@kappa.register(Laplace)
def _laplace(kernel: Laplace, t: mpf) -> mpf:
    return mp.exp(-_number(kernel.rate) * _distance(t))


@kappa.register(Gaussian)
def _gaussian(kernel: Gaussian, t: mpf) -> mpf:
    r = _distance(t)
    return mp.exp(-_number(kernel.rate) * r * r / 2)


@kappa.register(ExponentialPower)
def _exponential_power(kernel: ExponentialPower, t: mpf) -> mpf:
    return mp.exp(-_number(kernel.rate) * _distance(t) ** _number(kernel.power))


@kappa.register(Matern)
def _matern(kernel: Matern, t: mpf) -> mpf:
    v = _number(kernel.nu)
    y = mp.sqrt(2 * v) * _distance(t) / _number(kernel.lengthscale)
    return mpf(2) ** (1 - v) / mp.gamma(v) * y**v * mp.besselk(v, y) if y else mpf(1)


@kappa.register(Dual, DualTangent)
def _dual(kernel: Dual | DualTangent, t: mpf) -> mpf:
    """By hand for each activation: E[s(u) s(v)] and, for the tangent kernel, E[s'(u) s'(v)]."""
    theta, pi, name = mp.acos(t), mp.pi, kernel.activation
    slope = {"relu": 0, "abs": -1, "leaky_relu": kernel.slope}.get(name)
    if slope is not None:
        a = _number(slope)  # quadrants: both positive, both negative, mixed
        value = (1 + a * a) * _arc_cosine(1, theta) / (2 * pi) - 2 * a * _arc_cosine(1, pi - theta) / (2 * pi)
        derivative = (1 + a * a) * (pi - theta) / (2 * pi) + 2 * a * theta / (2 * pi)
    else:
        value, derivative = {
            "step": lambda: ((pi - theta) / (2 * pi), 0),
            "erf": lambda: (2 / pi * mp.asin(2 * t / 3), 4 / (pi * mp.sqrt(9 - 4 * t * t))),
            "sin": lambda: (mp.exp(-1) * mp.sinh(t), mp.exp(-1) * mp.cosh(t)),
            "cos": lambda: (mp.exp(-1) * mp.cosh(t), mp.exp(-1) * mp.sinh(t)),
            "exp": lambda: (mp.exp(1 + t), mp.exp(1 + t)),
            "gelu": lambda: _gelu(t),
        }[name]()
    return value if isinstance(kernel, Dual) else t * derivative + value


def _gelu(t: mpf) -> tuple[mpf, mpf]:
    root, half = mp.sqrt(4 - t * t), mp.asin(t / 2)
    value = 1 / (2 * mp.pi * root) + t / 4 + t * half / (2 * mp.pi)
    return value, mpf(1) / 4 + (half + t / root + t / root**3) / (2 * mp.pi)


def _expression(tree: Node, t: mpf) -> mpf:
    def inner(node: Inner, values: Sequence[mpf]) -> mpf:
        if isinstance(node, Operation):
            return ARITHMETIC[node.op](*values)
        own: dict[str, Callable[..., mpf]] = {"abs": abs, "max": max, "min": min}
        function: Callable[..., mpf] = own[node.name] if node.name in own else getattr(mp, node.name)
        return function(*values)

    return fold(tree, _number, {"t": t, "theta": mp.acos(t), "pi": +mp.pi}.__getitem__, inner)


@lru_cache(maxsize=64)
def _nodes(rule: str, level: int, prec: int) -> Sequence[tuple[mpf, mpf]]:
    """(theta, weight) on [0, pi]: Gauss's from FLINT; mpmath keeps only the nodes that a level of tanh-sinh adds."""
    if rule == "gauss-legendre":
        count = 3 * 2 ** (level - 1)
        with working_precision(mp.dps):
            roots = [arb.legendre_p_root(count, k, weight=True) for k in range(count)]
        pairs = [[mpf(part.mid().str(mp.dps + 5, radius=False)) for part in pair] for pair in roots]
        return [(mp.pi * (1 + root) / 2, mp.pi * weight / 2) for root, weight in pairs]
    levels = (TanhSinh(mp).get_nodes(0, mp.pi, below, prec) for below in range(1, level + 1))
    return [(theta, mp.ldexp(weight, -level)) for added in levels for theta, weight in added if 0 < theta < mp.pi]


def oracle_values(
    kernel: Kernel, dim: int | Fraction, degrees: range, digits: int, level: int = 6, rule: str = "gauss-legendre"
) -> list[mpf]:
    """mu_k for a range of degrees by quadrature in theta, real d too.

    Gauss-Legendre with 3 * 2^(level-1) nodes, or "tanh-sinh" where the integrand has a branch point
    at an end, as sin(theta)^(d-1) for real d.

    Works with twice the digits asked for, since acos near 1 keeps only half of them.

    >>> abs(oracle_values(NTK(depth=2), 2, range(2, 3), 15)[0] - mpf(5)/64) < 1e-15
    True
    """
    with mp.workdps(2 * digits + 20):
        d = _number(Fraction(dim))
        sums = [mpf(0)] * len(degrees)
        for theta, weight in _nodes(rule, level, mp.prec):
            t = mp.cos(theta)
            common = weight * kappa(kernel, t) * mp.sin(theta) ** (d - 1)
            for degree, value in enumerate(_gegenbauer_values(t, d, degrees[-1])):
                if degree in degrees:
                    sums[degree - degrees.start] += common * value
        ratio = mp.gamma((d + 1) / 2) / (mp.sqrt(mp.pi) * mp.gamma(d / 2))
        return [ratio * total for total in sums]


def _gegenbauer_values(t: mpf, d: mpf, top: int) -> list[mpf]:
    values = [mpmath.mpf(1), t]
    for k in range(1, top):
        values.append(((2 * k + d - 1) * t * values[k] - k * values[k - 1]) / (k + d - 1))
    return values[: top + 1]
