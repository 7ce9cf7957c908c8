"""Theorem 4.2 of Cao et al. on random points of S^d: from which width and sample size on does it hold?

    n^(-1/2) |V_k' (y - f_T)| <= 2 (1 - c mu_k)^T n^(-1/2) |V_k' y| + eps    for all T,

V_k the n^(-1/2)-scaled values at the sample of an orthonormal basis of degree k. Every seed draws one
sample of the largest size (smaller ones are its first points), one pole for each degree of the
labels, and one network of each width; every pair of width and sample size is trained.

    share    |V_k' r_T| / sqrt(n), over the amplitude: dims (seed, width, sample, step, degree)
    gram     the same for the limit kernel on the sample: dims (seed, sample, step, degree)
"""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import PointSet, uniform_sphere
from numerics.data.targets import Mixture, Problem, gegenbauer, mixture_problem, multiplicity
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.experiments.two_layer import edge
from numerics.networks.training import Progress, train
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import gram
from numerics.predictions.residuals import kernel_projections

DEGREES = (1, 2, 4)
SMALLEST = {
    "quick": {"dim": 2, "samples": 20, "widths": 32, "seeds": 2, "steps": 50},
    "full": {"dim": 2, "samples": 25, "widths": 32, "seeds": 8, "steps": 100},
    "paper": {"dim": 2, "samples": 50, "widths": 64, "seeds": 8, "steps": 1000},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    dim: d. samples: the n compared. widths: the m compared. seeds: samples and networks drawn, with
    the seeds seed, seed + 1, ... steps: T. step_size: c, so that eigenvalue mu decays by 1 - c mu a
    step. amplitude: L2 norm of each component of the labels. beyond_edge: whether steps
    beyond `learning_rate_edge` are meant.

    >>> EXPERIMENT.configure("quick", samples=(10, 20))
    Traceback (most recent call last):
    ValueError: cao-theorem: samples = (10, 20) is not allowed in profile 'quick': ...
    """

    profile: str
    dim: int
    samples: tuple[int, ...]
    widths: tuple[int, ...]
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    seed: int = 0
    device: str = "cpu"
    beyond_edge: bool = False


PROFILES = {
    "quick": Config("quick", 2, (25, 50, 100, 200), (32, 128, 512), 32, 100, 1.5, 0.05),
    "full": Config("full", 2, (25, 50, 100, 200, 400), (32, 256, 1024), 144, 200, 1.5, 0.05),
    "paper": Config("paper", 9, (125, 250, 500, 1000), (256, 1024, 4096), 32, 3000, 2.0, 0.05),
}


def learning_rate_edge(config: Config) -> float:
    """2/lambda_max of the limit kernel on the points of the first seed, the least over the samples."""
    points = uniform_sphere(config.dim, max(config.samples), torch.Generator().manual_seed(config.seed)).points
    return min(edge(PointSet(points[:n], torch.full((n,), 1 / n, dtype=points.dtype))) for n in config.samples)


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Every seed at every width and sample size; progress(done, total) counts networks."""
    sizes = (config.seeds, len(config.widths), len(config.samples))
    shares = np.empty((*sizes, config.steps + 1, len(DEGREES)))
    limits = np.empty((sizes[0], *shares.shape[2:]))
    for row, seed in enumerate(seeds_of(config)):
        generator = torch.Generator().manual_seed(seed)
        whole = uniform_sphere(config.dim, config.samples[-1], generator)
        poles = uniform_sphere(config.dim, len(DEGREES), generator).points
        networks = [initialise(config.dim, m, generator, antisymmetric=False) for m in config.widths]
        for column, samples in enumerate(config.samples):
            task = problem(whole.points[:samples], poles, config.amplitude)
            limit = kernel_projections(gram(task.sample.points), task, config.step_size, config.steps)
            limits[row, column] = degree_norms(limit, config.dim).numpy() / config.amplitude
            for place, network in enumerate(networks):
                found = train(network, task, config.step_size, config.steps, centred=True)
                norms = degree_norms(found.projections, config.dim)
                shares[row, place, column] = norms.numpy() / config.amplitude
        progress((row + 1) * sizes[1] * sizes[2], int(np.prod(sizes)))
    return labelled(shares, limits, config)


def problem(points: Tensor, poles: Tensor, amplitude: float) -> Problem:
    """Labels of degrees 1, 2, 4, a pole each; directions: a basis of each degree at the points."""
    n = len(points)
    sample = PointSet(points, torch.full((n,), 1 / n, dtype=points.dtype))
    mixture = Mixture(DEGREES, (1.0,) * len(DEGREES))
    labels = mixture_problem(mixture, sample, poles, amplitude).labels
    return Problem(sample, labels, torch.cat([basis(points, k) for k in DEGREES], dim=1))


def basis(points: Tensor, degree: int) -> Tensor:
    """Phi (n, N(d,k)) with Phi Phi' = N P_k(X X'): an orthonormal basis of degree k, up to rotation.

    Addition theorem. Where n < N the missing columns are 0.

    >>> from numerics.data.points import equispaced_circle
    >>> phi = basis(equispaced_circle(8).points, 2)
    >>> (phi.T @ phi / 8).round(decimals=9).abs().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    dim, n = points.shape[1] - 1, len(points)
    columns = multiplicity(dim, degree)
    kernel = columns * gegenbauer(degree, dim, (points @ points.T).clamp(-1, 1))[degree]
    values, vectors = torch.linalg.eigh(kernel)
    kept = min(n, columns)
    found = vectors[:, n - kept :] * values[n - kept :].clamp_min(0).sqrt()
    return torch.nn.functional.pad(found, (columns - kept, 0))


def degree_norms(projections: Tensor, dim: int) -> Tensor:
    """Norm over each degree's columns: (R, sum N) -> (R, q)."""
    blocks = projections.split([multiplicity(dim, k) for k in DEGREES], dim=-1)
    return torch.stack([block.norm(dim=-1) for block in blocks], dim=-1)


def labelled(shares: np.ndarray, limits: np.ndarray, config: Config) -> xr.Dataset:
    """Both shares by seed, width, sample size, step and degree."""
    coords = {
        "seed": np.asarray(seeds_of(config)),
        "width": np.asarray(config.widths),
        "sample": np.asarray(config.samples),
        "step": np.arange(config.steps + 1),
        "degree": np.asarray(DEGREES),
    }
    dims = tuple(coords)
    return xr.Dataset({"share": (dims, shares), "gram": ((dims[0], *dims[2:]), limits)}, coords=coords)


EXPERIMENT = Experiment("cao-theorem", PROFILES, SMALLEST, measure, edge=learning_rate_edge)
