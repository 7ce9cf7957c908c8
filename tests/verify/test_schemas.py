"""JSON that is printed or kept has the form of `verify/schemas`, and falsified JSON has not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy
import pytest
from jsonschema import Draft202012Validator

from theory.kernels.parse import parse_kernel
from theory.language.families import deep_family
from theory.laws.certified import certified
from theory.laws.conventions import law_to_convention
from theory.laws.decay import decay
from theory.numbers.truth import Evidence, Truth
from theory.spectra.conventions import CONVENTIONS
from theory.text.laws import law_json
from verify.claims import all_claims
from verify.command import cli
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source
from verify.ledger import run as ledger
from verify.ledger.run import Run
from verify.ledger.verdicts import STATUSES

FOLDER = Path(ledger.__file__).parents[1] / "schemas"
NTK2 = "NTK(depth=2)"
SOURCE = Source("Nobody", 2024)


@cache
def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def assert_valid(name: str, document: object) -> None:
    errors = [f"{e.json_path}: {e.message}" for e in validator(name).iter_errors(document)]
    assert not errors


def crash(context: Context) -> Finding:
    raise ZeroDivisionError("on purpose")


def observed(context: Context) -> Finding:
    return Finding(Truth.FAILS, Evidence.OBSERVED, "c", "w", rates={"false_fail": 1e-3, "false_pass": 1e-3})


def sampled(context: Context) -> Finding:
    return Finding(Truth.HOLDS, Evidence.CHECKED, "c", "w", rates={"false_fail": 1e-3})


def open_(context: Context) -> Finding:
    return Finding(Truth.UNDECIDED, None, "c", "w")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A ledger with every status, truth and evidence, read from its file."""
    folder = tmp_path_factory.mktemp("run")
    # cao-cor-degrees FAILS as printed, with a correction and another reading
    claims = {name: all_claims()[name] for name in ("cao-parity", "cao-cor-degrees", "cao-multiplicity")}
    for name, procedure in (("crashed", crash), ("observed", observed), ("sampled", sampled), ("undecided", open_)):
        claims[name] = Claim(name, SOURCE, "memory", "x", procedure=Procedure(procedure, {}))
    claims["later"] = Claim("later", SOURCE, "read", "x", (Said("mu(1) = 1/(d+1)", NTK2),), profile="paper")
    ledger.run(claims, Run(folder=folder))
    return json.loads((folder / "ledger.json").read_text(encoding="utf-8"))


def test_a_ledger_with_every_status_and_truth_has_the_form_of_its_schema(kept: dict[str, Any]) -> None:
    found = kept["entries"]
    assert {e["status"] for e in found} == set(STATUSES)
    assert {e["truth"] for e in found} == {*map(str, Truth), None}
    assert {"proved", "observed", None} <= {e["evidence"] for e in found}
    assert any(e.get("corrected") for e in found) and any(e.get("readings") for e in found)
    assert_valid("ledger", kept)


def test_the_words_of_the_schema_are_those_of_the_code() -> None:
    defined = validator("ledger").schema["$defs"]
    assert defined["evidence"]["enum"] == list(map(str, Evidence))
    assert defined["verdict"]["properties"]["truth"]["enum"] == list(map(str, Truth))
    assert defined["entry"]["properties"]["status"]["enum"] == list(STATUSES)


Falsify = Callable[[dict[str, Any]], object]


def entry(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(e for e in document["entries"] if e["id"] == name)


def setting(name: str, **values: Any) -> Falsify:
    return lambda document: entry(document, name).update(values)


def dropping(name: str, key: str) -> Falsify:
    return lambda document: entry(document, name).pop(key)


FALSIFIED: dict[str, Falsify] = {
    "a truth that is none": setting("cao-parity", truth="TRUE"),
    "a status for a truth": setting("cao-parity", truth="CRASHED"),
    "an evidence that is none": setting("cao-parity", evidence="certain"),
    "HOLDS without evidence": setting("cao-parity", evidence=None),
    "HOLDS with a counterexample": setting("cao-parity", counterexample={"d": "2"}),
    "FAILS for HOLDS, without a counterexample": setting("cao-parity", truth="FAILS"),
    "FAILS with an empty counterexample": setting("cao-cor-degrees", counterexample={}),
    "HOLDS for FAILS, with its counterexample": setting("cao-cor-degrees", truth="HOLDS"),
    "observed without error rates": setting("observed", rates=None),
    "checked with two error rates": setting("sampled", rates={"false_fail": 1e-3, "false_pass": 1e-3}),
    "sampled promoted": setting("sampled", evidence="certified"),
    "undecided with an error rate": setting("undecided", rates={"false_fail": 1e-3}),
    "observed with one error rate": setting("observed", rates={"false_fail": 1e-3}),
    "an error rate of 1": setting("observed", rates={"false_fail": 1, "false_pass": 1e-3}),
    "proved with error rates": setting("cao-parity", rates={"false_fail": 1e-3, "false_pass": 1e-3}),
    "observed promoted": setting("observed", evidence="proved"),
    "CRASHED with a truth": setting("crashed", truth="HOLDS", evidence="proved"),
    "CRASHED turned into DECIDED": setting("crashed", status="DECIDED", truth="HOLDS", evidence="proved"),
    "CRASHED turned into NOT RUN": setting("crashed", status="NOT RUN"),
    "CRASHED without a traceback": dropping("crashed", "traceback"),
    "NOT RUN with a truth": setting("later", truth="HOLDS", evidence="proved"),
    "NOT RUN turned into DECIDED": setting("later", status="DECIDED"),
    "DECIDED turned into NOT RUN": setting("cao-parity", status="NOT RUN", truth=None, evidence=None),
    "a correction that is not decided": lambda d: entry(d, "cao-cor-degrees")["corrected"][0].pop("truth"),
    "a correction with something else": lambda d: entry(d, "cao-cor-degrees")["corrected"][0].update(also=1),
    "a reading without statements": lambda d: entry(d, "cao-cor-degrees")["readings"][0].update(statements=[]),
    "neither statement nor procedure": setting("cao-parity", statement=[]),
    "both statement and procedure": setting("cao-parity", procedure="f"),
    "wording from memory not shown as restated": setting("observed", as_restated=False),
    "FAILS of what nobody read, shown as if somebody had": setting("cao-cor-degrees", verdict="FAILS"),
    "FAILS as restated of what was read": setting("cao-cor-degrees", as_restated=False, wording="read"),
    "HOLDS up to something, shown as plain": setting("cao-parity", up_to="surface measure"),
    "plain, shown as up to something": setting("cao-parity", verdict="HOLDS up to surface measure"),
    "FAILS up to something": setting("cao-cor-degrees", up_to="surface measure"),
    "given a theorem without a proof that cites it": setting("cao-multiplicity", given=["theorem 1"], proofs=[]),
    "an unknown profile": setting("cao-parity", profile="fast"),
    "a seed that is none": setting("cao-parity", seed=None),
    "a time below zero": setting("cao-parity", seconds=-1.0),
    "a version that is missing": lambda d: entry(d, "cao-parity")["versions"].pop("sympy"),
    "another key": setting("cao-parity", comment="x"),
    "another schema": lambda d: d.update(schema=1),
    "a step of a proof without its rule": lambda d: entry(d, "cao-parity")["proofs"][0]["steps"][0].pop("rule"),
    "no command": dropping("cao-parity", "command"),
    "entries by name": lambda d: d.update(entries={}),
}


@pytest.mark.parametrize("name", FALSIFIED)
def test_a_falsified_ledger_is_refused(name: str, kept: dict[str, Any]) -> None:
    document = copy.deepcopy(kept)
    FALSIFIED[name](document)
    assert document != kept
    assert not validator("ledger").is_valid(document)


def test_no_key_of_an_entry_may_be_missing(kept: dict[str, Any]) -> None:
    for whole in kept["entries"]:
        for key in whole:
            document = {**kept, "entries": [{k: v for k, v in whole.items() if k != key}]}
            assert not validator("ledger").is_valid(document), (whole["id"], key)


COMMANDS = {
    "closed spectrum": ("spectrum", NTK2, "--dim", "2", "--degrees", "0:5"),
    "angle spectrum": ("spectrum", "NTK(depth=3)", "--dim", "2", "--degrees", "2", "--digits", "5"),
    "spectrum at real d": ("spectrum", NTK2, "--dim", "5/2", "--degrees", "0:3", "--digits", "5"),
    "floating spectrum": ("spectrum", NTK2, "--dim", "2", "--degrees", "0:2", "--digits", "5", "--route", "mpmath"),
    "another convention": ("spectrum", NTK2, "--dim", "2", "--degrees", "0:2", "--convention", "cao"),
    "law in k": ("decay", NTK2, "--as", "k", "--dim", "2", "--terms", "2"),
    "law in d": ("decay", NTK2, "--as", "d", "--degree", "4"),
    "kernel": ("kernel", "NTK(depth=3)"),
    "kernel on a sphere": ("kernel", 'Zonal("t - t**3/2")', "--dim", "2"),
    "values of a kernel": ("kernel", "NTK(depth=2)", "--at", "1,-1,1/3"),
    "kernel without an expression": ("kernel", 'Dual("tanh")', "--dim", "2"),
    "trace": ("functional", "trace", NTK2, "--dim", "2", "--top", "5"),
    "effective dimension": ("functional", "effective-dimension", NTK2, "--dim", "2", "--ridge", "1/100"),
    "eigenvalues in their order": ("functional", "eigenvalues", NTK2, "--dim", "2", "--count", "7"),
    "norm": ("functional", "norm", NTK2, "--dim", "2", "--target", 'Zonal("t")'),
    "derivation": ("derive", "ArcCosine(order=0)"),
    "rate": ("rate", NTK2, "--dim", "2", "--degrees", "0:3"),
    "rate on samples": ("rate", NTK2, "--dim", "1", "--degrees", "0:3", "--samples", "50"),
    "law that is no power": ("decay", "Gaussian(rate=1)", "--as", "k", "--dim", "2"),
}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    cli.run([*arguments, "--format", "json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_printed_json_has_the_form_of_its_schema(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    document = printed(capsys, *command)
    assert_valid(command[0], document)
    # A spectrum has its convention, and its evidence, only where it is not ours, not certified.
    for key in document.keys() - ({"convention", "evidence"} if command[0] != "decay" else set()):
        assert not validator(command[0]).is_valid({k: v for k, v in document.items() if k != key}), key
    assert not validator(command[0]).is_valid({**document, "also": 1})


NETWORK = """
import torch
from torch import nn

def make(seed):
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
"""
MODES = {
    "a network": ("--network", "net.py:make", "--data", "a.npz", "--test", "0.25", "--batch", "3"),
    "leading modes": ("--network", "net.py:make", "--data", "a.npz", "--leading", "3"),
    "a limit kernel": ("--kernel", NTK2, "--data", "a.npz", "--momentum", "0.5", "--nesterov", "--norms"),
}


@pytest.mark.parametrize("name", MODES)
def test_modes_have_the_form_of_their_schema(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(NETWORK)
    places = numpy.random.default_rng(0).normal(size=(20, 2))
    numpy.savez(tmp_path / "a.npz", x=places, y=numpy.sin(places[:, 0]))
    document = printed(capsys, "modes", *MODES[name], "--steps", "9")
    assert_needs_all("modes", document)
    assert (document["rest"] is None) == (document["train_most"] is None) == (name != "leading modes")
    for change in ({"first": 0}, {"name": ""}, {"half": -1}, {"share": None}):
        falsified = [{**document["modes"][0], **change}, *document["modes"][1:]]
        assert not validator("modes").is_valid({**document, "modes": falsified}), change


LAWS = {  # of every origin: closed form, ends, power series, smooth, of every depth
    "closed form": (NTK2, {"as_": "k", "dim": 2}),
    "closed form for every d": (NTK2, {"as_": "k"}),
    "closed form for every k, two exceptional degrees among them": (NTK2, {"as_": "d"}),
    "closed form of one degree": (NTK2, {"as_": "d", "degree": 4}),
    "zero from some degree on": ("PowerSeries((1, 0, 2))", {"as_": "k", "dim": 3}),
    "ends": ("NTK(depth=3)", {"as_": "k", "dim": 3, "terms": 2}),
    "ends for every d": ("Laplace(rate=1)", {"as_": "k"}),
    "signs of power series": ("NTK(depth=3)", {"as_": "d"}),
    "power series": ("NNGP(depth=3)", {"as_": "d", "degree": 3}),
    "no power": ("Gaussian(rate=1)", {"as_": "k", "dim": 2}),
    "every depth": ("NTK(depth=L)", {"as_": "k", "dim": 3}),
}


@pytest.mark.parametrize("name", LAWS)
def test_every_law_in_every_convention_has_the_form_of_its_schema(name: str) -> None:
    text, request = LAWS[name]
    ours = decay(deep_family(text) if "L" in text.split("(")[1] else parse_kernel(text), **request)
    for law in (ours, certified(ours)):
        for convention in CONVENTIONS:
            document = law_json(law_to_convention(law, convention))
            assert document["convention"] == convention
            assert_needs_all("decay", document)
            for part in document["law"]:
                assert not validator("decay").is_valid({**document, "law": [{**part, "parity": "no"}]})
                assert not validator("decay").is_valid({**document, "law": [{**part, "for": []}]})


def assert_needs_all(name: str, document: dict[str, Any]) -> None:
    """Valid, and invalid without any key or with another one."""
    assert_valid(name, document)
    for key in document:
        assert not validator(name).is_valid({k: v for k, v in document.items() if k != key}), key
    assert not validator(name).is_valid({**document, "also": 1})


def test_a_table_is_made_of_spectra_and_laws(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    request = tmp_path / "t.toml"
    request.write_text(f'kernels = ["{NTK2}"]\ndims = [2]\ndegrees = "0:2"\nlaws = true\n')
    document = printed(capsys, "table", str(request))
    assert_needs_all("table", document)
    assert [s["dim"] for s in document["spectra"]] == [law["dim"] for law in document["laws"]] == [2]
    for spectrum in document["spectra"]:
        assert_valid("spectrum", spectrum)
    for law in document["laws"]:
        assert_valid("decay", law)
    made = tmp_path / "t.tex"
    cli.run(["table", str(request), "--out", str(made), "--quiet"])
    made.write_text(made.read_text().replace("0.078125", "0.078152"))
    compared = printed(capsys, "table", "--check", str(made))
    assert_needs_all("table", compared)
    assert len(compared["wrong"]) == 1 and "degree 2" in compared["wrong"][0]


def test_a_run_prints_what_it_keeps(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run = ("cao-cor-degrees", "--jobs", "1", "--out", str(tmp_path), "--quiet")
    for name, kept, options in (("ledger", "ledger", ()), ("planted", "planted", ("--planted",))):
        document = printed(capsys, "verify", *run, *options)
        assert_needs_all(name, document)
        assert document == json.loads((tmp_path / f"{kept}.json").read_text())


def test_a_limit_that_is_read_has_the_form_of_its_schema(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        "from torch import nn\n"
        "def make(seed, width):\n    return nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, 1))\n"
        "def line(seed):\n    return nn.Linear(2, 3)\n"
    )
    for name, options in (("make", ["--no-confirm"]), ("make", ["--margin", "0.4"]), ("line", [])):
        document = printed(capsys, "limit", f"{path}:{name}", *options, "--quiet")
        assert_needs_all("limit", document)
        assert (document["confirmation"] is None) == (options == ["--no-confirm"])
        for change in ({"exponent": 1}, {"widths": [0]}, {"parameters": []}, {"normal": None}):
            assert not validator("limit").is_valid(document | change)


def test_every_command_has_a_schema() -> None:
    commands = {info.callback.__name__ for info in cli.app.registered_commands}
    lists = {"kernels", "claims", "experiments", "conventions", "grammar"}  # one form for all of them
    assert lists | {"verify", "help_"} < commands
    assert {path.stem for path in FOLDER.iterdir()} == commands - lists - {"verify", "help_"} | {
        "list",
        "ledger",
        "planted",
    }


def test_a_floating_spectrum_is_no_certified_one(capsys: pytest.CaptureFixture[str]) -> None:
    floating, closed = (printed(capsys, *COMMANDS[name]) for name in ("floating spectrum", "closed spectrum"))
    assert not validator("spectrum").is_valid({k: v for k, v in floating.items() if k != "evidence"})
    assert not validator("spectrum").is_valid({**closed, "evidence": "checked"})
    closed["eigenvalues"][0]["value"] = 0.5
    assert not validator("spectrum").is_valid(closed)


def test_verdicts_on_a_readers_file_have_the_form_of_their_schema(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    says = {"holds": "mu(1) = 1/(d+1)", "fails": "mu(k) > 0"}
    path = tmp_path / "s.toml"
    path.write_text("".join(f'[[claim]]\nid = "{i}"\nkernel = "{NTK2}"\nsays = "{s}"\n' for i, s in says.items()))
    document = printed(capsys, "check", str(path))
    assert [c["truth"] for c in document["claims"]] == ["HOLDS", "FAILS"]
    assert_valid("check", document)
    told = printed(capsys, "check", str(path), "--proofs")
    assert_valid("check", told)
    assert [c["proof"] is None for c in told["claims"]] == [False, True]
    for change in ({"truth": "FAILS"}, {"evidence": None}, {"truth": "NOT RUN"}, {"proof": {"steps": []}}):
        assert not validator("check").is_valid({"schema": 1, "claims": [document["claims"][0] | change]})
