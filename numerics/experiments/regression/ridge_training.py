"""Training with a penalty on the distance from the start ends at kernel ridge regression.

    L = 1/2 sum_i (y_i - f(x_i) + f_0(x_i))^2 + ridge/2 |theta - theta_0|^2

for f(x) = m^-1/2 sum_r a_r sqrt(2) relu(w_r.x), all weights standard normal at the start theta_0 and
trained by gradient descent with momentum. For f linear in theta with gradients of the start the
minimum is f - f_0 = k(x, X)(K + ridge I)^-1 y, k the network's own initial tangent kernel, which
tends to NTK(depth=2). Stationarity, theta - theta_0 = J' r/ridge, gives the representer form
f - f_0 = k(x, X) r/ridge with r the trained network's own residual, no system to solve.
Ridge 0: the limit of ridge -> 0, which interpolates.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import uniform_sphere
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.deep import Architecture, DeepNetwork, empirical_kernel, initialise
from numerics.networks.training import Progress, check_finite
from numerics.predictions.kernel_regression import representer

DATA_SEED = 1  # inputs and labels are the same for all networks
TESTS = 40
GROWTH = 1.3  # of the largest eigenvalue in training; without it narrow networks are at the edge
NOISE = 0.3  # of the labels, over the target's standard deviation
SMALLEST = {
    "quick": {"dim": 2, "samples": 8, "widths": 64, "seeds": 2, "steps": 60},
    "full": {"dim": 2, "samples": 16, "widths": 128, "seeds": 20, "steps": 100},
    "paper": {"dim": 2, "samples": 32, "widths": 256, "seeds": 20, "steps": 100},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    dim: d of the sphere. samples: n. widths: the m compared. ridge: beside it ridge 0 is trained.
    steps: of momentum. amplitude: standard deviation of the target.

    >>> EXPERIMENT.configure("quick", ridge=0.0)
    Traceback (most recent call last):
    ValueError: ridge-training: ridge > 0 wanted, got 0.0
    """

    profile: str
    dim: int
    samples: int
    widths: tuple[int, ...]
    seeds: int
    steps: int
    ridge: float
    amplitude: float
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", 4, 20, (128, 512, 2048), 48, 64, 0.1, 0.1),
    "full": Config("full", 4, 40, (256, 1024, 4096, 16384), 40, 300, 0.05, 0.1),
    "paper": Config("paper", 4, 100, (1024, 4096, 16384, 65536), 24, 600, 0.05, 0.1),
}


def data(config: Config) -> tuple[Tensor, Tensor, Tensor]:
    """Training inputs (n, d+1), labels (n,), test inputs (TESTS, d+1)."""
    generator = torch.Generator().manual_seed(DATA_SEED)
    every = uniform_sphere(config.dim, config.samples + TESTS, generator).points
    inputs, tests = every[: config.samples], every[config.samples :]
    scale = math.sqrt(config.dim + 1)
    target = inputs[:, 0] * scale + inputs[:, 1] * inputs[:, 2] * scale**2
    noise = torch.randn(config.samples, generator=generator, dtype=torch.float64)
    return inputs, config.amplitude * (target / math.sqrt(2) + NOISE * noise), tests


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Per (seed, ridge, width): trained and own_kernel (test), residual (sample), stationarity.

    trained: f - f_0 of the network at the tests; own_kernel: ridge regression with its initial
    tangent kernel; residual: y - f + f_0 at the sample; stationarity: the largest change of f at
    the sample in the last step, over the amplitude. inputs, labels, tests: the data.
    """
    inputs, labels, tests = data(config)
    ridges, rows = (config.ridge, 0.0), []
    shape = (config.seeds, len(ridges), len(config.widths))
    for seed in seeds_of(config):
        for ridge in ridges:
            for width in config.widths:
                rows.append(trained_with(config, ridge, width, seed, (inputs, labels, tests)))
                progress(len(rows), math.prod(shape))
    dims = ("seed", "ridge", "width")
    columns = [torch.stack(column).unflatten(0, shape).numpy() for column in zip(*rows)]
    places = (*dims, "test"), (*dims, "test"), (*dims, "sample"), dims
    named = zip(("trained", "own_kernel", "residual", "stationarity"), zip(places, columns))
    return xr.Dataset(
        {
            **dict(named),
            "inputs": (("sample", "axis"), inputs.numpy()),
            "labels": ("sample", labels.numpy()),
            "tests": (("test", "axis"), tests.numpy()),
        },
        coords={"seed": np.asarray(seeds_of(config)), "ridge": np.asarray(ridges), "width": np.asarray(config.widths)},
    )


def trained_with(
    config: Config, ridge: float, width: int, seed: int, task: tuple[Tensor, Tensor, Tensor]
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One network of one width; both ridges start from the same weights."""
    inputs, labels, tests = task
    generator = torch.Generator().manual_seed(seed * 2**20 + width)  # widths share no draws
    network = initialise(Architecture(config.dim, (width,)), generator)
    kernel = empirical_kernel(network, torch.cat([inputs, tests]))
    own, cross = kernel[: len(inputs), : len(inputs)], kernel[len(inputs) :, : len(inputs)]
    values, moved = descend(network, torch.cat([inputs, tests]), labels, ridge, config.steps, own)
    predicted = cross @ representer(own, labels, ridge)
    return values[len(inputs) :], predicted, labels - values[: len(inputs)], moved / config.amplitude


def descend(
    network: DeepNetwork, points: Tensor, labels: Tensor, ridge: float, steps: int, kernel: Tensor
) -> tuple[Tensor, Tensor]:
    """f - f_0 at ``points``, the first n of them the sample, and the last step's largest change.

    Heavy ball with the step and momentum that are best for eigenvalues from l to L (Polyak 1964): a
    factor (sqrt(L) - sqrt(l))/(sqrt(L) + sqrt(l)) a step. L: of the initial ``kernel`` + ridge, with
    room to grow. l: the ridge, the curvature where f does not depend on the weights; without one the
    least eigenvalue of the kernel.
    """
    n = len(labels)
    first, second = network.weights[0].clone(), network.weights[1][0].clone()  # (m, d+1), (m,)
    start = first.clone(), second.clone()
    ends = torch.linalg.eigvalsh(kernel)[[0, -1]].clamp_min(0).tolist()
    low, high = math.sqrt(ridge or ends[0]), math.sqrt(GROWTH * ends[1] + ridge)
    rate, momentum = 4 / (high + low) ** 2, ((high - low) / (high + low)) ** 2
    factor = math.sqrt(2 / len(second))
    speeds = torch.zeros_like(first), torch.zeros_like(second)
    origin = factor * (second @ (first @ points.T).clamp_min_(0))
    moved, before = torch.zeros(()), torch.zeros_like(labels)
    for step in range(steps):
        hidden = (first @ points[:n].T).clamp_min_(0)  # (m, n)
        change = factor * (second @ hidden) - origin[:n]
        moved, before = (change - before).abs().max(), change
        residual = labels - change
        check_finite(residual.square().sum(), step, rate)
        pull = factor * (hidden @ residual)
        push = factor * second[:, None] * ((hidden.sign_() * residual) @ points[:n])
        for weights, origin_weights, speed, gradient in zip((first, second), start, speeds, (push, pull)):
            speed.mul_(momentum).add_(gradient - ridge * (weights - origin_weights), alpha=rate)
            weights += speed
    return factor * (second @ (first @ points.T).clamp_min_(0)) - origin, moved


EXPERIMENT = Experiment("ridge-training", PROFILES, SMALLEST, measure, positive=("ridge", "amplitude"))
