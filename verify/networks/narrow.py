"""How far are narrow random networks from a Gaussian process? The variance of their covariance, exact at every width.

Formula     Var Q(x, x) = (1 + 5/m)^(L-1) - 1, a third of the excess kurtosis of f(x): see `verify.networks.gaussian`
Measured    r = mean of (Q(x, x) - 1)^2 over points and the networks of a batch, over the formula: E r = 1, no bias
Null        for some depth the mean of r over WIDTHS is off 1 by LEVEL_MARGIN or more, or its slope in log m off 0 by
            SLOPE_MARGIN: the exponent of m is off by that. Narrow networks cost little, so that they are many

Pilot (96 batches of NETWORKS of each depth and width, each drawn by itself, first seed 5 500 000): r 1.00, 1.01, 1.00 at
depth 2, 3, 4, spread .028, .057, .080; slopes within .012, spread .058, .097, .144. The spreads assumed are bounds, each
missed with probability 1e-3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from numerics.experiments.config import generator_of, one_thread
from numerics.experiments.limits.gaussian_limit import inputs
from numerics.networks.deep import Architecture, activations, initialise
from verify.findings.claim import Context, Finding
from verify.networks.population import conjunction, rates_of
from verify.networks.runs import first_seed
from verify.networks.widths import slope_weights
from verify.statistics.equivalence import Design, Equivalence, equivalence_tests, stated

WIDTHS, DEPTHS = (16, 32, 64), (2, 3, 4)
BATCHES, NETWORKS = {"quick": 128, "full": 256, "paper": 512}, 256
FALSE_PASS = 1e-4
LEVEL_MARGIN, LEVEL_SPREAD = 0.1, 0.103
SLOPE_MARGIN, SLOPE_SPREAD = 0.17, 0.184
Excess = Callable[[float, int], float]  # Var Q of a width and a depth


def squares(seed: int, batches: int, context: Context | None = None) -> np.ndarray:
    """Means of (Q(x, x) - 1)^2, in batches with the seeds seed, seed + 1, ...: (batches, depths, widths)."""
    found = []
    with one_thread():
        for batch in range(batches):
            found.append(np.transpose([of_width(width, seed + batch) for width in WIDTHS]))
            if context is not None and context.progress is not None:
                context.progress(batch + 1, batches, "narrow random networks")
    return np.array(found)


def of_width(width: int, seed: int) -> list[float]:
    """Means of one batch at every depth: those of a deep network's hidden layers, which are a shallower one's last."""
    architecture = Architecture(1, (width,) * (DEPTHS[-1] - 1))
    network = initialise(architecture, generator_of(seed, width), NETWORKS)
    hidden = activations(network, inputs())[-len(DEPTHS) - 1 : -1]  # (networks, width, points) each
    own = [layer.square().sum(-2) / width for layer in hidden]  # Q(x, x)
    return [float((one - 1).square().mean()) for one in own]


def drawn(context: Context) -> np.ndarray:
    """The batches of a profile."""
    return squares(first_seed(context), BATCHES[context.profile], context)


def tests(measured: np.ndarray, excess: Excess) -> tuple[list[Equivalence], float]:
    """Level and slope at every depth, and their false-fail rate."""
    ratios = measured / [[excess(m, depth) for m in WIDTHS] for depth in DEPTHS]
    slopes = ratios @ slope_weights(np.array(WIDTHS, dtype=float))  # (batches, depths)
    found: list[Equivalence] = []
    missed = 0.0
    for name, values, margin, spread in (
        ("level", ratios.mean(2) - 1, LEVEL_MARGIN, LEVEL_SPREAD),
        ("exponent", slopes, SLOPE_MARGIN, SLOPE_SPREAD),
    ):
        design = Design(len(measured), margin, FALSE_PASS / 2, len(DEPTHS), spread)
        found += equivalence_tests(values, [f"{name} of Var Q, depth {depth}" for depth in DEPTHS], design)
        missed += design.false_fail
    return found, missed


def with_narrow(finding: Finding, measured: np.ndarray, excess: Excess) -> Finding:
    """The finding, HOLDS only if the variances of narrow networks are right as well."""
    found, missed = tests(measured, excess)
    rates = rates_of(finding)
    worst = max(found, key=lambda test: max(abs(test.lower), abs(test.upper)) / test.margin)
    return replace(
        finding,
        truth=conjunction([finding.truth, *(test.verdict for test in found)]),
        why=f"{finding.why}; Var Q of {len(measured) * NETWORKS} networks of each depth and width "
        f"{', '.join(map(str, WIDTHS))}: {worst.label} off by {worst.mean:+.3f}, limits [{worst.lower:+.3f}, "
        f"{worst.upper:+.3f}], margin {worst.margin:g}",
        rates=stated(rates["false_fail"], missed, false_pass=rates["false_pass"] + FALSE_PASS),
        figures=finding.figures
        | {"narrow": {test.label: [test.mean, test.lower, test.upper, test.verdict] for test in found}},
    )
