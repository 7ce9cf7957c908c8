"""Pages below docs/ run as they stand; every public name has a docstring; `make docs` makes pages."""

from __future__ import annotations

import ast
import doctest
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.test_readme import BLOCK, shown, transcript
from verify.ledger import run as ledger

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BLOCKS = BLOCK.findall(PAGE)
SHIPPED = ("theory", "numerics", "verify")


def blocks(language: str) -> list[str]:
    return [body for name, body in BLOCKS if name == language]


@pytest.mark.parametrize("body", blocks("python"), ids=lambda body: body.split("\n")[0][4:40])
def test_a_worked_example_runs(body: str) -> None:
    examples = doctest.DocTestParser().get_doctest(body, {"__name__": "example"}, "extending", None, 0)
    assert len(examples.examples) > 2
    found: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(examples, out=found.append)
    assert found == []


@pytest.mark.parametrize("body", blocks("console"))
def test_a_command_prints_what_is_shown(body: str, tmp_path: Path) -> None:
    pairs = transcript(body)
    assert shown([command for command, _ in pairs], tmp_path) == [output for _, output in pairs]


def test_the_expected_verdict_has_the_form_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (body,) = blocks("toml")
    (tmp_path / "expected.toml").write_text(body, encoding="utf-8")
    monkeypatch.setattr(ledger, "EXPECTED", tmp_path / "expected.toml")
    entry = {"id": "my-lemma", "status": "DECIDED", "truth": "HOLDS", "evidence": "proved"}
    assert ledger.mismatch(entry, ledger.expected()) is None
    assert ledger.mismatch(entry | {"truth": "FAILS"}, ledger.expected()) is not None


def without_docstring(source: str) -> list[str]:
    """Public functions and classes of a module that say nothing of themselves, and the module."""
    tree = ast.parse(source)
    found = [] if ast.get_docstring(tree) else ["the module"]
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    public = [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]
    return found + [node.name for node in public if not ast.get_docstring(node)]


@pytest.mark.parametrize("package", SHIPPED)
def test_every_public_name_has_a_docstring(package: str) -> None:
    paths = sorted((ROOT / package).rglob("*.py"))
    found = {path.name: without_docstring(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: silent for name, silent in found.items() if silent} == {}


def test_a_missing_docstring_is_noticed() -> None:
    silent = 'def f(): pass\nclass A: pass\ndef g(): "says"\ndef _h(): pass\n'
    assert without_docstring(silent) == ["the module", "f", "A"]


def test_the_reference_shows_formulas_as_they_are_written(tmp_path: Path) -> None:
    pytest.importorskip("pdoc")
    command = [sys.executable, "-m", "pdoc", "-o", str(tmp_path), "theory.spectra.sphere", "theory.numbers.truth"]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    page = (tmp_path / "theory" / "spectra" / "sphere.html").read_text(encoding="utf-8")
    assert "multiplicity" in page and "<em>" not in page and "N(d,k)" in page
