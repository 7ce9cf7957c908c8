"""How values show themselves: the one line between a value class and the room that writes text.

`theory.text.display` knows every class of values; these know of it by this hook alone, which `theory/__init__.py` fills.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

_loaders: list[Callable[[], ModuleType]] = []


def shown_by(load: Callable[[], ModuleType]) -> None:
    """From now on, values are shown by the functions of the module that `load` gives."""
    _loaders[:] = [load]


def display() -> Any:
    """The module whose functions show values, loaded when the first one is shown.

    >>> display().__name__.rpartition(".")[2]
    'display'
    """
    return _loaders[0]()
