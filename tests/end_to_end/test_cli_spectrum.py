"""`spectral-bias spectrum` and `table`: every format parses back, every bad request is one line."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from importlib import import_module
from math import pi
from pathlib import Path
from threading import Thread

import pytest

from verify.command import cli

NTK2 = "NTK(depth=2)"
# Legendre integrals of t k0 + k1, done by hand (CONVENTIONS, test values).
NTK2_ON_S2 = [Fraction(1, 2), Fraction(1, 3), Fraction(5, 64), Fraction(0), Fraction(1, 192), Fraction(0)]
REQUEST = ["spectrum", NTK2, "--dim", "2", "--degrees", "0:5"]
FORMATS = ("text", "json", "csv", "latex", "markdown")


def rounded(value: Fraction, digits: int) -> str:
    """Correct rounding by the decimal module; an exact value without trailing zeros."""
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN)
    quotient = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{quotient.normalize() if Fraction(quotient) == value else quotient:f}"


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = cli.run(arguments)
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


def read_back(form: str, text: str) -> list[tuple[str, str, str, str]]:
    """(degree, multiplicity, eigenvalue, exact) from the text of each format."""
    if form == "json":
        entries = json.loads(text)["eigenvalues"]
        return [(str(e["degree"]), e["multiplicity"], e["value"], e["exact"]) for e in entries]
    if form == "csv":
        rows = csv.DictReader(io.StringIO(text))
        return [(r["degree"], r["multiplicity"], r["value"], r["exact"]) for r in rows]
    if form == "text":
        return [tuple(line.split(maxsplit=3)) for line in text.splitlines()[2:]]
    if form == "markdown":
        cells = [[c.strip(" `") for c in line.split("|")[1:-1]] for line in text.splitlines()[4:]]
        return [(c[0], c[1], c[3], c[2]) for c in cells]
    rows = [line.removesuffix(r" \\").split(" & ") for line in text.splitlines() if re.match(r"\d+ &", line)]
    fraction = re.compile(r"\\frac\{(\d+)\}\{(\d+)\}")
    return [(r[0], r[1], r[3].strip("$"), fraction.sub(r"\1/\2", r[2].strip("$"))) for r in rows]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_parses_back_to_the_known_spectrum(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = read_back(form, answer(capsys, *REQUEST, "--digits", "12", "--format", form))
    expected = [(str(k), str(2 * k + 1), rounded(mu, 12), str(mu)) for k, mu in enumerate(NTK2_ON_S2)]
    assert found == expected


def test_json_follows_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(answer(capsys, *REQUEST, "--format", "json"))
    assert {name: document[name] for name in ("schema", "kernel", "dim", "digits")} == {
        "schema": 1,
        "kernel": NTK2,
        "dim": 2,
        "digits": 30,
    }
    for k, (entry, mu) in enumerate(zip(document["eigenvalues"], NTK2_ON_S2, strict=True)):
        assert entry.pop("bound") is None
        assert entry == {
            "degree": k,
            "multiplicity": str(2 * k + 1),
            "value": rounded(mu, 30),
            "radius": entry["radius"],
            "exact": str(mu),
            "coefficient": rounded((2 * k + 1) * mu, 30),
            "gegenbauer": rounded((2 * k + 1) * mu, 30),  # C_k^(1/2) is the Legendre polynomial
            "route": "closed",
        }
        assert abs(Fraction(entry["value"]) - mu) <= Fraction(entry["radius"]) < Fraction(1, 10**29)


@pytest.mark.parametrize(
    "dim, factor", [(1, lambda k: 2 if k else 1), (3, lambda k: k + 1), (5, lambda k: (k + 2) / 2)]
)
def test_gegenbauer_coefficients(dim: int, factor: Callable[[int], float], capsys: pytest.CaptureFixture[str]) -> None:
    """a_k = mu_k (2k+d-1)/(d-1); on the circle the cosine series."""
    text = answer(capsys, "spectrum", NTK2, "--dim", str(dim), "--degrees", "0:6", "--format", "json")
    for entry in json.loads(text)["eigenvalues"]:
        value = Fraction(entry["value"]) * Fraction(factor(entry["degree"]))
        assert abs(Fraction(entry["gegenbauer"]) - value) <= abs(value) / 10**28  # two roundings to 30 digits


@pytest.mark.parametrize("dim, trace, top", [(2, 2, 200), (1, 2, 200)])
def test_trace(dim: int, trace: int, top: int, capsys: pytest.CaptureFixture[str]) -> None:
    """sum N mu_k = kappa(1); beyond an even `top` the even terms fall like 2 k^-2 / pi (d = 1: 4 k^-2 / pi^2)."""
    text = answer(capsys, "spectrum", NTK2, "--dim", str(dim), "--degrees", f"0:{top}", "--format", "json")
    missing = trace - sum(Fraction(e["coefficient"]) for e in json.loads(text)["eigenvalues"])
    law = {2: 1 / (pi * top), 1: 2 / (pi**2 * top)}[dim]  # integral of the law over every other degree
    assert 0 < missing and abs(float(missing) / law - 1) < 5 / top  # the next term of the law is 1/top


@pytest.mark.parametrize("kernel, dim, top", [(NTK2, 11, 13), ("NTK(depth=2, layer_scales=(1/2, 1))", 40, 30)])
def test_odd_degrees_from_three_vanish_exactly(
    kernel: str, dim: int, top: int, capsys: pytest.CaptureFixture[str]
) -> None:
    text = answer(capsys, "spectrum", kernel, "--dim", str(dim), "--degrees", f"0:{top}", "--format", "json")
    entries = json.loads(text)["eigenvalues"]
    assert len(entries) == top + 1
    for e in entries:
        zero = e["degree"] % 2 == 1 and e["degree"] >= 3
        assert (e["value"], e["radius"], e["exact"]) == ("0", "0", "0") if zero else Fraction(e["value"]) > 0


@pytest.mark.parametrize("text", ["2.5", "5/2"])
def test_real_dimension_has_no_multiplicity(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = answer(capsys, "spectrum", NTK2, "--dim", text, "--degrees", "0:3", "--format", "json")
    document = json.loads(out)
    assert document["dim"] == "5/2"
    assert [e["multiplicity"] for e in document["eigenvalues"]] == [None] * 4
    # mu_1 = 1/(d+1), N(d,1) = d+1
    assert abs(Fraction(document["eigenvalues"][1]["value"]) - Fraction(2, 7)) < Fraction(1, 10**29)
    assert Fraction(document["eigenvalues"][1]["coefficient"]) == 1


def test_more_digits_than_python_prints_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    out = answer(capsys, "spectrum", NTK2, "--dim", "2", "--degrees", "1", "--digits", "5000", "--format", "json")
    assert json.loads(out)["eigenvalues"][0]["value"] == "0." + 5000 * "3"


def test_table_puts_kernels_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["table", NTK2, "ArcCosine(order=1)", "--dim", "2", "--degrees", "0:2", "--digits", "6"]
    text = answer(capsys, *arguments)
    assert r"\multicolumn{2}{c}{\texttt{ArcCosine(order=1)}}" in text
    assert r"2 & 5 & $\frac{5}{64}$ & $0.078125$ & $\frac{3}{128}$ & $0.0234375$ \\" in text
    rows = list(csv.DictReader(io.StringIO(answer(capsys, *arguments, "--format", "csv"))))
    exact = [r["exact"] for r in rows if r["kernel"] == "ArcCosine(order=1)"]
    assert exact == ["3/8", "1/6", "3/128"]  # 6 c_k(1)^2 with c = 1/4, 1/6, 1/16


def test_the_names_on_the_command_line_are_those_of_theory() -> None:
    from theory.spectra.routes.choice import ROUTES
    from theory.text.spectra import FORMATS, SIDE_BY_SIDE

    assert set(cli.SPECTRUM_FORMATS) == set(FORMATS)
    assert set(cli.TABLE_FORMATS) == {*SIDE_BY_SIDE, "json"}
    assert cli.ROUTES == ROUTES


@pytest.mark.parametrize("command", [[], ["spectrum"], ["table"]])
def test_help_ends_with_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    last = answer(capsys, *command, "--help").splitlines()[-1].strip()
    assert last.startswith("Example: spectral-bias ")


def with_request(**changes: str) -> list[str]:
    given = {"kernel": NTK2, "dim": "2", "degrees": "0:3", **changes}
    options = [part for name, value in given.items() if name != "kernel" for part in (f"--{name}", value)]
    return ["spectrum", given["kernel"], *options]


BAD = [
    (["--nothing"], "--version"),
    (["spectrm"], "did you mean spectrum?"),
    (["--frobnicate"], "--version"),
    (["spectrum"], "'KERNEL'"),
    (["table", "--dim", "2", "--degrees", "3"], "'KERNEL...'"),
    (["spectrum", NTK2, "--dim", "2"], "'--degrees'"),
    (["spectrum", NTK2, "--degrees", "2"], "'--dim'"),
    (["spectrum", NTK2, "--dim", "2", "--degrees"], "'--degrees'"),
    ([*REQUEST, "--formt", "json"], "--format"),
    ([*REQUEST, "surplus"], "surplus"),
    ([*REQUEST, "--format", "jason"], "did you mean json?"),
    ([*REQUEST, "--route", "close"], "did you mean closed?"),
    (["table", NTK2, "--dim", "2", "--degrees", "3", "--format", "text"], "allowed: latex, markdown, csv"),
    *(
        (with_request(dim=text), ">= 1")
        for text in ("0", "-1", "1/2", "abc", "", "1/0", "1e3", "inf", "nan", "٣", "2000000")
    ),
    *(
        (with_request(degrees=text), "A:B")
        for text in ("5:2", "-1:3", "a:b", ":", "", "1:2:3", "3.5", "1:1" + 30 * "0", "٣", "-1")
    ),
    (with_request(degrees="0:99999999"), "at most 100000"),
    *((with_request(digits=text), "from 1 to 100000") for text in ("0", "-5", "1000000000", "x", "1e3", "")),
    (with_request(kernel="NTKK(depth=2)"), "did you mean NTK?"),
    (with_request(kernel="ntk(depth=2)"), "did you mean NTK?"),
    (with_request(kernel="NTK(depth=0)"), "depth must be an integer from 1"),
    (with_request(kernel="NTK(depth=2, width=3)"), "it takes depth"),
    (with_request(kernel="NTK(depth=2, layer_scales=(1, -1))"), "rationals >= 0"),
    (with_request(kernel="3"), "not a kernel"),
    (with_request(kernel="0 * NTK(depth=2)"), "must be a positive rational"),
    (with_request(kernel="1/0 * NTK(depth=2)"), "division by zero"),
    *(
        (with_request(kernel=text), "constructor call")
        for text in (
            "",
            "NTK(depth=2",
            "NTK(depth=2))",
            "NTK depth 2",
            "NTK(\n\x1b[31mdepth",
            "NTK(depth=2).depth",
            '__import__("os").system("id")',
            "().__class__",
            "lambda: 0",
            "NTK(depth=2); print(1)",
            "${HOME}",
        )
    ),
    (with_request(kernel="(" * 200 + NTK2 + ")" * 200), "nested parentheses"),
    (with_request(kernel=NTK2 + " " * 20_000), "at most 10000"),
    (with_request(kernel="NTK(depth=3)", dim="2.5", route="angle"), "closed or series"),
    (with_request(out="/nowhere/at/all.txt"), "allowed: a file in a folder"),
    (with_request(out="/"), "allowed: a file in a folder"),
]


@pytest.mark.parametrize("arguments, naming", BAD, ids=lambda value: repr(value)[:60])
def test_a_bad_request_is_one_line(arguments: list[str], naming: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.run(arguments)
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("spectral-bias: ") and err.endswith("\n") and err[:-1].isprintable()
    assert naming in err


def test_not_certified_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(with_request(kernel="NTK(depth=3)", route="closed")) == 1
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and "no closed form is known" in err


@pytest.mark.parametrize(
    "error, code, says", [(KeyboardInterrupt(), 130, "interrupted"), (ZeroDivisionError("1/0"), 1, "defect")]
)
def test_interrupt_and_crash_are_one_line(
    error: BaseException, code: int, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(import_module("theory.spectra.spectrum"), "spectrum", fail)
    assert cli.run(REQUEST) == code
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and says in err


def test_out_is_written_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "spectrum.json"
    target.write_text("before")
    assert cli.run([*with_request(kernel="NTK(depth=3)", route="closed"), "--out", str(target)]) == 1
    assert target.read_text() == "before"
    assert cli.run([*REQUEST, "--format", "json", "--out", str(target), "--quiet"]) == 0
    assert json.loads(target.read_text())["schema"] == 1
    assert cli.run([*REQUEST, "--out", str(target / "below")]) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["spectrum.json"]
    assert capsys.readouterr().out == ""


def test_out_follows_a_link_and_keeps_the_permissions(tmp_path: Path) -> None:
    target, link = tmp_path / "spectrum.json", tmp_path / "link.json"
    target.write_text("before")
    target.chmod(0o600)
    link.symlink_to(target.name)
    assert cli.run([*REQUEST, "--format", "json", "--out", str(link), "--quiet"]) == 0
    assert link.is_symlink() and json.loads(target.read_text())["schema"] == 1
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.json", "spectrum.json"]
    new = tmp_path / "new.json"
    (tmp_path / "dangling").symlink_to(new)
    assert cli.run([*REQUEST, "--out", str(tmp_path / "dangling"), "--quiet"]) == 0
    assert new.read_text().startswith(NTK2) and (tmp_path / "dangling").is_symlink()


def test_out_writes_into_a_pipe(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    assert cli.run([*REQUEST, "--out", str(pipe), "--quiet"]) == 0
    reader.join(timeout=30)
    assert read and read[0].startswith(NTK2)
    assert pipe.is_fifo() and list(tmp_path.iterdir()) == [pipe]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"kernel": "NTK(depth=L)"},
            "leaves the depth L open, as decay, derive and check allow; allowed here: a number",
        ),
        ({"dim": "1e9"}, "'1e9' is no exact decimal or fraction, allowed: a number >= 1 and <= 1000000"),
        ({"dim": "0"}, "a number >= 1 and <= 1000000"),
    ],
)
def test_a_refusal_names_the_limits(change: dict[str, str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(with_request(**change)) == 2
    assert says in capsys.readouterr().err


def test_out_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*REQUEST, "--out", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err
    assert tmp_path.is_dir() and not list(tmp_path.iterdir())


COMMAND = shutil.which("spectral-bias", path=str(Path(sys.executable).parent))


@pytest.mark.skipif(COMMAND is None, reason="the package is not installed beside this interpreter")
def test_the_installed_command_survives_pipes_and_full_disks() -> None:
    long = f'{COMMAND} spectrum "{NTK2}" --dim 2 --degrees 0:5000 --digits 5'
    head = subprocess.run(f"{long} | head -n 1", shell=True, capture_output=True, text=True)
    assert head.stdout.startswith(NTK2) and head.stderr == ""
    assert subprocess.run(f"{long} >&-", shell=True, capture_output=True, text=True).stderr == ""
    bad = subprocess.run([COMMAND, "spectrum"], capture_output=True, text=True)
    assert (bad.returncode, bad.stdout, bad.stderr.count("\n")) == (2, "", 1)
    if Path("/dev/full").exists():
        full = subprocess.run(f"{long} > /dev/full", shell=True, capture_output=True, text=True)
        assert full.returncode == 2 and full.stderr.count("\n") == 1


UNPROVED = 'Zonal("t + sin(t) - 2*sin(t/2)*cos(t/2)")'  # mu_3 is 0, and nothing here proves it


def test_what_is_certified_is_printed_where_something_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    request = ["spectrum", UNPROVED, "--dim", "2", "--degrees", "1:3", "--digits", "8"]
    assert cli.run([*request, "--format", "json"]) == 1
    out, err = capsys.readouterr()
    one, two, three = json.loads(out)["eigenvalues"]
    assert (one["value"], two["value"], three["value"]) == ("0.33333333", "0", None) and one["bound"] is None
    assert re.fullmatch("1e-[0-9]+", three["bound"]) and float(Fraction(three["bound"])) < 1e-30
    assert err.count("\n") == 1 and "mu_k for k = 3;" in err and "--absolute" in err


@pytest.mark.parametrize("form", FORMATS)
def test_a_bound_that_was_asked_for_is_enough(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    request = ["spectrum", UNPROVED, "--dim", "2", "--degrees", "3", "--digits", "8", "--absolute", "1e-40"]
    out = answer(capsys, *request, "--format", form)
    assert {"json": '"value": null', "csv": ",,,,,", "latex": r"|\mu_{3}| <"}.get(form, "|mu_3| < 1e-") in out


def test_a_bound_beyond_reach_is_missed(capsys: pytest.CaptureFixture[str]) -> None:
    request = ["spectrum", UNPROVED, "--dim", "2", "--degrees", "3", "--digits", "8", "--absolute", "1e-4000"]
    assert cli.run(request) == 1 and "fewer than 8 digits" in capsys.readouterr().err


def test_what_is_not_certified_has_no_bound(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*REQUEST, "--route", "mpmath", "--absolute", "1e-9"]) == 2
    assert "certifies no bound" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "-1", "nan", "1e", "1e-99999", "ten", "1/3"])
def test_a_bound_is_a_positive_number(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*REQUEST, "--absolute", text]) == 2
    assert "--absolute" in capsys.readouterr().err
