"""The rules of the house, held by tools: imports, lint, format, types. `make lint` runs the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
RULES = {
    "imports": ["lint-imports", "--no-cache"],
    "lint": ["ruff", "check", "--no-cache", "."],
    "format": ["ruff", "format", "--check", "--no-cache", "."],
    "types": ["mypy"],
}


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(BIN / command[0]), *command[1:]], cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_its_rules(rule: str) -> None:
    done = run(RULES[rule], ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


PLANTED = {
    "lint": ("def test_a() -> None: ...\n\n\ndef test_a() -> None: ...\n", "F811"),  # a test shadowed by another
    "format": ("x = [1,2]\n", "would be reformatted"),
}


def test_a_function_without_types_is_refused(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("def f(x):\n    return x\n\n\ndef g(x: int) -> str:\n    return x\n")
    command = ["mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path), "planted.py"]
    done = run(command, tmp_path)
    assert done.returncode == 1 and "no-untyped-def" in done.stdout and "return-value" in done.stdout


@pytest.mark.parametrize("rule", PLANTED)
def test_the_tools_see_a_planted_offence(rule: str, tmp_path: Path) -> None:
    text, said = PLANTED[rule]
    (tmp_path / "test_planted.py").write_text(text)
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    done = run(RULES[rule], tmp_path)
    assert done.returncode != 0 and said in done.stdout + done.stderr


def test_an_import_upwards_breaks_the_contract(tmp_path: Path) -> None:
    """One line in a copy: the trusted part asks the room that looks for proofs."""
    for package in ("theory", "numerics", "verify"):
        for path in (ROOT / package).rglob("*.py"):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    checker = tmp_path / "theory" / "proofs" / "check.py"
    checker.write_text(checker.read_text() + "\n\ndef f():\n    from theory.derivations import moments\n")
    done = run(RULES["imports"], tmp_path)
    broken = {line.rpartition(" ")[0] for line in done.stdout.splitlines() if line.endswith("BROKEN")}
    assert done.returncode != 0
    assert {
        "The rooms of theory import downwards alone",
        "What checks proofs knows nothing of what looks for them",
    } <= broken
