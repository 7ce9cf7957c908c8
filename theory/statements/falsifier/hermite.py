"""Squared Hermite coefficients of activations, the coefficients of their duals, by Gauss's rule on panels in doubles."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

import numpy as np

from theory.statements.falsifier.near import Unable

TERMS = 400
NODES = 30  # of a panel of unit length; h_n with n < TERMS has 7 zeros there
REACH = 45
MOST_VARIANCE = 4  # beyond it the terms that are left out may count
ODD = ("tanh", "hard_tanh", "softsign")
ODD_BUT_CONSTANT, EVEN_BUT_LINEAR = ("sigmoid",), ("softplus", "silu")
KINKS = {"hard_tanh": (-1.0, 1.0), "relu6": (0.0, 6.0), "elu": (0.0,), "selu": (0.0,), "softsign": (0.0,)}
Array = np.ndarray


def _sigmoid(x: Array) -> Array:
    return np.exp(-np.logaddexp(0, -x))


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "softplus": lambda x: np.logaddexp(0, x),
    "silu": lambda x: x * _sigmoid(x),
    "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "relu6": lambda x: np.clip(x, 0, 6),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))),
    "softsign": lambda x: x / (1 + np.abs(x)),
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
    root = float(variance) ** 0.5
    edges = np.unique(
        [*range(-REACH, REACH + 1), *(x for a in KINKS.get(activation, ()) if abs(x := a / root) < REACH)]
    )
    node, share = np.polynomial.legendre.leggauss(NODES)
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    u, step = (middle[:, None] + half[:, None] * node).ravel(), (half[:, None] * share).ravel()
    # h_n(u) phi(u)^(1/2) stays bounded where h_n alone would overflow.
    before, current = np.zeros_like(u), np.exp(-u * u / 4) * (2 * np.pi) ** -0.25
    weight = step * FUNCTIONS[activation](root * u) * current
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
