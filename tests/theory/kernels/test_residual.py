"""ResNTK: the recursion as Belfer et al. print it, the compositions that define it, and networks themselves."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
import sympy as sp
import torch
from flint import acb, arb
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.examples import FACTOR
from theory.expansions.at_ends import expansion_at
from theory.expansions.ellipses import Piece
from theory.expansions.in_the_angle import continued
from theory.expansions.jets import Jet
from theory.expansions.maclaurin import maclaurin
from theory.expansions.values import certified
from theory.kernels import NNGP, NTK, ArcCosine, Multiple, ResNTK, value_at_one, written_out
from theory.kernels.formulas import in_sympy
from theory.kernels.parse import parse_kernel
from theory.laws.decay import decay
from theory.laws.definiteness import definiteness
from theory.numbers.balls import working_precision
from theory.numbers.truth import Truth
from theory.spectra.routes.oracle import oracle_values
from theory.spectra.spectrum import spectrum

HALF = Fraction(1, 2)
ALPHAS = (Fraction(1), HALF, Fraction(3, 2), Fraction(1, 8))
KERNELS = [ResNTK(depth, alpha) for depth in (1, 2, 3, 5) for alpha in ALPHAS[:2]]
DIGITS = 40


def printed(kernel: ResNTK, t: mpf) -> mpf:
    """kappa, from B_(L+1) down, at the precision of mpmath."""
    square = mpf(Fraction(kernel.alpha).numerator) ** 2 / Fraction(kernel.alpha).denominator ** 2
    v = [(1 + square) ** block for block in range(kernel.depth + 1)]
    k0, k1 = lambda x: 1 - mp.acos(x) / mp.pi, lambda x: (mp.sqrt(1 - x * x) + x * (mp.pi - mp.acos(x))) / mp.pi
    covariance = [t]
    for block in range(kernel.depth):
        covariance.append(covariance[block] + square * v[block] * k1(covariance[block] / v[block]))
    total, b = mpf(0), mpf(1)
    for block in range(kernel.depth, 0, -1):
        below = covariance[block - 1]
        rho = below / v[block - 1]
        total += b * (v[block - 1] * k1(rho) + below * k0(rho))
        b *= 1 + square * k0(rho)
    return total


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
@pytest.mark.parametrize(
    "t", [Fraction(-1), Fraction(-9, 10), Fraction(0), Fraction(1, 3), Fraction(99, 100), Fraction(1)]
)
def test_every_evaluator_gives_what_is_printed(kernel: ResNTK, t: Fraction) -> None:
    with mp.workdps(2 * DIGITS + 10):
        right = printed(kernel, mpf(t.numerator) / t.denominator)
        found = certified(kernel, t, DIGITS)
        defined = certified(written_out(kernel), t, DIGITS)
        scale = mpf(int(value_at_one(kernel)) + 1)
        for value in (found.lower, defined.lower):
            assert abs(mpf(value.numerator) / value.denominator - right) < scale * mpf(10) ** (1 - DIGITS)
        assert abs(kernel(t) - right) < 16 * 2.0**-52 * scale


def test_its_formula_is_what_is_printed() -> None:
    """At a float, since SymPy takes long over exact numbers."""
    for kernel in KERNELS[:4]:
        found = in_sympy(kernel, sp.Float("0.375", 30))
        assert abs(float(found) - float(printed(kernel, mpf("0.375")))) < 1e-14 * value_at_one(kernel)


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_its_power_series_is_that_of_its_definition(kernel: ResNTK) -> None:
    with working_precision(30):
        own, defined = maclaurin(kernel, 24), maclaurin(written_out(kernel), 24)
        assert all(a.overlaps(b) and a.rad() < 1e-20 for a, b in zip(own, defined, strict=True))


def test_a_wrong_recursion_is_noticed() -> None:
    """Without the slopes of the later blocks the sum is another."""
    after = (0.5 + NNGP(2)(0.5)) / 2
    assert ResNTK(2, 1)(0.5) == pytest.approx((1 + ArcCosine(0)(after)) * NTK(2)(0.5) + 2 * NTK(2)(after), rel=1e-14)
    assert abs(ResNTK(2, 1)(0.5) - (NTK(2)(0.5) + 2 * NTK(2)(after))) > 0.1


@pytest.mark.parametrize("kernel", [ResNTK(2, 1), ResNTK(3, HALF), ResNTK(5, 1)], ids=repr)
@pytest.mark.parametrize("dim", [2, 3])
def test_eigenvalues_are_those_of_quadrature_with_the_definition(kernel: ResNTK, dim: int) -> None:
    found = spectrum(kernel, dim, range(6), 20)
    with mp.workdps(30):
        for one, right in zip(found.eigenvalues, oracle_values(kernel, dim, range(6), 15), strict=True):
            assert abs(mpf(one.decimal(20)[0]) - right) < mpf(10) ** -13 * int(value_at_one(kernel))


def test_one_block_is_one_hidden_layer() -> None:
    ours, theirs = (spectrum(kernel, 2, range(9), 20) for kernel in (ResNTK(1, Fraction(7, 3)), NTK(2)))
    assert [e.exact for e in ours.eigenvalues] == [e.exact for e in theirs.eigenvalues]


@pytest.mark.parametrize("kernel", [ResNTK(2, 1), ResNTK(3, HALF), ResNTK(32, Fraction(1, 8))], ids=repr)
def test_it_is_read_back_and_divided_as_its_authors_do(kernel: ResNTK) -> None:
    assert parse_kernel(repr(kernel)) == kernel
    scaled = Multiple(1 / value_at_one(kernel), kernel)
    assert value_at_one(scaled) == 1 and scaled(1.0) == pytest.approx(1, rel=1e-14)


def test_the_law_of_two_blocks() -> None:
    even, odd = (branch.leading for branch in decay(ResNTK(2, 1), "k", dim=2).law)
    k = sp.Symbol("k")
    constants = [sp.simplify(sp.sympify(law).subs(next(iter(law.free_symbols)), k) * k**3) for law in (even, odd)]
    assert constants == [sp.Rational(11, 3) / sp.pi, sp.Rational(7, 3) / sp.pi]


@pytest.mark.parametrize("depth", [1, 2, 3, 6])
@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_root_at_one_is_that_of_the_product_rule(depth: int, alpha: Fraction) -> None:
    """Every k0 is 1 - sqrt(2 (1-t))/pi + ..., since no block changes the first order of 1 - t."""
    square = alpha**2
    times = (1 + square) ** (depth - 1) * (depth + square / (1 + square) * depth * (depth - 1))
    found = expansion_at(ResNTK(depth, alpha), 1, 1).coefficient(HALF)
    assert sp.simplify(found + sp.sqrt(2) / sp.pi * sp.Rational(times.numerator, times.denominator)) == 0


@pytest.mark.parametrize("kernel", [ResNTK(2, 1), ResNTK(4, HALF)], ids=repr)
def test_it_is_strictly_positive_definite(kernel: ResNTK) -> None:
    found = definiteness(kernel, 3)
    assert found.truth is found.strict is Truth.HOLDS
    assert definiteness(ResNTK(1, 1), 3).strict is Truth.FAILS


@given(st.integers(1, 32), st.fractions(Fraction(1, 50), 3, max_denominator=50), st.floats(0.1, 3.0))
@settings(max_examples=15 * FACTOR, deadline=None)
def test_balls_and_floats_agree_at_every_depth(depth: int, alpha: Fraction, angle: float) -> None:
    kernel = ResNTK(depth, alpha)
    exact = certified(kernel, Fraction(np.cos(angle)), 18).lower
    assert abs(kernel(float(np.cos(angle))) - float(exact)) <= 1e-13 * float(value_at_one(kernel))


def tangent_kernel(rows: torch.Tensor, depth: int, alpha: float, width: int, seed: int) -> torch.Tensor:
    """Gram matrix of the gradients of v x_L/alpha at random weights, x_0 = A x, of V and W alone."""
    draw = torch.Generator().manual_seed(seed)
    normal = lambda *shape: torch.randn(*shape, generator=draw, dtype=torch.float64)
    a, v = normal(width, rows.shape[1]), normal(width)
    weights = [normal(width, width).requires_grad_() for _ in range(2 * depth)]
    gradients = []
    for row in rows:
        x = a @ row / sqrt(width)
        for w, u in zip(weights[::2], weights[1::2]):
            x = x + alpha * u @ torch.relu(w @ x * sqrt(2)) / width
        gradients.append(torch.autograd.grad((v * x).sum() / alpha, weights))
    return torch.stack(
        [torch.stack([sum((g * h).sum() for g, h in zip(one, two)) for two in gradients]) for one in gradients]
    )


def test_wide_networks_have_it() -> None:
    """Five networks of width 512: their mean is right within a tenth, and differs from NTK(depth=3)."""
    rows = torch.tensor([[1.0, 0.0], [0.6, 0.8], [-0.8, 0.6]], dtype=torch.float64)
    found = sum(tangent_kernel(rows, 2, 1.0, 512, seed) for seed in range(5)).numpy() / 5
    expected = ResNTK(2, 1)((rows @ rows.T).numpy())
    assert np.abs(found - expected).max() < 0.1 * 8
    assert np.abs(found - NTK(3)((rows @ rows.T).numpy()) * 8 / 3).max() > 0.1 * 8


def test_curves_are_continued_by_the_same_values() -> None:
    kernel = ResNTK(3, HALF)
    with working_precision(30), mp.workdps(30):
        for at in (0.2 + 0.1j, 1.5 + 0.3j, 2.8 - 0.1j):
            point = Piece().point(Jet.variable(acb(arb(at.real, 1e-6), arb(at.imag, 1e-6))))
            found, defined = (continued(one, point) for one in (kernel, written_out(kernel)))
            assert abs(complex(found.mid) - complex(defined.mid)) < 1e-20
            assert found.slope.overlaps(defined.slope) and abs(complex(found.slope) - complex(defined.slope)) < 1e-3
