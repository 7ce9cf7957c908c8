"""A two-layer network on a product grid of S^2: how fast each degree is learned.

Gauss-Legendre heights times equispaced azimuths, in a weighted loss: no sampling noise.
The labels are ``amplitude`` times the sum of the zonal harmonics of degrees (1, 2, 4) about
the pole (0, 0, 1), each of norm 1; f - f_0 is fitted, so that the residual starts at the labels.
With 2 * rings azimuths, mu_4 is 4.0 %, 2.2 %, 0.9 % more at 10, 12, 16 rings
(`numerics.prediction.sampled_eigenvalues` derives it from the population).
"""

import time
from dataclasses import dataclass

import torch
import xarray as xr

from numerics.experiments.config import check_sizes, configured, one_thread
from numerics.experiments.storage import provenance
from numerics.experiments.two_layer import grid_result
from numerics.points import product_grid_sphere
from numerics.targets import Mixture, Problem, mixture_problem
from numerics.training import Progress

NAME = "cao-sphere"
DEGREES = (1, 2, 4)
# A rate is read while the predicted decay falls through these (`numerics.rates.decay_window`) or
# until the last step: chosen from a pilot for the smallest spread over seeds.
WINDOW = (1.0, 0.5)
# Below these a grid aliases onto the degrees recorded, or a rate has no window to be read in.
SMALLEST = {
    "quick": {"rings": 8, "width": 512, "seeds": 2, "steps": 60},
    "full": {"rings": 12, "width": 2048, "seeds": 16, "steps": 60},
    "paper": {"rings": 12, "width": 4096, "seeds": 16, "steps": 60},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``configure`` gives those of a profile.

    rings: Gauss-Legendre heights, each with 2 * rings azimuths. width: m. seeds: networks drawn,
    with the seeds seed, seed + 1, ... steps: T. step_size: c, so that degree k decays by
    1 - c mu_k a step. amplitude: L2 norm of each component of the labels; small keeps the
    tangent kernel still.
    """

    profile: str
    rings: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    seed: int = 0

    def __post_init__(self) -> None:
        check_sizes(NAME, self, SMALLEST)


PROFILES = {
    "quick": Config("quick", 12, 2048, 128, 60, 1.5, 0.005),
    "full": Config("full", 12, 8192, 128, 120, 1.5, 0.005),
    "paper": Config("paper", 16, 32768, 128, 120, 1.5, 0.005),
}


def configure(profile: str = "quick", **changes: object) -> Config:
    """The config of a profile with some fields changed; ValueError names what is allowed.

    >>> configure("quick", rings=4)
    Traceback (most recent call last):
    ValueError: cao-sphere: rings = 4 is not allowed in profile 'quick': ...
    """
    return configured(NAME, PROFILES, profile, changes)


def problem(config: Config) -> Problem:
    """Grid, labels and directions."""
    mixture = Mixture(DEGREES, (1.0,) * len(DEGREES))
    pole = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    grid = product_grid_sphere(config.rings, 2 * config.rings)
    return mixture_problem(mixture, grid, pole, config.amplitude)


def run(config: Config, progress: Progress | None = None) -> xr.Dataset:
    """Train every seed; the variables are those of `two_layer.grid_result`.

    progress(done, total) counts steps of all seeds together.
    """
    started = time.perf_counter()
    with one_thread():
        result = grid_result(problem(config), config, DEGREES, progress)
        result.attrs = provenance(NAME, config, time.perf_counter() - started)
    return result
