"""What the modules of a package declare: a new module is found because it is there."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def declared(package: str, constant: str) -> Iterator[Any]:
    """The constant of this name, of every module of the package that has it, in the order of the files' names.

    All modules are imported.

    >>> "cao-parity" in [claim.id for claims in declared("verify.claims", "CLAIMS") for claim in claims]
    True
    """
    for found in iter_modules(import_module(package).__path__, f"{package}."):
        module = import_module(found.name)
        if hasattr(module, constant):
            yield getattr(module, constant)


def gathered(package: str, constant: str) -> dict[str, Any]:
    """The dicts that the modules of a package declare, as one; ValueError for a key that two of them have.

    >>> "cao-circle" in gathered("verify.figures", "FIGURES")
    True
    """
    whole: dict[str, Any] = {}
    for part in declared(package, constant):
        twice = whole.keys() & part.keys()
        if twice:
            raise ValueError(f"two modules of {package} have {constant} for {', '.join(sorted(twice))}")
        whole |= part
    return whole
