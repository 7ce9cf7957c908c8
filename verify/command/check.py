"""A reader's own statements: `spectral-bias check FILE.toml`, or one statement: `check "mu(k) > 0" --kernel "NTK(depth=3)"`.

[[claim]]
id = "my-lemma"
kernel = "NTK(depth=2)"
says = "mu(k) = Theta(k**(-d-1)) as k -> oo"
for = ["d = 2", "k even"]
"""

from __future__ import annotations

import multiprocessing
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theory.numbers.nearest import suggestion
from verify.running.arguments import nearest_file
from verify.running.console import BadRequest
from verify.running.failures import crash_text
from verify.running.workers import completed

if TYPE_CHECKING:  # what decides takes long to load, and a file that is not there is said at once
    from theory.language.sentences import Sentence
    from theory.statements.decide import Verdict

KEYS = ("id", "kernel", "says", "for")
MAX_BYTES = 1_000_000
STANDARD_INPUT = Path("-")
MAX_CLAIMS = 1_000
CRASHED, REFUSED = "CRASHED", "REFUSED"  # no truths, but what happened to a decision, and to a statement


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a file as it is written, where it stands, and why it cannot be read, if it cannot."""

    name: str
    says: str
    kernel: str | None
    where: tuple[str, ...]
    line: int = 1
    refused: str = ""

    def sentence(self) -> Sentence:
        """What it says. Raises ValueError in one line."""
        from theory.language.sentences import parse_sentence

        return parse_sentence(self.says, self.kernel, self.where)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is told of a verdict, and the kernels of the reader's own that another process must know."""

    proofs: bool = False
    explain: bool = False
    kernels: Path | None = None


def decided(
    claims: Sequence[Claim], quiet: bool, wanted: Wanted = Wanted(), jobs: int = 1
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The verdict of each claim with its place in the file, as each is found."""
    from verify.running.progress import counted

    with counted("deciding", quiet) as tell:
        work = [(number, claim, wanted) for number, claim in enumerate(claims)]
        for done, ((number, claim, _), verdict) in enumerate(completed(_verdict_of, work, jobs), 1):
            tell(done, len(claims), claim.name)
            yield number, verdict


def one_claim(says: str, kernel: str | None, where: Sequence[str]) -> Claim:
    """The statement of a command line. Raises BadRequest in one line.

    >>> one_claim("mu_k > 0", "NTK(depth=3)", ["k even"]).name
    'statement'
    """
    claim = Claim("statement", says, kernel, tuple(where))
    try:
        claim.sentence()
    except ValueError as error:
        raise BadRequest(str(error)) from None
    return claim


def read_claims(path: Path) -> list[Claim]:
    """The claims of a TOML file, of standard input for "-"; one that cannot be read says why, and stops no other."""
    text = _text_of(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"{path}: {error}") from None
    except RecursionError:
        raise BadRequest(f"{path}: nested too deeply, allowed: tables [[claim]] of texts and lists of texts") from None
    tables = data.get("claim")
    if set(data) != {"claim"} or not isinstance(tables, list) or not 0 < len(tables) <= MAX_CLAIMS:
        found = ", ".join(data) or "nothing"
        close = next((c for name in data if name != "claim" and (c := suggestion(name, ["claim"]))), "")
        raise BadRequest(f"{path}: allowed are 1 to {MAX_CLAIMS} tables [[claim]], found {found}{close}")
    places = [text.count("\n", 0, match.start()) + 1 for match in re.finditer(r"^\s*\[\[\s*claim\s*\]\]", text, re.M)]
    claims: list[Claim] = []
    for number, table in enumerate(tables):
        line = places[number] if len(places) == len(tables) else 1
        claims.append(_claim(table, number + 1, line, {claim.name for claim in claims}))
    return claims


def _text_of(path: Path) -> str:
    try:
        if path == STANDARD_INPUT:
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise BadRequest(f"{path}: larger than {MAX_BYTES} bytes")
        return content.decode("utf-8")
    except OSError as error:
        raise BadRequest(f"cannot read {str(path)!r}: {error.strerror}{nearest_file(path)}") from None
    except UnicodeDecodeError:
        raise BadRequest(f"{path}: not UTF-8 text") from None


def _claim(table: object, number: int, line: int, taken: set[str]) -> Claim:
    """One table as a claim, with the reason where it is none."""
    name = table.get("id") if isinstance(table, dict) else None
    if not isinstance(table, dict) or not isinstance(name, str) or not name:
        what = "is missing" if name is None else f"is {name!r}"
        refused = f"key id {what}, allowed: a text that is unique in the file"
        return Claim(f"number {number}", "", None, (), line, refused)
    refused = "duplicate id, each id must be unique" if name in taken else _wrong(table)
    if refused:
        says = table.get("says")
        return Claim(name, says if isinstance(says, str) else "", None, (), line, refused)
    claim = Claim(name, table["says"], _kernel_text(table.get("kernel")), tuple(table.get("for", [])), line)
    try:
        claim.sentence()
    except ValueError as error:
        return Claim(name, claim.says, claim.kernel, claim.where, line, str(error))
    return claim


def _kernel_text(kernel: str | dict[str, str] | None) -> str | None:
    """Several kernels by name in one text."""
    return "; ".join(f"{name} = {text}" for name, text in kernel.items()) if isinstance(kernel, dict) else kernel


def _wrong(table: dict[str, Any]) -> str:
    """What is wrong with the keys and their kinds."""
    for key in table:
        if key not in KEYS:
            return f"unknown key {key!r}, allowed: {', '.join(KEYS)}{suggestion(key, list(KEYS))}"
    says, kernel, where = table.get("says"), table.get("kernel"), table.get("for", [])
    if not isinstance(says, str):
        what = "is missing" if says is None else f"is {says!r}"
        return f'key says {what}, allowed: a statement such as "mu(k) > 0"'
    texts = kernel.values() if isinstance(kernel, dict) else [kernel]
    if kernel is not None and not all(isinstance(text, str) for text in texts):
        return 'key kernel must be a text such as "NTK(depth=2)", or several by name: {ntk = "NTK(depth=3)", lap = "Laplace(rate=1)"}'
    if not isinstance(where, list) or not all(isinstance(w, str) for w in where):
        return 'key for must be a list of conditions such as ["k even", "d = 2"]'
    return ""


@lru_cache
def _load(kernels: Path) -> None:
    from verify.command import kernel_file

    kernel_file.load(kernels)


def _verdict_of(work: tuple[int, Claim, Wanted]) -> dict[str, Any]:
    """The verdict on one claim, in this process or another; a decision that crashes costs no other its verdict."""
    from theory.statements.sentences import decide_sentence
    from theory.text.statements import sentence_latex
    from verify.findings.explained import explained

    _, claim, wanted = work
    if wanted.kernels is not None and multiprocessing.parent_process() is not None:
        _load(wanted.kernels)
    lost = {
        "truth": REFUSED,
        "evidence": None,
        "scope": "",
        "counterexample": None,
        "confronted": 0,
        "why": claim.refused,
    }
    asked = {"id": claim.name, "says": claim.says, "latex": None, "kernel": claim.kernel}
    if claim.refused:
        return asked | lost
    sentence = claim.sentence()
    asked |= {"says": sentence.text, "latex": sentence_latex(sentence), "kernel": sentence.kernel}
    try:
        verdict, parts = decide_sentence(sentence)
    except Exception as error:
        return asked | lost | {"truth": CRASHED, "scope": sentence.scope, "why": crash_text(error)}
    told = asked | _told(verdict, wanted)
    if len(parts) > 1:
        said = [{"says": part.text, "scope": part.scope} for part in sentence.parts]
        told["parts"] = [_told(found, wanted) | one for one, found in zip(said, parts, strict=False)]
        if wanted.explain:
            each = (f'"{one["says"]}" {one["scope"]}: {one["explanation"]}' for one in told["parts"])
            told["explanation"] = " ".join([f"{explained(told | {'proof': None, 'why': 'part by part'})}", *each])
    return told


def _told(verdict: Verdict, wanted: Wanted) -> dict[str, Any]:
    from verify.findings.explained import explained
    from verify.findings.proofs import proof_json

    proof = verdict.proof and proof_json(verdict.proof, verdict.theorems) if wanted.proofs or wanted.explain else None
    told = {
        "truth": str(verdict.truth),
        "evidence": None if verdict.evidence is None else str(verdict.evidence),
        "scope": verdict.scope,
        "counterexample": verdict.counterexample,
        "confronted": verdict.confronted,
        "why": verdict.why,
    }
    if wanted.explain:
        told["explanation"] = explained(told | {"proof": proof})
    return told | ({"proof": proof} if wanted.proofs else {})
