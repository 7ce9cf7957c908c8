"""Networks with biases on S^1 under a piecewise-constant density (Basri et al. 2020).

Hidden layer and biases are trained alone, so that the limit kernel is (t+1) k0/4. Quadrants of
density p and 2 - p take turns, p on |x| < pi/4 and |x - pi| < pi/4; the points are equispaced with
weights by the density, and the edges fall between them. Two questions:

speed    labels cos(kx) + sin(kx), k = FREQUENCY: for every lowest density p the time c t at which
         the mean square of the residual on the quadrants of density p is SHARE of the labels'
pair     p = 2/5 (densities 1 : 4): labels u + v of the leading odd sine and cosine eigenvectors of
         the limit kernel's matrix, and the decay of their projections
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.densities import Arcs, weighted
from numerics.data.points import PointSet, equispaced_circle
from numerics.data.targets import Problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks import deep
from numerics.networks.training import Progress
from numerics.predictions.limit_kernels import gram, tangent_kernel
from numerics.predictions.residuals import kernel_projections

LOWEST = (0.1, 0.2, 0.4, 0.8)
FREQUENCY = 5
SHARE = 0.05
PAIR_DENSITY = 0.4
PAIR = ("sine", "cosine")
PAIR_WIDENING = 8  # a few steps cost little, so that pair takes wider networks
# Numbers of points with n = 4 mod 8 put the edges half-way between points.
SMALLEST = {
    "quick": {"samples": 60, "width": 64, "seeds": 2, "steps": 330, "pair_steps": 4},
    "full": {"samples": 100, "width": 256, "seeds": 12, "steps": 330, "pair_steps": 8},
    "paper": {"samples": 100, "width": 1024, "seeds": 12, "steps": 330, "pair_steps": 8},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: points n, n = 4 mod 8. width: hidden units, 8 times as many for the pair. seeds: networks, with the seeds seed,
    seed + 1, ... steps: T p, so that density p is trained for steps / p. step_size: c, so that
    eigenvalue lambda decays by 1 - c lambda a step. pair_steps: T of the pair, at c = 1.
    amplitude: of the labels; small keeps the tangent kernel still.

    >>> EXPERIMENT.configure("quick", samples=64)
    Traceback (most recent call last):
    ValueError: basri-density: samples = 64 is not allowed: 4 mod 8 is wanted
    """

    profile: str
    samples: int
    width: int
    seeds: int
    steps: int
    pair_steps: int
    step_size: float
    amplitude: float
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", 60, 256, 4, 400, 8, 4.0, 1e-5),
    "full": Config("full", 100, 512, 16, 400, 8, 4.0, 1e-5),
    "paper": Config("paper", 148, 4096, 24, 400, 8, 4.0, 1e-5),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    if config.samples % 8 != 4:
        raise ValueError(f"samples = {config.samples} is not allowed: 4 mod 8 is wanted")


def limit_kernel(angle: Tensor) -> Tensor:
    """(t + 1) k0 / 4, with t the cosine of the angle.

    >>> limit_kernel(torch.tensor(0.0)).item()
    0.5
    """
    return tangent_kernel(angle, 2, layer_scales=(0.25, 0.0), bias=True)


def sample(config: Config, lowest: float) -> PointSet:
    """Equispaced points with weights p/n and (2 - p)/n on alternate quadrants."""
    quarter, other = math.pi / 4, 2 - lowest
    edges = (0.0, quarter, 3 * quarter, 5 * quarter, 7 * quarter, 2 * math.pi)
    density = Arcs(edges, (lowest, other, lowest, other, lowest))
    return weighted(density, equispaced_circle(config.samples))


def sparse(points: Tensor) -> Tensor:
    """Which points (n, 2) lie on the quadrants of density p: (n,)."""
    return points[:, 0].abs() > points[:, 1].abs()


def speed_problem(config: Config, lowest: float) -> Problem:
    """Labels of FREQUENCY; projecting a residual gives its values at the points."""
    found = sample(config, lowest)
    angle = torch.atan2(found.points[:, 1], found.points[:, 0])
    labels = config.amplitude * ((FREQUENCY * angle).cos() + (FREQUENCY * angle).sin())
    return Problem(found, labels, torch.diag(1 / found.weights))


def pair_problem(config: Config) -> Problem:
    """Labels u + v; directions u, v with norm 1 under the density."""
    found = sample(config, PAIR_DENSITY)
    root, angle = found.weights.sqrt(), torch.atan2(found.points[:, 1], found.points[:, 0])
    matrix = root[:, None] * gram(found.points, limit_kernel) * root
    columns = []
    for wave in (torch.sin, torch.cos):
        # Odd frequencies of one symmetry: an even density of period pi keeps them apart.
        basis = torch.stack([root * wave(k * angle) for k in range(1, config.samples // 2, 2)], dim=1)
        basis = torch.linalg.qr(basis).Q
        _, vectors = torch.linalg.eigh(basis.T @ matrix @ basis)
        columns.append(basis @ vectors[:, -1] / root)
    directions = torch.stack(columns, dim=1)
    return Problem(found, config.amplitude * directions.sum(1), directions)


def draw(seed: int, width: int) -> deep.DeepNetwork:
    """The untrained network of one seed: the same for every density, so that its own luck cancels."""
    architecture = deep.Architecture(1, (width,), layer_scales=(0.25, 0.0), bias=True)
    return deep.initialise(architecture, torch.Generator().manual_seed(seed))


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Every seed under every density.

    network_time, own_time (seed, lowest), gram_time (lowest): c t at SHARE, NaN where the steps end
    before; own: of each network's initial kernel. pair (seed, step, function), pair_own, and
    pair_gram (step, function): projections over the amplitude. progress counts networks.
    """
    count = len(LOWEST) + 1
    times = np.empty((2, config.seeds, len(LOWEST)))
    pairs = np.empty((2, config.seeds, config.pair_steps + 1, len(PAIR)))
    tasks, pair = [speed_problem(config, p) for p in LOWEST], pair_problem(config)
    limits = [gram(task.sample.points, limit_kernel) for task in [*tasks, pair]]
    for done, seed in enumerate(seeds_of(config)):
        for place, (task, lowest) in enumerate(zip(tasks, LOWEST)):
            times[:, done, place] = _times(task, lowest, draw(seed, config.width), config)
            progress(done * count + place + 1, config.seeds * count)
        start = draw(seed, PAIR_WIDENING * config.width)
        path = deep.train(start, pair, 1.0, config.pair_steps, centred=True)
        kernel = deep.empirical_kernel(start, pair.sample.points)
        pairs[0, done] = path.projections / config.amplitude
        pairs[1, done] = kernel_projections(kernel, pair, 1.0, config.pair_steps) / config.amplitude
    ideal = [
        _reached(kernel_projections(k, task, config.step_size, _steps(config, p)), task, config)
        for k, task, p in zip(limits, tasks, LOWEST)
    ]
    aim = kernel_projections(limits[-1], pair, 1.0, config.pair_steps) / config.amplitude
    dims = ("seed", "step", "function")
    return xr.Dataset(
        {
            "network_time": (("seed", "lowest"), times[0]),
            "own_time": (("seed", "lowest"), times[1]),
            "gram_time": ("lowest", np.asarray(ideal)),
            "pair": (dims, pairs[0]),
            "pair_own": (dims, pairs[1]),
            "pair_gram": (dims[1:], aim.numpy()),
        },
        coords={
            "seed": np.asarray(seeds_of(config)),
            "lowest": np.asarray(LOWEST),
            "step": np.arange(config.pair_steps + 1),
            "function": list(PAIR),
        },
    )


def _steps(config: Config, lowest: float) -> int:
    return math.ceil(config.steps / lowest)


def _times(task: Problem, lowest: float, start: deep.DeepNetwork, config: Config) -> tuple[float, float]:
    """Times of a network and of its own initial kernel."""
    steps = _steps(config, lowest)
    kernel = deep.empirical_kernel(start, task.sample.points)
    trained = deep.train(start, task, config.step_size, steps, centred=True).projections
    predicted = kernel_projections(kernel, task, config.step_size, steps)
    return _reached(trained, task, config), _reached(predicted, task, config)


def _reached(residuals: Tensor, task: Problem, config: Config) -> float:
    """c t at which the residual (T+1, n) is down to SHARE on the sparse quadrants, or NaN.

    Between steps the logarithm is interpolated linearly.
    """
    where = sparse(task.sample.points)
    share = (residuals[:, where].square().sum(1) / task.labels[where].square().sum()).numpy()
    below = np.flatnonzero(share < SHARE)
    if not len(below):
        return math.nan
    last = int(below[0])
    before, after = np.log(share[last - 1]), np.log(share[last])
    return config.step_size * (last - 1 + float((before - math.log(SHARE)) / (before - after)))


EXPERIMENT = Experiment("basri-density", PROFILES, SMALLEST, measure, check=check)
