"""Maclaurin coefficients b_n of kernels in closed form, by the parity of n."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from theory.kernels import NNGP, NTK, ArcCosine, Gaussian, Kernel, Multiple, Sum
from theory.spectra.symbolic_forms import rational
from theory.symbolic.objects import n


@dataclass(frozen=True, slots=True)
class Piecewise:
    """A quantity by parity of its index: generic expression from `start` on, special values below."""

    special: Mapping[int, sp.Expr]
    generic: tuple[sp.Expr, sp.Expr]  # for even and odd index
    start: tuple[int, int]

    def at(self, index: int) -> sp.Expr:
        """The quantity at one index."""
        return self.special[index] if index in self.special else self.generic[index % 2].subs(n, index)


@lru_cache(maxsize=64)
def maclaurin(kernel: Kernel) -> Piecewise | None:
    """b_n in closed form for one-hidden-layer kernels, proved in `theory.derivations.one_hidden_layer`, and exp(-c(1-t)).

    >>> maclaurin(ArcCosine(1)).special[1], maclaurin(ArcCosine(0)).generic[0]
    (1/2, 0)
    """
    zero, half, root = sp.Integer(0), sp.Rational(1, 2), sp.pi ** sp.Rational(3, 2)
    k0_odd = sp.gamma(n / 2) / (root * n * sp.gamma((n + 1) / 2))
    match kernel:
        case NNGP() | NTK() if kernel.weight_variance != 1 or kernel.bias_variance:
            return None
        case Gaussian(rate):
            value = sp.exp(-rational(rate)) * rational(rate) ** n / sp.gamma(n + 1)
            return Piecewise({}, (value, value), (0, 0))
        case ArcCosine(order=0):
            return Piecewise({0: half}, (zero, k0_odd), (2, 1))
        case ArcCosine(order=1) | NNGP(depth=2):
            even = sp.gamma((n - 1) / 2) / (2 * root * (n - 1) * sp.gamma(n / 2 + 1))
            return Piecewise({1: half}, (even, zero), (0, 3))
        case NTK(depth=2):
            hidden = Piecewise({0: zero, 1: half}, (k0_odd.subs(n, n - 1), zero), (2, 3))
            parts = [(kernel.scales[0], hidden), (kernel.scales[1], maclaurin(ArcCosine(1)))]
            if kernel.bias:
                parts.append((kernel.scales[0], maclaurin(ArcCosine(0))))
            return _combine(parts)
        case Multiple(factor, inner):
            part = maclaurin(inner)
            return None if part is None else _combine([(factor, part)])
        case Sum(parts):
            pieces = [maclaurin(part) for part in parts]
            return None if None in pieces else _combine([(1, piece) for piece in pieces])
    return None


def _combine(parts: list[tuple[object, Piecewise]]) -> Piecewise:
    start = tuple(max(piece.start[p] for _, piece in parts) for p in (0, 1))
    generic = tuple(sum((rational(c) * piece.generic[p] for c, piece in parts), sp.Integer(0)) for p in (0, 1))
    special = {
        index: sum((rational(c) * piece.at(index) for c, piece in parts), sp.Integer(0))
        for p in (0, 1)
        for index in range(p, start[p], 2)
    }
    return Piecewise(special, generic, start)


def maclaurin_at(kernel: Kernel, index: int) -> sp.Expr | None:
    """b_n at one n, None where there is no closed form."""
    piece = maclaurin(kernel)
    return None if piece is None else sp.simplify(piece.at(index))
