"""How long a two-layer network takes to learn frequency k on S^1.

Equispaced points, labels ``amplitude`` times zonal harmonics of EVEN degrees (odd ones above 1 are not
learned without a bias), each of norm 1. The mean of log|projection| over the trained networks falls
as log(1 - c mu_k) a step with mu_k ~ C/k^2, so that the time to a given residual grows as k^2.

    network   <phi_k, r_t> over the amplitude: dims (seed, step, degree), steps recorded every ``every``
    gram_eigenvalue   Rayleigh quotient of the limit kernel on the grid, aliasing included
"""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr

from numerics.data.points import equispaced_circle
from numerics.data.targets import Mixture, Problem, mixture_problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.experiments.two_layer import NARROWEST, edge
from numerics.networks.training import Progress, train
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import gram, rayleigh_quotients
from numerics.predictions.residuals import population_factors

DEGREES = (4, 6, 8, 12, 16)
EVERY = 4
# At n points mu_k becomes sum_j mu_(k+jn): at n = 128 and k = 16 that is 4 % more.
SMALLEST = {
    "quick": {"samples": 64, "width": NARROWEST, "seeds": 2, "steps": 200},
    "full": {"samples": 128, "width": NARROWEST, "seeds": 16, "steps": 400},
    "paper": {"samples": 256, "width": NARROWEST, "seeds": 16, "steps": 400},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: points n. width: m. seeds: networks, with the seeds seed, seed + 1, ... steps: T.
    step_size: c. amplitude: L2 norm of each component of the labels. beyond_edge: whether steps
    beyond `learning_rate_edge` are meant.

    >>> EXPERIMENT.configure("quick", samples=16)
    Traceback (most recent call last):
    ValueError: circle-time: samples = 16 is not allowed in profile 'quick': ...
    """

    profile: str
    samples: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    seed: int = 0
    device: str = "cpu"
    beyond_edge: bool = False


PROFILES = {
    "quick": Config("quick", 128, 1024, 64, 400, 3.0, 0.005),
    "full": Config("full", 128, 2048, 64, 400, 3.0, 0.005),
    "paper": Config("paper", 256, 8192, 64, 400, 3.0, 0.005),
}


def problem(config: Config) -> Problem:
    """Grid, labels and directions."""
    pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    mixture = Mixture(DEGREES, (1.0,) * len(DEGREES))
    return mixture_problem(mixture, equispaced_circle(config.samples), pole, config.amplitude)


def learning_rate_edge(config: Config) -> float:
    """2/lambda_max of the limit kernel on the points."""
    return edge(equispaced_circle(config.samples))


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Train every seed; progress(done, total) counts networks."""
    task, curves = problem(config), []
    steps = range(0, config.steps + 1, EVERY)
    for seed in seeds_of(config):
        network = initialise(1, config.width, torch.Generator().manual_seed(seed), antisymmetric=False)
        found = train(network, task, config.step_size, config.steps, centred=True, record=steps)
        curves.append(found.projections.numpy() / config.amplitude)
        progress(len(curves), config.seeds)
    quotients = rayleigh_quotients(gram(task.sample.points), task)
    factors = population_factors(quotients.tolist(), config.step_size, config.steps)[::EVERY]
    return labelled(np.stack(curves), factors.numpy(), quotients.numpy(), config)


def labelled(curves: np.ndarray, factors: np.ndarray, quotients: np.ndarray, config: Config) -> xr.Dataset:
    """Curves by seed, step and degree, with what the limit kernel's quotients predict."""
    dims = ("seed", "step", "degree")
    coords = {
        "seed": np.asarray(seeds_of(config)),
        "step": np.arange(0, config.steps + 1, EVERY),
        "degree": np.asarray(DEGREES),
    }
    variables = {"network": (dims, curves), "gram": (dims[1:], factors), "gram_eigenvalue": ("degree", quotients)}
    return xr.Dataset(variables, coords=coords)


EXPERIMENT = Experiment("circle-time", PROFILES, SMALLEST, measure, edge=learning_rate_edge)
