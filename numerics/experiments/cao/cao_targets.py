"""Targets of any kind on random points of S^2: does a network follow its own kernel there too?

Four targets, each of root mean square ``amplitude`` on the sample:

    cosines      sum_i cos(a_i <v_i, x>), a = 1, 2, 3           smooth, of all even degrees (Cao et al.)
    polynomial   sum_i <v_i, x>^p, p = 2, 4, 6                  even polynomial (Cao et al.)
    step         sign <v_1, x>                                  not in the RKHS
    noise        independent normal labels                      no function at all

The residual is recorded in bands of eigenvectors of the limit kernel on the sample, in falling order:
1, 3, 5, 9 of them (on S^2 mostly degrees 0, 1, 2, 4) and the rest.

    network, own_kernel   norm of the residual in each band over the amplitude (seed, target, step, band)
    gram_factor           mean of 1 - c lambda in each band (seed, band)
"""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import PointSet, uniform_sphere
from numerics.data.targets import Problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.experiments.two_layer import NARROWEST, edge
from numerics.networks.training import Progress, train
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import empirical_kernel, gram
from numerics.predictions.residuals import kernel_projections

DIM = 2
TARGETS = ("cosines", "polynomial", "step", "noise")
BANDS = (1, 3, 5, 9)
FREQUENCIES, POWERS = (1.0, 2.0, 3.0), (2, 4, 6)
SMALLEST = {
    "quick": {"samples": 40, "width": NARROWEST, "seeds": 2, "steps": 50},
    "full": {"samples": 100, "width": NARROWEST, "seeds": 16, "steps": 200},
    "paper": {"samples": 500, "width": NARROWEST, "seeds": 16, "steps": 1000},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: n. width: m. seeds: samples and networks, with the seeds seed, seed + 1, ... steps: T.
    step_size: c. amplitude: root mean square of the labels. beyond_edge: whether steps
    beyond `learning_rate_edge` are meant.

    >>> EXPERIMENT.configure("quick", samples=10)
    Traceback (most recent call last):
    ValueError: cao-targets: samples = 10 is not allowed in profile 'quick': ...
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
    "quick": Config("quick", 100, 512, 40, 150, 1.5, 0.01),
    "full": Config("full", 150, 1024, 40, 200, 1.5, 0.01),
    "paper": Config("paper", 1000, 4096, 40, 2000, 1.5, 0.01),
}


def labels(target: str, points: Tensor, generator: torch.Generator) -> Tensor:
    """One target at ``points`` (n, d+1), of mean square 1, with random directions: (n,).

    >>> x = uniform_sphere(2, 7, torch.Generator().manual_seed(0)).points
    >>> round(labels("step", x, torch.Generator().manual_seed(0)).square().mean().item(), 12)
    1.0
    """
    if target not in TARGETS:
        raise ValueError(f"target {target!r} is not one of {', '.join(TARGETS)}")
    cosines = points @ uniform_sphere(DIM, len(FREQUENCIES), generator).points.T  # (n, 3)
    if target == "cosines":
        values = (cosines * cosines.new_tensor(FREQUENCIES)).cos().sum(1)
    elif target == "polynomial":
        values = sum((cosines[:, i] ** p for i, p in enumerate(POWERS)), start=cosines.new_zeros(len(points)))
    elif target == "step":
        values = cosines[:, 0].sign()
    else:
        values = torch.randn(len(points), dtype=points.dtype, generator=generator)
    return values / values.square().mean().sqrt()


def learning_rate_edge(config: Config) -> float:
    """2/lambda_max of the limit kernel on the points of the first seed."""
    return edge(uniform_sphere(DIM, config.samples, torch.Generator().manual_seed(config.seed)))


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Every seed on every target; progress(done, total) counts seeds."""
    rows = []
    for seed in seeds_of(config):
        rows.append(_seed(config, torch.Generator().manual_seed(seed)))
        progress(len(rows), config.seeds)
    return labelled(rows, config)


def _seed(config: Config, generator: torch.Generator) -> dict[str, Tensor]:
    """One sample and one network, trained on every target from the same start."""
    sample = uniform_sphere(DIM, config.samples, generator)
    network = initialise(DIM, config.width, generator, antisymmetric=False)
    kernel = empirical_kernel(network, sample.points)
    values, directions = eigenbasis(sample)
    trained, own = [], []
    for target in TARGETS:
        task = Problem(sample, config.amplitude * labels(target, sample.points, generator), directions)
        found = train(network, task, config.step_size, config.steps, centred=True)
        predicted = kernel_projections(kernel, task, config.step_size, config.steps)
        trained.append(band_norms(found.projections) / config.amplitude)
        own.append(band_norms(predicted) / config.amplitude)
    factors = torch.stack([band.mean() for band in (1 - config.step_size * values).split(_sizes(config.samples))])
    return {"network": torch.stack(trained), "own_kernel": torch.stack(own), "gram_factor": factors}


def eigenbasis(sample: PointSet) -> tuple[Tensor, Tensor]:
    """Eigenvalues of the limit kernel over n, falling, and eigenvectors of mean square 1: (n,), (n, n)."""
    values, vectors = torch.linalg.eigh(gram(sample.points) / sample.samples)
    return values.flip(0), vectors.flip(1) * sample.samples**0.5


def _sizes(samples: int) -> list[int]:
    return [*BANDS, samples - sum(BANDS)]


def band_norms(projections: Tensor) -> Tensor:
    """Norm in each band: (R, n) -> (R, bands)."""
    bands = projections.split(_sizes(projections.shape[-1]), dim=-1)
    return torch.stack([band.norm(dim=-1) for band in bands], dim=-1)


def labelled(rows: list[dict[str, Tensor]], config: Config) -> xr.Dataset:
    """Norms by seed, target, step and band."""
    dims = ("seed", "target", "step", "band")
    coords = {
        "seed": np.asarray(seeds_of(config)),
        "target": list(TARGETS),
        "step": np.arange(config.steps + 1),
        "band": np.arange(len(BANDS) + 1),
    }
    found = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    variables = {name: (dims, found[name]) for name in ("network", "own_kernel")}
    return xr.Dataset(variables | {"gram_factor": (("seed", "band"), found["gram_factor"])}, coords=coords)


EXPERIMENT = Experiment("cao-targets", PROFILES, SMALLEST, measure, edge=learning_rate_edge)
