"""Gaussian duals of activations: kernels of infinitely wide networks with one hidden layer."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import ClassVar

from theory.kernels.algebra import Kernel, Rational, check_rational, value_at_one

ACTIVATIONS = ("relu", "leaky_relu", "step", "abs", "erf", "sin", "cos", "exp", "gelu", "tanh")


def _check_activation(kernel: Dual | DualTangent) -> None:
    what, name = type(kernel).__name__, kernel.activation
    if name not in ACTIVATIONS:
        close = get_close_matches(str(name).lower(), ACTIVATIONS, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise ValueError(f"{what}: unknown activation {str(name)[:40]!r}, allowed: {', '.join(ACTIVATIONS)}{hint}")
    if (name == "leaky_relu") != (kernel.slope is not None):
        raise ValueError(f'{what}: slope goes with leaky_relu alone, as in Dual("leaky_relu", slope=1/10)')
    if kernel.slope is not None:
        check_rational(kernel, "slope", most=10_000)
        if kernel.slope < -10_000:
            raise ValueError(f"{what}: slope must be >= -10000, got {kernel.slope}")


@dataclass(frozen=True, slots=True, repr=False)
class Dual(Kernel):
    """E[s(u) s(v)], u and v standard normal with correlation t (Daniely, Frostig, Singer 2016).

    Maclaurin coefficients are the squared normalised Hermite coefficients of s, so every dual is
    positive definite. Dual("relu") = ArcCosine(1)/2. The slope of leaky_relu multiplies the
    negative half line.

    >>> Dual("leaky_relu", slope=Fraction(1, 10))
    Dual("leaky_relu", slope=1/10)
    >>> Dual("gelo")
    Traceback (most recent call last):
    ValueError: Dual: unknown activation 'gelo', allowed: relu, ..., tanh (did you mean gelu?)
    """

    unnamed: ClassVar[tuple[str, ...]] = ("activation",)
    example: ClassVar[str] = 'Dual("relu")'
    activation: str
    slope: Rational | None = None

    def __post_init__(self) -> None:
        _check_activation(self)


@dataclass(frozen=True, slots=True, repr=False)
class DualTangent(Kernel):
    """t E[s'(u) s'(v)] + E[s(u) s(v)]: tangent kernel of two layers with activation s.

    s' is the derivative without point masses; step has none (its derivative is zero almost
    everywhere), so its tangent kernel is that of the output layer alone.

    >>> DualTangent("relu")
    DualTangent("relu")
    """

    unnamed: ClassVar[tuple[str, ...]] = ("activation",)
    example: ClassVar[str] = 'DualTangent("relu")'
    activation: str
    slope: Rational | None = None

    def __post_init__(self) -> None:
        _check_activation(self)


def half_line_slopes(kernel: Dual | DualTangent) -> tuple[Fraction, Fraction] | None:
    """(p, q) where the activation is p max(u,0) + q max(-u,0), else None.

    >>> half_line_slopes(Dual("abs")), half_line_slopes(Dual("leaky_relu", slope=Fraction(1, 10)))
    ((Fraction(1, 1), Fraction(1, 1)), (Fraction(1, 1), Fraction(-1, 10)))
    """
    match kernel.activation:
        case "relu":
            return Fraction(1), Fraction(0)
        case "abs":
            return Fraction(1), Fraction(1)
        case "leaky_relu":
            assert kernel.slope is not None  # checked when the kernel was made
            return Fraction(1), -Fraction(kernel.slope)
    return None


@value_at_one.register(Dual)
@value_at_one.register(DualTangent)
def _half_mean_square(kernel: Dual | DualTangent) -> Fraction | None:
    if kernel.activation == "step":
        return Fraction(1, 2)
    slopes = half_line_slopes(kernel)
    if slopes is None:
        return None
    half_square = (slopes[0] ** 2 + slopes[1] ** 2) / 2
    return half_square if isinstance(kernel, Dual) else 2 * half_square
