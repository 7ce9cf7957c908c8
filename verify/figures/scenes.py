"""A solid and a radiance field learned with Fourier features: scores of every mapping, and what it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, SCALE, SIZE, legend

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAND = (0.05, 0.95)  # quantiles over seeds
SERIES = (
    ("network", "trained network, median and 90 %", COLOURS[0], "o"),
    ("own kernel", "predicted: its own initial kernel", COLOURS[1], "s"),
    ("limit kernel", "predicted: limit kernel", COLOURS[2], "^"),
)


def solid(data: xr.Dataset) -> Figure:
    """Predicted and measured IoU of every mapping on one axis; below, slices of the first seed.

    data: iou (seed, place, predictor, mapping), slice (seed, source, mapping, z, x), truth (z, x), as
    the experiment fourier-shape stores them.
    """
    figure, axes, below = _sheet(f"fourier-shape, {data.sizes['seed']} samples and networks a mapping", 5)
    near = data.iou.sel(place="surface")
    for number, (predictor, label, colour, marker) in enumerate(SERIES):
        _scores(axes, near.sel(predictor=predictor), label, colour, marker, 0.12 * (number - 1), number == 0)
    axes.set_ylabel("intersection over union\nof held-out points near the surface")
    axes.set_xlabel("mapping of the coordinates; σ in cycles per side of the cube")
    legend(axes)
    best, widest = _chosen(near.sel(predictor="network")), str(data.mapping.values[-1])
    shown = [("the solid, y = 1/2", data.truth)]
    cases = (("network", "none"), ("network", best), ("own kernel", best), ("network", widest))
    for source, mapping in cases:
        picture = data["slice"].isel(seed=0).sel(source=source, mapping=mapping)
        shown.append((f"{'predicted: ' if source != 'network' else ''}{_named(mapping)}", picture))
    for panel, (title, picture) in zip(below, shown):
        panel.pcolormesh(data.x, data.z, picture.values, cmap=SCALE, shading="nearest", rasterized=True)
        panel.set_aspect("equal")
        panel.set_title(title, fontsize=7)
        panel.tick_params(labelsize=6)
        panel.set_xlabel("x / side", fontsize=7)
    below[0].set_ylabel("z / side", fontsize=7)
    return figure


def pictures(data: xr.Dataset) -> Figure:
    """PSNR of held-out pictures for every mapping; below, the first one of the first seed.

    data: psnr (seed, mapping, kind), view (seed, mapping, y, x, colour), truth (seed, y, x, colour), as
    the experiment rendering stores them.
    """
    figure, axes, below = _sheet(f"rendering, {data.sizes['seed']} sets of pictures and fields a mapping", 6)
    for number, kind in enumerate(("held out", "training")):
        label = f"{'held-out' if kind == 'held out' else kind} pictures, median and 90 %"
        _scores(axes, data.psnr.sel(kind=kind), label, COLOURS[number], "os"[number], 0.1 * number, True)
    axes.set_ylabel("PSNR / dB")
    axes.set_xlabel("mapping of the coordinates; σ in cycles per side of the cube")
    legend(axes)
    score = data.psnr.sel(kind="held out")
    best = _chosen(score)
    widest = [str(name) for name in data.mapping.values if str(name).startswith("gaussian")][-1]
    truth = data.truth.isel(seed=0)
    shown = [("truth, held out", truth)]
    for mapping in ("none", "basic", "positional", best, widest):
        view = data.view.isel(seed=0).sel(mapping=mapping)
        level = -10 * np.log10(float(np.square(view - truth).mean()))  # of this picture alone
        shown.append((f"{_named(mapping)}\n{level:.1f} dB", view))
    for panel, (title, picture) in zip(below, shown):
        panel.imshow(np.clip(picture.values, 0, 1), interpolation="nearest")
        panel.set_title(title, fontsize=7)
        panel.tick_params(labelsize=6)
        panel.set_xlabel("pixel", fontsize=7)
    below[0].set_ylabel("pixel", fontsize=7)
    return figure


def _sheet(title: str, columns: int) -> tuple[Figure, Axes, list[Axes]]:
    """One wide panel over a row of small ones."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1.4 * SIZE[0], 1.5 * SIZE[1]), layout="constrained")
    grid = figure.add_gridspec(2, columns, height_ratios=(2, 1))
    figure.suptitle(f"{title}: more is better", fontsize=10)
    wide = figure.add_subplot(grid[0, :])
    wide.spines[["top", "right"]].set_visible(False)
    return figure, wide, [figure.add_subplot(grid[1, column]) for column in range(columns)]


def _scores(axes: Axes, scores: xr.DataArray, label: str, colour: str, marker: str, shift: float, band: bool) -> None:
    """Median of scores (seed, mapping) at the mapping's place, and the band of a measured one."""
    places = np.arange(scores.sizes["mapping"])
    bands = scores.quantile([BAND[0], 0.5, BAND[1]], "seed")
    low, middle, high = bands.transpose("quantile", "mapping").values
    axes.plot(places + shift, middle, marker, color=colour, ms=6, mfc=colour if band else "none", label=label)
    if band:
        axes.vlines(places + shift, low, high, color=colour, lw=1.5)
    axes.set_xticks(places, [_named(str(name)).replace(", ", "\n") for name in scores.mapping.values])


def _named(mapping: str) -> str:
    return mapping.replace("gaussian ", "Gaussian, σ = ") if mapping.startswith("gaussian") else mapping


def _chosen(scores: xr.DataArray) -> str:
    """The Gaussian mapping of the largest mean score (seed, mapping)."""
    names = [str(name) for name in scores.mapping.values if str(name).startswith("gaussian")]
    return names[int(scores.sel(mapping=names).mean("seed").values.argmax())]


FIGURES = {"fourier-shape": solid, "rendering": pictures}
