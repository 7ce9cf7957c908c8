"""Arguments and options that several commands share, and the names that they take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from verify.command import completion, kernel_file

ROUTES = ("auto", "closed", "ends", "angle", "series", "walk")
SPECTRUM_ROUTES = (*ROUTES, "mpmath")
CONVENTIONS = (
    "project",
    "cao",
    "bietti-mairal",
    "bietti-bach",
    "basri",
    "murray",
    "yu",
    "arora",
    "neural-tangents",
    "gpfy",
    "kernel-generalization",
    "kernel-generalization-scaled",
)
KERNEL_FORMATS = ("text", "latex", "sympy", "json")
SPECTRUM_FORMATS = ("text", "json", "csv", "latex", "markdown")
TABLE_FORMATS = ("latex", "markdown", "csv", "json")
LAW_FORMATS = ("text", "json", "latex")
PROOF_FORMATS = ("text", "latex", "json")
RATE_FORMATS = ("text", "json", "csv", "markdown")
RUN_FORMATS = ("text", "json")
CHECK_FORMATS = ("text", "json", "latex", "junit", "sarif", "github")
PROFILES = ("quick", "full", "paper")
DEVICES = ("cpu", "cuda")


def choice(names: Sequence[str], says: str = "one of ") -> typer.models.OptionInfo:
    """An option that takes one of these names, which help lists and shells complete."""
    complete = completion.among(names)
    return typer.Option(metavar="NAME", help=says + ", ".join(names), autocompletion=complete)


KernelText = Annotated[
    str,
    typer.Argument(
        metavar="KERNEL",
        help='as "NTK(depth=2)"; `spectral-bias grammar kernel` says how',
        autocompletion=completion.kernels,
    ),
]
Kernels = Annotated[
    Path | None,
    typer.Option(metavar="FILE.py", help="a Python file, run first, of kernels of your own", callback=kernel_file.load),
]
Dim = Annotated[str, typer.Option(metavar="D", help="d of the sphere S^d: a number >= 1, as 2, 2.5 or 5/2")]
Degrees = Annotated[str, typer.Option(metavar="A:B|K", help="degrees A to B, both included, or one degree K")]
Digits = Annotated[str, typer.Option(metavar="N", help="significant digits, an integer from 1 to 100000")]
Convention = Annotated[str, choice(CONVENTIONS, "whose eigenvalues to print: ")]
Profile = Annotated[str, choice(PROFILES)]
RunFormat = Annotated[str, choice(RUN_FORMATS)]
Out = Annotated[Path | None, typer.Option(metavar="FILE", help="write there instead of standard output")]
Quiet = Annotated[bool, typer.Option("--quiet", help="no messages and no progress on standard error")]
