"""Values do not change: statements, kernels, steps and verdicts are keys of caches and are shared."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import is_dataclass

import pytest

import theory

MODULES = sorted(m.name for m in pkgutil.walk_packages(theory.__path__, "theory."))
GATHERING = {
    "theory.statements.equivalents.used.Used",
    "theory.expansions.angle_points.Point",
}  # fill up while they are used


@pytest.mark.parametrize("name", MODULES)
def test_data_classes_are_frozen(name: str) -> None:
    module = importlib.import_module(name)
    own = [
        c
        for c in vars(module).values()
        if isinstance(c, type) and is_dataclass(c) and getattr(c, "__module__", "") == name
    ]
    for kind in own:
        frozen = kind.__dataclass_params__.frozen
        assert frozen != (f"{name}.{kind.__qualname__}" in GATHERING), kind
