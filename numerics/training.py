"""Full-batch gradient descent on a two-layer network, with its gradient written out.

    L = 1/2 sum_i w_i (f(x_i) - y_i)^2,     eta = c/m,     r = y - f.

With g_i = w_i r_i and Q_r = sum_i g_i 1[w_r.x_i > 0] x_i the gradients are

    -dL/dW1_r = sqrt(m) a_r Q_r,     -dL/dW2_r = sqrt(m) <w_r, Q_r>,

the second because relu(z) = z 1[z > 0]. Hidden units are worked on in chunks that stay in cache.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.networks import TwoLayer, hidden_chunks
from numerics.targets import Problem

Progress = Callable[[int, int], None]


class TrainingDiverged(ArithmeticError):
    """The loss stopped being finite."""


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """What training recorded before steps 1, ..., T and after the last one, and where it ended.

    projections: <phi_j, r_t> (T+1, ..., q). loss: L (T+1, ...). network: the weights after step T.
    """

    projections: Tensor
    loss: Tensor
    network: TwoLayer


def train(
    network: TwoLayer,
    problem: Problem,
    step_size: float,
    steps: int,
    progress: Progress | None = None,
    centred: bool = False,
) -> Trajectory:
    """Gradient descent for ``steps`` steps of eta = step_size / m; ``network`` is left as it is.

    step_size: c, in units in which the degree-k residual decays by 1 - c mu_k a step
    (`numerics.kernels`); c mu_max < 2 wanted. progress(done, total) is called after every step.
    centred: fit f - f_0 in place of f, so that the residual starts at y for any network. It leaves
    all m hidden units independent, where antisymmetric doubling leaves m/2: at the same cost the
    tangent kernel has half the variance.
    Raises TrainingDiverged as soon as the loss is not finite.

    >>> from numerics import networks, points, targets
    >>> pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    >>> task = targets.mixture_problem(targets.CAO_SAME_SCALE, points.equispaced_circle(8), pole)
    >>> net = networks.initialise(1, 32, torch.Generator().manual_seed(0))
    >>> losses = train(net, task, step_size=1.0, steps=20).loss
    >>> bool(losses[20] < losses[0])
    True
    """
    if steps < 1 or not step_size > 0:
        raise ValueError(f"steps >= 1 and step_size > 0 wanted, got {steps} and {step_size}")
    network = network.clone()
    weights, labels = problem.sample.weights, problem.labels
    projections, losses = [], []
    for step in range(steps + 1):
        values, gates = _forward(network, problem.sample.points)
        if centred and step == 0:
            labels = labels + values
        residual = labels - values  # (..., n)
        loss = 0.5 * (weights * residual.square()).sum(-1)
        _check_finite(loss, step, step_size)
        projections.append(problem.project(residual))
        losses.append(loss)
        if step < steps:
            _descend(network, gates, problem.sample.points, weights * residual, step_size)
            if progress is not None:
                progress(step + 1, steps)
    return Trajectory(torch.stack(projections), torch.stack(losses), network)


def loss_gradient(network: TwoLayer, problem: Problem) -> tuple[Tensor, Tensor]:
    """dL/dW1 (..., m, d+1) and dL/dW2 (..., m), as the training loop uses them.

    At w_r.x_i = 0 the derivative of relu is taken as 0.
    """
    points = problem.sample.points
    values, gates = _forward(network, points)
    pull = problem.sample.weights * (problem.labels - values)
    parts = [
        _ascent(network, chunk, gate, pull[..., None] * points)
        for chunk, gate in zip(hidden_chunks(network, len(points)), gates)
    ]
    scale = -math.sqrt(network.width)
    return (
        scale * torch.cat([first for first, _ in parts], dim=-2),
        scale * torch.cat([second for _, second in parts], dim=-1),
    )


def _forward(network: TwoLayer, points: Tensor) -> tuple[Tensor, list[Tensor]]:
    """f (..., n), and the gates 1[w_r.x_i > 0] of every chunk (..., c, n) for the way back."""
    values = points.new_zeros(*network.second.shape[:-1], len(points))
    gates = []
    for chunk in hidden_chunks(network, len(points)):
        hidden = (network.first[..., chunk, :] @ points.T).clamp_min_(0)  # (..., c, n)
        values += (network.second[..., None, chunk] @ hidden)[..., 0, :]
        gates.append(hidden.sign_())
    return math.sqrt(network.width) * values, gates


def _ascent(
    network: TwoLayer, chunk: slice, gate: Tensor, pulled: Tensor
) -> tuple[Tensor, Tensor]:
    """(a_r Q_r, <w_r, Q_r>) of one chunk; pulled: g_i x_i (..., n, d+1)."""
    q = gate @ pulled  # (..., c, d+1)
    first = network.second[..., chunk, None] * q
    return first, (network.first[..., chunk, :] * q).sum(-1)


def _descend(
    network: TwoLayer, gates: list[Tensor], points: Tensor, pull: Tensor, step_size: float
) -> None:
    """One step eta = step_size/m along minus the gradient, in place; pull: g (..., n)."""
    scale = step_size / math.sqrt(network.width)  # eta sqrt(m)
    pulled = pull[..., None] * points
    for chunk, gate in zip(hidden_chunks(network, len(points)), gates):
        first, second = _ascent(network, chunk, gate, pulled)
        network.first[..., chunk, :] += scale * first
        network.second[..., chunk] += scale * second


def _check_finite(loss: Tensor, step: int, step_size: float) -> None:
    if not bool(loss.isfinite().all()):
        raise TrainingDiverged(
            f"loss {loss.max().item()} at step {step} with step_size {step_size}: the step may be "
            "beyond 2/mu_max, the labels too large for the width, or the data not finite"
        )
