"""What there is can be found: kernels, claims, experiments, conventions, the grammar, help; each example is right."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.main import get_command

from numerics.experiments import experiment_modules
from theory.kernels import algebra, constructors
from theory.kernels.parse import is_family, parse_kernel
from theory.kernels.zonal_expressions import FUNCTIONS, PIECEWISE
from theory.language.conditions import LEAST
from theory.language.families import check_family
from theory.language.formulas import FUNCTIONS as OF_STATEMENTS
from theory.language.formulas import VARIABLES
from theory.language.sentences import parse_sentence
from theory.spectra.conventions import CONVENTIONS
from theory.symbolic.objects import L, Range
from verify.claims import all_claims
from verify.command import cli, grammar, kernel_file, lists
from verify.command.check import read_claims
from verify.command.options import CONVENTIONS as OFFERED
from verify.running.arguments import read_degrees, read_dim

SCHEMA = json.loads((Path(lists.__file__).parents[1] / "schemas" / "list.json").read_text(encoding="utf-8"))
COMMANDS = get_command(cli.app).commands
NAMES = {
    "kernels": {name for name, kind in constructors().items() if kind.__module__.startswith("theory.")},
    "claims": set(all_claims()),
    "experiments": set(experiment_modules()),
    "conventions": set(CONVENTIONS),
    "grammar": {f"{rule.of}: {rule.name}" for rule in grammar.GRAMMAR},
}


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.run([str(a) for a in arguments])
    return code, *capsys.readouterr()


def entries(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    code, out, err = call(capsys, *arguments, "--format", "json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert not list(Draft202012Validator(SCHEMA).iter_errors(document))
    return document["entries"]


@pytest.mark.parametrize("what", NAMES)
def test_every_one_is_listed_with_an_example(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = entries(capsys, what)
    assert NAMES[what] <= {entry["name"] for entry in found}
    code, out, _ = call(capsys, what)
    assert code == 0 and all(entry["name"] in out for entry in found if " " not in entry["name"])


def test_the_schema_refuses_an_entry_without_an_example() -> None:
    entry = {"name": "a", "says": "b", "example": "c", "details": {}}
    document = {"schema": 1, "list": "kernels", "entries": [entry]}
    valid = Draft202012Validator(SCHEMA).is_valid
    assert valid(document)
    for key in entry:
        assert not valid({**document, "entries": [{k: v for k, v in entry.items() if k != key}]})


@pytest.mark.parametrize("what", [name for name in NAMES if name != "grammar"])
def test_the_examples_are_commands_that_name_it(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    for entry in entries(capsys, what):
        program, command, *words = shlex.split(entry["example"])
        assert program == "spectral-bias" and command in COMMANDS
        assert any(entry["name"] in word for word in words)


def test_every_kernel_of_the_list_can_be_written_so(capsys: pytest.CaptureFixture[str]) -> None:
    for entry in entries(capsys, "kernels"):
        kernel = shlex.split(entry["example"])[-1]
        if entry["name"] in NAMES["kernels"]:
            assert type(parse_kernel(kernel)).__name__ == entry["name"]


def test_claims_are_listed_with_profile_and_kind_and_nothing_is_decided(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    listed = entries(capsys, "verify", "--list", "--out", str(tmp_path / "r"))
    assert listed == entries(capsys, "claims") and not (tmp_path / "r").exists()
    found = {entry["name"]: entry["details"] for entry in listed}
    assert {"profile": "quick", "kind": "statement"}.items() <= found["cao-parity"].items()
    assert found["cao-recurrence"]["kind"] == "procedure" and found["rates-circle"]["kind"] == "networks"
    assert all(details["profile"] == all_claims()[name].profile for name, details in found.items())
    assert [e["name"] for e in entries(capsys, "claims", "cao-mu1", "cao-ntk")] == ["cao-mu1", "cao-ntk"]


def test_an_experiment_says_its_settings_as_train_takes_them(capsys: pytest.CaptureFixture[str]) -> None:
    first, *settings = entries(capsys, "experiments", "cao-circle")
    assert first["name"] == "cao-circle" and {"--set width", "--set seeds"} <= {s["name"] for s in settings}
    from verify.command.train import Request, configs

    for setting in settings:
        words = shlex.split(setting["example"])
        assert words[1:4] == ["train", "cao-circle", "--set"]
        assert len(configs(Request("cao-circle", settings=(words[4],)))) == 1


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (["claims", "cao-party"], "cao-parity"),
        (["verify", "--list", "cao-party"], "cao-parity"),
        (["experiments", "cao-circel"], "cao-circle"),
        (["grammar", "statment"], "statement"),
        (["kernels", "--format", "jsn"], "json"),
        (["help", "spectrm"], "spectrum"),
    ],
)
def test_the_nearest_name_is_said(wrong: list[str], right: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *wrong)
    assert (code, out) == (2, "") and f"(did you mean {right}?)" in err and err.count("\n") == 1


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_is_found_wherever_one_looks(command: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    words = [command] if command else []
    wanted = call(capsys, *words, "--help")
    assert wanted[0] == 0 and wanted[2] == ""
    assert call(capsys, *words, "-h") == wanted == call(capsys, "help", *words)
    assert command is not None or call(capsys) == wanted
    assert "docs/" not in wanted[1]  # which is not installed


def test_the_help_of_check_carries_the_grammar(capsys: pytest.CaptureFixture[str]) -> None:
    told = call(capsys, "check", "--help")[1]
    for rule in grammar.GRAMMAR:
        if rule.of in ("kernel", "statement", "condition", "statements-file"):
            assert all(line.strip() in told for line in rule.example.split("\n")), rule.name
    assert max(map(len, told.splitlines())) <= 80


def read(rule: grammar.Rule, tmp_path: Path) -> None:
    """The example, by the parser of its kind; ValueError where it is none."""
    if rule.of == "kernel":
        check_family(rule.example, Range(L, 1)) if is_family(rule.example) else parse_kernel(rule.example)
    elif rule.of == "expression":
        parse_kernel(f'Zonal("{rule.example}")')
    elif rule.of == "statement":
        parse_sentence(rule.example, rule.kernel, ())
    elif rule.of == "condition":
        parse_sentence("mu(k) > 0", grammar.NTK2, (rule.example,))
    elif rule.of == "degrees":
        read_degrees(rule.example)
    elif rule.of == "dimension":
        read_dim(rule.example)
    elif rule.of == "statements-file":
        path = tmp_path / "s.toml"
        path.write_text(rule.example, encoding="utf-8")
        assert [claim.refused for claim in read_claims(path)] == [""]
    else:
        assert rule.of == "kernels-file"
        path = tmp_path / "own.py"
        path.write_text(rule.example, encoding="utf-8")
        kernel_file.load(path)
        assert repr(parse_kernel("Odd(1/2)")) == "Odd(c=1/2)"


@pytest.mark.parametrize("rule", grammar.GRAMMAR, ids=lambda rule: rule.name[:30])
def test_an_example_of_the_grammar_is_read(rule: grammar.Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algebra, "DECLARED", dict(algebra.DECLARED))
    read(rule, tmp_path)


def test_a_wrong_example_is_noticed(tmp_path: Path) -> None:
    for of, text in (
        ("kernel", "NTKK(depth=2)"),
        ("statement", "muu(k) > 0"),
        ("condition", "k evn"),
        ("degrees", "a:b"),
    ):
        with pytest.raises(ValueError):
            read(grammar.Rule(of, "n", "s", text, grammar.NTK2), tmp_path)


def test_the_functions_of_the_grammar_are_those_of_the_parsers() -> None:
    assert set(grammar.ZONAL.split(", ")) == {*FUNCTIONS, *PIECEWISE}
    assert {*grammar.NUMBERS.split(", "), "mu", "N", "a", "b", "kappa", "lambda"} == set(OF_STATEMENTS)
    names = next(rule.name for rule in grammar.GRAMMAR if grammar.NUMBERS in rule.name).partition(";")[0]
    assert set(names.split(", ")) == {*VARIABLES, "pi", "E"} and set(LEAST) | {"t"} == set(VARIABLES)
    assert list(CONVENTIONS) == list(OFFERED)
