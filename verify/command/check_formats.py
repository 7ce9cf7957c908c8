"""The verdicts of `spectral-bias check` for people (text, latex) and for machines (json, junit, sarif, github)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from verify.running.console import PROGRAM

Data = dict[str, Any]
LEVELS = {"FAILS": "error", "CRASHED": "error", "REFUSED": "error", "UNDECIDED": "warning"}
RULES = {
    "FAILS": "the statement does not hold",
    "UNDECIDED": "the statement is neither proved nor refuted",
    "CRASHED": "a defect of the program ended the decision",
    "REFUSED": "the statement cannot be read",
}
_PIECE = re.compile(r"((?:one constant |along |as |no variables|for (?:all|each fixed) )*)(.*?)( even| odd)?")
TEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "_": r"\_", "^": r"\^{}", "#": r"\#", "%": r"\%", "&": r"\&",
       "$": r"\$", "~": r"\~{}", "<": r"\textless{}", ">": r"\textgreater{}"}  # fmt: skip


def render(verdicts: Sequence[Data], form: str, path: Path | None = None, lines: Sequence[int] = ()) -> str:
    """The verdicts in a form of CHECK_FORMATS; path and lines say where the statements stand."""
    at = [*lines, *[1] * (len(verdicts) - len(lines))]
    return FORMS[form](verdicts, path, at)


def asked(verdict: Data) -> str:
    """The statement in quotes, of which kernel, and for what it is meant; the limit, which it says itself, once.

    >>> asked({"says": "mu(k) = O(1) as k -> oo", "kernel": "NNGP(depth=2)", "scope": "as k -> oo, for each fixed d >= 1"})
    '"mu(k) = O(1) as k -> oo" of NNGP(depth=2), for each fixed d >= 1'
    """
    of = f" of {verdict['kernel']}" if verdict["kernel"] else ""
    scope = re.sub(r"^as \w -> (oo|-?[01])", "", verdict["scope"])
    space = "" if scope[:1] in ("", ",", " ") else " " if scope.startswith("for ") else ", "
    return f'"{verdict["says"]}"{of}{space}{scope}'


def message(verdict: Data) -> str:
    """One line: the statement, for what it is meant, and why."""
    return verdict["why"] if verdict["truth"] == "REFUSED" else f"{asked(verdict)}: {verdict['why']}"


def _text(verdicts: Sequence[Data], path: Path | None, lines: Sequence[int]) -> str:
    """One line a statement; with proofs, below it its proof and at how many points the falsifier found it true."""
    return "\n".join(line for verdict in verdicts for line in _text_lines(verdict)) + "\n"


def _text_lines(verdict: Data) -> Iterator[str]:
    evidence = f" ({verdict['evidence']})" if verdict["evidence"] else ""
    if "explanation" in verdict and verdict["truth"] != "REFUSED":
        yield f"{verdict['id']}: {asked(verdict)}. {verdict['explanation']}"
    else:
        yield f"{verdict['id']}: {verdict['truth']}{evidence}: {message(verdict)}"
    if "proof" in verdict:
        from verify.findings.proofs import proof_lines  # only here: it takes long to load

        for part in verdict.get("parts", [verdict]):
            yield from proof_lines(part["proof"]) if part["proof"] else []
        yield f"    confronted with {verdict['confronted']} points by the falsifier, none against it"


def _json(verdicts: Sequence[Data], path: Path | None, lines: Sequence[int]) -> str:
    return json.dumps({"schema": 1, "claims": list(verdicts)}, indent=2) + "\n"


def _latex(verdicts: Sequence[Data], path: Path | None, lines: Sequence[int]) -> str:
    """A list for a paper; needs amsmath."""
    return "\n".join([r"\begin{description} % needs amsmath", *map(_item, verdicts), r"\end{description}"]) + "\n"


def _item(verdict: Data) -> str:
    said = rf"\(\displaystyle {verdict['latex']}\)" if verdict["latex"] else _tex(verdict["says"])
    of = rf" of \texttt{{{_tex(verdict['kernel'])}}}" if verdict["kernel"] else ""
    evidence = f" ({verdict['evidence']})" if verdict["evidence"] else ""
    scope = f", {_scope(verdict['scope'])}" if verdict["scope"] else ""
    return rf"\item[{_tex(verdict['id'])}] {said}{of}{scope}: \textbf{{{verdict['truth'].lower()}}}{evidence}."


def _scope(text: str) -> str:
    """The quantifiers with their formulas in mathematics."""
    return ", ".join(_quantifier(piece) for piece in text.split(", "))


def _quantifier(piece: str) -> str:
    match = _PIECE.fullmatch(piece)
    assert match is not None  # every text is one
    words, formula, parity = match.groups()
    for plain, typeset in (
        (">=", r"\ge"),
        ("<=", r"\le"),
        ("!=", r"\ne"),
        ("->", r"\to"),
        ("oo", r"\infty"),
        ("*", r"\,"),
    ):
        formula = formula.replace(plain, typeset)
    return f"{words or ''}" + (rf"\({formula}\)" if formula else "") + (parity or "")


def _tex(text: str) -> str:
    return "".join(TEX.get(character, character) for character in text)


def _junit(verdicts: Sequence[Data], path: Path | None, lines: Sequence[int]) -> str:
    """A test case a statement: FAILS is a failure, what could not be read or decided for a defect an error."""
    suite = ElementTree.Element("testsuite", name=str(path or "statement"), tests=str(len(verdicts)))
    counts = {"failures": ("FAILS",), "errors": ("CRASHED", "REFUSED"), "skipped": ("UNDECIDED",)}
    for name, truths in counts.items():
        suite.set(name, str(sum(verdict["truth"] in truths for verdict in verdicts)))
    for verdict in verdicts:
        case = ElementTree.SubElement(suite, "testcase", name=verdict["id"], classname=PROGRAM)
        kind = next((name for name, truths in counts.items() if verdict["truth"] in truths), None)
        if kind is not None:
            tag = {"failures": "failure", "errors": "error", "skipped": "skipped"}[kind]
            ElementTree.SubElement(case, tag, message=message(verdict), type=verdict["truth"])
    root = ElementTree.Element("testsuites")
    root.append(suite)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _sarif(verdicts: Sequence[Data], path: Path | None, lines: Sequence[int]) -> str:
    """SARIF 2.1.0: a result for each statement that does not hold, at its line."""
    rules = [{"id": name, "shortDescription": {"text": says}} for name, says in RULES.items()]
    results = [
        {
            "ruleId": verdict["truth"],
            "level": LEVELS[verdict["truth"]],
            "message": {"text": f"{verdict['id']}: {message(verdict)}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": (path or Path("statement")).as_posix()},
                        "region": {"startLine": line},
                    }
                }
            ],
        }
        for verdict, line in zip(verdicts, lines, strict=True)
        if verdict["truth"] in LEVELS
    ]
    driver = {"name": PROGRAM, "rules": rules}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    document = {"$schema": schema, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(document, indent=2) + "\n"


def _github(verdicts: Sequence[Data], path: Path | None, lines: Sequence[int]) -> str:
    """Workflow commands of GitHub Actions: an annotation for each statement that does not hold."""
    text = ""
    for verdict, line in zip(verdicts, lines, strict=True):
        if verdict["truth"] in LEVELS:
            level = LEVELS[verdict["truth"]]
            place = "" if path is None else f"file={_property(path.as_posix())},line={line},"
            text += f"::{level} {place}title={_property(verdict['truth'] + ' ' + verdict['id'])}::{_data(message(verdict))}\n"
    return text


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMS: dict[str, Callable[[Sequence[Data], Path | None, Sequence[int]], str]] = {
    "text": _text,
    "json": _json,
    "latex": _latex,
    "junit": _junit,
    "sarif": _sarif,
    "github": _github,
}
