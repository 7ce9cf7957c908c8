"""Squared Hermite coefficients of activations, the coefficients of their duals, by the trapezoidal rule in doubles."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

import numpy as np

from theory.statements.falsifier.near import Unable

TERMS = 400
STEP = 1 / 128  # analytic for |Im x| < pi/2 at least: with variance 4 the rule errs by about exp(-2 pi (pi/4) / STEP)
REACH = 45.0
MOST_VARIANCE = 4  # beyond it the terms that are left out may count
ODD, ODD_BUT_CONSTANT, EVEN_BUT_LINEAR = ("tanh",), ("sigmoid",), ("softplus", "silu")
Array = np.ndarray


def _sigmoid(x: Array) -> Array:
    return np.exp(-np.logaddexp(0, -x))


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "softplus": lambda x: np.logaddexp(0, x),
    "silu": lambda x: x * _sigmoid(x),
    "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
}


@lru_cache(maxsize=16)
def hermite_squares(activation: str, variance: Fraction) -> np.ndarray:
    """(E[s(sqrt(v) u) h_n(u)])^2 for n < TERMS, u standard normal, h_n normalised. Raises Unable for a large variance.

    >>> squares = hermite_squares("tanh", Fraction(1))
    >>> bool(squares[0] == 0 and abs(squares[1] - 0.366879) < 1e-6)
    True
    """
    if variance > MOST_VARIANCE:
        raise Unable(f"the dual of {activation} with variance {variance}")
    steps = int(REACH / STEP)
    u = np.arange(-steps, steps + 1) * STEP
    # h_n(u) phi(u)^(1/2) stays bounded where h_n alone would overflow.
    before, current = np.zeros_like(u), np.exp(-u * u / 4) * (2 * np.pi) ** -0.25
    weight = STEP * FUNCTIONS[activation](float(variance) ** 0.5 * u) * current
    found = np.zeros(TERMS)
    for n in range(TERMS):
        if not vanishes(activation, n):
            found[n] = np.dot(weight, current) ** 2
        before, current = current, (u * current - np.sqrt(n) * before) / np.sqrt(n + 1)
    return found


def vanishes(activation: str, n: int) -> bool:
    """Whether the n-th coefficient, and mu_n with it, is zero for a reason of symmetry.

    >>> [vanishes("silu", n) for n in range(5)]
    [False, False, False, True, False]
    """
    if activation in ODD or (activation in ODD_BUT_CONSTANT and n):
        return n % 2 == 0
    return activation in EVEN_BUT_LINEAR and n > 1 and n % 2 == 1
