"""Cones of spectra and block designs: small systems by hand, FFT, duality from both sides."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.theory.values import refuses_change
from theory.kernels import NTK, PowerSeries
from theory.numbers.balls import Enclosure, ball, working_precision
from theory.numbers.truth import Truth
from theory.spectra.circle_designs import (
    achieved_distance,
    block_columns,
    block_design,
    block_spectrum,
    certified_distance,
    head_eigenvalues,
)
from theory.spectra.kernel_combinations import combined, deviation, dual_bound, exact_weights, kernel_columns
from theory.statements.law_values import law_values

HALF, TENTH = Fraction(1, 2), Fraction(1, 10)
LINEAR = PowerSeries((0, 1))
POWERS = [PowerSeries((0,) * n + (1,)) for n in range(3)]
TINY = Fraction(1, 10**25)


def exactly(*values: Fraction | int) -> tuple[Enclosure, ...]:
    with working_precision(30):
        return tuple(Enclosure.of(ball(value)) for value in values)


def is_near(found: Enclosure, value: Fraction) -> bool:
    return value - TINY <= found.lower <= value <= found.upper <= value + TINY


def test_columns_are_the_eigenvalues_at_the_degrees_in_their_order() -> None:
    """E[t] = 0, E[t^2] = 1/3, and t = P_1 has mu_1 = 1/3, t^2 = (1 + 2 P_2)/3 has mu_2 = 2/15 on S^2."""
    found = kernel_columns(POWERS[1:], 2, (2, 0, 1))
    wanted = ((0, 0, Fraction(1, 3)), (Fraction(2, 15), Fraction(1, 3), 0))
    assert all(
        is_near(a, Fraction(b)) for row, true in zip(found, wanted, strict=True) for a, b in zip(row, true, strict=True)
    )
    assert kernel_columns([LINEAR], 2, (0,))[0][0].contains(0)
    for kernels, degrees in (([], (1,)), ([LINEAR], ()), ([LINEAR], (1, -1))):
        with pytest.raises(ValueError, match="kernels and degrees >= 0 wanted, got"):
            kernel_columns(kernels, 2, degrees)


def test_weights_are_found_again_with_their_signs() -> None:
    columns = kernel_columns(POWERS, 2, (0, 1, 2))
    for weights in ((1, 2, 3), (0, 2, 3), (5, 0, HALF)):
        targets = combined(columns, [Fraction(w) for w in weights])
        found, reachable = exact_weights(columns, targets)
        assert all(is_near(w, Fraction(true)) for w, true in zip(found, weights, strict=True))
        assert reachable is not Truth.FAILS and (reachable is Truth.HOLDS or 0 in weights)
    # 1 alone has mu = (1, 0, 0): less than E[t^2] at degree 0 needs a negative weight of it.
    found, reachable = exact_weights(columns, exactly(Fraction(1, 3) - TENTH, 0, Fraction(2, 15)))
    assert reachable is Truth.FAILS and is_near(found[0], -TENTH)
    # A weight that may be negative is not decided; an exact zero is reached.
    identity = (exactly(1, 0), exactly(0, 1))
    assert exact_weights(identity, (*exactly(1), Enclosure((0, 0), (1, -40))))[1] is Truth.UNDECIDED
    assert exact_weights(identity, exactly(1, 0))[1] is Truth.HOLDS


def test_systems_that_are_not_square_or_not_independent_are_refused() -> None:
    columns = kernel_columns(POWERS, 2, (0, 1, 2))
    for some, targets in (
        (columns[:2], exactly(1, 1, 1)),
        (columns, exactly(1, 1)),
        ((*columns[:2], columns[2][:2]), exactly(1, 1, 1)),
    ):
        with pytest.raises(ValueError, match="as many kernels as degrees wanted, got"):
            exact_weights(some, targets)
    with pytest.raises(ValueError, match="not certainly independent"):
        exact_weights((columns[0], columns[0], columns[1]), exactly(1, 1, 1))
    with pytest.raises(ValueError, match="weights >= 0 wanted"):
        combined(columns, [Fraction(1), -TENTH, Fraction(1)])


def test_a_dual_vector_is_taken_up_to_norm_one_and_refused_beyond() -> None:
    """NTK(2) has mu_2 = 5/64 and mu_4 = 1/192 on S^2, so a/m = (5, 1) for m = (1/64, 1/192)."""
    columns, targets = kernel_columns([NTK(2)], 2, (2, 4)), exactly(Fraction(1, 64), Fraction(1, 192))
    assert dual_bound(columns, targets, [-TENTH, 4 * TENTH]) == 3 * TENTH
    assert dual_bound(columns, targets, [-TENTH, 6 * TENTH]) is None
    assert dual_bound(columns, targets, [-HALF, HALF]) == 0
    assert dual_bound(columns, targets, [-HALF, HALF + TINY]) is None
    # Nothing at an odd degree: the target is missed by all of it.
    odd = kernel_columns([NTK(2)], 2, (3,))
    assert dual_bound(odd, exactly(1), [Fraction(1)]) == 1
    # Every kernel counts, not only the first.
    assert dual_bound((odd[0], columns[0][:1]), exactly(1), [Fraction(1)]) is None
    with pytest.raises(ValueError, match="a dual vector of 1 entries wanted, got 2"):
        dual_bound(odd, exactly(1), [HALF, HALF])


def test_the_deviation_is_the_largest_relative_one() -> None:
    assert deviation(exactly(1, 4), exactly(2, 4)) == HALF == deviation(exactly(3, 5), exactly(2, 4))
    assert deviation(exactly(5, 3), exactly(4, 2)) == HALF
    gap = deviation(exactly(1), exactly(3)) - Fraction(2, 3)
    assert 0 <= gap < TINY


def fourier(weights: list[Fraction]) -> np.ndarray:
    """mu_0, mu_1, ... of sum_j c_j h(cos jx), h the tangent kernel of two layers, by FFT."""
    x = 2 * np.pi * np.arange(2**16) / 2**16
    total = np.zeros_like(x)
    for j, weight in enumerate(weights, 1):
        angle = np.arccos(np.clip(np.cos(j * x), -1, 1))
        total += float(weight) * (np.sin(angle) + 2 * (np.pi - angle) * np.cos(angle)) / np.pi
    return np.fft.fft(total).real / len(x)


@given(st.lists(st.fractions(0, 3, max_denominator=9), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_blocks_have_the_fourier_coefficients_of_their_sum(weights: list[Fraction]) -> None:
    found = block_spectrum(NTK(2), weights)
    assert [float(mu.lower) for mu in found] == pytest.approx(fourier(weights)[1 : len(weights) + 1], abs=1e-8)
    again = block_design(NTK(2), found)
    assert all(is_near(ball_, weight) for ball_, weight in zip(again.weights, weights, strict=True))
    assert again.reachable is not Truth.FAILS
    same = combined(block_columns(NTK(2), len(weights)), weights)
    assert all(a.overlaps(b) and b.upper - b.lower < TINY for a, b in zip(found, same, strict=True))
    assert achieved_distance(NTK(2), exactly(*(mu.lower + 1 for mu in found)), weights) <= 1
    refuses_change(again)


def test_the_head_is_known_from_degree_zero_on() -> None:
    with working_precision(30):
        eta = head_eigenvalues(NTK(2), 8)
    assert len(eta) == 9
    assert [float(v.mid()) for v in eta] == pytest.approx(fourier([Fraction(1)])[:9], abs=1e-8)


def test_a_linear_head_reaches_everything_and_only_what_is_not_negative() -> None:
    """eta_1 = 1/2 alone: c_k = 2 m_k."""
    for targets, truth in (((1, 2, 0), Truth.HOLDS), ((1, -TINY, 1), Truth.FAILS), ((1, -3, 1), Truth.FAILS)):
        found = block_design(LINEAR, exactly(*targets))
        assert found.reachable is truth
        assert all(is_near(w, 2 * Fraction(m)) for w, m in zip(found.weights, targets, strict=True))
    doubtful = (*exactly(1), Enclosure((0, 0), (1, -40)))
    assert block_design(LINEAR, doubtful).reachable is Truth.UNDECIDED
    with pytest.raises(ValueError, match="no certainly positive eigenvalue at degree 1"):
        block_design(PowerSeries((1, 0, 1)), exactly(1))


def test_the_distance_of_two_blocks_is_what_their_duality_says() -> None:
    """y_2 = -t and y_1 = t r with r = (eta_2/m_2)/(eta_1/m_1), both blocks used up: eps = (r-1)/(r+1)."""
    law = law_values("k**-4", 2)
    eta = fourier([Fraction(1)])
    r = Fraction(16 * eta[2] / eta[1])
    y = [(1 - Fraction(1, 10**6)) * r / (1 + r), -1 / (1 + r)]
    bound = certified_distance(NTK(2), law, y)
    assert bound == sum(y)
    assert certified_distance(NTK(2), law, [r / (1 + r) * (1 + Fraction(1, 10**6)), -1 / (1 + r)]) is None
    eps = (r - 1) / (r + 1)
    best = (1 - eps) / Fraction(eta[1])
    assert bound <= achieved_distance(NTK(2), law, [best, Fraction(0)]) <= eps + Fraction(1, 10**6)
    assert eps - Fraction(2, 10**6) <= bound
    with pytest.raises(ValueError, match="weights >= 0 wanted"):
        achieved_distance(NTK(2), law, [best, -TENTH])


@pytest.mark.parametrize(
    ("law", "message"),
    [
        ("d*k", "a formula in k alone wanted, got d"),
        ("mu(k)", "a formula in k alone wanted, got a kernel"),
        ("1/(k-2)+5", "no value at k = 2"),
        ("k-1", "a positive value wanted at every degree, got none at k = 1"),
        ("3-k", "a positive value wanted at every degree, got none at k = 3"),
    ],
)
def test_a_law_has_a_positive_value_at_every_degree(law: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        law_values(law, 3)
    assert len(law_values("3-k", 2)) == 2


def test_laws_are_enclosed_to_thirty_digits() -> None:
    found = law_values("2/(1+k*k)", 4)
    assert all(is_near(v, Fraction(2, 1 + k * k)) for k, v in enumerate(found, 1))
    with working_precision(30):
        assert not arb(found[1].lower.numerator).is_zero()
