"""Kernels given by finitely many eigenvalues."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import ClassVar

from theory.kernels.algebra import Kernel, Rational, check_int, check_size, is_rational, text, value_at_one
from theory.kernels.radial import PowerSeries

MAX_EIGENVALUES = 100
MAX_DIM = 1000


@dataclass(frozen=True, slots=True, repr=False)
class Spectrum(Kernel):
    """kappa(t) = sum_k N(d,k) mu_k P_k(t) with the eigenvalues mu_0, mu_1, ... on S^d, d = dim, zero from there on.

    A polynomial in t; on another sphere it is the same function of t, and has other eigenvalues.

    >>> Spectrum((1, Fraction(1, 3)), dim=2).definition
    PowerSeries((1, 1))
    >>> Spectrum((0, 0), dim=2)
    Traceback (most recent call last):
    ValueError: Spectrum: eigenvalues must be 1 to 100 exact rationals, not all 0, got (0, 0)
    """

    unnamed: ClassVar[tuple[str, ...]] = ("eigenvalues",)
    example: ClassVar[str] = "Spectrum((1, 1/2, 1/4), dim=2)"
    eigenvalues: tuple[Rational, ...]
    dim: int

    def __post_init__(self) -> None:
        values = self.eigenvalues
        exact = isinstance(values, tuple) and all(map(is_rational, values)) and any(values)
        if not exact or len(values) > MAX_EIGENVALUES:
            what = f"1 to {MAX_EIGENVALUES} exact rationals, not all 0"
            raise ValueError(f"Spectrum: eigenvalues must be {what}, got {text(values)[:80]}")
        for value in values:
            check_size("Spectrum", value)
        check_int(self, "dim", 1, MAX_DIM)
        try:
            _polynomial(self)
        except ValueError:
            raise ValueError(
                f"Spectrum: its polynomial in t has numbers that are too long; allowed: fewer than {len(values)} "
                "eigenvalues, or shorter ones"
            ) from None

    @property
    def definition(self) -> Kernel:
        """The polynomial."""
        return _polynomial(self)


@lru_cache(maxsize=256)
def _polynomial(kernel: Spectrum) -> PowerSeries:
    total, dim = [Fraction(0)] * len(kernel.eigenvalues), kernel.dim
    below: list[Fraction] = []
    current = [Fraction(1)]
    for k, value in enumerate(kernel.eigenvalues):
        for n, c in enumerate(current):
            total[n] += value * _harmonics(dim, k) * c
        # (k+d-1) P_{k+1} = (2k+d-1) t P_k - k P_{k-1}, P_1 = t for every d.
        ahead, behind = (Fraction(2 * k + dim - 1, k + dim - 1), Fraction(k, k + dim - 1)) if k else (Fraction(1), 0)
        shifted = [Fraction(0), *(ahead * c for c in current)]
        for n, c in enumerate(below):
            shifted[n] -= behind * c
        below, current = current, shifted
    while not total[-1]:
        total.pop()
    return PowerSeries(tuple(total))


def _harmonics(dim: int, degree: int) -> int:
    """N(d,k) = C(k+d, d) - C(k+d-2, d)."""
    return comb(degree + dim, dim) - (comb(degree + dim - 2, dim) if degree > 1 else 0)


@value_at_one.register(Spectrum)
def _trace(kernel: Spectrum) -> Fraction:
    return sum((Fraction(value) * _harmonics(kernel.dim, k) for k, value in enumerate(kernel.eigenvalues)), Fraction(0))
