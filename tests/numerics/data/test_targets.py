"""Zonal harmonics have norm 1, are orthogonal, and reproduce."""

import math

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from numerics.data.points import equispaced_circle, product_grid_sphere, uniform_sphere
from numerics.data.targets import (
    CAO_DIFFERENT_SCALE,
    CAO_SAME_SCALE,
    Mixture,
    gegenbauer,
    mixture_problem,
    multiplicity,
    zonal_harmonic,
)

EPS = torch.finfo(torch.float64).eps


def weighted_moment(dim: int, values: torch.Tensor, angle: torch.Tensor, step: torch.Tensor):
    """Integral of a function of the angle against sigma of S^dim, with a rule in the angle."""
    ratio = math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2)) / math.sqrt(math.pi)
    return ratio * (step * values * angle.sin() ** (dim - 1)).sum(-1)


def angle_rule(nodes: int = 200) -> tuple[torch.Tensor, torch.Tensor]:
    import numpy as np

    x, w = (torch.from_numpy(a) for a in np.polynomial.legendre.leggauss(nodes))
    return (x + 1) * math.pi / 2, w * math.pi / 2


@given(dim=st.integers(1, 12), degree=st.integers(0, 30), other=st.integers(0, 30))
@example(dim=1, degree=0, other=0)
@example(dim=1, degree=1, other=2)
@example(dim=2, degree=3, other=1)
def test_polynomials_have_squared_norm_one_over_multiplicity(dim, degree, other):
    angle, step = angle_rule()
    values = gegenbauer(max(degree, other), dim, angle.cos())
    product = weighted_moment(dim, values[degree] * values[other], angle, step).item()
    expected = 1 / multiplicity(dim, degree) if degree == other else 0.0
    # Rounding: 200 terms of size <= area ratio <= dim, values from a recurrence of <= 30 steps.
    assert abs(product - expected) <= EPS * dim * (200 + 2 * 4 * 30 + 30**2)


def test_norm_with_the_multiplicity_of_a_neighbouring_degree_is_wrong():
    angle, step = angle_rule()
    square = gegenbauer(4, 2, angle.cos())[4] ** 2
    assert abs(weighted_moment(2, square, angle, step).item() * multiplicity(2, 3) - 1) > 0.1


@given(degree=st.integers(0, 60), angle=st.floats(0, math.pi))
def test_circle_polynomials_are_chebyshev(degree, angle):
    cosine = torch.tensor(math.cos(angle), dtype=torch.float64)
    value = gegenbauer(degree, 1, cosine)[degree].item()
    # cos(k theta) has slope k sin in theta, and acos(cos) loses sqrt(EPS) at most near the ends;
    # the recurrence multiplies rounding by U_k <= k + 1.
    recurrence, argument = 4 * (degree + 1) ** 2, degree**2 + degree
    assert abs(value - math.cos(degree * angle)) <= EPS * (recurrence + argument + 4)


@given(dim=st.integers(1, 12), degree=st.integers(0, 40))
def test_polynomials_are_one_at_one_with_parity_at_minus_one(dim, degree):
    ends = torch.tensor([1.0, -1.0], dtype=torch.float64)
    values = gegenbauer(degree, dim, ends)[degree]
    budget = 4 * EPS * (degree + 1) ** 2
    assert abs(values[0].item() - 1) <= budget
    assert abs(values[1].item() - (-1) ** degree) <= budget


def test_harmonics_of_different_degree_and_pole_are_orthonormal_on_an_exact_grid():
    grid = product_grid_sphere(12, 24)
    poles = uniform_sphere(2, 4, torch.Generator().manual_seed(1)).points
    columns = [zonal_harmonic(grid.points, p, k) for p, k in zip(poles, (0, 1, 2, 4))]
    phi = torch.stack(columns, dim=1)
    gram = phi.T @ (grid.weights[:, None] * phi)
    budget = EPS * (grid.samples + 4 * 4 + 4**2) * 9  # sum, recurrence, argument; phi^2 <= 9
    assert (gram - torch.eye(4, dtype=torch.float64)).abs().max() <= budget


@pytest.mark.parametrize("mixture", [CAO_SAME_SCALE, CAO_DIFFERENT_SCALE])
def test_projections_of_a_mixture_are_its_amplitudes(mixture):
    pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    problem = mixture_problem(mixture, equispaced_circle(16), pole, amplitude=0.5)
    got = problem.project(problem.labels)
    expected = 0.5 * torch.tensor(mixture.amplitudes, dtype=torch.float64)
    assert (got - expected).abs().max() <= EPS * (16 + 4 * 4 + 4**2) * 2 * 5


def test_mixtures_that_are_none_are_refused():
    for degrees, amplitudes in (((1, 2), (1.0,)), ((), ()), ((1, 1), (1.0, 1.0)), ((-1,), (1.0,))):
        with pytest.raises(ValueError, match="wanted"):
            Mixture(degrees, amplitudes)
    with pytest.raises(ValueError, match="dim >= 1"):
        multiplicity(0, 1)
