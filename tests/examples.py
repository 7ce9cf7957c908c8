"""How much the slow tests do: little in the suite, all of it in `make nightly`, which sets FUZZ_FACTOR.

A property draws FACTOR times as many examples at night; a grid whose points check the same thing is
thinned by day; what repeats a smaller test at full size waits for the night.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

FACTOR = int(os.environ.get("FUZZ_FACTOR", "1"))
NIGHT = FACTOR > 1
nightly = pytest.mark.skipif(not NIGHT, reason="in `make nightly`")
Case = TypeVar("Case")


def some(cases: Sequence[Case], count: int, night: bool = NIGHT) -> list[Case]:
    """That many of the cases, evenly spread from the first to the last one; all of them at night.

    >>> some(range(10), 4, night=False), some(range(3), 4, night=False), len(some(range(10), 4, night=True))
    ([0, 3, 6, 9], [0, 1, 2], 10)
    >>> some(range(10), 0, night=False), some(range(10), 1, night=False)
    ([], [0])
    """
    if night or count >= len(cases):
        return list(cases)
    return [cases[round(i * (len(cases) - 1) / max(count - 1, 1))] for i in range(count)]
