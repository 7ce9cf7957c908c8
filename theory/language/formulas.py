"""The expressions of statements: their vocabulary, their reading, and the size of their constants.

The grammar is that of every expression. Names: the variables k, n, d, L, i, t; pi, E; sqrt, exp, log, sin, cos,
acos, asin, Gamma, factorial, binomial, abs, max, min, floor, erf, harmonic (H_n); mu(K), mu(K, D), N(D, K), a(K), b(K), kappa(T),
lambda(I).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial, isqrt
from types import MappingProxyType
from typing import TypeVar

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, VisitError

from theory.numbers.truth import all_known
from theory.symbolic.expression_grammar import GRAMMAR, ExpressionError, TreeBuilder, Vocabulary, check_text, column_of
from theory.symbolic.expressions import (
    ARITHMETIC,
    Call,
    Inner,
    Name,
    Node,
    Number,
    Operation,
    fold,
    height,
    names,
    unparse,
    walk,
)

T = TypeVar("T")
VARIABLES = ("k", "n", "d", "L", "i", "t")
CONSTANTS = ("pi", "E")
FUNCTIONS = {
    "sqrt": (1,),
    "exp": (1,),
    "log": (1,),
    "sin": (1,),
    "cos": (1,),
    "acos": (1,),
    "asin": (1,),
    "Gamma": (1,),
    "factorial": (1,),
    "binomial": (2,),
    **dict.fromkeys(("abs", "floor", "harmonic", "erf"), (1,)),
    **dict.fromkeys(("max", "min"), (2,)),
    "mu": (1, 2),
    "N": (2,),
    "a": (1,),
    "b": (1,),
    "kappa": (1,),
    "lambda": (1,),
}
KERNEL_FUNCTIONS = ("mu", "a", "b", "kappa", "lambda")
OF_NAMED = ("mu", "b", "kappa")  # of one kernel among several: ntk.mu(k)
OF_NUMBERS = (
    "abs",
    "floor",
    "harmonic",
    "erf",
    "max",
    "min",
)  # compared instance by instance, in no formula of a proof
MAX_BITS = 100_000  # of any constant part of an expression
MAX_NODES = 2_000
MAX_HEIGHT = 400  # every method that reads a tree calls itself for its parts


@dataclass(frozen=True, slots=True)
class StatementVocabulary(Vocabulary):
    """The words of statements, functions of one kernel among several among them."""

    def call(self, token: Token, args: tuple[Node, ...]) -> Node:
        """Also ntk.mu(k); whether a kernel is called ntk, `theory.language.named_kernels` knows."""
        name, dot, function = token.partition(".")
        if not dot:
            return Vocabulary.call(self, token, args)
        if function not in OF_NAMED:
            allowed = ", ".join(f"{name}.{of_it}" for of_it in OF_NAMED)
            raise ExpressionError(f"unknown function {token[:40]} at column {token.column}, allowed: {allowed}")
        if len(args) not in self.functions[function]:
            wanted = " or ".join(map(str, self.functions[function]))
            raise ExpressionError(f"{token} at column {token.column} takes {wanted} arguments, got {len(args)}")
        return Call(str(token), args)


VOCABULARY = StatementVocabulary(VARIABLES + CONSTANTS, FUNCTIONS, functions_with_names=True)

_PARSER = Lark(f"?start: sum\n{GRAMMAR}", parser="lalr")


def parse_formula(text: str) -> Node:
    """The tree of an expression.

    >>> unparse(parse_formula("-k**2 + 0.1*mu(k+1)"))
    '-k**2 + 1/10*mu(k + 1)'
    >>> parse_formula("2k")
    Traceback (most recent call last):
    theory.symbolic.expression_grammar.ExpressionError: cannot read column 1, near '2k': a number runs into a name, write 2*k
    """
    tree = read(text, _PARSER, TreeBuilder[Node](VOCABULARY))
    check_size(tree)
    return tree


def read(text: str, parser: Lark, builder: TreeBuilder[T]) -> T:
    """What the builder makes of a text; ExpressionError says where and what cannot be read."""
    try:
        return builder.transform(parser.parse(check_text(text)))
    except UnexpectedInput as error:
        raise ExpressionError(_reading_error(text, error)) from None
    except VisitError as error:
        raise error.orig_exc from None


def _reading_error(text: str, error: UnexpectedInput) -> str:
    column = column_of(text, error)
    around = text[max(0, column - 1) : column + 11].replace("\n", " ")
    if getattr(getattr(error, "token", None), "type", "") == "$END":
        if re.search(r"(=\s*(O|o|Omega|Theta)\s*\(.*\)|~.*\w\)*)\s*$", text):
            return (
                f"column {len(text) + 1}: an order needs its limit: add as k -> oo, as d -> oo, as t -> 1 or uniformly"
            )
        return f"column {len(text) + 1}: the text ends too early"
    where = f"cannot read column {column}, near {around!r}"
    if around.startswith("^"):
        return f"{where}: powers are written **"
    if isinstance(error, UnexpectedCharacters) and around[:1].isascii() and around[:1].isdigit():
        return f"{where}: a number runs into a name, write 2*k"
    if around[:1] in "<>=!":
        return f"{where}: one comparison only, no chains"
    if around.split(maxsplit=1)[:1] in (["as"], ["uniformly"]):
        return f"{where}: a limit goes with O(...), Omega(...), Theta(...), o(...) and ~ alone"
    return f"{where}: an expression of numbers, names, + - * / ** and parentheses is allowed there"


def variables(node: Node) -> set[str]:
    """The variables that occur."""
    return names(node) & set(VARIABLES)


def uses_kernel(node: Node) -> bool:
    """Whether a kernel is needed to read the expression."""
    return any(is_of_kernel(n) for n in walk(node))


def is_of_kernel(node: Node) -> bool:
    """Whether the node is mu, a, b or kappa of something."""
    return isinstance(node, Call) and ("." in node.name or node.name in KERNEL_FUNCTIONS)


def function_of(node: Node) -> str | None:
    """The function that is called: mu where one kernel among several is meant, too; None where nothing is.

    >>> function_of(parse_formula("ntk.mu(k)")), function_of(parse_formula("k"))
    ('mu', None)
    """
    return node.name.rpartition(".")[2] if isinstance(node, Call) else None


def check_size(node: Node) -> None:
    """Refuse what is nested too deeply, and constants that would not fit, before anything computes 10**10**10."""
    if height(node) > MAX_HEIGHT:
        raise ExpressionError("the expression is nested too deeply")
    if sum(1 for _ in walk(node)) > MAX_NODES:
        raise ExpressionError(f"more than {MAX_NODES} symbols")
    _bits(node)


def _bits(node: Node) -> float:
    """Bits of a constant's size; variables count as small. Raises ExpressionError above MAX_BITS."""
    match node:
        case Number(value):
            bits: float = value.numerator.bit_length() + value.denominator.bit_length()
        case Name():
            bits = 8
        case Call(name, args):
            inner = max(_bits(argument) for argument in args)
            grows = name in ("Gamma", "factorial", "binomial", "exp") and not variables(node)
            # Gamma and exp of x have about x log x bits.
            bits = max(_magnitude(argument) for argument in args) * inner if grows else 8
        case Operation("**", left, right):
            base, exponent = _bits(left), _bits(right)
            bits = base * _magnitude(right) if not variables(node) else base + exponent
        case Operation(_, left, right):
            bits = _bits(left) + _bits(right)
    if bits > MAX_BITS:
        allowed = f"constants of at most {MAX_BITS} bits are allowed"
        raise ExpressionError(f"{unparse(node)[:40]} is too large: {allowed}")
    return bits


def _magnitude(node: Node) -> float:
    """At least 1 and at least the absolute value of a constant that passed `_bits`."""
    value = rational_value(node)
    if value is not None:
        return max(1.0, float(abs(value)))
    match node:
        case Name("pi" | "E"):
            return 4.0
        case Operation("+" | "-", left, right):
            return _magnitude(left) + _magnitude(right)
        case Operation("*", left, right):
            return _magnitude(left) * _magnitude(right)
        case Operation("/", left, right) if divisor := rational_value(right):
            return max(1.0, _magnitude(left) / float(abs(divisor)))
    return float(2.0 ** min(_bits(node), 60))


def rational_value(node: Node, at: Mapping[str, int] = MappingProxyType({})) -> Fraction | None:
    """The value with numbers in place of the names, where it and every part of it is a rational of at most 64 bits.

    >>> rational_value(parse_formula("1/(L+1) + binomial(L, 2)"), {"L": 3}), rational_value(parse_formula("sqrt(2)"))
    (Fraction(13, 4), None)
    """

    def inner(part: Inner, values: Sequence[Fraction | None]) -> Fraction | None:
        known = all_known(values)
        if known is None:
            return None
        return _small(_small_function(part.name, known) if isinstance(part, Call) else _small_result(part.op, *known))

    return fold(node, _small, lambda name: _small(Fraction(at[name])) if name in at else None, inner)


def _small(value: Fraction | None) -> Fraction | None:
    return value if value is not None and max(abs(value.numerator), value.denominator) < 2**64 else None


def _small_result(op: str, left: Fraction, right: Fraction) -> Fraction | None:
    if op == "**":
        whole = right.denominator == 1 and abs(right) <= 64 and (left != 0 or right >= 0)
        return left ** int(right) if whole else None
    return None if op == "/" and right == 0 else ARITHMETIC[op](left, right)


def _small_function(name: str, values: list[Fraction]) -> Fraction | None:
    """Gamma, factorial and binomial of small integers, roots of squares."""
    value, *rest = values
    whole = all(v.denominator == 1 and 0 <= v <= 64 for v in values)
    match name:
        case "Gamma" if whole and value >= 1:
            return Fraction(factorial(int(value) - 1))
        case "factorial" if whole:
            return Fraction(factorial(int(value)))
        case "binomial" if whole:
            return Fraction(comb(int(value), int(rest[0])))
        case "sqrt" if value >= 0:
            root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
            return root if root**2 == value else None
    return None
