"""Float limit kernels on the sphere, and the tangent kernels of given networks.

Calibration. Let f be the network of Cao et al. (`numerics.networks`) with gradients

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
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from numerics.networks import TwoLayer, hidden_chunks
from numerics.targets import Problem

AngleKernel = Callable[[Tensor], Tensor]
CAO_LAYER_SCALES = (0.5, 1.0)


def angles(points: Tensor, others: Tensor | None = None) -> Tensor:
    """Angles in [0, pi] between unit vectors (n, d+1) and (l, d+1): result (n, l).

    theta = 2 atan2(|x - x'|, |x + x'|), which keeps full relative accuracy at both ends, where
    acos(<x, x'>) loses half the digits. Equal points give exactly 0.

    >>> angles(torch.tensor([[0.6, 0.8]], dtype=torch.float64)).tolist()
    [[0.0]]
    """
    others = points if others is None else others
    distance = partial(torch.cdist, compute_mode="donot_use_mm_for_euclid_dist")
    return 2 * torch.atan2(distance(points, others), distance(points, -others))


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


def two_layer_kernel(
    angle: Tensor, layer_scales: tuple[float, float] = CAO_LAYER_SCALES
) -> Tensor:
    """Tangent kernel of the infinitely wide two-layer network: s1 t k0 + s2 k1, t = cos theta.

    layer_scales: (s1, s2), the shares of the first and the second layer; (1/2, 1) is the network
    of Cao et al., (1, 1) the plain NTK(depth=2). On the diagonal the value is s1 + s2 exactly.

    >>> two_layer_kernel(torch.tensor(0.0)).item()
    1.5
    """
    first, second = layer_scales
    return first * angle.cos() * k0(angle) + second * k1(angle)


def gram(points: Tensor, kernel: AngleKernel = two_layer_kernel) -> Tensor:
    """Kernel matrix (n, n) of a kernel of the angle.

    >>> gram(torch.eye(3, dtype=torch.float64), k0).tolist()[0]
    [1.0, 0.5, 0.5]
    """
    return kernel(angles(points))


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
    for chunk in hidden_chunks(network, n):
        hidden = (network.first[..., chunk, :] @ points.T).clamp_min_(0)  # (..., c, n)
        second_layer += hidden.mT @ hidden
        gates = hidden.sign_().mul_(network.second[..., chunk, None])  # a_r 1[w_r.x > 0]
        first_layer += gates.mT @ gates
    return second_layer + first_layer * (points @ points.T)


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
