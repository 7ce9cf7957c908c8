"""Leading eigenpairs: against dense ones, with bounds that hold and that see a wrong pair."""

import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.data.points import uniform_sphere
from numerics.predictions import leading_eigenpairs as eigen
from numerics.predictions import limit_kernels as kernels
from tests.numerics.memory import STATUS, peaks_mebibytes

EPS = torch.finfo(torch.float64).eps


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def dense(points: torch.Tensor) -> torch.Tensor:
    return kernels.gram(points) / len(points)


@pytest.mark.parametrize("method", ["eigsh", "lobpcg"])
@pytest.mark.parametrize("block_bytes", [2**12, 2**27])
def test_leading_pairs_are_those_of_the_dense_matrix(method, block_bytes):
    points = uniform_sphere(3, 300, generator(0)).points
    operator = eigen.GramOperator(points, kernels.two_layer_kernel, block_bytes=block_bytes)
    pairs = eigen.leading_pairs(operator, 12, generator(1), method)
    values = torch.linalg.eigvalsh(dense(points)).flip(0)
    rounding = EPS * 300 * 4 * values[0]
    assert bool(((pairs.values - values[:12]).abs() <= pairs.residuals + rounding).all())
    assert pairs.residuals.max() <= 1e-10 * values[0]
    assert ((pairs.values - values[1:13]).abs() > pairs.residuals + rounding).any()
    identity = pairs.vectors.T @ pairs.vectors - torch.eye(12, dtype=torch.float64)
    assert identity.abs().max() <= EPS * 300 * 4


@given(st.integers(4, 40), st.integers(0, 99), st.floats(-1, 2))
@settings(max_examples=40, deadline=None)
def test_an_eigenvalue_lies_within_the_residual_of_any_pair(samples, seed, theta):
    matrix = dense(uniform_sphere(2, samples, generator(seed)).points)
    vector = torch.randn(samples, 1, dtype=torch.float64, generator=generator(seed))
    value = torch.tensor([theta], dtype=torch.float64)
    bound = eigen.residual_norms(matrix @ vector, value, vector).item()
    distance = (torch.linalg.eigvalsh(matrix) - theta).abs().min().item()
    assert distance <= bound + EPS * 10 * samples


def test_a_wrong_pair_has_a_bound_that_says_so():
    points = uniform_sphere(3, 300, generator(0)).points
    operator = eigen.GramOperator(points, kernels.two_layer_kernel)
    pairs = eigen.leading_pairs(operator, 3, generator(1))
    image = operator.apply(pairs.vectors)
    for values in (pairs.values * 1.001, pairs.values.roll(1)):
        bound = eigen.residual_norms(image, values, pairs.vectors)
        assert bool((bound >= 0.99 * (values - pairs.values).abs()).all())
        assert bool((bound > 1e4 * pairs.residuals).all())
    turned = pairs.vectors + 0.01 * pairs.vectors.roll(1, 0)
    assert eigen.residual_norms(operator.apply(turned), pairs.values, turned).min() > 1e-4


def test_pairs_that_leave_out_a_larger_eigenvalue_are_seen_by_the_missed_mass():
    points = uniform_sphere(2, 200, generator(0)).points
    operator = eigen.GramOperator(points, kernels.k1)
    pairs = eigen.leading_pairs(operator, 5, generator(1))
    values = torch.linalg.eigvalsh(kernels.gram(points, kernels.k1) / 200).flip(0)
    missed = eigen.missed_mass(operator, pairs)
    assert values[5] <= missed < pairs.values[0] / 5
    second = eigen.EigenPairs(pairs.values[1:], pairs.vectors[:, 1:], pairs.residuals[1:])
    assert eigen.missed_mass(operator, second) >= pairs.values[0]


def test_scales_weigh_the_points():
    sample = uniform_sphere(2, 60, generator(0))
    weights = torch.rand(60, dtype=torch.float64, generator=generator(2))
    weights = weights / weights.sum()
    operator = eigen.GramOperator(sample.points, kernels.k1, weights.sqrt())
    pairs = eigen.leading_pairs(operator, 4, generator(1))
    root = weights.sqrt()
    values = torch.linalg.eigvalsh(root[:, None] * kernels.gram(sample.points, kernels.k1) * root)
    assert (pairs.values - values.flip(0)[:4]).abs().max() <= pairs.residuals.max() + EPS * 240


def test_no_convergence_and_impossible_requests_are_reported():
    operator = eigen.GramOperator(uniform_sphere(3, 100, generator(0)).points, kernels.k0)
    for method in ("eigsh", "lobpcg"):
        with pytest.raises(eigen.NotConverged, match=method), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # lobpcg warns besides
            eigen.leading_pairs(operator, 15, generator(0), method, 1e-13, most_iterations=1)
    with pytest.raises(ValueError, match="count"):
        eigen.leading_pairs(operator, 100, generator(0))
    with pytest.raises(ValueError, match="'eigsh' or 'lobpcg'"):
        eigen.leading_pairs(operator, 5, generator(0), "power")
    with pytest.raises(ValueError, match=r"scales \(100,\)"):
        eigen.GramOperator(operator.points, kernels.k0, torch.ones(3))


LARGE = """
import torch
from numerics.data import points
from numerics.predictions import leading_eigenpairs as eigen, limit_kernels as kernels
torch.set_num_threads(1)
sample = points.uniform_sphere(2, {samples}, torch.Generator().manual_seed(0))
operator = eigen.GramOperator(sample.points, kernels.two_layer_kernel, block_bytes={block})
eigen.rayleigh_ritz(operator.apply, torch.ones({samples}, 3, dtype=torch.float64))
"""


@pytest.mark.skipif(not STATUS.exists(), reason="peak memory is read from /proc")
def test_memory_is_that_of_blocks_and_not_of_the_matrix():
    small, blocks, whole = peaks_mebibytes(
        *(LARGE.format(samples=samples, block=block) for samples, block in ((300, 2**22), (4000, 2**22), (4000, 2**28)))
    )
    # Twelve blocks of 4 MiB; the matrix alone takes 122 MiB, and so do its temporaries.
    assert blocks - small < 12 * 4 + 16
    assert whole - small > 2 * 122
