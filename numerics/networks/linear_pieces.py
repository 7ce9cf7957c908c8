"""The linear pieces of a ReLU network of one and of two variables, found exactly.

A network is a list of layers (W_l, b_l), W_l (n_l, n_{l-1}), n_L = 1, with relu between them.
An interval or a convex polygon is cut layer by layer where a unit changes sign. On every piece all
units are affine, so values at the new corners are found by interpolation, and nothing is sampled.

A unit within SNAP times its largest value at a corner counts as 0 there: two kinks closer than that
are one, and the function is changed by no more than that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Layers = Sequence[tuple[np.ndarray, np.ndarray]]
Cell = tuple[int, ...]  # numbers of corners
SNAP = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A continuous function: values (p,) at points (p,), ascending, and affine between them."""

    points: np.ndarray
    values: np.ndarray

    @property
    def kinks(self) -> np.ndarray:
        """Jumps of the derivative at every point, that at the ends against 0 outside: (p,)."""
        slopes = np.diff(self.values) / np.diff(self.points)
        return np.diff(np.concatenate([[0.0], slopes, [0.0]]))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A continuous function, affine on convex polygons.

    vertices (v, 2) with values (v,); cells: indices of the corners of each, counter-clockwise.
    """

    vertices: np.ndarray
    values: np.ndarray
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Each edge once: ends (e, 2, 2), vectors n L (e, 2), steps G of the gradient (e, 2).

    values (e, 2) at the ends. outer (e,): on the boundary of the polygon, 0 on the other side.
    """

    ends: np.ndarray
    normals: np.ndarray
    steps: np.ndarray
    values: np.ndarray
    outer: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """L (e,)."""
        return np.linalg.norm(self.normals, axis=1)

    @property
    def jumps(self) -> np.ndarray:
        """J = -G.n (e,), of the normal derivative."""
        return -(self.steps * self.normals).sum(1) / self.lengths


def evaluate(layers: Layers, points: np.ndarray) -> np.ndarray:
    """f at points (n, d): (n,).

    >>> float(evaluate(hat(), np.array([[0.25]]))[0])
    0.75
    """
    hidden = points.T
    for place, (weight, bias) in enumerate(layers, 1):
        hidden = weight @ hidden + bias[:, None]
        if place < len(layers):
            hidden = np.maximum(hidden, 0)
    return hidden[0]


def hat() -> list[tuple[np.ndarray, np.ndarray]]:
    """max(0, 1 - |x|) as a network, the smallest example with compact support."""
    return [(np.array([[1.0], [-1.0]]), np.zeros(2)), (-np.ones((1, 2)), np.ones(1)), (np.ones((1, 1)), np.zeros(1))]


def supported(layers: Layers, height: float = 1.0) -> list[tuple[np.ndarray, np.ndarray]]:
    """clip(f, -T, T), T = height max(0, 1 - |x|_1), as a network: 0 outside |x|_1 <= 1.

    relu(f + T) - relu(f - T) - relu(T). ``layers`` of f: at least three.

    >>> net = supported(hat(), 0.5)
    >>> evaluate(net, np.array([[0.0], [0.5], [2.0]])).tolist()
    [0.5, 0.25, 0.0]
    """
    if len(layers) < 3:
        raise ValueError(f"at least three layers wanted, got {len(layers)}")
    (first, start), (second, shift), *middle, (last, end) = layers
    dim = first.shape[1]
    found = [
        (np.vstack([first, np.eye(dim), -np.eye(dim)]), np.append(start, np.zeros(2 * dim))),
        (_beside(second, -np.ones((1, 2 * dim))), np.append(shift, 1.0)),
    ]
    found += [(_beside(weight, np.ones((1, 1))), np.append(bias, 0.0)) for weight, bias in middle]
    rows = [np.append(last, height), np.append(last, -height), np.append(0 * last, height)]
    shift = np.array([end[0], end[0], 0.0])
    return [*found, (np.array(rows), shift), (np.array([[1.0, -1.0, -1.0]]), np.zeros(1))]


def _beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The block matrix of two that do not meet."""
    upper = np.hstack([left, np.zeros((len(left), right.shape[1]))])
    return np.vstack([upper, np.hstack([np.zeros((len(right), left.shape[1])), right])])


def line_pieces(layers: Layers, start: float, end: float) -> Line:
    """The pieces of a network of one variable on [start, end].

    >>> line_pieces(hat(), -2.0, 2.0).points.tolist()
    [-2.0, -1.0, 0.0, 1.0, 2.0]
    """
    if not start < end:
        raise ValueError(f"start < end wanted, got {start} and {end}")
    points = np.array([start, end])
    z = points[None]  # (n_l, p)
    for place, (weight, bias) in enumerate(layers):
        if place:
            points, z = _cut(points, z)
            z = np.maximum(z, 0)
        z = weight @ z + bias[:, None]
    return Line(points, z[0])


def _cut(points: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points, and every place between two of them where a unit (row of z) changes sign."""
    z = np.where(np.abs(z) <= SNAP * np.abs(z).max(1, keepdims=True), 0.0, z)
    left, right = z[:, :-1], z[:, 1:]
    unit, piece = np.nonzero(np.sign(left) * np.sign(right) < 0)
    share = left[unit, piece] / (left[unit, piece] - right[unit, piece])
    new = points[piece] + share * (points[piece + 1] - points[piece])
    columns = left[:, piece] + share * (right[:, piece] - left[:, piece])
    columns[unit, np.arange(len(unit))] = 0
    joined = np.append(points, new)
    order = np.argsort(joined, kind="stable")
    apart = np.diff(joined[order], prepend=-np.inf) > SNAP * (points[-1] - points[0])
    order = order[apart]
    return joined[order], np.hstack([z, columns])[:, order]


def plane_pieces(layers: Layers, polygon: np.ndarray) -> Cells:
    """The cells of a network of two variables on a convex polygon (q, 2), counter-clockwise.

    >>> square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    >>> layers = [(np.eye(2), np.zeros(2)), (np.ones((1, 2)), np.zeros(1))]
    >>> len(plane_pieces(layers, square).cells)
    4
    """
    sides = np.roll(polygon, -1, 0) - polygon
    after = np.roll(sides, -1, 0)
    turns = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    if len(polygon) < 3 or not (turns > 0).all():
        raise ValueError("a convex polygon with corners counter-clockwise wanted")
    cells = [tuple(range(len(polygon)))]
    z = np.vstack([polygon.T, polygon.T])  # x, y above the units: (2 + n_l, v)
    for place, (weight, bias) in enumerate(layers):
        if place:
            cells, z = _split(cells, z)
            z[2:] = np.maximum(z[2:], 0)
        z = np.vstack([z[:2], weight @ z[2:] + bias[:, None]])
    return Cells(z[:2].T.copy(), z[2].copy(), tuple(cells))


def _split(cells: list[Cell], z: np.ndarray) -> tuple[list[Cell], np.ndarray]:
    """Cells without a change of sign of any unit inside, and z at their corners, old ones first."""
    for unit in range(2, len(z)):
        z[unit, np.abs(z[unit]) <= SNAP * np.abs(z[unit]).max()] = 0
        sign, found = np.sign(z[unit]).astype(int).tolist(), []
        crossed: dict[Cell, int] = {}
        for cell in cells:
            signs = [sign[corner] for corner in cell]
            if min(signs) < 0 < max(signs):
                found += _halves(cell, sign, crossed)
            else:
                found.append(cell)
        cells = found
        if crossed:
            a, b = np.array(list(crossed)).T
            share = z[unit, a] / (z[unit, a] - z[unit, b])
            new = z[:, a] + share * (z[:, b] - z[:, a])
            new[unit] = 0
            z = np.hstack([z, new])
    return cells, z


def _halves(cell: Cell, sign: list[int], crossed: dict[Cell, int]) -> list[Cell]:
    """The part of a cell where the unit is >= 0, and that where it is <= 0.

    crossed: edge -> the new corner on it, shared by both sides; ``sign`` grows with it.
    """
    parts: tuple[list[int], list[int]] = ([], [])
    for a, b in zip(cell, cell[1:] + cell[:1]):
        for part, side in zip(parts, (1, -1)):
            if sign[a] * side >= 0:
                part.append(a)
        if sign[a] * sign[b] < 0:
            edge = (min(a, b), max(a, b))
            if edge not in crossed:
                crossed[edge] = len(sign)
                sign.append(0)
            for part in parts:
                part.append(crossed[edge])
    return [tuple(part) for part in parts]


def gradients(pieces: Cells) -> np.ndarray:
    """The gradient on every cell, by least squares over its corners: (c, 2)."""
    found = []
    for cell in pieces.cells:
        corners, values = pieces.vertices[list(cell)], pieces.values[list(cell)]
        apart = corners - corners.mean(0)
        found.append(np.linalg.lstsq(apart, values - values.mean(), rcond=None)[0])
    return np.array(found)


def edges(pieces: Cells) -> Edges:
    """Every edge once, with the step of the gradient across it."""
    slopes, sides = gradients(pieces), {}
    for number, cell in enumerate(pieces.cells):
        for a, b in zip(cell, cell[1:] + cell[:1]):
            sides[a, b] = number
    outside = len(slopes)
    slopes = np.vstack([slopes, np.zeros(2)])
    kept = np.array([(a, b) for a, b in sides if (b, a) not in sides or a < b])
    inner = np.array([sides[a, b] for a, b in kept.tolist()])
    other = np.array([sides.get((b, a), outside) for a, b in kept.tolist()])
    ends = pieces.vertices[kept]  # (e, 2, 2)
    along = ends[:, 1] - ends[:, 0]
    normals = np.stack([along[:, 1], -along[:, 0]], 1)
    steps = slopes[inner] - slopes[other]
    return Edges(ends, normals, steps, pieces.values[kept], other == outside)
