"""Networks as tutorials write them: make(seed, width), torch's own layers or layers by hand, three inputs."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Linear(nn.Module):
    """The tangent-kernel parametrisation by hand: gain/sqrt(fan in) W x + bias_gain b."""

    def __init__(
        self, inputs: int, outputs: int, gain: float = 2**0.5, bias: float = 0.0, trained: bool = True
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs), requires_grad=trained)
        self.bias = nn.Parameter(torch.randn(outputs), requires_grad=trained) if bias else None
        self.gain, self.bias_gain = gain, bias

    def forward(self, x: Tensor) -> Tensor:
        y = self.gain * x @ self.weight.T / math.sqrt(x.shape[1])
        return y if self.bias is None else y + self.bias_gain * self.bias


class Residual(nn.Module):
    """x + scale * inner(x)."""

    def __init__(self, inner: nn.Module, scale: float = 1.0) -> None:
        super().__init__()
        self.inner, self.scale = inner, scale

    def forward(self, x: Tensor) -> Tensor:
        return x + self.scale * self.inner(x)


class Apply(nn.Module):
    """A function as a module."""

    def __init__(self, function) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


FIRST = 3**0.5  # gain of a first layer of three inputs whose outputs have variance |x|^2


def stack(width: int, activation, depth: int = 3, outputs: int = 1, first: float = FIRST, **bias) -> nn.Module:
    layers: list[nn.Module] = [Linear(3, width, first, **bias)]
    for _ in range(depth - 2):
        layers += [activation(), Linear(width, width, **bias)]
    return nn.Sequential(*layers, activation(), Linear(width, outputs, **bias))


def torch_default(seed: int, width: int) -> nn.Module:
    return nn.Sequential(nn.Linear(3, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1))


def he(seed: int, width: int) -> nn.Module:
    network = torch_default(seed, width)
    for layer in network:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight)
            nn.init.zeros_(layer.bias)
    return network


def tangent(seed: int, width: int) -> nn.Module:
    return stack(width, nn.ReLU)


def random_biases(seed: int, width: int) -> nn.Module:
    return stack(width, nn.ReLU, outputs=2, bias=0.5)


def frozen_biases(seed: int, width: int) -> nn.Module:
    network = stack(width, nn.ReLU, bias=0.5)
    for name, parameter in network.named_parameters():
        parameter.requires_grad_("bias" not in name)
    return network


def frozen_features(seed: int, width: int) -> nn.Module:
    return nn.Sequential(Linear(3, width, FIRST, trained=False), nn.ReLU(), Linear(width, 1))


def residual(seed: int, width: int) -> nn.Module:
    block = Residual(nn.Sequential(nn.ReLU(), Linear(width, width)), 0.5)
    return nn.Sequential(Linear(3, width, FIRST), block, nn.ReLU(), Linear(width, 1))


def residual_after(seed: int, width: int) -> nn.Module:
    block = Residual(nn.Sequential(Linear(width, width), nn.ReLU()), 0.5)
    return nn.Sequential(Linear(3, width, FIRST), nn.ReLU(), block, Linear(width, 1))


def erf(seed: int, width: int) -> nn.Module:
    return stack(width, lambda: Apply(torch.erf), depth=2, outputs=3)


def tanh(seed: int, width: int) -> nn.Module:
    return stack(width, nn.Tanh, depth=2)


def gelu(seed: int, width: int) -> nn.Module:
    return stack(width, nn.GELU, depth=3)


def leaky(seed: int, width: int) -> nn.Module:
    return stack(width, lambda: nn.LeakyReLU(0.25))


def mean_field(seed: int, width: int) -> nn.Module:
    hidden = Linear(3, width, FIRST)
    return nn.Sequential(hidden, nn.ReLU(), nn.Linear(width, 1, bias=False), Apply(lambda y: y / width**0.5))


def fourier(seed: int, width: int) -> nn.Module:
    frequencies = torch.randn(8, 3, generator=torch.Generator().manual_seed(7))
    features = Apply(lambda x: torch.cat([(x @ frequencies.to(x).T).sin(), (x @ frequencies.to(x).T).cos()], dim=1))
    return nn.Sequential(features, Linear(16, width), nn.ReLU(), Linear(width, 1))


def orthogonal(seed: int, width: int) -> nn.Module:
    network = tangent(seed, width)
    nn.init.orthogonal_(network[2].weight, gain=width**0.5)
    return network


def uniform(seed: int, width: int) -> nn.Module:
    network = nn.Sequential(nn.Linear(3, width, bias=False), nn.ReLU(), nn.Linear(width, 1, bias=False))
    nn.init.uniform_(network[0].weight, -1, 1)
    return nn.Sequential(*network[:2], Linear(width, 1))


NETWORKS = {
    one.__name__: one
    for one in (
        torch_default,
        he,
        tangent,
        random_biases,
        frozen_biases,
        frozen_features,
        residual,
        residual_after,
        erf,
        tanh,
        gelu,
        leaky,
        mean_field,
        fourier,
        orthogonal,
        uniform,
    )
}
