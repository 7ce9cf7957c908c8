"""Tables: every printed digit right, LaTeX that compiles, exact forms that mean what they show."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mpmath import mp, mpf
from pylatexenc.latexwalker import LatexWalker, LatexWalkerParseError

from tests.reading import value_of
from theory.kernels import NTK, ArcCosine
from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra.spectrum import spectrum
from theory.text.spectra import FORMATS, render, typeset

SCALED = NTK(depth=2, layer_scales=(Fraction(1, 2), 1))


def two_layer(dim: Fraction, degree: int) -> mpf:
    """mu_k(NTK(2)) = 2 c_k(1)^2 (k(k+d-1) + d + 2) in floating point (CONVENTIONS, facts 1 and 2)."""
    d, k = mpf(dim.numerator) / dim.denominator, degree
    cap = mp.gamma((d + 1) / 2) * mp.rgamma(mpf(1 - k) / 2 + 1) * mp.rgamma((k + d + 2) / 2) / 4
    return 2 * cap**2 * (k * (k + d - 1) + d + 2)


def rounded(value: mpf, digits: int) -> Decimal:
    return Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(mp.nstr(value, mp.dps - 15))


@given(dim=st.fractions(1, 30, max_denominator=6), start=st.integers(0, 400), digits=st.integers(1, 60))
@example(dim=Fraction(1), start=0, digits=30)
@example(dim=Fraction(2), start=0, digits=1)
@example(dim=Fraction(3), start=498, digits=40)  # the exact form changes its shape on the way
@example(dim=Fraction(5, 2), start=0, digits=30)
@example(dim=Fraction(5, 3), start=1, digits=2)  # 3/8: halfway between two numbers of two digits
@example(dim=Fraction(999), start=1, digits=2)
def test_value_coefficient_and_gegenbauer_are_correctly_rounded(dim: Fraction, start: int, digits: int) -> None:
    found = spectrum(NTK(depth=2), dim, range(start, start + 3), digits)
    with mp.workdps(digits + 60):
        d = mpf(dim.numerator) / dim.denominator
        for entry in json.loads(render(found, "json"))["eigenvalues"]:
            k = entry["degree"]
            mu = two_layer(dim, k)
            count = mp.gamma(k + d) / (mp.gamma(d) * mp.factorial(k)) * (2 * k + d - 1) / (k + d - 1) if k else 1
            on_circle = mpf(2 if k else 1)
            scale = on_circle if d == 1 else (2 * k + d - 1) / (d - 1)
            assert Decimal(entry["value"]) == rounded(mu, digits)
            assert Decimal(entry["coefficient"]) == rounded(count * mu, digits)
            assert Decimal(entry["gegenbauer"]) == rounded(scale * mu, digits)
            assert (entry["multiplicity"] is None) == (dim.denominator != 1)
            if entry["multiplicity"] is not None:
                assert int(entry["multiplicity"]) == int(mp.nint(count))


def meaning(latex: str) -> mpf:
    """The number that a typeset exact form shows, read by rules of its own."""
    source = latex
    for pattern, plain in [
        (r"\\left", ""),
        (r"\\right", ""),
        (r"\\Gamma", "gamma"),
        (r"\\pi", "pi"),
        (r" ?\\[,] | \\cdot ", "*"),
        (r"(\d+)!", r"factorial(\1)"),
        (r"\^\{(\d+)\}", r"**\1"),
        (r"\\frac\{", "over("),
        (r"\}\{", ","),
        (r"\}", ")"),
        (r"(\d) (?=[a-z(])", r"\1*"),
    ]:
        source = re.sub(pattern, plain, source)
    names = {"over": lambda a, b: mpf(a) / b, "gamma": mp.gamma, "factorial": mp.factorial, "pi": mp.pi}
    return value_of(source, names, mpf)


@pytest.mark.parametrize("dim", [1, 2, 3, 8, Fraction(5, 2)])
@pytest.mark.parametrize("kernel", [NTK(depth=2), SCALED + ArcCosine(0), ArcCosine(2)], ids=repr)
def test_typeset_exact_form_has_the_value_beside_it(kernel: object, dim: int | Fraction) -> None:
    text = render(spectrum(kernel, dim, range(40), digits=20), "latex")
    rows = [line.removesuffix(r" \\").split(" & ") for line in text.splitlines() if re.match(r"\d+ &", line)]
    assert len(rows) == 40
    for _, _, exact, value in rows:
        shown = Decimal(re.sub(r" \\times 10\^\{(-?\d+)\}", r"e\1", value.strip("$")))
        with mp.workdps(40):
            gap = abs(meaning(exact.strip("$")) - mpf(str(shown)))
            assert gap <= mpf(10) ** -20 * abs(mpf(str(shown))) * 5  # half a unit of the last of 20 digits


@given(st.dictionaries(st.integers(-3, 3), st.fractions(-99, 99, max_denominator=99), max_size=3))
def test_typeset_keeps_the_value(terms: dict[int, Fraction]) -> None:
    value = sum((PiPolynomial.of(c, p) for p, c in terms.items()), PiPolynomial())
    with mp.workdps(30):
        direct = mp.fsum(mpf(c.numerator) / c.denominator * mp.pi**p for p, c in terms.items())
        assert abs(meaning(typeset(repr(value))) - direct) <= mpf(10) ** -25 * (1 + abs(direct))


@pytest.mark.parametrize("text", ["", "x", "1 +", "2^3", "sin(1)", "1.5", "Gamma 2", r"\input{x}"])
def test_typeset_refuses_what_is_not_an_exact_form(text: str) -> None:
    with pytest.raises(ValueError, match="cannot typeset"):
        typeset(text)


def compile_latex(body: str, folder: Path) -> None:
    """A real LaTeX run where one is installed; else the fragment must parse strictly."""
    document = "\n".join((r"\documentclass{article}\usepackage{booktabs}\begin{document}", body, r"\end{document}", ""))
    program = shutil.which("pdflatex")
    if program is None:
        LatexWalker(document, tolerant_parsing=False).get_latex_nodes()
        return
    (folder / "table.tex").write_text(document)
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "table.tex"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-2000:]


@pytest.mark.parametrize("dim", [2, 3, Fraction(5, 2)])
def test_latex_compiles(dim: int | Fraction, tmp_path: Path) -> None:
    kernels = (NTK(depth=2), SCALED, Fraction(1, 2) * ArcCosine(0) + ArcCosine(1))
    text = render([spectrum(k, dim, range(60), digits=12) for k in kernels], "latex")
    compile_latex(text, tmp_path)
    rows = [line for line in text.splitlines() if line.endswith(r"\\") and "multicolumn" not in line]
    assert {line.count(" & ") for line in rows} == {7}  # 2 + 2 for each kernel
    for word in (*map(repr, kernels), "probability measure", "P_k(1) = 1", "route closed", "12 digits"):
        assert any(word in line for line in text.splitlines() if line.startswith("%"))


def test_a_broken_table_does_not_compile(tmp_path: Path) -> None:
    text = render(spectrum(NTK(depth=2), 2, range(3)), "latex")
    with pytest.raises((AssertionError, LatexWalkerParseError)):
        compile_latex(text.replace(r"\end{tabular}", ""), tmp_path)


def test_a_kernel_without_closed_form_has_no_exact_column() -> None:
    found = spectrum(NTK(depth=3), 2, range(3, 4), digits=20)
    entry = json.loads(render(found, "json"))["eigenvalues"][0]
    assert (entry["exact"], entry["route"]) == (None, "angle")
    assert entry["value"] == "0.018644077213182819127"  # CONVENTIONS, test values
    assert "| 3 | 7 | --- | 0.018644077213182819127 |" in render(found, "markdown")
    assert "3 & 7 & --- & $0.018644077213182819127$" in render(found, "latex")


def test_only_equal_shapes_stand_side_by_side() -> None:
    first = spectrum(NTK(depth=2), 2, range(3))
    for second in (
        spectrum(NTK(depth=2), 3, range(3)),
        spectrum(NTK(depth=2), 2, range(1, 4)),
        spectrum(NTK(depth=2), 2, range(3), digits=5),
    ):
        with pytest.raises(ValueError, match="equal dim, degrees and digits"):
            render([first, second], "latex")
    for form in ("text", "json"):
        with pytest.raises(ValueError, match="takes one spectrum"):
            render([first, first], form)
    with pytest.raises(ValueError, match="must be one of text, json"):
        render(first, "xml")


@pytest.mark.parametrize("form", FORMATS)
def test_ten_times_the_degrees_cost_about_ten_times_the_text(form: str) -> None:
    short, long = (len(render(spectrum(NTK(depth=2), 2, range(n), digits=5), form)) for n in (200, 2000))
    assert long < 15 * short
