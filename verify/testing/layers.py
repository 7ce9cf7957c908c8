"""The limit kernel at given points, and what each layer and its biases add to it.

On the sphere any kernel has values. Elsewhere those have that say what a network does with the norm: NNGP and NTK with
Sigma_1 = w <x, x'> + b, Dual and DualTangent with E over u = <W, x>, ArcCosine(a) with the factor |x|^a |x'|^a.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from numerics.networks.architectures import Elementwise
from numerics.predictions.duals import gaussian_dual, half_line_dual
from numerics.predictions.limit_kernels import angles
from theory.kernels import NNGP, NTK, ArcCosine, Dual, DualTangent, Kernel, Multiple, Sum, by_kernel
from verify.testing.kernel_values import kernel_at
from verify.testing.measuring import on_sphere

FUNCTIONS = ("relu", "leaky_relu", "abs", "erf", "sin", "cos", "exp", "gelu", "tanh")  # of torch, at any norm


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
    """K(x, x') at the points (n, d): (n, n); of unit vectors each entry is within 1e-12 kappa(1).

    >>> import torch
    >>> limit_matrix(NTK(depth=2), torch.eye(2, dtype=torch.float64)).round(4).tolist()
    [[2.0, 0.3183], [0.3183, 2.0]]
    """
    if not on_sphere(points):
        return at_any_norm(kernel, points.double().numpy())
    theta = angles(points).numpy()
    flat, where = np.unique(theta, return_inverse=True)
    values = np.array([kernel_at(kernel, float(angle)) for angle in flat])
    return values[where].reshape(theta.shape)


@by_kernel()
def at_any_norm(kernel: Kernel, points: np.ndarray) -> np.ndarray:
    """K(x, x') of a network at points (n, d) of any norm; ValueError for a kernel that is known on the sphere alone.

    >>> at_any_norm(2 * NTK(depth=2), np.array([[2.0, 0.0]])).tolist()
    [[16.0]]
    """
    known = "NNGP, NTK, Dual, DualTangent, ArcCosine, their sums and multiples"
    raise ValueError(f"{kernel!r} is a kernel on the unit sphere: points of norm 1 wanted, or one of {known}")


@at_any_norm.register(Multiple)
def _multiple_at(kernel: Multiple, points: np.ndarray) -> np.ndarray:
    return float(kernel.factor) * at_any_norm(kernel.kernel, points)


@at_any_norm.register(Sum)
def _sum_at(kernel: Sum, points: np.ndarray) -> np.ndarray:
    return np.sum([at_any_norm(part, points) for part in kernel.parts], axis=0)


@at_any_norm.register(NNGP)
def _covariance_at(kernel: NNGP, points: np.ndarray) -> np.ndarray:
    *_, (last, _) = _layers_at(kernel, points)
    return last


@at_any_norm.register(NTK)
def _tangent_at(kernel: NTK, points: np.ndarray) -> np.ndarray:
    total = np.zeros((len(points),) * 2)
    for (covariance, slope), scale, bias in zip(_layers_at(kernel, points), kernel.scales, kernel.biases):
        total = float(kernel.weight_variance) * total * slope + float(scale) * (covariance + bias)
    return total


def _layers_at(kernel: NNGP | NTK, points: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Sigma_l, and k0 of the layer before it."""
    w, b = float(kernel.weight_variance), float(kernel.bias_variance)
    found = [(w * points @ points.T + b, np.zeros((len(points),) * 2))]
    for _ in range(kernel.depth - 1):
        last = found[-1][0]
        dual = half_line_dual((1.0, 0.0), (1.0, 0.0), last.diagonal(), last.diagonal(), last, True)
        found.append((2 * w * dual.values + b, 2 * dual.slopes))
    return found


@at_any_norm.register(Dual)
@at_any_norm.register(DualTangent)
def _dual_at(kernel: Dual | DualTangent, points: np.ndarray) -> np.ndarray:
    aten, u = torch.ops.aten, Elementwise()
    if kernel.activation not in FUNCTIONS:
        raise ValueError(f"{kernel!r} is a kernel on the unit sphere here: points of norm 1 wanted")
    arguments = (u,) if kernel.slope is None else (u, float(kernel.slope))
    function = Elementwise(getattr(aten, kernel.activation), arguments)
    inner = float(kernel.variance) * points @ points.T
    found = gaussian_dual(function, function, inner.diagonal(), inner.diagonal(), inner, True)
    return found.values if isinstance(kernel, Dual) else found.values + inner * found.slopes


@at_any_norm.register(ArcCosine)
def _arc_cosine_at(kernel: ArcCosine, points: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(points, axis=1)
    if not norms.all():
        raise ValueError("points other than 0 wanted: it has no direction")
    scale = norms**kernel.order
    return limit_matrix(kernel, torch.from_numpy(points / norms[:, None])) * np.outer(scale, scale)


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
    second = limit_matrix(Dual(kernel.activation, kernel.slope, kernel.variance), points)
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
