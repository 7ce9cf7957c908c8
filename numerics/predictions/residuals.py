"""What three predictors say of the residual's projections, in discrete time.

population    (1 - c mu_k)^t, with eigenvalues handed in
Gram          r_{t+1} = (I - c K W) r_t with the limit kernel K on the sample
own kernel    the same with K/m of the network at its initialisation

c is the step size of `numerics.networks.training`, W the diagonal matrix of the weights. Continuous time,
exp(-c mu t), is a different prediction: at c = 2 it is 39 % off for mu = 1/3.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from numerics.data.points import PointSet
from numerics.data.targets import Problem, gegenbauer_sequence, multiplicity
from numerics.predictions.limit_kernels import rayleigh_quotients

# 1 - cos of angles that count as none: above rounding, below the spacing of any grid used here.
SAME_POINT = 1e-12


def population_factors(eigenvalues: Sequence[float], step_size: float, steps: int) -> Tensor:
    """(1 - c mu)^t for t = 0, ..., T: (T+1, q), the residual as a fraction of its first value.

    >>> population_factors([0.5, 0.0], step_size=1.0, steps=2).tolist()
    [[1.0, 1.0], [0.5, 1.0], [0.25, 1.0]]
    """
    factors = 1 - step_size * torch.tensor(list(eigenvalues), dtype=torch.float64)
    return factors ** torch.arange(steps + 1, dtype=torch.float64)[:, None]


def kernel_projections(kernel_matrix: Tensor, problem: Problem, step_size: float, steps: int) -> Tensor:
    """Projections of r_{t+1} = (I - c K W) r_t from r_0 = y: K (..., n, n) -> (T+1, ..., q).

    Follows a network that starts at f_0 = 0. With `numerics.predictions.limit_kernels.gram` this is the Gram
    predictor, with `numerics.predictions.limit_kernels.empirical_kernel` the network's own initial kernel.

    >>> from numerics.data import points, targets
    >>> from numerics.predictions import limit_kernels as kernels
    >>> pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    >>> task = targets.mixture_problem(targets.CAO_SAME_SCALE, points.equispaced_circle(8), pole)
    >>> kernel_projections(kernels.gram(task.sample.points), task, 1.0, 5).shape
    torch.Size([6, 3])
    """
    step_matrix = step_size * kernel_matrix * problem.sample.weights  # (..., n, n)
    residual = problem.labels.expand(kernel_matrix.shape[:-1])  # (..., n)
    projections = [problem.project(residual)]
    for _ in range(steps):
        residual = residual - (step_matrix @ residual[..., None])[..., 0]
        projections.append(problem.project(residual))
    return torch.stack(projections)


def kernel_values(
    kernel: Tensor, cross: Tensor, labels: Tensor, step_size: float, steps: int | Sequence[int]
) -> tuple[Tensor, Tensor]:
    """f_t at the n training and the l other points after t steps f <- f + c K (y - f), from f = 0.

    K (I - (I - c K)^t) K^-1 y and K_cross in place of the first K, by the eigenvectors of K: no
    inverse is formed, as (1 - (1 - c lambda)^t)/lambda is finite at lambda = 0, where it is c t.
    kernel (n, n) symmetric, cross (l, n), labels (n,) or (n, q). Many steps share one
    decomposition: their axis comes first. Tancik et al. 2020, eq. 3, in discrete time.

    >>> one = torch.ones(1, 1, dtype=torch.float64)
    >>> [v.item() for v in kernel_values(one, 2 * one, one[0], 0.5, 2)]
    [0.75, 1.5]
    >>> kernel_values(one, 2 * one, one[0], 1.0, [0, 1, 2])[1].tolist()
    [[0.0], [2.0], [2.0]]
    """
    values, vectors = torch.linalg.eigh(kernel)
    times = torch.as_tensor(steps, dtype=values.dtype, device=values.device)
    gains = _gains(values.clamp_min(0), step_size, times.reshape(-1, 1))  # (T, n)
    weights = vectors @ torch.einsum("tn,n...->nt...", gains, vectors.T @ labels).flatten(1)

    def at(matrix: Tensor) -> Tensor:
        found = (matrix @ weights).unflatten(1, (len(gains), *labels.shape[1:])).movedim(1, 0)
        return found[0] if times.ndim == 0 else found

    return at(kernel), at(cross)


def _gains(values: Tensor, step_size: float, steps: Tensor) -> Tensor:
    """(1 - (1 - c lambda)^t)/lambda for lambda >= 0, c t at lambda = 0."""
    moved = step_size * values
    # Below 1/2 without the cancellation of 1 - (1 - x)^t; from 1/2 on a power, of either sign.
    slow = torch.expm1(steps * torch.log1p(-moved.clamp_max(0.5))).neg()
    learnt = torch.where(moved < 0.5, slow, 1 - (1 - moved) ** steps)
    return torch.where(values > 0, learnt / values, step_size * steps)


def sampled_kernel(eigenvalues: Sequence[float], ends: tuple[float, float], sample: PointSet) -> Tensor:
    """The matrix on a sample of the kernel with the given population spectrum: (n, n).

    kappa = sum_l N(d, l) mu_l P_l: population eigenvalues alone, no closed form of the kernel.
    eigenvalues: mu_0, ..., mu_L. ends: kappa(1) and kappa(-1), which fix what the degrees beyond L
    add at equal and at opposite points; elsewhere their sum is dropped, as P_l oscillates there.
    Raises ValueError where kappa(1) is less than the degrees up to L already make.

    >>> from numerics.data import points
    >>> sampled_kernel([0.0, 0.25], (0.5, -0.5), points.equispaced_circle(4))[0, [0, 2]].tolist()
    [0.5, -0.5]
    """
    dim, cosines = sample.dim, _cosines(sample.points)
    shares = [multiplicity(dim, l) * mu for l, mu in enumerate(eigenvalues)]
    equal = ends[0] - sum(shares)
    opposite = ends[1] - sum(shares[::2]) + sum(shares[1::2])
    if equal < -1e-12 * abs(ends[0]):
        raise ValueError(f"kappa(1) = {ends[0]} is below the sum {sum(shares)} of N(d, l) mu_l")
    matrix = torch.zeros_like(cosines)
    matrix[cosines > 1 - SAME_POINT] = equal
    matrix[cosines < SAME_POINT - 1] = opposite
    for share, polynomial in zip(shares, gegenbauer_sequence(dim, cosines)):
        matrix.add_(polynomial, alpha=share)
    return matrix


def sampled_eigenvalues(eigenvalues: Sequence[float], ends: tuple[float, float], problem: Problem) -> Tensor:
    """Rayleigh quotients on a sample of the kernel with the given population spectrum: (q,).

    phi' W K W phi = sum_l mu_l N(d, l) phi' W P_l(X X') W phi: mu_k with the aliasing of a finite
    grid. Arguments and errors are those of `sampled_kernel`.

    >>> from numerics.data import points, targets
    >>> pole = torch.tensor([1.0, 0.0], dtype=torch.float64)
    >>> task = targets.mixture_problem(targets.CAO_SAME_SCALE, points.equispaced_circle(16), pole)
    >>> quotients = sampled_eigenvalues([0.0, 0.25], (0.5, -0.5), task)
    >>> [abs(round(value, 12)) for value in quotients.tolist()]
    [0.25, 0.0, 0.0]
    """
    return rayleigh_quotients(sampled_kernel(eigenvalues, ends, problem.sample), problem)


def _cosines(points: Tensor) -> Tensor:
    """<x_i, x_j> within [-1, 1], where the recurrence of P_l is stable."""
    return (points @ points.T).clamp_(-1, 1)
