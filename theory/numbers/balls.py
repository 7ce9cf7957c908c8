"""Ball arithmetic: the one module that touches the precision context of the ball library.

A ball is a midpoint and a radius; it stands for every real number within the radius. The ball
library keeps its precision in a process-wide context, its objects do not pickle, and a NaN ball
overlaps everything; `Enclosure` is the exact, picklable value that leaves a computation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log2, log10

import flint
from flint import arb, fmpq, fmpz

from theory.numbers.decimals import exact_decimal, floor_log10, round_interval, round_significant, round_up, written
from theory.numbers.truth import Truth

__all__ = [
    "Cannot",
    "Enclosure",
    "NotCertified",
    "certify",
    "exact_decimal",
    "floor_log10",
    "round_significant",
    "round_up",
]

BITS_PER_DIGIT = log2(10)
MAX_DIGITS = 100_000


class NotCertified(ArithmeticError):
    """No route reached the accuracy that was asked for; says what was reached."""

    def __init__(self, what: str, got: float | None, wanted: int, hint: str = "") -> None:
        self.what, self.got, self.wanted, self.hint = what, got, wanted, hint
        reached = "no digit" if got is None or got < 1 else f"{got:.0f} digits"
        super().__init__(f"{what}: {reached} certified, {wanted} wanted" + (f"; {hint}" if hint else ""))

    def asked(self, digits: int) -> NotCertified:
        """The same of a request for `digits`, for which more were tried.

        >>> str(NotCertified("mu_3", 12.0, 18).asked(10))
        'mu_3: 9 digits certified, 10 wanted'
        """
        return NotCertified(self.what, None if self.got is None else min(self.got, digits - 1), digits, self.hint)

    def __reduce__(self) -> tuple[type[NotCertified], tuple[object, ...]]:
        """By its own arguments: an error that cannot be rebuilt from its text alone would break a pool of workers."""
        return type(self), (self.what, self.got, self.wanted, self.hint)


class Cannot(NotCertified):
    """A way of certifying that does not apply, whatever the digits, and why. Callers go on to the next way.

    >>> str(Cannot("mu_3 by route series", "the signs of the coefficients are not known"))
    'mu_3 by route series: the signs of the coefficients are not known'
    """

    def __init__(self, what: str, why: str) -> None:
        self.what, self.got, self.wanted, self.hint = what, None, 0, why
        ArithmeticError.__init__(self, f"{what}: {why}")

    def asked(self, digits: int) -> NotCertified:
        """The reason does not depend on the digits."""
        return self

    def __reduce__(self) -> tuple[type[NotCertified], tuple[object, ...]]:
        return type(self), (self.what, self.hint)


@contextmanager
def working_precision(digits: int, guard: int = 10) -> Iterator[int]:
    """Compute with `digits + guard` decimal digits; the previous precision is always restored.

    Yields the precision in bits. Not for threads: the context is global to the process.

    >>> with working_precision(15) as bits:
    ...     bits
    84
    """
    saved = flint.ctx.prec
    flint.ctx.prec = ceil((digits + guard) * BITS_PER_DIGIT)
    try:
        yield flint.ctx.prec
    finally:
        flint.ctx.prec = saved


@contextmanager
def series_length(terms: int) -> Iterator[None]:
    """Power series keep `terms` coefficients; the library silently cuts them at 10 otherwise."""
    saved = flint.ctx.cap
    flint.ctx.cap = terms
    try:
        yield
    finally:
        flint.ctx.cap = saved


def precision_bits() -> int:
    """The working precision in bits.

    >>> precision_bits() >= 2
    True
    """
    return flint.ctx.prec


def check_digits(digits: int) -> int:
    """Validate a number of decimal digits.

    >>> check_digits(0)
    Traceback (most recent call last):
    ValueError: digits must be an integer from 1 to 100000, got 0
    """
    if not isinstance(digits, int) or isinstance(digits, bool) or not 1 <= digits <= MAX_DIGITS:
        raise ValueError(f"digits must be an integer from 1 to {MAX_DIGITS}, got {digits!r}")
    return digits


def rational(value: int | Fraction) -> fmpq:
    """The ball library's exact rational.

    >>> rational(Fraction(1, 2))
    1/2
    """
    return fmpq(value.numerator, value.denominator)


def ball(value: int | Fraction) -> arb:
    """The ball of an exact rational number at the current precision.

    >>> ball(Fraction(1, 2))
    0.500000000000000
    """
    return arb(rational(value))


def whole_power(base: arb, exponent: int) -> arb:
    """base^exponent, also of a ball with middle 0, whose powers the ball library takes for NaN.

    >>> bool((arb(0, 1e-16) ** 2).is_finite()), whole_power(arb(0, 1e-16), 2).contains(0)
    (False, True)
    """
    if base.mid() != 0 or base.is_exact() or exponent <= 0:
        return base**exponent
    size = base.abs_upper() ** exponent
    return arb(0, 1) * size


def root_of_nonnegative(square: arb) -> arb:
    """The root of a number that is not negative, of which the ball may reach below 0; NaN of a ball that is below 0.

    >>> root_of_nonnegative(arb(0, 1e-16)).contains(1e-8), arb(0, 1e-16).sqrt().is_finite()
    (True, False)
    """
    if square < 0 or square >= 0:
        return square.sqrt()
    upper = square.abs_upper().sqrt() / 2
    return upper + arb(0, 1) * upper


def _dyadic(value: tuple[int, int]) -> Fraction:
    mantissa, exponent = value
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


def _pair(value: arb) -> tuple[int, int]:
    mantissa, exponent = value.man_exp()
    return int(mantissa), int(exponent)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An exact interval [mid - rad, mid + rad] with dyadic ends (mantissa, exponent) base 2.

    Bad input: a ball that is not finite raises Cannot, since a NaN contains everything.

    >>> Enclosure.of(arb(3)).less(Enclosure.of(arb(4)))
    <Truth.HOLDS: 'HOLDS'>
    """

    mid: tuple[int, int]
    rad: tuple[int, int] = (0, 0)

    @staticmethod
    def of(value: arb, what: str = "a ball") -> Enclosure:
        """The exact interval of a finite ball."""
        if not value.is_finite():
            raise Cannot(what, "the ball is not finite")
        return Enclosure(_pair(value.mid()), _pair(value.rad()))

    @property
    def lower(self) -> Fraction:
        """Left end, exact."""
        return _dyadic(self.mid) - _dyadic(self.rad)

    @property
    def upper(self) -> Fraction:
        """Right end, exact."""
        return _dyadic(self.mid) + _dyadic(self.rad)

    def ball(self) -> arb:
        """The ball back, at any precision: the middle exact, the radius rounded up to 30 bits."""
        middle = arb((fmpz(self.mid[0]), fmpz(self.mid[1])))
        return arb(middle, arb((fmpz(self.rad[0]), fmpz(self.rad[1])))) if self.rad[0] else middle

    def less(self, other: Enclosure) -> Truth:
        """Is every point here less than every point there?"""
        if self.upper < other.lower:
            return Truth.HOLDS
        return Truth.FAILS if self.lower >= other.upper else Truth.UNDECIDED

    def overlaps(self, other: Enclosure) -> bool:
        """Whether the intervals share a point; False refutes equality, True proves nothing."""
        return self.lower <= other.upper and other.lower <= self.upper

    def contains(self, value: Fraction | int) -> bool:
        """Whether an exact rational lies inside (compared exactly, without rounding first)."""
        return self.lower <= value <= self.upper

    def accuracy(self) -> float:
        """Certain relative decimal digits; inf for an exact value, 0 if 0 is inside."""
        if self.rad[0] == 0:
            return float("inf")
        if self.lower <= 0 <= self.upper:
            return 0.0
        # Bit lengths bound the logarithm within one bit: no float can overflow here.
        mid_bits = abs(self.mid[0]).bit_length() - 1 + self.mid[1]
        rad_bits = self.rad[0].bit_length() + self.rad[1]
        return max(0.0, (mid_bits - rad_bits) * log10(2))

    def decimal(self, digits: int, factor: Fraction | int = 1) -> tuple[str, str] | None:
        """(factor * value correctly rounded, radius) as decimals; None if the ends round apart.

        An exact value with at most `digits` digits is written without trailing zeros.
        """
        if self.rad[0] == 0:
            return written(self.lower * factor, digits)
        exponent = min(self.mid[1], self.rad[1])
        middle, radius = self.mid[0] << (self.mid[1] - exponent), self.rad[0] << (self.rad[1] - exponent)
        ends = sorted(((middle - radius) * factor.numerator, (middle + radius) * factor.numerator))
        denominator = factor.denominator
        if exponent >= 0:
            return round_interval(ends[0] << exponent, ends[1] << exponent, denominator, digits)
        return round_interval(ends[0], ends[1], denominator << -exponent, digits)


def certify(compute: Callable[[], arb], digits: int, what: str, attempts: int = 7) -> Enclosure:
    """Evaluate `compute` at growing precision until its value rounds correctly to `digits`.

    Ziv's strategy: precision doubles its guard digits at each attempt. Exact results pass at
    once. Raises NotCertified with the accuracy reached.

    >>> certify(arb.pi, 5, "pi").decimal(5)[0]
    '3.1416'
    """
    guard = 10
    got = 0.0
    for _ in range(attempts):
        with working_precision(digits, guard):
            value = compute()
        if value.is_finite():
            enclosure = Enclosure.of(value)
            got = enclosure.accuracy()
            if got >= digits and enclosure.decimal(digits) is not None:
                return enclosure
        guard *= 3
    raise NotCertified(what, got, digits)
