"""Floats of closed forms in long ranges against the certified enclosures: within one unit in the last place."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.kernels import NTK, ArcCosine, Dual, DualTangent, Kernel, Laplace, Zonal
from theory.numbers.balls import Enclosure, working_precision
from theory.spectra import fast_floats
from theory.spectra import spectrum as module
from theory.spectra.closed_forms import closed_form
from theory.spectra.fast_floats import closed_floats
from theory.spectra.routes.closed import closed_balls
from theory.spectra.spectrum import float_spectrum

KERNELS = [NTK(2), NTK(2, layer_scales=(Fraction(1, 2), 1)), ArcCosine(0), ArcCosine(3), Dual("relu")]
KERNELS += [DualTangent("relu"), ArcCosine(0) + ArcCosine(1), NTK(2, bias=True)]
POWERS = ["sqrt(1-t)", "pi*(1+t)**(1/3)", "(1-t)**(-1/4) + sqrt(1+t)/100", "t**3 - sqrt(2)*(1-t)**(5/2)"]
KERNELS += [Zonal(text) for text in POWERS] + [Zonal(POWERS[0]) + NTK(2)]
DIMS = [1, 2, 3, 8, 17, Fraction(5, 2), Fraction(22, 7)]


def ulps(values: np.ndarray, enclosures: list[Enclosure]) -> float:
    """The largest distance of a value to its enclosure in units in its last place."""
    worst = Fraction(0)
    for value, enclosure in zip(values.tolist(), enclosures, strict=True):
        unit = Fraction(float(np.spacing(abs(value))))
        worst = max(worst, abs(Fraction(value) - (enclosure.lower + enclosure.upper) / 2) / unit)
    return float(worst)


@given(st.sampled_from(KERNELS), st.sampled_from(DIMS), st.integers(0, 5000), st.integers(1, 700))
@settings(max_examples=25)
def test_nearest_to_the_enclosures(kernel: Kernel, dim: int | Fraction, start: int, count: int) -> None:
    degrees = range(start, start + count)
    fast = closed_floats(closed_form(kernel), dim, degrees)
    if fast is None:
        assert start < 300  # low degrees, or a sum whose parts nearly cancel
        return
    first, found = fast
    exact = [Enclosure.of(ball) for ball in closed_balls(kernel, dim, range(first, degrees.stop), 30)]
    assert len(found) == len(exact) and start <= first <= start + 700
    assert ulps(found, exact) < 0.501
    assert all((v == 0) == (e.rad[0] == 0 and e.mid[0] == 0) for v, e in zip(found, exact, strict=True))
    wrong = found * (1 + 2.0**-51)
    assert not found.any() or ulps(wrong, exact) > 0.501


def test_the_last_degrees_of_the_longest_blocks() -> None:
    """The error grows along a block: it would be seen where the bound of a step were wrong."""
    (chain,) = fast_floats._chains(closed_form(NTK(2)), Fraction(3))
    degrees = range(3000, 3000 + 2 * fast_floats.MOST_STEPS)
    with working_precision(fast_floats.DIGITS):
        words = chain.values(degrees, fast_floats.MOST_STEPS)
        exact = closed_balls(NTK(2), 3, degrees, 40)
        for i in (*range(0, 40, 2), *range(len(degrees) - 40, len(degrees), 2)):
            found = arb(float(words.high[i])) + arb(float(words.low[i]))
            assert not exact[i].is_zero() and abs(found / exact[i] - 1) < arb(2) ** -85


@pytest.mark.parametrize(("dim", "first"), [(400, 403), (10**6, None)])
def test_what_falls_too_fast_for_a_block_is_left_to_balls(dim: int, first: int | None) -> None:
    fast = closed_floats(closed_form(ArcCosine(1)), dim, range(100, 2000))
    assert fast is None if first is None else fast is not None and fast[0] >= first


def test_values_below_the_normal_floats_are_within_a_unit() -> None:
    """There a unit of the last place is no longer relative, and halves of it are rounded away."""
    degrees = range(200_000, 203_000)
    first, found = closed_floats(closed_form(NTK(2)), 80, degrees) or (0, np.zeros(0))
    assert first == degrees.start and (found[1::2] == 0).all() and (found[::2] > 0).all()
    assert found.max() < np.finfo(float).smallest_normal
    exact = [Enclosure.of(ball) for ball in closed_balls(NTK(2), 80, degrees, 30)]
    assert ulps(found, exact) <= 1


def test_logarithms_polynomial_factors_and_exponentials_are_left_to_balls() -> None:
    for text in ("log(1-t)", "t*sqrt(1-t)", "exp(t)"):
        assert closed_floats(closed_form(Zonal(text)), 3, range(100, 2000)) is None


def test_parts_that_cancel_are_left_to_balls() -> None:
    """sqrt(1-t) + sqrt(1+t) is even: its odd eigenvalues are 0, the difference of equal numbers."""
    assert closed_floats(closed_form(Zonal("sqrt(1-t) + sqrt(1+t)")), 3, range(100, 2000)) is None


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
