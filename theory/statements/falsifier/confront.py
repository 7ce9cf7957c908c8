"""One verdict against the falsifier's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mpmath import mp

from theory.language.statement import UNIFORMLY, Statement
from theory.numbers.truth import Truth
from theory.statements.falsifier.comparison import Found, confront_comparison
from theory.statements.falsifier.growth import confront_growth
from theory.statements.falsifier.uniform import confront_uniform
from theory.statements.falsifier.work import Work

DIGITS = 30


@dataclass(frozen=True, slots=True)
class Confrontation:
    """How many points were compared with a definite answer; the contradiction in words, and where."""

    points: int
    contradiction: str | None
    at: dict[str, Any] | None


def confront(statement: Statement, truth: Truth, counterexample: Mapping[str, Any] | None) -> Confrontation:
    """Look for a contradiction to a verdict; UNDECIDED has none.

    >>> from theory.language.statement import parse_statement
    >>> confront(parse_statement("binomial(3, k) > 0"), Truth.HOLDS, None).at
    {'k': 4}
    """
    if truth is Truth.UNDECIDED:
        return Confrontation(0, None, None)
    with mp.workdps(DIGITS):
        found = _examined(statement, truth, counterexample)
    return Confrontation(found.points, found.contradiction, found.at)


def _examined(statement: Statement, truth: Truth, counterexample: Mapping[str, Any] | None) -> Found:
    if not statement.is_asymptotic:
        return confront_comparison(statement, truth, counterexample, Work())
    if statement.limit == UNIFORMLY:
        return confront_uniform(statement, truth, Work())
    return confront_growth(statement, truth, counterexample, Work())
