"""Nothing is tied to the cpu: other devices give the same numbers, within rounding."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from numerics.data.points import uniform_sphere
from numerics.data.targets import CAO_SAME_SCALE, mixture_problem
from numerics.experiments import experiment_modules, load_experiment
from numerics.experiments.config import one_thread
from numerics.experiments.devices import on_device
from numerics.networks import deep, training
from numerics.networks import tangent_kernels as tangent
from numerics.networks import two_layer as networks
from numerics.predictions import kernel_regression as regression
from numerics.predictions import leading_eigenpairs as eigen
from numerics.predictions import limit_kernels as kernels
from numerics.predictions import residuals as prediction
from tests.numerics.far_device import Far, second_device

EPS = torch.finfo(torch.float64).eps
ROUNDING = EPS * 64 * 60  # sums of up to 64 terms in another order, over up to 60 steps
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


CLEAN = [name for name in experiment_modules() if load_experiment(name).has_device]
LEAST = {"design": {"samples": 48}, "ct": {"steps": 20}, "mri": {"steps": 20}, "fourier-image": {"steps": 20}}


def smallest(name):
    """The config of the smallest sizes that an experiment allows."""
    experiment = load_experiment(name)
    quick, sizes = experiment.profiles["quick"], dict(experiment.smallest["quick"])
    several = {key: (least, 2 * least) for key, least in sizes.items() if isinstance(getattr(quick, key), tuple)}
    if hasattr(quick, "sigma"):
        several["sigma"] = (1.0, 4.0)
    return experiment.configure("quick", **sizes | several | LEAST.get(name, {}))


def same(name: str, here, there) -> bool:
    """Equal but for rounding, which networks at the smallest sizes carry on: a vector's product is another sum there."""
    return all(
        np.allclose(here[one], there[one], rtol=ROUNDING, atol=ROUNDING, equal_nan=True)
        if here[one].dtype.kind == "f"
        else np.array_equal(here[one], there[one])
        for one in here.data_vars
    )


@pytest.mark.parametrize("name", CLEAN)
def test_an_experiment_leaves_nothing_on_the_cpu_and_finds_there_what_it_finds_here(name):
    config = smallest(name)
    measure = load_experiment(name).measure
    with one_thread():
        here = measure(config, lambda done, total: None)
        with second_device() as device, on_device(device):
            there = measure(config, lambda done, total: None)
    assert same(name, here, there)


def test_the_second_device_refuses_what_a_real_one_refuses_and_computes_the_rest():
    near = torch.ones(2, 2, dtype=torch.float64)
    with second_device() as device:
        far = near.to(device)
        assert isinstance(far, Far) and torch.equal((far @ far).cpu(), near @ near) and (far + 1).sum().item() == 8
        with pytest.raises(RuntimeError, match="two devices"):
            far + near
        with pytest.raises(RuntimeError, match="generator of another device"):
            torch.empty_like(far).normal_(generator=generator(0))
        with pytest.raises((TypeError, NotImplementedError, RuntimeError)):
            np.asarray(far)


def test_a_tensor_left_on_the_cpu_is_noticed(monkeypatch):
    """The twin: an experiment that makes one tensor by `from_numpy`, which no mode sees."""
    from numerics.experiments.cao import cao_circle

    real = cao_circle.equispaced_circle
    left = lambda n: type(real(n))(real(n).points, torch.from_numpy(np.full(n, 1 / n)))
    monkeypatch.setattr(cao_circle, "equispaced_circle", left)
    with second_device() as device, on_device(device), pytest.raises(RuntimeError, match="two devices"):
        cao_circle.measure(smallest("cao-circle"), lambda done, total: None)


def test_seeds_draw_the_same_numbers_for_every_device():
    here = torch.randn(3, generator=generator(1)), torch.zeros(2).normal_(generator=generator(2))
    with second_device() as device, on_device(device):
        there = torch.randn(3, generator=generator(1)), torch.zeros(2).normal_(generator=generator(2))
        assert all(isinstance(one, Far) for one in there)
        found = [one.cpu() for one in there]
    assert all(torch.equal(one, other) for one, other in zip(here, found))


@cuda
@pytest.mark.parametrize("name", CLEAN)
def test_an_experiment_finds_on_an_accelerator_what_it_finds_here(name):
    experiment = load_experiment(name)
    config = smallest(name)
    here, there = (experiment.run(replace(config, device=device)) for device in ("cpu", "cuda"))
    assert same(name, here, there)
