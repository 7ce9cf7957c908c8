"""Kernels that every law is tested on: one of each kind, and the special cases of each."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from theory.kernels import (
    NNGP,
    NTK,
    ArcCosine,
    Compose,
    Dual,
    DualTangent,
    ExponentialPower,
    Gaussian,
    Kernel,
    Laplace,
    Matern,
    PowerSeries,
    Rational,
    ResNTK,
    Spectrum,
    Zonal,
    value_at_one,
)
from theory.kernels.algebra import check_rational

HALF, TENTH = Fraction(1, 2), Fraction(1, 10)
ODD_INNER = PowerSeries((0, HALF, 0, HALF))


@dataclass(frozen=True, slots=True, repr=False)
class Pole(Kernel):
    """(1 - r)/(1 - r t), 0 < r < 1: a kernel as a user writes it in a file."""

    example: ClassVar[str] = "Pole(rate=1/2)"
    rate: Rational

    def __post_init__(self) -> None:
        check_rational(self, "rate", above=0, most=1)

    @property
    def definition(self) -> Kernel:
        """The expression."""
        return Zonal(f"(1 - {self.rate})/(1 - {self.rate}*t)")


@value_at_one.register(Pole)
def _one(kernel: Pole) -> Fraction:
    return Fraction(1)


@dataclass(frozen=True, slots=True, repr=False)
class Named(Kernel):
    """Another name for a kernel, of which nothing is known but that."""

    kernel: Kernel

    @property
    def definition(self) -> Kernel:
        """The kernel itself."""
        return self.kernel


RELU: tuple[Kernel, ...] = (
    ArcCosine(0),
    ArcCosine(1),
    ArcCosine(2),
    ArcCosine(5),
    NNGP(1),
    NNGP(2),
    NNGP(4, weight_variance=2, bias_variance=TENTH),
    NTK(1, bias_variance=HALF),
    NTK(2),
    NTK(2, layer_scales=(HALF, 1)),
    NTK(2, bias=True),
    NTK(2, weight_variance=Fraction(3, 2)),
    NTK(2, bias_variance=TENTH),
    NTK(3),
    NTK(3, layer_scales=(0, 1, 2), bias=True, weight_variance=2, bias_variance=TENTH),
    NTK(5),
    ResNTK(2, HALF),
)
RADIAL: tuple[Kernel, ...] = (
    Laplace(1),
    Laplace(Fraction(5, 2)),
    Gaussian(HALF),
    Gaussian(12),
    ExponentialPower(1, 2),
    ExponentialPower(2, Fraction(3, 2)),
    ExponentialPower(1, Fraction(2, 3)),
    Matern(HALF, 1),
    Matern(Fraction(5, 2), 2),
    Matern(Fraction(4, 3), 1),
    Matern(1, 1),
    Matern(2, Fraction(3, 2)),
    Matern(3, HALF) + Gaussian(1),
    PowerSeries((0, 1)) * Matern(1, 2),
)
DUALS: tuple[Kernel, ...] = tuple(
    kind(name, slope=TENTH if name == "leaky_relu" else None)
    for kind in (Dual, DualTangent)
    for name in ("relu", "leaky_relu", "step", "abs", "erf", "sin", "cos", "exp", "gelu")
) + (Dual("leaky_relu", slope=-2), Dual("squared_relu"), DualTangent("gelu", variance=3), Dual("erf", variance=HALF))
COMPOUND: tuple[Kernel, ...] = (
    PowerSeries((1, 0, Fraction(1, 3), 2)),
    PowerSeries((0, 1, -1)),
    Spectrum((1, TENTH, 2, HALF), dim=3),
    Zonal("exp(-2*sin(theta/2))"),
    Zonal("(1-t)**(1/3)*(2-t)"),
    Zonal("(1+t)**(3/2) + t/2"),
    Zonal("exp(2*t-1)*(1+t)**2"),
    Zonal("1/(2-t) + log(3/2+t)"),
    Zonal("erf(t)*cosh(t) - atan(t)/3"),
    Zonal("theta**2/pi - sqrt(1-t**2)"),
    Zonal("acos((1+t)/2)"),
    NTK(2) + HALF * Gaussian(1),
    NNGP(3) * Laplace(1),
    PowerSeries((1, 2)) * ArcCosine(0),
    Gaussian(1) * Gaussian(2) * PowerSeries((0, 1)),
    Compose(NNGP(2), NNGP(2)),
    Compose(Gaussian(2), HALF * NTK(2)),
    Compose(Laplace(1), HALF * NTK(2)),
    Compose(ArcCosine(0), ArcCosine(0)),
    Compose(ArcCosine(1), ODD_INNER),
    Compose(ArcCosine(0), ODD_INNER),
)
DEFINED: tuple[Kernel, ...] = (Pole(HALF), Pole(TENTH) + Named(NTK(2)), Named(Laplace(1)))
TANH: tuple[Kernel, ...] = (Dual("tanh"), DualTangent("tanh"))
SMOOTH: tuple[Kernel, ...] = (  # by Hermite coefficients: one route alone
    Dual("sigmoid", variance=HALF),
    DualTangent("softplus"),
    Dual("silu"),
    DualTangent("mish"),
    DualTangent("tanh", variance=2),
)
HINGED: tuple[Kernel, ...] = (Dual("hard_tanh"), DualTangent("relu6"), Dual("elu"), DualTangent("selu", variance=2))
ALL = RELU + RADIAL + DUALS + COMPOUND + DEFINED
