"""Packages that are there only where an extra of the project is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def optional(name: str, extra: str) -> Any:
    """The module of that name; ImportError, in one line with the command that installs it, where it is missing.

    >>> optional("math", "networks").sqrt(4)
    2.0
    >>> optional("there_is_none", "networks")
    Traceback (most recent call last):
    ImportError: there_is_none is missing: python -m pip install 'spectral-bias[networks]'
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise
        raise ImportError(f"{name} is missing: python -m pip install 'spectral-bias[{extra}]'") from None
