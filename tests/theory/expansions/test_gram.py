"""kernel.gram(X, Z): points of any norm, near each other, opposite, equal, in NumPy and torch."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.examples import FACTOR
from tests.theory.kernel_list import ALL, HALF, TANH, TENTH
from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    PowerSeries,
    Zonal,
)
from theory.spectra.routes.oracle import kappa

UNITS = 64  # of 2^-53 times sqrt(K(x,x) K(z,z)), by which an entry may err: norms and products add theirs
SPREAD = (1e-3, 1e-8, 1e-12)
BIASED = NTK(3, bias=True, weight_variance=2, bias_variance=TENTH)
LAYERED = (NNGP(1), NNGP(3), NTK(2), NTK(4), NTK(3, bias=True), NNGP(3, bias_variance=HALF), BIASED)
HOMOGENEOUS = (
    ArcCosine(1),
    ArcCosine(3),
    NNGP(3),
    NTK(4),
    Dual("relu"),
    DualTangent("abs"),
    Dual("leaky_relu", slope=-2),
)
RADIAL = (Laplace(1), Gaussian(HALF), ExponentialPower(2, HALF), Matern(Fraction(3, 2), 2))


def points() -> np.ndarray:
    """Random points, close ones, equal ones in one direction, and opposite ones."""
    draws = np.random.default_rng(5)
    base = draws.normal(size=(3, 4))
    close = [base[0] + spread * draws.normal(size=4) for spread in SPREAD]
    return np.array([*base, *close, 2 * base[0], 1e-3 * base[1], -base[0], *(-3 * row for row in close), base[2]])


def angle(x: list[mpf], z: list[mpf]) -> tuple[mpf, mpf, mpf]:
    """<x, z>, |x|, |z|."""
    return mp.fdot(x, z), mp.sqrt(mp.fdot(x, x)), mp.sqrt(mp.fdot(z, z))


def k(order: int, t: mpf) -> mpf:
    return kappa(ArcCosine(order), max(min(t, mpf(1)), mpf(-1)))


def layered(kernel: NNGP | NTK, x: list[mpf], z: list[mpf]) -> mpf:
    """The recursion as Jacot et al. print it, with the variances of both points."""
    w, b = (
        mpf(Fraction(v).numerator) / Fraction(v).denominator for v in (kernel.weight_variance, kernel.bias_variance)
    )
    product, left, right = angle(x, z)
    sigma, v, u = w * product + b, w * left**2 + b, w * right**2 + b
    trained = int(isinstance(kernel, NTK) and kernel.bias)
    theta = sigma + trained * (kernel.depth > 1)
    for layer in range(2, kernel.depth + 1):
        rho, root = sigma / mp.sqrt(v * u), mp.sqrt(v * u)
        sigma, v, u = w * root * k(1, rho) + b, w * v + b, w * u + b
        theta = w * theta * k(0, rho) + sigma + trained * (layer < kernel.depth)
    return theta if isinstance(kernel, NTK) else sigma


def radial(kernel: Kernel, x: list[mpf], z: list[mpf]) -> mpf:
    """By the kernel's own formula at t = 1 - |x-z|^2/2, which may be any number <= 1."""
    return kappa(kernel, 1 - mp.fsum((a - b) ** 2 for a, b in zip(x, z, strict=True)) / 2)


def homogeneous(kernel: Kernel, x: list[mpf], z: list[mpf]) -> mpf:
    product, left, right = angle(x, z)
    degree = kernel.order if isinstance(kernel, ArcCosine) else 1
    return (left * right) ** degree * kappa(kernel, max(min(product / (left * right), mpf(1)), mpf(-1)))


def product(kernel: Kernel, x: list[mpf], z: list[mpf]) -> mpf:
    return kappa(kernel, mp.fdot(x, z))


def worst(kernel: Kernel, reference: Callable[..., mpf], found: np.ndarray, rows: np.ndarray) -> float:
    """The largest error in units of 2^-53 sqrt(K(x,x) K(z,z))."""
    with mp.workdps(60):
        exact = [[mpf(float(c)) for c in row] for row in rows]
        scale = [mp.sqrt(abs(reference(kernel, x, x))) for x in exact]
        return max(
            float(abs(reference(kernel, x, z) - mpf(float(found[i, j]))) / (scale[i] * scale[j])) * 2.0**53
            for i, x in enumerate(exact)
            for j, z in enumerate(exact)
        )


CASES: list[tuple[Kernel, Callable[..., mpf]]] = [
    *((kernel, layered) for kernel in LAYERED),
    *((kernel, radial) for kernel in RADIAL),
    *((kernel, homogeneous) for kernel in HOMOGENEOUS),
    (PowerSeries((1, 2, 0, HALF)), product),
]


@pytest.mark.parametrize(
    ("kernel", "reference"), CASES, ids=lambda value: repr(value) if isinstance(value, Kernel) else ""
)
def test_entries_are_those_of_the_definition(kernel: Kernel, reference: Callable[..., mpf]) -> None:
    rows = points()
    assert worst(kernel, reference, kernel.gram(rows), rows) <= UNITS
    assert worst(kernel, reference, kernel.gram(rows, rows.copy()), rows) <= UNITS


def test_products_of_rounded_unit_vectors_are_not_enough() -> None:
    """The twin: the recursion at X X^T / (|x| |z|)."""
    rows = points()
    norms = np.linalg.norm(rows, axis=1)
    t = np.clip(rows @ rows.T / np.outer(norms, norms), -1, 1)
    assert worst(NTK(2), layered, NTK(2)(t) * np.outer(norms, norms), rows) > 1e5 * UNITS


@pytest.mark.parametrize("kernel", [*ALL, *TANH], ids=repr)
def test_a_gram_matrix_of_directions_is_kappa_of_cosines(kernel: Kernel) -> None:
    """On well separated angles, where cosines need no care; symmetric, its diagonal kappa(1)."""
    angles = np.linspace(0.0, 2.9, 7)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1) * np.arange(1, 8)[:, None]
    found = kernel.gram(circle, normalize=True)
    expected = kernel(np.cos(angles[:, None] - angles[None, :]))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13 * np.abs(expected).max())
    assert (found == found.T).all() and (found.diagonal() == kernel(1)).all()


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.sampled_from(HOMOGENEOUS))
@settings(max_examples=25 * FACTOR, deadline=None)
def test_homogeneous_kernels_are(a: float, b: float, kernel: Kernel) -> None:
    degree = kernel.order if isinstance(kernel, ArcCosine) else 1
    rows = points()
    np.testing.assert_allclose(
        kernel.gram(a * rows, b * rows), (a * b) ** degree * kernel.gram(rows, rows), rtol=1e-11, atol=1e-11 * (a * b) ** degree
    )  # fmt: skip


@pytest.mark.parametrize("kernel", [*LAYERED, *RADIAL, NTK(2) * Laplace(1) + 2 * NNGP(2)], ids=repr)
def test_gram_matrices_are_positive_semidefinite_and_bounded_by_their_diagonal(kernel: Kernel) -> None:
    draws = np.random.default_rng(11).normal(size=(40, 3))
    found = kernel.gram(np.concatenate([draws, draws + 1e-9]))
    values = np.linalg.eigvalsh(found)
    assert values[0] >= -1e-13 * values[-1]
    root = np.sqrt(found.diagonal())
    assert (np.abs(found) <= np.outer(root, root) * (1 + 1e-14)).all()


@pytest.mark.parametrize("kernel", [*LAYERED, *RADIAL, *HOMOGENEOUS, NTK(2) * Laplace(1)], ids=repr)
def test_torch_gives_the_same_and_derivatives(kernel: Kernel) -> None:
    rows = torch.from_numpy(points()).requires_grad_()
    found = kernel.gram(rows)
    np.testing.assert_allclose(found.detach().numpy(), kernel.gram(points()), rtol=1e-14, atol=1e-14)
    (slope,) = torch.autograd.grad(found.sum(), rows)
    assert bool(torch.isfinite(slope).all())
    other = torch.from_numpy(np.random.default_rng(2).normal(size=(2, 4))).requires_grad_()
    far = torch.from_numpy(points()[:3]).requires_grad_()
    assert torch.autograd.gradcheck(kernel.gram, (far, other)) and torch.autograd.gradcheck(kernel.gram, (far,))


def test_small_angles_fall_as_they_should() -> None:
    """1 - k0 = theta/pi for angles far below the root of the rounding unit, of any size in a loop of ratios."""
    angles = 10.0 ** -np.arange(1, 15)
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = ArcCosine(0).gram(rows, np.array([[1.0, 0.0]]))[:, 0]
    np.testing.assert_allclose(1 - found, angles / np.pi, rtol=1e-12, atol=2.0**-52)
    assert all(a <= b for a, b in pairwise(found))


@pytest.mark.parametrize("kernel", [NNGP(2), NTK(3), ArcCosine(2), NNGP(2, bias_variance=1), *RADIAL], ids=repr)
def test_the_point_zero(kernel: Kernel) -> None:
    rows = np.array([[0.0, 0.0], [1.0, 2.0]])
    found = kernel.gram(rows)
    limit = kernel.gram(np.array([[1e-140, 0.0], [1.0, 2.0]]))
    np.testing.assert_allclose(found, limit, rtol=1e-14, atol=1e-30)
    tensor = torch.from_numpy(rows).requires_grad_()
    assert bool(torch.isfinite(torch.autograd.grad(kernel.gram(tensor).sum(), tensor)[0]).all())


def test_empty_and_single() -> None:
    assert NTK(2).gram(np.zeros((0, 3))).shape == (0, 0)
    assert NTK(2).gram(np.ones((2, 3)), np.zeros((0, 3))).shape == (2, 0)
    assert NTK(2).gram([[3, 4]]).tolist() == [[50.0]]
    assert NTK(2).gram(torch.tensor([[3.0, 4.0]])).tolist() == [[50.0]]
    assert NTK(2).gram(torch.tensor([[3.0, 4.0]]), np.array([[3.0, 4.0]])).tolist() == [[50.0]]


UNIT = [[1.0, 0.0], [0.6, 0.8]]


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: Zonal("exp(t)").gram([[1.0, 0.0], [0.0, 2.5]]), "row 1 of X has norm 2.5; normalize=True divides"),
        (lambda: Zonal("exp(t)").gram(UNIT, [[1.00001, 0.0]]), "row 0 of Z has norm 1.00001"),
        (lambda: (NTK(2) + Zonal("t")).gram([[2.0, 0.0]]), "row 0 of X has norm 2"),
        (lambda: Compose(NNGP(2), NNGP(2)).gram([[2.0]]), "function of the angle alone"),
        (lambda: Dual("gelu").gram([[2.0]]), "function of the angle alone"),
        (lambda: ArcCosine(0).gram([[0.0, 0.0]]), "row 0 of X is 0"),
        (lambda: NTK(2, bias=True).gram(UNIT, [[0.0, 0.0]]), "row 0 of Z is 0"),
        (lambda: NTK(2).gram([[0.0, 0.0]], normalize=True), "row 0 of X is 0"),
        (lambda: NTK(2).gram([1.0, 0.0]), "shape (points, coordinates), got (2,)"),
        (lambda: NTK(2).gram(np.zeros((2, 0))), "shape (points, coordinates), got (2, 0)"),
        (lambda: NTK(2).gram(UNIT, [[1.0, 0.0, 0.0]]), "points of one length, got 2 and 3"),
        (lambda: NTK(2).gram([[float("nan"), 1.0]]), "X must be finite"),
        (lambda: NTK(2).gram(UNIT, [[float("inf"), 1.0]]), "Z must be finite"),
        (lambda: NTK(2).gram([[1e200, 0.0]]), "norms that are 0 or from 1e-150 to 1e+150, row 0 has not"),
        (lambda: NTK(2).gram([[1.0, 0.0], [1e-200, 0.0]]), "row 1 has not"),
        (lambda: NTK(2).gram("points"), "real numbers"),
        (lambda: NTK(2).gram(np.ma.array(UNIT, mask=True)), "a masked one"),
        (lambda: NTK(2).gram(UNIT, normalize="no"), "normalize must be True or False"),
        (lambda: NTK(2).gram(None), "real numbers"),
        (lambda: NTK(2).gram([["1", "2"]]), "real numbers"),
        (lambda: NTK(2).gram([[True, False]]), "real numbers"),
        (lambda: ArcCosine(64).gram([[1e100]]), "no finite float value"),
    ],
)
def test_what_is_no_request_is_one_line(ask: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError) as refused:
        ask()
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_norms_of_single_precision_are_norms_of_one() -> None:
    rows = np.random.default_rng(3).normal(size=(5, 7)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert np.allclose(Zonal("exp(t)").gram(rows), Zonal("exp(t)").gram(rows, normalize=True), rtol=0, atol=1e-15)
