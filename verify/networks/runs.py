"""Results of the experiments of `numerics` for the claims: trained once, kept, taken up where they stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import torch
import xarray as xr
from filelock import FileLock

from numerics.experiments import load_experiment
from numerics.experiments.config import seeds_of
from numerics.experiments.devices import DEVICES
from numerics.experiments.sweeps import Runner, keep, on, path_of, sweep
from verify.findings.claim import Context
from verify.running.arguments import one_of
from verify.running.console import BadRequest
from verify.running.extras import need
from verify.running.workers import completed

FIRST_SEED = 10_000  # below are seeds of tests and of trials
SEED_STRIDE = 1_000  # more than the seeds of any profile, so that two seeds of `verify` share none
MOST_SEED = 4_000_000  # torch keeps 32 bits of a seed: beyond, two would share networks
FOLDER = "networks"  # below the folder of a run

Trained = dict[str, str]
TOLD = ("experiment", "trained", "sources")  # of the networks that a verdict rests on
_finished: dict[tuple[str, Any, str | None], xr.Dataset] = {}
_used: list[dict[str, Any]] = []  # attributes of what `obtain` gave since `recorded` began


def first_seed(context: Context) -> int:
    """The first network seed of a run: FIRST_SEED + SEED_STRIDE * context.seed.

    >>> first_seed(Context(seed=2))
    12000
    """
    if not 0 <= context.seed <= MOST_SEED:
        raise ValueError(f"seed: got {context.seed}, allowed: an integer from 0 to {MOST_SEED}")
    return FIRST_SEED + SEED_STRIDE * context.seed


def config_of(name: str, context: Context, **changes: object) -> Any:
    """The config of the context's profile, seed and device; ValueError where a size is not allowed.

    An experiment without tensors, of numpy alone, has no device and runs on the cpu.
    """
    experiment = load_experiment(name)
    device = {"device": context.device} if experiment.has_device else {}
    return experiment.configure(context.profile, seed=first_seed(context), **device, **changes)


def known_device(name: str, scheduler: str | None = None) -> str:
    """The device if it is one and there; BadRequest, in one line, otherwise. A cluster's workers see to it themselves."""
    one_of("--device", name, DEVICES)
    if name == "cuda" and scheduler is None and not torch.cuda.is_available():
        raise BadRequest("--device: there is no CUDA device here, allowed: cpu")
    return name


def obtain(name: str, config: Any, context: Context) -> xr.Dataset:
    """The result of an experiment: from this process, from context.folder / FOLDER, or trained now.

    A stored result is used only if experiment, config, versions and code are the same and, where the context
    names a run, if that run has stored it. Raises OSError where the folder cannot be written.
    """
    folder = None if context.folder is None else Path(context.folder) / FOLDER
    known = name, config, context.run
    whole = _finished.get(known)
    if whole is None:
        with _alone(folder, name, config), runner_of(context.jobs, context.scheduler) as runner:
            ((_, whole),) = sweep([(name, config)], folder, runner, _report(context), context.run)
    elif folder is not None:
        keep(whole, folder, name, config, context.run)
    refuse_equal_seeds(whole, config)
    _finished[known] = whole
    _used.append(whole.attrs)
    return whole


def refuse_equal_seeds(whole: xr.Dataset, config: Any) -> None:
    """Raise ValueError unless the seeds are those of the config and something measured differs between any two.

    Networks that are one network many times would have no spread, and every test of a mean all its power.
    """
    seeds = whole["seed"].values.tolist()
    if seeds != list(seeds_of(config)):
        raise ValueError(f"the result is of other seeds than {config.seed} to {config.seed + config.seeds - 1}")
    measured = [whole[name].transpose("seed", ...).values for name, one in whole.items() if "seed" in one.dims]
    if not any(len({row.tobytes() for row in values}) == len(seeds) for values in measured):
        raise ValueError(f"two of the {len(seeds)} seeds gave the same network, bit for bit")


@contextmanager
def recorded() -> Iterator[list[Trained]]:
    """A list that holds, at the end, what was asked of `obtain` meanwhile: which networks a verdict rests on."""
    _used.clear()
    found: list[Trained] = []
    yield found
    told = sorted({tuple(attrs[key] for key in TOLD) for attrs in _used})
    found += [dict(zip(TOLD, values, strict=True)) for values in told]


@contextmanager
def runner_of(jobs: int | None, scheduler: str | None = None) -> Iterator[Runner]:
    """Who trains: so many processes of this machine, as many as cores for None, or the workers of a Dask cluster."""
    if scheduler is None:
        yield partial(completed, workers=jobs)
        return
    need("--scheduler", "cluster")
    from distributed import Client

    try:
        client = Client(scheduler, timeout=20)
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        raise BadRequest(f"--scheduler: no scheduler at {scheduler!r} ({why}), allowed: tcp://HOST:PORT") from None
    with client:
        yield on(client.get_executor(retries=3))


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
