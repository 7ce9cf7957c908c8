"""Are the degrees learned at the rates of the population? An equivalence test over trained networks.

Formula     the degree-k residual decays as (1 - c q_k)^t, q_k the certified mu_k with the aliasing
            of the sample, kappa = t k0/2 + k1, c the step size times the width. q_k is read off
            the dynamics of the matrix sum_l N(d, l) mu_l P_l(X X'), as slopes of networks are:
            on the circle and up to 1 % on grids that is phi_k' W K W phi_k, but on random points
            the degrees mix
Measured    e_k = slope of log|<phi_k, r_t>| / log(1 - c q_k) - 1, one value for each network
Null        |E e_k| >= margin for some k
Alternative |E e_k| < margin for all k

The windows in which slopes are read come from the float Gram matrix of the sample, never from the
theory under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import nan
from types import ModuleType
from typing import Any

import numpy as np
import xarray as xr

from numerics.experiments.cao import cao_circle, cao_sphere
from numerics.experiments.config import one_thread
from numerics.predictions.limit_kernels import gram, rayleigh_quotients
from numerics.predictions.rates import Window, decay_window, log_slopes, relative_rate_errors
from numerics.predictions.residuals import kernel_projections
from theory.kernels import Kernel
from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Context, Finding, Procedure
from verify.networks import Judge
from verify.networks.aliasing import Checked, on_circle, on_grid, on_rings
from verify.networks.population import (
    CAO,
    WRONG_SCALES,
    conjunction,
    finite,
    percent,
    rolled,
    sampled_matrix,
    undecided,
)
from verify.networks.runs import config_of, obtain
from verify.statistics.equivalence import Design, Equivalence, Pilot, equivalence_tests, rejection, stated

LEVEL = 1e-6
PILOT_WIDTH = 2048


@dataclass(frozen=True, slots=True)
class Plan:
    """The module of an experiment, its margin, and what a right theory is assumed to show at PILOT_WIDTH.

    spread, bias: upper bounds, each missed with probability 1e-3, from pilot seeds that no run of
    `verify` uses. At other widths they and the margin are as of `statistics.Pilot`.
    """

    module: ModuleType
    sphere: str
    margin: float
    spread: float
    bias: float

    @property
    def experiment(self) -> str:
        """Its name."""
        return str(self.module.EXPERIMENT.name)

    @property
    def pilot(self) -> Pilot:
        """The bounds as what they were seen on."""
        degrees = len(self.module.DEGREES)
        return Pilot(PILOT_WIDTH, self.margin, LEVEL, degrees, self.spread, self.bias)

    def design(self, config: Any) -> Design:
        """The test for the sizes of a config; ValueError where it does not exist."""
        return self.pilot.design(config.width, config.seeds)


# |q_k/E q_k - 1| that random azimuths on S^9 may show: four spreads of 300 samples that no run uses.
RANDOM_RINGS, RANDOM_POINTS = {1: 0.051, 2: 0.097, 4: 0.642}, 600
# Pilot: 240, 128, 128 and 64 networks with the seeds 5 000 000 (S^3, S^9: 5 700 000), ...
CIRCLE = Plan(cao_circle, "S^1", margin=0.06, spread=0.0601, bias=0.0137)
SPHERES = {
    2: Plan(cao_sphere, "S^2", margin=0.06, spread=0.0380, bias=0.0163),
    3: Plan(cao_sphere, "S^3", margin=0.08, spread=0.0517, bias=0.0232),
    9: Plan(cao_sphere, "S^9", margin=0.08, spread=0.0550, bias=0.0189),
}


def circle_rates(context: Context) -> Finding:
    """Degrees 1, 2, 4, 6 on equispaced points of S^1."""
    return finding(CIRCLE, *_data(CIRCLE, context))


def sphere_rates(context: Context) -> Finding:
    """Degrees 1, 2, 4 on a product grid of S^2."""
    return finding(SPHERES[2], *_data(SPHERES[2], context))


def three_sphere_rates(context: Context) -> Finding:
    """Degrees 1, 2, 4 on a product grid of S^3."""
    return finding(SPHERES[3], *_data(SPHERES[3], context, dim=3))


def nine_sphere_rates(context: Context) -> Finding:
    """Degrees 1, 2, 4 on random pairs of opposite points of S^9."""
    return finding(SPHERES[9], *_data(SPHERES[9], context, dim=9))


def judge_circle(config: Any, data: xr.Dataset) -> Finding:
    """The verdict on one run of cao-circle."""
    return finding(CIRCLE, config, data)


def judge_sphere(config: Any, data: xr.Dataset) -> Finding:
    """The verdict on one run of cao-sphere; ValueError for a dimension without a pilot."""
    if config.dim not in SPHERES:
        known = ", ".join(f"{dim}" for dim in SPHERES)
        raise ValueError(f"no pilot fixed a margin on S^{config.dim}: runs are judged for dim = {known}")
    return finding(SPHERES[config.dim], config, data)


def circle_twins(context: Context) -> dict[str, Finding]:
    """Wrong theories held against the same networks of S^1: each must fail."""
    return twins(CIRCLE, *_data(CIRCLE, context))


def sphere_twins(context: Context) -> dict[str, Finding]:
    """Wrong theories held against the same networks of S^2: each must fail."""
    return twins(SPHERES[2], *_data(SPHERES[2], context))


def three_sphere_twins(context: Context) -> dict[str, Finding]:
    """Wrong theories held against the same networks of S^3: each must fail."""
    return twins(SPHERES[3], *_data(SPHERES[3], context, dim=3))


def nine_sphere_twins(context: Context) -> dict[str, Finding]:
    """Wrong theories held against the same networks of S^9: each must fail."""
    return twins(SPHERES[9], *_data(SPHERES[9], context, dim=9))


def _data(plan: Plan, context: Context, **changes: object) -> tuple[Any, xr.Dataset]:
    config = config_of(plan.experiment, context, **changes)
    return config, obtain(plan.experiment, config, context)


def predicted(plan: Plan, config: Any, kernel: Kernel = CAO) -> list[float]:
    """q_k of every recorded degree, from the kernel's certified spectrum; NaN where nothing decays so."""
    task, degrees = plan.module.problem(config), list(plan.module.DEGREES)
    with one_thread():
        matrix = sampled_matrix(kernel, task.sample)
        path = kernel_projections(matrix, task, config.step_size, config.steps).numpy()
        limits = windows(plan, config, rayleigh_quotients(gram(task.sample.points), task).tolist())
    curves = xr.DataArray(path, {"step": np.arange(len(path)), "degree": degrees}, ("step", "degree"))
    try:
        slopes = log_slopes(curves, limits).values
    except ValueError:
        return [nan] * len(degrees)
    return (-np.expm1(slopes) / config.step_size).tolist()


@lru_cache(maxsize=64)
def on_sample(module: ModuleType, config: Any) -> Checked:
    """mu_k with the aliasing of the sample by theory alone and by the run's own problem; why they differ, if they do."""
    task = module.problem(config)
    if task.sample.dim == 1:
        return on_circle(task, module.DEGREES, config.samples)
    if task.sample.dim <= cao_sphere.LARGEST_GRID_DIM:
        return on_grid(task, module.DEGREES, config.rings)
    fewer = (config.rings * config.azimuths / RANDOM_POINTS) ** -0.5
    allowed = {degree: most * fewer for degree, most in RANDOM_RINGS.items()}
    return on_rings(task, module.DEGREES, config.rings, config.azimuths, allowed)


def windows(plan: Plan, config: Any, gram_eigenvalues: Sequence[float]) -> dict[int, Window]:
    """Steps in which the rate of each degree is read, from the float Gram matrix of the sample."""
    begin, end = plan.module.WINDOW
    return {
        degree: decay_window(float(value), config.step_size, begin, end, last=config.steps)
        for degree, value in zip(plan.module.DEGREES, gram_eigenvalues)
    }


def twins(plan: Plan, config: Any, data: xr.Dataset) -> dict[str, Finding]:
    """Findings for a wrong kernel, a shifted degree and rates off by a tenth."""
    right = predicted(plan, config)
    wrong = {
        "layer scales (1, 1)": predicted(plan, config, WRONG_SCALES),
        "degrees shifted": rolled(right),
        "rates +10 %": [_faster(q, config.step_size, 1.1) for q in right],
        "rates -10 %": [_faster(q, config.step_size, 0.9) for q in right],
    }
    return {name: finding(plan, config, data, values) for name, values in wrong.items()}


def _faster(quotient: float, step_size: float, factor: float) -> float:
    """The quotient whose log decay is ``factor`` times as large."""
    return (1 - (1 - step_size * quotient) ** factor) / step_size


def finding(plan: Plan, config: Any, data: xr.Dataset, rates: list[float] | None = None) -> Finding:
    """The verdict on given rates q_k (by default those of theory) for the networks of a run."""
    sample, why = on_sample(plan.module, config)
    degrees = data.degree.values.tolist()
    aliasing = ", ".join(percent(one.aliasing) for one in sample)
    shared: dict[str, Any] = {
        "compared": f"log decay per step of {config.seeds} networks of width {config.width} on {plan.sphere} "
        f"with log(1 - c mu_k), aliasing included, degrees {', '.join(map(str, degrees))}",
        "routes": ("closed form of mu_k, certified", "trained networks"),
        "scope": f"{plan.sphere}, width {config.width}, {config.steps} steps of size {config.step_size}/width, "
        f"labels of norm {config.amplitude} a degree; aliasing makes mu_k {aliasing} larger",
    }
    if not why and (over := [one.degree for one in sample if config.step_size * one.found >= 1]):
        why = f"steps overshoot, c mu_k >= 1 for degrees {over}: the residual turns its sign and has no rate to read"
    if why:
        return undecided(why, **shared)
    rates = predicted(plan, config) if rates is None else rates
    barred = [k for k, q in zip(degrees, rates) if not 0 < config.step_size * q < 1]
    if barred:
        why = f"the networks decay, theory says no: not 0 < c mu_k < 1 for degrees {barred}, mu_k = {rates}"
        figures = {"rates": [finite(q) for q in rates]}
        # No sampling enters: what does not decay is refuted at any size.
        return Finding(
            Truth.FAILS, Evidence.OBSERVED, why=why, figures=figures, rates=stated(0.0, false_pass=0.0), **shared
        )
    errors = _errors(plan, config, data, rates)
    if refusal := plan.pilot.refusal(config.width, config.seeds):
        return undecided(f"{refusal}; these deviate by {_largest(errors, degrees)}", **shared)
    design = plan.design(config)
    tests = equivalence_tests(errors, degrees, design)
    return Finding(
        conjunction(test.verdict for test in tests),
        Evidence.OBSERVED,
        why=_why(tests),
        rates=stated(design.false_fail, false_pass=design.level),
        figures={
            "degrees": [_figures(test, q, design) for test, q in zip(tests, rates)],
            "rejection": rejection(tests, design),
            "sample": [{**asdict(one), "aliasing": one.aliasing} for one in sample],
        },
        **shared,
    )


def _errors(plan: Plan, config: Any, data: xr.Dataset, rates: list[float]) -> np.ndarray:
    """e_k of every seed: (seeds, degrees)."""
    slopes = log_slopes(data.network, windows(plan, config, data.gram_eigenvalue.values))
    return relative_rate_errors(slopes, [1 - config.step_size * q for q in rates]).values


def _largest(errors: np.ndarray, degrees: Sequence[int]) -> str:
    """The largest mean deviation, with two standard errors: what is seen, where nothing is decided."""
    means, last = errors.mean(0), int(np.abs(errors.mean(0)).argmax())
    error = 2 * errors[:, last].std(ddof=1) / np.sqrt(len(errors)) if len(errors) > 1 else nan
    return f"{percent(means[last])} +- {100 * error:.2g} % at degree {degrees[last]}"


def _why(tests: tuple[Equivalence, ...]) -> str:
    worst = max(tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
    limits = f"[{percent(worst.lower)}, {percent(worst.upper)}]"
    return (
        f"largest deviation {percent(worst.mean)} at degree {worst.label}, limits {limits}, "
        f"margin {100 * worst.margin:.3g} %, {worst.seeds} seeds"
    )


def _figures(test: Equivalence, rate: float, design: Design) -> dict[str, Any]:
    return {
        "degree": int(test.label),
        "rate": rate,
        "deviation": test.mean,
        "spread": test.spread,
        "lower": test.lower,
        "upper": test.upper,
        "margin": test.margin,
        "seeds": test.seeds,
        "verdict": test.verdict,
        "caught": design.smallest_caught(design.level / 10),
    }


PROCEDURES = {
    "rates-circle": Procedure(circle_rates, circle_twins, experiment="cao-circle"),
    "rates-sphere": Procedure(sphere_rates, sphere_twins, experiment="cao-sphere"),
    "rates-sphere-3": Procedure(three_sphere_rates, three_sphere_twins, experiment="cao-sphere"),
    "rates-sphere-9": Procedure(nine_sphere_rates, nine_sphere_twins, experiment="cao-sphere"),
}
JUDGES = {"cao-circle": Judge(judge_circle), "cao-sphere": Judge(judge_sphere)}
