"""mu_k of an expression by tanh-sinh quadrature in mpmath: another integrator on another evaluator."""

from __future__ import annotations

from collections.abc import Callable

import mpmath as mp

from tests.reading import value_of

FUNCTIONS = ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "acos", "asin", "atan", "erf", "sign")
NAMES = {name: getattr(mp, name) for name in FUNCTIONS} | {"pi": mp.pi, "abs": abs, "max": max, "min": min}


def by_mpmath(text: str, dim: int, degree: int, inside: tuple[float, ...] = ()) -> mp.mpf:
    """mu_k, the integral cut at the places given."""

    def average(function: Callable[[mp.mpf], mp.mpf]) -> mp.mpf:
        return mp.quad(function, [0, *sorted({mp.pi / 2, *map(mp.mpf, inside)}), mp.pi])

    def weighted(theta: mp.mpf) -> mp.mpf:
        with mp.workdps(120):  # 1 - t keeps its digits at the nodes next to an end
            t = mp.cos(theta)
            value = value_of(text, {**NAMES, "t": t, "theta": theta}, mp.mpf)
            harmonic = mp.cos(degree * theta) if dim == 1 else mp.gegenbauer(degree, mp.mpf(dim - 1) / 2, t)
            return value * harmonic * mp.sin(theta) ** (dim - 1)

    scale = 1 if dim == 1 else mp.gegenbauer(degree, mp.mpf(dim - 1) / 2, 1)
    with mp.workdps(25):
        return average(weighted) / scale / average(lambda theta: mp.sin(theta) ** (dim - 1))
