"""The exact Fourier transform of a ReLU network of one or two variables, from its linear pieces.

    f^(k) = Integral of f(x) exp(-i k.x) over the interval or polygon.

On a segment from a to b of length h, u = k.(b - a)/2, midpoint m, f affine with ends f_a, f_b,

    Integral = h exp(-i k.m) [ (f_a + f_b)/2 j_0(u) - i (f_b - f_a)/2 j_1(u) ],              (1)

j_0, j_1 spherical Bessel functions: no division by u or h, so that k = 0 is no special case. In the
plane, the divergence theorem twice on every cell P with gradient g_P and outward normal n gives

    f^(k) = i/|k|^2 sum_{outer edges} k.n Int_e f exp(-i k.x) ds
            + 1/|k|^4 sum_{edges} (G_e.k)(k.n) Int_e exp(-i k.x) ds,                          (2)

G_e = g_P - g_Q the step of the gradient from the cell P, of which n points out, to its neighbour Q
(0 outside). f is continuous, so G_e = -J_e n with J_e the jump of the normal derivative. With f = 0
on the outer boundary, theta = k/|k|, t a unit vector along the edge and L its length, therefore

    every k                   |f^(k)| <= |k|^-2 sum_e |J_e| L_e
    theta.t_e != 0 for all e  |f^(k)| <= |k|^-3 sum_e 2 |J_e| (theta.n_e)^2/|theta.t_e|
    on the line               |f^(k)| <= |k|^-2 sum_j |J_j|
"""

from collections.abc import Callable

import numpy as np

from numerics.networks.linear_pieces import Cells, Edges, Line, edges

NEAR = 1.0  # |k| times the radius below which (2) loses digits to |k|^-4 and cells are integrated
NODES = 12  # Gauss-Legendre, each way, there: exact to rounding for |u| <= 1
BLOCK = 2**20  # entries of k times edges held at once


def line_transform(line: Line, k: np.ndarray) -> np.ndarray:
    """f^ at k (m,), radians per unit length, by (1) on every piece: (m,).

    >>> from numerics.networks.linear_pieces import hat, line_pieces
    >>> line_transform(line_pieces(hat(), -1.0, 1.0), np.array([0.0])).round(12).tolist()
    [(1+0j)]
    """
    h, (left, right) = np.diff(line.points), (line.values[:-1], line.values[1:])
    middle = (line.points[:-1] + line.points[1:]) / 2

    def compute(k: np.ndarray) -> np.ndarray:
        return _segments(k[:, None] * h / 2, k[:, None] * middle, left, right) @ h

    return _in_blocks(k, len(h), compute)


def line_transform_by_kinks(line: Line, k: np.ndarray) -> np.ndarray:
    """f^ at k != 0 by two integrations by parts: loses digits as k -> 0, and none as k -> oo: (m,).

    i/k (f_b exp(-ikb) - f_a exp(-ika)) - k^-2 sum_j J_j exp(-i k x_j).
    """
    ends = line.values[[0, -1]] * np.array([-1.0, 1.0])
    outer = np.exp(-1j * k[:, None] * line.points[[0, -1]]) @ ends
    points, kinks = line.points, line.kinks
    inner = _in_blocks(k, len(points), lambda k: np.exp(-1j * k[:, None] * points) @ kinks)
    return 1j * outer / k - inner / k**2


def plane_transform(pieces: Cells, k: np.ndarray, found: Edges | None = None) -> np.ndarray:
    """f^ at k (m, 2), radians per unit length, by (2); near 0 by quadrature of every cell: (m,).

    found: `edges` of the pieces, where they are known already.

    >>> from numerics.networks.linear_pieces import plane_pieces
    >>> square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    >>> one = [(np.zeros((1, 2)), np.ones(1))]
    >>> found = plane_transform(plane_pieces(one, square), np.array([[0.0, 0.0], [1.0, 0.0]]))
    >>> found.real.round(9).tolist()
    [1.0, 0.841470985]
    """
    k, result = np.asarray(k, dtype=float), np.zeros(len(k), dtype=complex)
    radius = np.linalg.norm(pieces.vertices - pieces.vertices.mean(0), axis=1).max()
    near = np.linalg.norm(k, axis=1) * radius < NEAR
    every = edges(pieces) if found is None else found
    result[~near] = _in_blocks(k[~near], len(every.outer), lambda k: _by_edges(every, k))
    if near.any():
        result[near] = _by_cells(pieces, k[near])
    return result


def _by_edges(every: Edges, k: np.ndarray) -> np.ndarray:
    square = (k**2).sum(1)
    along, middle = (every.ends[:, 1] - every.ends[:, 0]) / 2, every.ends.mean(1)
    through = k @ every.normals.T  # k.n L (m, e)
    weights = (k @ every.steps.T) * through
    inner = (weights * _segments(k @ along.T, k @ middle.T, 1.0, 1.0)).sum(1) / square**2
    rim = every.outer
    low, high = every.values[rim].T
    outer = (through[:, rim] * _segments(k @ along[rim].T, k @ middle[rim].T, low, high)).sum(1)
    return inner + 1j * outer / square


def _by_cells(pieces: Cells, k: np.ndarray) -> np.ndarray:
    """Gauss-Legendre on the fan of triangles of every cell, Duffy's map."""
    fans = [(cell[0], b, c) for cell in pieces.cells for b, c in zip(cell[1:], cell[2:])]
    corners, values = pieces.vertices[np.array(fans)], pieces.values[np.array(fans)]  # (t, 3, ..)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    s, w = (nodes + 1) / 2, weights / 2
    first = s[:, None] * np.ones(NODES)
    shares = np.stack([1 - first, first * (1 - s), first * s], -1).reshape(-1, 3)
    masses = (w[:, None] * s[:, None] * w).ravel()  # of the triangle with area 1/2
    sides = corners[:, 1:] - corners[:, :1]
    doubled = np.abs(sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0])
    places = np.einsum("qi,tij->jtq", shares, corners).reshape(2, -1)
    amounts = (doubled[:, None] * masses * (values @ shares.T)).ravel()
    return _in_blocks(k, len(amounts), lambda k: np.exp(-1j * (k @ places)) @ amounts)


def _segments(u: np.ndarray, phase: np.ndarray, low: np.ndarray | float, high: np.ndarray | float) -> np.ndarray:
    """(1) without its factor h."""
    mean, half = (low + high) / 2, (high - low) / 2
    return np.exp(-1j * phase) * (mean * np.sinc(u / np.pi) - 1j * half * bessel_1(u))


def bessel_1(u: np.ndarray) -> np.ndarray:
    """j_1(u) = (sin u - u cos u)/u^2, by its series for |u| < 0.3.

    >>> bessel_1(np.array([0.0, 3e-3])).round(12).tolist()
    [0.0, 0.0009999991]
    """
    small = np.abs(u) < 0.3
    safe, v = np.where(small, 1.0, u), np.where(small, u, 0.0)
    series, term = np.zeros_like(v), v / 3
    for m in range(1, 8):
        series, term = series + term, -term * v**2 / (2 * m * (2 * m + 3))
    return np.where(small, series, (np.sin(safe) - safe * np.cos(safe)) / safe**2)


def _in_blocks(k: np.ndarray, width: int, compute: Callable) -> np.ndarray:
    """compute(k) for a few k at a time, so that (m, width) arrays stay small."""
    size = max(1, BLOCK // max(1, width))
    parts = [compute(k[start : start + size]) for start in range(0, len(k), size)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=complex)
