"""Kernel regression on uniform samples of S^d: what n points teach of every degree, exactly.

With A = K + ridge I for the tangent kernel NTK(depth=2) and G_k = P_k(<x_i, x_j>) (P_k(1) = 1), all
that the mean over the harmonics of a degree needs are traces of two forms:

    first   tr(A^-1 G_k)             second   tr(A^-1 G_k A^-1 G_j),  G_I = I included

A random target f of degree k and norm 1 has E f(X) f(X)' = G_k, so its regression has, with mu_j the
eigenvalues of the kernel on the sphere, handed to whoever reads the result,

    learnability  E <f^, f>     = mu_k tr(A^-1 G_k)
    test error    E |f^ - f|^2  = 1 - 2 mu_k tr(A^-1 G_k) + sum_j mu_j^2 N(d,j) tr(A^-1 G_k A^-1 G_j)

and label noise of variance 1 adds the last sum with I for G_k. Degrees 3, 5, ... have mu = 0: such
targets are outside the kernel's space. No test set, no target is drawn.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import uniform_sphere
from numerics.data.targets import gegenbauer_sequence
from numerics.experiments.config import generator_of, seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.training import Progress
from numerics.predictions.kernel_regression import factor
from numerics.predictions.limit_kernels import gram, tangent_kernel

DEGREES = (0, 1, 2, 3, 4, 6)  # 5 has the eigenvalue 0, and 3 is kept as a target outside
SMALLEST = {
    "quick": {"dims": 4, "samples": 4, "seeds": 2},
    "full": {"dims": 8, "samples": 8, "seeds": 20},
    "paper": {"dims": 8, "samples": 8, "seeds": 20},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    dims: d. samples: n. ridge: of A, beside ridge 0. seeds: samples of each size.

    >>> EXPERIMENT.configure("quick", dims=(1, 2))
    Traceback (most recent call last):
    ValueError: learning-curves: dims = (1, 2) is not allowed in profile 'quick': ...
    """

    profile: str
    dims: tuple[int, ...]
    samples: tuple[int, ...]
    seeds: int
    ridge: float
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", (10, 20), (8, 16, 32, 64, 128, 256), 40, 0.5),
    "full": Config("full", (10, 20), (8, 16, 32, 64, 128, 256, 512, 1024), 40, 0.5),
    "paper": Config("paper", (10, 20, 40), (16, 64, 256, 1024, 4096), 40, 0.5),
}


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """first (seed, ridge, dim, samples, form) and second (..., form, other).

    form: "0", "1", ... for G_k and "I". progress(done, total) counts samples drawn.
    """
    ridges, rows = (0.0, config.ridge), []
    shape = (config.seeds, len(config.dims), len(config.samples), len(ridges))
    for seed in seeds_of(config):
        for dim in config.dims:
            for samples in config.samples:
                rows += traces(dim, samples, ridges, seed)
                progress(len(rows) // len(ridges), math.prod(shape[:3]))
    first, second = (torch.stack(part).unflatten(0, shape).numpy() for part in zip(*rows))
    dims = ("seed", "dim", "samples", "ridge", "form")
    forms = [*map(str, DEGREES), "I"]
    return xr.Dataset(
        {"first": (dims, first), "second": ((*dims, "other"), second)},
        coords={
            "seed": np.asarray(seeds_of(config)),
            "dim": np.asarray(config.dims),
            "samples": np.asarray(config.samples),
            "ridge": np.asarray(ridges),
            "form": forms,
            "other": forms,
        },
    )


def traces(dim: int, samples: int, ridges: tuple[float, ...], seed: int) -> list[tuple[Tensor, Tensor]]:
    """(first (q,), second (q, q)) of one sample at each ridge, q = 7 forms."""
    generator = generator_of(seed, dim, samples)
    points = uniform_sphere(dim, samples, generator).points
    kernel = gram(points, lambda angle: tangent_kernel(angle, 2))
    cosines = (points @ points.T).clamp(-1, 1)
    polynomials = zip(range(max(DEGREES) + 1), gegenbauer_sequence(dim, cosines))
    forms = [polynomial for degree, polynomial in polynomials if degree in DEGREES]
    stacked = torch.stack([*forms, torch.eye(samples, dtype=torch.float64)])  # (q, n, n)
    found = []
    for ridge in ridges:
        solved = torch.cholesky_inverse(factor(kernel, ridge)) @ stacked  # A^-1 G
        second = solved.flatten(1) @ solved.mT.flatten(1).T
        found.append((solved.diagonal(dim1=1, dim2=2).sum(1), second))
    return found


EXPERIMENT = Experiment("learning-curves", PROFILES, SMALLEST, measure, positive=("ridge",))
