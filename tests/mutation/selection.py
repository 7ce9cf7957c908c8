"""Which tests can notice a changed line: those that run it, the module's own ones first, then the quickest.

The tests run once with coverage.py, which keeps for every line the tests that ran it. A line that
runs on import is run by every test that runs anything of its module.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FIRST = 3  # files
Lines = Mapping[int, Iterable[str]]  # line -> tests; the empty name stands for import


@dataclass(frozen=True, slots=True)
class Selection:
    """What ran where, and the CPU seconds of each test."""

    ran: Mapping[str, Lines]  # by module
    seconds: Mapping[str, float]

    def tests(self, module: str, source: str, line: int, most: float) -> list[str]:
        """The tests that run the statement at that line, of at most so many seconds together; one at least, if any.

        First the module's own ones, in half of the time, then all others, quickest first.
        """
        ran = self.ran.get(module, {})
        found = ({test for number in lines for test in ran.get(number, ())} for lines in statement_lines(source, line))
        statement = next(filter(None, found), set())
        importing = {test for tests in ran.values() for test in tests} if "" in statement else set()
        own = {test for test in statement if belongs(test, module)}
        chosen, spent = [], 0.0
        for among, limit in ((own, most / 2), (statement, most), (importing, most)):
            for test in sorted((among & self.seconds.keys()) - set(chosen), key=lambda t: (self.seconds[t], t)):
                if chosen and spent + self.seconds[test] > limit:
                    break
                spent += self.seconds[test]
                chosen.append(test)
        return chosen

    def write(self, path: Path) -> None:
        """As JSON."""
        ran = {m: {n: sorted(tests) for n, tests in lines.items()} for m, lines in self.ran.items()}
        path.write_text(json.dumps({"ran": ran, "seconds": dict(self.seconds)}), encoding="utf-8")


def belongs(test: str, module: str) -> bool:
    """Whether a test is of the module: its examples, and what stands in the file of tests that mirrors it.

    >>> [belongs(test, "theory/laws/decay.py") for test in ("theory/laws/decay.py::f", "tests/theory/laws/test_decay.py::g")]
    [True, True]
    >>> belongs("tests/theory/laws/test_kink.py::h", "theory/laws/decay.py")
    False
    """
    folder, _, name = module.removesuffix(".py").rpartition("/")
    return test.startswith((f"{module}::", f"tests/{folder}/test_{name}.py::", f"tests/{folder}/test_{name}_"))


def read_selection(path: Path) -> Selection:
    """What `write` wrote."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Selection({m: {int(n): t for n, t in lines.items()} for m, lines in kept["ran"].items()}, kept["seconds"])


def selection(root: Path, modules: Iterable[str], data_file: Path, seconds: Mapping[str, float]) -> Selection:
    """From the data file of coverage.py, whose contexts are pytest-cov's `test id|phase`."""
    from coverage import CoverageData

    data = CoverageData(str(data_file))
    data.read()
    ran = {}
    for module in modules:
        lines = data.contexts_by_lineno(str(root / module))
        ran[module] = {line: {name.rpartition("|")[0] for name in names} for line, names in lines.items()}
    return Selection(ran, seconds)


def together(selections: Iterable[Selection]) -> Selection:
    """What several runs found, of different tests.

    >>> one = Selection({"a.py": {1: ["x"]}}, {"x": 0.5})
    >>> both = together([one, Selection({"a.py": {1: ["y"], 2: ["y"]}}, {"y": 1.0})])
    >>> both.ran["a.py"] == {1: {"x", "y"}, 2: {"y"}}, both.seconds
    (True, {'x': 0.5, 'y': 1.0})
    """
    ran: dict[str, dict[int, set[str]]] = {}
    seconds: dict[str, float] = {}
    for found in selections:
        seconds |= found.seconds
        for module, lines in found.ran.items():
            for line, tests in lines.items():
                ran.setdefault(module, {}).setdefault(line, set()).update(tests)
    return Selection(ran, seconds)


def parts(tests: list[str]) -> list[list[str]]:
    """The tests of the FIRST files that hold most of them, and the others: a file takes time to read.

    >>> parts(["a::1", "b::1", "c::1", "a::2", "d::1"])
    [['a::1', 'b::1', 'c::1', 'a::2'], ['d::1']]
    """
    files = [file for file, _ in Counter(test.partition("::")[0] for test in tests).most_common(FIRST)]
    first = [test for test in tests if test.partition("::")[0] in files]
    return [part for part in (first, [test for test in tests if test not in set(first)]) if part]


def statement_lines(source: str, line: int) -> Iterator[range]:
    """The lines of the statement at a line, then those of the heads of the blocks around it in its function.

    Python reports no line for a `continue` at the end of a condition: its block's head stands for it.

    >>> [list(lines) for lines in statement_lines("if a:\\n    b = (\\n        1 + 1)\\nelse:\\n    c", 3)]
    [[2, 3], [1]]
    >>> [list(lines) for lines in statement_lines("def f(\\n    a=1):\\n    for b in a:\\n        c", 4)]
    [[4], [3]]
    """
    kinds = (ast.stmt, ast.ExceptHandler)
    around = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, kinds) and line in range(_first(n), n.end_lineno + 1)
    ]
    around.sort(key=lambda n: n.end_lineno - _first(n))
    for number, node in enumerate(around):
        if number and isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return
        body = getattr(node, "body", None)
        last = max(_first(node), body[0].lineno - 1) if body else node.end_lineno
        yield range(_first(node), last + 1)


def _first(node: ast.AST) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
