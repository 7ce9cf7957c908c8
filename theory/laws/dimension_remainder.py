"""Certified remainders of the law of mu_k as d -> oo, k fixed, for kernels with b_n >= 0 from some n on.

    mu_k = sum_j b_n m_n,   n = k + 2j,   m_n = E[t^n P_k] = n!/(2^j j!) prod_{i < k+j} 1/(d + 1 + 2i),

so that d^(k+j) m_n is a product of factors 1/(1 + (2i+1) y), y = 1/d. The sum is cut before n = k + 2J:
m_{n+2} <= m_n for all later n once d (2J+2) >= k^2 - k, and b_n >= 0 there, hence

    0 <= rest <= m_{k+2J} (kappa(1) - sum_{n < k+2J} b_n).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial

import sympy as sp
from flint import arb, fmpq

from theory.expansions.coefficient_signs import nonnegative_from
from theory.expansions.maclaurin import at_one, maclaurin
from theory.kernels import Kernel
from theory.laws.rational_sums import Certificate, RationalSum, Slopes, best_certificate
from theory.numbers.balls import Cannot, working_precision

DIGITS = 60
EXTRA = (0, 1, 2, 4, 8, 16)  # moments beyond those that the terms ask for


def moment_sum(kernel: Kernel, degree: int, first: int, count: int) -> RationalSum:
    """The moments j = first, ..., count-1 of mu_k and the bound of the rest; b_{k+2j} = 0 for j < first.

    >>> from theory.kernels import NTK
    >>> found = moment_sum(NTK(depth=2), 4, 0, 3)
    >>> found.exponent, found.order, found.first, found.parts[0][0].overlaps(5/arb.pi())
    (4, Fraction(3, 1), 2, True)
    """
    start, end = nonnegative_from(kernel), degree + 2 * count
    if start is None or start > end:
        why = "the signs of its Maclaurin coefficients are not known, or not that they sum to kappa(1)"
        raise Cannot(f"a remainder for {kernel!r}", why)
    with working_precision(DIGITS):
        b = maclaurin(kernel, end)
        left = (at_one(kernel) - sum(b, arb(0))).upper()
        if not left.is_finite() or left < 0:
            raise Cannot(f"the power series of {kernel!r}", "not certified to be finite at t = 1")
        parts = tuple(
            (b[degree + 2 * j] * _growth(degree, j), j - first, _slopes(degree, j)) for j in range(first, count)
        )
        tail = (left * _growth(degree, count)).upper()
    falling = -(-(degree * degree - degree) // (2 * count + 2))
    order, damping = Fraction(count - first), _slopes(degree, count)
    return RationalSum(degree + first, parts, tail, order, damping, max(falling, 1))


def _slopes(degree: int, j: int) -> Slopes:
    return tuple(fmpq(2 * i + 1) for i in range(degree + j))


def _growth(degree: int, j: int) -> fmpq:
    """The limit of d^(k+j) m_{k+2j}: (k+2j)!/(2^j j!)."""
    return fmpq(factorial(degree + 2 * j), 2**j * factorial(j))


def dimension_certificate(
    kernel: Kernel, degree: int, terms: Sequence[tuple[sp.Expr, sp.Expr]], count: int
) -> Certificate:
    """Bounds for all d >= d_0, for a law whose first `count` orders have these nonzero terms.

    `terms` are (power, coefficient) in d as `theory.laws.end_terms.dimension_law` gives them.

    >>> from theory.laws.end_terms import dimension_law
    >>> from theory.kernels import Laplace
    >>> kernel = Laplace(rate=1)
    >>> dimension_certificate(kernel, 1, dimension_law(kernel, 1, 2), 2).power
    -3
    """
    first = int(-terms[0][0]) - degree
    sums = [moment_sum(kernel, degree, first, first + count + extra) for extra in EXTRA]
    return best_certificate(sums, terms, count, 1, 0)
