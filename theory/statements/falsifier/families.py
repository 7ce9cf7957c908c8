"""The kernel of a statement at a point, the depth of a family put in."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from theory.kernels import Kernel, written_out
from theory.kernels.named import NamedKernels
from theory.kernels.parse import parse_kernel
from theory.language.formulas import parse_formula
from theory.language.statement import Statement
from theory.statements.falsifier.near import Unable
from theory.statements.falsifier.values import Point, Scene, value
from theory.statements.falsifier.work import Work
from theory.symbolic.expression_grammar import ExpressionError

_PART = re.compile(r"(?<![A-Za-z])(?:[0-9./+*\s-]*\bL\b)+[0-9./+*\s-]*?(?=\s*(?:[,)]|$|\*\s*[A-Za-z(]))")


def kernel_of(statement: Statement, at: Point) -> Kernel | NamedKernels | None:
    """The kernel itself, several with their names, or the member of the family at L.

    Raises Unable where there is none.
    """
    if statement.family is not None:
        return member(statement.family, int(at["L"]))
    if statement.kernel is None or isinstance(statement.kernel, Kernel | NamedKernels):
        return statement.kernel
    raise TypeError(f"no kernel: {statement.kernel!r}")


@lru_cache(maxsize=512)
def member(text: str, depth: int) -> Kernel:
    """The kernel with a number in place of L.

    >>> member("1/(L+1) * NTK(depth=L+1)", 2)
    1/3 * NTK(depth=3)
    """
    scene = Scene(None, {"L": depth}, Work())
    filled = _PART.sub(lambda found: _number(found[0], scene), text)
    filled = re.sub(r"\bL\b(?!\s*=)", str(depth), filled)
    filled = re.sub(r"/\s*\(\s*(\d+)\s*\)", r"/\1", filled)
    try:
        return written_out(parse_kernel(filled))
    except ExpressionError as error:
        raise Unable(f"no kernel at L = {depth}: {error}") from None


def _number(text: str, scene: Scene) -> str:
    lead = text[: len(text) - len(text.lstrip())]
    try:
        found = value(parse_formula(text.strip()), scene)
    except ExpressionError:
        return text
    return lead + str(found) if isinstance(found, Fraction) else text
