"""A two-layer network on S^d, d >= 2: how fast each degree is learned.

d = 2, 3: a product grid of Gauss heights and equispaced azimuths in a weighted loss, so that there
is no sampling noise; with 12 rings on S^2 aliasing makes mu_4 2.2 % more (4.0 % at 10, 0.9 % at 16).
Larger d: such a grid has 2 rings^d points. There the heights about the pole of the labels are Gauss
nodes still and the azimuths random, the same for every seed, with all opposites: the labels'
degrees are orthogonal and odd and even ones never mix, but the eigenvalues have a finite-sample
floor. On S^9 at 600 points it is small beside mu_1 and mu_2 and several times mu_4 = 5.6e-5.
Either way the sample's kernel follows from the population's spectrum alone
(`numerics.predictions.residuals.sampled_kernel`).

The labels are ``amplitude`` times the sum over the degrees 1, 2, 4 of ``amplitudes`` times the zonal
harmonic about the last axis, of norm 1; f - f_0 is fitted, so that the residual starts at the
labels. On S^9 the amplitudes grow about as mu_k^(-1/2): a kernel of finite width then leaks
from one degree into another about as much as it errs in each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import xarray as xr

from numerics.data.points import PointSet, product_grid, ring_sample
from numerics.data.targets import Mixture, Problem, mixture_problem
from numerics.experiments.experiment import Experiment, Sizes
from numerics.experiments.two_layer import NARROWEST, edge, grid_result
from numerics.networks.training import Progress

DEGREES = (1, 2, 4)
# A rate is read while the predicted decay falls through these (`numerics.predictions.rates.decay_window`) or
# until the last step: chosen from a pilot for the smallest spread over seeds.
WINDOW = (1.0, 0.5)
LARGEST_GRID_DIM = 3
SAMPLE_SEED = 9_191  # of the random azimuths: one sample for all seeds, as a grid is
# Below these a grid aliases onto the degrees recorded, or a rate has no window to be read in.
SMALLEST = {
    "quick": {"dim": 2, "rings": 6, "azimuths": 50, "width": NARROWEST, "seeds": 2, "steps": 60},
    "full": {"dim": 2, "rings": 6, "azimuths": 100, "width": NARROWEST, "seeds": 16, "steps": 60},
    "paper": {"dim": 2, "rings": 8, "azimuths": 100, "width": NARROWEST, "seeds": 16, "steps": 60},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    dim: d. rings: Gauss heights, in every direction where d <= 3, with 2 * rings azimuths.
    azimuths: random ones of each height where d > 3; there the rings must be even. width: m.
    seeds: networks drawn, with the seeds seed, seed + 1, ... steps: T. step_size: c, so that degree
    k decays by 1 - c mu_k a step. amplitude: factor of the labels; small keeps the tangent kernel
    still. amplitudes: L2 norms of the three components over it. beyond_edge: whether steps
    beyond `learning_rate_edge` are meant.

    >>> EXPERIMENT.configure("quick", dim=3).rings
    6
    >>> EXPERIMENT.configure("quick", rings=4)
    Traceback (most recent call last):
    ValueError: cao-sphere: rings = 4 is not allowed in profile 'quick': ...
    """

    profile: str
    dim: int
    rings: int
    azimuths: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    amplitudes: tuple[float, ...] = (1.0, 1.0, 1.0)
    seed: int = 0
    device: str = "cpu"
    beyond_edge: bool = False


PROFILES = {
    "quick": Config("quick", 2, 12, 160, 2048, 128, 60, 1.5, 0.005),
    "full": Config("full", 2, 12, 160, 8192, 128, 120, 1.5, 0.005),
    "paper": Config("paper", 2, 16, 640, 32768, 128, 120, 1.5, 0.005),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    if len(config.amplitudes) != len(DEGREES) or not min(config.amplitudes) > 0:
        wanted = f"{len(DEGREES)} positive amplitudes wanted"
        raise ValueError(f"{wanted}, got {config.amplitudes}")
    if config.dim > LARGEST_GRID_DIM and config.rings % 2:
        raise ValueError(f"rings = {config.rings} is not allowed on S^{config.dim}: even wanted")


# What another dimension changes unless it is given: a grid has about rings^d points.
HIGH: dict[str, object] = {
    "rings": 6,
    "azimuths": 100,
    "step_size": 2.0,
    "steps": 80,
    "seeds": 104,
    "amplitude": 0.001,
    "amplitudes": (1.0, 3.0, 7.0),
}
OTHER_DIMS: dict[str, dict[int, dict[str, object]]] = {
    "quick": {3: {"rings": 6}, 9: HIGH},
    "full": {3: {"rings": 6, "width": 4096, "steps": 60}, 9: HIGH | {"width": 4096}},
    "paper": {3: {"rings": 8}, 9: HIGH | {"azimuths": 500}},
}


def implied(profile: str, changes: Sizes) -> Sizes:
    """What another dimension changes unless it is given."""
    known: Mapping[Any, Sizes] = OTHER_DIMS.get(profile, {})
    dim = changes.get("dim", 2)
    like = 9 if isinstance(dim, int) and dim > LARGEST_GRID_DIM else dim
    return known.get(like, {})


def sample(config: Config) -> PointSet:
    """The points that every seed trains on."""
    if config.dim <= LARGEST_GRID_DIM:
        return product_grid(config.dim, config.rings)
    generator = torch.Generator().manual_seed(SAMPLE_SEED)
    return ring_sample(config.dim, config.rings, config.azimuths, generator)


def problem(config: Config) -> Problem:
    """Points, labels and directions."""
    pole = torch.zeros(config.dim + 1, dtype=torch.float64)
    pole[-1] = 1.0
    mixture = Mixture(DEGREES, config.amplitudes)
    return mixture_problem(mixture, sample(config), pole, config.amplitude)


def learning_rate_edge(config: Config) -> float:
    """2/lambda_max of the limit kernel on the points."""
    return edge(sample(config))


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Train every seed; the variables are those of `two_layer.grid_result`.

    progress(done, total) counts steps of all seeds together.
    """
    return grid_result(problem(config), config, DEGREES, progress)


EXPERIMENT = Experiment(
    "cao-sphere", PROFILES, SMALLEST, measure, check=check, implied=implied, edge=learning_rate_edge
)
