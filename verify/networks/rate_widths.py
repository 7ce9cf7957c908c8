"""How fast does the error of a network's rates fall with the width? The runs of `widths`, read once more.

e            log decay a step over that of a kernel, minus 1, over the first steps; degrees 1, 2, 4
s            half the slope in log m of the log of e^2, over its mean and averaged over degrees; one a seed
Limit        against the limit kernel the exponent is -1/2. Equivalence test: null |E s + 1/2| >= margin: .1, but
             .3 in the quick profile, whose networks are too few and too narrow for less
Own          against the network's own initial kernel at most that. One-sided t-test: null E s >= -1/2, but
             -.4 in the quick profile
Intervals    exponents of the root mean squares, bootstrap over seeds (`verify.statistics.exponents`): reported

Margins and spreads are from pilots. 480 networks a width at the quick sizes, seeds 5 002 000, ...: s -.486
(spread .244) and -.701 (.278); root mean squares fall as -.498 and -.709, the latter nearer to the -3/4 of
the drift, whose gates it counts, than to -1. 832 at the full sizes, seeds 6 502 000, ...: s -.498 (spread .144) and
-.734 (.162). Spreads, bias and the own exponent's most are bounds of these, each missed with probability 1e-3.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from typing import Any

import numpy as np
import xarray as xr

from theory.numbers.truth import Evidence
from verify.findings.claim import Context, Finding, Procedure
from verify.networks.population import conjunction, refuse_non_finite
from verify.networks.runs import config_of, obtain
from verify.networks.widths import NAME, PILOT_LEVER, lever, reversed_widths, scope, slope_weights
from verify.statistics.equivalence import FAILS, HOLDS, UNDECIDED, Design, equivalence_tests, stated, t_tail
from verify.statistics.exponents import LEAST_SEEDS, exponent_fit

LEVEL = 1e-4  # false pass of each law
LIMIT, OWN = -0.5, -0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """Margins, and what a right theory shows at the widths of a pilot: their lever, spreads, bias, own exponent at most."""

    lever: float
    margin: float
    spread: float
    bias: float
    own_margin: float
    own_spread: float
    own_most: float


QUICK = Plan(PILOT_LEVER, 0.3, 0.272, 0.052, 0.1, 0.309, -0.66)
SHARP = Plan(sqrt(28) * log(2), 0.1, 0.1562, 0.0191, 0.0, 0.1754, -0.714)  # widths 256, 512, ..., 16384
BEYOND = 1.7  # margins by which a twin's exponent is off
MISS, RESAMPLES = 0.025, 2000  # a side, of the bootstrap intervals


def rate_errors(context: Context) -> Finding:
    """Both laws."""
    return finding(*_data(context))


def rate_twins(context: Context) -> dict[str, Finding]:
    """Wrong exponents, and widths in reverse order: each must fail."""
    config, data = _data(context)
    off = BEYOND * plan(config).margin
    return {
        f"limit kernel, m^{LIMIT + off:.2f}": finding(config, data, limit=LIMIT + off),
        f"limit kernel, m^{LIMIT - off:.2f}": finding(config, data, limit=LIMIT - off),
        "own kernel, m^-1 and faster": finding(config, data, own=-1.0),
        "own kernel, m^-2 and faster": finding(config, data, own=-2.0),
        "widths reversed": finding(config, reversed_widths(data)),
    }


def _data(context: Context) -> tuple[Any, xr.Dataset]:
    config = config_of(NAME, context)
    return config, obtain(NAME, config, context)


def plan(config: Any) -> Plan:
    """What the profile's networks can tell apart."""
    return QUICK if config.profile == "quick" else SHARP


def squares(data: xr.Dataset, name: str) -> np.ndarray:
    """e^2 of each degree over its mean, averaged over degrees: (seeds, widths)."""
    refuse_non_finite(**{name: data[name]})
    values = data[name].values ** 2
    return (values / values.mean((0, 1))).mean(-1)


def slopes(data: xr.Dataset, name: str) -> np.ndarray:
    """s of every seed."""
    return np.log(squares(data, name)) @ slope_weights(data.width.values) / 2


def finding(config: Any, data: xr.Dataset, limit: float = LIMIT, own: float = OWN) -> Finding:
    """The verdict on the exponents ``limit`` (equal) and ``own`` (at most)."""
    seeds, asked = len(data.seed), plan(config)
    stretch = max(1.0, asked.lever / lever(data))
    design = Design(config.seeds, asked.margin, LEVEL, 1, asked.spread * stretch, asked.bias)
    (test,) = equivalence_tests((slopes(data, "rate_error") - limit)[:, None], ("exponent",), design)
    steps = slopes(data, "own_rate_error")
    threshold, error = design.threshold, float(steps.std(ddof=1)) / sqrt(seeds)
    low, high = (float(steps.mean()) + sign * threshold * error for sign in (-1, 1))
    bound = own + asked.own_margin
    verdict = HOLDS if high < bound else FAILS if low > bound else UNDECIDED
    room = OWN + asked.own_margin - asked.own_most
    missed = t_tail(threshold, seeds - 1, room * sqrt(seeds) / (asked.own_spread * stretch))
    middle = [limit + one for one in (test.mean, test.lower, test.upper)]
    fitted = {name: interval(data, name) for name in ("rate_error", "own_rate_error")}
    shown = "; ".join(
        f"{name}: {fit[0]:.3f} in [{fit[1]:.3f}, {fit[2]:.3f}]"
        for name, fit in zip(("limit kernel", "own kernel"), fitted.values())
        if fit is not None
    )
    return Finding(
        conjunction((test.verdict, verdict)),
        Evidence.OBSERVED,
        compared=f"exponents in the width of the rates' relative errors with {limit:g} (limit kernel) and at most "
        f"{own:g} (own initial kernel)",
        why=f"exponents {shown}; s {middle[0]:.3f} in [{middle[1]:.3f}, {middle[2]:.3f}], margin {asked.margin:g}; "
        f"own {steps.mean():.3f} in [{low:.3f}, {high:.3f}], at most {bound:g} wanted; {seeds} seeds",
        routes=("independent hidden units", "trained networks"),
        scope=scope(config),
        rates=stated(design.false_fail, missed, false_pass=2 * LEVEL),
        figures={
            "exponents": fitted,
            "limit": middle,
            "own": [float(steps.mean()), low, high],
            "widths": data.width.values.tolist(),
        },
    )


def interval(data: xr.Dataset, name: str) -> list[float] | None:
    """Exponent of the root mean square with its bootstrap interval; None with too few seeds or widths."""
    if len(data.seed) < LEAST_SEEDS or len(data.width) < 3:
        return None
    fit = exponent_fit(data.width.values, squares(data, name), 2 * LIMIT, 2 * QUICK.margin, MISS, RESAMPLES)
    return [fit.exponent / 2, fit.lower / 2, fit.upper / 2]


PROCEDURES = {"rate-width": Procedure(rate_errors, rate_twins, experiment="width-laws")}
