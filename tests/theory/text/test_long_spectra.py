"""Long spectra have the rows of short ones, but for long exact forms; JSON is what json.dumps writes."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Laplace, PowerSeries, Zonal
from theory.spectra.spectrum import Spectrum, short_exact_until, spectrum
from theory.text import spectra as module
from theory.text.spectra import COLUMNS, render, rows

EXACT = COLUMNS.index("exact")
CASES = [
    (NTK(2), 3, range(480, 520), 30),
    (NTK(2), 1, range(40), 12),
    (ArcCosine(2), 2, range(490, 510), 50),
    (ArcCosine(1), 600, range(30), 20),
    (NTK(3), 4, range(30), 15),
    (NTK(3), 1, range(30), 15),  # on the circle a_0 is mu_0, not 2 mu_0, and no exact form hides it
    (NNGP(3), 1000, range(20), 9),
    (Laplace(1), 3, range(30), 3),
    (Zonal("exp(-2*t)"), 2, range(20), 17),  # of both signs
    (PowerSeries((1, Fraction(1, 3), 0, 5)), 5, range(12), 25),
]


def both(found: Spectrum, monkeypatch: pytest.MonkeyPatch) -> tuple[list, list]:
    short = list(rows(found))
    monkeypatch.setattr(module, "LONG", 0)
    return short, list(rows(found))


@pytest.mark.parametrize(("kernel", "dim", "degrees", "digits"), CASES, ids=str)
def test_rows_are_those_of_short_spectra(
    kernel: Kernel, dim: int, degrees: range, digits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = spectrum(kernel, dim, degrees, digits)
    short, long = both(found, monkeypatch)
    limit = short_exact_until(found)
    for a, b in zip(short, long, strict=True):
        shown = a[0] <= limit or a[EXACT] == "0"
        assert b == (a if shown else (*a[:EXACT], None, *a[EXACT + 1 :]))


def test_columns_are_used_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A twin: a wrong column would be seen."""
    found = spectrum(NTK(3), 3, range(5), 10)
    monkeypatch.setattr(module, "LONG", 0)
    import theory.text.long_spectra as long

    monkeypatch.setattr(long, "decimal_column", lambda values, factors, digits: ["wrong"] * 5)
    assert [row[5] for row in rows(found)] == ["wrong"] * 5


@pytest.mark.parametrize("limit", [0, 1000])
@pytest.mark.parametrize(("kernel", "dim", "degrees", "digits"), CASES[:3], ids=str)
def test_json_is_laid_out_as_by_the_library(
    kernel: Kernel, dim: int, degrees: range, digits: int, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG", limit)
    text = render(spectrum(kernel, dim, degrees, digits), "json")
    document = json.loads(text)
    assert json.dumps(document, indent=2) + "\n" == text
    assert [tuple(entry) for entry in document["eigenvalues"]] == [COLUMNS] * len(degrees)


def test_a_bound_stands_where_no_digit_is_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Zonal("t + sin(t) - 2*sin(t/2)*cos(t/2)")
    found = spectrum(kernel, 2, range(1, 4), 6, absolute=Fraction(1, 10**40))
    short, long = both(found, monkeypatch)
    assert short == long
    assert ("|mu_3| < " in render(found, "text")) == (short[2][2] is None)
