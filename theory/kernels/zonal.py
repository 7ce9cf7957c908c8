"""Zonal kernels given as an expression in t = <x, x'> or theta = acos(t), never evaluated as Python.

The grammar is the expression language of statements without indices: Python precedence, `**`
right-associative with unary minus below it; integers and exact decimals; pi; sqrt, exp, log, sin,
cos, tan, sinh, cosh, acos, asin, atan, erf.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar, TypeVar, cast

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput

from theory.kernels.algebra import Kernel, value_at_one
from theory.numbers.truth import all_known

FUNCTIONS = ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "acos", "asin", "atan", "erf")
SYMBOLS = ("t", "theta", "pi")
MAX_TEXT = 2000
MAX_NODES = 400
MAX_HEIGHT = 40
MAX_EXPONENT = 1000
MAX_BITS = 4000  # of a folded constant
MAX_NUMBER = 60  # characters

GRAMMAR = r"""
?start: sum
sum: product (PLUSMINUS product)*
product: unary (TIMESOVER unary)*
?unary: power | "-" unary -> negative
?power: atom | atom "**" unary -> power
?atom: NUMBER -> number | NAME "(" sum ")" -> call | NAME -> symbol | "(" sum ")"
PLUSMINUS: /[+-]/
TIMESOVER: /\*(?!\*)|\//
NAME: /[A-Za-z][A-Za-z0-9_]*/
NUMBER: /\d+(\.\d+)?([eE][+-]?\d+)?/
%ignore /[ \t\r\n]+/
"""


class ExpressionError(ValueError):
    """The text is not in the grammar; one line that names the column and what is allowed."""


@dataclass(frozen=True, slots=True)
class Node:
    """An operation: "+" and "*" on two or more expressions, "/" and "**" on two, or a function.

    An expression is a Fraction, one of the strings t, theta, pi, or a Node.
    """

    operation: str
    operands: tuple[Fraction | str | Node, ...]
    size: int
    height: int


Expression = Fraction | str | Node
T = TypeVar("T")


def node(operation: str, *operands: Expression) -> Node:
    """A node within the bounds on size and height that keep every evaluator short."""
    inner = [o for o in operands if isinstance(o, Node)]
    size = 1 + len(operands) + sum(o.size for o in inner)
    height = 1 + max((o.height for o in inner), default=0)
    if size > MAX_NODES or height > MAX_HEIGHT:
        raise ExpressionError(f"expression too large: at most {MAX_NODES} operations, {MAX_HEIGHT} nested")
    return Node(operation, operands, size, height)


def parse_number(text: str) -> Fraction:
    """An exact decimal: 0.1 is 1/10, 1e-3 is 1/1000.

    >>> parse_number("0.1"), parse_number("1e-3")
    (Fraction(1, 10), Fraction(1, 1000))
    """
    mantissa, _, exponent = text.lower().partition("e")
    if len(text) > MAX_NUMBER or (exponent and abs(int(exponent)) > 1000):
        raise ExpressionError(f"number {text[:20]}... is too long or its exponent exceeds 1000")
    return Fraction(mantissa) * Fraction(10) ** int(exponent or 0)


def _bounded(value: Fraction) -> Fraction:
    if max(abs(value.numerator).bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise ExpressionError(f"a constant of more than {MAX_BITS} bits")
    return value


def add(*terms: Expression) -> Expression:
    """Sum with rational constants folded."""
    constant = _bounded(sum((x for x in terms if isinstance(x, Fraction)), Fraction(0)))
    rest = [x for x in terms if not isinstance(x, Fraction)]
    parts = ([constant] if constant or not rest else []) + rest
    return parts[0] if len(parts) == 1 else node("+", *parts)


def multiply(*factors: Expression) -> Expression:
    """Product with rational constants folded."""
    constant = Fraction(1)
    for x in factors:
        constant = _bounded(constant * x) if isinstance(x, Fraction) else constant
    rest = [x for x in factors if not isinstance(x, Fraction)]
    parts = ([constant] if constant != 1 or not rest else []) + rest
    return parts[0] if len(parts) == 1 else node("*", *parts)


def divide(upper: Expression, lower: Expression) -> Expression:
    """Quotient; division by the constant 0 is refused here, by other zeros in the routes."""
    if isinstance(lower, Fraction):
        if lower == 0:
            raise ExpressionError("division by zero")
        return multiply(upper, 1 / lower)
    return node("/", upper, lower)


def raise_to(base: Expression, exponent: Expression) -> Expression:
    """Power; rational exponents are at most 1000 in size, integer powers of rationals are folded."""
    if not isinstance(exponent, Fraction):
        return node("**", base, exponent)
    if abs(exponent.numerator) > MAX_EXPONENT or exponent.denominator > MAX_EXPONENT:
        raise ExpressionError(f"exponent {str(exponent)[:20]} exceeds {MAX_EXPONENT}")
    if isinstance(base, Fraction) and exponent.denominator == 1:
        power = multiply(*[base] * abs(exponent.numerator))  # refused as soon as it is too large
        return power if exponent >= 0 else divide(Fraction(1), power)
    return node("**", base, exponent)


@v_args(inline=True)
class _Builder(Transformer):
    def sum(self, first: Expression, *rest: Token | Expression) -> Expression:
        signs, values = rest[::2], rest[1::2]
        terms = [v if s == "+" else multiply(Fraction(-1), v) for s, v in zip(signs, values, strict=True)]
        return add(first, *terms) if terms else first

    def product(self, value: Expression, *rest: Token | Expression) -> Expression:
        for sign, factor in zip(rest[::2], rest[1::2], strict=True):
            value = multiply(value, factor) if sign == "*" else divide(value, factor)
        return value

    def negative(self, value: Expression) -> Expression:
        return multiply(Fraction(-1), value)

    def power(self, base: Expression, exponent: Expression) -> Expression:
        return raise_to(base, exponent)

    def number(self, token: Token) -> Expression:
        return parse_number(token)

    def symbol(self, token: Token) -> Expression:
        if token not in SYMBOLS:
            raise ExpressionError(_unknown("name", token, SYMBOLS))
        return str(token)

    def call(self, token: Token, argument: Expression) -> Expression:
        if token not in FUNCTIONS:
            raise ExpressionError(_unknown("function", token, FUNCTIONS))
        return node(str(token), argument)


def _unknown(what: str, token: Token, allowed: tuple[str, ...]) -> str:
    close = get_close_matches(token.lower(), allowed, n=1)
    hint = f" (did you mean {close[0]}?)" if close else ""
    return f"unknown {what} {token[:40]} at column {token.column}, allowed: {', '.join(allowed)}{hint}"


# Building while parsing keeps a long text from nesting Python calls.
_PARSER = Lark(GRAMMAR, parser="lalr", transformer=_Builder())


def syntax_error(text: str, error: UnexpectedInput, what: str) -> ExpressionError:
    """One line with the column and the text around it."""
    column = error.column if isinstance(error.column, int) and error.column > 0 else len(text) + 1
    around = text[max(0, column - 12) : column + 8].replace("\n", " ")
    return ExpressionError(f"{what}: cannot read column {column}, near {around!r}")


@lru_cache(maxsize=1024)
def parse_expression(text: str) -> Expression:
    """The tree of an expression text. Raises ExpressionError with one line.

    >>> parse_expression("1/2 + 2**3")
    Fraction(17, 2)
    >>> parse_expression("10**10**10")
    Traceback (most recent call last):
    theory.kernels.zonal.ExpressionError: exponent 10000000000 exceeds 1000
    """
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"expression of {len(text)} characters, at most {MAX_TEXT} are allowed")
    try:
        return cast(Expression, _PARSER.parse(text))  # what the builder makes of the tree
    except UnexpectedInput as error:
        hint = "; write ** for a power and * for a product" if "^" in text else ""
        raise ExpressionError(f"{syntax_error(text, error, 'expression')}{hint}") from None


@dataclass(frozen=True, slots=True, repr=False)
class Zonal(Kernel):
    """The kernel kappa written as an expression in t or theta.

    Raises ExpressionError for text outside the grammar. That the expression is finite on [-1, 1]
    is certified by the route that evaluates it.

    >>> Zonal("exp(-2*sin(theta/2))")
    Zonal("exp(-2*sin(theta/2))")
    >>> Zonal("arccos(t)")
    Traceback (most recent call last):
    theory.kernels.zonal.ExpressionError: unknown function arccos at column 1, ... (did you mean acos?)
    """

    unnamed: ClassVar[tuple[str, ...]] = ("expression",)
    expression: str

    def __post_init__(self) -> None:
        if not isinstance(self.expression, str):
            raise ExpressionError(f"Zonal: an expression in quotes is needed, got {self.expression!r}")
        parse_expression(self.expression)

    @property
    def tree(self) -> Expression:
        """The parsed expression."""
        return parse_expression(self.expression)


def fold(
    tree: Expression, leaf: Callable[[Fraction | str], T], apply: Callable[[str, list[T], tuple[Expression, ...]], T]
) -> T:
    """Evaluate a tree bottom-up: leaf(Fraction or symbol), apply(operation, values, operands)."""
    if not isinstance(tree, Node):
        return leaf(tree)
    return apply(tree.operation, [fold(x, leaf, apply) for x in tree.operands], tree.operands)


def whole_number(tree: Expression) -> int | None:
    """The integer that an expression is, None if it is none.

    >>> whole_number(Fraction(-2)), whole_number(Fraction(1, 2)), whole_number("t")
    (-2, None, None)
    """
    return tree.numerator if isinstance(tree, Fraction) and tree.denominator == 1 else None


@lru_cache(maxsize=1024)
def polynomial(tree: Expression, limit: int = 64) -> tuple[Fraction, ...] | None:
    """Coefficients of a tree that is a rational polynomial in t of bounded degree, else None.

    >>> polynomial(parse_expression("(1-t)**2 + t/2"))
    (Fraction(1, 1), Fraction(-3, 2), Fraction(1, 1))
    """
    if isinstance(tree, Fraction):
        return (tree,)
    if isinstance(tree, str):
        return (Fraction(0), Fraction(1)) if tree == "t" else None
    if tree.operation == "cos" and tree.operands == ("theta",):
        return (Fraction(0), Fraction(1))
    if tree.operation == "**":
        base, exponent = polynomial(tree.operands[0], limit), whole_number(tree.operands[1])
        if base is None or exponent is None or exponent < 0 or (len(base) - 1) * exponent > limit:
            return None
        return _product([base] * exponent)
    parts = all_known(polynomial(x, limit) for x in tree.operands) if tree.operation in "+*" else None
    if parts is None:
        return None
    total = _sum(parts) if tree.operation == "+" else _product(parts)
    return total if len(total) <= limit + 1 else None


def _sum(parts: list[tuple[Fraction, ...]]) -> tuple[Fraction, ...]:
    size = max(map(len, parts))
    return tuple(sum((p[i] for p in parts if i < len(p)), Fraction(0)) for i in range(size))


def _product(parts: list[tuple[Fraction, ...]]) -> tuple[Fraction, ...]:
    total: tuple[Fraction, ...] = (Fraction(1),)
    for part in parts:
        product = [Fraction(0)] * (len(total) + len(part) - 1)
        for i, a in enumerate(total):
            for j, b in enumerate(part):
                product[i + j] += a * b
        total = tuple(product)
    return total


@value_at_one.register(Zonal)
def _polynomial_at_one(kernel: Zonal) -> Fraction | None:
    coefficients = polynomial(kernel.tree)
    return None if coefficients is None else sum(coefficients, Fraction(0))
