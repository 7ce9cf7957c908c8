"""Three routes to one eigenvalue that share no code: closed form, certified angle integral, mpmath quadrature."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from unittest.mock import patch

import mpmath
import pytest

from tests.examples import some
from theory.kernels import NNGP, NTK, ArcCosine, Kernel, diagonal
from theory.numbers.balls import Enclosure
from theory.spectra.closed_forms import closed_form
from theory.spectra.routes.angle import angle_balls
from theory.spectra.routes.closed import balls
from theory.spectra.routes.oracle import oracle_values
from theory.spectra.sphere import area_ratio, multiplicity

TOP = 60
DIMS = range(1, 13)
KERNELS = [ArcCosine(0), ArcCosine(1), NTK(2), NTK(2, (Fraction(1, 2), 1)), NTK(2, bias=True)]
ORACLE_DIGITS = 30


@cache
def closed(kernel: Kernel, dim: int, digits: int) -> list[Enclosure]:
    return [Enclosure.of(value) for value in balls(closed_form(kernel), dim, range(TOP + 1), digits)]


@cache
def angle(kernel: Kernel, dim: int, digits: int) -> list[Enclosure]:
    """One pass: where mu_k = 0 the ball can only contain 0, however fine, so nothing is refined."""
    with patch("theory.spectra.routes.angle.PASSES", 1):
        return [Enclosure.of(value) for value in angle_balls(kernel, dim, range(TOP + 1), digits)]


@cache
def oracle(kernel: Kernel, dim: int) -> list[Fraction]:
    with mpmath.workdps(2 * ORACLE_DIGITS + 20):
        return [_fraction(value) for value in oracle_values(kernel, dim, range(TOP + 1), ORACLE_DIGITS)]


def _fraction(value: mpmath.mpf) -> Fraction:
    sign, mantissa, exponent, _ = value._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent


@cache
def oracle_budget(dim: int, degree: int) -> Fraction:
    """What the oracle may miss.

    Truncation: 4 pi M rho^(1-2n)/(rho-1) for its n = 96 nodes, with M = 120 exp((k+d-1) h) where 120 bounds
    these kernels on the ellipses up to rho = 5, whose height is h = pi/4 (rho-1/rho). Rounding: acos near 1
    keeps half of its 80 digits, and the sums add 96 terms.
    """

    def truncation(rho: float) -> float:
        height = math.pi / 4 * (rho - 1 / rho)
        return (
            math.log10(480 * math.pi / (rho - 1)) + (degree + dim - 1) * height / math.log(10) - 191 * math.log10(rho)
        )

    best = min(truncation(1 + i / 10) for i in range(5, 41))
    return Fraction(10) ** math.ceil(best) + Fraction(96, 10**40)


@pytest.mark.parametrize("digits", [30, 60])
@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_angle_agrees_with_closed(kernel: Kernel, digits: int) -> None:
    for dim in DIMS:
        for degree, (a, b) in enumerate(zip(closed(kernel, dim, digits), angle(kernel, dim, digits), strict=True)):
            assert a.overlaps(b), (dim, degree)
            assert a.accuracy() >= digits
            if a.upper:
                assert b.accuracy() >= digits, (dim, degree)
            else:
                assert b.contains(0) and b.upper - b.lower < Fraction(1, 10**digits), (dim, degree)


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_oracle_agrees_with_closed(kernel: Kernel) -> None:
    for dim in some(DIMS, 4):
        for degree, (a, b) in enumerate(zip(closed(kernel, dim, 60), oracle(kernel, dim), strict=True)):
            assert a.lower - oracle_budget(dim, degree) <= b <= a.upper + oracle_budget(dim, degree), (dim, degree)


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_a_wrong_area_ratio_is_seen(kernel: Kernel) -> None:
    """The prefactor of S^(d+2) instead of S^d."""
    for dim in DIMS:
        a, b = closed(kernel, dim, 30)[0], angle(kernel, dim, 30)[0]
        wrong = Enclosure.of(b.ball() * (area_ratio(dim + 2) / area_ratio(dim)).ball())
        assert not a.overlaps(wrong)


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_a_shifted_degree_and_a_factor_are_seen(kernel: Kernel) -> None:
    for dim in DIMS:
        exact, found = closed(kernel, dim, 30), angle(kernel, dim, 30)
        for degree in range(TOP):
            assert not (exact[degree].upper and exact[degree].overlaps(found[degree + 1]))
            assert not (exact[degree].upper and exact[degree].overlaps(Enclosure.of(2 * found[degree].ball())))


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_the_oracle_sees_a_factor(kernel: Kernel) -> None:
    for dim in (1, 2, 3):
        for degree in range(40):
            exact, found = closed(kernel, dim, 60)[degree], 2 * oracle(kernel, dim)[degree]
            assert exact.upper == 0 or abs(found - exact.lower) > oracle_budget(dim, degree)


@pytest.mark.parametrize("kernel", [*KERNELS, NNGP(2), NTK(2, (0, 1))], ids=repr)
@pytest.mark.parametrize("dim", [1, 2, 3, 5])
def test_trace(kernel: Kernel, dim: int) -> None:
    """sum_k N(d,k) mu_k = kappa(1), all terms nonnegative, what is missing after degree K certified.

    (k+d)^2 N mu_k converges along each parity class, so from K/2 on it is at most twice its largest value there
    (the law k^(-d-1) and N ~ 2 k^(d-1)/(d-1)!), and the tail is at most the sum of 1/(k+d)^2 < 1/K times that.
    """
    top = 2000
    values = [Enclosure.of(v) for v in balls(closed_form(kernel), dim, range(top + 1), 20)]
    terms = [multiplicity(dim, degree) * value.upper for degree, value in enumerate(values)]
    assert all(value.lower >= 0 for value in values)
    largest = max((degree + dim) ** 2 * term for degree, term in enumerate(terms) if degree > top // 2)
    tail = 2 * largest / Fraction(top)
    rounding = sum(multiplicity(dim, degree) * (v.upper - v.lower) for degree, v in enumerate(values))
    missing = diagonal(kernel) - sum(terms)
    assert -rounding <= missing <= tail + rounding
    odd = sum(terms[1::2])
    for twin in (sum(terms[1:]), odd, 2 * sum(terms), sum(terms) + odd):  # a degree, a parity lost, factors 2
        assert not -rounding <= diagonal(kernel) - twin <= tail + rounding
