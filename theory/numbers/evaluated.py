"""How kernels are called: the one line between a value class and the room that computes its values.

`theory.expansions.values` evaluates; kernels know of it by this hook alone, which `theory/__init__.py` fills.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

_loaders: list[Callable[[], ModuleType]] = []


def evaluated_by(load: Callable[[], ModuleType]) -> None:
    """From now on, kernels are evaluated by the functions of the module that `load` gives."""
    _loaders[:] = [load]


def evaluation() -> Any:
    """The module whose functions evaluate kernels, loaded when the first one is called.

    >>> evaluation().__name__.rpartition(".")[2]
    'values'
    """
    return _loaders[0]()
