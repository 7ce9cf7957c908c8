"""A run of `spectral-bias verify`: progress while it goes; at its end what a reader must know, and the comparison."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from verify.claims import all_claims
from verify.findings.claim import PROFILES, Claim
from verify.ledger import expectations, summary
from verify.ledger import run as ledger
from verify.ledger.durations import forecast
from verify.ledger.run import wanted
from verify.ledger.verdicts import DECIDED, NOT_RUN, Entry
from verify.running.arguments import known
from verify.running.console import FAILED, OK, PROGRAM, BadRequest, emit, say, write_whole
from verify.running.progress import followed
from verify.running.screen import Line, screen_width, show
from verify.statistics import budget


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


def verify_claims(
    claims: dict[str, Claim], request: ledger.Run, form: str, quiet: bool, named: bool = False, whole: bool = False
) -> int:
    """Run, then print to standard output what a reader must know, or the ledger; the exit code.

    named: whether these claims were asked for by name, of which all is told; whole: whether every verdict is.
    """
    from verify.report.verdict_table import latex_table  # only here: its typesetting takes long to load

    prepare(request.folder)
    entries = _with_progress(claims, request, quiet)
    write_whole(request.folder / "verdicts.tex", latex_table(entries, request.profile))
    ending = _ending(claims, entries, request, named or whole)
    if form == "json":
        emit(ledger.as_json(ledger.document(entries, request)))
        for line in summary.surprises(ending):
            say(line)
    else:
        width = screen_width()
        show(_told(entries, ending, width, named, whole))
    return FAILED if ending.surprises else OK


def _told(entries: list[Entry], ending: summary.Ending, width: int, named: bool, whole: bool) -> list[Line]:
    if not named:
        return summary.screen(entries, ending, width, whole)
    each = [line for e in entries for line in (*summary.details(e, width, ending.surprises), Line())]
    return [*each, *summary.last_lines(entries, ending, width)]


def _ending(claims: dict[str, Claim], entries: list[Entry], request: ledger.Run, whole: bool) -> summary.Ending:
    """What the comparison with what is expected found, and what comes next; `whole`, what the rates are given."""
    expected = expectations.expected()
    found = {e["id"]: why for e in entries if (why := expectations.mismatch(e, expected)) is not None}
    decided = [e for e in entries if e["status"] == DECIDED]
    place = "" if request.folder == Path("results") else f" --out {shlex.quote(str(request.folder))}"
    again = f"{PROGRAM} verify {' '.join(found)}{place}"
    exceeded = budget.exceeded(decided, request.profile)
    report = f"{PROGRAM} report {shlex.quote(str(request.folder))}"
    return summary.Ending(
        found,
        tuple(e["id"] for e in decided if e["id"] not in expected),
        budget.brief(decided),
        again if found else report,
        _rest(claims, entries, request),
        (budget.sentence(decided, request.profile) or "") if whole or exceeded else "",
        exceeded,
    )


def _rest(claims: dict[str, Claim], entries: list[Entry], request: ledger.Run) -> str:
    """How long what was not run takes, and the command."""
    left_out = [e["id"] for e in entries if e["status"] == NOT_RUN]
    if not left_out:
        return ""
    profile = max((claims[name].profile for name in left_out), key=PROFILES.index)
    about = forecast(left_out, profile, request.jobs, request.folder).about()
    ids = "" if len(claims) == len(all_claims()) else f" {' '.join(left_out)}"
    return f"{f', {about}' if about else ''}: {PROGRAM} verify{ids} --profile {profile}"


def _with_progress(claims: dict[str, Claim], request: ledger.Run, quiet: bool) -> list[Entry]:
    """Entries sorted by id. An interruption says where those that are finished lie."""
    chosen = wanted(claims, request.profile)
    decided: list[str] = []
    inside: dict[str, str] = {}
    now: list[str] = []
    expected = forecast(chosen, request.profile, request.jobs, request.folder)
    if not request.resume and (words := expected.sentence()):
        say(words, quiet)
    with followed(quiet) as follow:

        def told() -> None:
            running = [" ".join(filter(None, (name, inside.get(name)))) for name in now]
            follow(len(decided), len(chosen), expected.left(decided), running)

        def finished(entry: Entry) -> None:
            decided.append(entry["id"])
            if entry["id"] in now:
                now.remove(entry["id"])
            told()

        def begun(names: list[str]) -> None:
            now[:] = names
            told()

        def progress(name: str, done: int, total: int, note: str) -> None:
            inside[name] = f"{done}/{total} {note}".strip()
            told()

        try:
            return ledger.run(claims, request, finished, progress, begun)
        except KeyboardInterrupt:
            kept = f"{len(decided)} of {len(chosen)} entries are kept in {request.folder / 'entries'}"
            say(f"{kept}: --resume goes on from there", quiet)
            raise
