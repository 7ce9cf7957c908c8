"""Names of modes, where they have any: frequency, degree, class, principal component.

A mode v (n,), or (n, q) of several outputs, has the share |B'v|^2/|v|^2 in the span of an orthonormal B (n, b). Along
an ordered family (frequencies of 1-D inputs or of an image, degrees on a sphere) it is named by the quartiles of its
energy; a class or a component names it where at least half of its energy is there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from numerics.data.targets import gegenbauer_sequence, multiplicity
from numerics.data.user_data import Data

UNIT = 1e-6  # off the sphere by more than this is not on it
EVEN = 1e-6  # of the spacing: equispaced
COMPONENTS = 10
MOST_COLUMNS = 1000  # functions that an ordered family has, numbers a point has for its components to be looked for
ENOUGH = 0.5

Energies = Callable[[Tensor], Tensor]  # columns (n, c) -> their mean share at 0, 1, ..., K


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """What the modes on some data can be named by: an ordered family, and single directions.

    >>> data = Data(torch.arange(8.0)[:, None], torch.arange(8.0)[:, None], torch.zeros(0, 1), torch.zeros(0, 1))
    >>> wave = torch.cos(2 * torch.pi * 2 * torch.arange(8) / 8).double()
    >>> names_for(data).of(wave[:, None])
    'frequency 2'
    """

    points: int
    kind: str
    energies: Energies | None
    directions: Mapping[str, Tensor]

    def of(self, vectors: Tensor) -> str:
        """The name of a group of modes (n q, g); empty where there is none."""
        columns = vectors.reshape(self.points, -1)
        columns = columns / columns.norm()
        if self.energies is not None and (place := _quartiles(self.energies(columns))) is not None:
            low, high = place
            return f"{self.kind} {low}" if low == high else f"{self.kind} {low} to {high}"
        shares = {name: float((basis.T @ columns).square().sum()) for name, basis in self.directions.items()}
        best = max(shares, key=lambda name: shares[name], default=None)
        return f"{best} ({shares[best]:.0%})" if best is not None and shares[best] >= ENOUGH else ""


def _quartiles(shares: Tensor) -> tuple[int, int] | None:
    """Where a quarter and three quarters of the energy lie; None where more than a quarter lies beyond."""
    summed = shares.cumsum(0)
    if float(summed[-1]) < 0.75:
        return None
    return int((summed < 0.25).sum()), int((summed < 0.75).sum())


def names_for(data: Data) -> Names:
    """The names that modes on the training points can have."""
    flat = data.inputs.flatten(1).double()
    kind, energies = "", None
    if data.grid is not None:
        kind, energies = "frequency", _of_image(*data.grid)
    elif flat.shape[1] == 1:
        kind, energies = "frequency", _of_line(flat[:, 0])
    elif float((flat.norm(dim=1) - 1).abs().max()) < UNIT:
        kind, energies = "degree", _of_sphere(flat)
    return Names(data.points, kind, energies, dict(_directions(data, flat)))


def _directions(data: Data, flat: Tensor) -> Iterator[tuple[str, Tensor]]:
    n = len(flat)
    yield "constant", flat.new_full((n, 1), n**-0.5)
    if data.classes and data.grid is None:
        for name, column in zip(data.classes, data.targets.T.double()):
            centred = column - column.mean()
            if float(centred.norm()) > 0:
                yield f"class {name}", (centred / centred.norm())[:, None]
    if flat.shape[1] > MOST_COLUMNS:
        return
    _, sizes, axes = torch.linalg.svd(flat - flat.mean(0), full_matrices=False)
    scores = (flat - flat.mean(0)) @ axes.T
    for place in range(min(COMPONENTS, len(sizes))):
        if float(sizes[place]) > 1e-9 * float(sizes[0]):
            yield f"component {place + 1}", (scores[:, place] / scores[:, place].norm())[:, None]


def _by_blocks(blocks: Sequence[Tensor]) -> Energies:
    """Shares in blocks made orthonormal one after the other."""
    basis = torch.linalg.qr(torch.cat(list(blocks), dim=1)).Q
    sizes = [block.shape[1] for block in blocks]

    def shares(columns: Tensor) -> Tensor:
        energy = (basis.T @ columns).square().sum(1)
        return torch.stack([part.sum() for part in energy.split(sizes)])

    return shares


def _of_line(places: Tensor) -> Energies | None:
    """Cycles over the range of the inputs, one spacing added, as of a period."""
    n, ordered = len(places), places.sort().values
    gaps = ordered.diff()
    spread = float(ordered[-1] - ordered[0])
    if not spread > 0:
        return None
    even = float(gaps.max() - gaps.min()) <= EVEN * float(gaps.max())
    most = min((n - 1) // 2 if even else n // 4, MOST_COLUMNS // 2)
    turns = 2 * math.pi * (places - ordered[0]) / (spread * n / (n - 1))
    waves = [torch.stack([(k * turns).cos(), (k * turns).sin()], dim=1) for k in range(1, most + 1)]
    return _by_blocks([torch.ones_like(turns)[:, None], *waves])


def _of_image(height: int, width: int) -> Energies:
    """Cycles over the image: |k| rounded, of the two-dimensional Fourier transform."""
    rows, columns = (torch.fft.fftfreq(length, 1 / length) for length in (height, width))
    radius = (rows[:, None].square() + columns.square()).sqrt().round().long().flatten()

    def shares(vectors: Tensor) -> Tensor:
        spectrum = torch.fft.fft2(vectors.T.reshape(-1, height, width), norm="ortho").abs().square().sum(0).flatten()
        return spectrum.new_zeros(int(radius.max()) + 1).index_add_(0, radius, spectrum)

    return shares


def _of_sphere(points: Tensor) -> Energies | None:
    """Degrees of harmonics, as long as those so far are at most half as many as points.

    N(d, k) random zonal harmonics of degree k span them all, almost surely.
    """
    n, dim = len(points), points.shape[1] - 1
    draw = torch.Generator().manual_seed(0)
    blocks, taken, degree = [torch.ones_like(points[:, :1])], 1, 1
    while 2 * (taken + (size := multiplicity(dim, degree))) <= min(n, 2 * MOST_COLUMNS):
        poles = torch.randn(size, dim + 1, generator=draw, dtype=points.dtype)
        cosines = (points @ (poles / poles.norm(dim=1, keepdim=True)).T).clamp(-1, 1)
        for place, polynomial in enumerate(gegenbauer_sequence(dim, cosines)):
            if place == degree:
                blocks.append(polynomial)
                break
        taken, degree = taken + size, degree + 1
    return _by_blocks(blocks) if degree > 1 else None
