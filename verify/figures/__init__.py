"""Figures; the only importer of matplotlib, and only inside functions.

A module that draws runs of experiments declares FIGURES, {name of an experiment: function from its data to a
figure}; it is found because the file is there. `law` draws eigenvalues against their law, and `style` gives all
one look, files that appear whole, and the data behind a figure as CSV.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verify.running.discovery import gathered

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure


def figure_of(experiment: str) -> Callable[[xr.Dataset], Figure] | None:
    """What draws the runs of an experiment; None where nothing does."""
    found: Callable[[xr.Dataset], Figure] | None = gathered(__name__, "FIGURES").get(experiment)
    return found
