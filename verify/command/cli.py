"""The command `spectral-bias`.

A command is a thin function: it turns its arguments into a request, calls theory or verify, and
hands text to `emit`. Every failure passes through `outcome`, so a user meets one line and an exit
code, never a traceback. Heavy packages are imported inside commands, to keep `--help` quick, and
after the arguments are read, so that what is mistyped is said at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.main import get_command

from verify.command import completion, lists, run_commands
from verify.command.functional import functional
from verify.command.grammar import grammar_help
from verify.command.limit import limit
from verify.command.modes import modes
from verify.command.options import (
    CONVENTIONS,
    KERNEL_FORMATS,
    LAW_FORMATS,
    PROOF_FORMATS,
    RATE_FORMATS,
    ROUTES,
    SPECTRUM_FORMATS,
    SPECTRUM_ROUTES,
    TABLE_FORMATS,
    Convention,
    Degrees,
    Digits,
    Dim,
    Kernels,
    KernelText,
    Out,
    Quiet,
    choice,
)
from verify.running.arguments import (
    one_of,
    read_bound,
    read_count,
    read_degrees,
    read_digits,
    read_dim,
    read_kernel,
    read_kernel_or_family,
    read_number,
)
from verify.running.console import FAILED, OK, PROGRAM, BadRequest, drop_unwritten_output, emit, say
from verify.running.extras import need
from verify.running.failures import one_line, outcome

if TYPE_CHECKING:
    from theory.text.paper_tables import TableRequest


def example(arguments: str) -> str:
    """The last line of a command's --help."""
    return f"\b\nExample: {PROGRAM} {arguments}"  # \b: this paragraph is not to be rewrapped


app = typer.Typer(
    name=PROGRAM,
    rich_markup_mode=None,
    suggest_commands=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Spectra of neural kernels on the sphere, derived, certified and confronted with real networks.",
    epilog=example('spectrum "NTK(depth=2)" --dim 2 --degrees 0:5'),
)


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


@app.command(epilog=example('spectrum "NTK(depth=2, layer_scales=(1/2, 1))" --dim 40 --degrees 0:30 --format json'))
def spectrum(
    kernel: KernelText,
    dim: Dim,
    degrees: Degrees,
    digits: Digits = "30",
    route: Annotated[str, choice(SPECTRUM_ROUTES)] = "auto",
    absolute: Annotated[str | None, typer.Option(metavar="E", help="|mu_k| <= E is enough, like 1e-40")] = None,
    convention: Convention = "project",
    kernels: Kernels = None,
    format: Annotated[str, choice(SPECTRUM_FORMATS)] = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> int:
    """Mercer eigenvalues of a kernel on S^d. Every printed digit is right, but for the route mpmath.

    Where fewer digits than asked for are certified, those are printed, or a bound of |mu_k|, and the exit code is 1.
    """
    one_of("--route", route, SPECTRUM_ROUTES)
    one_of("--convention", convention, CONVENTIONS)
    one_of("--format", format, SPECTRUM_FORMATS)
    request = read_kernel(kernel), read_dim(dim), read_degrees(degrees), read_digits(digits)
    enough = None if absolute is None else read_bound("--absolute", absolute)
    if enough is not None and route == "mpmath":
        raise BadRequest("--absolute: route mpmath certifies no bound, allowed: the other routes")
    from theory.spectra.floating import floating_spectrum
    from theory.spectra.spectrum import spectrum as compute
    from theory.text import spectra as tables
    from verify.running.progress import opaque

    with opaque("eigenvalues", quiet):
        exact = route != "mpmath"
        found = compute(*request, route, True, enough) if exact else floating_spectrum(*request)
        text = tables.render(found, format, convention)
    emit(text, out, quiet)
    if not (short := getattr(found, "short", ())):
        return OK
    named = ", ".join(map(str, short[:8])) + (f", ... ({len(short)} degrees)" if len(short) > 8 else "")
    say(f"fewer than {digits} digits are certified of mu_k for k = {named}; --absolute E asks for a bound alone")
    return FAILED


@app.command(epilog=example('kernel "NTK(depth=3)" --format latex'))
def kernel(
    kernel: KernelText,
    dim: Annotated[
        str | None, typer.Option(metavar="D", help="say whether all mu_k >= 0, and > 0, on S^d, d >= 1")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="T,...", help="values of kappa at -1 <= t <= 1, as 1/2,-0.3")
    ] = None,
    digits: Digits = "30",
    kernels: Kernels = None,
    format: Annotated[str, choice(KERNEL_FORMATS)] = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """kappa as a scalar function of t = <x, x'>: text, LaTeX, or Python code for SymPy, and its values."""
    one_of("--format", format, KERNEL_FORMATS)
    chosen, on = read_kernel(kernel), None if dim is None else read_count("--dim", dim, 1)
    places = [read_number("--at", text) for text in at.split(",")] if at is not None else []
    wanted = read_digits(digits)
    from theory.kernels.formulas import NoExpression, kernel_function, sympy_code
    from theory.text.values import value_rows, values_text
    from verify.running.progress import opaque

    found, values = None, value_rows(chosen, places, wanted)
    if on is not None:
        from theory.laws.definiteness import definiteness

        with opaque("definiteness", quiet):
            found = definiteness(chosen, on)
    if format == "json":
        from verify.running.documents import kernel_json

        emit(kernel_json(chosen, on, found, values), out, quiet)
        return
    try:
        text = sympy_code(chosen) if format == "sympy" else f"{kernel_function(chosen, format)}\n"
    except NoExpression as error:
        if found is None and not values:
            raise
        text = f"{error}\n" if format == "text" else ""
    lines = values_text(values)
    if found is not None:
        lines += [f"all mu_k >= 0 on S^{on}: {found.truth} ({found.why})", f"all mu_k > 0 on S^{on}: {found.strict}"]
    comment = {"latex": "% ", "sympy": "# "}.get(format, "")
    emit(text + "".join(f"{comment}{line}\n" for line in lines), out, quiet)


@app.command(epilog=example('table "NTK(depth=2)" "ArcCosine(order=1)" --dim 3 --degrees 0:8 --digits 12'))
def table(
    kernel: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KERNEL...|FILE.toml",
            help='as "NTK(depth=2)", one or several, or a file of keys',
            autocompletion=completion.kernels,
        ),
    ] = None,
    dim: Annotated[str | None, typer.Option(metavar="D", help="d of the sphere S^d: a number >= 1")] = None,
    degrees: Annotated[str | None, typer.Option(metavar="A:B|K", help="degrees A to B, or one degree K")] = None,
    digits: Annotated[str | None, typer.Option(metavar="N", help="significant digits, from 1 to 100000")] = None,
    route: Annotated[str | None, choice(ROUTES, "how to compute: ")] = None,
    convention: Annotated[str | None, choice(CONVENTIONS)] = None,
    kernels: Kernels = None,
    format: Annotated[str, choice(TABLE_FORMATS)] = "latex",
    check: Annotated[Path | None, typer.Option(metavar="FILE.tex", help="compare that table by cells")] = None,
    out: Out = None,
    quiet: Quiet = False,
) -> int:
    """A table of eigenvalues for a paper, or a check of one. Several kernels stand side by side."""
    one_of("--format", format, TABLE_FORMATS)
    for what, name, allowed in (("--route", route, ROUTES), ("--convention", convention, CONVENTIONS)):
        one_of(what, name or allowed[0], allowed)
    from verify.running.progress import opaque
    from verify.tables import requests as tabling

    given = (kernel or [], dim, degrees, digits, route, convention)
    request: TableRequest | None
    with opaque("table", quiet):
        if check is None:
            request = tabling.request_from(*given)
            text, right = tabling.table_text(request, format, tabling.is_file(given[0])), True
        else:
            request = tabling.request_from(*given) if any(given) else None
            text, right = tabling.checked(check, request, format)
    emit(text, out, quiet)
    return OK if right else FAILED


@app.command(epilog=example('decay "NTK(depth=2)" --as d --degree 4'))
def decay(
    kernel: KernelText,
    as_: Annotated[str, typer.Option("--as", metavar="k|d", help="what tends to infinity: k or d")],
    dim: Annotated[str | None, typer.Option(metavar="D", help="fixed d, an integer >= 1; symbolic without it")] = None,
    degree: Annotated[
        str | None, typer.Option(metavar="K", help="fixed k, an integer >= 0; symbolic without it")
    ] = None,
    terms: Annotated[str, typer.Option(metavar="N", help="terms of the expansion, an integer from 1 to 12")] = "1",
    convention: Convention = "project",
    kernels: Kernels = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="draw it there: .png, .pdf or .svg")] = None,
    format: Annotated[str, choice(LAW_FORMATS)] = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """The law of mu_k as k -> oo or d -> oo: exponent, constant, further terms, two-sided bounds.

    The depth may be left open, as in "NTK(depth=L)": the law then holds for every L.
    """
    from theory.kernels.parse import is_family

    one_of("--as", as_, ("k", "d"))
    one_of("--convention", convention, CONVENTIONS)
    one_of("--format", format, LAW_FORMATS)
    if plot is not None and is_family(kernel):
        raise BadRequest(f"--plot: a number must stand in place of L in {kernel!r}")
    if plot is not None:
        need("--plot", "report")
    asked = (
        as_,
        None if dim is None else read_count("--dim", dim, 1),
        None if degree is None else read_count("--degree", degree, 0),
        read_count("--terms", terms, 1),
    )
    chosen = read_kernel_or_family(kernel)
    import json

    from theory.laws.certified import certified
    from theory.laws.conventions import law_to_convention
    from theory.laws.decay import decay as law_of
    from theory.text.laws import law_json, law_latex, law_text
    from verify.running.progress import opaque

    with opaque("law", quiet):
        law = law_of(chosen, *asked)
        shown = certified(law_to_convention(law, convention))
    text = {"text": law_text, "latex": law_latex, "json": lambda v: json.dumps(law_json(v), indent=2)}
    if plot is not None:
        from verify.figures.law import plot_law

        plot_law(law, plot)
        say(f"wrote {plot}", quiet)
    emit(text[format](shown) + "\n", out, quiet)


@app.command(epilog=example('rate "NTK(depth=2)" --dim 2 --degrees 0:6 --samples 1000'))
def rate(
    kernel: KernelText,
    dim: Annotated[str, typer.Option(metavar="D", help="d of the sphere S^d, an integer >= 1")],
    degrees: Degrees = "0:8",
    residual: Annotated[str, typer.Option(metavar="R", help="what is to be left, a number between 0 and 1")] = "0.01",
    step: Annotated[str | None, typer.Option(metavar="C", help="step size c; 1/mu_max without it")] = None,
    samples: Annotated[str | None, typer.Option(metavar="N", help="random points, an integer >= 1")] = None,
    digits: Digits = "6",
    kernels: Kernels = None,
    format: Annotated[str, choice(RATE_FORMATS)] = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Gradient descent on a kernel: largest safe step, steps to a residual in each degree, flow time."""
    one_of("--format", format, RATE_FORMATS)
    request = (
        read_kernel(kernel),
        read_count("--dim", dim, 1),
        read_degrees(degrees),
        read_number("--residual", residual),
        None if step is None else read_number("--step", step),
        None if samples is None else read_count("--samples", samples, 1),
        read_digits(digits),
    )
    from theory.spectra.gradient_descent import descents
    from theory.text.gradient_descent import render
    from verify.running.progress import opaque

    with opaque("rates", quiet):
        found = descents(*request)
    emit(render(found, format, read_digits(digits)), out, quiet)


@app.command(epilog=example('derive "NTK(depth=2)" --format latex'))
def derive(
    kernel: KernelText,
    kernels: Kernels = None,
    format: Annotated[str, choice(PROOF_FORMATS)] = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """The derivation of a kernel's spectrum, step by step, replayed by the checker before it is printed.

    Of deeper kernels, "NTK(depth=3)" or "NTK(depth=L)" for every L, and of the Laplace kernel the
    derivation of the law of mu_k as k grows, from the expansions at t = 1 and -1.
    """
    one_of("--format", format, PROOF_FORMATS)
    chosen = read_kernel_or_family(kernel)
    from theory.laws.decay import derivation_or_law
    from theory.text.proofs import proof_latex, proof_text
    from verify.running.documents import derivation_json
    from verify.running.progress import opaque

    with opaque("derivation", quiet):
        proof = derivation_or_law(chosen)
        write = {"latex": proof_latex, "text": proof_text}.get(format)
        text = write(proof) + "\n" if write else derivation_json(chosen, proof)
    emit(text, out, quiet)


app.command(epilog=example('functional effective-dimension "NTK(depth=2)" --dim 3 --ridge 1/1000'))(functional)
app.command(epilog=example("modes --network net.py:make --data digits.npz --lr 0.05 --steps 2000 --test 0.2"))(modes)
app.command(epilog=example("limit net.py:make --margin 0.1"))(limit)

# Those that decide many things and keep what they found; help lists the commands in this order.
app.command(epilog=example("train cao-circle --set width=512,1024 --seeds 64"))(run_commands.train)
app.command(epilog=example("verify cao-decay-dim cao-decay-degree"))(run_commands.verify)
CHECK = grammar_help(("kernel", "statement", "condition", "statements-file"))
app.command(epilog=f"{CHECK}\n\n{example('check statements.toml --format json')}")(run_commands.check)
app.command(epilog=example("report results --out report"))(run_commands.report)


# What there is, and how it is written.
app.command(epilog=example("kernels --format json"))(lists.kernels)
app.command(epilog=example("claims cao-decay-dim"))(lists.claims)
app.command(epilog=example("experiments cao-circle"))(lists.experiments)
app.command(epilog=example("conventions"))(lists.conventions)
app.command(epilog=example("grammar statement"))(lists.grammar)
app.command("help", epilog=example("help spectrum"))(lists.help_)

_built = cache(get_command)


def run(arguments: Sequence[str]) -> int:
    """One call of the command line; returns the exit code.

    A command returns None or an exit code.
    """
    try:
        with _built(app).make_context(PROGRAM, list(arguments) or ["--help"]) as context:
            code = context.command.invoke(context) or OK
        sys.stdout.flush()
        return code
    except BaseException as error:  # the one place where every failure becomes a line and a code
        message, code = outcome(error)
        drop_unwritten_output()
    if message:
        sys.stderr.write(f"{PROGRAM}: {one_line(message)}\n")
    return code


def main() -> None:
    """Entry point of `spectral-bias`."""
    # A process started with closed streams has None there.
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))
    if completion.COMPLETING in os.environ:  # a shell asks what may stand at the cursor
        completion.answered(lambda: _built(app)(prog_name=PROGRAM))
    sys.exit(run(sys.argv[1:]))
