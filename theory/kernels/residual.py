"""Tangent kernels of residual ReLU networks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar

from theory.kernels.algebra import Compose, Kernel, Multiple, Rational, Sum, check_int, check_rational, value_at_one
from theory.kernels.radial import PowerSeries
from theory.kernels.relu import NTK, ArcCosine

MAX_BLOCKS = 32
MAX_ALPHA = 1000


@dataclass(frozen=True, slots=True, repr=False)
class ResNTK(Kernel):
    """Tangent kernel of `depth` residual blocks, x_l = x_{l-1} + alpha V_l relu(W_l x_{l-1}), of which V and W are
    trained (Huang et al. 2020, theorem 1; Belfer, Geifman, Galun, Basri 2021, section 3), without its factor alpha^2.

    With v_l = (1 + alpha^2)^l, K_0 = t, K_l = K_{l-1} + alpha^2 v_{l-1} k1(K_{l-1}/v_{l-1}), B_{L+1} = 1 and
    B_l = B_{l+1} (1 + alpha^2 k0(K_{l-1}/v_{l-1})),

        kappa = sum over l = 1..L of B_{l+1} (v_{l-1} k1(K_{l-1}/v_{l-1}) + K_{l-1} k0(K_{l-1}/v_{l-1})).

    kappa(1) = 2 L (1 + alpha^2)^(L-1), by which Belfer et al. divide. One block is NTK(depth=2).

    >>> value_at_one(ResNTK(depth=2, alpha=1))
    Fraction(8, 1)
    >>> ResNTK(depth=0, alpha=1)
    Traceback (most recent call last):
    ValueError: ResNTK: depth must be an integer from 1 to 32, got 0
    """

    example: ClassVar[str] = "ResNTK(depth=2, alpha=1)"
    depth: int
    alpha: Rational

    def __post_init__(self) -> None:
        check_int(self, "depth", 1, MAX_BLOCKS)
        check_rational(self, "alpha", above=0, most=MAX_ALPHA)

    @property
    def definition(self) -> Kernel:
        """By compositions of the correlation of one block, K_l/v_l as a function of K_{l-1}/v_{l-1}."""
        return _blocks(self.depth, Fraction(self.alpha) ** 2)


def correlation(square: Fraction) -> Kernel:
    """(t + alpha^2 k1(t))/(1 + alpha^2).

    >>> correlation(Fraction(1))
    PowerSeries((0, 1/2)) + 1/2 * ArcCosine(order=1)
    """
    linear = PowerSeries((0, 1 / (1 + square)))
    return Sum((linear, Multiple(square / (1 + square), ArcCosine(1))))


@lru_cache(maxsize=256)
def _blocks(depth: int, square: Fraction) -> Kernel:
    """G_L = P_{L-1}(R) NTK(2) + (1 + alpha^2) G_{L-1}(R)."""
    first: Kernel = NTK(2)
    if depth == 1:
        return first
    inner = correlation(square)
    own = Compose(_slopes(depth - 1, square), inner) * first
    return own + (1 + square) * Compose(_blocks(depth - 1, square), inner)


@lru_cache(maxsize=256)
def _slopes(count: int, square: Fraction) -> Kernel:
    """P_n = (1 + alpha^2 k0) P_{n-1}(R)."""
    own = PowerSeries((1,)) + square * ArcCosine(0)
    return own if count == 1 else own * Compose(_slopes(count - 1, square), correlation(square))


@value_at_one.register(ResNTK)
def _whole(kernel: ResNTK) -> Fraction:
    return 2 * kernel.depth * (1 + Fraction(kernel.alpha) ** 2) ** (kernel.depth - 1)
