"""Certified values of a kernel as text and as rows of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from theory.kernels import Kernel
from theory.numbers.decimals import round_up

Row = dict[str, str | None]


def value_rows(kernel: Kernel, places: Sequence[Fraction], digits: int) -> list[Row]:
    """t, kappa(t) correctly rounded with its radius, or a bound of |kappa(t)| where it may be 0.

    >>> from theory.kernels import NTK
    >>> [(row["value"], row["bound"]) for row in value_rows(NTK(depth=2), (Fraction(1), Fraction(-1)), 10)]
    [('2', None), (None, '...e-...')]
    """
    return [_row(kernel, t, digits) for t in places]


def _row(kernel: Kernel, t: Fraction, digits: int) -> Row:
    found = kernel(t, digits=digits)
    decimal = found.decimal(digits)
    if decimal is None and found.accuracy() >= digits:
        decimal = found.decimal(digits - 1) if digits > 1 else None  # an exact tie
    value, radius = (None, None) if decimal is None else decimal
    bound = round_up(max(-found.lower, found.upper)) if decimal is None else None
    return {"t": str(t), "value": value, "radius": radius, "bound": bound}


def values_text(rows: Sequence[Row]) -> list[str]:
    """A line for each.

    >>> values_text([{"t": "1/2", "value": "0.5", "radius": "0", "bound": None}])
    ['kappa(1/2) = 0.5']
    """
    return [
        f"kappa({row['t']}) = {row['value']}" if row["bound"] is None else f"|kappa({row['t']})| < {row['bound']}"
        for row in rows
    ]
