"""Tancik et al. 2020, section 6: an image from samples of its Fourier transform (magnetic resonance).

The Shepp-Logan phantom of scikit-image, turned by a random angle, n x n pixels; the unitary DFT at
``frequencies`` random places (up to sign, 0 among them) of Gaussian density with standard deviation
n/SPREAD. The reference is the inverse DFT of the samples, zero elsewhere: their pseudo-inverse.
"""

from dataclasses import dataclass

import torch
import xarray as xr

from numerics.data.images import phantom
from numerics.experiments.config import configured
from numerics.experiments.tancik import mappings
from numerics.networks.training import Progress
from numerics.predictions.linear_measurements import Task, drawn_frequencies, fourier_rows, half_plane, through

NAME = "mri"
SPREAD = 4.0
SMALLEST = {
    "quick": {"samples": 8, "width": 32, "features": 16, "seeds": 2, "steps": 20, "frequencies": 4},
    "full": {"samples": 16, "width": 128, "features": 64, "seeds": 8, "steps": 300, "frequencies": 20},
    "paper": {"samples": 64, "width": 256, "features": 256, "seeds": 4, "steps": 2000, "frequencies": 300},
}


@dataclass(frozen=True, slots=True)
class Config(mappings.Config):
    """As all mappings, with the number of frequencies sampled."""

    frequencies: int = 40

    def __post_init__(self) -> None:
        mappings.check(NAME, self, SMALLEST)
        most = len(half_plane(self.samples))
        if self.frequencies > most:
            given = f"frequencies = {self.frequencies} is more than the {most} of side {self.samples}"
            raise ValueError(f"{NAME}: {given}")


SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
PROFILES = {
    "quick": Config("quick", 16, 128, 64, 24, 300, 1.0, SCALES, 4.0, frequencies=40),
    "full": Config("full", 16, 128, 64, 40, 300, 1.0, SCALES, 4.0, frequencies=40),
    "paper": Config("paper", 64, 256, 256, 16, 2000, 1.0, (*SCALES, 16.0), 16.0, frequencies=600),
}


def configure(profile: str = "quick", **changes: object) -> Config:
    """The config of a profile with some fields changed; ValueError names what is allowed.

    >>> configure("quick", frequencies=1)
    Traceback (most recent call last):
    ValueError: mri: frequencies = 1 is not allowed in profile 'quick': a whole number >= 4 is wanted
    """
    return configured(NAME, PROFILES, profile, changes)


def run(config: Config, progress: Progress | None = None) -> xr.Dataset:
    """As `mappings.run`."""
    return mappings.run(NAME, config, draw, progress)


def draw(config: Config, generator: torch.Generator) -> Task:
    """One turned phantom and its Fourier samples."""
    image = phantom(config.samples, generator)
    spread = config.samples / SPREAD
    frequencies = drawn_frequencies(config.samples, config.frequencies, spread, generator)
    return through(fourier_rows(config.samples, frequencies), image)
