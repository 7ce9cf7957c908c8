"""Exact numbers as people write them: 2, 2.5, 1/3."""

from __future__ import annotations

import re
from fractions import Fraction

_EXACT = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30}|/[0-9]{1,30})?")


def read_rational(text: str) -> Fraction | None:
    """The number that a decimal or a fraction says exactly; None for any other text.

    >>> read_rational("2.5"), read_rational("1/3"), read_rational("1/0"), read_rational("1e3")
    (Fraction(5, 2), Fraction(1, 3), None, None)
    """
    stripped = text.strip()
    if not _EXACT.fullmatch(stripped) or re.search("/0+$", stripped):
        return None
    return Fraction(stripped)


def exact_number(what: str, number: Fraction | int | str) -> Fraction:
    """The number itself or what its text says; ValueError in one line for what is not exact.

    >>> exact_number("ridge", "1/1000"), exact_number("ridge", 2)
    (Fraction(1, 1000), Fraction(2, 1))
    >>> exact_number("ridge", 0.1)
    Traceback (most recent call last):
    ValueError: ridge must be exact, as 2, Fraction(1, 4), "0.25" or "1/4", got 0.1
    """
    found = read_rational(number) if isinstance(number, str) else number
    if isinstance(found, bool) or not isinstance(found, int | Fraction):
        raise ValueError(f'{what} must be exact, as 2, Fraction(1, 4), "0.25" or "1/4", got {number!r}')
    return Fraction(found)
