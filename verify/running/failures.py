"""Every failure as one line and an exit code."""

from __future__ import annotations

import os
import re
from pathlib import Path
from traceback import extract_tb

import typer

from theory.numbers.nearest import suggestion
from verify.running.console import BAD_REQUEST, FAILED, INTERRUPTED, OK

MAX_MESSAGE = 600  # characters of the one line


def outcome(error: BaseException) -> tuple[str, int]:
    """(the one line for standard error, the exit code); an empty line says nothing.

    >>> from verify.running.console import BadRequest
    >>> outcome(BadRequest("no"))
    ('no', 2)
    >>> outcome(SystemExit()), outcome(SystemExit("no shell"))
    (('', 0), ('no shell', 1))
    """
    match error:
        case typer.Exit():
            return "", error.exit_code
        case SystemExit(code=str(said)):
            return said, 1  # as the interpreter has it
        case SystemExit():  # shell completion, shown or installed
            return "", int(error.code or 0)
        case KeyboardInterrupt() | typer.Abort():
            return "interrupted", INTERRUPTED
        case typer.TyperException():
            return _usage(error), BAD_REQUEST
        case BrokenPipeError():
            return "", OK
        case OSError():
            place = f" {str(error.filename)!r}" if error.filename else ""
            return f"cannot read or write{place}: {error.strerror}", BAD_REQUEST
        case ValueError():
            return str(error), BAD_REQUEST
    if is_too_large(error):
        held = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
        wanted = re.search(r"tried to allocate [0-9.]+ \w+", str(error), re.IGNORECASE)
        what = "not enough memory" + (f": {wanted[0]}" if wanted else "")
        return f"{what}, allowed: sizes (width, depth, points) that fit into the {held:.0f} GiB here", BAD_REQUEST
    from theory.numbers.balls import NotCertified

    if isinstance(error, NotCertified):
        return f"not certified: {error}", FAILED
    return crash_text(error), FAILED


def is_too_large(error: BaseException) -> bool:
    """Whether memory ended, on the CPU or the GPU; PyTorch says so by errors of these words.

    >>> is_too_large(MemoryError()), is_too_large(RuntimeError("shapes differ"))
    (True, False)
    """
    words = (
        "can't allocate memory",
        "out of memory",
        "Storage size calculation overflowed",
        "Overflow when unpacking long",
    )
    torch_says = isinstance(error, RuntimeError | TypeError) and any(w in str(error) for w in words)
    return torch_says or isinstance(error, MemoryError)


def crash_text(error: BaseException) -> str:
    """Where and by what something crashed, in one line."""
    frames = extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"crashed{place}, which is a defect: {type(error).__name__}: {error}"


def _usage(error: typer.TyperException) -> str:
    """What the command line parser found, what is allowed there, and the nearest name."""
    message = getattr(error, "message", "") or error.format_message()
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if parameter is not None:
        return f"{error.format_message().rstrip('.')}, allowed: {parameter.help}"
    if context is None:
        return error.format_message().rstrip(".")
    message, (_, _, name) = message.rstrip("."), message.rpartition(" ")
    if hasattr(error, "option_name"):
        allowed = [o for p in context.command.get_params(context) for o in p.opts if o.startswith("--")]
    else:
        allowed = list(getattr(context.command, "commands", ()))
    close = suggestion(name.strip("'."), allowed)
    names = f", allowed: {', '.join(allowed)}" if allowed else ""
    return f"{message}{names}{close}; see {context.command_path} --help"


def one_line(message: str) -> str:
    r"""Printable, on one line, of bounded length.

    >>> one_line("a\n\x1b[31mb")
    'a ?[31mb'
    """
    flat = "".join(c if c.isprintable() else "?" for c in " ".join(message.split()))
    return flat if len(flat) <= MAX_MESSAGE else flat[:MAX_MESSAGE] + "..."
