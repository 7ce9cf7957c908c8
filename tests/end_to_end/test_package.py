"""The wheel holds theory, numerics, verify and nothing else, and works where only it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("theory", "numerics", "verify")
QUIET_PIP = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index")


def pip(*arguments: str) -> None:
    run = subprocess.run([sys.executable, "-m", "pip", *arguments, *QUIET_PIP], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-2000:]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.iterdir()
    return built


def test_contents(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    information = {name for name in names if name.split("/")[0].endswith(".dist-info")}
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in SHIPPED
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names - information == sources
    expected = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "LICENSE"}
    assert {Path(name).name for name in information} == expected


def test_works_outside_the_repository(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    pip("install", "--target", str(target), str(wheel))
    environment = {**os.environ, "PYTHONPATH": str(target)}
    code = (
        "import theory.text.spectra, numerics, verify.command.cli; "
        "print(*(module.__file__ for module in (theory, numerics, verify)), sep='\\n')"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert [Path(line).parents[1] for line in found.stdout.splitlines()] == [target] * 3
    command = [target / "bin" / "spectral-bias", "spectrum", "NTK(depth=2)", "--dim", "2", "--degrees", "1"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1].split() == ["1", "3", "0." + 30 * "3", "1/3"]


def test_type_checkers_see_the_annotations(wheel: Path) -> None:
    assert {f"{package}/py.typed" for package in SHIPPED} <= set(zipfile.ZipFile(wheel).namelist())


def started(folder: Path, *arguments: str) -> tuple[int, str]:
    """(exit code, standard error) of a process in a folder whose packages are found first."""
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    run = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True)
    return run.returncode, run.stderr


@pytest.mark.parametrize("name", ["theory", "numerics"])
@pytest.mark.parametrize("kind", ["{}.py", "{}/__init__.py"])
def test_a_folder_of_the_user_with_the_name_of_a_package_is_said_in_one_line(
    name: str, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / kind.format(name)
    path.parent.mkdir(exist_ok=True)
    path.touch()
    code, err = started(tmp_path, sys.executable, "-c", "import verify.testing")
    assert code == 1
    says = (
        f"spectral-bias needs its own package '{name}', and Python finds {path}: rename that, or start Python elsewhere"
    )
    assert err.splitlines()[-1] == f"ImportError: {says}"
    command = Path(sys.executable).with_name("spectral-bias")
    if command.exists():
        assert started(tmp_path, str(command), "--help") == (1, f"{says}\n")


def test_a_folder_without_python_is_no_package_and_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "theory").mkdir()
    assert started(tmp_path, sys.executable, "-c", "import verify.testing") == (0, "")
