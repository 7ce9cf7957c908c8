"""Wrong twins: statements planted beside those that hold, every one of which a check must reject.

A claim that our language can say gets the slips of `verify.twins.mutants` in the statement that holds
(its own, else its corrected one), those that `verify.twins.falsity` sees to be false. A procedure brings wrong
theories of its own, `verify.findings.claim.Procedure.twins`. Rejected means FAILS: UNDECIDED is no rejection. A
claim without MIN_TWINS twins is a defect of its check, and so is a true companion that does not hold: where a
claim itself FAILS, a check that rejects everything would pass.
"""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Claim, Context, Finding, Procedure, Said
from verify.networks import procedure_of
from verify.twins.falsity import is_false
from verify.twins.mutants import mutants

MIN_TWINS = 3
MOST_TWINS = 12  # of a statement
SECONDS = 20.0  # for the decision of one twin, which is UNDECIDED where they do not do

Decide = Callable[[Statement], Finding]


@dataclass(frozen=True, slots=True)
class Twin:
    """One wrong statement or theory and what the check said of it.

    `seen` is how it is known to be false. `power` is the chance that a statistical check says FAILS of it, where
    its judge gives one: by the design's spread, at the effect that was found. A judge that gives none leaves it
    out: 1 - false pass is the chance of no HOLDS, and UNDECIDED is no rejection.
    """

    kind: str
    name: str
    text: str
    seen: str
    truth: str
    why: str
    seconds: float
    power: float | None = None

    @property
    def rejected(self) -> bool:
        """Whether the check called it FAILS."""
        return self.truth == Truth.FAILS


@dataclass(frozen=True, slots=True)
class Row:
    """All twins of one claim: `planted_in` says which statement they vary."""

    claim: str
    planted_in: str
    twins: tuple[Twin, ...]
    defects: tuple[str, ...]
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether there are enough twins and each is rejected."""
        return not self.defects and all(twin.rejected for twin in self.twins)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        twins = [asdict(twin) | {"rejected": twin.rejected} for twin in self.twins]
        return asdict(self) | {"twins": twins, "defects": list(self.defects), "passed": self.passed}


class OutOfTime(BaseException):
    """Not an Exception: no handler on the way may take it for a failed rule."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise OutOfTime after that long; only the main thread of a process can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def decided(statement: Statement) -> Finding:
    """What `theory.statements.decide` says within SECONDS; a crash is UNDECIDED and says so."""
    from theory.statements.decide import decide

    try:
        with at_most(SECONDS):
            verdict = decide(statement)
    except OutOfTime:
        return Finding(Truth.UNDECIDED, None, statement.text, f"not decided within {SECONDS:g} s")
    except Exception as error:  # one twin that crashes the check must not hide the others
        last = traceback.extract_tb(error.__traceback__)[-1]
        why = f"crashed in {last.name}: {type(error).__name__}: {error}"
        return Finding(Truth.UNDECIDED, None, statement.text, " ".join(why.split()))
    return Finding(verdict.truth, verdict.evidence, statement.text, verdict.why)


def holding(claim: Claim, decide: Decide = decided) -> tuple[str, list[Statement]]:
    """(what they are, statements that hold): the claim's own, normalised where it is, else corrected, else readings.

    Without any, the first says why none is known to hold.
    """
    doubts = []
    own = [_parsed(said) for said in claim.said]
    options = [("own statement", own)]
    if claim.normalisation is not None:
        options += [("own statement, normalised", [claim.normalisation.applied(one) for one in own])]
    options += [("corrected statement", [_parsed(said) for said in claim.corrected])]
    options += [(f"reading: {name}", [_parsed(said) for said in saids]) for name, saids in claim.readings]
    for name, statements in options:
        findings = [decide(statement) for statement in statements]
        doubt = next((f for f in findings if f.truth is not Truth.HOLDS), None)
        if statements and doubt is None:
            return name, statements
        doubts += [f"{name} {doubt.truth}: {doubt.why}"] if doubt is not None else []
    return "no statement is known to hold: " + "; ".join(doubts), []


def _parsed(said: Said) -> Statement:
    return parse_statement(said.says, said.kernel, said.where)


def false_mutants(statement: Statement) -> Iterator[tuple[str, str, Statement, str]]:
    """(kind, name, statement, how it is seen to be false), the first of each kind."""
    done: set[str] = set()
    for kind, name, mutant in mutants(statement):
        if kind in done:
            continue
        seen = is_false(mutant)
        if seen is not None:
            done.add(kind)
            yield kind, name, mutant, seen


def statement_row(claim: Claim, decide: Decide = decided) -> Row:
    """The twins of a claim that our language can say."""
    name, statements = holding(claim, decide)
    twins: list[Twin] = []
    defects = [] if statements else [name]
    for statement in statements:
        seen = is_false(statement)
        if seen is not None:
            defects.append(f"{statement.text} is called HOLDS, but {seen}")
    # One of each kind from every statement in turn, so that none is left out of the first MOST_TWINS.
    turns = zip_longest(*(false_mutants(s) for s in statements))
    for kind, what, mutant, seen in [found for turn in turns for found in turn if found][:MOST_TWINS]:
        started = time.perf_counter()
        finding = decide(mutant)
        spent = round(time.perf_counter() - started, 3)
        text = f"{mutant.text} {mutant.scope}" + (f" of {mutant.kernel!r}" if kind == "kernel" else "")
        twins.append(Twin(kind, what, text, seen, str(finding.truth), finding.why, spent))
    return _row(claim, name, twins, defects)


def procedure_row(claim: Claim, procedure: Procedure, context: Context) -> Row:
    """The twins that a procedure brings; a true companion that does not hold is a defect of the check."""
    found: list[Twin] = []
    if callable(procedure.twins):
        started = time.perf_counter()
        findings = procedure.twins(context)
        spent = (time.perf_counter() - started) / max(1, len(findings))
        found = [_own(name, finding, spent) for name, finding in findings.items()]
    else:
        for name, decide in procedure.twins.items():
            started = time.perf_counter()
            finding = decide(context)
            found.append(_own(name, finding, time.perf_counter() - started))
    held = procedure.companions(context) if procedure.companions is not None else {}
    defects = [
        f"the true statement '{name}' is {finding.truth}: {finding.why}"
        for name, finding in held.items()
        if finding.truth != Truth.HOLDS
    ]
    return _row(claim, "procedure", found, defects)


def _own(name: str, finding: Finding, seconds: float) -> Twin:
    power = finding.figures.get("rejection") if finding.evidence is Evidence.OBSERVED else None
    return Twin(
        "own",
        name,
        finding.compared,
        "a wrong theory by construction",
        str(finding.truth),
        finding.why,
        round(seconds, 3),
        power,
    )


def _row(claim: Claim, name: str, twins: list[Twin], defects: list[str]) -> Row:
    if len(twins) < MIN_TWINS:
        defects = [*defects, f"{len(twins)} twins, at least {MIN_TWINS} wanted"]
    return Row(claim.id, name, tuple(twins), tuple(defects))


def row(claim: Claim, context: Context) -> Row:
    """Everything planted beside one claim; a crash of a procedure is a defect."""
    started = time.perf_counter()
    try:
        procedure = procedure_of(claim)
        found = statement_row(claim) if procedure is None else procedure_row(claim, procedure, context)
    except Exception as error:  # one claim that crashes must not stop the matrix
        found = Row(claim.id, "", (), (f"crashed: {type(error).__name__}: {' '.join(str(error).split())}",))
    return Row(found.claim, found.planted_in, found.twins, found.defects, round(time.perf_counter() - started, 3))
