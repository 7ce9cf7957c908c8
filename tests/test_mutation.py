"""The mutation run: which tests it selects for a line, what it draws, what it takes for killed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import sympy as sp

from tests.mutation.plugin import forget
from tests.mutation.selection import Selection, read_selection
from theory.kernels import NTK, diagonal
from theory.symbolic.hypergeometric import normalize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "TABLE = 1 + 1\ndef f(a):\n    if a:\n        return 2\n    return 3\ndef g():\n    return 4\n"
KNOWN = Selection(
    {"m.py": {1: [""], 2: [""], 3: ["slow", "quick"], 4: ["slow"], 5: ["quick"], 6: [""]}},
    {"slow": 10.0, "quick": 1.0, "elsewhere": 0.1},
)


@pytest.mark.parametrize(
    ("line", "tests"),
    [
        (1, ["quick", "slow"]),  # on import: all that run anything of the module
        (3, ["quick", "slow"]),
        (4, ["slow"]),
        (5, ["quick"]),
        (7, []),  # a function that no test runs
    ],
)
def test_a_line_is_tested_by_what_runs_it(line: int, tests: list[str]) -> None:
    assert KNOWN.tests("m.py", SOURCE, line, most=100) == tests


def test_the_quickest_are_taken_while_time_is_left_and_one_at_least() -> None:
    assert KNOWN.tests("m.py", SOURCE, 3, most=5) == ["quick"]
    assert KNOWN.tests("m.py", SOURCE, 4, most=5) == ["slow"]


def test_those_of_the_module_come_first_in_half_of_the_time() -> None:
    own = [f"tests/a/test_m.py::{name}" for name in ("first", "second")]
    known = Selection({"a/m.py": {3: [*own, "quick"]}}, {own[0]: 1.0, own[1]: 4.0, "quick": 0.5})
    assert known.tests("a/m.py", SOURCE, 3, most=100) == [*own, "quick"]
    assert known.tests("a/m.py", SOURCE, 3, most=5) == [own[0], "quick"]
    assert known.tests("a/m.py", SOURCE, 3, most=6) == [own[0], "quick", own[1]]


def test_a_selection_is_read_as_it_was_written(tmp_path: Path) -> None:
    KNOWN.write(tmp_path / "s.json")
    read = read_selection(tmp_path / "s.json")
    assert read.seconds == KNOWN.seconds
    assert all(set(read.ran["m.py"][n]) == set(tests) for n, tests in KNOWN.ran["m.py"].items())


def test_every_explained_survivor_is_still_a_line_of_its_module() -> None:
    listed = tomllib.loads((ROOT / "tests" / "mutation" / "survivors.toml").read_text(encoding="utf-8"))
    for survivor in listed.get("survivor", []):
        assert set(survivor) == {"module", "change", "why"}
        lines = {line.strip() for line in (ROOT / survivor["module"]).read_text(encoding="utf-8").splitlines()}
        removed = [line[1:] for line in survivor["change"].strip().splitlines() if line.startswith("-")]
        assert removed and lines.issuperset(removed), survivor["module"]


def test_mutants_are_what_the_seed_draws_and_change_what_is_computed(tmp_path: Path) -> None:
    pytest.importorskip("cosmic_ray")
    from tests.mutation.mutants import draw

    header = "@lru_cache(maxsize=3)\ndef f(a: int | None) -> int | None:\n"
    text = header + "    return [a + 1 for a in zip(a, strict=True)]\n"
    (tmp_path / "m.py").write_text(text)
    one, two = (list(draw(tmp_path, ["m.py"], 4, seed=1)) for _ in range(2))
    assert one == two and len({m.code for m in one}) == 4
    for mutant in one:
        assert mutant.line == 3 and "maxsize=3" in mutant.code and "strict=True" in mutant.code
        assert [line[0] for line in mutant.difference()] == ["-", "+"]


def test_every_cache_of_ours_is_emptied() -> None:
    assert normalize(sp.Symbol("k")) and normalize.cache_info().currsize > 0
    assert diagonal(NTK(depth=2)) == 2
    forget()
    assert normalize.cache_info().currsize == 0 and diagonal(NTK(depth=2)) == 2
