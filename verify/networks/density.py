"""Does the order of degrees survive non-uniform data? Cao et al. on S^2, seven distributions.

D_jk = log(share_k / share_j) for neighbours j < k of the degrees 1, 2, 4, share_k the mean over steps of
|c_k(t)| / |c_k(0)|, c_k the least-squares coefficient of the residual: D > 0 where j is learned first.

Order    D of a network less D of the limit kernel on the same sample. Equivalence test: null
         |mean| >= MARGIN for some distribution and pair
Tolerant a run is in order where D > 0 for both pairs. "The order tolerates a distribution" is read as:
         at most TOLERATED of the runs (samples and poles) are out of order. Exact binomial limits of the
         networks' share out of order: FAILS where the lower one is above for some non-uniform
         distribution, HOLDS where all upper ones are below
Instead  degree 2 is learned before degree 4 in at least KEPT of the runs under every distribution

Pilot (12 samples a distribution for the limit kernel, 6 networks of width 1024, seeds 5 200 000, ...):
differences of D .03 at most, spread .06 at most; out of order 0 of 12 under the uniform distribution, 1 to
2 under the mild ones, 5 under bands, 7 on the upper hemisphere alone, 4 at von Mises-Fisher 5, always by
degrees 1 and 2. The first full run had 20 to 22 of 80 under the worst distributions, and 4 of 80 with uniform
data: these samples of 200 points reverse degrees too. EXPECTED was lowered to .25 after it and
TOLERANCE_LEVEL raised from 1e-4, which leaves the verdict as it was.
"""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import xarray as xr

from theory.truth import Evidence, Truth
from verify.claim import Context, Finding
from verify.networks.population import conjunction
from verify.networks.runs import config_of, obtain
from verify.statistics import Design, binomial_bounds, equivalence_tests

NAME = "non-uniform"
UNIFORM = "uniform"
MARGIN, SPREAD, BIAS = 0.2, 0.1, 0.05
LEVEL = 1e-4  # of the order
TOLERANCE_LEVEL = 1e-2
TOLERATED, KEPT = 0.05, 0.8
EXPECTED = 0.25  # share out of order under the worst distribution that a right theory has, at least


def gram_order(context: Context) -> Finding:
    """Networks against the limit kernel on their samples."""
    return order_finding(*_data(context))


def misspecified(context: Context) -> Finding:
    """Low degrees first under every distribution?"""
    return tolerance_finding(*_data(context))


def gram_order_twins(context: Context) -> dict[str, Finding]:
    """Wrong orders held against the same networks: each must fail."""
    config, data = _data(context)
    right = gaps(data.gram)
    wrong = {"order reversed": -right, "pairs exchanged": right[..., ::-1], "gaps a fourth larger": 1.25 * right}
    return {name: order_finding(config, data, values) for name, values in wrong.items()}


def misspecified_twins(context: Context) -> dict[str, Finding]:
    """Other orders that would be said to tolerate the distributions: each must fail."""
    config, data = _data(context)
    orders = {"high degrees first": [2, 1, 0], "degree 2 first": [1, 0, 2], "degree 4 before 2": [0, 2, 1]}
    wrong = {name: data.network.isel(degree=order) for name, order in orders.items()}
    return {
        name: tolerance_finding(config, data.assign(network=curves.assign_coords(degree=data.degree)))
        for name, curves in wrong.items()
    }


def judge(config: Any, data: xr.Dataset) -> Finding:
    """The verdict on the order of one run; the shares out of order are among its figures."""
    found, tolerance = order_finding(config, data), tolerance_finding(config, data)
    return Finding(
        found.truth, found.evidence, found.compared, f"{found.why}; {tolerance.why}", found.routes,
        rates=found.rates, figures=found.figures | tolerance.figures, scope=found.scope,
    )  # fmt: skip


def _data(context: Context) -> tuple[Any, xr.Dataset]:
    config = config_of(NAME, context)
    return config, obtain(NAME, config, context)


def gaps(curves: xr.DataArray) -> np.ndarray:
    """D of neighbouring degrees: (seeds, densities, pairs)."""
    size = np.abs(curves.transpose("seed", "density", "step", "degree").values)
    shares = (size / size[:, :, :1]).mean(2)  # (seeds, densities, q)
    return np.diff(np.log(shares), axis=-1)


def _pairs(data: xr.Dataset) -> list[str]:
    degrees = data.degree.values.tolist()
    return [f"{low} before {high}" for low, high in zip(degrees, degrees[1:])]


def _scope(config: Any) -> str:
    return f"S^2, n = {config.samples}, width {config.width}, {config.steps} steps, random poles, seven distributions"


def order_finding(config: Any, data: xr.Dataset, predicted: np.ndarray | None = None) -> Finding:
    """The verdict on given gaps D (seeds, densities, pairs), by default those of the limit kernel."""
    expected = gaps(data.gram) if predicted is None else predicted
    found = gaps(data.network)
    errors = (found - expected).reshape(len(found), -1)
    labels = [f"{pair}, {name}" for name in data.density.values for pair in _pairs(data)]
    design = Design(config.seeds, MARGIN, LEVEL, len(labels), SPREAD, BIAS)
    tests = equivalence_tests(errors, labels, design)
    worst = max(tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
    same = float(((found > 0) == (expected > 0)).all(-1).mean())
    return Finding(
        conjunction(test.verdict for test in tests), Evidence.OBSERVED,
        compared=f"gaps between degrees 1, 2, 4 in {config.seeds} networks under each of "
        f"{data.sizes['density']} distributions with the limit kernel's on the same samples",
        why=f"largest difference {worst.mean:+.3f} ({worst.label}), limits [{worst.lower:+.3f}, "
        f"{worst.upper:+.3f}], margin {MARGIN:g}; the same order in {100 * same:.1f} % of the runs",
        routes=("limit kernel on the sample", "trained networks"),
        rates={"false_fail": design.false_fail, "false_pass": design.level},
        figures={"gaps": [{"label": t.label, "difference": t.mean, "spread": t.spread, "lower": t.lower,
                           "upper": t.upper, "verdict": t.verdict} for t in tests], "same_order": same},
        scope=_scope(config),
    )  # fmt: skip


def tolerance_finding(config: Any, data: xr.Dataset) -> Finding:
    """The verdict on "low degrees first", with what holds instead."""
    network, limit = gaps(data.network), gaps(data.gram)  # (seeds, densities, pairs)
    names, miss = data.density.values.tolist(), TOLERANCE_LEVEL / data.sizes["density"]
    out = (network <= 0).any(-1).sum(0)
    rows = [
        _shares(name, int(count), network[:, j], limit[:, j], miss)
        for j, (name, count) in enumerate(zip(names, out))
    ]
    others = [row for row in rows if row["density"] != UNIFORM]
    worst = max(others, key=lambda row: row["lower"])
    truth = Truth.UNDECIDED
    if worst["lower"] > TOLERATED:
        truth = Truth.FAILS
    elif all(row["upper"] < TOLERATED for row in others):
        truth = Truth.HOLDS
    kept = (network[:, :, -1] > 0).sum(0)
    least = min(binomial_bounds(int(count), len(network), miss)[0] for count in kept)
    shown = None
    if truth is Truth.FAILS:
        shown = {"distribution": worst["density"], "left": f"{worst['out']} of {len(network)} networks out of order",
                 "right": f"at most {100 * TOLERATED:g} %"}  # fmt: skip
    parts = [f"{row['density']}: {row['out']} (limit kernel {row['limit_out']})" for row in rows]
    return Finding(
        truth, Evidence.OBSERVED,
        compared=f"runs in which degree 1 is not learned before 2, or 2 not before 4, among {len(network)} under each "
        f"distribution, with {100 * TOLERATED:g} %",
        why=f"out of order in {', '.join(parts)} of {len(network)} runs",
        routes=("trained networks", "limit kernel on the sample"), counterexample=shown,
        rates={"false_fail": _missed(len(network), miss), "false_pass": TOLERANCE_LEVEL},
        figures={"shares": rows, "corrected": {
            "says": f"degree 2 is learned before degree 4 in at least {100 * KEPT:g} % of the runs under each",
            "verdict": "HOLDS" if least > KEPT else "UNDECIDED"}},
        scope=_scope(config),
    )  # fmt: skip


def _shares(name: str, count: int, network: np.ndarray, limit: np.ndarray, miss: float) -> dict[str, Any]:
    lower, upper = binomial_bounds(count, len(network), miss)
    return {"density": name, "out": count, "limit_out": int((limit <= 0).any(-1).sum()),
            "lower": lower, "upper": upper, "mean_gaps": network.mean(0).tolist(), "limit_mean_gaps": limit.mean(0).tolist()}  # fmt: skip


def _missed(seeds: int, miss: float) -> float:
    """Chance that a share of EXPECTED is not shown to be above TOLERATED."""
    few = [k for k in range(seeds + 1) if binomial_bounds(k, seeds, miss)[0] <= TOLERATED]
    return sum(comb(seeds, k) * EXPECTED**k * (1 - EXPECTED) ** (seeds - k) for k in few)
