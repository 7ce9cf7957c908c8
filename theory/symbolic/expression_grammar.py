"""One grammar of arithmetic: text to the tree of `theory.symbolic.expressions`, in the words of a vocabulary.

Python precedence: `**` is right-associative and binds more tightly than the minus before it. Numbers are exact
decimals: 0.1 is 1/10, and 2., .5 and 1e-3 are numbers, too. Nothing is evaluated as Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import TypeVar

from lark import Token, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput
from lark.visitors import Transformer_NonRecursive

from theory.numbers.nearest import suggestion
from theory.symbolic.expressions import Call, Name, Node, Number, Operation

T = TypeVar("T")
MAX_TEXT = 10_000
MAX_NESTING = 50
MAX_NUMBER = 60  # characters
SHOWN = 40  # characters of an unknown word

_DIGITS = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
NUMBER = rf"NUMBER: /{_DIGITS}(?![A-Za-z0-9_.])/"
GRAMMAR = rf"""
?sum: product | sum "+" product -> add | sum "-" product -> subtract
?product: unary | product "*" unary -> multiply | product "/" unary -> divide
?unary: power | "-" unary -> negate
?power: atom | atom "**" unary -> power
?atom: NUMBER -> number | NAME -> name | (NAME | DOTTED) "(" sum ("," sum)* ")" -> call | "(" sum ")"
DOTTED.2: /[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z]+(?=\s*\()/
NAME: /[A-Za-z_][A-Za-z0-9_]*/
{NUMBER}
%ignore /[ \t\r\n]+/
"""


class ExpressionError(ValueError):
    """The text is not in the grammar; one line that names the column and what is allowed."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of an expression: names, and functions with the numbers of arguments that each takes.

    `operation` makes the node of left op right. `functions_with_names` says whether the refusal of an unknown
    name lists the functions, too.
    """

    names: tuple[str, ...]
    functions: Mapping[str, tuple[int, ...]]
    operation: Callable[[str, Node, Node], Node] = Operation
    functions_with_names: bool = False

    def name(self, token: Token) -> Node:
        """The name; ExpressionError where it is none of the vocabulary."""
        if token in self.names:
            return Name(str(token))
        also = f" and the functions {', '.join(self.functions)}" if self.functions_with_names else ""
        close = suggestion(token, [*self.names, *(self.functions if also else ())])
        raise ExpressionError(f"{_unknown('name', token)}, allowed: {', '.join(self.names)}{also}{close}")

    def call(self, token: Token, args: tuple[Node, ...]) -> Node:
        """The function of its arguments; ExpressionError where it is unknown or takes another number of them."""
        if token not in self.functions:
            close = suggestion(token, self.functions)
            raise ExpressionError(f"{_unknown('function', token)}, allowed: {', '.join(self.functions)}{close}")
        if len(args) not in self.functions[token]:
            wanted = " or ".join(map(str, self.functions[token]))
            raise ExpressionError(f"{token} at column {token.column} takes {wanted} arguments, got {len(args)}")
        return Call(str(token), args)


@v_args(inline=True)
class TreeBuilder(Transformer_NonRecursive[Token, T]):
    """The tree from what a parser reads, or has read, in calls that do not nest; the start rule gives a T."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def number(self, token: Token) -> Node:
        return Number(parse_number(token))

    def name(self, token: Token) -> Node:
        return self.vocabulary.name(token)

    def call(self, token: Token, *args: Node) -> Node:
        return self.vocabulary.call(token, args)

    def add(self, left: Node, right: Node) -> Node:
        return self.vocabulary.operation("+", left, right)

    def subtract(self, left: Node, right: Node) -> Node:
        return self.vocabulary.operation("-", left, right)

    def multiply(self, left: Node, right: Node) -> Node:
        return self.vocabulary.operation("*", left, right)

    def divide(self, left: Node, right: Node) -> Node:
        return self.vocabulary.operation("/", left, right)

    def power(self, left: Node, right: Node) -> Node:
        return self.vocabulary.operation("**", left, right)

    def negate(self, operand: Node) -> Node:
        return self.vocabulary.operation("-", Number(Fraction(0)), operand)


def parse_number(text: str) -> Fraction:
    """An exact decimal: 0.1 is 1/10, 1e-3 is 1/1000.

    >>> parse_number("0.1"), parse_number("1e-3"), parse_number("2.")
    (Fraction(1, 10), Fraction(1, 1000), Fraction(2, 1))
    """
    mantissa, _, exponent = text.lower().partition("e")
    if len(text) > MAX_NUMBER or (exponent and abs(int(exponent)) > 1000):
        raise ExpressionError(f"number {text[:20]}... is too long or its exponent exceeds 1000")
    return Fraction(mantissa) * Fraction(10) ** int(exponent or 0)


def check_text(text: str) -> str:
    """Bound what the parser is given, so that no text can exhaust time or memory."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"text of {len(text)} characters, at most {MAX_TEXT} are allowed")
    deepest = nesting(text, "(", ")")
    if deepest > MAX_NESTING:
        raise ExpressionError(f"{deepest} nested parentheses, at most {MAX_NESTING} are allowed")
    return text


def nesting(text: str, opens: str, closes: str) -> int:
    """How many of the brackets are open at most.

    >>> nesting("(a(b)(c))", "(", ")")
    2
    """
    return max(accumulate(((c == opens) - (c == closes) for c in text), initial=0))


def _unknown(what: str, token: Token) -> str:
    return f"unknown {what} {token[:SHOWN]} at column {token.column}"


def column_of(text: str, error: UnexpectedInput) -> int:
    """Where the parser stopped, counted from 1; one more than there are characters where the text ends too early."""
    return error.column if isinstance(error.column, int) and error.column > 0 else len(text) + 1


def syntax_error(text: str, error: UnexpectedInput, what: str) -> ExpressionError:
    """One line with the column and the text around it; where a number runs into a word, that of the word."""
    column = column_of(text, error)
    if isinstance(error, UnexpectedCharacters) and "NUMBER" in (error.allowed or ()):
        number = re.compile(_DIGITS).match(text, column - 1)
        column = column if number is None else number.end() + 1
    around = text[max(0, column - 12) : column + 8].replace("\n", " ")
    return ExpressionError(f"{what}: cannot read column {column}, near {around!r}")
