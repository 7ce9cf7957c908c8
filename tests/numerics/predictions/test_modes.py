"""Modes of networks on data: traces, exactness, bounds that hold, minibatches, and networks that are really trained."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from skimage.data import lfw_subset
from torch import Tensor, nn

from numerics.data.user_data import Data, data_of, held_out, scaled
from numerics.networks.tangent_kernels import empirical_kernel, linearised, parameters_of
from numerics.predictions.modes import EQUAL, Decomposed, decomposed, groups, predict, spaced
from numerics.predictions.modes_of_networks import leading_modes, network_modes, predict_leading
from numerics.predictions.optimisers import Descent


def faces(count: int = 60) -> Data:
    """Faces and what is none, 25 x 25 pixels, averaged to 5 x 5; half of each."""
    images = torch.from_numpy(lfw_subset()).reshape(200, 5, 5, 5, 5).mean((2, 4)).flatten(1)
    chosen = torch.cat([torch.arange(count // 2), 100 + torch.arange(count // 2)])
    labels = torch.where(chosen < 100, 1.0, -1.0)
    return scaled(held_out(data_of(images[chosen], labels), 0.25, 0), "standard")


class Wide(nn.Module):
    """A tanh network of two layers in the parametrisation in which its kernel stays: outputs over sqrt(width)."""

    def __init__(self, seed: int, width: int = 4096, inputs: int = 25) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        self.first = nn.Parameter(torch.randn(inputs, width, generator=draw, dtype=torch.float64) / inputs**0.5)
        self.second = nn.Parameter(torch.randn(width, 1, generator=draw, dtype=torch.float64))

    def forward(self, points: Tensor) -> Tensor:
        found: Tensor = (points @ self.first).tanh() @ self.second / len(self.second) ** 0.5
        return found


def descended(network: nn.Module, data: Data, descent: Descent) -> tuple[list[float], list[float]]:
    """Train and test losses of the network itself, trained by torch."""
    optimiser = torch.optim.SGD(network.parameters(), lr=descent.rates[0], momentum=descent.momentum)
    loss, train, test = nn.MSELoss(), [], []
    for step in range(descent.steps + 1):
        value = loss(network(data.inputs), data.targets)
        train.append(value.item())
        test.append(loss(network(data.test_inputs), data.test_targets).item())
        if step < descent.steps:
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
    return train, test


def largest_miss(predicted: tuple[float, ...], measured: list[float]) -> float:
    return max(abs(p / m - 1) for p, m in zip(predicted, measured, strict=True))


def test_a_wide_network_that_is_trained_follows_and_a_wrong_kernel_does_not() -> None:
    """Margin fixed before looking: 3 %, of which the largest share is that the kernel moves, of order width^-1/2."""
    data, descent = faces(), Descent((0.05,) * 200, momentum=0.5)
    modes = network_modes(Wide(0), data)
    train, test = descended(Wide(0), data, descent)
    every = range(descent.steps + 1)
    right = predict(modes, descent, every)
    assert train[-1] < train[0] / 5
    assert largest_miss(right.train, train) < 0.03 and largest_miss(right.test, test) < 0.03
    for wrong in (Descent((0.055,) * 200, momentum=0.5), Descent((0.05,) * 200)):
        assert largest_miss(predict(modes, wrong, every).train, train) > 0.03
    other = network_modes(Wide(0, width=64), data)
    assert largest_miss(predict(other, descent, every).train, train) > 0.03


def test_the_linearised_network_is_what_is_predicted() -> None:
    """The parameters that SGD reaches on the linearised loss, put into `linearised`."""
    data, descent = faces(20), Descent((0.02,) * 30, momentum=0.3)
    network, start = Wide(3, 64), parameters_of(Wide(3, 64))
    optimiser = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.3)
    jacobian = torch.func.jacrev(lambda p: torch.func.functional_call(network, p, (data.inputs,)))(start)
    for _ in range(30):
        residual = linearised(network, start, data.inputs) - data.targets
        for name, p in network.named_parameters():
            p.grad = torch.einsum("nq,nq...->...", 2 * residual / residual.numel(), jacobian[name]).detach()
        optimiser.step()
    predicted = predict(network_modes(Wide(3, 64), data), descent, [30])
    for points, targets, loss in (
        (data.inputs, data.targets, predicted.train),
        (data.test_inputs, data.test_targets, predicted.test),
    ):
        assert float((linearised(network, start, points) - targets).square().mean()) == pytest.approx(
            loss[0], rel=1e-10
        )


@pytest.fixture(scope="module")
def modes() -> Decomposed:
    return network_modes(Wide(1, 256), faces())


def test_eigenvalues_sum_to_the_trace_and_energies_to_the_target(modes: Decomposed) -> None:
    data, network = faces(), Wide(1, 256)
    trace = sum(
        float(
            torch.cat([g.flatten() for g in torch.autograd.grad(network(x[None]).sum(), list(network.parameters()))])
            .square()
            .sum()
        )
        for x in data.inputs
    )
    assert float(modes.values.sum()) == pytest.approx(trace, rel=1e-12)
    with torch.no_grad():
        assert float(modes.energy.sum()) == pytest.approx(
            float((data.targets - network(data.inputs)).square().sum()), rel=1e-12
        )
    found = predict(modes, Descent((0.01,) * 50), [0, 50], 7)
    assert len(found.groups) <= 7 and sum(g.share for g in found.groups) == pytest.approx(1)
    assert [g.first for g in found.groups[1:]] == [g.last + 1 for g in found.groups[:-1]]
    assert found.unlearned[0] == 1 and found.dimension[0] == 0 < found.dimension[1] < len(modes.values)
    left = sum((g.left or 0) * g.share for g in found.groups)
    assert left == pytest.approx(found.unlearned[1])


def test_the_step_from_which_on_less_is_left_is_the_last_above(modes: Decomposed) -> None:
    """Each row against its mode simulated alone."""
    descent = Descent((0.05,) * 300, momentum=0.9)
    found = predict(modes, descent, [300], len(modes.values))
    slope, oscillated = 2 / modes.points, 0
    for group in found.groups[:12]:
        assert group.first == group.last
        left, velocity, above = 1.0, 0.0, {0.5: -1, 0.1: -1}
        path = []
        for step in range(301):
            path.append(left)
            for share in above:
                above[share] = step if abs(left) > share * (1 + 1e-12) else above[share]
            velocity = 0.9 * velocity + slope * group.largest * left
            left -= 0.05 * velocity
        expected = [above[share] + 1 if above[share] < 300 else None for share in above]
        assert [group.half, group.tenth] == expected
        oscillated += min(path) < -0.1
        assert group.left == pytest.approx(path[-1] ** 2, rel=1e-6, abs=1e-20)
    assert oscillated  # with momentum the first step below is not the last


def test_weight_decay_leaves_what_it_takes(modes: Decomposed) -> None:
    """In the end c = (t - beta h...) is where the pull of the loss and that of the decay cancel."""
    data = faces(12)
    found = network_modes(Wide(1, 256), data, decay=True)
    decay, slope = 0.05, 2 / found.points
    rate = 1.0 / (slope * float(found.values[0]) + decay)
    end = predict(found, Descent((rate,) * 2000, weight_decay=decay), [2000])
    t, h, values = found.targets[:, 0], found.decayed[:, 0], found.values
    left = t + h - values * slope * (t + h) / (slope * values + decay)  # beta = -1
    assert end.train[0] == pytest.approx(float(left.square().mean()), rel=1e-8)


SPECTRA = st.lists(st.floats(0, 100), min_size=1, max_size=30).map(lambda v: torch.tensor(sorted(v, reverse=True)))


@given(SPECTRA, st.integers(3, 12))
def test_rows_are_few_cover_all_and_keep_zeros_apart(values: Tensor, most: int) -> None:
    runs, width = groups(values, most)
    assert [i for run in runs for i in run] == list(range(len(values)))
    assert len(runs) <= most
    for run in runs:
        first, last = float(values[run[0]]), float(values[run[-1]])
        assert (first == 0) == (last == 0)
        assert first == 0 or first / last <= (1 + max(width, EQUAL)) * (1 + 1e-6)


def test_bounds_from_leading_modes_hold_and_close() -> None:
    """Against all modes; and a lower bound without the rest, or an upper one that learns it, is wrong."""
    data, network = faces(), Wide(2, 256)
    exact = network_modes(network, data)
    for descent in (
        Descent((0.05,) * 400),
        Descent((0.02,) * 400, momentum=0.8),
        Descent(tuple(0.05 * 0.99**t for t in range(400))),
    ):
        whole = predict(exact, descent, spaced(400))
        widths = []
        for count in (4, 12, 20):
            known = leading_modes(network, data, count)
            assert torch.allclose(known.values, exact.values[:count], rtol=1e-3)
            assert abs(known.trace - float(exact.values[count:].sum())) < 5 * known.trace_error
            bounded = predict_leading(known, descent, spaced(400))
            slack = 1e-6 * whole.train[0]
            for low, value, high in zip(bounded.least.train, whole.train, bounded.train_most, strict=True):
                assert low - slack <= value <= high + slack
            widths.append(bounded.train_most[-1] - bounded.least.train[-1])
            assert bounded.least.edge == pytest.approx(whole.edge, rel=1e-3)
        assert widths[0] > widths[-1]
        assert descent.momentum or widths[-1] < 1e-3 * whole.train[-1]  # the rules are sharp where they are bounds


def test_products_of_several_outputs_are_those_of_the_matrix() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(25, 40), nn.Tanh(), nn.Linear(40, 3)).double()
    data = faces(40)
    several = data_of(data.inputs, torch.stack([data.targets[:, 0], data.inputs[:, 0], data.inputs[:, 7]], dim=1))
    known, exact = leading_modes(network, several, 5), network_modes(network, several)
    assert torch.allclose(known.values, exact.values[:5], rtol=1e-6)
    assert torch.allclose(known.targets[:, 0].abs(), exact.targets[:5, 0].abs(), rtol=1e-2)
    kernel = empirical_kernel(network, several.inputs)
    assert float(exact.values.sum()) == pytest.approx(float(torch.einsum("iipp->", kernel)), rel=1e-12)


def sampled_excess(data: Data, descent: Descent, network: nn.Module, runs: int) -> tuple[float, float, float]:
    """Mean train loss and its standard error over runs of minibatches, on the linearised network, and the mean network's."""
    kernel = empirical_kernel(network, data.inputs)
    with torch.no_grad():
        start = data.targets[:, 0] - network(data.inputs)[:, 0]
    n, batch, draw = data.points, descent.batch or 0, torch.Generator().manual_seed(5)
    residual = start.repeat(runs, 1)
    for rate in descent.rates:
        chosen = torch.rand(runs, n, generator=draw).argsort(1)[:, :batch]
        picked = torch.zeros_like(residual).scatter_(1, chosen, residual.gather(1, chosen))
        residual = residual - rate * 2 / batch * picked @ kernel
    losses = residual.square().mean(1)
    return float(losses.mean()), float(losses.std()) / runs**0.5, float(residual.mean(0).square().mean())


def test_minibatches_add_what_is_predicted_in_the_mean() -> None:
    """Within a tenth of the noise, as correlations between modes are left out; without the noise it is missed."""
    data, network = faces(), Wide(1, 256)
    descent = Descent((0.03,) * 60, batch=5)
    found = predict(network_modes(network, data), descent, [60])
    mean, error, _ = sampled_excess(data, descent, network, 4000)
    noise = mean - found.train[0]
    assert noise > 20 * error
    assert abs(found.noise[0] - noise) < 0.1 * noise + 3 * error


@given(st.integers(0, 2**31 - 1), st.sampled_from([None, 3]))
def test_kernel_and_targets_of_any_scale_give_the_same_shares(seed: int, batch: int | None) -> None:
    draw = torch.Generator().manual_seed(seed)
    half, target = (torch.randn(6, c, generator=draw, dtype=torch.float64) for c in (6, 2))
    kernel = half @ half.T
    one = predict(decomposed(kernel, target), Descent((0.5 / float(kernel.trace()),) * 9, batch=batch), [0, 9])
    scale = Descent((0.5 / float(16 * kernel.trace()),) * 9, batch=batch)
    other = predict(decomposed(16 * kernel, 4 * target), scale, [0, 9])
    assert other.unlearned == pytest.approx(one.unlearned) and other.train[1] == pytest.approx(16 * one.train[1])
    assert [g.half for g in other.groups] == [g.half for g in one.groups]
    assert [g.lost_above for g in other.groups] == pytest.approx([4 * g.lost_above for g in one.groups])


def test_what_cannot_be_predicted_is_refused_in_one_line(modes: Decomposed) -> None:
    one = torch.eye(2, dtype=torch.float64)
    requests = {
        "from which on the loss grows": lambda: predict(modes, Descent((1e6,)), [0]),
        "kernel is zero": lambda: decomposed(0 * one, one),
        "not positive": lambda: decomposed(torch.diag(torch.tensor([1.0, -1.0])), one),
        "computes the target already": lambda: predict(decomposed(one, 0 * one), Descent((0.1,)), [0]),
        "checkpoints": lambda: predict(modes, Descent((0.01,)), [2]),
        "momentum 0 or full": lambda: predict(modes, Descent((1e-4,), momentum=0.5, batch=2), [0]),
        "noise grows without end": lambda: predict(
            decomposed(one, one[:, :1] + one[:, 1:]), Descent((1.9,) * 600, batch=1), [0, 600]
        ),
        "leading modes: from 1": lambda: leading_modes(Wide(1, 16), faces(12), 9),
        "all modes are known": lambda: predict_leading(
            leading_modes(Wide(1, 16), faces(), 3), Descent((1e-4,), weight_decay=0.1), [0]
        ),
    }
    for says, request in requests.items():
        with pytest.raises(ValueError, match=says) as error:
            request()
        assert "\n" not in str(error.value)


def test_checkpoints_are_spaced_and_end_with_the_last() -> None:
    for steps in (1, 2, 5, 7, 100, 12345):
        found = spaced(steps)
        assert found[0] == 0 and found[-1] == steps and list(found) == sorted(set(found))
        assert len(found) <= 3 * math.ceil(math.log10(steps + 1)) + 2
