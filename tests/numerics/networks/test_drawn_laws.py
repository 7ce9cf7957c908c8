"""The law that is read from the draws is that of the values."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from numerics.networks.drawn_laws import Draws, Law

SIZE = 400


def square() -> nn.Parameter:
    return nn.Parameter(torch.empty(SIZE, SIZE))


def by_hand() -> nn.Parameter:
    return nn.Parameter(math.sqrt(2) * torch.randn(SIZE, SIZE) / torch.sqrt(torch.tensor(float(SIZE))))


def shifted() -> nn.Parameter:
    return nn.Parameter((torch.rand(SIZE, SIZE) - 0.5) * 3)


def clipped() -> nn.Parameter:
    return nn.Parameter(torch.randn(SIZE, SIZE).clamp(-1, None))


def signs() -> nn.Parameter:
    return nn.Parameter(0.3 * torch.randn(SIZE, SIZE).sign())


def data() -> nn.Parameter:
    one = square()
    one.data = torch.randn(SIZE, SIZE).T * 0.1
    return one


def copied() -> nn.Parameter:
    one, other = square(), nn.init.xavier_normal_(square())
    with torch.no_grad():
        one.copy_(other)
    return one


SEEN = {
    "default": lambda: nn.Linear(SIZE, SIZE).weight,
    "kaiming normal": lambda: nn.init.kaiming_normal_(square()),
    "xavier uniform": lambda: nn.init.xavier_uniform_(square(), gain=2.0),
    "uniform": lambda: nn.init.uniform_(square(), -0.2, 0.3),
    "constant": lambda: nn.init.constant_(square(), 0.01),
    "zeros": lambda: nn.init.zeros_(square()),
    "double": lambda: nn.Linear(SIZE, SIZE).double().weight,
    "normal of a size": lambda: nn.Parameter(torch.normal(0.5, 2.0, (SIZE, SIZE))),
    "by hand": by_hand,
    "shifted": shifted,
    "clipped": clipped,
    "signs": signs,
    "data": data,
    "copied": copied,
}


@pytest.mark.parametrize("name", SEEN)
def test_the_law_has_the_mean_and_the_variance_of_the_values(name):
    torch.manual_seed(1)
    with Draws() as draws:
        parameter = SEEN[name]()
    law = draws.law(parameter)
    assert law is not None
    values = parameter.detach().double().flatten().numpy()
    error = 6 / SIZE  # six standard errors, in units of the standard deviation
    assert abs(values.mean() - law.mean) <= error * values.std() + 1e-6
    assert abs(values.var() - law.variance) <= 3 * error * law.variance + 1e-9
    again = law.at((torch.arange(10**5, dtype=torch.float64) + 0.5) / 10**5).numpy()
    assert abs(again.mean() - law.mean) <= 1e-3 and abs(again.var() - law.variance) <= 2e-3 * (law.variance + 1e-9)


def half_written() -> nn.Parameter:
    one = nn.Linear(SIZE, SIZE).weight
    with torch.no_grad():
        one[0] = 0
    return one


def drawn_again() -> nn.Parameter:
    one = nn.init.normal_(square())
    while one.norm() > 10**6:
        nn.init.normal_(one)
    return one


def product() -> nn.Parameter:
    return nn.Parameter(torch.randn(SIZE, SIZE) * torch.randn(SIZE, SIZE))


NOT_SEEN = {
    "orthogonal": lambda: nn.init.orthogonal_(square()),
    "sparse": lambda: nn.init.sparse_(square(), 0.5),
    "from NumPy": lambda: nn.Parameter(torch.from_numpy(np.random.default_rng(0).normal(size=(SIZE, SIZE)))),
    "half written": half_written,
    "drawn again": drawn_again,
    "a product": product,
    "never filled": square,
}


@pytest.mark.parametrize("name", NOT_SEEN)
def test_what_is_not_seen_whole_has_no_law(name):
    torch.manual_seed(1)
    with Draws() as draws:
        parameter = NOT_SEEN[name]()
    assert draws.law(parameter) is None


def test_a_forward_pass_that_is_only_run_takes_no_law_away():
    with Draws() as draws:
        network = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(1))
        network(torch.zeros(1, 3))
    assert all(draws.law(parameter) is not None for parameter in network.parameters())


def test_a_law_of_an_elementwise_function_has_its_moments():
    law = Law("normal", 0.0, 1.0).followed(torch.ops.aten.relu, (...,))
    assert law.mean == pytest.approx(1 / math.sqrt(2 * math.pi), abs=1e-9)
    assert law.variance == pytest.approx(0.5 - 1 / (2 * math.pi), abs=1e-9)
    assert not law.gaussian and law.scaled(2.0).variance == pytest.approx(4 * law.variance)
