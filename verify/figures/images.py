"""Images by networks with Fourier features: PSNR of every mapping, and what it looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, SIZE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAND = (0.05, 0.95)  # quantiles over seeds
REFERENCES = {"fourier-image": "bilinear interpolation", "ct": "pseudo-inverse", "mri": "zero-filled inverse DFT"}
SERIES = (
    ("network", "trained network, median and 90 %", COLOURS[0], "o"),
    ("own kernel", "predicted: its own initial kernel", COLOURS[1], "s"),
    ("limit kernel", "predicted: limit kernel", COLOURS[2], "^"),
    ("limit, t = oo", "limit kernel, t → ∞", COLOURS[3], "D"),
)
SHOWN = 5  # pictures of the first seed


def reconstructions(data: xr.Dataset) -> Figure:
    """Predicted and measured PSNR of every mapping on one axis; below, pictures of the first seed.

    data: psnr (seed, predictor, mapping), reference (seed), picture (seed, shown, row, column), as
    `numerics.experiments.mappings` stores them.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1.35 * SIZE[0], 1.5 * SIZE[1]), layout="constrained")
    grid = figure.add_gridspec(2, SHOWN, height_ratios=(2, 1))
    name, seeds = data.attrs["experiment"], data.sizes["seed"]
    figure.suptitle(f"{name}: {seeds} images, a network for each with every mapping", fontsize=10)
    _scores(figure.add_subplot(grid[0, :]), data, REFERENCES[name])
    network = data.psnr.isel(seed=0).sel(predictor="network")
    gaussian = [str(name) for name in data.mapping.values if str(name).startswith("gaussian")]
    best = gaussian[int(network.sel(mapping=gaussian).values.argmax())]
    for column, what in enumerate(("truth", "reference", "none", "positional", best)):
        title = REFERENCES[name] if what == "reference" else what
        if what != "truth":
            score = data.reference.isel(seed=0) if what == "reference" else network.sel(mapping=what)
            title += f"\n{float(score):.1f} dB"
        _picture(figure.add_subplot(grid[1, column]), data.picture.isel(seed=0).sel(shown=what).values, title)
    return figure


def _scores(axes: Axes, data: xr.Dataset, reference: str) -> None:
    places, names = np.arange(data.sizes["mapping"]), [str(name) for name in data.mapping.values]
    for number, (predictor, label, colour, marker) in enumerate(SERIES):
        scores = data.psnr.sel(predictor=predictor)
        low, middle, high = scores.quantile([BAND[0], 0.5, BAND[1]], "seed").values
        shifted = places + 0.12 * (number - 1.5)
        axes.plot(shifted, middle, marker, color=colour, ms=6, mfc="none" if number else colour, label=label)
        if predictor == "network":
            axes.vlines(shifted, low, high, color=colour, lw=1.5)
    level = float(data.reference.median())
    axes.axhline(level, color=COLOURS[6], lw=1, ls="--", label=f"{reference}, no network")
    axes.set_xticks(places, [name.replace("gaussian ", "Gaussian\nσ = ") for name in names])
    axes.set_xlabel("mapping of the coordinates; σ in cycles per side of the image")
    axes.set_ylabel("PSNR / dB")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)


def _picture(axes: Axes, values: np.ndarray, title: str) -> None:
    axes.imshow(values, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_title(title, fontsize=7)
    axes.set_xticks([])
    axes.set_yticks([])


FIGURES = {"fourier-image": reconstructions, "ct": reconstructions, "mri": reconstructions}
