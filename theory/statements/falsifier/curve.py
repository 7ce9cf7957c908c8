"""kappa as a function of the angle in double precision, real and complex, on whole arrays at once.

A formula of its own for each kernel: the radial ones in r = 2 sin(theta/2), layers of arc-cosine
kernels from angle to angle. Complex angles serve the coefficients of t^n on circles in the unit disc.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from scipy import special

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
from theory.statements.falsifier.hermite import FUNCTIONS, KINKS, hermite_squares
from theory.statements.falsifier.near import Unable
from theory.symbolic.expressions import ARITHMETIC, Inner, Name, Node, Number, Operation, fold

Array = np.ndarray
Numbers = Array | float  # constants are not spread over the array
PIECEWISE = ("abs", "sign", "max", "min")
MAX_ORDER = 8  # of an arc-cosine kernel: its formula cancels more and more


def curve(kernel: Kernel, theta: Array) -> Array:
    """kappa(cos(theta)).

    >>> bool(abs(curve(NTK(depth=2), np.array([np.pi / 2]))[0] - 1 / np.pi) < 1e-15)
    True
    """
    return _at(kernel, np.cos(theta), theta)


def at_points(kernel: Kernel, t: Array) -> Array:
    """kappa(t), t complex too."""
    return _at(kernel, t, np.arccos(t))


def _at(kernel: Kernel, t: Array, theta: Array) -> Array:
    match kernel:
        case ArcCosine(order):
            return arc_cosine(order, t, theta)
        case NNGP() | NTK():
            return _layers(kernel, t, theta)
        case PowerSeries(coefficients):
            return np.polynomial.polynomial.polyval(t, np.array([float(b) for b in coefficients]))
        case Laplace() | Gaussian() | ExponentialPower() | Matern():
            return _radial(kernel, t, theta)
        case Dual() | DualTangent():
            value, derivative = _dual(kernel, t, theta)
            return value if isinstance(kernel, Dual) else t * derivative + value
        case Zonal():
            return _expression(kernel.tree, t, theta)
        case Compose(outer, inner):
            return _composed(outer, _at(inner, t, theta))
        case Sum(parts):
            return np.asarray(sum(_at(part, t, theta) for part in parts))
        case Product(parts):
            return np.prod([_at(part, t, theta) for part in parts], axis=0)
        case Multiple(factor, inner):
            return float(factor) * _at(inner, t, theta)
    raise TypeError(f"no kernel: {kernel!r}")


def _composed(outer: Kernel, inner: Array) -> Array:
    """Real values that rounding left outside [-1, 1] are put back."""
    if np.isrealobj(inner):
        if np.max(np.abs(inner)) > 1 + 1e-12:
            raise Unable("the inner kernel leaves [-1, 1]")
        inner = np.clip(inner, -1, 1)
    return _at(outer, inner, np.arccos(inner))


def arc_cosine(order: int, t: Array, theta: Array) -> Array:
    """J_a/pi of Cho and Saul: (-1)^a sin^(2a+1) ((1/sin) d/dtheta)^a ((pi-theta)/sin), divided by pi.

    Kept as A (pi-theta) + B sin with polynomials A, B in t, which each differentiation changes.
    """
    if order > MAX_ORDER:
        raise Unable(f"ArcCosine of order {order} in double precision")
    a, b = np.array([1.0]), np.array([0.0])
    poly = np.polynomial.polynomial
    for i in range(order):  # (A, B) of order i over sin^(2i+1)
        turned = poly.polymul([1, 0, -1], poly.polyder(a)) if len(a) > 1 else np.array([0.0])
        below = poly.polymul([1, 0, -1], poly.polyder(b)) if len(b) > 1 else np.array([0.0])
        a, b = (
            poly.polyadd(turned, (2 * i + 1) * poly.polymul([0, 1], a)),
            poly.polyadd(poly.polyadd(below, 2 * i * poly.polymul([0, 1], b)), a),
        )
    return (poly.polyval(t, a) * (np.pi - theta) + poly.polyval(t, b) * np.sin(theta)) / np.pi


def _layers(kernel: NNGP | NTK, t: Array, theta: Array) -> Array:
    w, b = float(kernel.weight_variance), float(kernel.bias_variance)
    tangent = isinstance(kernel, NTK)
    scales = [float(s) for s in kernel.scales] if isinstance(kernel, NTK) else []
    variance, sigma = w + b, w * t + b
    bias = float(isinstance(kernel, NTK) and kernel.bias)
    total = scales[0] * (sigma + bias * (kernel.depth > 1)) if tangent else 0 * t
    rho, angle = (t, theta) if b == 0 else (sigma / variance, None)
    for layer in range(1, kernel.depth):
        if angle is None:
            rho = np.clip(rho, -1, 1) if np.isrealobj(rho) else rho
            angle = np.arccos(rho)
        slope = 1 - angle / np.pi
        sigma = w * variance * (np.sin(angle) / np.pi + slope * rho) + b
        variance = w * variance + b
        rho, angle = sigma / variance, None
        if tangent:
            hidden = bias * (layer < kernel.depth - 1)
            total = w * slope * total + scales[layer] * (sigma + hidden)
    return total if tangent else sigma


def _radial(kernel: Kernel, t: Array, theta: Array) -> Array:
    r = 2 * np.sin(theta / 2)
    match kernel:
        case Laplace(rate):
            return np.exp(-float(rate) * r)
        case Gaussian(rate):
            return np.exp(-float(rate) * (1 - t))
        case ExponentialPower(rate, power):
            return np.exp(-float(rate) * r ** float(power))
        case Matern(nu, lengthscale):
            v = float(nu)
            y = np.sqrt(2 * v) * r / float(lengthscale)
            safe = np.where(np.abs(y) < 1e-150, 1, y)
            value = 2 ** (1 - v) / special.gamma(v) * safe**v * special.kv(v, safe)
            return np.where(np.abs(y) < 1e-150, 1, value)
    raise TypeError(f"not radial: {kernel!r}")


def half_lines(kernel: Dual | DualTangent) -> tuple[float, float] | None:
    """(p, q) where the activation is p max(u, 0) + q min(u, 0)."""
    if kernel.activation == "leaky_relu":
        assert kernel.slope is not None
        return 1.0, float(kernel.slope)
    return {"relu": (1.0, 0.0), "abs": (1.0, -1.0)}.get(kernel.activation)


def _dual(kernel: Dual | DualTangent, t: Array, theta: Array) -> tuple[Array, Array]:
    """E[s(u) s(v)] and E[s'(u) s'(v)]."""
    lines = half_lines(kernel)
    if lines is not None:
        p, q = lines
        same, mixed = (p * p + q * q) / 2, p * q
        slope = 1 - theta / np.pi
        value = same * arc_cosine(1, t, theta) - mixed * arc_cosine(1, -t, np.pi - theta)
        return value, same * slope + mixed * (1 - slope)
    match kernel.activation:
        case "step":
            return (1 - theta / np.pi) / 2, 0 * t
        case "erf":
            return 2 / np.pi * np.arcsin(2 * t / 3), 4 / (np.pi * np.sqrt(9 - 4 * t * t))
        case "sin":
            return np.exp(-1) * np.sinh(t), np.exp(-1) * np.cosh(t)
        case "cos":
            return np.exp(-1) * np.cosh(t), np.exp(-1) * np.sinh(t)
        case "exp":
            return np.exp(1 + t), np.exp(1 + t)
        case "gelu":
            root, half = np.sqrt(4 - t * t), np.arcsin(t / 2)
            value = 1 / (2 * np.pi * root) + t / 4 + t * half / (2 * np.pi)
            return value, 1 / 4 + (half + t / root + t / root**3) / (2 * np.pi)
        case name if name in KINKS and np.max(np.abs(t)) > 0.9:
            raise Unable(f"the dual of {name} near an end")
        case name if name in FUNCTIONS:
            squares = hermite_squares(name, Fraction(kernel.variance))
            powers = np.polynomial.polynomial
            return powers.polyval(t, squares), powers.polyval(t, powers.polyder(squares))
    raise TypeError(f"no activation: {kernel!r}")


def _expression(tree: Node, t: Array, theta: Array) -> Array:
    names: dict[str, Numbers] = {"t": t, "theta": theta, "pi": np.float64(np.pi)}
    functions: dict[str, Callable[..., Array]] = {
        "acos": np.arccos,
        "asin": np.arcsin,
        "atan": np.arctan,
        "erf": special.erf,
        "max": np.maximum,
        "min": np.minimum,
    }

    def inner(node: Inner, values: Sequence[Numbers]) -> Numbers:
        match node:
            case Operation("-", Number(one), Name("t")) if one == 1:  # 1 - t and 1 + t cancel at an end
                return 2 * np.sin(theta / 2) ** 2
            case Operation("+", Number(one), Name("t")) if one == 1:
                return 2 * np.cos(theta / 2) ** 2
            case Operation("**"):
                return _power(*values)
            case Operation(op):
                return ARITHMETIC[op](*values)
        if node.name in PIECEWISE and any(map(np.iscomplexobj, values)):
            raise Unable(f"{node.name} has no values at complex angles")
        if len(values) == 2:
            return functions[node.name](*values)
        function = functions[node.name] if node.name in functions else getattr(np, node.name)
        return function(_inside(node.name, values[0]))

    with np.errstate(all="ignore"):
        found = fold(tree, lambda value: np.float64(float(value)), names.__getitem__, inner)
        return np.broadcast_to(np.asarray(found), np.shape(t)) + 0 * t


def _power(base: Numbers, exponent: Numbers) -> Array:
    number = float(exponent) if np.ndim(exponent) == 0 else None
    if number is not None and number.is_integer() and abs(number) < 2000:
        return np.asarray(base) ** (int(number) if number >= 0 else number)
    return np.asarray(base) ** exponent


def _inside(operation: str, value: Numbers) -> Numbers:
    """What rounding moved over the end of the interval of a root or an arc is put back."""
    if np.iscomplexobj(value):
        return value
    if operation in ("acos", "asin"):
        return np.where((np.abs(value) > 1) & (np.abs(value) < 1 + 1e-13), np.sign(value), value)
    return np.where((value < 0) & (value > -1e-13), 0.0, value) if operation == "sqrt" else value
