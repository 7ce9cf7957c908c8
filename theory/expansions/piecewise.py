"""|x|, sign(x), max(x, y) and min(x, y): of balls, and continued from where the sign of x, or of x - y, is certain."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

from theory.expansions.jets import Jet, NotAnalytic


def real_value(name: str, values: Sequence[arb]) -> arb:
    """The value on real balls.

    >>> real_value("max", [arb(1), arb(2)]), real_value("abs", [arb(-3)]), real_value("sign", [arb(-3)])
    (2.00000000000000, 3.00000000000000, -1.00000000000000)
    """
    match name:
        case "abs":
            return abs(values[0])
        case "sign":
            return values[0].sgn()
        case "max":
            return values[0].max(values[1])
    return values[0].min(values[1])


def continued_value(name: str, values: Sequence[Jet], inside: Sequence[arb] | None = None) -> Jet:
    """The analytic function that it is where Re x, or Re (x - y), keeps one sign along a closed curve.

    Where no formula changes on the piece, the values at a point inside say which it is. Raises NotAnalytic
    where no sign is certain.
    """
    sign = _compared([value.range.real for value in values])
    if not (sign > 0 or sign < 0) and inside is not None:
        sign = _compared(inside)
    if not (sign > 0 or sign < 0):
        raise NotAnalytic(f"{name} may have a kink or a step")
    positive = bool(sign > 0)
    match name:
        case "abs":
            return values[0] if positive else -values[0]
        case "sign":
            return values[0] * 0 + (1 if positive else -1)
        case "max":
            return values[0] if positive else values[1]
    return values[1] if positive else values[0]


def _compared(values: Sequence[arb]) -> arb:
    return values[0] if len(values) == 1 else values[0] - values[1]
