"""Steps on random points: a proved bound and an estimate, against samples drawn here and known laws."""

from __future__ import annotations

from fractions import Fraction
from math import log, sqrt

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from tests.theory.values import refuses_change
from theory.kernels import NTK, Gaussian, Laplace, PowerSeries
from theory.numbers.balls import Enclosure, working_precision
from theory.spectra import sample_steps
from theory.spectra.gradient_descent import descents
from theory.spectra.sample_steps import Levels, Modes, at_least, estimated_steps, floor_of, levels, modes

HALF = Fraction(1, 2)


def wishart(value: float, count: int, points: int) -> Levels:
    return levels(Modes(np.array([value]), np.array([float(count)]), 0.0, points))


@given(st.fractions(Fraction(1, 1000), Fraction(199, 100)), st.fractions(Fraction(1, 10**6), Fraction(9, 10)))
def test_fewer_steps_than_at_least_leave_more(share: Fraction, residual: Fraction) -> None:
    with working_precision(30):
        steps = at_least(Enclosure.of(arb(share.numerator) / share.denominator), Fraction(1), residual)
    left = abs(1 - share)
    if left == 0:
        assert steps == 1
        return
    wanted = log(residual) / log(left)
    assert wanted - 1e-6 * wanted <= steps < wanted * (1 + 1e-6) + 1


def test_a_step_beyond_the_edge_never_gets_there_and_one_at_it_is_told_nothing_of() -> None:
    with working_precision(30):
        assert at_least(Enclosure.of(arb(3)), Fraction(1), HALF) is None
        assert at_least(Enclosure.of(arb(2, 0.001)), Fraction(1), HALF) == 1  # on both sides of the edge
        assert at_least(Enclosure.of(arb(1)), Fraction(1), HALF) == 1


@given(st.integers(1, 400), st.integers(16, 400), st.floats(1e-9, 1e3))
def test_one_eigenvalue_has_the_law_of_marchenko_and_pastur(count: int, points: int, value: float) -> None:
    found = wishart(value, count, points)
    ratio = count / points
    low, high = value * (1 - sqrt(ratio)) ** 2, value * (1 + sqrt(ratio)) ** 2
    assert abs(found.level.max() / high - 1) < 1e-3
    assert abs(found.level.min() - low) < 2e-3 * value * sqrt(ratio)
    level, weights = found.weights(value)
    assert len(level) == len(found.level) and abs(weights.sum() - 1) < 5e-3
    mean = value * (1 + ratio)  # the mean Rayleigh quotient
    assert abs(weights @ level / mean - 1) < 1e-2 and not abs(weights @ level / value - 1) < min(1e-2, ratio / 2)
    level, outside = found.weights(0.0)
    assert abs(outside.sum() - 1) < 5e-3
    assert abs(outside[level <= 0].sum() - max(0, 1 - ratio)) < 1e-12  # what the kernel does not see


def test_the_mean_is_exactly_one_and_no_gaussian() -> None:
    """A constant kernel has the eigenvalue 1 on every sample; with more, degree 0 is an atom that is pushed up."""
    alone = levels(modes(PowerSeries((1,)), 2, 50, 1.0))
    assert estimated_steps(alone, 1.0, Fraction(1), Fraction(1, 10**6)) == 1
    assert [part.tolist() for part in alone.weights(1.0)] == [[1.0], [1.0]]
    found = levels(modes(PowerSeries((1, 1)), 2, 300, 2.0))  # mu_0 = 1, mu_1 = 1/3
    level, weights = found.weights(1.0)
    assert len(level) == len(found.level) + 1 and 0.98 < weights[-1] < 1
    assert abs(weights.sum() - 1) < 5e-3 and abs(weights @ level - (1 + 1 / 300)) < 1e-3
    random = np.random.default_rng(5)
    tops = []
    for _ in range(40):
        x = random.normal(size=(300, 3))
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        tops.append(np.linalg.eigvalsh((1 + x @ x.T) / 300)[-1])
    assert abs(np.mean(tops) - level[-1]) < 5 * np.std(tops, ddof=1) / sqrt(40)
    assert not abs(np.mean(tops) - 1) < 5 * np.std(tops, ddof=1) / sqrt(40)


def test_degrees_far_below_the_floor_act_as_the_identity() -> None:
    """A rest of trace tau alone adds tau/n to every level."""
    one, more = (Modes(np.array([1.0]), np.array([1600.0]), rest, 400) for rest in (0.0, 40.0))
    small = Modes(np.array([1.0, 1e-8]), np.array([1600.0, 4e9]), 0.0, 400)
    for end in (np.min, np.max):
        alone, shifted, same = (end(levels(found).level) for found in (one, more, small))
        assert abs(shifted - alone - 0.1) < 1e-4 and abs(same - shifted) < 1e-3
    assert floor_of(more) > floor_of(one) > 0
    assert floor_of(Modes(np.array([1.0]), np.array([400.0]), 0.0, 400)) == 0


def test_many_points_know_the_population() -> None:
    found = wishart(0.25, 4, 4 * 10**8)
    for step in (Fraction(1), Fraction(3)):
        wanted = log(0.01) / log(1 - step * Fraction(1, 4))
        assert estimated_steps(found, 0.25, step, Fraction(1, 100)) == -int(-wanted // 1)


def test_what_the_kernel_does_not_see_stays() -> None:
    found = wishart(1.0, 300, 400)  # a quarter of the points' space is left
    assert estimated_steps(found, 0.0, Fraction(1, 10), Fraction(49, 100)) is None
    assert estimated_steps(found, 0.0, Fraction(1, 10), Fraction(51, 100)) is not None
    assert estimated_steps(found, 1.0, Fraction(1), HALF) is None  # beyond 2 over the largest level, 1.86^2
    assert estimated_steps(found, 1.0, HALF, HALF) is not None


def test_groups_of_late_degrees_keep_both_moments() -> None:
    values, counts = 1.0 / (1 + np.arange(300.0)) ** 2, 1 + np.arange(300.0)
    values[1::2] = 0
    found = sample_steps._grouped(values, counts, 0.5, 10)
    refuses_change(found)
    for power in (1, 2):
        assert np.isclose(found.counts @ found.values**power, counts @ values**power, rtol=1e-12)
    assert len(found.values) < 100 and (found.values > 0).all()
    assert np.allclose(found.values[:16], values[:32:2], rtol=1e-12, atol=0)


def test_kernels_with_too_many_degrees_have_no_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    assert modes(Laplace(1), 2, 100, 1.0) is not None
    monkeypatch.setattr(sample_steps, "MOST_DEGREES", 8)
    assert modes(Laplace(1), 2, 100, 1.0) is None
    assert modes(PowerSeries((0,) * 9 + (1,)), 2, 100, 1.0) is None
    assert modes(PowerSeries((1, 1)), 2, 100, 2.0) is not None
    found = descents(Laplace(1), 2, range(3), samples=100)
    assert not found.estimated and all(row.estimate is None and row.at_least for row in found.degrees)


def sample(random: np.random.Generator, dim: int, points: int, depth: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points of S^dim, and the eigenvalues and eigenvectors of K/n of NTK(depth), written out here."""
    x = random.normal(size=(points, dim + 1))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    nngp = np.clip(x @ x.T, -1, 1)
    np.fill_diagonal(nngp, 1)
    tangent = nngp
    for _ in range(depth - 1):
        slope = 1 - np.arccos(nngp) / np.pi
        after = np.clip(nngp * slope + np.sqrt(1 - nngp**2) / np.pi, -1, 1)
        tangent, nngp = tangent * slope + after, after
    return x, *np.linalg.eigh(tangent / points)


def zonal(degree: int, dim: int, t: np.ndarray) -> np.ndarray:
    before, now = np.ones_like(t), t
    for j in range(1, degree):
        before, now = now, ((2 * j + dim - 1) * t * now - j * before) / (j + dim - 1)
    return now if degree else np.ones_like(t)


def simulated(dim: int, points: int, depth: int, step: float, degrees: range, draws: int) -> dict[int, int]:
    """The least T after which 1/100 is left of a zonal harmonic, in root mean square over samples."""
    random = np.random.default_rng(3)
    parts: dict[int, list] = {degree: [] for degree in degrees}
    for _ in range(draws):
        x, values, vectors = sample(random, dim, points, depth)
        for degree in degrees:
            pole = random.normal(size=dim + 1)
            target = zonal(degree, dim, x @ (pole / np.linalg.norm(pole)))
            parts[degree].append((vectors.T @ target) ** 2)
            parts[degree].append(np.abs(1 - step * values))
    found = {}
    for degree, known in parts.items():
        shares, factors = np.concatenate(known[::2]), np.concatenate(known[1::2])
        wanted, steps = 1e-4 * shares.sum(), 1
        while shares @ factors ** (2 * steps) > wanted:
            steps = max(steps + 1, int(steps * 1.002))
        found[degree] = steps
    return found


@pytest.mark.parametrize(
    ("dim", "points", "depth", "step", "draws"), [(63, 600, 3, "1.44", 1), (20, 200, 2, "1", 6), (5, 200, 3, "1", 6)]
)
def test_samples_obey_the_bound_and_are_near_the_estimate(
    dim: int, points: int, depth: int, step: str, draws: int
) -> None:
    """Degrees 1 to 4. The population's steps are off by factors up to 10^4 and are told apart."""
    degrees = range(1, 5)
    rows = descents(NTK(depth), dim, degrees, step=Fraction(step), samples=points).degrees
    drawn = simulated(dim, points, depth, float(step), degrees, draws)
    for row, (degree, steps) in zip(rows, drawn.items(), strict=True):
        assert row.at_least <= steps, degree
        assert abs(row.estimate / steps - 1) < 0.25, degree
    assert max(max(row.steps or 10**9, 1) / drawn[degree] for row, degree in zip(rows, degrees, strict=True)) > 1.5


def test_a_smooth_kernel_and_a_low_rank_are_estimated() -> None:
    rows = descents(Gaussian(1), 2, range(6), step=Fraction(1), samples=50).degrees
    assert [row.estimate for row in rows] == sorted(row.estimate for row in rows)
    polynomial = descents(PowerSeries((0, 1, 0, 1)), 2, range(4), step=Fraction(1), samples=50).degrees
    assert [row.estimate is None for row in polynomial] == [True, False, True, False]
    assert all(row.at_least for row in polynomial)  # the mean quotient is above 0 all the same
