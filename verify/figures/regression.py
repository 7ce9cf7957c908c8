"""Kernel regression: trained networks, posteriors and learning curves against prediction."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from verify.figures.decay import BAND
from verify.figures.style import COLOURS, MARKERS, legend, new_figure
from verify.networks.curves import TARGETS, measured, predicted
from verify.networks.posterior import gaussian_process
from verify.networks.power import LAW, population_loss, printed_loss
from verify.networks.ridge import relative_errors
from verify.networks.smoothness import best_risks

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def ridge_training(data: xr.Dataset) -> Figure:
    """Relative error of kernel ridge regression against the width, with the line m^-1/2.

    data: as the experiment `ridge-training` stores it.
    """
    figure, (axes,) = new_figure(title=f"{data.attrs['experiment']}, {data.sizes['seed']} networks a width")
    widths = data.width.values.astype(float)
    labels = (f"ridge {float(data.ridge[0]):g}", "ridge 0", "representer form k(x, X) r / ridge")
    for values, label, colour, marker in zip(relative_errors(data).values(), labels, COLOURS, MARKERS):
        low, high = np.quantile(values, BAND, axis=0)
        axes.fill_between(widths, low, high, color=colour, alpha=0.25, lw=0, label=f"{label}, seeds")
        mean = np.sqrt((values**2).mean(0))
        axes.loglog(widths, mean, marker, color=colour, ms=4, label=label)
        # least squares of the level alone: the slope is the prediction
        level = np.exp(np.log(mean * np.sqrt(widths)).mean())
        axes.loglog(widths, level / np.sqrt(widths), "--", color=colour, lw=1, label=f"{label}, m^-1/2")
    axes.set_xlabel("width m")
    axes.set_ylabel("|f - f_0 - kernel regression| / |kernel regression|")
    legend(axes)
    return figure


def ridge_rates(data: xr.Dataset) -> Figure:
    """Risk at the best ridge against the sample size, with the mean field and the power of each smoothness.

    data: as the experiment `ridge-rates` stores it.
    """
    figure, (axes,) = new_figure(title=f"{data.attrs['experiment']}, {data.sizes['seed']} samples of each size")
    noise, sizes = json.loads(data.attrs["config"])["noise"], data.samples.values.astype(float)
    found, wanted = best_risks(data, noise)
    for index, (smoothness, colour, marker) in enumerate(zip(data.smoothness.values.tolist(), COLOURS, MARKERS)):
        values, label = found[..., index], f"s = {smoothness:g}"
        low, high = np.quantile(values, BAND, axis=0)
        axes.fill_between(sizes, low, high, color=colour, alpha=0.25, lw=0, label=f"{label}, seeds")
        axes.loglog(sizes, values.mean(0), marker, color=colour, ms=4, label=f"{label}, samples")
        axes.loglog(sizes, wanted[:, index], "--", color=colour, lw=1, label=f"{label}, mean field")
        power = -2 * smoothness / (2 * smoothness + 1)
        axes.loglog(
            sizes, wanted[-1, index] * (sizes / sizes[-1]) ** power, ":", color=colour, lw=1, label=f"n^({power:.3f})"
        )
    axes.set_xlabel("sample size n")
    axes.set_ylabel("excess risk at the best ridge")
    legend(axes)
    return figure


def posterior(data: xr.Dataset) -> Figure:
    """Draws of trained networks at each test input, with mean and deviation of the Gaussian process.

    data: as the experiment `posterior` stores it; one panel a depth.
    """
    ridge = json.loads(data.attrs["config"])["ridge"]
    depths, places = data.depth.values.tolist(), np.arange(data.sizes["test"])
    count = data.sizes["seed"] * data.sizes["network"]
    title = f"{data.attrs['experiment']}, {count} draws a depth"
    figure, panels = new_figure(columns=len(depths), title=title)
    for axes, depth in zip(panels, depths):
        draws = data.draw.sel(depth=depth).values.reshape(count, -1)
        mean, variance = gaussian_process(data, depth, ridge)
        axes.errorbar(places - 0.1, mean, np.sqrt(variance), fmt="s", color=COLOURS[0], ms=4, label="Gaussian process")
        axes.errorbar(
            places + 0.1, draws.mean(0), draws.std(0, ddof=1), fmt="o", color=COLOURS[1], ms=4, label="networks"
        )
        axes.set_xlabel(f"test input, depth {depth}")
        axes.set_ylabel("output: mean and standard deviation")
        legend(axes)
    return figure


def learning_curves(data: xr.Dataset) -> Figure:
    """Test error of each degree against the number of samples, measured and predicted, ridge 0.

    data: as the experiment `learning-curves` stores it; one panel a dimension.
    """
    dims, sizes = data.dim.values.tolist(), data.samples.values
    title = f"{data.attrs['experiment']}, {data.sizes['seed']} samples a size"
    figure, panels = new_figure(columns=len(dims), title=title)
    fine = np.geomspace(sizes[0], sizes[-1], 60)
    for axes, dim in zip(panels, dims):
        found = [measured(data.sel(dim=dim, samples=n, ridge=0.0), dim) for n in sizes]
        wanted = [predicted(dim, n, 0.0) for n in fine]
        for degree, colour, marker in zip(TARGETS, COLOURS, MARKERS):
            name, label = f"error of degree {degree}", f"degree {degree}"
            values = np.stack([columns[name] for columns in found], axis=1)  # (seeds, sizes)
            low, high = np.quantile(values, BAND, axis=0)
            axes.fill_between(sizes, low, high, color=colour, alpha=0.25, lw=0, label=f"{label}, samples")
            axes.loglog(sizes, values.mean(0), marker, color=colour, ms=4, label=label)
            curve = [row[name] for row in wanted]
            axes.loglog(fine, curve, "-", color=colour, lw=1, label=f"{label}, theory")
        axes.set_xlabel(f"samples n on S^{dim}")
        axes.set_ylabel("mean test error of a target of norm 1")
        legend(axes)
    return figure


def loss_power(data: xr.Dataset) -> Figure:
    """Loss of the networks against the step, with the population's and the printed power of time.

    data: as the experiment `loss-power` stores it.
    """
    config = SimpleNamespace(**json.loads(data.attrs["config"]))
    title = f"{data.attrs['experiment']}, {data.sizes['seed']} networks of width {config.width}"
    figure, (axes,) = new_figure(title=title)
    steps = data.step.values[1:]
    losses = data.loss.values[:, 1:]
    low, high = np.quantile(losses, BAND, axis=0)
    axes.fill_between(steps, low, high, color=COLOURS[0], alpha=0.25, lw=0, label="networks, seeds")
    axes.loglog(steps, losses.mean(0), "-", color=COLOURS[0], label="networks")
    population = population_loss(config)[1:]
    axes.loglog(steps, population, "--", color=COLOURS[1], lw=1, label="population, all degrees")
    printed = [printed_loss(config.step_size * step, *LAW) for step in steps]
    axes.loglog(steps, printed, ":", color=COLOURS[2], lw=1.5, label="printed power law")
    axes.set_xlabel(f"gradient descent step, of size {config.step_size:g}/width")
    axes.set_ylabel("loss over amplitude squared")
    legend(axes)
    return figure


FIGURES = {
    "learning-curves": learning_curves,
    "loss-power": loss_power,
    "posterior": posterior,
    "ridge-rates": ridge_rates,
    "ridge-training": ridge_training,
}
