"""Tancik et al. 2020, section 6: the occupancy of a solid in three dimensions, from samples of it.

Half of the n training points are uniform in the unit cube, half lie near the surface; labels are
+A inside and -A outside, so the solid that is learned is where the output is positive. With the
squared loss this is their setting with labels 1, 0 and threshold 1/2, moved and scaled: the kernel
then predicts the network, in discrete time, as

    f_t(test) = K_test K^-1 (I - (I - c K/n)^t) y,

which the cross-entropy of the paper has no such form for. The mappings are those of
`numerics.predictions.fourier_features.mappings`; each of them trains at its own c = ``step_size`` over the largest
eigenvalue of K/n. Intersection over union (IoU) is measured on points never trained on, uniform
and near the surface, of networks and of what three predictors say:

    own kernel     K is the network's tangent kernel at the start
    limit kernel   K is that of infinite width
    shuffled       own kernel, with the labels dealt to the training points at random
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import DTYPE, PointSet
from numerics.data.solids import StuddedBall, iou
from numerics.data.targets import Problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.deep import Architecture, empirical_kernel, evaluate, initialise, train
from numerics.networks.training import Progress
from numerics.predictions.fourier_features import composed_kernel, mappings
from numerics.predictions.residuals import kernel_values

SHAPE = StuddedBall(radius=0.33, height=0.3, rings=2, petals=3)
PREDICTORS = ("network", "own kernel", "limit kernel", "shuffled")
PLACES = ("training", "uniform", "surface")
DEPTH = 3
OCTAVES, LARGEST = 4, 4.0  # of the positional mapping
SLICE = 32  # cells along each side of the slice through the centre
SMALLEST = {
    "quick": {"samples": 64, "held_out": 64, "width": 32, "features": 8, "seeds": 2, "steps": 20},
    "full": {"samples": 256, "held_out": 256, "width": 64, "features": 32, "seeds": 6, "steps": 100},
    "paper": {"samples": 2048, "held_out": 2048, "width": 256, "features": 256, "seeds": 6, "steps": 200},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: training points n, even. held_out: test points, of each kind. width: of both hidden
    layers. features: frequencies of a Gaussian mapping. seeds: samples, frequencies and networks
    drawn, with the seeds seed, seed + 1, ... steps: T. step_size: c times the largest eigenvalue,
    below 2. amplitude: A. spread: standard deviation of the distance to the surface, per axis.
    sigma: scales of the Gaussian mappings, rising, in cycles per side of the cube.

    >>> EXPERIMENT.configure("quick", samples=65, sigma=(1.,))
    Traceback (most recent call last):
    ValueError: fourier-shape: samples even, step_size < 2, rising sigma > 0 wanted, got 65, 1.0, (1.0,)
    """

    profile: str
    samples: int
    held_out: int
    width: int
    features: int
    seeds: int
    steps: int
    step_size: float = 1.0
    amplitude: float = 0.1
    spread: float = 0.05
    sigma: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0)
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", 512, 1024, 96, 64, 12, 200),
    "full": Config("full", 512, 1024, 96, 64, 26, 200),
    "paper": Config("paper", 2048, 8192, 1024, 256, 12, 1000),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    rising = list(config.sigma) == sorted(set(config.sigma)) and bool(config.sigma)
    if config.samples % 2 or not config.step_size < 2 or not rising or not config.sigma[0] > 0:
        given = f"{config.samples}, {config.step_size}, {config.sigma}"
        wanted = "samples even, step_size < 2, rising sigma > 0 wanted"
        raise ValueError(f"{wanted}, got {given}")


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Every seed with every mapping.

    iou (seed, place, predictor, mapping): 1 is the solid itself; "training" is over the training
    points. slice (seed, source, mapping, z, x): +1 inside, -1 outside in the plane y = 1/2, for the
    sources network and own kernel; truth (z, x).
    """
    overlaps: list[Tensor] = []
    slices: list[Tensor] = []
    for seed in seeds_of(config):
        generator = torch.Generator().manual_seed(seed)
        points = sample(config, generator)
        deal = torch.randperm(config.samples, generator=generator)
        maps = mappings(3, config.features, config.sigma, generator, OCTAVES, LARGEST)
        rows = []
        for mapping in maps.values():
            rows.append(learned(config, mapping, points, deal, generator))
            progress(len(overlaps) * len(maps) + len(rows), config.seeds * len(maps))
        overlaps.append(torch.stack([row[0] for row in rows], dim=-1))
        slices.append(torch.stack([row[1] for row in rows], dim=1))
    cells = (np.arange(SLICE) + 0.5) / SLICE
    truth = SHAPE.contains(plane()).reshape(SLICE, SLICE)
    return xr.Dataset(
        {
            "iou": (("seed", "place", "predictor", "mapping"), torch.stack(overlaps).numpy()),
            "slice": (("seed", "source", "mapping", "z", "x"), torch.stack(slices).numpy()),
            "truth": (("z", "x"), _signs(truth).numpy()),
        },
        coords={
            "seed": np.asarray(seeds_of(config)),
            "place": list(PLACES),
            "predictor": list(PREDICTORS),
            "mapping": list(maps),
            "source": ["network", "own kernel"],
            "x": cells,
            "z": cells,
        },
    )


def sample(config: Config, generator: torch.Generator) -> dict[str, Tensor]:
    """Points by what they are for: training (n, 3), uniform and surface (held_out, 3), slice."""
    half = config.samples // 2
    uniform = torch.rand(half + config.held_out, 3, dtype=DTYPE, generator=generator)
    close = SHAPE.near(half + config.held_out, config.spread, generator)
    training = torch.cat([uniform[:half], close[:half]])
    return dict(zip((*PLACES, "slice"), (training, uniform[half:], close[half:], plane())))


def plane() -> Tensor:
    """Cell centres of the plane y = 1/2, rows of equal z: (SLICE^2, 3)."""
    cells = (torch.arange(SLICE, dtype=DTYPE) + 0.5) / SLICE
    z, x = torch.meshgrid(cells, cells, indexing="ij")
    return torch.stack([x, torch.full_like(x, 0.5), z], dim=-1).reshape(-1, 3)


def learned(
    config: Config,
    mapping: Callable[[Tensor], Tensor],
    points: dict[str, Tensor],
    deal: Tensor,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """IoU (place, predictor), and the slice as network and own kernel have it: (2, z, x).

    deal: the training point whose label each training point has when they are shuffled, (n,).
    """
    inside = {place: SHAPE.contains(points[place]) for place in PLACES}
    labels = config.amplitude * _signs(inside["training"]).to(DTYPE)  # (n,)
    inputs, others = mapping(points["training"]), mapping(torch.cat(list(points.values())))
    judged = len(others) - SLICE**2
    limit = composed_kernel(others[:judged], inputs, DEPTH)
    rate = config.step_size / float(torch.linalg.eigvalsh(limit[: config.samples])[-1])
    shape = Architecture(inputs.shape[1] - 1, (config.width,) * (DEPTH - 1))
    start = initialise(shape, generator)
    own = empirical_kernel(start, others, inputs)
    weights = torch.full_like(labels, 1 / config.samples)
    problem = Problem(PointSet(inputs, weights), labels, labels[:, None])
    end = train(start, problem, rate * config.samples, config.steps, record=[0]).network
    both = torch.stack([labels, labels[deal]], dim=1)
    by_own, by_limit = (
        kernel_values(kernel[: config.samples], kernel, both, rate, config.steps)[1].T > 0 for kernel in (own, limit)
    )
    trained = evaluate(end, others) - evaluate(start, others) > 0
    found = torch.stack([part[:judged] for part in (trained, by_own[0], by_limit[0], by_own[1])])
    parts = zip(PLACES, found.split([len(points[place]) for place in PLACES], dim=1))
    overlaps = [[iou(solid, inside[place]) for solid in solids] for place, solids in parts]
    slices = _signs(torch.stack([trained, by_own[0]])[:, judged:]).reshape(2, SLICE, SLICE)
    return torch.tensor(overlaps, dtype=DTYPE), slices


def _signs(inside: Tensor) -> Tensor:
    return (2 * inside.to(torch.int8)) - 1


EXPERIMENT = Experiment(
    "fourier-shape", PROFILES, SMALLEST, measure, positive=("step_size", "amplitude", "spread"), check=check
)
