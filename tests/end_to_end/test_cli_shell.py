"""The command line as people expect it: examples that run, completion, suggestions for wrong names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from theory.kernels import constructors
from theory.kernels.parse import parse_kernel
from verify.claims import all_claims
from verify.command import cli, completion

COMMANDS = get_command(cli.app).commands


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.run([str(a) for a in arguments])
    return code, *capsys.readouterr()


def offered(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """What bash is told at TAB; the last word is being written."""
    monkeypatch.setenv("COMP_WORDS", "\n".join(("spectral-bias", *words)))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    monkeypatch.setenv(completion.COMPLETING, "complete_bash")
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert not end.value.code
    return [line for line in capsys.readouterr().out.split("\n") if line]


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_ends_with_an_example_of_the_command(command: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, *([command] if command else []), "--help")
    assert (code, err) == (0, "")
    beginning = f"Example: spectral-bias {command or ''}".rstrip()
    assert out.splitlines()[-1].strip().startswith(beginning)
    if command:
        assert "--quiet" in out and "--out" in out


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([""], list(COMMANDS)),
        (["ver"], ["verify"]),
        (["spectrum", "--deg"], ["--degrees"]),
        (["spectrum", '"NTK(depth=2) + Gau'], ["NTK(depth=2) + Gaussian(rate=1)"]),
        (["spectrum", "NTK(depth=2)", "--format", ""], list(cli.SPECTRUM_FORMATS)),
        (["spectrum", "NTK(depth=2)", "--convention", "kernel-g"], list(cli.CONVENTIONS[-2:])),
        (["verify", "cao-decay"], ["cao-decay-degree", "cao-decay-dim"]),
        (["verify", "cao-mu1", "--profile", "f"], ["full"]),
        (["train", "cao-ci"], ["cao-circle"]),
        (["train", "cao-circle", "--set", "wi"], ["width="]),
        (["train", "nothing", "--set", "wi"], []),
        (["spectrum", "NT"], ["'NTK(depth=2)'"]),
        (["spectrum", "'NT"], ["NTK(depth=2)"]),
        (["spectrum", "Zon"], ["'Zonal(\"exp(t)\")'"]),
        (["check", "mu_k", "--kernel", "La"], ["'Laplace(rate=1)'"]),
        (["experiments", "cao-ci"], ["cao-circle"]),
        (["claims", "cao-decay"], ["cao-decay-degree", "cao-decay-dim"]),
    ],
)
def test_completion(
    words: list[str], names: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert offered(capsys, monkeypatch, *words) == names


def test_every_claim_and_every_constructor_is_offered() -> None:
    assert sorted(completion.claims("")) == sorted(all_claims())
    own = {name: kind for name, kind in constructors().items() if kind.__module__.startswith("theory.")}
    assert {kind.example for kind in own.values()} <= set(completion.kernels(""))
    assert {name: type(parse_kernel(kind.example)) for name, kind in own.items()} == own


@pytest.mark.parametrize(("typed", "inserted"), [("'\"NT'", "NTK(depth=2)"), ("NT", "'NTK(depth=2)'")])
def test_bash_completes_by_the_script_that_is_shown(typed: str, inserted: str, tmp_path: Path) -> None:
    beside = Path(sys.executable).parent
    if not (beside / "spectral-bias").exists() or shutil.which("bash") is None:
        pytest.skip("no bash, or the package is not installed beside this interpreter")
    script = tmp_path / "completion.sh"
    environment = {**os.environ, "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}"}
    shown = ["spectral-bias", "--show-completion", "bash"]
    with script.open("w") as file:
        subprocess.run(shown, env=environment, stdout=file, check=True)
    ask = (
        f"source {script}; COMP_WORDS=(spectral-bias spectrum {typed}); COMP_CWORD=2; "
        "_spectral_bias_completion spectral-bias; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(["bash", "-c", ask], env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"{inserted}\n", "")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (["spectrm"], "spectrum"),
        (["spectrum", "NTKK(depth=2)", "--dim", "2", "--degrees", "1"], "NTK"),
        (["spectrum", "NTK(detph=2)", "--dim", "2", "--degrees", "1"], "depth"),
        (["spectrum", 'Dual("rleu")', "--dim", "2", "--degrees", "1"], "relu"),
        (["spectrum", "NTK(depth=2)", "--dmi", "2"], "--dim"),
        (["spectrum", "NTK(depth=2)", "--dim", "2", "--degrees", "1", "--route", "clsoed"], "closed"),
        (["spectrum", "NTK(depth=2)", "--dim", "2", "--degrees", "1", "--convention", "cau"], "cao"),
        (["verify", "cao-party"], "cao-parity"),
        (["verify", "--profile", "quik"], "quick"),
        (["train", "cao-circel"], "cao-circle"),
        (["train", "cao-circle", "--set", "widht=5"], "width"),
        (["train", "cao-circle", "--device", "cudo"], "cuda"),
    ],
)
def test_the_nearest_name_is_suggested_in_one_line(
    wrong: list[str], right: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = call(capsys, *wrong)
    assert (code, out) == (2, "") and err.count("\n") == 1
    assert f"(did you mean {right}?)" in err, err


def test_a_name_that_is_like_no_other_gets_no_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean" not in call(capsys, "xyzzy")[2]


@pytest.mark.parametrize(
    "words", [["check", "statments.toml"], ["table", "statments.toml"], ["check", "./statments.toml"]]
)
def test_the_nearest_file_is_suggested(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "statements.toml").touch()
    code, out, err = call(capsys, *words)
    assert (code, out) == (2, "") and "(did you mean statements.toml?)" in err and err.count("\n") == 1
    assert "did you mean" not in call(capsys, "check", "nothing/statments.toml")[2]
    (tmp_path / "statements.toml").unlink()
    assert "did you mean" not in call(capsys, *words)[2]
