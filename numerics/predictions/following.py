"""A network that is really trained, beside what its modes predict: how far it is from the linearised one, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from numerics.data.user_data import Data
from numerics.networks.tangent_kernels import empirical_kernel
from numerics.networks.training import TrainingDiverged
from numerics.networks.user_networks import outputs_at
from numerics.predictions.modes import Decomposed, checked, edge_of
from numerics.predictions.optimisers import Descent, coordinates


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """At the checkpoints: the norm of f - f_predicted on the training points, as a share of |y - f_0|; both losses.

    drift: |K_T - K_0|/|K_0| of the network's own kernel, from start to end.
    """

    checkpoints: tuple[int, ...]
    distance: tuple[float, ...]
    loss: tuple[float, ...]
    predicted: tuple[float, ...]
    drift: float


def follow(network: nn.Module, data: Data, modes: Decomposed, descent: Descent, checkpoints: Iterable[int]) -> Followed:
    """Train the network, which is changed, by torch's SGD on MSELoss, and hold it against the modes.

    network and data as `numerics.networks.user_networks.prepared` gives them; modes of its own kernel at the start, or
    of another kernel with the residual y - f_0 at the start. Full batches. Raises TrainingDiverged.

    >>> from numerics.data.user_data import data_of
    >>> from numerics.predictions.modes_of_networks import network_modes
    >>> data, network = data_of([[1.0], [2.0]], [1.0, 3.0]), nn.Linear(1, 1).double()
    >>> found = follow(network, data, network_modes(network, data), Descent((0.1,) * 5), [5])
    >>> found.distance[0] < 1e-12, found.drift
    (True, 0.0)
    """
    if descent.batch is not None:
        raise ValueError("minibatches follow the kernel in the mean alone, allowed: full batches")
    slope = descent.slope(modes.points, modes.outputs)
    edge_of(descent, float(modes.values[0]), slope)
    wanted = checked(checkpoints, descent.steps)
    start = empirical_kernel(network, data.inputs)
    scale = float(modes.targets.norm())
    trained = [p for p in network.parameters() if p.requires_grad]
    optimiser = torch.optim.SGD(
        trained, descent.rates[0], descent.momentum, descent.dampening, descent.weight_decay, descent.nesterov
    )
    loss = nn.MSELoss(reduction=descent.reduction)
    rows: list[tuple[float, float, float]] = []
    path = coordinates(descent, modes.values, modes.targets, modes.decayed, slope)
    for step, (c, beta) in enumerate(path):
        if step in wanted:
            left = modes.vectors @ (modes.targets - modes.values[:, None] * c - beta * modes.decayed)
            residual = (data.targets - outputs_at(network, data.inputs)).double()
            rows.append(_compared(left.reshape(residual.shape), residual, scale, loss))
        if step < descent.steps:
            optimiser.param_groups[0]["lr"] = descent.rates[step]
            optimiser.zero_grad()
            value = loss(network(data.inputs).reshape(data.targets.shape), data.targets)
            if not bool(value.isfinite()):
                raise TrainingDiverged(f"the loss is not finite at step {step}")
            value.backward()
            optimiser.step()
    distance, measured, predicted = zip(*rows)
    drift = float((empirical_kernel(network, data.inputs) - start).norm() / start.norm())
    return Followed(wanted, distance, measured, predicted, drift)


def _compared(predicted: Tensor, residual: Tensor, scale: float, loss: nn.MSELoss) -> tuple[float, float, float]:
    measured, expected = (float(loss(rows, torch.zeros_like(rows))) for rows in (residual, predicted))
    return float((residual - predicted).norm()) / scale, measured, expected
