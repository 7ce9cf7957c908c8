"""`spectral-bias limit`: a user's file, text and JSON, and every bad request in one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from verify.command import cli, completion

FILE = """
import torch
from torch import nn

def make(seed, width):
    first, last = nn.Linear(3, width, bias=False), nn.Linear(width, 1, bias=False)
    nn.init.normal_(first.weight)
    nn.init.normal_(last.weight, std=(2 / width) ** 0.5)
    return nn.Sequential(first, nn.ReLU(), last)

def own(seed):
    return make(seed, 20)

def dropout(seed, width):
    return nn.Sequential(nn.Linear(3, width), nn.Dropout(), nn.Linear(width, 1))

def linear(seed):
    print("on its way")
    return nn.Linear(2, 1)

class Custom(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.randn(width, 3)), nn.Parameter(torch.randn(width))

    def forward(self, x):
        return (x @ self.a.T).tanh() @ self.b / len(self.b) ** 0.5

def custom(seed, width):
    return Custom(width)

NUMBER = 3
"""


@pytest.fixture
def net(tmp_path: Path) -> str:
    path = tmp_path / "net.py"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.run(["limit", *map(str, arguments)])
    return code, *capsys.readouterr()


def test_the_limit_of_a_file_is_told(net: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, f"{net}:make", "--no-confirm", "--quiet")
    assert (code, err) == (0, "")
    assert "K grows as width^1, K / width^1 has the limit 1/2 * NNGP(depth=2)" in out
    assert (
        "with the learning rate of each parameter times the power beside it: NTK(depth=2, layer_scales=(1, 1/2))" in out
    )
    assert "normal, variance 2 * width^-1" in out and "random networks" not in out


def test_random_networks_are_asked_and_twins_rejected(net: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, f"{net}:make", "--margin", "0.3", "--quiet")
    assert (code, err) == (0, "") and "random networks: HOLDS" in out
    assert out.count("  rejected: ") >= 2 and "NOT REJECTED" not in out


def test_networks_that_are_too_narrow_to_tell_are_undecided(net: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, f"{net}:make", "--margin", "0.01", "--widest", "256", "--quiet")
    assert (code, err) == (1, "") and "random networks: UNDECIDED" in out


def test_what_a_file_prints_is_not_mixed_with_the_answer(net: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, f"{net}:linear", "--format", "json", "--quiet")
    document = json.loads(out)
    assert code == 0 and "on its way" in err and document["confirmation"]["verdict"] == "HOLDS"
    assert document["limit"]["kernel"] == "NTK(depth=1) + PowerSeries((1,))" and document["widths"] is None


def test_points_of_any_norm_are_taken_from_a_file(net: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = np.array([[1.0, 0, 0], [0, 2, 0], [3, 4, 0]])
    np.save(tmp_path / "points.npy", rows)
    code, out, _ = call(capsys, f"{net}:make", "--no-confirm", "--format", "json", "--points", tmp_path / "points.npy")
    document = json.loads(out)
    assert code == 0 and document["points"] == rows.tolist()
    np.testing.assert_allclose(np.diag(document["limit"]["matrix"]), [0.5, 2, 12.5], rtol=1e-12)


def test_a_module_by_hand_needs_no_hint_and_takes_one(net: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, f"{net}:custom", "--no-confirm", "--quiet")
    assert code == 0 and 'K has the limit DualTangent("tanh")' in out
    assert call(capsys, f"{net}:custom", "--no-confirm", "--quiet", "--inputs", "3")[1] == out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([":make"], "names no function"),
        (["{net}"], "names no function, allowed: FILE.py:NAME"),
        (["{net}:mak"], "no name 'mak', found: make, own"),
        (["{net}:NUMBER"], "no function but int"),
        (["{net}:Custom"], "allowed: FILE.py:NAME"),
        (["no.py:make"], "no such file"),
        (["{net}:dropout"], "random (dropout in training mode?): call .eval()"),
        (["{net}:make", "--margin", "0"], "--margin: got '0', allowed: a number between 0 and 1"),
        (["{net}:make", "--margin", "nan"], "--margin"),
        (["{net}:make", "--inputs", "0"], "--inputs: got '0', allowed: an integer >= 1"),
        (["{net}:make", "--inputs", "9999999"], "allowed: an integer from 1 to 100000"),
        (["{net}:make", "--inputs", "7"], "does not take points of R^7"),
        (["{net}:make", "--widest", "9"], "--widest: got '9'"),
        (["{net}:make", "--format", "jason"], "did you mean json?"),
        (["{net}:make", "--points", "none.npy"], "--points: cannot read 'none.npy'"),
        (["{net}:make", "--points", "{net}"], "allowed: an npy file"),
        (["{net}:make", "--points", "{bad}"], "allowed: an npy file"),
        (["{net}:make", "--points", "{objects}"], "allowed: an npy file"),
        (["{net}:make", "--points", "{flat}"], "of shape (3,), allowed"),
        (["{net}:make", "--points", "{flat}", "--inputs", "3"], "one of --inputs and --points"),
        (["{net}:make", "--points", "{plane}"], "does not take points of R^2"),
        (["{net}:make", "--points", "{zero}"], "starts at zero at some point"),
    ],
)
def test_a_bad_request_is_one_line(
    arguments: list[str], says: str, net: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "bad": np.array([[1.0, np.nan, 0]]),
        "objects": np.array([[{}, None, 1]], dtype=object),
        "flat": np.ones(3),
        "plane": np.eye(2),
        "zero": np.zeros((2, 3)),
    }
    for name, rows in files.items():
        np.save(tmp_path / f"{name}.npy", rows)
    named = {name: str(tmp_path / f"{name}.npy") for name in files} | {"net": net}
    code, out, err = call(capsys, *(one.format(**named) for one in arguments), "--quiet")
    assert (code, out) == (2, "") and err.count("\n") == 1 and says in err, err


def test_a_file_and_its_functions_are_offered_without_running_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.py").write_text(
        "raise SystemExit\ndef make(seed): ...\ndef other(seed): ...\ndef _own(seed): ...\n"
    )
    (tmp_path / "broken.py").write_text("def (")
    (tmp_path / "text.txt").write_text("")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "deep.py").write_text("def make(seed): ...\n")
    monkeypatch.chdir(tmp_path)
    assert completion.networks("") == ["below/", "broken.py:", "net.py:"]
    assert completion.networks("net.py:") == ["net.py:make", "net.py:other"]
    assert completion.networks("net.py:o") == ["net.py:other"]
    assert completion.networks("below/") == ["below/deep.py:"]
    assert completion.networks("broken.py:") == completion.networks("none.py:m") == completion.networks("none/") == []
