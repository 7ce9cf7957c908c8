"""The rows of long spectra: decimals of whole columns at once, exact forms only where they are short.

A degree has a row of its own, as in short spectra, where the columns leave a rounding open, where a value is exact or
has fewer digits than asked for, and where its exact form is short.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat

from flint import fmpz

from theory.kernels.parity import degree_bounds
from theory.numbers.decimal_columns import certain_column, decimal_column, fixed_point
from theory.spectra.spectrum import Eigenvalue, Spectrum, short_exact_until
from theory.spectra.sphere import gegenbauer_ratio

LONG = 1000  # degrees beyond which exact forms are left out where only their Gamma form is known
Row = tuple[int, str | None, str | None, str | None, str | None, str | None, str | None, str, str | None]


def long_rows(
    spectrum: Spectrum, counts: Iterator[int], own_row: Callable[[Eigenvalue, int], Row], whole: bool
) -> Iterator[Row]:
    """A row for each degree of a spectrum in integer dimension; without `whole` radius and coefficients are left empty.

    counts: N(d,k) of each degree; own_row: how an eigenvalue is written by itself.
    """
    found, digits, d, route = spectrum.eigenvalues, spectrum.digits, spectrum.dim, spectrum.route
    degrees, numbers = found.degrees, list(counts)
    values = [fixed_point(ball) for ball in found.balls()]
    if whole:
        shown = certain_column(values, digits)
        coefficients = decimal_column(values, zip(numbers, repeat(1)), digits)
        gegenbauer = decimal_column(values, (gegenbauer_ratio(d, k) for k in degrees), digits)
    else:
        plain = decimal_column(values, repeat((1, 1)), digits)
        shown = [None if value is None else (value, "") for value in plain]
        coefficients = gegenbauer = ["" for _ in values]
    zero_from, exact_until, short = degree_bounds(spectrum.kernel), short_exact_until(spectrum), set(spectrum.short)
    for i, (k, count, pair, c, g) in enumerate(zip(degrees, numbers, shown, coefficients, gegenbauer, strict=True)):
        if k > zero_from[k % 2]:
            yield k, written(count), "0", "0", "0", "0", "0", route, None
        elif pair is None or c is None or g is None or k <= exact_until or k in short:
            yield own_row(found[i], count)
        else:
            yield k, written(count), pair[0], pair[1], None, c, g, route, None


def written(whole: int) -> str:
    """A whole number in decimal, of any length.

    >>> written(7**20000)[:4]
    '9136'
    """
    return str(whole) if whole.bit_length() < 10_000 else str(fmpz(whole))  # str refuses long ones
