"""Every code block of the README and of the pages in docs/ is run: console blocks by a shell, python as doctests.

Console blocks find the TOML block of claims of their page as statements.toml, another one as table.toml, and each
python block that begins with the name of a file, `# net.py`, as that file.

The block of the two set-up commands (`sh`), plain text and BibTeX are not run; what the page on
continuous integration shows is run without its installation. The page on extending has its own tests (`test_docs`).
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from numerics.experiments import experiment_modules
from verify.claims import all_claims
from verify.ledger.expectations import expected

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = {
    path.stem: path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if path.stem != "extending"
}
README = PAGES["README"]
MOST_BYTES = 8_000  # of the README
MARK = "@@@"


def blocks(language: str, page: str) -> list[str]:
    return [body for name, body in BLOCK.findall(PAGES[page]) if name == language]


def transcript(body: str) -> list[tuple[str, str]]:
    """(command, what it prints) of a console block."""
    parts = re.split(r"^\$ (.*)\n", body, flags=re.MULTILINE)
    assert parts[0] == "", "a console block begins with a command"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def shown(commands: list[str], folder: Path) -> list[str]:
    """What each command prints, standard error included, run in one shell that keeps $?."""
    beside = Path(sys.executable).parent
    if not (beside / "spectral-bias").exists():
        pytest.skip("the package is not installed beside this interpreter")
    script = "".join(f"{command}\nstatus=$?; echo '{MARK}'; (exit $status)\n" for command in commands)
    environment = {**os.environ, "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script}"], cwd=folder, env=environment, capture_output=True, text=True
    )
    return run.stdout.split(f"{MARK}\n")[:-1]


def test_every_block_has_a_language_that_is_known_here() -> None:
    known = {"sh", "console", "python", "text", "bibtex", "toml", "yaml"}
    assert {name for page in PAGES.values() for name, _ in BLOCK.findall(page)} == known
    assert re.findall(r"^make (\w+)", *blocks("sh", "README"), re.MULTILINE) == ["verify", "test"]
    assert {page for page in PAGES if blocks("sh", page)} == {"README", "ci"}


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    assert len(README.encode()) <= MOST_BYTES
    for name, page in PAGES.items():
        folder = ROOT if name == "README" else ROOT / "docs"
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page):
            assert (folder / link).exists(), (name, link)


def assert_shown(page: str, body: str, folder: Path) -> None:
    pairs = transcript(body)
    for text in blocks("toml", page):
        (folder / ("statements.toml" if "[[claim]]" in text else "table.toml")).write_text(text, encoding="utf-8")
    for text in blocks("python", page):
        if named := re.match(r"# (\w+\.py)\n", text):
            (folder / named[1]).write_text(text, encoding="utf-8")
    assert shown([command for command, _ in pairs], folder) == [output for _, output in pairs]


@pytest.mark.parametrize("body", blocks("console", "README"), ids=lambda body: body[2:40])
def test_console_block_of_the_readme(body: str, tmp_path: Path) -> None:
    assert_shown("README", body, tmp_path)


CONSOLE = [(page, body) for page in PAGES if page != "README" for body in blocks("console", page)]


@pytest.mark.parametrize(("page", "body"), CONSOLE, ids=[f"{page}: {body[2:40]}" for page, body in CONSOLE])
def test_console_block(page: str, body: str, tmp_path: Path) -> None:
    assert_shown(page, body, tmp_path)


def test_a_changed_digit_is_noticed(tmp_path: Path) -> None:
    command, output = transcript(blocks("console", "README")[0])[0]
    assert shown([command], tmp_path) != [output.replace("0.078125", "0.078126")]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks("python", page)])
def test_python_blocks(page: str) -> None:
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks("python", page)), {}, page, page, 0)
    assert examples.examples
    found: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(examples, out=found.append)
    assert found == []


def test_every_experiment_has_a_line() -> None:
    rows = "".join(row for row in PAGES["networks"].splitlines() if row.startswith("| `") and row.count("|") == 3)
    assert set(experiment_modules()) <= set(re.findall(r"`([\w-]+)`", rows))


EVIDENCE = "proved|certified|checked|observed"
VERDICT = re.compile(rf"^\| `([\w-]+)` \| .* \| ([A-Z][^|]*) \| ({EVIDENCE}) \| [^|]*\|$", re.MULTILINE)


def test_the_tables_of_verdicts_say_what_is_decided() -> None:
    claims, known = all_claims(), expected()
    told = {name: (verdict, evidence) for name, verdict, evidence in VERDICT.findall(README + PAGES["verdicts"])}
    decided = {name: want for name, want in known.items() if want["evidence"] != "observed"}
    notable = {name for name, want in decided.items() if want["truth"] == "FAILS" or "up_to" in want}
    assert notable < set(told) <= set(known)
    for name, (verdict, evidence) in told.items():
        want = known[name]
        if "up_to" in want:
            words, _, named = verdict.partition(" up to ")
            assert words == "HOLDS" and named and want["up_to"].startswith(named), name
        else:
            restated = " as restated" if want["truth"] == "FAILS" and claims[name].restated else ""
            assert verdict == want["truth"] + restated, name
        assert evidence == want["evidence"], name


def test_targets_and_folders_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = README + PAGES["development"]
    targets = re.findall(r"(?:^|`)make ([a-z]+)\b", text, re.MULTILINE)  # commands, not the verb in a sentence
    assert {"verify", "test", "lint", "nightly", "mutation", "bench", "docs"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for folder in re.findall(r"^(\w+)/ ", blocks("text", "architecture")[0], re.MULTILINE):
        assert (ROOT / folder).is_dir()


STATEMENT = '[[claim]]\nid = "mine"\nkernel = "NTK(depth=2)"\nsays = "mu(1) = 1/(d+1)"\n'
NETWORK = """
from verify.testing import assert_spectrum

def test_my_routine():
    assert_spectrum([0.5, 1 / 3], "NTK(depth=2)", dim=2, degrees=range(2))

def test_my_other_routine():
    assert_spectrum([1.0, 1 / 3], "NTK(depth=2)", dim=2, degrees=range(2))
"""


def test_the_workflow_is_yaml_of_the_commands_in_the_shell() -> None:
    yaml = pytest.importorskip("yaml")
    workflow = yaml.safe_load(blocks("yaml", "ci")[0])
    steps = workflow["jobs"]["spectra"]["steps"]
    told = [step["run"].removesuffix(" --format github") for step in steps if "run" in step]
    assert told == blocks("sh", "ci")[0].splitlines()
    assert all(set(step) <= {"uses", "with", "run"} for step in steps) and workflow[True] == ["push"]  # "on" is True


def test_the_commands_of_the_workflow_check_statements_and_networks(tmp_path: Path) -> None:
    install, *commands = blocks("sh", "ci")[0].splitlines()
    assert install.startswith("python -m pip install ")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_network.py").write_text(NETWORK, encoding="utf-8")
    (tmp_path / "statements.toml").write_text(STATEMENT, encoding="utf-8")
    holds, tested = shown([f"{command}; echo $?" for command in commands], tmp_path)
    assert holds.startswith("mine: HOLDS") and holds.endswith("\n0\n")
    assert "1 failed, 1 passed" in tested and tested.endswith("\n1\n")
    suite = ElementTree.parse(tmp_path / "networks.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "mu_0 of NTK(depth=2) on S^2 is 0.5, got 1" in suite.find(".//failure").get("message")
