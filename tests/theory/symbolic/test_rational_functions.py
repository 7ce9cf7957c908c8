"""Rational functions by FLINT against SymPy's own algebra, and against their values."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from theory.symbolic.rational_functions import NotRational, factor, factored

D, K = sp.symbols("d k", positive=True)
N, OTHER = sp.Symbol("n", integer=True), sp.Symbol("n")  # two symbols of one name
SYMBOLS = (D, K, N, OTHER)


def grown(parts: st.SearchStrategy[sp.Expr]) -> st.SearchStrategy[sp.Expr]:
    pairs = st.tuples(parts, parts)
    return st.one_of(
        pairs.map(lambda p: p[0] + p[1]),
        pairs.map(lambda p: p[0] * p[1]),
        pairs.map(lambda p: p[0] - p[1] * p[0]),
        pairs.map(lambda p: p[0] / p[1] if sp.cancel(p[1]) != 0 else p[0]),
        st.tuples(parts, st.integers(0, 3)).map(lambda p: p[0] ** p[1]),
    )


FUNCTIONS = st.recursive(
    st.sampled_from(SYMBOLS) | st.fractions(-4, 4, max_denominator=6).map(sp.Rational), grown, max_leaves=12
)


@given(FUNCTIONS)
@settings(max_examples=60 * FACTOR, deadline=None)
def test_it_is_the_factored_form_of_sympy(function: sp.Expr) -> None:
    assume(not function.has(sp.zoo, sp.nan))
    found, wanted = factor(function), sp.factor(sp.together(function))
    assert sp.cancel(found - wanted) == 0
    if function.free_symbols != {N, OTHER}:  # SymPy's order of two generators of one name is not fixed
        assert found == wanted


@given(FUNCTIONS, st.lists(st.integers(2, 50), min_size=4, max_size=4))
@settings(max_examples=60 * FACTOR, deadline=None)
def test_it_has_the_values_of_the_function_and_a_twin_has_not(function: sp.Expr, values: list[int]) -> None:
    at = dict(zip(SYMBOLS, values, strict=True))
    value = function.subs(at)
    assume(not function.has(sp.zoo, sp.nan) and value.is_Rational)
    assert factor(function).subs(at) == value
    assert factor(function + 1).subs(at) == value + 1


@given(FUNCTIONS)
@settings(max_examples=40 * FACTOR, deadline=None)
def test_factors_are_irreducible_over_the_integers_and_begin_positive(function: sp.Expr) -> None:
    assume(not function.has(sp.zoo, sp.nan))
    for polynomial, exponent in factored(function).factors:
        whole = sp.Poly(polynomial)
        assert exponent != 0 and whole.is_irreducible and whole.LC() > 0
        assert whole.domain == sp.ZZ and whole.content() == 1


def test_what_vanishes_is_zero() -> None:
    assert factor((D + K) ** 5 - sp.expand((D + K) ** 5)) == 0
    assert factor(N - OTHER) != 0
    assert factor((D + K) ** 5 - sp.expand((D + K) ** 5) + 1) == 1


@pytest.mark.parametrize("other", [sp.sqrt(2), sp.pi, D**K, sp.sqrt(D), sp.gamma(D), sp.Float(0.5), sp.I], ids=str)
def test_no_other_function_is_taken_for_one(other: sp.Expr) -> None:
    for expression in (other, other + D, 1 / (K + other)):
        with pytest.raises(NotRational):
            factored(expression)


def test_a_division_by_zero_is_refused() -> None:
    nothing = sp.Add(D, K, -D, -K, evaluate=False)
    with pytest.raises(NotRational, match="zero"):
        factored(sp.Pow(nothing, -1, evaluate=False) + 1)
    assert factored(sp.Pow(nothing, 2, evaluate=False)).constant == 0
