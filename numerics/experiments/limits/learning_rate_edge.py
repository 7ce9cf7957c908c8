"""Gradient descent just below and just beyond eta lambda_max = 2, on points of S^1.

The step of every network is c = 2 f / lambda_max with lambda_max the largest eigenvalue of its OWN
initial tangent kernel on the sample and f a factor near 1. Along that eigenvector v the linearised
residual is multiplied by 1 - 2 f a step: below the edge it dies out, beyond it it grows, until the
weights have moved so far that lambda_max has come down.

    top      <v, r_t> / <v, r_0>     dims (seed, factor, step)
    loss     L_t / L_0               dims (seed, factor, step)
    largest  lambda_max at the start (seed), and at the end (seed, factor)

Factors beyond 1 need beyond_edge: a run that is meant to converge should not cross by accident.
"""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import PointSet, equispaced_circle
from numerics.data.targets import Mixture, Problem, mixture_problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.experiments.two_layer import NARROWEST
from numerics.networks.training import Progress, train
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import empirical_kernel

TARGET = Mixture((0, 1, 2), (1.0, 1.0, 1.0))  # degree 0 or 1 has the largest eigenvalue
SMALLEST = {
    "quick": {"samples": 16, "width": NARROWEST, "seeds": 2, "steps": 40},
    "full": {"samples": 32, "width": NARROWEST, "seeds": 8, "steps": 40},
    "paper": {"samples": 64, "width": NARROWEST, "seeds": 8, "steps": 40},
}
LARGEST_FACTOR = 1.5


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: points n on the circle. width: m. seeds: networks, with the seeds seed, seed + 1, ...
    steps: T. factors: f, the step over the edge 2/lambda_max. beyond_edge: whether f > 1 is meant.
    amplitude: L2 norm of each component of the labels.

    >>> EXPERIMENT.configure("quick", factors=(0.9, 1.1))
    Traceback (most recent call last):
    ValueError: learning-rate-edge: factor 1.1 is beyond the edge eta lambda_max = 2, where the loss grows: ...
    """

    profile: str
    samples: int
    width: int
    seeds: int
    steps: int
    factors: tuple[float, ...]
    amplitude: float
    beyond_edge: bool = False
    seed: int = 0
    device: str = "cpu"


FACTORS = (0.8, 0.97)
PROFILES = {
    "quick": Config("quick", 32, 1024, 60, 200, FACTORS, 0.05),
    "full": Config("full", 64, 4096, 60, 400, FACTORS, 0.05),
    "paper": Config("paper", 64, 16384, 60, 1000, FACTORS, 0.05),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    if not all(0 < f <= LARGEST_FACTOR for f in config.factors) or len(set(config.factors)) != len(config.factors):
        raise ValueError(f"factors {config.factors}: different ones, 0 < f <= {LARGEST_FACTOR}, wanted")
    if max(config.factors) > 1 and not config.beyond_edge:
        raise ValueError(
            f"factor {max(config.factors)} is beyond the edge eta lambda_max = 2, where the loss grows: "
            "allowed up to 1, or with --beyond-edge"
        )


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Every seed at every factor; progress(done, total) counts networks."""
    sample, rows = equispaced_circle(config.samples), []
    for seed in seeds_of(config):
        rows.append(_network(sample, seed, config))
        progress(len(rows), config.seeds)
    return labelled(rows, config)


def _network(sample: PointSet, seed: int, config: Config) -> dict[str, Tensor]:
    """One network, trained with every factor from the same start."""
    generator = torch.Generator().manual_seed(seed)
    network = initialise(sample.dim, config.width, generator, antisymmetric=False)
    before, top = top_pair(empirical_kernel(network, sample.points), sample)
    task = problem(sample, top, config.amplitude)
    tops, losses, after = [], [], []
    for factor in config.factors:
        found = train(network, task, 2 * factor / float(before), config.steps, centred=True)
        tops.append(found.projections[:, 0] / found.projections[0, 0])
        losses.append(found.loss / found.loss[0])
        after.append(top_pair(empirical_kernel(found.network, sample.points), sample)[0])
    return {"top": torch.stack(tops), "loss": torch.stack(losses), "start": before, "end": torch.stack(after)}


def top_pair(kernel: Tensor, sample: PointSet) -> tuple[Tensor, Tensor]:
    """lambda_max of W^(1/2) K W^(1/2), and v (n,) with sum_i w_i v_i^2 = 1."""
    root = sample.weights.sqrt()
    values, vectors = torch.linalg.eigh(root[:, None] * kernel * root)
    return values[-1], vectors[:, -1] / root


def problem(sample: PointSet, top: Tensor, amplitude: float) -> Problem:
    """Labels of degrees 0, 1, 2; the one direction recorded is v."""
    pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    return Problem(sample, mixture_problem(TARGET, sample, pole, amplitude).labels, top[:, None])


def labelled(rows: list[dict[str, Tensor]], config: Config) -> xr.Dataset:
    """Curves by seed, factor and step; the largest eigenvalue before and after."""
    curves, dims = {name: np.stack([row[name] for row in rows]) for name in rows[0]}, ("seed", "factor", "step")
    coords = {
        "seed": np.asarray(seeds_of(config)),
        "factor": np.asarray(config.factors),
        "step": np.arange(config.steps + 1),
    }
    return xr.Dataset(
        {
            "top": (dims, curves["top"]),
            "loss": (dims, curves["loss"]),
            "largest": ("seed", curves["start"]),
            "largest_end": (dims[:2], curves["end"]),
        },
        coords=coords,
    )


EXPERIMENT = Experiment("learning-rate-edge", PROFILES, SMALLEST, measure, positive=("amplitude",), check=check)
