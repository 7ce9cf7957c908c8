"""Tancik et al. 2020, section 6, inverse rendering: a radiance field learned from pictures.

The scene is four soft coloured balls with a texture (`numerics.data.radiance_fields.SoftBalls`). A ReLU
network with ``HIDDEN`` hidden layers maps features of a point to density (softplus) and colour
(sigmoid); its rays are rendered with stratified samples and compared with the pictures by the mean
squared error; Adam on random rays. Pictures from viewpoints never trained on are compared by PSNR.

There is no prediction from a kernel: the picture depends on the density through
exp(-integral of the density), so the measurement is not linear in what the network puts out, and
y = K_test A'(A K A')^-1 ... has no A. What is compared is mapping with mapping, all else alike:
the same pictures, the same starting seed, the same rays in the same order. "shuffled" is a Gaussian
mapping, with the pictures dealt to the viewpoints at random.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.images import psnr
from numerics.data.points import DTYPE
from numerics.data.radiance_fields import Rays, SoftBalls, cameras, picture, render, viewpoints
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.training import Progress, check_finite
from numerics.predictions.fourier_features import mappings

SCENE = SoftBalls(
    balls=((0.35, 0.1, 0.05, 0.4), (-0.4, 0.3, -0.1, 0.32), (-0.1, -0.45, 0.15, 0.33), (0.1, 0.2, 0.5, 0.22)),
    colours=((0.9, 0.35, 0.2), (0.2, 0.55, 0.9), (0.3, 0.8, 0.35), (0.9, 0.8, 0.25)),
    density=40.0,
    edge=0.02,
    cycles=1.0,
)
HIDDEN = 3
OCTAVES, LARGEST = 4, 4.0  # of the positional mapping
DENSITY = 10.0
FINE = 128  # bins of the pictures themselves
SHUFFLED = "shuffled"
Mapping = Callable[[Tensor], Tensor]
SMALLEST = {
    "quick": {
        "pixels": 8,
        "views": 4,
        "held_out": 1,
        "samples": 8,
        "rays": 16,
        "width": 16,
        "features": 8,
        "seeds": 2,
        "steps": 10,
    },
    "full": {
        "pixels": 16,
        "views": 12,
        "held_out": 2,
        "samples": 16,
        "rays": 64,
        "width": 32,
        "features": 16,
        "seeds": 4,
        "steps": 100,
    },
    "paper": {
        "pixels": 64,
        "views": 50,
        "held_out": 4,
        "samples": 64,
        "rays": 512,
        "width": 128,
        "features": 64,
        "seeds": 4,
        "steps": 2000,
    },
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    pixels: along each side of a picture. views, held_out: pictures to train on and to test.
    samples: along a ray in training, twice as many in testing. rays: of one step. width: of every
    hidden layer. features: frequencies of a Gaussian mapping. seeds: viewpoints, frequencies and
    networks drawn, with the seeds seed, seed + 1, ... steps, step_size: of Adam. sigma: scales of
    the Gaussian mappings, rising, in cycles per side of the cube [-1, 1]^3; chosen: the one of them
    that is compared, set beforehand.

    >>> EXPERIMENT.configure("quick", sigma=(2.0,))
    Traceback (most recent call last):
    ValueError: rendering: rising sigma > 0, chosen among them, wanted, got (2.0,) and 1.0
    """

    profile: str
    pixels: int
    views: int
    held_out: int
    samples: int
    rays: int
    width: int
    features: int
    seeds: int
    steps: int
    step_size: float = 5e-3
    sigma: tuple[float, ...] = (0.5, 1.0, 4.0)
    chosen: float = 1.0
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", 20, 16, 2, 16, 128, 48, 32, 6, 200),
    "full": Config("full", 20, 16, 2, 16, 128, 48, 32, 14, 200),
    "paper": Config("paper", 128, 100, 8, 128, 1024, 256, 256, 6, 50_000, 5e-4),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    rising = list(config.sigma) == sorted(set(config.sigma)) and bool(config.sigma)
    if not rising or not config.sigma[0] > 0 or config.chosen not in config.sigma:
        given = f"{config.sigma} and {config.chosen}"
        wanted = "rising sigma > 0, chosen among them, wanted"
        raise ValueError(f"{wanted}, got {given}")


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Every seed with every mapping.

    psnr (seed, mapping, kind): dB, on held-out and on as many training pictures. view (seed,
    mapping, y, x, colour): the first held-out picture as mappings have it; truth (seed, y, x,
    colour).
    """
    found = []
    for seed in seeds_of(config):
        found.append(learned(config, seed))
        progress(len(found), config.seeds)
    truth, view, ratios = (torch.stack(part).numpy() for part in zip(*found))
    named = mappings(3, 1, config.sigma, torch.Generator(), OCTAVES, LARGEST)
    return xr.Dataset(
        {
            "psnr": (("seed", "mapping", "kind"), ratios),
            "view": (("seed", "mapping", "y", "x", "colour"), view),
            "truth": (("seed", "y", "x", "colour"), truth),
        },
        coords={
            "seed": np.asarray(seeds_of(config)),
            "kind": ["held out", "training"],
            "mapping": [*named, SHUFFLED],
            "colour": ["red", "green", "blue"],
        },
    )


def learned(config: Config, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """The first held-out picture (y, x, colour), as mappings have it, and PSNR (mapping, kind)."""
    generator = torch.Generator().manual_seed(seed)
    positions = viewpoints(config.views + config.held_out, generator)
    maps = mappings(3, config.features, config.sigma, generator, OCTAVES, LARGEST)
    parts = positions.split([config.views, config.held_out])
    known, new = (cameras(part, config.pixels) for part in parts)
    colours, wanted = picture(SCENE, known, FINE), picture(SCENE, new, FINE)
    tasks = [(mapping, colours) for mapping in maps.values()]
    # Viewpoints are in random order: each gets the picture of the next.
    tasks.append((maps[f"gaussian {config.chosen:g}"], colours.roll(config.pixels**2, dims=0)))
    some = torch.arange(len(wanted))  # as many training pictures as held-out ones
    views, ratios = [], []
    for mapping, given in tasks:
        field = trained(config, mapping, known, given, torch.Generator().manual_seed(seed))
        seen, again = (picture(field, rays, 2 * config.samples) for rays in (new, known.pick(some)))
        views.append(_first(seen, config.pixels))
        ratios.append([float(psnr(seen, wanted)), float(psnr(again, given[some]))])
    return _first(wanted, config.pixels), torch.stack(views), torch.tensor(ratios, dtype=DTYPE)


def _first(colours: Tensor, pixels: int) -> Tensor:
    return colours[: pixels**2].reshape(pixels, pixels, 3)


class RadianceField:
    """(density, colour) at points of [-1, 1]^3 by a ReLU network on features of mean square 1.

    He's initialisation, biases 0. Density ``DENSITY`` softplus(z - 2), colour sigmoid(z).
    """

    def __init__(self, mapping: Mapping, width: int, generator: torch.Generator) -> None:
        self.mapping = mapping
        fans = [mapping(torch.zeros(1, 3, dtype=DTYPE)).shape[1], *[width] * HIDDEN, 4]
        self.weights, self.biases = [], []
        for fan_in, fan_out in zip(fans, fans[1:]):
            drawn = torch.randn(fan_out, fan_in, dtype=DTYPE, generator=generator)
            self.weights.append((math.sqrt(2 / fan_in) * drawn).requires_grad_())
            self.biases.append(torch.zeros(fan_out, dtype=DTYPE, requires_grad=True))

    def __call__(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Density (...) and colour (..., 3) at points (..., 3)."""
        hidden = self.mapping((points.reshape(-1, 3) + 1) / 2)
        hidden = math.sqrt(hidden.shape[1]) * hidden
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases)):
            hidden = torch.nn.functional.linear(hidden, weight, bias)
            if layer < HIDDEN:
                hidden = hidden.relu()
        hidden = hidden.reshape(*points.shape[:-1], 4)
        density = DENSITY * torch.nn.functional.softplus(hidden[..., 0] - 2)
        return density, hidden[..., 1:].sigmoid()


def trained(config: Config, mapping: Mapping, rays: Rays, colours: Tensor, generator: torch.Generator) -> RadianceField:
    """A field after ``steps`` of Adam on random rays (n) with colours (n, 3)."""
    field = RadianceField(mapping, config.width, generator)
    optimiser = torch.optim.Adam([*field.weights, *field.biases], lr=config.step_size)
    for step in range(config.steps):
        places = torch.randint(len(colours), (config.rays,), generator=generator)
        seen = render(field, rays.pick(places), config.samples, generator)
        loss = (seen - colours[places]).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        check_finite(loss.detach(), step, config.step_size)
    return field


EXPERIMENT = Experiment("rendering", PROFILES, SMALLEST, measure, positive=("step_size",), check=check)
