"""Tangent kernels by automatic differentiation: against closed forms, in blocks, within memory."""

import time

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.data.points import uniform_sphere
from numerics.networks import deep
from numerics.networks import tangent_kernels as tangent
from numerics.networks import two_layer as networks
from numerics.networks.deep import Architecture, DeepModule
from numerics.predictions import limit_kernels as kernels
from tests.examples import nightly
from tests.numerics.memory import STATUS, peaks_mebibytes

EPS = torch.finfo(torch.float64).eps


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Cao(torch.nn.Module):
    """The network of Cao et al. as a module."""

    def __init__(self, network: networks.TwoLayer) -> None:
        super().__init__()
        self.first = torch.nn.Parameter(network.first)
        self.second = torch.nn.Parameter(network.second)

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return len(self.second) ** 0.5 * torch.relu(points @ self.first.T) @ self.second


@given(
    st.integers(1, 4),
    st.lists(st.integers(1, 12), min_size=1, max_size=3),
    st.integers(1, 40),
    st.integers(7, 17),
    st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_every_block_size_gives_the_closed_form(dim, widths, samples, log_block, bias):
    architecture = Architecture(dim, tuple(widths), bias=bias)
    network = deep.initialise(architecture, generator(samples))
    points = uniform_sphere(dim, samples, generator(samples)).points
    expected = deep.empirical_kernel(network, points)
    got = tangent.empirical_kernel(DeepModule(network), points, block_bytes=2**log_block)
    budget = EPS * 16 * architecture.depth * (sum(widths) + dim + 8) * (1 + expected.max())
    assert (got - expected).abs().max() <= budget
    cross = tangent.empirical_kernel(DeepModule(network), points[:3], points, 2**log_block)
    assert (cross - expected[:3]).abs().max() <= budget


def test_two_layer_kernel_equals_the_closed_form_and_not_that_of_one_layer():
    network = networks.initialise(3, 100, generator(0), antisymmetric=False)
    points = uniform_sphere(3, 20, generator(1)).points
    module = Cao(network)
    expected = 100 * kernels.empirical_kernel(network, points)
    budget = EPS * 100 * 30 * expected.max()
    assert (tangent.empirical_kernel(module, points) - expected).abs().max() <= budget
    module.second.requires_grad_(False)
    assert (tangent.empirical_kernel(module, points) - expected).abs().max() > 0.01 * expected.max()


def test_vector_outputs_give_one_kernel_for_every_pair_of_outputs():
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2)).double()
    points = uniform_sphere(2, 25, generator(0)).points
    rows = tangent.jacobian(module, points)  # (n, q, P)
    expected = torch.einsum("iap,jbp->ijab", rows, rows)
    for block in (2**9, 2**13, 2**20):
        got = tangent.empirical_kernel(module, points, block_bytes=block)
        assert (got - expected).abs().max() <= EPS * 200 * expected.abs().max()
    one_output = torch.autograd.functional.jacobian(
        lambda w: torch.func.functional_call(module, {"2.weight": w}, (points,))[:, 1], module[2].weight.detach()
    )
    start = 8 * 3 + 8
    # On either route a hidden value of size <= 1: an inner product of 3 terms, a bias, a tanh of 4 ulps.
    budget = 2 * EPS * (3 + 1 + 4)
    assert (rows[:, 1, start : start + 16] - one_output.flatten(1)).abs().max() <= budget
    assert (expected - expected.flip(-1)).abs().max() > 0.1


def test_linearisation_is_exact_for_what_is_linear_and_of_second_order_else():
    network = deep.initialise(Architecture(2, (64, 64)), generator(0))
    module, points = DeepModule(network), uniform_sphere(2, 10, generator(0)).points
    start = tangent.parameters_of(module)
    directions = {n: torch.randn(p.shape, generator=generator(1), dtype=torch.float64) for n, p in start.items()}
    errors = []
    for size in (1e-3, 1e-4):
        with torch.no_grad():
            for name, parameter in module.named_parameters():
                parameter.copy_(start[name] + size * directions[name])
            difference = module(points) - tangent.linearised(module, start, points)
        errors.append(difference.abs().max().item())
        own = module(points).detach() - functional(module, start, points)
        assert own.abs().max() > 20 * errors[-1]
    # Second order, 100 times less, or none at all until a gate flips: at least 20 times less.
    assert errors[1] < errors[0] / 20
    with pytest.raises(ValueError, match="weight0, weight1, weight2 wanted"):
        tangent.linearised(module, {"weight": points}, points)


def functional(module, parameters, points):
    with torch.no_grad():
        return torch.func.functional_call(module, parameters, (points,))


def test_modules_that_have_no_tangent_kernel_are_refused():
    points = torch.eye(3)
    with pytest.raises(ValueError, match=r"\(n,\) or \(n, q\)"):
        tangent.empirical_kernel(torch.nn.Unflatten(1, (3, 1)), points)
    with pytest.raises(ValueError, match="trained parameters"):
        tangent.empirical_kernel(torch.nn.Linear(3, 1).requires_grad_(False), points)
    broken = torch.nn.Linear(3, 1)
    torch.nn.init.constant_(broken.weight, float("nan"))
    with pytest.raises(ValueError, match="not finite"):
        tangent.empirical_kernel(broken, points)


def seconds(work) -> float:
    """Least processor time of three runs: others on the machine can only add."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


@nightly
@pytest.mark.parametrize("dim, least", [(49, 20), (9, 5)])
def test_closed_two_layer_expression_is_faster_by_about_half_the_ambient_dimension(dim, least):
    # n^2 m (d+2) multiplications without it, 2 n^2 m with it: 20 times is out of reach on S^9.
    network = networks.initialise(dim, 2048, generator(0), antisymmetric=False)
    points = uniform_sphere(dim, 100, generator(0)).points
    module = Cao(network)
    closed = seconds(lambda: kernels.empirical_kernel(network, points))
    assert seconds(lambda: tangent.empirical_kernel(module, points)) > least * closed


WIDE = """
import torch
from numerics.networks import tangent_kernels as tangent
torch.set_num_threads(1)
class Bare(torch.nn.Module):
    def __init__(self, given, out):
        super().__init__()
        self.matrix = torch.nn.Parameter(torch.randn(out, given) / given**0.5)
    def forward(self, points):
        return points @ self.matrix.T
relu, layer = torch.nn.ReLU(), {layer}
net = torch.nn.Sequential(layer(10, 350), relu, layer(350, 350), relu, layer(350, 1)).double()
points = torch.nn.functional.normalize(torch.randn({samples}, 10, dtype=torch.float64))
tangent.empirical_kernel(net, points, block_bytes={block})
"""


@pytest.mark.skipif(not STATUS.exists(), reason="peak memory is read from /proc")
def test_memory_is_bounded_by_the_block_and_not_by_the_samples():
    block = 2**26  # 66 of 300 rows of a million bytes
    sizes = [("Bare", 2, block), ("torch.nn.Linear", 300, block), ("Bare", 300, block), ("Bare", 300, 2**31)]
    least, products, blocks, whole = peaks_mebibytes(
        *(WIDE.format(layer=layer, samples=n, block=b) for layer, n, b in sizes)
    )
    # Rows on both sides are 5/4 of a block; each is held twice while it is differentiated.
    assert blocks - least < 2.5 * block / 2**20 + 32
    assert whole - least > 2.5 * block / 2**20 + 32
    assert products - least < 32  # no row of a million bytes at all


@pytest.mark.parametrize("outputs", [1, 3])
def test_a_product_without_the_matrix_is_that_of_the_matrix(outputs):
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(3, 9), torch.nn.Tanh(), torch.nn.Linear(9, outputs)).double()
    points, others = (torch.randn(n, 3, dtype=torch.float64) for n in (11, 5))
    vector = torch.randn(11, outputs, dtype=torch.float64)
    matrix = tangent.empirical_kernel(module, others, points).reshape(5, 11, outputs, outputs)
    expected = torch.einsum("ijab,jb->ia", matrix, vector)
    for batch in (1, 4, 11, 100):
        got = tangent.kernel_product(module, points, vector, others, batch)
        assert got.shape == (5, outputs)
        assert (got - expected).abs().max() <= 1e-13 * expected.abs().max()
    symmetric = tangent.kernel_product(module, points, vector)
    assert float((symmetric * vector).sum()) > 0
    assert (tangent.kernel_product(module, points, vector.flip(0)) - symmetric).abs().max() > 0.1
    with pytest.raises(ValueError, match="a vector of 11 rows wanted"):
        tangent.kernel_product(module, points, vector[:4])
