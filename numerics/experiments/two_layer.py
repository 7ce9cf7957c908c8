"""What the experiments on two-layer networks share: one seed's run, labelled curves."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from numerics.data.points import PointSet
from numerics.data.targets import Problem
from numerics.experiments.config import seed_progress, seeds_of
from numerics.networks.training import Progress, train
from numerics.networks.two_layer import initialise
from numerics.predictions.limit_kernels import AngleKernel, empirical_kernel, gram, rayleigh_quotients, two_layer_kernel
from numerics.predictions.residuals import kernel_projections

NARROWEST = 4  # units: narrow networks leave their kernel, and are trained and judged all the same


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Projections (T+1, q) of one network and of its own initial kernel; its loss (T+1,)."""

    network: Tensor
    own_kernel: Tensor
    loss: Tensor


def edge(sample: PointSet, kernel: AngleKernel = two_layer_kernel) -> float:
    """2/lambda_max of the limit kernel W^(1/2) K W^(1/2) on a sample: gradient descent grows with longer steps.

    >>> from numerics.data.points import equispaced_circle
    >>> round(edge(equispaced_circle(64)), 3)  # 2/mu_0 on S^1
    3.947
    """
    root = sample.weights.sqrt()
    return 2 / float(torch.linalg.eigvalsh(root[:, None] * gram(sample.points, kernel) * root)[-1])


def run_seed(
    problem: Problem,
    width: int,
    step_size: float,
    steps: int,
    generator: torch.Generator,
    progress: Progress | None = None,
) -> Curves:
    """Draw one network of Cao et al., train f - f_0 on the problem, follow its initial kernel."""
    network = initialise(problem.sample.dim, width, generator, antisymmetric=False)
    kernel = empirical_kernel(network, problem.sample.points)
    own = kernel_projections(kernel, problem, step_size, steps)
    trained = train(network, problem, step_size, steps, progress, centred=True)
    return Curves(trained.projections, own, trained.loss)


def grid_result(problem: Problem, config: Any, degrees: tuple[int, ...], progress: Progress) -> xr.Dataset:
    """All seeds of a config on one fixed problem, with the Gram predictor of that problem.

    network, own_kernel (seed, step, degree) and gram (step, degree): projections over the
    config's amplitude; loss (seed, step), not scaled; gram_eigenvalue (degree): Rayleigh quotient
    of the limit kernel on the sample.
    """
    curves = []
    for done, seed in enumerate(seeds_of(config)):
        generator = torch.Generator().manual_seed(seed)
        report = seed_progress(progress, done, config.seeds)
        curves.append(run_seed(problem, config.width, config.step_size, config.steps, generator, report))
    matrix = gram(problem.sample.points)
    predicted = kernel_projections(matrix, problem, config.step_size, config.steps)
    result = labelled(curves, degrees, config)
    result["gram"] = (("step", "degree"), predicted.numpy() / config.amplitude)
    result["gram_eigenvalue"] = ("degree", rayleigh_quotients(matrix, problem).numpy())
    return result


def labelled(curves: list[Curves], degrees: tuple[int, ...], config: Any) -> xr.Dataset:
    """network, own_kernel (seed, step, degree) over the amplitude, and loss (seed, step)."""
    dims = ("seed", "step", "degree")
    networks = torch.stack([curve.network for curve in curves]) / config.amplitude
    own_kernels = torch.stack([curve.own_kernel for curve in curves]) / config.amplitude
    losses = torch.stack([curve.loss for curve in curves])
    return xr.Dataset(
        {
            "network": (dims, networks.numpy()),
            "own_kernel": (dims, own_kernels.numpy()),
            "loss": (dims[:2], losses.numpy()),
        },
        coords={
            "seed": np.asarray(seeds_of(config)),
            "step": np.arange(config.steps + 1),
            "degree": np.asarray(degrees),
        },
    )
