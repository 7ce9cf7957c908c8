"""Exact forms and decimals as LaTeX (math mode)."""

from __future__ import annotations

from functools import cache
from typing import cast

from lark import Lark, Transformer, v_args
from lark.exceptions import UnexpectedInput

# The part of the expression grammar that exact forms are written in.
EXACT_GRAMMAR = r"""
?sum: term | sum "+" term -> plus | sum "-" term -> minus
?term: product | "-" product -> negative
?product: power | product "*" power -> times | product "/" power -> over
?power: atom | atom "**" atom -> raised
?atom: INT -> integer | "pi" -> pi | "Gamma" "(" sum ")" -> gamma | "factorial" "(" sum ")" -> factorial
     | "(" sum ")" -> group
INT: /[0-9]+/
%ignore " "
"""


class _Group(str):
    """LaTeX in parentheses that a fraction or an exponent may drop."""

    inner: str

    def __new__(cls, inner: str) -> _Group:
        made = super().__new__(cls, rf"\left({inner}\right)")
        made.inner = inner
        return made


def _bare(text: str) -> str:
    return text.inner if isinstance(text, _Group) else text


@v_args(inline=True)
class _Typesetter(Transformer):
    def integer(self, token: str) -> str:
        return str(token)

    def pi(self) -> str:
        return r"\pi"

    def group(self, inner: str) -> str:
        return _Group(inner)

    def gamma(self, inner: str) -> str:
        return rf"\Gamma{_Group(inner)}"

    def factorial(self, inner: str) -> str:
        return f"{inner if inner.isdigit() else _Group(inner)}!"

    def raised(self, base: str, exponent: str) -> str:
        return f"{base}^{{{_bare(exponent)}}}"

    def negative(self, inner: str) -> str:
        return f"-{inner}"

    def times(self, left: str, right: str) -> str:
        if right[0].isdigit():
            return rf"{left} \cdot {right}"
        return f"{left} {right}" if left[-1].isdigit() else rf"{left} \, {right}"

    def over(self, upper: str, lower: str) -> str:
        return rf"\frac{{{_bare(upper)}}}{{{_bare(lower)}}}"

    def plus(self, left: str, right: str) -> str:
        return f"{left} + {right}"

    def minus(self, left: str, right: str) -> str:
        return f"{left} - {right}"


@cache
def _parser() -> Lark:
    """Made when something is typeset first."""
    return Lark(EXACT_GRAMMAR, parser="lalr", start="sum", transformer=_Typesetter())


def typeset(text: str) -> str:
    r"""LaTeX (math mode) of an exact form in the expression grammar: + - * / **, pi, Gamma, factorial.

    Raises ValueError for anything else.

    >>> print(typeset("104/(225*pi**2)"))
    \frac{104}{225 \pi^{2}}
    """
    try:
        return cast(str, _parser().parse(text))  # the transformer leaves no tree
    except UnexpectedInput as error:
        raise ValueError(f"cannot typeset {text!r}: column {error.column} is not in the grammar") from None


def typeset_decimal(text: str) -> str:
    r"""A decimal string as printed by theory.

    >>> print(typeset_decimal("1.25e-07"))
    1.25 \times 10^{-7}
    """
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa
