"""One grammar: text to a kernel. User text is parsed into a tree here and never evaluated.

A kernel is written as its constructor call, `NTK(depth=2, layer_scales=(1/2, 1))`; sums, products
and positive rational multiples of kernels are written with + and *.
"""

from __future__ import annotations

import inspect
from difflib import get_close_matches
from fractions import Fraction

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from theory import kernels
from theory.kernels import Kernel

MAX_TEXT = 10_000
MAX_NESTING = 50
MAX_NUMBER = 60  # characters

CONSTRUCTORS = {cls.__name__: cls for cls in (kernels.ArcCosine, kernels.NNGP, kernels.NTK)}

KERNEL_GRAMMAR = r"""
?start: sum
?sum: product ("+" product)*
?product: factor ("*" factor)*
?factor: number | call | "(" sum ")"
call: NAME "(" [argument ("," argument)* [","]] ")"
argument: [NAME "="] value
?value: number | truth | tuple
tuple: "(" [value ("," value)* [","]] ")"
number: SIGN? NUMBER ["/" NUMBER]
truth: TRUE | FALSE
SIGN: "-"
TRUE.2: "True"
FALSE.2: "False"
NAME: /[A-Za-z][A-Za-z0-9_]*/
NUMBER: /\d+(\.\d+)?([eE][+-]?\d+)?/
%ignore /[ \t\r\n]+/
"""


class ExpressionError(ValueError):
    """The text is not in the grammar; one line that names the column and what is allowed."""


def check_text(text: str) -> str:
    """Bound what the parser is given, so that no text can exhaust time or memory."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"text of {len(text)} characters, at most {MAX_TEXT} are allowed")
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > MAX_NESTING:
        raise ExpressionError(f"{deepest} nested parentheses, at most {MAX_NESTING} are allowed")
    return text


def parse_number(text: str) -> Fraction:
    """An exact decimal: 0.1 is 1/10, 1e-3 is 1/1000.

    >>> parse_number("0.1"), parse_number("1e-3")
    (Fraction(1, 10), Fraction(1, 1000))
    """
    mantissa, _, exponent = text.lower().partition("e")
    if len(text) > MAX_NUMBER or (exponent and abs(int(exponent)) > 1000):
        raise ExpressionError(f"number {text[:20]}... is too long or its exponent exceeds 1000")
    return Fraction(mantissa) * Fraction(10) ** int(exponent or 0)


def suggestion(name: str, allowed: list[str]) -> str:
    """' (did you mean X?)' when a close name is allowed, else nothing.

    >>> suggestion("NTKK", ["NTK", "NNGP"])
    ' (did you mean NTK?)'
    """
    lowered = {a.lower(): a for a in allowed}
    close = get_close_matches(name.lower(), list(lowered), n=1)
    return f" (did you mean {lowered[close[0]]}?)" if close else ""


@v_args(inline=True)
class _KernelBuilder(Transformer):
    def sum(self, *parts: object) -> object:
        return _fold(parts, lambda a, b: a + b)

    def product(self, *parts: object) -> object:
        return _fold(parts, lambda a, b: a * b)

    def number(self, *tokens: Token) -> Fraction | int:
        present = [t for t in tokens if t is not None]
        sign = -1 if present[0] == "-" else 1
        values = [parse_number(t) for t in present if t != "-"]
        if len(values) == 2 and values[1] == 0:
            raise ExpressionError(f"division by zero in {values[0]}/0")
        value = sign * (values[0] / values[1] if len(values) == 2 else values[0])
        return int(value) if value.denominator == 1 else value

    def truth(self, token: Token) -> bool:
        return token == "True"

    def tuple(self, *values: object) -> tuple:
        return tuple(v for v in values if v is not None)

    def argument(self, name: Token | None, value: object) -> tuple[str | None, object]:
        return (None if name is None else str(name)), value

    def call(self, name: Token, *arguments: tuple[str | None, object] | None) -> Kernel:
        if name not in CONSTRUCTORS:
            allowed = sorted(CONSTRUCTORS)
            raise ExpressionError(
                f"unknown kernel {name!s} at column {name.column}, "
                f"allowed: {', '.join(allowed)}{suggestion(name, allowed)}"
            )
        given = [a for a in arguments if a is not None]
        positional = [v for n, v in given if n is None]
        named = {n: v for n, v in given if n is not None}
        constructor = CONSTRUCTORS[name]
        try:
            bound = inspect.signature(constructor).bind(*positional, **named)
        except TypeError as error:
            raise ExpressionError(f"{name}: {error}; it takes {_signature(constructor)}") from None
        return constructor(*bound.args, **bound.kwargs)


def _signature(constructor: type) -> str:
    parameters = inspect.signature(constructor).parameters.values()
    return ", ".join(p.name if p.default is p.empty else f"{p.name}={p.default}" for p in parameters)


def _fold(parts: tuple, operate: object) -> object:
    total = parts[0]
    for part in parts[1:]:
        try:
            total = operate(total, part)
        except TypeError as error:
            raise ExpressionError(f"cannot combine {total!r} and {part!r}: {error}") from None
    return total


_KERNEL_PARSER = Lark(KERNEL_GRAMMAR, parser="lalr", maybe_placeholders=True)


def syntax_error(text: str, error: UnexpectedInput, what: str) -> ExpressionError:
    """One line with the column, the text around it and what may stand there."""
    column = error.column if isinstance(error.column, int) and error.column > 0 else len(text) + 1
    around = text[max(0, column - 12) : column + 8].replace("\n", " ")
    return ExpressionError(f"{what}: cannot read column {column}, near {around!r}")


def parse_kernel(text: str) -> Kernel:
    """A kernel from its constructor call; the inverse of repr.

    Raises ExpressionError (a ValueError) with one line that names what is allowed.

    >>> parse_kernel("NTK(depth=2, layer_scales=(1/2, 1))")
    NTK(depth=2, layer_scales=(1/2, 1))
    >>> parse_kernel("NTKK(depth=2)")
    Traceback (most recent call last):
    theory.expressions.ExpressionError: unknown kernel NTKK at column 1, allowed: ArcCosine, NNGP, NTK (did you mean NTK?)
    """
    try:
        kernel = _KernelBuilder().transform(_KERNEL_PARSER.parse(check_text(text)))
    except UnexpectedInput as error:
        hint = 'a kernel is written as its constructor call, for example "NTK(depth=2)"'
        raise ExpressionError(f"{syntax_error(text, error, 'kernel')}; {hint}") from None
    except VisitError as error:
        if isinstance(error.orig_exc, ValueError):
            raise ExpressionError(str(error.orig_exc)) from None
        raise
    if not isinstance(kernel, Kernel):
        raise ExpressionError(f'{text!r} is not a kernel, for example "NTK(depth=2)"')
    return kernel
