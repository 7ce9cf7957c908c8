"""What a report is made from: ledger.json, planted*.json and train/*.json of one folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify.ledger.verdicts import SCHEMA, kind
from verify.running.arguments import nearest_file
from verify.running.console import BadRequest

Data = dict[str, Any]
SCHEMAS = Path(__file__).parent.parent / "schemas"
AGAIN = "run `spectral-bias verify` again"
PICTURES = (".svg", ".png")  # the first that exists is shown
ATTACHED = (".pdf", ".csv")
# What an entry that was not decided has none of.
NOT_DECIDED: Data = {
    "compared": "",
    "corrected": [],
    "readings": [],
    "proofs": [],
    "figures": {},
    "traceback": "",
    "up_to": None,
    "given": [],
}


@dataclass(frozen=True, slots=True)
class Trained:
    """One run of `spectral-bias train`: its verdict, the picture and the files beside it, if any."""

    name: str
    verdict: Data
    picture: Path | None
    attached: tuple[Path, ...]

    @property
    def experiment(self) -> str:
        """The name of the experiment."""
        return str(self.verdict.get("experiment", ""))

    @property
    def settings(self) -> str:
        """What it was run with, by which runs of one experiment differ.

        >>> Trained("x", {"config": {"width": 512, "step_size": 1.0, "factors": [1, 2]}}, None, ()).settings
        'width 512, step_size 1.0, factors 1 2'
        """
        config = self.verdict.get("config")
        shown = {k: v if isinstance(v, list) else [v] for k, v in config.items()} if isinstance(config, dict) else {}
        return ", ".join(f"{key} {' '.join(map(str, values))}" for key, values in shown.items())


@dataclass(frozen=True, slots=True)
class Results:
    """A folder of results, read."""

    profile: str
    entries: tuple[Data, ...]
    planted: dict[str, Data]
    trained: tuple[Trained, ...]

    def trained_for(self, entry: Data) -> list[Trained]:
        """The runs that are about a statement: of the experiment of its procedure."""
        if not self.trained:  # nothing to look for, and nothing to import
            return []
        from verify.networks import procedures

        procedure = procedures().get(entry["id"])
        return [run for run in self.trained if procedure is not None and run.experiment == procedure.experiment]

    def papers(self) -> dict[str, Counter[str]]:
        """Counts of verdicts by paper."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            found.setdefault(paper(entry), Counter())[kind(entry)] += 1
        return dict(sorted(found.items()))


def paper(entry: Data) -> str:
    """Authors and year.

    >>> paper({"source": {"authors": "Bietti, Bach", "year": 2021}})
    'Bietti, Bach 2021'
    """
    return f"{entry['source']['authors']} {entry['source']['year']}"


def read_results(folder: Path) -> Results:
    """Read a folder. BadRequest, in one line, for what is missing, of another version or malformed."""
    ledger = _read_ledger(folder / "ledger.json")
    planted = {row["claim"]: row for path in sorted(folder.glob("planted*.json")) for row in _rows(path)}
    trained = tuple(_read_trained(path) for path in sorted((folder / "train").glob("*.json")))
    entries = tuple(NOT_DECIDED | entry for entry in ledger["entries"])
    return Results(ledger["profile"], entries, planted, trained)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = f"there is no {str(path)!r}{nearest_file(path.parent)}"
        raise BadRequest(f"{what}, allowed: a folder that `spectral-bias verify` wrote") from None
    except OSError as error:
        raise BadRequest(f"cannot read {str(path)!r}: {error.strerror}, allowed: a readable file") from None
    except (ValueError, RecursionError):
        raise BadRequest(f"{str(path)!r} is not JSON, allowed: a file that spectral-bias wrote") from None


def _read_ledger(path: Path) -> Data:
    document = _read_json(path)
    version = document.get("schema") if isinstance(document, dict) else None
    if version != SCHEMA:
        raise BadRequest(f"{str(path)!r} has schema {version!r}, allowed: {SCHEMA}; {AGAIN}")
    from jsonschema import Draft202012Validator  # only here: it takes long to load

    schema = json.loads((SCHEMAS / "ledger.json").read_text(encoding="utf-8"))
    wrong = next(Draft202012Validator(schema).iter_errors(document), None)
    if wrong is not None:
        what = wrong.message if len(wrong.message) < 200 else f"not as in its schema ({wrong.validator})"
        raise BadRequest(f"{str(path)!r} is malformed at {wrong.json_path}: {what}; {AGAIN}")
    names = Counter(entry["id"] for entry in document["entries"])
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise BadRequest(f"{str(path)!r} holds {twice[0]} twice, allowed: each statement once")
    return document


def _rows(path: Path) -> Iterator[Data]:
    document = _read_json(path)
    rows = document.get("rows") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(map(_is_row, rows)):
        raise BadRequest(f"{str(path)!r} is malformed, allowed: what `spectral-bias verify --planted` wrote")
    yield from rows


def _is_row(row: Any) -> bool:
    keys = {"name", "text", "seen", "truth", "rejected"}
    return (
        isinstance(row, dict)
        and {"claim", "planted_in", "defects", "twins"} <= row.keys()
        and isinstance(row["twins"], list)
        and isinstance(row["defects"], list)
        and all(isinstance(twin, dict) and keys <= twin.keys() for twin in row["twins"])
    )


def _read_trained(path: Path) -> Trained:
    verdict = _read_json(path)
    if not isinstance(verdict, dict) or not {"experiment", "truth", "why"} <= verdict.keys():
        raise BadRequest(f"{str(path)!r} is malformed, allowed: what `spectral-bias train` wrote")
    beside = [path.with_suffix(suffix) for suffix in PICTURES]
    picture = next((file for file in beside if file.is_file()), None)
    attached = tuple(file for file in map(path.with_suffix, ATTACHED) if file.is_file())
    return Trained(path.stem, verdict, picture, attached)
