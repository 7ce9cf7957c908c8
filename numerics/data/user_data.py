"""A user's data: npz, npy, csv, Parquet, images, arrays, loaders; checked, split and scaled, never unpickled.

Nothing is done to the numbers that `Data.says` does not say. A file that does not fit is a ValueError of one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from pandas import DataFrame

INPUT_NAMES = ("x", "X", "inputs", "data", "x_train", "X_train")
TARGET_NAMES = ("y", "Y", "target", "targets", "labels", "y_train")
TEST_NAMES = (("x_test", "X_test"), ("y_test", "Y_test"))
TABLES = (".csv", ".parquet")
ARRAYS = (".npz", ".npy")
IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
SCALINGS = ("none", "standard", "unit")
MOST_CLASSES = 100


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Points (n, ...) with targets (n, q), those held out (l, ...), (l, q), all float64, and what was done to them.

    classes: names of the outputs where they are classes, 1 for the class and 0 for the others. grid: height and width
    where the points are the pixels of an image, row by row.

    >>> Data(torch.zeros(1, 2), torch.zeros(1, 1), torch.zeros(0, 2), torch.zeros(0, 1))
    Traceback (most recent call last):
    ValueError: at least 2 training points wanted, got 1
    """

    inputs: Tensor
    targets: Tensor
    test_inputs: Tensor
    test_targets: Tensor
    classes: tuple[str, ...] = ()
    grid: tuple[int, int] | None = None
    says: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, inputs, targets in (("", self.inputs, self.targets), ("test ", self.test_inputs, self.test_targets)):
            if len(inputs) != len(targets):
                raise ValueError(
                    f"{name}targets: as many as points wanted, got {len(targets)} for {len(inputs)} points"
                )
            _check_finite(f"{name}inputs", inputs)
            _check_finite(f"{name}targets", targets)
        if len(self.inputs) < 2:
            raise ValueError(f"at least 2 training points wanted, got {len(self.inputs)}")
        if self.inputs[0].numel() < 1 or self.targets.ndim != 2 or self.targets.shape[1] < 1:
            raise ValueError("points of at least one number and targets of at least one column wanted")
        if bool((self.targets == self.targets[0]).all()):
            raise ValueError("the target is constant on the training points: there is nothing to tell modes by")

    @property
    def points(self) -> int:
        """n."""
        return len(self.inputs)

    @property
    def outputs(self) -> int:
        """q."""
        return self.targets.shape[1]


def _check_finite(name: str, values: Tensor) -> None:
    bad = (~values.isfinite()).nonzero()
    if len(bad):
        place = ", ".join(str(int(i)) for i in bad[0])
        raise ValueError(f"{name}: {len(bad)} values are not finite, the first at [{place}]; allowed: finite numbers")


def data_of(
    inputs: Any, targets: Any, test_inputs: Any = None, test_targets: Any = None, *, one_hot: bool = False
) -> Data:
    """Data of anything array-like: inputs (n, ...), targets (n,) or (n, q); text targets, or one_hot, are classes.

    >>> data_of([[0.0], [1.0], [2.0]], ["b", "a", "b"]).classes
    ('a', 'b')
    >>> data_of([[0.0], [1.0]], [1.0, 2.0, 3.0])
    Traceback (most recent call last):
    ValueError: targets: as many as points wanted, got 3 for 2 points
    """
    if (test_inputs is None) != (test_targets is None):
        raise ValueError("points held out need both inputs and targets")
    points = _numbers("inputs", inputs)
    points = points[:, None] if points.ndim == 1 else points
    away = points[:0] if test_inputs is None else _numbers("test inputs", test_inputs)
    away = away[:, None] if away.ndim == 1 else away
    if away.shape[1:] != points.shape[1:]:
        raise ValueError(f"test inputs of shape {tuple(points.shape[1:])} each wanted, got {tuple(away.shape[1:])}")
    labels = np.asarray(targets)
    if one_hot or labels.dtype.kind in "OUS":
        names = _classes(labels)
        columns = _indicators("targets", labels, names)
        rest = columns[:0] if test_targets is None else _indicators("test targets", np.asarray(test_targets), names)
        said = (f"targets: {len(names)} classes, 1 for the class and 0 for the others",)
        return Data(points, columns, away, rest, tuple(map(str, names)), says=said)
    columns = _columns("targets", targets)
    rest = columns[:0] if test_targets is None else _columns("test targets", test_targets)
    if rest.shape[1:] != columns.shape[1:]:
        raise ValueError(f"test targets of {columns.shape[1]} columns wanted, got {rest.shape[1]}")
    return Data(points, columns, away, rest)


def data_from_loader(loader: Iterable[Any], one_hot: bool = False) -> Data:
    """All of a DataLoader's (inputs, targets), in its order, once.

    >>> pairs = [(torch.zeros(2, 1), torch.tensor([1.0, 2.0])), (torch.ones(1, 1), torch.tensor([3.0]))]
    >>> data_from_loader(pairs).targets.flatten().tolist()
    [1.0, 2.0, 3.0]
    """
    batches = list(loader)
    if not batches or not all(isinstance(batch, tuple | list) and len(batch) == 2 for batch in batches):
        raise ValueError("a loader of pairs (inputs, targets), at least one, wanted")
    inputs, targets = (torch.cat([torch.as_tensor(batch[side]) for batch in batches]) for side in (0, 1))
    return data_of(inputs, targets, one_hot=one_hot)


def read_data(path: Path, target: str | None = None, one_hot: bool = False) -> Data:
    """The data of an npz, npy, csv or Parquet file.

    npz: arrays x and y (or inputs and targets, X and Y, data and target), x_test and y_test too if they are there;
    npy: a matrix; csv and Parquet: columns with names. target: the column of a matrix or table that is the target,
    the last one without it; of an npz the array's name.
    """
    suffix = path.suffix.lower()
    if suffix not in (*ARRAYS, *TABLES):
        raise ValueError(f"data: {path.name!r}, allowed: a file that ends in {', '.join((*ARRAYS, *TABLES))}")
    if not path.is_file():  # before any library may take the name for an address
        raise ValueError(f"data: there is no file {str(path)!r}")
    if suffix == ".npz":
        return _from_npz(path, target, one_hot)
    if suffix == ".npy":
        return _from_matrix(_loaded(path)[""], target, one_hot)
    return _from_table(_table(path), target, one_hot)


def _loaded(path: Path) -> dict[str, np.ndarray]:
    try:
        found = np.load(path, allow_pickle=False)
        return {"": found} if isinstance(found, np.ndarray) else {name: found[name] for name in found.files}
    except (ValueError, EOFError, BadZipFile, KeyError) as error:
        why = "objects in it are pickled, which are never loaded" if "pickle" in str(error) else "it cannot be read"
        raise ValueError(
            f"data: {path.name}: {why}, allowed: arrays of numbers as numpy.savez and numpy.save write"
        ) from None


def _from_npz(path: Path, target: str | None, one_hot: bool) -> Data:
    arrays = _loaded(path)

    def one(names: Sequence[str], what: str) -> np.ndarray:
        found = [name for name in names if name in arrays]
        if not found:
            there = ", ".join(arrays) or "no array"
            raise ValueError(f"data: {path.name}: no {what} array, allowed: {', '.join(names)}; in the file: {there}")
        return arrays[found[0]]

    inputs = one(INPUT_NAMES, "input")
    targets = one(TARGET_NAMES if target is None else (target,), "target")
    test = [next((arrays[name] for name in names if name in arrays), None) for names in TEST_NAMES]
    return data_of(inputs, targets, *test, one_hot=one_hot)


def _from_matrix(matrix: np.ndarray, target: str | None, one_hot: bool) -> Data:
    if matrix.ndim != 2 or matrix.shape[1] < 2:
        raise ValueError(f"data: a matrix (n, columns) of at least 2 columns wanted, got shape {matrix.shape}")
    names = [str(place) for place in range(matrix.shape[1])]
    place = len(names) - 1 if target is None else names.index(_known(target, names))
    found = data_of(np.delete(matrix, place, axis=1), matrix[:, place], one_hot=one_hot)
    return replace(found, says=(f"target: column {place}", *found.says))


def _table(path: Path) -> DataFrame:
    import pandas

    try:
        return pandas.read_csv(path) if path.suffix.lower() == ".csv" else pandas.read_parquet(path)
    except ImportError:
        raise ValueError(
            f"data: {path.name}: pandas reads Parquet with pyarrow or fastparquet, and none is installed"
        ) from None
    except MemoryError:
        raise
    except Exception as error:  # of whatever library reads this kind of table
        raise ValueError(f"data: {path.name} cannot be read as a table: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _from_table(table: DataFrame, target: str | None, one_hot: bool) -> Data:
    names = [str(name) for name in table.columns]
    if len(names) < 2:
        raise ValueError(f"data: at least 2 columns wanted, one of them the target, got {', '.join(names) or 'none'}")
    if len(table) < 2:
        raise ValueError(f"data: at least 2 rows wanted, got {len(table)}")
    chosen = names.index(names[-1] if target is None else _known(target, names))
    for place, name in enumerate(names):
        column = table.iloc[:, place]
        empty = column.isna()
        if empty.any():
            raise ValueError(
                f"data: column {name!r} has no value in {int(empty.sum())} rows, the first row {int(empty.argmax())}"
            )
        if place != chosen and column.dtype.kind not in "biuf":
            raise ValueError(
                f"data: column {name!r} holds no numbers, allowed: numbers, and text in the target alone, as classes"
            )
    inputs = table.drop(columns=table.columns[chosen]) if len(set(names)) == len(names) else None
    if inputs is None:
        raise ValueError("data: two columns have the same name")
    labels = table.iloc[:, chosen]
    text = labels.dtype.kind not in "biuf"
    found = data_of(inputs.to_numpy(dtype=float), labels.to_numpy(dtype=object if text else float), one_hot=one_hot)
    return replace(found, says=(f"target: column {names[chosen]!r}", *found.says))


def _known(name: str, names: Sequence[str]) -> str:
    if name not in names:
        close = get_close_matches(name, names, 1)
        meant = f" (did you mean {close[0]}?)" if close else ""
        raise ValueError(f"data: there is no column {name!r}, allowed: {', '.join(names)}{meant}")
    return name


def read_image(path: Path, side: int) -> Data:
    """An image as a function of its pixels' places: inputs (i/height, j/width), targets grey or red, green, blue in [0, 1].

    Averaged so that the longer side has at most ``side`` pixels; an alpha channel is left out.
    """
    from skimage.io import imread
    from skimage.transform import resize_local_mean
    from skimage.util import img_as_float64

    if path.suffix.lower() not in IMAGES:
        raise ValueError(f"image: {path.name!r}, allowed: a file that ends in {', '.join(IMAGES)}")
    if not path.is_file():
        raise ValueError(f"image: there is no file {str(path)!r}")
    try:
        image = img_as_float64(imread(path))
    except MemoryError:
        raise
    except Exception as error:  # of whatever library reads this kind of image
        raise ValueError(f"image: {path.name} cannot be read: {_first_line(error)}") from None
    image = image[..., None] if image.ndim == 2 else image
    if image.ndim != 3 or image.shape[2] > 4 or min(image.shape) < 1:
        raise ValueError(f"image: {path.name} has shape {image.shape}, allowed: one grey or colour image")
    colours = image[..., : 1 if image.shape[2] <= 2 else 3]
    height, width = colours.shape[:2]
    shrink = min(1.0, side / max(height, width))
    small = max(1, round(height * shrink)), max(1, round(width * shrink))
    if small != (height, width):
        colours = resize_local_mean(colours, small, channel_axis=2)
    places = torch.cartesian_prod(*(torch.arange(length, dtype=torch.float64) / length for length in small))
    averaged = f", averaged from {height} x {width}" if small != (height, width) else ""
    said = f"image: {small[0]} x {small[1]} pixels{averaged}, at (i/{small[0]}, j/{small[1]}), values in [0, 1]"
    values = torch.from_numpy(np.ascontiguousarray(colours, dtype=np.float64)).flatten(0, 1)
    names = ("red", "green", "blue") if values.shape[1] == 3 else ()
    return Data(places, values, places[:0], values[:0], names, small, (said,))


def held_out(data: Data, share: float, seed: int) -> Data:
    """The data with a random share of the points held out for the test; data that has a test part keeps it.

    >>> whole = data_of([[float(i)] for i in range(10)], range(10))
    >>> len(held_out(whole, 0.2, 0).test_inputs)
    2
    """
    if not 0 <= share < 1:
        raise ValueError(f"test: got {share}, allowed: a share of the points, 0 <= share < 1")
    count = round(share * data.points)
    if not count:
        return data
    if len(data.test_inputs):
        raise ValueError(f"test: the data has {len(data.test_inputs)} test points of its own, allowed: no other share")
    order = torch.randperm(data.points, generator=torch.Generator().manual_seed(seed))
    test, train = order[:count].sort().values, order[count:].sort().values
    return replace(
        data,
        inputs=data.inputs[train],
        targets=data.targets[train],
        test_inputs=data.inputs[test],
        test_targets=data.targets[test],
        grid=None,
        says=(*data.says, f"test: {count} of {data.points} points at random, seed {seed}"),
    )


def scaled(data: Data, how: str, centre: bool = False) -> Data:
    """Inputs as they are ("none"), each column of mean 0 and variance 1 ("standard"), or each point of norm 1 ("unit").

    centre: the training targets' mean is taken off all targets. Means and variances are of the training points; a
    constant column stays, centred.

    >>> scaled(data_of([[1.0], [3.0]], [0.0, 2.0]), "standard", centre=True).targets.flatten().tolist()
    [-1.0, 1.0]
    """
    if how not in SCALINGS:
        raise ValueError(f"scale: got {how!r}, allowed: {', '.join(SCALINGS)}")
    train, test, said = data.inputs, data.test_inputs, "inputs: as they are"
    if how == "standard":
        mean, spread = train.mean(0), train.std(0, correction=0)
        if not bool(spread.isfinite().all()):
            raise ValueError("inputs: their variance leaves the range of floats, allowed: numbers below 1e150")
        spread = torch.where(spread > 0, spread, torch.ones_like(spread))
        train, test = (train - mean) / spread, (test - mean) / spread
        said = "inputs: mean 0 and variance 1 in each column of the training points"
    elif how == "unit":
        train, test, said = of_unit_norm(train), of_unit_norm(test), "inputs: each point of norm 1"
    shift = data.targets.mean(0) if centre else torch.zeros_like(data.targets[0])
    told = (*data.says, said, *(["targets: less the training points' mean"] if centre else []))
    return replace(
        data,
        inputs=train,
        test_inputs=test,
        targets=data.targets - shift,
        test_targets=data.test_targets - shift,
        says=told,
    )


def of_unit_norm(points: Tensor) -> Tensor:
    """Each point (n, ...) divided by its norm; ValueError for a point that is zero.

    >>> of_unit_norm(torch.tensor([[3e300, 4e300]], dtype=torch.float64)).tolist()
    [[0.6, 0.8]]
    """
    flat = points.flatten(1)
    largest = flat.abs().amax(1, keepdim=True)  # first, so that no square leaves the range of floats
    if not bool((largest > 0).all()):
        raise ValueError(f"point {int(largest.argmin())} is zero: it has no direction, allowed: points other than 0")
    flat = flat / largest
    return (flat / flat.norm(dim=1, keepdim=True)).reshape(points.shape)


def _numbers(name: str, values: Any) -> Tensor:
    try:
        array = np.asarray(values.detach().cpu() if isinstance(values, Tensor) else values)
        if array.dtype.kind not in "biuf":
            raise TypeError
    except (TypeError, ValueError):
        raise ValueError(f"{name}: numbers in one array wanted, got {_kind(values)}") from None
    if array.ndim < 1:
        raise ValueError(f"{name}: an array (n, ...) wanted, got one number")
    return torch.from_numpy(np.array(array, dtype=np.float64))


def _kind(values: Any) -> str:
    return (
        f"values of type {values.dtype}" if hasattr(values, "dtype") else f"a {type(values).__name__} of other things"
    )


def _columns(name: str, values: Any) -> Tensor:
    found = _numbers(name, values)
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2:
        raise ValueError(f"{name}: shape (n,) or (n, q) wanted, got {tuple(found.shape)}")
    return found


def _classes(labels: np.ndarray) -> list[Any]:
    if labels.ndim != 1:
        raise ValueError(f"targets: classes (n,) wanted, got shape {labels.shape}")
    found = (
        set(labels.tolist())
        if all(isinstance(label, str | int | float) for label in labels.tolist())
        else {float("nan")}
    )
    if any(label != label for label in found):
        raise ValueError("targets: classes that are text or numbers wanted, none of them missing")
    names = sorted(found, key=lambda name: (1, 0.0, name) if isinstance(name, str) else (0, float(name), ""))
    if not 2 <= len(names) <= MOST_CLASSES:
        raise ValueError(f"targets: {len(names)} classes, allowed: from 2 to {MOST_CLASSES}")
    return names


def _indicators(what: str, labels: np.ndarray, names: list[Any]) -> Tensor:
    places = {name: place for place, name in enumerate(names)}
    unknown = [label for label in labels.tolist() if label not in places]
    if unknown:
        raise ValueError(f"{what}: class {unknown[0]!r} is not among those of the training points")
    return torch.eye(len(names), dtype=torch.float64)[[places[label] for label in labels.tolist()]]
