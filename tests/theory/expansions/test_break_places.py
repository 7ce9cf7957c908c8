"""Places of kinks at zeros of exponentials and other transcendental functions, and the values that rest on them."""

from __future__ import annotations

from math import acos, cos, exp, log, pi

import pytest
from mpmath import mp

from theory.expansions.breaks import breaks, mirrored, turn
from theory.kernels import Zonal
from theory.numbers.balls import working_precision
from theory.spectra.spectrum import spectrum

# The angle in units of pi where the formula changes, by hand.
PLACES = {
    "abs(exp(t)-1)": [0.5],
    "sign(2*exp(t)-3)": [acos(log(1.5)) / pi],
    "max(exp(t), exp(-t))": [0.5],
    "abs(exp(-theta)-1/3)": [log(3) / pi],
    "max(t, 1/pi)": [acos(1 / pi) / pi],
    "min(exp(2*t), 3*exp(-t))": [acos(log(3) / 3) / pi],
    "abs(exp(t)+1)": [],
    "abs(exp(t)-5)": [],
    "max(t, sqrt(2))": [],
}


@pytest.mark.parametrize("text", PLACES)
def test_they_lie_where_both_formulas_agree(text: str) -> None:
    found = breaks(Zonal(text))
    assert found is not None
    with working_precision(30):
        assert [float(turn(place).mid()) for place in found] == pytest.approx(PLACES[text], abs=1e-12)
        for place in found:
            assert (turn(place) + turn(mirrored(place))).overlaps(1) and mirrored(mirrored(place)) == place


@pytest.mark.parametrize("text", ["abs(sin(t)-1/9)", "abs(exp(t)-t-1)", "abs(exp(t)-pi)"])
def test_of_others_nothing_is_said(text: str) -> None:
    assert breaks(Zonal(text)) is None


VALUES = [
    ("max(exp(t), exp(-t))", 2, lambda t: exp(abs(t)), 0.0),
    ("abs(2*exp(t)-3)", 2, lambda t: abs(2 * exp(t) - 3), log(1.5)),
    ("abs(exp(-theta)-1/3)", 2, lambda t: abs(exp(-acos(t)) - 1 / 3), cos(log(3))),
    ("max(t, 1/pi)", 2, lambda t: max(t, 1 / pi), 1 / pi),
]


@pytest.mark.parametrize(("text", "dim", "value", "place"), VALUES)
def test_values_are_those_of_another_integrator(text: str, dim: int, value: object, place: float) -> None:
    """mu_k on S^2 is 1/2 Integral kappa P_k over [-1, 1], by mpmath on both sides of the place."""
    for degree, entry in enumerate(spectrum(Zonal(text), dim, range(3), 12, "auto", True).eigenvalues):
        whole = mp.quad(lambda t: value(float(t)) * mp.legendre(degree, t) / 2, [-1, place, 1])
        assert abs(float(entry.enclosure.lower) - float(whole)) < 1e-9


def test_a_wrong_place_would_be_seen() -> None:
    text, dim, value, place = VALUES[1]
    entry = spectrum(Zonal(text), dim, range(1), 12).eigenvalues[0]
    wrong = mp.quad(lambda t: (3 - 2 * exp(t) if t < place + 0.1 else 2 * exp(t) - 3) / 2, [-1, place + 0.1, 1])
    assert abs(float(entry.enclosure.lower) - float(wrong)) > 1e-4


def test_a_maximum_of_mirror_images_is_an_even_function() -> None:
    values = spectrum(Zonal("max(exp(t), exp(-t))"), 2, range(4), 10).eigenvalues
    assert [entry.exact for entry in values][1::2] == ["0", "0"] or all(
        e.enclosure.lower == e.enclosure.upper == 0 for e in values[1::2]
    )
