"""Theorem 4.2 of Cao et al. on random samples, and what low degrees need less of.

Bound    n^(-1/2) |V_k'(y - f_T)| <= 2 (1 - c mu_k)^T n^(-1/2) |V_k'y| + EPSILON for all T, degrees 1, 2,
         4, at the largest width and sample; the residual is in units of the amplitude of one
         component. Null: it fails in more than a fourth of all networks (exact binomial bound)
Speed    g = log of mean over T of |V_k' r_T| / |V_k' r_0|, difference of neighbouring degrees
Samples  D_k(n) = max over T of | |V_k' r_T| / |V_k' r_0| - (1 - c mu_k)^T | at the largest width; g = mean over n
         of log D_k, difference of neighbouring degrees. One-sided t-tests: null E g <= 0
Width    relative variance of a hidden unit's share of mu_k, exact: the width at which the rate of a
         zonal component is known to a given share is in proportion to it. No network enters: a part by
         itself, in which degrees stand in their own order whatever the networks are read as

What a pilot of 12 samples showed (seeds 5 200 000, ..., width 2048): the excess over the bound without
EPSILON is at most .016, .013 and below 0 for degrees 1, 2, 4; gaps of Speed 1.5 and 2.2, spread .1; of
Samples .77 and .77, spread .6. Of 400 samples at the full sizes (seeds 5 500 000, ...) none broke the bound: the excess
was at most .036 (mean .010, spread .005). That bounds the chance of one to do so (`MISSED`). The bound itself does NOT
ask more for degree 4: its factor 2 covers all of a slow decay. And the distance of a whole degree from the Gram
predictor is NOT ordered in the width, as a norm over N(d,k) components averages: the order is that of single
components.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import xarray as xr

from theory.numbers.truth import Evidence
from verify.bridge import float_spectrum
from verify.findings.claim import Context, Finding, Procedure
from verify.networks import Judge
from verify.networks.population import CAO, conjunction, refuse_non_finite
from verify.networks.runs import config_of, obtain
from verify.statistics.binomial import chance_bound, share_missed, share_verdict
from verify.statistics.equivalence import FAILS, HOLDS, UNDECIDED, Design, stated, t_tail
from verify.statistics.moments import harmonic_moments

NAME = "cao-theorem"
EPSILON = 0.05
SHARE = 0.75  # of networks in which the bound is to hold
BOUND_LEVEL, ORDER_LEVEL = 1e-5, 1e-3  # false pass
PILOT = 400  # networks
MISSED = chance_bound(0, PILOT)  # that one network breaks the bound, at one degree, under a right theory
EFFECT, EFFECT_SPREAD = 0.6, 0.7  # of a gap under a right theory: mean at least, spread at most
SCALES = (0.5, 1.0)


def bound(context: Context) -> Finding:
    """The bound at the largest width and sample."""
    return bound_finding(*_data(context))


def order(context: Context) -> Finding:
    """Low degrees are learned faster, from fewer samples, by narrower networks."""
    return order_finding(*_data(context))


def bound_twins(context: Context) -> dict[str, Finding]:
    """Rates that are too fast: each must fail."""
    config, data = _data(context)
    right = rates(config)
    wrong = {"degrees shifted": right[:1] + right[:-1], "rates of degree 1": [right[0]] * len(right)}
    for times in (2, 3):
        wrong[f"rates times {times}"] = [(1 - (1 - config.step_size * mu) ** times) / config.step_size for mu in right]
    return {name: bound_finding(config, data, values) for name, values in wrong.items()}


def order_twins(context: Context) -> dict[str, Finding]:
    """Degrees of the networks under each other's names: each must fail, by the trained curves alone."""
    config, data = _data(context)
    return {f"order {places}": order_finding(config, data, places) for places in ((2, 1, 0), (1, 0, 2), (0, 2, 1))}


def judge(config: Any, data: xr.Dataset) -> Finding:
    """The bound, for one run."""
    return bound_finding(config, data)


def _data(context: Context) -> tuple[Any, xr.Dataset]:
    config = config_of(NAME, context)
    return config, obtain(NAME, config, context)


def rates(config: Any) -> list[float]:
    """Certified mu_k of the degrees recorded."""
    from numerics.experiments.cao.cao_theorem import DEGREES

    return [float_spectrum(CAO, config.dim, k)[k] for k in DEGREES]


def law(config: Any, values: list[float]) -> np.ndarray:
    """(1 - c mu_k)^T: (steps, q)."""
    return (1 - config.step_size * np.array(values)) ** np.arange(config.steps + 1)[:, None]


def excess(data: xr.Dataset, decay: np.ndarray) -> np.ndarray:
    """max over T of share - 2 decay share_0: (seeds, widths, samples, q)."""
    refuse_non_finite(share=data.share)
    share = data.share.values
    return (share - 2 * decay * share[..., :1, :]).max(-2)


def bound_finding(config: Any, data: xr.Dataset, values: list[float] | None = None) -> Finding:
    """The bound with the given mu_k, by default those of theory."""
    values = rates(config) if values is None else values
    beyond = excess(data, law(config, values))
    kept = (beyond[:, -1, -1] <= EPSILON).sum(0)  # (q,)
    verdicts = [share_verdict(int(count), config.seeds, SHARE, BOUND_LEVEL) for count in kept]
    degrees = data.degree.values.tolist()
    missed = share_missed(config.seeds, SHARE, BOUND_LEVEL, MISSED) * len(degrees)
    smallest = {f"degree {k}": _smallest(config, beyond[..., i]) for i, k in enumerate(degrees)}
    return Finding(
        conjunction(verdicts),
        Evidence.OBSERVED,
        compared=f"residual of degrees {', '.join(map(str, degrees))} of {config.seeds} networks with "
        f"2 (1 - c mu_k)^T times its start + {EPSILON:g}, all T <= {config.steps}",
        why=f"within the bound: {', '.join(map(str, kept))} of {config.seeds} networks of width {config.widths[-1]} on "
        f"{config.samples[-1]} points; largest excess without eps "
        f"{', '.join(f'{value:.3f}' for value in beyond[:, -1, -1].max(0))}",
        routes=("closed form of mu_k, certified", "trained networks"),
        rates=stated(missed, false_pass=BOUND_LEVEL),
        figures={"kept": kept.tolist(), "smallest": smallest},
        scope=_scope(config),
    )


def _smallest(config: Any, beyond: np.ndarray) -> dict[str, int | None]:
    """The least n at the largest width, and least m at the largest n, from which on all seeds keep the bound."""
    kept = np.asarray((beyond <= EPSILON).all(0))  # (widths, samples)
    found = {}
    for name, sizes, row in (("samples", config.samples, kept[-1]), ("width", config.widths, kept[:, -1])):
        lasting = np.logical_and.accumulate(row[::-1])[::-1]
        found[name] = next((size for size, good in zip(sizes, lasting) if good), None)
    return found


def order_gaps(config: Any, data: xr.Dataset, places: tuple[int, ...]) -> np.ndarray:
    """Speed and Samples: differences of neighbouring degrees, (seeds, 2 (q - 1))."""
    refuse_non_finite(share=data.share)
    share = data.share.values[:, -1]  # (seeds, samples, steps, q)
    curves = share / share[..., :1, :]
    distance = np.abs(curves - law(config, rates(config))).max(-2)
    speed, samples = np.log(curves[:, -1].mean(-2)), np.log(distance).mean(1)
    return np.concatenate([np.diff(part[:, places], axis=1) for part in (speed, samples)], axis=1)


def order_finding(config: Any, data: xr.Dataset, places: tuple[int, ...] = (0, 1, 2)) -> Finding:
    """The order of degrees, the networks' curves read in the order of ``places``."""
    gaps, seeds = order_gaps(config, data, places), config.seeds
    tests = gaps.shape[1]
    threshold = Design(seeds, 1.0, ORDER_LEVEL, tests, 1.0).threshold
    studentised = gaps.mean(0) / (gaps.std(0, ddof=1) / sqrt(seeds))
    verdicts = [HOLDS if t > threshold else FAILS if t < -threshold else UNDECIDED for t in studentised]
    degrees = data.degree.values.tolist()
    width, variances = width_part(config.dim, degrees)
    read = [degrees[place] for place in places]
    missed = tests * t_tail(threshold, seeds - 1, EFFECT * sqrt(seeds) / EFFECT_SPREAD)
    return Finding(
        conjunction([*verdicts, width]),
        Evidence.OBSERVED,
        compared=f"degrees {', '.join(map(str, read))}: time learned, distance from the population's law over sample sizes, "
        "width needed for a rate of given accuracy",
        why=f"networks {conjunction(verdicts)}: t of the order in speed {studentised[0]:.1f}, {studentised[1]:.1f}, in "
        f"samples {studentised[2]:.1f}, {studentised[3]:.1f}, needed {threshold:.1f}, {seeds} seeds; closed form {width}: "
        f"width in proportion to {', '.join(f'{v:.2f}' for v in variances)}",
        routes=("trained networks", "exact moments of a hidden unit"),
        rates=stated(missed, false_pass=ORDER_LEVEL),
        figures={
            "gaps": gaps.mean(0).tolist(),
            "t": studentised.tolist(),
            "relative_variance": variances,
            "networks": str(conjunction(verdicts)),
            "closed_form": width,
        },
        scope=_scope(config),
    )


def width_part(dim: int, degrees: list[int]) -> tuple[str, list[float]]:
    """Whether the widths that degrees need rise in this order, and what they are in proportion to.

    >>> width_part(2, [1, 2, 4])[0], width_part(2, [2, 1, 4])[0]
    ('HOLDS', 'FAILS')
    """
    variances = [relative_variance(dim, degree) for degree in degrees]
    return HOLDS if variances == sorted(variances) else FAILS, variances


def relative_variance(dim: int, degree: int) -> float:
    """Var / mean^2 of a hidden unit's share of mu_k: width times the squared relative error of a rate.

    >>> relative_variance(2, 1) < relative_variance(2, 2) < relative_variance(2, 4)
    True
    """
    moments = harmonic_moments(dim, degree, SCALES)
    return moments.variance / moments.mean**2


def _scope(config: Any) -> str:
    return (
        f"S^{config.dim}, n = {', '.join(map(str, config.samples))}, widths {', '.join(map(str, config.widths))}, "
        f"{config.steps} steps of size {config.step_size}/width, labels of norm {config.amplitude} a degree"
    )


PROCEDURES = {
    "cao-convergence": Procedure(bound, bound_twins, experiment="cao-theorem"),
    "cao-low-first": Procedure(order, order_twins, experiment="cao-theorem"),
}
JUDGES = {"cao-theorem": Judge(judge)}
