"""At a terminal: a bar with the time left, colours unless NO_COLOR; in a pipe neither. Ctrl-C saves."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from theory.numbers.truth import Evidence, Truth
from verify.command import cli
from verify.findings.claim import Claim, Context, Finding, Procedure, Source
from verify.ledger import durations as forecasts
from verify.ledger import expectations
from verify.running import progress

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]")
TWO = "".join(f'[[claim]]\nid = "{i}"\nkernel = "NTK(depth=2)"\nsays = "kappa(1) = 2"\n' for i in "ab")


AtTerminal = Callable[[Callable[[], object]], tuple[object, str]]


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> AtTerminal:
    """Runs something whose standard output and error are a terminal: (its result, what was shown)."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run(function: Callable[[], object]) -> tuple[object, str]:
        master, slave = os.openpty()
        seen: list[bytes] = []

        def read() -> None:
            with suppress(OSError):  # the other end is closed
                while more := os.read(master, 4096):
                    seen.append(more)

        reader = Thread(target=read, daemon=True)
        reader.start()
        with io.TextIOWrapper(os.fdopen(slave, "wb", buffering=0), write_through=True) as stream:
            with monkeypatch.context() as streams:
                streams.setattr(sys, "stdout", stream)
                streams.setattr(sys, "stderr", stream)
                result = function()
        reader.join()
        os.close(master)
        return result, b"".join(seen).decode()

    return run


def fine(context: Context) -> Finding:
    return Finding(Truth.HOLDS, Evidence.CHECKED, "c", "w")


def stopped(context: Context) -> Finding:
    raise KeyboardInterrupt


@pytest.fixture
def claims(monkeypatch: pytest.MonkeyPatch) -> dict[str, Claim]:
    made = {n: Claim(n, Source("A", 2020), "read", "x", procedure=Procedure(fine, {})) for n in ("one", "two", "six")}
    monkeypatch.setattr("verify.command.verify.all_claims", lambda: made)
    known = dict.fromkeys(made, {"truth": "HOLDS", "evidence": "checked"})
    monkeypatch.setattr(expectations, "expected", lambda: known)
    return made


def verify(folder: Path, *options: str) -> int:
    return cli.run(["verify", "--jobs", "1", "--out", str(folder), *options])


def test_a_terminal_sees_one_line_with_the_count_the_time_left_and_what_is_running(
    at_terminal: AtTerminal, claims: dict[str, Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(context: Context) -> Finding:
        assert context.progress is not None
        context.progress(3, 8, "[seeds]")
        time.sleep(0.3)  # longer than from one picture of the line to the next
        return fine(context)

    monkeypatch.setitem(claims, "two", Claim("two", Source("A", 2020), "read", "x", procedure=Procedure(slowly, {})))
    monkeypatch.setattr(forecasts, "earlier", lambda names, profile, folder: dict.fromkeys(names, 60.0))
    code, text = at_terminal(lambda: verify(tmp_path))
    assert code == 0
    told = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    assert re.search(r"1/3.*\d:\d\d:\d\d about 2 min left: two 3/8 \[seeds\] *\r", told)
    before, after = told.replace("\r\n", "\n").rsplit("\r", 1)
    assert before.count("\n") <= 2  # the forecast, and what is rubbed out at the end: the line is rewritten
    assert after.strip().startswith("Nothing refuted") and "\n3 HOLDS" in after


def test_a_surprise_is_red_and_what_is_refuted_as_expected_is_not(
    at_terminal: AtTerminal, claims: dict[str, Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, text = at_terminal(lambda: verify(tmp_path))
    assert code == 0 and not COLOUR.search(text.replace("\r\n", "\n").rpartition("\r")[2])
    monkeypatch.setattr(expectations, "expected", lambda: {"two": {"truth": "FAILS", "evidence": "checked"}})
    code, text = at_terminal(lambda: verify(tmp_path))
    shown = text.replace("\r\n", "\n").rpartition("\r")[2].splitlines()
    red = [line for line in shown if COLOUR.search(line)]
    assert code == 1 and "two: HOLDS" in red[0] and "MISMATCH two: " in red[1] and "1 not as expected" in red[2], red


def test_no_color_is_obeyed(
    at_terminal: AtTerminal, claims: dict[str, Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(expectations, "expected", lambda: {"two": {"truth": "FAILS", "evidence": "checked"}})
    code, text = at_terminal(lambda: verify(tmp_path))
    assert code == 1 and "MISMATCH" in text and not COLOUR.search(text)


def test_a_pipe_gets_lines_now_and_then_without_any_escape(
    capsys: pytest.CaptureFixture[str], claims: dict[str, Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verify(tmp_path) == 0
    out, err = capsys.readouterr()
    assert "3 HOLDS" in out and "\x1b" not in out and err == ""
    monkeypatch.setattr(progress, "EVERY", 0)
    assert verify(tmp_path) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "0 of 3 decided, running one" and lines[-1] == "3 of 3 decided"


def test_quiet_leaves_a_terminal_to_the_results(
    at_terminal: AtTerminal, claims: dict[str, Claim], tmp_path: Path
) -> None:
    code, text = at_terminal(lambda: verify(tmp_path, "--quiet"))
    assert code == 0 and "HOLDS" in text and "\r" not in text.replace("\r\n", "") and "3 HOLDS" in text


def test_work_of_unknown_length_is_said_to_run_after_a_while_only(
    at_terminal: AtTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> None:
        with progress.opaque("eigenvalues", quiet=False):
            pass
        monkeypatch.setattr(progress, "PATIENCE", 0.05)
        with progress.opaque("silent", quiet=True):
            time.sleep(0.1)
        with progress.opaque("law", quiet=False):
            time.sleep(0.3)

    _, text = at_terminal(work)
    assert "law 0:00:00" in re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "eigenvalues" not in text and "silent" not in text


def test_an_interrupted_run_keeps_its_entries_and_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], claims: dict[str, Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(claims, "two", Claim("two", Source("A", 2020), "read", "x", procedure=Procedure(stopped, {})))
    assert verify(tmp_path) == 130
    err = capsys.readouterr().err
    assert "1 of 3 entries are kept" in err and "--resume" in err and err.endswith("interrupted\n")
    assert [path.stem for path in (tmp_path / "entries").glob("*.json")] == ["one"]
    monkeypatch.setitem(claims, "two", Claim("two", Source("A", 2020), "read", "x", procedure=Procedure(fine, {})))
    assert verify(tmp_path, "--resume", "--quiet") == 0
    assert len(json.loads((tmp_path / "ledger.json").read_text())["entries"]) == 3


def test_an_interrupted_check_prints_what_it_decided(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from verify.command import check as reader

    real, path = reader._verdict_of, tmp_path / "s.toml"
    path.write_text(TWO)

    def second_stops(work: Any) -> object:
        if work[1].name == "b":
            raise KeyboardInterrupt
        return real(work)

    monkeypatch.setattr(reader, "_verdict_of", second_stops)
    assert cli.run(["check", str(path), "--format", "json"]) == 130
    out, err = capsys.readouterr()
    assert [c["id"] for c in json.loads(out)["claims"]] == ["a"]
    assert err == "spectral-bias: interrupted\n"
