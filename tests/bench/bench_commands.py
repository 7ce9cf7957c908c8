"""Help and refusals in less than half a second, as a user waits for them: wall seconds of whole processes."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from typing import Any

import pytest
from typer.main import get_command

from tests.end_to_end.test_cli_quick import REQUESTS
from verify.command import cli

LIMIT = 0.5
MAIN = "from verify.command.cli import main; main()"
HELP = [[command, "--help"] for command in get_command(cli.app).commands]
HEADING = ("command line", "seconds", "target", "ratio (below 1 is met)")
LONGER = [  # what must load SymPy, as the grammar of statements does: told, and no failure
    ["check", "muu(k) > 0", "--kernel", "NTK(depth=2)"],
    ["check", "mu(k) > 0"],
    ["check", "mu(k) > 0", "--kernel", "NTK(depth=2)", "--for", "k evn"],
]


def wall_seconds(arguments: list[str]) -> float:
    """The least of three, output thrown away."""
    least = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        command = [sys.executable, "-c", MAIN, *arguments]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        least = min(least, time.perf_counter() - start)
    return least


def told(arguments: list[str], tables: Any) -> float:
    """Seconds, and a row of the table."""
    seconds = wall_seconds(arguments)
    tables.add(
        "Help and refusals, wall seconds",
        HEADING,
        f"`{shlex.join(arguments)}`",
        f"{seconds:.2f}",
        LIMIT,
        f"{seconds / LIMIT:.2f}",
    )
    return seconds


@pytest.mark.parametrize("arguments", HELP + REQUESTS, ids=shlex.join)
def bench_help_and_refusals(arguments: list[str], tables: Any) -> None:
    seconds = told(arguments, tables)
    assert seconds < LIMIT or any("(" in word for word in arguments)  # the grammar of kernels is told


@pytest.mark.parametrize("arguments", LONGER, ids=shlex.join)
def bench_refusals_that_need_sympy(arguments: list[str], tables: Any) -> None:
    told(arguments, tables)
