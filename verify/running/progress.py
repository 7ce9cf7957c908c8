"""Progress on standard error: a bar with the time left at a terminal, lines elsewhere.

Rich obeys NO_COLOR.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column

from verify.running.console import say

Tell = Callable[[int, int, str], None]  # (done, total, what is being done)
Follow = Callable[[int, int, str, Sequence[str]], None]  # (done, total, time left, what is running)
EVERY = 15  # seconds between lines in a pipe
Line = Callable[[str], None]
PATIENCE = 2  # seconds before a computation of unknown length is said to run


@contextmanager
def counted(what: str, quiet: bool, *columns: ProgressColumn) -> Iterator[Tell]:
    """A bar for work that is counted; `columns` stand before the times."""
    console = Console(file=sys.stderr)
    shown = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *columns
    times = TimeElapsedColumn(), TimeRemainingColumn()
    off = quiet or not console.is_terminal
    with Progress(*shown, *times, console=console, transient=True, disable=off) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int, what: str = what) -> None:
            bar.update(task, completed=done, total=total, description=what)

        yield tell


@contextmanager
def followed(quiet: bool) -> Iterator[Follow]:
    """How far work is, how much is left and what is running: one line that is rewritten, in a pipe one now and then."""
    console = Console(file=sys.stderr)
    if quiet or not console.is_terminal:
        yield _sparse(quiet)
        return
    words = TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1))
    columns = MofNCompleteColumn(), BarColumn(bar_width=20), TimeElapsedColumn(), words
    with Progress(*columns, console=console, transient=True, expand=True) as bar:
        task = bar.add_task("", total=None)

        def tell(done: int, total: int, left: str, running: Sequence[str]) -> None:
            said = ": ".join(filter(None, (left, ", ".join(running))))
            bar.update(task, completed=done, total=total, description=escape(said))

        yield tell


def _sparse(quiet: bool) -> Follow:
    """A line when the last one is EVERY seconds old."""
    last = time.monotonic()

    def tell(done: int, total: int, left: str, running: Sequence[str]) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            names = f"running {', '.join(running)}" if running else ""
            said = ", ".join(filter(None, (f"{done} of {total} decided", left, names)))
            say(said, quiet)

    return tell


def lines(quiet: bool) -> Line:
    """Writes one line, where there is no terminal that shows the bar."""
    silent = quiet or sys.stderr.isatty()
    return lambda words: None if silent else say(words)


@contextmanager
def opaque(what: str, quiet: bool) -> Iterator[None]:
    """The time that has passed, from PATIENCE on, for work whose length nobody knows."""
    console = Console(file=sys.stderr)
    if quiet or not console.is_terminal:
        yield
        return
    columns = TextColumn("{task.description}"), TimeElapsedColumn()
    bar = Progress(*columns, console=console, transient=True)
    bar.add_task(what, total=None)
    patience = Timer(PATIENCE, bar.start)
    patience.daemon = True
    patience.start()
    try:
        yield
    finally:
        patience.cancel()
        patience.join()
        bar.stop()
