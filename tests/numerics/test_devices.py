"""Nothing is tied to the cpu: other devices give the same numbers, within rounding."""

import pytest
import torch

from numerics.data.points import uniform_sphere
from numerics.data.targets import CAO_SAME_SCALE, mixture_problem
from numerics.networks import deep, training
from numerics.networks import tangent_kernels as tangent
from numerics.networks import two_layer as networks
from numerics.predictions import kernel_regression as regression
from numerics.predictions import leading_eigenpairs as eigen
from numerics.predictions import limit_kernels as kernels
from numerics.predictions import residuals as prediction

EPS = torch.finfo(torch.float64).eps
cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="untested where no device was there")


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def networks_and_problem():
    sample = uniform_sphere(2, 40, generator(0))
    problem = mixture_problem(CAO_SAME_SCALE, sample, sample.points[0], 0.1)
    small = networks.initialise(2, 256, generator(1), antisymmetric=False)
    large = deep.initialise(deep.Architecture(2, (64, 32), bias=True), generator(2), seeds=2)
    return problem, small, large


def results(device: str) -> dict[str, torch.Tensor]:
    """One number or array of every function that takes tensors."""
    problem, small, large = networks_and_problem()
    problem, small, large = problem.to(device), small.to(device), large.to(device)
    points = problem.sample.points
    gram = kernels.gram(points, lambda a: kernels.tangent_kernel(a, 3, bias=True))
    single = deep.DeepNetwork(large.architecture, tuple(w[0] for w in large.weights), tuple(b[0] for b in large.biases))
    operator = eigen.GramOperator(points, kernels.two_layer_kernel)
    alpha = regression.representer(gram, problem.labels, 0.1)
    found = {
        "evaluate": networks.evaluate(small, points),
        "train": training.train(small, problem, 1.0, 10, centred=True).projections,
        "deep evaluate": deep.evaluate(large, points),
        "deep train": deep.train(large, problem, 0.2, 10).projections,
        "kernel": kernels.empirical_kernel(small, points),
        "neurons": kernels.neuron_rayleigh_quotients(small, problem).mean(0),
        "deep kernel": deep.empirical_kernel(large, points),
        "tangent": tangent.empirical_kernel(deep.DeepModule(single), points),
        "gram": gram,
        "predicted": prediction.kernel_projections(gram, problem, 0.1, 10),
        "sampled": prediction.sampled_eigenvalues([0.5, 0.2, 0.01], (2.0, 0.0), problem),
        "eigenvalues": eigen.leading_pairs(operator, 4, generator(3)).values,
        "regression": gram @ alpha,
    }
    assert {value.device.type for value in found.values()} == {device}
    return {name: value.cpu() for name, value in found.items()}


@cuda
def test_an_accelerator_gives_the_same_numbers_within_rounding():
    here, there = results("cpu"), results("cuda")
    for name, value in here.items():
        # Sums over 256 units and 40 points in another order, ten steps, condition below 200.
        budget = EPS * (256 + 40) * 10 * 200 * max(1.0, float(value.abs().max()))
        assert (value - there[name]).abs().max() <= budget, name


def test_all_results_are_finite_on_the_cpu():
    assert all(bool(value.isfinite().all()) for value in results("cpu").values())


def test_results_stay_on_the_device_of_what_they_are_made_from():
    # Meta tensors hold no numbers; sums (not matrix products) that mix devices fail with them too.
    _, small, large = networks_and_problem()
    points = uniform_sphere(2, 40, generator(0)).points.to("meta")
    mixed = deep.DeepNetwork(large.architecture, tuple(w.to("meta") for w in large.weights), large.biases)
    small, large = small.to("meta"), large.to("meta")
    angle = points.new_empty(40, 40)  # `angles` looks at numbers: which pairs are close
    for value in (
        networks.evaluate(small, points),
        kernels.empirical_kernel(small, points),
        deep.evaluate(large, points),
        deep.empirical_kernel(large, points),
        kernels.tangent_kernel(angle, 3),
        kernels.nngp_kernel(angle, 3, 1.0, 0.5),
        kernels.two_layer_kernel(angle),
    ):
        assert value.device.type == "meta"
    with pytest.raises(RuntimeError, match="device"):
        deep.evaluate(mixed, points)
