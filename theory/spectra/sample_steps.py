"""Steps of gradient descent on n random points: what is proved, and what random matrices say.

On n points steps of size c multiply the residual by I - c K/n. Let phi be a harmonic of degree k with
mean square 1, s = mu_k + (kappa(1) - mu_k)/n the mean of phi' K phi / n^2 over the samples.

Proved. The mean over the samples of |residual|^2/n after T steps from phi is that of (1 - c x)^(2T) over a
probability measure with mean s, hence at least (1 - c s)^(2T) by Jensen: the root mean square of what is
left is above rho before T = log rho / log|1 - c s|. Directions in which the points see less of phi are
slower than the mean, so that more steps are needed, often several times as many.

Estimated. Take the harmonics of degree j >= 1 at the points as independent Gaussians, and n large. Then phi sees
the spectrum of K/n through the measure whose Stieltjes transform is 1/(mu_k + q), where q solves (Silverstein)

    z = q - (q/n) sum_j N_j mu_j/(mu_j + q),

with its support where q leaves the real axis, sum_j N_j mu_j^2/|mu_j + q|^2 = n, and an atom at q = -mu_k where that
sum is below n; degree 0 is no Gaussian but exactly 1, and is left out of the sums. What is left of phi after T steps
is the mean of (1 - c x)^(2T) over that measure. Degrees with mu_j far below |q| act as a multiple
of the identity, the floor of a finite sample. No bound is known for the error of the estimate: on spheres of
few dimensions, single samples with points that nearly coincide are much slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf, log, sqrt

import numpy as np

from theory.kernels import Kernel
from theory.kernels.parity import degree_bounds
from theory.numbers.balls import Enclosure, ball
from theory.spectra.spectrum import float_spectrum
from theory.spectra.sphere import multiplicity

FEWEST_POINTS = 16  # an estimate for large n says nothing of fewer
MOST_DEGREES = 1024  # looked at for an estimate
SINGLE = 32  # degrees kept one by one; later ones in groups of 4 percent
SMALL = 1e-2  # share of the support's equation that the degrees left out may have
MOST_STEPS = 10**18
FIGURES = 3  # of an estimate
CHUNK = 2_000_000


def at_least(sampled: Enclosure, step: Fraction, residual: Fraction) -> int | None:
    """Before that many steps the root mean square of the residual is above its share; None: always.

    >>> at_least(Enclosure((1, -2)), Fraction(1), Fraction(1, 2))  # (3/4)^2 > 1/2 > (3/4)^3
    3
    """
    share = ball(step) * sampled.ball()
    if share >= 2:
        return None
    if not 0 < share < 2 or (share - 1).contains(0):
        return 1
    log_factor = (-share).log1p() if share < 1 else (share - 1).log()
    return max(1, ceil(Enclosure.of(ball(residual).log() / log_factor).lower))


@dataclass(frozen=True, slots=True)
class Modes:
    """Distinct eigenvalues, how many harmonics have each, the trace of the rest, and the number of points."""

    values: np.ndarray
    counts: np.ndarray
    rest: float
    points: int

    def pressure(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(1/n) sum N mu^2 / |mu + x + iy|^2; the support is where this is 1 with y > 0."""
        squares = self.counts * self.values**2 / self.points
        rows = max(1, CHUNK // len(self.values))
        found = np.empty_like(x)
        for start in range(0, len(x), rows):
            part = slice(start, start + rows)
            distance = (x[part, None] + self.values) ** 2 + y[part, None] ** 2
            with np.errstate(divide="ignore", invalid="ignore"):
                found[part] = np.where(squares > 0, squares / distance, 0).sum(1)
        return found

    def level(self, q: np.ndarray) -> np.ndarray:
        """The eigenvalue of K/n that belongs to q, -z(q)."""
        rows = max(1, CHUNK // len(self.values))
        kept = self.counts > 0
        values, shares = self.values[kept], (self.counts * self.values)[kept]
        parts = [(shares / (values + some[:, None])).sum(1) for some in np.array_split(q, len(q) // rows + 1)]
        return (self.rest / self.points - q + q / self.points * np.concatenate(parts)).real


def modes(kernel: Kernel, dim: int, points: int, total: float) -> Modes | None:
    """The degrees k >= 1 that n points tell from the identity; None where they are more than MOST_DEGREES.

    total: kappa(1).

    >>> from theory.kernels import PowerSeries
    >>> found = modes(PowerSeries((0, 1)), 2, 50, 1.0)  # kappa = t: one eigenvalue, three harmonics
    >>> found.counts.tolist(), found.rest
    ([3.0], 0.0)
    """
    top = max(degree_bounds(kernel))
    count = 16
    while True:
        last = min(count, MOST_DEGREES) if top == inf else int(top) + 1
        if last > MOST_DEGREES:
            return None
        values = float_spectrum(kernel, dim, range(max(last, 1)))
        counts = np.array([float(multiplicity(dim, degree)) for degree in range(len(values))])
        rest = 0.0 if top != inf else max(0.0, total - float(values @ counts))
        rest = rest if rest > 1e-12 * total else 0.0  # below that it is rounding
        counts[0] = 0
        found = _grouped(values, counts, rest, points)
        if top != inf or _enough(found, float(values[-2:].max())):
            return found
        if count >= MOST_DEGREES:
            return None
        count *= 2


def _grouped(values: np.ndarray, counts: np.ndarray, rest: float, points: int) -> Modes:
    """Late degrees in groups with the same sums of N mu and N mu^2; zeros left out."""
    edges = [*range(min(SINGLE, len(values)))]
    while edges[-1] + 1 < len(values):
        edges.append(max(edges[-1] + 1, ceil(1.04 * edges[-1])))
    first, second = (np.add.reduceat(counts * values**p, [e for e in edges if e < len(values)]) for p in (1, 2))
    kept = second > 0
    if not kept.any():
        return Modes(np.zeros(1), np.zeros(1), rest, points)
    return Modes(second[kept] / first[kept], first[kept] ** 2 / second[kept], rest, points)


def _enough(found: Modes, last: float) -> bool:
    """Whether what was left out, of eigenvalues at most `last`, is nearly a multiple of the identity.

    And whether enough is kept: with fewer harmonics than points the rest would be a level by itself.
    """
    if found.counts.sum() < 4 * found.points:
        return False
    return last * found.rest <= SMALL * found.points * floor_of(found) ** 2


def floor_of(found: Modes) -> float:
    """q at z = 0: the solution of sum N mu/(mu + q) = n; 0 where there are at most n harmonics."""
    if not found.counts.any() or found.rest == 0 and found.counts.sum() <= found.points:
        return 0.0
    low, high = -700.0, log((found.rest + float(found.counts @ found.values)) / found.points)
    for _ in range(100):
        q = np.exp((low + high) / 2)
        many = (found.counts * found.values / (found.values + q)).sum() + found.rest / q > found.points
        low, high = ((low + high) / 2, high) if many else (low, (low + high) / 2)
    return float(np.exp(high))


@dataclass(frozen=True, slots=True)
class Levels:
    """The eigenvalues of K/n as n points have them: cells of the support, and q there."""

    modes: Modes
    level: np.ndarray
    width: np.ndarray
    q: np.ndarray

    def weights(self, value: float) -> tuple[np.ndarray, np.ndarray]:
        """The levels that a harmonic of eigenvalue `value` has a part in, and how much; the last may be an atom."""
        cells = self.width * self.q.imag / np.abs(value + self.q) ** 2 / np.pi
        place = np.array([-value])
        atom = 1 - self.modes.pressure(place, np.zeros(1))
        if not atom[0] > 0:
            return self.level, cells
        return np.append(self.level, self.modes.level(place.astype(complex))), np.append(cells, atom)


def levels(found: Modes) -> Levels:
    """The support of the estimated spectrum of K/n.

    >>> found = levels(Modes(np.array([1.0]), np.array([1000.0]), 0.0, 4000))  # Marchenko-Pastur, ratio 1/4
    >>> [round(float(end), 2) for end in (found.level.min(), found.level.max())]
    [0.25, 2.25]
    >>> [part[-1].item() for part in found.weights(0.0)]  # three quarters of the points' space are not reached
    [0.0, 0.75]
    """
    if not found.counts.any():
        return Levels(found, *np.zeros((3, 0)))
    x, inside = _refined(found, _places(found))
    low = np.zeros(inside.sum())
    high = np.full_like(low, 1.001 * sqrt(float(found.counts @ found.values**2) / found.points))
    x = x[inside]
    for _ in range(45):
        middle = (low + high) / 2
        above = found.pressure(x, middle) > 1
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    q = x + 1j * (low + high) / 2
    level = found.level(q)
    # Cells between neighbours that both lie inside; a gap of the support is no cell.
    near = np.diff(np.flatnonzero(inside)) == 1
    width, middle = -np.diff(level)[near], (q[1:] + q[:-1])[near] / 2
    centre, kept = ((level[1:] + level[:-1]) / 2)[near], width > 0
    return Levels(found, centre[kept], width[kept], middle[kept])


def _places(found: Modes) -> np.ndarray:
    """Real parts of q, fine where the support has its edges and its islands."""
    scale = floor_of(found) or float(found.values.min())
    end = float(found.values.max()) + 1.1 * sqrt(float(found.counts @ found.values**2) / found.points)
    parts = [scale * np.linspace(-4, 1, 1001), -np.geomspace(scale, end, 3000)]
    island = np.cos(np.linspace(0, np.pi, 121))
    for value, count in zip(found.values, found.counts, strict=True):
        parts.append(-value * (1 + 1.6 * sqrt(count / found.points) * island))
    return np.unique(np.concatenate(parts))


def _refined(found: Modes, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """More places towards every edge of the support, where its levels are the slowest; which places lie inside."""
    inside = found.pressure(x, np.zeros_like(x)) > 1
    (edges,) = np.nonzero(inside[1:] != inside[:-1])
    within, out = np.where(inside[edges], (x[edges], x[edges + 1]), (x[edges + 1], x[edges]))
    start = 2 * within - out  # one place further in: the first may be the edge itself
    for _ in range(60):
        middle = (within + out) / 2
        held = found.pressure(middle, np.zeros_like(middle)) > 1
        within, out = np.where(held, middle, within), np.where(held, out, middle)
    shares = np.concatenate([[0.0], np.geomspace(1e-6, 1, 30)])
    x = np.unique(np.concatenate([x, (within + (start - within) * shares[:, None]).ravel()]))
    return x, found.pressure(x, np.zeros_like(x)) > 1


def estimated_steps(found: Levels, value: float, step: Fraction, residual: Fraction) -> int | None:
    """The least T after which `residual` of a harmonic of eigenvalue `value` is left, to three digits.

    What is left is measured in root mean square.

    None: never, that is more of it than that lies where K is zero, the step is beyond the edge of the
    estimated spectrum, or more than MOST_STEPS are needed.

    >>> found = levels(Modes(np.array([1.0]), np.array([4.0]), 0.0, 4 * 10**6))  # every point known: as mu itself
    >>> estimated_steps(found, 1.0, Fraction(1, 2), Fraction(1, 100))  # (1/2)^7 < 1/100 < (1/2)^6
    7
    """
    level, weights = found.weights(value)
    wanted, share = float(residual) ** 2, float(step) * level
    if float(weights[level <= 0].sum()) >= wanted or share.max() >= 2:
        return None
    with np.errstate(divide="ignore"):  # a level that one step solves
        rates = 2 * np.where(share < 0.5, np.log1p(-np.minimum(share, 0.5)), np.log(np.abs(1 - share)))

    def left(steps: int) -> float:
        return float(weights @ np.exp(steps * rates))

    high = 1
    while left(high) > wanted:
        high *= 2
        if high > MOST_STEPS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if left(middle) <= wanted else (middle, high)
    return _rounded(high)


def _rounded(steps: int) -> int:
    """
    >>> _rounded(12345), _rounded(99951), _rounded(7)
    (12300, 100000, 7)
    """
    unit = 10 ** max(0, len(str(steps)) - FIGURES)
    return (steps + unit // 2) // unit * unit
