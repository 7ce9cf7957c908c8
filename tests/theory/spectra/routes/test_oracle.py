"""The oracle's quadrature: nodes, weights, real dimensions, digits, polynomials."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import pytest

from theory.kernels import NTK, ArcCosine, Gaussian, PowerSeries
from theory.numbers.balls import working_precision
from theory.spectra.routes.closed import closed_balls
from theory.spectra.routes.oracle import _gegenbauer_values, _nodes, kappa, oracle_values
from theory.spectra.sphere import moment


@pytest.mark.parametrize("level", [1, 2, 4])
def test_gauss_legendre_is_exact_up_to_twice_its_nodes(level: int) -> None:
    """n = 3 * 2^(level-1) nodes integrate x^(2n-1) over [0, pi], not x^(2n)."""
    with mp.workdps(50):
        nodes = list(_nodes("gauss-legendre", level, mp.mp.prec))
        n = 3 * 2 ** (level - 1)
        assert len(nodes) == n and all(0 < x < mp.pi for x, _ in nodes)
        for power, equal in ((0, True), (2 * n - 1, True), (2 * n, False)):
            found = mp.fsum(w * (x / mp.pi) ** power for x, w in nodes)
            assert (abs(found / mp.pi * (power + 1) - 1) < mp.mpf(10) ** -40) == equal


def test_tanh_sinh_adds_the_nodes_of_each_level() -> None:
    """Spacing halves from level to level: nodes double, and so do the digits of an end's root."""
    with mp.workdps(30):
        rules = [list(_nodes("tanh-sinh", level, mp.mp.prec)) for level in (4, 5, 6)]
        for rule, digits in zip(rules, (4, 9, 18), strict=True):
            assert len({x for x, _ in rule}) == len(rule) and all(0 < x < mp.pi for x, _ in rule)
            found = mp.fsum(w * mp.sqrt(x) for x, w in rule)
            assert abs(found * 3 / 2 / mp.pi ** mp.mpf("1.5") - 1) < mp.mpf(10) ** -digits
        assert [round(len(b) / len(a)) for a, b in zip(rules, rules[1:], strict=False)] == [2, 2]


@pytest.mark.parametrize("dim", [1, 2, 3, Fraction(5, 2)])
@pytest.mark.parametrize("top", [0, 1, 2, 7])
def test_polynomials_are_those_of_mpmath(dim: int, top: int) -> None:
    with mp.workdps(30):
        d, t = mp.mpf(Fraction(dim).numerator) / Fraction(dim).denominator, mp.mpf("0.37")
        found = _gegenbauer_values(t, d, top)
        assert len(found) == top + 1
        for k, value in enumerate(found):
            at, one = (mp.gegenbauer(k, (d - 1) / 2, x) if d > 1 else mp.chebyt(k, x) for x in (t, 1))
            assert abs(value - at / one) < mp.mpf(10) ** -25


@pytest.mark.parametrize("dim", [1, 4, Fraction(5, 2)])
@pytest.mark.parametrize("degrees", [range(2, 3), range(3, 6)])
def test_moments_of_powers(dim: int | Fraction, degrees: range) -> None:
    """E[(1 + t^2 + 2 t^5) P_k] in rational numbers."""
    rule = "gauss-legendre" if isinstance(dim, int) else "tanh-sinh"
    kernel = PowerSeries((1, 0, 1, 0, 0, 2))
    with mp.workdps(40):
        found = oracle_values(kernel, dim, degrees, 12, rule=rule)
        assert len(found) == len(degrees)
        for k, value in zip(degrees, found, strict=True):
            exact = sum(b * moment(n, k, dim) for n, b in enumerate(kernel.coefficients))
            assert abs(value - mp.mpf(exact.numerator) / exact.denominator) < mp.mpf(10) ** -15


@pytest.mark.parametrize("digits", [15, 40])
def test_as_many_digits_as_are_asked_for(digits: int) -> None:
    """acos near 1 keeps half of the digits that are carried."""
    kernel = NTK(2)
    found = oracle_values(kernel, 2, range(3), digits)
    for value, exact in zip(found, closed_balls(kernel, 2, range(3), digits + 10), strict=True):
        with working_precision(digits + 10), mp.workdps(digits + 10):
            right = mp.mpf(exact.mid().str(digits + 8, radius=False))
            assert abs(value - right) < mp.mpf(10) ** -digits


def test_ninety_six_nodes_unless_told_otherwise() -> None:
    plain = oracle_values(NTK(2), 3, range(2), 5)
    assert plain == oracle_values(NTK(2), 3, range(2), 5, level=6, rule="gauss-legendre")
    assert plain != oracle_values(NTK(2), 3, range(2), 5, level=3)


@pytest.mark.parametrize("order", range(6))
def test_arc_cosine_kernels_at_the_ends_and_between(order: int) -> None:
    """kappa(1) = 1*3*...*(2a-1), kappa(-1) = 0, kappa(0) by independence."""
    assert abs(kappa(ArcCosine(order), mp.mpf(1)) - mp.fac2(2 * order - 1)) < 1e-12
    assert abs(kappa(ArcCosine(order), mp.mpf(-1))) < 1e-12
    half = mp.gamma(mp.mpf(order + 1) / 2) * mp.mpf(2) ** (mp.mpf(order) / 2) / mp.sqrt(mp.pi)
    # E[max(u,0)^a] E[max(v,0)^a] for independent u and v, twice
    assert abs(kappa(ArcCosine(order), mp.mpf(0)) - half**2 / 2) < 1e-11


def test_what_is_no_kernel_has_no_formula() -> None:
    with pytest.raises(TypeError, match="the oracle has no formula for 3"):
        kappa(3, mp.mpf(0))
    assert kappa(Gaussian(2), mp.mpf(1)) == 1
