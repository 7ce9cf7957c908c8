"""Deep ReLU networks in tangent-kernel parametrisation, with gradients and kernels written out.

With h_0 = x, |x| = 1, standard normal weights W_l (n_l, n_{l-1}) and output width n_L = 1:

    z_l = sqrt(w / fan_l) W_l h_{l-1} + e_l beta_l,     h_l = sqrt(2) relu(z_l),     f = z_L,

fan_1 = 1 (the input has norm 1) and fan_l = n_{l-1} above. e_l = sqrt(b) with standard normal
beta_l (Jacot et al. 2018), or ``bias``: e_l = 1 with beta_l = 0 at the start, hidden layers only.
Layer l is trained with s_l times the step size; s_l = 0 leaves it as drawn. The tangent kernel is

    K = sum_l s_l <delta_l, delta_l'> (w/fan_l <h_{l-1}, h_{l-1}'> + e_l^2),   delta_l = df/dz_l,

and tends to `numerics.predictions.limit_kernels.tangent_kernel` of the same depth, scales, bias and variances, the
covariance of f to `numerics.predictions.limit_kernels.nngp_kernel`. Leading axes of the weights are seeds.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.data.points import DTYPE
from numerics.data.targets import Problem
from numerics.networks.training import Progress, Recorder, Trajectory


@dataclass(frozen=True, slots=True)
class Architecture:
    """Sizes and parametrisation; ``depth`` L counts weight layers, ``widths`` are L - 1.

    >>> Architecture(2, (64, 64)).depth
    3
    """

    dim: int
    widths: tuple[int, ...]
    layer_scales: tuple[float, ...] | None = None
    bias: bool = False
    weight_variance: float = 1.0
    bias_variance: float = 0.0

    def __post_init__(self) -> None:
        if self.dim < 1 or not self.widths or min(self.widths) < 1:
            raise ValueError(f"dim >= 1 and widths >= 1 wanted, got {self.dim} and {self.widths}")
        if len(self.scales) != self.depth or min(self.scales) < 0:
            raise ValueError(f"{self.depth} layer scales >= 0 wanted, got {self.scales}")
        if not self.weight_variance > 0 or not self.bias_variance >= 0:
            given = f"{self.weight_variance} and {self.bias_variance}"
            raise ValueError(f"weight_variance > 0 and bias_variance >= 0 wanted, got {given}")
        if self.bias and self.bias_variance:
            raise ValueError("biases start at zero (bias) or random (bias_variance): choose one")

    @property
    def depth(self) -> int:
        """Number L of weight layers."""
        return len(self.widths) + 1

    @property
    def scales(self) -> tuple[float, ...]:
        """s_1, ..., s_L."""
        return (1.0,) * self.depth if self.layer_scales is None else self.layer_scales

    @property
    def weight_factors(self) -> tuple[float, ...]:
        """sqrt(w / fan_l) for l = 1, ..., L."""
        return tuple(math.sqrt(self.weight_variance / fan) for fan in (1, *self.widths))

    @property
    def bias_factors(self) -> tuple[float, ...]:
        """e_l for l = 1, ..., L."""
        if self.bias:
            return (1.0,) * (self.depth - 1) + (0.0,)
        return (math.sqrt(self.bias_variance),) * self.depth


@dataclass(frozen=True, slots=True, eq=False)
class DeepNetwork:
    """``weights[l]`` (..., n_l, n_{l-1}) and ``biases[l]`` (..., n_l, 1); n_0 = d + 1, n_L = 1."""

    architecture: Architecture
    weights: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]

    def __post_init__(self) -> None:
        sizes = (self.architecture.dim + 1, *self.architecture.widths, 1)
        wanted = list(zip(sizes[1:], sizes))
        got = [tuple(weight.shape[-2:]) for weight in self.weights]
        fit = [b.shape[:-1] == w.shape[:-1] for b, w in zip(self.biases, self.weights, strict=True)]
        if got != wanted or not all(fit):
            raise ValueError(f"weights of shapes {wanted} with biases wanted, got {got}")

    def clone(self) -> "DeepNetwork":
        """A copy that shares no memory."""
        weights, biases = ([t.clone() for t in group] for group in (self.weights, self.biases))
        return DeepNetwork(self.architecture, tuple(weights), tuple(biases))

    def to(self, target: torch.device | torch.dtype | str) -> "DeepNetwork":
        """The same weights on another device or in another dtype."""
        weights, biases = ([t.to(target) for t in group] for group in (self.weights, self.biases))
        return DeepNetwork(self.architecture, tuple(weights), tuple(biases))


def initialise(architecture: Architecture, generator: torch.Generator, seeds: int | None = None) -> DeepNetwork:
    """One random network, or ``seeds`` of them along a leading axis.

    >>> net = initialise(Architecture(2, (8, 4)), torch.Generator().manual_seed(0), seeds=3)
    >>> [tuple(weight.shape) for weight in net.weights]
    [(3, 8, 3), (3, 4, 8), (3, 1, 4)]
    """
    leading = () if seeds is None else (seeds,)
    sizes = (architecture.dim + 1, *architecture.widths, 1)
    device = generator.device
    weights, biases = [], []
    for fan_out, fan_in in zip(sizes[1:], sizes):
        weights.append(torch.randn(*leading, fan_out, fan_in, dtype=DTYPE, device=device, generator=generator))
        bias = torch.zeros(*leading, fan_out, 1, dtype=DTYPE, device=device)
        biases.append(bias.normal_(generator=generator) if architecture.bias_variance else bias)
    return DeepNetwork(architecture, tuple(weights), tuple(biases))


def evaluate(network: DeepNetwork, points: Tensor) -> Tensor:
    """f at ``points`` (n, d+1): values (..., n).

    >>> net = initialise(Architecture(2, (8, 4)), torch.Generator().manual_seed(0), seeds=3)
    >>> evaluate(net, torch.eye(3, dtype=torch.float64)).shape
    torch.Size([3, 3])
    """
    return activations(network, points)[-1][..., 0, :]


def activations(network: DeepNetwork, points: Tensor) -> list[Tensor]:
    """h_0 (d+1, n), h_1 (..., n_1, n), ..., h_{L-1}, and f itself as (..., 1, n)."""
    factors = network.architecture.weight_factors, network.architecture.bias_factors
    hidden = [points.T]
    for l, (weight, bias) in enumerate(zip(network.weights, network.biases)):
        z = factors[0][l] * (weight @ hidden[-1]) + factors[1][l] * bias  # (..., n_l, n)
        last = l == network.architecture.depth - 1
        hidden.append(z if last else z.clamp_min_(0).mul_(math.sqrt(2)))
    return hidden


def sensitivities(network: DeepNetwork, hidden: list[Tensor]) -> list[Tensor]:
    """delta_l = df/dz_l (..., n_l, n), l = 1, ..., L, from `activations`; relu'(0) = 0."""
    deltas = [torch.ones_like(hidden[-1])]
    for l in range(network.architecture.depth - 1, 0, -1):
        factor = math.sqrt(2) * network.architecture.weight_factors[l]
        delta = factor * (network.weights[l].mT @ deltas[-1])
        deltas.append(delta * (hidden[l] > 0))
    return deltas[::-1]


def layer_kernels(network: DeepNetwork, points: Tensor, others: Tensor | None = None) -> list[Tensor]:
    """Each layer's share of the tangent kernel, s_l included: L matrices (..., n, l)."""
    architecture = network.architecture
    sides = []
    for side in (points,) if others is None else (points, others):
        hidden = activations(network, side)
        sides.append((hidden, sensitivities(network, hidden)))
    (left, left_deltas), (right, right_deltas) = sides[0], sides[-1]
    shares = []
    for l, scale in enumerate(architecture.scales):
        weight, bias = architecture.weight_factors[l] ** 2, architecture.bias_factors[l] ** 2
        inner = weight * (left[l].mT @ right[l]) + bias
        shares.append(scale * (left_deltas[l].mT @ right_deltas[l]) * inner)
    return shares


def empirical_kernel(network: DeepNetwork, points: Tensor, others: Tensor | None = None) -> Tensor:
    """Tangent kernel K (..., n, n), or (..., n, l) between ``points`` and ``others``.

    >>> net = initialise(Architecture(1, (4,)), torch.Generator().manual_seed(0))
    >>> empirical_kernel(net, torch.eye(2, dtype=torch.float64)).shape
    torch.Size([2, 2])
    """
    shares = layer_kernels(network, points, others)
    return torch.stack(torch.broadcast_tensors(*shares)).sum(0)


def train(
    network: DeepNetwork,
    problem: Problem,
    step_size: float,
    steps: int,
    progress: Progress | None = None,
    centred: bool = True,
    record: Iterable[int] | None = None,
) -> Trajectory[DeepNetwork]:
    """Full-batch gradient descent on L = 1/2 sum_i w_i (f_i - y_i)^2; ``network`` stays as it is.

    Layer l moves by -c s_l dL/dW_l, so that the residual starts to move by -c K W r with K of
    `empirical_kernel`: ``step_size`` c has the units of `numerics.networks.training.train`, and a depth-2
    network with layer scales (1/2, 1) follows the same path as the network of Cao et al. there.
    centred: fit f - f_0. record, progress and TrainingDiverged: as there.

    >>> from numerics.data import points, targets
    >>> pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    >>> task = targets.mixture_problem(targets.CAO_SAME_SCALE, points.equispaced_circle(8), pole)
    >>> net = initialise(Architecture(1, (32, 32)), torch.Generator().manual_seed(0))
    >>> losses = train(net, task, 0.3, 20, record=[0, 20]).loss
    >>> bool(losses[1] < losses[0])
    True
    """
    recorder = Recorder(problem, steps, step_size, record)
    network, labels = network.clone(), problem.labels
    for step in range(steps + 1):
        hidden = activations(network, problem.sample.points)
        values = hidden[-1][..., 0, :]
        if centred and step == 0:
            labels = labels + values
        residual = labels - values  # (..., n)
        recorder.look(step, residual)
        if step < steps:
            descend(network, hidden, problem.sample.weights * residual, step_size)
            if progress is not None:
                progress(step + 1, steps)
    return recorder.trajectory(network)


def descend(network: DeepNetwork, hidden: list[Tensor], pull: Tensor, step_size: float) -> None:
    """One step in place; pull: g_i = w_i r_i (..., n)."""
    architecture = network.architecture
    deltas = sensitivities(network, hidden)
    for l, scale in enumerate(architecture.scales):
        pulled = deltas[l] * pull[..., None, :]  # (..., n_l, n)
        ascent = pulled @ hidden[l].mT
        network.weights[l].add_(ascent, alpha=step_size * scale * architecture.weight_factors[l])
        if architecture.bias_factors[l]:
            rise = pulled.sum(-1, keepdim=True)
            network.biases[l].add_(rise, alpha=step_size * scale * architecture.bias_factors[l])


class DeepModule(torch.nn.Module):
    """One network as a torch module of scalar output, (n, d+1) -> (n,), with the same function.

    Parameters are theta_l = W_l / sqrt(s_l) with factor sqrt(s_l), so that plain gradient descent
    with step c, and the plain sum of squared derivatives, have the layer scales in them; a layer
    with s_l = 0 is a buffer and not trained.

    >>> net = initialise(Architecture(1, (4,)), torch.Generator().manual_seed(0))
    >>> DeepModule(net)(torch.eye(2, dtype=torch.float64)).shape
    torch.Size([2])
    """

    def __init__(self, network: DeepNetwork) -> None:
        super().__init__()
        if network.weights[0].ndim != 2:
            raise ValueError("a single network wanted, got several along a leading axis")
        self.architecture = network.architecture
        for l, scale in enumerate(self.architecture.scales):
            biased = bool(self.architecture.bias_factors[l])
            for name, tensor in (("weight", network.weights[l]), ("bias", network.biases[l])):
                value = tensor.detach().clone() / (math.sqrt(scale) if scale else 1.0)
                if scale and (name == "weight" or biased):
                    self.register_parameter(f"{name}{l}", torch.nn.Parameter(value))
                else:
                    self.register_buffer(f"{name}{l}", value)

    def forward(self, points: Tensor) -> Tensor:
        """f at ``points`` (..., d+1): values (...)."""
        hidden = points
        for l, scale in enumerate(self.architecture.scales):
            root = math.sqrt(scale) if scale else 1.0
            weight, bias = getattr(self, f"weight{l}"), getattr(self, f"bias{l}")
            z = self.architecture.weight_factors[l] * root * (hidden @ weight.T)
            z = z + self.architecture.bias_factors[l] * root * bias[:, 0]
            hidden = z if l == self.architecture.depth - 1 else math.sqrt(2) * torch.relu(z)
        return hidden[..., 0]
