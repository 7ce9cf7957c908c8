"""A user's files: every format gives the same numbers, nothing is unpickled, what does not fit is one line."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.cbook import get_sample_data
from skimage.data import astronaut, camera
from skimage.io import imsave

from numerics.data.user_data import Data, data_from_loader, data_of, held_out, read_data, read_image, scaled

ROWS = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 6.0], [6.0, 7.0, -1.0], [9.0, 11.0, 0.5]])


def same(one: Data, other: Data) -> bool:
    return torch.equal(one.inputs, other.inputs) and torch.equal(one.targets, other.targets)


def test_every_format_gives_the_same_points(tmp_path: Path) -> None:
    known = data_of(ROWS[:, :2], ROWS[:, 2])
    np.savez(tmp_path / "a.npz", x=ROWS[:, :2], y=ROWS[:, 2])
    np.save(tmp_path / "a.npy", ROWS)
    pandas.DataFrame(ROWS, columns=["a", "b", "c"]).to_csv(tmp_path / "a.csv", index=False)
    for name in ("a.npz", "a.npy", "a.csv"):
        assert same(read_data(tmp_path / name), known), name
    pairs = [
        (torch.tensor(ROWS[:3, :2]), torch.tensor(ROWS[:3, 2])),
        (torch.tensor(ROWS[3:, :2]), torch.tensor(ROWS[3:, 2])),
    ]
    assert same(data_from_loader(pairs), known)
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(*map(torch.tensor, (ROWS[:, :2], ROWS[:, 2]))), 3
    )
    assert same(data_from_loader(loader), known)
    assert torch.equal(read_data(tmp_path / "a.csv", "a").targets[:, 0], torch.tensor(ROWS[:, 0]))
    assert torch.equal(read_data(tmp_path / "a.npy", "1").inputs, torch.tensor(ROWS[:, [0, 2]]))


def test_parquet_is_read_where_pandas_can_and_refused_in_one_line_where_not(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    try:
        pandas.DataFrame(ROWS, columns=["a", "b", "c"]).to_parquet(path)
    except ImportError:
        path.write_bytes(b"PAR1")
        with pytest.raises(ValueError, match="pyarrow or fastparquet, and none is installed"):
            read_data(path)
        return
    assert same(read_data(path), data_of(ROWS[:, :2], ROWS[:, 2]))


def test_a_table_that_ships_with_matplotlib(tmp_path: Path) -> None:
    with get_sample_data("data_x_x2_x3.csv") as file:
        table = pandas.read_csv(file, sep=r"\s+", header=None, names=["x", "square", "cube"])
    table.to_csv(tmp_path / "t.csv", index=False)
    found = read_data(tmp_path / "t.csv", "cube")
    assert torch.equal(found.inputs[:, 0] ** 3, found.targets[:, 0]) and found.says == ("target: column 'cube'",)


def test_text_in_the_target_is_classes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,kind\n1,ü\n2,b\n3,ü\n")
    found = read_data(tmp_path / "a.csv")
    assert found.classes == ("b", "ü") and found.targets.tolist() == [[0, 1], [1, 0], [0, 1]]
    assert data_of([[1.0], [2.0]], [10, 9], one_hot=True).classes == ("9", "10")


def test_a_test_part_is_read_or_drawn(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X_train=ROWS[:3, :2], y_train=ROWS[:3, 2], X_test=ROWS[3:, :2], y_test=ROWS[3:, 2])
    found = read_data(tmp_path / "a.npz")
    assert len(found.test_inputs) == 1 and found.points == 3
    with pytest.raises(ValueError, match="test points of its own"):
        held_out(found, 0.5, 0)
    whole = data_of(np.arange(20.0), np.arange(20.0))
    drawn, again, other = held_out(whole, 0.25, 3), held_out(whole, 0.25, 3), held_out(whole, 0.25, 4)
    assert same(drawn, again) and not same(drawn, other)
    together = torch.cat([drawn.inputs, drawn.test_inputs]).flatten()
    assert together.sort().values.tolist() == list(range(20)) and len(drawn.test_inputs) == 5


@given(st.lists(st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3), min_size=2, max_size=8))
def test_scaling_does_what_it_says(rows: list[list[float]]) -> None:
    data = data_of(rows, range(len(rows)), rows[:1], [0])
    standard = scaled(data, "standard", centre=True)
    assert float(standard.inputs.mean(0).abs().max()) < 1e-6 and float(standard.targets.mean()) == pytest.approx(
        0, abs=1e-12
    )
    for column, spread in zip(standard.inputs.T, data.inputs.std(0, correction=0)):
        assert float(column.std(correction=0)) == pytest.approx(1, rel=1e-3) or float(spread) < 1e-6
    assert torch.equal(standard.inputs[:1], standard.test_inputs)  # the same map
    assert "variance 1" in " ".join(standard.says) and "less the training points' mean" in " ".join(standard.says)
    if bool((data.inputs.norm(dim=1) > 1e-150).all()):
        assert torch.allclose(scaled(data, "unit").inputs.norm(dim=1), torch.ones(len(rows), dtype=torch.float64))
    assert scaled(data, "none").inputs is data.inputs


def test_an_image_keeps_its_mean_and_its_colours(tmp_path: Path) -> None:
    imsave(tmp_path / "a.png", astronaut(), check_contrast=False)
    found = read_image(tmp_path / "a.png", 32)
    assert found.grid == (32, 32) and found.targets.shape == (1024, 3) and found.classes == ("red", "green", "blue")
    assert torch.allclose(found.targets.mean(0), torch.from_numpy(astronaut() / 255).mean((0, 1)), atol=1e-6)
    assert found.inputs[33].tolist() == [1 / 32, 1 / 32] and "averaged from 512 x 512" in found.says[0]
    imsave(tmp_path / "g.png", camera()[:100, :50], check_contrast=False)
    grey = read_image(tmp_path / "g.png", 1000)
    assert grey.grid == (100, 50) and grey.outputs == 1 and "averaged" not in grey.says[0]
    assert torch.allclose(grey.targets[:50, 0], torch.from_numpy(camera()[0, :50] / 255))


class Trap:
    """Unpickled, it would raise."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return exec, ("raise SystemExit('unpickled')",)


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def saved(path: Path, **arrays: object) -> Path:
    np.savez(path, **arrays)
    return path


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "no such file": (lambda f: read_data(f / "none.csv"), "there is no file"),
    "a folder": (lambda f: ((f / "a.csv").mkdir(), read_data(f / "a.csv")), "there is no file"),
    "an address": (lambda f: read_data(Path("https://example.org/a.csv")), "there is no file"),
    "another ending": (lambda f: read_data(write(f / "a.txt", "1")), "allowed: a file that ends in"),
    "pickled": (lambda f: read_data(write(f / "a.npy", pickle.dumps(Trap()))), "never loaded"),
    "objects": (lambda f: read_data(saved(f / "a.npz", x=np.array([Trap()], dtype=object), y=[1])), "never loaded"),
    "a zip of nothing": (lambda f: read_data(write(f / "a.npz", b"PK\x05\x06" + 18 * b"\0")), "no input array"),
    "half a file": (
        lambda f: read_data(write(f / "a.npz", saved(f / "b.npz", x=ROWS, y=ROWS).read_bytes()[:300])),
        "cannot be read",
    ),
    "an empty npy": (lambda f: read_data(write(f / "a.npy", b"")), "cannot be read"),
    "no target": (lambda f: read_data(saved(f / "a.npz", x=ROWS)), "no target array"),
    "another target": (lambda f: read_data(saved(f / "a.npz", x=ROWS, y=ROWS), "z"), "no target array"),
    "complex": (lambda f: read_data(saved(f / "a.npz", x=1j * ROWS, y=ROWS)), "complex128"),
    "a vector": (lambda f: (np.save(f / "a.npy", ROWS[0]), read_data(f / "a.npy")), "matrix"),
    "an empty table": (lambda f: read_data(write(f / "a.csv", "")), "cannot be read as a table"),
    "a table of no rows": (lambda f: read_data(write(f / "a.csv", "a,b\n")), "at least 2 rows"),
    "one column": (lambda f: read_data(write(f / "a.csv", "a\n1\n2\n")), "at least 2 columns"),
    "bytes that are no text": (
        lambda f: read_data(write(f / "a.csv", b"\xff\xfe\x00,\xff\n")),
        "cannot be read as a table",
    ),
    "rows of many lengths": (
        lambda f: read_data(write(f / "a.csv", "a,b\n1,2\n1,2,3,4\n")),
        "cannot be read as a table",
    ),
    "a column that is not there": (
        lambda f: read_data(write(f / "a.csv", "a,price\n1,2\n2,3\n"), "prise"),
        "did you mean price",
    ),
    "text in numbers": (lambda f: read_data(write(f / "a.csv", "a,b\n1,2\nx,3\n")), "column 'a' holds no numbers"),
    "a hole": (
        lambda f: read_data(write(f / "a.csv", "a,b\n1,2\n,3\n")),
        "column 'a' has no value in 1 rows, the first row 1",
    ),
    "infinite": (lambda f: read_data(write(f / "a.csv", "a,b\n1,2\ninf,3\n")), r"not finite, the first at \[1, 0\]"),
    "NaN": (lambda f: data_of([[1.0], [2.0]], [float("nan"), 1]), r"targets: 1 values are not finite"),
    "one sample": (lambda f: data_of([[1.0]], [1.0]), "at least 2 training points"),
    "none": (lambda f: data_of([], []), "at least 2 training points"),
    "a constant target": (lambda f: data_of([[1.0], [2.0]], [3, 3]), "constant"),
    "another length": (lambda f: data_of([[1.0], [2.0]], [3, 4, 5]), "got 3 for 2"),
    "ragged": (lambda f: data_of([[1.0], [2.0, 3.0]], [3, 4]), "numbers in one array"),
    "a number": (lambda f: data_of(3.0, [3, 4]), "got one number"),
    "points of nothing": (lambda f: data_of(np.zeros((3, 0)), [1, 2, 3]), "at least one number"),
    "targets of nothing": (lambda f: data_of(np.zeros((3, 1)), np.zeros((3, 0))), "at least one column"),
    "half a test": (lambda f: data_of([[1.0], [2.0]], [3, 4], [[1.0]]), "both"),
    "a test of another width": (lambda f: data_of([[1.0], [2.0]], [3, 4], [[1.0, 2.0]], [3]), "test inputs of shape"),
    "an unknown class": (lambda f: data_of([[1.0], [2.0]], ["a", "b"], [[1.0]], ["c"]), "class 'c'"),
    "one class": (lambda f: data_of([[1.0], [2.0]], ["a", "a"]), "1 classes"),
    "too many classes": (lambda f: data_of(np.zeros((200, 1)), [str(i) for i in range(200)]), "200 classes"),
    "a missing class": (lambda f: data_of([[1.0], [2.0]], ["a", None]), "none of them missing"),
    "all held out": (lambda f: held_out(data_of([[1.0], [2.0]], [3, 4]), 0.6, 0), "at least 2 training points"),
    "more than all": (lambda f: held_out(data_of([[1.0], [2.0]], [3, 4]), 1.0, 0), "a share"),
    "a point that is zero": (lambda f: scaled(data_of([[0.0], [2.0]], [3, 4]), "unit"), "point 0 is zero"),
    "an unknown scale": (lambda f: scaled(data_of([[0.0], [2.0]], [3, 4]), "minmax"), "allowed: none"),
    "an image that is none": (lambda f: read_image(write(f / "a.png", b"no image"), 8), "cannot be read"),
    "an image of one colour": (
        lambda f: (imsave(f / "a.png", np.zeros((9, 9), np.uint8), check_contrast=False), read_image(f / "a.png", 8)),
        "constant",
    ),
    "an image of another kind": (lambda f: read_image(f / "a.svg", 8), "ends in .png"),
    "a loader of nothing": (lambda f: data_from_loader([]), "a loader of pairs"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_one_line(name: str, tmp_path: Path) -> None:
    request, says = BAD[name]
    with pytest.raises(ValueError, match=says) as error:
        request(tmp_path)
    assert "\n" not in str(error.value)
