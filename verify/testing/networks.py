"""A torch network whose limit kernel is NTK(depth, layer_scales, bias), for examples and tests."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class TangentStack(nn.Module):
    """ReLU layers in the tangent-kernel parametrisation, float64, one output.

        h_1 = sqrt(s_1) (V_1 x + b_1),   h_{l+1} = sqrt(s_{l+1}) (sqrt(2/m) V_{l+1} relu(h_l) + b_{l+1})

    with entries of V_l ~ N(0, 1/s_l), so that the forward pass does not depend on the
    layer scales s_l while the gradient of layer l is sqrt(s_l) times as large; s_l = 0 is not
    trained. Biases of the hidden layers start at 0.
    Limit: NTK(depth=len(scales), layer_scales=scales, bias=bias).

    >>> TangentStack(2, 8, seed=0, scales=(1, 1, 1))(torch.eye(3, dtype=torch.float64)).shape
    torch.Size([3, 1])
    """

    def __init__(self, dim: int, width: int, seed: int, scales: Sequence[float] = (1, 1), bias: bool = False) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        sizes = [dim + 1, *[width] * (len(scales) - 1), 1]
        self.gains = [math.sqrt(s) if s else 1.0 for s in scales]
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for layer, scale in enumerate(scales):
            drawn = torch.randn(sizes[layer + 1], sizes[layer], dtype=torch.float64, generator=draw)
            self.weights.append(nn.Parameter(drawn / self.gains[layer], requires_grad=bool(scale)))
            if bias and layer < len(scales) - 1:
                zeros = torch.zeros(sizes[layer + 1], dtype=torch.float64)
                self.biases.append(nn.Parameter(zeros, requires_grad=bool(scale)))

    def forward(self, x: Tensor) -> Tensor:
        """Outputs (n, 1) at points (n, d+1)."""
        for layer, (gain, weight) in enumerate(zip(self.gains, self.weights)):
            if layer:
                x = math.sqrt(2 / x.shape[1]) * x.relu()
            x = gain * x @ weight.T
            if layer < len(self.biases):
                x = x + gain * self.biases[layer]
        return x
