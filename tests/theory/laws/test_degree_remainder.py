"""The parts of a certified remainder one by one: exact factors, ranges, orders, and where it is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
import sympy as sp
from flint import arb, arb_poly
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

from theory.expansions.angle_polynomials import AnglePolynomial, _error, _interpolate, angle_polynomial
from theory.expansions.ellipses import Ellipse
from theory.expansions.in_the_angle import kernel_value
from theory.kernels import NTK, ExponentialPower, Kernel, Laplace, Matern
from theory.laws import degree_remainder as remainder
from theory.laws.degree_remainder import (
    _gain,
    _on_unit_ball,
    _order,
    _slopes,
    _variation,
    _walk_factor,
    _walk_slopes,
    degree_certificate,
    end_sum,
)
from theory.numbers.balls import NotCertified, working_precision

DIMS = range(1, 8)


def number(value: mp.mpf) -> arb:
    return arb(mp.nstr(value, 25))


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("j", range(3))
def test_gain_and_slopes_are_those_of_the_eigenvalue_of_an_end_power(j: int, dim: int) -> None:
    """G(nu, k) 2^-nu = Gamma((d+1)/2)/sqrt(pi) 2^(d-1) Gamma(nu+d/2)/Gamma(-nu) Gamma(k-nu)/Gamma(k+nu+d)."""
    slopes, k = _slopes(j, dim), 11
    assert len(slopes) == 2 * j + 1 + dim
    with working_precision(20), mp.workdps(30):
        nu = mp.mpf(2 * j + 1) / 2
        constant = mp.gamma(mp.mpf(dim + 1) / 2) / mp.sqrt(mp.pi) * 2 ** (dim - 1)
        constant *= mp.gamma(nu + mp.mpf(dim) / 2) / mp.gamma(-nu)
        assert abs(_gain(j, dim) / number(constant) - 1) < 1e-15
        product = arb(1)
        for x in slopes:
            product *= 1 + x / k
        exact = k ** (2 * nu + dim) * mp.gamma(k - nu) / mp.gamma(k + nu + dim)
        assert abs(product * number(exact) - 1) < 1e-15


def test_the_factor_of_the_walk_from_the_circle_grows_as_the_recurrence_says() -> None:
    """1 on S^1, sqrt(pi) = (pi/2) (2/sqrt(pi)) on S^2; from d to d+2 twice (d+1)/(2k+d+1) times
    Gamma(k+(d+3)/2)/Gamma(k+(d+1)/2) = k + (d+1)/2."""
    with working_precision(20):
        assert _walk_factor(1) == 1 and _walk_factor(2).overlaps(arb.pi().sqrt())
        for dim in DIMS:
            assert (_walk_factor(dim + 2) / _walk_factor(dim)).overlaps(arb(dim + 1))


@pytest.mark.parametrize("dim", DIMS)
def test_slopes_of_the_walk_bound_the_quotient_of_gammas_and_are_exact_for_odd_dimensions(dim: int) -> None:
    assert len(_walk_slopes(dim)) == (dim - 1) // 2
    for k in (1, 2, 7, 50):
        product = mp.fprod(1 / (1 + mp.mpf(int(z.p)) / int(z.q) / k) for z in _walk_slopes(dim))
        exact = mp.mpf(k) ** (mp.mpf(dim - 1) / 2) * mp.gamma(k + 1) / mp.gamma(k + mp.mpf(dim + 1) / 2)
        if dim % 2:
            assert abs(exact / product - 1) < 1e-12
        else:  # what is left is k^(1/2) Gamma(k+1)/Gamma(k+3/2), between sqrt(k/(k+1)) and 1
            assert mp.sqrt(mp.mpf(k) / (k + 1)) * product < exact < product


def test_the_order_is_that_of_2p_plus_1_derivatives_and_the_walk() -> None:
    assert [_order(p, d) for p, d in ((1, 1), (2, 1), (1, 2), (3, 5))] == [3, 5, Fraction(7, 2), 9]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=6))
def test_ranges_on_the_unit_interval_are_the_sums_of_those_of_the_powers(coefficients: list[int]) -> None:
    found = _on_unit_ball(arb_poly(coefficients))
    constant, *rest = coefficients
    low = constant + sum(min(c, 0) if m % 2 == 0 else -abs(c) for m, c in enumerate(rest, 1))
    high = constant + sum(max(c, 0) if m % 2 == 0 else abs(c) for m, c in enumerate(rest, 1))
    assert found.lower() <= low <= low + 1e-9 >= found.lower() >= low - 1e-6
    assert high <= found.upper() <= high + 1e-6


def nothing(polynomial: list[int], error: float = 0.0) -> AnglePolynomial:
    return AnglePolynomial(arb_poly(polynomial), tuple(arb(error) for _ in range(6)), 30)


@pytest.mark.parametrize(
    ("power", "weights", "exact"), [(5, 1, 40), (6, 1, 60), (3, 1, 12), (2, 1, 0), (5, 2, 240), (4, 2, 0), (6, 2, 720)]
)
def test_the_variation_of_a_power_of_x_is_its_integral(power: int, weights: int, exact: int) -> None:
    """n = 2p+1: (2/pi)^(n-1) Int_{-1}^1 |d^n x^m/dx^n| dx, counted for the parity of m alone."""
    with working_precision(30):
        zero = [arb(0)] * weights
        n, f = 2 * weights + 1, nothing([0] * power + [1])
        for parity in (0, 1):
            found = _variation(f, parity, zero, zero) / (2 / arb.pi()) ** (n - 1)
            wanted = exact if power % 2 == parity else 0
            assert wanted * (1 - 1e-9) <= found <= wanted * 1.1
        both = _variation(nothing([0] * power + [1], 0.5), power % 2, zero, zero)
        alone = _variation(f, power % 2, zero, zero)
        assert abs(both - alone - arb.pi() / 2) < 1e-9  # errors[n] = 1/2 on [0, pi]


@pytest.mark.parametrize("terms", [6, 7, 9, 160])
@pytest.mark.parametrize("sizes", [(2, 0), (0, 3), (1, 1)])
def test_taylor_s_remainder_of_the_sines_is_lagrange_s(
    terms: int, sizes: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """|d^T sin(theta/2)^(2j+1)| <= (j+1/2)^T, so n = 5 derivatives of what is left after T terms about
    pi/2 stay below (j+1/2)^T (pi/2)^(T-5)/(T-5)!."""
    monkeypatch.setattr("theory.laws.degree_remainder.TAYLOR", terms)
    with working_precision(30), mp.workdps(30):
        size = [arb(s) for s in sizes]
        found = _variation(nothing([0]), 0, [arb(0), arb(0)], size)
        bound = mp.fsum(
            s * (j + mp.mpf(1) / 2) ** terms * (mp.pi / 2) ** (terms - 5) / mp.factorial(terms - 5)
            for j, s in enumerate(sizes)
        )
        assert abs(found - arb.pi() * number(bound)) <= 1e-12 * number(bound)


@pytest.mark.parametrize("parity", [0, 1])
@pytest.mark.parametrize("j", [0, 1])
def test_the_variation_of_a_sine_is_that_of_its_part_of_one_parity(parity: int, j: int) -> None:
    """Int |h^(5)|, h the part of -sin^(2j+1)(theta/2) that is even (odd) about pi/2; cells cost a tenth."""
    with working_precision(30), mp.workdps(20):
        weights = [arb(int(i == j)) for i in range(2)]
        found = _variation(nothing([0]), parity, weights, weights)
        sign = (-1) ** parity

        def part(x: mp.mpf) -> mp.mpf:  # sin = (3 sin - sin 3)/4 for the cube
            def fifth(a: mp.mpf, s: mp.mpf) -> mp.mpf:  # fifth derivative of sin(a theta), mirrored or not
                return s * a**5 * mp.cos(a * (x if s == 1 else mp.pi - x))

            def both(a: mp.mpf) -> mp.mpf:
                return (fifth(a, 1) + sign * fifth(a, -1)) / 2

            half = mp.mpf(1) / 2
            return both(half) if j == 0 else (3 * both(half) - both(3 * half)) / 4

        exact = mp.quad(lambda x: abs(part(x)), mp.linspace(0, mp.pi, 9))
        assert exact <= mp.mpf(float(found)) <= mp.mpf("1.15") * exact


@pytest.mark.parametrize(("dim", "parity"), [(1, 0), (2, 1), (5, 1)])
def test_the_forms_of_an_eigenvalue_count_their_powers_from_the_first_one(dim: int, parity: int) -> None:
    for kernel, first in ((NTK(3), 0), (Matern(Fraction(3, 2), 1), 1)):
        f = angle_polynomial(kernel, 7)
        for p in (first + 1, 3):
            found = end_sum(f, dim, parity, first, p)
            assert found.exponent == dim + 2 * first + 1 and found.first == max(p, 2)
            assert found.order == 2 * p + 1 + Fraction(dim - 1, 2) - found.exponent
            assert [shift for _, shift, _ in found.parts] == [2 * i for i in range(p - first)]
            assert [x for _, _, x in found.parts] == [_slopes(j, dim) for j in range(first, p)]
            with working_precision(f.digits, 0):
                near, far = f.odd_part(False, p), f.odd_part(True, p)
                both = [a + (-1) ** parity * b for a, b in zip(near, far, strict=True)]
                for j, (gain, _, _) in enumerate(found.parts, first):
                    assert gain.overlaps(both[j] * _gain(j, dim))
                sizes = [abs(a) + abs(b) for a, b in zip(near, far, strict=True)]
                weights = [arb(0)] * first + both[first:]
                tail = _walk_factor(dim) * _variation(f, parity, weights, sizes) / arb.pi()
            assert tail.mid() * (1 - 1e-12) <= found.tail <= tail.upper() * (1 + 1e-12)


def test_a_first_coefficient_that_does_not_vanish_is_not_left_out() -> None:
    f = angle_polynomial(Laplace(1), 7)
    with pytest.raises(ArithmeticError, match=r"below 1 \+ 1/2 does not vanish"):
        end_sum(f, 3, 0, 1, 2)


class Stop(Exception):
    """Raised in place of the costly part."""


@pytest.mark.parametrize(
    ("dim", "count", "last"),
    [
        (1, 1, 5),
        (1, 42, 22),
        (1, 43, 22),
        (1, 44, None),
        (5, 2, 7),
        (2, 12, 11),
        (85, 1, 22),
        (86, 1, None),
        (1000, 1, None),
    ],
)
def test_as_many_end_coefficients_as_the_terms_need_and_four_more_but_at_most_22(
    dim: int, count: int, last: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2p + 1 + (d-1)/2 >= d + 1 + count, p <= 22."""
    least = next(p for p in range(1, 9999) if 4 * p + 2 + dim - 1 >= 2 * (dim + 1 + count))
    assert last == (min(least + 4, 22) if least <= 22 else None)
    asked: list[Any] = []

    def polynomial(kernel: Kernel, order: int) -> None:
        asked.append(order)

    def sums(f: None, dim_: int, parity: int, first: int, p: int) -> int:
        asked.append((dim_, parity, first))
        return p

    def best(tried: list[int], terms: Any, terms_: int, step: int, residue: int) -> Any:
        return tried, terms_, step, residue

    monkeypatch.setattr(remainder, "angle_polynomial", polynomial)
    monkeypatch.setattr(remainder, "end_sum", sums)
    monkeypatch.setattr(remainder, "best_certificate", best)
    terms = [(sp.Integer(-dim - 1), sp.Integer(1))]
    if last is None:
        with pytest.raises(NotCertified, match=f"a remainder of .* on S.{dim}: .* too many end coefficients"):
            degree_certificate(Laplace(1), dim, 1, terms, count)
        return
    tried, *rest = degree_certificate(Laplace(1), dim, 1, terms, count)
    helps = [p for p in range(1, last + 1) if 4 * p + 2 + dim - 1 > 2 * (dim + 1)]
    assert asked == [2 * last + 1] + [(dim, 1, 0)] * len(helps)
    assert tried == helps and rest == [count, 2, 1]


@pytest.mark.parametrize("order", range(4))
def test_errors_of_derivatives_are_the_sum_of_the_coefficients_that_are_left_out(order: int) -> None:
    """(2/pi)^n sum_{j >= N} 4 M rho^-j T_j^(n)(1), M = 10^(1/2): exact for n = 0, and nearly for large N,
    where T_(j+1)^(n)(1)/T_j^(n)(1) = 1 + O(n/N)."""
    nodes = 20000

    def slope(j: int) -> mp.mpf:
        return mp.fprod(mp.mpf(j * j - i * i) / (2 * i + 1) for i in range(order))

    with working_precision(20), mp.workdps(30):
        tail = mp.fsum(mp.mpf(2) ** -j * slope(nodes + j) for j in range(100))
        exact = number(4 * mp.sqrt(10) * (2 / mp.pi) ** order * tail) * arb(2) ** -nodes
        quotient = _error(Ellipse(2.0, 1.0, 0.5), nodes, order) / exact
        assert 1 - 1e-12 < quotient < 1 + (1e-12 if order == 0 else 1e-3)


def test_the_error_is_infinite_where_the_terms_do_not_fall() -> None:
    """(1 + 1/30)^2 = 1.07 < 1.1 < (1 + 1/30)^4 = 1.14."""
    with working_precision(20):
        assert [_error(Ellipse(1.1, 1.0, 0.5), 30, n).is_finite() for n in (0, 1, 2, 6)] == [True, True, False, False]


@pytest.mark.parametrize("nodes", [5, 8])
@pytest.mark.parametrize("kernel", [NTK(3), Laplace(2)], ids=repr)
def test_the_interpolant_has_the_values_of_the_kernel_at_the_nodes(kernel: Kernel, nodes: int) -> None:
    with working_precision(30):
        found = _interpolate(kernel, nodes)
        assert found.degree() < nodes
        for i in range(nodes):
            x = (arb.pi() * (2 * i + 1) / (2 * nodes)).cos()
            assert abs(found(x) - kernel_value(kernel, arb.pi() / 2 * (1 + x))) < 1e-25


def test_nodes_are_added_until_the_error_is_below_the_goal(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Laplace(Fraction(13, 10))
    found = angle_polynomial(kernel, 4)
    nodes = found.polynomial.degree() + 1
    assert (nodes - 4) % 24 == 0 and len(found.errors) == 5
    assert found.errors[4] < 1e-20
    assert all(a < b for a, b in pairwise(found.errors))
    with working_precision(found.digits, 0):
        largest = max(abs(c) for c in found.polynomial.coeffs())
        assert all(c.rad() < arb(10) ** -75 for c in found.polynomial.coeffs())
    assert 80 + 0.4 * nodes < found.digits < 80 + 0.5 * nodes and largest < 1e30
    for limit, slope in ((nodes, Fraction(131, 100)), (nodes - 1, Fraction(132, 100))):
        monkeypatch.setattr("theory.expansions.angle_polynomials.MAX_NODES", limit)
        if limit == nodes:
            assert angle_polynomial(Laplace(slope), 4).polynomial.degree() == nodes - 1
            continue
        with pytest.raises(NotCertified, match=f"more than {limit} Chebyshev points"):
            angle_polynomial(Laplace(slope), 4)


def test_a_fractional_power_of_the_angle_is_refused() -> None:
    with pytest.raises(NotCertified, match="a fractional power of the angle at an end"):
        angle_polynomial(ExponentialPower(1, Fraction(1, 2)), 3)


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 4))
def test_odd_parts_of_the_angle_itself_are_those_of_the_arc_sine(count: int) -> None:
    """theta = 2 asin(s) = 2 (s + s^3/6 + 3 s^5/40 + 5 s^7/112), and pi - theta at the other end."""
    with working_precision(30):
        half = arb.pi() / 2
        f = AnglePolynomial(arb_poly([half, half]), (arb(0),) * 9, 30)
        exact = [Fraction(2), Fraction(1, 3), Fraction(3, 20), Fraction(5, 56)][:count]
        for far, sign in ((False, 1), (True, -1)):
            found = f.odd_part(far, count)
            assert len(found) == count
            for a, e in zip(found, exact, strict=True):
                assert abs(a - sign * arb(e.numerator) / e.denominator) < 1e-25
