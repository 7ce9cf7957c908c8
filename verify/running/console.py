"""What every command shares: reading arguments, writing results, one line for every failure."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from stat import S_IMODE
from traceback import extract_tb
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from theory.kernels import Kernel

PROGRAM = "spectral-bias"
OK, FAILED, BAD_REQUEST, INTERRUPTED = 0, 1, 2, 130
MAX_MESSAGE = 600  # characters of the one line
MAX_DEGREE = 10**9


class BadRequest(ValueError):
    """What was asked makes no sense; the message says what is allowed."""


def read_kernel(text: str) -> Kernel:
    """The kernel a user wrote; parsed, never evaluated.

    >>> read_kernel("NTK( depth = 2 )")
    NTK(depth=2)
    """
    from theory.kernels.parse import parse_kernel

    try:
        return parse_kernel(text)
    except ValueError:
        from theory.language.families import is_family

        if is_family(text):
            says = "leaves the depth L open, as decay, derive and check allow; allowed here: a number in place of L"
            raise BadRequest(f"{text!r} {says}") from None
        raise


def read_dim(text: str, what: str = "--dim") -> int | Fraction:
    """The dimension d of S^d: an integer, an exact decimal or a fraction.

    >>> read_dim("2"), read_dim("2.5"), read_dim("5/2")
    (2, Fraction(5, 2), Fraction(5, 2))
    """
    from theory.spectra.sphere import MAX_DIM, check_dim

    allowed = f"allowed: a number >= 1 and <= {MAX_DIM} such as 2, 2.5 or 5/2 (the dimension d of the sphere S^d)"
    if not re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30}|/[0-9]{1,30})?", text) or re.search("/0+$", text):
        raise BadRequest(f"{what}: {text!r} is no exact decimal or fraction, {allowed}")
    return check_dim(Fraction(text))


def read_degrees(text: str, what: str = "--degrees") -> range:
    """A:B, both ends included, or K.

    >>> read_degrees("0:5"), read_degrees("3")
    (range(0, 6), range(3, 4))
    """
    from theory.spectra.spectrum import check_degrees

    first, colon, last = text.partition(":")
    ends = [first, last] if colon else [first, first]
    whole = all(re.fullmatch("[0-9]{1,10}", end) for end in ends)
    if not whole or not int(ends[0]) <= int(ends[1]) <= MAX_DEGREE:
        raise BadRequest(f"{what}: got {text!r}, allowed: A:B with 0 <= A <= B <= {MAX_DEGREE}, or one K")
    return check_degrees(range(int(ends[0]), int(ends[1]) + 1))


def read_digits(text: str) -> int:
    """A number of significant digits.

    >>> read_digits("30")
    30
    """
    from theory.numbers.balls import MAX_DIGITS, check_digits

    if not re.fullmatch("-?[0-9]{1,30}", text):
        raise BadRequest(f"--digits: {text!r} is not a number, allowed: an integer from 1 to {MAX_DIGITS}")
    return check_digits(int(text))


def read_count(what: str, text: str, least: int) -> int:
    """A plain integer that is at least `least`.

    >>> read_count("--seed", "7", 0)
    7
    """
    if not re.fullmatch("-?[0-9]{1,12}", text) or int(text) < least:
        most = f" and < {10**12}" if re.fullmatch("[0-9]{13,}", text) else ""
        raise BadRequest(f"{what}: got {text!r}, allowed: an integer >= {least}{most}")
    return int(text)


def read_number(what: str, text: str) -> Fraction:
    """An exact decimal or a fraction.

    >>> read_number("--residual", "0.01"), read_number("--residual", "1/100")
    (Fraction(1, 100), Fraction(1, 100))
    """
    if not re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30}|/[0-9]{1,30})?", text) or re.search("/0+$", text):
        raise BadRequest(f"{what}: got {text!r}, allowed: a number such as 2, 0.25 or 1/4")
    return Fraction(text)


def one_of(what: str, name: str, allowed: Sequence[str]) -> str:
    """The name if it is allowed, else BadRequest with the nearest allowed one.

    >>> one_of("--format", "jason", ("text", "json"))
    Traceback (most recent call last):
    verify.running.console.BadRequest: --format: unknown name 'jason', allowed: text, json (did you mean json?)
    """
    if name not in allowed:
        from theory.kernels.parse import suggestion

        close = suggestion(name, list(allowed))
        raise BadRequest(f"{what}: unknown name {name!r}, allowed: {', '.join(allowed)}{close}")
    return name


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


def outcome(error: BaseException) -> tuple[str, int]:
    """(the one line for standard error, the exit code); an empty line says nothing.

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
    from theory.kernels.parse import suggestion

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


def drop_unwritten_output() -> None:
    """A closed pipe or a full disk would fail again, with a traceback, at interpreter exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
