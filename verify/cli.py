"""The command `spectral-bias`.

A command is a thin function: it turns its arguments into a request, calls theory or verify, and
hands text to `emit`. Every failure passes through `outcome`, so a user meets one line and an exit
code, never a traceback. Heavy packages are imported inside commands, to keep `--help` quick.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Annotated

import typer
from typer.main import get_command

if TYPE_CHECKING:
    from theory.kernels import Kernel

PROGRAM = "spectral-bias"
OK, FAILED, BAD_REQUEST, INTERRUPTED = 0, 1, 2, 130
MAX_MESSAGE = 600  # characters of the one line
MAX_DEGREE = 10**9
ROUTES = ("auto", "closed", "angle")
SPECTRUM_FORMATS = ("text", "json", "csv", "latex", "markdown")
TABLE_FORMATS = ("latex", "markdown", "csv")


class BadRequest(ValueError):
    """What was asked makes no sense; the message says what is allowed."""


def example(arguments: str) -> str:
    """The last line of a command's --help."""
    return f"\b\nExample: {PROGRAM} {arguments}"  # \b: this paragraph is not to be rewrapped


# What every command shares.
KernelText = Annotated[str, typer.Argument(metavar="KERNEL", help='its constructor call, as "NTK(depth=2)"')]
Dim = Annotated[str, typer.Option(metavar="D", help="d of the sphere S^d: a number >= 1, as 2, 2.5 or 5/2")]
Degrees = Annotated[str, typer.Option(metavar="A:B|K", help="degrees A to B, both included, or one degree K")]
Digits = Annotated[str, typer.Option(metavar="N", help="significant digits, an integer from 1 to 100000")]
Route = Annotated[str, typer.Option(metavar="NAME", help=f"how to compute: {', '.join(ROUTES)}")]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="write there instead of standard output")]
Quiet = Annotated[bool, typer.Option("--quiet", help="no messages and no progress on standard error")]

app = typer.Typer(
    name=PROGRAM, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Spectra of neural kernels on the sphere, derived, certified and confronted with real networks.",
    epilog=example('spectrum "NTK(depth=2)" --dim 2 --degrees 0:5'),
)  # fmt: skip


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"{PROGRAM} {version(PROGRAM)}\n")
        raise typer.Exit()


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_print_version)] = False,
) -> None:
    """Options that come before the command."""


@app.command(
    epilog=example('spectrum "NTK(depth=2, layer_scales=(1/2, 1))" --dim 40 --degrees 0:30 --format json')
)
def spectrum(
    kernel: KernelText,
    dim: Dim,
    degrees: Degrees,
    digits: Digits = "30",
    route: Route = "auto",
    format: Annotated[str, typer.Option(metavar="NAME", help=", ".join(SPECTRUM_FORMATS))] = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Mercer eigenvalues of a kernel on S^d. Every printed digit is right."""
    from theory import tables
    from theory.spectrum import spectrum as compute

    one_of("--route", route, ROUTES)
    one_of("--format", format, SPECTRUM_FORMATS)
    found = compute(read_kernel(kernel), read_dim(dim), read_degrees(degrees), read_digits(digits), route)
    emit(tables.render(found, format), out, quiet)


@app.command(epilog=example('table "NTK(depth=2)" "ArcCosine(order=1)" --dim 3 --degrees 0:8 --digits 12'))
def table(
    kernel: Annotated[list[str], typer.Argument(metavar="KERNEL...", help='as "NTK(depth=2)", one or several')],
    dim: Dim,
    degrees: Degrees,
    digits: Digits = "16",
    route: Route = "auto",
    format: Annotated[str, typer.Option(metavar="NAME", help=", ".join(TABLE_FORMATS))] = "latex",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """A table of eigenvalues for a paper. Several kernels stand side by side."""
    from theory import tables
    from theory.spectrum import spectrum as compute

    one_of("--route", route, ROUTES)
    one_of("--format", format, TABLE_FORMATS)
    kernels = [read_kernel(text) for text in kernel]
    request = read_dim(dim), read_degrees(degrees), read_digits(digits), route
    emit(tables.render([compute(k, *request) for k in kernels], format), out, quiet)


def read_kernel(text: str) -> Kernel:
    """The kernel a user wrote; parsed, never evaluated.

    >>> read_kernel("NTK( depth = 2 )")
    NTK(depth=2)
    """
    from theory.expressions import parse_kernel

    return parse_kernel(text)


def read_dim(text: str) -> int | Fraction:
    """The dimension d of S^d: an integer, an exact decimal or a fraction.

    >>> read_dim("2"), read_dim("2.5"), read_dim("5/2")
    (2, Fraction(5, 2), Fraction(5, 2))
    """
    from theory.sphere import check_dim

    allowed = "allowed: a number >= 1 such as 2, 2.5 or 5/2 (the dimension d of the sphere S^d)"
    if not re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30}|/[0-9]{1,30})?", text) or re.search("/0+$", text):
        raise BadRequest(f"--dim: {text!r} is not a number, {allowed}")
    return check_dim(Fraction(text))


def read_degrees(text: str) -> range:
    """A:B, both ends included, or K.

    >>> read_degrees("0:5"), read_degrees("3")
    (range(0, 6), range(3, 4))
    """
    from theory.spectrum import check_degrees

    first, colon, last = text.partition(":")
    ends = [first, last] if colon else [first, first]
    whole = all(re.fullmatch("[0-9]{1,10}", end) for end in ends)
    if not whole or not int(ends[0]) <= int(ends[1]) <= MAX_DEGREE:
        raise BadRequest(f"--degrees: got {text!r}, allowed: A:B with 0 <= A <= B <= {MAX_DEGREE}, or one K")
    return check_degrees(range(int(ends[0]), int(ends[1]) + 1))


def read_digits(text: str) -> int:
    """A number of significant digits.

    >>> read_digits("30")
    30
    """
    from theory.precision import MAX_DIGITS, check_digits

    if not re.fullmatch("-?[0-9]{1,30}", text):
        raise BadRequest(f"--digits: {text!r} is not a number, allowed: an integer from 1 to {MAX_DIGITS}")
    return check_digits(int(text))


def one_of(what: str, name: str, allowed: Sequence[str]) -> str:
    """The name if it is allowed, else BadRequest with the nearest allowed one.

    >>> one_of("--format", "jason", ("text", "json"))
    Traceback (most recent call last):
    verify.cli.BadRequest: --format: unknown name 'jason', allowed: text, json (did you mean json?)
    """
    if name not in allowed:
        from theory.expressions import suggestion

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


def write_whole(path: Path, text: str) -> None:
    """Write beside, then rename. BadRequest if the place cannot be written."""
    beside = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        what = f"cannot write {str(path)!r}: {error.strerror}"
        raise BadRequest(f"{what}, allowed: a file in a folder that exists and is writable") from None


def outcome(error: BaseException) -> tuple[str, int]:
    """(the one line for standard error, the exit code); an empty line says nothing.

    >>> outcome(BadRequest("no"))
    ('no', 2)
    """
    match error:
        case typer.Exit():
            return "", error.exit_code
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
    from theory.precision import NotCertified

    if isinstance(error, NotCertified):
        return f"not certified: {error}", FAILED
    frames = extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"crashed{place}, which is a defect: {type(error).__name__}: {error}", FAILED


def _usage(error: typer.TyperException) -> str:
    """What the command line parser found, with what is allowed there."""
    message = error.format_message().rstrip(".")
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if parameter is not None:
        return f"{message}, allowed: {parameter.help}"
    if context is None:
        return message
    if "ommand" in message.partition("'")[0]:
        return f"{message}, allowed: {', '.join(context.command.commands)}"
    options = [o for p in context.command.get_params(context) for o in p.opts if o.startswith("--")]
    return f"{message}, allowed: {', '.join(options)}; see {context.command_path} --help"


def one_line(message: str) -> str:
    r"""Printable, on one line, of bounded length.

    >>> one_line("a\n\x1b[31mb")
    'a ?[31mb'
    """
    flat = "".join(c if c.isprintable() else "?" for c in " ".join(message.split()))
    return flat if len(flat) <= MAX_MESSAGE else flat[:MAX_MESSAGE] + "..."


def run(arguments: Sequence[str]) -> int:
    """One call of the command line; returns the exit code.

    A command returns None or an exit code.
    """
    try:
        with get_command(app).make_context(PROGRAM, list(arguments)) as context:
            code = context.command.invoke(context) or OK
        sys.stdout.flush()
        return code
    except BaseException as error:  # the one place where every failure becomes a line and a code
        message, code = outcome(error)
        _drop_unwritten_output()
    if message:
        sys.stderr.write(f"{PROGRAM}: {one_line(message)}\n")
    return code


def _drop_unwritten_output() -> None:
    """A closed pipe or a full disk would fail again, with a traceback, at interpreter exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Entry point of `spectral-bias`."""
    # A process started with closed streams has None there.
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))
    sys.exit(run(sys.argv[1:]))
