"""Maclaurin coefficients b_n of kernels in closed form, by the parity of n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
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
            parts: list[Term] = [(kernel.scales[0], hidden), (kernel.scales[1], maclaurin(ArcCosine(1)))]
            if kernel.bias:
                parts.append((kernel.scales[0], maclaurin(ArcCosine(0))))
            return _combine(parts)
        case Multiple(factor, inner):
            return _combine([(factor, maclaurin(inner))])
        case Sum(summands):
            return _combine([(1, maclaurin(part)) for part in summands])
    return None


Term = tuple[Fraction | int, Piecewise | None]  # a factor and what it multiplies, None where that is not known


def _combine(parts: Sequence[Term]) -> Piecewise | None:
    """The sum of the terms, None where one is not known."""
    known = [(rational(c), piece) for c, piece in parts if piece is not None]
    if len(known) < len(parts):
        return None
    even, odd = (max(piece.start[p] for _, piece in known) for p in (0, 1))
    generic = [sum((c * piece.generic[p] for c, piece in known), sp.Integer(0)) for p in (0, 1)]
    special = {
        index: sum((c * piece.at(index) for c, piece in known), sp.Integer(0))
        for index in (*range(0, even, 2), *range(1, odd, 2))
    }
    return Piecewise(special, (generic[0], generic[1]), (even, odd))


def maclaurin_at(kernel: Kernel, index: int) -> sp.Expr | None:
    """b_n at one n, None where there is no closed form."""
    piece = maclaurin(kernel)
    return None if piece is None else sp.simplify(piece.at(index))
