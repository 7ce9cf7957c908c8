"""Hypothesis profiles, and our own warnings as errors.

`ci`, the default, repeats the same examples on every run. `nightly` draws fresh ones:
HYPOTHESIS_PROFILE=nightly or --hypothesis-profile=nightly.
"""

from __future__ import annotations

import gc
import os
from collections import defaultdict
from collections.abc import Generator

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two workers for two cores, and so for what they start
os.environ.pop("COLUMNS", None)  # readline, once loaded, leaves 80 to the workers, and a pipe has no width

import pytest
from hypothesis import HealthCheck, settings

from tests import day
from tests.examples import NIGHT, some

# Falsified proofs, found where they are imported: not to be looked through for examples.
collect_ignore_glob = ["theory/*_twins.py", "theory/genuine_steps.py"]

settings.register_profile("ci", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile(
    "nightly",
    derandomize=False,
    deadline=None,
    max_examples=1000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_configure(config: pytest.Config) -> None:
    """A warning that our code causes is a failure; other packages may warn."""
    for package in ("theory", "numerics", "verify"):
        config.addinivalue_line("filterwarnings", rf"error:::{package}(\.|$)")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="by day, too, every case of the tests in tests/day.txt")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test in tests/day.txt so many cases, evenly spread; at night, and where tests are named, all."""
    if NIGHT or config.getoption("whole") or any("::" in argument for argument in config.args):
        return
    counts, cases = day.read(), defaultdict(list)
    for item in items:
        cases[day.function_of(item.nodeid)].append(item)
    kept = {item for test, same in cases.items() for item in some(same, counts.get(test, len(same)))}
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With --whole, JUnit's XML tells what fixtures took that other tests of the file share: `tests.day` reads it."""
    report = yield
    if call.when == "setup" and item.config.getoption("whole"):
        known = item._fixtureinfo.name2fixturedefs if hasattr(item, "_fixtureinfo") else {}
        shared = [name for name, found in known.items() if found[-1].scope != "function"]
        report.user_properties += [("setup", f"{call.duration:.3f}"), ("shared", " ".join(sorted(shared)))]
        item.user_properties[:] = report.user_properties
    return report


def pytest_collection_finish() -> None:
    """The collected tests stay to the end: no search for garbage looks at them again."""
    gc.freeze()
