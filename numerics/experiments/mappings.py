"""What the two-dimensional experiments of Tancik et al. 2020 share: mappings, training, predictions.

A seed draws an image (or an angle of the phantom), Gaussian frequencies and a network for every
mapping: none, basic, positional, and Gaussian with every scale of ``sigma``. Each deep ReLU network
on the features is trained through the measurements by full-batch gradient descent in float32 (its
rounding moves a reconstruction by less than .001 dB), with c = ``step_size`` over the largest
eigenvalue of the limit kernel A K A'/m. Predictions (`numerics.predictions.linear_measurements`) are in float64.

The papers train with Adam; of gradient descent the kernel says something. Predictors:

    network        f_T - f_0
    own kernel     the network's tangent kernel at the start, T steps
    limit kernel   that of infinite width, T steps
    limit, t = oo  the same after ENDLESS steps
    turned         own kernel, rows and columns of the pixels exchanged in the measurements alone:
                   a wrong theory, for comparison
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.images import psnr
from numerics.experiments.config import seeds_of
from numerics.networks.deep import Architecture, empirical_kernel, evaluate, initialise
from numerics.networks.training import Progress
from numerics.predictions import fourier_features as fourier
from numerics.predictions.fourier_features import composed_kernel
from numerics.predictions.linear_measurements import Task, measured, predicted, train_through

PREDICTORS = ("network", "own kernel", "limit kernel", "limit, t = oo", "turned")
DEPTH = 3
OCTAVES = 6  # of the positional mapping
ENDLESS = 10**9
TRAINED = torch.float32
POSITIVE = ("step_size", "positional")

Mapping = Callable[[Tensor], Tensor]
Draw = Callable[[Any, torch.Generator], Task]


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run.

    samples: side of the grid. width: of both hidden layers. features: number of Gaussian
    frequencies. seeds: images and networks, with the seeds seed, seed + 1, ... steps: T. step_size:
    c times the largest eigenvalue, below 2. sigma: scales of the Gaussian frequencies in cycles per
    side of the square, rising. positional: largest frequency of the positional mapping.
    """

    profile: str
    samples: int
    width: int
    features: int
    seeds: int
    steps: int
    step_size: float
    sigma: tuple[float, ...]
    positional: float
    seed: int = 0
    device: str = "cpu"


def check(config: Config) -> None:
    """Raise ValueError, in one line, for scales that are not allowed."""
    rising = list(config.sigma) == sorted(set(config.sigma)) and all(s > 0 for s in config.sigma)
    if not config.sigma or not rising or not config.step_size < 2:
        given = f"{config.sigma} and {config.step_size}"
        raise ValueError(f"rising sigma > 0 and step_size < 2 wanted, got {given}")


def mappings(config: Config, generator: torch.Generator) -> dict[str, Mapping]:
    """Every mapping by its name; one draw of standard normal frequencies serves all scales."""
    largest = config.positional
    return fourier.mappings(2, config.features, config.sigma, generator, OCTAVES, largest)


def measure(config: Config, draw: Draw, progress: Progress) -> xr.Dataset:
    """Every seed with every mapping.

    psnr (seed, predictor, mapping): of the scored pixels, dB. reference (seed): of the
    reconstruction without a network. picture (seed, shown, row, column): the truth, the reference
    and every network's reconstruction, values as they are.
    """
    scores: list[list[list[Tensor]]] = []  # a seed, a predictor, a mapping
    pictures, references = [], []
    for seed in seeds_of(config):
        generator = torch.Generator().manual_seed(seed)
        task = draw(config, generator)
        features = mappings(config, generator)
        found = []
        for mapping in features.values():
            found.append(reconstructions(config, task, mapping, generator))
            progress(len(scores) * len(features) + len(found), config.seeds * len(features))
        stacked = torch.stack(found, dim=1)  # (predictors, mappings, pixels)
        wanted = task.truth[task.scored]
        scores.append([[psnr(f[task.scored], wanted) for f in row] for row in stacked])
        references.append(psnr(task.reference[task.scored], wanted))
        shown = torch.cat([task.truth[None], task.reference[None], stacked[0]])
        pictures.append(shown.reshape(len(shown), round(shown.shape[1] ** 0.5), -1))
    names = list(features)
    return xr.Dataset(
        {
            "psnr": (("seed", "predictor", "mapping"), np.array(scores)),
            "reference": ("seed", np.array(references)),
            "picture": (("seed", "shown", "row", "column"), torch.stack(pictures).float().numpy()),
        },
        coords={
            "seed": np.asarray(seeds_of(config)),
            "predictor": list(PREDICTORS),
            "mapping": names,
            "shown": ["truth", "reference", *names],
        },
    )


def reconstructions(config: Config, task: Task, mapping: Mapping, generator: torch.Generator) -> Tensor:
    """Every pixel as each of PREDICTORS has it: (5, N)."""
    seen, every = mapping(task.seen), mapping(task.every)
    turned = mapping(task.seen.flip(1))
    limit = measured(composed_kernel(seen, depth=DEPTH), composed_kernel(every, seen, DEPTH), task.operator)
    rate = config.step_size * len(task.labels) / float(torch.linalg.eigvalsh(limit[0])[-1])
    shape = Architecture(seen.shape[1] - 1, (config.width,) * (DEPTH - 1))
    start = initialise(shape, generator)
    own, wrong = (
        measured(empirical_kernel(start, points), empirical_kernel(start, every, points), task.operator)
        for points in (seen, turned)
    )
    cases = ((own, config.steps), (limit, config.steps), (limit, ENDLESS), (wrong, config.steps))
    found = [predicted(pair, task, rate, steps) for pair, steps in cases]
    start = start.to(TRAINED)
    operator = None if task.operator is None else task.operator.to(TRAINED)
    labels, inputs = task.labels.to(TRAINED), every.to(TRAINED)
    end = train_through(start, seen.to(TRAINED), operator, labels, rate, config.steps)
    moved = evaluate(end, inputs) - evaluate(start, inputs)
    return torch.stack([task.offset + moved.to(task.truth.dtype), *found])
