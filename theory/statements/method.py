"""What a method of deciding is: it takes a statement and gives outcomes on parts of its ranges, or says why it cannot.

Each file below `theory.statements.methods` holds one, as `METHOD`; `theory.statements.strategy` asks them in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from theory.language.statement import Statement
from theory.numbers.truth import Truth
from theory.statements.outcome import UNABLE, Part


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a method found on parts of the ranges, or `why` it cannot; no part and no word where it does not tell."""

    method: str
    parts: tuple[Part, ...] = ()
    why: str = ""

    @property
    def settles(self) -> bool:
        """Whether the statement is decided: some part fails, or all hold."""
        truths = {part.outcome.truth for part in self.parts}
        return Truth.FAILS in truths or truths == {Truth.HOLDS}


@dataclass(frozen=True, slots=True)
class Method:
    """A way of deciding statements: methods are asked in the order of their ranks, the least one first.

    `applies` tells by a glance whether the statement is of a kind that the method is made for. `decide` gives the
    outcome on every part of the ranges, no part where the method does not tell, or raises `theory.numbers.truth.Unable`
    with the reason why it cannot. Any other exception is a fault.
    """

    name: str
    rank: int
    applies: Callable[[Statement], bool]
    decide: Callable[[Statement], Iterable[Part]]

    def attempt(self, statement: Statement) -> Attempt:
        """The parts found, or the reason why there are none.

        >>> from theory.language.statement import parse_statement
        >>> from theory.statements.methods.by_remainders import METHOD
        >>> METHOD.attempt(parse_statement("mu(k) > 0", "NTK(depth=3)")).why
        'not one unbounded variable'
        """
        try:
            return Attempt(self.name, tuple(self.decide(statement)))
        except UNABLE as error:
            return Attempt(self.name, why=str(error))
