"""`spectral-bias verify` and `check`: exit codes, one line for a bad request, what is written where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from theory.numbers.truth import Evidence, Truth
from verify.command import cli
from verify.findings.claim import Claim, Context, Finding, Procedure, Source
from verify.ledger import expectations
from verify.ledger import run as ledger

HOLDING = '[[claim]]\nid = "t"\nkernel = "NTK(depth=2)"\nsays = "mu(1) = 1/(d+1)"\n'
FAILING = '[[claim]]\nid = "f"\nkernel = "NTK(depth=2)"\nsays = "mu(k) > 0"\n'


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.run([str(a) for a in arguments])
    return code, *capsys.readouterr()


def assert_bad_request(answer: tuple[int, str, str], *parts: str) -> None:
    code, out, err = answer
    assert (code, out) == (2, "")
    assert err.startswith("spectral-bias: ") and err.count("\n") == 1
    assert all(part in err for part in parts), err


def test_verify_writes_entries_ledger_and_table_and_prints_verdicts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, err = call(capsys, "verify", "cao-parity", "cao-cor-degrees", "--jobs", 1, "--out", tmp_path / "r")
    assert code == 0
    words = ("cao-parity", "HOLDS", "cao-cor-degrees", "FAILS as restated", "proved", "k odd")
    assert all(word in out for word in words)
    assert out.splitlines()[-2:] == [
        "1 HOLDS, 1 FAILS as restated; all as expected; next: spectral-bias report",
        f"  {tmp_path / 'r'}",
    ]
    files = sorted(p.relative_to(tmp_path / "r").as_posix() for p in (tmp_path / "r").rglob("*") if p.is_file())
    assert files == ["entries/cao-cor-degrees.json", "entries/cao-parity.json", "ledger.json", "verdicts.tex"]


def test_quiet_leaves_standard_error_empty(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = call(capsys, "verify", "cao-parity", "--jobs", 1, "--quiet", "--out", tmp_path)
    assert (code, err) == (0, "") and "cao-parity" in out


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["cao-paritty"], ["unknown claim 'cao-paritty'", "did you mean cao-parity?"]),
        (["--profile", "fast"], ["--profile: unknown name 'fast'", "quick, full, paper"]),
        (["--seed", "-1"], ["--seed: got '-1'", "an integer >= 0"]),
        (["--seed", "x"], ["--seed: got 'x'"]),
        (["--jobs", "0"], ["--jobs: got '0'", "an integer >= 1"]),
        (["--jobs", "2.5"], ["--jobs: got '2.5'"]),
        (["--nonsense"], ["--nonsense", "--profile"]),
    ],
)
def test_a_bad_request_is_one_line(
    arguments: list[str], parts: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert_bad_request(call(capsys, "verify", *arguments, "--out", tmp_path / "r"), *parts)
    assert not (tmp_path / "r").exists()


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "decide_claim", lambda *_: pytest.fail("worked"))
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        answer = call(capsys, "verify", "cao-parity", "--out", folder)
        assert_bad_request(answer, "--out: cannot write", "writable folder")


def crash(context: Context) -> Finding:
    raise RuntimeError("on purpose")


def fine(context: Context) -> Finding:
    return Finding(Truth.HOLDS, Evidence.CHECKED, "c", "w")


def test_a_crash_is_reported_beside_the_other_verdicts_with_exit_code_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedures = {"bad": crash, "good": fine}
    claims = {n: Claim(n, Source("A", 2020), "read", "x", procedure=Procedure(p, {})) for n, p in procedures.items()}
    monkeypatch.setattr("verify.command.verify.all_claims", lambda: claims)
    known = dict.fromkeys(claims, {"truth": "HOLDS", "evidence": "checked"})
    monkeypatch.setattr(expectations, "expected", lambda: known)
    code, out, err = call(capsys, "verify", "--jobs", 1, "--out", tmp_path)
    assert code == 1
    assert "CRASHED" in out and "HOLDS" in out
    assert "MISMATCH bad: crashed: RuntimeError('on purpose')" in out and "MISMATCH good" not in out
    assert out.splitlines()[-1].endswith(f"next: spectral-bias verify bad --out {tmp_path}") or "--out" in out
    assert "Traceback" in json.loads((tmp_path / "entries" / "bad.json").read_text())["traceback"]
    assert "Traceback" not in out + err


def test_an_unexpected_verdict_is_a_mismatch_with_exit_code_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expectations, "expected", lambda: {"cao-parity": {"truth": "FAILS", "evidence": "proved"}})
    request = "verify", "cao-parity", "--jobs", 1, "--quiet", "--out", tmp_path
    code, out, err = call(capsys, *request)
    assert (code, err) == (1, "") and "MISMATCH cao-parity: truth HOLDS, expected FAILS\n" in out
    code, out, err = call(capsys, *request, "--format", "json")
    assert (code, err) == (1, "MISMATCH cao-parity: truth HOLDS, expected FAILS\n")
    assert json.loads(out)["entries"][0]["truth"] == "HOLDS"


def test_a_claim_of_which_nothing_is_expected_is_decided_and_said_to_be_new(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expectations, "expected", lambda: {})
    code, out, err = call(capsys, "verify", "cao-parity", "--jobs", 1, "--out", tmp_path)
    assert code == 0 and "proved" in out
    assert err == "" and "cao-parity: nothing expected yet\n" in out
    assert "all as expected, 1 with nothing expected yet" in " ".join(out.split())


@pytest.mark.parametrize(("content", "code"), [(HOLDING, 0), (HOLDING + FAILING, 1), (FAILING, 1)])
def test_check_says_by_its_exit_code_whether_all_hold(
    content: str, code: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "statements.toml"
    path.write_text(content)
    found, out, err = call(capsys, "check", path, "--format", "json")
    document = json.loads(out)
    assert (found, err) == (code, "")
    assert [c["id"] for c in document["claims"]] == [i for i in "tf" if f'id = "{i}"' in content]


def test_check_refuses_wrong_files_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text("")
    assert_bad_request(call(capsys, "check", path), "found nothing")
    path.write_bytes(b"\xff")
    assert_bad_request(call(capsys, "check", path), "not UTF-8")
    path.write_text("[[claim]]\nid = a")
    assert_bad_request(call(capsys, "check", path), "line 2")
    assert_bad_request(call(capsys, "check", tmp_path), "cannot read")
    assert_bad_request(call(capsys, "check", tmp_path / "absent"), "cannot read")
    path.write_text(HOLDING)
    wrong_format = call(capsys, "check", path, "--format", "yaml")
    assert_bad_request(wrong_format, "--format: unknown name 'yaml'", "text, json")
    assert_bad_request(call(capsys, "check"), "FILE.toml")
    assert_bad_request(
        call(capsys, "check", path, "--kernel", "NTK(depth=2)"), "--kernel and --for go with one statement"
    )
    assert_bad_request(call(capsys, "check", "mu(k) > 0"), "a kernel is needed")
    assert_bad_request(call(capsys, "check", "1 < 2", "--jobs", "0"), "--jobs")


@pytest.mark.parametrize(
    "wrong, reason",
    [
        (HOLDING, "duplicate id"),
        (
            HOLDING.replace('"t"', '"u"') + 'four = ["d = 2"]',
            "unknown key 'four', allowed: id, kernel, says, for (did you mean for?)",
        ),
        ('[[claim]]\nid = "a"\nsays = "mu(k) > 0"', "a kernel is needed"),
    ],
)
def test_a_statement_that_cannot_be_read_stops_no_other(
    wrong: str, reason: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(HOLDING + wrong)
    code, out, err = call(capsys, "check", path)
    assert code == 2 and out.startswith("t: HOLDS") and reason in out.splitlines()[1] and ": REFUSED: " in out
    assert err == "1 of 2 statements cannot be read\n"


@pytest.mark.parametrize(
    "words, code, told",
    [
        (("mu_k > 0", "--kernel", "NTK(depth=3)"), 0, 'HOLDS (proved): "mu(k) > 0" of NTK(depth=3) for all k >= 0'),
        (("mu_k > 0", "--kernel", "NTK(depth=2)", "--for", "k odd"), 1, "at k=3"),
        ((r"\mu_k = 0 for odd k > 1", "--kernel", "NTK(depth=2)"), 0, "for all k >= 3 odd"),
        (
            ("0 <= mu(k) <= 1", "--kernel", "NTK(depth=2)", "--for", "k >= 2", "--for", "d = 2"),
            0,
            "for all k >= 2, d = 2",
        ),
    ],
)
def test_one_statement_needs_no_file(
    words: tuple[str, ...], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = call(capsys, "check", *words)
    assert (found, err) == (code, "") and out.startswith("statement: ") and told in out


def test_check_writes_a_whole_file_or_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path, out = tmp_path / "s.toml", tmp_path / "verdicts.json"
    path.write_text(HOLDING)
    assert call(capsys, "check", path, "--format", "json", "--out", out, "--quiet") == (0, "", "")
    assert json.loads(out.read_text())["claims"][0]["truth"] == "HOLDS"
    assert_bad_request(call(capsys, "check", path, "--out", tmp_path / "no" / "file"), "cannot write")
