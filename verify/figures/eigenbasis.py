"""Deep networks in the eigenbasis of their tangent kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from numerics.experiments.limits.eigenbasis import log_decays
from verify.figures.style import COLOURS, legend, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = (1, 2, 4, 6, 8)  # indices of eigenvectors whose curves are drawn
FLOOR = 1e-3


def eigen_decay(data: xr.Dataset) -> Figure:
    """Residual along eigenvectors; every rate of decay with both formulas; frequency with eigenvalue.

    data: residual (seed, step, index), decrement, frequency (seed, index), of the experiment eigenbasis.
    """
    figure, (left, middle, right) = new_figure(
        columns=3, title=f"{data.attrs['experiment']}, {data.sizes['seed']} seeds"
    )
    _curves(left, data)
    decrement = data.decrement.values.ravel()
    middle.semilogx(
        decrement,
        -log_decays(data).ravel() / decrement,
        "o",
        ms=3,
        mfc="none",
        color=COLOURS[0],
        label="every eigenvector of all networks",
    )
    fine = np.geomspace(decrement.min(), decrement.max(), 200)
    middle.semilogx(fine, -np.log1p(-fine) / fine, "--", color=COLOURS[1], label=r"$(1-c\lambda)^t$")
    middle.axhline(1, ls=":", color=COLOURS[2], label=r"$e^{-c\lambda t}$, the limit of small steps")
    middle.set_xlabel("eigenvalue, times the step size")
    middle.set_ylabel("log decay per step / (eigenvalue times step size)")
    legend(middle)
    right.semilogy(
        data.frequency.values.ravel(),
        decrement,
        "o",
        ms=3,
        mfc="none",
        color=COLOURS[0],
        label="eigenvectors of all networks",
    )
    right.set_xlabel("mean frequency of the eigenvector")
    right.set_ylabel("eigenvalue, times the step size")
    legend(right)
    return figure


def _curves(axes: Axes, data: xr.Dataset) -> None:
    steps = data.step.values
    for index, colour in zip(SHOWN, COLOURS):
        decrement = float(data.decrement.sel(index=index).median())
        curve = np.abs(data.residual.sel(index=index)).median("seed")
        thin = {"color": colour, "lw": 1}
        axes.semilogy(steps, curve, color=colour, lw=3, alpha=0.4, label=f"eigenvector {index}, networks")
        axes.semilogy(steps, (1 - decrement) ** steps, "--", **thin, label=rf"{index}, $(1-c\lambda)^t$")
        axes.semilogy(steps, np.exp(-decrement * steps), ":", **thin, label=rf"{index}, $e^{{-c\lambda t}}$")
    axes.set_ylim(FLOOR, 1.2)
    axes.set_xlim(0, min(40, steps[-1]))
    axes.set_xlabel("gradient descent step")
    axes.set_ylabel("residual along the eigenvector / its first value")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[:6], labels[:6], frameon=False, fontsize=7)


FIGURES = {"eigenbasis": eigen_decay}
