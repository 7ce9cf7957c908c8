"""Do deep networks learn odd degrees, and do they follow their own kernels? S^2, depths 2, 3, 4.

Own     e = (A_own - A_net) / (A_own - p_own(T)), A the mean of p(t) = <phi_k, r_t> over all t <= T: to
        first order the share by which the network is faster than its own initial kernel predicts in
        discrete time. Equivalence test: null |E e| >= MARGIN for some depth, bias and degree
Learned s = p_net(T) / p_net(0) in degree 3, where theory says mu_3 > 0: every case but depth 2 without
        biases. One-sided t-test: null E s >= LEFT for some case
Fixed   where theory says mu_3 = 0 exactly: |<phi_3, r_t> - <phi_3, y>| at every step within rounding,
        twice the budget of `verify.networks.odd` at the start (weights move by 1e-3 at most)

Pilots: own, 32 networks a depth of width 96: at amplitude 1e-6 (seeds 5 003 000, ...) e is 1e-6 at most;
at amplitude 5e-4 (seeds 5 002 000, ...) hidden units that switch at a point of the grid throw single
networks off by up to 4.5 %, spread .009. The chance of a switch falls with the amplitude, 1e-7 here, and
MARGIN leaves room for one such network in a case; SPREAD and BIAS are less than what it would make.
Learned: 400 networks of depth 2 with biases, seeds 5 005 000, ...:
s = .486, spread .070; it is .184 and .126 at depths 3 and 4. END and END_SPREAD are bounds of these, each
missed with probability 1e-3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import xarray as xr
from torch import Tensor

from numerics.experiments.config import one_thread
from numerics.experiments.limits import deep_sphere
from numerics.networks.deep import DeepNetwork
from numerics.networks.two_layer import TwoLayer
from theory.kernels import NTK
from theory.numbers.truth import Evidence
from theory.spectra.spectrum import spectrum
from verify.findings.claim import Context, Finding, Procedure
from verify.networks import Judge
from verify.networks.aliasing import on_grid
from verify.networks.odd import ROUNDOFF, rounding
from verify.networks.population import conjunction, percent, refuse_non_finite, undecided
from verify.networks.runs import config_of, obtain
from verify.statistics.equivalence import (
    FAILS,
    HOLDS,
    UNDECIDED,
    Design,
    Equivalence,
    equivalence_tests,
    rejection,
    stated,
    t_tail,
)

NAME = "deep-sphere"
ODD = 3
_COLUMN = deep_sphere.DEGREES.index(ODD)
LEVEL = 1e-6  # false pass of "own" and of "learned"
MARGIN, SPREAD, BIAS = 0.05, 0.004, 0.001
LEFT, END, END_SPREAD = 0.9, 0.5, 0.08  # of s: most to count as learned; under a right theory, at most
MOST_MOVED = 0.01  # the rounding budget takes the weights to be those of the start


@dataclass(frozen=True, slots=True)
class Case:
    """One depth with or without biases."""

    depth: int
    bias: bool

    @property
    def where(self) -> dict[str, Any]:
        """Its place in the arrays of a run."""
        return {"depth": self.depth, "bias": self.bias}

    def __str__(self) -> str:
        return f"depth {self.depth} {'with' if self.bias else 'without'} biases"


CASES = tuple(Case(depth, bias) for depth in deep_sphere.DEPTHS for bias in deep_sphere.BIASES)


def own_kernel(context: Context) -> Finding:
    """Every degree of every case against the network's own initial kernel."""
    return own_finding(*_data(context))


def odd_degrees(context: Context) -> Finding:
    """Degree 3: learned where its eigenvalue is positive, fixed where it is zero."""
    return odd_finding(*_data(context))


def own_twins(context: Context) -> dict[str, Finding]:
    """Kernels that the networks do not follow: each must fail."""
    config, data = _data(context)
    wrong = {
        "rates +10 %": faster(data.own_kernel, 1.1),
        "rates -10 %": faster(data.own_kernel, 0.9),
        "kernels of another depth": data.own_kernel.roll(depth=1, roll_coords=False),
        "degrees shifted": data.own_kernel.roll(degree=1, roll_coords=False),
    }
    return {name: own_finding(config, data.assign(own_kernel=curves)) for name, curves in wrong.items()}


def odd_twins(context: Context) -> dict[str, Finding]:
    """Wrong theories of degree 3, and the networks of another case: each must fail."""
    config, data = _data(context)
    exchanged = data.network.isel(bias=slice(None, None, -1)).assign_coords(bias=data.bias)
    return {
        "learned nowhere": odd_finding(config, data, frozenset(CASES)),
        "learned everywhere": odd_finding(config, data, frozenset()),
        "with and without biases exchanged": odd_finding(config, data.assign(network=exchanged)),
    }


def judge(config: Any, data: xr.Dataset) -> Finding:
    """Both verdicts on one run as one."""
    own, odd = own_finding(config, data), odd_finding(config, data)
    assert own.rates and odd.rates
    return Finding(
        own.truth & odd.truth,
        Evidence.OBSERVED,
        f"{own.compared}; {odd.compared}",
        f"{own.why}; {odd.why}",
        odd.routes,
        rates={key: min(1.0, own.rates[key] + odd.rates[key]) for key in own.rates},
        figures=own.figures | odd.figures,
        scope=own.scope,
    )


def _data(context: Context) -> tuple[Any, xr.Dataset]:
    config = config_of(NAME, context)
    return config, obtain(NAME, config, context)


def vanishing() -> frozenset[Case]:
    """The cases whose limit kernel has mu_3 = 0 exactly; the others' are certified positive."""
    zero = set()
    for case in CASES:
        value = spectrum(NTK(depth=case.depth, bias=case.bias), 2, ODD).eigenvalues[0]
        if value.exact is not None and value.exact.is_zero():
            zero.add(case)
        elif not value.enclosure.lower > 0:
            raise ArithmeticError(f"mu_{ODD} of {case} is not certified positive")
    return frozenset(zero)


def faster(curves: xr.DataArray, factor: float) -> xr.DataArray:
    """p(factor t), between steps by linear interpolation; beyond the last step the last value stays."""
    steps = curves.step.values
    moved = curves.interp(step=np.minimum(factor * steps, steps[-1]))
    return moved.assign_coords(step=steps).transpose(*curves.dims)


def own_finding(config: Any, data: xr.Dataset) -> Finding:
    """The verdict on the own kernels of one run."""
    refuse_non_finite(network=data.network, own_kernel=data.own_kernel)
    if why := _strange(config):
        return undecided(why, compared="residuals with what initial kernels predict", scope=_scope(config))
    zero = vanishing()
    places = [(case, k) for case in CASES for k in data.degree.values.tolist() if not (case in zero and k == ODD)]
    design = Design(config.seeds, MARGIN, LEVEL, len(places), SPREAD, BIAS)
    errors = np.stack([own_errors(data, case, k) for case, k in places], axis=1)
    tests = equivalence_tests(errors, [f"degree {k}, {case}" for case, k in places], design)
    worst = max(tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
    return Finding(
        conjunction(test.verdict for test in tests),
        Evidence.OBSERVED,
        compared=f"residuals of degrees 1 to 4 in {config.seeds} networks of each depth 2, 3, 4, with and without "
        "biases, with what their own initial kernels predict in discrete time",
        why=f"largest deviation {percent(worst.mean)} ({worst.label}), limits [{percent(worst.lower)}, "
        f"{percent(worst.upper)}], margin {100 * MARGIN:g} %, {config.seeds} seeds",
        routes=("empirical kernels", "trained networks"),
        rates={"false_fail": design.false_fail, "false_pass": design.level},
        figures={
            "own": [_figures(test, *place) for test, place in zip(tests, places)],
            "rejection": rejection(tests, design),
        },
        scope=_scope(config),
    )


def odd_finding(config: Any, data: xr.Dataset, zero: frozenset[Case] | None = None) -> Finding:
    """The verdict on degree 3; ``zero``: the cases in which it must stay, by default theory's."""
    refuse_non_finite(network=data.network, moved=data.moved)
    if why := _strange(config):
        return undecided(why, compared="degree 3 of the residual with mu_3 of the limit kernel", scope=_scope(config))
    zero = vanishing() if zero is None else zero
    cases = [case for case in CASES if case not in zero]
    # Only number and level of the comparisons enter the threshold.
    needed = Design(config.seeds, 1.0, LEVEL, max(1, len(cases)), 1.0).threshold
    ends = [_learned(data, case, needed) for case in cases]
    still = [_still(config, data, case) for case in CASES if case in zero]
    missed = len(cases) * t_tail(needed, config.seeds - 1, (LEFT - END) * sqrt(config.seeds) / END_SPREAD)
    parts = [f"{end['left']:.2f} left at {case}" for case, end in zip(cases, ends)]
    parts += [
        f"moved {row['moved']:.1e} of {row['budget']:.1e} allowed by rounding at {case}"
        for case, row in zip([case for case in CASES if case in zero], still)
    ]
    return Finding(
        conjunction(row["verdict"] for row in ends + still),
        Evidence.OBSERVED,
        compared=f"degree 3 of the residual of {config.seeds} networks of each depth 2, 3, 4, with and without biases, "
        "with mu_3 > 0 or mu_3 = 0 of the limit kernel",
        why=f"{', '.join(parts)}; below {LEFT:g} counts as learned",
        routes=("certified mu_3 of the limit kernels", "trained networks"),
        rates=stated(missed, false_pass=LEVEL),
        figures={"learned": ends, "fixed": still},
        scope=_scope(config),
    )


def _strange(config: Any) -> str:
    """Why the run's grid, weights or harmonics are not theory's; by a kernel whose mu_k are all positive."""
    return on_grid(deep_sphere.problem(config), deep_sphere.DEGREES, config.rings, NTK(depth=2, bias=True))[1]


def _scope(config: Any) -> str:
    return (
        f"S^2, {config.rings} x {2 * config.rings} points, width {config.width}, {config.steps} steps, labels of norm "
        f"{config.amplitude} a degree: lazy training"
    )


def own_errors(data: xr.Dataset, case: Case, degree: int) -> np.ndarray:
    """e of every seed: (seeds,); a share of 1 where the kernel predicts no decay at all."""
    net, own = (data[name].sel(degree=degree, **case.where) for name in ("network", "own_kernel"))
    ahead, decay = (own - net).mean("step"), own.mean("step") - own.isel(step=-1)
    nothing = np.abs(decay) < 1e-6
    return xr.where(nothing, np.sign(ahead), ahead / decay.where(~nothing, 1.0)).values


def _learned(data: xr.Dataset, case: Case, threshold: float) -> dict[str, Any]:
    """One-sided t-test of E s < LEFT; FAILS where E s > LEFT is shown at the same level."""
    curves = data.network.sel(degree=ODD, **case.where)
    ends = (curves.isel(step=-1) / curves.isel(step=0)).values
    t = float((LEFT - ends.mean()) / max(ends.std(ddof=1) / sqrt(len(ends)), 1e-12))
    verdict = HOLDS if t > threshold else FAILS if t < -threshold else UNDECIDED
    return {
        **case.where,
        "left": float(ends.mean()),
        "spread": float(ends.std(ddof=1)),
        "t": t,
        "needed": threshold,
        "verdict": verdict,
    }


def _still(config: Any, data: xr.Dataset, case: Case) -> dict[str, Any]:
    """The largest movement of degree 3 over steps and seeds, as a share of its rounding budget."""
    curves = data.network.sel(degree=ODD, **case.where)
    moved = np.abs(curves - curves.isel(step=0)).max("step").values * config.amplitude  # (seeds,)
    budget = np.asarray(list(_budgets(config, case)))
    kept = float(data.moved.sel(**case.where).max()) <= MOST_MOVED
    worst = int(np.argmax(moved / budget))
    verdict = HOLDS if kept and (moved <= budget).all() else FAILS
    return {**case.where, "moved": float(moved[worst]), "budget": float(budget[worst]), "verdict": verdict}


def _budgets(config: Any, case: Case) -> Iterator[float]:
    """What rounding may move degree 3 by, for every seed; depth 2 alone has such a budget."""
    task = deep_sphere.problem(config)
    column = task.directions[:, _COLUMN]
    with one_thread():
        for seed in range(config.seed, config.seed + config.seeds):
            start = deep_sphere.draw(config, seed, case.depth, case.bias)
            parts = float(rounding(two_layer(start), task)[_COLUMN]) if case.depth == 2 else 0.0
            # f_0 is subtracted: it is rounded once more. Projections over the amplitude: two roundings.
            yield 2 * (2 * parts) + 4 * ROUNDOFF * float((task.sample.weights * column).abs() @ task.labels.abs())


def two_layer(network: DeepNetwork) -> TwoLayer:
    """A depth-2 network without biases as one of Cao et al.: sqrt(m) W2 relu(W1 x) of the same values."""
    first, second = network.weights
    width: int = first.shape[0]
    scaled: Tensor = first * sqrt(2 / width)
    return TwoLayer(scaled, second[0] / sqrt(width))


def _figures(test: Equivalence, case: Case, degree: int) -> dict[str, Any]:
    return {
        **case.where,
        "degree": degree,
        "deviation": test.mean,
        "spread": test.spread,
        "lower": test.lower,
        "upper": test.upper,
        "verdict": test.verdict,
    }


PROCEDURES = {
    "deep-own-kernel": Procedure(own_kernel, own_twins, experiment="deep-sphere"),
    "deep-odd-degrees": Procedure(odd_degrees, odd_twins, experiment="deep-sphere"),
}
JUDGES = {"deep-sphere": Judge(judge)}
