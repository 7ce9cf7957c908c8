"""`make test` leaves something of every test to the night, and no line of tests/day.txt is of a test that is gone."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests import day

pytest_plugins = ["pytester"]
ROOT = Path(__file__).resolve().parent.parent
TWO = """
import pytest

@pytest.mark.parametrize("case", range(6))
def test_some(case): ...

def test_late(): ...
"""


@cache
def functions(file: str) -> set[str]:
    return {node.name for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_line_is_of_a_test_that_is_there() -> None:
    for test, count in day.read().items():
        file, _, name = test.partition("::")
        assert count >= 0 and name.rpartition(".")[2] in functions(file), test


def test_the_rules_of_the_house_and_the_verdicts_are_never_left_to_the_night() -> None:
    counts = day.read()
    assert all(counts.get(test, day.WHOLE) == count for test, count in day.KEPT.items())
    assert {test for test in day.KEPT if test.partition("::")[2] not in functions(test.partition("::")[0])} == set()


@pytest.mark.parametrize(
    ("arguments", "cases"),
    [
        ((), ["0", "2", "5"]),
        (("--whole",), ["0", "1", "2", "3", "4", "5", "late"]),
        (("test_two.py::test_some",), ["0", "1", "2", "3", "4", "5"]),
    ],
)
def test_so_many_cases_are_run(
    arguments: tuple[str, ...], cases: list[str], pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pytester.path / "day.txt").write_text("3 test_two.py::test_some\n0 test_two.py::test_late\n")
    monkeypatch.setattr(day, "LIST", pytester.path / "day.txt")
    pytester.makepyfile(test_two=TWO)
    pytester.makeconftest("from tests.conftest import pytest_addoption, pytest_collection_modifyitems")
    done = pytester.inline_run("--verbose", *arguments)
    names = [
        report.nodeid.partition("::test_")[2]
        for report in done.getreports("pytest_runtest_logreport")
        if report.when == "call"
    ]
    assert [name.removeprefix("some[").removesuffix("]") for name in names] == cases
