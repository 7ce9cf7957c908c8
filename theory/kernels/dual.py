"""Gaussian duals of activations: kernels of infinitely wide networks with one hidden layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar

from theory.kernels.activations import ACTIVATIONS, ALIASES, HOMOGENEOUS
from theory.kernels.algebra import Kernel, Rational, check_rational, value_at_one
from theory.kernels.radial import PowerSeries
from theory.kernels.relu import ArcCosine
from theory.kernels.zonal import Zonal

MOST_VARIANCE = 10_000


def _check_activation(kernel: Dual | DualTangent) -> None:
    what, name = type(kernel).__name__, ALIASES.get(kernel.activation, kernel.activation)
    object.__setattr__(kernel, "activation", name)
    if name not in ACTIVATIONS:
        close = get_close_matches(str(name).lower(), ACTIVATIONS, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise ValueError(f"{what}: unknown activation {str(name)[:40]!r}, allowed: {', '.join(ACTIVATIONS)}{hint}")
    if (name == "leaky_relu") != (kernel.slope is not None):
        raise ValueError(f'{what}: slope goes with leaky_relu alone, as in {what}("leaky_relu", slope=1/10)')
    if kernel.slope is not None:
        check_rational(kernel, "slope", most=10_000)
        if kernel.slope < -10_000:
            raise ValueError(f"{what}: slope must be >= -10000, got {kernel.slope}")
    check_rational(kernel, "variance", above=0, most=MOST_VARIANCE)


@dataclass(frozen=True, slots=True, repr=False)
class Dual(Kernel):
    """E[s(x) s(y)], x and y normal of mean 0, the given variance and correlation t (Daniely, Frostig, Singer 2016).

    Maclaurin coefficients are the squared normalised Hermite coefficients of u -> s(sqrt(variance) u), so every
    dual is positive definite. Dual("relu") = ArcCosine(1)/2. The slope of leaky_relu multiplies the negative half
    line; squared_relu is max(u, 0)^2, sigmoid 1/(1 + exp(-u)), softplus log(1 + exp(u)), silu (or swish) u sigmoid(u),
    mish u tanh(softplus(u)), hard_tanh u cut to [-1, 1], relu6 u cut to [0, 6], softsign u/(1 + |u|), elu exp(u) - 1
    for u < 0, and selu a multiple of both its parts.

    >>> Dual("leaky_relu", slope=Fraction(1, 10))
    Dual("leaky_relu", slope=1/10)
    >>> Dual("gelo")
    Traceback (most recent call last):
    ValueError: Dual: unknown activation 'gelo', allowed: step, relu, ... (did you mean gelu?)
    """

    unnamed: ClassVar[tuple[str, ...]] = ("activation",)
    example: ClassVar[str] = 'Dual("relu")'
    activation: str
    slope: Rational | None = None
    variance: Rational = 1

    def __post_init__(self) -> None:
        _check_activation(self)

    @property
    def reduced(self) -> Kernel | None:
        """Homogeneous activations by those of variance 1, closed formulas of other variances as expressions.

        >>> Dual("relu", variance=2).reduced, Dual("squared_relu").reduced, Dual("erf", variance=2).reduced
        (2 * Dual("relu"), 1/2 * ArcCosine(order=2), Zonal("2/pi*asin((4/5)*t)"))
        """
        return _reduced(self)


@dataclass(frozen=True, slots=True, repr=False)
class DualTangent(Kernel):
    """v t E[s'(x) s'(y)] + E[s(x) s(y)], v the variance: tangent kernel of two layers with activation s.

    s' is the derivative without point masses; step has none (its derivative is zero almost
    everywhere), so its tangent kernel is that of the output layer alone.

    >>> DualTangent("relu")
    DualTangent("relu")
    """

    unnamed: ClassVar[tuple[str, ...]] = ("activation",)
    example: ClassVar[str] = 'DualTangent("relu")'
    activation: str
    slope: Rational | None = None
    variance: Rational = 1

    def __post_init__(self) -> None:
        _check_activation(self)

    @property
    def reduced(self) -> Kernel | None:
        """As that of `Dual`, whose derivative in t is v E[s'(x) s'(y)].

        >>> DualTangent("squared_relu").reduced
        PowerSeries((0, 2)) * ArcCosine(order=1) + 1/2 * ArcCosine(order=2)
        """
        return _reduced(self)


@lru_cache(maxsize=512)
def _reduced(kernel: Dual | DualTangent) -> Kernel | None:
    name, v = kernel.activation, Fraction(kernel.variance)
    if name == "squared_relu":
        value = v**2 / 2 * ArcCosine(2)  # dJ_2/dt = 4 J_1
        return value if isinstance(kernel, Dual) else PowerSeries((0, 2 * v**2)) * ArcCosine(1) + value
    if v == 1:
        return None
    if name in HOMOGENEOUS:
        plain = replace(kernel, variance=1)
        return v ** HOMOGENEOUS[name] * plain if HOMOGENEOUS[name] else plain
    formula = _formulas(name, v)
    if formula is None:
        return None
    value_text, slope_text = formula
    return Zonal(value_text if isinstance(kernel, Dual) else f"{value_text} + t*({slope_text})")


def _formulas(name: str, v: Fraction) -> tuple[str, str] | None:
    """E[s(x) s(y)] and its derivative in t as expressions; None without a closed formula.

    gelu, with c = v t, w = 1 + v and r = sqrt(w^2 - c^2), from Stein's lemma and E[Phi(x) Phi(y)] =
    1/4 + asin(c/w)/(2 pi): (v^2 + c^2 (1-v)/w)/(2 pi r) + c/4 + c asin(c/w)/(2 pi).
    """
    match name:
        case "erf":
            c = 2 * v / (1 + 2 * v)
            return f"2/pi*asin(({c})*t)", f"2*({c})/(pi*sqrt(1-({c**2})*t**2))"
        case "exp":
            return f"exp({v}+({v})*t)", f"({v})*exp({v}+({v})*t)"
        case "sin" | "cos":
            odd, even = f"exp(-({v}))*sinh(({v})*t)", f"exp(-({v}))*cosh(({v})*t)"
            return (odd, f"({v})*{even}") if name == "sin" else (even, f"({v})*{odd}")
        case "gelu":
            w, root = 1 + v, f"sqrt({(1 + v) ** 2}-({v**2})*t**2)"
            square, phase = f"({v**2 * (1 - v) / w})*t**2", f"1/4 + asin(({v / w})*t)/(2*pi)"
            value = f"({v**2} + {square})/(2*pi*{root}) + ({v})*t*({phase})"
            first = f"({2 * v**2 * (1 - v) / w})*t/(2*pi*{root}) + ({v**2} + {square})*({v**2})*t/(2*pi*{root}**3)"
            return value, f"{first} + ({v})*({phase}) + ({v**2})*t/(2*pi*{root})"
    return None


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
