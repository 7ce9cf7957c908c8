"""What a shell offers at TAB: the names that are allowed there.

A shell waits for the answer, so nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from dataclasses import fields
from io import StringIO
from pathlib import Path
from typing import Any

import typer

COMPLETING = "_SPECTRAL_BIAS_COMPLETE"  # the variable by which a shell asks


def beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    """The names that begin so.

    >>> beginning("cao", ["cao-mu1", "cao-ntk", "bach"])
    ['cao-mu1', 'cao-ntk']
    """
    return [name for name in names if name.startswith(incomplete)]


def among(names: Iterable[str]) -> Callable[[str], list[str]]:
    """Completion of an option that takes one of these names."""

    def complete(incomplete: str) -> list[str]:
        return beginning(incomplete, names)

    return complete


def kernels(incomplete: str) -> list[str]:
    """The example of each class, with arguments to change; also of the last kernel in a sum or product.

    >>> kernels("NT"), kernels("2 * NTK(depth=3) + Gau")
    (['NTK(depth=2)'], ['2 * NTK(depth=3) + Gaussian(rate=1)'])
    """
    from theory.kernels import constructors

    split = re.fullmatch(r"(.*?)(\w*)", incomplete, re.DOTALL)
    assert split is not None  # any text is one
    before, name = split.groups()
    if name[:1].isdigit() or before.count("(") > before.count(")"):
        return []
    examples = filter(None, (kind.example for kind in constructors().values()))
    return [before + text for text in beginning(name, examples)]


def for_shell(text: str) -> str:
    """As bash must get it, which would split NTK(depth=2); other shells quote what they insert, an open quote does, too.

    >>> for_shell("NTK(depth=2)")
    'NTK(depth=2)'
    """
    asking = os.environ.get(COMPLETING, "")
    words, at = os.environ.get("COMP_WORDS", "").split("\n"), os.environ.get("COMP_CWORD", "")
    word = words[int(at)] if at.isdecimal() and int(at) < len(words) else ""
    return shlex.quote(text) if text and asking == "complete_bash" and word[:1] not in tuple("\"'") else text


def answered(ask: Callable[[], object]) -> None:
    """What `ask` tells the shell that asks, line by line as that shell must get it."""
    told = StringIO()
    try:
        with redirect_stdout(told):
            ask()
    finally:
        sys.stdout.write("".join(f"{for_shell(line)}\n" for line in told.getvalue().splitlines()))


def claims(incomplete: str) -> list[str]:
    """Ids of claims."""
    from verify.claims import claim_ids

    return beginning(incomplete, claim_ids())


def experiments(incomplete: str) -> list[str]:
    """Names of experiments."""
    from numerics.experiments import experiment_modules

    return beginning(incomplete, experiment_modules())


def settings(context: typer.Context, incomplete: str) -> list[str]:
    """KEY= for each setting of the experiment that stands before."""
    from numerics.experiments import experiment_modules, load_experiment, written_settings

    # The parser stops at the --set that lacks its value: words before it are in context.args.
    given = [word for word in (context.params.get("experiment"), *context.args) if word in experiment_modules()]
    if not given:
        return []
    written = written_settings(given[0])
    names = setting_names(load_experiment(given[0]).configure("quick")) if written is None else settable(written)
    return beginning(incomplete, [f"{name}=" for name in names])


def setting_names(config: Any) -> list[str]:
    """What --set takes, from an experiment's config."""
    return settable(field.name for field in fields(config))


def settable(names: Iterable[str]) -> list[str]:
    """Those that --set takes: what has an option of its own is left out.

    >>> settable(["profile", "width", "device"])
    ['width']
    """
    return [name for name in names if name not in ("profile", "device")]


def networks(incomplete: str) -> list[str]:
    """FILE.py: for the files there, then the functions that a file declares, read and not run."""
    path, colon, _ = incomplete.rpartition(":")
    if colon:
        return beginning(incomplete, [f"{path}:{name}" for name in _functions(Path(path))])
    folder = incomplete.rpartition("/")[0]
    try:
        inside = sorted(Path(folder or ".").iterdir())
    except OSError:
        return []
    before = f"{folder}/" if "/" in incomplete else ""
    found = [
        f"{before}{one.name}{'/' if one.is_dir() else ':'}" for one in inside if one.is_dir() or one.suffix == ".py"
    ]
    return beginning(incomplete, [name for name in found if not name.removeprefix(before).startswith((".", "__"))])


def _functions(path: Path) -> list[str]:
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except (OSError, SyntaxError, ValueError):
        return []
    return [one.name for one in body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")]
