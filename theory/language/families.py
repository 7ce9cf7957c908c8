"""Kernels with a depth L that is left open, such as NTK(depth=L) or 1/(L+1) * NTK(depth=L+1)."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import TypeGuard

import sympy as sp

from theory.kernels import NNGP, NTK, Kernel, Multiple, written_out
from theory.kernels.depth_families import DepthFamily
from theory.kernels.parse import DEPTH, as_kernel, is_family, parse_kernel
from theory.language.formulas import parse_formula, rational_value
from theory.symbolic.expression_grammar import ExpressionError, check_text
from theory.symbolic.expressions import ARITHMETIC, Name, Node, Number, Operation, unparse
from theory.symbolic.objects import L, Range
from theory.symbolic.positivity import positive

_ARGUMENT = re.compile(r"(?<=[=(,/])[^=(),/]*\bL\b[^=(),/]*(?=[),])")
_DEEP = re.compile(
    r"(?:(?P<factor>.+)\*)?\s*(?P<name>NTK|NNGP)\s*\(\s*(?:depth\s*=\s*)?"
    r"L\s*(?P<shift>[+-]\s*[0-9]{1,2})?\s*(?P<rest>,[^L]*)?\)\s*"
)
SAMPLE = 7
FIRST, MOST = 4, 1000  # depths at which a family is tried
IN_DEPTH = "NTK(depth=L), NTK(depth=L, bias=True) and NNGP(depth=L), with a weight_variance, a factor, L+1 for L"


def kernel_at(kernel: str, depth: int) -> Kernel:
    """The kernel with a number in place of L, its definitions written out; arguments such as L+1 are computed.

    >>> kernel_at("1/(L+1) * NTK(depth=L+1)", 2)
    1/3 * NTK(depth=3)
    """
    text = _ARGUMENT.sub(lambda found: _number(found[0], depth), kernel)
    return written_out(parse_kernel(re.sub(r"/\s*\((\d+)\)", r"/\1", DEPTH.sub(str(depth), text))))


def _number(text: str, depth: int) -> str:
    value = rational_value(parse_formula(text), {"L": depth})
    if value is None:
        raise ExpressionError(f"kernel: {text.strip()!r} must be a rational number at L = {depth}")
    return str(value)


def as_kernel_or_family(kernel: Kernel | DepthFamily | str) -> Kernel | DepthFamily:
    """A kernel, or one of every depth L, also from its text.

    >>> as_kernel_or_family("NTK(depth=L)"), as_kernel_or_family("NTK(depth=2)")
    (NTK(depth=L), NTK(depth=2))
    """
    if isinstance(kernel, DepthFamily):
        return kernel
    return deep_family(kernel) if isinstance(kernel, str) and is_family(kernel) else as_kernel(kernel)


def check_family(kernel: str, where: Range) -> None:
    """Refuse a family that is no kernel at a depth of a bounded range, or at its first ones, by the error there."""
    for depth in where.values(FIRST if where.most is None else MOST):
        try:
            kernel_at(kernel, depth)
        except ExpressionError as error:
            raise ExpressionError(f"kernel at L = {depth}: {error}") from None


def deep_family(kernel: str, least: int = 1) -> DepthFamily:
    """The family as an object with laws, for every L >= least where its depth is positive.

    Raises ExpressionError where no law in depth is known.

    >>> deep_family("1/(L+1)*NTK( depth = L+1 )"), deep_family("NNGP(depth=L)").depth_range
    (1/(L + 1) * NTK(depth=L+1), L >= 1)
    >>> deep_family("NTK(depth=L, bias_variance=1)")
    Traceback (most recent call last):
    theory.symbolic.expression_grammar.ExpressionError: no law in depth is known for ..., allowed: NTK(depth=L), ...
    """
    found = _DEEP.fullmatch(check_text(kernel))
    plain = parse_kernel(f"{found['name']}(depth={SAMPLE}{found['rest'] or ''})") if found else None
    if found is None or not _is_plain(plain):
        shown = kernel.strip()[:60]
        raise ExpressionError(f"no law in depth is known for {shown!r}, allowed: {IN_DEPTH}")
    shift = int((found["shift"] or "0").replace(" ", ""))
    node = parse_formula(found["factor"]) if found["factor"] else Number(Fraction(1))
    variance = sp.Rational(plain.weight_variance)
    first = max(least, 1, 1 - shift)
    rational = _in_depth(node)
    if not positive(rational, [Range("L", first)]):
        raise ExpressionError(f"{unparse(node)} is not certainly positive for all L >= {first}")
    inner = repr(plain).replace(f"depth={SAMPLE}", f"depth=L{shift:+d}" if shift else "depth=L")
    text = f"{unparse(node, 2)} * {inner}" if found["factor"] else inner
    bias = isinstance(plain, NTK) and plain.bias
    family = DepthFamily(type(plain), bias, shift, rational * variance ** (L + shift), first, text)
    _check_reading(kernel, family, rational, variance)
    return family


def _is_plain(kernel: Kernel | None) -> TypeGuard[NTK | NNGP]:
    """No bias variance, and for NTK no layer scales, no bias together with a weight variance."""
    match kernel:
        case (
            NTK(layer_scales=None, bias=False, bias_variance=0)
            | NTK(layer_scales=None, weight_variance=1, bias_variance=0)
            | NNGP(bias_variance=0)
        ):
            return True
    return False


def _in_depth(node: Node) -> sp.Expr:
    """A rational function of L."""
    match node:
        case Number(value):
            return sp.Rational(value.numerator, value.denominator)
        case Name("L"):
            return L
        case Operation("+" | "-" | "*" | "/" as op, left, right):
            a, b = _in_depth(left), _in_depth(right)
            found = ARITHMETIC[op](a, b)
            if found.is_finite is not False:
                return found
    shown = unparse(node)[:40]
    raise ExpressionError(f"a factor in L is made of numbers, L and + - * /, got {shown}")


def _check_reading(kernel: str, family: DepthFamily, factor: sp.Expr, variance: sp.Expr) -> None:
    """The family agrees with the kernel that the text gives at two depths."""
    for value in (family.least, family.least + 1):
        alone, times = family.at(value), Fraction(str(factor.subs(L, value)))
        own = alone if variance == 1 else replace(alone, weight_variance=Fraction(str(variance)))
        expected = own if times == 1 else Multiple(times, own)
        if kernel_at(kernel, value) not in (expected, Multiple(times, own)):
            shown = kernel.strip()[:60]
            raise ExpressionError(f"{shown!r} cannot be read as one kernel times a factor in L")
