"""Arithmetic and functions of numbers, exact rationals where possible, balls otherwise; 1/Gamma is 0 at a pole."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial, isqrt
from typing import TypeGuard, TypeVar

from flint import arb

from theory.numbers.balls import ball, whole_power
from theory.symbolic.expressions import ARITHMETIC

MAX_EXACT_BITS = 20_000
Value = Fraction | arb
Numeric = TypeVar("Numeric", Fraction, arb)


class Undefined(ArithmeticError):
    """The expression has no value at the assignment: 1/0, log 0, mu(-1), a Gamma pole."""


class TooLarge(ArithmeticError):
    """The value is out of reach of an instance check, or balls cannot tell whether there is one."""


@dataclass(frozen=True, slots=True)
class Pole:
    """Gamma at a pole: dividing by it gives 0, everything else is undefined."""

    argument: Fraction


def finite(value: Value | Pole) -> Value:
    """The value, which is no pole of Gamma; Undefined where it is one."""
    if isinstance(value, Pole):
        raise Undefined(f"Gamma has a pole at {value.argument}")
    return value


def as_ball(value: Value) -> arb:
    """A ball of either kind of value."""
    return ball(value) if isinstance(value, Fraction) else value


def _is_pole(argument: Value) -> TypeGuard[Fraction]:
    return isinstance(argument, Fraction) and argument.denominator == 1 and argument <= 0


def _bits(value: Fraction) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _operate_at_pole(op: str, left: Value | Pole, right: Value | Pole) -> Value | Pole:
    """Products and quotients of one pole with a number that is not 0; 1/Gamma is entire."""
    pole = left if isinstance(left, Pole) else right
    assert isinstance(pole, Pole)
    match op, left, right:
        case "/", Fraction() | arb(), Pole():
            return Fraction(0)
        case "**", Pole(), Fraction() if right != 0:
            return left if right > 0 else Fraction(0)
        case ("*" | "/", Pole(), Fraction() | arb() as other) | ("*", Fraction() | arb() as other, Pole()):
            if not as_ball(other).contains(0):
                return pole
    raise Undefined(f"Gamma has a pole at {pole.argument}")


def operate(op: str, left: Value | Pole, right: Value | Pole) -> Value | Pole:
    """left op right for + - * / **, exact where both are and the result is not too large."""
    if isinstance(left, Pole) or isinstance(right, Pole):
        return _operate_at_pole(op, left, right)
    if op == "**":
        return _power(left, right)
    if op == "*" and any(_is_zero(a) and as_ball(b).is_finite() for a, b in ((left, right), (right, left))):
        return Fraction(0)
    if isinstance(left, Fraction) and isinstance(right, Fraction) and _bits(left) + _bits(right) <= MAX_EXACT_BITS:
        return _arithmetic(op, left, right)
    return _arithmetic(op, as_ball(left), as_ball(right))


def _arithmetic(op: str, left: Numeric, right: Numeric) -> Numeric:
    """left op right for + - * /, in rationals or in balls."""
    if op == "/" and right == 0:
        raise Undefined("division by zero")
    return ARITHMETIC[op](left, right)


def _is_zero(value: Value) -> bool:
    """Exactly 0; a ball without radius may be, too."""
    return bool(value == 0)


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        n = exponent.numerator
        if base == 0 and n < 0:
            raise Undefined("division by zero")
        if abs(n) * _bits(base) <= MAX_EXACT_BITS:
            return base**n
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if abs(exponent) < 2**62:
            return whole_power(as_ball(base), exponent.numerator)
        return as_ball(base) ** as_ball(exponent)
    if _is_zero(base) and as_ball(exponent) > 0:
        return Fraction(0)
    if _is_zero(base) or as_ball(base) < 0:
        if as_ball(exponent).contains_integer():
            raise TooLarge("the exponent cannot be told from an integer")
        shown = base if isinstance(base, Fraction) else "a negative number"
        raise Undefined(f"a power of {shown} with exponent that is no integer")
    return as_ball(base) ** as_ball(exponent)


EXACT: dict[tuple[str, Fraction | int], int] = {
    ("exp", 0): 1,
    ("sin", 0): 0,
    ("cos", 0): 1,
    ("log", 1): 0,
    ("acos", 1): 0,
    ("asin", 0): 0,
    ("erf", 0): 0,
}


def function_value(name: str, values: list[Value]) -> Value | Pole:
    """A function of numbers, such as sqrt, exp, Gamma or binomial."""
    (value, *rest) = values
    if isinstance(value, Fraction) and (name, value) in EXACT:
        return Fraction(EXACT[name, value])
    match name:
        case "Gamma" | "factorial":
            argument = value + (name == "factorial")
            if _is_pole(argument):
                return Pole(argument)
            if isinstance(argument, Fraction):
                if argument.denominator == 1 and argument < 1000:
                    return Fraction(factorial(int(argument) - 1))
                if abs(argument) > 10**12:
                    raise TooLarge("Gamma of more than 10^12")
            return as_ball(argument).gamma()
        case "binomial":
            return _binomial(value, rest[0])
        case "max" | "min":
            return _extreme(name, value, rest[0])
        case "abs":
            return abs(value) if isinstance(value, Fraction) else value.__abs__()
        case "floor":
            return _floor(value)
        case "harmonic":
            return _harmonic(value)
        case "sqrt":
            if as_ball(value) < 0:
                raise Undefined("sqrt of a negative number")
            return _square_root(value)
        case "log":
            if as_ball(value) <= 0:
                raise Undefined(f"log of {_shown(value)}")
            return as_ball(value).log()
        case "acos" | "asin":
            if abs(as_ball(value)) > 1:
                raise Undefined(f"{name} of {_shown(value)}")
            return getattr(as_ball(value), name)()
    return getattr(as_ball(value), name)()  # exp, sin, cos, erf


def _extreme(name: str, first: Value, second: Value) -> Value:
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return max(first, second) if name == "max" else min(first, second)
    a, b = as_ball(first), as_ball(second)
    return a.max(b) if name == "max" else a.min(b)


def _floor(value: Value) -> Value:
    if isinstance(value, Fraction):
        return Fraction(value.numerator // value.denominator)
    whole = value.floor().unique_fmpz()
    if whole is None:
        raise TooLarge("a number cannot be told from an integer")
    return Fraction(int(whole))


def _harmonic(value: Value) -> Value:
    """H_n = 1 + 1/2 + ... + 1/n = psi(n+1) + Euler's constant, n = 0, 1, ..."""
    if not isinstance(value, Fraction) or value.denominator != 1:
        if isinstance(value, arb) and value.contains_integer():
            raise TooLarge("the index of harmonic cannot be told from an integer")
        raise Undefined(f"harmonic of {_shown(value)}, which is no integer >= 0")
    if value < 0:
        raise Undefined(f"harmonic of {value}, which is no integer >= 0")
    if value <= 100:
        return sum((Fraction(1, i) for i in range(1, int(value) + 1)), Fraction(0))
    return (as_ball(value) + 1).digamma() + arb.const_euler()


def _shown(value: Value) -> str:
    return str(value) if isinstance(value, Fraction) else value.str(6, radius=False)


def _square_root(value: Value) -> Value:
    if isinstance(value, Fraction):
        upper, lower = isqrt(value.numerator), isqrt(value.denominator)
        if upper**2 == value.numerator and lower**2 == value.denominator:
            return Fraction(upper, lower)
    return as_ball(value).sqrt()


def _binomial(upper: Value, lower: Value) -> Value | Pole:
    if isinstance(upper, Fraction) and isinstance(lower, Fraction) and lower.denominator == 1:
        if lower < 0:
            return Fraction(0)
        if upper.denominator == 1 and 0 <= upper <= 10_000:
            return Fraction(comb(int(upper), int(lower)))
    g = lambda z: function_value("Gamma", [z])
    return operate("/", operate("/", g(upper + 1), g(lower + 1)), g(finite(operate("-", upper, lower)) + 1))
