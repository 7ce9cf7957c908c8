"""Inequalities from signs of coefficients that are read off the structure of the kernel alone: `checked`.

Asked last, after what is certified.
"""

from __future__ import annotations

from theory.kernels import Kernel
from theory.kernels.depth_families import DepthFamily
from theory.language.statement import Statement
from theory.statements.coefficient_signs import sign_outcome
from theory.statements.method import Method
from theory.statements.outcome import Part, bare_part


def by_unproved_signs(statement: Statement) -> list[Part]:
    """HOLDS on all of the ranges, or nothing.

    >>> from theory.language.statement import parse_statement
    >>> by_unproved_signs(parse_statement("mu(k) > 0", "NTK(depth=3)"))[0].outcome.law
    'positive by Schoenberg 1942'
    """
    outcome = sign_outcome(statement)
    return [] if outcome is None else [bare_part(statement.ranges, outcome)]


def _applies(statement: Statement) -> bool:
    return isinstance(statement.kernel, Kernel | DepthFamily) and not statement.is_asymptotic


METHOD = Method("by unproved signs", 70, _applies, by_unproved_signs)
