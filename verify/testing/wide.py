"""Which limit the networks of a function have as their width grows: read, named, and held against measured kernels.

Read         the architecture, law by law (`numerics.networks.read_architecture`)
Computed     the tangent kernel at points, parameter by parameter (`numerics.predictions.wide_limits`)
Named        as a kernel of theory.kernels on the unit sphere (`verify.testing.naming`); the two must agree

`verify.testing.confirming` holds it against the kernels of random networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from torch import Tensor, nn

from numerics.experiments.config import one_thread
from numerics.networks.architectures import Architecture, Inputs, Signal, Source
from numerics.networks.read_architecture import input_size, read_architecture
from numerics.networks.user_modules import Maker
from numerics.predictions.wide_limits import WideLimit, wide_limit
from theory.kernels import Kernel
from theory.numbers.balls import NotCertified
from verify.testing.layers import limit_matrix
from verify.testing.measuring import MakeNetwork, checked_points, on_sphere
from verify.testing.naming import kernel_of
from verify.testing.plan import Limit
from verify.testing.writing import NoName

COSINES = (1.0, 0.5, 0.0, -0.5, -1.0)  # of the default points with the first one
AGREES = 1e-8  # of max K(x, x): two routes to one number, both in doubles


@dataclass(frozen=True, slots=True)
class Named:
    """The kernel of that name on the unit sphere, or why it has none.

    off: largest difference from the computed limit at the points, as a share of max K(x, x): rounding, or what a first
    layer of entries that are not normal makes of few inputs.
    """

    kernel: Kernel | None
    why: str = ""
    off: float = 0.0

    def text(self, limit: WideLimit) -> str:
        """The kernel, and how far it is off where the first layer is not normal."""
        if self.kernel is None:
            return f"without a name here ({self.why})"
        if limit.gaussian:
            return repr(self.kernel)
        known = f", known to {limit.error:.1g}" if limit.error > self.off / 10 else ""
        return f"{self.kernel!r} up to {self.off:.2g} max K(x, x), as a first layer is not normal{known}"


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """The limit of the networks of a maker.

    leading: of K / width^exponent; balanced: with the learning rate of each parameter divided by its own power of
    the width, the same where no layer outgrows another.
    """

    maker: Maker
    architecture: Architecture
    limit: WideLimit
    leading: Named
    balanced: Named

    @property
    def exponent(self) -> Fraction:
        """K grows as this power of the width; 0 where it has a limit."""
        return self.limit.exponent

    @property
    def even(self) -> bool:
        """Whether every parameter's share goes with the width as the others do."""
        return len({share.kernel.exponent for share in self.limit.shares}) == 1

    @property
    def homogeneous(self) -> bool:
        """Whether K(a x, b x') = a b K(x, x'): activations of two half-lines, no biases, first layers on the inputs."""
        for source in self.architecture.sources:
            given = source.given
            if given is None and (source.trained or source.entries.variance.value or _mean(source)):
                return False
            if isinstance(given, Inputs) and given.factor is None:
                return False
            if isinstance(given, Signal) and any(term.function.half_lines() is None for term in given.terms):
                return False
        return True

    def sentence(self) -> str:
        """One line: whether there is a limit, and which."""
        what = self.leading.text(self.limit)
        if self.architecture.widths is None:
            return f"to leading order at its own widths K is {what}"
        if not self.exponent:
            return f"K has the limit {what}"
        verb = "grows" if self.exponent > 0 else "falls"
        return f"K {verb} as width^{self.exponent}, K / width^{self.exponent} has the limit {what}"


def _mean(source: Source) -> float:
    return source.entries.law.mean if source.entries.law is not None else 0.0


def default_points(inputs: int) -> Tensor:
    """Unit vectors of a plane at the angles of COSINES with the first; of one input 1, 1/2, -1/2, -1 and 2.

    >>> (default_points(3) @ default_points(3)[0]).round(decimals=12).tolist()
    [1.0, 0.5, 0.0, -0.5, -1.0]
    """
    if inputs == 1:
        return torch.tensor([[1.0], [0.5], [-0.5], [-1.0], [2.0]], dtype=torch.float64)
    draw = torch.randn(inputs, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    plane = torch.linalg.qr(draw).Q
    cosines = torch.tensor(COSINES, dtype=torch.float64)
    return torch.stack([cosines, (1 - cosines**2).clamp_min(0).sqrt()], dim=1) @ plane.T


def read_limit(maker: Maker, points: Tensor | None = None, inputs: int | None = None) -> Reading:
    """The limit of the networks at points (n, d), at `default_points` without any; ValueError in one line without one.

    >>> from torch import nn
    >>> stack = lambda seed, width: nn.Sequential(nn.Linear(2, width), nn.Linear(width, 1))
    >>> read_limit(Maker(stack, "make")).sentence()
    'K grows as width^1, K / width^1 has the limit 1/3 * PowerSeries((1/2, 1/2))'
    """
    size = inputs if inputs is not None else (points.shape[1] if points is not None else input_size(maker))
    rows = default_points(size) if points is None else checked_points(points)
    with one_thread():
        architecture = read_architecture(maker, rows)
        limit = wide_limit(architecture)
        normal = limit if limit.gaussian else wide_limit(architecture, gaussian=True)
    top = limit.exponent
    return Reading(
        maker,
        architecture,
        limit,
        _named(architecture, lambda exponent: exponent == top, limit.leading, normal.leading),
        _named(architecture, lambda exponent: True, limit.balanced, normal.balanced),
    )


def _named(
    architecture: Architecture, wanted: Callable[[Fraction], bool], computed: np.ndarray, normal: np.ndarray
) -> Named:
    """The name, and that it is the limit: both routes at the points, where these are on the sphere."""
    try:
        kernel = kernel_of(architecture, wanted)
    except NoName as reason:
        return Named(None, str(reason))
    scale = float(computed.diagonal().max())
    rows = torch.from_numpy(architecture.points)
    spread = max(source.entries.spread for source in architecture.sources)
    if on_sphere(rows):
        try:
            other = limit_matrix(kernel, rows)
        except NotCertified as error:
            return Named(None, f"{kernel!r} cannot be held against the values: {error}")
        off = float(np.abs(other - normal).max()) / scale
        if off > AGREES + 10 * spread:
            raise AssertionError(f"two routes differ by {off:.3g}: {kernel!r} is not the limit that was computed")
    return Named(kernel, "", float(np.abs(computed - normal).max()) / scale)


def fitting(make_network: MakeNetwork, limit: Limit) -> str:
    """One line: the limit that is read from the networks of make_network(width, seed), or why none is.

    >>> from torch import nn
    >>> stack = lambda width, seed: nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, 1))
    >>> sphere = torch.eye(2, dtype=torch.float64)
    >>> fitting(stack, Limit("", sphere, sphere.numpy(), (), 0.1, 1e-6, 1e-6))
    'read from the networks: K grows as width^1, K / width^1 has the limit 1/6 * Compose(...'
    """

    def make(seed: int, width: int) -> nn.Module:
        return make_network(width, seed)

    try:
        return f"read from the networks: {read_limit(Maker(make, 'make_network'), limit.points).sentence()}"
    except ValueError as error:
        return f"their own limit is not read: {error}"
