"""Is the tangent kernel of a user's wide networks at initialisation a given limit kernel?

Measured    e_ij = (K(x_i, x_j) - kappa(<x_i, x_j>)) / kappa(1), one value for each network; of several outputs
            for each pair of them, in the limit 0 where they are two
Null        |E e_ij| >= margin for some pair i <= j
Alternative |E e_ij| < margin for all pairs

at the largest width, by the equivalence test of `verify.statistics.equivalence`. The next smaller width is the
pilot: networks of seeds of their own, whose spread, multiplied by sqrt(pilot width / width), is what
the test assumes of a right theory. Assumed besides: seed values that are normal, a spread that falls
as width^-1/2, and a finite-width bias of at most a quarter of the margin, which is zero for two
layers and falls as 1/width for more (Hanin and Nica 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike
from torch import Tensor

from numerics.experiments.config import one_thread
from theory.kernels import Kernel
from theory.kernels.parse import parse_kernel
from verify.statistics.equivalence import FAILS, HOLDS, Equivalence, equivalence_tests
from verify.testing.diagnosis import explained
from verify.testing.layers import limit_matrix, parts
from verify.testing.measuring import MakeNetwork, Measured, checked_points, measure
from verify.testing.plan import Limit, Plan, planned


@dataclass(frozen=True, slots=True)
class Agreement:
    """A kernel that was confirmed: the test of every pair, the plan, and the width that was tested."""

    width: int
    tests: tuple[Equivalence, ...]
    plan: Plan

    def __str__(self) -> str:
        worst = max(self.tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
        return (
            f"width {self.width}: {self.plan.limit.kernel} within {worst.margin:g} {self.plan.limit.unit} at "
            f"{len(self.tests)} pairs of points; largest deviation {worst.mean:+.4f} {self.plan.limit.unit}, limits "
            f"[{worst.lower:+.4f}, {worst.upper:+.4f}], at {worst.label}; {self.plan.sentence()}"
        )


def asked(
    kernel: Kernel | str, points: ArrayLike | Tensor, margin: float, false_fail: float, false_pass: float
) -> Limit:
    """The request, checked: one line says what is wrong with it."""
    kernel = parse_kernel(kernel) if isinstance(kernel, str) else kernel
    if not isinstance(kernel, Kernel):
        raise ValueError(f"a kernel of theory.kernels or its text wanted, got {type(kernel).__name__}")
    rates = {"margin": (margin, 1), "false_fail": (false_fail, 0.5), "false_pass": (false_pass, 0.5)}
    for name, (value, most) in rates.items():
        if not 0 < value < most:
            raise ValueError(f"0 < {name} < {most} wanted, got {value}")
    rows = checked_points(points)
    matrix, layers = limit_matrix(kernel, rows), parts(kernel, rows)
    return Limit(repr(kernel), rows, matrix, layers, margin, false_fail, false_pass)


def check_sizes(widths: Sequence[int], seeds: int) -> tuple[int, ...]:
    """Widths in increasing order, at least two; at least 3 seeds each."""
    sizes = tuple(sorted(set(widths)))
    if len(sizes) < 2 or any(isinstance(w, bool) or not isinstance(w, int) or w < 1 for w in sizes):
        raise ValueError(f"widths: at least two different integers >= 1 wanted (a pilot and a test), got {widths!r}")
    if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 3:
        raise ValueError(f"seeds: an integer >= 3 wanted, the number of networks of each width, got {seeds!r}")
    return sizes


def run(make_network: MakeNetwork, limit: Limit, widths: tuple[int, ...], seeds: int) -> Agreement | str:
    """The agreement, or what is wrong; ValueError where these sizes cannot tell at the rates asked for."""
    # Seeds of its own for every width; the largest has 0, ..., seeds-1.
    ranges = {w: range(seeds * place, seeds * (place + 1)) for place, w in enumerate(reversed(widths))}
    with one_thread():  # many small networks: threads would only wait for each other
        runs = [measure(make_network, width, ranges[width], limit.points) for width in widths]
    if len(found := sorted({one.outputs for one in runs})) > 1:
        raise ValueError(f"an output (n,) or (n, q) with the same q at every width wanted, got q = {found}")
    return judged(planned(limit.of_outputs(found[0]), runs[-2]), runs)


def judged(plan: Plan, runs: list[Measured]) -> Agreement | str:
    """The verdict on runs in order of width, the last one tested.

    A kernel that is excluded is wrong even where the plan is not kept: a right one is excluded at
    most at the level. Anything else needs the plan.
    """
    tested = runs[-1]
    tests = pair_tests(plan, tested)
    if any(test.verdict == FAILS for test in tests):
        return explained(plan, runs, tests)
    if not plan.kept(tested.width):
        limit = plan.limit
        raise ValueError(
            f"width {tested.width} and {plan.seeds} seeds keep no false-fail rate of {limit.false_fail:g} "
            f"at a margin of {limit.margin:g} {limit.unit}: {plan.sentence()}"
        )
    return Agreement(tested.width, tests, plan) if confirmed(tests) else explained(plan, runs, tests)


def pair_tests(plan: Plan, tested: Measured) -> tuple[Equivalence, ...]:
    """The equivalence test of every pair."""
    limit = plan.limit
    return equivalence_tests(limit.errors(tested.total), limit.labels(), plan.design(tested.width))


def confirmed(tests: tuple[Equivalence, ...]) -> bool:
    """Whether every pair is within the margin."""
    return all(test.verdict == HOLDS for test in tests)
