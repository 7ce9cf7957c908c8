"""`spectral-bias modes` as a user meets it: files of many kinds, every format says the same, each bad request is one line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from skimage.data import astronaut, lfw_subset
from skimage.io import imsave

from theory.kernels.parse import parse_kernel
from verify.command import cli
from verify.testing.layers import limit_matrix

NETWORK = """
import torch
from torch import nn

def make(seed, inputs=25):
    return nn.Sequential(nn.Linear(inputs, 32), nn.Tanh(), nn.Linear(32, 1))

def pixels(seed):
    return nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 3))

def dropout(seed):
    return nn.Sequential(make(seed), nn.Dropout(0.5))

def two(seed):
    return nn.Linear(25, 2)

def huge(seed):
    return nn.Linear(25, 10**11)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Faces and what is none as npz and csv, an image, networks."""
    monkeypatch.chdir(tmp_path)
    images = lfw_subset().reshape(200, 5, 5, 5, 5).mean((2, 4)).reshape(200, 25)[80:120]
    labels = np.r_[np.ones(20), -np.ones(20)]
    np.savez("faces.npz", x=images, y=labels)
    rows = [",".join([f"p{i}" for i in range(25)] + ["kind"])]
    rows += [
        ",".join([*map(repr, image.tolist()), "face" if label > 0 else "none"]) for image, label in zip(images, labels)
    ]
    Path("faces.csv").write_text("\n".join(rows) + "\n")
    imsave("photo.png", astronaut()[::16, ::16], check_contrast=False)
    Path("net.py").write_text(NETWORK)
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = cli.run(["modes", *arguments, "--quiet"])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return str(out)


FACES = ("--network", "net.py:make", "--data", "faces.npz", "--steps", "200", "--test", "0.25")


def test_formats_agree(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    whole = json.loads(answer(capsys, *FACES, "--format", "json"))
    table = list(csv.DictReader(io.StringIO(answer(capsys, *FACES, "--format", "csv"))))
    assert [float(row["largest"]) for row in table] == [row["largest"] for row in whole["modes"]]
    text, pipes = answer(capsys, *FACES), answer(capsys, *FACES, "--format", "markdown")
    for row in whole["modes"]:
        assert f"{row['largest']:.3g}" in text and f"{row['largest']:.3g}" in pipes
    for loss in (*whole["train"], *whole["test"]):
        assert f"{loss:.4g}" in text and f"{loss:.4g}" in pipes
    assert "largest safe learning rate" in text and "test: 10 of 40 points at random, seed 0" in text
    cli.run(["modes", *FACES, "--out", "told.txt", "--plot", "drawn.svg"])
    assert (folder / "told.txt").read_text() == text and (folder / "drawn.svg").read_text().startswith("<?xml")
    assert capsys.readouterr().err == "wrote drawn.svg\nwrote told.txt\n"


def test_all_modes_are_told_if_asked_and_sum_to_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    whole = json.loads(answer(capsys, *FACES, "--rows", "1000", "--format", "json"))
    assert len(whole["modes"]) == 30 and sum(m["share"] for m in whole["modes"]) == pytest.approx(1)
    assert {m["name"] for m in whole["modes"]} - {None}  # components of the faces
    lr = whole["optimiser"]["lr"][0]
    assert lr == pytest.approx(whole["optimiser"]["largest_safe_lr"] / 2, rel=0.05)
    assert whole["optimiser"]["flow_time"] == pytest.approx(lr * 200 * 2 / 30)


def test_leading_modes_agree_with_all(capsys: pytest.CaptureFixture[str]) -> None:
    base = ("--network", "net.py:make", "--data", "faces.npz", "--steps", "200", "--lr", "2e-2", "--format", "json")
    whole, leading = (json.loads(answer(capsys, *base, *more)) for more in ((), ("--leading", "8")))
    for low, value, high in zip(leading["train"], whole["train"], leading["train_most"], strict=True):
        assert low * (1 - 1e-4) <= value <= high * (1 + 1e-4)
    assert leading["modes"][0]["largest"] == pytest.approx(whole["modes"][0]["largest"], rel=1e-4)
    assert "if Lanczos missed none" in answer(capsys, *base[:-2], "--leading", "8")


def test_text_targets_are_classes_of_the_outputs(capsys: pytest.CaptureFixture[str]) -> None:
    base = ("--network", "net.py:two", "--steps", "20", "--scale", "standard", "--format", "json")
    found = json.loads(answer(capsys, *base, "--data", "faces.csv", "--target", "kind"))
    assert found["outputs"] == 2 and "targets: 2 classes, 1 for the class and 0 for the others" in found["data"]
    same = json.loads(answer(capsys, *base, "--data", "faces.npz", "--classes"))
    assert [m["largest"] for m in same["modes"]] == pytest.approx([m["largest"] for m in found["modes"]], rel=1e-6)


def test_an_image_has_frequencies(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(
        answer(capsys, "--network", "net.py:pixels", "--image", "photo.png", "--side", "12", "--format", "json")
    )
    assert (found["points"], found["outputs"]) == (144, 3)
    assert found["modes"][0]["name"].startswith("frequency 0")


@pytest.mark.parametrize(
    "text", ["NTK(depth=3)", "NTK(depth=2, weight_variance=2)", "1/2 * NNGP(depth=2) + NTK(depth=2)"]
)
def test_a_limit_kernel_is_that_of_theory_at_the_points(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The trace and the square of the matrix, from certified values."""
    options = ("--kernel", text, "--data", "faces.npz", "--rows", "1000", "--format", "json")
    found = json.loads(answer(capsys, *options))
    points = torch.from_numpy(np.load("faces.npz", allow_pickle=False)["x"])
    norms = points.norm(dim=1)
    matrix = limit_matrix(parse_kernel(text), points / norms[:, None])
    values = [m["largest"] for m in found["modes"]]
    assert sum(values) == pytest.approx(np.trace(matrix)) and sum(v * v for v in values) == pytest.approx(
        (matrix**2).sum()
    )
    kept = json.loads(answer(capsys, *options, "--norms"))
    matrix = matrix * (norms[:, None] * norms).numpy()
    assert sum(m["largest"] for m in kept["modes"]) == pytest.approx(np.trace(matrix))


def test_modes_of_points_on_the_circle_are_the_population_s(capsys: pytest.CaptureFixture[str]) -> None:
    """n mu_k, twice for each degree k, of the certified spectrum, up to the aliasing of 48 points."""
    from theory.kernels import NTK
    from theory.spectra.spectrum import float_spectrum

    turns = 2 * np.pi * np.arange(48) / 48
    np.savez("circle.npz", x=np.stack([np.cos(turns), np.sin(turns)], axis=1), y=np.cos(turns) + np.cos(4 * turns))
    found = json.loads(
        answer(capsys, "--kernel", "NTK(depth=2)", "--data", "circle.npz", "--rows", "100", "--format", "json")
    )
    values = float_spectrum(NTK(depth=2), 1, range(5))
    named = {m["name"]: m["largest"] for m in found["modes"]}
    for degree in (0, 1, 2, 4):
        assert named[f"degree {degree}"] == pytest.approx(48 * values[degree], rel=0.02)
    shares = {m["name"]: m["share"] for m in found["modes"] if m["share"] > 1e-9}
    assert shares == pytest.approx({"degree 1": 0.5, "degree 4": 0.5})


def test_names_that_are_ugly_are_shown_on_one_line(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """A path that would be a formula, a class with a line and a colour in its name."""
    (folder / "a$x$b_{.py").write_text(NETWORK)
    places = np.random.default_rng(0).normal(size=(12, 25))
    rows = [",".join([*map(repr, place.tolist()), ("red\x1b[31m", '"a\nb"')[i % 2]]) for i, place in enumerate(places)]
    (folder / "ugly.csv").write_text("\n".join([",".join(f"p{i}" for i in range(26)), *rows]) + "\n")
    ugly = ("--network", "a$x$b_{.py:two", "--data", "ugly.csv", "--steps", "5")
    for form in ("text", "markdown"):
        told = answer(capsys, *ugly, "--format", form, "--plot", "drawn.png")
        assert "\x1b" not in told and "a$x$b_{.py" in told
    assert json.loads(answer(capsys, *ugly, "--format", "json"))["outputs"] == 2


BAD = {
    "nothing": ((), "one of --network FILE.py:NAME and --kernel KERNEL is needed"),
    "both": ((*FACES, "--kernel", "NTK(depth=2)"), "one of --network"),
    "no data": (("--network", "net.py:make"), "one of --data FILE and --image FILE is needed"),
    "both data": ((*FACES, "--image", "photo.png"), "one of --data"),
    "adam": ((*FACES, "--optimizer", "adam"), "can be measured, not predicted; allowed: SGD"),
    "beyond the edge": ((*FACES, "--lr", "1000"), "from which on the loss grows"),
    "a rate of 0": ((*FACES, "--lr", "0"), "allowed: a number > 0"),
    "a negative rate": ((*FACES, "--lr", "-1"), "allowed: a number > 0"),
    "a rate of nothing": ((*FACES, "--lr", "nan"), "allowed: a number > 0"),
    "a negative decay": ((*FACES, "--weight-decay", "-1"), "allowed: a number > 0"),
    "momentum of 1": ((*FACES, "--momentum", "1"), "momentum"),
    "nesterov alone": ((*FACES, "--nesterov"), "Nesterov"),
    "a schedule": ((*FACES, "--schedule", "stairs"), "allowed: constant"),
    "no steps": ((*FACES, "--steps", "0"), "--steps"),
    "a large batch": ((*FACES, "--batch", "31"), "at most the 30 points"),
    "momentum and batch": ((*FACES, "--batch", "3", "--momentum", "0.5"), "momentum 0 or full batches"),
    "a loss": ((*FACES, "--loss", "huber"), "allowed: mean, sum"),
    "a test share": ((*FACES[:-1], "1"), "a share of the points"),
    "a column": (("--network", "net.py:make", "--data", "faces.csv", "--target", "kin"), "did you mean kind?"),
    "two outputs": (("--network", "net.py:two", "--data", "faces.npz"), "2 outputs for targets of 1 columns"),
    "dropout": (("--network", "net.py:dropout", "--data", "faces.npz"), "random in training mode"),
    "huge": (("--network", "net.py:huge", "--data", "faces.npz"), "2600000000000 parameters need"),
    "no function": (("--network", "net.py:mak", "--data", "faces.npz"), "has no name 'mak', found: make"),
    "another shape": (("--network", "net.py:pixels", "--data", "faces.npz"), "does not take points of shape (25,)"),
    "no file": (("--network", "net.py:make", "--data", "face.npz"), "there is no file 'face.npz'"),
    "weight decay of many": ((*FACES, "--leading", "4", "--weight-decay", "0.1"), "without --leading"),
    "too many leading": ((*FACES, "--leading", "15"), "leading modes: from 1 to 14"),
    "norms of a network": ((*FACES, "--norms"), "--norms goes with --kernel"),
    "norms of a bias": (("--kernel", "NTK(depth=2, bias=True)", "--data", "faces.npz", "--norms"), "not homogeneous"),
    "a kernel without floats": (("--kernel", "Laplace(rate=1)", "--data", "faces.npz"), "no float kernel"),
    "a kernel's decay": (
        ("--kernel", "NTK(depth=2)", "--data", "faces.npz", "--weight-decay", "0.1"),
        "goes with --network",
    ),
    "a kernel's leading": (
        ("--kernel", "NTK(depth=2)", "--data", "faces.npz", "--leading", "4"),
        "goes with --network",
    ),
    "target of an image": (("--network", "net.py:pixels", "--image", "photo.png", "--target", "x"), "its pixels"),
    "a figure": ((*FACES, "--plot", "a.gif"), "allowed: .png, .pdf, .svg"),
    "a format": ((*FACES, "--format", "xml"), "allowed: text, json"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_request_is_one_line_and_leaves_nothing(
    name: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    arguments, says = BAD[name]
    before = sorted(folder.iterdir())
    assert cli.run(["modes", *arguments, "--out", "told.txt"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and says in err, err
    assert sorted(p for p in folder.iterdir() if p.name != "__pycache__") == before


def test_a_kernel_file_and_a_network_s_seed_count(capsys: pytest.CaptureFixture[str]) -> None:
    one, again, other = (answer(capsys, *FACES, "--seed", seed) for seed in ("1", "1", "2"))
    assert one == again != other
