"""Samplers draw from the density they state: chi-square and Kolmogorov-Smirnov, levels fixed."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from numerics.data.densities import (
    Arcs,
    Bands,
    NormalisedGaussian,
    NormalisedMixture,
    VonMisesFisher,
    cap,
    height_probability,
    height_quantile,
    hemispheres,
    weighted,
)
from numerics.data.points import PointSet, equispaced_circle, product_grid_sphere

# A right sampler fails one test with this probability; the draws have fixed seeds besides.
LEVEL = 1e-9
SAMPLES = 20_000
TURN = 2 * math.pi
SPHERE = {
    "hemispheres": hemispheres(2, 4, 1),
    "bands": Bands(2, (-1.0, -0.25, 0.5, 1.0), (1.0, 0.0, 3.0)),
    "cap": cap(2, 0.25),
    "von Mises-Fisher": VonMisesFisher(2, 5.0),
    "concentrated": VonMisesFisher(2, 300.0),
    "Gaussian": NormalisedGaussian((1.0, 2.0, 0.5)),
    "Gaussian mixture": NormalisedMixture(((1.5, 0.0, 0.0), (0.0, 0.0, 2.0))),
}
CIRCLE = {
    "arcs": Arcs((0.0, 1.0, 2.5, TURN), (1.0, 4.0, 0.5)),
    "hemispheres": hemispheres(1, 4, 1),
    "von Mises": VonMisesFisher(1, 2.0),
    "Gaussian": NormalisedGaussian((1.0, 3.0)),
    "Gaussian mixture": NormalisedMixture(((1.0, 0.0), (-1.0, 2.0))),
}


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def cells(points: torch.Tensor) -> np.ndarray:
    """Cell of each point: 16 heights of equal area by 8 azimuths on S^2, 128 arcs on S^1."""
    x, y = points[:, 0].numpy(), points[:, 1].numpy()
    turn = np.arctan2(y, x) % TURN / TURN
    if points.shape[1] == 2:
        return np.minimum((128 * turn).astype(int), 127)
    height = np.minimum((8 * (points[:, 2].numpy() + 1)).astype(int), 15)
    return height * 8 + np.minimum((8 * turn).astype(int), 7)


def uniform_cells(dim: int) -> PointSet:
    """A midpoint rule of equal weights whose nodes lie inside the cells, 512 and more in each."""
    if dim == 1:
        angle = (torch.arange(128 * 512, dtype=torch.float64) + 0.5) * TURN / (128 * 512)
        points = torch.stack([angle.cos(), angle.sin()], 1)
    else:
        height = (torch.arange(1600, dtype=torch.float64) + 0.5) / 800 - 1
        angle = (torch.arange(160, dtype=torch.float64) + 0.5) * TURN / 160
        z, a = (t.flatten() for t in torch.meshgrid(height, angle, indexing="ij"))
        radius = (1 - z * z).sqrt()
        points = torch.stack([radius * a.cos(), radius * a.sin(), z], 1)
        points = points / points.norm(dim=1, keepdim=True)
    return PointSet(points, torch.full((len(points),), 1 / len(points), dtype=torch.float64))


def p_value(sampler, density) -> float:
    """Chi-square p-value of draws from one distribution against the density of another."""
    fine = uniform_cells(density.dim)
    weights = (fine.weights * density.density(fine.points)).numpy()
    expected = np.bincount(cells(fine.points), weights, 128) * SAMPLES
    found = np.bincount(cells(sampler.sample(SAMPLES, generator()).points), minlength=128)
    rare = expected < 10  # pooled, so that the chi-square law holds
    expected = np.append(expected[~rare], expected[rare].sum())
    found = np.append(found[~rare], found[rare].sum())
    if expected[-1] < 10:
        assert found[-1] <= stats.poisson.isf(LEVEL, expected[-1] + 1e-9) + 1
        expected, found = expected[:-1], found[:-1]
    total = ((found - expected) ** 2 / expected).sum()
    return float(stats.chi2.sf(total, len(expected) - 1))


@pytest.mark.parametrize("name", list(SPHERE))
def test_points_on_the_sphere_fill_cells_as_the_density_says(name):
    assert p_value(SPHERE[name], SPHERE[name]) > LEVEL


@pytest.mark.parametrize("name", list(CIRCLE))
def test_points_on_the_circle_fill_arcs_as_the_density_says(name):
    assert p_value(CIRCLE[name], CIRCLE[name]) > LEVEL


@pytest.mark.parametrize(
    "sampler, density",
    [
        (hemispheres(2, 4, 1), hemispheres(2, 3, 1)),
        (VonMisesFisher(2, 5.0), VonMisesFisher(2, 4.0)),
        (NormalisedGaussian((1.0, 2.0, 0.5)), NormalisedGaussian((2.0, 1.0, 0.5))),
        (NormalisedMixture(((1.5, 0.0, 0.0), (0.0, 0.0, 2.0))), NormalisedMixture(((1.5, 0.0, 0.0), (0.0, 0.0, 1.7)))),
        (Arcs((0.0, 1.0, 2.5, TURN), (1.0, 4.0, 0.5)), Arcs((0.0, 1.1, 2.5, TURN), (1.0, 4.0, 0.5))),
    ],
)
def test_the_density_of_another_distribution_is_rejected(sampler, density):
    assert p_value(sampler, density) < LEVEL


def height_cdf(density, dim: int):
    """Mass, and P(z <= height) by quadrature of the density over the heights of S^dim."""
    edges = np.linspace(0, math.pi, 400)
    nodes, weights = np.polynomial.legendre.leggauss(6)
    step = edges[1] / 2
    angle = torch.from_numpy((edges[:-1, None] + step * (nodes + 1)).ravel())
    points = torch.zeros(len(angle), dim + 1, dtype=torch.float64)
    points[:, 0], points[:, -1] = angle.sin(), angle.cos()
    ratio = math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2)) / math.sqrt(math.pi)
    slope = ratio * density.density(points) * angle.sin() ** (dim - 1)
    pieces = (slope.numpy().reshape(-1, 6) * weights).sum(1) * step
    below = np.concatenate([[0.0], np.cumsum(pieces)])
    return below[-1], lambda z: below[-1] - np.interp(np.arccos(np.clip(z, -1, 1)), edges, below)


@pytest.mark.parametrize(
    "density, other",
    [
        (VonMisesFisher(1, 3.0), VonMisesFisher(1, 3.3)),
        (VonMisesFisher(9, 10.0), VonMisesFisher(9, 11.0)),
        (VonMisesFisher(4, 0.0), VonMisesFisher(4, 0.3)),
        (hemispheres(9, 4, 1), hemispheres(9, 3, 1)),
        (NormalisedMixture(((0.0,) * 9 + (1.5,),)), NormalisedMixture(((0.0,) * 9 + (1.8,),))),
    ],
)
def test_heights_follow_their_law_in_any_dimension(density, other):
    heights = density.sample(SAMPLES, generator(1)).points[:, -1].numpy()
    mass, cdf = height_cdf(density, density.dim)
    assert abs(mass - 1) < 1e-3  # a jump within one of 399 intervals costs this much
    assert stats.kstest(heights, cdf).pvalue > LEVEL
    assert stats.kstest(heights, height_cdf(other, other.dim)[1]).pvalue < LEVEL


@given(st.integers(1, 12), st.floats(0.001, 0.999))
def test_height_quantiles_invert_probabilities(dim, probability):
    height = height_quantile(dim, np.array([probability]))
    assert abs(height_probability(dim, height)[0] - probability) <= 1e-12
    assert abs(height_probability(dim, -height)[0] - (1 - probability)) <= 1e-12


@given(
    st.sampled_from(
        [
            VonMisesFisher(2, 8.0),
            NormalisedGaussian((1.0, 1.5, 0.8)),
            NormalisedMixture(((2.0, 0.0, 0.0), (0.0, 0.0, 1.0))),
        ]
    )
)
def test_smooth_densities_have_mass_one_on_a_grid(density):
    grid = product_grid_sphere(48, 96)
    assert abs(float(grid.weights @ density.density(grid.points)) - 1) < 1e-10
    assert abs(float(grid.weights @ density.density(grid.points) ** 2) - 1) > 0.1
    assert weighted(density, grid).samples == grid.samples


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 1000), st.integers(1, 12))
def test_large_concentrations_neither_overflow_nor_leave_the_sphere(concentration, dim):
    density = VonMisesFisher(dim, concentration)
    sample = density.sample(50, generator(2))
    assert bool(density.density(sample.points).isfinite().all())


def test_grids_for_jumps_leave_out_what_has_no_mass():
    halves = Arcs((0.0, math.pi, TURN), (1.0, 0.0))
    # Half a step off the jumps: nodes at odd multiples of pi/64.
    angle = (torch.arange(64, dtype=torch.float64) + 0.5) * TURN / 64
    points = torch.stack([angle.cos(), angle.sin()], 1)
    grid = PointSet(points, torch.full((64,), 1 / 64, dtype=torch.float64))
    assert weighted(halves, grid).samples == 32
    assert bool((weighted(halves, grid).points[:, 1] > 0).all())
    with pytest.raises(ValueError, match="finer grid"):
        weighted(VonMisesFisher(1, 1e5), equispaced_circle(8))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Bands(2, (-1.0, 0.0), (1.0,)),
        lambda: Bands(2, (-1.0, 1.0), (-1.0,)),
        lambda: Bands(2, (-1.0, 0.5, 0.5, 1.0), (1.0, 1.0, 1.0)),
        lambda: hemispheres(0, 1, 1),
        lambda: VonMisesFisher(2, -1.0),
        lambda: VonMisesFisher(2, math.nan),
        lambda: NormalisedGaussian((1.0,)),
        lambda: NormalisedGaussian((1.0, 0.0)),
        lambda: NormalisedMixture(()),
        lambda: NormalisedMixture(((1.0, 2.0), (1.0,))),
        lambda: NormalisedMixture(((math.nan, 1.0),)),
        lambda: Arcs((0.0, 1.0), (1.0,)),
        lambda: Arcs((0.0, TURN), (0.0,)),
        lambda: cap(2, 0.0).sample(0, generator()),
    ],
)
def test_distributions_that_are_none_are_refused(make):
    with pytest.raises((ValueError, RuntimeError)):
        make()
