"""The limit that is read from a module is that of its networks: two routes to each number, twins that must fail."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
import torch
from torch import nn

from numerics.data.points import uniform_sphere
from numerics.networks import tangent_kernels
from numerics.networks.user_modules import Maker
from numerics.predictions.wide_limits import wide_limit
from tests.verify.tutorial_networks import NETWORKS, Linear, stack
from theory.kernels import NTK
from theory.kernels.parse import parse_kernel
from verify.testing import assert_tangent_kernel
from verify.testing.confirming import Sizes, confirm, with_variance
from verify.testing.layers import at_any_norm, limit_matrix
from verify.testing.naming import kernel_of
from verify.testing.wide import Reading, read_limit

SPHERE = uniform_sphere(2, 5, torch.Generator().manual_seed(4)).points
ANYWHERE = SPHERE * torch.tensor([0.5, 1.0, 2.0, 1.5, 0.8], dtype=torch.float64)[:, None]
NAMES = {
    "he": ("1", "NTK(depth=3, layer_scales=(0, 1/3, 1/3))"),
    "tangent": ("0", "NTK(depth=3)"),
    "random_biases": ("0", "NTK(depth=3, bias_variance=1/4)"),
    "frozen_features": ("0", "NNGP(depth=2)"),
    "erf": ("0", '2 * DualTangent("erf")'),
    "tanh": ("0", '2 * DualTangent("tanh")'),
    "mean_field": ("0", "1/2 * NNGP(depth=2)"),
}


@cache
def reading(name: str) -> Reading:
    return read_limit(Maker(NETWORKS[name], name), SPHERE)


def balanced_kernel(name: str, width: int, seeds: int, points: torch.Tensor) -> np.ndarray:
    """Kernels (seeds, n, n) of the first output, each parameter's divided by its power: another code than verify's."""
    found, limit = [], reading(name).limit
    for seed in range(seeds):
        module = Maker(NETWORKS[name], name).module(seed, width).double()
        total = np.zeros((len(points), len(points)))
        for share in limit.shares:
            for other, parameter in module.named_parameters():
                parameter.requires_grad_(other == share.name)
            kernel = tangent_kernels.empirical_kernel(module, points)
            one = kernel if kernel.ndim == 2 else kernel[:, :, 0, 0]
            total += one.detach().numpy() / width ** float(share.kernel.exponent)
        found.append(total)
    return np.stack(found)


@pytest.mark.parametrize("name", NAMES)
def test_the_name_is_that_of_the_literature(name):
    exponent, kernel = NAMES[name]
    found = reading(name)
    assert (str(found.exponent), repr(found.leading.kernel)) == (exponent, kernel)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_name_is_the_kernel_that_is_computed(name):
    """Balls of theory against the recursion in floats; as if a first layer were normal, which a name takes it for."""
    found = reading(name)
    if found.balanced.kernel is None:
        assert found.balanced.why
        return
    computed = wide_limit(found.architecture, gaussian=True).balanced
    spread = max(source.entries.spread for source in found.architecture.sources)
    kernel = parse_kernel(repr(found.balanced.kernel))
    assert kernel == found.balanced.kernel
    assert np.abs(limit_matrix(kernel, SPHERE) - computed).max() <= (1e-9 + 5 * spread) * computed.max()


@pytest.mark.parametrize("name", NETWORKS)
def test_wide_networks_have_the_limit_at_any_norm_and_come_closer_as_they_widen(name):
    found = read_limit(Maker(NETWORKS[name], name), ANYWHERE)
    limit = found.limit.balanced
    scale = limit.diagonal().max()
    seeds = 48
    spreads = []
    for width in (32, 128):
        kernels = balanced_kernel(name, width, seeds, ANYWHERE)
        error = kernels.std(axis=0, ddof=1) / seeds**0.5
        # 7 standard errors, the numbers' own error, and a bias of 1/width, a few of its size.
        allowed = 7 * error + (found.limit.error + 4 / width) * scale
        assert (np.abs(kernels.mean(axis=0) - limit) <= allowed).all(), width
        spreads.append(float(kernels.std(axis=0).max()))
    assert spreads[1] < spreads[0]


@pytest.mark.parametrize("name", ["tangent", "residual", "gelu", "random_biases", "torch_default"])
def test_a_wrong_variance_of_any_layer_is_no_limit_of_the_networks(name):
    found = reading(name)
    kernels = balanced_kernel(name, 256, 48, SPHERE)
    error = kernels.std(axis=0, ddof=1) / 48**0.5
    noticed = 0
    for place, source in enumerate(found.architecture.sources):
        if not source.is_bias:
            wrong = with_variance(found, place, 4.0)
            away = np.abs(kernels.mean(axis=0) - wrong) - (found.limit.error + 4 / 256) * wrong.max()
            noticed += bool((away > 7 * error).any())
    weights = sum(not source.is_bias for source in found.architecture.sources)
    assert noticed >= weights - (name == "torch_default")  # its first layer moves little of a kernel that is bias


def test_random_networks_confirm_it_and_reject_its_twins():
    for name in ("tanh", "he"):
        found = confirm(reading(name))
        assert found.verdict == "HOLDS" and found.seeds and found.width
        assert found.twins and all(twin.verdict == "FAILS" and twin.away >= 0.4 for twin in found.twins)


def test_a_wrong_limit_is_not_confirmed():
    right = reading("tanh")
    for place in (0, 1):
        shares = right.limit.shares
        share = shares[place]
        kernel = replace(share.kernel, matrix=share.kernel.matrix * 3)
        wrong = replace(right.limit, shares=(*shares[:place], replace(share, kernel=kernel), *shares[place + 1 :]))
        assert confirm(replace(right, limit=wrong)).verdict == "FAILS"


def test_another_depth_is_not_confirmed():
    right, deeper = reading("tangent"), read_limit(Maker(lambda seed, width: stack(width, nn.ReLU, 4), "deep"), SPHERE)
    assert repr(deeper.leading.kernel) == "NTK(depth=4)"
    sizes = Sizes(false_fail=0.01, false_pass=0.01)
    shares = {"network." + share.name for share in right.limit.shares}
    assert shares and confirm(replace(right, limit=deeper.limit), sizes).verdict == "FAILS"


def test_too_few_networks_decide_nothing():
    found = confirm(reading("tangent"), Sizes(margin=0.01, widest=256, most=20))
    assert found.verdict == "UNDECIDED" and found.seeds is None and "keep no rates" in found.why


def test_a_first_layer_that_is_not_normal_is_no_zonal_kernel_and_the_difference_is_said():
    """E over a uniform weight, in one dimension by hand: K(x, x') of relu(w x), w uniform on [-1, 1]."""
    one = Maker(lambda seed, width: nn.Sequential(_uniform(1, width), nn.ReLU(), Linear(width, 1)), "make")
    points = torch.tensor([[1.0], [0.5], [-1.0]], dtype=torch.float64)
    found = read_limit(one, points)
    assert not found.limit.gaussian
    # Output layer 2 E[relu relu'] = 2 (1/2) x x'/3, hidden layer 2 E[1 1'] x x' = x x', of like sign; else 0.
    expected = np.array([[4 / 3, 2 / 3, 0], [2 / 3, 1 / 3, 0], [0, 0, 4 / 3]])
    assert np.abs(found.limit.leading - expected).max() <= found.limit.error * 4 / 3 + 1e-12
    assert found.limit.error < 0.01
    three = reading("uniform")
    assert 1e-3 < three.leading.off < 0.1 and "not normal" in three.sentence()


def _uniform(inputs: int, width: int) -> nn.Module:
    layer = nn.Linear(inputs, width, bias=False)
    nn.init.uniform_(layer.weight, -1, 1)
    return layer


def test_torch_default_grows_as_its_width_through_every_layer_but_the_first():
    found = reading("torch_default")
    exponents = {share.name: str(share.kernel.exponent) for share in found.limit.shares}
    assert exponents == {"0.weight": "0", "0.bias": "0", "2.weight": "1", "2.bias": "0", "4.weight": "1", "4.bias": "0"}
    variances = {source.name: source.entries.variance for source in found.architecture.sources}
    assert variances["0.weight"].value == pytest.approx(1 / 9) and variances["2.weight"].value == pytest.approx(1 / 3)
    assert variances["2.weight"].exponent == -1 and all(s.entries.read for s in found.architecture.sources)


def test_a_network_without_a_width_is_read_as_it_is():
    own = read_limit(Maker(lambda seed: stack(50, nn.ReLU), "make"), SPHERE)
    assert own.architecture.widths is None and "at its own widths" in own.sentence()
    np.testing.assert_allclose(own.limit.leading, reading("tangent").limit.leading, rtol=1e-6)


def test_a_measured_variance_is_told_from_one_that_was_read():
    found = reading("orthogonal")
    how = {source.name: source.entries.read for source in found.architecture.sources}
    assert how == {"0.weight": True, "2.weight": False, "4.weight": True}
    (measured,) = (source.entries for source in found.architecture.sources if not source.entries.read)
    assert abs(measured.variance.value - 1) <= measured.spread < 0.05 and measured.variance.exponent == 0


def test_a_homogeneous_network_is_known_at_every_norm_by_its_kernel():
    found = read_limit(Maker(NETWORKS["tangent"], "make"), ANYWHERE)
    assert found.homogeneous and not reading("random_biases").homogeneous and not reading("tanh").homogeneous
    norms = ANYWHERE.norm(dim=1).numpy()
    on = limit_matrix(found.leading.kernel, ANYWHERE / ANYWHERE.norm(dim=1, keepdim=True))
    np.testing.assert_allclose(found.limit.leading, on * np.outer(norms, norms), rtol=1e-9)


@pytest.mark.parametrize("name", ["tangent", "random_biases", "erf", "tanh"])
def test_the_kernels_of_networks_at_any_norm_are_those_that_are_read(name):
    found = read_limit(Maker(NETWORKS[name], name), ANYWHERE)
    np.testing.assert_allclose(at_any_norm(found.leading.kernel, ANYWHERE.numpy()), found.limit.leading, rtol=1e-8)


SIZES = {"widths": (64, 1024), "seeds": 60, "margin": 0.4, "false_fail": 1e-3, "false_pass": 1e-3}


def test_several_outputs_and_any_norm_are_asserted():
    points = ANYWHERE[:3]
    found = assert_tangent_kernel(
        lambda w, s: Maker(NETWORKS["erf"], "").module(s, w), NAMES["erf"][1], points, **SIZES
    )
    assert len(found.tests) == 45 and "max K(x, x)" in str(found) and "of outputs" in str(found)
    with pytest.raises(AssertionError) as raised:
        assert_tangent_kernel(
            lambda w, s: Maker(NETWORKS["erf"], "").module(s, w), '4 * DualTangent("erf")', points, **SIZES
        )
    assert 'read from the networks: K has the limit 2 * DualTangent("erf")' in str(raised.value)


def test_outputs_that_share_their_weights_are_no_independent_ones():
    def twice(width: int, seed: int) -> nn.Module:
        return nn.Sequential(Maker(NETWORKS["tanh"], "").module(seed, width), _Twice())

    with pytest.raises(AssertionError, match="of outputs 0, 1"):
        assert_tangent_kernel(twice, NAMES["tanh"][1], SPHERE[:2], **SIZES)


class _Twice(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x, x], dim=1)


def test_where_the_limit_is_not_read_the_assertion_says_why():
    class Gated(nn.Module):
        def __init__(self, width: int, seed: int) -> None:
            super().__init__()
            torch.manual_seed(seed)
            self.first, self.gate, self.last = Linear(3, width), Linear(3, width), Linear(width, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.last(self.first(x) * self.gate(x).sigmoid())

    with pytest.raises(AssertionError, match="their own limit is not read: mul of two different signals"):
        assert_tangent_kernel(Gated, "20 * NTK(depth=2)", SPHERE[:2], **SIZES)


def test_every_share_has_its_own_kernel():
    found = reading("tangent")
    for layer, share in enumerate(found.limit.shares):
        alone = NTK(3, tuple(int(layer == j) for j in range(3)))
        np.testing.assert_allclose(share.kernel.matrix, limit_matrix(alone, SPHERE), rtol=1e-9, atol=1e-12)
    assert kernel_of(found.architecture, lambda exponent: exponent == Fraction(0)) == NTK(3)
