"""Networks on non-uniform data: times against the lowest density, orders of degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, MARKERS, legend, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAND = (0.05, 0.95)  # quantiles over seeds


def speed(data: xr.Dataset) -> Figure:
    """Time to learn the sparse quadrants against their density; the split pair against its prediction."""
    figure, (left, right) = new_figure(columns=2, title="Learning time as 1 / lowest density, and a split pair")
    lowest, times = data.lowest.values, data.network_time
    low, high = (times.quantile(q, "seed") for q in BAND)
    left.fill_between(lowest, low, high, color=COLOURS[0], alpha=0.25, lw=0, label="90 % of networks")
    left.loglog(lowest, times.median("seed"), MARKERS[0], color=COLOURS[0], label="networks, median")
    left.loglog(lowest, data.gram_time, "--", color=COLOURS[0], label="limit kernel")
    start = float(data.gram_time[-1])
    left.loglog(lowest, start * lowest[-1] / lowest, ":", color=COLOURS[6], label="1 / density")
    left.set_xlabel("lowest density / uniform density")
    left.set_ylabel("time c t to 5 % of the squared residual")
    for name, colour in zip(data.function.values, COLOURS[1:]):
        curves = np.abs(data.pair.sel(function=name))
        low, high = (curves.quantile(q, "seed") for q in BAND)
        right.fill_between(data.step, low, high, color=colour, alpha=0.25, lw=0, label=f"{name}, seeds")
        right.semilogy(data.step, curves.median("seed"), color=colour, label=f"{name}, networks")
        right.semilogy(
            data.step, np.abs(data.pair_gram.sel(function=name)), "--", color=colour, label=f"{name}, limit kernel"
        )
    right.set_xlabel("gradient descent step")
    right.set_ylabel("residual / label amplitude")
    for axes in (left, right):
        legend(axes)
    return figure


def orders(data: xr.Dataset) -> Figure:
    """Median residual of every degree with a band over seeds, one panel a distribution."""
    figure, panels = new_figure(columns=4, rows=2, title="Order of degrees 1, 2, 4 on non-uniform data of a sphere")
    for axes, density in zip(panels, data.density.values):
        for degree, colour in zip(data.degree.values, COLOURS):
            curves, limit = (abs(data[name].sel(density=density, degree=degree)) for name in ("network", "gram"))
            low, high = (curves.quantile(q, "seed") for q in BAND)
            axes.fill_between(data.step, low, high, color=colour, alpha=0.25, lw=0, label=f"degree {degree}, seeds")
            axes.semilogy(data.step, curves.median("seed"), color=colour, label=f"degree {degree}, networks")
            axes.semilogy(
                data.step, limit.median("seed"), "--", color=colour, lw=1, label=f"degree {degree}, limit kernel"
            )
        axes.set_title(str(density), fontsize=9)
        axes.set_xlabel("gradient descent step")
        axes.set_ylabel("coefficient / label amplitude")
        axes.set_ylim(1e-2, 2)
    for axes in panels[data.sizes["density"] :]:
        axes.set_axis_off()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=7)
    return figure


FIGURES = {"basri-density": speed, "non-uniform": orders}
