"""A limit on the seconds of processor time of a decision, which also ends a long symbolic computation."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], object] | int | signal.Handlers | None  # None: not set from Python


class OutOfTime(BaseException):
    """The seconds are over. No Exception, so that no rule mistakes it for a malformed step."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime after that many seconds of this process's own processor time, whatever else runs.

    Only the main thread of a process can be interrupted; elsewhere there is no limit. An alarm that
    somebody else has set stays in force: the earlier one rings.

    >>> with time_limit(60):
    ...     sum(range(10))
    45
    """
    outer = signal.getitimer(signal.ITIMER_VIRTUAL)[0]
    if threading.current_thread() is not threading.main_thread() or 0 < outer <= seconds:
        yield
        return

    def ring(*_: object) -> None:
        raise OutOfTime

    started = time.process_time()
    before = signal.signal(signal.SIGVTALRM, ring)
    # It rings again every second: an exception raised inside a callback of the interpreter is lost.
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
    try:
        yield
    finally:
        _silence(before)
        if outer:
            signal.setitimer(signal.ITIMER_VIRTUAL, max(outer - (time.process_time() - started), 1e-3))


def _silence(before: Handler) -> None:
    """No more alarms, the earlier handler back; an alarm that rings meanwhile comes too late to count."""
    while True:
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
            return
        except OutOfTime:
            pass  # and once more
