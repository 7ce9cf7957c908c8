"""Exact second moments of neurons, against simulation and quadrature; rates that are theorems."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from numerics.data.points import equispaced_circle, product_grid_sphere
from theory.kernels import NTK
from theory.spectra.spectrum import float_spectrum
from verify.statistics.binomial import binomial_bounds
from verify.statistics.moments import Moments, angular, harmonic_moments, pair_moments

MISS = 1e-6


def shares(angle: float, scales: tuple[float, float], shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Y of independent hidden units."""
    rng = np.random.default_rng(seed)
    u, other, a = rng.normal(size=(3, *shape))
    v = math.cos(angle) * u + math.sin(angle) * other
    gates = (u > 0) & (v > 0)
    return 2 * gates * (scales[1] * u * v + scales[0] * a**2 * math.cos(angle))


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("angle", [0.4, 1.5, 2.9])
def test_angular_moments_equal_a_double_integral(order, angle):
    # u = r cos(a), v = r cos(a - angle), both positive for a in (angle - pi/2, pi/2).
    radial = math.factorial(order) * 2**order  # E r^(2q)
    inner, _ = integrate.quad(lambda a: (math.cos(a) * math.cos(a - angle)) ** order, angle - math.pi / 2, math.pi / 2)
    assert angular(order, angle) == pytest.approx(radial * inner / (2 * math.pi), rel=1e-10)


@pytest.mark.parametrize("scales", [(1.0, 1.0), (0.5, 1.0), (0.0, 1.0), (2.0, 0.0)])
@pytest.mark.parametrize("angle", [0.0, 0.7, 2.0])
def test_pair_moments_agree_with_simulated_units(angle, scales):
    moments, found = pair_moments(angle, scales), shares(angle, scales, (400_000,), seed=1)
    for power, exact in ((1, moments.mean), (2, moments.second)):
        values = found**power
        assert abs(values.mean() - exact) <= 5.5 * values.std() / math.sqrt(len(values)) + 1e-12


@given(st.integers(1, 6), st.integers(0, 7), st.sampled_from([(1.0, 1.0), (0.5, 1.0), (3.0, 0.25)]))
@settings(max_examples=20, deadline=None)
def test_the_mean_share_of_a_harmonic_is_its_eigenvalue(dim, degree, scales):
    hidden, output = (float(float_spectrum(NTK(2, s), dim, range(degree + 1))[degree]) for s in ((1, 0), (0, 1)))
    expected = scales[0] * hidden + scales[1] * output
    assert harmonic_moments(dim, degree, scales).mean == pytest.approx(expected, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize(("dim", "degree"), [(1, 1), (1, 4), (2, 1), (2, 4)])
def test_harmonic_moments_agree_with_quadrature_over_the_sphere_of_simulated_units(dim, degree):
    """A unit's quadratic form by its definition: two integrals over S^d, no Funk-Hecke, no gradient."""
    rng, units = np.random.default_rng(degree), 20_000
    grid = equispaced_circle(360) if dim == 1 else product_grid_sphere(40, 80)
    x, weights = grid.points.numpy(), grid.weights.numpy()
    pole = x[:, 0] if dim == 1 else x[:, 2]
    phi = special.eval_chebyt(degree, pole) if dim == 1 else special.eval_legendre(degree, pole)
    phi = weights * phi / math.sqrt(weights @ phi**2)
    z = rng.normal(size=(units, dim + 1)) @ x.T
    a = rng.normal(size=units)
    gated = ((z > 0) @ (x * phi[:, None])) ** 2
    values = 2 * (np.maximum(z, 0) @ phi) ** 2 + 2 * a**2 * gated.sum(axis=1)
    moments = harmonic_moments(dim, degree)
    # Steps integrated on a grid: an error of a grid spacing of the gate's edge, .03 of the share at most.
    for power, exact in ((1, moments.mean), (2, moments.second)):
        terms = values**power
        assert abs(terms.mean() - exact) <= 5 * terms.std() / math.sqrt(units) + 0.03 * exact


def test_bernsteins_reach_is_exceeded_as_seldom_as_stated_over_1000_replicates():
    """Rate .1: no mean is farther from the exact one than the reach, and one that is off by twice it is seen."""
    moments, terms = pair_moments(0.7), 4000
    means = shares(0.7, (1, 1), (1000, terms), seed=3).mean(axis=1)
    reach = moments.reach(terms, 0.1)
    alarms = int((abs(means - moments.mean) > reach).sum())
    assert binomial_bounds(alarms, 1000, MISS)[0] <= 0.1
    missed = int((abs(means + 2 * reach - moments.mean) <= reach).sum())
    assert binomial_bounds(missed, 1000, MISS)[0] <= 0.1


def test_a_wrong_scale_of_a_layer_is_beyond_the_reach_and_the_exact_variance_is_seen():
    moments, terms = pair_moments(0.7), 200_000
    right, wrong = (shares(0.7, (1.0, 1.0 * s), (terms,), seed=4).mean() for s in (1, 1.2))
    assert abs(right - moments.mean) <= moments.reach(terms, 1e-6) < abs(wrong - moments.mean)
    means = shares(0.7, (1, 1), (2000, 400), seed=5).mean(axis=1)
    z = (means - moments.mean) / math.sqrt(moments.variance / 400)
    # Var of 2000 normal values: 1 +- 5.5 sqrt(2/2000); kurtosis of the mean of 400 adds less than that.
    assert np.var(z) == pytest.approx(1, abs=5.5 * math.sqrt(2 / 2000) * 1.2)


@given(st.floats(0, math.pi), st.floats(0, 3), st.floats(0.01, 3))
@settings(max_examples=50, deadline=None)
def test_bernsteins_condition_holds_for_the_bound_of_every_moment(angle, hidden, output):
    moments = pair_moments(angle, (hidden, output))
    height = output * (1 + math.cos(angle)) + 2 * hidden * abs(math.cos(angle))
    if moments.second < 1e-12:
        return
    for q in range(3, 40):
        left = q * math.log(height) + sum(math.log(j) for j in range(1, 2 * q, 2))
        right = math.lgamma(q + 1) - math.log(2) + math.log(moments.second) + (q - 2) * math.log(moments.scale)
        assert left <= right + 1e-9


def test_bad_requests_are_refused_in_one_line():
    for request, said in (
        (lambda: pair_moments(0.7, (-1, 1)), "layer scales"),
        (lambda: angular(3, 0.7), "order 0, 1 or 2"),
        (lambda: harmonic_moments(0, 1), "dim >= 1"),
    ):
        with pytest.raises(ValueError, match=said) as raised:
            request()
        assert "\n" not in str(raised.value)
    assert Moments(1.0, 2.0, 0.0).variance == 1
