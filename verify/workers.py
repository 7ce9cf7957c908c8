"""Independent jobs on the cores of this machine, in fresh processes.

A job's result must not depend on which process runs it, so callers hand over pure functions and
sort what comes back. This module imports nothing heavy: a fresh process reads it before its job.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

J = TypeVar("J")
R = TypeVar("R")
MOST = 2  # the profiles are sized for two cores


def available() -> int:
    """Processes worth starting: one inside a process that is itself such a worker.

    >>> 1 <= available() <= MOST
    True
    """
    if multiprocessing.parent_process() is not None:
        return 1
    return min(MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def completed(function: Callable[[J], R], jobs: Sequence[J], workers: int | None = None) -> Iterator[tuple[J, R]]:
    """(job, function(job)) as each is done, in any order; function and jobs must be importable values.

    With one worker, or one job, everything runs here. An error of a job, and an interruption, end
    the other processes at once.

    >>> sorted(completed(abs, [-2, 1], workers=1))
    [(-2, 2), (1, 1)]
    """
    workers = min(available() if workers is None else workers, len(jobs))
    if workers <= 1:
        yield from ((job, function(job)) for job in jobs)
        return
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")  # a forked torch deadlocks
    pool = ProcessPoolExecutor(workers, mp_context=spawn, initializer=_end_with_parent)
    try:
        futures = {pool.submit(function, job): job for job in jobs}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """An interrupted worker dies silently, and none outlives the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
