"""Time and memory of the network core: ratios within one run, one thread unless named otherwise.

`python tests/bench/bench_networks.py [--threads N] [--full]`, printed as Markdown. Times are least
processor seconds of interleaved rounds: other work on the machine can only add to them. --full adds
the large cases (minutes): a tangent kernel of 2000 points and 10^6 parameters, eigenpairs at
n = 20 000.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from numerics import kernels, networks, tangent, training
from numerics.points import uniform_sphere
from numerics.targets import CAO_SAME_SCALE, Problem, mixture_problem
from tests.numerics.memory import peak_mebibytes

STEPS = 20  # the gates are allocated once a run


def least(works: Mapping[str, Callable[[], object]], rounds: int = 6) -> dict[str, float]:
    """Least processor seconds of each, all of them in turn in every round."""
    best = dict.fromkeys(works, math.inf)
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - start)
    return best


def table(title: str, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A Markdown table on standard output."""
    print(f"\n{title}\n\n| {' | '.join(heading)} |\n|{' --- |' * len(heading)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)


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


def steps(
    samples: int = 1000, dim: int = 9, width: int = 4096, rounds: int = 6
) -> dict[str, float]:
    """Seconds of one step, ours and autograd's, and of one 1024^3 matrix product."""
    generator = torch.Generator().manual_seed(0)
    sample = uniform_sphere(dim, samples, generator)
    problem = mixture_problem(CAO_SAME_SCALE, sample, sample.points[0], 0.01)
    network = networks.initialise(dim, width, generator, antisymmetric=False)
    square = torch.randn(1024, 1024, dtype=torch.float64, generator=generator)
    found = least({  # ours evaluates once more than it steps
        "ours": lambda: training.train(network, problem, 1.0, STEPS, record=[STEPS]),
        "autograd": lambda: autograd_steps(network, problem),
        "product": lambda: square @ square,
    }, rounds)  # fmt: skip
    return {"ours": found["ours"] / STEPS, "autograd": found["autograd"] / STEPS,
            "product": found["product"]}  # fmt: skip


def print_steps() -> None:
    """The step of Cao et al.'s experiment against autograd and against the machine's peak."""
    samples, dim, width = 1000, 9, 4096
    found = steps(samples, dim, width)
    work = 2 * samples * width * (2 * (dim + 1) + 1)  # two products with W1's shape, one with W2's
    peak = 2 * 1024**3 / found["product"]
    rows = [
        (name, f"{1e3 * found[name]:.1f}", f"{found['autograd'] / found[name]:.2f}",
         f"{work / found[name] / 1e9:.1f}", f"{100 * work / found[name] / peak:.0f} %")
        for name in ("autograd", "ours")
    ]  # fmt: skip
    title = f"One step, n = {samples}, S^{dim}, m = {width}, float64; peak {peak / 1e9:.1f} GFLOP/s"
    table(title, ("loop", "ms", "times faster", "GFLOP/s", "share of the peak"), rows)


class Cao(torch.nn.Module):
    """The network of Cao et al. as a module."""

    def __init__(self, network: networks.TwoLayer) -> None:
        super().__init__()
        self.first = torch.nn.Parameter(network.first)
        self.second = torch.nn.Parameter(network.second)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return math.sqrt(len(self.second)) * torch.relu(points @ self.first.T) @ self.second


def print_kernels() -> None:
    """The closed tangent kernel against automatic differentiation."""
    rows = []
    for samples, dim, width in ((100, 9, 2048), (300, 9, 2048), (100, 49, 2048), (200, 99, 1024)):
        generator = torch.Generator().manual_seed(0)
        network = networks.initialise(dim, width, generator, antisymmetric=False)
        points = uniform_sphere(dim, samples, generator).points
        found = least({
            "closed": lambda: kernels.empirical_kernel(network, points),  # noqa: B023
            "module": lambda: tangent.empirical_kernel(Cao(network), points),  # noqa: B023
        }, rounds=4)  # fmt: skip
        rows.append((samples, dim, width, f"{1e3 * found['closed']:.1f}",
                     f"{1e3 * found['module']:.1f}", f"{found['module'] / found['closed']:.1f}"))
    heading = ("n", "d", "m", "closed, ms", "torch.func, ms", "times faster")
    table("Tangent kernel of a two-layer network", heading, rows)


LARGE_KERNEL = """
import time, torch
from numerics import tangent
torch.set_num_threads({threads})
linear, relu = torch.nn.Linear, torch.nn.ReLU()
net = torch.nn.Sequential(linear(10, 992), relu, linear(992, 992), relu, linear(992, 1)).double()
points = torch.nn.functional.normalize(torch.randn({samples}, 10, dtype=torch.float64))
start = time.process_time()
kernel = tangent.empirical_kernel(net, points)
print("seconds", time.process_time() - start, "parameters",
      sum(p.numel() for p in net.parameters()), "finite", bool(kernel.isfinite().all()))
"""
LARGE_EIGEN = """
import time, torch
from numerics import eigen, kernels
from numerics.points import uniform_sphere
torch.set_num_threads({threads})
points = uniform_sphere(2, {samples}, torch.Generator().manual_seed(0)).points
operator = eigen.GramOperator(points, kernels.two_layer_kernel)
start = time.process_time()
pairs = eigen.leading_pairs(operator, 9, torch.Generator().manual_seed(1), tolerance=1e-8)
print("seconds", time.process_time() - start, "products", operator.products, "largest residual",
      pairs.residuals.max().item(), "eigenvalues", pairs.values.tolist())
"""


def print_large(threads: int) -> None:
    """What a fresh process needs for the large cases."""
    rows = []
    for what, code, samples in (
        ("tangent kernel, torch.func", LARGE_KERNEL, 2000),
        ("9 eigenpairs on S^2", LARGE_EIGEN, 20_000),
    ):
        report: list[str] = []
        peak = peak_mebibytes(code.format(threads=threads, samples=samples), report)
        rows.append((what, samples, f"{peak:.0f}", report[0].strip()))
    table("Large cases", ("what", "n", "peak MiB", "report"), rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="time and memory of the network core")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--full", action="store_true", help="the large cases too: minutes")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"torch {torch.__version__}, {options.threads} thread(s)")
    print_steps()
    print_kernels()
    if options.full:
        print_large(options.threads)
