"""A run of `spectral-bias verify`: progress while it goes, the table and the comparison at its end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from theory.expressions import suggestion
from verify import budget, ledger
from verify.claim import Claim
from verify.claims import all_claims
from verify.console import FAILED, OK, BadRequest, write_whole
from verify.verdicts import latex_table, rich_table

PIPED_WIDTH = 150  # columns of the table where there is no terminal


def choose(ids: Sequence[str] | None) -> dict[str, Claim]:
    """The claims of these ids, all without any.

    >>> list(choose(["cao-parity"]))
    ['cao-parity']
    """
    claims = all_claims()
    for name in ids or ():
        if name not in claims:
            raise BadRequest(
                f"unknown claim {name!r}{suggestion(name, list(claims))}, allowed: {', '.join(claims)}"
            )
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


def verify_claims(claims: dict[str, Claim], request: ledger.Run, quiet: bool) -> int:
    """Run, print the table to standard output and mismatches to standard error; the exit code."""
    prepare(request.folder)
    entries = _with_progress(claims, request, quiet)
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    console.print(rich_table([e for e in entries if e["status"] != ledger.NOT_RUN]))
    write_whole(request.folder / "verdicts.tex", latex_table(entries, request.profile))
    known = ledger.expected()
    bad = [(e["id"], why) for e in entries if (why := ledger.mismatch(e, known)) is not None]
    for name, why in bad:
        sys.stderr.write(f"MISMATCH {name}: {why}\n")
    decided = [e for e in entries if e["status"] == ledger.DECIDED]
    counts = {t: sum(e["truth"] == t for e in decided) for t in ("HOLDS", "FAILS", "UNDECIDED")}
    summary = ", ".join(f"{n} {t}" for t, n in counts.items())
    skipped = len(entries) - len(decided)
    if not quiet:
        end = "all as expected" if not bad else f"{len(bad)} not as expected"
        sys.stderr.write(
            f"{summary}, {skipped} not decided; {end}; ledger in {request.folder / 'ledger.json'}\n"
        )
        if (rates := budget.sentence(decided, request.profile)) is not None:
            sys.stderr.write(f"{rates}\n")
    return FAILED if bad else OK


def _with_progress(
    claims: dict[str, Claim], request: ledger.Run, quiet: bool
) -> list[ledger.Entry]:
    console = Console(file=sys.stderr, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("deciding", total=len(claims))

        def finished(entry: ledger.Entry) -> None:
            bar.advance(task)
            if not console.is_terminal and not quiet:
                console.print(
                    f"{entry['id']}: {entry['truth'] or entry['status']} ({entry['seconds']:.1f} s)",
                    highlight=False,
                    soft_wrap=True,
                )

        def inside(name: str, done: int, total: int, note: str) -> None:
            bar.update(task, description=f"{name} {done}/{total} {note}")

        return ledger.run(claims, request, finished, inside)
