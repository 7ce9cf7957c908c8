"""The pages of the HTML report, written into a folder; everything that is not ours is escaped."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_CEILING, Context
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from verify.ledger.run import verdicts_of
from verify.ledger.verdicts import DECIDED, KINDS, evidence_text, kind, said_text
from verify.report.mathml import formula, prose
from verify.report.source import Results, paper

Data = dict[str, Any]
OUTCOMES = (*KINDS, "CRASHED", "NOT RUN")
EVIDENCE = ("proved", "certified", "checked", "observed")
ASSETS = ("style.css", "script.js")
MOST_JSON = 20_000  # characters of the numbers behind a verdict that are shown
WORDINGS = {
    "seed": "as the question was put to this project",
    "read": "read in the paper",
    "derived": "derived from what the paper says, which was read",
    "notes": "from notes, not compared with the paper",
    "memory": "from memory, not compared with the paper",
    "own": "this project's own; no publication says it",
}
HEADINGS = {
    "seed": "As the question was put",
    "read": "As printed",
    "derived": "As restated from the text",
    "notes": "As restated from notes",
    "memory": "As restated from memory",
    "own": "Our own",
}


def write_html(results: Results, grid: Data, folder: Path) -> None:
    """index.html, explorer.html, statements/ID.html, their style and script, and the pictures."""
    pages = _environment()
    for name in ASSETS:
        shutil.copyfile(Path(__file__).parent / "templates" / name, folder / name)
    pictures = _copy_pictures(results, folder)
    common = {"results": results, "pictures": pictures}
    _write(pages, "index.html", folder / "index.html", root="", **common, **_overview(results))
    _write(pages, "explorer.html", folder / "explorer.html", root="", grid=grid, shown=_explorer(grid))
    _write(pages, "networks.html", folder / "networks.html", root="", **common)
    (folder / "statements").mkdir()
    for before, entry, after in _with_neighbours(results.entries):
        _write(
            pages,
            "statement.html",
            folder / "statements" / f"{entry['id']}.html",
            root="../",
            entry=entry,
            proofs=numbered(entry),
            before=before,
            after=after,
            planted=results.planted.get(entry["id"]),
            runs=results.trained_for(entry),
            **common,
        )


def _environment() -> Environment:
    pages = Environment(
        loader=PackageLoader("verify.report"),
        autoescape=select_autoescape(["html.j2"], default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {
        "formula": formula,
        "prose": prose,
        "numbers": numbers,
        "ranges": ranges,
        "rate": rate,
        "kind": kind,
        "paper": paper,
        "said_text": said_text,
        "evidence_text": evidence_text,
        "untold": untold,
        "css": lambda word: str(word).lower().replace(" ", "-"),
    }
    pages.globals |= {"WORDINGS": WORDINGS, "HEADINGS": HEADINGS, "OUTCOMES": OUTCOMES, "EVIDENCE": EVIDENCE}
    return pages


def _write(pages: Environment, template: str, path: Path, **values: Any) -> None:
    path.write_text(pages.get_template(f"{template}.j2").render(**values), encoding="utf-8")


def _overview(results: Results) -> Data:
    """Counts by outcome and evidence, and by paper."""
    decided = Counter((kind(e), e["evidence"]) for e in results.entries if e["status"] == DECIDED)
    counts = Counter(map(kind, results.entries))
    seen = [name for name in OUTCOMES if counts[name]]
    settled = [name for name in seen if name.startswith(("HOLDS", "FAILS"))]
    return {"counts": counts, "decided": decided, "seen": seen, "settled": settled, "papers": results.papers()}


def _with_neighbours(entries: tuple[Data, ...]) -> Iterator[tuple[str | None, Data, str | None]]:
    names = [None, *(entry["id"] for entry in entries), None]
    yield from zip(names, entries, names[2:])


def numbers(value: Any) -> str:
    """Plain data as text to read, cut where it is very long.

    >>> numbers({"k": 3, "d": 1})
    'k = 3, d = 1'
    """
    if isinstance(value, dict) and all(isinstance(v, str | int | float) for v in value.values()):
        return ", ".join(f"{key} = {item}" for key, item in value.items())
    text = json.dumps(value, indent=1, ensure_ascii=False)
    more = len(text) - MOST_JSON
    return text if more <= 0 else f"{text[:MOST_JSON]}\n... {more} characters more"


def untold(verdict: Data) -> Data:
    """The counterexample without a law that the reason names already.

    >>> untold({"why": "the law m^-1 is off", "counterexample": {"law": "m^-1", "depth": 2}})
    {'depth': 2}
    """
    found = verdict["counterexample"] or {}
    return {k: v for k, v in found.items() if not (k == "law" and isinstance(v, str) and v in verdict["why"])}


def rate(value: float) -> str:
    """An upper bound of a probability with two digits, rounded up.

    >>> rate(8.9757e-11), rate(0.5)
    ('9.0e-11', '5.0e-1')
    """
    return f"{Context(prec=2, rounding=ROUND_CEILING).create_decimal_from_float(value):.1e}"


def ranges(where: list[str]) -> str:
    """
    >>> ranges(["k >= 2 even", "d >= 1"])
    'k \u2265 2 even, d \u2265 1'
    """
    return ", ".join(where).replace(">=", "\u2265").replace("<=", "\u2264")


def numbered(entry: Data) -> list[Data]:
    """The proofs of an entry, each step with an anchor and links to the steps it uses.

    A name means the proof's own step, else the first of that name in the entry.

    >>> step = lambda name, *uses: {"name": name, "uses": list(uses)}
    >>> proofs = [{"steps": [step("a"), step("b", "a")]}, {"steps": [step("c", "b", "gone")]}]
    >>> numbered({"proofs": proofs, "corrected": [], "readings": []})[1]["steps"][0]["links"]
    [('b', 'p1-s2'), ('gone', None)]
    """
    told: dict[str, str] = {}
    found = []
    for number, proof in enumerate((p for v in verdicts_of(entry) for p in v["proofs"]), 1):
        own = {step["name"]: f"p{number}-s{place}" for place, step in enumerate(proof["steps"], 1)}
        places = told | own
        steps = [
            step | {"anchor": own[step["name"]], "links": [(name, places.get(name)) for name in step["uses"]]}
            for step in proof["steps"]
        ]
        found.append(proof | {"steps": steps})
        told = own | told
    return found


def _explorer(grid: Data) -> Data:
    """What the explorer's script needs, formulas already typeset."""
    laws = [
        {
            "text": law["text"],
            "evidence": law["evidence"],
            "source": law["source"],
            "dim": law["dim"],
            "branches": [
                {"for": ranges(branch["for"]), "math": str(formula(branch["latex"], display=True))}
                for branch in law["branches"]
            ],
        }
        for law in grid["laws"]
    ]
    return {"cells": grid["cells"], "laws": laws, "digits": grid["request"]["digits"]}


def _copy_pictures(results: Results, folder: Path) -> dict[str, Data]:
    """Pictures and files of the runs, copied below figures/; their paths from the report's root."""
    found = {}
    if results.trained:
        (folder / "figures").mkdir()
    for run in results.trained:
        for path in (run.picture, *run.attached):
            if path is not None:
                shutil.copyfile(path, folder / "figures" / path.name)
        found[run.name] = {
            "picture": run.picture and f"figures/{run.picture.name}",
            "attached": [f"figures/{path.name}" for path in run.attached],
        }
    return found
