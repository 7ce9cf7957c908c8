"""Bayesian regression with wide random networks, by sample-then-optimise on the last layer.

Draw a network from the prior, f_0 = a_0.h with random hidden layers h, and labels with fresh noise,
y + e, e ~ N(0, ridge). Train the last layer by descent on

    1/2 sum_i (y_i + e_i - a.h(x_i))^2 + ridge/2 |a - a_0|^2.

The minimum is an EXACT draw from the posterior given the hidden layers, whose kernel is
Q = h.h'/m (Matthews et al. 2017): its randomness is that of a_0 and e, its mean that of ridge
regression. As m grows Q tends to Sigma_L, and the draws to the posterior of the Gaussian process
NNGP(depth), whatever the hidden layers. With the limit kernel k in place of Q the same prior values and noise
give, by Matheron's rule, a draw of the limit,

    f_0(x) + k(x, X)(K + ridge I)^-1 (y + e - f_0(X)),

beside which a draw of the network has little noise: the network's last layer starts STARTS times, and once
more from each -a_0 with -e, so that halves of sums are means given the hidden layers and halves of differences free
of them.

Descent on the last layer moves a - a_0 in the span of the h(x_i) only, a - a_0 = sum_i alpha_i h(x_i)
in every step: the loop keeps the n numbers alpha, and its iterates are those of the weights.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import DTYPE, uniform_sphere
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.deep import Architecture, activations, initialise
from numerics.networks.training import Progress
from numerics.predictions.kernel_regression import factor as factor_of
from numerics.predictions.limit_kernels import gram, nngp_kernel

DATA_SEED = 1  # inputs and labels are the same for all networks
DIM = 2
TESTS = 6
STARTS = 4
SMALLEST = {
    "quick": {"depths": 2, "width": 64, "samples": 4, "networks": 10, "seeds": 2, "steps": 30},
    "full": {"depths": 2, "width": 256, "samples": 8, "networks": 10, "seeds": 20, "steps": 60},
    "paper": {"depths": 2, "width": 512, "samples": 8, "networks": 10, "seeds": 20, "steps": 60},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    depths: L, weight layers. width: m of all hidden layers. samples: n. networks: draws of each
    depth a seed. steps: of momentum. ridge: variance of the labels' noise.

    >>> EXPERIMENT.configure("quick", width=2)
    Traceback (most recent call last):
    ValueError: posterior: width = 2 is not allowed in profile 'quick': ...
    """

    profile: str
    depths: tuple[int, ...]
    width: int
    samples: int
    networks: int
    seeds: int
    steps: int
    ridge: float
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", (2, 3), 512, 10, 25, 36, 80, 0.1),
    "full": Config("full", (2, 3, 4), 1024, 20, 50, 40, 120, 0.1),
    "paper": Config("paper", (2, 3, 4), 4096, 50, 50, 80, 200, 0.1),
}


def data(config: Config) -> tuple[Tensor, Tensor, Tensor]:
    """Training inputs (n, 3), labels (n,) of variance about 1, test inputs (TESTS, 3)."""
    generator = torch.Generator().manual_seed(DATA_SEED)
    every = uniform_sphere(DIM, config.samples + TESTS, generator).points
    inputs, tests = every[: config.samples], every[config.samples :]
    noise = torch.randn(config.samples, generator=generator, dtype=DTYPE)
    target = math.sqrt(1.5) * (inputs[:, 0] + 2 * inputs[:, 1] * inputs[:, 2])
    return inputs, target + math.sqrt(config.ridge) * noise, tests


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """draw, prior, shift, excess (seed, depth, network, test), unsettled (seed, depth).

    draw, prior: f after and before training, of the first start. shift: mean over starts of draw - limit, the mirrored
    ones included. excess: mean over starts of the square of half a draw less its mirror image, less that of
    the limit. unsettled: the largest change of a draw in the last step. inputs, labels, tests: the data.
    progress(done, total) counts batches of one depth.
    """
    task, batches = data(config), []
    shape = (config.seeds, len(config.depths))
    for seed in seeds_of(config):
        for depth in config.depths:
            batches.append(sample(config, depth, seed, task))
            progress(len(batches), math.prod(shape))
    columns = [torch.stack(part).unflatten(0, shape).numpy() for part in zip(*batches)]
    dims = ("seed", "depth", "network", "test")
    return xr.Dataset(
        {
            "draw": (dims, columns[0]),
            "prior": (dims, columns[1]),
            "shift": (dims, columns[2]),
            "excess": (dims, columns[3]),
            "unsettled": (dims[:2], columns[4]),
            "inputs": (("sample", "axis"), task[0].numpy()),
            "labels": ("sample", task[1].numpy()),
            "tests": (("test", "axis"), task[2].numpy()),
        },
        coords={"seed": np.asarray(seeds_of(config)), "depth": np.asarray(config.depths)},
    )


def sample(config: Config, depth: int, seed: int, task: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, ...]:
    """One batch: draw, prior, shift and excess (networks, TESTS), and what was unsettled."""
    inputs, labels, tests = task
    n, points = len(inputs), torch.cat([inputs, tests])
    generator = torch.Generator().manual_seed(seed * 64 + depth)
    architecture = Architecture(DIM, (config.width,) * (depth - 1))
    network = initialise(architecture, generator, seeds=config.networks)
    *_, hidden, output = activations(network, points)
    factor = architecture.weight_factors[-1]
    kernel = factor**2 * (hidden.mT @ hidden)  # Q (networks, n + l, n + l)
    noise = torch.randn(config.networks, STARTS, n, generator=generator, dtype=DTYPE)
    others = torch.randn(config.networks, STARTS - 1, config.width, generator=generator, dtype=DTYPE)
    starts = torch.cat([output, factor * (others @ hidden)], 1)  # f_0 (networks, STARTS, n + l)
    starts, noise = torch.cat([starts, -starts], 1), torch.cat([noise, -noise], 1)
    wanted = labels + math.sqrt(config.ridge) * noise - starts[..., :n]
    alpha, change = descend(kernel[:, None, :n, :n], wanted, config.ridge, config.steps)
    prior = starts[..., n:]
    draws = prior + alpha @ kernel[:, :n, n:]
    limit = gram(points, lambda angle: nngp_kernel(angle, depth))
    drawn = prior + wanted @ torch.cholesky_solve(limit[:n, n:], factor_of(limit[:n, :n], config.ridge))
    moved = (change @ kernel[:, :n, n:]).abs().max()
    return draws[:, 0], prior[:, 0], (draws - drawn).mean(1), _odd(draws) - _odd(drawn), moved


def _odd(draws: Tensor) -> Tensor:
    """Mean square of half of each draw less its mirror image: (networks, 2 STARTS, l) -> (networks, l)."""
    first, mirrored = draws.chunk(2, dim=1)
    return ((first - mirrored) / 2).square().mean(1)


def descend(kernel: Tensor, wanted: Tensor, ridge: float, steps: int) -> tuple[Tensor, Tensor]:
    """alpha (..., n) after momentum steps from 0 on the last layer, and its last change.

    In the weights: a_{t+1} - a_t = rate (sum_i r_i h(x_i) - ridge (a_t - a_0)) + momentum (a_t -
    a_{t-1}), r the residual; rate and momentum as is best for eigenvalues from ridge to |K| + ridge.

    >>> alpha, _ = descend(torch.eye(2, dtype=DTYPE), torch.ones(2, dtype=DTYPE), 1.0, 60)
    >>> alpha.round(decimals=9).tolist()
    [0.5, 0.5]
    """
    low = math.sqrt(ridge)
    high = (kernel.diagonal(dim1=-2, dim2=-1).sum(-1, keepdim=True) + ridge).sqrt()  # trace >= |K|
    rate, momentum = 4 / (high + low).square(), ((high - low) / (high + low)).square()
    alpha, speed = torch.zeros_like(wanted), torch.zeros_like(wanted)
    for _ in range(steps):
        residual = wanted - (kernel @ alpha[..., None])[..., 0]
        speed = momentum * speed + rate * (residual - ridge * alpha)
        alpha = alpha + speed
    return alpha, speed


EXPERIMENT = Experiment("posterior", PROFILES, SMALLEST, measure, positive=("ridge",))
