"""Powers and elementary functions of the falsifier's numbers, with what they do at exact special values."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, isqrt

from mpmath import mp, mpf

from theory.statements.falsifier.near import (
    MAX_BITS,
    WIDE,
    Near,
    Pole,
    Unable,
    Undefined,
    Value,
    bits,
    divided,
    error_of,
    integer,
    near,
    plus,
    real,
    sign,
    simplified,
    times,
    unit,
)

LARGEST = 10**15  # of the argument of Gamma and of sin
EXPONENTS = 10**12  # of e
HARMONIC = 20_000  # terms
EXACT: dict[str, dict[Fraction | int, int]] = {  # at an exact argument
    "exp": {0: 1},
    "sin": {0: 0},
    "cos": {0: 1},
    "log": {1: 0},
    "asin": {0: 0},
    "acos": {1: 0},
}


def power(base: Value, exponent: Value) -> Value:
    """base ** exponent: integer powers of everything, other powers of what is not negative; 0 ** 0 is 1.

    >>> power(Fraction(2), Fraction(-2)), power(Fraction(0), near(mpf(3.5)))
    (Fraction(1, 4), Fraction(0, 1))
    """
    whole = integer(exponent) if isinstance(exponent, Fraction) or sign(base) != 1 else None
    below = sign(base)
    if below is None:
        if whole is None:
            raise Unable("a base cannot be told from 0")
        return _rounded_power(base, whole)
    if below == 0:
        return _power_of_zero(exponent)
    if whole is not None:
        if isinstance(base, Fraction) and abs(whole) * bits(base) <= MAX_BITS:
            return base**whole
        return _rounded_power(base, whole)
    if below < 0:
        raise Undefined("a power of a negative number whose exponent is no integer")
    return _real_power(base, exponent)


def _power_of_zero(exponent: Value) -> Value:
    direction = sign(exponent)
    if direction is None:
        raise Unable("the sign of an exponent is open")
    if direction < 0:
        raise Undefined("division by zero")
    return Fraction(0 if direction else 1)


def _rounded_power(base: Value, whole: int) -> Value:
    a = real(base)
    if whole < 0 and abs(a) <= 1000 * error_of(base):
        raise Unable("a divisor cannot be told from 0")
    if a == 0:
        return near(mpf(0), error_of(base) ** whole if whole else 0)
    _bounded(whole * mp.log(abs(a)))
    relative = 2 * abs(whole) * (error_of(base) / abs(a) + unit())
    _first_order(relative)
    value = a**whole
    return near(value, abs(value) * relative)


def _real_power(base: Value, exponent: Value) -> Value:
    if isinstance(base, Fraction) and exponent == Fraction(1, 2):
        root = _square_root(base)
        if root is not None:
            return root
    a, e = real(base), real(exponent)
    logarithm = mp.log(a)
    _bounded(e * logarithm)
    relative = 2 * (abs(e) * error_of(base) / a + abs(logarithm) * error_of(exponent)) + unit() * (
        1 + abs(e * logarithm)
    )
    _first_order(relative)
    value = mp.exp(e * logarithm)
    return near(value, value * relative)


def _bounded(exponent: mpf) -> None:
    if abs(exponent) > EXPONENTS:
        raise Unable("a power is too large")


def _first_order(relative: mpf) -> None:
    if relative > WIDE:
        raise Unable("an error is too wide")


def _square_root(value: Fraction) -> Fraction | None:
    upper, lower = isqrt(value.numerator), isqrt(value.denominator)
    return Fraction(upper, lower) if upper**2 == value.numerator and lower**2 == value.denominator else None


def elementary(name: str, value: Value) -> Value:
    """sqrt, exp, log, sin, cos, acos, asin, abs, floor, erf.

    >>> elementary("sqrt", Fraction(9, 4)), elementary("cos", Fraction(0))
    (Fraction(3, 2), Fraction(1, 1))
    """
    if isinstance(value, Fraction) and value in EXACT.get(name, {}):
        return Fraction(EXACT[name][value])
    match name:
        case "abs":
            return abs(value) if isinstance(value, Fraction) else Near(abs(value.value), value.error)
        case "floor":
            return _floor(value)
        case "erf":
            return near(mp.erf(real(value)), 2 * error_of(value))
        case "sqrt":
            return _root(value)
        case "log":
            return _logarithm(value)
        case "acos" | "asin":
            return _arc(name, value)
        case "exp":
            _bounded(real(value))
            _first_order(error_of(value))
            found = mp.exp(real(value))
            return near(found, found * error_of(value) * 2)
    if abs(real(value)) > LARGEST:
        raise Unable(f"{name} of a large number")
    return near({"sin": mp.sin, "cos": mp.cos}[name](real(value)), 2 * error_of(value))


def extreme(name: str, first: Value, second: Value) -> Value:
    """max or min.

    >>> extreme("max", Fraction(1), Fraction(2)), extreme("min", Fraction(1), Fraction(2))
    (Fraction(2, 1), Fraction(1, 1))
    """
    if isinstance(first, Fraction) and isinstance(second, Fraction):
        return max(first, second) if name == "max" else min(first, second)
    found = max(real(first), real(second)) if name == "max" else min(real(first), real(second))
    return near(found, max(error_of(first), error_of(second)))


def harmonic(value: Value) -> Value:
    """1 + 1/2 + ... + 1/n, summed; 0 for n = 0.

    >>> harmonic(Fraction(3))
    Fraction(11, 6)
    """
    whole = integer(value)
    if whole is None or whole < 0:
        raise Undefined("harmonic of what is no integer >= 0")
    if whole > HARMONIC:
        raise Unable("harmonic of a large number")
    total = mp.fsum(mpf(1) / i for i in range(1, whole + 1))
    return (
        sum((Fraction(1, i) for i in range(1, whole + 1)), Fraction(0))
        if whole <= 50
        else near(total, total * whole * unit())
    )


def _floor(value: Value) -> Value:
    if isinstance(value, Fraction):
        return Fraction(value.numerator // value.denominator)
    low, high = (int(mp.floor(value.value + s * 2 * value.error)) for s in (-1, 1))
    if low != high:
        raise Unable("a number cannot be told from an integer")
    return Fraction(low)


def _root(value: Value) -> Value:
    below = sign(value)
    if below is None:
        raise Unable("a radicand cannot be told from 0")
    if below < 0:
        raise Undefined("sqrt of a negative number")
    return Fraction(0) if below == 0 else _real_power(value, Fraction(1, 2))


def _logarithm(value: Value) -> Value:
    below = sign(value)
    if below is None:
        raise Unable("the argument of log cannot be told from 0")
    if below <= 0:
        raise Undefined("log of a number that is not positive")
    return near(mp.log(real(value)), 2 * error_of(value) / real(value))


def _arc(name: str, value: Value) -> Value:
    room = unit_interval(value, name)
    function = {"acos": mp.acos, "asin": mp.asin}[name]
    if isinstance(value, Fraction):
        return near(function(real(value)), 2 * unit() * (1 + 1 / mp.sqrt(room)) if room else 0)
    slope = 1 / mp.sqrt(room * (2 - room))
    return near(function(value.value), 2 * value.error * slope)


def unit_interval(value: Value, what: str) -> mpf:
    """1 - |value|. Raises Undefined outside [-1, 1], Unable where that is open.

    >>> unit_interval(Fraction(-1, 2), "kappa")
    mpf('0.5')
    """
    size = value if isinstance(value, Fraction) else Near(abs(value.value), value.error)
    room = plus(Fraction(1), -abs(size) if isinstance(size, Fraction) else Near(-size.value, size.error))
    side = sign(room)
    if side is None:
        raise Unable(f"{what} at a rounded number close to the end of [-1, 1]")
    if side < 0:
        raise Undefined(f"{what} outside [-1, 1]")
    return real(room)


def gamma(value: Value) -> Value | Pole:
    """Gamma, a Pole at 0, -1, -2, ...

    >>> gamma(Fraction(5)), gamma(Fraction(-1))
    (Fraction(24, 1), Pole(argument=Fraction(-1, 1)))
    """
    if isinstance(value, Fraction):
        if value.denominator == 1 and value <= 0:
            return Pole(value)
        if value.denominator == 1 and value < 400:
            return simplified(Fraction(factorial(int(value) - 1)))
    x = real(value)
    if abs(x) > LARGEST:
        raise Unable("Gamma of a large number")
    away = abs(x - mp.nint(x)) if x < 1 else x
    if away <= 1000 * error_of(value):
        raise Unable("Gamma close to a pole")
    found = mp.gamma(x)
    relative = 2 * error_of(value) * (1 / away + mp.log(1 + abs(x))) + unit() * (1 + mp.log(1 + abs(x)))
    _first_order(relative)
    return near(found, abs(found) * relative)


def factorial_of(value: Value) -> Value | Pole:
    """Gamma(value + 1)."""
    return gamma(plus(value, Fraction(1)))


def binomial(upper: Value, lower: Value) -> Value:
    """Gamma(n+1)/(Gamma(k+1) Gamma(n-k+1)), 0 for an integer k < 0 and for integers 0 <= n < k.

    >>> binomial(Fraction(3), Fraction(5)), binomial(Fraction(1, 2), Fraction(2))
    (Fraction(0, 1), Fraction(-1, 8))
    """
    if isinstance(upper, Fraction) and isinstance(lower, Fraction) and lower.denominator == 1:
        if lower < 0:
            return Fraction(0)
        if upper.denominator == 1 and 0 <= upper <= 5000:
            return simplified(Fraction(comb(int(upper), int(lower))))
        if lower <= 60 and not (upper.denominator == 1 and upper < 0):
            value = Fraction(1)
            for i in range(int(lower)):
                value = value * (upper - i) / (i + 1)
            return simplified(value)
    rest = plus(upper, times(Fraction(-1), lower))
    above, one, other = (factorial_of(part) for part in (upper, lower, rest))
    if isinstance(above, Pole):
        raise Undefined("binomial at a pole of Gamma")
    if isinstance(one, Pole) or isinstance(other, Pole):
        return Fraction(0)
    return divided(divided(above, one), other)
