"""`spectral-bias table FILE.toml` and `--check`: independent values, planted errors, bad files."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from pylatexenc.latexwalker import LatexWalker

from theory.text.latex_numbers import Unreadable, decimals, read_number
from verify.command import cli

TABLES = Path(__file__).resolve().parents[2] / "tables"
PLAIN = 'kernels = ["NTK(depth=2)"]\ndims = [2]\ndegrees = "0:4"\n'


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """call(*arguments, toml=..., tex=...): files table.toml and table.tex stand where T and X are."""

    def run(*arguments: str, toml: str | None = None, tex: str | None = None) -> tuple[int, str, str]:
        paths = {"T": tmp_path / "table.toml", "X": tmp_path / "table.tex"}
        for path, text in ((paths["T"], toml), (paths["X"], tex)):
            if text is not None:
                path.write_text(text, encoding="utf-8")
        code = cli.run(["table", *(str(paths.get(a, a)) for a in arguments)])
        return code, *capsys.readouterr()

    return run


def test_the_table_of_the_repository_is_what_its_file_makes(capsys: pytest.CaptureFixture[str]) -> None:
    for source in TABLES.glob("*.toml"):
        assert cli.run(["table", str(source)]) == 0
        made, kept = capsys.readouterr().out.splitlines(), source.with_suffix(".tex").read_text().splitlines()
        assert made[0].startswith("% spectral-bias ") and "python-flint" in made[0]
        assert made[1:] == kept[1:]  # versions stand in the first line


FULL = """
kernels = [{ kernel = "NTK(depth=2)", title = 'two $\\kappa$' }, "Gaussian(rate=1)"]
dims = [2, 3]
degrees = "0:3"
digits = 10
show = ["value", "exact", "coefficient", "gegenbauer"]
laws = true
multiplicity = false
caption = "A caption."
label = "tab:x"
"""


def test_every_format_says_the_same(call: Callable) -> None:
    rows = list(csv.DictReader(io.StringIO(call("T", "--format", "csv", toml=FULL)[1])))
    assert len(rows) == 2 * 2 * (4 + 2)
    cell = {(r["kernel"], r["dim"], r["row"]): r for r in rows}
    at = cell["NTK(depth=2)", "2", "2"]
    # mu_2 = 5/64 on S^2; N = 5 = (2k+d-1)/(d-1).
    shown = [at[c] for c in ("value", "exact", "coefficient", "gegenbauer")]
    assert shown == ["0.078125", "5/64", "0.390625", "0.390625"]
    # exp(t-1): mu_0 = (1 - e^-2)/2 on S^2.
    assert abs(float(cell["Gaussian(rate=1)", "2", "0"]["value"]) - 0.43233235838169365) < 1e-10
    law = cell["NTK(depth=2)", "3", "even"]["law"]
    assert law == "8/(pi**2*k**4)" and cell["NTK(depth=2)", "3", "odd"]["law"] == "0"  # CONVENTIONS, fact 3
    for form in ("latex", "markdown"):
        text = call("T", "--format", form)[1]
        assert "0.078125" in text and "0.4323323584" in text and "A caption." in text
    assert r"two $\kappa$" in call("T")[1]


def test_latex_states_its_scope_and_is_whole(call: Callable) -> None:
    code, text, err = call("T", toml=FULL)
    assert (code, err) == (0, "")
    comments = [line for line in text.splitlines() if line.startswith("%")]
    scope, status = ("mu_k on S^d, probability measure", "degrees 0 to 3"), ("certified", "laws proved")
    for word in (*scope, "route closed", *status, "sympy"):
        assert any(word in line for line in comments), word
    for word in (r"\begin{table}", r"\caption{A caption.}\label{tab:x}", r"$d = 3$", r"\bottomrule"):
        assert word in text
    nodes, _, _ = LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    assert nodes
    widths = {line.count("&") for line in text.splitlines() if re.match(r"\d+ &", line)}
    assert widths == {8}


@pytest.mark.parametrize(("more", "long"), [("", True), ("longtable = false", False)])
def test_many_rows_make_a_longtable(more: str, long: bool, call: Callable) -> None:
    toml = PLAIN.replace("0:4", "0:60") + f'caption = "Many."\n{more}\n'
    text = call("T", toml=toml)[1]
    assert (r"\begin{longtable}" in text and r"\endhead" in text) == long
    assert (r"\begin{table}" in text) != long
    assert call("--check", "X", tex=text)[:2] == (0, f"{61 * 3} cells compared, 0 wrong\n")


def test_a_convention_scales_values_and_laws(call: Callable) -> None:
    text = call("T", "--format", "csv", toml=PLAIN + 'laws = true\nconvention = "yu"\n')[1]
    rows = {r["row"]: r for r in csv.DictReader(io.StringIO(text))}
    assert (rows["2"]["exact"], rows["even"]["law"]) == ("5*pi/16", "4/k**3")  # 4 pi times 5/64 and 1/pi


@pytest.mark.parametrize(
    "toml",
    [
        FULL,
        PLAIN + "digits = 60\n",
        PLAIN.replace("[2]", '[1, "5/2"]').replace("NTK(depth=2)", "ArcCosine(order=1)"),
        PLAIN.replace("NTK(depth=2)", "NTK(depth=3)") + "laws = true\n",
        PLAIN + 'convention = "basri"\n',
        PLAIN.replace("[2]", "[40]").replace("0:4", "20:24"),
        PLAIN.replace("NTK(depth=2)", 'Dual("tanh")').replace('"Dual("tanh")"', "'Dual(\"tanh\")'") + "laws = true\n",
    ],
)
def test_our_own_tables_are_right(toml: str, call: Callable) -> None:
    text = call("T", toml=toml)[1]
    code, report, err = call("--check", "X", tex=text)
    assert (code, err) == (0, "") and report.endswith(" 0 wrong\n"), report


def test_a_large_multiplicity_is_compared_in_full(call: Callable) -> None:
    text = call("T", toml=PLAIN.replace("[2]", "[40]").replace("0:4", "20:21"))[1]
    count = next(re.search(r"^20 & (\d{15,}) &", line)[1] for line in text.splitlines() if line.startswith("20 &"))
    assert call("--check", "X", tex=text.replace(count, f"${count}$"))[0] == 0
    code, report, _ = call("--check", "X", tex=text.replace(count, f"${int(count) + 1}$"))
    assert code == 1 and "multiplicity" in report


def test_a_table_from_the_command_line_can_be_checked(call: Callable) -> None:
    request = ("NTK(depth=2)", "Laplace(rate=1)", "--dim", "3", "--degrees", "1:4", "--digits", "9")
    text = call(*request)[1]
    assert call("--check", "X", tex=text)[:2] == (0, "20 cells compared, 0 wrong\n")
    assert call(*request, "--check", "X")[0] == 0
    code, report, _ = call(*request[:1], *request[2:], "--check", "X")  # one kernel fewer than the table has
    assert code == 1 and "5 cells" not in report.splitlines()[-1]


OWN = r"""
\begin{tabular}{lcc} \hline
$k$ & $\mu_k$ & $N\mu_k$ \\ \hline
$0$ & $1/2$  & 0.500 \\[2pt]
1 & \num{3.33e-1} & $\tfrac13 \cdot 3$ \\
2 & $\frac{5}{64}$ & $3.91\times10^{-1}$ \\ % a comment & more
3 & 0 & $0$ \\
4 & $\frac{1}{2^6 \cdot 3}$ & 0.0469 \\ \hline
\end{tabular}
"""
REQUEST = PLAIN + 'show = ["exact", "coefficient"]\nmultiplicity = false\n'


def test_a_user_may_write_numbers_in_many_ways(call: Callable) -> None:
    assert call("T", "--check", "X", toml=REQUEST, tex=OWN)[:2] == (0, "10 cells compared, 0 wrong\n")


@pytest.mark.parametrize(
    ("right", "planted", "says"),
    [
        ("$1/2$", "$1/3$", "d = 2, degree 0, NTK(depth=2) exact: printed $1/3$, true $\\frac{1}{2}$"),
        ("3.33e-1", "3.34e-1", "degree 1"),
        (r"\frac{5}{64}", r"\frac{5}{65}", "degree 2"),
        (r"3.91\times10^{-1}", r"3.90\times10^{-1}", "degree 2, NTK(depth=2) $N \\mu_k$"),
        (r"10^{-1}", r"10^{-2}", "degree 2"),
        ("3 & 0", "3 & 0.1", "degree 3"),
        ("0.0469", "0.0470", "printed 0.0470, true $0.046875"),
        ("0.0469", r"\input{x}", "degree 4"),
        ("0.0469", "", "printed nothing"),
        ("4 &", "5 &", "d = 2, degree 4, whole row: printed nothing, true a row"),
        (" & 0.500", "", "printed 1 cells, true 2 cells"),
    ],
)
def test_a_wrong_cell_is_named(right: str, planted: str, says: str, call: Callable) -> None:
    assert right in OWN
    code, report, _ = call("T", "--check", "X", toml=REQUEST, tex=OWN.replace(right, planted, 1))
    assert code == 1 and says in report and not report.endswith(" 0 wrong\n")


@pytest.mark.parametrize(("right", "planted"), [("k^{-4}", "k^{-3}"), (r"\frac{8}", r"\frac{4}"), ("$0$} &", "$1$} &")])
def test_a_wrong_law_is_named(right: str, planted: str, call: Callable) -> None:
    toml = 'kernels = ["NTK(depth=2)", "Laplace(rate=1)"]\ndims = [3]\ndegrees = 0\nlaws = true\n'
    text = call("T", toml=toml)[1]
    assert right in text
    code, report, _ = call("--check", "X", tex=text.replace(right, planted, 1))
    assert code == 1 and re.search("d = 3, (even|odd), NTK.* law: printed", report)


BAD = [
    (PLAIN + "digts = 3", "did you mean digits?"),
    (PLAIN + "dims = [3]", "table.toml: Cannot overwrite"),
    (PLAIN.replace("dims = [2]", ""), "key dims is missing"),
    (PLAIN.replace("[2]", "[2, 2]"), "dims: 2 is given twice, allowed: each once"),
    (PLAIN.replace("[2]", "[]"), "dims: none is given, allowed: one or more"),
    (PLAIN.replace("[2]", "2"), "dims must be a list"),
    (PLAIN.replace("[2]", "[0]"), ">= 1"),
    (PLAIN.replace("[2]", "[true]"), "dims must be a list"),
    (PLAIN.replace("0:4", "4:0"), "table.toml: degrees: got '4:0', allowed: A:B"),
    (PLAIN.replace("[2]", "[1e9]"), "a number >= 1 and <= 1000000"),
    (PLAIN.replace("NTK(", "NTKK("), "did you mean NTK?"),
    (PLAIN.replace('"NTK(depth=2)"', '"NTK(2)", "NTK(depth=2)"'), "kernels: NTK(depth=2) is given twice"),
    (PLAIN.replace('"NTK(depth=2)"', '{ kernel = "NTK(2)", name = "x" }'), "allowed: kernel and title"),
    (PLAIN.replace('"NTK(depth=2)"', "3"), "kernels must be a list"),
    (PLAIN + 'show = ["exakt"]', "unknown column 'exakt'"),
    (PLAIN + "digits = 0", "from 1 to 100000"),
    (PLAIN + 'digits = "8"', "digits must be an integer"),
    (PLAIN + 'laws = "yes"', "true or false"),
    (PLAIN + 'caption = "a\\nb"', "one line of text"),
    (PLAIN + 'convention = "basry"', "did you mean basri?"),
    (PLAIN + 'route = "mpmath"', "route must be one of"),
    (PLAIN.replace("[2]", '["5/2"]') + "laws = true", "integer d"),
    (PLAIN + 'laws = true\nconvention = "kernel-generalization-scaled"', "depends on the degree"),
    (PLAIN.replace("0:4", "0:900000"), "at most 200000"),
    ("kernels = [", "table.toml: "),
    ("", "key kernels is missing"),
]


@pytest.mark.parametrize(("toml", "naming"), BAD, ids=[naming for _, naming in BAD])
def test_a_bad_file_is_one_line(toml: str, naming: str, call: Callable) -> None:
    code, out, err = call("T", toml=toml)
    assert (code, out) == (2, ""), err
    assert err.startswith("spectral-bias: ") and err.count("\n") == 1
    assert naming in err


@pytest.mark.parametrize(
    ("arguments", "tex", "naming"),
    [
        (["/nowhere/table.toml"], None, "cannot read"),
        (["T", "--dim", "2"], None, "--dim: not with"),
        (["T", "T"], None, "stands beside other arguments, allowed: one FILE.toml alone"),
        (["NTK(depth=2)", "T"], None, "stands beside other arguments, allowed: one FILE.toml alone"),
        (["--check", "X"], "", "no line '% request:'"),
        (["--check", "X"], "% request: {", "damaged"),
        (["--check", "X"], "% request: [1]", "a table of keys is needed"),
        (["--check", "/nowhere/x.tex"], None, "cannot read"),
        (["T", "--check", "X"], "nothing here", "no rows found"),
        (["T", "--check", "X"], OWN.replace("1 &", "0 &", 1), "stands there twice"),
        (["NTK(depth=2)", "--check", "X"], "", "'--dim'"),
        ([], None, "'KERNEL...'"),
    ],
)
def test_a_bad_check_is_one_line(arguments: list[str], tex: str | None, naming: str, call: Callable) -> None:
    code, out, err = call(*arguments, toml=REQUEST, tex=tex)
    assert (code, out, err.count("\n")) == (2, "", 1) and naming in err, err


def test_a_block_needs_its_head(call: Callable) -> None:
    toml = PLAIN.replace("[2]", "[2, 3]")
    code, _, err = call("T", "--check", "X", toml=toml, tex=OWN)
    assert code == 2 and "before any head of a block" in err


@given(value=st.fractions(-99, 99, max_denominator=99), power=st.integers(-4, 4))
def test_a_typeset_number_is_read_back(value: object, power: int) -> None:
    from theory.numbers.pi_polynomials import PiPolynomial
    from theory.text.exact_latex import typeset

    with mp.workdps(60):
        true = mpf(value.numerator) / value.denominator * mp.pi**power
        found = read_number(typeset(repr(PiPolynomial.of(value, power))))
        assert abs(found - true) <= abs(true) * mpf(10) ** -55


@settings(max_examples=200)
@given(st.text(alphabet=r"0123456789.{}()[]^!+-*/\ frac sqrt pi Gamma ek$,&", max_size=40))
def test_any_cell_is_a_number_or_unreadable(text: str) -> None:
    try:
        read_number(text)
        decimals(text)
    except (Unreadable, ValueError, OverflowError):
        pass


def test_the_request_line_is_data_that_the_file_format_takes(call: Callable) -> None:
    line = next(x for x in call("T", toml=FULL)[1].splitlines() if x.startswith("% request: "))
    request, file = json.loads(line.removeprefix("% request: ")), tomllib.loads(FULL)
    assert {key: request[key] for key in ("dims", "degrees", "digits", "show", "laws", "multiplicity")} == {
        key: file[key] for key in ("dims", "degrees", "digits", "show", "laws", "multiplicity")
    }
