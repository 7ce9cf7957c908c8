"""Kernel ridge regression on random points of S^1: excess risk by sample size, smoothness and ridge.

The kernel is the tangent kernel of depth 2 with biases. The target is random: independent normal
coefficients of variance k^(-2s-1)/2 on sqrt(2) cos k x and sqrt(2) sin k x, k = 1, ..., 512, so of
smoothness s up to logarithms; the labels have noise of variance ``noise``. Given the points x_i the
mean of the risk over target and noise is a number, no target is drawn:

    risk = sum_k k^(-2s-1) |e_k - w' e_k(X)|^2 + noise |w|^2,    w(x) = (K + ridge I)^-1 k(X, x),

mean over the two functions e_k of frequency k, norms in L2 of the circle by GRID equispaced points,
exact for the polynomials involved and to GRID^-2 for the kernel.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import DTYPE, equispaced_circle, uniform_sphere
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.training import Progress
from numerics.predictions.limit_kernels import angles, gram, tangent_kernel

SMOOTHNESS = (0.5, 0.75, 1.0, 1.5)
FREQUENCIES = 512
GRID = 2048
RIDGES = tuple(10 ** (place / 4) for place in range(-4, 6))  # .1 to 17.8: the best ones lie within
SMALLEST = {
    "quick": {"samples": 16, "seeds": 2},
    "full": {"samples": 32, "seeds": 16},
    "paper": {"samples": 64, "seeds": 16},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: the n compared. seeds: point sets of each size, with the seeds seed, seed + 1, ...
    noise: variance of the labels' noise.

    >>> EXPERIMENT.configure("quick", samples=(8, 16))
    Traceback (most recent call last):
    ValueError: ridge-rates: samples = (8, 16) is not allowed in profile 'quick': ...
    """

    profile: str
    samples: tuple[int, ...]
    seeds: int
    noise: float
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", (64, 128, 256, 512), 32, 1.0),
    "full": Config("full", (64, 128, 256, 512, 1024), 32, 1.0),
    "paper": Config("paper", (64, 128, 256, 512, 1024, 2048, 4096), 32, 1.0),
}


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """risk (seed, samples, smoothness, ridge); progress(done, total) counts point sets."""
    rows = []
    for seed in seeds_of(config):
        for samples in config.samples:
            generator = torch.Generator().manual_seed(seed * 2**20 + samples)
            points = uniform_sphere(1, samples, generator).points
            rows.append(risks(points, config.noise).numpy())
            progress(len(rows), config.seeds * len(config.samples))
    shape = (config.seeds, len(config.samples), len(SMOOTHNESS), len(RIDGES))
    return xr.Dataset(
        {"risk": (("seed", "samples", "smoothness", "ridge"), np.reshape(rows, shape))},
        coords={
            "seed": np.asarray(seeds_of(config)),
            "samples": np.asarray(config.samples),
            "smoothness": np.asarray(SMOOTHNESS),
            "ridge": np.asarray(RIDGES),
        },
    )


def kernel(angle: Tensor) -> Tensor:
    """NTK(depth=2, bias=True) at an angle."""
    return tangent_kernel(angle, 2, bias=True)


def harmonics(points: Tensor) -> Tensor:
    """sqrt(2) cos k x, sqrt(2) sin k x at ``points`` (n, 2), k = 1, ...: (n, 2 FREQUENCIES)."""
    angle = torch.atan2(points[:, 1], points[:, 0])[:, None]
    phases = angle * torch.arange(1, FREQUENCIES + 1, dtype=DTYPE)
    return math.sqrt(2) * torch.cat([phases.cos(), phases.sin()], dim=1)


def risks(points: Tensor, noise: float) -> Tensor:
    """Mean risk given the points, by smoothness and ridge: (4, 10).

    In the eigenbasis of K, w = V D a(x), D = 1/(lambda + ridge) and a = V' k(X, x): all integrals over
    x are those of a a' and a e_k.
    """
    grid = equispaced_circle(GRID).points
    values, vectors = torch.linalg.eigh(gram(points, kernel))
    a = vectors.T @ kernel(angles(points, grid))  # (n, GRID)
    square, cross = a @ a.T / GRID, a @ harmonics(grid) / GRID  # (n, n), (n, 2 K)
    own = vectors.T @ harmonics(points)  # (n, 2 K)
    k = torch.arange(1, FREQUENCIES + 1, dtype=DTYPE).repeat(2)
    powers = torch.stack([k ** (-2 * s - 1) / 2 for s in SMOOTHNESS])  # (4, 2 K)
    columns = []
    for ridge in RIDGES:
        damped = own / (values + ridge)[:, None]
        missed = 1 - 2 * (damped * cross).sum(0) + (damped * (square @ damped)).sum(0)  # (2 K,)
        spread = noise * (square.diagonal() / (values + ridge).square()).sum()
        columns.append(powers @ missed + spread)
    return torch.stack(columns, dim=1)


EXPERIMENT = Experiment("ridge-rates", PROFILES, SMALLEST, measure, positive=("noise",))
