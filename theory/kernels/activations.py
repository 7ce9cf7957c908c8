"""Activations by what is known of their duals: the names that `Dual` and `DualTangent` take."""

from __future__ import annotations

from math import inf

from theory.kernels.hinges import HINGED

HOMOGENEOUS = {"step": 0, "relu": 1, "leaky_relu": 1, "abs": 1, "squared_relu": 2}  # with their degree
CLOSED = ("erf", "sin", "cos", "exp", "gelu")  # a closed formula for every variance
SMOOTH = ("tanh", "sigmoid", "softplus", "silu", "mish")  # analytic in a strip around the real line
KINKED = (*HINGED, "softsign")  # by Hermite coefficients as the smooth ones, but those fall like a power
SERIES = (*SMOOTH, *KINKED)
ALIASES = {"swish": "silu"}  # other names, which a kernel does not keep
ACTIVATIONS = (*HOMOGENEOUS, *CLOSED, *SERIES)

ODD = ("erf", "sin", "tanh", "hard_tanh", "softsign")
EVEN = ("cos", "abs")
EVEN_BUT_LINEAR = ("relu", "leaky_relu", "gelu", "softplus", "silu")  # s(u) - s(-u) is a multiple of u
ODD_BUT_CONSTANT = ("step", "sigmoid")  # s(u) + s(-u) is a constant


def dual_bounds(activation: str) -> tuple[float, float]:
    """Bounds on the degrees of the even and the odd part of the dual, of any variance; -1 where a part vanishes.

    The n-th Hermite coefficient of an odd (even) function vanishes for even (odd) n.

    >>> dual_bounds("silu"), dual_bounds("tanh"), dual_bounds("mish")
    ((inf, 1), (-1, inf), (inf, inf))
    """
    if activation in ODD:
        return -1, inf
    if activation in EVEN:
        return inf, -1
    if activation in EVEN_BUT_LINEAR:
        return inf, 1
    if activation in ODD_BUT_CONSTANT:
        return 0, inf
    return (2, inf) if activation == "squared_relu" else (inf, inf)  # s(u) + s(-u) = u^2
