"""Two-layer networks of several widths on S^1: what falls with the width m, and how fast.

Every seed draws one network of each width, trains f - f_0 on labels of norm ``amplitude`` a degree
(large on purpose: at amplitude .005 the kernel does not move measurably), and records

    kernel_error         |K_0/m - K| / |K|         initial kernel against its limit, Frobenius
    drift                |K_T - K_0| / |K_0|       what training moved the kernel by
    linearisation_error  |r_T - r_lin,T| / |y|     end of training against that of f_0 + J (w - w_0)
    rate_error           log-slope over that of the limit kernel on the sample, minus 1
    own_rate_error       log-slope over that of the network's own initial kernel, minus 1

K_0/m is a mean over m independent hidden units, so E|K_0/m - K|^2 = C/m EXACTLY: the root mean
square over seeds has exponent -1/2. The other exponents are what is asked.
"""

from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import equispaced_circle
from numerics.data.targets import Mixture, Problem, mixture_problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.experiments.two_layer import edge
from numerics.networks.training import Progress, train
from numerics.networks.two_layer import TwoLayer, evaluate, initialise
from numerics.predictions.limit_kernels import empirical_kernel, gram, rayleigh_quotients
from numerics.predictions.residuals import kernel_projections

DEGREES = (1, 2, 4)
# A slope over the first steps: where the residual is large and the degrees do not mix yet.
RATE_STEPS = 6
SMALLEST = {
    "quick": {"samples": 16, "widths": 64, "seeds": 2, "steps": 20},
    "full": {"samples": 32, "widths": 64, "seeds": 16, "steps": 40},
    "paper": {"samples": 64, "widths": 256, "seeds": 16, "steps": 40},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: points n on the circle. widths: the m compared. seeds: networks of each width, with
    the seeds seed, seed + 1, ... steps: T. step_size: c, so that degree k decays by 1 - c mu_k a
    step. amplitude: L2 norm of each component of the labels. beyond_edge: whether steps
    beyond `learning_rate_edge` are meant.

    >>> EXPERIMENT.configure("quick", widths=(512,))
    Traceback (most recent call last):
    ValueError: width-laws: widths = (512,) is not allowed in profile 'quick': ...
    """

    profile: str
    samples: int
    widths: tuple[int, ...]
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    seed: int = 0
    device: str = "cpu"
    beyond_edge: bool = False


PROFILES = {
    "quick": Config("quick", 32, (256, 512, 1024, 2048, 4096), 120, 40, 1.0, 0.5),
    "full": Config("full", 64, (256, 512, 1024, 2048, 4096, 8192, 16384), 240, 60, 1.0, 0.5),
    "paper": Config("paper", 64, (1024, 4096, 16384, 65536), 240, 60, 1.0, 0.5),
}


def problem(config: Config) -> Problem:
    """Grid, labels and directions."""
    mixture = Mixture(DEGREES, (1.0,) * len(DEGREES))
    pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    return mixture_problem(mixture, equispaced_circle(config.samples), pole, config.amplitude)


def learning_rate_edge(config: Config) -> float:
    """2/lambda_max of the limit kernel on the points."""
    return edge(equispaced_circle(config.samples))


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Every seed at every width: the variables above, dims (seed, width) and (..., degree).

    progress(done, total) counts networks.
    """
    task, rows = problem(config), []
    total = config.seeds * len(config.widths)
    limit = gram(task.sample.points)
    for seed in seeds_of(config):
        for width in config.widths:
            rows.append(measure_network(task, limit, width, seed, config))
            progress(len(rows), total)
    return labelled(rows, config)


def measure_network(task: Problem, limit: Tensor, width: int, seed: int, config: Config) -> dict[str, Tensor]:
    """One network of one width."""
    generator = torch.Generator().manual_seed(seed * 2**20 + width)  # widths share no draws
    network = initialise(task.sample.dim, width, generator, antisymmetric=False)
    start = empirical_kernel(network, task.sample.points)
    trained = train(network, task, config.step_size, config.steps, centred=True)
    end = empirical_kernel(trained.network, task.sample.points)
    linear = linear_residual(start, task, config.step_size, config.steps)
    actual = residual(network, trained.network, task)
    slopes = _log_slopes(trained.projections[: RATE_STEPS + 1])
    own = _log_slopes(kernel_projections(start, task, config.step_size, RATE_STEPS))
    predicted = torch.log1p(-config.step_size * rayleigh_quotients(limit, task))
    weights = task.sample.weights
    return {
        "kernel_error": torch.linalg.norm(start - limit) / torch.linalg.norm(limit),
        "drift": torch.linalg.norm(end - start) / torch.linalg.norm(start),
        "linearisation_error": _norm(actual - linear, weights) / _norm(task.labels, weights),
        "rate_error": slopes / predicted - 1,
        "own_rate_error": slopes / own - 1,
    }


def residual(start: TwoLayer, end: TwoLayer, task: Problem) -> Tensor:
    """y - (f_T - f_0) at the points: (n,)."""
    points = task.sample.points
    return task.labels - evaluate(end, points) + evaluate(start, points)


def linear_residual(kernel: Tensor, task: Problem, step_size: float, steps: int) -> Tensor:
    """(I - c K W)^T y: (n,), by repeated products."""
    left = task.labels
    for _ in range(steps):
        left = left - step_size * (kernel @ (task.sample.weights * left))
    return left


def labelled(rows: list[dict[str, Tensor]], config: Config) -> xr.Dataset:
    """The measurements by seed and width."""
    shape = (config.seeds, len(config.widths))
    dims: tuple[str, ...] = ("seed", "width", "degree")
    columns = {}
    for name in rows[0]:
        values = torch.stack([row[name] for row in rows]).unflatten(0, shape).numpy()
        columns[name] = (dims[: values.ndim], values)
    coords = {"seed": np.asarray(seeds_of(config)), "width": np.asarray(config.widths), "degree": np.asarray(DEGREES)}
    return xr.Dataset(columns, coords=coords)


def _norm(values: Tensor, weights: Tensor) -> Tensor:
    return (weights * values.square()).sum().sqrt()


def _log_slopes(projections: Tensor) -> Tensor:
    """Mean decay of log|projection| a step: (R, q) -> (q,)."""
    return (projections[-1].abs() / projections[0].abs()).log() / (len(projections) - 1)


EXPERIMENT = Experiment("width-laws", PROFILES, SMALLEST, measure, edge=learning_rate_edge)
