"""Correct decimal rounding of exact numbers, in integers alone.

A number is a pair (numerator, denominator > 0), never reduced: a common divisor costs more than the
rounding itself.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import log10

from flint import fmpz

LOG10_2 = log10(2)


@lru_cache(maxsize=4096)
def power_of_ten(exponent: int) -> int:
    """10**exponent for exponent >= 0, remembered."""
    return 10**exponent


def _times_ten(numerator: int, denominator: int, exponent: int) -> tuple[int, int]:
    if exponent >= 0:
        return numerator * power_of_ten(exponent), denominator
    return numerator, denominator * power_of_ten(-exponent)


def _floor_log10(numerator: int, denominator: int) -> int:
    bits = numerator.bit_length() - denominator.bit_length()
    guess = int((bits - 1) * LOG10_2) - 1
    while True:
        upper, lower = _times_ten(numerator, denominator, -guess - 1)
        if upper < lower:
            return guess
        guess += 1


def floor_log10(value: Fraction) -> int:
    """Exact floor(log10(value)) of a positive rational.

    >>> floor_log10(Fraction(999, 1000)), floor_log10(Fraction(1000))
    (-1, 3)
    """
    return _floor_log10(value.numerator, value.denominator)


def _units(numerator: int, denominator: int, digits: int) -> tuple[int, int]:
    """(u, e) with numerator/denominator about u * 10^(e-digits+1), u of `digits` digits, ties to even."""
    exponent = _floor_log10(numerator, denominator)
    upper, lower = _times_ten(numerator, denominator, digits - 1 - exponent)
    units, rest = divmod(upper, lower)
    units += 2 * rest > lower or (2 * rest == lower and units % 2)
    return (power_of_ten(digits - 1), exponent + 1) if units == power_of_ten(digits) else (units, exponent)


def power_of_ten_above(value: Fraction) -> str:
    """The smallest power of ten >= a positive rational, as a decimal.

    >>> power_of_ten_above(Fraction(1, 1000)), power_of_ten_above(Fraction(3))
    ('1e-3', '1e+1')
    """
    exponent = floor_log10(value)
    exponent += value > Fraction(10) ** exponent
    return f"1e{exponent:+d}"


def round_significant(value: Fraction, digits: int) -> str:
    """A rational correctly rounded to significant digits, ties to even.

    >>> round_significant(Fraction(1, 3), 5), round_significant(Fraction(-5, 4), 2)
    ('0.33333', '-1.2')
    >>> round_significant(Fraction(1, 3 * 10**20), 3)
    '3.33e-21'
    """
    if value == 0:
        return "0"
    units, exponent = _units(abs(value.numerator), value.denominator, digits)
    return ("-" if value < 0 else "") + layout(str(fmpz(units)), exponent)


def round_interval(low: int, high: int, denominator: int, digits: int) -> tuple[str, str] | None:
    """(value, radius) where all of [low, high]/denominator rounds to one value, else None.

    >>> round_interval(333332, 333334, 10**6, 5), round_interval(0, 1, 1, 5)
    (('0.33333', '4.00e-06'), None)
    """
    if low <= 0 <= high:
        return None
    sign, near, far = ("-", -high, -low) if low < 0 else ("", low, high)
    units, exponent = _units(near, denominator, digits)
    if (units, exponent) != _units(far, denominator, digits):
        return None
    shift = digits - 1 - exponent
    errors = []
    for end in (near, far):
        upper, lower = _times_ten(end, denominator, shift)
        errors.append(abs(units * lower - upper))
    return sign + layout(str(fmpz(units)), exponent), _round_up(*_times_ten(max(errors), lower, -shift))


def decimal_fraction(text: str) -> Fraction:
    """The exact value of a decimal string as printed here, of any length.

    >>> decimal_fraction("-3.33e-21") == Fraction(-333, 10**23)
    True
    """
    mantissa, _, exponent = text.partition("e")
    whole, _, places = mantissa.partition(".")
    shift = int(exponent or 0) - len(places)
    units = int(fmpz(whole + places))  # int refuses texts beyond 4300 digits
    return Fraction(units * 10**shift) if shift >= 0 else Fraction(units, 10**-shift)


def round_up(value: Fraction) -> str:
    """A nonnegative rational rounded up to three significant digits, for radii.

    >>> round_up(Fraction(1, 3)), round_up(Fraction(0))
    ('0.334', '0')
    """
    return _round_up(value.numerator, value.denominator)


def _round_up(numerator: int, denominator: int) -> str:
    if numerator == 0:
        return "0"
    exponent = _floor_log10(numerator, denominator)
    upper, lower = _times_ten(numerator, denominator, 2 - exponent)
    units = -(-upper // lower)
    if units == 1000:
        units, exponent = 100, exponent + 1
    return layout(str(fmpz(units)), exponent)


def exact_decimal(value: Fraction) -> str:
    """A decimal fraction written in full, without trailing zeros.

    >>> exact_decimal(Fraction(5, 64))
    '0.078125'
    """
    if value == 0:
        return "0"
    exponent = floor_log10(abs(value))
    twos = (value.denominator & -value.denominator).bit_length() - 1
    fives = 0
    rest = value.denominator >> twos
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        raise ValueError(f"{value} has no finite decimal expansion")
    places = max(twos, fives)
    units = abs(value.numerator) * 10**places // value.denominator
    return ("-" if value < 0 else "") + layout(str(fmpz(units)).rstrip("0"), exponent)


def written(value: Fraction, digits: int) -> tuple[str, str]:
    """(value, radius): in full where at most so many digits are exact, else rounded.

    >>> written(Fraction(5, 64), 5), written(Fraction(5, 64), 3)
    (('0.078125', '0'), ('0.0781', '0.0000250'))
    """
    text = round_significant(value, digits)
    error = abs(decimal_fraction(text) - value)
    return (text, round_up(error)) if error else (exact_decimal(value), "0")


def layout(digits: str, exponent: int) -> str:
    """Digits d.ddd x 10^exponent as plain decimals near 1, in scientific notation elsewhere.

    >>> layout("125", 0), layout("125", -7)
    ('1.25', '1.25e-07')
    """
    if -5 <= exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if 0 <= exponent < max(21, len(digits)):
        whole = digits[: exponent + 1].ljust(exponent + 1, "0")
        return whole + ("." + digits[exponent + 1 :] if len(digits) > exponent + 1 else "")
    return digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{exponent:+03d}"
