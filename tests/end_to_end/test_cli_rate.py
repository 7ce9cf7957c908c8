"""`spectral-bias rate`: every format says the same, every bad request is one line."""

from __future__ import annotations

import csv
import io
import json

import pytest

from verify.command import cli

REQUEST = ["rate", "NTK(depth=2)", "--dim", "2", "--degrees", "0:4", "--step", "1"]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = cli.run(arguments)
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


def test_formats_agree(capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(answer(capsys, *REQUEST, "--format", "json"))
    steps = [row["steps"] for row in whole["degrees"]]
    table = csv.DictReader(io.StringIO(answer(capsys, *REQUEST, "--format", "csv")))
    assert [row["steps"] for row in table] == ["never" if n is None else str(n) for n in steps]
    for form in ("text", "markdown"):
        lines = answer(capsys, *REQUEST, "--format", form).splitlines()[-5:]
        assert [("never" in line) for line in lines] == [n is None for n in steps]


def test_samples_add_columns(capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(answer(capsys, *REQUEST, "--samples", "100", "--format", "json"))
    # mu_3 = 0 and kappa(1) = 2: what is left is 2/n, and (1 - 2/100)^228 < 1/100 < (1 - 2/100)^227
    row = whole["degrees"][3]
    assert (row["sampled"], row["steps"], row["at_least"]) == ("0.0200000", None, 228)
    assert row["estimate"] > 228


def test_steps_on_samples_are_not_those_of_the_population(capsys: pytest.CaptureFixture[str]) -> None:
    """600 random points of S^63: a sample drawn elsewhere needed 371, 1520, 1726 and 1727 steps of 1.44."""
    request = ("rate", "NTK(depth=3)", "--dim", "63", "--degrees", "1:4", "--step", "1.44", "--samples", "600")
    rows = json.loads(answer(capsys, *request, "--format", "json"))["degrees"]
    assert [row["steps"] for row in rows] == [210, 10785, 799345, 21219053]
    for row, simulated in zip(rows, (371, 1520, 1726, 1727), strict=True):
        assert row["at_least"] <= simulated and abs(row["estimate"] / simulated - 1) < 0.05
        assert not abs(row["steps"] / simulated - 1) < 0.05


def test_too_few_points_have_no_estimate(capsys: pytest.CaptureFixture[str]) -> None:
    text = answer(capsys, *REQUEST, "--samples", "15")
    assert "at_least" in text and "estimate" not in text and "estimate" in answer(capsys, *REQUEST, "--samples", "16")


@pytest.mark.parametrize(
    "change",
    [
        ["--residual", "2"],
        ["--residual", "1e-3"],
        ["--step", "4"],
        ["--step", "0"],
        ["--samples", "0"],
        ["--dim", "0"],
        ["--dim", "5/2"],
        ["--degrees", "4:1"],
        ["--format", "xml"],
        ["--digits", "0"],
    ],
)
def test_bad_requests_are_one_line(change: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*REQUEST, *change]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert "allowed" in err or "must" in err


def test_a_number_beyond_the_limit_is_told_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*REQUEST, "--samples", "9" * 23]) == 2
    assert "allowed: an integer >= 1 and < 1000000000000" in capsys.readouterr().err


def test_a_kernel_with_a_negative_eigenvalue_is_refused_by_its_degree(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["rate", 'Zonal("t - t**3/2")', "--dim", "2"]) == 2
    assert "not positive definite: mu_3 < 0 on S^2, allowed" in capsys.readouterr().err
