"""`spectral-bias functional`: values against sums of exact eigenvalues, and every bad request in one line."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from flint import arb

from theory.kernels import NTK
from theory.numbers.balls import Enclosure
from theory.spectra.spectrum import spectrum
from theory.spectra.sphere import multiplicity
from verify.command import cli
from verify.command.functional import shown

NTK2 = "NTK(depth=2)"


def values(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, str]:
    assert cli.run(["functional", *arguments, "--format", "json"]) == 0
    found: dict[str, str] = json.loads(capsys.readouterr().out)["values"]
    return found


def test_a_trace_is_what_the_degrees_add_up_to(capsys: pytest.CaptureFixture[str]) -> None:
    found = values(capsys, "trace", NTK2, "--dim", "2", "--top", "5")
    partial = sum(
        (multiplicity(2, e.degree) * e.exact.rational() for e in spectrum(NTK(2), 2, range(6)).eigenvalues), Fraction(0)
    )
    assert [*map(Fraction, found.values())] == [2, partial, 2 - partial]
    assert values(capsys, "trace", NTK2) == {"kappa(1)": "2"}


def test_an_effective_dimension_lies_between_partial_sums(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = values(capsys, "effective-dimension", NTK2, "--dim", "2", "--ridge", "1/100", "--top", "300").values()
    terms = [
        multiplicity(2, e.degree) * (mu / (mu + Fraction(1, 100)))
        for e in spectrum(NTK(2), 2, range(301)).eigenvalues
        if (mu := e.exact.rational() if e.exact is not None else Fraction(float(e)))
    ]
    assert float(sum(terms)) < float(found) < float(sum(terms)) * 1.1
    (cruder,) = values(capsys, "effective-dimension", NTK2, "--dim", "2", "--ridge", "1/100", "--top", "40").values()
    assert len(cruder) < len(found) or cruder == found  # fewer digits are certain


def test_norms_are_finite_infinite_or_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    one = values(capsys, "norm", NTK2, "--dim", "2", "--target", 'Zonal("t")')
    assert Fraction(one["squared norm"]) == 1  # N c_1^2/mu_1 = 3 (1/3)^2/(1/3)
    none = values(capsys, "norm", NTK2, "--dim", "2", "--target", 'Zonal("t**3")')
    assert none["squared norm"] == "infinite" and none["finite"].startswith("FAILS (mu_3 = 0")
    open_ = values(capsys, "norm", "Laplace(rate=1)", "--dim", "2", "--target", "Gaussian(rate=1)", "--top", "9")
    assert open_["finite"].startswith("UNDECIDED") and "squared norm, at least" in open_


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["trice", NTK2], 2, "did you mean trace?"),
        (["norm", NTK2, "--dim", "2"], 2, "--target is needed"),
        (["norm", NTK2, "--target", NTK2], 2, "--dim is needed"),
        (["effective-dimension", NTK2, "--dim", "2"], 2, "--ridge is needed"),
        (["effective-dimension", NTK2, "--dim", "2", "--ridge", "-1"], 2, "ridge must be"),
        (["trace", NTK2, "--dim", "0"], 2, "--dim"),
        (["trace", 'Zonal("-t")', "--dim", "2"], 1, "mu_1 < 0 on S^2"),
        (["trace", 'Zonal("-log(1-t)")'], 1, "kappa(1)"),
    ],
)
def test_bad_requests(arguments: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["functional", *arguments]) == code
    out, err = capsys.readouterr()
    assert not out and err.count("\n") == 1 and says in err


def test_no_digit_is_shown_that_is_not_certain() -> None:
    assert shown(Enclosure.of(arb("2.5", "0.01")), 12) == "2.5"
    assert shown(Enclosure.of(arb(0, 1)), 3) == "[-1, 1]"
    assert shown(Enclosure.of(arb(1) / 4), 6) == "0.25"
