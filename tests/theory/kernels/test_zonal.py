"""The grammar of expressions in t: every limit on both sides, every message, and polynomials."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.clock import at_once
from tests.reading import value_of
from theory.kernels import ExpressionError, Zonal
from theory.kernels.zonal import FUNCTIONS, Node, fold, parse_expression, parse_number, polynomial


def nested(depth: int) -> str:
    return "sin(" * depth + "t" + ")" * depth


ALLOWED = [
    "+".join(["t"] * 399),
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
NAMES = ", allowed: t, theta, pi"
CALLS = ", allowed: " + ", ".join(FUNCTIONS)
REFUSED = {
    "+".join(["t"] * 400): SIZE,
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
    "x": "unknown name x at column 1" + NAMES,
    "t + thata": f"unknown name thata at column 5{NAMES} (did you mean theta?)",
    "y" * 50: f"unknown name {'y' * 40} at column 1{NAMES}",
    "PI": f"unknown name PI at column 1{NAMES} (did you mean pi?)",
    "2 + sine(t)": f"unknown function sine at column 5{CALLS} (did you mean sin?)",
    "t(t)": f"unknown function t at column 1{CALLS}",
    "2t": "expression: cannot read column 2, near '2t'",
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


def test_decimals_are_exact() -> None:
    for text in ("0.1", "12.50", "3", "1e3", "2.5E-3", "1e+2", "0.0"):
        assert parse_number(text) == Fraction(text)


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


def test_constants_are_folded_and_ones_left_out() -> None:
    """What is folded is no operation: neither its size nor its height counts."""
    assert parse_expression("1*t") == parse_expression("0+t") == "t" != parse_expression("-(-t)")
    assert parse_expression("sin(t)") == Node("sin", ("t",), 2, 1)
    assert parse_expression("1 + t + 2") == Node("+", (Fraction(3), "t"), 3, 1)
    assert parse_expression("sin(t)/cos(t)") == Node(
        "/", (parse_expression("sin(t)"), parse_expression("cos(t)")), 7, 2
    )


def test_a_tree_is_evaluated_from_its_leaves() -> None:
    def written(operation: str, values: list[str], operands: tuple) -> str:
        assert len(values) == len(operands)
        return f"({operation} {' '.join(values)})"

    tree = parse_expression("1 - t**2/theta + exp(-2*t)")
    assert fold(tree, str, written) == "(+ 1 (* -1 (/ (** t 2) theta)) (exp (* -2 t)))"
