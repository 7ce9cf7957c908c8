"""Does the time to learn frequency k on S^1 grow as k^2, as the kernel says?

A network's time for degree k is -1/(slope of log|<phi_k, r_t>|), read while the Gram prediction falls
from .9 to .5. p = slope of log(time) in log k over the even degrees recorded, one value a network.
Predicted: the same slope of -1/log(1 - c q_k), q_k the certified mu_k with the aliasing of the grid. Its
local value tends to 2 from above: (k^2 - 1)^2/(k^2 + 1) is near k^2 - 3 (basri-time has the limit).

Null: |E p - predicted| >= MARGIN. Networks of finite width are slower than the limit, about
-80/width in the rates of these degrees, which moves p less than the rates. Pilot: 24 networks of the
full profile, seeds 5 410 000, ...: p - predicted .026, spread .061.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from numerics.experiments.basri import circle_time
from numerics.predictions.rates import decay_window, log_slopes
from theory.kernels import Kernel
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Context, Finding, Procedure
from verify.networks import Judge
from verify.networks.aliasing import on_circle
from verify.networks.population import CAO, quotients, undecided
from verify.networks.runs import config_of, obtain
from verify.networks.widths import slope_weights
from verify.statistics.equivalence import Pilot, equivalence_tests, rejection

NAME = "circle-time"
LEVEL = 1e-5
MARGIN, PILOT_WIDTH = 0.2, 2048
SPREAD, BIAS = 0.107, 0.073  # at PILOT_WIDTH, of a right theory, each exceeded with probability 1e-3
WINDOW = (0.9, 0.5)


def learning_time(context: Context) -> Finding:
    """Exponent of the learning time in the frequency."""
    return finding(*_data(context))


def time_twins(context: Context) -> dict[str, Finding]:
    """Other powers of k, and degrees in reverse order: each must fail."""
    config, data = _data(context)
    wrong = {f"time as k^{power:g}": finding(config, data, power) for power in (1.0, 1.5, 3.0)}
    return wrong | {"degrees reversed": finding(config, data, -exponent_predicted(config))}


def judge(config: Any, data: xr.Dataset) -> Finding:
    """The verdict on one run."""
    return finding(config, data)


def _data(context: Context) -> tuple[Any, xr.Dataset]:
    config = config_of(NAME, context)
    return config, obtain(NAME, config, context)


def exponent_predicted(config: Any, kernel: Kernel = CAO) -> float:
    """Slope in log k of log(-1/log(1 - c q_k))."""
    values = quotients(kernel, circle_time.problem(config)).numpy()
    times = -1 / np.log1p(-config.step_size * values)
    return float(np.log(times) @ slope_weights(np.array(circle_time.DEGREES, dtype=float)))


def exponents(config: Any, data: xr.Dataset) -> np.ndarray:
    """p of every network: (seeds,)."""
    windows = {
        int(k): decay_window(float(q), config.step_size, *WINDOW, last=config.steps)
        for k, q in zip(data.degree.values, data.gram_eigenvalue.values)
    }
    slopes = log_slopes(data.network, windows).values  # (seeds, q)
    return np.log(-1 / slopes) @ slope_weights(data.degree.values.astype(float))


def finding(config: Any, data: xr.Dataset, predicted: float | None = None) -> Finding:
    """The verdict on a predicted exponent, by default that of the certified mu_k."""
    predicted = exponent_predicted(config) if predicted is None else predicted
    pilot = Pilot(PILOT_WIDTH, MARGIN, LEVEL, 1, SPREAD, BIAS)
    _, strange = on_circle(circle_time.problem(config), circle_time.DEGREES, config.samples)
    if refusal := strange or pilot.refusal(config.width, config.seeds):
        return undecided(
            refusal,
            compared=f"exponent in k of the time that networks take with {predicted:.3f}",
            routes=("closed form of mu_k, certified", "trained networks"),
        )
    design = pilot.design(config.width, config.seeds)
    found = exponents(config, data)
    (test,) = equivalence_tests((found - predicted)[:, None], ("exponent",), design)
    return Finding(
        Truth(test.verdict),
        Evidence.OBSERVED,
        compared=f"exponent in k of the time that {config.seeds} networks take for degrees "
        f"{', '.join(map(str, circle_time.DEGREES))} with {predicted:.3f}; of mu_k it is "
        f"{exponent_predicted(config):.3f} at these degrees and tends to 2",
        why=f"exponent {found.mean():.3f} in [{predicted + test.lower:.3f}, {predicted + test.upper:.3f}], margin "
        f"{design.margin:.3g}, {config.seeds} seeds",
        routes=("closed form of mu_k, certified", "trained networks"),
        rates={"false_fail": design.false_fail, "false_pass": LEVEL},
        figures={
            "exponent": float(found.mean()),
            "predicted": predicted,
            "spread": test.spread,
            "rejection": rejection([test], design),
        },
        scope=f"S^1, n = {config.samples}, width {config.width}, {config.steps} steps of size {config.step_size}/width",
    )


PROCEDURES = {"basri-time-trained": Procedure(learning_time, time_twins, experiment="circle-time")}
JUDGES = {"circle-time": Judge(judge)}
