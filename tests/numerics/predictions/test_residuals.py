"""The predictors equal brute force, and aliasing follows from the population spectrum."""

import math

import numpy as np
import pytest
import torch
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.data.points import equispaced_circle, product_grid_sphere, uniform_sphere
from numerics.data.targets import CAO_SAME_SCALE, Mixture, gegenbauer, mixture_problem
from numerics.predictions import limit_kernels as kernels
from numerics.predictions import rates
from numerics.predictions.residuals import kernel_projections, kernel_values, population_factors, sampled_eigenvalues

EPS = torch.finfo(torch.float64).eps


def axis(dim: int) -> torch.Tensor:
    return torch.eye(dim + 1, dtype=torch.float64)[-1]


def float_spectrum(dim: int, last: int, layer_scales=kernels.CAO_LAYER_SCALES) -> list[float]:
    """mu_0..mu_L by Gauss-Legendre in the angle, where the integrand is analytic."""
    x, w = (torch.from_numpy(a) for a in np.polynomial.legendre.leggauss(2 * last + 50))
    angle, step = (x + 1) * math.pi / 2, w * math.pi / 2
    ratio = math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2)) / math.sqrt(math.pi)
    measure = ratio * step * angle.sin() ** (dim - 1)
    kappa = kernels.two_layer_kernel(angle, layer_scales)
    return (gegenbauer(last, dim, angle.cos()) @ (measure * kappa)).tolist()


@given(st.integers(1, 6), st.integers(2, 20), st.integers(1, 40), st.floats(0.1, 1.9))
@settings(max_examples=25, deadline=None)
def test_gram_predictor_equals_matrix_power(dim, samples, steps, step_size):
    sample = uniform_sphere(dim, samples, torch.Generator().manual_seed(samples))
    problem = mixture_problem(CAO_SAME_SCALE, sample, axis(dim))
    matrix = kernels.gram(sample.points)
    got = kernel_projections(matrix, problem, step_size, steps)[steps]
    one = torch.eye(samples, dtype=torch.float64) - step_size * matrix * sample.weights
    residual = torch.linalg.matrix_power(one, steps) @ problem.labels
    growth = torch.linalg.matrix_norm(one, 2).clamp(min=1) ** steps
    scale = float(problem.directions.abs().max() * problem.labels.norm() * growth)
    assert (got - problem.project(residual)).abs().max() <= EPS * 4 * steps * (samples + 4) * scale


def test_continuous_time_is_a_different_prediction():
    discrete = population_factors([1 / 3], step_size=2.0, steps=1)[1].item()
    assert abs(math.exp(-2 / 3) / discrete - 1) > 0.3


def test_zonal_harmonics_of_the_circle_are_eigenvectors_of_the_gram_operator():
    problem = mixture_problem(CAO_SAME_SCALE, equispaced_circle(64), axis(1))
    matrix = kernels.gram(problem.sample.points)
    quotients = kernels.rayleigh_quotients(matrix, problem)
    path = kernel_projections(matrix, problem, 1.0, 50)
    predicted = population_factors(quotients.tolist(), 1.0, 50)
    assert (path - predicted).abs().max() <= EPS * 50 * (64 + 8) * 3
    shifted = population_factors(quotients.roll(1).tolist(), 1.0, 50)
    assert (path - shifted).abs().max() > 0.1


@pytest.mark.parametrize(
    ("dim", "grid", "degrees"), [(1, equispaced_circle(64), (1, 2, 4, 6)), (2, product_grid_sphere(12, 24), (1, 2, 4))]
)
def test_population_spectrum_gives_the_rayleigh_quotients_of_the_grid(dim, grid, degrees):
    problem = mixture_problem(Mixture(degrees, (1.0,) * len(degrees)), grid, axis(dim))
    expected = kernels.rayleigh_quotients(kernels.gram(grid.points), problem)
    last = 640
    aliased = sampled_eigenvalues(float_spectrum(dim, last), (1.5, 0.0), problem)
    # What is dropped oscillates: at most one more period of the grid of the terms N mu ~ 1/L^2.
    dropped = 2 * 64 / last**2 * float(grid.weights.max())
    assert (aliased - expected).abs().max() <= dropped + EPS * 640**2
    bare = torch.tensor(float_spectrum(dim, max(degrees)), dtype=torch.float64)[list(degrees)]
    assert (expected - bare)[-1] > 5 * dropped
    wrong = sampled_eigenvalues(float_spectrum(dim, last, (1.0, 1.0)), (2.0, 0.0), problem)
    assert (wrong / expected - 1).min() > 0.2


def test_a_spectrum_with_more_than_its_trace_is_refused():
    problem = mixture_problem(CAO_SAME_SCALE, equispaced_circle(16), axis(1))
    with pytest.raises(ValueError, match=r"kappa\(1\)"):
        sampled_eigenvalues([0.0, 1.0], (0.5, -0.5), problem)


def curve(factors: list[float], steps: int) -> xr.DataArray:
    values = population_factors([1 - f for f in factors], 1.0, steps).numpy()
    coords = {"step": np.arange(steps + 1), "degree": np.arange(len(factors))}
    return xr.DataArray(values, dims=("step", "degree"), coords=coords)


@given(st.floats(0.05, 0.999), st.floats(0.05, 0.999))
def test_log_slopes_of_exact_decays_are_the_log_factors(fast, slow):
    windows = {0: (0, 9), 1: (3, 20)}
    slopes = rates.log_slopes(curve([fast, slow], 20), windows)
    errors = rates.relative_rate_errors(slopes, [fast, slow])
    # log of a rounded power: 20 units of rounding against the log decay over one window.
    assert abs(errors).max() <= EPS * 20 * 20 * 3.1 / abs(math.log(max(fast, slow)))


def test_a_rate_off_by_ten_percent_is_seen_as_such():
    slopes = rates.log_slopes(curve([math.exp(-0.11)], 10), {0: (0, 10)})
    assert abs(float(rates.relative_rate_errors(slopes, [math.exp(-0.1)])[0]) - 0.1) < 1e-12


@given(st.floats(0.001, 0.99), st.floats(0.3, 1.0))
def test_windows_lie_where_the_decay_passes_its_limits(eigenvalue, start):
    first, last = rates.decay_window(eigenvalue, 1.0, start, start / 10)
    factor = 1 - eigenvalue
    assert factor**first <= start * (1 + 1e-9)
    assert last == first + 1 or factor**last >= start / 10 * (1 - 1e-9)


def test_slopes_that_do_not_exist_are_refused():
    signs = curve([-0.5], 5)
    with pytest.raises(ValueError, match="changes sign"):
        rates.log_slopes(signs, {0: (0, 5)})
    with pytest.raises(ValueError, match="not within steps"):
        rates.log_slopes(signs, {0: (0, 6)})
    with pytest.raises(ValueError, match="wanted"):
        rates.decay_window(0.0, 1.0, 0.9, 0.5)
    with pytest.raises(ValueError, match="no window"):
        rates.decay_window(0.001, 1.0, 0.9, 0.5, last=50)


def stepped(kernel, cross, labels, step_size, steps):
    """f <- f + c K (y - f), step by step: f = K w with w <- w + c (y - K w)."""
    weights = torch.zeros_like(labels)
    for _ in range(steps):
        weights = weights + step_size * (labels - kernel @ weights)
    return kernel @ weights, cross @ weights


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 12), st.integers(0, 12), st.sampled_from([(), (1,), (3,)]), st.floats(0, 1.95), st.integers(0, 999)
)
def test_values_at_many_times_are_those_of_the_steps(n, rank, outputs, share, seed):
    """Kernels of every rank, 0 too; c lambda_max from 0 to beyond 1, where powers alternate."""
    draw = torch.Generator().manual_seed(seed)
    root = torch.randn(n, rank, dtype=torch.float64, generator=draw)
    kernel = root @ root.T
    cross = torch.randn(4, n, dtype=torch.float64, generator=draw)
    labels = torch.randn(n, *outputs, dtype=torch.float64, generator=draw)
    step_size = share / max(1.0, float(torch.linalg.eigvalsh(kernel)[-1]))
    times = [0, 1, 2, 5, 30]
    own, others = kernel_values(kernel, cross, labels, step_size, times)
    assert own.shape == (5, n, *outputs) and others.shape == (5, 4, *outputs)
    for position, steps in enumerate(times):
        one = kernel_values(kernel, cross, labels, step_size, steps)
        for got, alone, expected in zip((own, others), one, stepped(kernel, cross, labels, step_size, steps)):
            assert (got[position] - expected).abs().max() <= 1e-11 * (1 + steps)
            assert (alone - expected).abs().max() <= 1e-11 * (1 + steps)


def test_one_step_of_size_one_from_the_start_is_a_number():
    one = torch.ones(1, 1, dtype=torch.float64)
    assert [v.item() for v in kernel_values(one, one, one[0], 1.0, 0)] == [0.0, 0.0]
    assert kernel_values(one, one, one[0], 1.0, 3)[0].item() == 1.0
