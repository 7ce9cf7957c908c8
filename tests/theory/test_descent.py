"""Steps of gradient descent per degree, against powers taken one by one and against random samples."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.descent import Descent, descents, largest_eigenvalue, steps_to
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, Laplace, PowerSeries
from theory.precision import NotCertified
from theory.spectrum import eigenvalue, spectrum

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
    with pytest.raises(NotCertified, match="positive definite"):
        descents(PowerSeries((-1, 0, 2)), 2, range(3))
