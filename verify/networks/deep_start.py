"""Is the tangent kernel of a deep network at its start that of NTK(depth=L)? Depths 3 and 4 on S^2.

Measured    R_k = phi_k' W K_0 W phi_k / (phi_k' W phi_k) of random networks, k = 0, ..., 4, and the
            trace T = sum_i w_i K_0(x_i, x_i), hidden biases or none
Formula     E R_k -> q_k, the certified mu_k with the aliasing of the grid, and E T = kappa(1) at EVERY
            width (half of the units are open at a point whatever the layer below). In deeper layers
            E R_k is off by O(1/m), the spread by O(m^-1/2)
Compared    R_k / q_k - T / kappa(1), in which the common factor of one network cancels: half the spread of
            R_k / q_k - 1, and the same mean; and the size: the mean of K_0(x, x) / kappa(1) over the ends of the
            axes, less 1, of many narrow networks, as no width has a bias there and narrow ones cost least
Null        |mean| >= MARGIN for some degree, depth or bias, or SIZE_MARGIN for some size; equivalence tests over
            networks

Pilot: 256 networks at each of the widths 64 and 256, seeds 5 100 000, ...: spread of the shape at most .213 and
.100, which are .151 and .141 at width 128; bias at most .046 and .013, which falls with the width: at most .026 there.
Of sizes, 46 080 networks a depth, first seed 22 000 000: within
.0028 of 1, spread at most .541, whose bound is SIZE_SPREAD. Bounds are missed with probability 1e-3 each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
import torch

from numerics.data.points import DTYPE
from numerics.experiments.config import generator_of, one_thread
from numerics.experiments.limits import deep_sphere
from numerics.networks import deep
from numerics.predictions.limit_kernels import rayleigh_quotients
from theory.kernels import NTK, diagonal
from theory.numbers.truth import Evidence
from verify.findings.claim import Context, Finding, Procedure
from verify.networks.population import conjunction, finite, percent, quotients, undecided
from verify.networks.runs import first_seed
from verify.statistics.equivalence import Design, Equivalence, Pilot, equivalence_tests, rejection, stated

DEGREES = (0, 1, 2, 3, 4)
DEPTHS = (3, 4)
SIZES = {"quick": (128, 1024), "full": (512, 2048), "paper": (1024, 8192)}  # width, networks
BATCH = 64
PILOT_WIDTH = 128
MARGIN, SPREAD, BIAS = 0.085, 0.151, 0.026
LEVEL = 1e-6  # of the shapes, and again of the sizes
NARROW, NARROW_NETWORKS, NARROW_BATCH = 16, 24_576, 256
SIZE_MARGIN, SIZE_SPREAD = 0.04, 0.547
LAST_DEGREE = 80  # dropping the degrees above changes q_k by 1e-4 of itself at most


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """One depth with or without biases: R_k (networks, q), T (networks,), and K_0(x, x) of narrow networks."""

    kernel: NTK
    quotients: np.ndarray
    trace: np.ndarray
    size: np.ndarray


def deep_kernel(context: Context) -> Finding:
    """Random networks of the profile's width against the certified spectra."""
    return finding(draw(context), SIZES[context.profile][0])


def deep_kernel_twins(context: Context) -> dict[str, Finding]:
    """Wrong kernels held against the same networks: each must fail."""
    return twins(draw(context), SIZES[context.profile][0])


def draw(context: Context) -> list[Start]:
    """The networks of all depths, in batches with a generator each."""
    width, networks = SIZES[context.profile]
    task = deep_sphere.problem(deep_sphere.EXPERIMENT.configure(), DEGREES)
    kernels = [NTK(depth=depth, bias=bias) for depth in DEPTHS for bias in (False, True)]
    starts = []
    with one_thread():
        for place, kernel in enumerate(kernels):
            forms, traces = [], []
            architecture = deep.Architecture(2, (width,) * (kernel.depth - 1), bias=kernel.bias)
            for batch in range(networks // BATCH):
                seed = (first_seed(context) + batch) * len(kernels) + place
                network = deep.initialise(architecture, torch.Generator().manual_seed(seed), BATCH)
                matrices = deep.empirical_kernel(network, task.sample.points)
                forms.append(rayleigh_quotients(matrices, task))
                traces.append(matrices.diagonal(dim1=-2, dim2=-1) @ task.sample.weights)
            size = sizes(kernel, first_seed(context) * len(kernels) + place, NARROW_NETWORKS)
            starts.append(Start(kernel, torch.cat(forms).numpy(), torch.cat(traces).numpy(), size))
            if context.progress is not None:
                context.progress(place + 1, len(kernels), "deep kernels")
    return starts


def sizes(kernel: NTK, seed: int, networks: int) -> np.ndarray:
    """Mean of K_0(x, x) over the ends of the axes, for narrow networks from one generator: (networks,)."""
    ends = torch.cat([torch.eye(3, dtype=DTYPE), -torch.eye(3, dtype=DTYPE)])
    architecture = deep.Architecture(2, (NARROW,) * (kernel.depth - 1), bias=kernel.bias)
    generator, found = generator_of(seed, NARROW), []
    for _ in range(networks // NARROW_BATCH):
        network = deep.initialise(architecture, generator, NARROW_BATCH)
        found.append(deep.empirical_kernel(network, ends).diagonal(dim1=-2, dim2=-1).mean(-1))
    return torch.cat(found).numpy()


def twins(starts: list[Start], width: int) -> dict[str, Finding]:
    """Findings for wrong depths, biases and layer scales, and for kernels too large or too small."""

    def other(change: Any) -> Finding:
        return finding([replace(start, kernel=change(start.kernel)) for start in starts], width)

    return {
        "one layer more": other(lambda kernel: NTK(depth=kernel.depth + 1, bias=kernel.bias)),
        "one layer less": other(lambda kernel: NTK(depth=kernel.depth - 1, bias=kernel.bias)),
        "with and without biases exchanged": other(lambda kernel: NTK(depth=kernel.depth, bias=not kernel.bias)),
        "first layer not trained": other(
            lambda kernel: NTK(depth=kernel.depth, layer_scales=(0, *(1,) * (kernel.depth - 1)), bias=kernel.bias)
        ),
        "kernel +7 %": finding([_scaled(start, 1 / 1.07) for start in starts], width),
        "kernel -7 %": finding([_scaled(start, 1 / 0.93) for start in starts], width),
        "degree 4 +20 %": finding([_raised(start, 1 / 1.2) for start in starts], width),
    }


def _scaled(start: Start, factor: float) -> Start:
    return replace(start, quotients=factor * start.quotients, trace=factor * start.trace, size=factor * start.size)


def _raised(start: Start, factor: float) -> Start:
    return replace(start, quotients=start.quotients * np.array([1.0, 1.0, 1.0, 1.0, factor]))


def finding(starts: list[Start], width: int) -> Finding:
    """The verdict on all degrees and traces together."""
    task = deep_sphere.problem(deep_sphere.EXPERIMENT.configure(), DEGREES)
    columns, names, relative = [], [], []
    for start in starts:
        expected, trace = quotients(start.kernel, task, LAST_DEGREE).numpy(), float(diagonal(start.kernel))
        shape = start.quotients / np.where(expected > 0, expected, np.inf) - start.trace[:, None] / trace
        columns += [*shape.T]
        names += [f"degree {k}, {_name(start.kernel)}" for k in DEGREES]
        relative.append(start.size / trace - 1)
    networks, pilot = len(starts[0].trace), Pilot(PILOT_WIDTH, MARGIN, LEVEL, len(columns), SPREAD, BIAS)
    if refusal := pilot.refusal(width, networks):
        return undecided(
            refusal,
            compared="Rayleigh quotients and traces of initial kernels with the certified mu_k",
            routes=("certified mu_k", "empirical kernels of random networks"),
        )
    design = pilot.design(width, networks)
    size = Design(len(starts[0].size), SIZE_MARGIN, LEVEL, len(starts), SIZE_SPREAD)
    shapes = equivalence_tests(np.stack(columns, axis=1), names, design)
    of_size = equivalence_tests(np.stack(relative, axis=1), [f"size, {_name(s.kernel)}" for s in starts], size)
    tests, largest = (*shapes, *of_size), max(of_size, key=lambda test: abs(test.mean))
    worst = max(shapes, key=lambda test: max(abs(test.lower), abs(test.upper)))
    return Finding(
        conjunction(test.verdict for test in tests),
        Evidence.OBSERVED,
        compared=f"Rayleigh quotients of degrees 0 to 4 of the initial kernels of {networks} networks of width {width} "
        f"with the certified mu_k, aliasing included, and the size of those of {size.seeds} of width {NARROW} with kappa(1)",
        why=f"largest deviation {percent(worst.mean)} ({worst.label}), limits [{percent(worst.lower)}, "
        f"{percent(worst.upper)}], margin {100 * design.margin:.3g} %; z = {_z(worst):+.1f}; size off by at most "
        f"{percent(largest.mean)}, margin {100 * SIZE_MARGIN:g} %",
        routes=("certified mu_k", "empirical kernels of random networks"),
        rates=stated(design.false_fail, size.false_fail, false_pass=2 * LEVEL),
        figures={
            "tests": [_figures(test) for test in tests],
            "rejection": max(rejection(shapes, design), rejection(of_size, size)),
        },
        scope=f"S^2, depths 3 and 4, with and without hidden biases, width {width}",
    )


def _name(kernel: NTK) -> str:
    return f"depth {kernel.depth} {'with' if kernel.bias else 'without'} biases"


def _z(test: Equivalence) -> float:
    return test.mean / (test.spread / sqrt(test.seeds))


def _figures(test: Equivalence) -> dict[str, Any]:
    return {
        "label": test.label,
        "deviation": finite(test.mean),
        "spread": test.spread,
        "z": finite(_z(test)),
        "lower": test.lower,
        "upper": test.upper,
        "verdict": test.verdict,
    }


PROCEDURES = {"deep-initial-kernel": Procedure(deep_kernel, deep_kernel_twins)}
