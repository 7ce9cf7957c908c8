"""Float limit kernels, tangent kernels of given networks, and the calibration between the two."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.data.points import equispaced_circle, product_grid_sphere, uniform_sphere
from numerics.data.targets import Mixture, mixture_problem
from numerics.networks.two_layer import initialise, stack
from numerics.predictions import limit_kernels as kernels

EPS = torch.finfo(torch.float64).eps
# Chance that a right kernel fails one z-comparison: 2 (1 - Phi(7)) = 2.6e-12, and below 1e-6 for
# the skewed sums here; hypothesis runs them with fixed seeds besides.
SIGMAS = 7.0


@given(st.integers(1, 9), st.integers(0, 99), st.floats(0, 3), st.floats(0, 3))
def test_diagonal_is_the_sum_of_layer_scales_exactly(dim, seed, first, second):
    points = uniform_sphere(dim, 7, torch.Generator().manual_seed(seed)).points
    matrix = kernels.gram(points, lambda a: kernels.two_layer_kernel(a, (first, second)))
    assert (matrix.diag() == first + second).all()


def test_diagonal_from_the_cosine_instead_of_the_angle_is_not_exact():
    points = uniform_sphere(9, 200, torch.Generator().manual_seed(0)).points
    theta = (points @ points.T).clamp(-1, 1).acos()
    assert (kernels.two_layer_kernel(theta).diag() - 1.5).abs().max() > 1e-10


@given(angle=st.floats(0, math.pi))
def test_angles_are_accurate_at_both_ends(angle):
    x = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    y = torch.tensor([[math.cos(angle), math.sin(angle)]], dtype=torch.float64)
    assert abs(kernels.angles(x, y).item() - angle) <= 8 * EPS * max(1.0, angle)


@given(angle=st.floats(0, math.pi))
def test_order_one_is_the_integral_of_order_zero(angle):
    # k1' = -sin(theta) k0(theta) in theta; checked by the mean value over a short interval.
    theta = torch.tensor([angle], dtype=torch.float64, requires_grad=True)
    slope = torch.autograd.grad(kernels.k1(theta).sum(), theta)[0]
    expected = -theta.sin() * kernels.k0(theta)
    assert abs((slope - expected).item()) <= 8 * EPS


def neuron_z(layer_scales: tuple[float, float], dim: int, seed: int) -> torch.Tensor:
    """z-scores of the mean over 2^15 hidden units against the limit's Rayleigh quotients."""
    grid = equispaced_circle(32) if dim == 1 else product_grid_sphere(8, 16)
    pole = torch.zeros(dim + 1, dtype=torch.float64)
    pole[-1] = 1
    problem = mixture_problem(Mixture((1, 2, 4), (1.0,) * 3), grid, pole)
    network = initialise(dim, 2**15, torch.Generator().manual_seed(seed), antisymmetric=False)
    terms = kernels.neuron_rayleigh_quotients(network, problem)
    matrix = kernels.gram(grid.points, lambda a: kernels.two_layer_kernel(a, layer_scales))
    expected = kernels.rayleigh_quotients(matrix, problem)
    return (terms.mean(0) - expected) / (terms.std(0) / 2**7.5)


@pytest.mark.parametrize("dim", [1, 2])
@given(seed=st.integers(0, 2**31))
@settings(max_examples=5, deadline=None, derandomize=True)
def test_initial_kernel_has_the_limit_as_its_mean(dim, seed):
    assert neuron_z(kernels.CAO_LAYER_SCALES, dim, seed).abs().max() < SIGMAS


@pytest.mark.parametrize("dim", [1, 2])
def test_initial_kernel_does_not_have_wrong_layer_scales_as_its_mean(dim):
    assert neuron_z((1.0, 1.0), dim, seed=0).abs().min() > SIGMAS
    assert neuron_z((0.5 * 1.1, 1.1), dim, seed=0).abs().min() > SIGMAS


def test_empirical_kernel_error_shrinks_as_the_inverse_root_of_the_width():
    points = uniform_sphere(4, 12, torch.Generator().manual_seed(0)).points
    limit = kernels.gram(points)
    widths, draws = (64, 1024), 40

    def mean_square(width: int) -> float:
        generator = torch.Generator().manual_seed(width)
        nets = [initialise(4, width, generator, antisymmetric=False) for _ in range(draws)]
        errors = [kernels.empirical_kernel(net, points) - limit for net in nets]
        return torch.stack(errors).square().mean().item()

    ratio = mean_square(widths[1]) / mean_square(widths[0])
    exponent = math.log(ratio) / math.log(widths[1] / widths[0])
    # A mean square over 40 networks has a relative spread near sqrt(2/40) with heavy tails (x2).
    sampling = SIGMAS * 2 * math.sqrt(2 / draws) * math.sqrt(2) / math.log(16)
    assert abs(exponent - (-1)) < sampling
    assert abs(exponent - (-1) + 3) > sampling  # m^-1/2 in the mean square's place would be m^2


def test_gram_blocks_and_chunks_give_the_plain_sums(monkeypatch):
    monkeypatch.setattr(kernels, "GRAM_BLOCK", 7)
    monkeypatch.setattr(kernels, "GRAM_CHUNK_ELEMENTS", 1000)
    generator = torch.Generator().manual_seed(0)
    nets = [initialise(2, 70, generator, antisymmetric=False) for _ in range(3)]
    points = uniform_sphere(2, 40, generator).points
    got = kernels.empirical_kernel(stack(nets), points)
    for net, matrix in zip(nets, got):
        hidden = (net.first @ points.T).relu()
        gates = (hidden > 0) * net.second[:, None]
        expected = hidden.T @ hidden + (gates.T @ gates) * (points @ points.T)
        assert (matrix - expected).abs().max() <= EPS * 100 * expected.max()
        assert torch.equal(matrix, matrix.T)


@given(dim=st.integers(1, 5), width=st.integers(1, 40), seed=st.integers(0, 999))
@settings(max_examples=25, deadline=None)
def test_empirical_kernel_is_the_gram_matrix_of_gradients(dim, width, seed):
    generator = torch.Generator().manual_seed(seed)
    network = initialise(dim, width, generator, antisymmetric=False)
    points = uniform_sphere(dim, 4, generator).points

    def output(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        return width**0.5 * (points @ first.T).relu() @ second

    jacobians = torch.autograd.functional.jacobian(output, (network.first, network.second))
    flat = torch.cat([j.flatten(1) for j in jacobians], dim=1)
    expected = flat @ flat.T / width
    got = kernels.empirical_kernel(network, points)
    sums, products = 2 * width, 2 * (dim + 1) + 6
    assert (got - expected).abs().max() <= EPS * (sums + products) * (1 + expected.diag().max())


def test_neuron_terms_average_to_the_networks_own_rayleigh_quotient():
    problem = mixture_problem(
        Mixture((1, 2), (1.0, 1.0)), equispaced_circle(16), torch.tensor([1.0, 0.0], dtype=torch.float64)
    )
    network = initialise(1, 300, torch.Generator().manual_seed(0))
    own = kernels.rayleigh_quotients(kernels.empirical_kernel(network, problem.sample.points), problem)
    mean = kernels.neuron_rayleigh_quotients(network, problem).mean(0)
    assert (own - mean).abs().max() <= EPS * (300 + 16 * 2 + 10) * float(own.max())
