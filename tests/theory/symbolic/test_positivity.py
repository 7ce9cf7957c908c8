"""Signs, zeros and poles on ranges of integers; the lattice of a linear form is the smallest one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import gcd, lcm

import pytest
import sympy as sp
from hypothesis import example, given, settings
from hypothesis import strategies as st

from theory.symbolic.objects import Mu, Range, a, d, j, k, n
from theory.symbolic.positivity import (
    defined,
    lattice,
    nonzero,
    pole_free,
    positive,
    positive_base,
    positive_polynomial,
)
from theory.symbolic.ranges import inside, range_in

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


def test_variables_begin_where_their_meaning_does() -> None:
    """Degrees, indices and orders at 0; a dimension and a depth at 1."""
    for name, least in {"k": 0, "n": 0, "j": 0, "a": 0, "d": 1, "L": 1}.items():
        assert range_in((), name) == Range(name, least)
    stated = Range("k", 3, None, 1)
    assert range_in((Range("n", 5), stated), "k") == stated


FEW = [
    Range("k", least, most, parity)
    for least in range(4)
    for most in (None, 0, 1, 2, 3, 5)
    for parity in (None, 0, 1)
    if parity is None or least % 2 == parity and (most is None or most % 2 == parity)
    if most is None or least <= most
]


def test_one_range_is_inside_another_where_its_values_are() -> None:
    for inner, outer in product(FEW, FEW):
        bounded = inner.most is not None or outer.most is None
        wanted = bounded and set(inner.values(10)) <= set(outer.values(40))
        assert inside(inner, outer) == wanted, (inner, outer)


HERE = (Range("k", 2), Range("n", 0), Range("d", 1), Range("j", 3, 3), Range("a", 0, 3))
SIGNS = {  # certainly positive on HERE, or not known to be
    k - 1: True,
    k - 2: False,
    -k: False,
    n: False,
    n + 1: True,
    k * n + 1: True,
    k**2 - 4 * k + 5: True,
    k**2 - 4 * k + 4: False,
    k - n: False,
    d: True,
    d - 1: False,
    d * k - 1: True,
    j - 2: True,
    j - 3: False,
    j * n + k - 1: True,
    k + j - 5: False,
    k + j - 4: True,
    a + 1: False,
    a - 9: False,
    sp.Integer(2): True,
    sp.Integer(0): False,
    -sp.pi: False,
    sp.Symbol("x") + 9: False,
    (sp.sqrt(2) - 1) * n + sp.pi: True,
    (1 - sp.sqrt(2)) * n + sp.pi: False,
    2**n: False,
    sp.sqrt(n) + 1: False,
}


@pytest.mark.parametrize("expression", SIGNS, ids=str)
def test_polynomials_are_positive_where_no_coefficient_after_the_shift_is_negative(expression: sp.Expr) -> None:
    assert positive_polynomial(expression, HERE) is SIGNS[expression]
    assert positive(expression, HERE) is SIGNS[expression]


def test_a_quotient_is_positive_where_both_of_its_parts_are() -> None:
    for upper, lower in product((k - 1, k - 2, 1 - k), (n + 1, n, -1 - n)):
        wanted = upper == k - 1 and lower == n + 1
        assert positive(upper / lower, HERE) is wanted
    assert positive(1 / (k - 1) - 1 / (k - 1 + n), HERE) is False  # n over (k - 1)(k - 1 + n)
    assert positive(1 / (k - 1) - 1 / (k + n), HERE)  # n + 1 over (k - 1)(k + n)
    assert positive((1 - k) * (-n - 1), HERE) and positive(1 / ((1 - k) * (-n - 1)), HERE)


BASES = {
    k: True,
    k - 1: True,
    k - 2: False,
    -k: False,
    sp.pi: True,
    sp.E: True,
    sp.Integer(-2): False,
    sp.Integer(3): True,
    sp.pi * k: True,
    -sp.pi * k: False,
    k * n: False,
    (k - 1) / (n + 1): True,
    (k - 1) / n: False,
    k / (k - 2): False,
    sp.sqrt(k): True,
    sp.sqrt(n): False,
    sp.exp(-k): True,
    sp.exp(1 / n): False,
    sp.exp(1 / (n + 1)): True,
    k ** (1 / n): False,
    k**n: True,
    sp.sqrt(k) * (n + 1): True,
    sp.sqrt(k) * n: False,
    (k - 3) ** 2: False,
    n**2 + 1: True,
    k**2 * n: False,
}


@pytest.mark.parametrize("base", BASES, ids=str)
def test_powers_may_be_taken_apart_where_every_factor_is_positive(base: sp.Expr) -> None:
    assert positive_base(base, HERE) is BASES[base]


@pytest.mark.parametrize(
    "form",
    [k * n, k**2, k + sp.pi, sp.sqrt(2) * k, sp.pi * n + k, d + k, k + sp.Symbol("L"), 1 / (k + 1), 2**k, k * n + k],
    ids=str,
)
def test_what_is_no_linear_form_with_rational_slopes_has_no_lattice(form: sp.Expr) -> None:
    assert lattice(form, ()) is None


def test_a_fixed_variable_moves_the_start_of_the_lattice_alone() -> None:
    fixed, finite = Range("j", 3, 3), Range("n", 1, 5)
    assert lattice(4 * k + j / 2 - 1, (fixed,)) == (sp.Rational(1, 2), 4)
    assert lattice(j / 2, (fixed,)) == (sp.Rational(3, 2), 0)
    assert lattice(3 * n + j, (fixed, finite)) == (6, 3)
    assert lattice(sp.Rational(5, 3), ()) == (sp.Rational(5, 3), 0)


ZEROS = {  # without a zero for k >= 0, n >= 1 and j = 3
    k: False,
    k + 1: True,
    -k - 1: True,
    2 * k - 1: True,
    2 * k - 4: False,
    2 * k - 4 * n + 1: True,
    2 * k - 4 * n + 2: False,
    (2 * k - 1) * (n - 1): False,
    (2 * k - 1) * (k + 1) / (n - 1): True,
    k * n + 1: True,
    k * n - 1: False,
    j - 2: True,
    j - 3: False,
    3 - j: False,
    2 - j: True,
    j + 3 * k - 4: True,
    j + 3 * k - 6: False,
    sp.Integer(0): False,
    sp.Integer(2): True,
    -sp.pi: True,
    d - 1: False,
    d + k: True,
    -d - k: True,
}


@pytest.mark.parametrize("expression", ZEROS, ids=str)
def test_zeros_are_excluded_by_sign_or_by_the_lattice(expression: sp.Expr) -> None:
    ranges = (Range("k", 0), Range("n", 1), Range("j", 3, 3), Range("d", 1))
    assert nonzero(expression, ranges) is ZEROS[expression]


@settings(max_examples=30, deadline=None)
@given(slopes, slopes, slopes, ranges_of_k)
@example(Fraction(1), Fraction(2), Fraction(-3, 2), Range("k", 0))
@example(Fraction(2), Fraction(0), Fraction(-4), Range("k", 0))
@example(Fraction(0), Fraction(0), Fraction(0), Range("k", 0))
def test_gamma_has_no_pole_where_its_argument_is_positive_or_never_an_integer(
    a: Fraction, b: Fraction, c: Fraction, where: Range
) -> None:
    """Modulo 1 a slope p/q repeats after q <= 6 steps, so that 6 values of each variable are all."""
    ranges = (where, Range("n", 1))
    free = pole_free(rational(a) * k + rational(b) * n + rational(c), ranges)
    rising = a >= 0 and b >= 0 and a * where.least + b + c > 0
    whole = any((a * (where.least + where.step * x) + b * y + c).denominator == 1 for x in range(6) for y in range(6))
    assert free == (rising or not whole)


HALF = sp.Rational(1, 2)
DEFINED = {  # for all k >= 0, n >= 0 and d >= 1, nothing being stated
    1 / (k + 1): True,
    1 / k: False,
    k**2: True,
    (k - 1) ** 3: True,
    (2 * k - 1) ** -2: True,
    (k - 2) ** -2: False,
    sp.sqrt(k + 1): True,
    sp.sqrt(k): False,
    (k + 1) ** n: True,
    (k + 1) ** (1 / n): False,
    k**n: False,
    2**k: True,
    (-2) ** k: False,
    sp.pi**k: True,
    2 ** (1 / k): False,
    sp.gamma(k): False,
    sp.gamma(k + 1): True,
    sp.gamma(k - HALF): True,
    1 / sp.gamma(k): True,
    sp.gamma(k) ** -2: True,
    1 / sp.gamma(1 / k): False,
    sp.gamma(k) ** 2: False,
    sp.gamma(1 / (k + 1)): True,
    sp.gamma(k - d): False,
    sp.gamma(d / 2): True,
    sp.gamma(k / 2 - n + sp.Rational(1, 4)): True,
    sp.gamma(k / 2 - n + HALF): False,
    1 / sp.gamma(k + 1): True,
    1 / (1 + sp.gamma(k + 1)): False,
    sp.factorial(k): True,
    sp.factorial(k - 1): False,
    sp.factorial(k - HALF): True,
    sp.binomial(k, n): True,
    sp.binomial(k - 1, n): False,
    sp.binomial(n + 1, 1 / k): False,
    sp.binomial(n, 1 / (k + 1)): True,
    sp.log(k): False,
    sp.log(k + 1): True,
    sp.log(1 / k): False,
    sp.exp(k): True,
    sp.exp(1 / k): False,
    sp.sin(1 / (2 * k - 1)): True,
    sp.cos(1 / (k - 1)): False,
    k + 1 / n: False,
    k / (n + 1): True,
    n * sp.log(k): False,
    sp.Integer(3): True,
    sp.pi: True,
    sp.oo: False,
    sp.zoo: False,
    sp.nan: False,
    sp.Symbol("x"): True,
    sp.Sum(1 / n, (n, 0, k)): True,
    Mu(sp.Symbol("relu"), k - 1): True,
}


@pytest.mark.parametrize("expression", DEFINED, ids=str)
def test_what_is_defined_at_every_point_is_told_from_what_may_not_be(expression: sp.Expr) -> None:
    assert defined(expression, ()) is DEFINED[expression]


@pytest.mark.parametrize(
    ("expression", "ranges", "finite"),
    [
        (1 / k, [Range("k", 1)], True),
        (1 / (k - 1), [Range("k", 1)], False),
        (1 / (k - 1), [Range("k", 0, None, 0)], True),
        (sp.gamma((k - 1) / 2), [Range("k", 0, None, 0)], True),
        (sp.gamma((k - 1) / 2), [Range("k", 0, None, 1)], False),
        (1 / (n + 1) + 1 / k, [Range("k", 1)], True),
        (1 / n + 1 / k, [Range("k", 1)], False),
    ],
    ids=str,
)
def test_stated_ranges_come_before_those_that_are_understood(
    expression: sp.Expr, ranges: list[Range], finite: bool
) -> None:
    assert defined(expression, ranges) is finite


@pytest.mark.parametrize(
    ("argument", "free"),
    [
        (sp.Integer(1), True),
        (sp.Integer(0), False),
        (sp.Integer(-3), False),
        (-HALF, True),
        (HALF, True),
        (j - 4, False),
        (j - sp.Rational(7, 2), True),
        (j - 2, True),
        (4 - j, True),
        (sp.sqrt(k), False),
    ],
    ids=str,
)
def test_poles_of_gamma_are_at_the_integers_up_to_zero(argument: sp.Expr, free: bool) -> None:
    assert pole_free(argument, (Range("j", 3, 3), Range("k", 1))) is free
