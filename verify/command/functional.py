"""`spectral-bias functional`: what the eigenvalues of a kernel serve, each value enclosed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verify.command.options import Digits, Kernels, KernelText, Out, Quiet, choice
from verify.running.arguments import one_of, read_count, read_digits, read_kernel, read_number
from verify.running.console import BadRequest, emit

if TYPE_CHECKING:
    from theory.kernels import Kernel
    from theory.numbers.balls import Enclosure
    from theory.spectra.ranked import Ranked

FORMATS = ("text", "json")


@dataclass(frozen=True, slots=True)
class Request:
    """A kernel, and what a functional may ask for besides."""

    kernel: Kernel
    dim: int | None
    ridge: Fraction | None
    target: Kernel | None
    top: int
    count: int
    digits: int


Row = tuple[str, str]  # what it is, and its value


def functional(
    name: Annotated[str, typer.Argument(metavar="NAME", help="trace, effective-dimension, norm or eigenvalues")],
    kernel: KernelText,
    dim: Annotated[str | None, typer.Option(metavar="D", help="d of the sphere S^d, an integer >= 1")] = None,
    ridge: Annotated[str | None, typer.Option(metavar="R", help="of the effective dimension, > 0")] = None,
    target: Annotated[str | None, typer.Option(metavar="KERNEL", help="whose norm is asked for")] = None,
    top: Annotated[str, typer.Option(metavar="K", help="degrees up to K one by one, the rest bounded")] = "200",
    count: Annotated[str, typer.Option(metavar="N", help="eigenvalues, the largest first")] = "20",
    digits: Digits = "12",
    kernels: Kernels = None,
    format: Annotated[str, choice(FORMATS)] = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Trace sum N mu_k, effective dimension sum N mu_k/(mu_k + R), squared RKHS norm sum N c_k^2/mu_k of a target,
    eigenvalues lambda_1 >= lambda_2 >= ... in their order, each mu_k as often as N(d,k) says.

    For kernels that are positive definite on S^d. Every printed digit is right; fewer are printed where the
    degrees beyond K leave fewer.
    """
    from verify.running.documents import as_json
    from verify.running.progress import opaque

    one_of("NAME", name, tuple(FUNCTIONALS))
    one_of("--format", format, FORMATS)
    request = Request(
        read_kernel(kernel),
        None if dim is None else read_count("--dim", dim, 1),
        None if ridge is None else read_number("--ridge", ridge),
        None if target is None else read_kernel(target),
        read_count("--top", top, 0),
        read_count("--count", count, 1),
        read_digits(digits),
    )
    with opaque(name, quiet):
        rows = dict(FUNCTIONALS[name](request))
    if format == "json":
        asked = {"kernel": repr(request.kernel), "dim": request.dim, "ridge": request.ridge and str(request.ridge)}
        more = {"target": request.target and repr(request.target), "top": request.top}
        emit(as_json(functional=name, **asked, **more, values=rows), out, quiet)
        return
    width = max(map(len, rows))
    emit("".join(f"{what:<{width}}  {value}\n" for what, value in rows.items()), out, quiet)


def needed(what: str, value: Any) -> Any:
    """The value of an option; BadRequest where it was not given."""
    if value is None:
        raise BadRequest(f"{what} is needed for this functional")
    return value


def shown(value: Enclosure, digits: int) -> str:
    """As many of the digits as are certain; an interval where none is.

    >>> from flint import arb
    >>> from theory.numbers.balls import Enclosure
    >>> shown(Enclosure.of(arb("2.5", "0.01")), 12), shown(Enclosure.of(arb(0, 1)), 3)
    ('2.5', '[-1, 1]')
    """
    known = digits if value.accuracy() >= digits else int(value.accuracy())
    for count in range(known, 0, -1):
        decimal = value.decimal(count)
        if decimal is not None:
            return decimal[0]
    return f"[{float(value.lower):.3g}, {float(value.upper):.3g}]"


def _trace(request: Request) -> list[Row]:
    from theory.spectra.functionals import trace, truncated_trace

    rows: list[Row] = [("kappa(1)", shown(trace(request.kernel, request.digits), request.digits))]
    if request.dim is not None:
        found = truncated_trace(request.kernel, request.dim, request.top, request.digits)
        rows.append((f"sum N mu_k, k <= {request.top}", shown(found.partial, request.digits)))
        rows.append((f"sum N mu_k, k > {request.top}", shown(found.rest, request.digits)))
    return rows


def _effective_dimension(request: Request) -> list[Row]:
    from theory.spectra.functionals import effective_dimension

    dim, ridge = needed("--dim", request.dim), needed("--ridge", request.ridge)
    found = effective_dimension(request.kernel, dim, ridge, request.top, request.digits)
    return [(f"sum N mu_k/(mu_k + {ridge})", shown(found, request.digits))]


def _norm(request: Request) -> list[Row]:
    from theory.numbers.truth import Truth
    from theory.spectra.functionals import target_norm

    dim, target = needed("--dim", request.dim), needed("--target", request.target)
    found = target_norm(request.kernel, target, dim, request.top, request.digits)
    squared = "infinite" if found.squared is None else shown(found.squared, request.digits)
    what = "squared norm, at least" if found.finite is Truth.UNDECIDED else "squared norm"
    return [(what, squared), ("finite", f"{found.finite} ({found.why})")]


def _eigenvalues(request: Request) -> list[Row]:
    from theory.spectra.ranked import largest_eigenvalues

    found = largest_eigenvalues(request.kernel, needed("--dim", request.dim), request.count, request.digits)
    return [(_group(one), one.eigenvalue.decimal(request.digits)[0]) for one in found]


def _group(one: Ranked) -> str:
    indices = f"lambda_{one.first}" + (f", ..., lambda_{one.last}" if one.last > one.first else "")
    return f"{indices} (degree{'s' * (len(one.degrees) > 1)} {', '.join(map(str, one.degrees))})"


FUNCTIONALS: Mapping[str, Callable[[Request], list[Row]]] = {
    "trace": _trace,
    "effective-dimension": _effective_dimension,
    "norm": _norm,
    "eigenvalues": _eigenvalues,
}
