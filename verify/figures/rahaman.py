"""Deep networks on sums of sinusoids: what is learnt of each frequency, predicted, and left after noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, MARKERS, SCALE, legend, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS = 6  # of each setting of the amplitudes, in two rows


def frequency_map(data: xr.Dataset) -> Figure:
    """Three panels a row, two rows a setting of the amplitudes, medians over networks.

    First row: heat map of |f_k|/A_k against the step; the same predicted by the tangent model at the
    start; the function learnt at several steps over the target, one network. Second row: spectral
    norms; relative change of |f_k| under noise on the parameters; the exact transform on [0, 1].
    data: what the experiment rahaman stores.
    """
    settings = data.setting.values.tolist()
    figure, axes = new_figure(
        columns=3, rows=2 * len(settings), title=f"{data.attrs['experiment']}, {data.sizes['seed']} networks"
    )
    for number, setting in enumerate(settings):
        one = data.sel(setting=setting)
        learnt, predicted, function, norms, noise, transform = axes[PANELS * number : PANELS * (number + 1)]
        _map(learnt, one.learnt, f"{setting} amplitudes: networks")
        _map(predicted, one.predicted.sel(predictor="Adam"), "their tangent models at the start")
        _functions(function, one.isel(seed=0))
        _norms(norms, one)
        _change(noise, one)
        _transform(transform, one.isel(seed=0))
    return figure


def _map(axes: Axes, values: xr.DataArray, title: str) -> None:
    shown = np.clip(values.median("seed").values, 0, 1)  # (step, frequency)
    mesh = axes.pcolormesh(
        values.step.values,
        values.frequency.values,
        shown.T,
        cmap=SCALE,
        vmin=0,
        vmax=1,
        shading="nearest",
        rasterized=True,
    )
    axes.figure.colorbar(mesh, ax=axes, label="amplitude / the target's")
    axes.set_title(title, fontsize=9)
    axes.set_xlabel("step of Adam")
    axes.set_ylabel("frequency, cycles on [0, 1)")


def _functions(axes: Axes, one: xr.Dataset) -> None:
    axes.plot(one.point, one.labels, color="0.6", lw=3, label="target")
    for step, colour in zip(one.shown.values, COLOURS):
        axes.plot(one.point, one["values"].sel(shown=step), color=colour, lw=1, label=f"network at step {step}")
    axes.set_xlabel("x")
    axes.set_ylabel("value, one network")
    legend(axes)


def _norms(axes: Axes, one: xr.Dataset) -> None:
    for layer, colour in zip(one.layer.values, COLOURS):
        axes.plot(one.step, one.norm.sel(layer=layer).median("seed"), color=colour, label=f"layer {layer}")
    axes.set_xlabel("step of Adam")
    axes.set_ylabel("spectral norm of the weights")
    legend(axes)


def _change(axes: Axes, one: xr.Dataset) -> None:
    for noise, colour, marker in zip(one.noise.values, COLOURS, MARKERS):
        change = one.change.sel(noise=noise)
        axes.fill_between(
            one.frequency, change.quantile(0.25, "seed"), change.quantile(0.75, "seed"), color=colour, alpha=0.2, lw=0
        )
        axes.semilogy(one.frequency, change.median("seed"), f"-{marker}", color=colour, ms=4, label=f"noise {noise:g}")
    axes.set_xlabel("frequency, cycles on [0, 1)")
    axes.set_ylabel("relative change of the amplitude")
    legend(axes)


def _transform(axes: Axes, one: xr.Dataset) -> None:
    axes.loglog(one.cycle, one.transform, color=COLOURS[0], lw=1, label=f"one network, {int(one.pieces)} intervals")
    axes.loglog(one.cycle, one.bound, "--", color=COLOURS[1], label="bound from its ends and kinks")
    axes.set_xlabel("frequency k, cycles on [0, 1]")
    axes.set_ylabel("|transform| at the end of training")
    legend(axes)


FIGURES = {"rahaman": frequency_map}
