"""Closed forms as float64, many degrees at once, within one unit in the last place.

Where a closed form is a sum over caps of c_k^2 (A k(k+d-1) + B) beyond the degree of its polynomial, c_(k+2)/c_k =
(a-k)/(a+k+d+1) (`theory.spectra.routes.closed`). Every STEPS degrees of one parity c_k is a ball; from there the
quotients are multiplied in arithmetic of 64 bits, u = 2^-64. A quotient of whole numbers below 2^62 errs by u, a
product by u, so that c_k errs by at most (2 STEPS + 2) u, its square by (4 STEPS + 5) u, and a sum of at most MOST_CAPS
terms of one sign, with their weights, by (4 STEPS + 20) u < 0.45 2^-53: less than half a unit, and rounding costs half
of one.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from flint import arb, fmpq

from theory.numbers.balls import ball, rational, working_precision
from theory.spectra.closed_forms import CapTerm, ClosedForm
from theory.spectra.exact_values import highest_order

if TYPE_CHECKING:
    import numpy as np

STEPS = 220
MOST_CAPS = 8
EXACT = 2**62  # what an int64 holds, and 64 bits hold exactly
SMALLEST = 1e-280  # above it nothing underflows
WIDE = (63, 112)  # explicit bits of the mantissas that are wide enough: x87, IEEE quadruple


def closed_floats(form: ClosedForm, dim: int | Fraction, degrees: range) -> np.ndarray | None:
    """mu_k, shape (degrees,), for degrees beyond `highest_order`; None where another way must be taken.

    That is where the form has other parts than caps, terms of both signs, values near the smallest floats, or this
    machine no arithmetic of 64 bits.

    >>> from theory.kernels import NTK
    >>> from theory.spectra.closed_forms import closed_form
    >>> closed_floats(closed_form(NTK(depth=2)), 2, range(2, 5)).tolist()
    [0.078125, 0.0, 0.005208333333333333]
    """
    import numpy as np

    caps = [cap for cap in form.caps if cap.laplacian or any(cap.dimension)]
    q = Fraction(dim).denominator
    largest = 4 * q * (degrees[-1] + int(dim) + 200) ** 2
    if form.multiplied or degrees[0] <= highest_order(form) or len(caps) > MOST_CAPS:
        return None
    if np.finfo(np.longdouble).nmant not in WIDE or not all(_fits(cap, dim, largest) for cap in caps):
        return None
    total = np.zeros(len(degrees), np.longdouble)
    for cap in caps:
        offset = (degrees[0] - cap.order + 1) % 2  # the other parity vanishes
        if chosen := degrees[offset::2]:
            values = _chain(cap, dim, chosen)
            if not values.min() > SMALLEST:
                return None
            total[offset::2] += values
    return total.astype(float)


def _fits(cap: CapTerm, dim: int | Fraction, largest: int) -> bool:
    """Whether all whole numbers stay below EXACT, and the weight is >= 0 from here on."""
    common = _common(cap, dim)
    weights = abs(cap.laplacian * common) * largest + abs(cap.weight(0, dim) * common) + common
    return cap.laplacian >= 0 and cap.weight(0, dim) >= 0 and weights < EXACT


def _common(cap: CapTerm, dim: int | Fraction) -> int:
    return lcm(cap.laplacian.denominator * Fraction(dim).denominator, cap.weight(0, dim).denominator)


def _chain(cap: CapTerm, dim: int | Fraction, degrees: range) -> np.ndarray:
    """c_k^2 times the weight, for degrees k of one parity."""
    import numpy as np

    p, q = Fraction(dim).numerator, Fraction(dim).denominator
    rows = -(-len(degrees) // STEPS)
    k = degrees.start + 2 * np.arange(rows * STEPS, dtype=np.int64).reshape(rows, STEPS)
    quotients = (q * (cap.order - k)).astype(np.longdouble) / (p + q * (cap.order + k + 1))
    products = np.empty((rows, STEPS), np.longdouble)
    products[:, 0] = _starts(cap.order, dim, degrees[::STEPS])
    products[:, 1:] = quotients[:, :-1]
    np.multiply.accumulate(products, axis=1, out=products)
    common = _common(cap, dim)
    laplacian, shift = int(cap.laplacian * common / q), int(cap.weight(0, dim) * common)
    values = products * products * (laplacian * k * (q * k + p - q) + shift) / common
    return values.reshape(-1)[: len(degrees)]


def _starts(order: int, dim: int | Fraction, degrees: range) -> np.ndarray:
    """c_k within 2 u, shape (degrees,)."""
    import numpy as np

    half = Fraction(dim + 1) / 2
    with working_precision(20, 25):
        upper = ball(half).gamma() * arb(order + 1).gamma() / 2 ** (order + 1)
        shift = rational(half) + fmpq(order, 2)
        found = [upper * arb(fmpq(order - k, 2) + 1).rgamma() * arb(shift + fmpq(k, 2)).rgamma() for k in degrees]
        high = np.array([float(value.mid()) for value in found])
        low = np.array([float((value - float(value.mid())).mid()) for value in found])
    return high.astype(np.longdouble) + low
