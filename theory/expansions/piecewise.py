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
    """The analytic function that it is on a piece, continued to arcs of a curve around it.

    Where no formula changes on the piece, the values at a point inside say which it is, whatever the sign of x on an
    arc: beyond the end of the piece the other formula holds, and it is another function. Without such a point Re x,
    or Re (x - y), must keep one sign along the closed curve. Raises NotAnalytic where no sign is certain.
    """
    if inside is not None:
        sign = inside[0] - inside[1] if len(inside) == 2 else inside[0]
    else:
        sign = (values[0] - values[1] if len(values) == 2 else values[0]).range.real
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
