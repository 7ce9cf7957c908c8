"""A two-layer network on S^1 learns a square wave: its loss falls as a power of time.

Labels amplitude * sign(cos 2 angle), whose squared coefficients fall as k^-2 over the degrees
k = 2, 6, 10, ...: all even, so that the network without bias can learn every one, with eigenvalues
that fall as k^-2 too. A loss that is a power of time needs many degrees, and a grid far finer than
the degrees learned by the last step.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr

from numerics.data.points import DTYPE, PointSet
from numerics.data.targets import Problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.experiments.two_layer import NARROWEST, edge
from numerics.networks.training import Progress, train
from numerics.networks.two_layer import initialise

SMALLEST = {
    "quick": {"samples": 64, "width": NARROWEST, "seeds": 2, "steps": 40},
    "full": {"samples": 128, "width": NARROWEST, "seeds": 16, "steps": 200},
    "paper": {"samples": 128, "width": NARROWEST, "seeds": 16, "steps": 200},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: points n. width: m. steps: T. step_size: c, so that degree k decays by 1 - c mu_k a
    step. amplitude: of the square wave; small keeps the tangent kernel still. beyond_edge: whether steps
    beyond `learning_rate_edge` are meant.

    >>> EXPERIMENT.configure("quick", samples=4)
    Traceback (most recent call last):
    ValueError: loss-power: samples = 4 is not allowed in profile 'quick': ...
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
    "quick": Config("quick", 192, 512, 40, 200, 2.0, 0.005),
    "full": Config("full", 192, 2048, 72, 200, 2.0, 0.005),
    "paper": Config("paper", 512, 8192, 40, 1000, 2.0, 0.005),
}


def problem(config: Config) -> Problem:
    """Equispaced points off the jumps by half a spacing, and the labels as the one direction."""
    angles = 2 * math.pi * (torch.arange(config.samples, dtype=DTYPE) + 0.5) / config.samples
    points = torch.stack([angles.cos(), angles.sin()], dim=1)
    wave = (2 * angles).cos().sign()
    weights = torch.full((config.samples,), 1 / config.samples, dtype=DTYPE)
    return Problem(PointSet(points, weights), config.amplitude * wave, wave[:, None])


def learning_rate_edge(config: Config) -> float:
    """2/lambda_max of the limit kernel on the points."""
    return edge(problem(config).sample)


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """loss (seed, step) over the amplitude squared: 1/2 at step 0. progress counts networks."""
    task, losses = problem(config), []
    for seed in seeds_of(config):
        generator = torch.Generator().manual_seed(seed)
        network = initialise(1, config.width, generator, antisymmetric=False)
        trained = train(network, task, config.step_size, config.steps, centred=True)
        losses.append(trained.loss / config.amplitude**2)
        progress(len(losses), config.seeds)
    return xr.Dataset(
        {"loss": (("seed", "step"), torch.stack(losses).numpy())},
        coords={"seed": np.asarray(seeds_of(config)), "step": np.arange(config.steps + 1)},
    )


EXPERIMENT = Experiment("loss-power", PROFILES, SMALLEST, measure, edge=learning_rate_edge)
