"""`import theory as th`: names loaded on first use, and what a notebook shows of each value."""

from __future__ import annotations

import re
import subprocess
import sys
from fractions import Fraction
from html.parser import HTMLParser

import pytest
import sympy as sp
from pylatexenc.latexwalker import LatexWalker

import theory as th
from theory.text import display

NTK2 = th.NTK(depth=2)


def latex(text: str) -> str:
    """LaTeX that parses strictly, with all its dollars in pairs."""
    LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    assert text.startswith("$") and text.endswith("$") and text.count("$") in (2, 4)
    return text


def cells(html: str) -> list[list[str]]:
    """Rows of the one table in a balanced text."""
    rows: list[list[str]] = []
    stack: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            stack.append(tag)
            rows.extend([[]] if tag == "tr" else [])
            if tag in ("td", "th"):
                rows[-1].append("")

        def handle_endtag(self, tag: str) -> None:
            assert stack.pop() == tag

        def handle_data(self, data: str) -> None:
            if stack and stack[-1] in ("td", "th"):
                rows[-1][-1] += data

    Reader().feed(html)
    assert not stack
    return rows


@pytest.mark.parametrize(
    "order",
    [
        "import theory as th",
        "from theory.statements.decide import decide; import theory.spectra.spectrum, theory.laws.decay, theory as th",
    ],
)
def test_functions_are_found_whatever_was_imported_before(order: str) -> None:
    code = f"{order}\nassert all(map(callable, (th.spectrum, th.decay, th.decide))) and th.spectrum(th.NTK(2), 2, 1)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_loads_nothing_and_every_name_is_there() -> None:
    heavy = "('theory', 'sympy', 'flint')"
    code = f"import theory, sys; print(sorted(m for m in sys.modules if m.startswith({heavy})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['theory', 'theory.numbers', 'theory.numbers.evaluated', 'theory.numbers.shown']\n"
    assert dir(th) == sorted([*th.HOME, *th.CALLED, "__version__"])
    assert all(getattr(th, name).__module__.startswith(th.HOME[name]) for name in th.HOME)
    with pytest.raises(AttributeError, match="no attribute 'spektrum'"):
        th.spektrum  # noqa: B018


def test_a_kernel_shows_its_function() -> None:
    assert latex(NTK2._repr_latex_()).startswith(r"$\displaystyle \kappa(t) = ")
    assert r"\operatorname{acos}" in NTK2._repr_latex_()
    both = NTK2 + Fraction(1, 2) * th.Gaussian(1)
    assert latex(both._repr_latex_()).count("e^{") == 1
    assert th.Dual("tanh")._repr_latex_() is None  # no closed expression: the constructor call is shown
    assert all(th.NTK(depth=depth)._repr_latex_() is None for depth in (8, 40))  # too long, and far too long


def test_a_law_shows_every_branch() -> None:
    law = th.decay(th.NTK(depth=3), "k", dim=3, terms=2)
    text = latex(law._repr_latex_())
    assert text.count(r"\mu_k") == len(law.law) and "+ -" not in text
    for branch in law.law:
        if branch.leading != 0:
            assert sp.latex(branch.terms[0][1]) in text


def test_a_spectrum_shows_the_digits_of_its_table() -> None:
    found = th.spectrum(NTK2, 2, range(7), digits=12)
    rows = cells(found._repr_html_())
    assert rows[0] == ["degree", "multiplicity", "eigenvalue", "exact"]
    assert [row[2] for row in rows[1:]] == [e.decimal(12)[0] for e in found.eigenvalues]
    assert rows[3] == ["2", "5", "0.078125", "5/64"]
    text = latex(found._repr_latex_())
    assert r"2 & 5 & 0.078125 & \frac{5}{64} \\" in text and text.count(r"\\") == 8


def test_long_tables_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "MOST_ROWS", 3)
    found = th.spectrum(NTK2, 3, range(10), digits=5)
    assert cells(found._repr_html_())[-1] == ["...", "", "7 more", ""]
    assert "7 more" in latex(found._repr_latex_())


def test_a_verdict_shows_its_reason_escaped() -> None:
    verdict = th.decide(th.parse_statement("mu(k) > 0", "NTK(depth=2)"))
    rows = dict(cells(verdict._repr_html_()))
    assert rows["truth"] == "FAILS" and rows["scope"] == "for all k >= 0, d >= 1"
    assert rows["counterexample"].startswith("k = 3, d = 1") and "&gt;=" in verdict._repr_html_()
    proved = th.decide(th.parse_statement("mu(1) = 1/(d+1)", "NTK(depth=2)"))
    assert re.fullmatch(r"\d+ steps, replayed", dict(cells(proved._repr_html_()))["proof"])


def test_pandas_and_xarray_hold_the_same_numbers() -> None:
    found = th.spectrum(NTK2, 30, range(40), digits=30)
    frame, arrays = found.to_pandas(), found.to_xarray()
    assert frame.index.tolist() == list(range(40)) == arrays.degree.values.tolist()
    assert frame["value"].tolist() == found.eigenvalues.floats().tolist() == arrays.value.values.tolist()
    assert frame["multiplicity"].tolist() == [e.multiplicity for e in found.eigenvalues]  # beyond 2**63 too
    assert max(frame["multiplicity"]) > 2**63
    assert frame["decimal"].tolist() == [e.decimal(30)[0] for e in found.eigenvalues]
    assert arrays.attrs["kernel"] == "NTK(depth=2)" and arrays.attrs["dim"] == "30"
    assert th.spectrum(NTK2, Fraction(5, 2), range(2)).to_pandas()["multiplicity"].tolist() == [None, None]
    assert th.spectrum(th.NTK(3), 2, range(2), digits=5).to_pandas()["exact"].tolist() == [None, None]


def test_a_table_of_exactly_as_many_rows_as_are_shown_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for rows, left in ((3, None), (4, "1 more")):
        monkeypatch.setattr(display, "MOST_ROWS", 3)
        found = th.spectrum(NTK2, 2, range(rows), digits=5)
        shown = cells(found._repr_html_())
        text = latex(found._repr_latex_())
        assert [row[0] for row in shown] == ["degree", "0", "1", "2", *(["..."] if left else [])]
        assert ("more" in text, r"\vdots" in text) == (left is not None,) * 2
        assert left is None or (shown[-1][2] == left and rf"\vdots & & \text{{{left}}} & \\" in text)


def test_a_formula_of_exactly_as_many_characters_as_are_shown_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    formula = NTK2._repr_latex_().removeprefix(r"$\displaystyle \kappa(t) = ").removesuffix("$")
    for most, shown in ((len(formula), True), (len(formula) - 1, False)):
        monkeypatch.setattr(display, "MOST_LATEX", most)
        assert (NTK2._repr_latex_() is not None) == shown


def test_cells_without_a_value_are_empty() -> None:
    """No exact form of three layers, no count of harmonics in a real dimension."""
    three = th.spectrum(th.NTK(depth=3), 2, range(2), digits=5)
    assert [row[3] for row in cells(three._repr_html_())[1:]] == ["", ""]
    assert re.search(r"^1 & 3 & 0\.\d+ &  \\\\$", three._repr_latex_(), re.MULTILINE)
    real = th.spectrum(NTK2, Fraction(5, 2), range(2), digits=5)
    assert [row[1] for row in cells(real._repr_html_())[1:]] == ["", ""]
    assert "1 &  & 0.28571 & \\frac{2}{7} \\\\" in real._repr_latex_()
    assert real._repr_html_().startswith("<table><caption>NTK(depth=2), mu_k on S^(5/2), ")
    few = th.spectrum(th.Zonal("1/(2-t)"), 2, range(1), digits=5)
    assert "<caption>Zonal(&quot;1/(2-t)&quot;), " in few._repr_html_()


def test_each_branch_of_a_law_is_a_line_of_one_display() -> None:
    text = th.decay(NTK2, "k", dim=2)._repr_latex_()
    assert text.startswith("$$\\begin{aligned}\n") and text.endswith("\\end{aligned}$$")
    assert text.count("\\\\\n") == 1 and "align*" not in text and "%" not in text
    assert r"k \ge 3\ \text{odd}" in text
