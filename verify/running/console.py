"""What every command writes: results, messages, files that appear whole; its exit codes and its refusals."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

PROGRAM = "spectral-bias"
OK, FAILED, BAD_REQUEST, INTERRUPTED = 0, 1, 2, 130


class BadRequest(ValueError):
    """What was asked makes no sense; the message says what is allowed."""


def emit(text: str, out: Path | None = None, quiet: bool = False) -> None:
    """Results to standard output, or to a file that appears whole or not at all."""
    if out is None:
        sys.stdout.write(text)
        return
    write_whole(out, text)
    say(f"wrote {out}", quiet)


def say(message: str, quiet: bool = False) -> None:
    """A message to standard error, unless --quiet."""
    if not quiet:
        sys.stderr.write(f"{message}\n")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write beside, then rename; text as UTF-8. BadRequest if the place cannot be written.

    A link leads to its file, and a file keeps its permissions. A pipe or a device is written to as it
    is: a file renamed onto it would end it.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        what = f"cannot write {str(path)!r}: {error.strerror}"
        raise BadRequest(f"{what}, allowed: a file in a folder that exists and is writable") from None


def _replace(path: Path, data: bytes) -> None:
    beside = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        if path.exists():
            mode = S_IMODE(path.stat().st_mode)
            beside.touch(mode)  # before there is anything in it to be read by others
            beside.chmod(mode)
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def drop_unwritten_output() -> None:
    """A closed pipe or a full disk would fail again, with a traceback, at interpreter exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
