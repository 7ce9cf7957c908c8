"""Assertions on spectra and laws for other people's suites: right ones pass, wrong ones are explained."""

from __future__ import annotations

import math

import numpy as np
import pytest

from theory.kernels import NTK, ArcCosine, Gaussian, Laplace
from theory.laws.decay import decay
from theory.spectra.spectrum import float_spectrum
from theory.spectra.sphere import multiplicity
from verify.testing import assert_decay, assert_spectrum


def right(k: int, dim: int = 3) -> float:
    return float(float_spectrum(NTK(2), dim, range(k + 1))[k])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda k: 2 * math.pi**2 * right(k), "surface measure"),
        (lambda k: 2 * math.pi**2 / 3 * right(k), "convention basri"),
        (lambda k: multiplicity(3, k) * right(k), "N(d,k) mu_k"),
        (lambda k: right(k, 4), "sphere S^4"),
        (lambda k: right(k + 1), "degree k+1"),
        (lambda k: right(k) / 2, "divided by the depth"),
        (lambda k: 7 * right(k), "7 times the right one"),
        (lambda k: math.pi / 2 * right(k), "not divided by its total"),
        (lambda k: math.sqrt(right(k)), "square root"),
        (lambda k: float(float_spectrum(NTK(3), 3, range(k + 1))[k]), "NTK(depth=3)"),
        (lambda k: math.nan, "not all values are finite"),
        (lambda k: right(k) * (1.001 if k == 4 else 1), "no known convention"),
    ],
)
def test_a_wrong_spectrum_is_explained(wrong, said):
    with pytest.raises(AssertionError) as raised:
        assert_spectrum(wrong, "NTK(depth=2)", 3)
    assert said in str(raised.value) and "\n" not in str(raised.value)


def test_the_first_wrong_degree_and_its_factor_are_said():
    with pytest.raises(AssertionError, match=r"mu_4 of .* 1\.001 times as large \(first of 1 wrong"):
        assert_spectrum(lambda k: right(k) * (1.001 if k == 4 else 1), "NTK(depth=2)", 3)
    with pytest.raises(AssertionError, match="mu_3 of"):  # an exact zero
        assert_spectrum(lambda k: right(k) + 1e-6 * (k == 3), "NTK(depth=2)", 3)


def test_a_right_spectrum_passes_as_a_function_and_as_an_array():
    assert_spectrum(right, NTK(2), 3)
    assert_spectrum([right(k) for k in (2, 7)], "NTK(depth=2)", 3, degrees=(2, 7))
    for arguments in (([1.0], "NTK(depth=2)", 3), (right, "NTK(depth=2)", 0), (right, "NTKK(2)", 3)):
        with pytest.raises(ValueError) as raised:
            assert_spectrum(*arguments)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize("value", ["abc", "1.0", 1j, np.complex64(1), None])
def test_a_value_that_is_no_real_number_is_refused_with_its_degree(value):
    for values in ([0.5, value], lambda k: value if k else 0.5):
        with pytest.raises(ValueError, match="a real number wanted for degree 1, got"):
            assert_spectrum(values, "NTK(depth=2)", 3, degrees=range(2))


# laws


@pytest.mark.parametrize(("kernel", "dim"), [(NTK(2), 2), (Laplace(1), 3), (ArcCosine(0), 1)])
def test_values_follow_their_law_and_no_other(kernel, dim):
    law, values = decay(kernel, "k", dim=dim), float_spectrum(kernel, dim, range(61))
    assert_decay(values, law)
    assert_decay({k: v * (1 + 0.01 * (-1) ** (k // 2)) for k, v in enumerate(values)}, law, relative=0.011)
    with pytest.raises(AssertionError, match=r"1\.(19|2)\d* times as large"):
        assert_decay(1.2 * values, law)
    with pytest.raises(AssertionError, match="measured exponent .* predicted -"):
        assert_decay(values / (1.0 + np.arange(61.0)) ** 0.2, law)
    with pytest.raises(AssertionError):
        assert_decay(values, decay(kernel, "k", dim=dim + 1))


def test_parity_zeros_belong_to_the_law():
    values = float_spectrum(NTK(2), 2, range(41))
    values[9] = 1e-4
    with pytest.raises(AssertionError, match="degree 9 is 0.0001, predicted 0 for odd"):
        assert_decay(values, decay(NTK(2), "k", dim=2))


def test_what_no_law_can_decide_is_refused_in_one_line():
    law = decay(NTK(2), "k", dim=2)
    bad = [
        (lambda: assert_decay([1.0, 2.0, 3.0], law), "high enough"),
        (lambda: assert_decay([1.0, math.nan], law), "finite"),
        (lambda: assert_decay({}, law), "wanted"),
        (lambda: assert_decay([1.0], decay(NTK(2), "k")), "fixed dimension"),
        (lambda: assert_decay([1.0] * 9, decay(Gaussian(1), "k", dim=2)), "no power"),
    ]
    for request, said in bad:
        with pytest.raises(ValueError, match=said) as raised:
            request()
        assert "\n" not in str(raised.value)
