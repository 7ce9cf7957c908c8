"""ReLU networks of depth 2, 3, 4, with and without hidden biases, on a grid of S^2.

Every seed draws one network of each depth (`numerics.networks.deep`, all layers of one width, f - f_0
fitted); its biases start at zero, so with and without they start as the same function. The labels
are ``amplitude`` times zonal harmonics of degrees 1, 2, 3, 4 of norm 1 about the pole of the grid.
The grid integrates exactly to degree 2 rings - 1, and is antipodal to the last bit.

The step is c = step_size / kappa(1), kappa(1) = L without and 2L - 1 with biases: no eigenvalue
exceeds the trace, so a step_size below 2 is stable in the limit for every depth alike.
"""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import product_grid_sphere
from numerics.data.targets import Mixture, Problem, mixture_problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks import deep
from numerics.networks.training import Progress
from numerics.predictions.limit_kernels import gram, tangent_kernel
from numerics.predictions.residuals import kernel_projections

DEGREES = (1, 2, 3, 4)
DEPTHS = (2, 3, 4)
BIASES = (False, True)
# With fewer than 5 rings a product of two of the harmonics is not integrated exactly.
SMALLEST = {
    "quick": {"rings": 5, "width": 16, "seeds": 2, "steps": 20},
    "full": {"rings": 6, "width": 128, "seeds": 12, "steps": 80},
    "paper": {"rings": 6, "width": 256, "seeds": 12, "steps": 80},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    rings: heights of the grid, with twice as many azimuths. width: of every hidden layer. seeds:
    networks of each depth, with the seeds seed, seed + 1, ... steps: T. step_size: c kappa(1).
    amplitude: L2 norm of each component of the labels; small keeps the tangent kernel still.

    >>> EXPERIMENT.configure("quick", rings=2)
    Traceback (most recent call last):
    ValueError: deep-sphere: rings = 2 is not allowed in profile 'quick': ...
    """

    profile: str
    rings: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", 5, 96, 16, 140, 1.9, 1e-7),
    "full": Config("full", 8, 256, 24, 200, 1.9, 1e-5),
    "paper": Config("paper", 12, 1024, 24, 400, 1.9, 1e-5),
}


def problem(config: Config, degrees: tuple[int, ...] = DEGREES) -> Problem:
    """Grid, labels and directions."""
    pole = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    grid = product_grid_sphere(config.rings, 2 * config.rings)
    return mixture_problem(Mixture(degrees, (1.0,) * len(degrees)), grid, pole, config.amplitude)


def architecture(config: Config, depth: int, bias: bool) -> deep.Architecture:
    """A network on S^2 with depth - 1 hidden layers of one width."""
    return deep.Architecture(2, (config.width,) * (depth - 1), bias=bias)


def draw(config: Config, seed: int, depth: int, bias: bool) -> deep.DeepNetwork:
    """The untrained network of one seed; depths share no draws, with and without biases all."""
    generator = torch.Generator().manual_seed(seed * 2**10 + depth)
    return deep.initialise(architecture(config, depth, bias), generator)


def step_of(config: Config, depth: int, bias: bool) -> float:
    """c of `numerics.networks.deep.train`: step_size / kappa(1).

    >>> step_of(EXPERIMENT.configure("quick", step_size=1.5), 3, False)
    0.5
    """
    return config.step_size / (2 * depth - 1 if bias else depth)


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Train every seed at every depth, with and without biases.

    network, own_kernel (seed, depth, bias, step, degree): projections over the amplitude, and what
    the network's own kernel at the start predicts; limit (depth, bias, step, degree): what the
    limit kernel does. loss (seed, depth, bias, step), not scaled. moved (seed, depth, bias):
    largest |W_T - W_0| / |W_0| of a layer. progress(done, total) counts networks.
    """
    task = problem(config)
    variants = [(depth, bias) for depth in DEPTHS for bias in BIASES]
    found: list[dict[str, Tensor]] = []
    for seed in seeds_of(config):
        for depth, bias in variants:
            found.append(_trained(draw(config, seed, depth, bias), task, config))
            progress(len(found), config.seeds * len(variants))
    limits = torch.stack([_limit(task, config, depth, bias) for depth, bias in variants])
    return _labelled(found, limits, config)


def _trained(start: deep.DeepNetwork, task: Problem, config: Config) -> dict[str, Tensor]:
    """Curves of one network."""
    step = step_of(config, start.architecture.depth, start.architecture.bias)
    kernel = deep.empirical_kernel(start, task.sample.points)
    path = deep.train(start, task, step, config.steps, centred=True)
    shifts = [
        torch.linalg.norm(end - begin) / torch.linalg.norm(begin)
        for end, begin in zip(path.network.weights, start.weights)
    ]
    own = kernel_projections(kernel, task, step, config.steps)
    return {
        "network": path.projections / config.amplitude,
        "own_kernel": own / config.amplitude,
        "loss": path.loss,
        "moved": torch.stack(shifts).max(),
    }


def _limit(task: Problem, config: Config, depth: int, bias: bool) -> Tensor:
    """Projections (T+1, q) that the limit kernel predicts, over the amplitude."""
    matrix = gram(task.sample.points, lambda angle: tangent_kernel(angle, depth, bias=bias))
    step = step_of(config, depth, bias)
    return kernel_projections(matrix, task, step, config.steps) / config.amplitude


def _labelled(found: list[dict[str, Tensor]], limits: Tensor, config: Config) -> xr.Dataset:
    variants = len(DEPTHS), len(BIASES)
    dims = ("seed", "depth", "bias", "step", "degree")
    columns = {}
    for name in found[0]:
        values = torch.stack([one[name] for one in found]).unflatten(0, (config.seeds, *variants))
        columns[name] = (dims[: values.ndim], values.numpy())
    columns["limit"] = (dims[1:], limits.unflatten(0, variants).numpy())
    coords = {
        "seed": np.asarray(seeds_of(config)),
        "depth": np.asarray(DEPTHS),
        "bias": np.asarray(BIASES),
        "step": np.arange(config.steps + 1),
        "degree": np.asarray(DEGREES),
    }
    return xr.Dataset(columns, coords=coords)


EXPERIMENT = Experiment("deep-sphere", PROFILES, SMALLEST, measure)
