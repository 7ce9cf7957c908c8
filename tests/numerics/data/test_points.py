"""Grids integrate polynomials exactly, and are antipodal to the last bit."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from numerics.data.points import (
    PointSet,
    antipodal,
    equispaced_circle,
    product_grid,
    product_grid_sphere,
    ring_sample,
    uniform_sphere,
)
from numerics.data.targets import multiplicity, zonal_harmonic

EPS = torch.finfo(torch.float64).eps


def integral_budget(degree: int, samples: int) -> float:
    """Rounding of a weighted sum of n values of size sqrt(2k+1), each from a k-step recurrence."""
    value = (2 * degree + 1) ** 0.5
    recurrence, summation, argument = 4 * degree, samples, degree**2
    return EPS * value * (recurrence + summation + argument)


@given(rings=st.integers(2, 12), degree=st.integers(1, 23), seed=st.integers(0, 99))
@example(rings=12, degree=23, seed=0)
def test_product_grid_integrates_polynomials_to_its_degree(rings, degree, seed):
    degree = min(degree, 2 * rings - 1)
    grid = product_grid_sphere(rings, 2 * rings)
    pole = uniform_sphere(2, 1, torch.Generator().manual_seed(seed)).points[0]
    mean = grid.weights @ zonal_harmonic(grid.points, pole, degree)
    assert abs(mean.item()) <= integral_budget(degree, grid.samples)


@given(dim=st.integers(3, 4), rings=st.integers(2, 5), degree=st.integers(1, 9), seed=st.integers(0, 99))
@example(dim=3, rings=6, degree=11, seed=0)
def test_product_grid_of_higher_spheres_integrates_polynomials(dim, rings, degree, seed):
    degree = min(degree, 2 * rings - 1)
    grid = product_grid(dim, rings)
    pole = uniform_sphere(dim, 1, torch.Generator().manual_seed(seed)).points[0]
    mean = grid.weights @ zonal_harmonic(grid.points, pole, degree)
    # As integral_budget, with |phi| <= sqrt(N), and d products of weights in place of one.
    budget = integral_budget(degree, grid.samples) * multiplicity(dim, degree) ** 0.5 * dim
    assert abs(mean.item()) <= budget
    axis = grid.points.new_tensor([0.0] * dim + [1.0])
    assert abs((grid.weights @ zonal_harmonic(grid.points, axis, 2 * rings)).item()) > 0.1


@given(dim=st.integers(2, 12), half=st.integers(1, 4), azimuths=st.integers(1, 9), seed=st.integers(0, 99))
def test_rings_keep_zonal_harmonics_orthonormal_and_the_sample_antipodal(dim, half, azimuths, seed):
    sample = ring_sample(dim, 2 * half, azimuths, torch.Generator().manual_seed(seed))
    assert sample.samples == 2 * half * azimuths
    assert torch.equal(sample.points[sample.samples // 2 :], -sample.points[: sample.samples // 2])
    axis = sample.points.new_tensor([0.0] * dim + [1.0])
    phi = torch.stack([zonal_harmonic(sample.points, axis, k) for k in range(2 * half)])
    off = (phi * sample.weights) @ phi.T - torch.eye(2 * half, dtype=torch.float64)
    budget = 8 * EPS * sample.samples * multiplicity(dim, 2 * half) * (2 * half + dim)
    assert off.abs().max() <= budget
    beyond = zonal_harmonic(sample.points, axis, 2 * half)
    assert abs((sample.weights @ beyond.square()).item() - 1) > 0.01  # Gauss ends at 4 half - 1


@given(samples=st.integers(3, 40), degree=st.integers(1, 39))
def test_circle_integrates_polynomials_below_its_size(samples, degree):
    degree = min(degree, samples - 1)
    grid = equispaced_circle(samples)
    mean = grid.weights @ zonal_harmonic(grid.points, grid.points[1], degree)
    assert abs(mean.item()) <= integral_budget(degree, samples)


def test_grids_do_not_integrate_one_degree_more():
    circle, sphere = equispaced_circle(8), product_grid_sphere(4, 8)
    for grid, pole in ((circle, circle.points[0]), (sphere, sphere.points.new_tensor([0, 0, 1]))):
        mean = grid.weights @ zonal_harmonic(grid.points, pole, 8)
        assert abs(mean.item()) > 0.1


@given(half=st.integers(2, 20))
def test_even_grids_are_antipodal_to_the_last_bit(half):
    circle = equispaced_circle(2 * half)
    assert torch.equal(circle.points[half:], -circle.points[:half])
    grid = product_grid_sphere(5, 2 * half)
    table = grid.points.reshape(5, 2 * half, 3)
    assert torch.equal(table.flip(0).roll(half, 1), -table)


def test_odd_circle_is_not_antipodal():
    circle = equispaced_circle(7)
    assert torch.cdist(circle.points, -circle.points).min() > 0.1


@given(dim=st.integers(1, 12), samples=st.integers(1, 30), seed=st.integers(0, 99))
def test_random_points_are_reproducible_and_antipodal_sets_mirror_them(dim, samples, seed):
    draw = [uniform_sphere(dim, samples, torch.Generator().manual_seed(seed)) for _ in range(2)]
    assert torch.equal(draw[0].points, draw[1].points) and draw[0].dim == dim
    both = antipodal(draw[0])
    assert torch.equal(both.points[samples:], -draw[0].points)
    assert abs(both.weights.sum().item() - 1) <= 2 * samples * EPS


@pytest.mark.parametrize(
    ("points", "weights"),
    [
        (torch.tensor([[2.0, 0.0]]), torch.tensor([1.0])),
        (torch.tensor([[1.0, 0.0]]), torch.tensor([0.5])),
        (torch.tensor([[1.0]]), torch.tensor([1.0])),
        (torch.eye(2), torch.tensor([1.5, -0.5])),
        (torch.eye(2), torch.tensor([1.0])),
        (torch.tensor([[float("nan"), 0.0]]), torch.tensor([1.0])),
    ],
)
def test_point_sets_that_are_none_are_refused(points, weights):
    with pytest.raises(ValueError, match="wanted|needs"):
        PointSet(points.double(), weights.double())
