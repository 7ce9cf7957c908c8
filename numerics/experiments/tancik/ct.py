"""Tancik et al. 2020, section 6: an image from parallel projections of it (computed tomography).

The Shepp-Logan phantom of scikit-image, turned by a random angle, n x n pixels, seen from
``angles`` directions; all pixels are scored. The reference is the pseudo-inverse, A' (A A')^+ y.
"""

from dataclasses import dataclass

import torch
import xarray as xr

from numerics.data.images import phantom
from numerics.experiments import mappings
from numerics.experiments.experiment import Experiment
from numerics.networks.training import Progress
from numerics.predictions.linear_measurements import Task, projections, through

SMALLEST = {
    "quick": {"samples": 8, "width": 32, "features": 16, "seeds": 2, "steps": 20, "angles": 2},
    "full": {"samples": 16, "width": 128, "features": 64, "seeds": 8, "steps": 300, "angles": 4},
    "paper": {"samples": 64, "width": 256, "features": 256, "seeds": 4, "steps": 2000, "angles": 20},
}


@dataclass(frozen=True, slots=True)
class Config(mappings.Config):
    """As all mappings, with the number of directions.

    >>> EXPERIMENT.configure("quick", angles=1)
    Traceback (most recent call last):
    ValueError: ct: angles = 1 is not allowed in profile 'quick': a whole number >= 2 is wanted
    """

    angles: int = 8


SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
PROFILES = {
    "quick": Config("quick", 16, 128, 64, 24, 300, 1.0, SCALES, 4.0, angles=6),
    "full": Config("full", 16, 128, 64, 40, 300, 1.0, SCALES, 4.0, angles=6),
    "paper": Config("paper", 64, 256, 256, 16, 2000, 1.0, (*SCALES, 16.0), 16.0, angles=20),
}


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """As `mappings.measure`."""
    return mappings.measure(config, draw, progress)


def draw(config: Config, generator: torch.Generator) -> Task:
    """One turned phantom and its projections."""
    return through(projections(config.samples, config.angles), phantom(config.samples, generator))


EXPERIMENT = Experiment("ct", PROFILES, SMALLEST, measure, positive=mappings.POSITIVE, check=mappings.check)
