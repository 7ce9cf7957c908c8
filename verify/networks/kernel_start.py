"""Does the squared distance of the initial kernel from its limit fall as C/m, with the constant of theory?

R           m |K_0/m - K|^2 / C, summed over all pairs of points of S^1: K the mean of a hidden unit's kernel and
            C its variance, exact from E a^4 = 3 and the arc-cosine kernels (`verify.statistics.moments`)
Formula     E R = 1 at every width, as hidden units are independent: no bias
Share       of v = (K with a layer's scale larger by TENTH) - K in K_0/m - K, at the largest width: mean 0, and 1 were
            that scale a tenth larger
Null        the mean of R over widths is off 1 by the margin of the law or more, or its slope in log m off 0, or a share
            by its margin or more. Networks that are drawn and never trained cost little, so that they are many

Pilot (98 304 networks of each width, first seed 5 500 000): mean of R 1.0005 (spread .411), slope -.0003 (.370); shares -.007
(1.63) and -.003 (.71). The spreads assumed are bounds of these, each missed with probability 1e-3. R has a long tail
(skewness 1.3 of a seed's mean), of which the mean of so many keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from numerics.data.points import equispaced_circle
from numerics.experiments.config import generator_of, one_thread
from numerics.networks.two_layer import initialise, stack
from numerics.predictions.limit_kernels import angles, empirical_kernel
from theory.numbers.truth import Evidence
from verify.findings.claim import Context, Finding, Procedure
from verify.networks.population import conjunction
from verify.networks.runs import first_seed
from verify.networks.widths import SCALES, slope_weights
from verify.statistics.equivalence import Design, equivalence_tests, rejection, stated
from verify.statistics.moments import pair_moments

WIDTHS = (16, 64, 256)
SEEDS = {"quick": 24_576, "full": 49_152, "paper": 98_304}
SAMPLES, BATCH = 8, 128
LEVEL = 1e-5
LAW, SHARE = (0.035, 0.415), (0.5, 1.65)  # margin and spread of the law, and of a share
TENTH = 1.1


@dataclass(frozen=True, slots=True)
class Theory:
    """Layer scales, E a^4 of an output weight, a factor on C, and the exponent of the width."""

    scales: tuple[float, float] = SCALES
    fourth: float = 3.0
    factor: float = 1.0
    exponent: float = -1.0


def start(context: Context) -> Finding:
    """The networks of the profile against the exact law."""
    return finding(draw(first_seed(context), SEEDS[context.profile], context))


def start_twins(context: Context) -> dict[str, Finding]:
    """Wrong scales, moments, constants and exponents held against the same networks: each must fail."""
    return twins(draw(first_seed(context), SEEDS[context.profile], context))


def twins(kernels: np.ndarray) -> dict[str, Finding]:
    """Findings for wrong laws."""
    wrong = {f"layer scales ({scale}, 1)": Theory((scale, 1.0)) for scale in (0.45, 0.55)}
    wrong |= {f"C times {factor}": Theory(factor=factor) for factor in (0.94, 1.06)}
    wrong |= {f"C as m^{power}": Theory(exponent=power) for power in (-1.06, -0.94)}
    return {name: finding(kernels, theory) for name, theory in (wrong | {"E a^4 = 2": Theory(fourth=2.0)}).items()}


def draw(seed: int, networks: int, context: Context | None = None) -> np.ndarray:
    """K_0/m of every network and width, in batches with the seeds seed, seed + 1, ...: (networks, widths, n, n)."""
    points, batches = equispaced_circle(SAMPLES).points, networks // BATCH
    found = []
    with one_thread():
        for batch in range(batches):
            row = []
            for width in WIDTHS:  # widths share no draws
                generator = generator_of(seed + batch, width)
                drawn = [initialise(1, width, generator, antisymmetric=False) for _ in range(BATCH)]
                row.append(empirical_kernel(stack(drawn), points))
            found.append(torch.stack(row, dim=1))  # (BATCH, widths, n, n)
            if context is not None and context.progress is not None:
                context.progress(batch + 1, batches, "initial kernels of several widths")
    return torch.cat(found).numpy()


@lru_cache(maxsize=32)
def limit(theory: Theory) -> tuple[np.ndarray, float]:
    """K (n, n), and C."""
    between = angles(equispaced_circle(SAMPLES).points).numpy()
    moments = [[pair_moments(float(a), theory.scales, theory.fourth) for a in row] for row in between]
    variance = sum(one.variance for row in moments for one in row)
    return np.array([[one.mean for one in row] for row in moments]), theory.factor * variance


def ratios(kernels: np.ndarray, theory: Theory = Theory()) -> np.ndarray:
    """R of every network and width; C/m is C/m0 (m/m0)^exponent, m0 the middle width: (networks, widths)."""
    mean, variance = limit(theory)
    widths = np.array(WIDTHS, dtype=float)
    middle = np.exp(np.log(widths).mean())
    square = ((kernels - mean) ** 2).sum((-2, -1))
    found: np.ndarray = square / (variance / middle * (widths / middle) ** theory.exponent)
    return found


def laws(kernels: np.ndarray, theory: Theory = Theory()) -> np.ndarray:
    """Mean of R less 1 and slope of R in log m, of every network: (networks, 2)."""
    found = ratios(kernels, theory)
    return np.stack([found.mean(1) - 1, found @ slope_weights(np.array(WIDTHS, dtype=float))], axis=1)


def shares(kernels: np.ndarray, theory: Theory = Theory()) -> np.ndarray:
    """The share of a tenth of each layer's scale, of every network: (networks, 2)."""
    off, found = kernels[:, -1] - limit(theory)[0], []
    for scales in ((TENTH * SCALES[0], SCALES[1]), (SCALES[0], TENTH * SCALES[1])):
        change = limit(Theory(scales))[0] - limit(Theory())[0]
        found.append((off * change).sum((-2, -1)) / (change**2).sum())
    return np.stack(found, axis=1)


def finding(kernels: np.ndarray, theory: Theory = Theory()) -> Finding:
    """The verdict on a law, by default the exact one."""
    law, share = (Design(len(kernels), margin, LEVEL / 2, 2, spread) for margin, spread in (LAW, SHARE))
    tests = (
        *equivalence_tests(laws(kernels, theory), ("mean of R - 1", "slope of R"), law),
        *equivalence_tests(shares(kernels, theory), ("hidden layer", "output layer"), share),
    )
    level, slope, hidden, output = tests
    return Finding(
        conjunction(test.verdict for test in tests),
        Evidence.OBSERVED,
        compared="squared distance of the initial kernel from its limit with the exact variance of a hidden unit, over m",
        why=f"mean of R {1 + level.mean:.3f} +- {level.upper - level.mean:.3f}, its slope in log m {slope.mean:+.3f} +- "
        f"{slope.upper - slope.mean:.3f}, margin {law.margin:g}; shares of a tenth of a layer's scale {hidden.mean:+.3f} and "
        f"{output.mean:+.3f}, margin {share.margin:g}; {len(kernels)} networks of each width",
        routes=("arc-cosine moments of one unit", "empirical kernels"),
        rates=stated(law.false_fail, share.false_fail, false_pass=LEVEL),
        figures={
            "R": ratios(kernels, theory).mean(0).tolist(),
            "widths": list(WIDTHS),
            "rejection": max(rejection(tests[:2], law), rejection(tests[2:], share)),
        },
        scope=f"S^1, {SAMPLES} points, widths {', '.join(map(str, WIDTHS))}",
    )


PROCEDURES = {"jacot-start": Procedure(start, start_twins)}
