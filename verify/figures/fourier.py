"""Networks with Fourier features: designed spectra, errors against the scale of the features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, legend, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAND = (0.05, 0.95)  # quantiles over seeds


def designed_spectrum(data: xr.Dataset) -> Figure:
    """The spectrum asked for, built, and learned by trained networks, against the degree.

    data: network (seed, step, degree), gram_eigenvalue, target (degree), as the experiment design
    stores them. A network's eigenvalue is read off its decay to the middle of its record.
    """
    degrees = data.degree.values
    figure, (axes,) = new_figure(title=f"{data.attrs['experiment']}, {data.sizes['seed']} seeds")
    low, middle, high = learned(data).quantile([BAND[0], 0.5, BAND[1]], "seed").values
    axes.loglog(degrees, data.target, "-", color=COLOURS[6], lw=1, label="asked for")
    axes.loglog(degrees, data.gram_eigenvalue, "s", color=COLOURS[1], ms=7, mfc="none", label="built: limit kernel on the grid")
    axes.errorbar(degrees, middle, (middle - low, high - middle), fmt="o", color=COLOURS[0], ms=4, capsize=3,
                  label=f"learned: {data.sizes['seed']} networks, median and 90 %")  # fmt: skip
    axes.set_xlabel("degree k")
    axes.set_ylabel(f"eigenvalue, step size {float(data.rate):.2g}")
    legend(axes)
    return figure


def learned(data: xr.Dataset) -> xr.DataArray:
    """(1 - |last/first|^(1/t))/c over the steps t in which the prediction falls to 1/2: (seed, degree)."""
    columns = []
    for degree in data.degree.values:
        falling = data.gram.sel(degree=degree).values
        last = max(1, int(np.searchsorted(-falling, -0.5)))
        last = min(last, data.sizes["step"] - 1)
        ratio = np.abs(data.network.sel(degree=degree).isel(step=last) / data.network.sel(degree=degree).isel(step=0))
        columns.append((1 - ratio ** (1 / last)) / float(data.rate))
    return xr.concat(columns, "degree").assign_coords(degree=data.degree)
