"""`.ci/run`: installs what is missing and can be installed, says what cannot, then runs the suite."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[2] / ".ci" / "run"
NEEDED = ("bash", "dirname", "env")  # of the system; everything else is a stand-in that says its name
ALL = ["chromium", "texlive-latex-base", "texlive-latex-recommended"]


class Machine:
    """A machine whose commands are those put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in NEEDED:
            (folder / name).symlink_to(shutil.which(name))
        self.has("make", 'echo "made: $*"')

    def has(self, name: str, script: str = 'echo "${0##*/} $*" >&2') -> None:
        (self.folder / name).write_text(f"#!/usr/bin/env bash\n{script}\n", encoding="utf-8")
        (self.folder / name).chmod(0o755)

    def run(self) -> list[str]:
        """Lines on standard error; the suite must have run."""
        done = subprocess.run(
            [self.folder / "bash", RUN], env={"PATH": str(self.folder)}, capture_output=True, text=True
        )
        assert done.returncode == 0 and done.stdout == "made: test\n", done.stderr
        return done.stderr.splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_root_installs_what_is_missing_and_nothing_else(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("apt-get")
    install = "apt-get install -y -qq --no-install-recommends"
    assert machine.run()[-2:] == ["apt-get update -qq", f"{install} {' '.join(ALL)}"]
    machine.has("chromium")
    assert machine.run()[-1] == f"{install} {' '.join(ALL[1:])}"
    machine.has("pdflatex")
    machine.has("kpsewhich")
    assert machine.run() == []


def test_another_user_installs_by_sudo(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("apt-get")
    machine.has("sudo", 'shift; [ "$1" = true ] || { echo "sudo: $*" >&2; "$@"; }')
    said = machine.run()
    assert said[1] == "sudo: apt-get update -qq" and said[-1].endswith(ALL[-1])


@pytest.mark.parametrize(
    ("there", "why"),
    [
        ({}, "no apt-get"),
        ({"apt-get": "exit 0"}, "neither root nor sudo without a password"),
        ({"apt-get": "exit 0", "sudo": "exit 1"}, "neither root nor sudo without a password"),
        ({"apt-get": "exit 100", "sudo": 'shift; "$@"', "true": "exit 0"}, "apt-get failed"),
    ],
)
def test_what_cannot_be_installed_is_one_line_and_the_suite_runs(
    there: dict[str, str], why: str, machine: Machine
) -> None:
    machine.has("id", "echo 1000")
    for name, script in there.items():
        machine.has(name, script)
    end = "the tests that need them are skipped"
    assert machine.run() == [f"ci: installing {' '.join(ALL)}", f"ci: cannot install {' '.join(ALL)} ({why}): {end}"]
