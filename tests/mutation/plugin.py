"""A pytest plugin, `-p tests.mutation.plugin`: the tests asked for, in that order, under limits.

Without variables in the environment it changes nothing.

    MUTATION_TESTS    a file with one test id per line: run these, in this order
    MUTATION_TIMES    a file to write: test id -> CPU seconds, null if it failed, as JSON
    MUTATION_FRESH    1: forget cached results before each test, so that each runs all it rests on
                      (the cases of one test share them), and let alarms ring late: a traced test is slow
    MUTATION_SECONDS  CPU seconds after which the process ends
    MUTATION_MEMORY   bytes of address space it may take
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

OURS = ("theory", "verify")
PATIENCE = 20  # an alarm that rings inside the tracer ends what coverage.py keeps
seconds: dict[str, float | None] = {}
failed: set[str] = set()
before = ""  # the test that ran last


def pytest_configure(config: pytest.Config) -> None:
    """Set the limits before any tested code is imported."""
    for name, kind in (("MUTATION_SECONDS", resource.RLIMIT_CPU), ("MUTATION_MEMORY", resource.RLIMIT_AS)):
        if limit := int(os.environ.get(name, "0")):
            resource.setrlimit(kind, (limit, limit + 5 if kind == resource.RLIMIT_CPU else limit))
    if os.environ.get("MUTATION_FRESH"):
        prompt = signal.setitimer
        signal.setitimer = lambda which, seconds, again=0.0: prompt(which, PATIENCE * seconds, again)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what is asked for, in that order.

    A mutant may change the parameters of a test, and so its id: where no test of a function that was
    asked for is left, all that it has now are run.
    """
    if path := os.environ.get("MUTATION_TESTS"):
        place = {name: number for number, name in enumerate(Path(path).read_text(encoding="utf-8").splitlines())}
        lost = set(map(function, place)) - {function(item.nodeid) for item in items if item.nodeid in place}
        kept = [item for item in items if item.nodeid in place or function(item.nodeid) in lost]
        items[:] = sorted(kept, key=lambda item: place.get(item.nodeid, len(place)))


def function(name: str) -> str:
    """A test's id without its parameters."""
    return name.partition("[")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Time one test, with empty caches where that is asked for."""
    global before
    if os.environ.get("MUTATION_FRESH") and before != function(item.nodeid):
        forget()
    before = function(item.nodeid)
    started = time.process_time()
    result = yield
    took = time.process_time() - started
    seconds[item.nodeid] = None if item.nodeid in failed else took
    return result


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what failed, in setup and teardown too."""
    if report.failed:
        failed.add(report.nodeid)


def forget() -> None:
    """Empty the caches of our own functions."""
    ours = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] in OURS]
    for found in (value for module in ours for value in vars(module).values()):
        if hasattr(found, "cache_clear") and not isinstance(found, type):
            found.cache_clear()


def pytest_sessionfinish() -> None:
    """Write the times."""
    if path := os.environ.get("MUTATION_TIMES"):
        Path(path).write_text(json.dumps(seconds), encoding="utf-8")
