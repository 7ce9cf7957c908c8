"""How wide and how many: the test of a tangent kernel, planned from a pilot's spread."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize
from torch import Tensor

from verify.statistics.equivalence import Design, spread_bound
from verify.testing.layers import Part
from verify.testing.measuring import Measured, on_sphere

BIAS_SHARE = 0.25  # of the margin: the finite-width bias that a right theory may have
PILOT_SHARE = 0.25  # of false_fail: the chance that the pilot's bound is below the true spread
MANY_SEEDS = 20  # fewer: Student's quantile at a rate of 1e-6, and with it the width, explodes
LEAST_SPREAD = 1e-9  # relative: entries that no seed changes


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """What is asked: the limit kernel, by its name and at the points, the margin and both rates.

    Of q outputs the matrix is (n q, n q), and that of one output in each of q blocks.
    """

    kernel: str
    points: Tensor
    matrix: np.ndarray
    parts: tuple[Part, ...]
    margin: float
    false_fail: float
    false_pass: float
    outputs: int = 1

    def of_outputs(self, outputs: int) -> Limit:
        """The same for so many outputs: in the limit they are independent."""
        eye = np.eye(outputs)
        parts = tuple(replace(part, unit=np.kron(part.unit, eye)) for part in self.parts)
        return replace(self, matrix=np.kron(self.matrix, eye), parts=parts, outputs=outputs)

    @property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Indices i <= j of the entries that are compared."""
        return np.triu_indices(len(self.matrix))

    @property
    def trace(self) -> float:
        """kappa(1) on the sphere, the largest K(x, x) elsewhere."""
        return float(self.matrix.diagonal().max())

    @property
    def unit(self) -> str:
        """What errors are a share of, in words."""
        return "kappa(1)" if on_sphere(self.points) else "max K(x, x)"

    def errors(self, kernels: np.ndarray) -> np.ndarray:
        """e_ij of every seed: (seeds, n q, n q) -> (seeds, pairs)."""
        return ((kernels - self.matrix) / self.trace)[:, *self.pairs]

    def labels(self) -> list[str]:
        """A name for each pair."""
        q = self.outputs
        return [
            f"K(x_{i // q}, x_{j // q})" + (f" of outputs {i % q}, {j % q}" if q > 1 else "")
            for i, j in zip(*self.pairs)
        ]

    def design(self, seeds: int, spread: float, margin: float | None = None) -> Design:
        """The test of all pairs at a spread of e_ij over seeds."""
        margin = self.margin if margin is None else margin
        least = max(spread, LEAST_SPREAD * margin)
        return Design(seeds, margin, self.false_pass, len(self.pairs[0]), least, BIAS_SHARE * margin)


@dataclass(frozen=True, slots=True)
class Plan:
    """Spread of e_ij over seeds at the pilot's width, an upper bound, and what follows from it."""

    limit: Limit
    seeds: int
    pilot_width: int
    spread: float

    def design(self, width: int) -> Design:
        """The test at a width."""
        return self.limit.design(self.seeds, self.spread * math.sqrt(self.pilot_width / width))

    def kept(self, width: int) -> bool:
        """Whether a right theory fails at most at the stated rate."""
        return self.design(width).false_fail <= (1 - PILOT_SHARE) * self.limit.false_fail

    def width_to_see(self, difference: float) -> int:
        """The smallest width at which these seeds tell apart kernels that differ by a share of kappa(1)."""
        wanted = (1 - PILOT_SHARE) * self.limit.false_fail

        def excess(log_spread: float) -> float:
            rate = self.limit.design(self.seeds, difference * math.exp(log_spread), difference).false_fail
            return math.log(max(rate, 1e-300) / wanted)

        if excess(-18.0) > 0:
            raise ValueError(
                f"{self.seeds} seeds keep no false-fail rate of {self.limit.false_fail:g} at any width: take more seeds"
            )
        allowed = difference * math.exp(optimize.brentq(excess, -18.0, 10.0))
        return max(1, math.ceil(self.pilot_width * (self.spread / allowed) ** 2))

    def sentence(self) -> str:
        """The widths needed, for one line of text."""
        sizes = [self.limit.margin / divisor for divisor in (1, 2, 10)]
        widths = ", ".join(
            f"{size:.3g} {self.limit.unit} from width {_rounded(self.width_to_see(size))}" for size in sizes
        )
        few = f"; with so few seeds, take {MANY_SEEDS} or more first" if self.seeds < MANY_SEEDS else ""
        return f"{self.seeds} seeds see a difference of {widths} on{few}"


def _rounded(width: int) -> int:
    """Up to two significant digits."""
    unit = 10 ** max(0, len(str(width)) - 2)
    return -(-width // unit) * unit


def planned(limit: Limit, pilot: Measured) -> Plan:
    """The plan from a pilot's spread: the largest bound over pairs, each exact for normal values."""
    errors = limit.errors(pilot.total)
    miss = PILOT_SHARE * limit.false_fail / errors.shape[1]
    bounds = [spread_bound(column, miss) for column in errors.T if np.ptp(column) > 0]
    return Plan(limit, len(errors), pilot.width, max(bounds, default=LEAST_SPREAD * limit.margin))
