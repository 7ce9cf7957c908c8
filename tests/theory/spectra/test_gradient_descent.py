"""Steps of gradient descent per degree, against powers taken one by one and against random samples."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from tests.theory.values import refuses_change
from theory.kernels import NNGP, NTK, ArcCosine, Gaussian, Kernel, Laplace, PowerSeries
from theory.numbers.balls import NotCertified
from theory.spectra import gradient_descent as descent
from theory.spectra.gradient_descent import Descent, descents, largest_eigenvalue, steps_to
from theory.spectra.spectrum import eigenvalue, spectrum

KERNELS = [
    NTK(depth=2),
    NTK(depth=2, layer_scales=(Fraction(1, 2), 1)),
    NTK(depth=3, bias=True),
    NNGP(depth=3),
    ArcCosine(order=1),
    Laplace(rate=2),
]


def is_least(row: Descent, step: Fraction, residual: Fraction, steps: int) -> bool:
    """Whether T = ``steps`` is the least with |1 - c mu|^T <= residual, in 40-digit floats."""
    with mpmath.workdps(40):
        middle = (row.eigenvalue.enclosure.lower + row.eigenvalue.enclosure.upper) / 2
        factor = abs(1 - step * mpmath.mpf(middle.numerator) / middle.denominator)
        rho = mpmath.mpf(residual.numerator) / residual.denominator
        return factor**steps <= rho < factor ** (steps - 1)


@given(
    st.sampled_from(KERNELS),
    st.integers(1, 12),
    st.fractions(Fraction(1, 1000), Fraction(9, 10), max_denominator=1000),
    st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20),
)
@settings(max_examples=20 * FACTOR)
def test_steps_are_the_least_that_reach_the_residual(
    kernel: Kernel, dim: int, residual: Fraction, share: Fraction
) -> None:
    step = share * Fraction(largest_eigenvalue(kernel, dim, 10).enclosure.upper).limit_denominator(100) ** -1
    found = descents(kernel, dim, range(6), residual, step)
    for row in found.degrees:
        if row.steps is None:
            assert row.eigenvalue.enclosure.contains(0)
        else:
            assert is_least(row, step, residual, row.steps)
            assert not is_least(row, step, residual, row.steps + 1)
            assert row.steps == 1 or not is_least(row, step, residual, row.steps - 1)


@given(st.sampled_from(KERNELS), st.integers(1, 12))
@settings(max_examples=20 * FACTOR)
def test_flow_is_slower_than_steps_of_the_same_size(kernel: Kernel, dim: int) -> None:
    """1 - x < e^-x: T steps do more than time c T of the flow, and equal_time says how much more."""
    found = descents(kernel, dim, range(5))
    for row in found.degrees:
        if row.equal_time is not None:
            assert row.equal_time.lower > row.steps * found.step
            assert row.equal_time.upper >= row.flow_time.lower


@given(st.sampled_from(KERNELS), st.integers(1, 12))
def test_largest_eigenvalue_is_the_largest_of_sixty(kernel: Kernel, dim: int) -> None:
    values = spectrum(kernel, dim, range(60), 15).eigenvalues.floats()
    found = largest_eigenvalue(kernel, dim, 15)
    assert found.degree == int(np.argmax(values))


def test_largest_eigenvalue_need_not_be_the_constant() -> None:
    """kappa = t + t^7: mu_1 leads, and a mean of the first degree alone would miss it."""
    assert largest_eigenvalue(PowerSeries((0, 1, 0, 0, 0, 0, 0, 1)), 2, 15).degree == 1


def test_exact_powers_are_decided_exactly() -> None:
    """(1/2)^3 = 1/8: a comparison of balls alone could not tell 3 from 4."""
    half = eigenvalue(NTK(depth=2), 2, 0)
    assert steps_to(half, Fraction(1), Fraction(1, 8)) == 3
    assert steps_to(half, Fraction(1), Fraction(1, 8) - Fraction(1, 10**30)) == 4


@pytest.mark.parametrize(("shift", "steps"), [(0, 3), (-(Fraction(1, 10) ** 60), 4), (Fraction(1, 10) ** 60, 3)])
def test_a_residual_next_to_an_exact_power_is_decided_exactly(shift: Fraction, steps: int) -> None:
    row = eigenvalue(NTK(depth=2), 2, 0)  # mu_0 = 1/2, so a step of 1/2 leaves 3/4
    assert steps_to(row, Fraction(1, 2), Fraction(3, 4) ** 3 + shift) == steps


def test_sampled_is_the_mean_rayleigh_quotient() -> None:
    """phi' K phi / n^2 over random points of S^2 for phi = sqrt(3) x_3, within 5 standard errors."""
    n, draws, random = 20, 4000, np.random.default_rng(11)
    points = random.normal(size=(draws, n, 3))
    points /= np.linalg.norm(points, axis=-1, keepdims=True)
    cosines = np.clip(points @ points.transpose(0, 2, 1), -1, 1)
    angle = np.arccos(cosines)
    angle[:, range(n), range(n)] = 0
    kappa = (np.sin(angle) + 2 * (np.pi - angle) * cosines) / np.pi
    phi = np.sqrt(3) * points[..., 2]
    quotients = np.einsum("si,sij,sj->s", phi, kappa, phi) / n**2
    error = quotients.std(ddof=1) / np.sqrt(draws)
    sampled = descents(NTK(depth=2), 2, range(1, 2), samples=n).degrees[0].sampled
    assert abs(quotients.mean() - float(sampled.lower)) < 5 * error
    assert abs(quotients.mean() - 1 / 3) > 5 * error  # the population's eigenvalue is told apart


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"residual": Fraction(1)}, "strictly between 0 and 1"),
        ({"residual": Fraction(0)}, "strictly between 0 and 1"),
        ({"step": Fraction(4)}, "allowed: 0 < c < 2/mu_max"),
        ({"step": Fraction(-1)}, "allowed: 0 < c < 2/mu_max"),
        ({"samples": 0}, "samples must be an integer >= 1"),
    ],
)
def test_bad_requests_say_what_is_allowed(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        descents(NTK(depth=2), 2, range(3), **changes)


def test_a_kernel_with_a_negative_eigenvalue_has_no_safe_step() -> None:
    with pytest.raises(ValueError, match="not positive definite: mu_0 < 0 on S.2, allowed"):
        descents(PowerSeries((-1, 0, 2)), 2, range(3))


def test_the_numbers_of_two_layers_on_the_two_sphere() -> None:
    """mu = 1/2, 1/3, 5/64, 0 and kappa(1) = 2, so steps of 1 leave 1/2, 2/3, 59/64 and all."""
    found = descents(NTK(depth=2), 2, range(4), Fraction(1, 10), Fraction(1), samples=1, digits=20)
    refuses_change(found)
    assert (found.largest.degree, found.step, found.residual, found.samples) == (0, 1, Fraction(1, 10), 1)
    assert found.safe.contains(4) and found.safe_on_samples.contains(1)
    with mpmath.workdps(50):
        for row, mu in zip(found.degrees, (Fraction(1, 2), Fraction(1, 3), Fraction(5, 64)), strict=False):
            refuses_change(row)
            flow = mpmath.log(10) * mu.denominator / mu.numerator
            share = -mpmath.log(1 - mpmath.mpf(mu.numerator) / mu.denominator) * mu.denominator / mu.numerator
            assert row.factor.contains(1 - mu) and row.factor.accuracy() > 20
            assert row.sampled.contains(2) and row.sampled.accuracy() > 20  # one point: the trace
            for time, true in ((row.flow_time, flow), (row.equal_time, row.steps * share)):
                assert abs(mpmath.mpf(time.lower.numerator) / time.lower.denominator / true - 1) < 1e-20
                assert time.accuracy() > 20
    never = found.degrees[3]
    assert (never.steps, never.flow_time, never.equal_time) == (None, None, None) and never.factor.contains(1)
    assert never.factor.lower == never.factor.upper == 1


def test_a_step_of_one_over_mu_solves_its_degree() -> None:
    row = descents(NTK(depth=2), 2, range(1)).degrees[0]  # the step is 1/mu_0 = 2 unless it is given
    assert (row.steps, row.equal_time) == (1, None) and row.factor.lower == row.factor.upper == 0
    assert row.sampled is None and row.flow_time is not None
    other = descents(NTK(depth=2), 5, range(1))
    mu = other.largest.enclosure
    assert abs(other.step * mu.lower - 1) < Fraction(1, 200) and len(str(float(other.step)).strip("0.")) <= 4


@pytest.mark.parametrize(("step", "steps"), [("3", 3), ("39/10", 41)])
def test_a_long_step_overshoots_and_shrinks_all_the_same(step: str, steps: int) -> None:
    """mu_0 = 1/2: 1 - 3/2 = -1/2, whose third power is 1/8, and 1 - 39/20 = -19/20."""
    assert Fraction(19, 20) ** 41 < Fraction(1, 8) < Fraction(19, 20) ** 40
    found = descents(NTK(depth=2), 2, range(1), Fraction(1, 8), Fraction(step))
    assert found.degrees[0].steps == steps
    with pytest.raises(ValueError, match="step size 4 is not safe, allowed: 0 < c < 2/mu_max = 4.00000"):
        descents(NTK(depth=2), 2, range(1), step=Fraction(4))


def test_steps_of_a_tiny_eigenvalue_are_counted() -> None:
    """-log|1 - x| is x (1 + x/2 + ...): with mu_40 ~ 1e-61 the flow's time over the step, from above."""
    row = descents(Gaussian(rate=1), 2, range(40, 41), step=Fraction(1)).degrees[0]
    mu = row.eigenvalue.enclosure
    assert mu.upper < Fraction(1, 10**60) and row.equal_time.accuracy() > 5
    with mpmath.workdps(90):
        wanted = mpmath.log(100) / (mpmath.mpf(mu.lower.numerator) / mu.lower.denominator)
        assert abs(row.steps / wanted - 1) < mpmath.mpf(10) ** -19
    assert abs(Fraction(row.steps) / row.equal_time.lower - 1) < Fraction(1, 10**5)


LEGENDRE = {  # P_8 and P_9 on S^2: mu_k = 1/(2k + 1) at their own degree, zero elsewhere
    8: PowerSeries(tuple(Fraction(c, 128) for c in (35, 0, -1260, 0, 6930, 0, -12012, 0, 6435))),
    9: PowerSeries(tuple(Fraction(c, 128) for c in (0, 315, 0, -4620, 0, 18018, 0, -25740, 0, 12155))),
}


@pytest.mark.parametrize(
    ("degree", "constant", "largest"),
    [(8, "0.058", 8), (8, "0.06", 0), (9, "0.052", 9), (9, "0.054", 0), (9, "0.06", 0)],
)
def test_a_late_degree_may_lead(degree: int, constant: str, largest: int) -> None:
    """1/17 = 0.0588 and 1/19 = 0.0526 against the mean."""
    kernel = LEGENDRE[degree] + PowerSeries((Fraction(constant),))
    assert largest_eigenvalue(kernel, 2, 15).degree == largest


def test_the_search_for_the_largest_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    for most, found in ((31, None), (32, 8), (8, None)):
        monkeypatch.setattr(descent, "MOST_DEGREES", most)
        if found is None:
            with pytest.raises(NotCertified, match="the largest eigenvalue of .* on S.2"):
                largest_eigenvalue(LEGENDRE[8], 2, 15)
        else:
            assert largest_eigenvalue(LEGENDRE[8], 2, 15).degree == found


def test_steps_that_cannot_be_told_apart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descent, "MOST_DIGITS", 29)
    with pytest.raises(NotCertified, match="the number of steps of degree 0"):
        steps_to(eigenvalue(NTK(depth=2), 2, 0), Fraction(1), Fraction(1, 8))
    monkeypatch.setattr(descent, "MOST_DIGITS", 30)
    assert steps_to(eigenvalue(NTK(depth=2), 2, 0), Fraction(1), Fraction(1, 8)) == 3
