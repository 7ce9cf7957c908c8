"""Kernels with a depth L that a statement leaves open, such as NTK(depth=L) or 1/(L+1) * NTK(depth=L+1)."""

from __future__ import annotations

import re
from fractions import Fraction

from theory.expressions import ExpressionError, parse_kernel
from theory.formal import Range
from theory.formula import parse_formula
from theory.instances import Undefined, evaluate
from theory.kernels import Kernel

_ARGUMENT = re.compile(r"(?<=[=(,/])[^=(),/]*\bL\b[^=(),/]*(?=[),])")
_ALONE = re.compile(r"\bL\b")


def is_family(kernel: str) -> bool:
    """Whether the text of a kernel speaks of L."""
    return _ALONE.search(kernel) is not None


def kernel_at(kernel: str, depth: int) -> Kernel:
    """The kernel with a number in place of L; arguments such as L+1 are computed.

    >>> kernel_at("1/(L+1) * NTK(depth=L+1)", 2)
    1/3 * NTK(depth=3)
    """
    text = _ARGUMENT.sub(lambda found: _number(found[0], depth), kernel)
    return parse_kernel(re.sub(r"/\s*\((\d+)\)", r"/\1", _ALONE.sub(str(depth), text)))


def _number(text: str, depth: int) -> str:
    try:
        value = evaluate(parse_formula(text), {"L": depth}, None)
    except (KeyError, Undefined):
        value = None
    if not isinstance(value, Fraction):
        raise ExpressionError(f"kernel: {text.strip()!r} must be a rational number at L = {depth}")
    return str(value)


def check_family(kernel: str, where: Range) -> None:
    """Refuse a family that is no kernel at its first depths; the error is that of the kernel there."""
    for depth in where.values(2):
        kernel_at(kernel, depth)
