"""Rahaman et al. 2019 (arXiv:1806.08734), section 4: a deep ReLU network on a sum of sinusoids.

n points i/n, labels sum_k A_k sin(2 pi k x + phase_k) over the frequencies k = 5, 10, ..., 50 with random
phases; A_k = 1 ("equal") or 0.1, 0.2, ..., 1 ("increasing": the high frequencies are the large ones).
Six linear layers with biases in torch's default initialisation, mean squared error, Adam, full batch.
Recorded every ``EVERY`` steps: the learnt amplitude |f_k|/A_k by the DFT, and every layer's spectral norm.
"""

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.experiments.config import check_sizes, configured, one_thread, seed_progress
from numerics.experiments.storage import provenance
from numerics.points import DTYPE
from numerics.training import Progress, check_finite

NAME = "rahaman"
FREQUENCIES = tuple(range(5, 51, 5))
DEPTH = 6
EVERY = 25
SMALLEST = {
    "quick": {"samples": 120, "width": 16, "seeds": 2, "steps": 50},
    "full": {"samples": 120, "width": 128, "seeds": 4, "steps": 2000},
    "paper": {"samples": 200, "width": 256, "seeds": 4, "steps": 20_000},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``configure`` gives those of a profile.

    samples: points n on [0, 1). width: of the five hidden layers. seeds: phases and networks drawn,
    with the seeds seed, seed + 1, ... steps: of Adam. step_size: Adam's. amplitudes: "equal" or
    "increasing".
    """

    profile: str
    samples: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitudes: str = "increasing"
    seed: int = 0

    def __post_init__(self) -> None:
        check_sizes(NAME, self, SMALLEST, positive=("step_size",))
        if self.amplitudes not in ("equal", "increasing"):
            raise ValueError(f"{NAME}: amplitudes {self.amplitudes!r} is not one of equal, increasing")

    @property
    def sizes(self) -> tuple[float, ...]:
        """A_k of every frequency."""
        count = len(FREQUENCIES)
        return (1.0,) * count if self.amplitudes == "equal" else tuple((i + 1) / count for i in range(count))


PROFILES = {
    "quick": Config("quick", 128, 128, 8, 2000, 1e-3),
    "full": Config("full", 128, 128, 12, 2000, 1e-3),
    "paper": Config("paper", 200, 256, 10, 60_000, 3e-4),
}


def configure(profile: str = "quick", **changes: object) -> Config:
    """The config of a profile with some fields changed; ValueError names what is allowed.

    >>> configure("quick", amplitudes="equal").sizes[-1]
    1.0
    """
    return configured(NAME, PROFILES, profile, changes)


def run(config: Config, progress: Progress | None = None) -> xr.Dataset:
    """Train every seed.

    learnt (seed, step, frequency): |f_k|/A_k, 1 where the network has the target's amplitude. norm
    (seed, step, layer): spectral norm of the weights. loss (seed, step).
    """
    started = time.perf_counter()
    with one_thread():
        found = [
            train_seed(config, config.seed + done, seed_progress(progress, done, config.seeds))
            for done in range(config.seeds)
        ]
        learnt, norm, loss = (torch.stack(part).numpy() for part in zip(*found))
        result = xr.Dataset(
            {
                "learnt": (("seed", "step", "frequency"), learnt),
                "norm": (("seed", "step", "layer"), norm),
                "loss": (("seed", "step"), loss),
            },
            coords={
                "seed": np.arange(config.seed, config.seed + config.seeds),
                "step": np.arange(0, config.steps + 1, EVERY),
                "frequency": np.asarray(FREQUENCIES),
                "layer": np.arange(1, DEPTH + 1),
            },
        )
        result.attrs = provenance(NAME, config, time.perf_counter() - started)
    return result


def train_seed(
    config: Config, seed: int, progress: Progress | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """learnt (R, 10), norm (R, 6) and loss (R,) at the recorded steps."""
    generator = torch.Generator().manual_seed(seed)
    points = torch.arange(config.samples, dtype=DTYPE)[:, None] / config.samples
    cycles, sizes = torch.tensor(FREQUENCIES, dtype=DTYPE), torch.tensor(config.sizes, dtype=DTYPE)
    phases = 2 * math.pi * torch.rand(len(cycles), dtype=DTYPE, generator=generator)
    labels = (2 * math.pi * points * cycles + phases).sin() @ sizes
    parameters = _initial(config.width, generator)
    optimiser = torch.optim.Adam(parameters, lr=config.step_size)
    rows = []
    for step in range(config.steps + 1):
        values = _values(parameters, points)
        loss = (values - labels).square().mean()
        if step % EVERY == 0:
            check_finite(loss.detach(), step, config.step_size)
            spectrum = 2 * torch.fft.rfft(values.detach()).abs() / config.samples
            norms = torch.stack([torch.linalg.matrix_norm(w.detach(), 2) for w in parameters[::2]])
            rows.append((spectrum[list(FREQUENCIES)] / sizes, norms, loss.detach()))
        if step < config.steps:
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if progress is not None:
                progress(step + 1, config.steps)
    learnt, norm, losses = (torch.stack(part) for part in zip(*rows))
    return learnt, norm, losses


def _initial(width: int, generator: torch.Generator) -> list[Tensor]:
    """Weights (n_l, n_{l-1}) and biases (n_l,) in turn, uniform within 1/sqrt(n_{l-1}), as torch.nn.Linear."""
    fans = [1, *[width] * (DEPTH - 1), 1]
    found = []
    for fan_in, fan_out in zip(fans, fans[1:]):
        for shape in ((fan_out, fan_in), (fan_out,)):
            values = torch.rand(shape, dtype=DTYPE, generator=generator)
            found.append(((2 * values - 1) / math.sqrt(fan_in)).requires_grad_())
    return found


def _values(parameters: list[Tensor], points: Tensor) -> Tensor:
    """f at points (n, 1): (n,)."""
    hidden = points
    for layer, (weight, bias) in enumerate(zip(parameters[::2], parameters[1::2]), 1):
        hidden = torch.nn.functional.linear(hidden, weight, bias)
        if layer < DEPTH:
            hidden = hidden.relu()
    return hidden[:, 0]
