"""Steps of gradient descent per degree as text, JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from theory.numbers.balls import Enclosure
from theory.numbers.decimals import round_significant
from theory.spectra.gradient_descent import Descent, Descents

SCHEMA = 1
COLUMNS = ("degree", "multiplicity", "eigenvalue", "factor", "steps", "flow_time", "equal_time")
SAMPLED = ("sampled", "at_least", "estimate")
NEVER = "never"


def render(found: Descents, form: str, digits: int = 6) -> str:
    """One of FORMATS; ends with a newline. Numbers have ``digits`` significant digits.

    >>> from theory.spectra.gradient_descent import descents
    >>> from theory.kernels import NTK
    >>> print(render(descents(NTK(depth=2), 2, range(2)), "csv"), end="")
    kernel,dim,step,residual,degree,multiplicity,eigenvalue,factor,steps,flow_time,equal_time
    NTK(depth=2),2,2,1/100,0,1,0.5,0,1,9.21034,
    NTK(depth=2),2,2,1/100,1,3,0.333333,0.333333,5,13.8155,16.4792
    """
    if form not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, got {form!r}")
    return FORMATS[form](found, digits)


def decimal(value: Enclosure, digits: int) -> str:
    """Correctly rounded, or the rounded midpoint where the value is a tie as far as is known."""
    certain = value.decimal(digits)
    return certain[0] if certain else round_significant((value.lower + value.upper) / 2, digits)


def _cells(row: Descent, digits: int, estimated: bool) -> list[str]:
    def shown(value: Enclosure | None) -> str:
        return "" if value is None else decimal(value, digits)

    eigenvalue = row.eigenvalue
    cells = [str(eigenvalue.degree), str(eigenvalue.multiplicity), eigenvalue.decimal(digits)[0]]
    cells += [shown(row.factor), NEVER if row.steps is None else str(row.steps)]
    cells += [shown(row.flow_time), shown(row.equal_time)]
    if row.sampled is None:
        return cells
    cells += [shown(row.sampled), NEVER if row.at_least is None else str(row.at_least)]
    return cells + ([NEVER if row.estimate is None else str(row.estimate)] if estimated else [])


def _columns(found: Descents) -> tuple[str, ...]:
    known = () if found.samples is None else SAMPLED if found.estimated else SAMPLED[:-1]
    return (*COLUMNS, *known)


def _headline(found: Descents, digits: int) -> list[str]:
    top = found.largest
    lines = [
        f"{top.kernel!r} on S^{top.dim}: a step of size c multiplies degree k by 1 - c mu_k",
        f"largest safe step: c < 2/mu_max = {decimal(found.safe, digits)}, mu_max = mu_{top.degree} "
        f"= {top.decimal(digits)[0]}, the largest of all degrees",
        f"safe on every sample of any size: c <= 2/kappa(1) = {decimal(found.safe_on_samples, digits)}",
        f"below: c = {found.step}, until {found.residual} of the residual is left; flow_time: until "
        "e^(-mu_k tau) is that; equal_time: the flow time that does what the steps do",
        "factor, steps, flow_time, equal_time: of the population, the whole sphere"
        + ("; --samples N adds steps on N random points" if found.samples is None else ""),
    ]
    return lines if found.samples is None else [*lines, *_on_samples(found)]


def _on_samples(found: Descents) -> list[str]:
    """What the last columns are, and what they rest on."""
    lines = [
        f"sampled: mu_k + (kappa(1) - mu_k)/n, the mean Rayleigh quotient on n = {found.samples} random points",
        f"at_least: steps on them, before which more than {found.residual} of a harmonic of degree k is left, in "
        "root mean square over samples (proved)",
    ]
    if found.estimated:
        lines.append(
            "estimate: steps on them, by random matrix theory for large n, with the harmonics at the points taken "
            "as independent Gaussians (an estimate without error bound)"
        )
    return lines


def _text(found: Descents, digits: int) -> str:
    rows = [list(_columns(found)), *(_cells(row, digits, found.estimated) for row in found.degrees)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    body = ("  ".join(f"{c:>{w}}" for c, w in zip(row, widths)).rstrip() for row in rows)
    return "\n".join([*_headline(found, digits), "", *body]) + "\n"


def _markdown(found: Descents, digits: int) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    columns = _columns(found)
    rows = [line(columns), line(["---:"] * len(columns))]
    rows += [line(_cells(row, digits, found.estimated)) for row in found.degrees]
    return "\n".join([*_headline(found, digits), "", *rows]) + "\n"


def _csv(found: Descents, digits: int) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    # The same in every line, since CSV has no head for it.
    setting = {"kernel": found.largest.kernel, "dim": found.largest.dim, "step": found.step, "residual": found.residual}
    setting |= {} if found.samples is None else {"samples": found.samples}
    writer.writerow([*setting, *_columns(found)])
    writer.writerows([*setting.values(), *_cells(row, digits, found.estimated)] for row in found.degrees)
    return target.getvalue()


def _json(found: Descents, digits: int) -> str:
    names = _columns(found)
    rows = [
        dict(zip(names, (cell or None for cell in _cells(row, digits, found.estimated))))
        | {"degree": row.eigenvalue.degree, "steps": row.steps}
        | {name: getattr(row, name) for name in SAMPLED[1:] if name in names}
        for row in found.degrees
    ]
    top = found.largest
    whole = {
        "schema": SCHEMA,
        "kernel": repr(top.kernel),
        "dim": top.dim,
        "digits": digits,
        "largest_degree": top.degree,
        "safe_step": decimal(found.safe, digits),
        "safe_step_on_samples": decimal(found.safe_on_samples, digits),
        "step": str(found.step),
        "residual": str(found.residual),
        "samples": found.samples,
        "degrees": rows,
    }
    return json.dumps(whole, indent=2) + "\n"


FORMATS = {"text": _text, "json": _json, "csv": _csv, "markdown": _markdown}
