"""Float limit kernels on the sphere, and the tangent kernels of given networks.

Calibration. Let f be the network of Cao et al. (`numerics.networks.two_layer`) with gradients

    df/dW2_r = sqrt(m) relu(w_r.x),     df/dW1_r = sqrt(m) a_r 1[w_r.x > 0] x.

Its tangent kernel is K(x, x') = m sum_r ( relu(w_r.x) relu(w_r.x') + a_r^2 1[w_r.x > 0]
1[w_r.x' > 0] <x, x'> ). With w_r ~ N(0, 2/m) and a_r ~ N(0, 1/m), E[relu(w.x) relu(w.x')] =
(2/m) k1(t)/2 and E[1 1] = k0(t)/2, where t = <x, x'> = cos(theta); summed over m units

    K / m  ->  kappa(t) = t k0(t)/2 + k1(t),     kappa(1) = 3/2,

which is NTK(depth=2, layer_scales=(1/2, 1)). Gradient descent on 1/2 sum_i w_i (f_i - y_i)^2 with
step eta = c/m moves the residual by -eta K W r = -c (K/m) W r, and K/m -> kappa, W -> sigma: so
the eigenvalue mu_k of kappa decays the degree-k residual by 1 - c mu_k a step. The kernels of this
module are therefore always K/m, and the step size of the loops is always c.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from numerics.data.targets import Problem
from numerics.networks.two_layer import TwoLayer, hidden_chunks

AngleKernel = Callable[[Tensor], Tensor]
CAO_LAYER_SCALES = (0.5, 1.0)
# Matrix products want long sums, 8 MiB of activations at a time, and half of a Gram matrix is
# enough: it is built in row blocks from the diagonal on.
GRAM_CHUNK_ELEMENTS = 2**20
GRAM_BLOCK = 256
BLOCK_ELEMENTS = 2**17  # of a matrix of angles at a time: its many passes then stay in the cache
NEAR = 0.9  # a cosine beyond which the arc cosine loses digits: at most 1/sin(theta) = 2.3 of them below


def angles(points: Tensor, others: Tensor | None = None) -> Tensor:
    """Angles in [0, pi] between unit vectors (n, d+1) and (l, d+1): result (n, l), each to a few rounding errors.

    acos(<x, x'>) where |<x, x'>| <= NEAR; beyond, where it would lose up to half the digits,
    theta = 2 asin(|x - x'|/2), or pi - 2 asin(|x + x'|/2). Equal points give exactly 0.

    >>> angles(torch.tensor([[0.6, 0.8]], dtype=torch.float64)).tolist()
    [[0.0]]
    """
    others = points if others is None else others
    found = points.new_empty(len(points), len(others))
    rows = max(1, BLOCK_ELEMENTS // max(1, len(others)))
    for start in range(0, len(points), rows):
        found[start : start + rows] = _block_of_angles(points[start : start + rows], others)
    return found


def _block_of_angles(points: Tensor, others: Tensor) -> Tensor:
    cosines = points @ others.T
    near = _indices(cosines.abs() > NEAR)
    found = cosines.clamp(-1, 1).acos_()
    for places in near.split(BLOCK_ELEMENTS // points.shape[1] + 1):
        i, j = places // len(others), places % len(others)
        side = cosines[i, j].sign()
        chord = torch.linalg.vector_norm(points[i] - side[:, None] * others[j], dim=-1)
        angle = 2 * (chord / 2).clamp_max(1).asin()
        found[i, j] = torch.where(side > 0, angle, math.pi - angle)
    return found


def _indices(mask: Tensor) -> Tensor:
    """Flat indices of what is true; NumPy finds them some ten times sooner."""
    if mask.device.type == "cpu":
        return torch.from_numpy(np.flatnonzero(mask.numpy()))
    return mask.flatten().nonzero()[:, 0]


def k0(angle: Tensor) -> Tensor:
    """Arc-cosine kernel of order 0: 1 - theta/pi.

    >>> k0(torch.tensor(0.0)).item()
    1.0
    """
    return (math.pi - angle) / math.pi


def k1(angle: Tensor) -> Tensor:
    """Arc-cosine kernel of order 1: (sin theta + (pi - theta) cos theta) / pi.

    >>> k1(torch.tensor(0.0)).item()
    1.0
    """
    return angle.sin() / math.pi + k0(angle) * angle.cos()


def two_layer_kernel(angle: Tensor, layer_scales: tuple[float, float] = CAO_LAYER_SCALES) -> Tensor:
    """Tangent kernel of the infinitely wide two-layer network: s1 t k0 + s2 k1, t = cos theta.

    layer_scales: (s1, s2), the shares of the first and the second layer; (1/2, 1) is the network
    of Cao et al., (1, 1) the plain NTK(depth=2). On the diagonal the value is s1 + s2 exactly.

    >>> two_layer_kernel(torch.tensor(0.0)).item()
    1.5
    """
    first, second = layer_scales
    return (first + second) * angle.cos() * k0(angle) + second * angle.sin() / math.pi


def nngp_kernel(angle: Tensor, depth: int, weight_variance: float = 1.0, bias_variance: float = 0.0) -> Tensor:
    """Covariance Sigma_L of the infinitely wide network of ``depth`` L at initialisation.

    Sigma_1 = w t + b, V_l = Sigma_l(1), Sigma_{l+1} = w V_l k1(Sigma_l/V_l) + b, with the weight
    and bias variances w and b (Jacot et al. 2018); depth 1 is w t + b. With w = 1, b = 0 the value
    at angle 0 is 1 exactly.

    >>> nngp_kernel(torch.tensor(0.0), depth=4).item()
    1.0
    """
    *_, last = layer_angles(angle, depth, weight_variance, bias_variance)
    return last.variance * last.cosine


def tangent_kernel(
    angle: Tensor,
    depth: int,
    layer_scales: Sequence[float] | None = None,
    bias: bool = False,
    weight_variance: float = 1.0,
    bias_variance: float = 0.0,
) -> Tensor:
    """Tangent kernel Theta_L of the infinitely wide network of `numerics.networks.deep`, any depth L.

    Theta_1 = s_1 (Sigma_1 + e), Theta_{l+1} = w Theta_l k0(Sigma_l/V_l) + s_{l+1} (Sigma_{l+1} + e)
    with Sigma_l of `nngp_kernel`. layer_scales: (s_1, ..., s_L), all 1 by default. bias: e = 1 for
    l < L, trained hidden biases that start at zero; it excludes a bias variance. On the diagonal
    the value is the scalar recursion's: L for the default, 2L - 1 with ``bias``, both exactly.

    >>> tangent_kernel(torch.tensor(0.0), depth=3).item()
    3.0
    >>> tangent_kernel(torch.tensor(0.0), depth=3, bias=True).item()
    5.0
    """
    layers = layer_angles(angle, depth, weight_variance, bias_variance)
    scales = [1.0] * depth if layer_scales is None else [float(s) for s in layer_scales]
    if len(scales) != depth or min(scales) < 0:
        raise ValueError(f"{depth} layer scales >= 0 wanted, got {scales}")
    if bias and bias_variance:
        raise ValueError("biases start either at zero (bias) or random (bias_variance): choose one")
    total = torch.zeros_like(angle)
    for number, (layer, scale) in enumerate(zip(layers, scales), 1):
        total.add_(layer.cosine, alpha=layer.variance * scale)
        if number < depth:
            total.add_(float(bias) * scale).mul_(k0(layer.angle)).mul_(weight_variance)
    return total


@dataclass(frozen=True)
class Layer:
    """Sigma_l = variance cos(theta_l) by h^2 = sin(theta_l/2)^2; what follows from it is computed where it is asked for."""

    square: Tensor
    variance: float

    @cached_property
    def half(self) -> Tensor:
        return self.square.sqrt()

    @cached_property
    def angle(self) -> Tensor:
        return self.half.asin().mul_(2)

    @cached_property
    def cosine(self) -> Tensor:
        return 1 - 2 * self.square

    @cached_property
    def sine(self) -> Tensor:
        """Beyond the first layer, where theta <= pi/2: near pi half the digits would be lost."""
        return (1 - self.square).sqrt_().mul_(self.half).mul_(2)


class FirstLayer(Layer):
    """The layer of the inputs, whose angle is given and may be close to pi."""

    def __init__(self, angle: Tensor, variance: float) -> None:
        super().__init__((angle / 2).sin_().square_(), variance)
        self.__dict__["angle"] = angle

    @cached_property
    def sine(self) -> Tensor:
        return self.angle.sin()


def layer_angles(angle: Tensor, depth: int, weight_variance: float = 1.0, bias_variance: float = 0.0) -> list[Layer]:
    """Layers 1, ..., L of the Gaussian process.

    From sin(theta_{l+1}/2)^2 = (1 - Sigma_{l+1}/V_{l+1})/2 = (w V_l / V_{l+1}) (1 - k1(theta_l))/2:
    the arc cosine of Sigma/V would lose half the digits near theta = 0.
    """
    if depth < 1 or not weight_variance > 0 or not bias_variance >= 0:
        given = f"{depth}, {weight_variance}, {bias_variance}"
        raise ValueError(f"depth >= 1, weight_variance > 0, bias_variance >= 0 wanted, got {given}")
    variance = weight_variance + bias_variance
    if bias_variance:
        angle = (angle / 2).sin_().mul_(math.sqrt(weight_variance / variance)).clamp_(0, 1).asin_().mul_(2)
    layers: list[Layer] = [FirstLayer(angle, variance)]
    for _ in range(depth - 1):
        spread = weight_variance * variance
        variance = spread + bias_variance
        share = spread / variance / (2 * math.pi)  # 1/(2 pi) without a bias variance
        last = layers[-1]
        versine = (last.angle * last.cosine).sub_(last.sine).add_(last.square, alpha=2 * math.pi)  # pi (1 - k1)
        layers.append(Layer(versine.mul_(share).clamp_(0, 1), variance))
    return layers


def gram(points: Tensor, kernel: AngleKernel = two_layer_kernel) -> Tensor:
    """Kernel matrix (n, n) of a kernel of the angle, symmetric, in the memory of one such matrix.

    >>> gram(torch.eye(3, dtype=torch.float64), k0).tolist()[0]
    [1.0, 0.5, 0.5]
    """
    n = len(points)
    found = points.new_empty(n, n)
    start = 0
    while start < n:
        stop = start + max(1, min(BLOCK_ELEMENTS // (n - start), n - start))
        found[start:stop, start:] = kernel(angles(points[start:stop], points[start:]))
        found[stop:, start:stop] = found[start:stop, stop:].T
        start = stop
    return found


def empirical_kernel(network: TwoLayer, points: Tensor) -> Tensor:
    """K/m of the given network at ``points`` (n, d+1): matrix (..., n, n).

    K/m = sum_r relu(w_r.x) relu(w_r.x') + a_r^2 1[w_r.x > 0] 1[w_r.x' > 0] <x, x'>.

    >>> net = TwoLayer(torch.eye(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64))
    >>> empirical_kernel(net, torch.tensor([[0.6, 0.8]], dtype=torch.float64)).shape
    torch.Size([1, 1])
    """
    n = len(points)
    second_layer = points.new_zeros(*network.second.shape[:-1], n, n)
    first_layer = second_layer.clone()
    for chunk in hidden_chunks(network, n, GRAM_CHUNK_ELEMENTS):
        hidden = (network.first[..., chunk, :] @ points.T).clamp_min_(0)  # (..., c, n)
        _add_gram(second_layer, hidden)
        _add_gram(first_layer, hidden.sign_().mul_(network.second[..., chunk, None]))
    total = second_layer.addcmul_(first_layer, points @ points.T)
    return total.triu_() + total.triu(1).mT


def _add_gram(total: Tensor, rows: Tensor) -> None:
    """total += rows' rows in place, rows (..., c, n), on and above the diagonal at least."""
    for start in range(0, rows.shape[-1], GRAM_BLOCK):
        block = slice(start, start + GRAM_BLOCK)
        total[..., block, start:] += rows[..., block].mT @ rows[..., start:]


def rayleigh_quotients(kernel_matrix: Tensor, problem: Problem) -> Tensor:
    """phi' W K W phi / (phi' W phi) for every direction: (..., n, n) -> (..., q).

    The sample's counterpart of the eigenvalue mu_k, in the same units.
    """
    weighted = problem.sample.weights[:, None] * problem.directions  # (n, q)
    forms = (weighted * (kernel_matrix @ weighted)).sum(-2)
    return forms / (weighted * problem.directions).sum(0)


def neuron_rayleigh_quotients(network: TwoLayer, problem: Problem) -> Tensor:
    """Each hidden unit's share of `rayleigh_quotients`, times m: (..., m, q).

    Their mean over the m units is the Rayleigh quotient of the network's own kernel. At an
    initialisation WITHOUT doubling they are m independent draws with the limit kernel's Rayleigh
    quotient as their mean, which is what a z-test needs; doubled units come in equal pairs.
    """
    points, weights = problem.sample.points, problem.sample.weights
    weighted = weights[:, None] * problem.directions  # (n, q)
    norms = (weighted * problem.directions).sum(0)
    moments = (points[:, :, None] * weighted[:, None, :]).flatten(1)  # (n, (d+1) q)
    shares = []
    for chunk in hidden_chunks(network, problem.sample.samples):
        hidden = (network.first[..., chunk, :] @ points.T).clamp_min_(0)  # (..., c, n)
        second_layer = (hidden @ weighted).square()
        gated = (hidden.sign_() @ moments).unflatten(-1, (points.shape[1], -1))
        first_layer = network.second[..., chunk, None].square() * gated.square().sum(-2)
        shares.append(second_layer + first_layer)
    return network.width * torch.cat(shares, dim=-2) / norms
