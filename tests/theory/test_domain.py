"""Values of linear forms on ranges: the lattice that holds them is the smallest one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import gcd, lcm

import sympy as sp
from hypothesis import example, given
from hypothesis import strategies as st

from theory.domain import lattice, nonzero
from theory.formal import Range, k, n

slopes = st.fractions(-3, 3, max_denominator=6)
parities = st.sampled_from([None, 0, 1])
ranges_of_k = st.builds(lambda least, parity: Range("k", least, None, parity), st.integers(0, 3), parities)


def rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)


@given(slopes, slopes, slopes, ranges_of_k)
@example(Fraction(1, 2), Fraction(1, 3), Fraction(-1, 12), Range("k", 0))
@example(Fraction(3, 4), Fraction(1, 2), Fraction(1), Range("k", 0, None, 1))
def test_the_lattice_is_generated_by_the_differences_of_the_values(
    a: Fraction, b: Fraction, c: Fraction, where: Range
) -> None:
    ranges = (where, Range("n", 1))
    start, generator = lattice(rational(a) * k + rational(b) * n + rational(c), ranges)
    start, generator = (Fraction(int(v.p), int(v.q)) for v in (start, generator))
    values = {a * x + b * y + c for x, y in product(where.values(3), (1, 2, 3))}
    assert start in values
    gaps = [value - start for value in values]
    below = lcm(*(gap.denominator for gap in gaps))
    assert abs(generator) == Fraction(gcd(*(int(gap * below) for gap in gaps)), below)


def test_a_form_that_steps_over_zero_is_not_zero() -> None:
    ranges = (Range("k", 0), Range("n", 1))
    assert nonzero(k / 2 + n / 3 - sp.Rational(17, 12), ranges)
    assert not nonzero(k / 2 + n / 3 - sp.Rational(5, 6), ranges)  # k = 1, n = 1
