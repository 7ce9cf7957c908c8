"""Kernels of the chordal distance r = norm(x-x') = 2 sin(theta/2), r^2 = 2 - 2t, and power series."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from theory.kernels.algebra import Kernel, Rational, check_rational, check_size, is_rational, text, value_at_one

MAX_TERMS = 1000


@dataclass(frozen=True, slots=True, repr=False)
class Laplace(Kernel):
    """exp(-c r) = exp(-2c sin(theta/2)), c > 0; the rate multiplies (a length scale divides).

    >>> Laplace(rate=0)
    Traceback (most recent call last):
    ValueError: Laplace: rate must be an exact rational > 0 and <= 10000, got 0
    """

    example: ClassVar[str] = "Laplace(rate=1)"
    rate: Rational

    def __post_init__(self) -> None:
        check_rational(self, "rate", above=0, most=10_000)


@dataclass(frozen=True, slots=True, repr=False)
class Gaussian(Kernel):
    """exp(-c r^2/2) = exp(-c (1-t)), c > 0; the rate multiplies.

    >>> Gaussian(rate=2)
    Gaussian(rate=2)
    """

    example: ClassVar[str] = "Gaussian(rate=1)"
    rate: Rational

    def __post_init__(self) -> None:
        check_rational(self, "rate", above=0, most=10_000)


@dataclass(frozen=True, slots=True, repr=False)
class ExponentialPower(Kernel):
    """exp(-c r^g), c > 0 and 0 < g <= 2; g = 1 is Laplace, g = 2 is Gaussian with rate 2c.

    >>> ExponentialPower(rate=1, power=3)
    Traceback (most recent call last):
    ValueError: ExponentialPower: power must be an exact rational > 0 and <= 2, got 3
    """

    example: ClassVar[str] = "ExponentialPower(rate=1, power=1)"
    rate: Rational
    power: Rational

    def __post_init__(self) -> None:
        check_rational(self, "rate", above=0, most=10_000)
        check_rational(self, "power", above=0, most=2)


@dataclass(frozen=True, slots=True, repr=False)
class Matern(Kernel):
    """2^(1-v)/Gamma(v) y^v K_v(y), y = sqrt(2v) r/l (Rasmussen and Williams 2006, eq. 4.14).

    nu = 1/2 is Laplace with rate 1/l; kappa(1) = 1.

    >>> Matern(nu=1, lengthscale=1)
    Matern(nu=1, lengthscale=1)
    """

    example: ClassVar[str] = "Matern(nu=1/2, lengthscale=1)"
    nu: Rational
    lengthscale: Rational

    def __post_init__(self) -> None:
        check_rational(self, "nu", above=0, most=100)
        check_rational(self, "lengthscale", above=0, most=10_000)


@dataclass(frozen=True, slots=True, repr=False)
class PowerSeries(Kernel):
    """sum_n b_n t^n with finitely many rational b_n, at most 1000 terms.

    >>> PowerSeries((1, 0, 2))
    PowerSeries((1, 0, 2))
    """

    unnamed: ClassVar[tuple[str, ...]] = ("coefficients",)
    example: ClassVar[str] = "PowerSeries((0, 1, 1/2))"
    coefficients: tuple[Rational, ...]

    def __post_init__(self) -> None:
        values = self.coefficients
        if not isinstance(values, tuple) or not values or not all(map(is_rational, values)):
            got = text(values)[:80]
            raise ValueError(f"PowerSeries: coefficients must be a tuple of exact rationals, got {got}")
        if len(values) > MAX_TERMS or not any(values):
            raise ValueError(f"PowerSeries: 1 to {MAX_TERMS} coefficients, not all 0, got {len(values)}")
        for value in values:
            check_size("PowerSeries", value)

    def value_at(self, t: Fraction) -> Fraction:
        """The sum at t."""
        return sum((b * t**n for n, b in enumerate(self.coefficients)), Fraction(0))


@value_at_one.register(Laplace)
@value_at_one.register(Gaussian)
@value_at_one.register(ExponentialPower)
@value_at_one.register(Matern)
def _one(kernel: Kernel) -> Fraction:
    return Fraction(1)


@value_at_one.register(PowerSeries)
def _sum_of_coefficients(kernel: PowerSeries) -> Fraction:
    return kernel.value_at(Fraction(1))
