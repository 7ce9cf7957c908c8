"""Tancik et al. 2020, section 5: regression in one dimension with Fourier features j^-p (cos, sin)(2 pi j v).

Training points are i/n, test points half-way between. Signals are sums of cosines with frequencies
1, ..., n/2, amplitudes j^-alpha times a standard normal number and random phases, scaled to rms
``amplitude``. A deep ReLU network on the features is trained by full-batch gradient descent. What
its limit kernel and its own initial kernel say of the test points is, in discrete time,

    f_t(test) = K_test K^-1 (I - (I - c K/n)^t) y,

without a restart from the current outputs (the published curve has one, which doubles the rate).
c is ``step_size`` over the largest eigenvalue of K/n.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import DTYPE, PointSet
from numerics.data.targets import Problem
from numerics.experiments.config import seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.deep import Architecture, DeepNetwork, empirical_kernel, evaluate, initialise, train
from numerics.networks.training import Progress
from numerics.predictions.fourier_features import FeatureMap, circulant_eigenvalues, composed_kernel, power
from numerics.predictions.residuals import kernel_values

EXPONENTS = (0.0, 0.5, 1.0, 1.5, 2.0, math.inf)
PREDICTORS = ("network", "own kernel", "limit kernel", "restarted")
DEPTH = 3
SMALLEST = {
    "quick": {"samples": 8, "width": 32, "seeds": 2, "steps": 20},
    "full": {"samples": 32, "width": 256, "seeds": 8, "steps": 200},
    "paper": {"samples": 32, "width": 1024, "seeds": 8, "steps": 1000},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: training points n, even. width: of both hidden layers. seeds: signals and networks drawn,
    with the seeds seed, seed + 1, ... steps: T. step_size: c times the largest eigenvalue, below 2.
    amplitude: rms of the labels. alpha: decay of the signal's amplitudes.

    >>> EXPERIMENT.configure("quick", samples=9)
    Traceback (most recent call last):
    ValueError: fourier-1d: samples even, step_size < 2, alpha >= 0 wanted, got 9, 1.0, 1.0
    """

    profile: str
    samples: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    alpha: float = 1.0
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", 32, 256, 24, 300, 1.0, 0.1),
    "full": Config("full", 32, 384, 40, 300, 1.0, 0.1),
    "paper": Config("paper", 32, 1024, 24, 10_000, 1.0, 0.1),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    if config.samples % 2 or not config.step_size < 2 or not config.alpha >= 0:
        given = f"{config.samples}, {config.step_size}, {config.alpha}"
        raise ValueError(f"samples even, step_size < 2, alpha >= 0 wanted, got {given}")


def signal(config: Config, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Values at the training and at the test points, (n,) each, of rms ``amplitude`` in training."""
    steps = torch.arange(1, config.samples // 2 + 1, dtype=DTYPE)
    sizes = steps**-config.alpha * torch.randn(len(steps), dtype=DTYPE, generator=generator)
    phases = 2 * math.pi * torch.rand(len(steps), dtype=DTYPE, generator=generator)
    train_points, test_points = grids(config)
    values = [(2 * math.pi * p * steps + phases).cos() @ sizes for p in (train_points, test_points)]
    scale = config.amplitude / values[0].square().mean().sqrt()
    return scale * values[0], scale * values[1]


def grids(config: Config) -> tuple[Tensor, Tensor]:
    """i/n and (i + 1/2)/n, (n, 1) each."""
    points = torch.arange(config.samples, dtype=DTYPE)[:, None] / config.samples
    return points, points + 0.5 / config.samples


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Every seed with every p: errors are rms over the amplitude.

    test, train (seed, predictor, exponent) for the predictors of PREDICTORS; "restarted"
    is the own kernel at twice the time, which is what the published restart amounts to.
    spectrum (exponent, frequency): eigenvalues of K/n as the DFT of a row; dft_gap (exponent): the
    largest difference to the matrix's own eigenvalues over the largest eigenvalue.
    """
    maps = [power(config.samples // 2, exponent) for exponent in EXPONENTS]
    rows = []
    for seed in seeds_of(config):
        generator = torch.Generator().manual_seed(seed)
        labels = signal(config, generator)
        for features in maps:
            rows.append(errors(config, features, labels, generator))
            progress(len(rows), config.seeds * len(maps))
    found = torch.stack(rows).unflatten(0, (config.seeds, len(maps))).permute(2, 0, 3, 1)
    spectra = [spectrum(config, features) for features in maps]
    dims = ("seed", "predictor", "exponent")
    return xr.Dataset(
        {
            "train": (dims, found[0].numpy()),
            "test": (dims, found[1].numpy()),
            "spectrum": (("exponent", "frequency"), torch.stack([s for s, _ in spectra]).numpy()),
            "dft_gap": ("exponent", np.array([gap for _, gap in spectra])),
        },
        coords={
            "seed": np.asarray(seeds_of(config)),
            "predictor": list(PREDICTORS),
            "exponent": np.asarray(EXPONENTS),
            "frequency": np.arange(config.samples // 2 + 1),
        },
    )


def errors(config: Config, features: FeatureMap, labels: tuple[Tensor, Tensor], generator: torch.Generator) -> Tensor:
    """rms error over the amplitude on training and test points in the order of PREDICTORS: (2, 4)."""
    inputs = [features(points) for points in grids(config)]
    limit = composed_kernel(inputs[0], depth=DEPTH), composed_kernel(inputs[1], inputs[0], DEPTH)
    rate = config.step_size / float(torch.linalg.eigvalsh(limit[0])[-1] / config.samples)
    shape = Architecture(inputs[0].shape[1] - 1, (config.width,) * (DEPTH - 1))
    start = initialise(shape, generator)
    own = empirical_kernel(start, inputs[0]), empirical_kernel(start, inputs[1], inputs[0])
    weights = torch.full((config.samples,), 1 / config.samples, dtype=DTYPE)
    problem = Problem(PointSet(inputs[0], weights), labels[0], labels[0][:, None])
    end = train(start, problem, rate, config.steps, record=[0]).network
    found = [_moved(start, end, inputs)]
    cases = [(own, config.steps), (limit, config.steps), (own, 2 * config.steps)]
    found += [kernel_values(*pair, labels[0], rate / config.samples, steps) for pair, steps in cases]
    rows = [[(f[i] - labels[i]).square().mean().sqrt() for f in found] for i in (0, 1)]
    return torch.tensor(rows, dtype=DTYPE) / config.amplitude


def _moved(start: DeepNetwork, end: DeepNetwork, inputs: list[Tensor]) -> tuple[Tensor, Tensor]:
    """f_T - f_0 at the training and test points."""
    first, second = (evaluate(end, points) - evaluate(start, points) for points in inputs)
    return first, second


def spectrum(config: Config, features: FeatureMap) -> tuple[Tensor, float]:
    """DFT of a row of K/n (n/2 + 1,), and its distance from the eigenvalues of the matrix."""
    kernel = composed_kernel(features(grids(config)[0]), depth=DEPTH) / config.samples
    values = circulant_eigenvalues(kernel[0])
    several = torch.cat([values, values[1:-1]]).sort().values
    gap = (torch.linalg.eigvalsh(kernel) - several).abs().max() / values.max()
    return values, float(gap)


EXPERIMENT = Experiment("fourier-1d", PROFILES, SMALLEST, measure, check=check)
