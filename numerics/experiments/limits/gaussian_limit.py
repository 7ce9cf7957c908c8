"""Random ReLU networks of depth 2, 3, 4 and several widths: are their outputs a Gaussian process?

Nothing is trained. Every seed draws ``networks`` networks of each depth and width and records

    output      f at ANGLES on S^1, one output a network
    covariance  Q(x, x') = h(x) . h(x') / m, covariance of f GIVEN its hidden layers

Given the hidden layers f is exactly normal, since the last weights are. So f is normal in the limit
iff Q tends to a constant, and the mean of Q is the covariance of f with far less noise than f f'.
Q(x, x) is a product over the L - 1 hidden layers of independent means over m units of
2 relu(g)^2, of mean 1 and variance 5: its variance is (1 + 5/m)^(L-1) - 1 EXACTLY at every width,
and the excess kurtosis of f(x) three times that.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import DTYPE
from numerics.experiments.config import generator_of, seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.deep import Architecture, activations, initialise
from numerics.networks.training import Progress

ANGLES = (0.0, math.pi / 3, 2 * math.pi / 3, math.pi)  # pairs 60, 120 and 180 degrees apart
SMALLEST = {
    "quick": {"depths": 2, "widths": 8, "networks": 20, "seeds": 2},
    "full": {"depths": 2, "widths": 32, "networks": 100, "seeds": 20},
    "paper": {"depths": 2, "widths": 64, "networks": 100, "seeds": 20},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    depths: L, weight layers. widths: m of all hidden layers. networks: of each depth and width a
    seed. seeds: batches of networks, with the seeds seed, seed + 1, ...

    >>> EXPERIMENT.configure("quick", networks=1)
    Traceback (most recent call last):
    ValueError: gaussian-limit: networks = 1 is not allowed in profile 'quick': ...
    """

    profile: str
    depths: tuple[int, ...]
    widths: tuple[int, ...]
    networks: int
    seeds: int
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", (2, 3, 4), (32, 64, 96), 50, 48),
    "full": Config("full", (2, 3, 4), (32, 64, 128, 256), 100, 80),
    "paper": Config("paper", (2, 3, 4, 5), (64, 128, 256, 512, 1024), 100, 96),
}


def inputs() -> Tensor:
    """The points at ANGLES: (4, 2)."""
    angles = torch.tensor(ANGLES, dtype=DTYPE)
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """output (seed, depth, width, network, point) and covariance (..., point, other).

    progress(done, total) counts batches of one depth and width.
    """
    shape = (config.seeds, len(config.depths), len(config.widths))
    batches = []
    for seed in seeds_of(config):
        for depth in config.depths:
            for width in config.widths:
                batches.append(draw(depth, width, config.networks, seed))
                progress(len(batches), math.prod(shape))
    parts = [torch.stack(part).unflatten(0, shape).numpy() for part in zip(*batches)]
    dims = ("seed", "depth", "width", "network", "point")
    return xr.Dataset(
        {"output": (dims, parts[0]), "covariance": ((*dims, "other"), parts[1])},
        coords={
            "seed": np.asarray(seeds_of(config)),
            "depth": np.asarray(config.depths),
            "width": np.asarray(config.widths),
            "point": np.asarray(ANGLES),
            "other": np.asarray(ANGLES),
        },
    )


def draw(depth: int, width: int, networks: int, seed: int) -> tuple[Tensor, Tensor]:
    """f (networks, 4) and Q (networks, 4, 4) of one batch.

    >>> output, covariance = draw(3, 8, networks=2, seed=0)
    >>> output.shape, covariance.shape
    (torch.Size([2, 4]), torch.Size([2, 4, 4]))
    """
    # Depths and widths share no draws.
    generator = generator_of(seed, depth, width)
    architecture = Architecture(1, (width,) * (depth - 1))
    network = initialise(architecture, generator, seeds=networks)
    *_, hidden, output = activations(network, inputs())
    return output[:, 0], architecture.weight_factors[-1] ** 2 * (hidden.mT @ hidden)


EXPERIMENT = Experiment("gaussian-limit", PROFILES, SMALLEST, measure, positive=())
