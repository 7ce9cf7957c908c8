"""Floats of closed forms in long ranges against the certified enclosures: within one unit in the last place."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.kernels import NTK, ArcCosine, Dual, DualTangent, Kernel, Laplace
from theory.numbers.balls import Enclosure
from theory.spectra import fast_floats
from theory.spectra import spectrum as module
from theory.spectra.closed_forms import closed_form
from theory.spectra.exact_values import highest_order
from theory.spectra.fast_floats import closed_floats
from theory.spectra.routes.closed import closed_balls
from theory.spectra.spectrum import float_spectrum

KERNELS = [NTK(2), NTK(2, layer_scales=(Fraction(1, 2), 1)), ArcCosine(0), ArcCosine(3), Dual("relu")]
KERNELS += [DualTangent("relu"), ArcCosine(0) + ArcCosine(1), NTK(2, bias=True)]


def ulps(values: np.ndarray, enclosures: list[Enclosure]) -> float:
    """The largest distance of a value to its enclosure in units in its last place."""
    worst = Fraction(0)
    for value, enclosure in zip(values.tolist(), enclosures, strict=True):
        unit = Fraction(float(np.spacing(value))) if value else Fraction(1)
        worst = max(worst, abs(Fraction(value) - (enclosure.lower + enclosure.upper) / 2) / unit)
    return float(worst)


@given(
    st.sampled_from(KERNELS),
    st.sampled_from([1, 2, 3, 8, 17, Fraction(5, 2), Fraction(22, 7)]),
    st.integers(0, 5000),
    st.integers(1, 700),
)
@settings(max_examples=25)
def test_within_one_unit_of_the_enclosures(kernel: Kernel, dim: int | Fraction, first: int, count: int) -> None:
    form = closed_form(kernel)
    start = max(first, highest_order(form) + 1)
    degrees = range(start, start + count)
    found = closed_floats(form, dim, degrees)
    assert found is not None or form.multiplied
    if found is not None:
        exact = [Enclosure.of(ball) for ball in closed_balls(kernel, dim, degrees, 30)]
        assert ulps(found, exact) < 1
        assert all((v == 0) == (e.rad[0] == 0 and e.mid[0] == 0) for v, e in zip(found, exact, strict=True))
        wrong = found * (1 + 2.0**-50)
        assert not found.any() or ulps(wrong, exact) > 1


def test_the_last_degree_of_a_chain() -> None:
    """The error bound is that of STEPS products: more would be seen at 10^5 of them."""
    degrees = range(10, 10 + 4 * fast_floats.STEPS)
    found = closed_floats(closed_form(NTK(2)), 3, degrees)
    exact = [Enclosure.of(ball) for ball in closed_balls(NTK(2), 3, degrees, 30)]
    assert ulps(found, exact) < 0.6


@pytest.mark.parametrize(("kernel", "dim"), [(NTK(2), 10**6), (ArcCosine(1), 400)])
def test_what_would_underflow_is_left_to_balls(kernel: Kernel, dim: int) -> None:
    assert closed_floats(closed_form(kernel), dim, range(100, 2000)) is None


def test_other_parts_and_low_degrees_are_left_to_balls() -> None:
    assert closed_floats(closed_form(NTK(2)), 3, range(1, 5)) is None
    difference = closed_form(ArcCosine(1))
    negative = replace(difference, caps=tuple(cap.scaled(Fraction(-1)) for cap in difference.caps))
    assert closed_floats(negative, 3, range(5, 9)) is None


@pytest.mark.parametrize("degrees", [range(0, 1500), range(2, 1200), range(300, 1400)])
def test_long_ranges_take_it_and_agree_with_short_ones(degrees: range, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = float_spectrum(NTK(2), 3, degrees)
    monkeypatch.setattr(module, "MANY_FLOATS", 10**9)
    slow = float_spectrum(NTK(2), 3, degrees)
    assert fast.shape == slow.shape == (len(degrees),)
    assert (np.abs(fast - slow) <= np.spacing(slow)).all() and fast.any()
    assert np.array_equal(fast == 0, slow == 0)


def test_kernels_without_caps_take_the_enclosures() -> None:
    assert len(float_spectrum(Laplace(1), 1, range(1001))) == 1001
