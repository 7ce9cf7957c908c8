"""kappa(1), exactly where it is rational."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from theory.kernels.algebra import Compose, Kernel, Multiple, Product, Sum
from theory.kernels.dual import Dual, DualTangent, half_line_slopes
from theory.kernels.radial import ExponentialPower, Gaussian, Laplace, Matern, PowerSeries
from theory.kernels.relu import NNGP, NTK, ArcCosine
from theory.kernels.zonal import Zonal, polynomial


def value_at_one(kernel: Kernel) -> Fraction | None:
    """kappa(1) where it is known to be rational, else None.

    >>> value_at_one(Dual("abs")), value_at_one(Dual("erf"))
    (Fraction(1, 1), None)
    """
    match kernel:
        case ArcCosine(order):
            return Fraction(prod(range(1, 2 * order, 2)))
        case NNGP():
            return kernel.variances[-1]
        case NTK():
            return _tangent_at_one(kernel)
        case Laplace() | Gaussian() | ExponentialPower() | Matern():
            return Fraction(1)
        case PowerSeries(coefficients):
            return Fraction(sum(coefficients))
        case Dual() | DualTangent():
            return _dual_at_one(kernel)
        case Zonal():
            coefficients = polynomial(kernel.tree)
            return None if coefficients is None else sum(coefficients, Fraction(0))
        case Multiple(factor, inner):
            value = value_at_one(inner)
            return None if value is None else factor * value
        case Compose(outer, inner):
            at_one = value_at_one(inner)
            return _polynomial_value(outer, at_one) if at_one != 1 else value_at_one(outer)
        case Sum(parts) | Product(parts):
            values = [value_at_one(part) for part in parts]
            if None in values:
                return None
            return sum(values, Fraction(0)) if isinstance(kernel, Sum) else prod(values, start=Fraction(1))
    raise TypeError(f"not a kernel: {kernel!r}")


def diagonal(kernel: Kernel) -> Fraction:
    """kappa(1), the trace sum_k N(d,k) mu_k of the kernel, exact.

    Raises ValueError where it is not known to be rational; `theory.functionals.trace` encloses it.

    >>> diagonal(NTK(depth=2, layer_scales=(Fraction(1, 2), 1))), diagonal(ArcCosine(3))
    (Fraction(3, 2), Fraction(15, 1))
    """
    value = value_at_one(kernel)
    if value is None:
        raise ValueError(f"kappa(1) of {kernel!r} is not known to be rational")
    return value


def _tangent_at_one(kernel: NTK) -> Fraction:
    total = Fraction(0)
    for scale, variance, bias in zip(kernel.scales, kernel.variances, kernel.biases, strict=True):
        total = kernel.weight_variance * total + scale * (variance + bias)
    return total


def _dual_at_one(kernel: Dual | DualTangent) -> Fraction | None:
    if kernel.activation == "step":
        return Fraction(1, 2)
    slopes = half_line_slopes(kernel)
    if slopes is None:
        return None
    half_square = (slopes[0] ** 2 + slopes[1] ** 2) / 2
    return half_square if isinstance(kernel, Dual) else 2 * half_square


def _polynomial_value(kernel: Kernel, t: Fraction | None) -> Fraction | None:
    if t is None or not isinstance(kernel, PowerSeries):
        return None
    return sum((b * t**n for n, b in enumerate(kernel.coefficients)), Fraction(0))
