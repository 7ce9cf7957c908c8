"""Point sets on S^d: quadrature grids without sampling noise, random points, antipodal pairs.

Grids are made on the cpu, random points on their generator's device; ``to`` moves them.
Non-uniform distributions: `numerics.data.densities`.

Weights always sum to 1, so that sums over a point set approximate (or equal) integrals against the
uniform PROBABILITY measure sigma of S^d, which lies in R^(d+1).
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import roots_gegenbauer
from torch import Tensor

DTYPE = torch.float64


@dataclass(frozen=True, slots=True, eq=False)
class PointSet:
    """Unit vectors ``points`` (n, d+1) with positive ``weights`` (n,) that sum to 1.

    Raises ValueError where the shapes do not fit, or where a norm or the sum of the weights is off
    by more than rounding.

    >>> PointSet(torch.eye(2, dtype=DTYPE), torch.tensor([0.5, 0.5], dtype=DTYPE)).dim
    1
    """

    points: Tensor
    weights: Tensor

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.weights.shape != self.points.shape[:1]:
            shapes = f"{tuple(self.points.shape)} and {tuple(self.weights.shape)}"
            raise ValueError(f"points (n, d+1) and weights (n,) wanted, got {shapes}")
        if self.points.shape[1] < 2:
            raise ValueError("S^d needs d >= 1, that is points with at least 2 coordinates")
        samples, ambient = self.points.shape
        rounding = 4 * (samples + ambient) * torch.finfo(self.points.dtype).eps
        if not torch.all((self.points.norm(dim=1) - 1).abs() <= rounding):
            raise ValueError("points on the unit sphere wanted: a norm differs from 1")
        if not torch.all(self.weights > 0) or abs(float(self.weights.sum()) - 1) > rounding:
            raise ValueError("positive weights that sum to 1 wanted")

    @property
    def dim(self) -> int:
        """Dimension d of the sphere (never of the ambient space)."""
        return self.points.shape[1] - 1

    @property
    def samples(self) -> int:
        """Number n of points."""
        return self.points.shape[0]

    def to(self, device: torch.device | str) -> "PointSet":
        """The same numbers on another device."""
        return PointSet(self.points.to(device), self.weights.to(device))


def equispaced_circle(samples: int) -> PointSet:
    """Points at the angles 2 pi j / n on S^1, equal weights.

    Integrates every trigonometric polynomial of degree < n exactly. An even n gives a set that is
    antipodal to the last bit, as the second half is the first one negated.

    >>> equispaced_circle(4).points[2].tolist()
    [-1.0, -0.0]
    """
    if samples < 3:
        raise ValueError(f"an equispaced circle needs at least 3 points, got {samples}")
    points = _circle(samples)
    return PointSet(points, torch.full((samples,), 1 / samples, dtype=DTYPE))


def product_grid_sphere(rings: int, azimuths: int) -> PointSet:
    """Gauss-Legendre heights times equispaced azimuths on S^2, pole (0, 0, 1).

    Point r * azimuths + j has height z_r and azimuth 2 pi j / azimuths; weights w_r / (2 azimuths)
    with the Gauss-Legendre weights w_r. Integrates spherical polynomials exactly up to degree
    min(2 rings, azimuths) - 1. An even number of azimuths gives a set that is antipodal to the
    last bit.

    >>> grid = product_grid_sphere(12, 24)
    >>> grid.samples, grid.dim
    (288, 2)
    """
    if rings < 1 or azimuths < 3:
        raise ValueError(f"at least 1 ring and 3 azimuths wanted, got {rings} and {azimuths}")
    heights, ring_weights = (torch.as_tensor(a) for a in np.polynomial.legendre.leggauss(rings))
    radii = torch.sqrt((1 - heights) * (1 + heights))
    horizontal = radii[:, None, None] * _circle(azimuths)  # (rings, azimuths, 2)
    vertical = heights[:, None, None].expand(rings, azimuths, 1)
    points = torch.cat([horizontal, vertical], dim=2).reshape(-1, 3)
    weights = (ring_weights / ring_weights.sum() / azimuths).repeat_interleave(azimuths)
    return PointSet(points, weights)


def product_grid(dim: int, rings: int) -> PointSet:
    """Product grid of S^d: ``rings`` Gauss heights in every direction, 2 * rings azimuths, d >= 2.

    x = (sqrt(1 - z^2) y, z) with y on the grid of S^(d-1) and z a Gauss node of the weight
    (1 - z^2)^((d-2)/2), the Gegenbauer polynomials of index (d-1)/2 being orthogonal for it.
    2 rings^d points; integrates spherical polynomials exactly up to degree 2 rings - 1.

    >>> grid = product_grid(3, 6)
    >>> grid.samples, grid.dim
    (432, 3)
    """
    if dim < 2:
        raise ValueError(f"a product grid needs dim >= 2, got {dim}")
    if dim == 2:
        return product_grid_sphere(rings, 2 * rings)
    equator = product_grid(dim - 1, rings)
    nodes, masses = (torch.as_tensor(a) for a in roots_gegenbauer(rings, (dim - 1) / 2))
    radii = torch.sqrt((1 - nodes) * (1 + nodes))
    horizontal = radii[:, None, None] * equator.points  # (rings, n, d)
    vertical = nodes[:, None, None].expand(rings, equator.samples, 1)
    points = torch.cat([horizontal, vertical], dim=2).reshape(-1, dim + 1)
    weights = ((masses / masses.sum())[:, None] * equator.weights).reshape(-1)
    return PointSet(points, weights / weights.sum())


def uniform_sphere(dim: int, samples: int, generator: torch.Generator) -> PointSet:
    """Independent uniform points on S^d with equal weights 1/n.

    >>> uniform_sphere(9, 5, torch.Generator().manual_seed(0)).points.shape
    torch.Size([5, 10])
    """
    if dim < 1 or samples < 1:
        raise ValueError(f"dim >= 1 and samples >= 1 wanted, got {dim} and {samples}")
    device = generator.device
    gaussian = torch.randn(samples, dim + 1, dtype=DTYPE, device=device, generator=generator)
    points = gaussian / gaussian.norm(dim=1, keepdim=True)
    return PointSet(points, torch.full((samples,), 1 / samples, dtype=DTYPE, device=device))


def ring_sample(dim: int, rings: int, azimuths: int, generator: torch.Generator) -> PointSet:
    """Gauss heights about the last axis, each with its own random azimuths, and all their opposites.

    x = (sqrt(1 - z^2) y, z), z the positive ones of an even number of Gauss nodes as in `product_grid`,
    y uniform on S^(d-1). Polynomials in the height are integrated exactly up to degree
    2 rings - 1, so that zonal harmonics about the axis keep norm 1 and stay orthogonal; the rest
    as by independent points. For dimensions in which a product grid is too large.

    >>> ring_sample(9, 6, 100, torch.Generator().manual_seed(0)).samples
    600
    """
    if dim < 2 or rings < 2 or rings % 2 or azimuths < 1:
        raise ValueError(f"dim >= 2, even rings and azimuths wanted, got {dim}, {rings}, {azimuths}")
    nodes, masses = (torch.as_tensor(a) for a in roots_gegenbauer(rings, (dim - 1) / 2))
    upper = nodes[rings // 2 :].repeat_interleave(azimuths)[:, None]
    around = uniform_sphere(dim - 1, len(upper), generator).points
    points = torch.cat([torch.sqrt((1 - upper) * (1 + upper)) * around, upper], dim=1)
    weights = masses[rings // 2 :].repeat_interleave(azimuths)
    return antipodal(PointSet(points, weights / weights.sum()))


def antipodal(half: PointSet) -> PointSet:
    """The set together with its mirror image: point n + i is minus point i, weights halved.

    >>> circle = equispaced_circle(3)
    >>> bool((antipodal(circle).points[3:] == -circle.points).all())
    True
    """
    weights = half.weights / 2
    return PointSet(torch.cat([half.points, -half.points]), torch.cat([weights, weights]))


def _circle(samples: int) -> Tensor:
    """Equispaced unit vectors (samples, 2); exact negatives half a turn apart for even samples."""
    turn = 2 * math.pi / samples
    count = samples // 2 if samples % 2 == 0 else samples
    angles = turn * torch.arange(count, dtype=DTYPE)
    points = torch.stack([angles.cos(), angles.sin()], dim=1)
    return torch.cat([points, -points]) if samples % 2 == 0 else points
