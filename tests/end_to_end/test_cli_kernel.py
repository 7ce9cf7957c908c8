"""`spectral-bias kernel`, conventions, and the mpmath route, on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from math import pi

import pytest
from mpmath import mp, mpf

from theory.kernels.parse import parse_kernel
from theory.spectra.routes.oracle import kappa
from theory.statements.falsifier.kernels import kappa_number
from verify.command import cli

NTK2 = "NTK(depth=2)"


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    code = cli.run([str(a) for a in arguments])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


def values(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict]:
    return json.loads(answer(capsys, "spectrum", *arguments, "--format", "json"))["eigenvalues"]


@pytest.mark.parametrize("kernel", [NTK2, "NTK(depth=3)", "Gaussian(rate=1/2)", 'Dual("gelu")', 'Dual("erf")'])
def test_the_text_is_a_zonal_expression_of_the_same_kernel(kernel: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = answer(capsys, "kernel", kernel).strip()
    written, given = parse_kernel(f'Zonal("{text}")'), parse_kernel(kernel)
    for t in (mpf(-0.9), mpf(0), mpf("0.35")):
        with mp.workdps(30):
            assert abs(kappa(written, t) - kappa(given, t)) < mpf(10) ** -27  # 30 digits, values at most 3


def test_the_sympy_form_runs_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    code = answer(capsys, "kernel", "NTK(depth=2, weight_variance=3/2)", "--format", "sympy")
    program = code + "print(kappa.subs(t, 0).evalf(20))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    # w = 3/2: Sigma_2(0) = w^2 k1(0) = 9/(4 pi), and the other term is w Theta_1(0) k0 = 0.
    assert abs(float(run.stdout) - 9 / (4 * pi)) < 1e-15


@pytest.mark.parametrize(("form", "comment"), [("text", ""), ("latex", "% "), ("sympy", "# ")])
@pytest.mark.parametrize(
    ("kernel", "verdict"), [(NTK2, "HOLDS (all Maclaurin"), ('Zonal("t - t**3/2")', "FAILS (mu_3 < 0 on S^2)")]
)
def test_positive_definiteness_is_said_where_a_dimension_is_given(
    kernel: str, verdict: str, form: str, comment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = answer(capsys, "kernel", kernel, "--format", form)
    more = answer(capsys, "kernel", kernel, "--format", form, "--dim", 2)
    assert more.startswith(plain) and more[len(plain) :].startswith(f"{comment}all mu_k >= 0 on S^2: {verdict}")


def test_the_latex_form_is_balanced(capsys: pytest.CaptureFixture[str]) -> None:
    text = answer(capsys, "kernel", "NTK(depth=3)", "--format", "latex")
    assert text.count("{") == text.count("}") and r"\operatorname{acos}" in text


def test_the_surface_measure_multiplies_by_the_area(capsys: pytest.CaptureFixture[str]) -> None:
    """4 pi (1/2, 1/3, 5/64, 0) on S^2; coefficients expand kappa and do not change."""
    request = (NTK2, "--dim", 2, "--degrees", "0:3", "--digits", 15)
    ours, theirs = values(capsys, *request), values(capsys, *request, "--convention", "yu")
    for mu, a, b in zip((1 / 2, 1 / 3, 5 / 64, 0), ours, theirs, strict=True):
        assert abs(float(b["value"]) - 4 * pi * mu) < 1e-13
        assert (a["coefficient"], a["gegenbauer"]) == (b["coefficient"], b["gegenbauer"])
    assert [e["exact"] for e in theirs] == ["2*pi", "4*pi/3", "5*pi/16", "0"]


def test_basri_prints_cosine_coefficients_on_the_circle(capsys: pytest.CaptureFixture[str]) -> None:
    """1/pi^2, 1/4, 10/(9 pi^2) (Basri et al. 2019, section 4.1), kernel t k0/2."""
    request = ("NTK(depth=2, layer_scales=(1/2, 0))", "--dim", 1, "--degrees", "0:2")
    found = values(capsys, *request, "--convention", "basri")
    assert [e["exact"] for e in found] == ["1/pi**2", "1/4", "10/(9*pi**2)"]


def test_the_convention_is_named_unless_it_is_ours(capsys: pytest.CaptureFixture[str]) -> None:
    request = ("spectrum", NTK2, "--dim", 2, "--degrees", 1)
    assert "convention" not in json.loads(answer(capsys, *request, "--convention", "project", "--format", "json"))
    theirs = json.loads(answer(capsys, *request, "--convention", "murray", "--format", "json"))
    assert theirs["convention"] == "murray"
    for form in ("text", "latex", "markdown"):
        assert "convention murray on S^2" in answer(capsys, *request, "--convention", "murray", "--format", form)
    text = answer(capsys, "table", *request[1:], "--convention", "murray")
    assert "convention murray on S^2" in text.splitlines()[0]


def test_the_names_on_the_command_line_are_those_of_theory(capsys: pytest.CaptureFixture[str]) -> None:
    from theory.spectra.conventions import CONVENTIONS

    assert tuple(CONVENTIONS) == cli.CONVENTIONS
    for command in ("spectrum", "table"):
        words = "".join(answer(capsys, command, "--help").split())  # lines are wrapped at any hyphen
        assert all(name in words for name in CONVENTIONS)


@pytest.mark.parametrize(
    ("kernel", "dim"), [(NTK2, "2"), (NTK2, "5/2"), ("NTK(depth=3)", "3"), ("Laplace(rate=1)", "4")]
)
def test_mpmath_agrees_with_the_certified_digits(kernel: str, dim: str, capsys: pytest.CaptureFixture[str]) -> None:
    request = (kernel, "--dim", dim, "--degrees", "0:8", "--digits", 15)
    ours, theirs = values(capsys, *request), values(capsys, *request, "--route", "mpmath")
    for a, b in zip(ours, theirs, strict=True):
        assert (b["radius"], b["exact"], b["route"]) == (None, None, "mpmath")
        for name in ("value", "coefficient", "gegenbauer"):
            # Both sides are rounded to 15 digits.
            assert abs(Fraction(a[name]) - Fraction(b[name])) <= abs(Fraction(a[name])) / 10**14


def test_mpmath_follows_a_tiny_eigenvalue(capsys: pytest.CaptureFixture[str]) -> None:
    request = ("NTK(depth=3)", "--dim", 100, "--degrees", "24", "--digits", 10)
    (ours,), (theirs,) = values(capsys, *request), values(capsys, *request, "--route", "mpmath")
    assert Fraction(ours["value"]) < Fraction(1, 10**20)
    assert abs(Fraction(theirs["value"]) / Fraction(ours["value"]) - 1) < Fraction(1, 10**9)


def test_mpmath_says_that_it_has_no_bound(capsys: pytest.CaptureFixture[str]) -> None:
    request = ("spectrum", NTK2, "--dim", 2, "--degrees", 1, "--digits", 10, "--route", "mpmath")
    assert "10 digits checked in floating point without a bound, route mpmath" in answer(capsys, *request)
    document = json.loads(answer(capsys, *request, "--format", "json", "--convention", "yu"))
    assert document["evidence"] == "checked"
    assert abs(float(document["eigenvalues"][0]["value"]) - 4 * pi / 3) < 1e-9


@pytest.mark.parametrize("kernel", [NTK2, 'Dual("tanh")', "Matern(nu=2, lengthscale=1)", "NTK(depth=30)"])
def test_values_are_those_of_mpmath(kernel: str, capsys: pytest.CaptureFixture[str]) -> None:
    """But of tanh, whose oracle has doubles."""
    request = ("kernel", kernel, "--at", "1/3,-0.875,0", "--digits", 25)
    if kernel == "NTK(depth=30)":  # too long to be written out
        lines = answer(capsys, *request).splitlines()
        assert lines[0].startswith("NTK(depth=30) written out has") and len(lines) == 4
        return
    rows = json.loads(answer(capsys, *request, "--format", "json"))["values"]
    assert [row["t"] for row in rows] == ["1/3", "-7/8", "0"]
    for row in rows:
        with mp.workdps(40):
            t = mpf(Fraction(row["t"]).numerator) / Fraction(row["t"]).denominator
            difference = kappa_number(parse_kernel(kernel), t) - mpf(row["value"] or 0)
            assert abs(difference) <= (mpf(row["radius"] or row["bound"]) if "tanh" not in kernel else mpf(10) ** -12)


@pytest.mark.parametrize(("form", "comment"), [("text", ""), ("latex", "% "), ("sympy", "# ")])
def test_values_follow_the_formula(form: str, comment: str, capsys: pytest.CaptureFixture[str]) -> None:
    plain = answer(capsys, "kernel", NTK2, "--format", form)
    more = answer(capsys, "kernel", NTK2, "--format", form, "--at", "1,-1")
    assert more.startswith(f"{plain}{comment}kappa(1) = 2\n{comment}|kappa(-1)| < ")


SPECTRUM = ["spectrum", NTK2, "--dim", "2", "--degrees", "0:3"]
BAD = [
    (["kernel"], "'KERNEL'"),
    (["kernel", "NTKK(depth=2)"], "did you mean NTK?"),
    (["kernel", NTK2, "--format", "latx"], "did you mean latex?"),
    (["kernel", 'Dual("tanh")'], "no closed expression"),
    (["kernel", "NTK(depth=30)"], "take fewer layers"),
    (["kernel", NTK2, "--at", "2"], "t must lie in [-1, 1], got 2"),
    (["kernel", NTK2, "--at", ""], "--at: got ''"),
    (["kernel", NTK2, "--at", "1/2,"], "--at: got ''"),
    (["kernel", NTK2, "--at", "nan"], "--at: got 'nan'"),
    (["kernel", NTK2, "--at", "1/2", "--digits", "0"], "digits must be"),
    ([*SPECTRUM, "--convention", "basry"], "did you mean basri?"),
    (["table", *SPECTRUM[1:], "--convention", "basry"], "did you mean basri?"),
    (["spectrum", NTK2, "--dim", "5/2", "--degrees", "1", "--convention", "yu"], "integer d alone"),
    ([*SPECTRUM, "--route", "mpmth"], "did you mean mpmath?"),
    ([*SPECTRUM, "--route", "mpmath", "--digits", "1000"], "200 digits at most"),
    (["table", *SPECTRUM[1:], "--route", "mpmath"], "allowed: auto, closed"),
]


@pytest.mark.parametrize(("arguments", "naming"), BAD, ids=lambda value: repr(value)[:60])
def test_a_bad_request_is_one_line(arguments: list[str], naming: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.run(arguments)
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("spectral-bias: ") and err.count("\n") == 1
    assert naming in err


def test_mpmath_takes_a_branch_point_at_an_end(capsys: pytest.CaptureFixture[str]) -> None:
    """(1-t)^(1/3) on S^2: mu_0 = 2^(1/3) 3/4, the mean over [-1, 1]."""
    request = ('Zonal("(1-t)**(1/3)")', "--dim", "2", "--degrees", "0", "--digits", 12)
    (found,) = values(capsys, *request, "--route", "mpmath")
    assert abs(float(found["value"]) - 2 ** (1 / 3) * 0.75) < 1e-11


def test_two_quadratures_that_disagree_are_not_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def noisy(kernel: object, dim: object, degrees: range, digits: int, level: int, rule: str) -> list[mpf]:
        return [1 + mpf(10) ** -level] * len(degrees)

    monkeypatch.setattr("theory.spectra.routes.oracle.oracle_values", noisy)
    code = cli.run(["spectrum", NTK2, "--dim", "2", "--degrees", "0:2", "--route", "mpmath"])
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (1, "", 1) and "two quadratures agree" in err
