"""The normal form of hypergeometric sums against the identities it rests on and against numbers."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.symbolic.hypergeometric import NotHypergeometric, is_zero, normalize, single_term
from theory.symbolic.objects import Range, d, k

DIGITS = 40
POINTS = ({k: sp.Rational(7, 3), d: sp.Rational(19, 7)}, {k: sp.Integer(5), d: sp.Rational(31, 10)})
# Working error of mpmath at DIGITS: each of at most 60 operations loses an ulp, the exponents up to 400 a factor 400.
ROUNDING = mpmath.mpf(10) ** -DIGITS * 60 * 400

slopes = st.sampled_from([sp.Rational(1, 2), sp.Integer(1), sp.Rational(3, 2), sp.Integer(2)])
shifts = st.integers(1, 9).map(lambda twice: sp.Rational(twice, 2))
arguments = st.builds(lambda a, b, c: a * k + b * d + c, slopes, st.sampled_from([0, sp.Rational(1, 2), 1]), shifts)
gammas = st.builds(lambda z, e: sp.gamma(z) ** e, arguments, st.sampled_from([-2, -1, 1, 2]))
rationals = st.builds(
    lambda a, b, c: (k + a) / (k + d + b) * c, st.integers(0, 5), st.integers(1, 5), st.integers(1, 7)
)
powers = st.builds(lambda b, e: b ** (e * k), st.sampled_from([2, 3, sp.pi, k + 1, k + d]), st.sampled_from([-1, 1]))
products = st.builds(lambda *parts: sp.Mul(*parts), gammas, gammas, rationals, powers)


def number(expression: sp.Expr, at: dict) -> mpmath.mpf:
    """SymPy's expression by mpmath, at a point."""
    return sp.lambdify(sorted(at, key=str), expression, "mpmath")(
        *(mpmath.mpf(at[s].p) / at[s].q for s in sorted(at, key=str))
    )


def assert_equal_numbers(left: sp.Expr, right: sp.Expr) -> None:
    with mpmath.workdps(DIGITS + 10):
        for at in POINTS:
            a, b = number(left, at), number(right, at)
            assert abs(a - b) <= ROUNDING * abs(a)


@settings(max_examples=60)
@given(products)
def test_normal_form_keeps_the_value(product: sp.Expr) -> None:
    assert_equal_numbers(product, single_term(product).expression())


@settings(max_examples=25)
@given(products, products)
def test_normal_form_of_a_sum_keeps_the_value(left: sp.Expr, right: sp.Expr) -> None:
    total = sum((term.expression() for term in normalize(left + right)), sp.Integer(0))
    assert_equal_numbers(left + right, total)


@given(arguments)
def test_recurrence(z: sp.Expr) -> None:
    assert is_zero(sp.gamma(z + 1) - z * sp.gamma(z))


@given(arguments, st.integers(2, 4))
def test_multiplication(z: sp.Expr, m: int) -> None:
    parts = sp.Mul(*(sp.gamma(z + sp.Rational(i, m)) for i in range(m)))
    assert is_zero(
        sp.gamma(m * z) * (2 * sp.pi) ** sp.Rational(m - 1, 2) - sp.Integer(m) ** (m * z - sp.S.Half) * parts
    )


@settings(max_examples=25)
@given(products, products)
def test_products_commute_with_the_normal_form(left: sp.Expr, right: sp.Expr) -> None:
    (product,) = normalize(left * right)
    assert product == single_term(left) * single_term(right)


@settings(max_examples=25)
@given(products)
def test_a_difference_of_equals_is_zero_and_a_twin_is_not(product: sp.Expr) -> None:
    again = single_term(product).expression()
    assert is_zero(product - again)
    assert not is_zero(product - 2 * again)
    assert not is_zero(product - again * k)


@pytest.mark.parametrize(
    "expression",
    [
        (-1) ** k,
        sp.sqrt(-2) * sp.gamma(k),
        sp.gamma(k**2),
        sp.gamma(sp.pi * k),
        sp.sin(k),
        abs(d - k),
        sp.sqrt(1 + sp.pi),
        sp.sqrt(sp.gamma(k) + 1),
        (1 - k) ** sp.Rational(1, 2),
        sp.gamma(sp.Symbol("x", integer=True) - 1000),
        sp.nan,
        sp.zoo,
        sp.oo,
        1.5 * k,
        (k + sp.gamma(k)) ** -1,
    ],
)
def test_what_is_not_hypergeometric_is_refused(expression: sp.Expr) -> None:
    with pytest.raises(NotHypergeometric):
        normalize(expression)


def test_zero_is_never_divided_by() -> None:
    hidden = 1 / (k * (k + 1)) - 1 / k + 1 / (k + 1)
    assert is_zero(hidden * sp.gamma(k))
    with pytest.raises(NotHypergeometric):
        normalize(sp.Pow(hidden, -1, evaluate=False))
    with pytest.raises(NotHypergeometric):
        single_term(hidden)


def test_ranges_tell_where_an_expression_is_defined() -> None:
    from theory.symbolic.positivity import defined, nonzero, pole_free, positive

    even, odd, one = Range("k", 0, None, 0), Range("k", 1, None, 1), Range("d", 1)
    assert pole_free((k - 1) / 2, [even]) and not pole_free((k - 1) / 2, [odd])
    assert pole_free((k - 1) / 2, [Range("k", 3, None, 1)])
    assert nonzero(k - 1, [even]) and not nonzero(k - 3, [odd]) and not nonzero(k - 2, [Range("k", 0)])
    assert not nonzero(d - sp.Rational(3, 2), [one])  # d may be real
    assert not nonzero(2 * k + d - 1, [even, one]) and nonzero(2 * k + d - 1, [odd, one])
    assert defined(1 / sp.gamma(1 - k), [even]) and not defined(sp.gamma(1 - k), [even])
    assert defined(sp.sqrt(k + d), [even, one]) and not defined(sp.sqrt(k - 1), [even])
    assert not defined(k**-d, [even, one]) and defined(k**-d, [odd, one])
    assert not positive((k - 4) ** 2, [even]) and positive((k + 1) / (k + d), [even, one])
