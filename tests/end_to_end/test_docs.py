"""Pages below docs/ run as they stand; every public name has a docstring; `make docs` makes pages."""

from __future__ import annotations

import ast
import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.test_readme import BLOCK, shown, transcript
from theory.kernels import algebra
from theory.statements import strategy
from verify.ledger import expectations

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BLOCKS = BLOCK.findall(PAGE)
FILES = {  # blocks that begin with the name of a file: in the package, or of a reader's own
    body.partition("\n")[0][2:]: body for name, body in BLOCKS if name == "python" and body.startswith("# ")
}
SHIPPED = ("theory", "numerics", "verify")


def blocks(language: str) -> list[str]:
    return [body for name, body in BLOCKS if name == language]


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the files that the page puts into it."""
    folder = tmp_path_factory.mktemp("extended")
    for package in SHIPPED:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, body in FILES.items():
        if "/" in name:
            (folder / name).write_text(body, encoding="utf-8")
    return folder


def write_own_files(folder: Path) -> None:
    """The files of the page that are outside the project."""
    for name, body in FILES.items():
        if "/" not in name:
            (folder / name).write_text(body, encoding="utf-8")


@pytest.mark.parametrize(
    "body",
    [body for body in blocks("python") if body not in FILES.values()],
    ids=lambda body: body.split("\n")[0][4:40],
)
def test_a_worked_example_runs(body: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(strategy, "REGISTERED", {})  # what an example registers is gone after it
    monkeypatch.setattr(algebra, "DECLARED", dict(algebra.DECLARED))
    write_own_files(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    examples = doctest.DocTestParser().get_doctest(body, {"__name__": "example"}, "extending", None, 0)
    assert len(examples.examples) > 2
    found: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(examples, out=found.append)
    assert found == []
    for name in FILES:
        sys.modules.pop(Path(name).stem, None)


@pytest.mark.parametrize("body", blocks("console"))
def test_a_command_prints_what_is_shown(
    body: str, extended: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(extended))
    write_own_files(tmp_path)
    pairs = transcript(body)
    assert shown([command for command, _ in pairs], tmp_path) == [output for _, output in pairs]


def test_the_expected_verdict_has_the_form_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (body,) = blocks("toml")
    (tmp_path / "expected.toml").write_text(body, encoding="utf-8")
    monkeypatch.setattr(expectations, "EXPECTED", tmp_path / "expected.toml")
    entry = {"id": "my-lemma", "status": "DECIDED", "truth": "HOLDS", "evidence": "proved"}
    assert expectations.mismatch(entry, expectations.expected()) is None
    assert expectations.mismatch(entry | {"truth": "FAILS"}, expectations.expected()) is not None


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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built strictly: a link that leads nowhere is an error."""
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return folder


def test_the_reference_shows_formulas_as_they_are_written(site: Path) -> None:
    page = (site / "reference" / "theory.html").read_text(encoding="utf-8")
    assert "multiplicity" in page and "N(d,k)" in page and "theory.spectra.sphere" in page


def test_a_formula_is_shown_without_a_script(site: Path) -> None:
    page = (site / "conventions.html").read_text(encoding="utf-8")
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in page and r"\frac" not in page


def test_the_pages_need_no_network_and_are_searched_from_disk(site: Path) -> None:
    fetched = re.compile(
        r'<(?:script|img|iframe)[^>]*src="https?:|<link[^>]*rel="(?:stylesheet|preconnect)"[^>]*href="https?:'
    )
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 15
    assert not [page.name for page in pages if fetched.search(page.read_text(encoding="utf-8"))]
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no browser here")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(offline=True, viewport={"width": 1400, "height": 900}).new_page()
        page.goto((site / "verdicts.html").as_uri())
        page.locator("[data-md-component=search-query]").first.click()
        page.keyboard.type("falsifier", delay=20)
        page.get_by_text("matching documents").wait_for(timeout=60_000)
        browser.close()
