"""Normal forms of expressions: they keep the value, forget how it was written, and tell parities."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import mpmath as mp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.reading import value_of
from theory.kernels import ExpressionError
from theory.kernels.constants import Constant, times_constants
from theory.kernels.normal_form import MAX_TERMS, Form, factored, mirrored, normal_form, power
from theory.kernels.quotients import parity_degrees
from theory.kernels.zonal_expressions import parse_expression

FUNCTIONS = ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "acos", "asin", "atan", "erf")
NAMES = {name: getattr(mp, name) for name in FUNCTIONS} | {"pi": mp.pi}
ANGLES = (0.02, 0.9, mp.pi / 2, 2.2, 3.1)


def form_of(text: str) -> Form | None:
    """The form; None, too, of what is no expression, such as a division by zero."""
    try:
        return normal_form(parse_expression(text))
    except ExpressionError:
        return None


def written(text: str, theta: mp.mpf) -> mp.mpf:
    """The value of the text itself, by mpmath."""
    return mp.mpmathify(value_of(text, {**NAMES, "t": mp.cos(theta), "theta": theta}, mp.mpf))


def constant(value: Constant) -> mp.mpf:
    bases = {"pi": lambda _: mp.pi, "e": lambda _: mp.e, "prime": mp.mpf, "log": mp.log}
    return mp.fprod(bases[kind](base) ** (mp.mpf(e.numerator) / e.denominator) for kind, base, e in value)


def quotient(value: Fraction) -> mp.mpf:
    return mp.mpf(value.numerator) / value.denominator


def evaluated(form: Form, theta: mp.mpf) -> mp.mpf:
    """The sum of the terms, as the module's first lines define them."""
    t, total = mp.cos(theta), mp.mpf(0)
    for term in form:
        value = constant(term.constant) * mp.polyval([quotient(c) for c in reversed(term.polynomial)], t)
        value *= theta ** quotient(term.angle) * (1 - t) ** quotient(term.near) * (1 + t) ** quotient(term.far)
        for log, argument in zip(term.logs, (1 - t, 1 + t, theta), strict=True):
            value *= mp.log(argument) ** log
        total += value * mp.exp(evaluated(term.exponent, theta))
    return total


WORDS = ["t", "theta", "pi", "2", "1/3", "(1-t)", "(1+t)", "sqrt(1-t**2)", "sin(theta/2)", "cos(theta/2)", "acos(-t)"]
CALLS = ["sqrt(1-{})", "exp({})", "log({})", "sin({})", "cos({})", "cosh({})", "acos({})", "atan({})", "tan({}/2)"]
EXPRESSIONS = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda p: f"({p[0]}{p[1]}{p[2]})"),
        st.tuples(st.sampled_from(CALLS), inner).map(lambda p: p[0].format(p[1])),
        st.tuples(inner, st.sampled_from(["2", "3", "(-1)", "(1/2)", "(2/3)"])).map(lambda p: f"({p[0]})**{p[1]}"),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS)
@example("(1-t)**(-1)*log(2-2*t)*exp(-sqrt(2-2*t))")
@example("sqrt(1-cos(theta))*sqrt(12)")
@example("((t-1)**2)**(1/2)")
@example("log(theta)*theta**(3/2)")
@example("tan(theta/2)*cos(7*theta/2)")
@example("asin(sin(theta/2))+acos(cos(theta/2))")
def test_a_form_has_the_value_of_what_was_written(text: str) -> None:
    form = form_of(text)
    if form is None:
        return
    with mp.workdps(40):
        for angle in ANGLES:
            theta = mp.mpf(angle)
            try:
                right = written(text, theta)
            except (ZeroDivisionError, ValueError, OverflowError):
                continue
            if mp.im(right) == 0 and abs(right) < 1e30:
                assert abs(evaluated(form, theta) - right) <= mp.mpf("1e-25") * max(1, abs(right))


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
@example("theta**2*exp(sin(theta/2))*log(1-t)")
def test_mirrored_is_the_value_at_minus_t(text: str) -> None:
    form = form_of(text)
    other = None if form is None else mirrored(form)
    if form is None or other is None:
        return
    with mp.workdps(40):
        for theta in map(mp.mpf, ANGLES):
            value = evaluated(form, mp.pi - theta)
            assert abs(evaluated(other, theta) - value) <= mp.mpf("1e-25") * max(1, abs(value))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1 - theta/pi", "(pi-acos(t))/pi"),
        ("sin(theta)", "sqrt(1-t**2)"),
        ("sin(theta)", "2*sin(theta/2)*cos(theta/2)"),
        ("cos(5*theta)", "16*t**5-20*t**3+5*t"),
        ("asin(t)", "pi/2-theta"),
        ("acos(-t)", "pi-theta"),
        ("theta/2", "atan(sqrt((1-t)/(1+t)))"),
        ("theta/2", "atan(tan(theta/2))"),
        ("exp(-2*sin(theta/2))", "exp(-sqrt(2-2*t))"),
        ("exp(t-1)", "exp(t)/exp(1)"),
        ("log(1-t**2)", "log(1-t)+log(1+t)"),
        ("(sin(theta)+(pi-theta)*cos(theta))/pi", "(t*(pi - acos(t)) + sqrt(1 - t**2))/pi"),
        ("cosh(t)**2 - sinh(t)**2", "1"),
        ("asin(t)+acos(t)", "pi/2"),
        ("sqrt((1-t)*(1+t))", "sin(theta)"),
        ("sin(theta)**2*t", "t-t**3"),
    ],
)
def test_what_is_written_differently_has_one_form(left: str, right: str) -> None:
    assert form_of(left) == form_of(right) is not None


@pytest.mark.parametrize(
    "text",
    [
        "sqrt(t**2)",  # |t|
        "acos(2*t**2-1)",  # 2 theta or 2 pi - 2 theta
        "asin(sin(theta))",
        "atan(tan(theta))",
        "acos(sin(theta))",
        "tan(theta)",
        "1/t",
        "(t-1)**(1/3)",
        "sqrt(-t-2)",
        "cos(theta/3)",
        "log(-1-t)",
        "erf(t)",
        "1/(1-t+theta)",
        "log(t)",
    ],
)
def test_what_it_does_not_hold_on_all_of_0_pi_has_none(text: str) -> None:
    assert form_of(text) is None


def test_near_twins_differ() -> None:
    assert form_of("1 - theta/pi") != form_of("1 - theta/3") and form_of("sin(theta)") != form_of("sin(2*theta)/2")


@pytest.mark.parametrize(
    ("text", "even", "odd"),
    [
        ("1 - theta/pi", 0, inf),
        ("(theta-pi/2)**2", inf, -1),
        ("cos(40*theta)+theta", 40, inf),
        ("1/(1+exp(-200*t))", 0, inf),
        ("exp(t)/(exp(t)+exp(-t))", 0, inf),
        ("1/(1+t**2)", inf, -1),
        ("t/(2-t**2)", -1, inf),
        ("sin(theta)", inf, -1),
        ("t*sqrt(1-t**2)", -1, inf),
        ("exp(t)", inf, inf),
        ("pi*t**3+t/pi", -1, 3),
        ("asin(t)+theta", 0, -1),
    ],
)
def test_degrees_of_the_parts(text: str, even: float, odd: float) -> None:
    assert parity_degrees(parse_expression(text)) == (even, odd)


@pytest.mark.parametrize("text", ["theta**(1/2)", "log(theta)", "1/(1+exp(cos(t)))", "erf(t)"])
def test_where_the_mirror_image_has_no_form_nothing_is_said(text: str) -> None:
    assert parity_degrees(parse_expression(text)) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.lists(st.integers(-3, 3), min_size=1, max_size=4))
def test_zeros_at_the_ends_are_divided_out(m: int, n: int, rest: list[int]) -> None:
    if not rest[-1] or 0 in (sum(rest), sum(c * (-1) ** i for i, c in enumerate(rest))):
        return
    text = "+".join(f"({c})*t**{i}" for i, c in enumerate(rest))
    found = factored(parse_expression(f"({text})*(1-t)**{m}*(1+t)**{n}"))
    assert found is not None and (found.near, found.far) == (m, n) and found.polynomial == tuple(rest)


def test_constants_multiply_as_powers() -> None:
    root = (("prime", 2, Fraction(2, 3)), ("pi", 0, Fraction(1)))
    assert times_constants(root, root) == ((("pi", 0, Fraction(2)), ("prime", 2, Fraction(1, 3))), Fraction(2))
    assert times_constants((("pi", 0, Fraction(1)),), (("pi", 0, Fraction(-1)),)) == ((), Fraction(1))


@pytest.mark.parametrize(
    "text", ["(t+theta+pi)**60*(1+theta)**60", "cos(401*theta)", "t**401", "(1+10**900*t)**300", "sqrt(2**70+1)"]
)
def test_what_would_be_too_long_has_no_form(text: str) -> None:
    assert form_of(text) is None


def test_a_power_of_nothing() -> None:
    assert power((), Fraction(2)) == () and form_of("(t-t)**(-1)") is None and MAX_TERMS > 0
