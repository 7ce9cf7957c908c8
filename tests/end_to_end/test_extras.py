"""Without the packages of the extras: spectra, laws, statements, tables work; what needs one says which, in one line."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from verify.running.extras import EXTRAS

ROOT = Path(__file__).resolve().parents[2]
ABSENT = [*(name for names in EXTRAS.values() for name in names), "pandas"]
WITHOUT = f"""
import contextlib, importlib.machinery, io, json, sys
absent = set({ABSENT!r})
class Fewer(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in absent else super().find_spec(name, path, target)
sys.meta_path[:] = [Fewer if finder is importlib.machinery.PathFinder else finder for finder in sys.meta_path]
"""
RUN = (
    WITHOUT
    + """
from verify.command import cli
found = []
for request in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.run(request)
    found.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(found))
"""
)
NTK2 = "NTK(depth=2)"
WORK = [
    ["spectrum", NTK2, "--dim", "2", "--degrees", "0:3"],
    ["spectrum", NTK2, "--dim", "2", "--degrees", "0:3", "--route", "mpmath", "--format", "latex"],
    ["kernel", NTK2, "--dim", "2"],
    ["table", NTK2, "--dim", "2", "--degrees", "0:2"],
    ["decay", NTK2, "--as", "k", "--dim", "2"],
    ["rate", NTK2, "--dim", "2", "--degrees", "0:2"],
    ["derive", NTK2, "--format", "json"],
    ["functional", "trace", NTK2],
    ["check", "mu_k >= 0", "--kernel", NTK2, "--explain"],
    ["kernels"],
    ["claims"],
    ["experiments"],
    ["conventions"],
    ["grammar"],
    ["help"],
]
REFUSED = {
    ("verify", "cao-parity"): "verify needs torch",
    ("verify", "cao-parity", "--planted"): "verify needs torch",
    ("train", "cao-circle"): "train needs torch",
    ("train", "cao-circle", "--scheduler", "tcp://h:1"): "spectral-bias[networks,report,cluster]'",
    ("report", "results"): "report needs torch",
    ("decay", NTK2, "--as", "k", "--plot", "a.png"): "--plot needs jinja2",
    ("experiments", "cao-circle"): "experiments cao-circle needs torch",
}


def answers(requests: list[list[str]]) -> list[tuple[int, str, str]]:
    command = [sys.executable, "-c", RUN, json.dumps(requests)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout)


def test_what_needs_no_extra_works_without_any() -> None:
    for request, (code, out, err) in zip(WORK, answers(WORK), strict=True):
        assert (code, err) == (0, "") and out, (request, err)


def test_what_needs_an_extra_says_which_in_one_line() -> None:
    for (request, says), (code, out, err) in zip(REFUSED.items(), answers([list(r) for r in REFUSED]), strict=True):
        assert (code, out) == (2, "") and says in err and err.count("\n") == 1, (request, err)
        assert "python -m pip install 'spectral-bias[" in err


def test_python_works_without_any_and_a_table_says_what_it_needs() -> None:
    code = (
        WITHOUT
        + """
import theory as th, verify.testing
from verify.testing import assert_spectrum
assert_spectrum([0.5, 1 / 3, 5 / 64], "NTK(depth=2)", dim=2, degrees=range(3))
for call in (lambda s: s.to_pandas(), lambda s: s.to_xarray()):
    try:
        call(th.spectrum("NTK(depth=2)", 2, "0:2"))
    except ImportError as error:
        print(error)
"""
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stderr == ""
    how = "is missing: python -m pip install 'spectral-bias[networks]'"
    assert done.stdout.splitlines()[0] == f"pandas {how}" and done.stdout.splitlines()[1].endswith(how)


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_extras_are_those_of_the_project(extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {text.partition(">")[0].partition("[")[0].lower() for text in project["optional-dependencies"][extra]}
    known = packages_distributions()
    brought = {name: {d.lower() for d in known[name]} for name in EXTRAS[extra]}
    assert all(found & (wanted | {"distributed"}) for found in brought.values()), brought
    assert wanted <= {d for found in brought.values() for d in found}
    assert not wanted & {text.partition(">")[0].lower() for text in project["dependencies"]}
