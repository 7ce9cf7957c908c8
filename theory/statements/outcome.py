"""What a method of deciding gives: an outcome for a case, or its own word that it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.numbers.truth import Evidence, Truth, Unable
from theory.proofs.steps import Proof, Step
from theory.symbolic.ranges import Ranges

UNABLE = (Unable, sp.PolynomialError)  # "I cannot": every other exception of a method is a fault


class NotSymbolic(Unable):
    """The statement has no symbolic meaning that we can compute with."""


class AlwaysUndefined(NotSymbolic):
    """A side has no value at any point of the part that is looked at."""


@dataclass(frozen=True, slots=True)
class Case:
    """left and right for all values in the ranges; single values are already put in."""

    ranges: Ranges
    left: sp.Expr
    right: sp.Expr

    @property
    def free(self) -> Ranges:
        """Ranges with more than one value."""
        return self.ranges.free


@dataclass(frozen=True, slots=True)
class Outcome:
    """Truth of one case, the law in words, the proof steps, where it fails, and on what evidence.

    `source` says what a law rests on that is not proved by the steps. `whole` is a replayed
    proof that tells, too, what it knows of the kernel, in place of steps that lean on its closed form.
    """

    truth: Truth
    law: str
    steps: tuple[Step, ...] = ()
    at: dict[str, Any] | None = None
    evidence: Evidence = Evidence.PROVED
    source: str = ""
    whole: Proof | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.truth, Truth) or not isinstance(self.evidence, Evidence):
            raise TypeError(f"an outcome has a Truth and an Evidence, got {self.truth!r} and {self.evidence!r}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the ranges, what was found there, and the theorems that its replayed steps cite."""

    case: Case
    outcome: Outcome
    theorems: tuple[str, ...] = ()


def bare_part(ranges: Ranges, outcome: Outcome) -> Part:
    """What was found on the ranges by a method that tells no formula of the sides."""
    return Part(Case(ranges, sp.Integer(0), sp.Integer(0)), outcome)
