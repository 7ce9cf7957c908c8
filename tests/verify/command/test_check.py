"""A reader's file: read whole before anything is decided, refused in one line that names claim and key."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Truth
from theory.statements.decide import Verdict, decide
from verify.command.check import MAX_BYTES, decided, read_statements, render
from verify.running.console import BadRequest
from verify.running.failures import one_line

TRUE = '[[claim]]\nid = "true"\nkernel = "NTK(depth=2)"\nsays = "mu(1) = 1/(d+1)"\n'
FALSE = '[[claim]]\nid = "false"\nkernel = "NTK(depth=2)"\nsays = "mu(k) > 0"\nfor = ["k <= 5"]\n'
OPEN = '[[claim]]\nid = "open"\nsays = "pi*pi = pi**2 + 10**-400"\n'


def check_file(path: Path) -> list[dict[str, Any]]:
    return list(decided(read_statements(path), quiet=True))


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
    return list(decided(read_statements(path), quiet=True, proofs=True))


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


WRONG = {
    "": "found nothing",
    "# nothing\n": "found nothing",
    "claim = 3": "allowed are 1 to",
    "claim = []": "allowed are 1 to",
    "[claim]\nid = 'a'": "allowed are 1 to",
    "title = 'x'\n" + TRUE: "found title, claim",
    TRUE + TRUE: "claim 'true': duplicate id",
    "[[claim]]\nsays = '1 = 1'": "claim number 1: key id is missing",
    "[[claim]]\nid = ''\nsays = '1 = 1'": "claim number 1: key id is '', allowed: a text",
    "[[claim]]\nid = 7\nsays = '1 = 1'": "claim number 1: key id is 7, allowed: a text",
    TRUE.replace("claim", "claims"): "found claims (did you mean claim?)",
    "[[claim]]\nid = 'a'": "claim 'a': key says is missing",
    "[[claim]]\nid = 'a'\nsays = 3": "claim 'a': key says is 3, allowed: a statement",
    "[[claim]]\nid = 'a'\nsays = '1 = 1'\nkernal = 'NTK(depth=2)'": (
        "unknown key 'kernal', allowed: id, kernel, says, for (did you mean kernel?)"
    ),
    "[[claim]]\nid = 'a'\nsays = '1 = 1'\nkernel = 2": "claim 'a': key kernel must be a text",
    "[[claim]]\nid = 'a'\nsays = '1 = 1'\nfor = 'k even'": "claim 'a': key for must be a list",
    "[[claim]]\nid = 'a'\nsays = '1 = 1'\nfor = [1]": "claim 'a': key for must be a list",
    "[[claim]]\nid = 'a'\nsays = 'mu(k) > 0'": "claim 'a': a kernel is needed",
    "[[claim]]\nid = 'a'\nsays = 'k^2 > 0'": "column 2, near '^2 > 0': powers are written **",
    "[[claim]]\nid = 'a'\nsays = 'mu(k) > 0'\nkernel = 'NTKK(depth=2)'": "unknown kernel NTKK",
    "[[claim]]\nid = 'a'\nsays = 'mu(k) > 0'\nkernel = 'NTK(depth=0)'": "depth",
    "[[claim]]\nid = 'a'\nsays = 'k > 0'\nfor = ['k > 3']": "claim 'a': for: cannot read 'k > 3'",
    "[[claim]]\nid = 'a'\nsays = 1 = 1": "line 3",
    "[[claim]\nid = 'a'": "line 1",
}


@pytest.mark.parametrize("content", WRONG, ids=lambda c: repr(c[-40:]))
def test_a_wrong_file_is_refused_in_one_line_that_names_claim_and_key(content: str, tmp_path: Path) -> None:
    with pytest.raises(BadRequest) as refusal:
        read_statements(written(tmp_path, content))
    message = one_line(str(refusal.value))
    assert WRONG[content] in message


def test_nothing_is_decided_of_a_file_whose_last_claim_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.command.check.decide", lambda statement: pytest.fail("decided"))
    with pytest.raises(BadRequest):
        check_file(written(tmp_path, TRUE + "[[claim]]\nid = 'a'\nsays = '1 ='\n"))


def test_what_is_no_readable_text_is_refused(tmp_path: Path) -> None:
    for content, reason in ((b"\xff\xfe\x00", "not UTF-8"), (b"#" * (MAX_BYTES + 1), "larger than")):
        with pytest.raises(BadRequest, match=reason):
            read_statements(written(tmp_path, content))
    with pytest.raises(BadRequest, match="cannot read"):
        read_statements(tmp_path)
    with pytest.raises(BadRequest, match="cannot read"):
        read_statements(tmp_path / "absent.toml")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TRUE.encode())))
    assert list(read_statements(Path("-"))) == ["true"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"#" * (MAX_BYTES + 1))))
    with pytest.raises(BadRequest, match="-: larger than"):
        read_statements(Path("-"))


def test_a_crash_is_told_and_costs_no_other_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verify.command import check as reader

    def crashing(statement: Statement) -> Verdict:
        if statement.text == "1 < 2":
            raise TypeError("no such function")
        return decide(statement)

    monkeypatch.setattr(reader, "decide", crashing)
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
