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
    axes.loglog(
        degrees, data.gram_eigenvalue, "s", color=COLOURS[1], ms=7, mfc="none", label="built: limit kernel on the grid"
    )
    axes.errorbar(
        degrees,
        middle,
        (middle - low, high - middle),
        fmt="o",
        color=COLOURS[0],
        ms=4,
        capsize=3,
        label=f"learned: {data.sizes['seed']} networks, median and 90 %",
    )
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


def error_against_exponent(data: xr.Dataset) -> Figure:
    """Test and training error against p, predicted and trained: too much bandwidth, too little.

    data: test, train (seed, predictor, exponent), as the experiment fourier-1d stores them.
    """
    figure, panels = new_figure(
        columns=2, title=f"{data.attrs['experiment']}, {data.sizes['seed']} signals and networks"
    )
    places, names = np.arange(data.sizes["exponent"]), [f"{p:g}".replace("inf", "∞") for p in data.exponent.values]
    for axes, kind in zip(panels, ("test", "train")):
        for predictor, colour, style in (
            ("network", COLOURS[0], "o-"),
            ("own kernel", COLOURS[1], "s--"),
            ("limit kernel", COLOURS[2], "^:"),
        ):
            errors = data[kind].sel(predictor=predictor)
            low, middle, high = errors.quantile([BAND[0], 0.5, BAND[1]], "seed").values
            if predictor == "network":
                axes.fill_between(places, low, high, color=colour, alpha=0.2, lw=0)
            axes.semilogy(places, middle, style, color=colour, ms=5, mfc="none", label=predictor)
        axes.set_xticks(places, names)
        axes.set_xlabel("p: amplitude of frequency j is $j^{-p}$")
        axes.set_ylabel(f"rms error / rms of the signal, {'test' if kind == 'test' else 'training'} points")
    panels[1].set_ylim(bottom=max(1e-6, float(data.train.sel(predictor="network").min())))
    legend(panels[0])
    return figure


FIGURES = {"design": designed_spectrum, "fourier-1d": error_against_exponent}
