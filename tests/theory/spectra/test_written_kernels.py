"""A kernel and the expression that it prints have the same eigenvalues, zeros and exact forms."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import simplify

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
    Multiple,
    PowerSeries,
    Zonal,
)
from theory.kernels.formulas import kernel_function
from theory.kernels.parity import degree_bounds
from theory.laws.decay import decay
from theory.spectra.spectrum import spectrum

HALF = Fraction(1, 2)
SHALLOW: list[Kernel] = [
    *map(ArcCosine, range(4)),
    NTK(2),
    NTK(2, (HALF, 1)),
    NTK(2, bias=True),
    NTK(2, weight_variance=Fraction(3, 2)),
    NNGP(2),
    NTK(1),
    Dual("relu"),
    Dual("abs"),
    DualTangent("abs"),
    Dual("step"),
    Dual("sin"),
    DualTangent("cos"),
    Dual("exp"),
    Gaussian(2),
    PowerSeries((1, 0, HALF)),
]
BY_QUADRATURE: list[Kernel] = [
    Laplace(1),
    ExponentialPower(1, Fraction(3, 2)),
    ExponentialPower(2, HALF),
    Matern(Fraction(3, 2), 1),
    Dual("erf"),
    DualTangent("gelu"),
    NNGP(2, bias_variance=Fraction(1, 10)),
    Compose(Gaussian(1), ArcCosine(0)),
]


def written(kernel: Kernel) -> Zonal:
    return Zonal(kernel_function(kernel, "text"))


def assert_same(kernel: Kernel, dim: int, digits: int) -> None:
    mine, theirs = (spectrum(k, dim, range(7), digits).eigenvalues for k in (kernel, written(kernel)))
    for a, b in zip(mine, theirs, strict=True):
        assert a.decimal(digits)[0] == b.decimal(digits)[0]
        assert a.exact == b.exact


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(SHALLOW), st.sampled_from(SHALLOW), st.integers(1, 9), st.sampled_from([12, 40]))
def test_shallow_kernels_and_their_sums(first: Kernel, second: Kernel, dim: int, digits: int) -> None:
    assert_same(first, dim, digits)
    assert_same(first + Multiple(Fraction(2, 3), second), dim, digits)
    assert degree_bounds(written(first)) == degree_bounds(first)


@pytest.mark.parametrize("kernel", BY_QUADRATURE, ids=repr)
def test_kernels_by_quadrature(kernel: Kernel) -> None:
    assert_same(kernel, 2, 12)


def test_deep_kernels() -> None:
    assert_same(NNGP(3), 2, 10)


def test_another_kernel_s_text_is_told_apart() -> None:
    with pytest.raises(AssertionError):
        mine, theirs = spectrum(NTK(2), 2, 2, 20), spectrum(written(NTK(2, (HALF, 1))), 2, 2, 20)
        assert mine.eigenvalues[0].decimal(20) == theirs.eigenvalues[0].decimal(20)


@pytest.mark.parametrize("kernel", [ArcCosine(1), NTK(2, bias=True), Laplace(1), Matern(Fraction(3, 2), 1)], ids=repr)
def test_their_laws_are_the_same(kernel: Kernel) -> None:
    mine, theirs = (decay(k, "k", 2).law for k in (kernel, written(kernel)))
    assert [simplify(a.leading - b.leading) for a, b in zip(mine, theirs, strict=True)] == [0] * len(mine)
