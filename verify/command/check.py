"""A reader's own statements: `spectral-bias check FILE.toml`.

[[claim]]
id = "my-lemma"
kernel = "NTK(depth=2)"
says = "mu(k) = Theta(k**(-d-1)) as k -> oo"
for = ["d = 2", "k even"]
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from theory.kernels.parse import suggestion
from theory.language.statement import Statement, parse_statement
from theory.statements.decide import decide
from verify.findings.proofs import proof_json, proof_lines
from verify.running.console import BadRequest
from verify.running.failures import crash_text

KEYS = ("id", "kernel", "says", "for")
MAX_BYTES = 1_000_000
STANDARD_INPUT = Path("-")
MAX_CLAIMS = 1_000
CRASHED = "CRASHED"  # no truth, but what happened to a decision


def decided(statements: dict[str, Statement], quiet: bool, proofs: bool = False) -> Iterator[dict[str, Any]]:
    """The verdict of each statement in turn, with `proofs` also the steps that the checker has replayed."""
    from verify.running.progress import counted

    with counted("deciding", quiet) as tell:
        for number, (name, statement) in enumerate(statements.items()):
            tell(number, len(statements), name)
            yield _verdict(name, statement, proofs)


def read_statements(path: Path) -> dict[str, Statement]:
    """The statements of a TOML file by id, of standard input for "-"; read whole before anything is decided."""
    try:
        data = tomllib.loads(_text(path))
    except OSError as error:
        raise BadRequest(f"cannot read {str(path)!r}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadRequest(f"{path}: not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise BadRequest(f"{path}: {error}") from None
    except RecursionError:
        raise BadRequest(f"{path}: nested too deeply, allowed: tables [[claim]] of texts and lists of texts") from None
    claims = data.get("claim")
    if set(data) != {"claim"} or not isinstance(claims, list) or not 0 < len(claims) <= MAX_CLAIMS:
        found = ", ".join(data) or "nothing"
        close = next((c for name in data if name != "claim" and (c := suggestion(name, ["claim"]))), "")
        raise BadRequest(f"{path}: allowed are 1 to {MAX_CLAIMS} tables [[claim]], found {found}{close}")
    statements: dict[str, Statement] = {}
    for number, claim in enumerate(claims, 1):
        name = _name(claim, number)
        if name in statements:
            raise BadRequest(f"claim {name!r}: duplicate id, each id must be unique")
        statements[name] = _statement(name, claim)
    return statements


def _text(path: Path) -> str:
    if path == STANDARD_INPUT:
        content = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BadRequest(f"{path}: larger than {MAX_BYTES} bytes")
    return content.decode("utf-8")


def _name(claim: object, number: int) -> str:
    name = claim.get("id") if isinstance(claim, dict) else None
    if not isinstance(name, str) or not name:
        what = "is missing" if name is None else f"is {name!r}"
        raise BadRequest(f"claim number {number}: key id {what}, allowed: a text that is unique in the file")
    return name


def _statement(name: str, claim: dict[str, Any]) -> Statement:
    for key in claim:
        if key not in KEYS:
            raise BadRequest(
                f"claim {name!r}: unknown key {key!r}, allowed: {', '.join(KEYS)}{suggestion(key, list(KEYS))}"
            )
    says, kernel, where = claim.get("says"), claim.get("kernel"), claim.get("for", [])
    if not isinstance(says, str):
        what = "is missing" if says is None else f"is {says!r}"
        raise BadRequest(f'claim {name!r}: key says {what}, allowed: a statement such as "mu(k) > 0"')
    if kernel is not None and not isinstance(kernel, str):
        raise BadRequest(f'claim {name!r}: key kernel must be a text such as "NTK(depth=2)"')
    if not isinstance(where, list) or not all(isinstance(w, str) for w in where):
        raise BadRequest(f'claim {name!r}: key for must be a list of conditions such as ["k even", "d = 2"]')
    try:
        return parse_statement(says, kernel, where)
    except ValueError as error:
        raise BadRequest(f"claim {name!r}: {error}") from None


def _verdict(name: str, statement: Statement, proofs: bool) -> dict[str, Any]:
    """A claim whose decision crashes is CRASHED and costs no other claim its verdict."""
    kernel = statement.family or (None if statement.kernel is None else repr(statement.kernel))
    asked = {"id": name, "says": statement.text, "kernel": kernel}
    try:
        verdict = decide(statement)
    except Exception as error:
        lost = {"truth": CRASHED, "evidence": None, "scope": statement.scope, "counterexample": None, "confronted": 0}
        return asked | lost | {"why": crash_text(error)} | ({"proof": None} if proofs else {})
    told = {"proof": verdict.proof and proof_json(verdict.proof, verdict.theorems)} if proofs else {}
    return asked | {
        "truth": str(verdict.truth),
        "evidence": None if verdict.evidence is None else str(verdict.evidence),
        "scope": verdict.scope,
        "counterexample": verdict.counterexample,
        "confronted": verdict.confronted,
        "why": verdict.why,
        **told,
    }


def _asked(verdict: dict[str, Any]) -> str:
    """The statement in quotes, of which kernel, and for what it is meant; the limit, which it says itself, once.

    >>> _asked({"says": "mu(k) = O(1) as k -> oo", "kernel": "NNGP(depth=2)", "scope": "as k -> oo, for each fixed d >= 1"})
    '"mu(k) = O(1) as k -> oo" of NNGP(depth=2), for each fixed d >= 1'
    """
    of = f" of {verdict['kernel']}" if verdict["kernel"] else ""
    scope = re.sub(r"^as \w -> (oo|-?[01])", "", verdict["scope"])
    space = "" if scope[:1] in ("", ",", " ") else " " if scope.startswith("for ") else ", "
    return f'"{verdict["says"]}"{of}{space}{scope}'


def render(verdicts: list[dict[str, Any]], form: str) -> str:
    """JSON of schema 1, or one line a statement: the verdict, the statement, for what it is meant, and why.

    With proofs, below each line its proof and at how many points the falsifier found it true.
    """
    if form == "json":
        return json.dumps({"schema": 1, "claims": verdicts}, indent=2) + "\n"
    lines = []
    for v in verdicts:
        evidence = f" ({v['evidence']})" if v["evidence"] else ""
        lines.append(f"{v['id']}: {v['truth']}{evidence}: {_asked(v)}: {v['why']}")
        if "proof" in v:
            lines += proof_lines(v["proof"]) if v["proof"] else []
            lines.append(f"    confronted with {v['confronted']} points by the falsifier, none against it")
    return "\n".join(lines) + "\n"
