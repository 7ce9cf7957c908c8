"""Tangent kernels by products of layers: against Jacobians, for every way in which torch's layers are used and misused."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from numerics.networks import tangent_kernels as tangent
from numerics.networks.layer_products import Passed, add_products, passed_through, simple_layers

ROUNDING = 2e-14  # relative to the largest entry; sums of some hundred products in doubles


def by_jacobians(module: nn.Module, points: Tensor, others: Tensor) -> Tensor:
    left, right = tangent.jacobian(module, points), tangent.jacobian(module, others)
    found = torch.einsum("iap,jbp->ijab", left, right)
    return found[..., 0, 0] if found.shape[-1] == 1 else found


def agrees(module: nn.Module, shape: tuple[int, ...], block_bytes: int = 2**30) -> list[str]:
    """The layers taken by products, once both kernels equal those of the Jacobians."""
    module = module.double()
    points, others = (torch.randn(n, *shape, dtype=torch.float64) for n in (5, 3))
    for columns in (None, others):
        expected = by_jacobians(module, points, points if columns is None else columns)
        got = tangent.empirical_kernel(module, points, columns, block_bytes)
        assert (got - expected).abs().max() <= ROUNDING * expected.abs().max()
    return list(simple_layers(module, points))


class Residual(nn.Module):
    """Layers called once, one called twice where `twice`, a normalisation and a bare parameter."""

    def __init__(self, twice: bool) -> None:
        super().__init__()
        self.twice, self.gain = twice, nn.Parameter(torch.ones(7))
        self.first, self.inner, self.last, self.norm = (
            nn.Linear(4, 7),
            nn.Linear(7, 7),
            nn.Linear(7, 2),
            nn.LayerNorm(7),
        )

    def forward(self, points: Tensor) -> Tensor:
        hidden = self.first(points)
        hidden = hidden + self.gain * torch.tanh(self.inner(self.norm(hidden)))
        return self.last(hidden + self.inner(hidden.relu()) if self.twice else hidden)


class Tied(nn.Module):
    """The first layer's weight acts a second time, past the layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 4), nn.Linear(4, 1)

    def forward(self, points: Tensor) -> Tensor:
        return self.last(torch.relu(self.first(points) @ self.first.weight.T))[:, 0]


class Places(nn.Module):
    """A layer at every coordinate, the coordinates first or the points first."""

    def __init__(self, points_first: bool) -> None:
        super().__init__()
        self.points_first, self.first, self.last = points_first, nn.Linear(1, 4), nn.Linear(4, 3)

    def forward(self, points: Tensor) -> Tensor:
        if self.points_first:
            return self.last(torch.tanh(self.first(points[..., None])).mean(1))
        return self.last(torch.tanh(self.first(points.T[..., None])).mean(0))


class Together(nn.Module):
    """Every point sees the mean of all: no tangent kernel by one point, and no product of the first layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 6), nn.Linear(6, 1)

    def forward(self, points: Tensor) -> Tensor:
        hidden = torch.tanh(self.first(points))
        return self.last(hidden * hidden.mean(0))


def in_place() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(inplace=True), nn.Linear(6, 1))


def frozen() -> nn.Module:
    net = nn.Sequential(nn.Linear(4, 6), nn.SiLU(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 2))
    net[0].bias.requires_grad_(False)
    net[2].weight.requires_grad_(False)
    return net


def shared() -> nn.Module:
    layer = nn.Linear(4, 4)
    return nn.Sequential(layer, nn.Tanh(), layer, nn.Tanh(), nn.Linear(4, 1, bias=False))


def normed() -> nn.Module:
    return nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(4, 6)), nn.Tanh(), nn.Linear(6, 1))


@pytest.mark.parametrize(
    ("module", "layers"),
    [
        (lambda: Residual(twice=False), ["first", "inner", "last"]),
        (lambda: Residual(twice=True), ["first", "last"]),
        (Tied, ["last"]),
        (lambda: Places(points_first=True), ["first", "last"]),
        (lambda: Places(points_first=False), ["last"]),
        (in_place, ["0", "2"]),
        (frozen, ["4"]),
        (shared, ["4"]),
        pytest.param(normed, ["2"], marks=pytest.mark.filterwarnings("ignore:There is a performance drop")),
        (lambda: nn.Linear(4, 1), [""]),
    ],
)
def test_a_layer_is_taken_by_products_only_where_every_use_is_seen(module, layers):
    torch.manual_seed(0)
    for block in (2**8, 2**30):
        assert agrees(module(), (4,), block) == layers


def test_a_layer_before_points_act_on_each_other_is_not_taken():
    torch.manual_seed(0)
    assert list(simple_layers(Together().double(), torch.randn(5, 4, dtype=torch.float64))) == ["last"]


@settings(max_examples=15, deadline=None)
@given(
    *(st.integers(1, 3),) * 2,
    st.integers(1, 2),
    st.integers(0, 2),
    st.integers(1, 2),
    st.booleans(),
    st.integers(0, 99),
)
def test_convolutions_of_every_kind(axes, size, stride, padding, dilation, bias, seed):
    """On 1, 2 or 3 axes, then one of size 1, then a Linear."""
    torch.manual_seed(seed)
    convolution = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[axes - 1]
    first = convolution(2, 3, size, stride, padding, dilation, bias=bias)
    net = nn.Sequential(first, nn.GELU(), convolution(3, 2, 1), nn.Flatten(1), nn.LazyLinear(2)).double()
    shape = (2, *(5,) * axes)
    net(torch.zeros(1, *shape, dtype=torch.float64))  # the lazy layer learns its width, and is a Linear from then on
    assert agrees(net, shape) == ["0", "2", "4"]


@pytest.mark.parametrize(
    "layer", [nn.Conv1d(2, 2, 3, padding=1, padding_mode="circular"), nn.Conv1d(2, 2, 1, groups=2)]
)
def test_convolutions_of_other_kinds_are_left_to_jacobians(layer):
    assert agrees(nn.Sequential(layer, nn.Flatten(1), nn.Linear(10, 1)), (2, 5)) == ["2"]


def test_padding_that_keeps_the_size():
    net = nn.Sequential(nn.Conv2d(1, 2, (3, 2), padding="same"), nn.Tanh(), nn.Flatten(1), nn.Linear(40, 1))
    assert agrees(net, (1, 4, 5)) == ["0", "3"]


def test_a_wrong_signal_is_noticed():
    """The twin: signals of the other point, or without their bias, give another kernel."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1)).double()
    points = torch.randn(5, 4, dtype=torch.float64)
    passed = passed_through(net, simple_layers(net, points), points)["0"]
    right, wrong = torch.zeros(2, 5, 5, dtype=torch.float64)
    add_products(right, net[0], passed, passed)
    add_products(wrong, net[0], passed, Passed(passed.inputs, passed.signals.flip(0)))
    assert (right - wrong).abs().max() > 0.1 * right.abs().max()
    rows = torch.autograd.functional.jacobian(
        lambda w, b: torch.func.functional_call(net, {"0.weight": w, "0.bias": b}, (points,))[:, 0],
        (net[0].weight.detach(), net[0].bias.detach()),
    )
    expected = sum(r.flatten(1) @ r.flatten(1).T for r in rows)
    assert (right - expected).abs().max() <= ROUNDING * expected.abs().max()
