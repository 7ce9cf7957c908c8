"""Zonal kernels kappa(<x, x'>) as frozen exact values.

A kernel's repr is its constructor call, which is also its text form on the command line and in
files (`theory.expressions.parse_kernel`). The functions of theory act on these values; a kernel
itself computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from math import prod

MAX_DEPTH = 64
MAX_ORDER = 64

Rational = int | Fraction


class Kernel:
    """Base of all kernels: sums, products and positive rational multiples.

    >>> ArcCosine(0) + 1/2 * NTK(depth=2)
    Traceback (most recent call last):
    TypeError: a kernel's factor must be an exact rational, got 0.5: write Fraction(1, 2)
    >>> ArcCosine(0) + Fraction(1, 2) * NTK(depth=2)
    ArcCosine(order=0) + 1/2 * NTK(depth=2)
    """

    __slots__ = ()

    def __add__(self, other: Kernel) -> Kernel:
        return Sum(_parts(self, Sum) + _parts(other, Sum)) if isinstance(other, Kernel) else NotImplemented

    def __mul__(self, other: Kernel | Rational) -> Kernel:
        if isinstance(other, Kernel):
            return Product(_parts(self, Product) + _parts(other, Product))
        return self.__rmul__(other)

    def __rmul__(self, factor: Rational) -> Kernel:
        if isinstance(factor, bool) or not isinstance(factor, int | Fraction):
            raise TypeError(f"a kernel's factor must be an exact rational, got {factor!r}: write Fraction(1, 2)")
        return Multiple(Fraction(factor), self)

    def __repr__(self) -> str:
        shown = [
            f"{f.name}={_text(getattr(self, f.name))}" for f in fields(self) if getattr(self, f.name) != f.default
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, slots=True, repr=False)
class ArcCosine(Kernel):
    """J_a(theta)/pi of Cho and Saul 2009, eq. (1): 2 E[s_a(w.x) s_a(w.x')], s_a(u) = max(u,0)^a.

    J_0 = pi-theta, J_1 = sin + (pi-theta) cos, J_2 = 3 sin cos + (pi-theta)(1 + 2 cos^2);
    kappa(1) = (2a-1)!!.

    >>> ArcCosine(order=-1)
    Traceback (most recent call last):
    ValueError: ArcCosine: order must be an integer from 0 to 64, got -1
    """

    order: int

    def __post_init__(self) -> None:
        _check_int(self, "order", 0, MAX_ORDER)


@dataclass(frozen=True, slots=True, repr=False)
class NNGP(Kernel):
    """Sigma_L: covariance of a wide random ReLU network, Sigma_1 = t, Sigma_{l+1} = k1(Sigma_l).

    kappa(1) = 1. depth counts weight layers; depth 1 is t.
    """

    depth: int

    def __post_init__(self) -> None:
        _check_int(self, "depth", 1, MAX_DEPTH)


@dataclass(frozen=True, slots=True, repr=False)
class NTK(Kernel):
    """Tangent kernel of a ReLU network with `depth` weight layers (Jacot et al. 2018).

    sum over l = 1..L of s_l * (Sigma_l + [bias and l < L]) * prod_{j=l}^{L-1} k0(Sigma_j), with
    Sigma_1 = t, Sigma_{l+1} = k1(Sigma_l). Depth 2: t k0 + k1. kappa(1) = L without bias and
    scales, 2L-1 with bias. Cao et al. 2019: layer_scales = (1/2, 1).

    >>> NTK(depth=2, layer_scales=(Fraction(1, 2), 1))
    NTK(depth=2, layer_scales=(1/2, 1))
    """

    depth: int
    layer_scales: tuple[Rational, ...] | None = None
    bias: bool = False

    def __post_init__(self) -> None:
        _check_int(self, "depth", 1, MAX_DEPTH)
        scales = self.layer_scales
        if not isinstance(self.bias, bool):
            raise ValueError(f"NTK: bias must be True or False, got {self.bias!r}")
        if scales is None:
            return
        exact = isinstance(scales, tuple) and all(_is_rational(s) and s >= 0 for s in scales)
        if not exact or len(scales) != self.depth or not any(scales):
            raise ValueError(
                f"NTK: layer_scales must be {self.depth} rationals >= 0 (one for each layer, not all 0), "
                f"got {_text(scales)}"
            )

    @property
    def scales(self) -> tuple[Fraction, ...]:
        """The weights s_1, ..., s_L, ones by default."""
        return tuple(Fraction(s) for s in self.layer_scales or (1,) * self.depth)


@dataclass(frozen=True, slots=True, repr=False)
class Sum(Kernel):
    """K + K + ..., flat."""

    parts: tuple[Kernel, ...]

    def __repr__(self) -> str:
        return " + ".join(map(repr, self.parts))


@dataclass(frozen=True, slots=True, repr=False)
class Product(Kernel):
    """K * K * ..., pointwise, flat."""

    parts: tuple[Kernel, ...]

    def __repr__(self) -> str:
        return " * ".join(f"({p!r})" if isinstance(p, Sum | Multiple) else repr(p) for p in self.parts)


@dataclass(frozen=True, slots=True, repr=False)
class Multiple(Kernel):
    """A positive rational multiple of a kernel."""

    factor: Fraction
    kernel: Kernel

    def __post_init__(self) -> None:
        if self.factor <= 0:
            raise ValueError(f"a kernel's factor must be positive, got {self.factor}")

    def __repr__(self) -> str:
        inner = f"({self.kernel!r})" if isinstance(self.kernel, Sum | Multiple) else repr(self.kernel)
        return f"{self.factor} * {inner}"


def diagonal(kernel: Kernel) -> Fraction:
    """kappa(1), the trace sum_k N(d,k) mu_k of the kernel, exact.

    >>> diagonal(NTK(depth=2, layer_scales=(Fraction(1, 2), 1))), diagonal(ArcCosine(3))
    (Fraction(3, 2), Fraction(15, 1))
    """
    match kernel:
        case ArcCosine(order):
            return Fraction(prod(range(1, 2 * order, 2)))
        case NNGP():
            return Fraction(1)
        case NTK():
            return sum(kernel.scales, Fraction(0)) + (sum(kernel.scales[:-1], Fraction(0)) if kernel.bias else 0)
        case Sum(parts):
            return sum(map(diagonal, parts), Fraction(0))
        case Product(parts):
            return prod(map(diagonal, parts), start=Fraction(1))
        case Multiple(factor, inner):
            return factor * diagonal(inner)
    raise TypeError(f"not a kernel: {kernel!r}")


def _parts(kernel: Kernel, kind: type) -> tuple[Kernel, ...]:
    return kernel.parts if isinstance(kernel, kind) else (kernel,)


def _is_rational(value: object) -> bool:
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


def _check_int(kernel: Kernel, name: str, low: int, high: int) -> None:
    value = getattr(kernel, name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{type(kernel).__name__}: {name} must be an integer from {low} to {high}, got {value!r}")


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))}{',' if len(value) == 1 else ''})"
    return f'"{value}"' if isinstance(value, str) else str(value)
