"""Random networks at their start against the Gaussian process of infinite width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
import xarray as xr

from theory.kernels import NNGP
from verify.bridge import float_kernel
from verify.figures.decay import BAND
from verify.figures.style import COLOURS, MARKERS, legend, new_figure
from verify.networks.gaussian import variance_of_covariance

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def gaussian_limit(data: xr.Dataset) -> Figure:
    """Excess kurtosis against the width, and covariance against the angle, measured and predicted.

    data: covariance (seed, depth, width, network, point, other), as `gaussian-limit` stores it.
    """
    title = f"{data.attrs['experiment']}, {data.sizes['seed']} seeds"
    figure, (left, right) = new_figure(columns=2, title=title)
    widths, angles = data.width.values, np.linspace(0, np.pi, 91)
    for depth, colour, marker in zip(data.depth.values.tolist(), COLOURS, MARKERS):
        found = data.covariance.sel(depth=depth)
        squares = (np.diagonal(found.values, axis1=-2, axis2=-1) - 1) ** 2
        excess = 3 * squares.mean((-1, -2))  # (seeds, widths)
        low, high = np.quantile(excess, BAND, axis=0)
        left.fill_between(widths, low, high, color=colour, alpha=0.25, lw=0, label=f"depth {depth}, seeds")
        left.loglog(widths, excess.mean(0), marker, color=colour, ms=4, label=f"depth {depth}, networks")
        exact = [3 * variance_of_covariance(m, depth) for m in widths]
        left.loglog(widths, exact, "-", color=colour, lw=1, label=f"depth {depth}, exact")
        curve = float_kernel(NNGP(depth=depth))(torch.from_numpy(angles))
        right.plot(np.degrees(angles), curve, "-", color=colour, lw=1, label=f"depth {depth}, NNGP")
        mean = found.isel(point=0, width=-1).mean(("seed", "network"))
        places = np.degrees(data.other.values)
        right.plot(places, mean, marker, color=colour, ms=4, label=f"depth {depth}, networks")
    left.set_xlabel("width m")
    left.set_ylabel("excess kurtosis of the output")
    right.set_xlabel("angle between two inputs, degrees")
    right.set_ylabel(f"covariance of outputs, width {widths[-1]}")
    legend(left)
    legend(right)
    return figure


FIGURES = {"gaussian-limit": gaussian_limit}
