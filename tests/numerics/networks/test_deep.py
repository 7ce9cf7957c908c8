"""Deep networks: written-out gradients, kernels, the two-layer case, the limit."""

import math

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from numerics.data.points import equispaced_circle, uniform_sphere
from numerics.data.targets import CAO_SAME_SCALE, Problem, mixture_problem
from numerics.networks import deep, training
from numerics.networks import two_layer as networks
from numerics.networks.deep import Architecture, DeepModule
from numerics.networks.training import TrainingDiverged
from numerics.predictions import limit_kernels as kernels
from numerics.predictions import residuals as prediction

EPS = torch.finfo(torch.float64).eps
architectures = st.builds(
    lambda dim, widths, kind, scales: Architecture(
        dim,
        tuple(widths),
        tuple(scales[: len(widths) + 1]),
        bias=kind == "zero",
        bias_variance=0.7 if kind == "random" else 0.0,
        weight_variance=1.3 if kind == "random" else 1.0,
    ),
    st.integers(1, 5),
    st.lists(st.integers(1, 24), min_size=1, max_size=3),
    st.sampled_from(["none", "zero", "random"]),
    st.lists(st.floats(0.1, 2.0), min_size=4, max_size=4),
)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def jacobian(module: DeepModule, points: torch.Tensor) -> torch.Tensor:
    """Derivatives of every output by every parameter (n, P), one backward pass a point."""
    rows = []
    for value in module(points):
        parts = torch.autograd.grad(value, list(module.parameters()), retain_graph=True)
        rows.append(torch.cat([part.flatten() for part in parts]))
    return torch.stack(rows)


def budget(architecture: Architecture) -> float:
    """Roundings of one sum after another through the layers, there and back."""
    return EPS * 8 * architecture.depth * (sum(architecture.widths) + architecture.dim + 8)


@given(architectures, st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_kernel_is_the_gram_matrix_of_autograd_gradients(architecture, seed):
    network = deep.initialise(architecture, generator(seed))
    points = uniform_sphere(architecture.dim, 5, generator(seed)).points
    rows = jacobian(DeepModule(network), points)
    expected = rows @ rows.T
    got = deep.empirical_kernel(network, points)
    assert (got - expected).abs().max() <= budget(architecture) * (1 + expected.diag().max())
    cross = deep.empirical_kernel(network, points, points[:2])
    assert (cross - expected[:, :2]).abs().max() <= budget(architecture) * (1 + expected.max())


def test_kernel_without_one_layers_share_is_not_the_gram_matrix_of_gradients():
    network = deep.initialise(Architecture(2, (16, 16)), generator(0))
    points = uniform_sphere(2, 5, generator(0)).points
    rows = jacobian(DeepModule(network), points)
    shares = deep.layer_kernels(network, points)
    for left_out in range(3):
        rest = sum(share for l, share in enumerate(shares) if l != left_out)
        assert (rest - rows @ rows.T).abs().max() > 0.01


@given(architectures, st.integers(0, 999))
@settings(max_examples=25, deadline=None)
def test_one_step_is_the_step_of_autograd_on_the_module(architecture, seed):
    points = uniform_sphere(architecture.dim, 6, generator(seed))
    labels = torch.randn(6, dtype=torch.float64, generator=generator(seed))
    problem = Problem(points, labels, torch.ones(6, 1, dtype=torch.float64))
    network = deep.initialise(architecture, generator(seed))
    start = [weight.clone() for weight in network.weights]
    module = DeepModule(network)
    loss = 0.5 * (points.weights * (module(points.points) - labels).square()).sum()
    slopes = torch.autograd.grad(loss, list(module.parameters()))
    with torch.no_grad():
        for parameter, slope in zip(module.parameters(), slopes):
            parameter -= 0.1 * slope
    after = deep.train(network, problem, 0.1, 1, centred=False).network
    values = deep.evaluate(after, points.points)
    scale = 1 + values.abs().max() + loss.detach()
    assert (values - module(points.points)).abs().max() <= budget(architecture) * scale
    assert all(torch.equal(a, b) for a, b in zip(start, network.weights))


def as_two_layer(network: deep.DeepNetwork) -> networks.TwoLayer:
    """W1 = sqrt(2/m) W, W2 = W / sqrt(m): Cao's weights of the same function."""
    m = network.architecture.widths[0]
    first = math.sqrt(2 / m) * network.weights[0]
    return networks.TwoLayer(first, network.weights[1][..., 0, :] / math.sqrt(m))


@pytest.mark.parametrize("scales, agrees", [((0.5, 1.0), True), ((1.0, 1.0), False)])
def test_depth_two_is_the_network_of_cao_up_to_scaling(scales, agrees):
    problem = mixture_problem(CAO_SAME_SCALE, equispaced_circle(16), torch.tensor([1.0, 0.0], dtype=torch.float64), 0.1)
    network = deep.initialise(Architecture(1, (64,), scales), generator(3), seeds=2)
    other, points = as_two_layer(network), problem.sample.points
    values = networks.evaluate(other, points)
    assert (deep.evaluate(network, points) - values).abs().max() <= EPS * 64 * 30
    path = deep.train(network, problem, 1.0, 20).projections
    twin = training.train(other, problem, 1.0, 20, centred=True).projections
    kernel = deep.empirical_kernel(network, points) - kernels.empirical_kernel(other, points)
    if agrees:
        assert kernel.abs().max() <= EPS * 64 * 30
        assert (path - twin).abs().max() <= EPS * 64 * 20 * 30
    else:
        assert kernel.abs().max() > 0.1 and (path - twin).abs().max() > 1e-3


def test_stacked_seeds_train_as_each_does_alone():
    problem = mixture_problem(CAO_SAME_SCALE, equispaced_circle(12), torch.tensor([1.0, 0.0], dtype=torch.float64), 0.1)
    stacked = deep.initialise(Architecture(1, (32, 16), bias=True), generator(0), seeds=3)
    together = deep.train(stacked, problem, 0.2, 8)
    for j in range(3):
        weights, biases = (tuple(t[j] for t in group) for group in (stacked.weights, stacked.biases))
        alone = deep.train(deep.DeepNetwork(stacked.architecture, weights, biases), problem, 0.2, 8)
        difference = together.projections[:, j] - alone.projections
        assert difference.abs().max() <= 8 * budget(stacked.architecture) * 10


def test_layers_of_scale_zero_stay_as_drawn_and_are_no_parameters():
    problem = mixture_problem(CAO_SAME_SCALE, equispaced_circle(12), torch.tensor([1.0, 0.0], dtype=torch.float64), 0.1)
    network = deep.initialise(Architecture(1, (32, 16), (0.0, 0.0, 1.0)), generator(0))
    after = deep.train(network, problem, 0.5, 5).network
    assert torch.equal(after.weights[0], network.weights[0])
    assert not torch.equal(after.weights[2], network.weights[2])
    assert [name for name, _ in DeepModule(network).named_parameters()] == ["weight2"]


def test_wide_network_follows_its_own_initial_kernel_and_not_its_double():
    problem = mixture_problem(
        CAO_SAME_SCALE, equispaced_circle(16), torch.tensor([1.0, 0.0], dtype=torch.float64), 0.01
    )
    network = deep.initialise(Architecture(1, (512, 512)), generator(0))
    own = deep.empirical_kernel(network, problem.sample.points)
    path = deep.train(network, problem, 0.3, 40).projections
    error, twin = (
        ((path - prediction.kernel_projections(k, problem, 0.3, 40)).abs().max() / 0.01).item() for k in (own, 2 * own)
    )
    # The budget of the two-layer test for one more layer: 3/2 of it.
    drift = 1.5 * (9 * 0.01 + 9 / math.sqrt(512) * 0.1)
    assert error < drift < twin


def exact_recursion(angle: float, depth: int, bias: bool, w: float, b: float) -> tuple[mpf, mpf]:
    """(Sigma_L, Theta_L) at 60 digits by the recursion in t, as CONVENTIONS print it."""
    with mp.workdps(60):
        k0 = lambda r: 1 - mp.acos(r) / mp.pi
        k1 = lambda r: (mp.sqrt(1 - r * r) + (mp.pi - mp.acos(r)) * r) / mp.pi
        sigma, v = mpf(w) * mp.cos(mpf(angle)) + mpf(b), mpf(w) + mpf(b)
        theta = sigma + (1 if bias and depth > 1 else 0)
        for layer in range(2, depth + 1):
            r = min(max(sigma / v, mpf(-1)), mpf(1))
            sigma = mpf(w) * v * k1(r) + mpf(b)
            theta = mpf(w) * theta * k0(r) + sigma + (1 if bias and layer < depth else 0)
            v = mpf(w) * v + mpf(b)
        return sigma, theta


@given(
    st.one_of(st.floats(0, math.pi), st.floats(0, 1e-3)),
    st.integers(1, 5),
    st.sampled_from([(False, 1.0, 0.0), (True, 1.0, 0.0), (False, 1.0, 0.5), (False, 2.0, 1.0)]),
)
@example(0.0, 4, (False, 1.0, 0.5))
@example(math.pi, 3, (True, 1.0, 0.0))
@settings(max_examples=60, deadline=None)
def test_limit_kernels_agree_with_the_recursion_in_t_at_60_digits(angle, depth, kind):
    bias, w, b = kind
    sigma, theta = exact_recursion(angle, depth, bias, w, b)
    x = torch.tensor(angle, dtype=torch.float64)
    # A few roundings a layer, each carried through the rest; the values grow to the diagonal.
    size = 16 * EPS * depth**2 * max(1.0, float(exact_recursion(0.0, depth, bias, w, b)[1]))
    assert abs(kernels.nngp_kernel(x, depth, w, b).item() - float(sigma)) <= size
    got = kernels.tangent_kernel(x, depth, None, bias, w, b).item()
    assert abs(got - float(theta)) <= size
    if depth > 1 and 0.1 < angle < 3:
        assert abs(kernels.tangent_kernel(x, depth - 1, None, bias, w, b).item() - theta) > 1e-3


@pytest.mark.parametrize("bias", [False, True])
def test_diagonals_are_exact(bias):
    points = uniform_sphere(6, 9, generator(0)).points
    for depth in range(1, 7):
        tangent = kernels.gram(points, lambda a: kernels.tangent_kernel(a, depth, bias=bias))
        assert (tangent.diag() == (2 * depth - 1 if bias else depth)).all()
        assert (kernels.gram(points, lambda a: kernels.nngp_kernel(a, depth)).diag() == 1).all()


def test_two_layer_kernel_is_the_case_of_depth_two():
    angle = torch.linspace(0, math.pi, 50, dtype=torch.float64)
    difference = kernels.tangent_kernel(angle, 2, (0.5, 1.0)) - kernels.two_layer_kernel(angle)
    assert difference.abs().max() <= 8 * EPS


@pytest.mark.parametrize("widths", [(256,), (256, 256), (256, 256, 256)])
@pytest.mark.parametrize("kind", ["none", "zero", "random"])
def test_mean_initial_kernel_is_the_limit_and_not_that_of_another_scale(widths, kind):
    variance = {"bias_variance": 0.5} if kind == "random" else {}
    architecture = Architecture(2, widths, bias=kind == "zero", **variance)
    points, depth = uniform_sphere(2, 4, generator(1)).points, architecture.depth
    network = deep.initialise(architecture, generator(0), seeds=64)
    draws = deep.empirical_kernel(network, points)
    angle = kernels.angles(points)
    limit = kernels.tangent_kernel(angle, depth, None, architecture.bias, **variance)
    # Seven standard errors of 64 seeds, and a bias of order depth^2/m of the diagonal.
    margin = 7 * draws.std(0) / 8 + depth**2 / 256 * limit.diag().max()
    error = (draws.mean(0) - limit).abs()
    assert bool((error <= margin).all())
    assert bool(((draws.mean(0) - 2 * limit).abs() > margin).diag().all())
    outputs = deep.evaluate(network, points)
    covariance = kernels.nngp_kernel(angle, depth, **variance)
    # E[f f'] over 64 seeds: variance of a product of normals is at most 2 V^2, seven errors.
    spread = 7 * math.sqrt(2 / 64) * covariance.diag().max() + depth**2 / 256
    assert bool(((outputs.T @ outputs / 64 - covariance).abs() <= spread).all())


def test_divergence_and_bad_sizes_are_reported():
    problem = mixture_problem(
        CAO_SAME_SCALE, equispaced_circle(12), torch.tensor([1.0, 0.0], dtype=torch.float64), 10.0
    )
    network = deep.initialise(Architecture(1, (16, 16)), generator(0))
    with pytest.raises(TrainingDiverged, match="at step"):
        deep.train(network, problem, 1e5, 100)
    nan = deep.DeepNetwork(network.architecture, tuple(w * math.nan for w in network.weights), network.biases)
    with pytest.raises(TrainingDiverged, match="at step 0"):
        deep.train(nan, problem, 0.1, 5)
    for wrong in (
        {"widths": ()},
        {"widths": (0,)},
        {"layer_scales": (1.0,)},
        {"dim": 0},
        {"weight_variance": 0.0},
        {"bias": True, "bias_variance": 1.0},
    ):
        with pytest.raises(ValueError, match="wanted|choose one"):
            Architecture(**({"dim": 1, "widths": (4,)} | wrong))
    with pytest.raises(ValueError, match="single network"):
        DeepModule(deep.initialise(Architecture(1, (4,)), generator(0), seeds=2))
