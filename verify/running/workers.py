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
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

J = TypeVar("J")
R = TypeVar("R")


def available() -> int:
    """Processes worth starting: one for each core, one inside a process that is itself such a worker.

    >>> available() >= 1
    True
    """
    if multiprocessing.parent_process() is not None:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def completed(
    function: Callable[[J], R], jobs: Sequence[J], workers: int | None = None, died: Callable[[J], R] | None = None
) -> Iterator[tuple[J, R]]:
    """(job, function(job)) as each is done, in any order; function and jobs must be importable values.

    With one worker, or one job, everything runs here. An error of a job, and an interruption, end
    the other processes at once. A process that dies (no memory left, a fault of a library) is an
    error too, unless `died` says what its job then gives; the other jobs go on.

    >>> sorted(completed(abs, [-2, 1], workers=1))
    [(-2, 2), (1, 1)]
    """
    workers = min(available() if workers is None else workers, len(jobs))
    if workers <= 1:
        yield from ((job, function(job)) for job in jobs)
        return
    left = dict.fromkeys(range(len(jobs)))
    try:
        for number, result in _pooled(function, jobs, list(left), workers):
            del left[number]
            yield jobs[number], result
    except BrokenProcessPool:
        if died is None:
            raise
        # The pool does not say whose process died: each job that is left gets a process of its own.
        for number in left:
            try:
                ((_, result),) = _pooled(function, jobs, [number], 1)
            except BrokenProcessPool:
                result = died(jobs[number])
            yield jobs[number], result


def _pooled(
    function: Callable[[J], R], jobs: Sequence[J], numbers: Sequence[int], workers: int
) -> Iterator[tuple[int, R]]:
    """(number, function(jobs[number])) as each is done."""
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")  # a forked torch deadlocks
    pool = ProcessPoolExecutor(workers, mp_context=spawn, initializer=_prepare)
    try:
        futures = {pool.submit(function, jobs[number]): number for number in numbers}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    """One thread each, as workers share the cores; none outlives its parent, or speaks when interrupted."""
    os.environ["OMP_NUM_THREADS"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None  # this is a worker

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
