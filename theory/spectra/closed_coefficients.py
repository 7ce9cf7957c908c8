"""Maclaurin coefficients b_n of kernels in closed form, by the parity of n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from theory.kernels import NNGP, NTK, ArcCosine, Gaussian, Kernel, Multiple, Sum, by_kernel
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


ROOT = sp.pi ** sp.Rational(3, 2)
K0_ODD = sp.gamma(n / 2) / (ROOT * n * sp.gamma((n + 1) / 2))  # b_n of k0 for odd n


@by_kernel(kept=64)
def maclaurin(kernel: object) -> Piecewise | None:
    """b_n in closed form for one-hidden-layer kernels, proved in `theory.derivations.one_hidden_layer`, and exp(-c(1-t)).

    >>> maclaurin(ArcCosine(1)).special[1], maclaurin(ArcCosine(0)).generic[0]
    (1/2, 0)
    """
    return None


@maclaurin.register(Gaussian)
def _gaussian(kernel: Gaussian) -> Piecewise:
    rate = rational(kernel.rate)
    value = sp.exp(-rate) * rate**n / sp.gamma(n + 1)
    return Piecewise({}, (value, value), (0, 0))


@maclaurin.register(ArcCosine)
def _arc_cosine(kernel: ArcCosine) -> Piecewise | None:
    zero, half = sp.Integer(0), sp.Rational(1, 2)
    if kernel.order == 0:
        return Piecewise({0: half}, (zero, K0_ODD), (2, 1))
    if kernel.order > 1:
        return None
    even = sp.gamma((n - 1) / 2) / (2 * ROOT * (n - 1) * sp.gamma(n / 2 + 1))
    return Piecewise({1: half}, (even, zero), (0, 3))


@maclaurin.register(NNGP, NTK)
def _one_hidden_layer(kernel: NNGP | NTK) -> Piecewise | None:
    if kernel.depth != 2 or kernel.weight_variance != 1 or kernel.bias_variance:
        return None
    if isinstance(kernel, NNGP):
        return maclaurin(ArcCosine(1))
    zero, half = sp.Integer(0), sp.Rational(1, 2)
    hidden = Piecewise({0: zero, 1: half}, (K0_ODD.subs(n, n - 1), zero), (2, 3))
    parts: list[Term] = [(kernel.scales[0], hidden), (kernel.scales[1], maclaurin(ArcCosine(1)))]
    if kernel.bias:
        parts.append((kernel.scales[0], maclaurin(ArcCosine(0))))
    return _combine(parts)


@maclaurin.register(Multiple)
def _multiple(kernel: Multiple) -> Piecewise | None:
    return _combine([(kernel.factor, maclaurin(kernel.kernel))])


@maclaurin.register(Sum)
def _sum(kernel: Sum) -> Piecewise | None:
    return _combine([(1, maclaurin(part)) for part in kernel.parts])


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
