"""What a Python prompt shows and answers: short texts, floats, and errors that name the next step."""

from __future__ import annotations

import pytest

import theory as th
from theory.kernels import Kernel
from theory.spectra.spectrum import float_spectrum

NTK2 = th.NTK(depth=2)


@pytest.mark.parametrize("dim", [1, 3, 100])
@pytest.mark.parametrize("kernel", [NTK2, th.Laplace(1), th.PowerSeries((0, 1, 0, 2))], ids=repr)
def test_an_eigenvalue_is_a_float_where_one_is_wanted(kernel: Kernel, dim: int) -> None:
    values = th.spectrum(kernel, dim, range(8), 17).eigenvalues
    assert [float(e) for e in values] == float_spectrum(kernel, dim, range(8)).tolist()
    for e in values:
        assert float(repr(e).split(" = ")[1].split()[0]) == pytest.approx(float(e), rel=1e-14, abs=0)


def test_an_eigenvalue_shows_no_digit_that_is_not_certified() -> None:
    shown = repr(th.spectrum(th.Laplace(1), 3, 2, 5).eigenvalues[0]).split()[2]
    assert th.spectrum(th.Laplace(1), 3, 2, 40).eigenvalues[0].decimal(len(shown.lstrip("0.")))[0] == shown


@pytest.mark.parametrize("count", [1, 10, 11, 1000])
def test_a_spectrum_shows_its_first_rows_and_how_many_are_left(count: int) -> None:
    lines = repr(th.spectrum(NTK2, 3, range(count), 8)).splitlines()
    assert lines[0].startswith("NTK(depth=2), mu_k on S^3") and lines[1].split()[0] == "degree"
    assert len(lines) == 2 + min(count, 10) + (count > 10)
    assert (lines[-1] == f"... {count - 10} more") == (count > 10)


def test_laws_verdicts_and_proofs_show_themselves_in_a_few_lines() -> None:
    law = repr(th.decay(NTK2, "k", dim=2)).splitlines()
    assert law[0].endswith("evidence: proved (closed form)") and law[-1].startswith("  odd: mu_k = 0")
    verdict = th.decide(th.parse_statement("mu(k) = 0", NTK2, ["k odd", "k >= 3"]))
    assert repr(verdict).splitlines()[:2] == ["truth: HOLDS", "evidence: proved"]
    assert repr(verdict).endswith("steps, replayed")
    proof = th.derive(th.ArcCosine(1))
    assert repr(proof).startswith(f"Spectrum of ArcCosine(order=1) on S^d: {len(proof.steps)} steps; ")
    assert "\n" not in repr(proof)


@pytest.mark.parametrize("kernel", [NTK2, 2 * th.Laplace(1), th.Dual("gelu") + th.ArcCosine(3)], ids=repr)
def test_a_statement_takes_the_kernel_itself_or_its_text(kernel: Kernel) -> None:
    assert th.parse_statement("mu(k) <= 1", kernel) == th.parse_statement("mu(k) <= 1", repr(kernel))
