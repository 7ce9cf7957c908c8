"""Products of powers of pi, e, primes and their logarithms: the constants of expressions, all of them positive."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor

from flint import arb

from theory.numbers.balls import ball

Constant = tuple[tuple[str, int, Fraction], ...]  # (kind, base, exponent) of each power: see POWERS
POWERS: dict[str, Callable[[int], arb]] = {
    "e": lambda _: arb(1).exp(),
    "log": lambda base: arb(base).log(),
    "pi": lambda _: arb.pi(),
    "prime": arb,
}
ZERO, UNIT = Fraction(0), Fraction(1)


def constant_ball(constant: Constant) -> arb:
    """The value of a constant at the current working precision.

    >>> constant_ball((("pi", 0, Fraction(2)),)).overlaps(arb.pi() ** 2)
    True
    """
    value = arb(1)
    for kind, base, exponent in constant:
        power = POWERS[kind](base)
        value *= power ** int(exponent) if exponent.denominator == 1 else (power.log() * ball(exponent)).exp()
    return value


def times_constants(left: Constant, right: Constant) -> tuple[Constant, Fraction]:
    """The product as a constant with exponents of primes in (0, 1), and the rational left over.

    >>> root = (("prime", 2, Fraction(1, 2)),)
    >>> times_constants(root, root)
    ((), Fraction(2, 1))
    """
    exponents: dict[tuple[str, int], Fraction] = {}
    for kind, base, exponent in (*left, *right):
        exponents[kind, base] = exponents.get((kind, base), ZERO) + exponent
    rational = UNIT
    for kind, base in list(exponents):
        if kind == "prime":
            whole = floor(exponents[kind, base])
            rational *= Fraction(base) ** whole
            exponents[kind, base] -= whole
    return tuple(sorted((k, b, e) for (k, b), e in exponents.items() if e)), rational
