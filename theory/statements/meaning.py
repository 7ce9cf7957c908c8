"""What a statement means symbolically: cases in k, n and d, each a pair of SymPy expressions.

mu(K), a(K) and b(K) are piecewise in the parity of K; a statement about all k becomes one case a
parity class and one for each exceptional small index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy as sp

from theory.kernels import Kernel, value_at_one
from theory.kernels.depth_families import DepthFamily
from theory.kernels.named import NamedKernels
from theory.language.formulas import OF_NUMBERS
from theory.language.statement import Statement
from theory.spectra.closed_coefficients import maclaurin
from theory.spectra.symbolic_forms import multiplicity, rational
from theory.statements.closed_forms import (
    Spoken,
    arc_cosine,
    expanded_coefficient,
    kappa_expression,
    piecewise,
    value_at_index,
)
from theory.statements.orientation import NoSign, oriented
from theory.statements.outcome import AlwaysUndefined, Case, NotSymbolic
from theory.statements.parities import parity_of, parity_of_exponent
from theory.symbolic.expressions import ARITHMETIC, Call, Inner, Node, fold
from theory.symbolic.objects import INTEGER_SYMBOLS, Kappa, Maclaurin, Mu, MuOn, d, k, n
from theory.symbolic.ranges import Ranges

T = sp.Symbol("t", real=True)
SYMBOLS = {**INTEGER_SYMBOLS, "t": T}


def plain(node: Node) -> sp.Expr:
    """An index expression, without kernel functions, as SymPy."""
    return _expression(node, None, {})


def meaning(statement: Statement, ranges: Ranges) -> Case:
    """Both sides as SymPy expressions on one part of the ranges, every base of a power positive there."""
    limit = INTEGER_SYMBOLS.get(statement.moving or "")
    left, right = (expression_at(node, statement.kernel, ranges) for node in (statement.left, statement.right))
    return Case(ranges, *(with_positive_bases(side, ranges, limit) for side in (left, right)))


def with_positive_bases(expression: sp.Expr, ranges: Ranges, limit: sp.Symbol | None) -> sp.Expr:
    """`theory.statements.orientation`, whose refusal is that the expression has no symbolic meaning here."""
    try:
        return oriented(expression, ranges, limit)
    except NoSign as error:
        raise NotSymbolic(str(error)) from None


def expression_at(node: Node, kernel: Spoken, ranges: Ranges) -> sp.Expr:
    """An expression as SymPy on one part of the ranges, with single values put in."""
    fixed = {name: sp.Integer(value) for name, value in ranges.singles.items()}
    return _expression(node, kernel, fixed, ranges.parities)


def _expression(
    node: Node, kernel: Spoken, fixed: Mapping[str, sp.Integer], parities: Mapping[str, int] | None = None
) -> sp.Expr:
    values = {"pi": sp.pi, "E": sp.E, **SYMBOLS, **fixed}

    def inner(part: Inner, operands: Sequence[sp.Expr]) -> sp.Expr:
        if isinstance(part, Call):
            return _call(part.name, operands, kernel, fixed, parities or {})
        a, b = operands
        if part.op == "**" and a.is_Number and a.is_negative and b.free_symbols:
            return (-1) ** parity_of_exponent(b, parities or {}) * _operate(part.op, -a, b)
        return _operate(part.op, a, b)

    return fold(node, rational, values.__getitem__, inner)


def _operate(op: str, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    value = ARITHMETIC[op](a, b)
    return _real(value, f"{a} {op} {b}") if op in ("/", "**") else value


def _real(value: sp.Expr, said: str) -> sp.Expr:
    """The value, which must be a real number: SymPy divides by 0 and takes roots of negative numbers."""
    if value.has(sp.zoo, sp.nan, sp.oo, sp.I) or value.is_number and value.is_real is False:
        raise AlwaysUndefined(f"{said} is undefined")
    return value


def _call(
    name: str, values: Sequence[sp.Expr], kernel: Spoken, fixed: Mapping[str, sp.Integer], parities: Mapping[str, int]
) -> sp.Expr:
    functions = {
        "sqrt": sp.sqrt,
        "exp": sp.exp,
        "log": sp.log,
        "sin": sp.sin,
        "cos": sp.cos,
        "acos": arc_cosine,
        "asin": lambda z: sp.pi / 2 - arc_cosine(z),
        "Gamma": sp.gamma,
        "factorial": lambda z: sp.gamma(z + 1),
    }
    if isinstance(kernel, NamedKernels) and "." in name:
        kernel, name = kernel.spoken_of(name)
    if name in OF_NUMBERS:
        raise NotSymbolic(f"{name} is compared instance by instance alone")
    if name in functions:
        value = functions[name](*values)
        pole = name in ("Gamma", "factorial") and value is sp.zoo  # below a line it is 0
        return value if pole else _real(value, f"{name}({', '.join(map(str, values))})")
    if name == "binomial":
        return _binomial(*values)
    dim = fixed.get("d", d)
    if name == "N":
        return sp.Integer(1) if values[1] == 0 else multiplicity(*values)
    if name == "lambda":
        raise NotSymbolic("lambda(I) is known by its law alone")
    if kernel is None:
        raise NotSymbolic(f"{name} of a kernel inside an index")
    if isinstance(kernel, sp.Basic):  # a name: spoken of as its proofs do, not expanded
        if len(values) > 1:
            return Mu(kernel, values[0]) if values[1] == d else MuOn(kernel, *values)
        if name == "a":
            return Mu(kernel, values[0]) * (2 * values[0] + dim - 1) / (dim - 1)
        return {"mu": Mu, "b": Maclaurin, "kappa": Kappa}[name](kernel, values[0])
    if isinstance(kernel, DepthFamily):
        raise NotSymbolic(f"{name} of {kernel!r} has no closed form for all L at once")
    assert isinstance(kernel, Kernel)
    if name == "kappa":
        at_one = value_at_one(kernel) if values[0] == 1 else None
        return kappa_expression(kernel, values[0]) if at_one is None else rational(at_one)
    if name == "b" and values[0].is_Integer and maclaurin(kernel) is None:
        return expanded_coefficient(kernel, int(values[0]))
    piece = piecewise(kernel, name)
    symbol = n if name == "b" else k
    index, chosen = values[0], values[1] if len(values) == 2 else dim
    if index.is_Integer:
        value = value_at_index(piece, kernel, name, int(index))
    else:
        value = piece.generic[parity_of(index, parities)]
    # Both at once: in mu(d, 3) the d of the index is not the dimension.
    value = value.subs({symbol: index, d: chosen}, simultaneous=True)
    return value * (2 * index + chosen - 1) / (chosen - 1) if name == "a" else value


def _binomial(upper: sp.Expr, lower: sp.Expr) -> sp.Expr:
    """Of integers 0 below 0, else by Gamma, whose poles below the line make it 0 above the upper one."""
    if lower.is_Integer and lower < 0:
        return sp.Integer(0)
    value = sp.gamma(upper + 1) / (sp.gamma(lower + 1) * sp.gamma(upper - lower + 1))
    if value.has(sp.zoo, sp.nan, sp.oo):
        raise AlwaysUndefined(f"binomial({upper}, {lower}) is undefined")
    return value
