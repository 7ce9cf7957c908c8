"""One grammar: text to a kernel. User text is parsed into a tree here and never evaluated.

A kernel is written as its constructor call, `NTK(depth=2, layer_scales=(1/2, 1))`; sums, products
and positive rational multiples of kernels are written with + and *, compositions as
`Compose(outer, inner)`, expressions in double quotes as `Zonal("exp(t)")`.
"""

from __future__ import annotations

import inspect
import operator
import re
from collections.abc import Callable
from fractions import Fraction

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput

from theory.kernels import Kernel, check_kernel, constructor, constructors
from theory.numbers.nearest import suggestion
from theory.symbolic.expression_grammar import NUMBER, ExpressionError, check_text, parse_number, syntax_error

KERNEL_GRAMMAR = rf"""
?start: sum
?sum: product ("+" product)*
?product: factor ("*" factor)*
?factor: number | call | "(" sum ")"
call: NAME "(" [argument ("," argument)* [","]] ")"
argument: [NAME "="] value
?value: sum | truth | sequence | STRING -> string
sequence: "(" value "," [value ("," value)* [","]] ")"
number: SIGN? NUMBER ["/" NUMBER]
truth: TRUE | FALSE
SIGN: "-"
TRUE.2: "True"
FALSE.2: "False"
NAME: /[A-Za-z][A-Za-z0-9_]*/
{NUMBER}
STRING: /"[^"]*"/
%ignore /[ \t\r\n]+/
"""


DEPTH = re.compile(r"\bL\b(?!\s*=)")  # L= names an argument


def is_family(kernel: str) -> bool:
    """Whether the text of a kernel leaves the depth L open.

    >>> is_family("NTK(depth=L)"), is_family("NTK(depth=2)")
    (True, False)
    """
    return DEPTH.search(kernel) is not None


@v_args(inline=True)
class _KernelBuilder(Transformer):
    def sum(self, *parts: object) -> object:
        return _fold(parts, operator.add)

    def product(self, *parts: object) -> object:
        return _fold(parts, operator.mul)

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

    def string(self, token: Token) -> str:
        return str(token[1:-1])

    def sequence(self, *values: object) -> tuple[object, ...]:
        return tuple(v for v in values if v is not None)

    def argument(self, name: Token | None, value: object) -> tuple[str | None, object]:
        return (None if name is None else str(name)), value

    def call(self, name: Token, *arguments: tuple[str | None, object] | None) -> Kernel:
        found = constructor(str(name))
        if found is None:
            allowed = list(constructors())
            raise ExpressionError(
                f"unknown kernel {name[:40]!s} at column {name.column}, "
                f"allowed: {', '.join(allowed)}{suggestion(name, allowed)}"
            )
        given = [a for a in arguments if a is not None]
        positional = [v for n, v in given if n is None]
        named = {n: v for n, v in given if n is not None}
        if len(positional) + len(named) != len(given):
            raise ExpressionError(f"{name}: an argument is given twice")
        takes = f"it takes {_signature(found)}"
        known = list(inspect.signature(found).parameters)
        for argument in named.keys() - known:
            close = suggestion(argument, known)
            raise ExpressionError(f"{name}: unknown argument {argument[:40]}{close}; {takes}")
        try:
            bound = inspect.signature(found).bind(*positional, **named)
        except TypeError as error:
            raise ExpressionError(f"{name}: {error}; {takes}") from None
        return found(*bound.args, **bound.kwargs)


def as_kernel(kernel: Kernel | str) -> Kernel:
    """The kernel, also from its text; ValueError in one line for anything else.

    >>> as_kernel("NTK(2)"), as_kernel(parse_kernel("NTK(2)"))
    (NTK(depth=2), NTK(depth=2))
    """
    found = parse_kernel(kernel) if isinstance(kernel, str) else kernel
    check_kernel(found)
    return found


def _signature(kind: type[Kernel]) -> str:
    parameters = inspect.signature(kind).parameters.values()
    return ", ".join(p.name if p.default is p.empty else f"{p.name}={p.default}" for p in parameters)


def _fold(parts: tuple[object, ...], operate: Callable[[object, object], object]) -> object:
    total = parts[0]
    for part in parts[1:]:
        try:
            total = operate(total, part)
        except TypeError:
            raise ExpressionError(f"cannot combine {str(total)[:60]} and {str(part)[:60]}") from None
    return total


# Building while parsing keeps a long text from nesting Python calls.
_KERNEL_PARSER = Lark(KERNEL_GRAMMAR, parser="lalr", maybe_placeholders=True, transformer=_KernelBuilder())


def parse_kernel(text: str) -> Kernel:
    """A kernel from its constructor call; the inverse of repr.

    Raises ExpressionError (a ValueError) with one line that names what is allowed.

    >>> parse_kernel("NTK(depth=2, layer_scales=(1/2, 1))")
    NTK(depth=2, layer_scales=(1/2, 1))
    >>> parse_kernel('Compose(NNGP(2), 1/2 * Gaussian(1) + 1/2 * Dual("abs"))')
    Compose(NNGP(depth=2), 1/2 * Gaussian(rate=1) + 1/2 * Dual("abs"))
    >>> parse_kernel("NTKK(depth=2)")
    Traceback (most recent call last):
    theory.symbolic.expression_grammar.ExpressionError: unknown kernel NTKK at column 1, ... (did you mean NTK?)
    """
    try:
        kernel = _KERNEL_PARSER.parse(check_text(text))
        if isinstance(kernel, Kernel):
            check_kernel(kernel)
    except UnexpectedInput as error:
        hint = 'a kernel is written as its constructor call, for example "NTK(depth=2)"'
        raise ExpressionError(f"{syntax_error(text, error, 'kernel')}; {hint}") from None
    except ExpressionError:
        raise
    except ValueError as error:
        raise ExpressionError(str(error)) from None
    if not isinstance(kernel, Kernel):
        raise ExpressionError(f'{text[:60]!r} is not a kernel, for example "NTK(depth=2)"')
    return kernel
