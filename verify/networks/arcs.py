"""Basri et al. 2020 on trained networks: alternate quadrants of S^1 with densities p and 2 - p.

Speed   s = slope of log(time) in log p, p the lowest density, time that to learn frequency 5 on the sparse
        quadrants (`numerics.experiments.basri.basri_density`). Equivalence test: null |E s + 1| >= SPEED_MARGIN
Pair    e = slope of log|<u, r_t>| / log(1 - lambda) - 1 for the leading odd sine and cosine at densities
        1 : 4, lambda the certified eigenvalue of `arc_operator` (bounds .0001 apart; the points of
        the run change it by .04 %). Equivalence test: null |E e| >= PAIR_MARGIN

The limit kernel itself has s = -.975 at frequency 5 (-.92 at 3, -.99 at 8): "as 1/p" is asymptotic in the
frequency, and the margin allows for that. Pilot of 12 networks at the full sizes, seeds 5 310 000, ...: s = -1.003, spread .026.
Of the pair 480 networks, seeds 6 500 000, ... and 6 501 000, ...: e = .0011 and .0001, spread .0263 and .0298. SPREAD and
BIAS are bounds of these, each missed with probability 1e-3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from numerics.experiments.basri import basri_density
from theory.numbers.balls import working_precision
from theory.numbers.truth import Evidence
from verify.findings.claim import Context, Finding, Procedure
from verify.networks import Judge
from verify.networks.arc_operator import largest
from verify.networks.population import conjunction, percent
from verify.networks.runs import config_of, obtain
from verify.statistics.equivalence import Design, equivalence_tests, rejection

NAME = basri_density.EXPERIMENT.name
LEVEL = 1e-4
SPEED_MARGIN, SPEED_SPREAD, SPEED_BIAS = 0.2, 0.063, 0.037
PAIR_MARGIN, PAIR_SPREAD, PAIR_BIAS = 0.1, 0.0332, 0.0051
PAIR_STEPS = 4  # a slope over the first steps, while the two do not mix
UNIFORM = 0.11316  # both eigenvalues at the uniform density: 1/(2 pi^2) + 1/16


def speed(context: Context) -> Finding:
    """Time against the lowest density."""
    return speed_finding(*_data(context))


def pair(context: Context) -> Finding:
    """The split pair of frequency 1."""
    return pair_finding(*_data(context))


def speed_twins(context: Context) -> dict[str, Finding]:
    """Other powers of the density held against the same networks: each must fail."""
    config, data = _data(context)
    powers = {"1/p^2": -2.0, "1/sqrt(p)": -0.5, "no dependence": 0.0, "p": 1.0}
    return {name: speed_finding(config, data, power) for name, power in powers.items()}


def pair_twins(context: Context) -> dict[str, Finding]:
    """Other eigenvalues held against the same networks: each must fail."""
    config, data = _data(context)
    sine, cosine = eigenvalues()
    wrong = {
        "pair not split": [UNIFORM] * 2,
        "sine and cosine exchanged": [cosine, sine],
        "a fifth larger": [1.2 * sine, 1.2 * cosine],
        "a sixth smaller": [sine / 1.2, cosine / 1.2],
    }
    return {name: pair_finding(config, data, values) for name, values in wrong.items()}


def judge(config: Any, data: xr.Dataset) -> Finding:
    """Both verdicts on one run as one."""
    first, second = speed_finding(config, data), pair_finding(config, data)
    assert first.rates and second.rates
    return Finding(
        first.truth & second.truth,
        Evidence.OBSERVED,
        f"{first.compared}; {second.compared}",
        f"{first.why}; {second.why}",
        (*second.routes, "limit kernel on the points"),
        rates={key: min(1.0, first.rates[key] + second.rates[key]) for key in first.rates},
        figures=first.figures | second.figures,
        scope=first.scope,
    )


def _data(context: Context) -> tuple[Any, xr.Dataset]:
    config = config_of(NAME, context)
    return config, obtain(NAME, config, context)


def eigenvalues() -> tuple[float, float]:
    """Middle of the certified bounds for sines and cosines."""
    with working_precision(30):
        bounds = [largest(sign) for sign in (-1, 1)]
    sine, cosine = (float((low + high) / 2) for low, high in bounds)
    return sine, cosine


def slopes(data: xr.Dataset, name: str) -> np.ndarray:
    """Slope of log(time) in log(lowest density); ValueError where a time was not reached."""
    times = data[name].values
    if not np.isfinite(times).all():
        missing = int((~np.isfinite(times)).sum())
        raise ValueError(f"{missing} times were not reached: more steps or width are wanted")
    x = np.log(data.lowest.values)
    found: np.ndarray = np.log(times) @ (x - x.mean()) / ((x - x.mean()) ** 2).sum()
    return found


def speed_finding(config: Any, data: xr.Dataset, power: float = -1.0) -> Finding:
    """The verdict on times growing as p^power."""
    found, own, limit = (slopes(data, f"{name}_time") for name in ("network", "own", "gram"))
    design = Design(config.seeds, SPEED_MARGIN, LEVEL, 1, SPEED_SPREAD, SPEED_BIAS)
    (test,) = equivalence_tests((found - power)[:, None], ["exponent"], design)
    return Finding(
        conjunction([test.verdict]),
        Evidence.OBSERVED,
        compared=f"exponent of the time in the lowest density, {config.seeds} networks at densities "
        f"{', '.join(map(str, basri_density.LOWEST))}, with {power:g}",
        why=f"exponent {found.mean():.3f}, limits [{test.lower + power:.3f}, {test.upper + power:.3f}]; own initial "
        f"kernels {own.mean():.3f}, limit kernel {float(limit):.3f}; {power:g} +- {SPEED_MARGIN:g} allowed",
        routes=("trained networks", "limit kernel on the points"),
        rates={"false_fail": design.false_fail, "false_pass": design.level},
        figures={
            "exponent": float(found.mean()),
            "own": float(own.mean()),
            "limit": float(limit),
            "spread": test.spread,
            "rejection": rejection([test], design),
        },
        scope=_scope(config),
    )


def pair_finding(config: Any, data: xr.Dataset, values: list[float] | None = None) -> Finding:
    """The verdict on given eigenvalues (sine, cosine), by default the certified ones."""
    rates = list(eigenvalues()) if values is None else values
    curves = data.pair.transpose("seed", "step", "function").values
    log_decay = np.log(np.abs(curves[:, PAIR_STEPS] / curves[:, 0])) / PAIR_STEPS  # (seeds, 2)
    design = Design(config.seeds, PAIR_MARGIN, LEVEL, len(rates), PAIR_SPREAD, PAIR_BIAS)
    tests = equivalence_tests(log_decay / np.log1p(-np.asarray(rates)) - 1, list(basri_density.PAIR), design)
    worst = max(tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
    seen = 1 - np.exp(log_decay.mean(0))
    return Finding(
        conjunction(test.verdict for test in tests),
        Evidence.OBSERVED,
        compared=f"decay of the leading odd sine and cosine in {config.seeds} networks with {rates[0]:.5f} and "
        f"{rates[1]:.5f}",
        why=f"eigenvalues seen: sine {seen[0]:.4f}, cosine {seen[1]:.4f}; largest deviation {percent(worst.mean)} "
        f"({worst.label}), limits [{percent(worst.lower)}, {percent(worst.upper)}], margin {100 * PAIR_MARGIN:g} %",
        routes=("certified eigenvalues", "trained networks"),
        rates={"false_fail": design.false_fail, "false_pass": design.level},
        figures={
            "pair": [
                {"function": t.label, "eigenvalue": rate, "seen": float(s), "deviation": t.mean, "verdict": t.verdict}
                for t, rate, s in zip(tests, rates, seen)
            ],
            "rejection": rejection(tests, design),
        },
        scope=_scope(config),
    )


def _scope(config: Any) -> str:
    wider = f"{basri_density.PAIR_WIDENING} times as wide for the pair"
    return f"S^1, n = {config.samples}, width {config.width} ({wider}), (t+1) k0/4"


PROCEDURES = {
    "basri-density-speed": Procedure(speed, speed_twins, experiment="basri-density"),
    "density-split": Procedure(pair, pair_twins, experiment="basri-density"),
}
JUDGES = {"basri-density": Judge(judge)}
