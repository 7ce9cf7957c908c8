"""Rahaman et al. 2019 (arXiv:1806.08734), section 3: a deep ReLU network on a sum of sinusoids.

n points i/n, labels sum_k A_k sin(2 pi k x + phase_k) over the frequencies k = 5, 10, ..., 50 with
random phases; A_k = 1 ("equal") or 0.1, 0.2, ..., 1 ("increasing": the high frequencies are the large
ones). Six linear layers with biases in torch's default initialisation, mean squared error, Adam, full
batch. Both settings are trained side by side from the same network, phases and noise.

Recorded every ``EVERY`` steps: |f_k|/A_k by the DFT, and every layer's spectral norm. Beside them two
predictions from the network's own tangent kernel at the start, K = J J'/n on the points:

    Adam                the tangent model f_0 + J (theta - theta_0), trained by the same Adam
    gradient descent    f_t = y - (I - K/lambda_1)^t (y - f_0), lambda_1 the largest eigenvalue

After training: the exact transform on [0, 1] from the network's linear pieces (`numerics.networks.linear_pieces`),
and the same amplitudes after Gaussian noise on every parameter, of norm noise times the norm of all.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import DTYPE
from numerics.experiments.config import seed_progress, seeds_of
from numerics.experiments.experiment import Experiment
from numerics.networks.fourier_transforms import line_transform
from numerics.networks.linear_pieces import Line, line_pieces
from numerics.networks.training import Progress, check_finite

FREQUENCIES = tuple(range(5, 51, 5))
AMPLITUDES = {
    "equal": (1.0,) * len(FREQUENCIES),
    "increasing": tuple((i + 1) / len(FREQUENCIES) for i in range(len(FREQUENCIES))),
}
PREDICTORS = ("Adam", "gradient descent")
DEPTH = 6
EVERY = 25
NOISE = (0.003, 0.01, 0.03, 0.1, 0.3)
SHOWN = (0.05, 0.25, 1.0)  # of the steps
DRAWS = 30  # of the noise, for each network and size
CYCLES = np.unique(np.geomspace(1, 10_000, 150).astype(int))
SMALLEST = {
    "quick": {"samples": 120, "width": 16, "seeds": 2, "steps": 50},
    "full": {"samples": 120, "width": 64, "seeds": 4, "steps": 2000},
    "paper": {"samples": 200, "width": 256, "seeds": 4, "steps": 20_000},
}


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of one run; ``EXPERIMENT.configure`` gives those of a profile.

    samples: points n on [0, 1). width: of the five hidden layers. seeds: phases and networks drawn,
    with the seeds seed, seed + 1, ... steps: of Adam, a multiple of EVERY. step_size: Adam's.
    amplitudes: one or both of "equal" and "increasing".

    >>> EXPERIMENT.configure("quick", amplitudes=("equal",)).shown
    (100, 500, 2000)
    """

    profile: str
    samples: int
    width: int
    seeds: int
    steps: int
    step_size: float
    amplitudes: tuple[str, ...] = tuple(AMPLITUDES)
    seed: int = 0
    device: str = "cpu"

    @property
    def shown(self) -> tuple[int, ...]:
        """Recorded steps at which the learnt function is kept."""
        return tuple(sorted({EVERY * max(1, round(self.steps * share / EVERY)) for share in SHOWN}))


PROFILES = {
    "quick": Config("quick", 120, 64, 8, 2000, 3e-3),
    "full": Config("full", 120, 64, 12, 2000, 3e-3),
    "paper": Config("paper", 200, 256, 10, 60_000, 3e-4),
}


def check(config: Config) -> None:
    """Raise ValueError, in one line, for what is wrong beside a size."""
    known, given = ", ".join(AMPLITUDES), config.amplitudes
    if not given or len(set(given)) < len(given) or not set(given) <= set(AMPLITUDES):
        raise ValueError(f"amplitudes {given!r}: one or both of {known} wanted")
    if config.steps % EVERY:
        raise ValueError(f"steps = {config.steps}: a multiple of {EVERY} wanted")


def measure(config: Config, progress: Progress) -> xr.Dataset:
    """Train every seed in every setting of the amplitudes.

    learnt (seed, setting, step, frequency): |f_k|/A_k, 1 where the network has the target's
    amplitude; predicted: the same with predictor. norm (.., step, layer): spectral norms. loss (..,
    step). values (.., shown, point), labels (.., point). change (.., noise, frequency): mean of
    | |f'_k|/|f_k| - 1 | over DRAWS perturbed networks f'; kept: mean of |f'_k|/|f_k|. transform,
    bound (.., cycle): |f^(2 pi k)| on [0, 1] and its bound. pieces (..): linear pieces there.
    """
    found = []
    for done, seed in enumerate(seeds_of(config)):
        found.append(train_seed(config, seed, seed_progress(progress, done, config.seeds)))
    own = {
        "learnt": ("step", "frequency"),
        "predicted": ("predictor", "step", "frequency"),
        "norm": ("step", "layer"),
        "loss": ("step",),
        "values": ("shown", "point"),
        "labels": ("point",),
        "change": ("noise", "frequency"),
        "kept": ("noise", "frequency"),
        "transform": ("cycle",),
        "bound": ("cycle",),
        "pieces": (),
    }
    return xr.Dataset(
        {name: (("seed", "setting", *dims), np.stack([one[name] for one in found])) for name, dims in own.items()},
        coords={
            "seed": np.asarray(seeds_of(config)),
            "setting": list(config.amplitudes),
            "step": np.arange(0, config.steps + 1, EVERY),
            "frequency": np.asarray(FREQUENCIES),
            "layer": np.arange(1, DEPTH + 1),
            "predictor": list(PREDICTORS),
            "shown": list(config.shown),
            "point": np.arange(config.samples) / config.samples,
            "noise": list(NOISE),
            "cycle": CYCLES,
        },
    )


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """points (n, 1), labels (s, n) and amplitudes (s, 10) of the s settings."""

    points: Tensor
    labels: Tensor
    amplitudes: Tensor

    def learnt(self, values: Tensor) -> Tensor:
        """|f_k|/A_k of values (..., s, n): (..., s, 10)."""
        spectrum = 2 * torch.fft.rfft(values).abs() / len(self.points)
        return spectrum[..., list(FREQUENCIES)] / self.amplitudes


def draw_task(config: Config, generator: torch.Generator) -> Task:
    """The points and labels of one seed."""
    points = torch.arange(config.samples, dtype=DTYPE)[:, None] / config.samples
    cycles = torch.tensor(FREQUENCIES, dtype=DTYPE)
    sizes = torch.tensor([AMPLITUDES[name] for name in config.amplitudes], dtype=DTYPE)
    phases = 2 * math.pi * torch.rand(len(cycles), dtype=DTYPE, generator=generator)
    waves = (2 * math.pi * points * cycles + phases).sin()  # (n, 10)
    return Task(points, sizes @ waves.T, sizes)


def train_seed(config: Config, seed: int, progress: Progress | None = None) -> dict[str, np.ndarray]:
    """Everything recorded of one seed, by name, the settings first."""
    generator = torch.Generator().manual_seed(seed)
    task = draw_task(config, generator)
    start = initial(config.width, generator)
    parameters = [p.repeat(len(task.labels), 1, 1).requires_grad_() for p in start]
    optimiser = torch.optim.Adam(parameters, lr=config.step_size, fused=True)
    learnt, norm, losses, shown = [], [], [], []
    for step in range(config.steps + 1):
        values = evaluate(parameters, task.points)  # (s, n)
        loss = (values - task.labels).square().mean(1)
        if step % EVERY == 0:
            check_finite(loss.detach(), step, config.step_size)
            learnt.append(task.learnt(values.detach()))
            norm.append(torch.stack([torch.linalg.matrix_norm(w.detach(), 2) for w in parameters[::2]], 1))
            losses.append(loss.detach())
        if step in config.shown:
            shown.append(values.detach())
        if step < config.steps:
            optimiser.zero_grad()
            loss.sum().backward()
            optimiser.step()
            if progress is not None:
                progress(step + 1, config.steps)
    rows = {"learnt": learnt, "norm": norm, "loss": losses, "values": shown}
    trained = [p.detach() for p in parameters]
    change, kept = perturbed(trained, task, generator)
    found = {name: torch.stack(row, 1) for name, row in rows.items()}
    found |= {"labels": task.labels, "change": change, "kept": kept}
    found["predicted"] = predictions(config, start, task)
    return {name: value.numpy() for name, value in found.items()} | transforms(trained)


def initial(width: int, generator: torch.Generator) -> list[Tensor]:
    """Weights (n_l, n_{l-1}) and biases (1, n_l) in turn, uniform within 1/sqrt(n_{l-1}), torch's default."""
    fans = [1, *[width] * (DEPTH - 1), 1]
    found = []
    for fan_in, fan_out in zip(fans, fans[1:]):
        for shape in ((fan_out, fan_in), (1, fan_out)):
            values = torch.rand(shape, dtype=DTYPE, generator=generator)
            found.append((2 * values - 1) / math.sqrt(fan_in))
    return found


def evaluate(parameters: list[Tensor], points: Tensor) -> Tensor:
    """f of s networks, parameters with s in front, at points (n, 1): (s, n)."""
    hidden = points.expand(len(parameters[0]), *points.shape)
    for layer, (weight, bias) in enumerate(zip(parameters[::2], parameters[1::2]), 1):
        hidden = torch.baddbmm(bias, hidden, weight.mT)
        if layer < DEPTH:
            hidden = hidden.relu()
    return hidden[..., 0]


def predictions(config: Config, start: list[Tensor], task: Task) -> Tensor:
    """|f_k|/A_k of the tangent model by Adam and by gradient descent: (s, 2, step, 10)."""
    single = [p[None] for p in start]
    rows = torch.autograd.functional.jacobian(
        lambda *parameters: evaluate(list(parameters), task.points)[0], tuple(single), vectorize=True
    )
    slopes = torch.cat([row.flatten(1) for row in rows], 1)  # (n, P)
    outputs, n = evaluate(single, task.points), config.samples  # (1, n)
    moved = torch.zeros(len(task.labels), slopes.shape[1], dtype=DTYPE, requires_grad=True)
    optimiser = torch.optim.Adam([moved], lr=config.step_size, fused=True)
    adam = []
    for step in range(config.steps + 1):
        # One product a setting: a matrix of two columns takes four times as long.
        values = outputs + torch.stack([slopes @ row for row in moved.detach()])  # (s, n)
        if step % EVERY == 0:
            adam.append(task.learnt(values))
        moved.grad = torch.stack([slopes.T @ row for row in 2 / n * (values - task.labels)])
        optimiser.step()
    eigenvalues, vectors = torch.linalg.eigh(slopes @ slopes.T / n)
    left = (task.labels - outputs) @ vectors  # (s, n)
    times = torch.arange(0, config.steps + 1, EVERY)[:, None, None]
    factors = (1 - eigenvalues.clamp_min(0) / eigenvalues[-1]) ** times  # (step, 1, n)
    descent = task.learnt(task.labels - (factors * left) @ vectors.T)  # (step, s, 10)
    return torch.stack([torch.stack(adam), descent]).permute(2, 0, 1, 3)


def perturbed(parameters: list[Tensor], task: Task, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """change and kept, each (s, noise, 10); the same noise, up to its size, for every setting."""
    count = sum(p[0].numel() for p in parameters)
    none = parameters[0].new_zeros(len(parameters[0]))
    squares = sum((p.square().sum((1, 2)) for p in parameters), start=none)  # (s,)
    size = squares.sqrt()[:, None, None] / math.sqrt(count)
    before = task.learnt(evaluate(parameters, task.points))
    change, kept = [], []
    for share in NOISE:
        ratios = []
        for _ in range(DRAWS):
            noise = [torch.randn(p.shape[1:], dtype=DTYPE, generator=generator) for p in parameters]
            moved = [p + share * size * z for p, z in zip(parameters, noise)]
            ratios.append(task.learnt(evaluate(moved, task.points)) / before)
        ratio = torch.stack(ratios)  # (draw, s, 10)
        change.append((ratio - 1).abs().mean(0))
        kept.append(ratio.mean(0))
    return torch.stack(change, 1), torch.stack(kept, 1)


def transforms(parameters: list[Tensor]) -> dict[str, np.ndarray]:
    """transform, bound (s, cycle) and pieces (s,) of trained networks on [0, 1]."""
    found: dict[str, list] = {"transform": [], "bound": [], "pieces": []}
    for number in range(len(parameters[0])):
        weights = [p[number].numpy() for p in parameters]
        line = line_pieces([(w, b[0]) for w, b in zip(weights[::2], weights[1::2])], 0.0, 1.0)
        found["transform"].append(np.abs(line_transform(line, 2 * np.pi * CYCLES)))
        found["bound"].append(periodic_bound(line, CYCLES))
        found["pieces"].append(len(line.points) - 1)
    return {name: np.array(values) for name, values in found.items()}


def periodic_bound(line: Line, cycles: np.ndarray) -> np.ndarray:
    """Of |f^(2 pi k)| for whole k: |f(1) - f(0)|/(2 pi k) + sum |J|/(2 pi k)^2, 1 and 0 being one kink."""
    kinks, radians = line.kinks, 2 * np.pi * cycles
    total = np.abs(kinks[1:-1]).sum() + abs(kinks[0] + kinks[-1])
    return abs(line.values[-1] - line.values[0]) / radians + total / radians**2


EXPERIMENT = Experiment("rahaman", PROFILES, SMALLEST, measure, positive=("step_size",), check=check)
