"""What a sample makes of mu_k, from theory alone, and whether the problem of a run keeps to it.

q_k = phi_k' W K W phi_k is mu_k with the aliasing of the sample. `numerics` has it from points, weights and
harmonics of its own. Here it follows from kappa and from the points that the sample should have; heights and
weights are the eigenvalues and first components of the Jacobi matrix of the Gegenbauer polynomials (Golub and
Welsch 1969). Where the two differ a degree, a weight or a point is another, and rates have no theory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from flint import arb
from numpy.typing import NDArray
from scipy.special import eval_gegenbauer

from numerics.data.targets import Problem
from theory.expansions.in_the_angle import kernel_value
from theory.kernels import Kernel
from theory.numbers.balls import working_precision
from theory.spectra.sphere import multiplicity
from verify.bridge import float_ends, float_spectrum
from verify.networks.population import CAO, LAST_DEGREE_HIGH, quotients

Floats = NDArray[np.float64]
DIGITS = 20
ALLOWED, DROPPED = 1e-6, 1e-7  # relative, and absolute: what the terms beyond LAST_DEGREE and angles near 0 may change
ORTHONORMAL, HARMONIC = 1e-10, 1e-7  # the latter of the largest value: an angle near 0 is known to 1e-8


@dataclass(frozen=True, slots=True)
class Sampled:
    """A degree on a sample: mu_k, the q_k of theory, that of the run's problem, |q/q_theory - 1| that is allowed."""

    degree: int
    eigenvalue: float
    expected: float
    found: float
    allowed: float

    @property
    def aliasing(self) -> float:
        """q_k/mu_k - 1."""
        return self.expected / self.eigenvalue - 1

    @property
    def keeps(self) -> bool:
        """Whether the problem has the quotient that theory expects; NaN does not."""
        return abs(self.found - self.expected) <= self.allowed * abs(self.expected) + DROPPED


Checked = tuple[list[Sampled], str]  # every degree, and why the problem is another than theory's, if it is


def circle_quotient(kernel: Kernel, degree: int, samples: int) -> float:
    """q_k on n equispaced points of S^1: (1/n) sum_j kappa(cos(2 pi j/n)) cos(2 pi j k/n), 2k no multiple of n.

    >>> from theory.kernels import PowerSeries
    >>> round(circle_quotient(PowerSeries((0, 1)), 1, 8), 12), round(circle_quotient(PowerSeries((0, 1)), 7, 8), 12)
    (0.5, 0.5)
    """
    angles = 2 * np.pi * np.arange(samples) / samples
    return float(np.mean(_kappa(kernel, np.cos(angles)) * np.cos(degree * angles)))


def grid_quotient(kernel: Kernel, dim: int, degree: int, rings: int) -> float:
    """q_k on the product grid of S^d, d >= 2: Gauss heights in every direction, 2 * rings azimuths, pole at a height.

    >>> from theory.kernels import PowerSeries
    >>> round(grid_quotient(PowerSeries((0, 1)), 2, 1, 4), 12)
    0.333333333333
    """
    heights, weights = gauss(dim, rings)
    share, inner = _pairs(dim - 1, rings)
    radii = np.sqrt(1 - heights**2)
    cosines = heights[:, None, None] * heights[:, None] + radii[:, None, None] * radii[:, None] * inner
    mean = _kappa(kernel, cosines) @ share  # over the azimuths: (rings, rings)
    side = weights * harmonic(dim, degree, heights)
    return float(side @ mean @ side)


def rings_quotient(kernel: Kernel, dim: int, degree: int, rings: int, azimuths: int) -> float:
    """The mean of q_k over random azimuths: Gauss heights z_r, A points each, independent on S^(d-1), and all opposites.

    With the weights W_r of the upper heights and sums over l of the parity of k,
    sum_l N_l mu_l S_l^2 + (1/A) sum_r W_r^2 phi_k(z_r)^2 (kappa_k - sum_l N_l mu_l P_l(z_r)^2), where
    S_l = sum_r W_r phi_k(z_r) P_l(z_r) and kappa_k = (kappa(1) + (-1)^k kappa(-1))/2: a point is no independent
    partner of itself.
    """
    heights, weights = gauss(dim, rings)
    upper = heights > 0
    heights, weights = heights[upper], weights[upper] / weights[upper].sum()
    same, opposite = float_ends(kernel)
    shares, polynomials = [], []
    for l, mu in enumerate(float_spectrum(kernel, dim, LAST_DEGREE_HIGH)):
        if (l - degree) % 2 == 0:
            shares.append(multiplicity(dim, l) * mu)
            polynomials.append(harmonic(dim, l, heights) / sqrt(multiplicity(dim, l)))
    side = weights * harmonic(dim, degree, heights)
    independent = np.array(shares) @ (np.array(polynomials) @ side) ** 2
    own = (same + (-1) ** degree * opposite) / 2 - np.array(shares) @ np.array(polynomials) ** 2
    return float(independent + side**2 @ own / azimuths)


def uniform_quotient(kernel: Kernel, dim: int, degree: int, samples: int) -> float:
    """The mean of q_k over n independent uniform points: mu_k + (kappa(1) - mu_k)/n.

    >>> from theory.kernels import NTK
    >>> uniform_quotient(NTK(depth=2), 2, 1, 10) > 1 / 3
    True
    """
    mu = float_spectrum(kernel, dim, degree)[degree]
    return mu + (float_ends(kernel)[0] - mu) / samples


def gauss(dim: int, rings: int) -> tuple[Floats, Floats]:
    """Gauss heights on S^d, d >= 2, and their weights, of sum 1: for the density (1 - z^2)^((d-2)/2).

    >>> [round(z, 12) for z in gauss(2, 2)[0].tolist()]
    [-0.57735026919, 0.57735026919]
    """
    n, index = np.arange(1, rings), (dim - 1) / 2
    beside = np.sqrt(n * (n + 2 * index - 1) / (4 * (n + index) * (n + index - 1)))
    heights, vectors = np.linalg.eigh(np.diag(beside, 1) + np.diag(beside, -1))
    return heights, vectors[0] ** 2


def harmonic(dim: int, degree: int, heights: Floats) -> Floats:
    """phi_k = sqrt(N(d, k)) P_k, of norm 1, at heights over the equator.

    >>> harmonic(1, 2, np.array([1.0, 0.0])).round(12).tolist()
    [1.414213562373, -1.414213562373]
    """
    if dim == 1:
        return sqrt(2 if degree else 1) * np.cos(degree * np.arccos(np.clip(heights, -1, 1)))
    index = (dim - 1) / 2
    return sqrt(multiplicity(dim, degree)) * eval_gegenbauer(degree, index, heights) / eval_gegenbauer(degree, index, 1)


def on_circle(problem: Problem, degrees: Sequence[int], samples: int, kernel: Kernel = CAO) -> Checked:
    """Of n equispaced points on S^1, pole (1, 0)."""
    expected = [circle_quotient(kernel, degree, samples) for degree in degrees]
    found = _sampled(kernel, problem, degrees, expected)
    return found, strange(found, problem, np.array([1.0, 0.0]))


def on_grid(problem: Problem, degrees: Sequence[int], rings: int, kernel: Kernel = CAO) -> Checked:
    """Of the product grid of S^d with 2 * rings azimuths, pole at the last axis."""
    dim = problem.sample.dim
    expected = [grid_quotient(kernel, dim, degree, rings) for degree in degrees]
    found = _sampled(kernel, problem, degrees, expected)
    return found, strange(found, problem, np.eye(dim + 1)[-1])


def on_rings(
    problem: Problem, degrees: Sequence[int], rings: int, azimuths: int, allowed: Mapping[int, float]
) -> Checked:
    """Of Gauss heights with random azimuths, pole at the last axis; what azimuths change is allowed."""
    dim = problem.sample.dim
    expected = [rings_quotient(CAO, dim, degree, rings, azimuths) for degree in degrees]
    found = _sampled(CAO, problem, degrees, expected, allowed)
    return found, strange(found, problem, np.eye(dim + 1)[-1])


def on_uniform(
    problems: Sequence[Problem], poles: Sequence[Floats], degrees: Sequence[int], spreads: Mapping[int, float]
) -> Checked:
    """The mean over problems of independent points, each with poles (q, d+1) of its own.

    spreads: of q_k/E q_k over such problems; five standard errors of the mean are allowed.
    """
    first = problems[0].sample
    if not all(np.allclose(p.sample.weights, 1 / first.samples, rtol=ORTHONORMAL, atol=0) for p in problems):
        return [], "the weights of the independent points are not equal"
    expected = [uniform_quotient(CAO, first.dim, degree, first.samples) for degree in degrees]
    quotient = np.mean([quotients(CAO, problem, LAST_DEGREE_HIGH).numpy() for problem in problems], axis=0)
    spectrum = float_spectrum(CAO, first.dim, max(degrees))
    found = [
        Sampled(degree, spectrum[degree], theory, float(one), 5 * spreads[degree] / sqrt(len(problems)))
        for degree, theory, one in zip(degrees, expected, quotient, strict=True)
    ]
    whys = (another_direction(problem, degrees, pole) for problem, pole in zip(problems, poles, strict=True))
    return found, next(filter(None, whys), "") or another_quotient(found)


def strange(found: Sequence[Sampled], problem: Problem, pole: Floats) -> str:
    """Why the problem is not the one of these degrees about the pole that theory speaks of; empty where it is."""
    directions, weights = problem.directions.numpy(), problem.sample.weights.numpy()
    if why := another_direction(problem, [one.degree for one in found], pole):
        return why
    gram = directions.T @ (weights[:, None] * directions)
    largest = float(np.abs(gram - np.eye(len(gram))).max())
    if not largest <= ORTHONORMAL:
        wanted = f"|phi' W phi - I| = {largest:.1e}, allowed {ORTHONORMAL:.0e}"
        return f"the harmonics are not orthonormal on the sample: {wanted}"
    return another_quotient(found)


def another_direction(problem: Problem, degrees: Sequence[int], poles: Floats) -> str:
    """Why the directions are not the zonal harmonics of these degrees; poles (d+1,) or (q, d+1)."""
    points, directions = problem.sample.points.numpy(), problem.directions.numpy()
    heights = points @ np.broadcast_to(poles, (len(degrees), points.shape[1])).T
    own = np.stack([harmonic(problem.sample.dim, k, h) for k, h in zip(degrees, heights.T, strict=True)], axis=1)
    if own.shape != directions.shape or not np.abs(own - directions).max() <= HARMONIC * np.abs(own).max():
        return f"the directions are not the zonal harmonics of degrees {', '.join(map(str, degrees))} about their poles"
    return ""


def another_quotient(found: Sequence[Sampled]) -> str:
    """Why a quotient is not that of theory."""
    for one in found:
        if not one.keeps:
            return (
                f"on the sample degree {one.degree} has q_k = {one.found:.4g}, theory gives {one.expected:.4g} "
                f"for these points (mu_k = {one.eigenvalue:.4g}): another degree, weight or point"
            )
    return ""


def _sampled(
    kernel: Kernel,
    problem: Problem,
    degrees: Sequence[int],
    expected: Sequence[float],
    allowed: Mapping[int, float] | None = None,
) -> list[Sampled]:
    """Each degree's quotient of theory and of the problem."""
    found = quotients(kernel, problem).tolist()
    spectrum, most = float_spectrum(kernel, problem.sample.dim, max(degrees)), allowed or {}
    return [
        Sampled(degree, spectrum[degree], theory, of_problem, most.get(degree, ALLOWED))
        for degree, theory, of_problem in zip(degrees, expected, found, strict=True)
    ]


def _pairs(dim: int, rings: int) -> tuple[Floats, Floats]:
    """(weights, cosines) of pairs of points of the product grid of S^d, 2 * rings azimuths; the first's azimuth is 0."""
    if dim == 1:
        count = 2 * rings
        return np.full(count, 1 / count), np.cos(2 * np.pi * np.arange(count) / count)
    heights, weights = gauss(dim, rings)
    share, inner = _pairs(dim - 1, rings)
    radii = np.sqrt(1 - heights**2)
    cosines = heights[:, None, None] * heights[:, None] + radii[:, None, None] * radii[:, None] * inner
    return (weights[:, None, None] * weights[:, None] * share).ravel(), cosines.ravel()


def _kappa(kernel: Kernel, cosines: Floats) -> Floats:
    """kappa at cosines, each value once."""
    values, where = np.unique(np.round(np.clip(cosines, -1, 1), 14), return_inverse=True)
    ends = dict(zip((1.0, -1.0), float_ends(kernel), strict=True))
    with working_precision(DIGITS):
        found = [ends[t] if t in ends else float(kernel_value(kernel, arb(t).acos()).mid()) for t in values.tolist()]
    return np.array(found)[where].reshape(cosines.shape)
