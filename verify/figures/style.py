"""One look for all figures; files that appear whole or not at all; the numbers behind them as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

from verify.running.console import BadRequest, write_whole

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = (".png", ".pdf", ".svg")
# Okabe and Ito: told apart by colour-blind readers, and with a marker each in black and white too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SIZE = (6.0, 4.2)  # inches
SCALE = "cividis"  # of heat maps: even in lightness, the same to colour-blind readers
DPI = 160


def new_figure(columns: int = 1, rows: int = 1, title: str = "") -> tuple[Figure, list[Axes]]:
    """An empty figure and its axes, row by row.

    >>> figure, axes = new_figure(columns=2)
    >>> len(axes)
    2
    """
    from matplotlib.figure import Figure

    size = (SIZE[0] * (0.75 * columns if columns > 1 else 1), SIZE[1] * (0.9 * rows if rows > 1 else 1))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
    if title:
        figure.suptitle(title, fontsize=10)
    return figure, axes


def legend(axes: Axes) -> None:
    """A legend without a frame, if anything has a label."""
    if axes.get_legend_handles_labels()[1]:
        axes.legend(frameon=False, fontsize=8)


def save_figure(figure: Figure, path: Path, option: str = "--plot") -> None:
    """Write png, pdf or svg by the path's ending, whole or not at all."""
    if path.suffix not in FORMATS:
        raise BadRequest(f"{option}: {path.name!r}, allowed: a file that ends in {', '.join(FORMATS)}")
    # Without a date the same data give the same bytes.
    metadata = {"CreationDate": None} if path.suffix == ".pdf" else {"Date": None} if path.suffix == ".svg" else {}
    drawn = io.BytesIO()
    figure.savefig(drawn, format=path.suffix[1:], dpi=DPI, metadata=metadata)
    try:
        write_whole(path, drawn.getvalue())
    except BadRequest as error:
        raise BadRequest(f"{option}: {error}") from None


def save_all(figure: Figure, stem: Path) -> list[Path]:
    """STEM.png, STEM.pdf, STEM.svg and STEM.csv, the numbers drawn; the paths."""
    paths = [stem.with_name(stem.name + suffix) for suffix in FORMATS]
    for path in paths:
        save_figure(figure, path, "--out")
    data = stem.with_name(stem.name + ".csv")
    write_whole(data, figure_data(figure))
    return [*paths, data]


def figure_data(figure: Figure) -> str:
    """What is drawn, as CSV: panel, series, x, y, and for heat maps the value.

    >>> figure, (axes,) = new_figure()
    >>> _ = axes.plot([1, 2], [3, 4], label="network")
    >>> print(figure_data(figure), end="")
    panel,series,x,y,value
    0,network,1.0,3.0,
    0,network,2.0,4.0,
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(("panel", "series", "x", "y", "value"))
    # A colour bar repeats its map.
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    for number, axes in enumerate(panels):
        writer.writerows((number, *row) for row in _drawn(axes))
    return target.getvalue()


def _drawn(axes: Axes) -> Iterator[tuple[object, ...]]:
    for line in axes.get_lines():
        xs, ys = cast("tuple[np.ndarray, np.ndarray]", line.get_data())
        for x, y in zip(xs, ys):
            yield str(line.get_label()), float(x), float(y), ""
    for patches in axes.collections:
        values = patches.get_array()
        if values is None:  # a band: its outline
            for path in patches.get_paths():
                outline = cast("np.ndarray", path.vertices)
                yield from ((f"{patches.get_label()}", float(x), float(y), "") for x, y in outline)
        elif hasattr(patches, "get_coordinates"):  # a mesh: cell centres
            corners = patches.get_coordinates()
            centres = (corners[1:, 1:] + corners[:-1, :-1]) / 2
            for row, cells in zip(centres, values.reshape(centres.shape[:2])):
                yield from (("map", float(x), float(y), float(v)) for (x, y), v in zip(row, cells))
    for image in axes.images:
        pixels = image.get_array()
        assert pixels is not None  # an image is drawn with its values
        for row, cells in enumerate(pixels):
            for column, value in enumerate(cells):
                flat = value.tolist() if hasattr(value, "tolist") else value
                yield "image", column, row, flat
