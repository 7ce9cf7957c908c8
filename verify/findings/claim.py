"""A published statement as data, and what deciding it returns.

A claim holds no verdict: it is decided anew at every run, either by `theory.statements.decide` from its
statement in our language, or, where the language cannot say it, by a named procedure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from theory.numbers.truth import Evidence, Truth

if TYPE_CHECKING:
    from verify.findings.normalisation import Normalisation  # which imports sympy

PROFILES = ("quick", "full", "paper")
WORDINGS = ("seed", "read", "derived", "notes", "memory", "own")
SEEDS = ("Lecture on spectral bias",)  # sources that are themselves documents of the project's question
OWN = "this project"  # the source of what no publication says


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement stands; a title that `verify/report/titles.toml` does not have, for the bibliography."""

    authors: str
    year: int
    place: str = ""
    arxiv: str | None = None
    title: str = ""

    def __str__(self) -> str:
        return f"{self.authors} {self.year}" + (f", {self.place}" if self.place else "")


@dataclass(frozen=True, slots=True)
class Said:
    """A statement in our language: kernel, relation and ranges, as in a reader's file."""

    says: str
    kernel: str | None = None
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What deciding a statement found.

    `compared` says what was held against what; `routes` names the independent ways; `rates` the
    two error rates of a statistical test, {"false_fail": ..., "false_pass": ...}; `figures` the
    numbers behind the verdict; `proofs` what was replayed, as plain data (`verify.findings.proofs`). `up_to` is
    None where the statement holds as it stands; else it names the normalisation, with its factor, up to
    which it does (`verify.findings.normalisation`). `corrected` is what holds instead, where a procedure knows it.
    """

    truth: Truth
    evidence: Evidence | None
    compared: str
    why: str
    routes: tuple[str, ...] = ()
    counterexample: dict[str, Any] | None = None
    rates: dict[str, float] | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    scope: str = ""
    proofs: tuple[dict[str, Any], ...] = ()
    up_to: str | None = None
    corrected: tuple[Corrected, ...] = ()


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a procedure found to hold instead of what it refutes, in words, with a verdict of its own."""

    says: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Context:
    """What a procedure may depend on: the profile, the seed, where results go, a progress callback, who trains.

    `progress(done, total, note)` may be called as often as wanted. Networks are trained by `jobs` processes (None:
    as many as cores) or by the workers of `scheduler`; where `run` names a run, only networks that it trained count.
    device: of the networks.
    """

    profile: str = "quick"
    seed: int = 0
    folder: Path | None = None
    progress: Callable[[int, int, str], None] | None = None
    jobs: int | None = None
    scheduler: str | None = None
    run: str | None = None
    device: str = "cpu"


Decide = Callable[[Context], Finding]
Findings = Callable[[Context], dict[str, Finding]]


@dataclass(frozen=True, slots=True)
class Procedure:
    """How a claim is decided that our language cannot say.

    twins: wrong theories put before the same judge, by name, each of which must be FAILS; or a function that
    finds all of them at once, from what was measured once. companions: statements known to be true, each of
    which must be HOLDS: wanted where the claim itself FAILS, as a judge that rejects everything would do.
    experiment: the one whose runs by `spectral-bias train` show the claim.
    """

    judge: Decide
    twins: Mapping[str, Decide] | Findings
    companions: Findings | None = None
    experiment: str = ""

    @property
    def name(self) -> str:
        """What the ledger calls it: the name of the judge."""
        function: Any = getattr(self.judge, "func", self.judge)
        return str(function.__name__)


class Measured(Enum):
    """The type of MEASURED."""

    MEASURED = "measured"


# The procedure of a claim about networks: that of `verify.networks` for its id, which is imported when it is asked.
MEASURED: Final = Measured.MEASURED


@dataclass(frozen=True, slots=True)
class Claim:
    """One published statement.

    Exactly one of `said` (all of whose statements must hold) and `procedure` decides it: a Procedure, or
    MEASURED where a module of `verify.networks` has the one for this id. `wording` is how
    the printed wording is known: seed (it stands in a document of the project's question), read (the
    source's own text was read), derived (it was, and this follows from what it says in other words), notes
    or memory (it was not), own (no publication says it; the source is then this project, and its place says
    after whom). `corrected` is what holds instead where the printed statement fails, decided like any
    other. `normalisation` is that of the authors where `said` may hold in it alone. `readings` are other
    readings of the printed words and consequences worth knowing, by name.
    """

    id: str
    source: Source
    wording: str
    printed: str
    said: tuple[Said, ...] = ()
    procedure: Procedure | Measured | None = None
    corrected: tuple[Said, ...] = ()
    readings: tuple[tuple[str, tuple[Said, ...]], ...] = ()
    profile: str = "quick"
    note: str = ""
    normalisation: Normalisation | None = None

    def __post_init__(self) -> None:
        if bool(self.said) == (self.procedure is not None):
            raise ValueError(f"{self.id}: exactly one of said and procedure decides a claim")
        if self.wording not in WORDINGS or self.profile not in PROFILES:
            raise ValueError(f"{self.id}: wording is one of {WORDINGS}, profile one of {PROFILES}")
        if (self.wording == "own") != (self.source.authors == OWN):
            raise ValueError(f"{self.id}: the wording is own where, and only where, the source is {OWN}")
        if self.normalisation is not None and not self.said:
            raise ValueError(f"{self.id}: a procedure names its normalisation itself")

    @property
    def restated(self) -> bool:
        """Whether these are not the source's own words, or nobody here has compared them with it.

        >>> Claim("a", Source("Cao", 2019), "seed", "x", (Said("mu(0) > 0", "NTK(depth=2)"),)).restated
        True
        >>> Claim("a", Source(SEEDS[0], 2021), "seed", "x", (Said("mu(0) > 0", "NTK(depth=2)"),)).restated
        False
        """
        return self.wording in ("derived", "notes", "memory") or (
            self.wording == "seed" and self.source.authors not in SEEDS
        )
