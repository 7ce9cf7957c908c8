"""Kernel regression and Gaussian processes by brute force; learning curves on real samples."""

import math
from collections.abc import Sequence
from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from torch import Tensor

from numerics.data.points import PointSet, antipodal, uniform_sphere
from numerics.data.targets import gegenbauer, gegenbauer_sequence, multiplicity, zonal_harmonic
from numerics.predictions import kernel_regression as regression
from numerics.predictions import limit_kernels as kernels
from numerics.predictions.kernel_regression import NotPositiveDefinite, Spectrum

EPS = torch.finfo(torch.float64).eps


def error_by_degree(
    sample: PointSet, alpha: Tensor, eigenvalues: Sequence[float], powers: Sequence[float], harmonics: Tensor
) -> Tensor:
    """|f_k - f*_k|^2 in L2(sigma) for degrees k = 0, ..., K, exactly: (K+1,).

    f = k(., X) alpha (n,) for a zonal kernel with eigenvalues mu_0, ..., mu_K on S^d, and a target
    with f*_k = sqrt(powers[k]) phi_k, phi_k of norm 1 with the values ``harmonics[:, k]`` (n, K+1)
    at the sample:

        mu_k^2 N(d,k) sum_ij alpha_i alpha_j P_k(<x_i, x_j>)
            - 2 sqrt(powers[k]) mu_k sum_i alpha_i phi_k(x_i) + powers[k].
    """
    cosines = (sample.points @ sample.points.T).clamp_(-1, 1)
    errors = []
    for degree, polynomial in enumerate(islice(gegenbauer_sequence(sample.dim, cosines), len(eigenvalues))):
        mu, root = eigenvalues[degree], math.sqrt(powers[degree])
        own = mu**2 * multiplicity(sample.dim, degree) * (alpha @ polynomial @ alpha)
        errors.append(own - 2 * root * mu * (alpha @ harmonics[:, degree].to(alpha)) + root**2)
    return torch.stack(errors)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def exponential(points: torch.Tensor, others: torch.Tensor | None = None) -> torch.Tensor:
    """exp(<x, x'>): every degree has a positive eigenvalue."""
    return torch.exp(kernels.angles(points, others).cos())


def exponential_spectrum(dim: int, last: int) -> list[float]:
    """mu_0, ..., mu_last of exp(t) on S^dim, Gauss-Legendre in the angle."""
    nodes, weights = (torch.from_numpy(a) for a in np.polynomial.legendre.leggauss(100))
    angle, step = (nodes + 1) * math.pi / 2, weights * math.pi / 2
    ratio = math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2)) / math.sqrt(math.pi)
    measure = ratio * step * angle.sin() ** (dim - 1) * angle.cos().exp()
    return (gegenbauer(last, dim, angle.cos()) @ measure).tolist()


@given(st.integers(1, 5), st.integers(1, 12), st.floats(1e-3, 3), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_posterior_is_the_conditional_of_the_joint_normal_law(dim, samples, ridge, seed):
    points = uniform_sphere(dim, samples, generator(seed)).points
    tests = uniform_sphere(dim, 3, generator(seed + 1)).points
    labels = torch.randn(samples, 2, dtype=torch.float64, generator=generator(seed))
    joint = exponential(torch.cat([tests, points]))
    noisy = joint + torch.diag(torch.cat([torch.zeros(3), torch.full((samples,), ridge)])).double()
    # Conditioning read off the joint precision: covariance = (P_tt)^-1, mean = -P_tt^-1 P_tx y.
    jitter = 1e-6 * torch.eye(samples + 3, dtype=torch.float64)
    jitter[3:, 3:] = 0
    precision = torch.linalg.inv(noisy + jitter)
    covariance = torch.linalg.inv(precision[:3, :3])
    mean = -covariance @ precision[:3, 3:] @ labels
    got = regression.posterior(joint[3:, 3:], joint[:3, 3:], joint[:3, :3] + jitter[:3, :3], labels, ridge)
    # Two inversions with condition number at most trace over the jitter.
    budget = EPS * 100 * (samples + 3) ** 2 * math.e * (samples + 3) / 1e-6
    assert (got.covariance - covariance).abs().max() <= budget
    assert (got.mean - mean).abs().max() <= budget * (1 + labels.abs().max() * samples / ridge)
    assert bool((got.variance <= joint.diag()[:3] + 2e-6).all())


def test_posterior_without_the_ridge_is_another_one():
    points = uniform_sphere(3, 10, generator(0)).points
    labels = torch.randn(10, dtype=torch.float64, generator=generator(0))
    joint = exponential(points)
    with_ridge, without = (regression.posterior(joint, joint, joint, labels, ridge) for ridge in (0.5, 0.0))
    assert (without.mean - labels).abs().max() <= 1e-9  # interpolates, with no variance left
    assert without.variance.abs().max() <= 1e-9
    assert (with_ridge.mean - labels).abs().max() > 0.1 and with_ridge.variance.min() > 0.01


@given(st.integers(2, 12), st.floats(0.01, 2), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_representer_minimises_the_penalised_loss(samples, ridge, seed):
    matrix = exponential(uniform_sphere(3, samples, generator(seed)).points)
    labels, other = torch.randn(2, samples, dtype=torch.float64, generator=generator(seed))
    alpha = regression.representer(matrix, labels, ridge)

    def loss(a: torch.Tensor) -> float:
        return float((labels - matrix @ a).square().sum() + ridge * a @ matrix @ a)

    assert loss(alpha) < loss(alpha + 0.1 * other)
    assert loss(alpha) < loss(regression.representer(matrix, labels, 1.5 * ridge)) + 1e-12


def test_singular_matrices_are_refused_and_never_shifted():
    points = antipodal(uniform_sphere(2, 6, generator(0))).points
    with pytest.raises(NotPositiveDefinite, match="antipodal"):
        regression.factor(kernels.gram(points))  # more than d + 1 pairs: odd part is linear
    regression.factor(kernels.gram(points), ridge=1e-6)
    for wrong in (torch.ones(2, 3), torch.ones(0, 0)):
        with pytest.raises(ValueError, match="square"):
            regression.factor(wrong)
    with pytest.raises(ValueError, match="ridge"):
        regression.factor(torch.eye(2), -1.0)
    with pytest.raises(NotPositiveDefinite):
        regression.factor(-torch.eye(2))


spectra = st.builds(
    lambda values, counts, tail: Spectrum(tuple(values), tuple(counts[: len(values)]), tail),
    st.lists(st.floats(1e-6, 10), min_size=1, max_size=6),
    st.lists(st.integers(1, 50), min_size=6, max_size=6),
    st.floats(0.01, 1),
)


@given(spectra, st.floats(0.1, 200), st.floats(0, 10))
@settings(max_examples=60, deadline=None)
def test_effective_ridge_solves_its_equation_and_learnabilities_sum_to_the_samples(spectrum, samples, ridge):
    def excess(log_kappa: float) -> float:
        kappa = math.exp(log_kappa)
        modes = zip(spectrum.multiplicities, spectrum.eigenvalues)
        return sum(n * mu / (mu + kappa) for n, mu in modes) + ((ridge + spectrum.tail) / kappa) - samples

    kappa = regression.effective_ridge(spectrum, samples, ridge)
    other = math.exp(brentq(excess, -30, 30, xtol=1e-13))
    assert abs(kappa / other - 1) <= 1e-10
    shares = regression.learnabilities(spectrum, samples, ridge)
    total = sum(n * share for n, share in zip(spectrum.multiplicities, shares))
    assert abs(total + (ridge + spectrum.tail) / kappa - samples) <= 1e-9 * samples


def test_learnabilities_sum_to_the_samples_at_no_ridge():
    spectrum = Spectrum((1.0, 0.1, 0.01), (1, 30, 400))
    total = sum(n * s for n, s in zip((1, 30, 400), regression.learnabilities(spectrum, 100)))
    assert abs(total - 100) <= 1e-10
    shifted = sum(n * s for n, s in zip((1, 30, 400), regression.learnabilities(spectrum, 100, 1)))
    assert shifted < 99
    with pytest.raises(ValueError, match="more than 500"):
        regression.effective_ridge(spectrum, 500)


@pytest.mark.parametrize("samples, ridge, noise", [(60, 0.5, 0.0), (120, 0.05, 0.3)])
def test_learning_curves_are_those_of_regression_on_real_samples(samples, ridge, noise):
    dim, seeds, last = 5, 40, 12
    eigenvalues = exponential_spectrum(dim, last)
    counts = [multiplicity(dim, k) for k in range(last + 1)]
    powers = [0.0, 1.0, 0.5, 0.25] + [0.0] * (last - 3)
    theory = regression.learning_curve(Spectrum(tuple(eigenvalues), tuple(counts)), powers, samples, ridge, noise)
    draws, train = [], []
    for seed in range(seeds):
        rng = generator(seed)
        sample = uniform_sphere(dim, samples, rng)
        poles = uniform_sphere(dim, last + 1, rng).points
        harmonics = torch.stack([zonal_harmonic(sample.points, p, k) for k, p in enumerate(poles)], dim=1)
        labels = harmonics @ torch.tensor(powers, dtype=torch.float64).sqrt()
        labels = labels + math.sqrt(noise) * torch.randn(samples, generator=rng).double()
        matrix = exponential(sample.points)
        alpha = regression.representer(matrix, labels, ridge)
        draws.append(error_by_degree(sample, alpha, eigenvalues, powers, harmonics))
        train.append((labels - matrix @ alpha).square().mean())
    errors, train = torch.stack(draws), torch.stack(train)
    # The theory is one of large n: 10 % for n = 60 and 120, and seven standard errors.
    spread = 7 * errors.sum(1).std() / math.sqrt(seeds)
    assert abs(errors.sum(1).mean() - theory.error) <= 0.1 * theory.error + spread
    spread = 7 * train.std() / math.sqrt(seeds)
    assert abs(train.mean() - theory.train_error) <= 0.1 * theory.train_error + spread
    for wrong in (samples / 3, samples * 3):
        other = regression.learning_curve(Spectrum(tuple(eigenvalues), tuple(counts)), powers, wrong, ridge, noise)
        deviation = abs(errors.sum(1).mean() - other.error)
        assert deviation > 0.1 * other.error + 7 * errors.sum(1).std() / math.sqrt(seeds)


def test_error_by_degree_is_the_squared_difference_over_many_points():
    dim, last = 3, 6
    sample, eigenvalues = uniform_sphere(dim, 20, generator(0)), exponential_spectrum(3, 20)
    powers = [0.1, 1.0, 0.5] + [0.0] * 18
    poles = uniform_sphere(dim, 21, generator(1)).points

    def harmonics(points: torch.Tensor) -> torch.Tensor:
        return torch.stack([zonal_harmonic(points, p, k) for k, p in enumerate(poles)], dim=1)

    roots = torch.tensor(powers, dtype=torch.float64).sqrt()
    alpha = torch.randn(20, dtype=torch.float64, generator=generator(2)) / 5
    exact = error_by_degree(sample, alpha, eigenvalues, powers, harmonics(sample.points)).sum()
    fresh = uniform_sphere(dim, 40_000, generator(3)).points
    squares = (exponential(fresh, sample.points) @ alpha - harmonics(fresh) @ roots).square()
    error = squares.std() / math.sqrt(len(fresh))
    assert abs(squares.mean() - exact) <= 7 * error
    assert abs(squares.mean() - 1.1 * exact) > 7 * error and last


@pytest.mark.parametrize("decay, smoothness", [(2.0, 1.0), (2.0, 0.5), (1.5, 1.5), (2.0, 4.0)])
def test_ridge_rates_are_the_slopes_of_the_best_learning_curves(decay, smoothness):
    # Dyadic blocks of j^-decay, with c_j^2 = mu_j^s / j: sum c_j^2 mu_j^-s diverges like a log.
    edges = [2**i for i in range(40)]
    spectrum = Spectrum(tuple((1.5 * e) ** -decay for e in edges), tuple(edges))
    powers = [n * (1.5 * n) ** (-decay * smoothness - 1) for n in edges]
    sizes, best = (1e4, 1e5, 1e6), []
    for n in sizes:
        errors = [
            regression.learning_curve(spectrum, powers, n, n * 10**-e, noise=1.0).error for e in np.arange(0.5, 9, 0.05)
        ]
        best.append(min(errors))
    slope = -np.polyfit(np.log(sizes), np.log(best), 1)[0]
    # Dyadic blocks ripple, and the constants settle as a power of n: within 8 %.
    exponent, _ = regression.ridge_rate(decay, smoothness)
    assert abs(slope - exponent) < 0.08 * exponent
    rougher = regression.ridge_rate(decay, 0.4 * min(smoothness, 2.0))[0]
    assert abs(slope - rougher) > 0.08 * exponent
