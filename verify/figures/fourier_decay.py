"""The transforms of random ReLU networks against |k|."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from numerics.experiments.rahaman.fourier_decay import LAWS
from verify.figures.style import COLOURS, MARKERS, legend, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {"faces": "across a face", "directions": "all directions, r.m.s.", "generic": "a random direction"}


def transforms(data: xr.Dataset) -> Figure:
    """One variable: |f^| with its bound; two variables: root mean squares of every octave with the laws.

    data: square (seed, law, octave), limit (seed, law), shown (seed, shown_k), bound (seed).
    """
    figure, (left, right) = new_figure(columns=2, title=f"{data.attrs['experiment']}, {data.sizes['seed']} seeds")
    k, first = data.shown_k.values, data.isel(seed=0)
    left.loglog(k, first.shown, color=COLOURS[0], lw=0.8, label=f"one network, {int(first.pieces[0])} intervals")
    left.loglog(k, float(first.bound) / k**2, "--", color=COLOURS[1], label="bound: sum of its kinks, $|k|^{-2}$")
    left.set_ylim(float(first.bound) * k[-1] ** -2.0 / 300, float(first.bound))
    left.set_xlabel("frequency |k|, radians per unit length")
    left.set_ylabel("|transform|, one variable")
    legend(left)
    for name, colour, marker in zip(NAMES, COLOURS, MARKERS):
        square = data.square.sel(law=name).dropna("octave")
        power, middle = LAWS[name], 1.5 * square.octave.values
        found = np.sqrt(square.values) * middle**-power  # (seed, octave)
        limit = np.sqrt(data.limit.sel(law=name)).values[:, None] * middle**-power
        right.fill_between(middle, *np.quantile(found, [0.25, 0.75], axis=0), color=colour, alpha=0.25, lw=0)
        right.loglog(
            middle, np.median(found, 0), marker, color=colour, ms=4, mfc="none", label=f"{NAMES[name]}, networks"
        )
        right.loglog(middle, np.median(limit, 0), "--", color=colour, lw=1, label=f"its limit, $|k|^{{-{power:g}}}$")
    right.set_xlabel("frequency |k|, radians per unit length")
    right.set_ylabel("|transform|, two variables, median and quartiles")
    legend(right)
    return figure


FIGURES = {"fourier-decay": transforms}
