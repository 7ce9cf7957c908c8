"""`--kernels FILE.py`: a reader's own kernels, on every command that takes one, and every way it goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from theory.kernels import algebra
from verify.command import cli

MINE = """
from dataclasses import dataclass
from theory.kernels import Kernel, Zonal

@dataclass(frozen=True, slots=True, repr=False)
class Mine(Kernel):
    power: int
    @property
    def definition(self):
        return Zonal(f"(1 + t)**{self.power}/4")
"""


@pytest.fixture(autouse=True)
def own_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """What a file declares is forgotten after the test."""
    monkeypatch.setattr(algebra, "DECLARED", dict(algebra.DECLARED))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    yield


COMMANDS = {
    "spectrum": (["Mine(2)", "--dim", "2", "--degrees", "0:2"], "1/3"),
    "kernel": (["Mine(power=2)"], "(t + 1)**2/4"),
    "table": (["Mine(2)", "--dim", "2", "--degrees", "0:2", "--format", "markdown"], "1/6"),
    "decay": (["Mine(2)", "--as", "d", "--degree", "1"], "1/2*d**(-1)"),
    "rate": (["Mine(2)", "--dim", "2", "--degrees", "0:1"], "2/mu_max = 6.00000"),
    "derive": (["Mine(2)"], ""),
    "check": (["said.toml"], "HOLDS"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_takes_kernels_of_ones_own(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "said.toml").write_text('[[claim]]\nid = "a"\nkernel = "Mine(2)"\nsays = "kappa(1) = 1"\n')
    words, says = COMMANDS[command]
    assert cli.run([command, *words]) == 2
    assert "unknown kernel Mine" in "".join(capsys.readouterr())
    code = cli.run([command, *words, "--kernels", "mine.py"])
    shown = capsys.readouterr()
    if command == "derive":  # it is read, and then it has no derivation
        assert code == 2 and shown.err.startswith("spectral-bias: no derivation for Zonal")
    else:
        assert code == 0 and says in shown.out


def test_documents_name_the_kernel_as_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["spectrum", "1/2 * Mine(2)", "--dim", "2", "--degrees", "0:1", "--kernels", "mine.py", "--format"]
    assert cli.run([*asked, "json"]) == cli.run([*asked[:-1], "--format", "latex"]) == 0
    document, _, latex = capsys.readouterr().out.partition("% ")
    assert json.loads(document)["kernel"] == "1/2 * Mine(power=2)" and r"\texttt{1/2 * Mine(power=2)}" in latex


WRONG = {
    "nothing there": (None, "cannot read 'own.py': No such file or directory, allowed: a Python file"),
    "no Python": ("a b", "own.py: SyntaxError: invalid syntax (own.py, line 1)"),
    "null": ("\0", "own.py: SyntaxError: source code string cannot contain null bytes"),
    "a fault": ("x = 1\ny = z\n", "own.py, line 2: NameError: name 'z' is not defined"),
    "an exit": ("import sys\nsys.exit(0)\n", "own.py, line 2: SystemExit: 0"),
    "no definition": (MINE.replace("def definition", "def meaning"), "own.py declares no kernel, allowed"),
    "a case of the package": (
        MINE + "from theory.kernels import NTK, value_at_one\nvalue_at_one.register(NTK)(lambda kernel: 1)\n",
        "own.py, line 12: ValueError: value_at_one: NTK has its case already, in theory.kernels.relu",
    ),
    "no kernel": ("x = 1\n", "own.py declares no kernel, allowed: a Python file with a class derived"),
    "a taken name": (
        MINE.replace("Mine", "NTK"),
        "ValueError: class NTK: the name is taken by theory.kernels.relu.NTK",
    ),
    "no value": (MINE.replace("frozen=True, ", ""), "declares no kernel"),
    "another repr": (MINE.replace(", repr=False", ""), "declares no kernel"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_declares_no_kernel_is_refused_in_one_line(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, says = WRONG[what]
    if text is not None:
        (tmp_path / "own.py").write_text(text, encoding="utf-8")
    assert cli.run(["spectrum", "NTK(2)", "--dim", "2", "--degrees", "0", "--kernels", "own.py"]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1 and says in shown.err
    assert shown.err.startswith("spectral-bias: --kernels: ")


def test_a_folder_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["kernel", "NTK(2)", "--kernels", "."]) == 2
    assert "cannot read '.': it is a folder, allowed: a Python file" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["fractions.py", "theory.py", "theory.kernels.relu.py", "with space.py"])
def test_a_file_may_have_any_name(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twin: as the module of its name it would hide that one, or take its classes' names."""
    (tmp_path / name).write_text("from fractions import Fraction\n" + MINE, encoding="utf-8")
    assert cli.run(["kernel", "Mine(1)", "--kernels", name]) == 0
    (tmp_path / name).write_text(MINE.replace("Mine", "NTK"), encoding="utf-8")
    assert cli.run(["kernel", "NTK(1)", "--kernels", name]) == 2
    assert "class NTK: the name is taken by theory.kernels.relu.NTK" in capsys.readouterr().err


def test_what_a_file_prints_is_no_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "loud.py").write_text("print('hello')\n" + MINE, encoding="utf-8")
    assert cli.run(["kernel", "Mine(1)", "--kernels", "loud.py", "--format", "json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["kernel"] == "Mine(power=1)" and shown.err == "hello\n"


def test_an_argument_may_be_called_as_the_depth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep = MINE.replace("power: int", "L: int").replace("self.power", "self.L")
    (tmp_path / "deep.py").write_text(deep, encoding="utf-8")
    claim = '[[claim]]\nid = "a"\nkernel = "Mine(L={})"\nsays = "kappa(1) = {}"\nfor = [{}]\n'
    for texts in (("2", "1", ""), ("L", "2**L/4", '"L <= 3"')):
        (tmp_path / "said.toml").write_text(claim.format(*texts), encoding="utf-8")
        assert cli.run(["check", "said.toml", "--kernels", "deep.py"]) == 0
        assert capsys.readouterr().out.startswith("a: HOLDS (certified)")


def test_a_file_may_be_loaded_twice(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert cli.run(["kernel", "Mine(1)", "--kernels", "mine.py"]) == 0
    assert capsys.readouterr().out == "t/4 + 1/4\n" * 2
