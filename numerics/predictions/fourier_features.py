"""Fourier features, the kernels of networks composed with them, and spectra designed with them.

    gamma(v) = (a_j cos 2 pi b_j.v, a_j sin 2 pi b_j.v)_j / |a|,     |gamma| = 1,

so <gamma(v), gamma(v')> = sum_j a_j^2 cos 2 pi b_j.(v - v') / |a|^2: a kernel of the angle between
features is stationary in v, and on a regular grid with integer b_j its matrix is circulant, with
the DFT of a row as eigenvalues. Tancik et al. 2020 (arXiv:2006.10739), eqs. 5-8.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.data.images import without_features
from numerics.data.points import DTYPE
from numerics.predictions.limit_kernels import angles, tangent_kernel, two_layer_kernel

FINE = 4096  # points at which a head is sampled: aliasing adds less than 1e-6 of mu_8


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMap:
    """Frequencies b (q, d) in cycles per unit length with amplitudes a (q,), not all zero.

    >>> FeatureMap(torch.ones(3, 2), torch.ones(2))
    Traceback (most recent call last):
    ValueError: frequencies (q, d) and amplitudes (q,) wanted, got (3, 2) and (2,)
    """

    frequencies: Tensor
    amplitudes: Tensor

    def __post_init__(self) -> None:
        shapes = tuple(self.frequencies.shape), tuple(self.amplitudes.shape)
        if len(shapes[0]) != 2 or shapes[1] != shapes[0][:1]:
            raise ValueError(f"frequencies (q, d) and amplitudes (q,) wanted, got {shapes[0]} and {shapes[1]}")
        if not float(self.amplitudes.abs().max()) > 0:
            raise ValueError("an amplitude other than 0 wanted")

    def __call__(self, points: Tensor) -> Tensor:
        """gamma at points (n, d): unit vectors (n, 2q), cosines first."""
        turns = 2 * math.pi * (points @ self.frequencies.T)  # (n, q)
        scaled = self.amplitudes / self.amplitudes.norm()
        return torch.cat([scaled * turns.cos(), scaled * turns.sin()], dim=1)


def power(count: int, exponent: float) -> FeatureMap:
    """b_j = j with a_j = j^-p, j = 1, ..., count; p = inf keeps j = 1 alone (1-D, their section 5).

    >>> power(3, math.inf).amplitudes.tolist()
    [1.0, 0.0, 0.0]
    """
    steps = torch.arange(1, count + 1, dtype=DTYPE)
    return FeatureMap(steps[:, None], steps**-exponent)


def basic(dim: int) -> FeatureMap:
    """One cycle along every axis.

    >>> basic(2).frequencies.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return FeatureMap(torch.eye(dim, dtype=DTYPE), torch.ones(dim, dtype=DTYPE))


def positional(dim: int, octaves: int, scale: float) -> FeatureMap:
    """b = scale^(j/octaves) along every axis, j = 0, ..., octaves - 1, equal amplitudes.

    >>> positional(1, 2, 16.0).frequencies.tolist()
    [[1.0], [4.0]]
    """
    steps = scale ** (torch.arange(octaves, dtype=DTYPE) / octaves)
    frequencies = (steps[:, None, None] * torch.eye(dim, dtype=DTYPE)).flatten(0, 1)
    return FeatureMap(frequencies, torch.ones(len(frequencies), dtype=DTYPE))


def gaussian(dim: int, count: int, scale: float, generator: torch.Generator) -> FeatureMap:
    """b ~ N(0, scale^2 I), equal amplitudes.

    >>> gaussian(2, 5, 1.0, torch.Generator().manual_seed(0)).frequencies.shape
    torch.Size([5, 2])
    """
    frequencies = scale * torch.randn(count, dim, dtype=DTYPE, generator=generator)
    return FeatureMap(frequencies, torch.ones(count, dtype=DTYPE))


def mappings(
    dim: int, count: int, scales: Sequence[float], generator: torch.Generator, octaves: int, largest: float
) -> dict[str, Callable[[Tensor], Tensor]]:
    """The mappings of Tancik et al. by name: none, basic, positional, one Gaussian for each scale.

    octaves, largest: of the positional one. The Gaussian ones are one draw of ``count``
    frequencies, scaled: they differ by nothing else.

    >>> list(mappings(2, 8, (0.5, 4.0), torch.Generator().manual_seed(0), 4, 4.0))
    ['none', 'basic', 'positional', 'gaussian 0.5', 'gaussian 4']
    """
    drawn = gaussian(dim, count, 1.0, generator)
    scaled = {f"gaussian {s:g}": FeatureMap(s * drawn.frequencies, drawn.amplitudes) for s in scales}
    plain: dict[str, Callable[[Tensor], Tensor]] = {"none": without_features, "basic": basic(dim)}
    return plain | {"positional": positional(dim, octaves, largest)} | scaled


def composed_kernel(features: Tensor, others: Tensor | None = None, depth: int = 2) -> Tensor:
    """Limit tangent kernel of a network of given depth on unit features (n, q), (l, q): (n, l).

    >>> composed_kernel(torch.eye(2, dtype=DTYPE))[0, 0].item()
    2.0
    """
    return tangent_kernel(angles(features, others), depth)


def circulant_eigenvalues(row: Tensor) -> Tensor:
    """lambda_m = sum_j row_j cos(2 pi m j/n), m = 0, ..., n/2, of a symmetric circulant matrix.

    >>> circulant_eigenvalues(torch.tensor([2.0, 1.0, 0.0, 1.0])).tolist()
    [4.0, 2.0, 0.0]
    """
    return torch.fft.rfft(row).real


def head_spectrum(last: int, layer_scales: tuple[float, float] = (1.0, 1.0)) -> Tensor:
    """mu_0, ..., mu_K on S^1 of the two-layer tangent kernel, by the DFT of a fine row: (K+1,).

    >>> round(head_spectrum(1)[1].item(), 6)
    0.5
    """
    turns = torch.arange(FINE, dtype=DTYPE) * (2 * math.pi / FINE)
    row = two_layer_kernel(torch.minimum(turns, 2 * math.pi - turns), layer_scales)
    return circulant_eigenvalues(row)[: last + 1] / FINE


def block_matrix(head: Tensor) -> Tensor:
    """M with mu = M c for blocks of weights c_j that see cos jx, sin jx alone: (K, K), j, k >= 1.

    h(cos jx) has the eigenvalue head[l] at degree l j and none elsewhere, so M_kj = head[k/j] where
    j divides k. head: mu_0, ..., mu_K.

    >>> block_matrix(torch.tensor([9.0, 1.0, 0.5])).tolist()
    [[1.0, 0.0], [0.5, 1.0]]
    """
    last = len(head) - 1
    matrix = torch.zeros(last, last, dtype=head.dtype)
    for j in range(1, last + 1):
        for multiple in range(1, last // j + 1):
            matrix[multiple * j - 1, j - 1] = head[multiple]
    return matrix
