"""A limit that was read, held against the kernels of random networks: HOLDS, FAILS or UNDECIDED, with error rates.

Every share is divided by its power of the width, so that none hides the others. A pilot says how much seeds vary;
from it follow the width and the number of seeds that keep the rates at the least work, before the test is made. Wrong
limits, twins, are put before the same test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from numerics.experiments.config import one_thread
from numerics.networks.architectures import Power, Signal
from numerics.predictions.wide_limits import wide_limit
from theory.kernels import NTK, Kernel, Multiple
from verify.statistics.equivalence import FAILS, HOLDS, Equivalence, plan_seeds
from verify.testing.layers import limit_matrix
from verify.testing.measuring import Measured, measure, on_sphere, tangent_kernels
from verify.testing.plan import BIAS_SHARE, PILOT_SHARE, Limit, Plan, planned
from verify.testing.tangent import pair_tests
from verify.testing.wide import Reading

UNDECIDED = "UNDECIDED"
PLACES = (0, 1, 3)  # of the points: enough to tell kernels apart, and quick
OUTPUTS = 2  # of more, the first ones
WORST = 0.1  # share of the margin by which the computed limit itself may be off
LARGER = (1.5, 2.0, 4.0, 8.0)  # factors of a variance in a twin, the first that is seen
SEEN = 2.0  # margins that a twin is away
EXACT = 1e-4  # of max K(x, x): a kernel without hidden layer does not depend on the seed; float32


@dataclass(frozen=True, slots=True)
class Sizes:
    """How a limit is held against measured kernels.

    margin: the smallest error that counts, a share of max K(x, x). pilot: width and seeds of the pilot; of the test at
    least four times that width. widest, most: width and seeds that are allowed.
    """

    margin: float = 0.2
    false_fail: float = 1e-3
    false_pass: float = 1e-3
    pilot: int = 64
    seeds: int = 32
    widest: int = 1024
    most: int = 1000

    def __post_init__(self) -> None:
        for name, least in (("seeds", 3), ("pilot", 1), ("widest", 4), ("most", 3)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"{name}: an integer >= {least} wanted, got {value!r}")
        for name, most in (("margin", 1.0), ("false_fail", 0.5), ("false_pass", 0.5)):
            if not 0 < getattr(self, name) < most:
                raise ValueError(f"0 < {name} < {most} wanted, got {getattr(self, name)!r}")


@dataclass(frozen=True, slots=True)
class Twin:
    """A wrong limit before the same test; away: its largest distance from the right one, a share of max K(x, x)."""

    what: str
    away: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The verdict, the width and the seeds of the test (None where it was not made), why, and the twins."""

    verdict: str
    width: int | None
    seeds: int | None
    why: str
    sizes: Sizes
    twins: tuple[Twin, ...] = ()

    def __str__(self) -> str:
        at = "" if self.seeds is None else f" ({self.seeds} networks{f' of width {self.width}' if self.width else ''})"
        return f"{self.verdict}{at}: {self.why}"


class _Few(nn.Module):
    """The first outputs of a network."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """(n,) or (n, OUTPUTS)."""
        values = self.network(x)
        return values if values.ndim < 2 else values[:, :OUTPUTS]


def confirm(reading: Reading, sizes: Sizes = Sizes()) -> Confirmation:
    """Hold the limit of a reading against the mean of measured kernels.

    >>> from numerics.networks.user_modules import Maker
    >>> from verify.testing.wide import read_limit
    >>> stack = lambda seed, width: nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, 1))
    >>> confirm(read_limit(Maker(stack, "make")), Sizes(margin=0.2)).verdict
    'HOLDS'
    """
    limit = asked(reading, sizes)
    with one_thread():
        if not any(isinstance(source.given, Signal) for source in reading.architecture.sources):
            return _without_hidden_layer(reading, limit, sizes)
        error = reading.limit.error
        if error > WORST * sizes.margin:
            why = (
                f"the limit is computed to {error:.2g} of it alone, and a margin of {error / WORST:.2g} or more wanted"
            )
            return Confirmation(UNDECIDED, None, None, why, sizes)
        pilot = measured(reading, limit, sizes.pilot, range(10**6, 10**6 + sizes.seeds))
        plan = planned(limit.of_outputs(pilot.outputs), pilot)
        found = _cheapest(reading, sizes, plan)
        if isinstance(found, str):
            return Confirmation(UNDECIDED, None, None, found, sizes)
        width, plan = found
        tested = measured(reading, limit, width, range(plan.seeds))
    tests = _tests(plan, tested, width)
    worst = max(tests, key=lambda test: max(abs(test.lower), abs(test.upper)))
    why = (
        f"{worst.label} is {worst.mean:+.4f} {limit.unit} from the limit, in [{worst.lower:+.4f}, {worst.upper:+.4f}], "
        f"the most of {len(tests)} pairs; margin {sizes.margin:g}"
    )
    twins = tuple(_twin(plan, tested, width, *wrong) for wrong in _wrong(reading, limit))
    shown = None if reading.architecture.widths is None else width
    return Confirmation(verdict_of(tests), shown, plan.seeds, why, sizes, twins)


def asked(reading: Reading, sizes: Sizes) -> Limit:
    """The balanced limit at some of the points."""
    places = _places(reading)
    rows = torch.from_numpy(reading.architecture.points[places])
    matrix = reading.limit.balanced[np.ix_(places, places)]
    return Limit("the limit", rows, matrix, (), sizes.margin, sizes.false_fail, sizes.false_pass)


def _places(reading: Reading) -> list[int]:
    return [place for place in PLACES if place < len(reading.architecture.points)]


def measured(reading: Reading, limit: Limit, width: int, seeds: range) -> Measured:
    """Kernels of a width, each parameter's divided by its power; of the networks' own where they have no width."""
    own = reading.architecture.widths is None
    found = measure(lambda w, seed: _Few(reading.maker.module(seed, None if own else w)), width, seeds, limit.points)
    powers = {f"network.{share.name}": float(share.kernel.exponent) for share in reading.limit.shares}
    factors = np.array([1.0 if own else width ** -powers.get(name, 0.0) for name in found.names])
    return replace(found, kernels=found.kernels * factors[:, None, None])


def _cheapest(reading: Reading, sizes: Sizes, plan: Plan) -> tuple[int, Plan] | str:
    """Width and seeds that keep the rates at the least seeds * width^2; or what would be needed."""
    own = reading.architecture.widths is None
    widths = [sizes.pilot] if own else [w for k in range(2, 20) if (w := sizes.pilot * 2**k) <= sizes.widest]
    limit, found = plan.limit, []
    for width in widths:
        spread = plan.spread * (plan.pilot_width / width) ** 0.5
        rate = (1 - PILOT_SHARE) * limit.false_fail
        try:
            design = plan_seeds(limit.margin, limit.false_pass, rate, len(limit.pairs[0]), spread, BIAS_SHARE * limit.margin,
                                sizes.most)  # fmt: skip
        except ValueError:
            continue
        found.append((design.seeds * width**2, width, max(design.seeds, 3)))
    if found:
        _, width, seeds = min(found)
        return width, replace(plan, seeds=seeds)
    allowed = f"{sizes.most} seeds" + ("" if own else f" of width up to {sizes.widest}")
    return (
        f"seeds vary by {plan.spread:.2g} {limit.unit} at most: {allowed} keep no rates at a margin of {limit.margin:g}"
    )


def _tests(plan: Plan, tested: Measured, width: int) -> tuple[Equivalence, ...]:
    return pair_tests(plan, replace(tested, width=width))


def verdict_of(tests: tuple[Equivalence, ...]) -> str:
    """HOLDS where every pair does, FAILS where one does."""
    verdicts = {test.verdict for test in tests}
    return FAILS if FAILS in verdicts else (HOLDS if verdicts == {HOLDS} else UNDECIDED)


def _without_hidden_layer(reading: Reading, limit: Limit, sizes: Sizes) -> Confirmation:
    """The kernel is the same for every seed: compared as it is."""
    network = _Few(reading.maker.module(0, None if reading.architecture.widths is None else sizes.pilot))
    parameters = [p for p in network.parameters() if p.requires_grad]
    kernel = tangent_kernels(network, limit.points.to(parameters[0]), parameters).sum(axis=0)
    limit = limit.of_outputs(len(kernel) // len(limit.points))
    off = float(np.abs(kernel - limit.matrix).max() / limit.trace)
    why = f"without a hidden layer the kernel is the same for every seed, {off:.2g} {limit.unit} from the limit"
    return Confirmation(HOLDS if off <= EXACT else FAILS, None, 1, why, sizes)


def _twin(plan: Plan, tested: Measured, width: int, what: str, wrong: np.ndarray) -> Twin:
    away = float(np.abs(np.kron(wrong, np.eye(plan.limit.outputs)) - plan.limit.matrix).max()) / plan.limit.trace
    limit = replace(plan.limit, matrix=np.kron(wrong, np.eye(plan.limit.outputs)))
    return Twin(what, away, verdict_of(_tests(replace(plan, limit=limit), tested, width)))


def _wrong(reading: Reading, limit: Limit) -> Iterator[tuple[str, np.ndarray]]:
    """Limits of wrong variances and of another depth that are SEEN margins away or more."""
    places = _places(reading)
    scale = limit.trace * limit.margin * SEEN
    for place, source in enumerate(reading.architecture.sources):
        if source.is_bias or not source.entries.variance.value:
            continue
        for factor in LARGER:
            wrong = with_variance(reading, place, factor)[np.ix_(places, places)]
            if np.abs(wrong - limit.matrix).max() >= scale:
                yield f"variance of {source.name} {factor:g} times as large", wrong
                break
    kernel = reading.balanced.kernel
    if kernel is not None and on_sphere(limit.points):
        for other in _depths(kernel):
            wrong = limit_matrix(other, limit.points)
            if np.abs(wrong - limit.matrix).max() >= scale:
                yield repr(other), wrong


def with_variance(reading: Reading, place: int, factor: float) -> np.ndarray:
    """The balanced limit where the variance of one source is so many times as large."""
    sources = list(reading.architecture.sources)
    entries = sources[place].entries
    law = None if entries.law is None else entries.law.scaled(factor**0.5)
    changed = replace(entries, variance=Power(factor) * entries.variance, law=law)
    sources[place] = replace(sources[place], entries=changed)
    return wide_limit(replace(reading.architecture, sources=tuple(sources))).balanced


def _depths(kernel: Kernel) -> Iterator[Kernel]:
    """A tangent kernel of one layer more and less."""
    factor, inner = (kernel.factor, kernel.kernel) if isinstance(kernel, Multiple) else (1, kernel)
    if isinstance(inner, NTK) and inner.layer_scales is None:
        for depth in (inner.depth - 1, inner.depth + 1):
            if depth >= 1:
                yield factor * replace(inner, depth=depth)
