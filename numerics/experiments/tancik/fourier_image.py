"""Tancik et al. 2020, section 6: regression of an image from every other pixel.

The image has 2n x 2n pixels; the n x n at even places train, without their mean, and the others
are held out. Images are random squares of photographs that ship with scikit-image.
"""

from dataclasses import dataclass

import torch
import xarray as xr

from numerics.data.images import RANDOM, between_pixels, check_name, patch, pixel_points
from numerics.experiments import mappings
from numerics.experiments.experiment import Experiment
from numerics.networks.training import Progress
from numerics.predictions.linear_measurements import Task

SMALLEST = {
    "quick": {"samples": 8, "width": 32, "features": 16, "seeds": 2, "steps": 20},
    "full": {"samples": 16, "width": 128, "features": 64, "seeds": 8, "steps": 300},
    "paper": {"samples": 64, "width": 256, "features": 256, "seeds": 4, "steps": 2000},
}


@dataclass(frozen=True, slots=True)
class Config(mappings.Config):
    """As all mappings, with the image: one of `numerics.data.images.NATURAL`, or random.

    >>> EXPERIMENT.configure("quick", sigma=(4.0, 2.0))
    Traceback (most recent call last):
    ValueError: fourier-image: rising sigma > 0 and step_size < 2 wanted, got (4.0, 2.0) and 1.0
    """

    image: str = RANDOM

    def __post_init__(self) -> None:
        check_name(self.image)


SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
PROFILES = {
    "quick": Config("quick", 16, 128, 64, 24, 300, 1.0, SCALES, 4.0),
    "full": Config("full", 16, 128, 64, 72, 300, 1.0, SCALES, 4.0),
    "paper": Config("paper", 64, 256, 256, 16, 2000, 1.0, (1.0, 2.0, 4.0, 8.0, 16.0, 32.0), 16.0),
}


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """As `mappings.measure`; the reference is bilinear interpolation."""
    return mappings.measure(config, draw, progress)


def draw(config: Config, generator: torch.Generator) -> Task:
    """One image: its pixels at even places, and the others to be scored."""
    side = 2 * config.samples
    truth = patch(config.image, side, generator)
    even = torch.zeros(side, side, dtype=torch.bool)
    even[::2, ::2] = True
    seen = even.flatten()
    offset, every = float(truth[seen].mean()), pixel_points(side)
    coarse = truth[seen].reshape(config.samples, config.samples)
    return Task(
        seen=every[seen],
        operator=None,
        labels=truth[seen] - offset,
        every=every,
        truth=truth,
        scored=~seen,
        reference=between_pixels(coarse).flatten(),
        offset=offset,
    )


EXPERIMENT = Experiment("fourier-image", PROFILES, SMALLEST, measure, positive=mappings.POSITIVE, check=mappings.check)
