"""Linear pieces and transforms of ReLU networks: against sampling with a proved budget, closed forms, bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm

from numerics.networks.fourier_transforms import NEAR, line_transform, line_transform_by_kinks, plane_transform
from numerics.networks.linear_pieces import Cells, edges, evaluate, gradients, hat, line_pieces, plane_pieces, supported

EPS = np.finfo(float).eps
DIAMOND = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])


def network(seed: int, *sizes: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Random weights of variance 2/fan and small biases."""
    rng = np.random.default_rng(seed)
    return [
        (rng.normal(size=(out, into)) * np.sqrt(2 / into), 0.5 * rng.normal(size=out))
        for into, out in zip(sizes, sizes[1:])
    ]


def rounding(amount: float, terms: int, phase: float) -> float:
    """Of a sum of ``terms`` numbers exp(-i p) v, |p| <= phase, sum |v| = amount: each has a few roundings."""
    return EPS * amount * (terms + 10 + 2 * phase)


@pytest.mark.parametrize("sizes", [(1, 8, 1), (1, 32, 32, 1), (1, 12, 12, 12, 12, 1)])
def test_between_its_kinks_a_network_is_affine(sizes):
    net = network(3, *sizes)
    line = line_pieces(net, -1.0, 2.0)
    grid = np.linspace(-1, 2, 2001)
    values = evaluate(net, grid[:, None])
    assert np.abs(np.interp(grid, line.points, line.values) - values).max() < 1e3 * EPS * np.abs(values).max()
    assert len(line.points) > sizes[1] // 2
    fewer = np.delete(np.arange(len(line.points)), np.abs(line.kinks[1:-1]).argmax() + 1)
    gap = np.interp(grid, line.points[fewer], line.values[fewer]) - values
    assert np.abs(gap).max() > 1e6 * EPS * np.abs(values).max()


@pytest.mark.parametrize("seed", range(3))
def test_the_transform_on_the_line_agrees_with_the_discrete_one_within_its_aliasing(seed):
    # Poisson's sum: DFT_k - f^(2 pi k) = sum_{m != 0} f^(2 pi (k + m n)), each at most V/(2 pi (k + m n))^2.
    n, net = 1024, supported(network(seed, 1, 16, 16, 1))
    line = line_pieces(net, -1.0, 1.0)
    cycles = np.arange(0, 200)
    grid = -1 + 2 * np.arange(n) / n
    sampled = np.fft.fft(evaluate(net, grid[:, None]))[cycles] * 2 / n * (-1.0) ** cycles
    exact = line_transform(line, np.pi * cycles)
    share = np.where(cycles == 0, 1, cycles) / n
    images = np.where(cycles == 0, np.pi**2 / 3, np.pi**2 / np.sin(np.pi * share) ** 2 - 1 / share**2)
    aliasing = np.abs(line.kinks).sum() / (np.pi * n) ** 2 * images
    budget = aliasing + rounding(2 * np.abs(line.values).max(), n, np.pi * 200)
    assert (np.abs(sampled - exact) <= budget).all()
    off = line_transform(replace(line, values=np.roll(line.values, 1)), np.pi * cycles)
    assert (np.abs(sampled - off) > budget).any()


@pytest.mark.parametrize("seed", range(3))
def test_both_forms_on_the_line_agree_and_stay_below_the_bound(seed):
    line = line_pieces(network(seed, 1, 24, 24, 1), 0.0, 1.0)  # not zero at the ends
    k = np.geomspace(1.0, 1e5, 300)
    first, second = line_transform(line, k), line_transform_by_kinks(line, k)
    kinks, terms = np.abs(line.kinks).sum(), len(line.points)
    most = np.abs(line.values).max()
    budget = rounding(most, terms, k) + rounding(1, terms, k) * (2 * most / k + kinks / k**2)
    assert (np.abs(first - second) <= budget).all()
    bound = np.abs(line.values[[0, -1]]).sum() / k + kinks / k**2
    assert (np.abs(first) <= bound + budget).all() and not (np.abs(first) <= bound / 30).all()


def test_the_hat_and_the_pyramid_have_their_closed_forms():
    k = np.array([1e-9, 1e-3, 0.5, 3.0, 40.0])
    assert np.allclose(line_transform(line_pieces(hat(), -1, 1), k), np.sinc(k / 2 / np.pi) ** 2, rtol=0, atol=4 * EPS)
    one = [(np.zeros((1, into)), np.ones(1)) for into in (2, 1, 1)]
    a, b = np.array([3.0, 1.0, 11.0]), np.array([1.0, 7.0, 4.0])
    pyramid = plane_transform(plane_pieces(supported(one), DIAMOND), np.stack([a, b], 1))
    assert np.allclose(pyramid, 4 * (a * np.sin(b) - b * np.sin(a)) / (a * b * (a**2 - b**2)), rtol=0, atol=40 * EPS)


@pytest.mark.parametrize("sizes", [(2, 6, 1), (2, 8, 8, 1), (2, 5, 5, 5, 1)])
def test_cells_cover_the_polygon_and_the_network_is_affine_on_each(sizes):
    net = network(5, *sizes)
    found = plane_pieces(net, DIAMOND)
    rng, areas = np.random.default_rng(0), []
    for cell, slope in zip(found.cells, gradients(found)):
        corners, values = found.vertices[list(cell)], found.values[list(cell)]
        after = np.roll(corners, -1, 0)
        areas.append((corners[:, 0] * after[:, 1] - corners[:, 1] * after[:, 0]).sum() / 2)
        inside = rng.dirichlet(np.ones(len(cell)), 3) @ corners
        affine = values.mean() + (inside - corners.mean(0)) @ slope
        assert np.abs(evaluate(net, inside) - affine).max() < 1e-10
    rounding = 4 * EPS * sum(map(len, found.cells))  # two products, difference and sum a corner, all at most 1
    assert abs(sum(areas) - 2) < rounding and min(areas) > 0 and len(areas) > sizes[1]


@pytest.mark.parametrize("seed", range(2))
def test_the_transform_on_the_plane_agrees_with_slices_within_their_aliasing(seed):
    # F(y) = Int f(x, y) exp(-i a x) dx from the pieces of the network on a line; the trapezoidal sum over y
    # has the images f^(a, b + m w), w = 2 pi/h, each at most |k|^-2 sum |J| L <= C/(b + m w)^2.
    rows, net = 257, supported(network(seed, 2, 6, 6, 1))
    found = plane_pieces(net, DIAMOND)
    every = edges(found)
    h = 2 / (rows - 1)
    k = np.array([[0.3, 0.2], [2.0, 5.0], [7.0, -3.0], [12.0, 20.0], [0.0, 9.0]])
    total = np.zeros(len(k), dtype=complex)
    for y in np.linspace(-1, 1, rows):
        (weight, bias), *others = net
        slice_ = line_pieces([(weight[:, :1], bias + weight[:, 1] * y), *others], -1.0, 1.0)
        total += h * np.exp(-1j * k[:, 1] * y) * line_transform(slice_, k[:, 0])
    images = sum(1 / (k[:, 1] + m * 2 * np.pi / h) ** 2 for m in range(-2000, 2001) if m)
    tail = 2 * (h / (2 * np.pi)) ** 2 / 1990  # of the images beyond
    budget = (np.abs(every.jumps) * every.lengths).sum() * (images + tail) + 1e-10  # the last: cancellation in (2)
    assert (np.abs(plane_transform(found, k) - total) <= budget).all()
    wrong = Cells(found.vertices, np.roll(found.values, 1), found.cells)
    assert (np.abs(plane_transform(wrong, k) - total) > budget).any()


def test_a_triangle_has_the_divided_differences_of_the_exponential():
    # Hermite and Genocchi: Int lambda_j exp(-i k.x) = 2 area exp[z_1, z_2, z_3, z_j], z = -i k.v (Opitz' matrix).
    corners, values = np.array([[0.1, 0.0], [1.0, 0.2], [0.3, 0.9]]), np.array([1.0, -2.0, 0.5])
    k = np.array([[0.01, 0.02], [0.7, 0.1], [1.5, -0.5], [6.0, 9.0], [30.0, 2.0]])
    u, v = corners[1:] - corners[0]
    found = plane_transform(Cells(corners, values, ((0, 1, 2),)), k)
    for place, value in zip(k, found):
        z = -1j * corners @ place
        parts = [expm(np.diag([*z, z[j]]) + np.diag(np.ones(3), 1))[0, -1] * values[j] for j in range(3)]
        assert abs(value - (u[0] * v[1] - u[1] * v[0]) * sum(parts)) < 1e-13


@pytest.mark.parametrize("seed", range(3))
def test_no_transform_on_the_plane_exceeds_its_bounds(seed):
    found = plane_pieces(supported(network(seed, 2, 8, 8, 1)), DIAMOND)
    every = edges(found)
    assert np.abs(every.values[every.outer]).max() < 1e-14
    along = (every.ends[:, 1] - every.ends[:, 0]) / every.lengths[:, None]
    # G is parallel to n, by continuity, but for the rounding of slopes on narrow cells.
    assert (np.abs((every.steps * along).sum(1)) * every.lengths < 1e-9).all()
    angle = np.random.default_rng(seed).uniform(0, np.pi, 40)
    theta = np.stack([np.cos(angle), np.sin(angle)], 1)
    steep = 2 * np.abs(every.jumps) * (theta @ every.normals.T / every.lengths) ** 2 / np.abs(theta @ along.T)
    for size in (5.0, 50.0, 5e3):
        values = np.abs(plane_transform(found, size * theta, every))
        uniform = (np.abs(every.jumps) * every.lengths).sum() / size**2
        assert (values <= uniform + 1e-13).all()
        assert (values <= steep.sum(1) / size**3 + 1e-13).all()


def test_near_zero_and_far_forms_meet_and_bad_requests_are_refused():
    found = plane_pieces(supported(network(1, 2, 6, 6, 1)), DIAMOND)
    edge = NEAR / np.linalg.norm(found.vertices - found.vertices.mean(0), axis=1).max()
    either = plane_transform(found, np.array([[edge * (1 - 1e-12), 0.0], [edge * (1 + 1e-12), 0.0]]))
    assert abs(either[0] - either[1]) < 1e-11
    for bad in (
        lambda: line_pieces(hat(), 1.0, 1.0),
        lambda: plane_pieces(hat(), DIAMOND[::-1]),
        lambda: supported(hat()[1:]),
    ):
        with pytest.raises(ValueError, match="wanted"):
            bad()
