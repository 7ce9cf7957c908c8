"""Expressions in t = <x, x'> or theta = acos(t): their vocabulary, and the tree with its rational constants computed.

The grammar is that of statements; the names are t, theta and pi.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache, lru_cache, reduce
from typing import cast

from lark import Lark
from lark.exceptions import UnexpectedInput

from theory.numbers.truth import all_known
from theory.symbolic.expression_grammar import GRAMMAR, ExpressionError, TreeBuilder, Vocabulary, syntax_error
from theory.symbolic.expressions import ARITHMETIC, Call, Inner, Name, Node, Number, Operation, fold, terms, walk

NAMES = ("t", "theta", "pi")
FUNCTIONS = ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "acos", "asin", "atan", "erf")
PIECEWISE = {"abs": (1,), "sign": (1,), "max": (2,), "min": (2,)}  # analytic between the zeros of what they compare
MAX_TEXT = 2000
MAX_OPERATIONS = 400
MAX_NESTED = 40
MAX_EXPONENT = 1000
MAX_BITS = 4000  # of a computed constant
Coefficients = tuple[Fraction, ...]  # of a polynomial in t, constant first
ONE: Coefficients = (Fraction(1),)


def operation(op: str, left: Node, right: Node) -> Node:
    """left op right, operations on numbers computed, and a number put in front of what it is added to or multiplies.

    >>> operation("-", operation("*", Name("t"), Number(Fraction(2))), Number(Fraction(1)))
    Operation(op='+', left=Number(value=Fraction(-1, 1)), right=Operation(op='*', left=..., right=Name(name='t')))
    """
    match op, left, right:
        case "**", _, Number(exponent):
            return _power(left, exponent)
        case "/", _, Number(divisor):
            if divisor == 0:  # other zeros are refused by the routes
                raise ExpressionError("division by zero")
            return operation("*", Number(1 / divisor), left)
        case "+" | "-" | "*", Number(first), Number(second):
            return Number(_bounded(ARITHMETIC[op](first, second)))
        case "-", _, Number(value):
            return operation("+", Number(-value), left)
        case "+" | "*", _, Number():
            return operation(op, right, left)
        case "+", Number(first), Operation("+" | "-" as sign, Number(second), rest):
            return operation(sign, Number(_bounded(first + second)), rest)
        case "+", Number(value), _ if value == 0:
            return right
        case "*", Number(value), _ if value == 1:
            return right
    return Operation(op, left, right)


def _power(base: Node, exponent: Fraction) -> Node:
    if abs(exponent.numerator) > MAX_EXPONENT or exponent.denominator > MAX_EXPONENT:
        raise ExpressionError(f"exponent {str(exponent)[:20]} exceeds {MAX_EXPONENT}")
    if not isinstance(base, Number) or exponent.denominator > 1:
        return Operation("**", base, Number(exponent))
    value = Fraction(1)
    for _ in range(abs(exponent.numerator)):
        value = _bounded(value * base.value)  # refused as soon as it is too large
    return Number(value) if exponent >= 0 else operation("/", Number(Fraction(1)), Number(value))


def _bounded(value: Fraction) -> Fraction:
    if max(abs(value.numerator).bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise ExpressionError(f"a constant of more than {MAX_BITS} bits")
    return value


VOCABULARY = Vocabulary(NAMES, dict.fromkeys(FUNCTIONS, (1,)) | PIECEWISE, operation)


@cache
def _parser() -> Lark:
    """Made when an expression is read first: most commands read none."""
    return Lark(f"?start: sum\n{GRAMMAR}", parser="lalr", transformer=TreeBuilder[Node](VOCABULARY))


@lru_cache(maxsize=1024)
def parse_expression(text: str) -> Node:
    """The tree of an expression text. Raises ExpressionError with one line.

    >>> parse_expression("1/2 + 2**3")
    Number(value=Fraction(17, 2))
    >>> parse_expression("10**10**10")
    Traceback (most recent call last):
    theory.symbolic.expression_grammar.ExpressionError: exponent 10000000000 exceeds 1000
    """
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"expression of {len(text)} characters, at most {MAX_TEXT} are allowed")
    try:
        tree = cast(Node, _parser().parse(text))  # what the builder makes of the tree
    except UnexpectedInput as error:
        hint = "; write ** for a power and * for a product" if "^" in text else ""
        raise ExpressionError(f"{syntax_error(text, error, 'expression')}{hint}") from None
    operations = sum(isinstance(node, Inner) for node in walk(tree))
    if operations > MAX_OPERATIONS or _nested(tree) > MAX_NESTED:
        raise ExpressionError(f"expression too large: at most {MAX_OPERATIONS} operations, {MAX_NESTED} nested")
    return tree


def _nested(tree: Node) -> int:
    """Operations within each other, the terms of a sum beside each other."""

    def inner(node: Inner, heights: Sequence[int]) -> int:
        match node:
            case Operation("+" | "-", Operation("+" | "-"), _):
                return max(heights[0], 1 + heights[1])
        return 1 + max(heights)

    return fold(tree, lambda _: 0, lambda _: 0, inner)


def whole_number(tree: Node) -> int | None:
    """The integer that an expression is, None if it is none.

    >>> whole_number(Number(Fraction(-2))), whole_number(Number(Fraction(1, 2))), whole_number(Name("t"))
    (-2, None, None)
    """
    return tree.value.numerator if isinstance(tree, Number) and tree.value.denominator == 1 else None


@lru_cache(maxsize=1024)
def polynomial(tree: Node, limit: int = 64) -> Coefficients | None:
    """Coefficients of a tree that is a rational polynomial in t of bounded degree, else None.

    >>> polynomial(parse_expression("(1-t)**2 + t/2"))
    (Fraction(1, 1), Fraction(-3, 2), Fraction(1, 1))
    """
    found: Coefficients | None = None
    match tree:
        case Number(value):
            return (value,)
        case Name("t") | Call("cos", (Name("theta"),)):
            return (Fraction(0), Fraction(1))
        case Operation("**", inner, written):
            base, exponent = polynomial(inner, limit), whole_number(written)
            if base is None or exponent is None or exponent < 0 or (len(base) - 1) * exponent > limit:
                return None
            return reduce(_product, [base] * exponent, ONE)
        case Operation("+" | "-"):
            parts = all_known(_signed(sign, polynomial(term, limit)) for sign, term in terms(tree))
            found = None if parts is None else _sum(parts)
        case Operation("*", left, right):
            factors = all_known((polynomial(left, limit), polynomial(right, limit)))
            found = None if factors is None else _product(*factors)
    return found if found is None or len(found) <= limit + 1 else None


def _signed(sign: int, coefficients: Coefficients | None) -> Coefficients | None:
    return None if coefficients is None else tuple(sign * c for c in coefficients)


def _sum(parts: Sequence[Coefficients]) -> Coefficients:
    size = max(map(len, parts))
    return tuple(sum((p[i] for p in parts if i < len(p)), Fraction(0)) for i in range(size))


def _product(left: Coefficients, right: Coefficients) -> Coefficients:
    product = [Fraction(0)] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            product[i + j] += a * b
    return tuple(product)
