"""Kernels of ReLU networks: arc-cosine kernels, the covariance of wide networks, tangent kernels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import prod
from typing import ClassVar

from theory.kernels.algebra import (
    Kernel,
    Rational,
    check_int,
    check_rational,
    check_size,
    is_rational,
    text,
    value_at_one,
)

MAX_DEPTH = 64
MAX_ORDER = 64


@dataclass(frozen=True, slots=True, repr=False)
class ArcCosine(Kernel):
    """J_a(theta)/pi of Cho and Saul 2009, eq. (1): 2 E[s_a(w.x) s_a(w.x')], s_a(u) = max(u,0)^a.

    J_0 = pi-theta, J_1 = sin + (pi-theta) cos, J_2 = 3 sin cos + (pi-theta)(1 + 2 cos^2);
    kappa(1) = (2a-1)!!.

    >>> ArcCosine(order=-1)
    Traceback (most recent call last):
    ValueError: ArcCosine: order must be an integer from 0 to 64, got -1
    """

    example: ClassVar[str] = "ArcCosine(order=1)"
    order: int

    def __post_init__(self) -> None:
        check_int(self, "order", 0, MAX_ORDER)


class Layered(Kernel):
    """Variances of a ReLU network with weight variance w and bias variance b, both kernels' base.

    V_1 = w + b, V_{l+1} = w V_l + b is Sigma_l at t = 1. With rho_l = Sigma_l/V_l and
    r_l = w V_l/V_{l+1} (V_0 = 1): rho_1 = r_0 t + 1 - r_0, rho_{l+1} = r_l k1(rho_l) + 1 - r_l.
    """

    __slots__ = ()
    depth: int
    weight_variance: Rational
    bias_variance: Rational

    @property
    def variances(self) -> tuple[Fraction, ...]:
        """V_1, ..., V_L.

        >>> NNGP(depth=2, weight_variance=2, bias_variance=1).variances
        (Fraction(3, 1), Fraction(7, 1))
        """
        values, last = [], Fraction(1)
        for _ in range(self.depth):
            last = self.weight_variance * last + self.bias_variance
            values.append(last)
        return tuple(values)

    @property
    def mixing(self) -> tuple[Fraction, ...]:
        """r_0, ..., r_{L-1}, all 1 without bias variance.

        >>> NNGP(depth=2, weight_variance=2, bias_variance=1).mixing
        (Fraction(2, 3), Fraction(6, 7))
        """
        below = (Fraction(1), *self.variances[:-1])
        return tuple(self.weight_variance * v / u for v, u in zip(below, self.variances, strict=True))

    def _check(self) -> None:
        check_int(self, "depth", 1, MAX_DEPTH)
        check_rational(self, "weight_variance", above=0)
        check_rational(self, "bias_variance")
        if self.bias_variance < 0:
            raise ValueError(f"{type(self).__name__}: bias_variance must be >= 0, got {self.bias_variance}")


@dataclass(frozen=True, slots=True, repr=False)
class NNGP(Layered):
    """Sigma_L: covariance of a wide random ReLU network (Jacot et al. 2018, section 3, up to w, b).

    Sigma_1 = w t + b, Sigma_{l+1} = w V_l k1(Sigma_l/V_l) + b with V_l = Sigma_l(1). By default
    w = 1, b = 0: Sigma_{l+1} = k1(Sigma_l), kappa(1) = 1. depth counts weight layers.

    >>> NNGP(depth=2, weight_variance=2)
    NNGP(depth=2, weight_variance=2)
    """

    example: ClassVar[str] = "NNGP(depth=2)"
    depth: int
    weight_variance: Rational = 1
    bias_variance: Rational = 0

    def __post_init__(self) -> None:
        self._check()


@dataclass(frozen=True, slots=True, repr=False)
class NTK(Layered):
    """Tangent kernel of a ReLU network with `depth` weight layers (Jacot et al. 2018, theorem 1).

    sum over l = 1..L of s_l * (Sigma_l + [bias and l < L]) * prod_{j=l}^{L-1} w k0(Sigma_j/V_j),
    Sigma_l as in NNGP. Depth 2: t k0 + k1. kappa(1) = L by default, 2L-1 with bias (biases of
    the hidden layers, zero at the start, trained). Cao et al. 2019: layer_scales = (1/2, 1).

    >>> NTK(depth=2, layer_scales=(Fraction(1, 2), 1))
    NTK(depth=2, layer_scales=(1/2, 1))
    """

    example: ClassVar[str] = "NTK(depth=2)"
    depth: int
    layer_scales: tuple[Rational, ...] | None = None
    bias: bool = False
    weight_variance: Rational = 1
    bias_variance: Rational = 0

    def __post_init__(self) -> None:
        self._check()
        scales = self.layer_scales
        if not isinstance(self.bias, bool):
            raise ValueError(f"NTK: bias must be True or False, got {self.bias!r}")
        if scales is None:
            return
        exact = isinstance(scales, tuple) and all(is_rational(s) and s >= 0 for s in scales)
        if not exact or len(scales) != self.depth or not any(scales):
            raise ValueError(
                f"NTK: layer_scales must be {self.depth} rationals >= 0 (one for each layer, not all 0), "
                f"got {text(scales)}"
            )
        for scale in scales:
            check_size("NTK: layer_scales", scale)

    @property
    def scales(self) -> tuple[Fraction, ...]:
        """The weights s_1, ..., s_L, ones by default."""
        return tuple(Fraction(s) for s in self.layer_scales or (1,) * self.depth)

    @property
    def biases(self) -> tuple[int, ...]:
        """What is added to Sigma_l in the term of layer l: 1 for hidden layers with bias, else 0."""
        return (int(self.bias),) * (self.depth - 1) + (0,)


@value_at_one.register(ArcCosine)
def _double_factorial(kernel: ArcCosine) -> Fraction:
    return Fraction(prod(range(1, 2 * kernel.order, 2)))


@value_at_one.register(NNGP)
def _last_variance(kernel: NNGP) -> Fraction:
    return kernel.variances[-1]


@value_at_one.register(NTK)
def _tangent_at_one(kernel: NTK) -> Fraction:
    total = Fraction(0)
    for scale, variance, bias in zip(kernel.scales, kernel.variances, kernel.biases, strict=True):
        total = kernel.weight_variance * total + scale * (variance + bias)
    return total


@lru_cache(maxsize=128)
def arc_cosine_polynomials(order: int) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """(A, B) with J_a = A(t) (pi-theta) + B(t) sin(theta), from dJ_a/dt = a^2 J_{a-1}.

    A_a' = a^2 A_{a-1} and (1-t^2) B_a' - t B_a = a^2 (1-t^2) B_{a-1} - A_a: compared at t^n,
    (n+1) B[n+1] - n B[n-1] = right side[n], solved from the top; n = 0 gives A_a(0).

    >>> arc_cosine_polynomials(2)
    ((Fraction(1, 1), Fraction(0, 1), Fraction(2, 1)), (Fraction(0, 1), Fraction(3, 1)))
    """
    if order == 0:
        return (Fraction(1),), (Fraction(0),)
    below_a, below_b = arc_cosine_polynomials(order - 1)
    square = Fraction(order * order)
    a = [Fraction(0)] + [square * c / (n + 1) for n, c in enumerate(below_a)]
    right = [-c for c in a] + [Fraction(0)] * 2
    for n, c in enumerate(below_b):
        right[n] += square * c
        right[n + 2] -= square * c
    b = [Fraction(0)] * (order + 3)
    for n in range(order, 0, -1):
        b[n - 1] = ((n + 1) * b[n + 1] - right[n]) / n
    a[0] = square * below_b[0] - b[1]
    return tuple(a), tuple(b[:order])
