"""Hypothesis profiles, and our own warnings as errors.

`ci`, the default, repeats the same examples on every run. `nightly` draws fresh ones:
HYPOTHESIS_PROFILE=nightly or --hypothesis-profile=nightly.
"""

from __future__ import annotations

import gc
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two workers for two cores, and so for what they start

import pytest
from hypothesis import HealthCheck, settings

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


def pytest_collection_finish() -> None:
    """The collected tests stay to the end: no search for garbage looks at them again."""
    gc.freeze()
