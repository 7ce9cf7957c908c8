"""Help and refusals cost next to nothing: what takes long to load is not loaded before the request is understood."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("sympy", "torch", "scipy", "xarray", "matplotlib", "jsonschema", "hypothesis")
SPECTRUM = ("spectrum", "NTK(depth=2)", "--dim", "2")
REQUESTS = [
    ["--help"],
    ["verify", "--help"],
    ["train", "--help"],
    ["spectrm"],
    [],
    ["-h"],
    ["help"],
    ["help", "train"],
    ["help", "trian"],
    ["claims", "cao-dekay"],
    ["experiments"],
    ["experiments", "fourrier"],
    ["grammar"],
    ["grammar", "statment"],
    ["kernels"],
    ["kernels", "--format", "jsn"],
    ["verify", "cao-dekay"],
    ["verify", "--profile", "quik"],
    ["verify", "--jobs", "0"],
    ["train", "fourrier"],
    ["train", "cao-circle", "--profile", "quik"],
    ["train", "cao-circle", "--set", "widht=4"],
    ["train", "cao-circle", "--seeds", "x"],
    ["report", "there-is-none"],
    ["check", "there-is-none.toml"],
    ["check", "1 < 2", "--format", "jason"],
    ["spectrum", "NTKK(depth=2)", "--dim", "2", "--degrees", "1"],
    [*SPECTRUM, "--degrees", "5:1"],
    [*SPECTRUM, "--degrees", "1", "--route", "clsoed"],
    ["table", "NTK(dept=2)", "--dim", "2", "--degrees", "2"],
    ["decay", "Laplas(rate=1)", "--as", "k"],
    ["decay", "NTK(depth=2)", "--as", "x"],
    ["derive", "NTKK(depth=2)"],
    ["kernel", "Zonal(t)"],
    ["rate", "NTK2", "--dim", "2"],
    ["functional", "trac", "NTK(depth=2)", "--dim", "2"],
]
FINE = ([], ["-h"], ["help"], ["help", "train"], ["experiments"], ["grammar"], ["kernels"])  # what is no mistake
RUN = """
import contextlib, io, json, sys
from verify.command import cli
found = []
for request in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        code = cli.run(request)
    found.append((code, sorted(set(json.loads(sys.argv[2])) & set(sys.modules))))
print(json.dumps(found))
"""


def loaded(requests: list[list[str]]) -> list[tuple[int, list[str]]]:
    """(exit code, heavy modules that are there) after each of the requests, in one fresh process."""
    command = [sys.executable, "-c", RUN, json.dumps(requests), json.dumps(HEAVY)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="module")
def after() -> list[tuple[int, list[str]]]:
    return loaded(REQUESTS)


@pytest.mark.parametrize("number", range(len(REQUESTS)), ids=[" ".join(r) or "nothing" for r in REQUESTS])
def test_help_and_refusals_load_nothing_heavy(number: int, after: list[tuple[int, list[str]]]) -> None:
    code, heavy = after[number]
    assert (code, heavy) == (0 if REQUESTS[number] in FINE or "--help" in REQUESTS[number] else 2, [])


def test_what_computes_is_noticed() -> None:
    assert "sympy" in loaded([["decay", "NTK(depth=2)", "--as", "k"]])[0][1]
