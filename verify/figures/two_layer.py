"""Two-layer networks on uniform data: what falls with the width, and what else the experiments show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.style import COLOURS, MARKERS, legend, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAND = (0.05, 0.95)  # quantiles over seeds
LAWS = (
    ("kernel_error", "initial kernel, distance from its limit", -0.5),
    ("drift", "kernel, drift in training", -0.75),
    ("linearisation_error", "distance from the linearised network", -0.5),
    ("rate_error", "rates, limit kernel", -0.5),
    ("own_rate_error", "rates, own initial kernel", -0.75),
)


def width_laws(data: xr.Dataset) -> Figure:
    """Mean over seeds with a band against the width, and the power of each law through the first width."""
    figure, (axes,) = new_figure(title=f"{data.attrs['experiment']}, {data.sizes['seed']} seeds a width")
    widths = data.width.values
    for (name, label, exponent), colour, marker in zip(LAWS, COLOURS, MARKERS):
        values = abs(data[name]).mean("degree") if "degree" in data[name].dims else data[name]
        low, high = (values.quantile(q, "seed") for q in BAND)
        mean = values.mean("seed").values
        axes.fill_between(widths, low, high, color=colour, alpha=0.2, lw=0)
        axes.loglog(widths, mean, marker, color=colour, ms=4, label=f"{label}, networks")
        law = mean[0] * (widths / widths[0]) ** exponent
        axes.loglog(widths, law, "--", color=colour, lw=1, label=f"m^({np.format_float_positional(exponent)})")
    axes.set_xlabel("width m (hidden units)")
    axes.set_ylabel("relative size")
    legend(axes)
    return figure


def learning_rate_edge(data: xr.Dataset) -> Figure:
    """Median loss over seeds with a band against the step, and the linear prediction along the top eigenvector."""
    figure, (left, right) = new_figure(columns=2, title=f"{data.attrs['experiment']}, {data.sizes['seed']} seeds")
    steps = data.step.values
    for factor, colour in zip(data.factor.values, COLOURS):
        loss, top = data.loss.sel(factor=factor), np.abs(data.top.sel(factor=factor))
        label = f"eta lambda_max = {2 * factor:.3g}"
        for axes, curves in ((left, loss), (right, top)):
            low, high = (curves.quantile(q, "seed") for q in BAND)
            axes.fill_between(steps, low, high, color=colour, alpha=0.2, lw=0)
            axes.semilogy(steps, curves.median("seed"), color=colour, lw=1, label=f"{label}, networks")
        reach = steps[steps <= 40]
        right.semilogy(
            reach, abs(1 - 2 * factor) ** reach, "--", color=colour, lw=1, label=f"{label}, |1 - eta lambda_max|^t"
        )
    for axes, name in (
        (left, "loss / its first value"),
        (right, "residual along the top eigenvector / its first value"),
    ):
        axes.set_xlabel("gradient descent step")
        axes.set_ylabel(name)
        legend(axes)
    return figure


def cao_theorem(data: xr.Dataset) -> Figure:
    """Residual of every degree at the largest width and sample against that of the limit kernel; left, the smallest sample."""
    figure, axes = new_figure(columns=2, title=f"{data.attrs['experiment']}, {data.sizes['seed']} seeds")
    steps = data.step.values
    for one, place in zip(axes, (0, -1)):
        for degree, colour in zip(data.degree.values, COLOURS):
            curves = data.share.isel(width=-1, sample=place).sel(degree=degree)
            low, high = (curves.quantile(q, "seed") for q in BAND)
            one.fill_between(steps, low, high, color=colour, alpha=0.2, lw=0)
            one.semilogy(steps, curves.median("seed"), color=colour, label=f"degree {degree}, networks")
            limit = data.gram.isel(sample=place).sel(degree=degree).median("seed")
            one.semilogy(steps, limit, "--", color=colour, lw=1, label=f"degree {degree}, limit kernel")
        one.set_title(f"n = {int(data.sample[place])}, width {int(data.width[-1])}", fontsize=9)
        one.set_xlabel("gradient descent step")
        one.set_ylabel("residual of the degree / label amplitude")
        legend(one)
    return figure


def circle_time(data: xr.Dataset) -> Figure:
    """Steps to half the residual, networks (median, band over seeds) and limit kernel, against k, with the power k^2."""
    figure, (axes,) = new_figure(title=f"{data.attrs['experiment']}, {data.sizes['seed']} seeds")
    degrees = data.degree.values.astype(float)
    rates = -np.log(np.abs(data.gram.isel(step=1).values)) / float(data.step[1])
    limit = np.log(2) / rates
    # Over the steps in which the limit kernel halves a degree the networks' own mean rate is read.
    reach = [int(np.clip(np.searchsorted(data.step.values, t), 1, data.sizes["step"] - 1)) for t in limit]
    falls = [-np.log(np.abs(data.network.isel(step=r, degree=i))) / float(data.step[r]) for i, r in enumerate(reach)]
    times = np.log(2) / np.stack(falls, axis=1)  # (seeds, degrees)
    low, high = np.quantile(times, BAND, axis=0)
    axes.fill_between(degrees, low, high, color=COLOURS[0], alpha=0.2, lw=0)
    axes.loglog(degrees, np.median(times, axis=0), MARKERS[0], color=COLOURS[0], label="networks")
    axes.loglog(degrees, limit, "--", color=COLOURS[0], lw=1, label="limit kernel")
    axes.loglog(degrees, limit[-1] * (degrees / degrees[-1]) ** 2, ":", color=COLOURS[1], label="k^2 through the last")
    axes.set_xlabel("degree k")
    axes.set_ylabel("steps to half the residual")
    legend(axes)
    return figure


def cao_targets(data: xr.Dataset) -> Figure:
    """Residual in every band of eigenvectors, networks and their own initial kernels, one panel a target."""
    figure, panels = new_figure(columns=2, rows=2, title=f"{data.attrs['experiment']}, {data.sizes['seed']} seeds")
    for axes, target in zip(panels, data.target.values):
        for band, colour in zip(data.band.values, COLOURS):
            curves = data.network.sel(target=target, band=band)
            low, high = (curves.quantile(q, "seed") for q in BAND)
            axes.fill_between(data.step, low, high, color=colour, alpha=0.2, lw=0)
            axes.semilogy(data.step, curves.median("seed"), color=colour, label=f"band {band}, networks")
            own = data.own_kernel.sel(target=target, band=band).median("seed")
            axes.semilogy(data.step, own, "--", color=colour, lw=1, label=f"band {band}, own kernels")
        axes.set_ylim(bottom=1e-3)
        axes.set_title(str(target), fontsize=9)
        axes.set_xlabel("gradient descent step")
        axes.set_ylabel("residual in the band / label amplitude")
    panels[0].legend(frameon=False, fontsize=5, ncols=2)
    return figure


FIGURES = {
    "cao-targets": cao_targets,
    "cao-theorem": cao_theorem,
    "circle-time": circle_time,
    "learning-rate-edge": learning_rate_edge,
    "width-laws": width_laws,
}
