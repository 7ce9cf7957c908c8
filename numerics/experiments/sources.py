"""The source that a run executes: a module and all that it imports within `numerics`, as one digest.

A stored result stands for the code that made it. What changes no statement (comments, docstrings, the
layout of lines) does not change the digest.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = "numerics"
ROOT = Path(__file__).parents[1]


@cache
def digest(module: str) -> str:
    """SHA-256 of the statements of the module and of what it imports within the package, 16 hexadecimal digits.

    >>> digest("numerics.data.points") == digest("numerics.data.points"), len(digest("numerics.data.points"))
    (True, 16)
    """
    found = hashlib.sha256()
    for name in sorted(reached(module)):
        found.update(f"{name}\n{_statements(name)}\n".encode())
    return found.hexdigest()[:16]


def reached(module: str) -> set[str]:
    """The module, what it imports within the package, and so on, also inside functions.

    >>> sorted(reached("numerics.data.targets"))
    ['numerics', 'numerics.data', 'numerics.data.points', 'numerics.data.targets']
    """
    found: set[str] = set()
    left = [module]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [name.rpartition(".")[0]] if "." in name else []  # its __init__ runs first
            left += _imported(name)
    return found


def statements(source: str) -> str:
    """What a source does, without comments, docstrings and layout.

    >>> statements("def f(x):  # twice\\n    '''Twice.'''\\n    return 2 * x") == statements("def f(x): return (2*x)")
    True
    >>> statements("def f(x): return 3 * x") == statements("def f(x): return 2 * x")
    False
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:]
    return ast.dump(tree)


@cache
def _statements(module: str) -> str:
    return statements(_source(module))


@cache
def _imported(module: str) -> tuple[str, ...]:
    return tuple(_imports(module))


def _imports(module: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(_source(module))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (name for name in names if name.partition(".")[0] == PACKAGE and _path(name) is not None)


@cache
def _path(module: str) -> Path | None:
    """The file of a module, found without an import; None for a name that is none, such as a function of one."""
    place = ROOT.joinpath(*module.split(".")[1:])
    return next((path for path in (place / "__init__.py", place.with_suffix(".py")) if path.is_file()), None)


@cache
def _source(module: str) -> str:
    """Of a module elsewhere, such as a user's file, what Python loaded; nothing where it came from no file."""
    path = _path(module) if module.partition(".")[0] == PACKAGE else None
    if path is None:
        origin = getattr(sys.modules.get(module), "__file__", None)
        path = None if origin is None else Path(origin)
    return "" if path is None or not path.is_file() else path.read_text(encoding="utf-8")
