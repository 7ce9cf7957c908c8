"""Sweeps: any executor gives the same bits, nothing finished is lost, a second call skips it."""

import signal
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import xarray as xr

from numerics.experiments import load_experiment
from numerics.experiments import sweeps as sweep
from tests.cluster import Cluster

NAME = "cao-circle"
SIZES = {"samples": 32, "width": 512, "steps": 100, "seeds": 4}


def config(**changes: object):
    return load_experiment(NAME).configure("quick", **{**SIZES, **changes})


def same(left: xr.Dataset, right: xr.Dataset) -> bool:
    return all(np.array_equal(left[name].values, right[name].values) for name in left.variables)


def results(tasks, folder, runner) -> dict:
    return {task: found for task, found in sweep.sweep(tasks, folder, runner)}


@pytest.fixture
def tasks() -> list[sweep.Task]:
    return [(NAME, config(width=width, samples=samples)) for width in (512, 640) for samples in (32, 48)]


def test_processes_give_the_bits_of_this_process(tasks, tmp_path):
    wanted = results(tasks, None, sweep.here)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = results(tasks, tmp_path, sweep.on(pool))
    assert set(found) == set(tasks) and all(same(found[task], wanted[task]) for task in tasks)
    assert len(list(tmp_path.glob("*.nc"))) == 4 and not (tmp_path / "parts").exists()


def test_what_is_done_is_skipped(tasks, tmp_path):
    results(tasks[:2], tmp_path, sweep.here)
    ran: list[sweep.Task] = []

    def counting(function, jobs):
        ran.extend(jobs)
        return sweep.here(function, jobs)

    results(tasks, tmp_path, counting)
    assert {(c.width, c.samples) for _, c in ran} == {(640, 32), (640, 48)}
    assert len(ran) == 4  # two parts of two seeds each


def test_an_error_keeps_what_was_finished_and_stops_the_rest(tasks, tmp_path):
    def failing(function, jobs):
        yield jobs[0], function(jobs[0])
        raise ArithmeticError("a part went wrong")

    with pytest.raises(ArithmeticError):
        results(tasks, tmp_path, failing)
    assert len(list((tmp_path / "parts").glob("*.nc"))) == 1
    left = sweep._known(tasks, tmp_path, None)[1]
    assert sum(len(parts) for parts in left.values()) == 7


def test_an_executor_cancels_what_waits_when_a_job_fails():
    def job(number: int) -> int:
        time.sleep(0.05)
        if number == 0:
            raise ArithmeticError
        done.append(number)
        return number

    done: list[int] = []
    with ThreadPoolExecutor(1) as pool, pytest.raises(ArithmeticError):
        list(sweep.on(pool)(job, range(40)))
    assert len(done) < 5


@pytest.mark.parametrize("other", ["storage.version", "experiment.digest"])
def test_results_of_other_versions_or_other_code_are_kept_and_named_and_never_used(tmp_path, monkeypatch, other):
    task = (NAME, config())
    first = results([task], tmp_path, sweep.here)[task]
    (old,) = tmp_path.glob("*.nc")
    with monkeypatch.context() as patched:
        patched.setattr(f"numerics.experiments.{other}", lambda _: "99")
        assert sweep.stored(tmp_path, *task) is None
        assert sweep.other_versions(tmp_path, *task) == [old]
    assert same(sweep.stored(tmp_path, *task), first)


def test_a_full_disk_loses_nothing_that_was_stored(tasks, tmp_path, monkeypatch):
    results(tasks[:1], tmp_path, sweep.here)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.nc")}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numerics.experiments.storage.os.replace", full)
    with pytest.raises(OSError, match="No space left"):
        results(tasks, tmp_path, sweep.here)
    assert {path: path.read_bytes() for path in tmp_path.glob("*.nc")} == before
    assert not list(tmp_path.rglob("*.part"))


def test_a_cluster_that_loses_a_worker_gives_the_same_bits(tasks, tmp_path):
    wanted = results(tasks, None, sweep.here)
    cluster = Cluster(tmp_path, workers=2)
    try:
        executor = cluster.client.get_executor(retries=2)
        found = {}
        for number, (task, result) in enumerate(sweep.sweep(tasks, tmp_path, sweep.on(executor))):
            if number == 0:
                cluster.processes[-1].send_signal(signal.SIGKILL)
            found[task] = result
        workers = len(cluster.client.scheduler_info(n_workers=-1)["workers"])
    finally:
        cluster.close()
    assert set(found) == set(tasks) and all(same(found[task], wanted[task]) for task in tasks)
    assert workers == 1
    assert not any(isinstance(value, Future) for value in found.values())
