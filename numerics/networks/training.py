"""Full-batch gradient descent on a two-layer network, with its gradient written out.

    L = 1/2 sum_i w_i (f(x_i) - y_i)^2,     eta = c/m,     r = y - f.

With g_i = w_i r_i and Q_r = sum_i g_i 1[w_r.x_i > 0] x_i the gradients are

    -dL/dW1_r = sqrt(m) a_r Q_r,     -dL/dW2_r = sqrt(m) <w_r, Q_r>,

the second because relu(z) = z 1[z > 0]. Hidden units are worked on in chunks that stay in cache.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor

from numerics.data.targets import Problem
from numerics.networks.two_layer import TwoLayer, hidden_chunks

Progress = Callable[[int, int], None]
N = TypeVar("N")


class TrainingDiverged(ArithmeticError):
    """The loss stopped being finite."""


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory(Generic[N]):
    """What training recorded, and where it ended.

    steps: the R recorded steps, in order; step t is the state after t steps of descent.
    projections: <phi_j, r_t> (R, ..., q). loss: L (R, ...). network: the weights after step T.
    """

    projections: Tensor
    loss: Tensor
    network: N
    steps: tuple[int, ...]


def train(
    network: TwoLayer,
    problem: Problem,
    step_size: float,
    steps: int,
    progress: Progress | None = None,
    centred: bool = False,
    record: Iterable[int] | None = None,
) -> Trajectory[TwoLayer]:
    """Gradient descent for ``steps`` steps of eta = step_size / m; ``network`` is left as it is.

    step_size: c, in units in which the degree-k residual decays by 1 - c mu_k a step
    (`numerics.predictions.limit_kernels`); c mu_max < 2 wanted. progress(done, total) is called after every step.
    centred: fit f - f_0 in place of f, so that the residual starts at y for any network. It leaves
    all m hidden units independent, where antisymmetric doubling leaves m/2: at the same cost the
    tangent kernel has half the variance.
    record: the steps in 0, ..., T whose projections and loss are kept, all of them by default;
    nothing else grows with T. The loss is looked at in every step.
    Raises TrainingDiverged as soon as the loss is not finite.

    >>> from numerics.data import points, targets
    >>> from numerics.networks import two_layer as networks
    >>> pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    >>> task = targets.mixture_problem(targets.CAO_SAME_SCALE, points.equispaced_circle(8), pole)
    >>> net = networks.initialise(1, 32, torch.Generator().manual_seed(0))
    >>> losses = train(net, task, step_size=1.0, steps=20, record=[0, 20]).loss
    >>> bool(losses[1] < losses[0])
    True
    """
    recorder = Recorder(problem, steps, step_size, record)
    network, columns = network.clone(), problem.sample.points.T.contiguous()
    gates = _gates(network, columns)
    values = advance(network, columns, gates)
    labels = problem.labels + values if centred else problem.labels
    for step in range(steps + 1):
        residual = labels - values  # (..., n)
        recorder.look(step, residual)
        if step < steps:
            pulled = (problem.sample.weights * residual)[..., None, :] * columns
            values = advance(network, columns, gates, pulled, step_size)
            if progress is not None:
                progress(step + 1, steps)
    return recorder.trajectory(network)


class Recorder:
    """Keeps projections and losses of the steps asked for, and refuses losses that are no number.

    Used by every training loop: `look` once per step, `trajectory` at the end.
    """

    def __init__(self, problem: Problem, steps: int, step_size: float, record: Iterable[int] | None = None) -> None:
        if steps < 1 or not step_size > 0:
            raise ValueError(f"steps >= 1 and step_size > 0 wanted, got {steps} and {step_size}")
        self.steps = tuple(range(steps + 1)) if record is None else tuple(sorted(set(record)))
        if not self.steps or self.steps[0] < 0 or self.steps[-1] > steps:
            raise ValueError(f"record wants steps within 0..{steps}, at least one")
        self.problem, self.step_size, self.found = problem, step_size, 0
        self.projections: Tensor | None = None
        self.losses: Tensor | None = None

    def look(self, step: int, residual: Tensor) -> None:
        """Record the residual (..., n) before step ``step`` if asked for; check its loss."""
        loss = 0.5 * (self.problem.sample.weights * residual.square()).sum(-1)
        check_finite(loss, step, self.step_size)
        if self.found == len(self.steps) or step != self.steps[self.found]:
            return
        projections = self.problem.project(residual)
        if self.projections is None or self.losses is None:
            self.projections = projections.new_empty(len(self.steps), *projections.shape)
            self.losses = loss.new_empty(len(self.steps), *loss.shape)
        self.projections[self.found], self.losses[self.found] = projections, loss
        self.found += 1

    def trajectory(self, network: N) -> Trajectory[N]:
        """Everything recorded, with the trained network."""
        assert self.projections is not None and self.losses is not None
        return Trajectory(self.projections, self.losses, network, self.steps)


def advance(
    network: TwoLayer, columns: Tensor, gates: list[Tensor], pulled: Tensor | None = None, step_size: float = 0.0
) -> Tensor:
    """f (..., n) after one step eta = step_size/m, which moves the network and its gates in place.

    columns: the points as (d+1, n). gates: w_r.x_i > 0 of every chunk (..., c, n), overwritten.
    pulled: g_i x_i as (..., d+1, n); without it nothing moves. Each chunk is stepped and evaluated
    while it is in cache, so that a step reads and writes the gates once, a byte each.
    """
    values = columns.new_zeros(*network.second.shape[:-1], columns.shape[-1])
    scale = step_size / math.sqrt(network.width)  # eta sqrt(m)
    room = columns.new_empty(gates[0].shape)  # of the largest chunk
    for chunk, gate in zip(hidden_chunks(network, columns.shape[-1]), gates):
        hidden = room[..., : gate.shape[-2], :]
        if pulled is not None:
            first, second = _ascent(network, chunk, hidden.copy_(gate), pulled)
            network.first[..., chunk, :].add_(first, alpha=scale)
            network.second[..., chunk].add_(second, alpha=scale)
        torch.matmul(network.first[..., chunk, :], columns, out=hidden)
        hidden.clamp_min_(0)  # activations (..., c, n)
        values += (network.second[..., None, chunk] @ hidden)[..., 0, :]
        torch.gt(hidden, 0, out=gate)
    return values.mul_(math.sqrt(network.width))


def _gates(network: TwoLayer, columns: Tensor) -> list[Tensor]:
    """Room for the gates of every chunk: n m bytes, the loop's largest store."""
    leading, n = network.second.shape[:-1], columns.shape[-1]
    sizes = [len(range(*c.indices(network.width))) for c in hidden_chunks(network, n)]
    return [columns.new_empty(*leading, size, n, dtype=torch.bool) for size in sizes]


def _ascent(network: TwoLayer, chunk: slice, gate: Tensor, pulled: Tensor) -> tuple[Tensor, Tensor]:
    """(a_r Q_r, <w_r, Q_r>) of one chunk; pulled: g_i x_i (..., d+1, n)."""
    q = (pulled @ gate.mT).mT  # (..., c, d+1); twice as fast as gate @ pulled.mT
    first = network.second[..., chunk, None] * q
    return first, (network.first[..., chunk, :] * q).sum(-1)


def check_finite(loss: Tensor, step: int, step_size: float) -> None:
    """Raise TrainingDiverged, with the likely causes, where a loss is not finite."""
    if not bool(loss.isfinite().all()):
        raise TrainingDiverged(
            f"loss {loss.max().item()} at step {step} with step_size {step_size}: the step may be "
            "beyond 2/mu_max, the labels too large for the width, or the data not finite"
        )
