"""Do networks trained on their last layer from random starts sample the posterior of NNGP(depth)?

Mean        of N draws at each test input is mu, within z sqrt(S/N): mu, S the mean and variance of
            the Gaussian process given y, noise variance ``ridge``
Variance    of the draws over S lies between quantiles of chi^2_{N-1}/(N-1)
Shares      the same starts and noise give draws of the limit, beside which those of a network have little spread. Of
            its excess over them, in means and variances, plus that of the limit of numerics over theory: the
            share of what TENTH of the noise more would change, that of one layer more, and the mean over test inputs
            of the relative excess of the variance. Equivalence tests over batches, margins SHARES
Null        the draws are normal with these mu and S up to the width's share: rejected with
            probability at most FALSE_FAIL in any test
Alternative a mean off by ``caught`` sqrt(S), or a variance off by a factor outside
            ``caught_variance``, somewhere: missed with probability at most MISS; a share at its margin: at most SHARE_LEVEL

Width: E of the draws differs from mu by O(1/m), as the posterior is no linear function of the random
kernel Q. In a pilot (200 networks at width 512, their posteriors given Q, which have little noise)
the mean was off by up to .044 +- .013 standard deviations and the variance by up to 2.8 +- .7 %;
MEAN_SHARE and VARIANCE_SHARE were fixed from that. In a second one (96 batches of 25 at width 512, first seed
5 500 000) the shares of noise, layer and variance were .16, .04, .005 at depth 2 and .41, .17, .017 at depth 3, where
their spreads were largest: .21, .12, .012. A random kernel acts as noise: a tenth of it is .4 of a tenth more at this width.
SHARES holds bounds of these, each missed with probability 1e-3.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import torch
import xarray as xr
from scipy import stats

from numerics.experiments.regression.posterior import EXPERIMENT
from numerics.predictions.kernel_regression import posterior
from numerics.predictions.limit_kernels import angles, gram, nngp_kernel
from theory.kernels import NNGP, NTK, Kernel
from theory.numbers.truth import Evidence, Truth
from verify.bridge import float_kernel
from verify.findings.claim import Context, Finding, Procedure
from verify.networks import Judge
from verify.networks.population import conjunction, refuse_non_finite
from verify.networks.runs import config_of, obtain
from verify.statistics.equivalence import HOLDS, Design, Equivalence, equivalence_tests, short_of, stated

FALSE_FAIL = 1e-8
MISS = 1e-6
PILOT_WIDTH = 512
MEAN_SHARE, VARIANCE_SHARE = 0.08, 0.06  # standard deviations; relative; both fall as 1/m
TENTH = 1.1
SHARES = {"noise": (1.0, 0.267, 0.479), "layer": (0.6, 0.152, 0.207), "variance": (0.06, 0.0155, 0.0213)}
SHARE_LEVEL, PILOT_NETWORKS = 1e-4, 25  # margin, spread of a batch of so many, bias: at PILOT_WIDTH
Law = Callable[[xr.Dataset, int, float], tuple[np.ndarray, np.ndarray]]


def posterior_draws(context: Context) -> Finding:
    """Depths 2 and 3 on S^2."""
    config = config_of(EXPERIMENT.name, context)
    return judge(config, obtain(EXPERIMENT.name, config, context))


def posterior_twins(context: Context) -> dict[str, Finding]:
    """Wrong posteriors held against the same draws: each must fail."""
    config = config_of(EXPERIMENT.name, context)
    return twins(config, obtain(EXPERIMENT.name, config, context))


def twins(config: Any, data: xr.Dataset) -> dict[str, Finding]:
    """Other kernels and noises, the variance with noise, and draws that were never trained."""
    wrong: dict[str, Law] = {
        "tangent kernel": lambda data, depth, ridge: gaussian_process(
            data, depth, ridge, lambda depth: NTK(depth=depth)
        ),
        "linear kernel": lambda data, depth, ridge: gaussian_process(data, depth, ridge, lambda depth: NNGP(depth=1)),
        "one layer more": lambda data, depth, ridge: gaussian_process(
            data, depth, ridge, lambda depth: NNGP(depth=depth + 1)
        ),
        "noise a fifth more": lambda data, depth, ridge: gaussian_process(data, depth, 1.2 * ridge),
        "noise a fifth less": lambda data, depth, ridge: gaussian_process(data, depth, 0.8 * ridge),
        "variance a tenth more": lambda data, depth, ridge: (
            gaussian_process(data, depth, ridge)[0],
            1.1 * gaussian_process(data, depth, ridge)[1],
        ),
        "no noise": lambda data, depth, ridge: gaussian_process(data, depth, 0.0),
        "variance of labels": lambda data, depth, ridge: (
            gaussian_process(data, depth, ridge)[0],
            gaussian_process(data, depth, ridge)[1] + ridge,
        ),
        "mean of other labels": lambda data, depth, ridge: (
            -gaussian_process(data, depth, ridge)[0],
            gaussian_process(data, depth, ridge)[1],
        ),
    }
    found = {name: judge(config, data, law) for name, law in wrong.items()}
    return found | {"untrained networks": judge(config, data.assign(draw=data.prior))}


def gaussian_process(
    data: xr.Dataset, depth: int, ridge: float, kernel: Callable[[int], Kernel] = lambda depth: NNGP(depth=depth)
) -> tuple[np.ndarray, np.ndarray]:
    """(mean, variance) of the posterior at the test inputs."""
    inputs, tests = (torch.from_numpy(data[name].values) for name in ("inputs", "tests"))
    function = float_kernel(kernel(depth))
    own, cross = function(angles(inputs)).numpy(), function(angles(tests, inputs)).numpy()
    prior = float(function(torch.zeros((), dtype=torch.float64)))
    weights = np.linalg.solve(own + ridge * np.eye(len(own)), cross.T)  # (n, l)
    return data.labels.values @ weights, prior - (cross.T * weights).sum(0)


def judge(config: Any, data: xr.Dataset, law: Law = gaussian_process) -> Finding:
    """The verdict on a posterior, by default that of the Gaussian process NNGP(depth)."""
    refuse_non_finite(draw=data.draw)
    level = FALSE_FAIL / (2 * data.sizes["depth"] * data.sizes["test"])
    count, shrink = config.seeds * config.networks, PILOT_WIDTH / config.width
    allowed = stats.norm.isf(level / 2) / sqrt(count) + MEAN_SHARE * shrink
    low, high = (stats.chi2.ppf(p, count - 1) / (count - 1) for p in (level / 2, 1 - level / 2))
    low, high = low * (1 - VARIANCE_SHARE * shrink), high * (1 + VARIANCE_SHARE * shrink)
    rows = []
    columns: dict[str, list[np.ndarray]] = {name: [] for name in SHARES}
    for depth in data.depth.values.tolist():
        mean, variance = law(data, depth, config.ridge)
        draws = data.draw.sel(depth=depth).values.reshape(count, -1)  # (N, l)
        off = (draws.mean(0) - mean) / np.sqrt(variance)
        ratios = draws.var(0, ddof=1) / variance
        right = bool((np.abs(off) <= allowed).all() and (low <= ratios).all() and (ratios <= high).all())
        for name, values in shares(data.sel(depth=depth), depth, config.ridge, law).items():
            columns[name].append(values)
        rows.append(
            {
                "depth": depth,
                "verdict": HOLDS if right else Truth.FAILS.value,
                "mean_off": off.tolist(),
                "variance_ratio": ratios.tolist(),
                "mean": mean.tolist(),
                "variance": variance.tolist(),
            }
        )
    worst = max(abs(v) for row in rows for v in row["mean_off"])
    ends = [f(v for row in rows for v in row["variance_ratio"]) for f in (min, max)]
    depths = data.depth.values.tolist()
    tests, missed = share_tests(config, columns, depths)
    found = ", ".join(f"{test.label} {test.mean:+.3f}" for test in tests)
    tail = stats.norm.isf(MISS) / sqrt(count)
    far = [stats.chi2.ppf(p, count - 1) / (count - 1) for p in (MISS, 1 - MISS)]
    return Finding(
        conjunction([*(row["verdict"] for row in rows), *(test.verdict for test in tests)]),
        Evidence.OBSERVED,
        compared="mean and variance of trained draws with the posterior of the Gaussian process",
        why=f"means off by at most {worst:.3f} standard deviations, allowed {allowed:.3f}; variances "
        f"{ends[0]:.3f} to {ends[1]:.3f} of the predicted, allowed {low:.3f} to {high:.3f}; shares of a tenth of the noise, "
        f"of a layer and of the variance: {found}",
        routes=("kernel recursion and a linear solve", "networks trained on the last layer"),
        rates=stated(FALSE_FAIL, missed, false_pass=MISS + SHARE_LEVEL),
        figures={
            "depths": rows,
            "shares": {test.label: [test.mean, test.lower, test.upper, test.margin, test.verdict] for test in tests},
            "caught": float(allowed + tail),
            "caught_variance": [float(low / far[1]), float(high / far[0])],
        },
        scope=f"S^2, n = {config.samples}, noise variance {config.ridge}, width {config.width}, depths "
        f"{depths}, {count} draws of each",
    )


def shares(data: xr.Dataset, depth: int, ridge: float, law: Law) -> dict[str, np.ndarray]:
    """What the networks of one depth and the limit are off a law by, as SHARES: (seeds,) each."""
    inputs, tests, labels = (torch.from_numpy(data[name].values) for name in ("inputs", "tests", "labels"))
    n, kernel = len(inputs), gram(torch.cat([inputs, tests]), lambda angle: nngp_kernel(angle, depth))
    limit = posterior(kernel[:n, :n], kernel[n:, :n], kernel[n:, n:], labels, ridge)
    mean, variance = gaussian_process(data, depth, ridge)
    means, variances = law(data, depth, ridge)
    shift, excess = (data[name].transpose("seed", "network", "test").values for name in ("shift", "excess"))
    # The variance of a draw is that given its hidden layers, and that of the mean given them.
    off = (shift.mean(1) + limit.mean.numpy() - means) / np.sqrt(variance)  # (seeds, l)
    more = (excess.mean(1) + shift.var(1, ddof=1) + limit.variance.numpy() - variances) / variance
    others = {
        "noise": gaussian_process(data, depth, TENTH * ridge),
        "layer": gaussian_process(data, depth, ridge, lambda depth: NNGP(depth=depth + 1)),
    }
    found = {}
    for name, (other, wide) in others.items():
        change = np.concatenate([(other - mean) / np.sqrt(variance), wide / variance - 1])
        found[name] = np.concatenate([off, more], axis=1) @ change / (change @ change)
    return found | {"variance": more.mean(1)}


def share_tests(
    config: Any, columns: dict[str, list[np.ndarray]], depths: list[int]
) -> tuple[list[Equivalence], float]:
    """Equivalence tests of every share at every depth, and their false-fail rate."""
    tests: list[Equivalence] = []
    shrink, missed = PILOT_WIDTH / config.width, 0.0
    for name, (margin, spread, bias) in SHARES.items():
        spread *= sqrt(shrink * PILOT_NETWORKS / config.networks)
        design = Design(
            config.seeds, margin, SHARE_LEVEL / len(SHARES), len(depths), spread, short_of(margin, bias * shrink)
        )
        labels = [f"{name}, depth {depth}" for depth in depths]
        tests += equivalence_tests(np.stack(columns[name], axis=1), labels, design)
        missed += design.false_fail
    return tests, missed


PROCEDURES = {"posterior-draws": Procedure(posterior_draws, posterior_twins, experiment="posterior")}
JUDGES = {"posterior": Judge(judge)}
