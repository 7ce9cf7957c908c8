"""Two-layer networks of Cao et al. on non-uniform data of S^2: in which order are degrees learned?

Every seed draws, for each distribution, points, a pole for each of the degrees 1, 2, 4, and then a
network. The zonal harmonics are not orthogonal under these distributions, so that the residual is
recorded as its coefficients c_k by least squares on the sample: they start at the labels' own.
"""

import time
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr

from numerics.densities import Bands, Density, NormalisedGaussian, VonMisesFisher, cap, hemispheres
from numerics.experiments.config import check_sizes, configured, one_thread
from numerics.experiments.storage import provenance
from numerics.kernels import gram
from numerics.networks import initialise
from numerics.points import uniform_sphere
from numerics.prediction import kernel_projections
from numerics.targets import CAO_SAME_SCALE, Problem, mixture_problem
from numerics.training import Progress, train

NAME = "non-uniform"
DEGREES = CAO_SAME_SCALE.degrees
DENSITIES: dict[str, Density] = {
    "uniform": VonMisesFisher(2, 0.0),
    "hemispheres 4:1": hemispheres(2, 4, 1),
    "bands 1:3:1:3": Bands(2, (-1.0, -0.5, 0.0, 0.5, 1.0), (1.0, 3.0, 1.0, 3.0)),
    "normalised Gaussian 1, 1, 2": NormalisedGaussian((1.0, 1.0, 2.0)),
    "von Mises-Fisher 1": VonMisesFisher(2, 1.0),
    "upper hemisphere alone": cap(2, 0.0),
    "von Mises-Fisher 5": VonMisesFisher(2, 5.0),
}
SMALLEST = {
    "quick": {"samples": 60, "width": 64, "seeds": 2, "steps": 40},
    "full": {"samples": 200, "width": 512, "seeds": 48, "steps": 150},
    "paper": {"samples": 500, "width": 4096, "seeds": 48, "steps": 150},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``configure`` gives those of a profile.

    samples: n. width: m. seeds: samples and networks of each distribution, with the seeds seed,
    seed + 1, ... steps: T. step_size: c, so that eigenvalue lambda decays by 1 - c lambda a step.
    amplitude: L2 norm of each component of the labels under the uniform distribution.
    """

    profile: str
    samples: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    seed: int = 0

    def __post_init__(self) -> None:
        check_sizes(NAME, self, SMALLEST)


PROFILES = {
    "quick": Config("quick", 120, 512, 8, 100, 1.2, 0.005),
    "full": Config("full", 200, 1024, 80, 150, 1.2, 0.005),
    "paper": Config("paper", 1000, 4096, 80, 400, 1.2, 0.005),
}


def configure(profile: str = "quick", **changes: object) -> Config:
    """The config of a profile with some fields changed; ValueError names what is allowed.

    >>> configure("full").seeds
    80
    """
    return configured(NAME, PROFILES, profile, changes)


def problem(config: Config, density: Density, generator: torch.Generator) -> Problem:
    """A random sample with a random pole for each degree; directions are the dual ones.

    With Phi (n, q) the harmonics, projections on Phi (Phi' W Phi)^-1 are least-squares coefficients.
    """
    sample = density.sample(config.samples, generator)
    poles = uniform_sphere(2, len(DEGREES), generator).points
    plain = mixture_problem(CAO_SAME_SCALE, sample, poles, config.amplitude)
    moments = plain.directions.T @ (sample.weights[:, None] * plain.directions)
    dual = torch.linalg.solve(moments, plain.directions.T).T
    return Problem(sample, plain.labels, dual)


def run(config: Config, progress: Progress | None = None) -> xr.Dataset:
    """Every seed under every distribution.

    network, gram (seed, density, step, degree): coefficients over the amplitude, of the network and
    as the limit kernel on the same sample predicts. progress(done, total) counts networks.
    """
    started, total = time.perf_counter(), config.seeds * len(DENSITIES)
    shape = (config.seeds, len(DENSITIES), config.steps + 1, len(DEGREES))
    networks, limits = np.empty(shape), np.empty(shape)
    with one_thread():
        for done, seed in enumerate(range(config.seed, config.seed + config.seeds)):
            for place, density in enumerate(DENSITIES.values()):
                generator = torch.Generator().manual_seed(seed * 2**10 + place)
                task = problem(config, density, generator)
                start = initialise(2, config.width, generator, antisymmetric=False)
                path = train(start, task, config.step_size, config.steps, centred=True)
                kernel = gram(task.sample.points)
                predicted = kernel_projections(kernel, task, config.step_size, config.steps)
                networks[done, place] = path.projections / config.amplitude
                limits[done, place] = predicted / config.amplitude
                if progress is not None:
                    progress(done * len(DENSITIES) + place + 1, total)
    dims = ("seed", "density", "step", "degree")
    return xr.Dataset(
        {"network": (dims, networks), "gram": (dims, limits)},
        coords={
            "seed": np.arange(config.seed, config.seed + config.seeds),
            "density": list(DENSITIES),
            "step": np.arange(config.steps + 1),
            "degree": np.asarray(DEGREES),
        },
        attrs=provenance(NAME, config, time.perf_counter() - started),
    )
