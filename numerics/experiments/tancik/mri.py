"""Tancik et al. 2020, section 6: an image from samples of its Fourier transform (magnetic resonance).

The Shepp-Logan phantom of scikit-image, turned by a random angle, n x n pixels; the unitary DFT at
``frequencies`` random places (up to sign, 0 among them) of Gaussian density with standard deviation
n/SPREAD. The reference is the inverse DFT of the samples, zero elsewhere: their pseudo-inverse.
"""

from dataclasses import dataclass

import torch
import xarray as xr

from numerics.data.images import phantom
from numerics.experiments import mappings
from numerics.experiments.experiment import Experiment
from numerics.networks.training import Progress
from numerics.predictions.linear_measurements import Task, drawn_frequencies, fourier_rows, half_plane, through

SPREAD = 4.0
SMALLEST = {
    "quick": {"samples": 8, "width": 32, "features": 16, "seeds": 2, "steps": 20, "frequencies": 4},
    "full": {"samples": 16, "width": 128, "features": 64, "seeds": 8, "steps": 300, "frequencies": 20},
    "paper": {"samples": 64, "width": 256, "features": 256, "seeds": 4, "steps": 2000, "frequencies": 300},
}


@dataclass(frozen=True, slots=True)
class Config(mappings.Config):
    """As all mappings, with the number of frequencies sampled.

    >>> EXPERIMENT.configure("quick", frequencies=1)
    Traceback (most recent call last):
    ValueError: mri: frequencies = 1 is not allowed in profile 'quick': a whole number >= 4 is wanted
    """

    frequencies: int = 40


SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
PROFILES = {
    "quick": Config("quick", 16, 128, 64, 24, 300, 1.0, SCALES, 4.0, frequencies=40),
    "full": Config("full", 16, 128, 64, 84, 300, 1.0, SCALES, 4.0, frequencies=40),
    "paper": Config("paper", 64, 256, 256, 16, 2000, 1.0, (*SCALES, 16.0), 16.0, frequencies=600),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    mappings.check(config)
    most = len(half_plane(config.samples))
    if config.frequencies > most:
        raise ValueError(f"frequencies = {config.frequencies} is more than the {most} of side {config.samples}")


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """As `mappings.measure`."""
    return mappings.measure(config, draw, progress)


def draw(config: Config, generator: torch.Generator) -> Task:
    """One turned phantom and its Fourier samples."""
    image = phantom(config.samples, generator)
    spread = config.samples / SPREAD
    frequencies = drawn_frequencies(config.samples, config.frequencies, spread, generator)
    return through(fourier_rows(config.samples, frequencies), image)


EXPERIMENT = Experiment("mri", PROFILES, SMALLEST, measure, positive=mappings.POSITIVE, check=check)
