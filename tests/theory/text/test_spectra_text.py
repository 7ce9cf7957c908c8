"""Small tables written out in each format, with laws and without; the limits of a request."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest

from tests.theory.values import refuses_change
from theory.kernels import NTK, ArcCosine, Dual, Gaussian
from theory.laws.decay import decay
from theory.numbers.balls import Enclosure
from theory.spectra.floating import floating_spectrum
from theory.spectra.spectrum import spectrum
from theory.text import paper_tables as blocks
from theory.text import spectra as tables
from theory.text.paper_table_formats import render_blocks
from theory.text.paper_tables import LONG, TableRequest, law_leading
from theory.text.spectra import printed_exact, render, request_line, typeset_exact

NTK2 = NTK(depth=2)
# mu_0, ..., mu_3 of NTK(depth=2) on S^2 are 1/2, 1/3, 5/64, 0 and N = 2k + 1; with omega_2 = 4 pi
# the surface measure makes them 2 pi, 4 pi/3, 5 pi/16, 0. Halves are rounded to even. Those of
# ArcCosine(1) are (d+1)/(k(k+d-1) + d + 2) of them: 3/4, 1/2, 3/10.
FOUR = spectrum(NTK2, 2, range(4), 5)
SCOPE = "mu_k on S^2, probability measure, P_k(1) = 1"


def lines(text: str) -> list[str]:
    assert text.endswith("\n") and not text.endswith("\n\n")
    return text.splitlines()


def test_text_has_aligned_columns() -> None:
    assert lines(render(FOUR, "text", "yu")) == [
        "NTK(depth=2), convention yu on S^2 (surface measure of S^d: omega_d mu_k), "
        "correctly rounded to 5 digits, route closed",
        "degree  multiplicity  eigenvalue  exact",
        "     0             1  6.2832      2*pi",
        "     1             3  4.1888      4*pi/3",
        "     2             5  0.98175     5*pi/16",
        "     3             7  0           0",
    ]
    assert "mu_k on S^(5/2), probability" in render(spectrum(NTK2, Fraction(5, 2), range(2), 3), "text")
    wide = lines(render(spectrum(NTK(depth=3), 2, range(2), 30), "text"))
    assert [len(line) for line in wide[2:]] == [len("degree  multiplicity  0.") + 30] * 2


def test_json_names_what_is_not_the_default() -> None:
    plain, theirs = (json.loads(render(FOUR, "json", name)) for name in ("project", "yu"))
    assert set(plain) == {"schema", "kernel", "dim", "digits", "eigenvalues"} == set(theirs) - {"convention"}
    assert theirs["convention"] == "yu" and (plain["schema"], plain["dim"], plain["digits"]) == (1, 2, 5)
    assert plain["eigenvalues"][2] == {
        "degree": 2,
        "multiplicity": "5",
        "value": "0.078125",
        "radius": "0",
        "exact": "5/64",
        "coefficient": "0.39062",
        "gegenbauer": "0.39062",
        "route": "closed",
        "bound": None,
    }
    assert theirs["eigenvalues"][2]["exact"] == "5*pi/16"
    assert theirs["eigenvalues"][2]["coefficient"] == "0.39062"  # of kappa, whatever the convention
    assert render(FOUR, "json").startswith('{\n  "schema"')
    real = json.loads(render(spectrum(NTK2, Fraction(5, 2), range(1), 5), "json"))
    assert real["dim"] == "5/2" and real["eigenvalues"][0]["multiplicity"] is None


def test_floating_point_says_that_it_has_no_bound() -> None:
    found = floating_spectrum(NTK2, 2, range(2), 5)
    entry = json.loads(render(found, "json", "yu"))
    assert entry["evidence"] == "checked" and "evidence" not in json.loads(render(FOUR, "json"))
    last = entry["eigenvalues"][1]
    assert (last["value"], last["radius"], last["exact"], last["route"]) == ("4.1888", None, None, "mpmath")
    assert json.loads(render(found, "json"))["eigenvalues"][1]["value"] == "0.33333"
    assert "5 digits checked in floating point without a bound, route mpmath" in render(found, "text")


def test_csv_has_a_line_for_each_kernel_and_degree() -> None:
    other = spectrum(ArcCosine(1), 2, range(4), 5)
    found = lines(render([FOUR, other], "csv"))
    assert found[0] == "kernel,dim,degree,multiplicity,value,radius,exact,coefficient,gegenbauer,route,bound"
    assert found[3] == "NTK(depth=2),2,2,5,0.078125,0,5/64,0.39062,0.39062,closed,"
    assert [line.partition(",")[0] for line in found[1:]] == ["NTK(depth=2)"] * 4 + ["ArcCosine(order=1)"] * 4


def test_markdown_heads_its_columns() -> None:
    assert lines(render(FOUR, "markdown"))[:6] == [
        f"`NTK(depth=2)`, {SCOPE}, correctly rounded to 5 digits",
        "",
        "| degree | multiplicity | exact | eigenvalue |",
        "| ---: | ---: | :--- | :--- |",
        "| 0 | 1 | `1/2` | 0.5 |",
        "| 1 | 3 | `1/3` | 0.33333 |",
    ]
    two = lines(render([FOUR, spectrum(NTK(depth=3), 2, range(4), 5)], "markdown"))
    assert two[0] == f"{SCOPE}, correctly rounded to 5 digits"
    assert two[2:4] == [
        "| degree | multiplicity | `NTK(depth=2)` exact | `NTK(depth=2)` eigenvalue "
        "| `NTK(depth=3)` exact | `NTK(depth=3)` eigenvalue |",
        "| ---: | ---: | :--- | :--- | :--- | :--- |",
    ]
    assert re.fullmatch(r"\| 2 \| 5 \| `5/64` \| 0\.078125 \| --- \| 0\.\d+ \|", two[6])


def test_latex_is_a_booktabs_tabular() -> None:
    second = spectrum(ArcCosine(1), 2, range(4), 5)
    found = lines(render([FOUR, second], "latex", "yu"))
    theirs = "convention yu on S^2 (surface measure of S^d: omega_d mu_k), correctly rounded to 5 digits"
    for line, kernel in zip(found, ("NTK(depth=2)", "ArcCosine(order=1)"), strict=False):
        assert line.startswith(f"% {kernel}, {theirs}, route closed, spectral-bias ")
    assert found[2:14] == [
        '% request: {"kernels": ["NTK(depth=2)", "ArcCosine(order=1)"], "dims": [2], "degrees": "0:3", '
        '"digits": 5, "convention": "yu"}',
        r"% needs \usepackage{booktabs}",
        r"\begin{tabular}{rrllll}",
        r"\toprule",
        r" & & \multicolumn{2}{c}{\texttt{NTK(depth=2)}} & \multicolumn{2}{c}{\texttt{ArcCosine(order=1)}} \\",
        r"\cmidrule(lr){3-4}\cmidrule(lr){5-6}",
        r"degree & multiplicity & exact & eigenvalue & exact & eigenvalue \\",
        r"\midrule",
        r"0 & 1 & $2 \pi$ & $6.2832$ & $\frac{3 \pi}{2}$ & $4.7124$ \\",
        r"1 & 3 & $\frac{4 \pi}{3}$ & $4.1888$ & $\frac{2 \pi}{3}$ & $2.0944$ \\",
        r"2 & 5 & $\frac{5 \pi}{16}$ & $0.98175$ & $\frac{3 \pi}{32}$ & $0.29452$ \\",
        r"3 & 7 & $0$ & $0$ & $0$ & $0$ \\",
    ]
    assert found[14:] == [r"\bottomrule", r"\end{tabular}"]


def test_a_long_exact_form_is_typeset_with_gammas_in_our_convention_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    e = spectrum(NTK2, 2, 44, 5).eigenvalues[0]
    length = len(printed_exact(e, "project"))
    for limit, long in ((length, False), (length - 1, True)):
        monkeypatch.setattr(tables, "TYPESET_LIMIT", limit)
        assert (r"\Gamma" in typeset_exact(e)) == long
        assert r"\Gamma" not in typeset_exact(e, "yu")
    assert typeset_exact(spectrum(NTK(3), 2, 44, 5).eigenvalues[0]) == "---"


def test_a_rounding_that_the_ball_leaves_open_is_decided_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """N mu_k for real d by a ball, and where that says nothing by the exact product."""
    e = spectrum(NTK2, Fraction(5, 2), 7, 12).eigenvalues[0]
    right = tables._real_coefficient(e, 12)
    monkeypatch.setattr(tables.Enclosure, "of", lambda *_: Enclosure((1, 0), (1, 3)))
    assert tables._real_coefficient(e, 12) == right


def test_a_request_line_leaves_out_what_is_the_default() -> None:
    more = {"show": ["exact", "value"], "laws": False, "multiplicity": True, "convention": "project", "route": "auto"}
    assert request_line([NTK2], [3, Fraction(5, 2)], range(2, 5), 8, **more) == (
        '% request: {"kernels": ["NTK(depth=2)"], "dims": [3, "5/2"], "degrees": "2:4", "digits": 8}'
    )
    other = {"show": ["value"], "laws": True, "multiplicity": False, "convention": "yu", "route": "angle"}
    for key, value in other.items():
        line = request_line([NTK2], [3], range(2), 8, **(more | {key: value}))
        assert json.loads(line.removeprefix("% request: "))[key] == value


LAWS = TableRequest(
    (NTK2, Gaussian(1)), (3,), range(1, 3), 5, ("value", "coefficient"), laws=True, caption="Cap", label="tab:x"
)


def test_a_block_with_laws_in_latex() -> None:
    """mu_2 of NTK(depth=2) on S^3 is 0.046833, N = (k+1)^2; its law is 8/(pi^2 k^4) at even k."""
    found = lines(render_blocks(LAWS, "latex"))
    assert re.fullmatch(
        rf"% spectral-bias \S+, python-flint \S+, sympy \S+; {re.escape(SCOPE.replace('^2', '^d'))}, "
        "degrees 1 to 2",
        found[0],
    )
    status = "route closed, closed; certified, correctly rounded to 5 digits; laws proved, checked"
    assert found[1:20] == [
        f"% S^3: {status}",
        LAWS.line(),
        r"% needs \usepackage{booktabs}",
        r"\begin{table}",
        r"\centering",
        r"\caption{Cap}\label{tab:x}",
        r"\begin{tabular}{rrllll}",
        r"\toprule",
        r" & & \multicolumn{2}{c}{\texttt{NTK(depth=2)}} & \multicolumn{2}{c}{\texttt{Gaussian(rate=1)}} \\",
        r"\cmidrule(lr){3-4}\cmidrule(lr){5-6}",
        r"degree & multiplicity & eigenvalue & $N \mu_k$ & eigenvalue & $N \mu_k$ \\",
        r"\midrule",
        r"\multicolumn{6}{l}{$d = 3$} \\",
        r"1 & 4 & $0.25$ & $1$ & $0.099878$ & $0.39951$ \\",
        r"2 & 9 & $0.046833$ & $0.42150$ & $0.016311$ & $0.14680$ \\",
        r"\multicolumn{2}{l}{even $k \to \infty$} & \multicolumn{2}{l}{$\frac{8}{\pi^{2}} \, k^{-4}$} "
        r"& \multicolumn{2}{l}{$\frac{2^{- k}}{e \Gamma\left(k + 2\right)}$} \\",
        r"\multicolumn{2}{l}{odd $k \to \infty$} & \multicolumn{2}{l}{$0$} "
        r"& \multicolumn{2}{l}{$\frac{2^{- k}}{e \Gamma\left(k + 2\right)}$} \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]
    assert found[20:] == [r"\end{table}"]


def test_a_block_with_laws_in_markdown_and_csv() -> None:
    found = lines(render_blocks(LAWS, "markdown"))
    assert found[0] == f"Cap ({SCOPE.replace('^2', '^d')}, degrees 1 to 2)"
    quality = "certified, correctly rounded to 5 digits"
    assert found[2].startswith(f"d = 3, route closed, closed; {quality}; laws proved")
    assert found[5] == "| ---: | ---: | :--- | :--- | :--- | :--- |"
    assert found[6] == "| 1 | 4 | `0.25` | `1` | `0.099878` | `0.39951` |"
    assert found[8].startswith("| k -> oo, even | --- | `8/(pi**2*k**4)` |  | `") and found[8].endswith("` |  |")
    rows = lines(render_blocks(LAWS, "csv"))
    assert rows[:2] == ["kernel,dim,row,multiplicity,value,coefficient,law", "NTK(depth=2),3,1,4,0.25,1,"]
    assert rows[5] == "NTK(depth=2),3,even,,,,8/(pi**2*k**4)" and rows[7] == "NTK(depth=2),3,odd,,,,0"
    plain = TableRequest((NTK2,), (2,), range(2), 5, multiplicity=False)
    assert lines(render_blocks(plain, "markdown"))[0].startswith("Table (mu_k on S^d")
    assert lines(render_blocks(plain, "markdown"))[4:7] == [
        "| degree | `NTK(depth=2)` exact | `NTK(depth=2)` value |",
        "| ---: | :--- | :--- |",
        "| 0 | `1/2` | `0.5` |",
    ]
    assert "laws" not in render_blocks(plain, "latex") and "longtable" not in render_blocks(plain, "latex")
    with pytest.raises(ValueError, match="format must be one of latex, markdown, csv, got 'text'"):
        render_blocks(plain, "text")


def test_a_longtable_heads_every_page() -> None:
    found = lines(
        render_blocks(TableRequest((NTK2,), (2,), range(2), 5, ("value",), caption="Cap", longtable=True), "latex")
    )
    begin = found.index(r"\begin{longtable}{rrl}")
    assert found[begin - 1] == r"% needs \usepackage{booktabs} and \usepackage{longtable}"
    assert found[begin + 1 : begin + 3] == [r"\caption{Cap} \\", r"\toprule"]
    assert found[begin + 6 : begin + 8] == [r"\endhead", r"\midrule"] and found[-1] == r"\end{longtable}"
    bare = lines(render_blocks(TableRequest((NTK2,), (2,), range(2), 5, longtable=True), "latex"))
    assert bare[bare.index(r"\begin{longtable}{rrll}") + 1] == r"\toprule"
    # As many rows as LONG are no longtable; laws are rows too.
    for degrees, laws, dims, long in (
        (LONG, False, (2,), False),
        (LONG + 1, False, (2,), True),
        (LONG - 2, True, (2,), False),
        (LONG - 1, True, (2,), True),
        (LONG // 2, False, (2, 3), False),
    ):
        request = TableRequest((NTK2,), dims, range(degrees), 5, ("value",), laws=laws)
        assert request.rows == len(dims) * (degrees + 2 * laws)
        assert ("longtable" in render_blocks(request, "latex")) == long
    refuses_change(request)


def test_a_title_and_a_label_alone_make_a_table_environment() -> None:
    found = render_blocks(
        TableRequest((NTK2, ArcCosine(1)), (2,), range(1), 5, ("value",), titles=("", "A"), label="x"), "latex"
    )
    assert "\\centering\n\\label{x}\n" in found
    assert r" & & \multicolumn{1}{c}{\texttt{NTK(depth=2)}} & \multicolumn{1}{c}{A} \\" in found
    bare = render_blocks(TableRequest((NTK2,), (2,), range(1), 5, multiplicity=False), "latex")
    assert "\n0 & $\\frac{1}{2}$ & $0.5$ \\\\\n" in bare
    assert "{table}" not in bare and "\\cmidrule(lr){2-3}\ndegree & exact" in bare


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kernels": ()}, "kernels: at least one and none twice, got 0"),
        ({"dims": (2, 2)}, "dims: at least one .* got 2"),
        ({"show": ()}, "show: at least one"),
        ({"show": ("value", "value")}, "show: at least one and none twice, got 2"),
        ({"digits": 0}, "digits must be"),
        ({"degrees": range(3, 3)}, "degrees"),
        ({"convention": "x"}, "unknown convention"),
        ({"route": "mpmath"}, "route must be one of .*got 'mpmath'"),
        ({"titles": ("a", "b")}, "titles: one for each kernel, got 2 for 1"),
        ({"laws": True, "dims": (2, Fraction(5, 2))}, "laws: only for integer d, got d = 5/2"),
    ],
)
def test_a_request_is_checked(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        TableRequest(**({"kernels": (NTK2,), "dims": (2,), "degrees": range(3)} | changes))


def test_a_table_has_sixteen_digits_unless_others_are_asked_for() -> None:
    assert f"`0.{'3' * 16}`" in render_blocks(TableRequest((NTK2,), (2,), range(2)), "markdown")


def test_as_many_cells_as_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (LONG, blocks.MAX_CELLS, tables.TYPESET_LIMIT) == (40, 200_000, 48)
    monkeypatch.setattr(blocks, "MAX_CELLS", 2 * 3 * 5 * 2)
    kernels, dims = (NTK2, ArcCosine(1)), (1, 2, 3)
    assert TableRequest(kernels, dims, range(5)).rows == 15
    with pytest.raises(ValueError, match="a table of 72 cells, at most 60"):
        TableRequest(kernels, dims, range(6))


def test_the_law_of_a_cell_is_that_of_its_parity_times_the_convention() -> None:
    law = decay(NTK2, "k", dim=3)
    (even, odd), area = law.law, law_leading(law, "even", "yu", 3) / law.law[0].leading
    assert law_leading(law, "odd", "yu", 3) == 0 == odd.leading and even.parity == "even"
    assert abs(float(area) - 19.739208802178716) < 1e-12  # 2 pi^2, the area of S^3
    assert law_leading(None, "even", "yu", 3) is None
    assert law_leading(decay(Gaussian(1), "k", dim=3), "odd", "project", 3) is not None
    with pytest.raises(ValueError, match="not in convention kernel-generalization-scaled"):
        law_leading(law, "even", "kernel-generalization-scaled", 3)
    (block,) = blocks.blocks(TableRequest((NTK2, Dual("gelu")), (3,), range(2), laws=True))
    assert block.law_evidence[0] == "proved" and len(block.law_evidence) == 2
    rows = list(block.rows())
    assert [row.label for row in rows] == ["0", "1", "even", "odd"]
    assert [row.is_law for row in rows] == [False] * 2 + [True] * 2
    for value in (block, rows[0], rows[0].groups[0][0]):
        refuses_change(value)
