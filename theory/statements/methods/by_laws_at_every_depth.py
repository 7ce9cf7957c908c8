"""Orders of growth as k, n or d -> oo for all depths of a family at once, from its law in depth."""

from __future__ import annotations

from theory.language.statement import Statement
from theory.statements.equivalents.outcome import law_outcome
from theory.statements.given import is_of_every_depth
from theory.statements.law_parts import law_parts
from theory.statements.method import Method
from theory.statements.outcome import Part


def by_laws_at_every_depth(statement: Statement) -> list[Part]:
    """The outcome on every part of the ranges on which one law holds.

    >>> from theory.statements.every_depth import deeper
    >>> from theory.language.statement import parse_statement
    >>> s = parse_statement("mu(k) = Theta(k**(-d-1)) as k -> oo", "NTK(depth=L)", ["L >= 3"])
    >>> [str(part.outcome.truth) for part in by_laws_at_every_depth(deeper(s))]
    ['HOLDS', 'HOLDS']
    """
    return [Part(*law_outcome(statement, ranges)) for ranges in law_parts(statement)]


def _applies(statement: Statement) -> bool:
    return is_of_every_depth(statement) and statement.moving in ("k", "n", "d")


METHOD = Method("by laws at every depth", 31, _applies, by_laws_at_every_depth)
