"""The lecture on trained deep networks: each eigenvector of the tangent kernel decays at its own rate.

Decay       <q_i, r_t> = (1 - c lambda_i)^t <q_i, y> for the eigenpairs of each network's initial kernel
Measured    e_i = log|residual| / (t_i log(1 - c lambda_i)) - 1, t_i the step at which (1 - c lambda_i)^t
            passes 1/2, or the last one; one value for each network and index i
Null        |E e_i| >= margin for some i;    alternative |E e_i| < margin for all i
Order       mean Kendall tau of the eigenvectors' frequency with the index, over networks, above TAU
            (one-sided t-test; FAILS where it is shown to be below)

The lecture writes exp(-lambda t), the limit of small steps: at c lambda_1 = .8 its log decay is half the
measured one, which the figure shows and a twin rejects.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import xarray as xr
from scipy import stats

from numerics.experiments import eigenbasis
from theory.truth import Evidence, Truth
from verify.claim import Context, Finding
from verify.networks.population import conjunction, percent, refuse_non_finite
from verify.networks.runs import config_of, obtain
from verify.statistics import Design, equivalence_tests, stated, t_tail

LEVEL = 1e-5
# Pilot: 24 networks of width 256 on 16 points with the seeds 5 100 000, ...: spread .2 %. The spread has a heavy
# tail, though: with the first seeds of a claim two networks among 24 were 9 % off along their last eigenvector
# (one kink of a hidden unit at a point is enough), so that the spread there was 2.7 %; that run passed at a
# margin of 5 % as well, but not at the false-fail rate stated then. The bounds are made for such a tail.
MARGIN, SPREAD, BIAS = 0.15, 0.045, 0.025
TAU = 0.8  # of 1; a random order has 0
# A right theory is assumed to have at least this mean and at most this spread over networks. Pilot: 24
# networks with the seeds 5 200 000, ...: mean .928, spread .023.
TAU_MEAN, TAU_SPREAD = 0.9, 0.045


def decay(context: Context) -> Finding:
    """Every eigenvector at its rate."""
    config, data = _data(context)
    return decay_finding(config, data, np.log1p(-data.decrement.values))


def order(context: Context) -> Finding:
    """Higher eigenvectors, lower eigenvalues."""
    config, data = _data(context)
    return order_finding(config, data.frequency.values)


def judge(config: Any, data: xr.Dataset) -> Finding:
    """Both statements on one run: the worse verdict."""
    both = decay_finding(config, data, np.log1p(-data.decrement.values)), order_finding(config, data.frequency.values)
    return next((found for found in both if found.truth is not Truth.HOLDS), both[0])


def decay_twins(context: Context) -> dict[str, Finding]:
    """Wrong decays held against the same networks: each must fail."""
    return wrong_decays(*_data(context))


def order_twins(context: Context) -> dict[str, Finding]:
    """Wrong orders of the same eigenvectors: each must fail."""
    return wrong_orders(*_data(context))


def wrong_decays(config: Any, data: xr.Dataset) -> dict[str, Finding]:
    """The continuous limit at this step, a neighbour's eigenvalue, rates off, growth as printed."""
    decrement = data.decrement.values
    right = np.log1p(-decrement)
    wrong = {
        "exp(-lambda t) at a large step": -decrement,
        "eigenvalue of the neighbour": np.roll(right, 1, axis=1),
        "rates +30 %": 1.3 * right,
        "growth, as printed": -right,
    }
    return {name: decay_finding(config, data, logs) for name, logs in wrong.items()}


def wrong_orders(config: Any, data: xr.Dataset) -> dict[str, Finding]:
    """High frequencies first, even ones first, and no order."""
    found = data.frequency.values
    even = np.concatenate([found[:, ::2], found[:, 1::2]], axis=1)
    shuffled = found[:, np.random.default_rng(0).permutation(found.shape[1])]
    wrong = {"high frequencies first": found[:, ::-1], "every other one first": even, "no order": shuffled}
    return {name: order_finding(config, values) for name, values in wrong.items()}


def _data(context: Context) -> tuple[Any, xr.Dataset]:
    config = config_of(eigenbasis.NAME, context)
    return config, obtain(eigenbasis.NAME, config, context)


def decay_finding(config: Any, data: xr.Dataset, logs: np.ndarray) -> Finding:
    """The verdict on log decays per step (seed, index) for the networks of a run."""
    measured = eigenbasis.log_decays(data)
    errors = measured / logs - 1
    plan = Design(config.seeds, MARGIN, LEVEL, errors.shape[1], SPREAD, BIAS)
    tests = equivalence_tests(errors, data.index.values.tolist(), plan)
    worst = max(tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
    eigenvalues = data.decrement.values.mean(0)
    small_steps = (measured / -data.decrement.values - 1).mean(0)  # against exp(-c lambda t)
    rows = [{"index": int(t.label), "decrement": float(x), "deviation": t.mean, "lower": t.lower, "upper": t.upper,
             "spread": t.spread, "verdict": t.verdict, "deviation_from_exponential": float(gap)}
            for t, x, gap in zip(tests, eigenvalues, small_steps)]  # fmt: skip
    return Finding(
        conjunction(test.verdict for test in tests), Evidence.OBSERVED,
        compared=f"decay of the residual along all {config.samples} eigenvectors of the initial tangent kernels of "
        f"{config.seeds} networks, depth {config.depth}, width {config.width}, with (1 - c lambda)^t",
        why=f"largest deviation {percent(worst.mean)} at eigenvector {worst.label}, limits [{percent(worst.lower)}, "
        f"{percent(worst.upper)}], margin {100 * MARGIN:g} %; c lambda from {eigenvalues[0]:.2g} to {eigenvalues[-1]:.2g}; "
        f"exp(-c lambda t) is off by {percent(small_steps[0])} at the first and {percent(small_steps[-1])} at the last",
        routes=("eigenpairs of the initial kernel", "trained networks"),
        rates={"false_fail": plan.false_fail, "false_pass": plan.level},
        figures={"eigenvectors": rows},
        scope=f"{config.samples} equispaced points of S^1, labels of amplitude {config.amplitude:g}",
    )  # fmt: skip


def order_finding(config: Any, frequencies: np.ndarray) -> Finding:
    """The verdict on frequencies (seed, index) in the order of falling eigenvalues."""
    refuse_non_finite(frequency=frequencies)
    places = np.arange(frequencies.shape[1])
    taus = np.array([stats.kendalltau(places, row).statistic for row in frequencies])
    threshold = float(stats.t.isf(LEVEL, len(taus) - 1))
    reach = threshold * taus.std(ddof=1) / sqrt(len(taus))
    missed = t_tail(threshold, len(taus) - 1, (TAU_MEAN - TAU) * sqrt(len(taus)) / TAU_SPREAD)
    low, high = float(taus.mean() - reach), float(taus.mean() + reach)
    truth = Truth.HOLDS if low > TAU else Truth.FAILS if high < TAU else Truth.UNDECIDED
    return Finding(
        truth, Evidence.OBSERVED,
        compared=f"mean frequency of the eigenvectors of {len(taus)} deep tangent kernels with the order of their eigenvalues",
        why=f"Kendall's tau {taus.mean():.3f} on average, limits [{low:.3f}, {high:.3f}], more than {TAU} wanted",
        routes=("eigenpairs of the initial kernel", "discrete Fourier transform of the eigenvectors"),
        rates=stated(missed, false_pass=LEVEL),
        figures={"tau": taus.tolist(), "frequency": frequencies.mean(0).tolist()},
        scope=f"{config.samples} equispaced points of S^1, depth {config.depth}, width {config.width}, biases",
    )  # fmt: skip
