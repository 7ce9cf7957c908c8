"""What every benchmark shares: one thread, cold caches, processor time, tables in Markdown.

pytest-benchmark repeats the calls and keeps the times; `--benchmark-timer=time.process_time` leaves
out what else the machine does. Its least time counts: other work can only add to it. Ratios compare
times of one run, and the tables go to docs/benchmarks.md as they are printed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy and torch are imported

import pytest

HERE = Path(__file__).parent
COLD = ("theory", "verify")


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Benchmarks are collected by their own configuration only, never by `make test`."""
    return None if config.inipath is not None and config.inipath.parent == HERE else True


def clear_caches() -> None:
    """Forget everything that functions of the theory remember, so that each round starts cold."""
    modules = [m for n, m in sys.modules.items() if n.partition(".")[0] in COLD]
    for module in modules:
        for value in list(vars(module).values()):
            if not isinstance(value, type) and callable(getattr(value, "cache_clear", None)):
                value.cache_clear()


class Tables:
    """Markdown tables by title, in the order in which they are begun, and least seconds by name."""

    def __init__(self) -> None:
        self.headings: dict[str, Sequence[str]] = {}
        self.rows: dict[str, list[Sequence[object]]] = {}
        self.seconds: dict[Any, float] = {}

    def add(self, title: str, heading: Sequence[str], *row: object) -> None:
        """One more row of the table `title`."""
        self.headings[title] = heading
        self.rows.setdefault(title, []).append(row)

    def lines(self) -> list[str]:
        """All tables as Markdown."""
        found = []
        for title, heading in self.headings.items():
            found += ["", title, "", f"| {' | '.join(heading)} |", f"|{' --- |' * len(heading)}"]
            found += [f"| {' | '.join(map(str, row))} |" for row in self.rows[title]]
        return found


TABLES = pytest.StashKey[Tables]()


def pytest_configure(config: pytest.Config) -> None:
    """One set of tables for the run; one thread for torch where it is used."""
    config.stash[TABLES] = Tables()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The tables, last, where they are easily copied."""
    for line in config.stash[TABLES].lines():
        terminalreporter.write_line(line)


@pytest.fixture
def tables(request: pytest.FixtureRequest) -> Tables:
    """The tables of this run."""
    return request.config.stash[TABLES]


Timed = Callable[..., tuple[float, Any]]


@pytest.fixture
def timed(benchmark: Any) -> Timed:
    """timed(work, rounds): (least processor seconds of one call, its result), caches cold."""

    def measure(work: Callable[[], Any], rounds: int = 3) -> tuple[float, Any]:
        found = benchmark.pedantic(work, setup=clear_caches, rounds=rounds, iterations=1)
        return benchmark.stats.stats.min, found

    return measure
