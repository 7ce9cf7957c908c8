"""A network built to have a given spectrum on the circle, and the rates at which it then learns.

Block j of the network has m hidden units that see a_j (cos jx, sin jx) and no other frequency:

    f(x) = sum_j a_j/sqrt(m) sum_r v_jr sqrt(2) relu(W_jr . (cos jx, sin jx)),   W, v ~ N(0, 1),

trained by gradient descent with the first layer at s times the step. Its tangent kernel tends to
sum_j a_j^2 h(cos j(x - x')), h = s t k0 + k1, whose eigenvalue at degree k is
sum_{j | k} a_j^2 eta_{k/j} (`numerics.predictions.fourier_features.block_matrix`). The squared amplitudes solve that for
the wanted spectrum; where one of them would be negative, the nearest reachable spectrum is built,
in the sense of the largest relative deviation, by linear programming.

``spectrum`` is the target at the degrees 1, ..., K, as plain numbers; ``law`` is the formula that
they came from, kept for the record and not read here.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from scipy.optimize import linprog
from torch import Tensor

from numerics.data.points import DTYPE
from numerics.experiments.config import seed_progress, seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.training import Progress, check_finite
from numerics.predictions.fourier_features import block_matrix, head_spectrum
from numerics.predictions.limit_kernels import two_layer_kernel

# A rate is read while the predicted decay falls through these (`numerics.predictions.rates.decay_window`) or
# until the last step.
WINDOW = (1.0, 0.3)
SAMPLES_PER_DEGREE = 8  # degree 8K - K aliases onto degree K: for k^-2 that adds 1 % at K = 6
SMALLEST = {
    "quick": {"samples": 32, "width": 128, "seeds": 2, "steps": 40},
    "full": {"samples": 48, "width": 512, "seeds": 16, "steps": 60},
    "paper": {"samples": 64, "width": 1024, "seeds": 16, "steps": 60},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: equispaced points n on the circle. width: m of every block. seeds: networks drawn, with
    the seeds seed, seed + 1, ... steps: T. step_size: c times the largest eigenvalue of the limit
    kernel on the grid, below 1; degree k decays by 1 - c mu_k a step. first_scale: s. amplitude: L2
    norm of each component of the labels, one of every degree; small keeps the tangent kernel still.
    spectrum: mu_1, ..., mu_K wanted.

    >>> EXPERIMENT.configure("quick", samples=32)
    Traceback (most recent call last):
    ValueError: design: samples >= 48 wanted for 6 degrees
    """

    profile: str
    samples: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitude: float
    first_scale: float = 0.125
    law: str = "k**-2"
    spectrum: tuple[float, ...] = tuple(k**-2.0 for k in range(1, 7))
    seed: int = 0
    device: str = "cpu"


PROFILES = {
    "quick": Config("quick", 48, 512, 64, 80, 0.9, 0.005),
    "full": Config("full", 64, 2048, 64, 120, 0.9, 0.005),
    "paper": Config("paper", 128, 8192, 64, 120, 0.9, 0.005),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    if not config.step_size < 1:
        raise ValueError(f"step_size < 1 wanted, got {config.step_size}")
    if not 0 <= config.first_scale <= 1:
        raise ValueError(f"0 <= first_scale <= 1 wanted, got {config.first_scale}")
    if len(config.spectrum) < 2 or not all(0 < mu < math.inf for mu in config.spectrum):
        raise ValueError("a spectrum of at least two positive numbers wanted")
    if config.samples < SAMPLES_PER_DEGREE * len(config.spectrum):
        least = SAMPLES_PER_DEGREE * len(config.spectrum)
        raise ValueError(f"samples >= {least} wanted for {len(config.spectrum)} degrees")


def designed_weights(config: Config) -> Tensor:
    """Squared amplitudes a_j^2 >= 0, j = 1, ..., K: the exact ones if they are that, else the nearest.

    >>> bool((designed_weights(EXPERIMENT.configure()) > 0).all())
    True
    """
    target = torch.tensor(config.spectrum, dtype=DTYPE)
    matrix = block_matrix(head_spectrum(len(target), (config.first_scale, 1.0)))
    exact = torch.linalg.solve_triangular(matrix, target[:, None], upper=False)[:, 0]
    if bool((exact >= 0).all()):
        return exact
    return nearest(matrix, target)[0]


def nearest(matrix: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Weights c >= 0 of least max_k |(M c)_k/m_k - 1|, and a dual vector y that says why not less.

    matrix M (degrees, weights), target m (degrees,). sum |y| <= 1 and y'(M c)/m <= 0 for every
    c >= 0, so that every c is off by sum(y) at least.
    """
    size = len(target)
    scaled = (matrix / target[:, None]).numpy()
    # Variables (c, eps): |scaled c - 1| <= eps.
    ones = np.ones((size, 1))
    left = np.block([[scaled, -ones], [-scaled, -ones]])
    right = np.concatenate([np.ones(size), -np.ones(size)])
    cost = np.append(np.zeros(matrix.shape[1]), 1.0)
    found = linprog(cost, A_ub=left, b_ub=right, bounds=(0, None), method="highs")
    above, below = found.ineqlin.marginals[:size], found.ineqlin.marginals[size:]
    return torch.as_tensor(found.x[:-1].copy()), torch.as_tensor(above - below)


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Train every seed on the sum of one harmonic of each degree.

    network (seed, step, degree), loss (seed, step): projections over the amplitude. gram (step,
    degree): what the built spectrum predicts on the grid, gram_eigenvalue (degree). weight (degree):
    squared amplitudes a_j^2 of the blocks. target (degree): the spectrum asked for. rate: c.
    """
    weights, matrix = designed_weights(config), grid_kernel(config)
    directions = harmonics(config)
    quotients = (directions * (matrix @ directions)).sum(0) / config.samples**2  # (K,)
    largest = float(torch.linalg.eigvalsh(matrix)[-1]) / config.samples
    rate = config.step_size / largest
    curves = []
    for done, seed in enumerate(seeds_of(config)):
        report = seed_progress(progress, done, config.seeds)
        curves.append(train_seed(config, weights.sqrt(), rate, seed, report))
    steps = np.arange(config.steps + 1)
    factors = (1 - rate * quotients).numpy() ** steps[:, None]
    return xr.Dataset(
        {
            "network": (("seed", "step", "degree"), torch.stack([c for c, _ in curves]).numpy()),
            "loss": (("seed", "step"), torch.stack([loss for _, loss in curves]).numpy()),
            "gram": (("step", "degree"), factors),
            "gram_eigenvalue": ("degree", quotients.numpy()),
            "weight": ("degree", weights.numpy()),
            "target": ("degree", np.asarray(config.spectrum)),
            "rate": ((), rate),
        },
        coords={"seed": np.asarray(seeds_of(config)), "step": steps, "degree": np.arange(1, len(config.spectrum) + 1)},
    )


def grid_kernel(config: Config) -> Tensor:
    """The limit kernel of the built network on the grid: (n, n)."""
    turns = torch.arange(config.samples, dtype=DTYPE) * (2 * math.pi / config.samples)
    apart = turns[:, None] - turns
    total = torch.zeros_like(apart)
    for j, weight in enumerate(designed_weights(config), 1):
        angle = (j * apart).cos().clamp(-1, 1).acos()
        total += weight * two_layer_kernel(angle, (config.first_scale, 1.0))
    return total


def harmonics(config: Config) -> Tensor:
    """sqrt(2) cos kx at the grid, k = 1, ..., K: (n, K), norm 1 in the mean."""
    turns = torch.arange(config.samples, dtype=DTYPE) * (2 * math.pi / config.samples)
    degrees = torch.arange(1, len(config.spectrum) + 1, dtype=DTYPE)
    return math.sqrt(2) * (turns[:, None] * degrees).cos()


def train_seed(
    config: Config, amplitudes: Tensor, rate: float, seed: int, progress: Progress | None = None
) -> tuple[Tensor, Tensor]:
    """Projections of y - (f - f_0) over the amplitude (T+1, K), and the loss (T+1,)."""
    generator = torch.Generator().manual_seed(seed)
    blocks, n = len(amplitudes), config.samples
    turns = torch.arange(n, dtype=DTYPE) * (2 * math.pi / n)
    phases = torch.arange(1, blocks + 1, dtype=DTYPE)[:, None] * turns  # (K, n)
    inputs = torch.stack([phases.cos(), phases.sin()], dim=1)  # (K, 2, n)
    first = torch.randn(blocks, config.width, 2, dtype=DTYPE, generator=generator)
    last = torch.randn(blocks, 1, config.width, dtype=DTYPE, generator=generator)
    scale = amplitudes[:, None, None] * math.sqrt(2 / config.width)
    directions = harmonics(config)
    labels = config.amplitude * directions.sum(1)
    start, curves, losses = None, [], []
    for step in range(config.steps + 1):
        hidden = (first @ inputs).clamp_min_(0)  # (K, m, n)
        values = (scale * (last @ hidden)).sum(0)[0]  # (n,)
        start = values if start is None else start
        residual = labels - values + start
        loss = residual.square().mean() / 2
        check_finite(loss, step, rate)
        curves.append(residual @ directions / n / config.amplitude)
        losses.append(loss)
        pull = residual / n
        rise = scale * (hidden @ pull)[:, None, :]  # (K, 1, m)
        gated = hidden.sign_().mul_(pull) @ inputs.mT  # (K, m, 2)
        first += rate * config.first_scale * scale * last.mT * gated
        last += rate * rise
        if progress is not None and step < config.steps:
            progress(step + 1, config.steps)
    return torch.stack(curves), torch.stack(losses)


EXPERIMENT = Experiment("design", PROFILES, SMALLEST, measure, check=check)
