"""torch's SGD on torch's MSELoss as a linear recursion, mode by mode, for a network that is linear in its parameters.

    f = f_0 + J (theta - theta_0),     K = J J',     v eigenvector of K with eigenvalue lambda

MSELoss has no 1/2: dL/df = s (f - y) with s = 2/N for N values ("mean"), s = 2 ("sum"). Weight decay w pulls
theta, not theta - theta_0, to zero. In coordinates theta - theta_0 = sum_v c_v J'v + beta theta_0 the gradient is

    s (lambda c + beta h - t) + w c     of c,         w (1 + beta)     of beta

with t = <v, y - f_0> and h = <v, J theta_0>, and the residual left in the mode is t - lambda c - beta h. Momentum,
dampening and Nesterov are then applied as `torch.optim.SGD` applies them. Nothing is divided by lambda.

Adam and its kin divide by what they have seen of the gradient: no linear recursion, no prediction of this kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite

import torch
from torch import Tensor
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, LinearLR, LRScheduler, StepLR

REDUCTIONS = ("mean", "sum")
MOST_STEPS = 10**7
Scheduler = Callable[[torch.optim.Optimizer], LRScheduler]
SCHEDULES = "constant, cosine, linear, step:EVERY:FACTOR, exponential:FACTOR"


@dataclass(frozen=True, slots=True)
class Descent:
    """torch.optim.SGD on torch.nn.MSELoss(reduction): rates holds the learning rate of each of the T steps.

    batch: points of a minibatch, None for all of them. Minibatches are drawn independently of each other, so
    that the mean over them follows the recursion exactly.

    >>> Descent((0.1,) * 3).steps
    3
    >>> Descent((0.1,), nesterov=True)
    Traceback (most recent call last):
    ValueError: Nesterov's momentum needs momentum > 0 and dampening 0, as torch has it
    """

    rates: tuple[float, ...]
    momentum: float = 0.0
    dampening: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    reduction: str = "mean"
    batch: int | None = None

    def __post_init__(self) -> None:
        if not self.rates or not all(isfinite(rate) and rate >= 0 for rate in self.rates) or not max(self.rates) > 0:
            raise ValueError(
                "learning rates: finite numbers >= 0, one for each of at least one step, not all 0, wanted"
            )
        if not 0 <= self.momentum < 1 or not 0 <= self.dampening < 1:
            raise ValueError(f"0 <= momentum, dampening < 1 wanted, got {self.momentum} and {self.dampening}")
        if self.nesterov and (not self.momentum or self.dampening):
            raise ValueError("Nesterov's momentum needs momentum > 0 and dampening 0, as torch has it")
        if not 0 <= self.weight_decay < float("inf"):
            raise ValueError(f"a weight decay >= 0 wanted, got {self.weight_decay}")
        if self.reduction not in REDUCTIONS:
            raise ValueError(f"reduction {' or '.join(REDUCTIONS)} wanted, got {self.reduction!r}")
        if self.batch is not None and self.batch < 1:
            raise ValueError(f"a batch of at least one point wanted, got {self.batch}")

    @property
    def steps(self) -> int:
        """T."""
        return len(self.rates)

    @property
    def largest_rate(self) -> float:
        """The largest learning rate of the schedule."""
        return max(self.rates)

    def slope(self, points: int, outputs: int = 1) -> float:
        """s of dL/df = s (f - y), in the mean over minibatches.

        >>> Descent((1.0,)).slope(10, 2), Descent((1.0,), reduction="sum", batch=5).slope(10, 2)
        (0.1, 1.0)
        """
        if self.batch is not None and self.batch > points:
            raise ValueError(f"batch: got {self.batch}, allowed: at most the {points} points")
        if self.reduction == "mean":
            return 2 / (points * outputs)
        return 2.0 if self.batch is None else 2 * self.batch / points

    def flow_time(self, slope: float) -> float:
        """Time of the gradient flow dr/dtau = -K r that all T steps come to, where each step is small.

        >>> Descent((0.5, 0.5), momentum=0.5).flow_time(1.0)
        2.0
        """
        gain = (1 - self.dampening) / (1 - self.momentum) if self.momentum else 1.0
        return slope * gain * sum(self.rates)

    def edge(self, largest: float, slope: float) -> float:
        """The learning rate from which on the recursion grows, lambda_max = largest; infinite where nothing moves.

        rate (s lambda + w) < 2 without momentum, 2 (1 + mu)/(1 - dampening) with it and 2 (1 + mu)/(1 + 2 mu) with
        Nesterov's: the Jury conditions of the two-dimensional recursion, of which z = -1 is met first.

        >>> Descent((0.1,)).edge(4.0, 1.0), Descent((0.1,), momentum=0.5).edge(4.0, 1.0)
        (0.5, 0.75)
        """
        curvature = slope * largest + self.weight_decay
        return self._product_at_edge() / curvature if curvature > 0 else float("inf")

    def _product_at_edge(self) -> float:
        if not self.momentum:
            return 2.0
        if self.nesterov:
            return 2 * (1 + self.momentum) / (1 + 2 * self.momentum)
        return 2 * (1 + self.momentum) / (1 - self.dampening)

    def says(self) -> str:
        """The optimiser and the loss as torch writes them.

        >>> Descent((0.1, 0.1), momentum=0.9).says()
        'MSELoss(mean), SGD(lr=0.1, momentum=0.9), 2 steps'
        """
        first, last = self.rates[0], self.rates[-1]
        lr = f"lr={first:g}" if min(self.rates) == max(self.rates) else f"lr={first:g} to {last:g}"
        more = {"momentum": self.momentum, "dampening": self.dampening, "weight_decay": self.weight_decay}
        parts = [lr] + [f"{name}={value:g}" for name, value in more.items() if value]
        parts += ["nesterov"] * self.nesterov
        batch = "" if self.batch is None else f", minibatches of {self.batch}"
        return f"MSELoss({self.reduction}), SGD({', '.join(parts)}){batch}, {self.steps} steps"


def coordinates(
    descent: Descent, values: Tensor, targets: Tensor, decayed: Tensor, slope: float
) -> Iterator[tuple[Tensor, Tensor]]:
    """(c, beta) before the first step and after each: c (m, p) as ``targets``, beta (1, p).

    values: lambda (m,). targets: t (m, p). decayed: h (m, p), which counts with weight decay alone.

    >>> one = torch.ones(1, 1)
    >>> [float(c) for c, _ in coordinates(Descent((0.5,) * 2), one[0], one, 0 * one, 1.0)]
    [0.0, 0.5, 0.75]
    """
    state = torch.cat([torch.zeros_like(targets), torch.zeros_like(targets[:1])])  # (m + 1, p), beta last
    buffer: Tensor | None = None
    decay = torch.full_like(targets[:1], descent.weight_decay)
    yield state[:-1], state[-1:]
    for rate in descent.rates:
        c, beta = state[:-1], state[-1:]
        pull = slope * (values[:, None] * c + beta * decayed - targets)
        gradient = torch.cat([pull, decay]) + descent.weight_decay * state
        moved = gradient
        if descent.momentum:
            buffer = gradient if buffer is None else descent.momentum * buffer + (1 - descent.dampening) * gradient
            moved = gradient + descent.momentum * buffer if descent.nesterov else buffer
        state = state - rate * moved
        yield state[:-1], state[-1:]


def scheduled(rate: float, steps: int, scheduler: Scheduler | None = None) -> tuple[float, ...]:
    """The learning rate of each step, read off torch's own scheduler, stepped once a step.

    >>> scheduled(1.0, 3, lambda optimiser: ExponentialLR(optimiser, 0.5))
    (1.0, 0.5, 0.25)
    """
    if not isfinite(rate) or not rate > 0:
        raise ValueError(f"a learning rate > 0 wanted, got {rate}")
    if not 1 <= steps <= MOST_STEPS:
        raise ValueError(f"steps: from 1 to {MOST_STEPS} wanted, got {steps}")
    if scheduler is None:
        return (float(rate),) * steps
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    plan, rates = scheduler(optimiser), []
    for _ in range(steps):
        rates.append(float(optimiser.param_groups[0]["lr"]))
        optimiser.step()
        plan.step()
    return tuple(rates)


def schedule_named(text: str, steps: int) -> Scheduler | None:
    """The scheduler of a text: one of SCHEDULES, over ``steps`` steps.

    >>> scheduled(1.0, 4, schedule_named("step:2:0.1", 4))
    (1.0, 1.0, 0.1, 0.1)
    >>> schedule_named("stairs", 4)
    Traceback (most recent call last):
    ValueError: schedule: got 'stairs', allowed: constant, cosine, linear, step:EVERY:FACTOR, exponential:FACTOR
    """
    name, *numbers = text.split(":")
    try:
        match name, [float(number) for number in numbers]:
            case "constant", []:
                return None
            case "cosine", []:
                return lambda optimiser: CosineAnnealingLR(optimiser, steps)
            case "linear", []:
                return lambda optimiser: LinearLR(optimiser, 1.0, 1 / steps, steps)
            case "step", [every, factor] if every >= 1 and every == int(every) and 0 < factor <= 1:
                return lambda optimiser: StepLR(optimiser, int(every), factor)
            case "exponential", [factor] if 0 < factor <= 1:
                return lambda optimiser: ExponentialLR(optimiser, factor)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"schedule: got {text!r}, allowed: {SCHEDULES}")


def descent_of(
    loss: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    steps: int,
    scheduler: Scheduler | None = None,
    batch: int | None = None,
) -> Descent:
    """The recursion of torch's own objects, as they are before training; ValueError for one that has none.

    >>> network = torch.nn.Linear(2, 1)
    >>> descent_of(torch.nn.MSELoss(), torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.5), 10).momentum
    0.5
    >>> descent_of(torch.nn.MSELoss(), torch.optim.Adam(network.parameters()), 10)
    Traceback (most recent call last):
    ValueError: Adam follows no linear recursion: it can be measured, not predicted; allowed: SGD
    """
    if type(loss) is not torch.nn.MSELoss or loss.reduction not in REDUCTIONS:
        raise ValueError(f"{type(loss).__name__}: allowed: MSELoss with reduction {' or '.join(REDUCTIONS)}")
    refuse_others(type(optimiser).__name__)
    fields = ("lr", "momentum", "dampening", "nesterov", "weight_decay", "maximize")
    found = {tuple(group[field] for field in fields) for group in optimiser.param_groups}
    if len(found) != 1:
        raise ValueError("parameter groups of different settings have no common recursion, allowed: one group")
    ((rate, momentum, dampening, nesterov, decay, maximise),) = found
    if maximise:
        raise ValueError("maximize=True ascends, allowed: descent")
    rates = scheduled(float(rate), steps, scheduler)
    return Descent(rates, momentum, dampening, nesterov, decay, loss.reduction, batch)


def refuse_others(name: str) -> None:
    """Raise ValueError unless the optimiser of this name is SGD.

    >>> refuse_others("sgd")
    """
    if name.lower() != "sgd":
        raise ValueError(f"{name} follows no linear recursion: it can be measured, not predicted; allowed: SGD")
