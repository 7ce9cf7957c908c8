"""What a wide network is made of, apart from the torch module it was read from.

A signal is what one hidden unit carries, the same in law for every unit of its layer:

    signal = sum_k c_k phi_k(F_k),    F_k = sum_s c_ks G_s,

with elementwise functions phi_k and sources G_s: each source is what one parameter adds, W h for a weight matrix,
b for a bias. Sources of different parameters are independent as the width grows. Numbers that go with the width
are powers of it, `Power`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import torch
from torch import Tensor

from numerics.networks.drawn_laws import Law

SAME_POWER = 1e-6  # relative: constants that were rounded to float32
SAME_AFFINE = 1e-9
FRACTIONS_OF_EXPONENTS = 4


@dataclass(frozen=True, slots=True)
class Power:
    """value * width^exponent.

    >>> Power(2.0, Fraction(1, 2)) * Power(3.0, Fraction(-1))
    Power(value=6.0, exponent=Fraction(-1, 2))
    """

    value: float
    exponent: Fraction = Fraction(0)

    def __mul__(self, other: Power) -> Power:
        return Power(self.value * other.value, self.exponent + other.exponent)

    def squared(self) -> Power:
        """Its square."""
        return self * self

    def __str__(self) -> str:
        return f"{self.value:.6g}" + (f" * width^{self.exponent}" if self.exponent else "")


ONE = Power(1.0)


def power_through(widths: tuple[int, ...], values: tuple[float, ...]) -> Power | None:
    """The power of the width, its exponent in quarters, that these values have or tend to; None where there is none.

    A value f tends to it where f, 1/f, f^2 or 1/f^2, divided by its power, is c + c'/width exactly: so do 2/(m + width)
    of Xavier's variance, 1/sqrt(width + 1), a size 2 width + 1.

    >>> power_through((32, 64, 128), (64.0, 128.0, 256.0))
    Power(value=2.0, exponent=Fraction(1, 1))
    >>> power_through((32, 64, 128), (2 / 35, 2 / 67, 2 / 131)).exponent
    Fraction(-1, 1)
    >>> power_through((32, 64, 128), (1.0, 2.0, 3.0)) is None
    True
    """
    if all(value == values[0] for value in values):
        return Power(float(values[0]))
    if min(np.sign(values)) != max(np.sign(values)) or not np.isfinite(values).all():
        return None
    slope = FRACTIONS_OF_EXPONENTS * float(np.log(values[-1] / values[-2]) / np.log(widths[-1] / widths[-2]))
    for exponent in sorted({round(slope) + step for step in (-1, 0, 1)}, key=lambda e: abs(e - slope)):
        found = _tending(widths, values, Fraction(exponent, FRACTIONS_OF_EXPONENTS))
        if found is not None:
            return found
    return None


def _tending(widths: tuple[int, ...], values: tuple[float, ...], exponent: Fraction) -> Power | None:
    """With that exponent: the factors are the same, or one of their powers is affine in 1/width."""
    factors = np.array(values) / np.array(widths, dtype=float) ** float(exponent)
    if np.abs(factors / factors[0] - 1).max() <= SAME_POWER:
        return Power(float(factors[0]), exponent)
    inverse = 1 / np.array(widths)
    for power in (1, -1, 2, -2):
        heights = factors**power
        rise = (heights[1] - heights[0]) / (inverse[1] - inverse[0])
        level = heights[0] - rise * inverse[0]
        if (
            np.abs(level + rise * inverse - heights).max() <= SAME_AFFINE * abs(heights).max()
            and level * heights[0] > 0
        ):
            return Power(float(np.sign(values[0]) * abs(level) ** (1 / power)), exponent)
    return None


@dataclass(frozen=True, slots=True)
class Elementwise:
    """A function of one number as a tree: an operation of torch on trees and numbers; the number itself without one.

    >>> relu = Elementwise(torch.ops.aten.relu, (Elementwise(),))
    >>> relu(torch.tensor([-1.0, 2.0])).tolist(), relu.half_lines()
    ([0.0, 2.0], (1.0, 0.0))
    """

    operation: Any = None
    arguments: tuple[Any, ...] = ()
    named: tuple[tuple[str, Any], ...] = ()

    def __call__(self, given: Tensor) -> Tensor:
        if self.operation is None:
            return given
        arguments = (one(given) if isinstance(one, Elementwise) else one for one in self.arguments)
        return self.operation(*arguments, **dict(self.named))

    @property
    def name(self) -> str:
        """The operation's name; "identity" without one."""
        return "identity" if self.operation is None else self.operation.__name__.rstrip("_")

    def slope(self, given: Tensor) -> Tensor:
        """phi' by automatic differentiation, entry by entry."""
        if self.operation is None:
            return torch.ones_like(given)
        with torch.enable_grad():
            point = given.detach().clone().requires_grad_()
            value = self(point)
            if not value.requires_grad:
                return torch.zeros_like(given)
            (found,) = torch.autograd.grad(value.sum(), point, allow_unused=True, materialize_grads=True)
        return found

    def numbers(self) -> set[float]:
        """The plain numbers in the tree: where it may have a kink, besides 0."""
        found: set[float] = set()
        for one in self.arguments:
            if isinstance(one, Elementwise):
                found |= one.numbers()
            elif isinstance(one, int | float) and not isinstance(one, bool):
                found.add(float(one))
        return found

    def half_lines(self) -> tuple[float, float] | None:
        """(p, q) where phi(u) = p max(u, 0) + q max(-u, 0), read off the tree; None for other functions."""
        if self.operation is None:
            return 1.0, -1.0
        below = [one.half_lines() for one in self.arguments if isinstance(one, Elementwise)]
        if not below or None in below or self.named:
            return None
        (p, q), *more = (one for one in below if one is not None)
        match self.name, self.arguments[1:]:
            case (
                ("relu", ())
                | ("clamp_min", (0,))
                | ("clamp", (0,) | (0, None))
                | ("threshold", (0, 0))
                | ("maximum", (0,))
            ):
                return max(p, 0.0), max(q, 0.0)
            case "abs", ():
                return abs(p), abs(q)
            case "neg", ():
                return -p, -q
            case "leaky_relu", (*slope,):
                a = float(slope[0]) if slope else 0.01
                return (p if p >= 0 else a * p), (q if q >= 0 else a * q)
            case "mul", (int() | float() as factor,):
                return p * factor, q * factor
            case "add", (Elementwise(),):
                return p + more[0][0], q + more[0][1]
        return None

    def __str__(self) -> str:
        if self.operation is None:
            return "u"
        shown = [f"{one:.6g}" if isinstance(one, float) else str(one) for one in self.arguments]
        return f"{self.name}({', '.join([*shown, *(f'{key}={value}' for key, value in self.named)])})"


IDENTITY = Elementwise()


@dataclass(frozen=True, slots=True)
class Field:
    """sum_s c_s G_s, by the place of each source; no source twice, none with factor 0."""

    parts: tuple[tuple[int, Power], ...]

    def scaled(self, factor: Power) -> Field:
        """Every part times a factor."""
        return Field(tuple((source, factor * one) for source, one in self.parts) if factor.value else ())


@dataclass(frozen=True, slots=True)
class Term:
    """c phi(F)."""

    factor: Power
    function: Elementwise
    field: Field


@dataclass(frozen=True, slots=True)
class Signal:
    """A sum of terms; all that is linear is one term, the first."""

    terms: tuple[Term, ...]

    @property
    def linear(self) -> Field:
        """What is linear in the sources."""
        first = self.terms[0] if self.terms else None
        return first.field if first is not None and first.function == IDENTITY else Field(())

    @property
    def acts(self) -> tuple[Term, ...]:
        """The other terms."""
        return tuple(term for term in self.terms if term.function != IDENTITY)


def signal_of(linear: Field, acts: tuple[Term, ...]) -> Signal:
    """The signal of a linear part and of other terms; like terms are put together."""
    merged: dict[tuple[Elementwise, Field], list[Power]] = {}
    for act in acts:
        merged.setdefault((act.function, act.field), []).append(act.factor)
    terms = [Term(factor, *key) for key, factors in merged.items() for factor in added(factors)]
    return Signal(tuple(([Term(ONE, IDENTITY, linear)] if linear.parts else []) + terms))


def added(factors: list[Power]) -> list[Power]:
    """Powers of the width with like exponents added up; what cancels is gone.

    >>> added([Power(2.0), Power(-2.0), Power(1.0, Fraction(1))])
    [Power(value=1.0, exponent=Fraction(1, 1))]
    """
    sums: dict[Fraction, float] = {}
    for one in factors:
        sums[one.exponent] = sums.get(one.exponent, 0.0) + one.value
    return [Power(value, exponent) for exponent, value in sums.items() if value]


@dataclass(frozen=True, slots=True)
class Entries:
    """The law of a parameter's entries: independent, mean 0 where they are weights.

    variance: a power of the width, within ``spread`` of itself. law: as it was seen, at the smallest width; None where
    the variance was measured.
    """

    variance: Power
    law: Law | None
    spread: float = 0.0

    @property
    def read(self) -> bool:
        """Whether the law was seen, and not measured."""
        return self.law is not None


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What a first layer is given: (n, features), the same at every width; factor: c where that is c x, else None."""

    values: np.ndarray
    factor: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What one parameter adds to a layer: scale * (W h), h a signal of many units or inputs; scale * b without h."""

    name: str
    entries: Entries
    scale: Power
    trained: bool
    fan_in: Power = ONE
    given: Signal | Inputs | None = None

    @property
    def is_bias(self) -> bool:
        """Whether nothing is multiplied."""
        return self.given is None


@dataclass(frozen=True, slots=True, eq=False)
class Architecture:
    """The sources in the order of the forward pass, and the output: a field, the same in law for each of q outputs.

    widths: those that it was read at; None where the module says no width, and was read as it is.
    """

    points: np.ndarray
    sources: tuple[Source, ...]
    output: Field
    outputs: int
    widths: tuple[int, ...] | None
