"""A run of `spectral-bias verify --planted`: every claim with its wrong twins, the table, planted.json."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from verify.command.verify import prepare
from verify.findings.claim import PROFILES, Claim, Context
from verify.ledger.run import Run, as_json, write_json
from verify.running.console import FAILED, OK, emit, say
from verify.running.progress import counted, lines
from verify.running.screen import screen_width
from verify.running.workers import completed
from verify.statistics.equivalence import LEAST_STATED
from verify.twins.mutants import KINDS
from verify.twins.planted import Row, Twin, row

if TYPE_CHECKING:
    from rich.table import Table

SCHEMA = 1
NOT_REJECTED = "NOT REJECTED"


def verify_planted(claims: dict[str, Claim], request: Run, form: str, quiet: bool) -> int:
    """Plant, decide, print; OK if every twin of every claim is rejected, else FAILED.

    planted.json holds what was decided, also where the run is interrupted.
    """
    prepare(request.folder)
    wanted = [c for c in claims.values() if PROFILES.index(c.profile) <= PROFILES.index(request.profile)]
    rows: list[Row] = []
    try:
        for found in _with_progress(wanted, request, quiet):
            rows.append(found)
    finally:
        rows.sort(key=lambda r: list(claims).index(r.claim))
        whole = {
            "schema": SCHEMA,
            "profile": request.profile,
            "seed": request.seed,
            "rows": [r.as_json() for r in rows],
        }
        write_json(request.folder / "planted.json", whole)
    if form == "json":
        emit(as_json(whole))
    else:
        from rich.console import Console

        Console(file=sys.stdout, width=screen_width()).print(table(rows))
    for line in complaints(rows):
        say(line)
    count = sum(len(r.twins) for r in rows)
    rejected = sum(t.rejected for r in rows for t in r.twins)
    place = request.folder / "planted.json"
    say(f"{rejected} of {count} twins of {len(rows)} claims rejected; matrix in {place}", quiet)
    return OK if all(r.passed for r in rows) else FAILED


def _decided(job: tuple[str, Context]) -> Row:
    from verify.claims import all_claims

    name, context = job
    return row(all_claims()[name], context)


def _with_progress(claims: list[Claim], request: Run, quiet: bool) -> Iterator[Row]:
    # Longest first, so that no core idles at the end.
    ordered = sorted(claims, key=lambda c: c.procedure is None)
    context = replace(request.context(), run=None)  # networks of this very code will do
    jobs = [(c.id, context) for c in ordered]
    line = lines(quiet)
    with counted("planting", quiet) as tell:
        for number, (_, found) in enumerate(completed(_decided, jobs, request.jobs), 1):
            tell(number, len(jobs), "planting")
            rejected = sum(t.rejected for t in found.twins)
            line(f"{found.claim}: {rejected} of {len(found.twins)} rejected ({found.seconds:.1f} s)")
            yield found


def complaints(rows: list[Row]) -> Iterator[str]:
    """One line for every defect and every twin that was not rejected."""
    for found in rows:
        for defect in found.defects:
            yield f"DEFECT {found.claim}: {defect}"
        for twin in found.twins:
            if not twin.rejected:
                said = f"{twin.text} is {twin.truth}, {twin.why}; but {twin.seen}"
                yield f"{NOT_REJECTED} {found.claim}: {twin.name}: {said}"


def cell(twins: list[Twin]) -> str:
    """What a check did with the twins of one kind.

    >>> cell([])
    ''
    """
    if not twins:
        return ""
    bad = [twin for twin in twins if not twin.rejected]
    if bad:
        return f"{NOT_REJECTED} {len(bad)} of {len(twins)}"
    return "rejected"


def power(twins: tuple[Twin, ...]) -> str:
    """The least chance of FAILS of a statistical check against its twins, where known; others cannot err, or do not say."""
    known = [twin.power for twin in twins if twin.power is not None]
    return f"> 1 - {max(LEAST_STATED, 1 - min(known)):.0e}" if known else ""


def table(rows: list[Row]) -> Table:
    """Claim by kind of twin; what a procedure brings stands in one column."""
    from rich.markup import escape
    from rich.table import Table

    counts = Counter(twin.rejected for r in rows for twin in r.twins)
    shown = Table(title=f"{counts[True]} of {sum(counts.values())} twins rejected", title_justify="left")
    shown.add_column("claim", overflow="fold", min_width=20)
    for name in (*KINDS, "own theories", "power"):
        shown.add_column(name)
    for found in rows:
        cells = [cell([t for t in found.twins if t.kind == kind]) for kind in (*KINDS, "own")]
        line = [found.claim + (" DEFECT" if found.defects else ""), *cells, power(found.twins)]
        bad = [NOT_REJECTED in c or "DEFECT" in c for c in line]
        shown.add_row(*(f"[red]{escape(c)}[/red]" if b else escape(c) for b, c in zip(bad, line, strict=True)))
    return shown
