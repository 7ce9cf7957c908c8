"""Non-uniform distributions on S^d: density, sampler and quadrature.

A ``Density`` has its density against the uniform probability measure sigma, so that the uniform
distribution has density 1, and samples exactly from it with an explicit generator. Zonal ones are
functions of the height z = <x, pole> with pole = (0, ..., 0, 1); under sigma the height has the
density prop. to (1 - z^2)^((d-2)/2). `weighted` turns any quadrature set for sigma into one for the
distribution.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import betainc, betaincinv, ive, pbdv
from torch import Tensor

from numerics.data.points import DTYPE, PointSet


@dataclass(frozen=True, slots=True)
class Bands:
    """Piecewise constant in height: band j between edges[j] and edges[j+1] has mass ~ masses[j].

    Hemispheres, bands and a cap are special cases: see `hemispheres` and `cap`. ``masses`` are
    normalised to sum 1; a band may have none.

    >>> hemispheres(2, 4, 1).density(torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64)).tolist()
    [1.6]
    """

    dim: int
    edges: tuple[float, ...]
    masses: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.dim < 1 or len(self.edges) != len(self.masses) + 1:
            raise ValueError("dim >= 1 and one edge more than masses wanted")
        steps = [b - a for a, b in zip(self.edges, self.edges[1:])]
        if self.edges[0] != -1 or self.edges[-1] != 1 or not min(steps) > 0:
            raise ValueError(f"increasing edges from -1 to 1 wanted, got {self.edges}")
        if not min(self.masses) >= 0 or not 0 < sum(self.masses) < math.inf:
            raise ValueError(f"masses >= 0 with a finite positive sum wanted, got {self.masses}")

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Mass of each band, sum 1."""
        return tuple(mass / sum(self.masses) for mass in self.masses)

    def density(self, points: Tensor) -> Tensor:
        """Against sigma at ``points`` (n, d+1): (n,); the upper band's at an edge."""
        areas = np.diff(height_probability(self.dim, np.asarray(self.edges)))
        levels = torch.as_tensor(np.asarray(self.probabilities) / areas).to(points)
        inner = points.new_tensor(self.edges[1:-1])
        return levels[torch.bucketize(points[:, -1].contiguous(), inner, right=True)]

    def sample(self, samples: int, generator: torch.Generator) -> PointSet:
        """Independent points with weights 1/n: a band by its mass, then a height within it."""
        chance = torch.tensor(self.probabilities, dtype=DTYPE, device=generator.device)
        band = torch.multinomial(chance, samples, replacement=True, generator=generator)
        below = height_probability(self.dim, np.asarray(self.edges))
        uniform = torch.rand(samples, dtype=DTYPE, device=generator.device, generator=generator)
        low, step = (torch.as_tensor(a).to(uniform)[band] for a in (below[:-1], np.diff(below)))
        heights = height_quantile(self.dim, (low + uniform * step).cpu().numpy())
        return _around_pole(self.dim, torch.as_tensor(heights).to(uniform), generator)


def hemispheres(dim: int, upper: float, lower: float) -> Bands:
    """Masses of the two hemispheres in the ratio upper : lower."""
    return Bands(dim, (-1.0, 0.0, 1.0), (lower, upper))


def cap(dim: int, height: float) -> Bands:
    """Uniform on the cap z >= height alone.

    >>> cap(2, 0.5).density(torch.tensor([[0.0, 0.6, 0.8], [0.0, 1.0, 0.0]])).tolist()
    [4.0, 0.0]
    """
    return Bands(dim, (-1.0, height, 1.0), (0.0, 1.0))


@dataclass(frozen=True, slots=True)
class VonMisesFisher:
    """Density C exp(concentration z) against sigma on S^d, 1/C = E_sigma[exp(concentration z)].

    With a = (d-1)/2: 1/C = Gamma(a + 1) (2/c)^a I_a(c), c the concentration.

    >>> VonMisesFisher(2, 0.0).density(torch.eye(3)).tolist()
    [1.0, 1.0, 1.0]
    """

    dim: int
    concentration: float

    def __post_init__(self) -> None:
        if self.dim < 1 or not 0 <= self.concentration < 1e6:
            given = f"{self.dim} and {self.concentration}"
            raise ValueError(f"dim >= 1 and 0 <= concentration < 10^6 wanted, got {given}")

    def density(self, points: Tensor) -> Tensor:
        """Against sigma at ``points`` (n, d+1): (n,)."""
        return torch.exp(self.concentration * (points[:, -1] - 1) - self._log_mean())

    def _log_mean(self) -> float:
        """log E_sigma[exp(c (z - 1))], which never overflows."""
        c, a = self.concentration, (self.dim - 1) / 2
        if c < 1e-8:
            return -c
        return math.lgamma(a + 1) + a * math.log(2 / c) + math.log(float(ive(a, c)))

    def sample(self, samples: int, generator: torch.Generator) -> PointSet:
        """Independent points, weights 1/n, by Wood's (1994) rejection from an envelope.

        With b = d / (sqrt(4 c^2 + d^2) + 2 c) and y ~ Beta(d/2, d/2) the proposed height is
        (1 - (1 + b) y) / (1 - (1 - b) y), accepted when c z + d log(1 - x0 z) - top >= log(u),
        x0 = (1 - b)/(1 + b), top its value at z = x0.
        """
        c, d = self.concentration, self.dim
        b = d / (math.sqrt(4 * c * c + d * d) + 2 * c)
        x0 = (1 - b) / (1 + b)
        top = c * x0 + d * math.log1p(-x0 * x0)
        heights = torch.empty(0, dtype=DTYPE, device=generator.device)
        while len(heights) < samples:
            count = 2 * (samples - len(heights)) + 16
            u, v = torch.rand(2, count, dtype=DTYPE, device=generator.device, generator=generator)
            y = torch.as_tensor(betaincinv(d / 2, d / 2, v.cpu().numpy())).to(u)
            z = (1 - (1 + b) * y) / (1 - (1 - b) * y)
            accepted = c * z + d * torch.log1p(-x0 * z) - top >= u.log()
            heights = torch.cat([heights, z[accepted]])
        return _around_pole(d, heights[:samples], generator)


@dataclass(frozen=True, slots=True)
class NormalisedGaussian:
    """x = g/|g| with g ~ N(0, diag(deviations^2)): the angular central Gaussian distribution.

    Density |A|^(-1/2) (x' A^-1 x)^(-(d+1)/2) against sigma, A = diag(deviations^2) (Tyler 1987).

    >>> NormalisedGaussian((1.0, 1.0, 1.0)).density(torch.eye(3)).tolist()
    [1.0, 1.0, 1.0]
    """

    deviations: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.deviations) < 2 or not 0 < min(self.deviations) <= max(self.deviations) < 1e150:
            raise ValueError(f"at least two positive deviations wanted, got {self.deviations}")

    @property
    def dim(self) -> int:
        """Dimension d of the sphere."""
        return len(self.deviations) - 1

    def density(self, points: Tensor) -> Tensor:
        """Against sigma at ``points`` (n, d+1): (n,)."""
        deviations = points.new_tensor(self.deviations)
        form = (points / deviations).square().sum(1)
        return torch.exp(-deviations.log().sum() - (self.dim + 1) / 2 * form.log())

    def sample(self, samples: int, generator: torch.Generator) -> PointSet:
        """Independent points with weights 1/n."""
        deviations = torch.tensor(self.deviations, dtype=DTYPE, device=generator.device)
        return _normalised(deviations * _normal(samples, self.dim + 1, generator))


@dataclass(frozen=True, slots=True)
class NormalisedMixture:
    """x = g/|g| with g from N(mean_j, 1), each j equally likely: projected normal distributions.

    Density of one component against sigma, with s = <x, mean>, n = d + 1 and D the parabolic
    cylinder function: exp(s^2/4 - |mean|^2/2) Gamma(n) D_{-n}(-s) / (2^(n/2 - 1) Gamma(n/2)),
    from Integral_0^oo r^(n-1) exp(-r^2/2 + r s) dr (Gradshteyn and Ryzhik 3.462.1).

    >>> x = torch.eye(3, dtype=torch.float64)
    >>> NormalisedMixture(((0.0, 0.0, 0.0),)).density(x).round(decimals=12).tolist()
    [1.0, 1.0, 1.0]
    """

    means: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        sizes = {len(mean) for mean in self.means}
        if len(sizes) != 1 or min(sizes) < 2 or not max(math.hypot(*mean) for mean in self.means) < 20:
            wanted = "at least one mean, all in the same R^n, n >= 2, of norms below 20 wanted"
            raise ValueError(f"{wanted}, got {self.means}")

    @property
    def dim(self) -> int:
        """Dimension d of the sphere."""
        return len(self.means[0]) - 1

    def density(self, points: Tensor) -> Tensor:
        """Against sigma at ``points`` (n, d+1): (n,)."""
        n, means = self.dim + 1, points.new_tensor(self.means)
        heights = (points @ means.T).cpu().numpy()  # (n, components)
        log_factor = math.lgamma(n) - math.lgamma(n / 2) - (n / 2 - 1) * math.log(2)
        halves = (means.square().sum(1) / 2).cpu().numpy()
        shares = np.exp(heights**2 / 4 - halves + log_factor) * pbdv(-n, -heights)[0]
        return torch.as_tensor(shares.mean(1)).to(points)

    def sample(self, samples: int, generator: torch.Generator) -> PointSet:
        """Independent points with weights 1/n."""
        means = torch.tensor(self.means, dtype=DTYPE, device=generator.device)
        place = torch.randint(len(means), (samples,), device=generator.device, generator=generator)
        return _normalised(means[place] + _normal(samples, self.dim + 1, generator))


@dataclass(frozen=True, slots=True)
class Arcs:
    """Piecewise constant on S^1 (Basri et al. 2020): arc j of the angle from edges[j] to the next.

    edges: increasing angles from 0 to 2 pi. levels: the density of each arc up to one common
    factor, against the uniform probability measure once normalised.

    >>> Arcs((0.0, math.pi, 2 * math.pi), (4.0, 1.0)).levels_normalised
    (1.6, 0.4)
    """

    edges: tuple[float, ...]
    levels: tuple[float, ...]

    def __post_init__(self) -> None:
        steps = [b - a for a, b in zip(self.edges, self.edges[1:])]
        if len(steps) != len(self.levels) or not steps or not min(steps) > 0:
            raise ValueError("increasing edges, one more than levels, wanted")
        if self.edges[0] != 0 or abs(self.edges[-1] - 2 * math.pi) > 1e-12:
            raise ValueError(f"edges from 0 to 2 pi wanted, got {self.edges}")
        if not min(self.levels) >= 0 or not 0 < max(self.levels) < math.inf:
            raise ValueError(f"levels >= 0, one of them positive, wanted, got {self.levels}")

    @property
    def dim(self) -> int:
        """Dimension of the circle."""
        return 1

    @property
    def shares(self) -> tuple[float, ...]:
        """Length of each arc over 2 pi."""
        return tuple((b - a) / (2 * math.pi) for a, b in zip(self.edges, self.edges[1:]))

    @property
    def levels_normalised(self) -> tuple[float, ...]:
        """Density of each arc, mean 1."""
        mean = sum(share * level for share, level in zip(self.shares, self.levels))
        return tuple(level / mean for level in self.levels)

    def density(self, points: Tensor) -> Tensor:
        """Against sigma at ``points`` (n, 2): (n,); the later arc's at an edge."""
        angle = torch.atan2(points[:, 1], points[:, 0]).remainder(2 * math.pi)
        inner = points.new_tensor(self.edges[1:-1])
        return points.new_tensor(self.levels_normalised)[torch.bucketize(angle, inner, right=True)]

    def sample(self, samples: int, generator: torch.Generator) -> PointSet:
        """Independent points with weights 1/n."""
        masses = [share * level for share, level in zip(self.shares, self.levels_normalised)]
        device = generator.device
        chance = torch.tensor(masses, dtype=DTYPE, device=device)
        arc = torch.multinomial(chance, samples, replacement=True, generator=generator)
        edges = torch.tensor(self.edges, dtype=DTYPE, device=device)
        uniform = torch.rand(samples, dtype=DTYPE, device=device, generator=generator)
        angle = edges[arc] + uniform * edges.diff()[arc]
        return _equal_weights(torch.stack([angle.cos(), angle.sin()], dim=1))


Density = Bands | VonMisesFisher | NormalisedGaussian | NormalisedMixture | Arcs


def weighted(density: Density, grid: PointSet) -> PointSet:
    """The quadrature set ``grid`` for sigma, reweighted for the distribution: w_i p(x_i), sum 1.

    Points of density 0 are left out. Exact to the grid's degree for a polynomial p only: for
    jumps the error is of the order of the grid's spacing unless the edges fall between its nodes.
    Raises ValueError where the weights missed the mass 1 by over 20 %: then the grid is too coarse.

    >>> from numerics.data.points import equispaced_circle
    >>> quarters = Arcs((0.0, math.pi, 2 * math.pi), (4.0, 1.0))
    >>> weighted(quarters, equispaced_circle(8)).weights[[1, 5]].tolist()
    [0.2, 0.05]
    """
    weights = grid.weights * density.density(grid.points)
    mass = float(weights.sum())
    if not abs(mass - 1) <= 0.2:
        raise ValueError(f"the grid gives mass {mass} in place of 1: a finer grid is wanted")
    kept = weights > 0
    return PointSet(grid.points[kept], weights[kept] / mass)


def height_probability(dim: int, heights: np.ndarray) -> np.ndarray:
    """P(z <= height) under sigma of S^d: the regularised incomplete beta function I_(d/2,d/2).

    >>> height_probability(2, np.array([-1.0, 0.0, 0.5, 1.0])).tolist()
    [0.0, 0.5, 0.75, 1.0]
    """
    result: np.ndarray = betainc(dim / 2, dim / 2, (1 + np.asarray(heights, dtype=float)) / 2)
    return result


def height_quantile(dim: int, probabilities: np.ndarray) -> np.ndarray:
    """Inverse of `height_probability`."""
    result: np.ndarray = 2 * betaincinv(dim / 2, dim / 2, probabilities) - 1
    return result


def _around_pole(dim: int, heights: Tensor, generator: torch.Generator) -> PointSet:
    """Points at the given heights, uniform around the pole."""
    gaussian = _normal(len(heights), dim, generator)
    around = gaussian / gaussian.norm(dim=1, keepdim=True)
    radii = ((1 - heights) * (1 + heights)).clamp_min(0).sqrt()
    return _normalised(torch.cat([radii[:, None] * around, heights[:, None]], dim=1))


def _normal(samples: int, ambient: int, generator: torch.Generator) -> Tensor:
    if samples < 1:
        raise ValueError(f"samples >= 1 wanted, got {samples}")
    device = generator.device
    return torch.randn(samples, ambient, dtype=DTYPE, device=device, generator=generator)


def _normalised(points: Tensor) -> PointSet:
    return _equal_weights(points / points.norm(dim=1, keepdim=True))


def _equal_weights(points: Tensor) -> PointSet:
    return PointSet(points, torch.full_like(points[:, 0], 1 / len(points)))
