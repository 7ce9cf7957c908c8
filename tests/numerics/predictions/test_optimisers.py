"""The recursion of each optimiser against torch's own, on networks that are linear in their parameters: to 1e-10."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from numerics.data.user_data import Data, data_of
from numerics.predictions.modes import predict
from numerics.predictions.modes_of_networks import network_modes
from numerics.predictions.optimisers import Descent, descent_of, schedule_named, scheduled

STEPS = 40
SETTINGS: dict[str, dict[str, object]] = {
    "plain": {},
    "momentum": {"momentum": 0.8},
    "dampening": {"momentum": 0.6, "dampening": 0.3},
    "nesterov": {"momentum": 0.7, "nesterov": True},
    "weight decay": {"weight_decay": 0.05},
    "nesterov with weight decay": {"momentum": 0.5, "nesterov": True, "weight_decay": 0.02},
}
SCHEDULES = ("constant", "cosine", "linear", "step:7:0.5", "exponential:0.97")


class Features(nn.Module):
    """Fixed random features, a trained map of them and a trained bias: linear in its parameters, f_0 other than 0."""

    def __init__(self, seed: int, outputs: int) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        self.directions = torch.randn(3, 5, generator=draw, dtype=torch.float64)
        self.last = nn.Linear(5, outputs, dtype=torch.float64)
        with torch.no_grad():
            for p in self.last.parameters():
                p.copy_(torch.randn(p.shape, generator=draw, dtype=torch.float64))

    def forward(self, points: Tensor) -> Tensor:
        found: Tensor = self.last((points @ self.directions).cos())
        return found


def data(seed: int, outputs: int) -> Data:
    draw = torch.Generator().manual_seed(seed)
    made = [
        torch.randn(n, c, generator=draw, dtype=torch.float64) for n, c in ((9, 3), (9, outputs), (4, 3), (4, outputs))
    ]
    return data_of(*made)


def trained(
    network: nn.Module, given: Data, loss: nn.Module, optimiser: torch.optim.Optimizer, plan: object
) -> list[list[float]]:
    """Losses on both parts before each step and after the last."""
    found: list[list[float]] = [[], []]
    for step in range(STEPS + 1):
        value = loss(network(given.inputs), given.targets)
        found[0].append(float(value))
        found[1].append(float(loss(network(given.test_inputs), given.test_targets)))
        if step < STEPS:
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            if plan is not None:
                plan.step()  # type: ignore[attr-defined]
    return found


def largest_difference(
    settings: dict[str, object], schedule: str, reduction: str, outputs: int, change: float = 1.0
) -> float:
    network, given = Features(1, outputs), data(2, outputs)
    loss = nn.MSELoss(reduction=reduction)
    rate = 0.2 if reduction == "mean" else 0.2 / (9 * outputs)
    optimiser = torch.optim.SGD(network.parameters(), lr=rate, **settings)  # type: ignore[arg-type]
    plan = schedule_named(schedule, STEPS)
    descent = descent_of(loss, optimiser, STEPS, plan)
    descent = replace(descent, rates=tuple(change * r for r in descent.rates))
    predicted = predict(network_modes(network, given, decay=True), descent, range(STEPS + 1))
    measured = trained(network, given, loss, optimiser, None if plan is None else plan(optimiser))
    pairs = zip((predicted.train, predicted.test), measured)
    return max(abs(a - b) / max(b, 1.0) for ours, theirs in pairs for a, b in zip(ours, theirs, strict=True))


CASES = list(itertools.product(SETTINGS, SCHEDULES, ("mean", "sum"), (1, 3)))


@pytest.mark.parametrize(("setting", "schedule", "reduction", "outputs"), CASES)
def test_losses_are_those_of_torch(setting: str, schedule: str, reduction: str, outputs: int) -> None:
    assert largest_difference(SETTINGS[setting], schedule, reduction, outputs) < 1e-10


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_rate_off_by_a_thousandth_is_noticed(setting: str) -> None:
    assert largest_difference(SETTINGS[setting], "constant", "mean", 1, change=1.001) > 1e-6


MOMENTA = st.one_of(
    st.just((0.0, 0.0, False)),
    st.tuples(st.floats(0.05, 0.95), st.floats(0, 0.9), st.just(False)),
    st.tuples(st.floats(0.05, 0.95), st.just(0.0), st.just(True)),
)


@given(MOMENTA, st.floats(0.1, 5.0), st.floats(0.0, 0.5))
def test_below_the_edge_everything_shrinks_and_beyond_it_grows(
    momenta: tuple[float, float, bool], curvature: float, decay: float
) -> None:
    """By the spectral radius of one step's matrix, built column by column from torch's own SGD."""
    edge = Descent((1.0,), *momenta, decay).edge(curvature, 1.0)
    assert radius(0.99 * edge, momenta, curvature, decay) < 1 < radius(1.01 * edge, momenta, curvature, decay)


def radius(rate: float, momenta: tuple[float, float, bool], curvature: float, decay: float) -> float:
    momentum, dampening, nesterov = momenta
    columns = []
    for place, velocity in ((1.0, 0.0), (0.0, 1.0)):
        p = nn.Parameter(torch.tensor([place], dtype=torch.float64))
        optimiser = torch.optim.SGD(
            [p], lr=rate, momentum=momentum, dampening=dampening, nesterov=nesterov, weight_decay=decay
        )
        if momentum:
            optimiser.state[p]["momentum_buffer"] = torch.tensor([velocity], dtype=torch.float64)
        (curvature / 2 * p.square()).sum().backward()
        optimiser.step()
        buffer = optimiser.state[p].get("momentum_buffer") if momentum else None
        columns.append([float(p.detach()), 0.0 if buffer is None else float(buffer)])
    return float(torch.linalg.eigvals(torch.tensor(columns, dtype=torch.float64)).abs().max())


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Descent(()), "at least one step"),
        (lambda: Descent((float("nan"),)), "finite"),
        (lambda: Descent((-1.0,)), ">= 0"),
        (lambda: Descent((0.1,), momentum=1.0), "momentum"),
        (lambda: Descent((0.1,), momentum=0.5, dampening=0.1, nesterov=True), "Nesterov"),
        (lambda: Descent((0.1,), weight_decay=-1.0), "weight decay"),
        (lambda: Descent((0.1,), reduction="none"), "mean or sum"),
        (lambda: Descent((0.1,), batch=0), "batch"),
        (lambda: Descent((0.1,), batch=10).slope(9), "at most the 9 points"),
        (lambda: scheduled(0.0, 3), "> 0"),
        (lambda: scheduled(float("inf"), 3), "> 0"),
        (lambda: scheduled(0.1, 0), "from 1 to"),
        (lambda: schedule_named("step:0:0.1", 3), "allowed: constant"),
        (lambda: schedule_named("step:2:nan", 3), "allowed: constant"),
        (lambda: schedule_named("step:inf:0.1", 3), "allowed: constant"),
        (lambda: schedule_named("exponential:2", 3), "allowed: constant"),
        (lambda: schedule_named("", 3), "allowed: constant"),
        (lambda: descent_of(nn.L1Loss(), torch.optim.SGD([nn.Parameter(torch.ones(1))], 0.1), 3), "allowed: MSELoss"),
        (lambda: descent_of(nn.MSELoss(), torch.optim.Adam([nn.Parameter(torch.ones(1))]), 3), "allowed: SGD"),
        (
            lambda: descent_of(nn.MSELoss(), torch.optim.SGD([nn.Parameter(torch.ones(1))], 0.1, maximize=True), 3),
            "maximize",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_no_recursion_is_refused(make, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=says) as error:
        make()
    assert "\n" not in str(error.value)
