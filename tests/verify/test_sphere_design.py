"""Nonnegative combinations of kernels on S^d: certified reach, and a network so built that learns at its rates."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.data.points import product_grid_sphere
from numerics.data.targets import zonal_harmonic
from numerics.networks.deep import Architecture, DeepModule, initialise
from theory.kernels import NNGP, NTK, PowerSeries
from theory.numbers.truth import Truth
from theory.spectra.kernel_combinations import combined, deviation, dual_bound, exact_weights, kernel_columns
from theory.statements.law_values import law_values
from verify.networks.sphere_design import sphere_design

POWERS = [PowerSeries((0,) * n + (1,)) for n in range(1, 5)]
COLUMNS = kernel_columns(POWERS, 2, (1, 2, 3, 4))
DEEP = [NTK(depth=2), NTK(depth=3), NNGP(depth=2), NNGP(depth=3)]


@given(st.lists(st.fractions(Fraction(1, 9), 4, max_denominator=9), min_size=4, max_size=4))
@settings(max_examples=15, deadline=None)
def test_every_choice_of_weights_is_found_again(weights):
    found, reachable = exact_weights(COLUMNS, combined(COLUMNS, weights))
    assert reachable is Truth.HOLDS
    assert all(ball.contains(weight) for ball, weight in zip(found, weights, strict=True))


def test_an_analytic_law_is_reached_by_powers_and_a_slow_one_is_not():
    fast, slow = (sphere_design(POWERS, 2, (1, 2, 3, 4), law) for law in ("exp(-2*k)", "1"))
    assert fast.reachable is Truth.HOLDS and fast.lower == 0 and fast.upper < Fraction(1, 10**9)
    assert slow.reachable is Truth.FAILS and 0 < slow.lower <= slow.upper < slow.lower + Fraction(1, 10**6)
    # The exact solution says the same: it is unique, and one of its weights is certainly negative.
    assert exact_weights(COLUMNS, law_values("1", 4))[1] is Truth.FAILS


@pytest.mark.parametrize("law", ["k**-2", "k**-3", "exp(-k)"])
def test_no_other_weights_come_nearer_than_the_certificate_says(law):
    plan = sphere_design(DEEP, 2, (1, 2, 3, 4), law)
    assert plan.lower <= plan.upper < plan.lower + Fraction(1, 10**6)
    columns, targets = kernel_columns(DEEP, 2, (1, 2, 3, 4)), list(law_values(law, 4))
    rng = np.random.default_rng(0)
    for _ in range(10):
        moves = zip(plan.weights, np.exp(rng.normal(size=4)), rng.uniform(0, 0.1, 4))
        others = [Fraction(float(weight) * factor + more) for weight, factor, more in moves]
        assert deviation(combined(columns, others), targets) >= plan.lower


def test_what_is_no_certificate_is_refused():
    targets = list(law_values("k**-3", 4))
    assert dual_bound(COLUMNS, targets, [Fraction(1, 2)] * 4) is None  # of norm 2
    assert dual_bound(COLUMNS, targets, [Fraction(1, 4)] * 4) is None  # raises every weight
    for bad in (
        lambda: sphere_design(POWERS, 2, (0, 1), "k**-3"),
        lambda: sphere_design(POWERS, 2, (2, 1), "k**-3"),
        lambda: exact_weights(COLUMNS, targets[:2]),
        lambda: combined(COLUMNS, [Fraction(-1)] * 4),
        lambda: kernel_columns([], 2, (1,)),
        lambda: dual_bound(COLUMNS, targets, []),
    ):
        with pytest.raises(ValueError, match="wanted"):
            bad()


WIDTH, SEEDS, STEPS, AMPLITUDE = 256, 6, 12, 0.02
# Of the log decay averaged over networks: kernels of this width are off by some 2/sqrt(width) each.
MARGIN = 4 / math.sqrt(WIDTH * SEEDS) + 0.05


def test_networks_added_with_the_designed_factors_learn_at_the_designed_rates():
    plan = sphere_design(DEEP, 2, (1, 2, 3), "k**-2")
    sample = product_grid_sphere(8, 16)
    pole = torch.tensor([0.0, 0.6, 0.8], dtype=torch.float64)
    harmonics = torch.stack([zonal_harmonic(sample.points, pole, k) for k in plan.degrees], 1)
    harmonics = harmonics / (sample.weights[:, None] * harmonics**2).sum(0).sqrt()
    rates = np.array([float(mu.lower) for mu in plan.spectrum])
    step = 0.3 / rates.max()
    slopes = np.stack([decays(plan, sample, harmonics, step, seed) for seed in range(SEEDS)])
    wanted = np.log1p(-step * rates)
    assert (np.abs(slopes.mean(0) / wanted - 1) < MARGIN).all(), slopes.mean(0) / wanted
    shifted = np.log1p(-step * np.roll(rates, 1))
    equal = np.log1p(-step * rates.max() * np.ones(3))
    for wrong in (shifted, equal):
        assert (np.abs(slopes.mean(0) / wrong - 1) > MARGIN).any()


def decays(plan, sample, harmonics, step, seed) -> np.ndarray:
    """Log decay per step of each degree of one sum of networks, by plain gradient descent.

    Read where the prediction passes 0.3, or at the last step: later the other degrees of a kernel of finite
    width leak into what is left.
    """
    generator = torch.Generator().manual_seed(seed)
    modules = [DeepModule(initialise(architecture(kernel), generator)) for kernel in plan.kernels]
    factors = [math.sqrt(weight) for weight in plan.weights]
    parameters = [p for module in modules for p in module.parameters()]
    optimiser = torch.optim.SGD(parameters, lr=step)
    labels, start, path = AMPLITUDE * harmonics.sum(1), None, []
    for _ in range(STEPS + 1):
        values = sum(factor * module(sample.points) for factor, module in zip(factors, modules) if factor)
        start = values.detach() if start is None else start
        residual = labels + start - values
        path.append(((sample.weights * residual.detach()) @ harmonics / AMPLITUDE).numpy())
        loss = (sample.weights * residual**2).sum() / 2
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    falling = np.log1p(-step * np.array([float(mu.lower) for mu in plan.spectrum]))
    read = np.clip(np.floor(math.log(0.3) / falling), 1, STEPS).astype(int)
    return np.log(np.array(path)[read, np.arange(len(read))]) / read


def architecture(kernel) -> Architecture:
    """The network with the tangent kernel NTK(depth), or NNGP(depth): that trains the last layer alone."""
    widths = (WIDTH,) * (kernel.depth - 1)
    if isinstance(kernel, NNGP):
        return Architecture(2, widths, layer_scales=(0.0,) * (kernel.depth - 1) + (1.0,))
    return Architecture(2, widths)
