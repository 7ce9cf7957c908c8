"""Residuals of trained networks, degree by degree, on one axis with their prediction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAND = (0.05, 0.95)  # quantiles over seeds
FLOOR = 1e-4  # below it a network of finite width shows noise, and the prediction rounding


def decay_curves(data: xr.Dataset) -> Figure:
    """Median of |projection| over seeds with a band, and the Gram predictor, against the step.

    data: network (seed, step, degree), gram (step, degree) or (seed, step, degree), as the
    experiments on two-layer networks store them.
    """
    figure, (axes,) = new_figure(title=_title(data))
    steps = data.step.values
    gram = data.gram.median("seed") if "seed" in data.gram.dims else data.gram
    for degree, colour in zip(data.degree.values, COLOURS):
        curves = np.abs(data.network.sel(degree=degree))
        low, high = (curves.quantile(q, "seed") for q in BAND)
        axes.fill_between(steps, low, high, color=colour, alpha=0.25, lw=0, label=f"degree {degree}, seeds")
        axes.semilogy(steps, curves.median("seed"), color=colour, label=f"degree {degree}, networks")
        axes.semilogy(
            steps, np.abs(gram.sel(degree=degree)), "--", color=colour, lw=1, label=f"degree {degree}, limit kernel"
        )
    axes.set_ylim(bottom=FLOOR)
    axes.set_xlabel("gradient descent step")
    axes.set_ylabel("residual in the degree / label amplitude")
    handles, labels = axes.get_legend_handles_labels()
    shown = [i for i, label in enumerate(labels) if not label.endswith("seeds")]
    axes.legend([handles[i] for i in shown], [labels[i] for i in shown], frameon=False, fontsize=7)
    return figure


def _title(data: xr.Dataset) -> str:
    """Experiment, width and seeds, by which two runs differ, and what the band is."""
    width = json.loads(data.attrs.get("config", "{}")).get("width")
    sizes = ([] if width is None else [f"width {width}"]) + [f"{data.sizes['seed']} seeds"]
    low, high = (f"{100 * q:.0f} %" for q in BAND)
    return f"{', '.join([data.attrs['experiment'], *sizes])}\nlines: medians over seeds; bands: {low} to {high} of them"


FIGURES = {"cao-circle": decay_curves, "cao-mixture": decay_curves, "cao-sphere": decay_curves}
