"""Results of the experiments of `numerics`: trained once, kept, and taken up where they stopped.

A run is split by seeds into parts, which are trained on all cores. A seed gives the same bits in
any company, so the whole does not depend on the split.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

import xarray as xr

from numerics.experiments import load_experiment
from numerics.experiments.storage import load, provenance, save
from verify.claim import Context
from verify.workers import completed

PARTS = 16
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

    A stored result is used only if experiment, config and versions are the same. Finished parts
    are stored as they come. Raises OSError where the folder cannot be written.
    """
    folder = None if context.folder is None else Path(context.folder) / FOLDER
    whole = _finished.get((name, config))
    if whole is None and folder is not None:
        whole = _stored(folder, name, config)
    if whole is None:
        whole = _train(name, config, folder, context, workers)
    elif folder is not None:
        _keep(whole, folder, name, config)
    _finished[name, config] = whole
    return whole


def forget() -> None:
    """Drop what this process remembers, so that the next `obtain` reads or trains."""
    _finished.clear()


def split(name: str, config: Any) -> list[Any]:
    """The parts of a config: consecutive seeds, none below the profile's smallest number of them."""
    least = load_experiment(name).SMALLEST[config.profile]["seeds"]
    count = max(1, config.seeds // max(least, ceil(config.seeds / PARTS)))
    bounds = [config.seeds * i // count for i in range(count + 1)]
    return [replace(config, seed=config.seed + a, seeds=b - a) for a, b in zip(bounds, bounds[1:])]


def _train(name: str, config: Any, folder: Path | None, context: Context, workers: int | None) -> xr.Dataset:
    done: dict[Any, xr.Dataset] = {}
    parts = split(name, config)
    shelf = None if folder is None else folder / "parts"
    for part in parts if shelf is not None else ():
        kept = _stored(shelf, name, part)
        if kept is not None:
            done[part] = kept
    _report(context, name, done, config)
    left = [part for part in parts if part not in done]
    for part, result in completed(partial(_run_part, name), left, workers):
        done[part] = result
        if shelf is not None:
            _keep(result, shelf, name, part)
        _report(context, name, done, config)
    whole = _joined(name, config, [done[part] for part in parts])
    if shelf is not None and shelf.exists():
        _keep(whole, folder, name, config)
        for path in (_path(shelf, name, part) for part in parts):
            path.unlink(missing_ok=True)
        if not any(shelf.iterdir()):
            shelf.rmdir()
    return whole


def _run_part(name: str, part: Any) -> xr.Dataset:
    return load_experiment(name).run(part)


def _joined(name: str, config: Any, results: list[xr.Dataset]) -> xr.Dataset:
    """One dataset over all seeds; what has no seed is the same in every part."""
    seconds = sum(float(result.attrs["seconds"]) for result in results)
    whole = xr.concat(results, dim="seed", data_vars="minimal", coords="minimal", compat="equals", join="exact")
    whole.attrs = provenance(name, config, seconds) | {"threads": 1}
    return whole


def _path(folder: Path, name: str, config: Any) -> Path:
    digest = hashlib.sha256(_text(config).encode()).hexdigest()[:8]
    return folder / f"{name}-{config.profile}-seeds-{config.seed}-{config.seed + config.seeds - 1}-{digest}.nc"


def _text(config: Any) -> str:
    return json.dumps(asdict(config), sort_keys=True)


def _keep(result: xr.Dataset, folder: Path, name: str, config: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if not _path(folder, name, config).exists() or _stored(folder, name, config) is None:
        save(result, _path(folder, name, config))


def _stored(folder: Path, name: str, config: Any) -> xr.Dataset | None:
    """A stored result of this very config and these versions, else None: also where unreadable."""
    try:
        found = load(_path(folder, name, config))
    except (OSError, ValueError, KeyError):
        return None
    wanted = provenance(name, config, 0.0)
    same = all(found.attrs.get(key) == wanted[key] for key in ("experiment", "config", "versions"))
    return found if same else None


def _report(context: Context, name: str, done: dict[Any, xr.Dataset], config: Any) -> None:
    if context.progress is not None:
        context.progress(sum(part.seeds for part in done), config.seeds, f"{name}: networks trained")

