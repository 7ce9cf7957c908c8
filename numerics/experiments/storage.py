"""Labelled results on disk, and the attributes that say how they came about."""

import json
import os
import platform
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
import xarray as xr

PACKAGES = ("torch", "numpy", "xarray")


def provenance(experiment: str, config: Any, sources: str, seconds: float) -> dict[str, Any]:
    """Attributes of a result: experiment, config as JSON, first seed, versions, sources, threads, when, how long.

    config: a dataclass instance with a field ``seed``. sources: `numerics.experiments.sources.digest` of the code.
    """
    versions = {name: version(name) for name in PACKAGES} | {"python": platform.python_version()}
    return {
        "experiment": experiment,
        "config": json.dumps(asdict(config), sort_keys=True),
        "seed": config.seed,
        "versions": json.dumps(versions, sort_keys=True),
        "sources": sources,
        "dtype": "float64",
        "threads": torch.get_num_threads(),
        "trained": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
    }


def save(result: xr.Dataset, path: Path) -> None:
    """Write NetCDF at ``path``: beside it first, then renamed, so that no reader sees half a file.

    Raises OSError where the folder is missing or not writable.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as beside:
        partial = Path(beside.name)
    try:
        result.to_netcdf(partial, engine="h5netcdf")
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def load(path: Path) -> xr.Dataset:
    """Read a result in full and close the file."""
    with xr.open_dataset(path, engine="h5netcdf") as stored:
        return stored.load()
