"""Numbers of the falsifier: exact rationals, or mpmath numbers that carry an estimate of their error.

The estimate is first order and rounded up; it is no bound. A statement is contradicted only where two
sides differ by far more than both estimates.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mpmath import mp, mpf

MAX_BITS = 6_000  # of a rational that is kept exact
WIDE = mpf("0.01")  # relative error from which a first-order estimate is no longer used


class Undefined(ArithmeticError):
    """The expression has no value at the point: 1/0, log 0, mu(-1), a pole of Gamma."""


class Unable(ArithmeticError):
    """The falsifier cannot evaluate the expression at the point, or not for its price."""


@dataclass(frozen=True, slots=True)
class Near:
    """A number within about `error` of `value`."""

    value: mpf
    error: mpf

    def __post_init__(self) -> None:
        if not (mp.isfinite(self.value) and mp.isfinite(self.error)):
            raise Unable("no finite number")


@dataclass(frozen=True, slots=True)
class Pole:
    """Gamma at a pole: a number divided by it is 0, everything else is undefined."""

    argument: Fraction


Value = Fraction | Near


def unit() -> mpf:
    """Relative error of one operation at the working precision, with some room."""
    return mp.ldexp(1, 4 - mp.prec)


def real(value: Value) -> mpf:
    """The number alone, rounded.

    >>> real(Fraction(1, 4))
    mpf('0.25')
    """
    return value.value if isinstance(value, Near) else mpf(value.numerator) / value.denominator


def error_of(value: Value) -> mpf:
    """The estimate of the error; that of a rational is its rounding."""
    return value.error if isinstance(value, Near) else abs(real(value)) * unit()


def near(value: mpf, error: mpf | float = 0) -> Near:
    """A computed number, its own rounding included in the error."""
    return Near(mpf(value), abs(mpf(error)) + abs(mpf(value)) * unit())


def simplified(value: Fraction) -> Value:
    """The rational, or a rounded number where it is too long."""
    return value if bits(value) <= MAX_BITS else near(real(value))


def bits(value: Fraction) -> int:
    """Length of numerator and denominator together."""
    return value.numerator.bit_length() + value.denominator.bit_length()


def sign(value: Value) -> int | None:
    """-1, 0 or 1; None where the error leaves it open. 0 is only ever exact.

    >>> sign(Fraction(0)), sign(near(mpf(2))), sign(Near(mpf(0), mpf(1)))
    (0, 1, None)
    """
    if isinstance(value, Fraction):
        return (value > 0) - (value < 0)
    return int(mp.sign(value.value)) if abs(value.value) > 1000 * value.error else None


def integer(value: Value) -> int | None:
    """The integer that a number is, None where it certainly is none.

    Raises Unable for a rounded number close to an integer.
    """
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else None
    distance = abs(value.value - mp.nint(value.value))
    if distance <= 1000 * value.error:
        raise Unable("an integer is needed, and a rounded number is close to one")
    return None


def plus(left: Value, right: Value) -> Value:
    """left + right"""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return simplified(left + right)
    return near(real(left) + real(right), error_of(left) + error_of(right))


def negative(value: Value) -> Value:
    """-value"""
    return Near(-value.value, value.error) if isinstance(value, Near) else -value


def times(left: Value, right: Value) -> Value:
    """left * right; an exact 0 stays exact."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return simplified(left * right)
    if sign(left) == 0 or sign(right) == 0:
        return Fraction(0)
    a, b = real(left), real(right)
    return near(a * b, abs(a) * error_of(right) + abs(b) * error_of(left))


def divided(left: Value, right: Value) -> Value:
    """left / right. Raises Undefined for an exact 0, Unable where the divisor may be 0."""
    below = sign(right)
    if below is None:
        raise Unable("a divisor cannot be told from 0")
    if below == 0:
        raise Undefined("division by zero")
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return simplified(left / right)
    if sign(left) == 0:
        return Fraction(0)
    a, b = real(left), real(right)
    return near(a / b, (error_of(left) + abs(a / b) * error_of(right)) / abs(b))
