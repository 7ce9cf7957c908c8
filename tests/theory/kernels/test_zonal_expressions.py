"""The grammar of expressions in t: every limit on both sides, every message, and polynomials."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.clock import at_once
from tests.reading import value_of
from theory.expansions.coefficient_signs import nonnegative_tree
from theory.kernels import ExpressionError, Zonal
from theory.kernels.parity import tree_bounds
from theory.kernels.zonal_expressions import FUNCTIONS, NAMES, PIECEWISE, operation, parse_expression, polynomial
from theory.spectra.spectrum import spectrum
from theory.symbolic.expressions import ARITHMETIC, Call, Inner, Name, Node, Number, Operation, fold, rebuilt, unparse


def nested(depth: int) -> str:
    return "sin(" * depth + "t" + ")" * depth


ALLOWED = [
    "+".join(["t"] * 401),
    "*".join(["t"] * 41),
    nested(40),
    "t" + " " * 1999,
    "1" * 60,
    "1" * 56 + "e100",
    "1e1000",
    "1e-1000",
    "t**1000",
    "t**-1000",
    "t**(1/1000)",
    "t**(999/1000)",
    "0**0",
    "1**1000",
    "(-1)**999",
    "0**3",
    "2**1000*2**1000*2**1000*2**999",
    "1/(2**1000*2**1000*2**1000*2**999)",
    "-(2**999*2**1000*2**1000*2**1000)",
    "2**999*2**1000*2**1000*2**1000 - 1",
    "(2**999)**4",
    "(1/2**999)**4",
    "(2**999)**-4",
    "15**1000",
]


@pytest.mark.parametrize("text", ALLOWED, ids=lambda text: text[:20])
def test_the_largest_allowed_expressions_are_read(text: str) -> None:
    parse_expression(text)


SIZE = "expression too large: at most 400 operations, 40 nested"
BITS, ZERO = "a constant of more than 4000 bits", "division by zero"
WORDS = ", allowed: t, theta, pi"
CALLS = ", allowed: " + ", ".join((*FUNCTIONS, *PIECEWISE))
REFUSED = {
    "+".join(["t"] * 402): SIZE,
    "*".join(["t"] * 42): SIZE,
    nested(41): SIZE,
    "t" + " " * 2000: "expression of 2001 characters, at most 2000 are allowed",
    "1" * 61: f"number {'1' * 20}... is too long or its exponent exceeds 1000",
    "1e1001": "number 1e1001... is too long or its exponent exceeds 1000",
    "1E-1001": "number 1E-1001... is too long or its exponent exceeds 1000",
    "t**1001": "exponent 1001 exceeds 1000",
    "t**-1001": "exponent -1001 exceeds 1000",
    "t**(1/1001)": "exponent 1/1001 exceeds 1000",
    "t**(10**40)": "exponent 10000000000000000000 exceeds 1000",
    "2**1000*2**1000*2**1000*2**1000": BITS,
    "1/2**1000/2**1000/2**1000/2**1000": BITS,
    "17**1000": BITS,
    "2**999*2**1000*2**1000*2**1000 + 2**999*2**1000*2**1000*2**1000": BITS,
    "(2**1000)**4": BITS,
    "(1/2**1000)**4": BITS,
    "0**-1": ZERO,
    "1/0": ZERO,
    "t/(2-2)": ZERO,
    "x": "unknown name x at column 1" + WORDS,
    "t + thata": f"unknown name thata at column 5{WORDS} (did you mean theta?)",
    "y" * 50: f"unknown name {'y' * 40} at column 1{WORDS}",
    "PI": f"unknown name PI at column 1{WORDS} (did you mean pi?)",
    "2 + sine(t)": f"unknown function sine at column 5{CALLS} (did you mean sin?)",
    "t(t)": f"unknown function t at column 1{CALLS}",
    "2t": "expression: cannot read column 2, near '2t'",
    "1.5e2t": "expression: cannot read column 6, near '1.5e2t'",
    "1.2.3": "expression: cannot read column 4, near '1.2.3'",
    "t 5x": "expression: cannot read column 3, near 't 5x'",
    "sin(t, t)": "sin at column 1 takes 1 arguments, got 2",
    "mu(t)": f"unknown function mu at column 1{CALLS}",
    "E*t": f"unknown name E at column 1{WORDS}",
    "t^2": "expression: cannot read column 2, near 't^2'; write ** for a power and * for a product",
    "": "expression: cannot read column 1, near ''",
    "exp(t": "expression: cannot read column 5, near 'exp(t'",
    "1+2+3+4+5+6+7+8+9 ;\n1+2+3+4+5+6": "expression: cannot read column 19, near '+5+6+7+8+9 ; 1+2+3+4'",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:20] + str(len(text)))
def test_the_next_larger_and_others_are_refused_in_one_line(text: str) -> None:
    with at_once(), pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert str(caught.value) == REFUSED[text]


def test_text_of_another_kind_is_no_expression() -> None:
    with pytest.raises(ExpressionError, match="^Zonal: an expression in quotes is needed, got 3$"):
        Zonal(3)


POLYNOMIALS = [
    "t",
    "3",
    "t - t",
    "(1-t)**2 + t/2",
    "t*(2 - t)*(1 + t**3)",
    "(t + 1)**0",
    "t**64",
    "(t**2 - 1)**32",
    "-t**2*3/7",
    "t*t**63",
    "(1 + t)**5 - (1 - t)**5",
    "2*t*3 - t/3*6",
    "(1+2)**2*t",
]
OTHERS = [
    "t**65",
    "(t**2 - 1)**33",
    "t*t**64",
    "t**64*t + 1",
    "t**(1/2)",
    "t**-1",
    "theta",
    "pi",
    "pi*t",
    "t/(1+t)",
    "exp(t)",
    "cos(t)",
    "sin(theta)",
    "t + theta",
    "2**t",
    "t**t",
    "cos(2*theta)",
    "exp(t)**2",
]


@pytest.mark.parametrize("text", POLYNOMIALS)
def test_a_polynomial_has_the_values_of_its_text(text: str) -> None:
    coefficients = polynomial(parse_expression(text))
    for t in (Fraction(-2), Fraction(1, 3), Fraction(5)):
        assert sum(c * t**n for n, c in enumerate(coefficients)) == value_of(text, {"t": t})


@pytest.mark.parametrize("text", OTHERS)
def test_no_polynomial_of_bounded_degree_is_none(text: str) -> None:
    assert polynomial(parse_expression(text)) is None


def test_the_cosine_of_the_angle_is_t() -> None:
    assert polynomial(parse_expression("cos(theta)**2 + 1")) == (1, 0, 1)
    assert polynomial(parse_expression("t**3"), 3) == (0, 0, 0, 1) and polynomial(parse_expression("t**3"), 2) is None


def test_constants_are_computed_and_ones_left_out() -> None:
    """What is computed is no operation: neither its number nor its height counts."""
    t, zero, one = Name("t"), Number(Fraction(0)), Number(Fraction(1))
    assert parse_expression("1*t") == parse_expression("0+t") == parse_expression("t/1") == t
    assert parse_expression("-(-t)") == Operation("-", zero, Operation("-", zero, t))
    assert parse_expression("1 + t + 2") == Operation("+", Number(Fraction(3)), t)
    assert parse_expression("2 - t - 1") == parse_expression("-t + 1") == Operation("-", one, t)
    assert parse_expression("t/2") == parse_expression("t*0.5") == Operation("*", Number(Fraction(1, 2)), t)
    assert parse_expression("t - 1") == Operation("+", Number(Fraction(-1)), t)
    assert parse_expression("sin(t)/cos(t)") == Operation("/", Call("sin", (t,)), Call("cos", (t,)))


@pytest.mark.parametrize("text", ALLOWED, ids=lambda text: text[:20])
def test_the_structure_of_the_largest_expressions_is_told(text: str) -> None:
    """Calls do not nest as deeply as a sum is long."""
    tree = parse_expression(text)
    assert len(tree_bounds(tree)) == 2 and nonnegative_tree(tree) in (True, False)


def test_a_sum_of_many_terms_has_its_eigenvalues() -> None:
    found = spectrum(Zonal("+".join(["exp(t)"] * 200)), 2, range(3), 12).eigenvalues
    one = spectrum(Zonal("exp(t)"), 2, range(3), 12).eigenvalues
    for many, single in zip(found, one, strict=True):
        assert (many.enclosure.ball() - 200 * single.enclosure.ball()).contains(0)


RATIONALS = st.sampled_from([Fraction(0), Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 3), Fraction(-7, 2)])
LEAVES = st.one_of(st.sampled_from(NAMES).map(Name), RATIONALS.map(Number))


def larger(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    calls = st.builds(lambda name, argument: Call(name, (argument,)), st.sampled_from(FUNCTIONS), children)
    return st.one_of(st.builds(Operation, st.sampled_from(["+", "-", "*", "/", "**"]), children, children), calls)


def computed(tree: Node) -> Node | None:
    """The tree as the reader would have made it; None for what it refuses."""
    try:
        return rebuilt(tree, lambda x: operation(x.op, x.left, x.right) if isinstance(x, Operation) else x)
    except ExpressionError:
        return None


@given(st.recursive(LEAVES, larger, max_leaves=12))
@example(Operation("**", Number(Fraction(-1, 2)), Name("t")))
@example(Operation("-", Name("t"), Operation("*", Number(Fraction(-2)), Name("theta"))))
@example(Operation("+", Name("t"), Operation("+", Number(Fraction(1)), Name("pi"))))
@settings(max_examples=200)
def test_reading_is_the_inverse_of_writing(tree: Node) -> None:
    once = computed(tree)
    if once is not None:
        assert computed(once) == once
        assert parse_expression(unparse(once)) == once


def arithmetic(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    powers = st.builds(lambda base, n: Operation("**", base, Number(Fraction(n))), children, st.integers(-3, 3))
    return st.one_of(st.builds(Operation, st.sampled_from(["+", "-", "*", "/"]), children, children), powers)


def exact(tree: Node, names: dict[str, Fraction]) -> Fraction | None:
    """The value of an expression without functions, None where it has none; the names stand for any numbers."""

    def inner(node: Inner, values: Sequence[Fraction]) -> Fraction:
        return ARITHMETIC[node.op](*values)

    try:
        return fold(tree, Fraction, names.__getitem__, inner)
    except ZeroDivisionError:
        return None


@given(st.recursive(LEAVES, arithmetic, max_leaves=12), st.tuples(*[st.fractions(-2, 2, max_denominator=5)] * 3))
@settings(max_examples=300)
def test_what_is_computed_does_not_change_the_value(tree: Node, at: tuple[Fraction, ...]) -> None:
    names, once = dict(zip(NAMES, at, strict=True)), computed(tree)
    value = exact(tree, names)
    if once is not None and value is not None:
        assert exact(once, names) == value
