"""`spectral-bias limit FILE.py:NAME`: which limit the tangent kernel of a reader's networks has as their width grows."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from verify.command import completion
from verify.command.options import Out, Quiet, RunFormat
from verify.running.arguments import one_of, read_count, read_number
from verify.running.console import FAILED, OK, BadRequest, emit
from verify.running.extras import need

if TYPE_CHECKING:
    from torch import Tensor

    from verify.testing.confirming import Confirmation
    from verify.testing.wide import Named, Reading

FORMATS = ("text", "json")
MAX_INPUTS, MAX_POINTS = 100_000, 50
LEAST_ERROR = 1e-10  # of what is computed in doubles


def limit(
    network: Annotated[
        str,
        typer.Argument(
            metavar="FILE.py:NAME",
            help="a function make(seed, width=...) or make(seed) of your own",
            autocompletion=completion.networks,
        ),
    ],
    inputs: Annotated[
        str | None, typer.Option(metavar="D", help="numbers of one input, where they are not seen from the module")
    ] = None,
    points: Annotated[
        Path | None, typer.Option(metavar="FILE.npy", help="points (n, d) of any norm, in place of five of one plane")
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm/--no-confirm", help="hold it against random networks, or read alone")
    ] = True,
    margin: Annotated[
        str, typer.Option(metavar="M", help="the smallest error that counts, a share of max K(x, x)")
    ] = "0.2",
    widest: Annotated[str, typer.Option(metavar="N", help="the largest width of those networks")] = "1024",
    format: RunFormat = "text",
    out: Out = None,
    quiet: Quiet = False,
) -> int:
    """The limit of a torch module's tangent kernel: a kernel's text where it is one, values, or why there is none.

    Exit code 1 where random networks contradict it, or cannot confirm it at these sizes.
    """
    need("limit", "networks")
    from numerics.networks.user_modules import load_maker
    from verify.running.progress import opaque
    from verify.testing.confirming import Sizes
    from verify.testing.confirming import confirm as confirmed
    from verify.testing.wide import read_limit

    one_of("--format", format, FORMATS)
    sizes = Sizes(margin=_margin(margin), widest=read_count("--widest", widest, 256))
    count = None if inputs is None else read_count("--inputs", inputs, 1)
    if count is not None and count > MAX_INPUTS:
        raise BadRequest(f"--inputs: got {count}, allowed: an integer from 1 to {MAX_INPUTS}")
    if count is not None and points is not None:
        raise BadRequest("--inputs: the points say how many numbers they have, allowed: one of --inputs and --points")
    rows = None if points is None else read_points(points)
    maker = load_maker(network)
    with opaque("reading", quiet):
        reading = read_limit(maker, rows, count)
    found = None
    if confirm:
        with opaque("random networks", quiet):
            found = confirmed(reading, sizes)
    emit(limit_json(network, reading, found) if format == "json" else limit_text(network, reading, found), out, quiet)
    return OK if found is None or found.verdict == "HOLDS" else FAILED


def _margin(text: str) -> float:
    value = float(read_number("--margin", text))
    if not 0 < value < 1:
        raise BadRequest(f"--margin: got {text!r}, allowed: a number between 0 and 1")
    return value


def read_points(path: Path) -> Tensor:
    """Points (n, d) of a file of NumPy, never unpickled; BadRequest in one line."""
    import numpy as np
    import torch

    allowed = f"allowed: an npy file of 1 to {MAX_POINTS} rows of finite numbers"
    try:
        with path.open("rb") as file:
            rows = np.lib.format.read_array(file, allow_pickle=False)
    except OSError as error:
        raise BadRequest(f"--points: cannot read {str(path)!r}: {error.strerror or error}, {allowed}") from None
    except (ValueError, EOFError) as error:
        raise BadRequest(f"--points: {path}: {' '.join(str(error).split())[:100]}, {allowed}") from None
    if rows.ndim != 2 or not rows.size or len(rows) > MAX_POINTS or rows.dtype.kind not in "fiu":
        raise BadRequest(f"--points: {path} holds {rows.dtype} of shape {rows.shape}, {allowed}")
    found = torch.from_numpy(rows.astype(float))
    if not bool(found.isfinite().all()):
        raise BadRequest(f"--points: {path} holds numbers that are not finite, {allowed}")
    return found


def limit_text(name: str, reading: Reading, found: Confirmation | None) -> str:
    """The parameters, the limit, its values, and what random networks say."""
    one = reading.architecture
    outputs = "R" if one.outputs == 1 else f"R^{one.outputs}"
    at = f"read at widths {', '.join(map(str, one.widths))}" if one.widths else "read at their own widths"
    lines = [f"{name}: networks R^{one.points.shape[1]} -> {outputs}, {at}", *_parameters(reading), *_said(reading), ""]
    lines += _values(reading)
    if found is not None:
        lines += ["", f"random networks: {found}"]
        lines.append(
            f"  rates: a limit that is off by the margin passes with probability {found.sizes.false_pass:g} at most, "
            f"a right one fails with {found.sizes.false_fail:g}"
        )
        for twin in found.twins:
            lines.append(f"  {'NOT REJECTED' if twin.verdict == 'HOLDS' else 'rejected'}: {twin.what}")
    return "\n".join(lines) + "\n"


def _parameters(reading: Reading) -> list[str]:
    """One line a parameter."""
    shares = {share.name: share for share in reading.limit.shares}
    rows: list[tuple[str, ...]] = [
        ("parameter", "at the start", "factor", "adds to K(x, x)", "learning rate for a limit")
    ]
    for source in reading.architecture.sources:
        share = shares.get(source.name)
        if share is None:
            adds, rate = ("frozen" if not source.trained else "0"), ""
        else:
            size = float(share.kernel.matrix[0, 0])
            adds = _rounded(size, share.kernel.matrix, reading) + (
                f" * width^{share.kernel.exponent}" if share.kernel.exponent else ""
            )
            rate = f"* width^{-share.kernel.exponent}" if share.kernel.exponent else ""
        rows.append((source.name, _start(source), str(source.scale), adds, rate))
    idle = {2: "1", 4: ""}  # columns that say nothing where every cell is so
    shown = [place for place in range(5) if any(row[place] != idle.get(place) for row in rows[1:])]
    rows = [tuple(row[place] for place in shown) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths)).rstrip() for row in rows]


def _start(source: Any) -> str:
    entries = source.entries
    if entries.law is None:
        return f"variance {entries.variance}, measured, within {100 * entries.spread:.2g} %"
    kind = entries.law.kind if not entries.law.later else f"{entries.law.kind}, then a function"
    if kind == "constant":
        return f"constant {entries.law.mean:.6g}"
    return f"{kind}, variance {entries.variance}"


def _said(reading: Reading) -> list[str]:
    lines = [reading.sentence()]
    if not reading.even and reading.architecture.widths is not None:
        what = reading.balanced.text(reading.limit)
        lines.append(f"with the learning rate of each parameter times the power beside it: {what}")
    if any(named.kernel is not None for named in (reading.leading, reading.balanced)):
        norms = (
            "K(x, x') = |x| |x'| kappa(cos) elsewhere"
            if reading.homogeneous
            else "not a function of the cosine alone elsewhere"
        )
        lines.append(f"as a kernel of t = <x, x'> on the unit sphere; {norms}")
    if reading.architecture.outputs > 1:
        lines.append(f"the same for each of {reading.architecture.outputs} outputs, 0 between two of them")
    if not all(source.entries.read for source in reading.architecture.sources):
        lines.append("measured variances are taken for those of independent entries, in a first layer of normal ones")
    return lines


def _values(reading: Reading) -> list[str]:
    """K of the first point with each of them."""
    rows, limit = reading.architecture.points, reading.limit
    what = "limit" if not limit.exponent else f"limit of K / width^{limit.exponent}"
    heads = ["<x, x'>", "|x|", "|x'|", what] + ([] if reading.even else ["with those learning rates"])
    cells = [heads]
    for place, row in enumerate(rows):
        norms = [f"{(one @ one) ** 0.5:.4g}" for one in (rows[0], row)]
        values = [limit.leading] + ([] if reading.even else [limit.balanced])
        inner = round(float(rows[0] @ row), 12) + 0.0
        cells.append(
            [f"{inner:.4g}", *norms, *(_rounded(float(matrix[0, place]), matrix, reading) for matrix in values)]
        )
    widths = [max(map(len, column)) for column in zip(*cells)]
    text = ["  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths)) for row in cells]
    return text + ([f"all values within {limit.error:.1g} of the largest"] if limit.error > 1e-6 else [])


def _rounded(value: float, among: Any, reading: Reading) -> str:
    """As many of 8 digits as the error leaves, a share of the largest."""
    decimals = math.floor(-math.log10(max(reading.limit.error, LEAST_ERROR) * float(abs(among).max())))
    return f"{round(value, decimals) + 0.0:.8g}"


def limit_json(name: str, reading: Reading, found: Confirmation | None) -> str:
    """All of it, of the form in verify/schemas/limit.json."""
    from dataclasses import asdict

    from verify.running.documents import as_json

    one, limit = reading.architecture, reading.limit
    shares = {share.name: share.kernel for share in limit.shares}
    parameters = []
    for source in one.sources:
        entries, kernel = source.entries, shares.get(source.name)
        parameters.append(
            {
                "name": source.name,
                "trained": source.trained,
                "law": None if entries.law is None else str(entries.law),
                "how": "read" if entries.read else "measured",
                "spread": entries.spread,
                "variance": _power(entries.variance.value, entries.variance.exponent),
                "factor": _power(source.scale.value, source.scale.exponent),
                "fan_in": None if source.is_bias else _power(source.fan_in.value, source.fan_in.exponent),
                "share": None
                if kernel is None
                else {"exponent": str(kernel.exponent), "matrix": kernel.matrix.tolist()},
            }
        )
    return as_json(
        network=name,
        inputs=one.points.shape[1],
        outputs=one.outputs,
        widths=None if one.widths is None else list(one.widths),
        parameters=parameters,
        exponent=str(limit.exponent),
        limit=_named(reading.leading) | {"matrix": limit.leading.tolist()},
        balanced=_named(reading.balanced) | {"matrix": limit.balanced.tolist()},
        homogeneous=reading.homogeneous,
        normal=limit.gaussian,
        error=limit.error,
        points=one.points.tolist(),
        confirmation=None if found is None else asdict(found),
    )


def _power(value: float, exponent: Any) -> dict[str, Any]:
    return {"value": value, "exponent": str(exponent)}


def _named(named: Named) -> dict[str, Any]:
    return {"kernel": None if named.kernel is None else repr(named.kernel), "why": named.why, "off": named.off}
