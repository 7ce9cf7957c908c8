"""Where does gradient descent stop converging? At eta lambda_max = 2, from both sides.

lambda_max is the largest eigenvalue of each network's own initial kernel on the sample, f = eta
lambda_max / 2, v its eigenvector. Two questions, at every factor f:

Growth  e = log|<v, r_5> / <v, r_0>| / (5 log|1 - 2f|) - 1. Equivalence test: null |E e| >= margin
Fate    below the edge: the loss never exceeds its first value and ends below a tenth of it. Beyond:
        it peaks above twice its first value, ends below the peak, and the kernel at the end is
        within the edge, eta lambda_max < 2. Null: it is not so for half of all networks; tested by
        the exact binomial bound

Pilot: 24 networks at the quick sizes, seeds 5 310 000, ...: |mean e| at most .0019 with a spread of .0049. In a second
one, 300 networks with the seeds 5 500 000, ..., none's fate was other than said at any factor, which bounds the
chance of that (`MISSED`); 60 networks leave the false-fail rate below 1e-8 at this bound.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import xarray as xr

from theory.numbers.truth import Evidence
from verify.findings.claim import Context, Finding, Procedure
from verify.networks import Judge
from verify.networks.population import conjunction, refuse_non_finite
from verify.networks.runs import config_of, obtain
from verify.statistics.binomial import chance_bound, share_missed, share_verdict
from verify.statistics.equivalence import Design, equivalence_tests, stated

NAME = "learning-rate-edge"
FACTORS = (0.97, 1.03, 1.1)
LEVEL = 1e-5
MARGIN, SPREAD, BIAS = 0.05, 0.009, 0.006
EARLY = 5  # steps: the kernel has not moved yet
PEAK, REST = 2.0, 0.1
SHARE = 0.5  # of networks whose fate is to be as said
PILOT = 300  # networks
MISSED = chance_bound(0, PILOT)  # of one network's fate, at one factor, under a right theory


def edge(context: Context) -> Finding:
    """One factor below the edge, two beyond."""
    return finding(*_data(context))


def edge_twins(context: Context) -> dict[str, Finding]:
    """Edges elsewhere, held against the same networks: each must fail."""
    config, data = _data(context)
    return {
        "edge 5 % higher": finding(config, data, edge_at=1.05),
        "edge 5 % lower": finding(config, data, edge_at=0.95),
        "edge at eta lambda_max = 1": finding(config, data, edge_at=0.5),
        "factors exchanged": finding(config, data.assign_coords(factor=data.factor.values[::-1])),
    }


def judge(config: Any, data: xr.Dataset) -> Finding:
    """The verdict on one run."""
    return finding(config, data)


def _data(context: Context) -> tuple[Any, xr.Dataset]:
    config = config_of(NAME, context, factors=FACTORS, beyond_edge=True)
    return config, obtain(NAME, config, context)


def finding(config: Any, data: xr.Dataset, edge_at: float = 1.0) -> Finding:
    """The verdict with the edge at eta lambda_max = 2 ``edge_at``."""
    refuse_non_finite(loss=data.loss, top=data.top.isel(step=EARLY), largest_end=data.largest_end)
    factors = data.factor.values / edge_at
    tests = growth(config, data, factors)
    fates = [fate(data, place, factor > 1) for place, factor in enumerate(factors)]
    seen = [share_verdict(int(kept.sum()), len(kept), SHARE, LEVEL) for kept in fates]
    peaks = data.loss.max("step").median("seed").values
    growths = ", ".join(f"{100 * test.mean:+.2f} %" for test in tests)
    per_step = ", ".join(f"{f:g}" for f in data.factor.values)
    design = _design(config, len(factors))
    kept_rate = share_missed(config.seeds, SHARE, LEVEL, MISSED) * len(factors)
    return Finding(
        conjunction([*(test.verdict for test in tests), *seen]),
        Evidence.OBSERVED,
        compared=f"growth along the leading eigenvector with |1 - 2f| a step, and the fate of the loss, at f = eta lambda_max/2 "
        f"= {per_step}",
        why=f"growth off by {growths}, margin {100 * MARGIN:g} %; fate as predicted in "
        f"{', '.join(str(int(kept.sum())) for kept in fates)} of {config.seeds} networks; loss peaks at "
        f"{', '.join(f'{peak:.3g}' for peak in peaks)} times its start",
        routes=("largest eigenvalue of the initial kernel", "trained networks"),
        rates=stated(design.false_fail, kept_rate, false_pass=LEVEL),
        figures={
            "factors": data.factor.values.tolist(),
            "peak": peaks.tolist(),
            "growth": [[test.mean, test.lower, test.upper] for test in tests],
            "largest_end_over_start": (data.largest_end / data.largest).median("seed").values.tolist(),
        },
        scope=f"S^1, n = {config.samples}, width {config.width}, {config.steps} steps, labels of norm {config.amplitude} a degree",
    )


def growth(config: Any, data: xr.Dataset, factors: np.ndarray) -> tuple:
    """Equivalence tests of the early growth, one a factor."""
    measured = np.log(np.abs(data.top.isel(step=EARLY).values)) / EARLY  # (seeds, factors)
    errors = measured / np.log(np.abs(1 - 2 * factors)) - 1
    return equivalence_tests(errors, [f"f = {f:g}" for f in factors], _design(config, len(factors)))


def _design(config: Any, tests: int) -> Design:
    scale = sqrt(1024 / config.width) * config.amplitude / 0.05  # of the pilot
    return Design(config.seeds, MARGIN, LEVEL / 2, tests, SPREAD * max(scale, 0.1), BIAS * max(scale, 0.1))


def fate(data: xr.Dataset, place: int, beyond: bool) -> np.ndarray:
    """Whether each network's loss fared as it should: (seeds,)."""
    one = data.isel(factor=place)
    peak, end = one.loss.max("step").values, one.loss.isel(step=-1).values
    if not beyond:
        return (peak <= 1 + 1e-12) & (end < REST)
    within = one.largest_end.values * float(one.factor) < one.largest.values
    return (peak > PEAK) & (end < peak) & within


PROCEDURES = {"catapult-edge": Procedure(edge, edge_twins, experiment="learning-rate-edge")}
JUDGES = {"learning-rate-edge": Judge(judge)}
