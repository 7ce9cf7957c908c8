"""Deep networks in the eigenbasis of their tangent kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, legend, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = (1, 2, 4, 6, 8)  # indices of eigenvectors whose curves are drawn
FLOOR = 1e-3


def eigen_decay(data: xr.Dataset) -> Figure:
    """Residual along eigenvectors with (1 - c lambda)^t and exp(-c lambda t); frequency with eigenvalue.

    data: residual (seed, step, index), decrement, frequency (seed, index), of the experiment eigenbasis.
    """
    figure, (left, right) = new_figure(columns=2, title=f"{data.attrs['experiment']}, {data.sizes['seed']} seeds")
    steps = data.step.values
    for index, colour in zip(SHOWN, COLOURS):
        curves, decrement = np.abs(data.residual.sel(index=index)), float(data.decrement.sel(index=index).median())
        left.semilogy(steps, curves.median("seed"), color=colour, lw=3, alpha=0.4, label=f"eigenvector {index}, networks")
        left.semilogy(steps, (1 - decrement) ** steps, "--", color=colour, lw=1, label=f"{index}, $(1-c\\lambda)^t$")
        left.semilogy(steps, np.exp(-decrement * steps), ":", color=colour, lw=1, label=f"{index}, $e^{{-c\\lambda t}}$")
    left.set_ylim(FLOOR, 1.2)
    left.set_xlim(0, min(40, steps[-1]))
    left.set_xlabel("gradient descent step")
    left.set_ylabel("residual along the eigenvector / its first value")
    handles, labels = left.get_legend_handles_labels()
    left.legend(handles[:6], labels[:6], frameon=False, fontsize=7)
    right.semilogy(data.frequency.values.ravel(), data.decrement.values.ravel(), "o", ms=3, mfc="none", color=COLOURS[0],
                   label="eigenvectors of all networks")  # fmt: skip
    right.set_xlabel("mean frequency of the eigenvector")
    right.set_ylabel("eigenvalue, times the step size")
    legend(right)
    return figure
