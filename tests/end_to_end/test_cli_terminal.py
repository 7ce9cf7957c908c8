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


def test_a_terminal_sees_a_bar_with_the_time_left_and_colours(
    at_terminal: AtTerminal, claims: dict[str, Claim], tmp_path: Path
) -> None:
    code, text = at_terminal(lambda: verify(tmp_path))
    assert code == 0
    assert COLOUR.search(text) and "deciding" in text
    assert re.search(r"3/3.*\d:\d\d:\d\d.*(\d:\d\d:\d\d|-:--:--)", text, re.DOTALL)


def test_no_color_is_obeyed(
    at_terminal: AtTerminal, claims: dict[str, Claim], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    code, text = at_terminal(lambda: verify(tmp_path))
    assert code == 0 and "HOLDS" in text and not COLOUR.search(text)


def test_a_pipe_gets_lines_without_any_escape(
    capsys: pytest.CaptureFixture[str], claims: dict[str, Claim], tmp_path: Path
) -> None:
    assert verify(tmp_path) == 0
    out, err = capsys.readouterr()
    assert "HOLDS" in out and "\x1b" not in out + err
    assert re.search(r"^one: HOLDS \(\d+\.\d s\)$", err, re.MULTILINE)


def test_quiet_leaves_a_terminal_to_the_results(
    at_terminal: AtTerminal, claims: dict[str, Claim], tmp_path: Path
) -> None:
    code, text = at_terminal(lambda: verify(tmp_path, "--quiet"))
    assert code == 0 and "HOLDS" in text and "deciding" not in text and "as expected" not in text


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
