"""Results of the experiments of `numerics` for the claims: trained once, kept, taken up where they stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import xarray as xr
from filelock import FileLock

from numerics.experiments import load_experiment
from numerics.experiments.sweeps import keep, path_of, sweep
from verify.findings.claim import Context
from verify.running.workers import completed

FIRST_SEED = 10_000  # below are seeds of tests and of trials
SEED_STRIDE = 1_000  # more than the seeds of any profile, so that two seeds of `verify` share none
MOST_SEED = 10**12
FOLDER = "networks"  # below the folder of a run

_finished: dict[tuple[str, Any], xr.Dataset] = {}


def first_seed(context: Context) -> int:
    """The first network seed of a run: FIRST_SEED + SEED_STRIDE * context.seed.

    >>> first_seed(Context(seed=2))
    12000
    """
    if not 0 <= context.seed <= MOST_SEED:
        raise ValueError(f"seed: got {context.seed}, allowed: an integer from 0 to {MOST_SEED}")
    return FIRST_SEED + SEED_STRIDE * context.seed


def config_of(name: str, context: Context, **changes: object) -> Any:
    """The config of the context's profile and seed; ValueError where a size is not allowed."""
    return load_experiment(name).configure(context.profile, seed=first_seed(context), **changes)


def obtain(name: str, config: Any, context: Context, workers: int | None = None) -> xr.Dataset:
    """The result of an experiment: from this process, from context.folder / FOLDER, or trained now.

    A stored result is used only if experiment, config and versions are the same. Raises OSError
    where the folder cannot be written.
    """
    folder = None if context.folder is None else Path(context.folder) / FOLDER
    whole = _finished.get((name, config))
    if whole is None:
        with _alone(folder, name, config):
            ((_, whole),) = sweep([(name, config)], folder, partial(completed, workers=workers), _report(context))
    elif folder is not None:
        keep(whole, folder, name, config)
    _finished[name, config] = whole
    return whole


@contextmanager
def _alone(folder: Path | None, name: str, config: Any) -> Iterator[None]:
    """Claims of one run that share an experiment: the second waits, and then finds the result."""
    if folder is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f".{path_of(folder, name, config).stem}.lock"):
        yield


def _report(context: Context) -> Any:
    if context.progress is None:
        return None
    return lambda done, total, name: context.progress(done, total, f"{name}: networks trained")
