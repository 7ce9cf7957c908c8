"""A reader's file: read whole before anything is decided, refused in one line that names claim and key."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from theory.language.sentences import Sentence
from theory.language.statement import parse_statement
from theory.numbers.truth import Truth
from theory.statements.decide import Verdict, decide
from theory.statements.sentences import decide_sentence
from verify.command.check import MAX_BYTES, Wanted, decided, one_claim, read_claims
from verify.command.check_formats import render
from verify.running.console import BadRequest
from verify.running.failures import one_line

TRUE = '[[claim]]\nid = "true"\nkernel = "NTK(depth=2)"\nsays = "mu(1) = 1/(d+1)"\n'
FALSE = '[[claim]]\nid = "false"\nkernel = "NTK(depth=2)"\nsays = "mu(k) > 0"\nfor = ["k <= 5"]\n'
OPEN = '[[claim]]\nid = "open"\nsays = "pi*pi = pi**2 + 10**-400"\n'


def check_file(path: Path) -> list[dict[str, Any]]:
    return [verdict for _, verdict in decided(read_claims(path), quiet=True)]


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "statements.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_statements_are_decided_in_the_order_of_the_file(tmp_path: Path) -> None:
    verdicts = check_file(written(tmp_path, FALSE + TRUE + OPEN))
    truths = [(v["id"], v["truth"]) for v in verdicts]
    assert truths == [("false", "FAILS"), ("true", "HOLDS"), ("open", "UNDECIDED")]


def test_json_follows_its_schema(tmp_path: Path) -> None:
    document = json.loads(render(check_file(written(tmp_path, TRUE + FALSE + OPEN)), "json"))
    assert set(document) == {"schema", "claims"} and document["schema"] == 1
    for claim in document["claims"]:
        assert list(claim) == [
            "id",
            "says",
            "latex",
            "kernel",
            "truth",
            "evidence",
            "scope",
            "counterexample",
            "confronted",
            "why",
        ]
        assert (claim["counterexample"] is not None) == (claim["truth"] == "FAILS")
        assert (claim["evidence"] is None) == (claim["truth"] == "UNDECIDED")
    # k = 3 on the circle is the first parity zero.
    assert document["claims"][1]["counterexample"] == {"k": 3, "d": 1, "left": "0", "right": "0"}
    assert document["claims"][1]["scope"] == "for all 0 <= k <= 5, d >= 1"


PROVED_AND_NOT = """
[[claim]]
id = "deep"
kernel = "NTK(depth=L)"
says = "mu(k) > 0"
for = ["L >= 3"]

[[claim]]
id = "false"
kernel = "NTK(depth=2)"
says = "mu(k) > 0"
"""


def with_proofs(folder: Path) -> list[dict]:
    path = folder / "two.toml"
    path.write_text(PROVED_AND_NOT, encoding="utf-8")
    return [verdict for _, verdict in decided(read_claims(path), quiet=True, wanted=Wanted(proofs=True))]


def test_proofs_are_told_step_by_step_where_they_are_asked_for(tmp_path: Path) -> None:
    deep, false = with_proofs(tmp_path)
    assert false["proof"] is None and [deep["proof"]["steps"][i]["rule"] for i in (0, -1)] == ["as-stated", "whole"]
    names = [step["name"] for step in deep["proof"]["steps"]]
    assert len(set(names)) == len(names) and {t["name"] for t in deep["proof"]["theorems"]} >= {"mehler"}
    for number, step in enumerate(deep["proof"]["steps"]):
        assert set(step["uses"]) <= set(names[:number]) and deep["proof"]["rules"][step["rule"]]
    assert "proof" not in check_file(tmp_path / "two.toml")[0]


def test_in_text_a_proof_follows_its_verdict(tmp_path: Path) -> None:
    verdicts = with_proofs(tmp_path)
    lines = render(verdicts, "text").splitlines()
    steps = verdicts[0]["proof"]["steps"]
    assert lines[0].startswith('deep: HOLDS (proved): "mu(k) > 0" of NTK(depth=L) for all k >= 0, d >= 1, L >= 3: ')
    assert lines[-2].startswith('false: FAILS (certified): "mu(k) > 0" of NTK(depth=2) for all k >= 0, d >= 1: at k=3')
    assert len(lines) == 4 + 2 * len(steps) + len(verdicts[0]["proof"]["theorems"])
    (said,) = (n for n, line in enumerate(lines) if "Mu(NTK(depth=L), k) > 0   for k >= 0, d >= 1, L >= 3" in line)
    assert "by series-sign from moment, " in lines[said + 1]
    points = verdicts[0]["confronted"]
    assert points > 0 and f"    confronted with {points} points by the falsifier, none against it" in lines


def test_text_gives_one_line_a_statement(tmp_path: Path) -> None:
    lines = render(check_file(written(tmp_path, TRUE + FALSE)), "text").splitlines()
    assert [line.split(" (")[0] for line in lines] == ["true: HOLDS", "false: FAILS"]


NO_FILE = {
    "": "found nothing",
    "# nothing\n": "found nothing",
    "claim = 3": "allowed are 1 to",
    "claim = []": "allowed are 1 to",
    "[claim]\nid = 'a'": "allowed are 1 to",
    "title = 'x'\n" + TRUE: "found title, claim",
    TRUE.replace("claim", "claims"): "found claims (did you mean claim?)",
    "[[claim]]\nid = 'a'\nsays = 1 = 1": "line 3",
    "[[claim]\nid = 'a'": "line 1",
}


@pytest.mark.parametrize("content", NO_FILE, ids=lambda c: repr(c[-40:]))
def test_a_file_that_holds_no_claims_is_refused_in_one_line(content: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest) as refusal:
        read_claims(written(tmp_path, content))
    assert NO_FILE[content] in one_line(str(refusal.value))


WRONG = {
    TRUE: "duplicate id",
    "[[claim]]\nsays = '1 = 1'": "key id is missing",
    "[[claim]]\nid = ''\nsays = '1 = 1'": "key id is '', allowed: a text",
    "[[claim]]\nid = 7\nsays = '1 = 1'": "key id is 7, allowed: a text",
    "[[claim]]\nid = 'a'": "key says is missing",
    "[[claim]]\nid = 'a'\nsays = 3": "key says is 3, allowed: a statement",
    "[[claim]]\nid = 'a'\nsays = '1 = 1'\nkernal = 'NTK(depth=2)'": (
        "unknown key 'kernal', allowed: id, kernel, says, for (did you mean kernel?)"
    ),
    "[[claim]]\nid = 'a'\nsays = '1 = 1'\nkernel = 2": "key kernel must be a text",
    "[[claim]]\nid = 'a'\nsays = '1 = 1'\nfor = 'k even'": "key for must be a list",
    "[[claim]]\nid = 'a'\nsays = '1 = 1'\nfor = [1]": "key for must be a list",
    "[[claim]]\nid = 'a'\nsays = 'mu(k) > 0'": "a kernel is needed",
    "[[claim]]\nid = 'a'\nsays = 'k*^2 > 0'": "(read as 'k***2 > 0')",
    "[[claim]]\nid = 'a'\nsays = 'mu(k) > 0'\nkernel = 'NTKK(depth=2)'": "unknown kernel NTKK",
    "[[claim]]\nid = 'a'\nsays = 'mu(k) > 0'\nkernel = 'NTK(depth=0)'": "depth",
    "[[claim]]\nid = 'a'\nsays = 'k > 0'\nfor = ['k ! 3']": "for: cannot read 'k ! 3'",
}


@pytest.mark.parametrize("content", WRONG, ids=lambda c: repr(c[-40:]))
def test_a_wrong_claim_says_why_and_stops_no_other(content: str, tmp_path: Path) -> None:
    """All that is wrong in a file is told at once, each with its line, and what is right is decided."""
    later = "\n[[claim]]\nid = 'z'\nsays = '1 < 2'\n"
    claims = read_claims(written(tmp_path, TRUE + content + later))
    first, wrong, last = (v for _, v in decided(claims, quiet=True))
    assert (first["truth"], wrong["truth"], last["truth"]) == ("HOLDS", "REFUSED", "HOLDS")
    assert WRONG[content] in one_line(wrong["why"]) and claims[1].line == 1 + TRUE.count("\n")


def test_what_is_no_readable_text_is_refused(tmp_path: Path) -> None:
    for content, reason in ((b"\xff\xfe\x00", "not UTF-8"), (b"#" * (MAX_BYTES + 1), "larger than")):
        with pytest.raises(BadRequest, match=reason):
            read_claims(written(tmp_path, content))
    with pytest.raises(BadRequest, match="cannot read"):
        read_claims(tmp_path)
    with pytest.raises(BadRequest, match="cannot read"):
        read_claims(tmp_path / "absent.toml")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TRUE.encode())))
    assert [claim.name for claim in read_claims(Path("-"))] == ["true"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"#" * (MAX_BYTES + 1))))
    with pytest.raises(BadRequest, match="-: larger than"):
        read_claims(Path("-"))


def test_a_crash_is_told_and_costs_no_other_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def crashing(sentence: Sentence) -> tuple[Verdict, tuple[Verdict, ...]]:
        if sentence.text == "1 < 2":
            raise TypeError("no such function")
        return decide_sentence(sentence)

    monkeypatch.setattr("theory.statements.sentences.decide_sentence", crashing)
    path = tmp_path / "s.toml"
    path.write_text("".join(f'[[claim]]\nid = "c{n}"\nsays = "{n} < {n + 1}"\n' for n in (0, 1, 2)), encoding="utf-8")
    found = {v["id"]: (v["truth"], v["why"]) for v in check_file(path)}
    assert [truth for truth, _ in found.values()] == ["HOLDS", "CRASHED", "HOLDS"]
    assert "which is a defect: TypeError: no such function" in found["c1"][1]


@pytest.mark.parametrize("kernel", ["Matern(nu=1/2, lengthscale=1)", "Matern(nu=3/2, lengthscale=2)"])
def test_bessel_functions_are_constants_too(kernel: str) -> None:
    assert decide(parse_statement("kappa(t) <= 1", kernel)).truth is Truth.HOLDS


@pytest.mark.parametrize(
    "says, truth", [("b(3) > 0", Truth.HOLDS), ("kappa(t) ~ kappa(1)*t as t -> 1", Truth.UNDECIDED)]
)
def test_a_kernel_without_an_expression_is_decided_or_not_but_refuses_no_file(says: str, truth: Truth) -> None:
    assert decide(parse_statement(says, 'Dual("tanh")')).truth is truth


SEVERAL = TRUE + FALSE + OPEN + "[[claim]]\nid = 'wrong, 100 %'\nsays = 'zeta(k) > 0'\n"


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]], list[int]]:
    path = written(tmp_path_factory.mktemp("several"), SEVERAL)
    claims = read_claims(path)
    return path, [v for _, v in decided(claims, quiet=True)], [claim.line for claim in claims]


def test_junit_counts_what_fails_and_what_could_not_be_read(several: Any) -> None:
    root = ElementTree.fromstring(render(several[1], "junit", *several[::2]))
    (suite,) = root
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    told = {case.get("name"): [child.tag for child in case] for case in suite}
    assert told == {"true": [], "false": ["failure"], "open": ["skipped"], "wrong, 100 %": ["error"]}


def test_sarif_tells_each_statement_that_does_not_hold_at_its_line(several: Any) -> None:
    path, _, lines = several
    document = json.loads(render(several[1], "sarif", path, lines))
    (run,) = document["runs"]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert document["version"] == "2.1.0" and {result["ruleId"] for result in run["results"]} <= known
    places = [r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in run["results"]]
    assert places == lines[1:] and [r["level"] for r in run["results"]] == ["error", "warning", "error"]
    assert all(SEVERAL.splitlines()[line - 1] == "[[claim]]" for line in lines)


def test_annotations_of_github_are_one_line_each_with_its_signs_escaped(several: Any) -> None:
    path, _, lines = several
    told = render(several[1], "github", path, lines).splitlines()
    assert [line.split(" ")[0] for line in told] == ["::error", "::warning", "::error"]
    assert told[-1].startswith(
        f"::error file={path},line={lines[-1]},title=REFUSED wrong%2C 100 %25::unknown function zeta"
    )
    assert "::" not in told[0].split("::", 2)[2]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_the_latex_list_compiles(several: Any, tmp_path: Path) -> None:
    body = render(several[1], "latex")
    whole = f"\\documentclass{{article}}\\usepackage{{amsmath}}\\begin{{document}}\n{body}\\end{{document}}\n"
    (tmp_path / "list.tex").write_text(whole, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "list.tex"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert r"\mu_{1} = \frac{1}{d + 1}" in body and r"\(0 \le k \le 5\), \(d \ge 1\)" in body


def test_a_proof_is_told_as_a_paragraph() -> None:
    claim = one_claim("mu_k > 0", "NTK(depth=L)", ["L >= 3"])
    ((_, verdict),) = decided([claim], quiet=True, wanted=Wanted(explain=True))
    told = verdict["explanation"]
    assert told.startswith("It holds (proved). Of the kernel is known: ") and "\n" not in told and "Gamma" not in told
    assert "b[NTK(depth=L)](n) > 0 for n >= 0 even, L >= 3" in told and "It rests on: " in told
    assert render([verdict], "text").startswith(
        'statement: "mu(k) > 0" of NTK(depth=L) for all k >= 0, d >= 1, L >= 3. It'
    )


def test_a_formula_that_comes_again_gets_a_letter() -> None:
    claim = one_claim("N(d,k)*mu(k) <= 2", "NTK(depth=2)", ["k even"])
    ((_, verdict),) = decided([claim], quiet=True, wanted=Wanted(explain=True))
    told = verdict["explanation"]
    (long,) = re.findall(r"Let A = (.*?)\. Then ", told)
    assert told.count(long) == 1 and "A > 4*pi/3" in told and "Hence the statement holds" in told


def test_processes_give_the_verdicts_of_one_process(tmp_path: Path) -> None:
    claims = read_claims(written(tmp_path, TRUE + FALSE))
    alone = sorted(decided(claims, quiet=True), key=lambda pair: pair[0])
    assert sorted(decided(claims, quiet=True, jobs=2), key=lambda pair: pair[0]) == alone


@pytest.mark.parametrize("says", ["k >", "mu(k) > 0", "1/2k > 0"])
def test_one_statement_that_cannot_be_read_is_refused(says: str) -> None:
    with pytest.raises(BadRequest):
        one_claim(says, None, [])
