"""What is installed beside the main package: `pip install 'spectral-bias[networks]'`; who needs it asks here first."""

from __future__ import annotations

from importlib.util import find_spec

from verify.running.console import PROGRAM, BadRequest

EXTRAS = {  # as in pyproject.toml: the packages by the names by which they are imported
    "networks": ("torch", "xarray", "pandas", "filelock", "skimage", "h5netcdf", "h5py"),
    "report": ("jinja2", "latex2mathml", "jsonschema", "matplotlib"),
    "cluster": ("dask", "distributed"),
}


def need(what: str, *extras: str) -> None:
    """BadRequest, in one line with the command that installs it, where a package of these extras is missing.

    >>> need("report", "report")
    """
    missing = {extra: [name for name in EXTRAS[extra] if find_spec(name) is None] for extra in extras}
    names = [name for found in missing.values() for name in found]
    if names:
        wanted = ",".join(extra for extra, found in missing.items() if found)
        how = f"python -m pip install '{PROGRAM}[{wanted}]'"
        raise BadRequest(f"{what} needs {', '.join(names)}, which {'are' if len(names) > 1 else 'is'} not here: {how}")
