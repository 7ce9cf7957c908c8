"""`make quick` has something of every room: what tests/quick.txt names is there."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAMED = (ROOT / "tests" / "quick.txt").read_text(encoding="utf-8").split()
SLOW = {
    "numerics": {"experiments"},
    "verify": {"networks", "claims", "twins", "report", "tables", "figures", "properties", "testing", "running"},
}


def rooms(package: str) -> set[str]:
    return {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}


def without_tests(package: str, named: list[str]) -> set[str]:
    """Rooms of a package of whose folders of tests or of sources nothing is named."""
    folders = [name.removeprefix("tests/").split("/") for name in named]
    return rooms(package) - {parts[1] for parts in folders if parts[0] == package and len(parts) > 1}


def test_what_is_named_is_there_once() -> None:
    assert len(set(NAMED)) == len(NAMED)
    assert [name for name in NAMED if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("package", ["theory", "numerics", "verify"])
def test_every_room_has_something_in_it_but_those_that_train(package: str) -> None:
    assert without_tests(package, NAMED) <= SLOW.get(package, set())
    assert without_tests(package, []) == rooms(package) != set()
