"""Spectra of zonal kernels on the sphere, derived, certified and decided.

    >>> import theory as th
    >>> th.spectrum(th.NTK(depth=2), dim=2, degrees=range(3)).to_pandas()["value"].tolist()
    [0.5, 0.3333333333333333, 0.078125]

The names that `dir(theory)` lists are what a notebook needs, each loaded when it is first used;
everything else is imported by its module: `theory.kernels`, `theory.spectrum`, `theory.decay`, ...
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from theory.shown import shown_by

MODULES = {
    "theory.kernels": (
        "ArcCosine",
        "Compose",
        "Dual",
        "DualTangent",
        "ExponentialPower",
        "Gaussian",
        "Kernel",
        "Laplace",
        "Matern",
        "NNGP",
        "NTK",
        "PowerSeries",
        "Zonal",
    ),
    "theory.expressions": ("parse_kernel",),
    "theory.spectrum": ("spectrum", "eigenvalue", "float_spectrum"),
    "theory.tables": ("render",),
    "theory.decay": ("decay",),
    "theory.derivation": ("derive",),
    "theory.descent": ("descents",),
    "theory.functionals": ("definiteness", "effective_dimension", "target_norm", "trace"),
    "theory.statement": ("parse_statement",),
    "theory.decide": ("decide",),
    "theory.conventions": ("from_convention", "to_convention"),
}
HOME = {name: module for module, names in MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in HOME:
        raise AttributeError(f"module 'theory' has no attribute {name!r}")
    return getattr(import_module(HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(HOME)


class _Package(ModuleType):
    """Keeps `theory.spectrum` the function: importing the module of that name would put it there."""

    def __setattr__(self, name: str, value: object) -> None:
        shared = name in HOME and isinstance(value, ModuleType)
        super().__setattr__(name, getattr(value, name) if shared else value)


sys.modules[__name__].__class__ = _Package
shown_by(lambda: import_module("theory.display"))
