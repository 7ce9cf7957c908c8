"""`spectral-bias verify` and its workers, killed or interrupted: nothing lost or half-written."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.examples import NIGHT
from verify.ledger.verdicts import DECIDED
from verify.running.workers import completed

QUICK = ["cao-parity", "cao-mu1", "cao-ntk"]  # decided in about a second
WAIT = 120.0  # seconds that a subprocess may take; an idle machine needs 5
KILLS = 4 if NIGHT else 2


def verifying(folder: Path, jobs: int, *more: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-c",
        "from verify.command.cli import main; main()",
        "verify",
        *QUICK,
        "--jobs",
        str(jobs),
        "--quiet",
        "--out",
        str(folder),
        *more,
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def entries(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "entries").glob("[!.]*.json")}


def waiting() -> Iterator[None]:
    """Turns of a loop until WAIT is over, which is a failure."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        yield
        time.sleep(0.01)
    pytest.fail(f"waited {WAIT} s")


def wait_for_entries(process: subprocess.Popen[bytes], folder: Path, count: int) -> None:
    for _ in waiting():
        if len(entries(folder)) >= count or process.poll() is not None:
            return


def children(process: int) -> list[int]:
    """The processes that a process started, and theirs."""
    path = Path(f"/proc/{process}/task/{process}/children")
    own = [int(child) for child in path.read_text().split()] if path.exists() else []
    return own + [further for child in own for further in children(child)]


def without_times(content: bytes) -> bytes:
    return b"\n".join(line for line in content.splitlines() if b'"seconds"' not in line)


@pytest.fixture(scope="module")
def unkilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unkilled")
    process = verifying(folder, 1)
    assert (process.communicate(timeout=WAIT)[1], process.returncode) == (b"", 0)
    return folder


def assert_same_ledger(folder: Path, unkilled: Path) -> None:
    """Equal bytes apart from times, and no other file."""
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(unkilled) for path in unkilled.rglob("*") if path.is_file())
    for name in names:
        assert without_times((folder / name).read_bytes()) == without_times((unkilled / name).read_bytes())


def test_killed_at_random_moments_a_run_loses_nothing_and_ends_as_one_unkilled(tmp_path: Path, unkilled: Path) -> None:
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")
    chosen, kept = random.Random(seed), {}
    for _ in range(KILLS):
        process = verifying(tmp_path, chosen.choice((1, 2)), "--resume")
        wait_for_entries(process, tmp_path, chosen.randrange(len(QUICK)))
        time.sleep(chosen.uniform(0, 0.5))
        started = children(process.pid)
        process.kill()
        process.communicate()
        for path in tmp_path.rglob("[!.]*.json"):
            json.loads(path.read_text())
        found = entries(tmp_path)
        assert kept.items() <= found.items()  # no byte of what was finished has changed, its time included
        kept = found
        for _ in waiting():  # no worker outlives the run
            if not any(Path(f"/proc/{child}").exists() for child in started):
                break
    last = verifying(tmp_path, 1, "--resume")
    assert (last.communicate(timeout=WAIT)[1], last.returncode) == (b"", 0)
    assert kept.items() <= entries(tmp_path).items()
    for path in tmp_path.rglob(".*.part"):  # written beside, never renamed: not read by anyone
        path.unlink()
    assert_same_ledger(tmp_path, unkilled)


def test_a_killed_worker_costs_no_claim(tmp_path: Path, unkilled: Path) -> None:
    process = verifying(tmp_path, 2)
    for _ in waiting():
        workers = [c for c in children(process.pid) if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]
        if workers or process.poll() is not None:
            break
    os.kill(workers[0], signal.SIGKILL)
    assert (process.communicate(timeout=WAIT)[1], process.returncode) == (b"", 0)
    assert_same_ledger(tmp_path, unkilled)


def end(job: int) -> int:
    """A process that dies without a word where the job is negative."""
    if job < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def test_a_job_whose_process_dies_is_named_and_the_others_go_on() -> None:
    jobs = [1, -1, 2, -2]
    assert sorted(completed(end, jobs, 2, died=lambda job: 10 * job)) == [(-2, -20), (-1, -10), (1, 1), (2, 2)]


TRAINED = ("rates-circle", "rates-sphere", "cao-experiment", "lee-gp", "catapult-edge", "ridge-training")


def interrupted(process: subprocess.Popen[bytes]) -> bytes:
    """What it says after Ctrl-C, pressed again where Python lost one inside a callback."""
    while True:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=15)[1]


def test_ctrl_c_ends_with_130_and_one_line_and_keeps_what_was_finished(tmp_path: Path) -> None:
    # Half a minute of training: the signal does not come when all is decided.
    process = verifying(tmp_path, 1, *TRAINED)
    wait_for_entries(process, tmp_path, 1)
    errors = interrupted(process)
    assert process.returncode == 130
    assert errors.decode() == "spectral-bias: interrupted\n"
    assert all(json.loads(content)["status"] == DECIDED for content in entries(tmp_path).values())
