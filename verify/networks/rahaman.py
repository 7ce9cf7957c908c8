"""Rahaman et al.: low frequencies are learned first, though the high ones have the larger amplitudes.

Measured    Kendall's tau, over the frequencies, of -(area under |f_k|/A_k cut to [0, 1]) with k: 1 where every
            lower frequency was ahead of every higher one; one value for each network. Times at which a
            threshold is passed are not in order seed by seed; areas are compared, not times
Null        E tau <= TAU, one-sided t-test over networks; FAILS where E tau < TAU is shown
Norms       E of the mean over layers of log(spectral norm at the end / at the start) > 0, in the same way
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import xarray as xr
from scipy import stats

from numerics.experiments import rahaman
from theory.truth import Evidence, Truth
from verify.claim import Context, Finding
from verify.networks.runs import config_of, obtain

LEVEL = 1e-3
# Pilot: seeds 5 000 000 and 5 000 001, increasing amplitudes: tau .91 and .87. An order of amplitudes has -1.
TAU = 0.5


def order(context: Context) -> Finding:
    """Increasing amplitudes: the order of frequencies, and growing spectral norms."""
    config = config_of(rahaman.NAME, context)
    return judge(config, obtain(rahaman.NAME, config, context))


def order_twins(context: Context) -> dict[str, Finding]:
    """Wrong orders of the same networks: each must fail."""
    config = config_of(rahaman.NAME, context)
    return twins(config, obtain(rahaman.NAME, config, context))


def twins(config: Any, data: xr.Dataset) -> dict[str, Finding]:
    """Large amplitudes first, no order, every other frequency first, and norms that fall."""
    count = data.sizes["frequency"]
    orders = {
        "large amplitudes first": list(range(count))[::-1],
        "no order": np.random.default_rng(1).permutation(count).tolist(),
        "every other one first": [*range(1, count, 2), *range(0, count, 2)],
    }
    found = {
        name: judge(config, data.assign(learnt=(data.learnt.dims, data.learnt.values[:, :, places])))
        for name, places in orders.items()
    }
    return found | {"norms fall": judge(config, data.isel(step=slice(None, None, -1)).assign(learnt=data.learnt.variable))}


def taus(data: xr.Dataset) -> np.ndarray:
    """Kendall's tau of each network: (seed,)."""
    areas = np.clip(data.learnt.values, 0, 1).mean(1)  # (seed, frequency)
    return np.array([stats.kendalltau(data.frequency.values, -row).statistic for row in areas])


def judge(config: Any, data: xr.Dataset) -> Finding:
    """The verdict on one run."""
    found, growth = taus(data), np.log(data.norm.isel(step=-1) / data.norm.isel(step=0)).mean("layer").values
    ordered, grown = _above(found, TAU), _above(growth, 0.0)
    return Finding(
        ordered[0] & grown[0], Evidence.OBSERVED,
        compared=f"areas under |f_k|/A_k over {config.steps} steps with the frequency, in {config.seeds} networks of "
        f"{rahaman.DEPTH} layers of width {config.width}; spectral norms at the end with those at the start",
        why=f"Kendall's tau {found.mean():.2f} on average, {found.min():.2f} at worst, lower limit {ordered[1]:.2f}, more than "
        f"{TAU} wanted; norms grow by a factor {np.exp(growth.mean()):.2f}, lower limit {np.exp(grown[1]):.2f}",
        routes=("amplitudes, increasing with frequency" if config.amplitudes == "increasing" else "equal amplitudes",
                "Fourier transform of trained networks"),
        rates={"false_pass": 2 * LEVEL},  # of a miss nothing is known: the spread was not planned for
        figures={"tau": found.tolist(), "norm_growth": growth.tolist()},
        scope=f"frequencies 5 to 50, n = {config.samples}, Adam, {config.amplitudes} amplitudes",
    )  # fmt: skip


def _above(values: np.ndarray, least: float) -> tuple[Truth, float]:
    """Verdict on E value > least, and the lower limit of the mean."""
    reach = float(stats.t.isf(LEVEL, len(values) - 1)) * values.std(ddof=1) / sqrt(len(values))
    low, high = float(values.mean() - reach), float(values.mean() + reach)
    return (Truth.HOLDS if low > least else Truth.FAILS if high < least else Truth.UNDECIDED), low
