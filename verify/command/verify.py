"""A run of `spectral-bias verify`: progress while it goes, the table and the comparison at its end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from verify.claims import all_claims
from verify.findings.claim import Claim
from verify.ledger import expectations
from verify.ledger import run as ledger
from verify.ledger.durations import forecast
from verify.ledger.run import wanted
from verify.ledger.verdicts import KINDS, kind, rich_table, verdict_text
from verify.running.arguments import known
from verify.running.console import FAILED, OK, BadRequest, emit, say, write_whole
from verify.running.progress import counted, lines
from verify.statistics import budget

PIPED_WIDTH = 150  # columns of the table where there is no terminal


def choose(ids: Sequence[str] | None) -> dict[str, Claim]:
    """The claims of these ids, all without any.

    >>> list(choose(["cao-parity"]))
    ['cao-parity']
    """
    claims = all_claims()
    known("claim", ids or (), list(claims), "claims")
    return {name: claims[name] for name in dict.fromkeys(ids)} if ids else claims


def prepare(folder: Path) -> None:
    """Fail before any work if the folder cannot be written."""
    try:
        (folder / "entries").mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BadRequest(
            f"--out: cannot write to {str(folder)!r}: {error.strerror}, allowed: a writable folder"
        ) from None


def verify_claims(claims: dict[str, Claim], request: ledger.Run, form: str, quiet: bool) -> int:
    """Run, print the table or the ledger to standard output, mismatches to standard error; the exit code."""
    from verify.report.verdict_table import latex_table  # only here: its typesetting takes long to load

    prepare(request.folder)
    entries = _with_progress(claims, request, quiet)
    write_whole(request.folder / "verdicts.tex", latex_table(entries, request.profile))
    if form == "json":
        emit(ledger.as_json(ledger.document(entries, request)))
    else:
        print_table(rich_table([e for e in entries if e["status"] != ledger.NOT_RUN]))
    known = expectations.expected()
    bad = [(e["id"], why) for e in entries if (why := expectations.mismatch(e, known)) is not None]
    for name, why in bad:
        say(f"MISMATCH {name}: {why}")
    decided = [e for e in entries if e["status"] == ledger.DECIDED]
    new = [e["id"] for e in decided if e["id"] not in known]
    for name in new:
        say(f"{name}: nothing expected yet", quiet)
    counts = {name: sum(kind(e) == name for e in decided) for name in KINDS}
    summary = ", ".join(f"{n} {t}" for t, n in counts.items())
    skipped = len(entries) - len(decided)
    end = "all as expected" if not bad else f"{len(bad)} not as expected"
    end += f", {len(new)} with nothing expected yet" if new else ""
    place = request.folder / "ledger.json"
    say(f"{summary}, {skipped} not decided; {end}; ledger in {place}", quiet)
    if (rates := budget.sentence(decided, request.profile)) is not None:
        say(rates, quiet)
    return FAILED if bad else OK


def print_table(table: Table) -> None:
    """To standard output, as wide as the terminal, or PIPED_WIDTH where there is none."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    Console(file=sys.stdout, width=width).print(table)


def _with_progress(claims: dict[str, Claim], request: ledger.Run, quiet: bool) -> list[ledger.Entry]:
    """Entries sorted by id. An interruption says where those that are finished lie."""
    line, decided = lines(quiet), []
    expected = forecast(wanted(claims, request.profile), request.profile, request.jobs, request.folder)
    if not request.resume and (words := expected.sentence()):
        say(words, quiet)
    with counted("deciding", quiet) as tell:

        def finished(entry: ledger.Entry) -> None:
            decided.append(entry["id"])
            left = expected.left(decided)
            tell(len(decided), len(claims), f"deciding, {left}" if left else "deciding")
            after = f"; {left}" if left else ""
            line(f"{entry['id']}: {verdict_text(entry)} ({entry['seconds']:.1f} s{after})")

        def inside(name: str, done: int, total: int, note: str) -> None:
            tell(len(decided), len(claims), f"{name} {done}/{total} {note}")

        try:
            return ledger.run(claims, request, finished, inside)
        except KeyboardInterrupt:
            kept = f"{len(decided)} of {len(claims)} entries are kept in {request.folder / 'entries'}"
            say(f"{kept}: --resume goes on from there", quiet)
            raise
