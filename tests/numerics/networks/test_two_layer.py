"""The network's homogeneity, parity and initialisation."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.data.points import antipodal, equispaced_circle, product_grid_sphere, uniform_sphere
from numerics.data.targets import Mixture, Problem, mixture_problem
from numerics.networks.training import train
from numerics.networks.two_layer import TwoLayer, evaluate, hidden_chunks, initialise, stack

EPS = torch.finfo(torch.float64).eps


def random_network(dim: int, width: int, seed: int) -> TwoLayer:
    return initialise(dim, width, torch.Generator().manual_seed(seed), antisymmetric=False)


def forward_budget(network: TwoLayer, points: torch.Tensor) -> float:
    """Rounding of f: m products of d+1 terms, against the sum of their absolute values."""
    size = (points.abs() @ network.first.abs().mT) @ network.second.abs()[..., None]
    return float(EPS * (network.width + network.dim + 4) * network.width**0.5 * size.max())


@given(st.integers(1, 9), st.integers(1, 200), st.integers(0, 999))
@settings(max_examples=50, deadline=None)
def test_odd_part_is_linear_at_any_width_and_weights(dim, width, seed):
    network = random_network(dim, width, seed)
    sample = antipodal(uniform_sphere(dim, 5, torch.Generator().manual_seed(seed)))
    values = evaluate(network, sample.points)
    odd = (values[:5] - values[5:]) / 2
    linear = network.width**0.5 / 2 * (sample.points[:5] @ network.first.T) @ network.second
    assert (odd - linear).abs().max() <= 2 * forward_budget(network, sample.points)


def test_odd_part_with_biases_is_not_that_linear_map():
    network = random_network(2, 8, 0)
    sample = antipodal(uniform_sphere(2, 5, torch.Generator().manual_seed(0)))
    hidden = (sample.points @ network.first.T + 0.5).relu()
    values = 8**0.5 * hidden @ network.second
    odd = (values[:5] - values[5:]) / 2
    linear = 8**0.5 / 2 * (sample.points[:5] @ network.first.T) @ network.second
    assert (odd - linear).abs().max() > 1e6 * 2 * forward_budget(network, sample.points)


@pytest.mark.parametrize("steps", [1, 30])
@given(st.sampled_from([3, 5, 7]), st.integers(1, 64), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_odd_degrees_from_three_never_move_on_antipodal_grids(steps, degree, width, seed):
    for grid in (equispaced_circle(32), product_grid_sphere(10, 20)):
        pole = torch.zeros(grid.dim + 1, dtype=torch.float64)
        pole[-1] = 1
        problem = mixture_problem(Mixture((degree, 2), (1.0, 1.0)), grid, pole, amplitude=0.1)
        path = train(random_network(grid.dim, width, seed), problem, 0.5, steps)
        start = path.projections[0, 0]
        budget = (steps + 1) * 4 * forward_budget(path.network, grid.points)
        projected = EPS * 200 * float(problem.directions.abs().max())
        assert (path.projections[:, 0] - 0.1).abs().max() <= budget + projected
        assert abs(start.item() - 0.1) <= budget + projected


def test_even_degree_four_does_move():
    problem = mixture_problem(
        Mixture((4, 3), (1.0, 1.0)), equispaced_circle(32), torch.tensor([1.0, 0.0], dtype=torch.float64), amplitude=0.1
    )
    moved = train(random_network(1, 256, 0), problem, 1.0, 30, centred=True).projections
    assert moved[30, 0] < 0.9 * moved[0, 0]


@given(st.integers(1, 9), st.integers(1, 100), st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_antisymmetric_network_starts_at_zero(dim, half, seed):
    network = initialise(dim, 2 * half, torch.Generator().manual_seed(seed))
    points = uniform_sphere(dim, 6, torch.Generator().manual_seed(seed)).points
    assert evaluate(network, points).abs().max() <= forward_budget(network, points)


def test_stacked_networks_give_what_each_gives_alone():
    nets = [random_network(2, 700, seed) for seed in range(4)]
    grid = product_grid_sphere(12, 24)
    pole = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64)
    problem = mixture_problem(Mixture((1, 2), (1.0, 1.0)), grid, pole, 0.1)
    together = train(stack(nets), problem, 1.0, 5, centred=True)
    for j, net in enumerate(nets):
        alone = train(net, problem, 1.0, 5, centred=True)
        budget = 6 * 4 * forward_budget(net, grid.points) * 3
        assert (together.projections[:, j] - alone.projections).abs().max() <= budget


@given(st.integers(1, 5000), st.integers(1, 2000))
def test_chunks_cover_every_hidden_unit_once(width, samples):
    network = TwoLayer(torch.zeros(width, 2), torch.zeros(width))
    covered = [i for chunk in hidden_chunks(network, samples) for i in range(width)[chunk]]
    assert covered == list(range(width))


def test_impossible_networks_are_refused():
    generator = torch.Generator()
    with pytest.raises(ValueError, match="even width"):
        initialise(2, 5, generator)
    with pytest.raises(ValueError, match="width >= 1"):
        initialise(2, 0, generator)
    with pytest.raises(ValueError, match="first"):
        TwoLayer(torch.zeros(3, 2), torch.zeros(4))
    with pytest.raises(ValueError, match="labels"):
        Problem(equispaced_circle(4), torch.zeros(3), torch.zeros(4, 1))
