"""Do a user's networks, really trained, follow a kernel? A test over seeds, with both of its error rates.

Measured    d_t = |f_t - f_t of the kernel| / |y - f_0| on the training points, one value a network and checkpoint
Null        E d_t >= margin at some checkpoint t
Alternative E d_t < margin at all of them

by the equivalence test of `verify.statistics.equivalence`. As many networks again, of seeds of their own, are the
pilot: their spread, bounded from above, is what the test assumes of networks that follow, and a mean distance of at
most half the margin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from torch import nn

from numerics.data.user_data import Data
from numerics.networks.training import TrainingDiverged
from numerics.networks.user_networks import made, outputs_at, prepared
from numerics.predictions.following import Followed, follow
from numerics.predictions.modes import Decomposed, decomposed, spaced
from numerics.predictions.modes_of_networks import MOST_EXACT, network_modes
from numerics.predictions.optimisers import Descent
from theory.kernels import Kernel
from theory.kernels.parse import parse_kernel
from verify.bridge import zonal_gram
from verify.statistics.equivalence import FAILS, HOLDS, Design, Equivalence, equivalence_tests, plan_seeds, spread_bound

BIAS_SHARE = 0.5  # of the margin: the mean distance that networks which follow may have
PILOT_SHARE = 0.25  # of false_fail: the chance that the pilot's bound is below the true spread
MOST_SEEDS = 10_000
LEAST_SPREAD = 1e-9  # of the margin


@dataclass(frozen=True, slots=True)
class Following:
    """Networks that follow their kernel: the test of each checkpoint, the mean drift of their kernels, the design."""

    tests: tuple[Equivalence, ...]
    steps: int
    drift: float
    design: Design

    def __str__(self) -> str:
        worst = max(self.tests, key=lambda test: test.upper)
        return (
            f"FOLLOWS the kernel within {worst.margin:.3g} of |y - f_0| until step {self.steps}: largest mean distance "
            f"{worst.mean:.3g} (at most {worst.upper:.3g}) at {worst.label}, {worst.seeds} seeds; kernels moved by "
            f"{self.drift:.2g} of their size; false pass <= {worst.false_pass:.2g}, false fail <= {worst.false_fail:.2g}"
        )


def run(
    make_network: Callable[[int], nn.Module],
    data: Data,
    descent: Descent,
    kernel: Kernel | str | None,
    seeds: int,
    margin: float,
    rates: tuple[float, float],
    checkpoints: Sequence[int] | None,
) -> Following | str:
    """The agreement, or what is wrong; ValueError where these seeds cannot tell. rates: false fail, false pass."""
    if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 3:
        raise ValueError(f"seeds: an integer >= 3 wanted, got {seeds!r}")
    for name, value, most in (("margin", margin, 1), ("false_fail", rates[0], 0.5), ("false_pass", rates[1], 0.5)):
        if not 0 < value < most:
            raise ValueError(f"0 < {name} < {most} wanted, got {value}")
    if data.points * data.outputs > MOST_EXACT:
        raise ValueError(f"{data.points * data.outputs} values, allowed: up to {MOST_EXACT}, whose modes are all known")
    chosen = parse_kernel(kernel) if isinstance(kernel, str) else kernel
    steps = [step for step in (spaced(descent.steps) if checkpoints is None else sorted(set(checkpoints))) if step > 0]
    if not steps:
        raise ValueError("checkpoints after the start wanted, at least one")
    runs = []
    for seed in range(2 * seeds):
        try:
            runs.append(_one(make_network, seed, data, descent, chosen, steps))
        except TrainingDiverged as error:
            return f"LEAVES the kernel: seed {seed} diverged, {error}, at rates that are safe for the kernel"
    distances = np.array([found.distance for found in runs])
    if not np.ptp(distances, axis=0).any():
        raise ValueError("make_network(seed) ignores its seed: every network is the same")
    return _judged(distances[:seeds], distances[seeds:], runs[:seeds], steps, margin, rates)


def _one(
    make_network: Callable[[int], nn.Module],
    seed: int,
    data: Data,
    descent: Descent,
    kernel: Kernel | None,
    steps: Sequence[int],
) -> Followed:
    network, rows = prepared(made(make_network, seed), data.inputs)
    ready = replace(
        data, inputs=rows, **{n: getattr(data, n).to(rows) for n in ("targets", "test_inputs", "test_targets")}
    )
    if outputs_at(network, rows[:2]).shape[1] != data.outputs:
        raise ValueError(f"a network of {data.outputs} outputs wanted, as many as the targets have columns")
    return follow(network, ready, _modes(network, ready, descent, kernel), descent, steps)


def _modes(network: nn.Module, data: Data, descent: Descent, kernel: Kernel | None) -> Decomposed:
    own = network_modes(network, replace(data, test_inputs=data.inputs[:0], test_targets=data.targets[:0]), True)
    if kernel is None:
        return own if descent.weight_decay else replace(own, decayed=own.decayed * 0)
    if descent.weight_decay:
        raise ValueError("weight decay pulls at theta_0, which a limit kernel does not know: allowed: the own kernel")
    residual = (data.targets - outputs_at(network, data.inputs)).double()
    return decomposed(zonal_gram(kernel, data.inputs.double().flatten(1)), residual)


def _judged(
    tested: np.ndarray,
    pilot: np.ndarray,
    runs: Sequence[Followed],
    steps: Sequence[int],
    margin: float,
    rates: tuple[float, float],
) -> Following | str:
    """The verdict on distances (seeds, checkpoints): what is excluded is wrong even where the pilot is too wide."""
    miss = PILOT_SHARE * rates[0] / len(steps)
    spread = max([spread_bound(column, miss) for column in pilot.T if np.ptp(column) > 0], default=0.0)
    design = Design(len(tested), margin, rates[1], len(steps), max(spread, LEAST_SPREAD * margin), BIAS_SHARE * margin)
    tests = equivalence_tests(tested, [f"step {step}" for step in steps], design)
    drift = float(np.mean([found.drift for found in runs]))
    left = next((place for place, test in enumerate(tests) if test.verdict == FAILS), None)
    if left is not None:
        return _leaves(tests, left, runs, drift)
    open_ = [test for test in tests if test.verdict != HOLDS]
    if not open_ and design.false_fail <= (1 - PILOT_SHARE) * rates[0]:
        return Following(tests, steps[-1], drift, design)
    raise ValueError(_undecided(open_, design, rates))


def _leaves(tests: Sequence[Equivalence], left: int, runs: Sequence[Followed], drift: float) -> str:
    followed = 0
    while tests[followed].verdict == HOLDS:
        followed += 1
    test = tests[left]
    until = (
        f"follows it within {test.margin:.3g} of |y - f_0| until {tests[followed - 1].label}, then " if followed else ""
    )
    losses = [float(np.mean([getattr(found, name)[left] for found in runs])) for name in ("loss", "predicted")]
    return (
        f"{until}LEAVES the kernel at {test.label}: mean distance {test.mean:.3g} (at least {test.lower:.3g}) of "
        f"|y - f_0|, loss {losses[0]:.3g} where {losses[1]:.3g} is predicted, {test.seeds} seeds; in the end the networks' "
        f"own kernels have moved by {drift:.2g} of their size"
    )


def _undecided(open_: Sequence[Equivalence], design: Design, rates: tuple[float, float]) -> str:
    try:
        wanted = plan_seeds(
            design.margin,
            rates[1],
            (1 - PILOT_SHARE) * rates[0],
            design.comparisons,
            design.spread,
            design.bias,
            MOST_SEEDS,
        )
        enough = f"{wanted.seeds} seeds decide it for networks whose mean distance is below half the margin"
    except ValueError:
        enough = f"{MOST_SEEDS} seeds are too few: a larger margin or wider networks are needed"
    what = "UNDECIDED at " + ", ".join(test.label for test in open_) if open_ else "UNDECIDED: false fail is not kept"
    return f"{what} with {design.seeds} seeds and a spread of at most {design.spread:.2g}: {enough}"
