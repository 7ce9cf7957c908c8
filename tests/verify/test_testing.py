"""Assertions for other people's suites, tried on networks and routines that are not ours."""

from __future__ import annotations

import math
import re
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import Phase, given, settings
from torch import nn

from numerics.data.points import uniform_sphere
from numerics.networks import tangent_kernels as tangent
from numerics.networks.two_layer import TwoLayer
from numerics.predictions.limit_kernels import empirical_kernel
from theory.kernels import NTK, DualTangent
from verify.statistics.binomial import binomial_bounds
from verify.testing import assert_tangent_kernel, strategies
from verify.testing.layers import limit_matrix, parts
from verify.testing.measuring import Measured, measure
from verify.testing.networks import TangentStack
from verify.testing.plan import Plan, planned
from verify.testing.tangent import asked, confirmed, pair_tests

MISS = 1e-6
POINTS = uniform_sphere(3, 4, torch.Generator().manual_seed(20)).points
SIZES = {"widths": (64, 256, 4096), "seeds": 48, "margin": 0.2}
EXAMPLES = 8


class Scaled(nn.Module):
    """A constant factor, as other people write it."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.factor * x


def torch_default(width: int, seed: int, bias: bool = False) -> nn.Module:
    """torch's own stack at its own initialisation."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, width, bias=bias), nn.ReLU(), nn.Linear(width, 1, bias=bias))


def he_scaled(width: int, seed: int, activation: type[nn.Module] = nn.ReLU) -> nn.Module:
    """He's initialisation of the hidden layer, N(0, 1) at the output, divided by sqrt(width)."""
    torch.manual_seed(seed)
    layers = nn.Linear(4, width, bias=False), activation(), nn.Linear(width, 1, bias=False), Scaled(width**-0.5)
    nn.init.kaiming_normal_(layers[0].weight)
    nn.init.normal_(layers[2].weight)
    return nn.Sequential(*layers)


def tanh_scaled(width: int, seed: int) -> nn.Module:
    network = he_scaled(width, seed, nn.Tanh)
    with torch.no_grad():
        network[0].weight.mul_(math.sqrt(2))  # N(0, 2/4) -> N(0, 1)
    return network


# w ~ N(0, 2/4): the output layer gives k1 * 2/4 / 2, the hidden one t k0/2 with the output weights N(0, 1).
HE_KERNEL = "NTK(depth=2, layer_scales=(1/2, 1/4))"


def refusal(error: type[Exception], *arguments, **sizes) -> str:
    with pytest.raises(error) as raised:
        assert_tangent_kernel(*arguments, **{**SIZES, **sizes})
    return str(raised.value)


def test_he_initialisation_with_scaled_forward_pass_has_its_limit_kernel():
    agreement = assert_tangent_kernel(he_scaled, HE_KERNEL, POINTS, **SIZES)
    assert agreement.width == 4096 and "from width" in str(agreement)


def test_tanh_has_the_tanh_kernel_and_not_the_relu_kernel():
    assert_tangent_kernel(tanh_scaled, DualTangent("tanh"), POINTS, **SIZES)
    message = refusal(AssertionError, tanh_scaled, NTK(2), POINTS)
    assert "wrong kernel (its shape differs)" in message


def test_default_initialisation_is_told_apart_layer_by_layer():
    message = refusal(AssertionError, torch_default, "NTK(depth=2)", POINTS)
    assert "wrong scales of layers, right shape of every layer" in message
    # var w = 1/(3*4): layer 1 sums a^2 = 1/3 of t k0 / 2, layer 2 m of k1 / 24.
    hidden, output = (line for line in message.splitlines() if "weights" in line)
    for line, factor in ((hidden, 1 / 6), (output, 4096 / 24)):
        assert float(re.search(r"factor ([\d.]+)", line)[1]) == pytest.approx(factor, rel=0.05)
        assert "predicted 1" in line and "torch's default" in line
    exponent = float(re.search(r"grows as width\^([\d.]+)", output)[1])
    assert exponent == pytest.approx(1, abs=0.05) and "width^" not in hidden


def test_default_biases_change_the_shape_and_the_message_says_that_they_start_at_random():
    message = refusal(AssertionError, partial(torch_default, bias=True), "NTK(depth=2, bias=True)", POINTS)
    assert "wrong kernel" in message
    assert "layer 1, biases (0.bias)" in message and "starts at random" in message
    assert "2.bias" in message and "no such part" in message


def test_an_overall_factor_is_called_a_scale_and_its_size_is_said():
    message = refusal(AssertionError, he_scaled, f"2 * {HE_KERNEL}", POINTS)
    assert "wrong scale, right shape within the margin (every entry is 0.5" in message


def test_exchanged_layer_scales_are_named():
    make = partial(TangentStack, 3, scales=(2, 0.5))
    message = refusal(AssertionError, make, "NTK(depth=2, layer_scales=(1/2, 1))", POINTS)
    assert "wrong scales of layers" in message
    factors = [float(found) for found in re.findall(r"([\d.]+) times as large", message)]
    assert factors == pytest.approx([4, 0.5], rel=0.1)


def test_layer_scales_that_move_no_entry_by_the_margin_pass():
    # (t k0 - k1)/2 is at most .11 of kappa(1) = 3/2 in size, which a margin of .2 does not see.
    make = partial(TangentStack, 3, scales=(1, 0.5))
    assert_tangent_kernel(make, "NTK(depth=2, layer_scales=(1/2, 1))", POINTS, **SIZES)


def test_another_depth_is_a_wrong_kernel():
    message = refusal(AssertionError, lambda w, s: TangentStack(3, w, s, (1, 1)), "NTK(depth=6)", POINTS)
    assert "wrong kernel" in message


def test_any_architecture_has_its_kernel_and_never_one_three_times_as_large():
    said = []  # of each example; the rates are divided by their number
    rates = {"false_fail": 1e-3 / EXAMPLES, "false_pass": 1e-3 / EXAMPLES}

    @given(strategies.architectures(), strategies.dims(1, 5), strategies.seeds())
    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate])
    def check(architecture, dim, seed):
        make, kernel = architecture
        points = uniform_sphere(dim, 3, torch.Generator().manual_seed(seed)).points
        sizes = {"widths": (64, 512), "seeds": 48, "margin": 0.5, **rates}

        def network(width: int, one: int) -> nn.Module:
            return make(dim, width, (seed + one) % 2**31)

        try:
            assert_tangent_kernel(network, kernel, points, **sizes)
            said.append("confirmed")
        except ValueError as refused:  # too heavy tails for this width: refused, never failed
            assert "keep no false-fail rate" in str(refused)
        with pytest.raises((AssertionError, ValueError)) as wrong:
            assert_tangent_kernel(network, 3 * kernel, points, **sizes)
        said.append(wrong.type.__name__)

    check()
    assert said.count("confirmed") >= EXAMPLES / 2 and said.count("AssertionError") >= EXAMPLES / 2, said


class Bad(nn.Module):
    """One thing wrong at a time."""

    def __init__(self, what: str, width: int, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.what, self.layer = what, nn.Linear(4, width)
        self.norm, self.drop = nn.BatchNorm1d(width), nn.Dropout()
        if what != "norm":
            self.norm = None
        if what == "frozen":
            self.requires_grad_(False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.layer(x).relu()
        if self.what == "norm":
            hidden = self.norm(hidden)
        if self.what == "dropout":
            hidden = self.drop(hidden)
        if self.what == "mixing":
            hidden = hidden - hidden.mean(0)
        if self.what == "nan":
            hidden = hidden / 0
        return hidden if self.what == "vector" else hidden.sum(1)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("norm", "normalises over the batch: call .eval()"),
        ("dropout", "is random (dropout in training mode?)"),
        ("mixing", "depends on the other points"),
        ("nan", "outputs of the network are not finite"),
        ("vector", "with the same q at every width wanted, got q = [8, 16]"),
        ("frozen", "no trainable parameter"),
    ],
)
def test_networks_without_a_tangent_kernel_are_refused_in_one_line(what, said):
    message = refusal(ValueError, lambda w, s: Bad(what, w, s), "NTK(depth=2)", POINTS, widths=(8, 16))
    assert said in message and "\n" not in message


class Halves(nn.Module):
    """Two halves of opposite sign: f_0 = 0, but for the rounding of float32, which a point alone has otherwise."""

    def __init__(self, width: int, seed: int) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(seed)
        first, second = torch.randn(3, width, generator=draw), torch.randn(width, 1, generator=draw)
        self.first = nn.Parameter(torch.cat([first, first], dim=1))
        self.second = nn.Parameter(torch.cat([second, -second]))

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        return (2 / len(self.second)) ** 0.5 * (points @ self.first).relu() @ self.second


def test_a_network_that_starts_at_zero_has_its_kernel():
    assert_tangent_kernel(Halves, "NTK(depth=2)", torch.eye(3), widths=(256, 8192), seeds=40, margin=0.2)


def test_evaluation_mode_makes_dropout_and_batch_norm_acceptable():
    for what in ("norm", "dropout"):
        measured = measure(lambda w, s: Bad(what, w, s).eval(), 8, range(3), POINTS)
        assert measured.total.shape == (3, 4, 4)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"widths": (64,)}, "at least two different"),
        ({"widths": (64, 0)}, "at least two"),
        ({"seeds": 2}, "seeds: an integer >= 3"),
        ({"margin": 0}, "0 < margin < 1"),
        ({"margin": math.nan}, "0 < margin"),
        ({"false_fail": 1}, "0 < false_fail"),
        ({"margin": 0.01}, "keep no false-fail rate of 1e-06 at a margin of 0.01"),
        ({"seeds": 4}, "with so few seeds, take 20 or more first"),
    ],
)
def test_bad_sizes_are_refused_in_one_line(changed, said):
    message = refusal(ValueError, he_scaled, HE_KERNEL, POINTS, **{"widths": (32, 64), **changed})
    assert said in message and "\n" not in message


def test_points_that_are_none_and_other_bad_objects_are_refused():
    assert "points of norm 1 wanted" in refusal(ValueError, he_scaled, "Laplace(rate=1)", [[1, 0], [2, 0]])
    assert "norm nan" in refusal(ValueError, he_scaled, "NTK(depth=2)", [[math.nan, 0]])
    assert "points (n, d)" in refusal(ValueError, he_scaled, "NTK(depth=2)", [1.0, 0.0])
    assert "kernel of theory.kernels" in refusal(ValueError, he_scaled, 3, POINTS)
    assert "torch.nn.Module" in refusal(ValueError, lambda w, s: len, "NTK(depth=2)", POINTS)
    assert "must be a function (width, seed)" in refusal(ValueError, 3, "NTK(depth=2)", POINTS)
    assert "got one module, Sequential" in refusal(ValueError, he_scaled(8, 0), "NTK(depth=2)", POINTS)
    plane = refusal(ValueError, he_scaled, "NTK(depth=2)", [[1.0, 0.0], [0.0, 1.0]])
    assert "does not take points of R^2" in plane and "\n" not in plane
    assert "ignores its seed" in refusal(ValueError, lambda w, s: he_scaled(w, 0), HE_KERNEL, POINTS)


def test_measured_kernels_equal_those_of_batched_differentiation():
    network = TangentStack(3, 16, 0, (1, 0.5, 2), bias=True)
    measured = measure(lambda w, s: TangentStack(3, w, s, (1, 0.5, 2), bias=True), 16, range(2), POINTS)
    np.testing.assert_allclose(measured.total[0], tangent.empirical_kernel(network, POINTS).numpy(), rtol=1e-12)


def test_measured_kernels_equal_the_closed_expression():
    def make(width: int, seed: int) -> nn.Module:
        return TangentStack(3, width, seed, (0.5, 1))

    measured = measure(make, 32, range(3), POINTS)
    for seed in range(3):
        first, second = (p.detach() for p in make(32, seed).weights)
        # TangentStack's V_1 ~ N(0, 2) is sqrt(m) W_1 of Cao et al.; V_2 ~ N(0, 1) is sqrt(m) W_2.
        expected = empirical_kernel(TwoLayer(first / 32**0.5, second[0] / 32**0.5), POINTS)
        np.testing.assert_allclose(measured.total[seed], expected.numpy(), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kernel", [NTK(2), NTK(4, bias=True), 3 * NTK(3), DualTangent("erf"), DualTangent("tanh")])
def test_parts_of_the_layers_add_up_to_the_kernel(kernel):
    total = sum(part.scale * part.unit for part in parts(kernel, POINTS))
    np.testing.assert_allclose(total, limit_matrix(kernel, POINTS), rtol=1e-12, atol=1e-12)


def replicates(runs: int, width: int, seeds: int) -> np.ndarray:
    """Kernels of Cao's networks at POINTS[:2] by the closed expression: (runs, seeds, 2, 2)."""
    draw = torch.Generator().manual_seed(width)
    shape = runs, seeds, width
    first = torch.randn(*shape, 4, dtype=torch.float64, generator=draw) * math.sqrt(2 / width)
    second = torch.randn(*shape, dtype=torch.float64, generator=draw) / math.sqrt(width)
    return empirical_kernel(TwoLayer(first, second), POINTS[:2]).numpy()


def passed(kernel: str, margin: float, runs: int = 1000) -> tuple[int, list[Plan]]:
    """How many of the replicates of pilot (width 32) and test (width 128) are confirmed."""
    limit = asked(kernel, POINTS[:2], margin, false_fail=0.2, false_pass=0.1)
    pilots, tests = (replicates(runs, width, 16) for width in (32, 128))
    count, plans = 0, []
    for one, two in zip(pilots, tests):
        pilot, tested = (Measured(w, ("w",), ((w,),), k[:, None], (1.0,)) for w, k in ((32, one), (128, two)))
        plans.append(planned(limit, pilot))
        count += plans[-1].kept(128) and confirmed(pair_tests(plans[-1], tested))
    return count, plans


def test_false_alarms_of_a_right_kernel_over_1000_replicates():
    count, plans = passed("NTK(depth=2, layer_scales=(1/2, 1))", margin=0.6)
    kept = sum(plan.kept(128) for plan in plans)
    assert kept > 900  # few are refused, and only those may be no agreement without counting as alarms
    low, _ = binomial_bounds(kept - count, kept, MISS)
    assert low <= 0.2


def test_a_kernel_that_is_off_by_the_margin_passes_at_most_at_the_stated_rate():
    count, _ = passed("5/8 * NTK(depth=2, layer_scales=(1/2, 1))", margin=0.6)
    assert binomial_bounds(count, 1000, MISS)[0] <= 0.1


def test_the_width_that_is_said_is_enough_and_a_smaller_one_is_not():
    limit = asked(HE_KERNEL, POINTS, 0.2, 1e-6, 1e-6)
    plan = planned(limit, measure(he_scaled, 64, range(48), POINTS))
    width = plan.width_to_see(0.2)
    assert plan.kept(width) and not plan.kept(int(0.98 * width))
