"""The limit kernel at given points, and what each layer and its biases add to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from flint import arb

from theory.expansions.coefficient_signs import nonnegative_from
from theory.expansions.in_the_angle import kernel_value
from theory.expansions.maclaurin import at_one, maclaurin
from theory.kernels import NTK, Dual, DualTangent, Kernel, Multiple, by_kernel
from theory.numbers.balls import NotCertified, working_precision

if TYPE_CHECKING:
    from torch import Tensor


DIGITS = 20
TERMS = 400  # of the power series, where the angle has no formula


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What the weights of one layer, or its biases, add to the limit kernel, and its matrix (n, n).

    ``unit`` is the matrix for layer scale 1, so that a part of scale 0 can be measured too.
    """

    layer: int
    bias: bool
    scale: float
    unit: np.ndarray


def limit_matrix(kernel: Kernel, points: Tensor) -> np.ndarray:
    """kappa(<x, x'>) at the points (n, d+1): (n, n), each entry within 1e-12 kappa(1).

    >>> import torch
    >>> limit_matrix(NTK(depth=2), torch.eye(2, dtype=torch.float64)).round(4).tolist()
    [[2.0, 0.3183], [0.3183, 2.0]]
    """
    from numerics.predictions.limit_kernels import angles  # only here: a spectrum needs no torch

    theta = angles(points).numpy()
    flat, where = np.unique(theta, return_inverse=True)
    values = np.array([kernel_at(kernel, float(angle)) for angle in flat])
    return values[where].reshape(theta.shape)


@lru_cache(maxsize=4096)
def kernel_at(kernel: Kernel, angle: float) -> float:
    """kappa(cos angle) as a double, by the angle route or, for b_n >= 0, by the power series.

    >>> kernel_at(NTK(depth=2), 0.0)
    2.0
    """
    with working_precision(DIGITS):
        theta = arb(angle).min(arb.pi())
        try:
            value = kernel_value(kernel, theta) if angle else at_one(kernel)
        except NotCertified:
            if nonnegative_from(kernel) != 0:
                raise
            value = _by_series(kernel, theta.cos())
        if not value.is_finite() or value.rad() > 1e-12 * at_one(kernel).abs_upper():
            raise NotCertified(f"{kernel!r} at angle {angle}", value.rel_accuracy_bits() / 3.33, 12)
        return float(value.mid())


def _by_series(kernel: Kernel, t: arb) -> arb:
    """sum_{n < T} b_n t^n with |rest| <= (kappa(1) - sum_{n < T} b_n) |t|^T."""
    if t == 1:
        return at_one(kernel)
    coefficients = _coefficients(kernel)
    rest = (at_one(kernel) - sum(coefficients, arb(0))) * abs(t) ** TERMS
    return sum((b * t**n for n, b in enumerate(coefficients)), arb(0)) + arb(0, rest.abs_upper())


@lru_cache(maxsize=16)
def _coefficients(kernel: Kernel) -> list[arb]:
    return maclaurin(kernel, TERMS)


@by_kernel()
def parts(kernel: Kernel, points: Tensor) -> tuple[Part, ...]:
    """The kernel layer by layer; empty where it is no tangent kernel that is known by layers.

    NTK without bias variance: layer l adds s_l Sigma_l prod_{j >= l} k0(Sigma_j) through its weights
    and, with bias, the same without Sigma_l through its biases. DualTangent: t E[s' s'] and E[s s].

    >>> import torch
    >>> [part.unit.item() for part in parts(NTK(depth=3, bias=True), torch.tensor([[0.6, 0.8]]))]
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    return ()


@parts.register(Multiple)
def _of_multiple(kernel: Multiple, points: Tensor) -> tuple[Part, ...]:
    return tuple(replace(p, scale=float(kernel.factor) * p.scale) for p in parts(kernel.kernel, points))


@parts.register(DualTangent)
def _of_two_layers(kernel: DualTangent, points: Tensor) -> tuple[Part, ...]:
    second = limit_matrix(Dual(kernel.activation, kernel.slope), points)
    return Part(1, False, 1.0, limit_matrix(kernel, points) - second), Part(2, False, 1.0, second)


@parts.register(NTK)
def _of_layers(kernel: NTK, points: Tensor) -> tuple[Part, ...]:
    if kernel.bias_variance:
        return ()
    return tuple(p for layer in range(1, kernel.depth + 1) for p in _of_layer(kernel, layer, points))


def _of_layer(kernel: NTK, layer: int, points: Tensor) -> list[Part]:
    alone = tuple(int(j == layer) for j in range(1, kernel.depth + 1))
    weights = limit_matrix(NTK(kernel.depth, alone, weight_variance=kernel.weight_variance), points)
    scale = float(kernel.scales[layer - 1])
    found = [Part(layer, False, scale, weights)]
    if kernel.biases[layer - 1]:
        both = limit_matrix(NTK(kernel.depth, alone, bias=True, weight_variance=kernel.weight_variance), points)
        found.append(Part(layer, True, scale, both - weights))
    return found
