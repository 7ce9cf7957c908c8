"""The network core: a training step against autograd, tangent kernels against torch.func, eigenpairs."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from numerics.data.points import uniform_sphere
from numerics.data.targets import CAO_SAME_SCALE, Problem, mixture_problem
from numerics.networks import tangent_kernels as tangent
from numerics.networks import training
from numerics.networks import two_layer as networks
from numerics.predictions import leading_eigenpairs as eigen
from numerics.predictions import limit_kernels as kernels
from tests.numerics.memory import STATUS, peak_mebibytes

STEPS = 20  # the gates are allocated once a run
SAMPLES, DIM, WIDTH = 1000, 9, 4096  # Cao et al.'s experiment
STEP_TIMES = 3  # faster than autograd
STEP_SHARE = 0.4  # of the speed of its two products with nothing between them
KERNEL_TIMES = 20  # faster than torch.func
# (n, d, m). n^2 m (d+2) flops against 2 n^2 m: the ratio of the leading work is (d+2)/2, so that
# KERNEL_TIMES is within reach beyond d = 38.
KERNEL_SIZES = ((300, 9, 2048), (300, 19, 1024), (200, 49, 1024), (200, 99, 1024))
RESIDUAL = 1e-8  # of an eigenpair, relative to the largest eigenvalue
GIBIBYTES = 4  # for the kernel of 2000 points and 10^6 parameters


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def least(works: Mapping[str, Callable[[], object]], rounds: int = 6) -> dict[str, float]:
    """Least processor seconds of each, all of them in turn in every round."""
    best = dict.fromkeys(works, math.inf)
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - start)
    return best


def autograd_steps(network: networks.TwoLayer, problem: Problem) -> None:
    """The same descent as users write it: forward pass, ``backward``, plain SGD."""
    first, second = (w.clone().requires_grad_() for w in (network.first, network.second))
    optimiser = torch.optim.SGD([first, second], lr=1 / network.width)
    points, weights = problem.sample.points, problem.sample.weights
    for _ in range(STEPS):
        optimiser.zero_grad()
        values = math.sqrt(network.width) * torch.relu(points @ first.T) @ second
        (0.5 * (weights * (values - problem.labels).square()).sum()).backward()
        optimiser.step()


def step_works(samples: int, dim: int, width: int) -> dict[str, Callable[[], object]]:
    """STEPS steps of ours and of autograd, and STEPS products of 1024 x 1024 matrices."""
    generator = torch.Generator().manual_seed(0)
    sample = uniform_sphere(dim, samples, generator)
    problem = mixture_problem(CAO_SAME_SCALE, sample, sample.points[0], 0.01)
    network = networks.initialise(dim, width, generator, antisymmetric=False)
    square = torch.randn(1024, 1024, dtype=torch.float64, generator=generator)
    points, pulled = sample.points.T.contiguous(), sample.points.T * problem.labels

    def products() -> None:
        hidden = torch.empty(128, samples, dtype=torch.float64)  # a MiB at 1000 points
        for _ in range(STEPS):
            for chunk in network.first.split(128):
                torch.mm(chunk, points, out=hidden[: len(chunk)])
                torch.mm(pulled, hidden[: len(chunk)].T)

    return {  # ours evaluates once more than it steps
        "ours": lambda: training.train(network, problem, 1.0, STEPS, record=[STEPS]),
        "autograd": lambda: autograd_steps(network, problem),
        "product": lambda: [square @ square for _ in range(STEPS)],
        "two products": products,
    }


def steps(samples: int = SAMPLES, dim: int = DIM, width: int = WIDTH, rounds: int = 6) -> dict[str, float]:
    """Seconds of one step, ours and autograd's, of its two products alone, and of one 1024^3 matrix product."""
    found = least(step_works(samples, dim, width), rounds)
    return {name: seconds / STEPS for name, seconds in found.items()}


@pytest.mark.benchmark(group="two-layer step")
@pytest.mark.parametrize("loop", ["product", "two products", "autograd", "ours"])
def bench_step(loop: str, timed: Any, tables: Any) -> None:
    """One step of Cao et al.'s experiment against autograd, its own two products and the machine's peak."""
    work = step_works(SAMPLES, DIM, WIDTH)[loop]
    seconds = tables.seconds[loop] = timed(work, rounds=5)[0] / STEPS
    if loop in ("product", "two products"):
        return
    share = tables.seconds["two products"] / seconds
    peak = 2 * 1024**3 / tables.seconds["product"]
    flops = 2 * SAMPLES * WIDTH * (2 * (DIM + 1) + 1)  # two products with W1's shape, one with W2's
    times = tables.seconds["autograd"] / seconds
    tables.add(
        f"One step, n = {SAMPLES}, S^{DIM}, m = {WIDTH}, float64, one thread; "
        f"peak of a matrix product {peak / 1e9:.1f} GFLOP/s",
        ("loop", "ms", "times faster", "GFLOP/s", "share of the peak", "share of the two products' speed"),
        loop,
        f"{1e3 * seconds:.1f}",
        f"{times:.1f}",
        f"{flops / seconds / 1e9:.1f}",
        f"{100 * flops / seconds / peak:.0f} %",
        f"{100 * share:.0f} %",
    )
    assert loop == "autograd" or (times >= STEP_TIMES and share >= STEP_SHARE)


class Cao(torch.nn.Module):
    """The network of Cao et al. as a module."""

    def __init__(self, network: networks.TwoLayer) -> None:
        super().__init__()
        self.first = torch.nn.Parameter(network.first)
        self.second = torch.nn.Parameter(network.second)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return math.sqrt(len(self.second)) * torch.relu(points @ self.first.T) @ self.second


@pytest.mark.benchmark(group="tangent kernel of a two-layer network")
@pytest.mark.parametrize("route", ["torch.func", "closed"])
@pytest.mark.parametrize(("samples", "dim", "width"), KERNEL_SIZES)
def bench_kernel(samples: int, dim: int, width: int, route: str, timed: Any, tables: Any) -> None:
    """The closed tangent kernel against automatic differentiation; the ratio grows with d."""
    generator = torch.Generator().manual_seed(0)
    network = networks.initialise(dim, width, generator, antisymmetric=False)
    points = uniform_sphere(dim, samples, generator).points
    if route == "torch.func":
        module = Cao(network)
        seconds, _ = timed(lambda: tangent.empirical_kernel(module, points))
        tables.seconds[samples, dim, width] = seconds
        return
    seconds, _ = timed(lambda: kernels.empirical_kernel(network, points), rounds=8)
    theirs = tables.seconds[samples, dim, width]
    tables.add(
        "Tangent kernel of a two-layer network: closed expression against torch.func",
        ("n", "d", "m", "closed, ms", "torch.func, ms", "times faster"),
        samples,
        dim,
        width,
        f"{1e3 * seconds:.1f}",
        f"{1e3 * theirs:.1f}",
        f"{theirs / seconds:.0f}",
    )
    assert theirs / seconds >= (KERNEL_TIMES if (dim + 2) / 2 > KERNEL_TIMES else 1)


@pytest.mark.benchmark(group="eigenpairs")
@pytest.mark.parametrize("samples", [1000, 4000])
def bench_eigenpairs(samples: int, timed: Any) -> None:
    """Nine leading pairs on S^2, degrees 0 to 2, matrix-free."""
    points = uniform_sphere(2, samples, torch.Generator().manual_seed(0)).points

    def work() -> eigen.EigenPairs:
        operator = eigen.GramOperator(points, kernels.two_layer_kernel)
        return eigen.leading_pairs(operator, 9, torch.Generator().manual_seed(1), tolerance=RESIDUAL)

    _, pairs = timed(work)
    assert pairs.residuals.max() <= RESIDUAL * pairs.values.max()


LARGE_KERNEL = """
import json, time, torch
from numerics.networks import tangent_kernels as tangent
torch.set_num_threads(1)
linear, relu = torch.nn.Linear, torch.nn.ReLU()
net = torch.nn.Sequential(linear(10, 992), relu, linear(992, 992), relu, linear(992, 1)).double()
points = torch.nn.functional.normalize(torch.randn({samples}, 10, dtype=torch.float64))
start = time.process_time()
kernel = tangent.empirical_kernel(net, points)
print(json.dumps({{"seconds": time.process_time() - start, "finite": bool(kernel.isfinite().all()),
                  "parameters": sum(p.numel() for p in net.parameters())}}))
"""
LARGE_EIGEN = """
import json, time, torch
from numerics.predictions import leading_eigenpairs as eigen, limit_kernels as kernels
from numerics.data.points import uniform_sphere
torch.set_num_threads(1)
points = uniform_sphere(2, {samples}, torch.Generator().manual_seed(0)).points
operator = eigen.GramOperator(points, kernels.two_layer_kernel)
start = time.process_time()
pairs = eigen.leading_pairs(operator, 9, torch.Generator().manual_seed(1), tolerance={residual})
print(json.dumps({{"seconds": time.process_time() - start, "products": operator.products,
                  "relative residual": float(pairs.residuals.max() / pairs.values.max())}}))
"""


@pytest.mark.skipif(not STATUS.exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize(
    ("what", "code", "samples"),
    [("tangent kernel, torch.func", LARGE_KERNEL, 2000), ("9 eigenpairs on S^2", LARGE_EIGEN, 20_000)],
)
def bench_large(what: str, code: str, samples: int, tables: Any) -> None:
    """Seconds and memory of the largest cases, in a process of its own."""
    report: list[str] = []
    peak = peak_mebibytes(code.format(samples=samples, residual=RESIDUAL), report)
    found = json.loads(report[0])
    details = ", ".join(
        f"{value:.2g} {name}" if isinstance(value, float) else f"{name} {value}"
        for name, value in found.items()
        if name != "seconds"
    )
    heading = ("what", "n", "seconds", "peak MiB", "found")
    tables.add(
        "Large cases, a fresh process each", heading, what, samples, f"{found['seconds']:.0f}", f"{peak:.0f}", details
    )
    assert peak < 1024 * GIBIBYTES
    assert found.get("finite", True) and found.get("relative residual", 0.0) <= RESIDUAL
