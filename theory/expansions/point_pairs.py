"""Pairs of points: the cosines of their angles and their norms, every digit of small angles kept.

The scalar product of unit vectors errs by some units of 2^-53, which near t = 1 is half of the digits of the angle;
there 1 - t = |x - z|^2/2 is computed from differences, and 1 + t = |x + z|^2/2 near t = -1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from theory.expansions.cosines import Cosines
from theory.numbers.array_spaces import Array, Space, floats, put

CLOSE = 1 / 16  # of 1 - |t|: what is less is computed from differences
BLOCK = 2**18  # numbers of such differences at a time: no more than a cache holds
UNIT = 1e-6  # by which a norm may differ from 1 on the sphere
SMALLEST, LARGEST = 1e-150, 1e150  # norms whose squares are floats

Scale = Array | float


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """cos of the angle of x and z with |x|, |z|, arrays that broadcast, or 1.0, and |x - z|^2 where it is asked for;
    `bad` says which point is no unit vector, `zero` which is 0."""

    at: Cosines
    x: Scale = 1.0
    z: Scale = 1.0
    squared: Array | None = None
    bad: str = ""
    zero: str = ""

    @property
    def space(self) -> Space:
        """numpy or torch."""
        return self.at.space

    def squared_distance(self) -> Array:
        """|x - z|^2, on the sphere 2 (1 - t)."""
        return 2 * self.at.near if self.squared is None else self.squared

    def rows(self, part: slice) -> Pairs:
        """The same of some rows, or elements, of the arrays."""
        at = Cosines(self.space, self.at.t[part], self.at.near[part], self.at.far[part])
        x = self.x if isinstance(self.x, float) else self.x[part]
        return replace(self, at=at, x=x, squared=None if self.squared is None else self.squared[part])

    def on_the_sphere(self, what: object) -> Cosines:
        """The cosines for what is a function of these alone. Raises ValueError where a norm is not 1."""
        if self.bad:
            raise ValueError(
                f"{what!r} is a function of the angle alone: points of norm 1 (up to {UNIT}) are allowed, {self.bad}; "
                "normalize=True divides by the norm"
            )
        return self.at

    def directions(self, what: object) -> Cosines:
        """The cosines for what needs the angle. Raises ValueError where a point is zero."""
        if self.zero:
            raise ValueError(f"{what!r} needs the angle between points, and {self.zero}; allowed: points other than 0")
        return self.at


def pairs(first: object, second: object | None, space: Space, normalize: bool, distances: bool = False) -> Pairs:
    """All pairs of rows, n x m, of X with Z, or of X with itself.

    >>> import numpy
    >>> found = pairs([[1.0, 0.0], [1e-9, 2.0]], None, numpy, False)
    >>> found.at.near.tolist(), found.bad
    ([[0.0, 0.9999999995], [0.9999999995, 0.0]], 'row 1 of X has norm 2')
    """
    same = second is None
    points = [_points(first, space, "X"), *(() if same else (_points(second, space, "Z"),))]
    if points[0].shape[1] != points[-1].shape[1]:
        raise ValueError(f"X and Z must have points of one length, got {points[0].shape[1]} and {points[-1].shape[1]}")
    norms = [_norms(rows, space, name) for rows, name in zip(points, "XZ")]
    zero = next((f"row {int(_at(n == 0))} of {name} is 0" for n, name in zip(norms, "XZ") if bool((n == 0).any())), "")
    if normalize and zero:
        raise ValueError(f"normalize=True divides by the norm, but {zero}")
    units = [rows / space.where(n > 0, n, space.ones_like(n))[:, None] for rows, n in zip(points, norms)]
    at = _cosines(units[0], units[-1], same, space)
    if normalize:
        return Pairs(at)
    x, z = norms[0][:, None], norms[-1][None, :]
    squared = _squared_distances(points[0], points[-1], x, z, at) if distances else None
    return Pairs(at, x, z, squared, next(filter(None, map(_off_the_sphere, norms, "XZ")), ""), zero)


def _squared_distances(points: Array, others: Array, x: Array, z: Array, at: Cosines) -> Array:
    """|x - z|^2 = (|x| - |z|)^2 + 2 |x| |z| (1 - t), of close directions the sum of squares."""
    space, found = at.space, (x - z) ** 2 + 2 * x * z * at.near
    places = space.where(at.near < CLOSE)
    if len(places[0]):
        found = put(found, places, 2 * _halved_squares(points, others, places, 1, space))
    return found


def _at(where: Array) -> Array:
    return where.nonzero()[0][0]


def _points(rows: object, space: Space, name: str) -> Array:
    array = floats(rows, space, name)
    if array.ndim != 2 or not array.shape[1]:
        raise ValueError(f"{name} must be an array of shape (points, coordinates), got {tuple(array.shape)}")
    return array


def _norms(rows: Array, space: Space, name: str) -> Array:
    _refuse((abs(rows) > LARGEST).any(-1), name)  # before a square is too large
    square = (rows**2).sum(-1)
    known = space.where(square > 0, square, space.ones_like(square))  # no root of 0, whose slope is infinite
    norms = space.where(square > 0, space.sqrt(known), space.zeros_like(square))
    _refuse((norms > LARGEST) | ((norms < SMALLEST) & (rows != 0).any(-1)), name)
    return norms


def _refuse(bad: Array, name: str) -> None:
    if bool(bad.any()):
        allowed = f"norms that are 0 or from {SMALLEST} to {LARGEST}"
        raise ValueError(f"{name} must have points with {allowed}, row {int(_at(bad))} has not")


def _off_the_sphere(norms: Array, name: str) -> str:
    off = abs(norms - 1) > UNIT
    return f"row {int(_at(off))} of {name} has norm {norms[_at(off)].item():.7g}" if bool(off.any()) else ""


def _cosines(x: Array, z: Array, same: bool, space: Space) -> Cosines:
    product = x @ z.T
    if same and space is not np:  # NumPy's product with its own transpose is symmetric
        product = (product + product.T) / 2
    t = space.clip(product, -1.0, 1.0)
    near, far = 1 - t, 1 + t
    for sign in (1, -1):
        places, halves = _close(x, z, near if sign > 0 else far, sign, same, space)
        if len(halves):
            here, there = (halves, 2 - halves)[::sign]
            t = put(t, places, sign * (1 - halves))
            near, far = put(near, places, here), put(far, places, there)
    return Cosines(space, t, near, far)


def _close(x: Array, z: Array, small: Array, sign: int, same: bool, space: Space) -> tuple[tuple[Array, Array], Array]:
    """Where 1 -+ t is small, and what it is. Of points with themselves each pair is computed once; the diagonal is 0."""
    first, second = space.where(small < CLOSE)
    if not same:
        return (first, second), _halved_squares(x, z, (first, second), sign, space)
    above = first < second
    first, second = first[above], second[above]
    halves, join = _halved_squares(x, z, (first, second), sign, space), space.concatenate
    if sign < 0:
        return (join([first, second]), join([second, first])), join([halves, halves])
    diagonal = space.where(space.ones_like(x[:, 0]))[0]
    zeros = space.zeros_like(small[:, 0]) if len(small) else halves
    return (join([first, second, diagonal]), join([second, first, diagonal])), join([halves, halves, zeros])


def _halved_squares(x: Array, z: Array, places: tuple[Array, Array], sign: int, space: Space) -> Array:
    """|x - sign z|^2/2 of these pairs; where it is 0 a constant, since its root has no slope there."""
    found = [x[:0, 0]]
    for part in _blocks(places, x.shape[1]):
        difference = x[part[0]] - z[part[1]] if sign > 0 else x[part[0]] + z[part[1]]
        half = space.einsum("ij,ij->i", difference, difference) / 2
        found.append(space.where(half > 0, half, space.zeros_like(half)))
    return space.concatenate(found)


def _blocks(places: tuple[Array, Array], length: int) -> Iterator[tuple[Array, Array]]:
    step = max(1, BLOCK // length)
    for start in range(0, len(places[0]), step):
        yield places[0][start : start + step], places[1][start : start + step]
