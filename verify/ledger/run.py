"""The ledger: decides claims in worker processes and keeps every result as it comes.

One `entries/<id>.json` per claim, written beside and renamed, so that an interrupted run loses
nothing and `resume` takes up where it stopped; `ledger.json` gathers them, sorted. Processes, never
threads: the ball library's precision is global to a process.
"""

from __future__ import annotations

import json
import os
import platform
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theory.numbers.truth import Evidence, Truth
from verify.claims import all_claims
from verify.findings.claim import MEASURED, PROFILES, Claim, Context, Finding, Said, Source
from verify.findings.given import given
from verify.findings.normalisation import Normalisation
from verify.findings.proofs import proof_json, tell_once
from verify.ledger.verdicts import CRASHED, DECIDED, NOT_RUN, SCHEMA, Entry, verdict_text
from verify.networks import procedure_of
from verify.running.console import PROGRAM
from verify.running.workers import completed
from verify.twins.falsity import witness

if TYPE_CHECKING:
    from theory.language.statement import Statement

PACKAGES = ("spectral-bias", "sympy", "mpmath", "python-flint", "numpy", "scipy", "torch", "hypothesis")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run asks for: without `resume` everything is decided, and all networks are trained, anew."""

    profile: str = "quick"
    seed: int = 0
    jobs: int = 1
    resume: bool = False
    folder: Path = Path("results")
    scheduler: str | None = None
    device: str = "cpu"
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(), compare=False)

    def context(self, jobs: int = 1, progress: Callable[[int, int, str], None] | None = None) -> Context:
        """What a claim of this run is decided in, with so many processes that train."""
        run = None if self.resume else f"{self.started} {os.getpid()}"
        return Context(self.profile, self.seed, self.folder, progress, jobs, self.scheduler, run, self.device)


def decide_said(said: Said, normalisation: Normalisation | None = None) -> Finding:
    """Decide one statement of our language, as in a reader's file; in a normalisation, where one is given."""
    from theory.language.statement import parse_statement
    from theory.statements.decide import decide

    statement = parse_statement(said.says, said.kernel, said.where)
    if normalisation is not None:
        statement = normalisation.applied(statement)
    verdict = decide(statement)
    return Finding(
        verdict.truth,
        verdict.evidence,
        statement.text,
        verdict.why,
        routes=_routes(verdict),
        counterexample=_with_instance(statement, verdict.counterexample),
        scope=verdict.scope,
        figures={"steps": len(verdict.proof.steps) if verdict.proof else 0, "theorems": list(verdict.theorems)},
        proofs=(proof_json(verdict.proof, verdict.theorems),) if verdict.proof else (),
    )


def _with_instance(statement: Statement, found: dict[str, Any] | None) -> dict[str, Any] | None:
    """A counterexample that is a law gets an instance, numbers that show it, by a route of its own."""
    if found is None or has_instance(found):
        return found
    shown = witness(statement)
    return found if shown is None else found | {"instance": shown}


def has_instance(counterexample: dict[str, Any]) -> bool:
    """Whether a counterexample shows what was compared, and no law alone."""
    return "instance" in counterexample or {"left", "right"} <= counterexample.keys()


def _routes(verdict: Any) -> tuple[str, ...]:
    return (
        ("replayed proof", "certified instances") if verdict.evidence is Evidence.PROVED else ("certified instances",)
    )


def _known(part: Finding) -> Evidence:
    """How a part that holds is known: without evidence nothing is said to hold."""
    assert part.evidence is not None
    return part.evidence


def decide_all(saids: Iterable[Said], normalisation: Normalisation | None = None) -> tuple[Finding, list[Finding]]:
    """Their conjunction and the parts."""
    parts = [decide_said(said, normalisation) for said in saids]
    truth = Truth.HOLDS
    for part in parts:
        truth = truth & part.truth
    deciding = next((p for p in parts if p.truth is truth), parts[0]) if truth is not Truth.HOLDS else None
    evidence = deciding.evidence if deciding else Evidence.weakest([_known(p) for p in parts])
    chosen = [deciding] if deciding else parts
    whole = Finding(
        truth,
        evidence,
        "; ".join(p.compared for p in parts),
        " | ".join(p.why for p in chosen),
        routes=tuple(dict.fromkeys(r for p in chosen for r in p.routes)),
        counterexample=deciding.counterexample if deciding else None,
        scope="; ".join(dict.fromkeys(p.scope for p in parts)),
        figures={"steps": sum(p.figures["steps"] for p in parts)},
        proofs=tuple(proof for p in chosen for proof in p.proofs),
    )
    return whole, parts


def decide_printed(claim: Claim, context: Context) -> Finding:
    """The printed statement itself: as it stands, else in its authors' normalisation, where it names one.

    What fails as it stands and holds there, with one factor for all its parts, HOLDS up to that normalisation.
    """
    procedure = procedure_of(claim)
    if procedure is not None:
        return procedure.judge(context)
    plain, _ = decide_all(claim.said)
    if claim.normalisation is None or plain.truth is not Truth.FAILS:
        return plain
    whole, _ = decide_all(claim.said, claim.normalisation)
    if whole.truth is not Truth.HOLDS:
        return plain
    why = f"for mu_k itself {plain.why}; so normalised {whole.why}"
    figures = whole.figures | {"instance": plain.counterexample}
    return replace(whole, up_to=claim.normalisation.says, why=why, figures=figures)


def decide_claim(claim: Claim, context: Context) -> Entry:
    """The entry of one claim: its verdict and those of its corrections and other readings."""
    started = time.perf_counter()
    header = _header(claim, context)
    entry = dict(header)
    try:
        with _recorded(claim) as trained:
            finding = decide_printed(claim, context)
        entry |= {"status": DECIDED, **_finding_json(finding, claim.source), "trained": trained}
        entry["verdict"] = verdict_text(entry)
        entry["corrected"] = [_said_json(said, claim.source) for said in claim.corrected]
        entry["corrected"] += [
            {"says": one.says, "kernel": None, "for": [], **_finding_json(one.finding, claim.source)}
            for one in finding.corrected
        ]
        entry["readings"] = [
            {"name": name, "statements": [_said_json(said, claim.source) for said in saids]}
            for name, saids in claim.readings
        ]
        tell_once(proof for verdict in verdicts_of(entry) for proof in verdict["proofs"])
        as_json(entry)  # a NaN is no figure: the claim crashes here, not the run when it is written
    except Exception as error:  # a claim that crashes must not stop the others
        trace = "".join(traceback.format_exception(error))
        entry = _crashed(header, repr(error), trace)
    entry["seconds"] = round(time.perf_counter() - started, 3)
    return entry


def _recorded(claim: Claim) -> AbstractContextManager[list[dict[str, str]]]:
    """The networks that the verdict rests on: experiment, when, and the digest of the code that trained them."""
    if claim.procedure is not MEASURED:
        return nullcontext([])
    from verify.networks.runs import recorded  # only here: it imports torch

    return recorded()


def verdicts_of(entry: Entry) -> list[Entry]:
    """The verdict of a decided entry, those of its corrections, those of its readings."""
    readings = [said for reading in entry["readings"] for said in reading["statements"]]
    return [entry, *entry["corrected"], *readings]


def _crashed(header: Entry, why: str, trace: str) -> Entry:
    return header | {"status": CRASHED, "truth": None, "evidence": None, "why": why, "traceback": trace, "seconds": 0.0}


def _header(claim: Claim, context: Context) -> Entry:
    return {
        "schema": SCHEMA,
        "id": claim.id,
        "source": {
            "authors": claim.source.authors,
            "year": claim.source.year,
            "place": claim.source.place,
            "arxiv": claim.source.arxiv,
            **({"title": claim.source.title} if claim.source.title else {}),
        },
        "wording": claim.wording,
        "as_restated": claim.restated,
        "printed": claim.printed,
        "statement": [{"says": s.says, "kernel": s.kernel, "for": list(s.where)} for s in claim.said],
        "procedure": _procedure_name(claim),
        "note": claim.note,
        "command": f"{PROGRAM} verify {claim.id} --profile {context.profile} --seed {context.seed}"
        + (f" --device {context.device}" if context.device != "cpu" else ""),
        "profile": context.profile,
        "seed": context.seed,
        "versions": {name: version(name) for name in PACKAGES},
        "code": _code(),
        "platform": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }


@cache
def _code() -> str:
    """SHA-256 of the files of this suite, 16 hexadecimal digits: entries of other code are not taken up."""
    found = sha256()
    for package in ("theory", "numerics", "verify"):
        for path in sorted(p for p in (ROOT / package).rglob("*") if p.suffix in (".py", ".toml", ".lark")):
            found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _procedure_name(claim: Claim) -> str | None:
    try:
        procedure = procedure_of(claim)
    except ValueError:  # there is none: deciding the claim says so
        return None
    return procedure.name if procedure else None


def _finding_json(finding: Finding, source: Source) -> Entry:
    cited = [theorem["reference"] for proof in finding.proofs for theorem in proof["theorems"]]
    return {
        "truth": str(finding.truth),
        "up_to": finding.up_to,
        "evidence": None if finding.evidence is None else str(finding.evidence),
        "given": given(cited, source, _judged()),
        "scope": finding.scope,
        "compared": finding.compared,
        "routes": list(finding.routes),
        "why": finding.why,
        "counterexample": finding.counterexample,
        "rates": finding.rates,
        "figures": finding.figures,
        "proofs": list(finding.proofs),
    }


@cache
def _judged() -> tuple[Source, ...]:
    return tuple(claim.source for claim in all_claims().values())


def _said_json(said: Said, source: Source) -> Entry:
    return {
        "says": said.says,
        "kernel": said.kernel,
        "for": list(said.where),
        **_finding_json(decide_said(said), source),
    }


def wanted(claims: dict[str, Claim], profile: str) -> dict[str, Claim]:
    """The claims that belong to a profile, or to a smaller one.

    >>> list(wanted({name: all_claims()[name] for name in ("cao-parity", "density-split")}, "quick"))
    ['cao-parity']
    """
    most = PROFILES.index(profile)
    return {name: claim for name, claim in claims.items() if PROFILES.index(claim.profile) <= most}


def run(
    claims: dict[str, Claim],
    request: Run,
    finished: Callable[[Entry], None] = lambda entry: None,
    progress: Callable[[str, int, int, str], None] | None = None,
    running: Callable[[list[str]], None] = lambda names: None,
) -> list[Entry]:
    """Decide the claims of the profile; `finished` is called with each entry as it is kept, `running` with what is.

    Returns all entries sorted by id; claims of a larger profile are NOT RUN.
    """
    folder = request.folder / "entries"
    folder.mkdir(parents=True, exist_ok=True)
    chosen = wanted(claims, request.profile)
    entries = [_not_run(c, request) for name, c in claims.items() if name not in chosen]
    todo = []
    for claim in chosen.values():
        kept = _kept(folder, claim, request) if request.resume else None
        if kept is None:
            todo.append(claim)
        else:
            entries.append(kept)
            finished(kept)
    for entry in _decided(todo, request, progress, running):
        write_json(folder / f"{entry['id']}.json", entry)
        entries.append(entry)
        finished(entry)
    entries.sort(key=lambda e: e["id"])
    write_json(request.folder / "ledger.json", document(entries, request))
    return entries


def document(entries: list[Entry], request: Run) -> dict[str, Any]:
    """The ledger of a run."""
    return {"schema": SCHEMA, "profile": request.profile, "entries": entries}


def _decided(
    todo: list[Claim],
    request: Run,
    progress: Callable[[str, int, int, str], None] | None,
    running: Callable[[list[str]], None],
) -> Iterable[Entry]:
    jobs = min(request.jobs, len(todo))
    if jobs <= 1:
        for claim in todo:
            running([claim.id])
            tell = None if progress is None else lambda done, total, note="", c=claim: progress(c.id, done, total, note)
            yield decide_claim(claim, request.context(request.jobs, tell))
        return
    context = request.context()
    # Longest first, so that no core idles at the end: procedures train networks.
    ordered = [(claim.id, context) for claim in sorted(todo, key=lambda c: c.procedure is None)]
    left = [name for name, _ in ordered]  # begun in this order, so that the first of them are running
    running(left[:jobs])
    for _, entry in completed(_decide_by_id, ordered, jobs, _died):
        left.remove(entry["id"])
        running(left[:jobs])
        yield entry


def _decide_by_id(job: tuple[str, Context]) -> Entry:
    claim_id, context = job
    return decide_claim(all_claims()[claim_id], context)


def _died(job: tuple[str, Context]) -> Entry:
    """The entry of a claim whose process ended without a word."""
    claim_id, context = job
    return _crashed(_header(all_claims()[claim_id], context), "the process that decided it died", "")


def _not_run(claim: Claim, request: Run) -> Entry:
    return {
        **_header(claim, request.context()),
        "status": NOT_RUN,
        "truth": None,
        "evidence": None,
        "why": f"belongs to profile {claim.profile}",
        "seconds": 0.0,
    }


def _kept(folder: Path, claim: Claim, request: Run) -> Entry | None:
    """A finished entry of the same claim, profile, seed, versions and code."""
    path = folder / f"{claim.id}.json"
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    header = _header(claim, request.context())
    same = isinstance(entry, dict) and all(entry.get(key) == value for key, value in header.items())
    return entry if same and entry.get("status") == DECIDED else None


def as_json(content: object) -> str:
    """Keys sorted, so that equal content is equal bytes."""
    return json.dumps(content, indent=1, sort_keys=True, allow_nan=False) + "\n"


def write_json(path: Path, content: object) -> None:
    """Write beside, then rename."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(as_json(content), encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
