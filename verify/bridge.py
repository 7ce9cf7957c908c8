"""From exact theory to the floats of `numerics`: kernels of the angle, eigenvalues, end values.

Everything `numerics` compares itself with passes through here, as plain floats and callables, so
that it never sees a theory object. Units are those of both sides: mu_k on S^d with the uniform
probability measure, kappa(1) the trace.
"""

from __future__ import annotations

import math

import torch
from flint import arb
from torch import Tensor

from numerics.data.user_data import of_unit_norm
from numerics.predictions.limit_kernels import AngleKernel, angles, gram, k0, k1, nngp_kernel, tangent_kernel
from theory.expansions.in_the_angle import kernel_value
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Multiple, Product, Sum, by_kernel, diagonal
from theory.numbers.balls import Enclosure, NotCertified, working_precision
from theory.spectra.spectrum import Eigenvalue, eigenvalue, spectrum

DIGITS = 25  # a double holds 17; the rest leaves room for values close to a rounding boundary
END_DIGITS = 40  # absolute accuracy of kappa(-1), which may be exactly zero


@by_kernel()
def float_kernel(kernel: Kernel) -> AngleKernel:
    """kappa as a function of the angle theta in [0, pi], evaluated in the dtype of its argument.

    ArcCosine of order 0 and 1, NNGP and NTK of any depth with layer scales and bias, and their
    sums, products and multiples. Raises ValueError for any other kernel.

    >>> from fractions import Fraction
    >>> float_kernel(NTK(depth=2, layer_scales=(Fraction(1, 2), 1)))(torch.tensor(0.0)).item()
    1.5
    """
    known = "ArcCosine(0), ArcCosine(1), NNGP, NTK, their sums, products and multiples have one"
    raise ValueError(f"no float kernel for {kernel!r}: {known}")


@float_kernel.register(ArcCosine)
def _arc_cosine(kernel: ArcCosine) -> AngleKernel:
    return (k0, k1)[kernel.order] if kernel.order < 2 else float_kernel.default(kernel)


@float_kernel.register(NNGP)
def _covariance(kernel: NNGP) -> AngleKernel:
    if kernel.weight_variance != 1 or kernel.bias_variance:
        variances = float(kernel.weight_variance), float(kernel.bias_variance)
        return lambda angle: nngp_kernel(angle, kernel.depth, *variances)
    return lambda angle: _layer_angles(angle, kernel.depth)[-1].cos()


@float_kernel.register(NTK)
def _tangent_kernel(kernel: NTK) -> AngleKernel:
    if kernel.weight_variance != 1 or kernel.bias_variance:
        scales, variances = (
            [float(s) for s in kernel.scales],
            (float(kernel.weight_variance), float(kernel.bias_variance)),
        )
        return lambda angle: tangent_kernel(angle, kernel.depth, scales, kernel.bias, *variances)
    return lambda angle: _tangent(kernel, angle)


@float_kernel.register(Sum)
def _sum(kernel: Sum) -> AngleKernel:
    return lambda angle: sum((float_kernel(part)(angle) for part in kernel.parts), start=torch.zeros_like(angle))


@float_kernel.register(Product)
def _product(kernel: Product) -> AngleKernel:
    return lambda angle: math.prod((float_kernel(part)(angle) for part in kernel.parts), start=torch.ones_like(angle))


@float_kernel.register(Multiple)
def _multiple(kernel: Multiple) -> AngleKernel:
    return lambda angle: float(kernel.factor) * float_kernel(kernel.kernel)(angle)


def _layer_angles(angle: Tensor, depth: int) -> list[Tensor]:
    """theta_1, ..., theta_L with cos(theta_{l+1}) = k1(theta_l).

    From sin(theta_{l+1}/2)^2 = (1 - k1)/2, since acos(k1) loses half the digits near theta = 0.
    """
    angles = [angle]
    for _ in range(depth - 1):
        last = angles[-1]
        versine = 2 * math.pi * (last / 2).sin().square() + last * last.cos() - last.sin()  # pi (1 - k1)
        angles.append(2 * (versine / (2 * math.pi)).clamp(0, 1).sqrt().asin())
    return angles


def _tangent(kernel: NTK, angle: Tensor) -> Tensor:
    """Theta_1 = s_1 Sigma_1, Theta_{l+1} = Theta_l k0(Sigma_l) + s_{l+1} Sigma_{l+1}.

    A bias adds 1 to Sigma_l for l < L.
    """
    total = torch.zeros_like(angle)
    for layer, hidden in enumerate(_layer_angles(angle, kernel.depth), 1):
        bias = int(kernel.bias and layer < kernel.depth)
        total = total + float(kernel.scales[layer - 1]) * (hidden.cos() + bias)
        if layer < kernel.depth:
            total = total * k0(hidden)
    return total


@by_kernel()
def norm_power(kernel: Kernel) -> int:
    """p where the kernel of the network is |x|^p |x'|^p kappa(cos angle) for points of any norm.

    ReLU networks without biases, ArcCosine(p), their multiples, sums of one power and products. ValueError otherwise.

    >>> norm_power(NTK(depth=3)), norm_power(ArcCosine(2) * NTK(depth=2))
    (1, 3)
    """
    raise ValueError(f"{kernel!r} is not homogeneous in the points' norms, allowed: points on the unit sphere")


@norm_power.register(ArcCosine)
def _power_of_order(kernel: ArcCosine) -> int:
    return kernel.order


@norm_power.register(NNGP, NTK)
def _power_of_network(kernel: NNGP | NTK) -> int:
    if kernel.bias_variance or isinstance(kernel, NTK) and kernel.bias:
        return norm_power.default(kernel)
    return 1


@norm_power.register(Sum)
def _power_of_sum(kernel: Sum) -> int:
    powers = {norm_power(part) for part in kernel.parts}
    return powers.pop() if len(powers) == 1 else norm_power.default(kernel)


@norm_power.register(Product)
def _power_of_product(kernel: Product) -> int:
    return sum(norm_power(part) for part in kernel.parts)


@norm_power.register(Multiple)
def _power_of_multiple(kernel: Multiple) -> int:
    return norm_power(kernel.kernel)


def zonal_gram(kernel: Kernel, points: Tensor, others: Tensor | None = None, norms: bool = False) -> Tensor:
    """kappa at the angles between points (n, d+1) and others: (n, l), as floats.

    The points are projected on the unit sphere, and with ``norms`` each entry is multiplied by (|x| |x'|)^p of
    `norm_power`. ValueError for a point 0, and for kernels of which `float_kernel` is not known.

    >>> zonal_gram(NTK(depth=2), torch.tensor([[3.0, 4.0]]), norms=True).tolist()
    [[50.0]]
    """
    function, power = float_kernel(kernel), norm_power(kernel) if norms else 0
    unit = of_unit_norm(points)
    found = gram(unit, function) if others is None else function(angles(unit, of_unit_norm(others)))
    if not power:
        return found
    lengths = points.norm(dim=1), (points if others is None else others).norm(dim=1)
    return found * (lengths[0][:, None] * lengths[1]) ** power


def nearest_double(value: Eigenvalue) -> float:
    """mu_k correctly rounded to a double: exact values and ties included.

    Raises NotCertified where no accuracy settles the rounding, which only an exact tie without a
    known closed form can cause.

    >>> from theory.spectra.spectrum import eigenvalue
    >>> nearest_double(eigenvalue(NTK(depth=2), 2, 1)) == 1 / 3
    True
    """
    exact = None if value.exact is None else value.exact.rational()
    if exact is not None:
        return float(exact)  # a Fraction rounds correctly
    for digits in (0, 60, 240):
        finer = value if not digits else _again(value, digits)
        low, high = float(finer.enclosure.lower), float(finer.enclosure.upper)
        if low == high:
            return low
    raise NotCertified(f"mu_{value.degree} of {value.kernel!r} as a double", value.enclosure.accuracy(), 17)


def _again(value: Eigenvalue, digits: int) -> Eigenvalue:
    return eigenvalue(value.kernel, value.dim, value.degree, digits)


def float_spectrum(kernel: Kernel, dim: int, last: int) -> list[float]:
    """mu_0, ..., mu_L on S^d, each the double nearest to the certified value.

    >>> float_spectrum(NTK(depth=2), 2, 5)[3:]
    [0.0, 0.005208333333333333, 0.0]
    """
    return [nearest_double(value) for value in spectrum(kernel, dim, range(last + 1), DIGITS).eigenvalues]


def float_ends(kernel: Kernel) -> tuple[float, float]:
    """(kappa(1), kappa(-1)): the first correctly rounded, the second within one rounding or 1e-40.

    >>> from fractions import Fraction
    >>> float_ends(NTK(depth=2, layer_scales=(Fraction(1, 2), 1)))[0]
    1.5
    """
    with working_precision(END_DIGITS):
        opposite = Enclosure.of(kernel_value(kernel, arb.pi()), f"kappa(-1) of {kernel!r}")
    return float(diagonal(kernel)), float((opposite.lower + opposite.upper) / 2)
