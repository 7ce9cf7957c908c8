"""Degrees 3, 5, ... of a two-layer ReLU network without biases never move: exactly, at any width.

Formula     relu(u) = (u + |u|)/2, so the odd part of f(x) = sqrt(m) sum_r a_r relu(w_r.x) is the
            linear function l(x) = sqrt(m)/2 sum_r a_r w_r.x. On a set that is antipodal with equal
            weights <phi, f> = <phi, l> for odd phi, which is 0 where phi is orthogonal to linear
            functions. So <phi, r_t> = <phi, y> for ALL weights, and mu_k = 0 for odd k >= 3.
Compared    |<phi, r_t> - <phi, y>| at every step with the rounding of its evaluation, no statistics.

Rounding budget, u = eps/2 and gamma_p = p u/(1 - p u) for a chain of p operations:
  evaluation  gamma_(m + n + d + 8) sum_i w_i |phi_i| (B + |y_i|),  B = sqrt(m) max_i sum_r |a_r| |w_r|.|x_i|
  linear part sqrt(m)/2 sum_r |a_r| |w_r| . ( |sum_i w_i phi_i x_i| + gamma_(n + 2) sum_i w_i |phi_i| |x_i| )
  labels      gamma_(n + 2) sum_i w_i |phi_i y_i|
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from numerics.data.points import DTYPE, PointSet, antipodal, equispaced_circle, product_grid_sphere, uniform_sphere
from numerics.data.targets import Problem, zonal_harmonic
from numerics.experiments.config import one_thread
from numerics.networks.training import train
from numerics.networks.two_layer import TwoLayer
from theory.kernels import NTK, Kernel
from theory.numbers.truth import Evidence
from theory.spectra.spectrum import Eigenvalue, eigenvalue
from verify.findings.claim import Context, Finding, Procedure
from verify.networks.population import CAO, conjunction, refuse_non_finite
from verify.networks.runs import first_seed

DEGREES = (2, 3, 5, 7)  # degree 2 moves: the same networks do learn
STEPS = {"quick": 40, "full": 200, "paper": 1000}
WIDTHS = (1, 7, 64, 1024)
STEP_SIZE = 0.5
ROUNDOFF = torch.finfo(torch.float64).eps / 2


@dataclass(frozen=True, slots=True)
class Case:
    """A network on a set of points: how far each degree moved, and the rounding allowed for."""

    sphere: str
    width: int
    weights: str
    moved: tuple[float, ...]  # max over steps |<phi_k, r_t> - <phi_k, y>|, in the order of DEGREES
    budget: tuple[float, ...]


def odd_degrees_fixed(context: Context) -> Finding:
    """S^1, S^2 grids and antipodal random points of S^5; Gaussian, heavy-tailed and equal weights."""
    return finding(cases(context, _antipodal_sets(first_seed(context))))


def odd_twins(context: Context) -> dict[str, Finding]:
    """What lets the odd degrees move: points without their antipodes, and biases; a theory in which they do."""
    sets = _antipodal_sets(first_seed(context))
    return {
        "theory with biases": finding(cases(context, sets), NTK(depth=2, bias=True)),
        "points without their antipodes": finding(cases(context, [(name, _half(p)) for name, p in sets])),
        "hidden biases": finding(cases(context, [(name, _lifted(p)) for name, p in sets])),
    }


def cases(context: Context, sets: list[tuple[str, Problem]]) -> list[Case]:
    """Every set with every width and kind of weights, trained for the profile's steps."""
    found, kinds = [], list(WEIGHTS)
    with one_thread():
        for done, (name, problem) in enumerate(sets):
            for index, width in enumerate(WIDTHS):
                kind = kinds[(index + done) % len(kinds)]
                generator = torch.Generator().manual_seed(first_seed(context) + 10 * done + index)
                network = WEIGHTS[kind](problem.sample.dim, width, generator)
                moved, budget = follow(network, problem, STEPS[context.profile])
                found.append(Case(name, width, kind, moved, budget))
            if context.progress is not None:
                context.progress(done + 1, len(sets), "odd degrees")
    return found


def follow(network: TwoLayer, problem: Problem, steps: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(how far each projection moved from the labels', the budget), both the largest over all steps."""
    fixed = problem.project(problem.labels)  # (q,)
    moved, budget = torch.zeros_like(fixed), rounding(network, problem)
    for _ in range(steps):
        path = train(network, problem, STEP_SIZE, steps=1)
        network = path.network
        moved = torch.maximum(moved, (path.projections - fixed).abs().amax(0))
        budget = torch.maximum(budget, rounding(network, problem))
    return tuple(moved.tolist()), tuple(budget.tolist())


def rounding(network: TwoLayer, problem: Problem) -> Tensor:
    """The budget above for the given weights: (q,)."""
    points, weights = problem.sample.points.abs(), problem.sample.weights
    n, ambient = points.shape
    weighted = weights[:, None] * problem.directions  # (n, q)
    size = math.sqrt(network.width) * (network.second.abs()[:, None] * network.first.abs()).sum(0)  # (d+1,)
    outputs = float((points @ size).max())
    evaluation = _gamma(network.width + n + ambient + 8) * weighted.abs().T @ (outputs + problem.labels.abs())
    defect = (weighted.T @ problem.sample.points).abs() + _gamma(n + 2) * weighted.abs().T @ points  # (q, d+1)
    labels = _gamma(n + 2) * weighted.abs().T @ problem.labels.abs()
    return evaluation + defect @ size / 2 + labels


def _gamma(operations: int) -> float:
    return operations * ROUNDOFF / (1 - operations * ROUNDOFF)


def _is_zero(value: Eigenvalue) -> bool:
    """Whether mu_k, whose exact value is known of a kernel in closed form, is exactly 0."""
    assert value.exact is not None
    return value.exact.is_zero()


def finding(found: list[Case], theory: Kernel | None = None) -> Finding:
    """HOLDS where theory, that of CAO by default, says exactly 0 and no case moves beyond rounding."""
    refuse_non_finite(moved=[case.moved for case in found], budget=[case.budget for case in found])
    kernel = CAO if theory is None else theory
    dims = {"S^1": 1, "S^2": 2, "S^5": 5}
    zero = {(name, k): _is_zero(eigenvalue(kernel, dim, k)) for name, dim in dims.items() for k in DEGREES}
    verdicts, worst = [], (0.0, "", "")
    for case in found:
        for degree, moved, budget in zip(DEGREES, case.moved, case.budget):
            still = moved <= budget
            verdicts.append("HOLDS" if still == zero[case.sphere, degree] else "FAILS")
            if degree % 2:
                where = f"degree {degree} on {case.sphere}, width {case.width}, {case.weights} weights"
                worst = max(worst, (moved / budget, where, f"{moved:.1e} of {budget:.1e}"))
    least = min(case.moved[0] for case in found)
    return Finding(
        conjunction(verdicts),
        Evidence.CHECKED,
        compared="movement of the residual of degrees 3, 5, 7 in training with its rounding budget; mu_k = 0",
        why=f"largest movement {worst[2]} allowed by rounding, at {worst[1]}; degree 2 moves by {least:.1e} "
        f"at least, {len(found)} networks",
        routes=("closed form of mu_k, exact zero", "trained networks"),
        figures={"cases": [_figures(case) for case in found]},
        scope=f"antipodal sets of {', '.join(dims)}; widths {', '.join(map(str, WIDTHS))}; "
        f"{', '.join(WEIGHTS)} weights",
    )


def _figures(case: Case) -> dict[str, Any]:
    rows = zip(DEGREES, case.moved, case.budget)
    degrees = [{"degree": k, "moved": moved, "budget": budget} for k, moved, budget in rows]
    return {"sphere": case.sphere, "width": case.width, "weights": case.weights, "degrees": degrees}


def _gaussian(dim: int, width: int, generator: torch.Generator) -> TwoLayer:
    return _drawn(dim, width, lambda *shape: torch.randn(*shape, dtype=DTYPE, generator=generator))


def _heavy(dim: int, width: int, generator: torch.Generator) -> TwoLayer:
    """Cubed normals: a few hidden units dominate."""
    return _drawn(dim, width, lambda *shape: torch.randn(*shape, dtype=DTYPE, generator=generator) ** 3 / 3)


def _equal(dim: int, width: int, generator: torch.Generator) -> TwoLayer:
    """Random signs: hidden units coincide."""
    return _drawn(dim, width, lambda *shape: 2 * torch.randint(2, shape, generator=generator).to(DTYPE) - 1)


def _drawn(dim: int, width: int, entries: Callable[..., Tensor]) -> TwoLayer:
    return TwoLayer(entries(width, dim + 1) / math.sqrt(width), entries(width) / math.sqrt(width))


WEIGHTS = {"Gaussian": _gaussian, "heavy-tailed": _heavy, "sign": _equal}


def _antipodal_sets(seed: int) -> list[tuple[str, Problem]]:
    generator = torch.Generator().manual_seed(seed)
    random = antipodal(uniform_sphere(5, 60, generator))
    sets = {"S^1": equispaced_circle(64), "S^2": product_grid_sphere(12, 24), "S^5": random}
    return [(name, _problem(sample)) for name, sample in sets.items()]


def _problem(sample: PointSet) -> Problem:
    """Zonal harmonics about the last axis as labels and directions, odd ones freed of linear functions.

    On a quadrature grid that changes rounding only; on random points it takes out what the sample
    does not keep orthogonal.
    """
    points, root = sample.points, sample.weights.sqrt()[:, None]
    pole = torch.eye(points.shape[1], dtype=points.dtype)[-1]
    harmonics = torch.stack([zonal_harmonic(points, pole, k) for k in DEGREES], dim=1)  # (n, q)
    linear = torch.linalg.qr(root * points).Q  # (n, d+1)
    scaled = root * harmonics
    for _ in range(2):  # twice is enough for orthogonality to rounding
        scaled = scaled - linear @ (linear.T @ scaled)
    directions = scaled / root
    return Problem(sample, directions.sum(1), directions)


def _half(problem: Problem) -> Problem:
    """One point of each antipodal pair, or the upper half of a grid: nothing pairs off any more."""
    kept = _upper(problem.sample.points)
    weights = problem.sample.weights[kept]
    sample = PointSet(problem.sample.points[kept], weights / weights.sum())
    return Problem(sample, problem.labels[kept], problem.directions[kept])


def _upper(points: Tensor) -> Tensor:
    return points[:, 0] + math.pi / 100 * points[:, -1] > 0


def _lifted(problem: Problem) -> Problem:
    """The same points with one more constant coordinate, whose weights are hidden biases."""
    points = problem.sample.points
    lifted = torch.cat([points, torch.ones_like(points[:, :1])], dim=1) / math.sqrt(2)
    return Problem(PointSet(lifted, problem.sample.weights), problem.labels, problem.directions)


PROCEDURES = {"odd-degrees": Procedure(odd_degrees_fixed, odd_twins)}
