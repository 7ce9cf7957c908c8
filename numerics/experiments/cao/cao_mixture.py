"""Section 5.1 of Cao et al.: random points on S^9, a mixture of zonal harmonics of degrees 1, 2, 4.

Every seed draws its own points, its own pole for each degree, and then its network. A random sample
has a floor: the Rayleigh quotient of degree k is about mu_k + (kappa(1) - mu_k)/n, which for k = 4
is nearly all floor (mu_4 = 5.6e-5, 1.5/n = 1.5e-3 at n = 1000). So the Gram predictor, not the
population, is what a network of any width follows here. Components of different degree overlap by
O(n^-1/2) on the sample, so a late residual of one degree shows in the projection of another.
"""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr

from numerics.data.points import uniform_sphere
from numerics.data.targets import CAO_DIFFERENT_SCALE, CAO_SAME_SCALE, Mixture, Problem, mixture_problem
from numerics.experiments.config import seed_progress, seeds_of
from numerics.experiments.experiment import Experiment
from numerics.experiments.two_layer import NARROWEST, edge, labelled, run_seed
from numerics.networks.training import Progress
from numerics.predictions.limit_kernels import gram, rayleigh_quotients
from numerics.predictions.residuals import kernel_projections

DIM = 9
MIXTURES = {"same": CAO_SAME_SCALE, "different": CAO_DIFFERENT_SCALE}
# Below 200 points the floor 1.5/n hides degree 2 (mu_2 = 0.0069) as well as degree 4.
SMALLEST = {
    "quick": {"samples": 200, "width": NARROWEST, "seeds": 2, "steps": 100},
    "full": {"samples": 500, "width": NARROWEST, "seeds": 4, "steps": 300},
    "paper": {"samples": 1000, "width": NARROWEST, "seeds": 1, "steps": 1000},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: n. width: m. seeds: samples and networks drawn, with the seeds seed, seed + 1, ...
    steps: T. step_size: c, so that eigenvalue lambda decays by 1 - c lambda a step. amplitude: the
    labels are this times the mixture (theta of the paper). scales: "same" for the amplitudes
    1, 1, 1, "different" for 1, 3, 5. beyond_edge: whether steps
    beyond `learning_rate_edge` are meant.

    >>> EXPERIMENT.configure("paper").width
    4096
    """

    profile: str
    samples: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    scales: str = "same"
    seed: int = 0
    device: str = "cpu"
    beyond_edge: bool = False

    @property
    def mixture(self) -> Mixture:
        """Degrees and amplitudes of the target."""
        return MIXTURES[self.scales]


PROFILES = {
    "quick": Config("quick", 400, 2048, 10, 300, 2.0, 0.005),
    "full": Config("full", 1000, 4096, 8, 1000, 2.0, 0.005),
    "paper": Config("paper", 1000, 4096, 10, 3000, 2.0, 0.005),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    if config.scales not in MIXTURES:
        raise ValueError(f"scales {config.scales!r} is not one of {', '.join(MIXTURES)}")


def problem(config: Config, generator: torch.Generator) -> Problem:
    """A random sample with a random pole for each degree."""
    sample = uniform_sphere(DIM, config.samples, generator)
    poles = uniform_sphere(DIM, len(config.mixture.degrees), generator).points
    return mixture_problem(config.mixture, sample, poles, config.amplitude)


def learning_rate_edge(config: Config) -> float:
    """2/lambda_max of the limit kernel on the points of the first seed."""
    return edge(uniform_sphere(DIM, config.samples, torch.Generator().manual_seed(config.seed)))


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Train every seed on its own sample.

    network, own_kernel, gram (seed, step, degree), loss (seed, step), gram_eigenvalue
    (seed, degree). Projections are divided by ``amplitude`` alone, so they start near the
    mixture's own amplitudes.
    gram_eigenvalue is the Rayleigh quotient of the limit kernel on the seed's sample.
    progress(done, total) counts steps of all seeds together.
    """
    curves, predicted, quotients = [], [], []
    for done, seed in enumerate(seeds_of(config)):
        generator = torch.Generator().manual_seed(seed)
        task = problem(config, generator)
        matrix = gram(task.sample.points)
        predicted.append(kernel_projections(matrix, task, config.step_size, config.steps))
        quotients.append(rayleigh_quotients(matrix, task))
        report = seed_progress(progress, done, config.seeds)
        curves.append(run_seed(task, config.width, config.step_size, config.steps, generator, report))
    result = labelled(curves, config.mixture.degrees, config)
    result["gram"] = (("seed", "step", "degree"), np.stack(predicted) / config.amplitude)
    result["gram_eigenvalue"] = (("seed", "degree"), np.stack(quotients))
    return result


EXPERIMENT = Experiment("cao-mixture", PROFILES, SMALLEST, measure, check=check, edge=learning_rate_edge)
