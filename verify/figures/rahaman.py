"""Deep networks on sums of sinusoids: what is learnt of each frequency, and how the weights grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, SCALE, legend, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def frequency_map(data: xr.Dataset) -> Figure:
    """Heat map of the learnt amplitude |f_k|/A_k against the step, and the spectral norms of the layers.

    data: learnt (seed, step, frequency), norm (seed, step, layer), as the experiment rahaman stores them.
    """
    figure, (left, right) = new_figure(columns=2, title=f"{data.attrs['experiment']}, median of {data.sizes['seed']} networks")
    learnt = np.clip(data.learnt.median("seed").values, 0, 1)  # (step, frequency)
    mesh = left.pcolormesh(data.step.values, data.frequency.values, learnt.T, cmap=SCALE, vmin=0, vmax=1, shading="nearest",
                           rasterized=True)  # fmt: skip
    figure.colorbar(mesh, ax=left, label="learnt amplitude / amplitude of the target")
    left.set_xlabel("step of Adam")
    left.set_ylabel("frequency, cycles on [0, 1)")
    for layer, colour in zip(data.layer.values, COLOURS):
        right.plot(data.step, data.norm.sel(layer=layer).median("seed"), color=colour, label=f"layer {layer}")
    right.set_xlabel("step of Adam")
    right.set_ylabel("spectral norm of the weights")
    legend(right)
    return figure
