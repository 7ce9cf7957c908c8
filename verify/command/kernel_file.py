"""Kernels of a reader's own: `--kernels FILE.py`, a Python file that declares them."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from errno import EISDIR
from pathlib import Path
from runpy import run_path
from traceback import extract_tb

from verify.running.arguments import nearest_file
from verify.running.console import BadRequest

ALLOWED = "allowed: a Python file with a class derived from theory.kernels.Kernel, as `spectral-bias grammar kernels-file` shows"


def load(path: Path | None) -> Path | None:
    """Run the file, so that the classes it declares can be written; BadRequest in one line where it declares none."""
    if path is None:
        return None
    from theory.kernels import constructors

    before = constructors()
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder")
        with redirect_stdout(sys.stderr):  # what is asked for is alone on standard output
            run_path(str(path), run_name=f"<{path.stem.replace('.', '_')}>")  # no module, as fractions, has such a name
    except OSError as error:
        raise BadRequest(
            f"--kernels: cannot read {str(path)!r}: {error.strerror or error}, {ALLOWED}{nearest_file(path)}"
        ) from None
    except (Exception, SystemExit) as error:
        raise BadRequest(f"--kernels: {path}{_line(path, error)}: {type(error).__name__}: {error}") from None
    if all(before.get(name) is kind for name, kind in constructors().items()):
        how = "such a class is written below @dataclass(frozen=True, slots=True, repr=False) and has a definition"
        raise BadRequest(f"--kernels: {path} declares no kernel, {ALLOWED}; {how}")
    return path


def _line(path: Path, error: BaseException) -> str:
    """The last line of the file that led to the error; a syntax error names its own."""
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f", line {lines[-1]}" if lines else ""
