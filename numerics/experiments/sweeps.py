"""Experiments run in parts, on any executor; every part is kept as it finishes.

A config is split by its seeds into parts. A seed gives the same bits in any company, so the whole
depends neither on the split nor on where a part ran. Results lie in one folder as NetCDF,

    NAME-PROFILE-seeds-FIRST-LAST-DIGEST.nc      the digest is of config, versions and sources
    parts/...                                    parts of runs that are not finished

so a second call skips what is done, and results of other versions, or of other code, stay beside the new ones.
A call with the name of a `run` takes only what that run has stored: all is trained anew, and once; the
earlier result is kept as NAME.1.nc.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import suppress
from dataclasses import asdict, replace
from itertools import count
from math import ceil
from pathlib import Path
from typing import Any

import xarray as xr

from numerics.experiments import load_experiment
from numerics.experiments.storage import load, save

PARTS = 16  # of a config at most: often enough to resume, seldom enough to cost nothing

Task = tuple[str, Any]  # name of an experiment, its config
Runner = Callable[[Callable[[Task], xr.Dataset], Sequence[Task]], Iterator[tuple[Task, xr.Dataset]]]
Report = Callable[[int, int, str], None]  # seeds done, seeds in all, name


def sweep(
    tasks: Sequence[Task], folder: Path | None, runner: Runner, report: Report | None = None, run: str | None = None
) -> Iterator[tuple[Task, xr.Dataset]]:
    """(task, whole result) of every task as it is complete: those on disk first, then as they come.

    runner(function, jobs) yields (job, function(job)) in any order: `here`, or `on(executor)`.
    Parts that finish are stored at once, so an error or an interruption loses only what was
    running. Without a folder nothing is stored or looked up. Raises OSError where the folder
    cannot be written.
    """
    done, left = _known(tasks, folder, run)
    total = sum(config.seeds for _, config in tasks)
    finished = sum(part[1].seeds for found in done.values() for part in found)
    _tell(report, finished, total, tasks)
    for task in [task for task in tasks if not left[task]]:
        yield task, _complete(task, done[task], folder, run)
    owner = {part: task for task in tasks for part in left[task]}
    for part, result in runner(run_part, list(owner)) if owner else ():
        task = owner[part]
        done[task][part] = result
        if folder is not None:
            keep(result, folder / "parts", *part, run)
        finished += part[1].seeds
        _tell(report, finished, total, [part])
        if len(done[task]) == len(split(*task)):
            yield task, _complete(task, done[task], folder, run)


def here(function: Callable[[Task], xr.Dataset], jobs: Sequence[Task]) -> Iterator[tuple[Task, xr.Dataset]]:
    """The runner that works through the jobs in this process, one after the other."""
    return ((job, function(job)) for job in jobs)


def on(executor: Executor) -> Runner:
    """The runner that hands the jobs to a concurrent.futures executor, local or of a cluster.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as pool:
    ...     list(on(pool)(abs, [-2]))
    [(-2, 2)]
    """

    def run(function: Callable, jobs: Sequence) -> Iterator[tuple]:
        futures = {executor.submit(function, job): job for job in jobs}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            for future in futures:
                future.cancel()

    return run


def split(name: str, config: Any) -> list[Task]:
    """Parts of consecutive seeds, none with fewer than the profile's smallest number of them."""
    least = load_experiment(name).smallest[config.profile]["seeds"]
    parts = max(1, config.seeds // max(least, ceil(config.seeds / PARTS)))
    bounds = [config.seeds * i // parts for i in range(parts + 1)]
    return [(name, replace(config, seed=config.seed + a, seeds=b - a)) for a, b in zip(bounds, bounds[1:])]


def run_part(task: Task) -> xr.Dataset:
    """Run one part in this process."""
    name, config = task
    return load_experiment(name).run(config)


def path_of(folder: Path, name: str, config: Any) -> Path:
    """Where the result of a config, of these versions and of this code lies."""
    wanted = load_experiment(name).provenance(config, 0.0)
    digest = hashlib.sha256((wanted["config"] + wanted["versions"] + wanted["sources"]).encode()).hexdigest()[:8]
    seeds = f"{config.seed}-{config.seed + config.seeds - 1}"
    return folder / f"{name}-{config.profile}-seeds-{seeds}-{digest}.nc"


def stored(folder: Path, name: str, config: Any, run: str | None = None) -> xr.Dataset | None:
    """A stored result of this very config, these versions and this code, else None: also where unreadable.

    With `run`, only what the run of that name has stored.
    """
    try:
        found = load(path_of(folder, name, config))
    except (OSError, ValueError, KeyError):
        return None
    wanted = load_experiment(name).provenance(config, 0.0)
    same = all(found.attrs.get(key) == wanted[key] for key in ("experiment", "config", "versions", "sources"))
    return found if same and run in (None, found.attrs.get("run")) else None


def other_versions(folder: Path, name: str, config: Any) -> list[Path]:
    """Results of this config that other versions of the packages, or other code, made: kept, never used."""
    wanted = json.dumps(asdict(config), sort_keys=True)
    mine = path_of(folder, name, config)
    found = []
    for path in sorted(folder.glob(f"{name}-{config.profile}-seeds-*.nc")):
        try:
            if path != mine and load(path).attrs.get("config") == wanted:
                found.append(path)
        except (OSError, ValueError, KeyError):
            continue
    return found


def keep(result: xr.Dataset, folder: Path, name: str, config: Any, run: str | None = None) -> None:
    """Store a result unless it is there already."""
    if stored(folder, name, config, run) is not None:
        return
    for last in (False, False, True):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return save(result.assign_attrs(run=run or ""), path_of(folder, name, config))
        except FileNotFoundError:  # another process has just cleared the folder of parts
            if last:
                raise


def set_aside(folder: Path, name: str, config: Any) -> Path | None:
    """Rename an earlier result of the same config to NAME.1.nc, or the next free number; its new place."""
    path = path_of(folder, name, config)
    if not path.exists():
        return None
    aside = next(p for number in count(1) if not (p := path.with_suffix(f".{number}.nc")).exists())
    return path.rename(aside)


def _known(
    tasks: Sequence[Task], folder: Path | None, run: str | None
) -> tuple[dict[Task, dict[Task, xr.Dataset]], dict[Task, list[Task]]]:
    """What is on disk of each task, by part, and the parts that are left to run."""
    done: dict[Task, dict[Task, xr.Dataset]] = {task: {} for task in tasks}
    left: dict[Task, list[Task]] = {}
    for task in tasks:
        whole = None if folder is None else stored(folder, *task, run)
        if whole is not None:
            done[task], left[task] = {task: whole}, []
            continue
        for part in split(*task):
            kept = None if folder is None else stored(folder / "parts", *part, run)
            if kept is not None:
                done[task][part] = kept
        left[task] = [part for part in split(*task) if part not in done[task]]
    return done, left


def _complete(task: Task, parts: dict[Task, xr.Dataset], folder: Path | None, run: str | None) -> xr.Dataset:
    if list(parts) == [task]:
        whole = parts[task]
    else:
        whole = _joined(task, [parts[part] for part in split(*task)])
    if folder is not None:
        if stored(folder, *task, run) is None:
            set_aside(folder, *task)
        keep(whole, folder, *task, run)
        _clear(folder / "parts", split(*task))
    return whole


def _joined(task: Task, results: list[xr.Dataset]) -> xr.Dataset:
    """One dataset over all seeds; what has no seed is the same in every part."""
    seconds = sum(float(result.attrs["seconds"]) for result in results)
    whole = xr.concat(results, dim="seed", data_vars="minimal", coords="minimal", compat="equals", join="exact")
    whole.attrs = {**load_experiment(task[0]).provenance(task[1], seconds), "threads": 1}
    return whole


def _clear(shelf: Path, parts: Sequence[Task]) -> None:
    if shelf.exists():
        for part in parts:
            path_of(shelf, *part).unlink(missing_ok=True)
        with suppress(OSError):  # not empty, or gone already
            shelf.rmdir()


def _tell(report: Report | None, done: int, total: int, tasks: Sequence[Task]) -> None:
    if report is not None and tasks:
        report(done, total, tasks[0][0])
