"""The price of a confrontation in units of work, about a microsecond each; never a clock."""

from __future__ import annotations

from collections.abc import Hashable

from theory.statements.falsifier.near import Unable

UNITS = 120_000


class TooDear(Unable):
    """What is asked costs more than is left."""


class Work:
    """Units that are left. What has been paid for under a key is free from then on.

    Prices do not depend on what a process has in its caches, so that a confrontation always compares
    the same points.
    """

    __slots__ = ("left", "paid")

    def __init__(self, left: int = UNITS) -> None:
        self.left = left
        self.paid: set[Hashable] = set()

    def pay(self, units: int, key: Hashable = None) -> None:
        """Take the units, once for each key. Raises TooDear and takes nothing where they are not left."""
        if key is not None and key in self.paid:
            return
        if units > self.left:
            raise TooDear("the work that is allowed does not suffice")
        self.left -= units
        if key is not None:
            self.paid.add(key)
