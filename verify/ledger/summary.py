"""What a run says to its reader: what is refuted and what holds instead, by paper; surprises; what was not run.

Lines of text with a style, for any width; `verify.running.screen.show` writes them. The ledger says all the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verify.findings.claim import OWN
from verify.ledger.plain import plain
from verify.ledger.verdicts import (
    CRASHED,
    DECIDED,
    KINDS,
    NOT_RUN,
    UP_TO,
    Entry,
    evidence_text,
    kind,
    said_text,
    verdict_text,
)
from verify.running.screen import ALARM, HEADING, PLAIN, Line, wrapped

KNOWN = {  # how the printed words are known, `verify.findings.claim.Claim`
    "seed": "as a document of the project's question has it", "read": "as read in the source",
    "derived": "that follows from what the source says", "notes": "known from notes", "memory": "known from memory",
}  # fmt: skip
SURPRISE = "MISMATCH"  # the word before what is not as expected


@dataclass(frozen=True, slots=True)
class Ending:
    """What the last lines say: surprises by claim, claims of which nothing is expected, the rates, what to do next."""

    surprises: Mapping[str, str]
    unexpected: tuple[str, ...] = ()
    rates: str = ""
    next: str = ""
    rest: str = ""  # how to run what was not run
    given: str = ""  # what the rates are given
    exceeded: bool = False  # whether they are more than the profile allows


def screen(entries: Sequence[Entry], ending: Ending, width: int, whole: bool = False) -> list[Line]:
    """What a reader must know of a run, or, `whole`, every verdict with its statement."""
    found: list[Line] = []
    holding = []
    for paper, those in by_paper(entries).items():
        decided = [entry for entry in those if entry["status"] != NOT_RUN]
        told = (
            decided
            if whole
            else [entry for entry in decided if _must_be_told(entry) or entry["id"] in ending.surprises]
        )
        if told:
            found += [*wrapped(f"{paper}: {counts(decided)}", width, style=HEADING)]
            found += [line for entry in told for line in block(entry, width, ending.surprises)] + [Line()]
        elif decided:
            holding.append(f"{short(decided[0])} ({holds(decided)})")
    if holding:
        found += [*wrapped(f"Nothing refuted, by the number of statements: {', '.join(holding)}", width), Line()]
    return [*found, *last_lines(entries, ending, width)]


def _must_be_told(entry: Entry) -> bool:
    return kind(entry) not in ("HOLDS", UP_TO)


def by_paper(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """The entries of each paper, by first author and year.

    >>> list(by_paper([{"source": {"authors": "Cao, Fang", "year": 2019, "arxiv": "1912.01198"}}]))
    ['Cao and Fang 2019, arXiv 1912.01198']
    """
    found: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda e: (e["source"]["authors"], e["source"]["year"])):
        arxiv = entry["source"]["arxiv"]
        found.setdefault(short(entry) + (f", arXiv {arxiv}" if arxiv else ""), []).append(entry)
    return found


def short(entry: Entry) -> str:
    """Authors and year as one cites them.

    >>> short({"source": {"authors": "Cao, Fang, Wu, Zhou, Gu", "year": 2019}})
    'Cao et al. 2019'
    """
    first, *others = entry["source"]["authors"].split(", ")
    names = f"{first} and {others[0]}" if len(others) == 1 else first + " et al." * bool(others)
    return names if names == OWN else f"{names} {entry['source']['year']}"


def holds(entries: Sequence[Entry]) -> str:
    """How many, and how many of them up to a normalisation alone."""
    scaled = sum(kind(entry) == UP_TO for entry in entries)
    return f"{len(entries)}" + (f", {scaled} up to a normalisation" if scaled else "")


def counts(entries: Iterable[Entry]) -> str:
    """How many of each kind, those of which there is none left out.

    >>> counts([{"status": "NOT RUN", "truth": None}] * 2)
    '2 NOT RUN'
    """
    found = Counter(kind(entry) for entry in entries)
    return ", ".join(f"{found[name]} {name}" for name in (*KINDS, CRASHED, NOT_RUN) if found[name])


def block(entry: Entry, width: int, surprises: Mapping[str, str]) -> Iterator[Line]:
    """A claim in a few lines: the verdict, what is printed, what holds, of which kernel."""
    style = ALARM if entry["id"] in surprises or entry["status"] == CRASHED else PLAIN
    place = f", {entry['source']['place']}" if entry["source"]["place"] else ""
    evidence = f" ({evidence_text(entry)})" if entry["evidence"] else ""
    yield from wrapped(f"{entry['id']}{place}: {verdict_text(entry)}{evidence}", width, 2, style)
    for name, text in facts(entry):
        yield from _fact(name, text, width, 4, 8)


def facts(entry: Entry) -> Iterator[tuple[str, str]]:
    """What `block` says of it, by name."""
    yield "printed", printed(entry)
    one = _only_kernel(entry)
    for said in entry.get("corrected", []):
        if said["truth"] == "HOLDS" and kind(entry) != "HOLDS":
            yield "holds", said_text(said | ({"kernel": None} if one else {}))
    if kind(entry) in ("UNDECIDED", CRASHED):
        yield "why", entry["why"]
    if one:
        yield "kernel", one


def printed(entry: Entry) -> str:
    """The printed statement in plain text; a property of our own says itself in its note."""
    return plain(entry["printed"]) or entry["note"]


def _only_kernel(entry: Entry) -> str | None:
    """The kernel of all that the claim says and of its corrections, where there is one alone."""
    named = [said["kernel"] for said in (*entry["statement"], *entry.get("corrected", [])) if said["kernel"]]
    return named[0] if len(set(named)) == 1 else None


def last_lines(entries: Sequence[Entry], ending: Ending, width: int) -> Iterator[Line]:
    """What was not run, what is not as expected, then one line that says how it went and what comes next."""
    if left_out := [entry["id"] for entry in entries if entry["status"] == NOT_RUN]:
        many = f"{len(left_out)} claim{'s' * (len(left_out) > 1)}"
        yield from wrapped(f"Not run: {many}. To run {'them' if len(left_out) > 1 else 'it'}{ending.rest}", width)
        yield from wrapped(", ".join(left_out), width, 2)
        yield Line()
    for name in ending.unexpected:
        yield from wrapped(f"{name}: nothing expected yet", width)
    if ending.given:
        yield from wrapped(ending.given, width, style=ALARM if ending.exceeded else PLAIN)
    for said in surprises(ending):
        yield from wrapped(said, width, style=ALARM)
    decided = [entry for entry in entries if entry["status"] != NOT_RUN]
    end = f"{len(ending.surprises)} not as expected" if ending.surprises else "all as expected"
    end += f", {len(ending.unexpected)} with nothing expected yet" if ending.unexpected else ""
    rates = f"; {ending.rates}" if ending.rates else ""
    words = f"{counts(decided) or 'nothing to decide'}; {end}{rates}; next: {ending.next}"
    yield from wrapped(words, width, style=ALARM if ending.surprises else HEADING)


def surprises(ending: Ending) -> list[str]:
    """A line for each claim that is not as expected.

    >>> surprises(Ending({"a": "truth FAILS, expected HOLDS"}))
    ['MISMATCH a: truth FAILS, expected HOLDS']
    """
    return [f"{SURPRISE} {name}: {why}" for name, why in ending.surprises.items()]


def details(entry: Entry, width: int, surprises: Mapping[str, str]) -> list[Line]:
    """All that is known of one claim, but for its proof and the numbers, which the ledger keeps."""
    style = ALARM if entry["id"] in surprises or entry["status"] == CRASHED else HEADING
    evidence = f" ({evidence_text(entry)})" if entry["evidence"] else ""
    found = [*wrapped(f"{entry['id']}: {verdict_text(entry)}{evidence}", width, style=style)]
    for name, text in all_facts(entry):
        found += _fact(name, text, width, 2, 14) if text else []
    return found


def all_facts(entry: Entry) -> Iterator[tuple[str, str]]:
    """What `details` says of it, by name."""
    source = entry["source"]
    known = f"; words {KNOWN[entry['wording']]}" if entry["wording"] in KNOWN else ""
    parts = source["authors"] + f" {source['year']}", source["place"], source["arxiv"] and f"arXiv {source['arxiv']}"
    yield "source", ", ".join(filter(None, parts)) + known
    yield "printed", printed(entry)
    for said in entry["statement"]:
        yield "stated", said_text(said)
    yield "for", entry.get("scope", "")
    if entry["status"] == DECIDED and not entry["statement"]:
        yield "compared", entry["compared"]
    yield "why", entry["why"]
    yield "counterexample", _values({n: v for n, v in (entry.get("counterexample") or {}).items() if v != entry["why"]})
    for said in entry.get("corrected", []):
        yield "instead", f"{said['truth']}: {said_text(said)} ({evidence_text(said)})"
    for reading in entry.get("readings", []):
        for said in reading["statements"]:
            yield "read otherwise", f"{reading['name']}: {said['truth']}: {said_text(said)}"
    yield "routes", "; ".join(entry.get("routes", []))
    yield "error rates", _values(entry.get("rates") or {})
    yield "note", entry["note"] if entry["printed"] else ""
    if entry["status"] != NOT_RUN:
        yield "again", entry["command"]


def _values(found: Mapping[str, Any]) -> str:
    """A mapping in one line.

    >>> _values({"k": 0, "instance": {"d": 2}})
    'k = 0; instance: d = 2'
    """
    said = (f"{n}: {_values(v)}" if isinstance(v, Mapping) else f"{n} = {v}" for n, v in found.items())
    return "; ".join(said)


def _fact(name: str, text: str, width: int, indent: int, column: int) -> Iterator[Line]:
    """A name, and beside it the text in a column of its own."""
    beside = indent + column + 1
    for number, line in enumerate(wrapped(text, width, beside, hang=0)):
        yield Line(f"{' ' * indent}{name:{column}} {line.text[beside:]}", line.style) if number == 0 else line
