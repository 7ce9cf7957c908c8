"""A deep network in the eigenbasis of its own initial tangent kernel: every eigenvector at its rate.

On equispaced points of S^1 the kernel K/n of each network at its initialisation has eigenvectors q_i
with eigenvalues lambda_1 >= lambda_2 >= ... The labels have the same component, up to a random sign,
along every one of them. Full-batch gradient descent then leaves, in discrete time,

    <q_i, r_t> = (1 - c lambda_i)^t <q_i, y>,

and exp(-c lambda_i t) only in the limit of small steps. c is ``step_size`` over lambda_1.
The frequency of an eigenvector is the mean of k over its Fourier power |q_i^(k)|^2.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import DTYPE, equispaced_circle
from numerics.data.targets import Problem
from numerics.experiments.config import seed_progress, seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.deep import Architecture, empirical_kernel, initialise, train
from numerics.networks.training import Progress

SMALLEST = {
    "quick": {"samples": 8, "width": 64, "depth": 2, "seeds": 2, "steps": 20},
    "full": {"samples": 16, "width": 256, "depth": 3, "seeds": 8, "steps": 200},
    "paper": {"samples": 32, "width": 1024, "depth": 3, "seeds": 8, "steps": 1000},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: points n on the circle. width: of every hidden layer. depth: weight layers. seeds:
    networks drawn, with the seeds seed, seed + 1, ... steps: T. step_size: c lambda_1, below 1.
    amplitude: of every component of the labels; small keeps the tangent kernel still.

    >>> EXPERIMENT.configure("quick", step_size=1.5)
    Traceback (most recent call last):
    ValueError: eigenbasis: step_size < 1 wanted, got 1.5
    """

    profile: str
    samples: int
    width: int
    depth: int
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", 16, 256, 3, 32, 140, 0.8, 1e-4),
    "full": Config("full", 32, 512, 3, 24, 500, 0.8, 1e-4),
    "paper": Config("paper", 64, 2048, 4, 16, 5000, 0.8, 1e-4),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    if not config.step_size < 1:
        raise ValueError(f"step_size < 1 wanted, got {config.step_size}")


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Train every seed in its own eigenbasis, index i from the largest eigenvalue on.

    residual (seed, step, index): <q_i, r_t> / <q_i, y>. decrement (seed, index): c lambda_i.
    frequency (seed, index): mean frequency of q_i, from 0 to n/2.
    """
    found = []
    for done, seed in enumerate(seeds_of(config)):
        found.append(one_seed(config, seed, seed_progress(progress, done, config.seeds)))
    residual, decrement, frequency = (torch.stack(part).numpy() for part in zip(*found))
    return xr.Dataset(
        {
            "residual": (("seed", "step", "index"), residual),
            "decrement": (("seed", "index"), decrement),
            "frequency": (("seed", "index"), frequency),
        },
        coords={
            "seed": np.asarray(seeds_of(config)),
            "step": np.arange(config.steps + 1),
            "index": np.arange(1, config.samples + 1),
        },
    )


def one_seed(config: Config, seed: int, progress: Progress | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """Residuals (T+1, n), decrements c lambda_i (n,) and frequencies (n,) of one network."""
    generator = torch.Generator().manual_seed(seed)
    sample = equispaced_circle(config.samples)
    shape = Architecture(1, (config.width,) * (config.depth - 1), bias=True)
    network = initialise(shape, generator)
    kernel = empirical_kernel(network, sample.points) / config.samples
    values, vectors = (part.flip(-1) for part in torch.linalg.eigh(kernel))
    signs = 2.0 * torch.randint(2, (config.samples,), generator=generator) - 1
    directions = math.sqrt(config.samples) * vectors * signs  # norm 1 in the mean
    problem = Problem(sample, config.amplitude * directions.sum(1), directions)
    rate = config.step_size / float(values[0])
    path = train(network, problem, rate, config.steps, progress)
    return path.projections / config.amplitude, rate * values, frequencies(vectors)


def log_decays(data: xr.Dataset) -> np.ndarray:
    """log|residual| per step along every eigenvector of a run: (seed, index).

    Read at the step at which (1 - c lambda_i)^t passes 1/2, or at the last one.
    """
    falling = np.log1p(-data.decrement.values)
    steps = np.clip(np.floor(np.log(0.5) / falling), 1, data.step.values[-1]).astype(int)
    left = np.take_along_axis(data.residual.values, steps[:, None, :], 1)[:, 0, :]
    return np.log(np.abs(left)) / steps


def frequencies(vectors: Tensor) -> Tensor:
    """Mean of k over the Fourier power of every column (n, q): (q,).

    >>> frequencies(torch.tensor([[1.0, 1.0], [1.0, -1.0], [1.0, 1.0], [1.0, -1.0]])).tolist()
    [0.0, 2.0]
    """
    power = torch.fft.fft(vectors, dim=0).abs().square()  # (n, q)
    n = len(vectors)
    cycles = torch.arange(n).minimum(n - torch.arange(n)).to(DTYPE)
    return (cycles[:, None] * power).sum(0).to(DTYPE) / power.sum(0)


EXPERIMENT = Experiment("eigenbasis", PROFILES, SMALLEST, measure, check=check)
