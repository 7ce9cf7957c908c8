"""`spectral-bias decay` and `derive`: every format, the constants of CONVENTIONS.md, bad requests."""

from __future__ import annotations

import json
from collections.abc import Callable

import mpmath as mp
import pytest

from tests.reading import value_of
from verify.command import cli

NTK2 = "NTK(depth=2)"


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.run([str(a) for a in arguments])
    return code, *capsys.readouterr()


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    code, out, err = call(capsys, *arguments)
    assert (code, err) == (0, "")
    return out


def number(text: str) -> mp.mpf:
    """A constant in the expression grammar; our own output, without names but pi and Gamma."""
    return value_of(text, {"pi": +mp.pi, "Gamma": mp.gamma, "sqrt": mp.sqrt, "E": +mp.e}, mp.mpf)


# Facts 3 and 4 of CONVENTIONS.md: (arguments, exponent, constant for even k).
LAWS = [
    (["--as", "k", "--dim", 2], -3, lambda: 1 / mp.pi),
    (["--as", "k", "--dim", 3], -4, lambda: 8 / mp.pi**2),
    (["--as", "d", "--degree", 0], 0, lambda: 1 / mp.pi),
    (["--as", "d", "--degree", 2], -2, lambda: 3 / mp.pi),
    (["--as", "d", "--degree", 4], -4, lambda: 5 / mp.pi),
    (["--as", "d", "--degree", 6], -6, lambda: 63 / mp.pi),
]


@pytest.mark.parametrize(("law", "power", "constant"), LAWS, ids=lambda v: str(v) if isinstance(v, list) else "")
def test_a_law_has_the_known_exponent_and_constant(
    law: list, power: int, constant: Callable[[], mp.mpf], capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(answer(capsys, "decay", NTK2, *law, "--format", "json"))
    keys = ["schema", "kernel", "as", "dim", "degree", "law", "evidence", "valid_from", "constants", "convention"]
    assert list(document) == keys
    assert (document["schema"], document["kernel"], document["as"]) == (1, NTK2, law[1])
    assert document["evidence"] == "proved"
    part = next(part for part in document["law"] if part["parity"] != "odd" and part["constant"] != "0")
    assert {"parity", "exponent", "constant", "terms"} <= set(part)
    assert number(str(part["exponent"])) == power
    with mp.workdps(30):
        rounding = mp.mpf(10) ** -28  # both sides at 30 digits
        assert mp.almosteq(number(part["constant"]), constant(), rel_eps=rounding, abs_eps=rounding)


def test_odd_degrees_are_exactly_zero(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(answer(capsys, "decay", NTK2, "--as", "k", "--dim", 2, "--format", "json"))
    odd = [part for part in document["law"] if part["parity"] == "odd"]
    assert [part["constant"] for part in odd] == ["0"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["decay", NTK2, "--as", "k"],
        ["decay", NTK2, "--as", "d"],
        ["decay", NTK2, "--as", "k", "--dim", "2", "--terms", "3"],
        ["decay", "ArcCosine(order=0)", "--as", "d", "--degree", "3"],
        ["derive", NTK2],
        ["derive", "ArcCosine(order=1)"],
    ],
)
def test_latex_parses(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    latexwalker = pytest.importorskip("pylatexenc.latexwalker")
    text = answer(capsys, *arguments, "--format", "latex")
    nodes, _, _ = latexwalker.LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    assert nodes and text.isascii()


KERNELS = ["ArcCosine(order=0)", "ArcCosine(order=1)", NTK2, "NTK(depth=2, layer_scales=(1/2, 1))", "NTK(depth=4)"]


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_step_of_a_printed_derivation_names_its_rule_and_what_it_uses(
    kernel: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = answer(capsys, "derive", kernel).splitlines()
    steps = [line for line in lines if "[" in line.split("]")[0] and line.lstrip()[0].isdigit()]
    reasons = [line for line in lines if line.startswith("       by ")]
    assert len(steps) == len(reasons) > 10
    names = [line.split("[")[1].split("]")[0] for line in steps]
    for number_, reason in enumerate(reasons):
        uses = reason.split(":")[0].partition(" from ")[2]
        assert set(filter(None, uses.split(", "))) <= set(names[:number_])
    cited = [line.removeprefix("Cited: ") for line in lines if line.startswith("Cited: ")]
    told = json.loads(answer(capsys, "derive", kernel, "--format", "json"))["proof"]["theorems"]
    assert cited == [f"{theorem['says']} ({theorem['reference']})" for theorem in told] != []


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["decay", NTK2], ["--as"]),
        (["decay", NTK2, "--as", "L"], ["--as: unknown name 'L'", "k, d"]),
        (["decay", NTK2, "--as", "k", "--dim", "0"], ["--dim", "integer >= 1"]),
        (["decay", NTK2, "--as", "k", "--dim", "2.5"], ["--dim"]),
        (["decay", NTK2, "--as", "d", "--degree", "-1"], ["--degree", "integer >= 0"]),
        (["decay", NTK2, "--as", "k", "--degree", "3"], ["degree"]),
        (["decay", NTK2, "--as", "d", "--dim", "3"], ["dim"]),
        (["decay", NTK2, "--as", "k", "--terms", "0"], ["--terms"]),
        (["decay", NTK2, "--as", "k", "--terms", "99"], ["terms"]),
        (["decay", NTK2, "--as", "k", "--format", "csv"], ["--format: unknown name 'csv'", "text, json, latex"]),
        (["decay", "NTKK(depth=2)", "--as", "k"], ["unknown kernel NTKK", "did you mean NTK?"]),
        (["decay", 'Dual("tanh") + Dual("sin")', "--as", "k"], ["no law of", "laws of smooth kernels"]),
        (["derive", "Gaussian(rate=1)"], ["no derivation for Gaussian(rate=1)", "allowed"]),
        (["derive", "NTK(depth=2"], ["column"]),
        (["derive", NTK2, "--format", "csv"], ["--format: unknown name 'csv'", "text, latex, json"]),
        (["derive"], ["KERNEL"]),
    ],
)
def test_a_bad_request_is_one_line_with_exit_code_2(
    arguments: list[str], parts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, ""), err
    assert err.startswith("spectral-bias: ") and err.count("\n") == 1
    assert all(part in err for part in parts), err


def test_a_law_in_another_convention_has_their_factor(capsys: pytest.CaptureFixture[str]) -> None:
    call = ["decay", NTK2, "--as", "k", "--dim", "2", "--format", "json", "--convention"]
    ours, theirs = (json.loads(answer(capsys, *call, name))["law"][0] for name in ("project", "yu"))
    with mp.workdps(30):
        assert abs(number(theirs["constant"]) / number(ours["constant"]) - 4 * mp.pi) < mp.mpf(10) ** -25
