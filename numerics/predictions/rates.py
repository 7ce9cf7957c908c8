"""Decay per step, read off recorded projections."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

Window = tuple[int, int]


def decay_window(eigenvalue: float, step_size: float, start: float, stop: float, last: int | None = None) -> Window:
    """Steps at which (1 - c mu)^t falls through ``start`` and ``stop`` (1 >= start > stop > 0).

    The later of two neighbouring steps at the start, the earlier at the stop, and never past
    ``last``. Always at least one step long; ValueError where that is not possible.

    >>> decay_window(0.5, 1.0, start=1.0, stop=0.1)
    (0, 3)
    """
    factor = 1 - step_size * eigenvalue
    if not 0 < factor < 1 or not 1 >= start > stop > 0:
        asked = f"1 - c mu = {factor}, start = {start}, stop = {stop}"
        raise ValueError(f"0 < 1 - c mu < 1 and 1 >= start > stop > 0 wanted, got {asked}")
    first = math.ceil(math.log(start) / math.log(factor))
    final = max(first + 1, math.floor(math.log(stop) / math.log(factor)))
    final = final if last is None else min(final, last)
    if final <= first:
        raise ValueError(f"no window: the decay starts at step {first}, recorded are 0..{last}")
    return first, final


def log_slopes(curves: xr.DataArray, windows: Mapping[int, Window]) -> xr.DataArray:
    """Least-squares slope of log|projection| against the step, for every degree and seed.

    curves: dims step, degree and any others (seed); windows: degree -> (first, last) step, both
    included. Result: the same dims without step; natural log per step, so that log(1 - c mu_k) is
    what the population predicts. Raises ValueError where a window leaves the record or a
    projection changes sign in it, since no rate is defined there.

    >>> steps = np.arange(4)
    >>> curve = xr.DataArray(0.5 ** steps[:, None], dims=("step", "degree"),
    ...                      coords={"step": steps, "degree": [2]})
    >>> round(float(log_slopes(curve, {2: (0, 3)})[0]) / math.log(0.5), 12)
    1.0
    """
    slopes = [_log_slope(curves.sel(degree=k), k, window) for k, window in windows.items()]
    return xr.concat(slopes, dim="degree").transpose(..., "degree")


def relative_rate_errors(slopes: xr.DataArray, factors: Sequence[float]) -> xr.DataArray:
    """slope / log(factor) - 1: how far a measured log decay is from the predicted one, as a share.

    factors: the predicted decay per step of each degree, 1 - c mu_k, in the order of ``slopes``.

    >>> slopes = xr.DataArray([-0.2], dims="degree", coords={"degree": [1]})
    >>> round(float(relative_rate_errors(slopes, [math.exp(-0.1)])[0]), 12)
    1.0
    """
    predicted = xr.DataArray(np.log(np.asarray(factors, dtype=float)), dims="degree")
    return slopes / predicted - 1


def _log_slope(curve: xr.DataArray, degree: int, window: Window) -> xr.DataArray:
    first, last = window
    steps = curve.coords["step"].values
    if not steps[0] <= first < last <= steps[-1]:
        recorded = f"{steps[0]}..{steps[-1]}"
        raise ValueError(f"degree {degree}: window {window} is not within steps {recorded}")
    piece = curve.sel(step=slice(first, last))
    if not bool((np.sign(piece) == np.sign(piece.isel(step=0))).all()) or not bool(piece.all()):
        raise ValueError(f"degree {degree}: the projection vanishes or changes sign in {window}")
    centred = piece.coords["step"] - piece.coords["step"].mean()
    slope = (centred * np.log(np.abs(piece))).sum("step") / (centred**2).sum()
    return slope.assign_coords(degree=degree)
