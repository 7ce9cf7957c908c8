"""Statement -> verdict: does it hold, on what evidence, and if not, where does it fail?

First instances: one certified counterexample settles FAILS. Then the symbolic meaning, part by part
of the ranges: identities by normal form, inequalities by ladders, orders of growth by limits; laws
of decay and expansions at an end where there is no closed form (`theory.attempt`). Every HOLDS or
FAILS called `proved` carries steps that the checker has replayed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from theory.attempt import UNABLE, Part, parts_of
from theory.counterexample import DIGITS, Point, counterexample, is_finite, point_text, refute
from theory.deadline import OutOfTime, time_limit
from theory.family_statements import INSTANCES, deeper, instances_of, parts_in_depth, without_family
from theory.formula import Call, unparse, uses_kernel, variables, walk
from theory.link import NotDerived, derived_spectrum, meaning_steps
from theory.meaning import Case, expression_at
from theory.proof import RULES, Proof, Step, joined
from theory.statement import Statement, circle_apart
from theory.truth import Evidence, Truth

SECONDS = 60.0
TOO_LARGE = "the expression is too large"
MOST_PARTS_TOLD = 4  # of a law that holds on several parts of the ranges


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a statement; `proof` is replayable, `why` is for people."""

    truth: Truth
    evidence: Evidence | None
    scope: str
    why: str
    counterexample: dict[str, Any] | None = None
    proof: Proof | None = None
    theorems: tuple[str, ...] = ()

    def __repr__(self) -> str:
        from theory.display import verdict_text

        return verdict_text(self)

    def _repr_html_(self) -> str:
        from theory.display import verdict_html

        return verdict_html(self)


def decide(statement: Statement, seconds: float = SECONDS) -> Verdict:
    """Decide a statement within a number of seconds; what takes longer is UNDECIDED.

    >>> from theory.statement import parse_statement
    >>> decide(parse_statement("mu(k) = 0", "NTK(depth=2)", ["k odd", "k >= 3"])).truth
    <Truth.HOLDS: 'HOLDS'>
    >>> decide(parse_statement("mu(k) = 0", "NTK(depth=2)", ["k odd"])).counterexample
    {'k': 1, 'd': 1, 'left': '1/2', 'right': '0'}
    """
    if not isinstance(statement, Statement):
        raise ValueError(f"a Statement is needed, got {statement!r}; parse_statement reads text")
    try:
        with time_limit(seconds):
            return _decide(statement, time.monotonic() + seconds)
    except OutOfTime:
        return Verdict(Truth.UNDECIDED, None, statement.scope, f"not decided within {seconds:g} s")


def _decide(statement: Statement, deadline: float) -> Verdict:
    if statement.family is not None:
        return _each_depth(statement, deadline)
    return replace(_one_kernel(statement.with_plain_kernel(), deadline), scope=statement.scope)


def _one_kernel(statement: Statement, deadline: float) -> Verdict:
    on_circle, above = circle_apart(statement)
    if on_circle is None:
        return _plain(statement, deadline)
    parts = [_plain(part, deadline) for part in (on_circle, above) if part is not None]
    bad = next((part for part in parts if part.truth is not Truth.HOLDS), None)
    if bad is not None:
        return replace(bad, scope=statement.scope)
    found = list(zip(("d = 1", "d >= 2"), parts, strict=False))
    why = "; ".join(f"{where} ({part.evidence}): {part.why}" for where, part in found)
    evidence = Evidence.weakest([part.evidence for part in parts])
    theorems = tuple(dict.fromkeys(name for part in parts for name in part.theorems))
    return Verdict(Truth.HOLDS, evidence, statement.scope, why, None, _joined(statement, found), theorems)


def _plain(statement: Statement, deadline: float) -> Verdict:
    if statement.is_asymptotic:
        return _by_parts(statement, 0)
    found = refute(statement, time.monotonic() + (deadline - time.monotonic()) / 2)
    if found.refutation is not None:
        return Verdict(Truth.FAILS, Evidence.CERTIFIED, statement.scope, found.refutation.why, found.refutation.at)
    if not is_finite(statement):
        return _by_parts(statement, found.tested)
    if found.open is None:
        return Verdict(Truth.HOLDS, Evidence.CERTIFIED, statement.scope, f"all {found.tested} instances compared")
    verdict = _by_parts(statement, found.tested)
    return verdict if verdict.truth is not Truth.UNDECIDED else replace(verdict, why=_open_text(found.open))


def _by_parts(statement: Statement, tested: int) -> Verdict:
    try:
        return _conclude(statement, parts_of(statement), tested)
    except UNABLE as error:
        why = TOO_LARGE if isinstance(error, RecursionError) else str(error)
        return Verdict(Truth.UNDECIDED, None, statement.scope, f"{why}; {_instances_text(tested)}")


def _open_text(at: Point) -> str:
    where = f" at {point_text(at)}" if at else ""
    return f"the sides agree to {DIGITS} digits or cannot be compared{where}: a ball never proves an equality"


def _conclude(statement: Statement, parts: list[Part], tested: int) -> Verdict:
    """One failing part refutes; one undecided part leaves the whole undecided."""
    bad = next((part for part in parts if part.outcome.truth is Truth.FAILS), None)
    open_ = next((part for part in parts if part.outcome.truth is Truth.UNDECIDED), None)
    if bad is None and open_ is not None:
        why = f"{open_.outcome.law} {_ranges_text(open_.case)}".rstrip() + f"; {_instances_text(tested)}"
        return Verdict(Truth.UNDECIDED, None, statement.scope, why)
    chosen = [bad] if bad is not None else parts
    evidence = Evidence.weakest([part.outcome.evidence for part in chosen])
    sources = [part.outcome.source for part in chosen]
    proof, theorems = None, ()
    proved = [part for part in chosen if part.outcome.evidence is Evidence.PROVED]
    if proved:
        try:
            proof, theorems = _replayed(statement, proved)
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
    if at is not None and not statement.is_asymptotic:
        moving = "t" in variables(statement.left) | variables(statement.right)
        return counterexample(statement, {**at, "t": at.get("t", 0)} if moving else at)
    return {**(at or {}), "law": laws}


def _ranges_text(case: Case) -> str:
    return f"for {', '.join(map(repr, case.ranges))}" if case.ranges else ""


def _replayed(statement: Statement, parts: list[Part]) -> tuple[Proof | None, tuple[str, ...]]:
    """The derivation of the kernel, what each mu of each case means by it, the case's own steps."""
    steps: list[Step] = []
    theorems: list[str] = []
    facts: dict[str, Step] = {}
    origin = None
    speaks = statement.kernel is not None and (uses_kernel(statement.left) or uses_kernel(statement.right))
    if speaks and any(part.outcome.whole is None for part in parts):
        origin = derived_spectrum(statement.kernel)
        theorems += origin.theorems
        steps += origin.steps
        facts = {step.name: step for step in origin.steps}
    wholes = []
    for number, part in enumerate(parts):
        whole = part.outcome.whole
        if whole is not None:
            wholes.append((f"#{number}", whole.steps))
            theorems += whole.theorems
            continue
        for step in _meaning(statement, part.case, origin) if origin is not None else ():
            RULES[step.rule](step, facts)
            steps.append(replace(step, name=f"{step.name}#{number}"))
        theorems += part.theorems
        steps += [replace(step, name=f"{step.name}#{number}", uses=tuple(f"{u}#{number}" for u in step.uses))
                  for step in part.outcome.steps]  # fmt: skip
    proof = joined(statement.text, [("", steps), *wholes])
    return (proof if proof.steps else None), tuple(dict.fromkeys(theorems))


def _meaning(statement: Statement, case: Case, origin: Proof) -> list[Step]:
    """That every mu(K) of the statement is, on the case, the closed form that was put in for it."""
    name = origin.conclusion.left.args[0]
    steps: dict[str, Step] = {}
    for node in (*walk(statement.left), *walk(statement.right)):
        if isinstance(node, Call) and node.name in ("mu", "a") and len(node.args) == 1:
            alone = Call("mu", node.args)
            spoken, closed = (expression_at(alone, of, case.ranges) for of in (name, statement.kernel))
            found = meaning_steps(f"meaning of {unparse(alone)}", spoken, closed, case.ranges, origin)
            steps |= {step.name: step for step in found}
    return list(steps.values())


def _each_depth(statement: Statement, deadline: float) -> Verdict:
    """A family of kernels: every depth of a finite range, the first ones of an infinite range."""
    settled = without_family(statement)
    if settled is not None:
        return replace(_one_kernel(settled, deadline), scope=statement.scope)
    if isinstance(statement.limit, tuple) and statement.limit[0] == "L":
        return Verdict(Truth.UNDECIDED, None, statement.scope, "no law as the depth grows is known")
    at_once = _all_deeper(statement, 0) if statement.range("L").most is None else None
    if at_once is not None and at_once.truth is Truth.HOLDS:
        return replace(at_once, scope=statement.scope)
    found: list[tuple[int | str, Verdict]] = []
    for depth, one in instances_of(statement):
        verdict = _one_kernel(one.with_plain_kernel(), deadline)
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
        rest = _all_deeper(statement)
        if rest.truth is not Truth.HOLDS:
            why = f"{rest.why}; it holds for {each}"
            return replace(rest, scope=statement.scope, why=why)
        each = f"{each}; {rest.scope} ({rest.evidence}): {rest.why}"
        found.append((rest.scope, rest))
    evidence = Evidence.weakest([v.evidence for _, v in found])
    theorems = tuple(dict.fromkeys(name for _, v in found for name in v.theorems))
    return Verdict(Truth.HOLDS, evidence, statement.scope, each, None, _joined(statement, found), theorems)


def _all_deeper(statement: Statement, skipped: int = INSTANCES) -> Verdict:
    """All depths but the first, which are decided one by one, from the law in depth or the signs of
    coefficients."""
    later, why = deeper(statement, skipped), "no rule reaches every depth"
    dims = [] if later is None else [part for part in circle_apart(later) if part is not None]
    try:
        found = [parts_in_depth(part) for part in dims]
    except UNABLE as error:
        found, why = [], f"{why}: {error}"
    parts = [part for one in found for part in one]
    if not found or not all(found):
        return Verdict(Truth.UNDECIDED, None, statement.scope, why)
    return replace(_conclude(later, parts, 0), scope=repr(later.range("L")))


def _each_text(found: list[tuple[int | str, Verdict]]) -> str:
    """What was found at each depth, depths of the same words together."""
    depths: dict[str, list[str]] = {}
    for depth, verdict in found:
        depths.setdefault(f"({verdict.evidence}): {verdict.why}", []).append(str(depth))
    return "; ".join(f"L = {', '.join(where)} {text}" for text, where in depths.items())


def _joined(statement: Statement, found: Sequence[tuple[int | str, Verdict]]) -> Proof | None:
    """The proofs of the single depths, one after the other."""
    parts = [(f"@{depth}", verdict.proof.steps) for depth, verdict in found if verdict.proof is not None]
    return joined(statement.text, parts) if parts else None


def _instances_text(tested: int) -> str:
    return f"no counterexample among {tested} certified instances" if tested else "no instance was compared"
