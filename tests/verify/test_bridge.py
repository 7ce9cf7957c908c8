"""What reaches `numerics` is what theory says: kernels to rounding, eigenvalues to the last bit."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from numerics.predictions.limit_kernels import two_layer_kernel
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, diagonal
from theory.numbers.balls import Enclosure
from theory.spectra.routes import oracle
from theory.spectra.spectrum import Eigenvalue, eigenvalue
from verify.bridge import float_ends, float_kernel, float_spectrum, nearest_double
from verify.testing import strategies

EPS = torch.finfo(torch.float64).eps
CAO = NTK(depth=2, layer_scales=(Fraction(1, 2), 1))


def exact_value(kernel: Kernel, angle: float) -> float:
    """kappa(cos(angle)) from the evaluator in t of the oracle, at 60 digits."""
    with mp.workdps(60):
        return float(oracle.kappa(kernel, mp.cos(mpf(angle))))


@given(strategies.kernels(), st.floats(0, math.pi))
@example(NTK(depth=3), 1e-9)
@example(NNGP(depth=4), 1e-300)
@example(ArcCosine(0) + Fraction(1, 3) * NTK(depth=4, bias=True), math.pi)
@settings(max_examples=60, deadline=None)
def test_float_kernels_are_the_exact_ones_to_rounding(kernel, angle):
    got = float_kernel(kernel)(torch.tensor(angle, dtype=torch.float64)).item()
    # Depth <= 4: each layer's angle is off by a few roundings, and no slope of a layer exceeds 1.
    assert abs(got - exact_value(kernel, angle)) <= 32 * EPS * float(diagonal(kernel))


def test_a_wrong_kernel_is_not_within_rounding():
    got = float_kernel(NTK(depth=2))(torch.tensor(1.0, dtype=torch.float64)).item()
    assert abs(got - exact_value(CAO, 1.0)) > 0.1


def test_products_and_the_kernel_of_numerics_itself():
    angle = torch.linspace(0, math.pi, 50, dtype=torch.float64)
    assert (float_kernel(CAO)(angle) - two_layer_kernel(angle)).abs().max() <= 4 * EPS
    product = float_kernel(ArcCosine(0) * ArcCosine(1))(angle)
    assert torch.equal(product, float_kernel(ArcCosine(0))(angle) * float_kernel(ArcCosine(1))(angle))


def test_a_kernel_without_a_float_form_is_refused_with_those_that_have_one():
    with pytest.raises(ValueError, match=r"ArcCosine\(order=2\): ArcCosine\(0\), ArcCosine\(1\), NNGP, NTK"):
        float_kernel(ArcCosine(2))


@given(strategies.shallow_kernels(), strategies.dims(), strategies.degrees())
@settings(max_examples=40, deadline=None)
def test_doubles_are_the_nearest(kernel, dim, degree):
    value = eigenvalue(kernel, dim, degree, 25)
    got = nearest_double(value)
    fine = eigenvalue(kernel, dim, degree, 80).enclosure
    middle = (fine.lower + fine.upper) / 2
    for neighbour in (math.nextafter(got, math.inf), math.nextafter(got, -math.inf)):
        assert abs(Fraction(got) - middle) <= abs(Fraction(neighbour) - middle)


def test_an_enclosure_that_straddles_two_doubles_is_refined():
    fine = eigenvalue(NTK(depth=2), 3, 2)
    wide = Enclosure(fine.enclosure.mid, (1, -20))
    value = Eigenvalue(fine.kernel, 3, 2, wide, "closed", fine.exact, None)
    assert nearest_double(value) == nearest_double(fine) == pytest.approx(104 / (225 * math.pi**2), rel=EPS)


def test_spectra_keep_exact_zeros_and_the_trace():
    assert float_spectrum(CAO, 1, 5)[3::2] == [0.0, 0.0]
    assert float_spectrum(NTK(depth=3), 2, 3)[3] == pytest.approx(0.018644077213182819126803, rel=EPS)


@given(strategies.kernels())
@settings(max_examples=30, deadline=None)
def test_end_values(kernel):
    one, opposite = float_ends(kernel)
    assert one == float(diagonal(kernel))
    assert abs(opposite - exact_value(kernel, math.pi)) <= 1e-15 * one
