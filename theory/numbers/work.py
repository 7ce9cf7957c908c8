"""How much a search may compute, counted in work and not in seconds.

A budget in seconds gives another answer on a busy machine. So whoever computes something costly says
what it costs, in units of about a millisecond, before it does; the same request costs the same whatever
is cached, and what a budget no longer allows is left undone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class OutOfWork(ArithmeticError):
    """The budget does not allow this computation."""


class Budget:
    """Units left, and what has been paid for already."""

    __slots__ = ("left", "paid")

    def __init__(self, left: int) -> None:
        self.left = left
        self.paid: set[Hashable] = set()


_BUDGET: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def budget(units: int) -> Iterator[Budget]:
    """Everything inside spends from one budget; outside of any, work is free.

    >>> with budget(10) as mine:
    ...     spend("a", 8); spend("a", 8)
    ...     mine.left
    2
    """
    mine = Budget(units)
    token = _BUDGET.set(mine)
    try:
        yield mine
    finally:
        _BUDGET.reset(token)


def spend(what: Hashable, units: int) -> None:
    """Pay for something once. Raises OutOfWork, with nothing spent, where the budget is too small for it."""
    mine = _BUDGET.get()
    if mine is None or what in mine.paid:
        return
    if units > mine.left:
        raise OutOfWork(f"{units} units of work are needed, {mine.left} are left")
    mine.left -= units
    mine.paid.add(what)
