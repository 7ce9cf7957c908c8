"""Signs of the coefficients of drawn expressions against the coefficients themselves, computed as a power series."""

from __future__ import annotations

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from theory.expansions.maclaurin import maclaurin
from theory.kernels import Zonal
from theory.kernels.series_signs import SeriesSigns, series_signs
from theory.kernels.zonal_expressions import parse_expression
from theory.numbers.balls import NotCertified, working_precision
from theory.symbolic.indices import Indices
from theory.symbolic.objects import Range

TERMS = 9

leaves = st.sampled_from(
    ("t", "theta", "1/3", "2", "pi", "t**2", "1 - t", "sin(theta/2)", "t/2 + t**3/4", "cos(theta)")
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("({})*({})".format, inner, inner),
        st.builds("({})/({})".format, inner, inner),
        st.builds(
            "{}({})".format,
            st.sampled_from(("exp", "sinh", "cosh", "log", "sqrt", "asin", "acos", "tan", "sin", "atan")),
            inner,
        ),
        st.builds("({})**({})".format, inner, st.sampled_from(("2", "3", "1/2", "-1/2", "3/2", "-1", "1/3"))),
        st.builds("exp(-({}))".format, inner),
        st.builds("1/(3 - ({}))".format, inner),
        st.builds("sqrt(4 - ({}))".format, inner),
        st.builds("log(9 - ({}))".format, inner),
    )


expressions = st.recursive(leaves, _grown, max_leaves=5)


def compared(text: str, signs: SeriesSigns | None) -> int:
    """How many coefficients were compared with what is said of them; 0 where nothing is said or they have no balls."""
    if signs is None:
        return 0
    with working_precision(60):
        try:
            values = maclaurin(Zonal(text), TERMS)
        except (NotCertified, ValueError):
            return 0
        if not all(value.is_finite() for value in values):
            return 0
        assert values[0].overlaps(signs.zero), text
        for n, value in enumerate(values[1:], start=1):
            assert not signs.side * value < 0, (text, n)
            assert signs.side or value.contains(0), (text, n)
            if signs.indices.reaches(Range("n", n, n)):
                assert signs.side * value > 0, (text, n)
        total = sum((abs(value) for value in values[1:]), arb(0))
        assert not total > abs(signs.one - signs.zero) + arb("1e-20"), text  # the partial sums stay below f(1) - b_0
    return TERMS


@given(expressions)
@settings(max_examples=120 * FACTOR, deadline=None)
def test_coefficients_have_the_signs_that_are_said(text: str) -> None:
    try:
        signs = series_signs(parse_expression(text))
    except ValueError:  # a division by zero in what was drawn
        return
    compared(text, signs)


KNOWN = {
    "exp(-theta)": 1,
    "exp(-sqrt(theta))": 1,
    "exp(-theta**(1/3))": 1,
    "1/(1+theta)": 1,
    "cosh(theta-pi)": 1,
    "sinh(theta-pi)": -1,
    "exp(-sin(theta/2))": 1,
    "1-sqrt((1-t)/2)": 1,
    "3-sqrt(2-t)": 1,
    "1+log(2)-log(2-t)": 1,
    "asin(t/2)": 1,
    "acos(-t)": 1,
    "tan(t)": 1,
    "exp(t)*asin(t)": 1,
    "exp(asin(t))": 1,
    "log(2-t)": -1,
    "theta": -1,
    "sqrt(pi)": 0,
}


@pytest.mark.parametrize("text", KNOWN)
def test_what_keeps_signs_is_recognised(text: str) -> None:
    signs = series_signs(parse_expression(text))
    assert signs is not None and signs.side == KNOWN[text]
    assert compared(text, signs) == TERMS


OPEN = [
    "exp(-theta**2)",
    "exp(-theta**(3/2))",
    "theta**2",
    "(1+theta)*exp(-theta)",
    "1/(1-t)",
    "(1-t)**(-1/2)",
    "tan(2*t)",
]
OPEN += [
    "cos(t)",
    "sin(t)",
    "atan(t)",
    "erf(t)",
    "sqrt(2+t)",
    "log(1+t)",
    "log(1-t)",
    "exp(t)-t",
    "abs(t)",
    "max(t, 0)",
]
OPEN += ["asin(2*t)", "sqrt(1-2*t)", "(2-t)**(3/2)", "exp(theta)", "sinh(t-1)", "cosh(t-1)", "(t-1)*exp(t)"]


@pytest.mark.parametrize("text", OPEN)
def test_nothing_is_said_of_others(text: str) -> None:
    assert series_signs(parse_expression(text)) is None


@pytest.mark.parametrize("text", ["theta**2", "(2-t)**(3/2)", "sqrt(2+t)", "cos(t)"])
def test_a_wrong_sign_would_be_seen(text: str) -> None:
    """Each has coefficients of both signs, so that neither side may be said of it."""
    with working_precision(30):
        (zero,), one = maclaurin(Zonal(text), 1), arb(100)
    for side in (1, -1):
        with pytest.raises(AssertionError):
            compared(text, SeriesSigns(side, Indices(), zero, one))


def test_a_member_that_is_none_would_be_seen() -> None:
    signs = series_signs(parse_expression("asin(t)"))
    with pytest.raises(AssertionError):
        compared("asin(t)", SeriesSigns(1, Indices(frozenset({2})), signs.zero, signs.one))
