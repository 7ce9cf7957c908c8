"""Networks of depth 2, 3, 4 on S^2, with and without biases: degree 3 and its predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAND = (0.05, 0.95)  # quantiles over seeds
ODD = 3


def odd_degrees(data: xr.Dataset) -> Figure:
    """Residual of degree 3 against the step: networks (band, line), own kernels (dots), limit (dashes)."""
    figure, panels = new_figure(columns=2, title="Degree 3 is learned from depth 3 on, or with biases")
    for axes, bias in zip(panels, data.bias.values):
        for depth, colour in zip(data.depth.values, COLOURS):
            place = {"depth": depth, "bias": bias, "degree": ODD}
            curves, own = data.network.sel(**place), data.own_kernel.sel(**place).median("seed")
            low, high = (curves.quantile(q, "seed") for q in BAND)
            axes.fill_between(data.step, low, high, color=colour, alpha=0.25, lw=0, label=f"depth {depth}, seeds")
            axes.plot(data.step, curves.median("seed"), color=colour, label=f"depth {depth}, networks")
            every = max(1, len(data.step) // 12)
            axes.plot(data.step[::every], own[::every], ".", color=colour, ms=5, label=f"depth {depth}, own kernels")
            axes.plot(
                data.step, data.limit.sel(**place), "--", color=colour, lw=1, label=f"depth {depth}, limit kernel"
            )
        axes.set_title(f"{'with' if bias else 'without'} hidden biases", fontsize=9)
        axes.set_xlabel("gradient descent step")
        axes.set_ylabel("residual of degree 3 / label amplitude")
        axes.set_ylim(0, 1.1 * float(np.nanmax(data.limit)))
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=7)
    return figure


FIGURES = {"deep-sphere": odd_degrees}
