"""Arrays of double words: unevaluated sums high + low of two float64, |low| <= half a unit of the last place of high.

With u = 2^-53, and without underflow, the relative errors of single operations are at most (Joldes, Muller, Popescu,
ACM Trans. Math. Softw. 44, 2017, algorithms 7, 15, 10 and 6)

    times a float      3/2 u^2 + 4 u^3
    by a float         3 u^2
    squared            7 u^2
    plus               3 u^2/(1 - 4u)

NumPy rounds each operation by itself to nearest, as the proofs want it, and never contracts a product with a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ldexp

import numpy as np
from flint import arb

SPLITTER = 134217729.0  # 2^27 + 1, Veltkamp


@dataclass(frozen=True, slots=True)
class DoubleWords:
    """high + low, arrays of one shape."""

    high: np.ndarray
    low: np.ndarray

    def times(self, factor: np.ndarray) -> DoubleWords:
        """The product with float64 numbers."""
        return self._times(factor, _product(self.high, factor))

    def times_quotient(self, above: np.ndarray, below: np.ndarray) -> DoubleWords:
        """The product with `above`, then the quotient by `below`, float64 numbers that are integers below 2^26.

        >>> one, three = DoubleWords(np.array([1.0]), np.array([0.0])), np.array([3.0])
        >>> third = one.times_quotient(np.array([1.0]), three)
        >>> back = third.times(three)
        >>> float(back.high[0]), abs(float(back.low[0])) < 2.0**-103
        (1.0, True)
        """
        product = self._times(above, _short_product(self.high, above))
        quotient = product.high / below
        nearest, error = _short_product(quotient, below)
        rest = ((product.high - nearest) - error) + product.low
        return DoubleWords(*_ordered_sum(quotient, rest / below))

    def _times(self, factor: np.ndarray, product: tuple[np.ndarray, np.ndarray]) -> DoubleWords:
        high, rest = _ordered_sum(product[0], self.low * factor)
        return DoubleWords(*_ordered_sum(high, rest + product[1]))

    def squared(self) -> DoubleWords:
        """The square, as a product with itself."""
        product, (high, low) = self.high * self.high, _split(self.high)
        error = ((high * high - product) + 2 * (high * low)) + low * low
        return DoubleWords(*_ordered_sum(product, error + 2 * (self.high * self.low)))

    def plus(self, other: DoubleWords) -> DoubleWords:
        """The sum, whatever the signs.

        >>> one = DoubleWords(np.array([1.0]), np.array([2.0**-80]))
        >>> float(one.plus(DoubleWords(np.array([-1.0]), np.array([0.0]))).high[0]) == 2.0**-80
        True
        """
        high, high_rest = _sum(self.high, other.high)
        low, low_rest = _sum(self.low, other.low)
        high, rest = _ordered_sum(high, high_rest + low)
        return DoubleWords(*_ordered_sum(high, low_rest + rest))


def _product(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """a b = product + error exactly (Dekker)."""
    product, (a_high, a_low), (b_high, b_low) = a * b, _split(a), _split(b)
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _short_product(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same for integers b below 2^26, whose lower half is 0."""
    product = a * b
    high, low = _split(a)
    return product, (high * b - product) + low * b


def _split(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """a in two halves of 26 bits (Veltkamp)."""
    scaled = SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high


def _ordered_sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """a + b = sum + error exactly for |a| >= |b| (Dekker)."""
    total = a + b
    return total, b - (total - a)


def _sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """a + b = sum + error exactly (Knuth)."""
    total = a + b
    other = total - a
    return total, (a - (total - other)) + (b - other)


def double_word(value: arb) -> tuple[float, float, int]:
    """(high, low, e) with the middle of a ball = (high + low) 2^e (1 + w), |w| <= 2^-105, 1/2 <= |high| <= 1.

    >>> double_word(arb(3))
    (0.75, 0.0, 2)
    """
    mantissa, exponent = (int(part) for part in value.mid().man_exp())
    if not mantissa:
        return 0.0, 0.0, 0
    bits = abs(mantissa).bit_length()
    high = mantissa / (1 << bits)  # correctly rounded, of integers of any size
    left = (mantissa << 53) - (int(ldexp(high, 53)) << bits)
    return high, left / (1 << (bits + 53)), bits + exponent
