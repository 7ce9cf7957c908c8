"""Random ReLU networks: their exact transforms fall at the stated powers of |k|, with stated constants.

Measured    over octaves of |k|, the mean of |k^p f^(k)|^2 along a random direction, across a face, over a
            circle and in one variable (`numerics.experiments.rahaman.fourier_decay`), one value for each network
Exponent    e = p + log(mean square in an early octave / in a late one) / (2 log of the quotient of |k|)
            - the law's exponent;   margin EXPONENT_MARGIN, other exponents being 1/2 off at least
Constant    log(mean square in the last octaves / its limit), over SETTLED of them, and SETTLED_CIRCLES of circles;   margin
            CONSTANT_MARGINS
Null        |E e| >= margin for some law;    alternative |E e| < margin for all of them
Bounds      |f^(k)| at most its bound by two integrations by parts, at every k seen: no statistics

A law is tested from octave LATE before the last on, where a random direction is far enough from all
normals: nearer ones are seen as normals until |k| exceeds the reciprocal of the angle.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from typing import Any

import numpy as np
import xarray as xr

from numerics.experiments.rahaman import fourier_decay
from numerics.experiments.rahaman.fourier_decay import LAWS
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Context, Finding, Procedure
from verify.networks import Judge
from verify.networks.population import conjunction, refuse_non_finite
from verify.networks.runs import config_of, obtain
from verify.statistics.equivalence import Design, equivalence_tests

LATE = 3  # octaves between the two that give an exponent
SETTLED, SETTLED_CIRCLES = 8, 3
LEVEL = 1e-5
EXPONENT_MARGIN = 0.2
CONSTANT_MARGINS = {"line": 0.08, "faces": 0.06, "generic": 0.13, "directions": 0.15}  # of |f^|, half of that
# In units of the margins, each a bound missed with probability 1e-3. Pilot: 96 networks of the quick sizes with the seeds
# 5 510 000, ...: spreads of constants .020, .010, .042, .047 in this order, means within .006; of exponents, with 100
# frequencies an octave and the seeds 5 500 000, ..., spreads of .013 to .037, means within .005.
SPREAD, BIAS = 0.42, 0.15
ROUNDING = 1e-6  # of the bound: it is attained where one line holds all faces


def decay(context: Context) -> Finding:
    """Powers and constants for random networks of one and two variables."""
    config = config_of(fourier_decay.EXPERIMENT.name, context)
    return judge(config, obtain(fourier_decay.EXPERIMENT.name, config, context))


def decay_twins(context: Context) -> dict[str, Finding]:
    """Wrong powers and constants held against the same networks: each must fail."""
    config = config_of(fourier_decay.EXPERIMENT.name, context)
    return twins(config, obtain(fourier_decay.EXPERIMENT.name, config, context))


def twins(config: Any, data: xr.Dataset) -> dict[str, Finding]:
    """Findings for wrong laws."""
    one = dict.fromkeys(LAWS, 1.0)
    return {
        "k^-3 across faces": judge(config, data, LAWS | {"faces": 3.0}),
        "k^-2 in generic directions": judge(config, data, LAWS | {"generic": 2.0}),
        "k^-3 in the mean over directions": judge(config, data, LAWS | {"directions": 3.0}),
        "k^-1 in one variable": judge(config, data, LAWS | {"line": 1.0}),
        "|f^| 6 % larger": judge(config, data, LAWS, dict.fromkeys(LAWS, 1.06**2)),
        "|f^| 6 % smaller": judge(config, data, LAWS, dict.fromkeys(LAWS, 0.94**2)),
        "one normal of an edge in place of both": judge(config, data, LAWS, one | {"directions": 0.5}),
        "kinks twice as large": judge(config, data, LAWS, one | {"line": 4.0}),
        "a bound half as large": judge(config, data.assign(excess=2 * data.excess)),
    }


def judge(
    config: Any, data: xr.Dataset, laws: Mapping[str, float] = LAWS, factors: Mapping[str, float] | None = None
) -> Finding:
    """The verdict on one run; laws: exponents; factors: of the limits, 1 where not given."""
    refuse_non_finite(excess=data.excess)
    exponents, constants = measured(config, data)
    labels, errors = [], []
    for place, name in enumerate(LAWS):
        labels += [f"exponent, {name}", f"constant, {name}"]
        errors.append((exponents[:, place] - laws[name]) / EXPONENT_MARGIN)
        errors.append((constants[:, place] - log((factors or {}).get(name, 1.0))) / CONSTANT_MARGINS[name])
    plan = Design(config.seeds, 1.0, LEVEL, len(labels), SPREAD, BIAS)
    tests = equivalence_tests(np.stack(errors, 1), labels, plan)
    truth = conjunction(test.verdict for test in tests)
    excess = float(data.excess.max())
    if not excess <= 1 + ROUNDING:
        truth = Truth.FAILS
    worst = max(tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
    means = ", ".join(f"{name} k^-{mean:.3f}" for name, mean in zip(LAWS, exponents.mean(0)))
    return Finding(
        truth,
        Evidence.OBSERVED,
        compared=f"mean squares of the exact transforms of {config.seeds} random networks with their limits, "
        f"{float(data.pieces.sel(kind='intervals').mean()):.0f} intervals and "
        f"{float(data.pieces.sel(kind='polygons').mean()):.0f} polygons on average",
        why=f"{means}; largest deviation {worst.mean:+.2f} of the margin ({worst.label}); largest |f^| "
        f"{excess:.6f} of its bound",
        routes=("exact transform from the linear pieces", "jumps of the gradient at kinks, edges and corners"),
        rates={"false_fail": plan.false_fail, "false_pass": plan.level},
        figures={
            "exponents": dict(zip(LAWS, exponents.mean(0).tolist())),
            "log_constants": dict(zip(LAWS, constants.mean(0).tolist())),
            "excess": excess,
        },
        scope=f"width {config.width}, support |x|_1 <= 1, |k| to {2 * float(data.octave[-1]):.3g}, circles to "
        f"{2 * float(data.octave[config.circles - 1]):.3g}",
    )


def measured(config: Any, data: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Exponents and logarithms of constants, each (seed, law)."""
    exponents, constants = [], []
    for name, power in LAWS.items():
        circled = name == "directions"
        last = (config.circles if circled else config.octaves) - 1
        square = np.log(data.square.sel(law=name).values)
        exponents.append(power + (square[:, last - LATE] - square[:, last]) / (2 * LATE * log(2)))
        settled = data.square.sel(law=name).values[:, last + 1 - (SETTLED_CIRCLES if circled else SETTLED) : last + 1]
        constants.append(np.log(settled.mean(1) / data.limit.sel(law=name).values))
    return np.stack(exponents, 1), np.stack(constants, 1)


PROCEDURES = {"rahaman-decay-networks": Procedure(decay, decay_twins, experiment="fourier-decay")}
JUDGES = {"fourier-decay": Judge(judge)}
