"""Networks of a reader's own: a function `make` in a Python file, named as FILE.py:NAME.

The file is run because it was named, and never before. `make(seed)` returns a torch module; `make(seed, width=...)`
one of the width asked for.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path
from traceback import extract_tb
from typing import Any

import torch
from torch import nn

ALLOWED = "allowed: FILE.py:NAME, a Python file and a function make(seed) or make(seed, width=...) in it"


@dataclass(frozen=True, slots=True)
class Maker:
    """A function that makes modules: of a seed, and of a width where it has such an argument.

    >>> Maker(lambda seed, width: nn.Linear(2, width), "a").has_width, Maker(lambda seed: nn.Linear(2, 1), "b").has_width
    (True, False)
    """

    function: Callable[..., nn.Module]
    name: str

    def __post_init__(self) -> None:
        if isinstance(self.function, nn.Module) or not callable(self.function):
            what = type(self.function).__name__
            raise ValueError(f"{self.name} is no function but {what}, {ALLOWED}")
        try:
            self._arguments.bind(seed=0, **({"width": 1} if self.has_width else {}))
        except TypeError as error:
            raise ValueError(f"{self.name}{self._arguments}: {error}, {ALLOWED}") from None

    @property
    def _arguments(self) -> inspect.Signature:
        return inspect.signature(self.function)

    @property
    def has_width(self) -> bool:
        """Whether it has an argument called width."""
        one = self._arguments.parameters.get("width")
        return one is not None and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD, one.POSITIONAL_ONLY)

    def module(self, seed: int, width: int | None = None) -> nn.Module:
        """The module of a seed and a width; torch's generator is seeded and put back.

        Raises ValueError in one line where the function fails or returns no module.
        """
        given = {"seed": seed} | ({} if width is None else {"width": width})
        with torch.random.fork_rng(devices=[]), redirect_stdout(sys.stderr):
            torch.manual_seed(seed)
            try:
                found = self.function(**given)
            except Exception as error:
                called = ", ".join(f"{name}={value}" for name, value in given.items())
                said = " ".join(str(error).split())[:200]
                raise ValueError(f"{self.name}({called}): {type(error).__name__}: {said}") from None
        if not isinstance(found, nn.Module):
            raise ValueError(f"{self.name} must return a torch.nn.Module, got {type(found).__name__}")
        return found


def load_maker(text: str) -> Maker:
    """The function that FILE.py:NAME names; ValueError in one line where there is none.

    >>> load_maker("net.py")
    Traceback (most recent call last):
    ValueError: 'net.py' names no function, allowed: FILE.py:NAME, ...
    """
    found, name = named_in_file(text)
    return Maker(found, name)


def named_in_file(text: str) -> tuple[Any, str]:
    """What FILE.py:NAME names, the file run, and NAME; ValueError in one line where there is nothing.

    >>> named_in_file("net.py:make")
    Traceback (most recent call last):
    ValueError: cannot read 'net.py': no such file, allowed: FILE.py:NAME, ...
    """
    path, colon, name = text.rpartition(":")
    if not colon or not path.endswith(".py") or not name.isidentifier():
        raise ValueError(f"{text[:200]!r} names no function, {ALLOWED}")
    file = Path(path)
    if not file.is_file():
        raise ValueError(f"cannot read {path!r}: {'it is a folder' if file.is_dir() else 'no such file'}, {ALLOWED}")
    found = _names(file)
    if name not in found:
        functions = [key for key, one in found.items() if inspect.isfunction(one) and not key.startswith("_")]
        known = f", found: {', '.join(functions)}" if functions else ""
        raise ValueError(f"{path} has no name {name!r}{known}, {ALLOWED}")
    return found[name], name


def _names(file: Path) -> dict[str, Any]:
    """What the file declares; it may import its neighbours, as when it is run."""
    sys.path.insert(0, str(file.resolve().parent))
    try:
        with redirect_stdout(sys.stderr):
            return run_path(str(file), run_name=f"<{file.stem.replace('.', '_')}>")
    except OSError as error:
        raise ValueError(f"cannot read {str(file)!r}: {error.strerror or error}, {ALLOWED}") from None
    except (Exception, SystemExit) as error:
        lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(file)]
        where = f", line {lines[-1]}" if lines else ""
        said = " ".join(str(error).split())[:200]
        raise ValueError(f"{file}{where}: {type(error).__name__}: {said}") from None
    finally:
        sys.path.pop(0)
