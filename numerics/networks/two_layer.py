"""The two-layer ReLU network of Cao et al. (arXiv:1912.01198, section 3.2).

    f(x) = sqrt(m) W2 relu(W1 x),   W1 ~ N(0, 2/m) (m, d+1),   W2 ~ N(0, 1/m) (m,)

No biases. Leading axes of the weights are independent networks (seeds), and every function
broadcasts over them. Many small networks are faster stacked; from about a thousand hidden units on
one at a time is as fast and needs less memory.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.data.points import DTYPE

# A (hidden units x points) block of this many doubles is half a MiB: it stays in a second-level
# cache together with the weights. An accelerator wants few large blocks instead: 256 MiB.
CHUNK_ELEMENTS = 2**16
ACCELERATOR_CHUNK_ELEMENTS = 2**25


@dataclass(frozen=True, slots=True, eq=False)
class TwoLayer:
    """Weights of a two-layer network: ``first`` (..., m, d+1), ``second`` (..., m)."""

    first: Tensor
    second: Tensor

    def __post_init__(self) -> None:
        if self.first.ndim < 2 or self.first.shape[:-1] != self.second.shape:
            shapes = f"{tuple(self.first.shape)} and {tuple(self.second.shape)}"
            raise ValueError(f"first (..., m, d+1) and second (..., m) wanted, got {shapes}")

    @property
    def width(self) -> int:
        """Number m of hidden units, both halves of a doubled network counted."""
        return self.second.shape[-1]

    @property
    def dim(self) -> int:
        """Dimension d of the sphere the inputs lie on."""
        return self.first.shape[-1] - 1

    def clone(self) -> "TwoLayer":
        """A copy that shares no memory."""
        return TwoLayer(self.first.clone(), self.second.clone())

    def to(self, target: torch.device | torch.dtype | str) -> "TwoLayer":
        """The same weights on another device or in another dtype."""
        return TwoLayer(self.first.to(target), self.second.to(target))


def initialise(dim: int, width: int, generator: torch.Generator, antisymmetric: bool = True) -> TwoLayer:
    """A random network of Cao et al., by default with f_0 = 0.

    antisymmetric: m/2 hidden units are drawn, and each is repeated with the opposite output
    weight. Then f_0 = 0 up to rounding, while the tangent kernel is that of the m/2 drawn units:
    its mean is unchanged and its variance is that of width m/2.
    The weights lie on the generator's device; a generator of the cpu and ``to`` give the same
    numbers everywhere.

    >>> net = initialise(2, 6, torch.Generator().manual_seed(0))
    >>> bool((net.second[:3] == -net.second[3:]).all()), net.width
    (True, 6)
    """
    if dim < 1 or width < 1:
        raise ValueError(f"dim >= 1 and width >= 1 wanted, got dim={dim}, width={width}")
    if antisymmetric and width % 2:
        raise ValueError(f"an antisymmetric network needs an even width, got {width}")
    drawn = width // 2 if antisymmetric else width
    device = generator.device
    first = torch.randn(drawn, dim + 1, dtype=DTYPE, device=device, generator=generator) * math.sqrt(2 / width)
    second = torch.randn(drawn, dtype=DTYPE, device=device, generator=generator) * math.sqrt(1 / width)
    if antisymmetric:
        first, second = torch.cat([first, first]), torch.cat([second, -second])
    return TwoLayer(first, second)


def stack(networks: list[TwoLayer]) -> TwoLayer:
    """Networks of one shape along a new leading axis.

    >>> net = initialise(1, 4, torch.Generator().manual_seed(0))
    >>> stack([net, net, net]).first.shape
    torch.Size([3, 4, 2])
    """
    return TwoLayer(
        torch.stack([network.first for network in networks]), torch.stack([network.second for network in networks])
    )


def hidden_chunks(network: TwoLayer, samples: int, elements: int = CHUNK_ELEMENTS) -> list[slice]:
    """Consecutive slices of the hidden units: one chunk's activations are about ``elements``."""
    copies = max(1, network.second.numel() // network.width)
    if network.second.device.type != "cpu":
        elements = ACCELERATOR_CHUNK_ELEMENTS
    size = max(16, elements // max(1, samples * copies))
    return [slice(start, start + size) for start in range(0, network.width, size)]


def evaluate(network: TwoLayer, points: Tensor) -> Tensor:
    """f at ``points`` (n, d+1): values (..., n).

    >>> net = TwoLayer(torch.eye(2, dtype=DTYPE), torch.tensor([1.0, 1.0], dtype=DTYPE))
    >>> evaluate(net, torch.tensor([[-1.0, 0.0]], dtype=DTYPE)).tolist()
    [0.0]
    """
    values = points.new_zeros(*network.second.shape[:-1], len(points))
    for chunk in hidden_chunks(network, len(points)):
        hidden = (network.first[..., chunk, :] @ points.T).clamp_min_(0)  # (..., c, n)
        values += (network.second[..., None, chunk] @ hidden)[..., 0, :]
    return math.sqrt(network.width) * values
