"""Results and statements are values: no public dataclass can be changed once it is made.

The routes' working records are left out.
"""

from __future__ import annotations

import dataclasses
import pkgutil
from importlib import import_module

import theory

MODULES = [m.name for m in pkgutil.walk_packages(theory.__path__, "theory.")]


def test_every_public_dataclass_is_frozen() -> None:
    found = {
        kind
        for name in MODULES
        for kind in vars(import_module(name)).values()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
        if kind.__module__.startswith("theory.") and not kind.__name__.startswith("_")
        if not kind.__module__.startswith("theory.spectra.routes.")
        and kind.__module__ != "theory.expansions.in_the_angle"
    }
    assert len(found) > 50
    assert not [kind for kind in found if not kind.__dataclass_params__.frozen]
