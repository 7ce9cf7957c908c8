"""Many balls correctly rounded to decimals at once, in integers: two products and a shift a number.

A ball |v| = m 2^-b (1 +- 2^-a) times p/q and 10^s, s = n-1-e, is (w + f) 2^-60 units of the last of n digits with
w = floor(m p 10^s/q 2^(60-b)), 0 <= f < 1, and an error of at most 10^n 2^-a units where it is less than 10^n units.
Where all of that rounds to one integer i, 10^(n-1) < i < 10^n, i is the value correctly rounded to n digits.
Neighbours mostly share their exponent e, hence 10^s and the layout. What is exact, near a tie or near a power of ten is
left to `theory.numbers.decimals`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import repeat

from flint import arb

from theory.numbers.decimals import LOG10_2, layout, power_of_ten

FINE = 60  # binary places of the unit of the last digit that are looked at
UNIT, HALF = 1 << FINE, 1 << (FINE - 1)
HUGE = 10_000  # binary places before the point that are left to others
FixedPoint = tuple[str, int, int, int]  # sign, m, b, a


def fixed_point(value: arb) -> FixedPoint | None:
    """A ball in integers; None for what is exact, not finite, huge, or has no certain digit.

    >>> fixed_point(arb(1)) is None, fixed_point(-arb(2).sqrt())[0]
    (True, '-')
    """
    bits = value.rel_accuracy_bits()  # |radius| < 2^-bits |middle|
    if bits < 4 or value.is_exact() or not value.is_finite():
        return None
    mantissa, exponent = value.mid().man_exp()
    whole, shift = int(mantissa), -int(exponent)
    if shift < FINE:
        if shift < -HUGE:
            return None
        whole, shift = whole << (FINE - shift), FINE
    return ("-", -whole, shift, bits) if whole < 0 else ("", whole, shift, bits)


def decimal_column(
    values: Iterable[FixedPoint | None], factors: Iterable[tuple[int, int]], digits: int
) -> list[str | None]:
    """p/q times each value correctly rounded to `digits` digits, p, q > 0; None where another way must decide.

    >>> values = [fixed_point(arb(2).sqrt()), fixed_point(-arb(2).sqrt() / 100), None]
    >>> decimal_column(values, [(1, 1), (1, 1), (1, 1)], 5)
    ['1.4142', '-0.014142', None]
    """
    return [
        None if found is None else found[0].written(found[1], found[2]) for found in _units(values, factors, digits)
    ]


def certain_column(values: Iterable[FixedPoint | None], digits: int) -> list[tuple[str, str] | None]:
    """(value, radius) of each value itself.

    >>> certain_column([fixed_point(arb(2).sqrt())], 5)
    [('1.4142', '0.0000136')]
    """
    found = _units(values, repeat((1, 1)), digits)
    return [None if f is None else (f[0].written(f[1], f[2]), f[0].radius(f[3])) for f in found]


def _units(
    values: Iterable[FixedPoint | None], factors: Iterable[tuple[int, int]], digits: int
) -> Iterator[tuple[_Place, str, int, int] | None]:
    """(place, sign, i, a bound of the error in units 2^-60) of each value."""
    low, high = power_of_ten(digits - 1), power_of_ten(digits)
    place_of = cache(lambda exponent: _Place(digits, exponent))
    place, power, bits, error = place_of(0), 0, -1, 0
    for value, (over, under) in zip(values, factors, strict=False):
        if value is None:
            yield None
            continue
        sign, mantissa, shift, accuracy = value
        if accuracy != bits:
            bits = accuracy
            error = (high << FINE >> bits) + 2
        scaled = mantissa * over
        for attempt in range(3):
            if attempt:
                place = place_of(place.exponent - 1 if attempt == 2 else _exponent(scaled, under, shift))
            power = place.power
            whole = scaled * power if under == 1 else scaled * power // under
            fine = (whole >> (shift - FINE)) + HALF
            units = fine >> FINE
            if low < units < high:
                break
        else:
            yield None
            continue
        rest = fine & (UNIT - 1)
        certain = power and error <= rest < UNIT - error
        yield (place, sign, units, abs(rest - HALF) + error) if certain else None


def _exponent(scaled: int, under: int, shift: int) -> int:
    """floor(log10(scaled/(under 2^shift))), or one more."""
    return int((scaled.bit_length() - under.bit_length() + 1 - shift) * LOG10_2 // 1)


class _Place:
    """The numbers of `digits` digits with one decimal exponent: their scale, and how they are written."""

    __slots__ = ("_below", "_head", "_split", "_tail", "exponent", "power")

    def __init__(self, digits: int, exponent: int) -> None:
        self.exponent, self._below = exponent, exponent - digits
        self.power = power_of_ten(digits - 1 - exponent) if exponent < digits else 0  # 0: left to others
        pattern = layout("x" * digits, exponent)
        first, last = pattern.index("x"), pattern.rindex("x") + 1
        self._head, self._tail = pattern[:first], pattern[last:]
        self._split = pattern.find(".", first, last) - first

    def written(self, sign: str, units: int) -> str:
        """The number, as `theory.numbers.decimals.layout` has it."""
        text, split = str(units), self._split
        if split > 0:
            return f"{sign}{self._head}{text[:split]}.{text[split:]}{self._tail}"
        return f"{sign}{self._head}{text}{self._tail}"

    def radius(self, distance: int) -> str:
        """distance 2^-60 units of the last place, rounded up to three digits."""
        places, parts = 0, 1000 * distance
        while parts < 100 * UNIT:
            places, parts = places + 1, 10 * parts
        thousandths = -(-parts >> FINE)
        if thousandths == 1000:
            places, thousandths = places - 1, 100
        return layout(str(thousandths), self._below - places)
