"""What is wrong with a kernel that was not confirmed: its scale, the scales of its layers, or its shape."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from theory.numbers.truth import Truth
from verify.statistics.equivalence import FAILS, HOLDS, Design, Equivalence, equivalence_tests
from verify.testing.layers import Part
from verify.testing.measuring import Measured
from verify.testing.plan import Limit, Plan

GROWS = 0.25  # exponent of the width from which a factor counts as growing
DEFAULT_START = (0.30, 0.37)  # variance times fan-in of torch's nn.Linear is 1/3


def explained(plan: Plan, runs: list[Measured], tests: tuple[Equivalence, ...]) -> str:
    """Lines for an AssertionError: the kind of error first, then measured against predicted."""
    limit, tested = plan.limit, runs[-1]
    scale = _scale(tested.total.mean(axis=0), limit.matrix)
    shape, worst_shape = _shape(limit, tested.total, limit.matrix)
    rows = [_row(limit, runs, index, part) for index, part in enumerate(matched(tested, limit.parts))]
    failed = any(test.verdict == FAILS for test in tests)
    kind = _kind(failed, shape, scale, rows, limit.margin)
    worst = max(tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
    lines = [
        f"the tangent kernel of width {tested.width} is not {limit.kernel}: {kind}",
        _entry(limit, tested, worst),
        f"overall factor {scale:.4g}; divided by it, the largest deviation is {worst_shape:.3g} {limit.unit}, "
        f"margin {limit.margin:g}",
        *(row.text for row in rows),
        _rescaled(plan, runs).sentence(),
    ]
    if not failed:
        lines[0] = lines[0].replace("is not", "is not confirmed to be", 1)
    return "\n  ".join(lines)


def _rescaled(plan: Plan, runs: list[Measured]) -> Plan:
    """The plan for networks of the right scale: those of a wrong one vary as much more as they are larger."""
    pilot = next(run for run in runs if run.width == plan.pilot_width)
    factor = abs(_scale(pilot.total.mean(axis=0), plan.limit.matrix))
    return replace(plan, spread=plan.spread / factor) if factor > 1 else plan


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter tensor beside its part of the limit kernel; ratio: measured over predicted factor."""

    text: str
    shape: Truth
    off: bool
    ratio: float | None = None


def matched(run: Measured, parts: tuple[Part, ...]) -> tuple[Part | None, ...]:
    """The part of each tensor: weights in order of layers, each bias with the weights before it.

    Empty where the weights are neither as many as the layers nor as many as the trained ones.
    """
    bias = [len(shape) < 2 and "bias" in name for name, shape in zip(run.names, run.shapes)]
    weights = [part for part in parts if not part.bias]
    layers = next(
        (
            [part.layer for part in chosen]
            for chosen in (weights, [p for p in weights if p.scale])
            if chosen and len(chosen) == bias.count(False)
        ),
        None,
    )
    if layers is None:
        return ()
    found, seen = [], 0
    for is_bias in bias:
        seen += not is_bias
        of_layer = (p for p in parts if seen and p.layer == layers[seen - 1] and p.bias == is_bias)
        found.append(next(of_layer, None))
    return tuple(found)


def _kind(failed: bool, shape: Truth, scale: float, rows: list[Row], margin: float) -> str:
    if not failed:
        return "its seeds vary too much to tell, or the error is close to the margin; take a larger width"
    common = all(row.ratio is not None and abs(row.ratio / scale - 1) <= margin for row in rows)
    layers = _conjunction(row.shape for row in rows)
    if not common and any(row.off for row in rows) and layers is not Truth.FAILS:
        if layers is Truth.HOLDS:
            return "wrong scales of layers, right shape of every layer within the margin"
        return "wrong scales of layers, no shape settled at this width"
    if shape is Truth.HOLDS:
        return f"wrong scale, right shape within the margin (every entry is {scale:.4g} times the predicted one)"
    return (
        "wrong kernel (its shape differs)" if shape is Truth.FAILS else "wrong scale, shape not settled at this width"
    )


def _entry(limit: Limit, run: Measured, worst: Equivalence) -> str:
    i, j = (index[limit.labels().index(worst.label)] for index in limit.pairs)
    cosine = float(limit.points[i // limit.outputs] @ limit.points[j // limit.outputs])
    low, high = (limit.matrix[i, j] + limit.trace * value for value in (worst.lower, worst.upper))
    return (
        f"largest error at {worst.label}, <x, x'> = {cosine:+.4f}: measured {run.total[:, i, j].mean():.4g} "
        f"in [{low:.4g}, {high:.4g}], predicted {limit.matrix[i, j]:.4g}, {worst.seeds} networks"
    )


def _row(limit: Limit, runs: list[Measured], index: int, part: Part | None) -> Row:
    run = runs[-1]
    name, measured = run.names[index], run.kernels[:, index]
    if part is None:
        share = float(np.abs(measured.mean(axis=0)).max() / limit.trace)
        text = f"{name}: adds up to {share:.3g} {limit.unit}, the kernel has no such part{_started(run, index)}"
        return Row(text, Truth.FAILS if share > limit.margin else Truth.HOLDS, share > limit.margin)
    factors = [_factors(r.kernels[:, index], part.unit) for r in runs]
    last = factors[-1]
    predicted = part.scale or 1.0
    design = Design(len(last), limit.margin, limit.false_pass, len(run.names), 1.0, 0.0)
    (test,) = equivalence_tests(((last - part.scale) / predicted)[:, None], [name], design)
    mean = float(last.mean())
    shape, worst = _shape(limit, measured, part.unit)
    what = f"layer {part.layer}, {'biases' if part.bias else 'weights'} ({name})"
    limits = [part.scale + predicted * value for value in (test.lower, test.upper)]
    text = f"{what}: factor {mean:.4g} in [{limits[0]:.4g}, {limits[1]:.4g}], predicted {part.scale:.4g}"
    if test.verdict != HOLDS:
        text += f", {mean / predicted:.3g} times as large" if part.scale else ", not trained in the theory"
    text += _growth(runs, [float(f.mean()) for f in factors]) + _started(run, index)
    if shape is Truth.FAILS:
        text += f"; shape off by {worst:.3g} of its diagonal"
    return Row(text, shape, test.verdict != HOLDS, mean / predicted)


def _growth(runs: list[Measured], means: list[float]) -> str:
    if min(means) <= 0:
        return ""
    exponent = math.log(means[-1] / means[0]) / math.log(runs[-1].width / runs[0].width)
    if abs(exponent) < GROWS:
        return ""
    verb = "grows" if exponent > 0 else "falls"
    return f", and {verb} as width^{exponent:.2f} from width {runs[0].width} on: no limit without a power of the width"


def _started(run: Measured, index: int) -> str:
    start, bias = run.starts[index], len(run.shapes[index]) < 2
    if bias:
        return f"; starts at random, not at 0 (rms {start:.2g}), which changes the shape" if start > 0 else ""
    default = DEFAULT_START[0] < start < DEFAULT_START[1]
    return f"; drawn with variance {start:.3g}/fan-in" + (" (torch's default for nn.Linear is 1/3)" if default else "")


def _scale(measured: np.ndarray, predicted: np.ndarray) -> float:
    """The factor c that makes |measured - c predicted| least."""
    return float((measured * predicted).sum() / (predicted**2).sum())


def _factors(kernels: np.ndarray, unit: np.ndarray) -> np.ndarray:
    return (kernels * unit).sum(axis=(1, 2)) / (unit**2).sum()


def _shape(limit: Limit, kernels: np.ndarray, unit: np.ndarray) -> tuple[Truth, float]:
    """Whether kernels, each divided by its own factor, have the shape of ``unit``: the margin is a share of
    its largest entry. With the deviation that is largest."""
    factors = _factors(kernels, unit)
    if not (factors > 0).all():
        return Truth.FAILS, math.inf
    errors = ((kernels / factors[:, None, None] - unit) / np.abs(unit).max())[:, *limit.pairs]
    tests = equivalence_tests(errors, limit.labels(), limit.design(len(errors), 1.0))
    return _conjunction(test.verdict for test in tests), max(abs(test.mean) for test in tests)


def _conjunction(verdicts: Iterable[str | Truth]) -> Truth:
    total = Truth.HOLDS
    for verdict in verdicts:
        total = total & Truth(str(verdict))
    return total
