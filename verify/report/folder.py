"""A folder that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from verify.running.console import BadRequest

MARK = ".spectral-bias-report"  # only a folder that holds it may be replaced
ALLOWED = "allowed: a new or empty folder, or an earlier report"


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A new folder beside `out` that takes its place at the end; nothing is left where that fails.

    BadRequest where it cannot be written, or where `out` holds files that no report wrote.
    """
    if out.is_symlink() or out.exists() and not out.is_dir():
        raise BadRequest(f"--out: {str(out)!r} is no folder, {ALLOWED}")
    out = out.resolve()
    new, old = (out.parent / f".{out.name}.{os.getpid()}.{name}" for name in ("part", "old"))
    try:
        if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
            raise BadRequest(f"--out: {str(out)!r} holds other files, {ALLOWED}")
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            new.mkdir()
            (new / MARK).touch()
            yield new
            if out.is_dir():
                out.rename(old)
            try:
                new.rename(out)
            except OSError:
                if old.is_dir():
                    old.rename(out)
                raise
        finally:
            for rest in (new, old):
                shutil.rmtree(rest, ignore_errors=True)
    except OSError as error:
        what = f"--out: cannot write {str(out)!r}: {error.strerror}"
        raise BadRequest(f"{what}, allowed: a writable place") from None
