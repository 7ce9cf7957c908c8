"""A two-layer network on equispaced points of S^1: how fast each degree is learned.

A grid has no sampling noise: what is left is the width, the labels' amplitude and aliasing.
The labels are ``amplitude`` times the sum of the zonal harmonics of degrees (1, 2, 4, 6) about
the pole (1, 0), each of norm 1; f - f_0 is fitted, so that the residual starts at the labels.
On n equispaced points mu_k becomes sum_j mu_{|k + jn|}: at n = 64 that is 0.1 %, 0.9 %, 2.4 % more
for k = 2, 4, 6 (`numerics.predictions.residuals.sampled_eigenvalues` derives it from the population).
"""

from dataclasses import dataclass

import torch
import xarray as xr

from numerics.data.points import equispaced_circle
from numerics.data.targets import Mixture, Problem, mixture_problem
from numerics.experiments.experiment import Experiment
from numerics.experiments.two_layer import NARROWEST, edge, grid_result
from numerics.networks.training import Progress

DEGREES = (1, 2, 4, 6)
# A rate is read while the predicted decay falls through these (`numerics.predictions.rates.decay_window`) or
# until the last step: chosen from a pilot for the smallest spread over seeds.
WINDOW = (0.9, 0.5)
# Below these a grid aliases onto the degrees recorded, or a rate has no window to be read in.
SMALLEST = {
    "quick": {"samples": 32, "width": NARROWEST, "seeds": 2, "steps": 100},
    "full": {"samples": 64, "width": NARROWEST, "seeds": 16, "steps": 100},
    "paper": {"samples": 64, "width": NARROWEST, "seeds": 16, "steps": 100},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: points n on the circle. width: m. seeds: networks drawn, with the seeds seed,
    seed + 1, ... steps: T. step_size: c, so that degree k decays by 1 - c mu_k a step.
    amplitude: L2 norm of each component of the labels; small keeps the tangent kernel still. beyond_edge: whether steps
    beyond `learning_rate_edge` are meant.

    >>> EXPERIMENT.configure("quick", samples=4)
    Traceback (most recent call last):
    ValueError: cao-circle: samples = 4 is not allowed in profile 'quick': ...
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
    "quick": Config("quick", 64, 2048, 240, 110, 1.0, 0.005),
    "full": Config("full", 64, 8192, 240, 200, 1.0, 0.005),
    "paper": Config("paper", 128, 32768, 240, 200, 1.0, 0.005),
}


def problem(config: Config) -> Problem:
    """Grid, labels and directions."""
    mixture = Mixture(DEGREES, (1.0,) * len(DEGREES))
    pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    grid = equispaced_circle(config.samples)
    return mixture_problem(mixture, grid, pole, config.amplitude)


def learning_rate_edge(config: Config) -> float:
    """2/lambda_max of the limit kernel on the points."""
    return edge(equispaced_circle(config.samples))


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Train every seed; the variables are those of `two_layer.grid_result`.

    progress(done, total) counts steps of all seeds together.
    """
    return grid_result(problem(config), config, DEGREES, progress)


EXPERIMENT = Experiment("cao-circle", PROFILES, SMALLEST, measure, edge=learning_rate_edge)
