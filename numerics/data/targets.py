"""Zonal spherical harmonics of S^d, and mixtures of them, as targets and as directions.

P_k is the Gegenbauer polynomial of S^d with P_k(1) = 1 (Chebyshev T_k for d = 1, Legendre for
d = 2). Under the uniform probability measure E[P_k(<x, pole>)^2] = 1/N(d, k), so that

    phi_k(x) = sqrt(N(d, k)) P_k(<x, pole>)

has norm 1, and harmonics of different degree are orthogonal whatever their poles.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import torch
from torch import Tensor

from numerics.data.points import PointSet


def multiplicity(dim: int, degree: int) -> int:
    """Dimension N(d, k) of the degree-k harmonics of S^d.

    N(d, 0) = 1, N(d, k) = (2k + d - 1)/k * C(k + d - 2, d - 1).

    >>> [multiplicity(2, k) for k in range(4)], multiplicity(1, 7)
    ([1, 3, 5, 7], 2)
    """
    _check_domain(dim, degree)
    if degree == 0:
        return 1
    return (2 * degree + dim - 1) * math.comb(degree + dim - 2, dim - 1) // degree


def gegenbauer_sequence(dim: int, cosine: Tensor) -> Iterator[Tensor]:
    """P_0, P_1, P_2, ... of S^d at ``cosine``, one after the other, without end.

    (k + d - 1) P_{k+1} = (2k + d - 1) t P_k - k P_{k-1}, which is stable on [-1, 1]. It reads
    0 = 0 at d = 1, k = 0, so the recurrence starts from P_0 = 1 and P_1 = t.

    >>> [p.item() for p in islice(gegenbauer_sequence(2, torch.tensor(1.0)), 3)]
    [1.0, 1.0, 1.0]
    """
    _check_domain(dim, 0)
    before, now = torch.ones_like(cosine), cosine
    yield before
    for k in count(1):
        yield now
        before, now = now, ((2 * k + dim - 1) * cosine * now - k * before) / (k + dim - 1)


def gegenbauer(max_degree: int, dim: int, cosine: Tensor) -> Tensor:
    """P_0, ..., P_K of S^d at ``cosine``, any shape: result (K+1, *shape).

    >>> gegenbauer(3, 1, torch.tensor(0.5, dtype=torch.float64)).tolist()
    [1.0, 0.5, -0.5, -1.0]
    """
    _check_domain(dim, max_degree)
    return torch.stack(list(islice(gegenbauer_sequence(dim, cosine), max_degree + 1)))


def zonal_harmonic(points: Tensor, pole: Tensor, degree: int) -> Tensor:
    """phi_k = sqrt(N(d, k)) P_k(<x, pole>) at ``points`` (n, d+1): (n,), norm 1 in L2(sigma).

    >>> x = torch.tensor([[0.0, 1.0]], dtype=torch.float64)
    >>> zonal_harmonic(x, x[0], 0).tolist()
    [1.0]
    """
    dim = points.shape[1] - 1
    cosine = points @ pole  # (n,)
    return math.sqrt(multiplicity(dim, degree)) * gegenbauer(degree, dim, cosine)[degree]


@dataclass(frozen=True, slots=True)
class Mixture:
    """f*(x) = sum_j a_j phi_{k_j}(x): distinct degrees k_j, amplitudes a_j in units of L2 norm.

    >>> Mixture((1, 2, 4), (1.0, 3.0, 5.0))
    Mixture(degrees=(1, 2, 4), amplitudes=(1.0, 3.0, 5.0))
    """

    degrees: tuple[int, ...]
    amplitudes: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.degrees) != len(self.amplitudes) or not self.degrees:
            counts = f"{len(self.degrees)} and {len(self.amplitudes)}"
            raise ValueError(f"as many amplitudes as degrees wanted, at least one; got {counts}")
        if min(self.degrees) < 0 or len(set(self.degrees)) != len(self.degrees):
            raise ValueError(f"distinct degrees >= 0 wanted, got {self.degrees}")


# Section 5.1 of Cao et al. (arXiv:1912.01198): f* = a_1 P_1 + a_2 P_2 + a_4 P_4, each with a pole
# of its own. The amplitudes are the paper's; here they multiply components of norm 1.
CAO_SAME_SCALE = Mixture(degrees=(1, 2, 4), amplitudes=(1.0, 1.0, 1.0))
CAO_DIFFERENT_SCALE = Mixture(degrees=(1, 2, 4), amplitudes=(1.0, 3.0, 5.0))


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Data, labels and the directions on which residuals are recorded.

    sample: n points with weights. labels: y (n,). directions: phi (n, q), one column a direction.
    """

    sample: PointSet
    labels: Tensor
    directions: Tensor

    def __post_init__(self) -> None:
        n = self.sample.samples
        if self.labels.shape != (n,) or self.directions.ndim != 2 or len(self.directions) != n:
            shapes = f"{tuple(self.labels.shape)} and {tuple(self.directions.shape)}"
            raise ValueError(f"labels ({n},) and directions ({n}, q) wanted, got {shapes}")

    def to(self, device: torch.device | str) -> "Problem":
        """The same numbers on another device."""
        return Problem(self.sample.to(device), self.labels.to(device), self.directions.to(device))

    def project(self, residual: Tensor) -> Tensor:
        """<phi_j, r> = sum_i w_i phi_j(x_i) r_i: residual (..., n) -> projections (..., q)."""
        return (residual * self.sample.weights) @ self.directions


def mixture_problem(mixture: Mixture, sample: PointSet, poles: Tensor, amplitude: float = 1.0) -> Problem:
    """Labels ``amplitude`` times the mixture; its own components are the directions.

    poles: one unit vector for all degrees (d+1,), or one for each (q, d+1). ``amplitude`` is the
    theta of Cao et al.: the smaller, the lazier the training.

    >>> from numerics.data.points import equispaced_circle
    >>> pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    >>> mixture_problem(CAO_SAME_SCALE, equispaced_circle(16), pole).directions.shape
    torch.Size([16, 3])
    """
    poles = poles.expand(len(mixture.degrees), -1)  # (q, d+1)
    columns = [zonal_harmonic(sample.points, p, k) for p, k in zip(poles, mixture.degrees)]
    directions = torch.stack(columns, dim=1)  # (n, q)
    scales = directions.new_tensor(mixture.amplitudes)
    return Problem(sample, amplitude * (directions @ scales), directions)


def _check_domain(dim: int, degree: int) -> None:
    if dim < 1 or degree < 0:
        raise ValueError(f"dim >= 1 and degree >= 0 wanted, got dim={dim}, degree={degree}")
