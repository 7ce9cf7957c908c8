"""Statement -> verdict: does it hold, on what evidence, and if not, where does it fail?

First instances: one certified counterexample settles FAILS. Then the symbolic meaning, part by part
of the ranges: identities by normal form, inequalities by ladders, orders of growth by limits; laws
of decay and expansions at an end where there is no closed form (`theory.statements.strategy`). Every HOLDS or
FAILS called `proved` carries steps that the checker has replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from theory.derivations.one_hidden_layer import NotDerived
from theory.language.formulas import variables
from theory.language.statement import Statement, circle_apart
from theory.numbers.deadline import OutOfTime, time_limit
from theory.numbers.shown import display
from theory.numbers.truth import Evidence, Truth
from theory.proofs.steps import Proof
from theory.statements.counterexamples import certainly_holds, counterexample, is_finite, point_text, refute
from theory.statements.every_depth import INSTANCES, deeper, instances_of, without_family
from theory.statements.falsifier import confront
from theory.statements.outcome import UNABLE, Case, NotSymbolic, Part
from theory.statements.proof import joined_proof, statement_proof
from theory.statements.strategy import attempt
from theory.symbolic.ranges import Ranges

SECONDS = 60.0
MOST_PARTS_TOLD = 4  # of a law that holds on several parts of the ranges


class Contradicted(RuntimeError):
    """Two ways of deciding disagree: one of them is wrong, and neither is believed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a statement; `proof` is replayable, `why` is for people.

    `confronted` counts the points at which the independent falsifier compared it with numbers.
    """

    truth: Truth
    evidence: Evidence | None
    scope: str
    why: str
    counterexample: dict[str, Any] | None = None
    proof: Proof | None = None
    theorems: tuple[str, ...] = ()
    confronted: int = 0

    def __repr__(self) -> str:
        return display().verdict_text(self)

    def _repr_html_(self) -> str:
        return display().verdict_html(self)


def decide(statement: Statement, seconds: float = SECONDS) -> Verdict:
    """Decide a statement within a budget of work; what takes longer than so many seconds is UNDECIDED.

    The seconds are those of the processor and a last resort: searches count work (`theory.numbers.work`).

    >>> from theory.language.statement import parse_statement
    >>> decide(parse_statement("mu(k) = 0", "NTK(depth=2)", ["k odd", "k >= 3"])).truth
    <Truth.HOLDS: 'HOLDS'>
    >>> decide(parse_statement("mu(k) = 0", "NTK(depth=2)", ["k odd"])).counterexample
    {'k': 1, 'd': 1, 'left': '1/2', 'right': '0'}
    """
    if not isinstance(statement, Statement):
        raise ValueError(f"a Statement is needed, got {statement!r}; parse_statement reads text")
    statement = statement.with_written_kernel()  # what a class of kernels registers of itself decides nothing
    try:
        with time_limit(seconds):
            verdict = _decide(statement)
    except OutOfTime:
        return Verdict(Truth.UNDECIDED, None, statement.scope, f"not decided within {seconds:g} s of processor time")
    return _confronted(statement, verdict)


def _confronted(statement: Statement, verdict: Verdict) -> Verdict:
    """The verdict after an independent look for what speaks against it. Raises Contradicted."""
    found = confront(statement, verdict.truth, verdict.counterexample)
    if found.contradiction is not None:
        raise Contradicted(f"{statement.text} is said to be {verdict.truth} ({verdict.why}), yet {found.contradiction}")
    return replace(verdict, confronted=found.points)


def _decide(statement: Statement) -> Verdict:
    if statement.family is not None:
        return _each_depth(statement)
    return replace(_one_kernel(statement.with_plain_kernel(), statement), scope=statement.scope)


def _one_kernel(statement: Statement, stated: Statement) -> Verdict:
    """The verdict on a part of what was stated, in words that are easier to decide; its proof is of what was stated."""
    on_circle, above = circle_apart(statement)
    if on_circle is None:
        return _plain(statement, stated)
    parts = [_plain(part, stated) for part in (on_circle, above) if part is not None]
    bad = next((part for part in parts if part.truth is not Truth.HOLDS), None)
    if bad is not None:
        return replace(bad, scope=statement.scope)
    found = list(zip(("d = 1", "d >= 2"), parts, strict=False))
    why = "; ".join(f"{where} ({part.evidence}): {part.why}" for where, part in found)
    evidence = _weakest(parts)
    theorems = tuple(dict.fromkeys(name for part in parts for name in part.theorems))
    evidence, proof, doubt = _joined(stated, found, evidence, statement.ranges)
    return Verdict(Truth.HOLDS, evidence, statement.scope, why + doubt, None, proof, theorems)


def _weakest(held: Iterable[Verdict]) -> Evidence:
    """The evidence for several verdicts together, each of which holds and so has its own."""
    parts = []
    for verdict in held:
        assert verdict.evidence is not None
        parts.append(verdict.evidence)
    return Evidence.weakest(parts)


def _plain(statement: Statement, stated: Statement) -> Verdict:
    if statement.is_asymptotic:
        return _by_parts(statement, 0, stated)
    found = refute(statement)
    if found.refutation is not None:
        return Verdict(Truth.FAILS, Evidence.CERTIFIED, statement.scope, found.refutation.why, found.refutation.at)
    if not is_finite(statement):
        return _by_parts(statement, found.tested, stated)
    if found.open is None:
        return Verdict(Truth.HOLDS, Evidence.CERTIFIED, statement.scope, f"all {found.tested} instances compared")
    verdict = _by_parts(statement, found.tested, stated)
    open_ = f"at {point_text(found.open)}: {found.doubt}" if found.open else found.doubt
    return verdict if verdict.truth is not Truth.UNDECIDED else replace(verdict, why=open_)


def _by_parts(statement: Statement, tested: int, stated: Statement) -> Verdict:
    found = attempt(statement)
    if not found.parts:
        return Verdict(Truth.UNDECIDED, None, statement.scope, f"{found.why}; {_instances_text(tested)}")
    try:
        return _conclude(statement, found.parts, tested, stated)
    except UNABLE as error:  # the derivation of the formulas themselves is refused
        return Verdict(Truth.UNDECIDED, None, statement.scope, f"{error}; {_instances_text(tested)}")


def _conclude(statement: Statement, parts: Sequence[Part], tested: int, stated: Statement) -> Verdict:
    """One failing part refutes; one undecided part leaves the whole undecided."""
    bad = next((part for part in parts if part.outcome.truth is Truth.FAILS), None)
    open_ = next((part for part in parts if part.outcome.truth is not Truth.HOLDS), None)
    if bad is None and open_ is not None:
        why = f"{open_.outcome.law} {_ranges_text(open_.case)}".rstrip() + f"; {_instances_text(tested)}"
        return Verdict(Truth.UNDECIDED, None, statement.scope, why)
    chosen = [bad] if bad is not None else list(parts)
    evidence = Evidence.weakest([part.outcome.evidence for part in chosen])
    sources = [part.outcome.source for part in chosen]
    proof: Proof | None = None
    theorems: tuple[str, ...] = ()
    proved = [part for part in chosen if part.outcome.evidence is Evidence.PROVED]
    if proved:
        try:
            ranges = statement.ranges if evidence is Evidence.PROVED else None
            proof, theorems = statement_proof(stated, proved, bad is None, ranges)
        except NotDerived as error:
            evidence = Evidence.weakest([evidence, Evidence.CHECKED])
            sources.append(str(error))
    laws = _laws_text(chosen, sources)
    if bad is None:
        return Verdict(Truth.HOLDS, evidence, statement.scope, laws, None, proof, theorems)
    at = _refuted_at(statement, bad, laws)
    return Verdict(Truth.FAILS, evidence, statement.scope, laws, at, proof, theorems)


def _laws_text(parts: list[Part], sources: list[str]) -> str:
    where: dict[str, list[str]] = {}
    for part in parts:
        where.setdefault(part.outcome.law, []).append(_ranges_text(part.case))
    laws = "; ".join(text for law, ranges in where.items() for text in _law_lines(law, list(dict.fromkeys(ranges))))
    said = [source for source in dict.fromkeys(sources) if source]
    return f"{laws} ({'; '.join(said)})" if said else laws


def _law_lines(law: str, ranges: list[str]) -> list[str]:
    """A law on each of its parts; of many parts the first and the last."""
    if len(ranges) > MOST_PARTS_TOLD:
        return [f"{law} {ranges[0]} and {len(ranges) - 2} further parts, the last {ranges[-1]}"]
    return [f"{law} {where}".rstrip() for where in ranges]


def _refuted_at(statement: Statement, part: Part, laws: str) -> dict[str, Any]:
    at = part.outcome.at
    if at is None or statement.is_asymptotic:
        return {**(at or {}), "law": laws}
    at = {**part.case.ranges.least, **at}
    if "t" in variables(statement.left) | variables(statement.right):
        at = {**at, "t": at.get("t", 0)}
    if certainly_holds(statement, at):
        raise Contradicted(f"{statement.text} was refuted by {laws}, yet it holds at {point_text(at)}")
    return counterexample(statement, at)


def _ranges_text(case: Case) -> str:
    return f"for {case.ranges.text}" if case.ranges else ""


def _each_depth(statement: Statement) -> Verdict:
    """A family of kernels: all depths at once, else every depth of a finite range, the first ones of an
    infinite range and all deeper ones at once."""
    settled = without_family(statement)
    if settled is not None:
        return replace(_one_kernel(settled, statement), scope=statement.scope)
    if statement.moving == "L":
        return Verdict(Truth.UNDECIDED, None, statement.scope, "no law as the depth grows is known")
    at_once = _all_deeper(statement, 0)
    if at_once.truth is Truth.HOLDS:
        return replace(at_once, scope=statement.scope)
    found: list[tuple[int | str, Verdict]] = []
    try:
        depths = instances_of(statement)
    except NotSymbolic as error:
        return Verdict(Truth.UNDECIDED, None, statement.scope, f"{at_once.why}; {error}")
    for depth, one in depths:
        verdict = _one_kernel(one.with_plain_kernel(), statement)
        if verdict.truth is Truth.FAILS:
            at = {"L": depth, **(verdict.counterexample or {})}
            why = f"L = {depth}: {verdict.why}"
            return replace(verdict, scope=statement.scope, counterexample=at, why=why)
        found.append((depth, verdict))
    open_ = next(((depth, v) for depth, v in found if v.truth is Truth.UNDECIDED), None)
    if open_ is not None:
        return Verdict(Truth.UNDECIDED, None, statement.scope, f"L = {open_[0]}: {open_[1].why}")
    each = _each_text(found)
    if statement.range("L").most is None:
        rest = _all_deeper(statement, INSTANCES)
        if rest.truth is not Truth.HOLDS:
            why = f"{rest.why}; it holds for {each}"
            return replace(rest, scope=statement.scope, why=why)
        each = f"{each}; {rest.scope} ({rest.evidence}): {rest.why}"
        found.append((rest.scope, rest))
    evidence = _weakest(v for _, v in found)
    theorems = tuple(dict.fromkeys(name for _, v in found for name in v.theorems))
    evidence, proof, doubt = _joined(statement, found, evidence, statement.ranges)
    return Verdict(Truth.HOLDS, evidence, statement.scope, each + doubt, None, proof, theorems)


def _all_deeper(statement: Statement, skipped: int) -> Verdict:
    """All depths but the first ones, from the law in depth or the signs of coefficients; beyond the end
    of a bounded range, too, where that is no harder."""
    later, unknown = deeper(statement, skipped), "no rule reaches every depth"
    if later is None:
        return Verdict(Truth.UNDECIDED, None, statement.scope, unknown)
    found = [attempt(part) for part in circle_apart(later) if part is not None]
    if not all(one.parts for one in found):
        why = next((f"{unknown}: {one.why}" for one in found if one.why), unknown)
        return Verdict(Truth.UNDECIDED, None, statement.scope, why)
    parts = [part for one in found for part in one.parts]
    return replace(_conclude(later, parts, 0, statement), scope=repr(later.range("L")))


def _each_text(found: list[tuple[int | str, Verdict]]) -> str:
    """What was found at each depth, depths of the same words together."""
    depths: dict[str, list[str]] = {}
    for depth, verdict in found:
        depths.setdefault(f"({verdict.evidence}): {verdict.why}", []).append(str(depth))
    return "; ".join(f"L = {_several(where)} {text}" for text, where in depths.items())


def _several(depths: list[str]) -> str:
    return ", ".join(depths) if len(depths) <= MOST_PARTS_TOLD else f"{depths[0]}, {depths[1]}, ..., {depths[-1]}"


def _joined(
    stated: Statement, found: Sequence[tuple[int | str, Verdict]], evidence: Evidence, ranges: Ranges
) -> tuple[Evidence, Proof | None, str]:
    """The proofs for parts of the ranges, one after the other, and where all are proved that they reach the whole."""
    proofs = [(f"@{where}", verdict.proof) for where, verdict in found if verdict.proof is not None]
    if not proofs:
        return evidence, None, ""
    try:
        return evidence, joined_proof(stated, proofs, ranges if evidence is Evidence.PROVED else None), ""
    except NotDerived as error:
        return Evidence.weakest([evidence, Evidence.CHECKED]), None, f" ({error})"


def _instances_text(tested: int) -> str:
    return f"no counterexample among {tested} certified instances" if tested else "no instance was compared"
