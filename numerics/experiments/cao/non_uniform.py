"""Two-layer networks of Cao et al. on non-uniform data of S^d: in which order are degrees learned?

On S^2 seven distributions. In other dimensions the three kinds of Cao et al., whose experiment
(section 5.3: S^9, 1000 points, 4096 units) keeps the order on each: piecewise uniform on two
half-spheres, a normalised non-isotropic Gaussian, a normalised Gaussian mixture. The paper's
parameters were not at hand, so those here are ours: masses 3 : 1, deviations from 1 to 2, means
of norm 3/2 along the first and the last axis. Uniform data are trained beside them.

Every seed draws, for each distribution, points, a pole for each of the degrees 1, 2, 4, and then a
network. The zonal harmonics are not orthogonal under these distributions, so that the residual is
recorded as its coefficients c_k by least squares on the sample: they start at the labels' own.
"""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr

from numerics.data.densities import (
    Bands,
    Density,
    NormalisedGaussian,
    NormalisedMixture,
    VonMisesFisher,
    cap,
    hemispheres,
)
from numerics.data.points import uniform_sphere
from numerics.data.targets import CAO_SAME_SCALE, Problem, mixture_problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment, Sizes
from numerics.experiments.two_layer import NARROWEST, edge
from numerics.networks.training import Progress, train
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import gram
from numerics.predictions.residuals import kernel_projections

DEGREES = CAO_SAME_SCALE.degrees
UNIFORM = "uniform"
DENSITIES: dict[str, Density] = {
    UNIFORM: VonMisesFisher(2, 0.0),
    "hemispheres 4:1": hemispheres(2, 4, 1),
    "bands 1:3:1:3": Bands(2, (-1.0, -0.5, 0.0, 0.5, 1.0), (1.0, 3.0, 1.0, 3.0)),
    "normalised Gaussian 1, 1, 2": NormalisedGaussian((1.0, 1.0, 2.0)),
    "von Mises-Fisher 1": VonMisesFisher(2, 1.0),
    "upper hemisphere alone": cap(2, 0.0),
    "von Mises-Fisher 5": VonMisesFisher(2, 5.0),
}
SPREADS = (1.0, 2.0)  # least and largest deviation of the Gaussian
SHIFT = 1.5  # norm of each mean of the mixture
SMALLEST = {
    "quick": {"dim": 2, "samples": 60, "width": NARROWEST, "seeds": 2, "steps": 40},
    "full": {"dim": 2, "samples": 200, "width": NARROWEST, "seeds": 48, "steps": 150},
    "paper": {"dim": 2, "samples": 500, "width": NARROWEST, "seeds": 48, "steps": 150},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    dim: d. samples: n. width: m. seeds: samples and networks of each distribution, with the seeds seed,
    seed + 1, ... steps: T. step_size: c, so that eigenvalue lambda decays by 1 - c lambda a step.
    amplitude: L2 norm of each component of the labels under the uniform distribution. beyond_edge: whether steps
    beyond `learning_rate_edge` are meant.

    >>> EXPERIMENT.configure("full").seeds
    240
    >>> EXPERIMENT.configure("paper", dim=9).samples
    1000
    """

    profile: str
    dim: int
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
    "quick": Config("quick", 2, 120, 512, 8, 100, 1.2, 0.005),
    "full": Config("full", 2, 200, 1024, 240, 150, 1.2, 0.005),
    "paper": Config("paper", 2, 1000, 4096, 240, 400, 1.2, 0.005),
}
# What another dimension changes unless it is given; the paper's are Cao et al.'s own sizes.
HIGH: dict[str, dict[str, object]] = {
    "quick": {"samples": 300, "step_size": 2.0, "steps": 150},
    "full": {"samples": 500, "seeds": 48, "step_size": 2.0, "steps": 200},
    "paper": {"samples": 1000, "seeds": 48, "step_size": 2.0, "steps": 1000},
}


def densities(dim: int) -> dict[str, Density]:
    """The distributions compared on S^d, by name.

    >>> list(densities(9))[1:]
    ['half-spheres 3:1', 'normalised Gaussian 1 to 2', 'normalised Gaussian mixture']
    """
    if dim == 2:
        return DENSITIES
    low, high = SPREADS
    deviations = tuple(low + (high - low) * place / dim for place in range(dim + 1))
    zeros = (0.0,) * dim
    return {
        UNIFORM: VonMisesFisher(dim, 0.0),
        "half-spheres 3:1": hemispheres(dim, 3, 1),
        f"normalised Gaussian {low:g} to {high:g}": NormalisedGaussian(deviations),
        "normalised Gaussian mixture": NormalisedMixture(((SHIFT, *zeros), (*zeros, SHIFT))),
    }


def implied(profile: str, changes: Sizes) -> Sizes:
    """What another dimension changes unless it is given."""
    return {} if changes.get("dim", 2) == 2 else HIGH.get(profile, {})


def problem(config: Config, density: Density, generator: torch.Generator) -> Problem:
    """A random sample with a random pole for each degree; directions are the dual ones.

    With Phi (n, q) the harmonics, projections on Phi (Phi' W Phi)^-1 are least-squares coefficients.
    """
    sample = density.sample(config.samples, generator)
    poles = uniform_sphere(config.dim, len(DEGREES), generator).points
    plain = mixture_problem(CAO_SAME_SCALE, sample, poles, config.amplitude)
    moments = plain.directions.T @ (sample.weights[:, None] * plain.directions)
    dual = torch.linalg.solve(moments, plain.directions.T).T
    return Problem(sample, plain.labels, dual)


def learning_rate_edge(config: Config) -> float:
    """2/lambda_max of the limit kernel on points of each distribution, the least of them."""
    generator = torch.Generator().manual_seed(config.seed)
    return min(edge(density.sample(config.samples, generator)) for density in densities(config.dim).values())


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Every seed under every distribution.

    network, gram (seed, density, step, degree): coefficients over the amplitude, of the network and
    as the limit kernel on the same sample predicts. progress(done, total) counts networks.
    """
    compared = densities(config.dim)
    total = config.seeds * len(compared)
    shape = (config.seeds, len(compared), config.steps + 1, len(DEGREES))
    networks, limits = np.empty(shape), np.empty(shape)
    for done, seed in enumerate(seeds_of(config)):
        for place, density in enumerate(compared.values()):
            generator = torch.Generator().manual_seed(seed * 2**10 + place)
            task = problem(config, density, generator)
            start = initialise(config.dim, config.width, generator, antisymmetric=False)
            path = train(start, task, config.step_size, config.steps, centred=True)
            kernel = gram(task.sample.points)
            predicted = kernel_projections(kernel, task, config.step_size, config.steps)
            networks[done, place] = path.projections / config.amplitude
            limits[done, place] = predicted / config.amplitude
            progress(done * len(compared) + place + 1, total)
    dims = ("seed", "density", "step", "degree")
    return xr.Dataset(
        {"network": (dims, networks), "gram": (dims, limits)},
        coords={
            "seed": np.asarray(seeds_of(config)),
            "density": list(compared),
            "step": np.arange(config.steps + 1),
            "degree": np.asarray(DEGREES),
        },
    )


EXPERIMENT = Experiment("non-uniform", PROFILES, SMALLEST, measure, implied=implied, edge=learning_rate_edge)
