"""How long a step took, whatever else the machine and the test session do meanwhile."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_once(seconds: float = 1.0) -> Iterator[None]:
    """Assert that the block took less than `seconds` of processor time.

    The garbage collector rests: what one pass costs depends on all that earlier tests have left, and
    may be a second at the end of the suite.

    >>> with at_once():
    ...     2 + 2
    4
    """
    resting = gc.isenabled()
    gc.disable()
    started = time.process_time()
    try:
        yield
        took = time.process_time() - started
    finally:
        if resting:
            gc.enable()
    assert took < seconds, f"took {took:.2f} s of processor time, allowed: {seconds:g} s"
