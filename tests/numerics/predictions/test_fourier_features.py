"""Fourier features: unit length, stationary kernels, circulant spectra, blocks of one frequency."""

import math

import numpy as np
import pytest
import torch

from numerics.data.points import DTYPE
from numerics.predictions import fourier_features as fourier

EPS = torch.finfo(DTYPE).eps
# An angle near 0 or pi comes from acos of a rounded cosine: off by sqrt(2 eps) for one rounding, and by
# its square root of ten times that after the ten or so roundings of a feature map and its norm.
ANGLE = 10 * math.sqrt(2 * EPS)
SLOPE = 3  # of a kernel of depth 3 in the angle, |d kappa / d theta| <= L(L-1)/2 at 0


def aliased(weights: torch.Tensor, n: int) -> float:
    """Most that n points add to the modes 1, ..., q of sum_j c_j kappa(j angle), kappa = t k0 + k1 on S^1.

    Harmonic k of block j has frequency jk and size mu_k = 2(k^2+3)/(pi (k^2-1))^2 for even k, 0 for odd
    k >= 3. It falls on a mode m <= q where jk = ln +- m, so k >= (n-q)l/j; there mu_k is at most its
    value at the least such k times (k/k')^2, and the sum over l of l^-2 is pi^2/6.
    """
    q = len(weights)
    least = [(n - q) / j for j in range(1, q + 1)]
    sizes = [2 * (k**2 + 3) / (math.pi * (k**2 - 1)) ** 2 for k in least]
    return sum(c * 2 * mu * math.pi**2 / 6 for c, mu in zip(weights.tolist(), sizes, strict=True))


def maps(seed: int = 0) -> dict[str, fourier.FeatureMap]:
    generator = torch.Generator().manual_seed(seed)
    return {
        "basic": fourier.basic(2),
        "positional": fourier.positional(2, 4, 8.0),
        "gaussian": fourier.gaussian(2, 20, 3.0, generator),
    }


@pytest.mark.parametrize("name", ["basic", "positional", "gaussian"])
def test_features_have_unit_length_and_a_stationary_kernel(name):
    points = torch.rand(30, 2, dtype=DTYPE, generator=torch.Generator().manual_seed(1))
    gamma = maps()[name]
    assert torch.allclose(gamma(points).norm(dim=1), torch.ones(30, dtype=DTYPE), rtol=0, atol=40 * EPS)  # 40 features
    shifted = points + torch.tensor([0.3, -1.7], dtype=DTYPE)
    kernel = fourier.composed_kernel(gamma(points), depth=3)
    assert torch.allclose(kernel, fourier.composed_kernel(gamma(shifted), depth=3), rtol=0, atol=SLOPE * ANGLE)


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 2.0, math.inf])
def test_eigenvalues_on_a_grid_are_the_dft_of_a_row(exponent):
    n = 24
    grid = torch.arange(n, dtype=DTYPE)[:, None] / n
    kernel = fourier.composed_kernel(fourier.power(n // 2, exponent)(grid), depth=3)
    spectrum = fourier.circulant_eigenvalues(kernel[0])
    several = torch.cat([spectrum, spectrum[1 : (n + 1) // 2]])  # m and n - m
    found = torch.linalg.eigvalsh(kernel)
    assert torch.allclose(found, several.sort().values, rtol=0, atol=n * SLOPE * ANGLE)  # Weyl
    uneven = fourier.composed_kernel(fourier.power(n // 2, exponent)(grid**1.2), depth=3)
    assert not torch.allclose(torch.linalg.eigvalsh(uneven), fourier.circulant_eigenvalues(uneven[0])[0], atol=1e-2)


def test_blocks_have_the_spectrum_of_their_kernel():
    n, weights = 512, torch.tensor([1.0, 0.3, 0.7, 0.2], dtype=DTYPE)
    turns = torch.arange(n, dtype=DTYPE) * (2 * math.pi / n)
    row = sum(
        c * fourier.two_layer_kernel((j * turns).cos().clamp(-1, 1).acos(), (1.0, 1.0))
        for j, c in enumerate(weights, 1)
    )
    by_dft = fourier.circulant_eigenvalues(row)[1:5] / n
    by_matrix = fourier.block_matrix(fourier.head_spectrum(4)) @ weights
    budget = aliased(weights, n) + float(weights.sum()) * SLOPE * ANGLE
    assert np.allclose(by_dft, by_matrix, rtol=0, atol=budget)
    assert not np.allclose(by_dft, by_matrix.flip(0), rtol=0, atol=100 * budget)
    coarse = fourier.circulant_eigenvalues(row[:: n // 16])[1:5] / 16
    assert not np.allclose(coarse, by_matrix, rtol=0, atol=budget)  # 16 points alias more


@pytest.mark.parametrize(
    "wrong", [(torch.ones(3), torch.ones(3)), (torch.ones(3, 1), torch.ones(2)), (torch.ones(2, 1), torch.zeros(2))]
)
def test_shapes_that_do_not_fit_are_refused(wrong):
    with pytest.raises(ValueError, match="wanted"):
        fourier.FeatureMap(*wrong)
