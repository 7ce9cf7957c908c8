"""Hermite coefficients of smooth activations against integrals on the real line; their bounds are not far too large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache

import mpmath as mp
import pytest
from flint import acb, arb

from theory.expansions import hermite_squares as module
from theory.expansions.gaussian_means import gaussian_mean, mean_squares
from theory.expansions.hermite_squares import _coefficients, _error, hermite_rest, hermite_squares
from theory.numbers.balls import Cannot, ball, working_precision

NAMES = ("tanh", "sigmoid", "softplus", "silu", "mish")
VARIANCES = (Fraction(1), Fraction(1, 4), Fraction(3))
EXACT_ZEROS = {"tanh": (0, 2, 4), "sigmoid": (2, 4, 6), "softplus": (3, 5, 7), "silu": (3, 5, 7), "mish": ()}


def gate(x: mp.mpf) -> mp.mpf:
    return mp.tanh(mp.log1p(mp.exp(x)))


FUNCTIONS: dict[str, Callable[[mp.mpf], mp.mpf]] = {
    "tanh": mp.tanh,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "mish": lambda x: x * gate(x),
}


@cache
def expectations(name: str, variance: Fraction) -> tuple[list[mp.mpf], mp.mpf, mp.mpf]:
    """E[s(sqrt(v) u) h_n(u)] for n < 8, E[s^2] and E[s'^2], by sums over points of the real line."""
    with mp.workdps(25):
        root, step = mp.sqrt(mp.mpf(variance.numerator) / variance.denominator), mp.mpf(1) / 12
        totals, square, slope = [mp.mpf(0)] * 8, mp.mpf(0), mp.mpf(0)
        for j in range(-150, 151):
            u = j * step
            weight, value = step * mp.npdf(u), FUNCTIONS[name](root * u)
            square += weight * value**2
            slope += weight * mp.diff(FUNCTIONS[name], root * u) ** 2
            before, current = mp.mpf(0), mp.mpf(1)
            for n in range(8):
                totals[n] += weight * value * current
                before, current = current, (u * current - mp.sqrt(n) * before) / mp.sqrt(n + 1)
        return totals, square, slope


def in_mpmath(value: arb) -> tuple[mp.mpf, mp.mpf]:
    """Middle and radius."""
    return tuple(mp.mpf(int(m)) * mp.mpf(2) ** int(e) for m, e in (value.mid().man_exp(), value.rad().man_exp()))


@pytest.mark.parametrize("variance", VARIANCES, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_squares_are_those_of_integrals_on_the_real_line(name: str, variance: Fraction) -> None:
    with working_precision(20):
        squares = hermite_squares(name, ball(variance), 9)
    assert len(squares) == 9 and all(squares[n].is_zero() for n in EXACT_ZEROS[name])
    with mp.workdps(25):
        for n in (0, 1, 2, 3, 6, 7):
            middle, radius = in_mpmath(squares[n])
            assert abs(middle - expectations(name, variance)[0][n] ** 2) <= radius + mp.mpf(10) ** -18
            assert radius < mp.mpf(10) ** -20


@pytest.mark.parametrize("name", NAMES)
def test_parseval_and_the_bound_of_what_is_left_out(name: str) -> None:
    """E[s^2] - sum_{n < N} b_n lies between 0 and the bound; twice the terms make up for what that gives away."""
    with working_precision(60):
        for tangent in (False, True):
            squares = hermite_squares(name, arb(1), 400)
            total = sum(mean_squares(name, arb(1))) if tangent else mean_squares(name, arb(1))[0]
            weighted = [(n + 1) * b if tangent else b for n, b in enumerate(squares)]
            for start in (40, 100, 200):
                bound, rest = hermite_rest(name, arb(1), start, tangent), total - sum(weighted[:start], arb(0))
                assert bound is not None and 0 < rest < bound
                assert start < 100 or hermite_rest(name, arb(1), 2 * start, tangent) < rest


def test_the_bound_says_where_it_is_of_no_use() -> None:
    assert hermite_rest("tanh", ball(Fraction(1, 100)), 100, False) is None
    assert hermite_rest("tanh", arb(1), 7, False) is None


@pytest.mark.parametrize("density", [module.TANH, module.SIGMOID, module.GATE])
def test_the_error_of_the_rule_is_bounded_by_the_theorem(density: module.Density) -> None:
    """A rule with few nodes misses the coefficients by less than its bound, and by more than a part of it."""
    with working_precision(60):
        exact = _coefficients(density, arb(1), 12)
    with working_precision(6, 0):
        rough = _coefficients(density, arb(1), 12)
        height = module.STRIP * density.pole
        few = float(_error(density, arb(height), arb(3), 40, 12))
    assert few > float(_error(density, arb(height), arb(6), 80, 12))
    for fine, coarse in zip(exact, rough, strict=True):
        assert coarse.overlaps(fine) and abs(coarse - fine).upper() < 1e-3


@pytest.mark.parametrize("name", ["tanh", "mish"])
def test_a_wrong_density_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same judge with the poles a tenth farther away."""
    which = {"tanh": "TANH", "mish": "GATE"}[name]
    right = getattr(module, which)
    monkeypatch.setattr(module, which, replace(right, value=lambda w: right.value(w * arb("1.1"))))
    with pytest.raises(AssertionError):
        test_squares_are_those_of_integrals_on_the_real_line(name, Fraction(1))


@pytest.mark.parametrize(("terms", "digits"), [(8, 15), (8, 60), (200, 40)])
def test_overlap_over_precision(terms: int, digits: int) -> None:
    for name in NAMES:
        with working_precision(digits, 0):
            squares = hermite_squares(name, ball(Fraction(2, 3)), terms)
        with working_precision(2 * digits + 3, 0):
            better = hermite_squares(name, ball(Fraction(2, 3)), terms)
        assert len(squares) == terms and all(a.overlaps(b) for a, b in zip(squares, better, strict=True))


def test_what_cannot_be_computed_is_refused() -> None:
    for variance in (arb(0), arb(0, 1), arb("nan"), arb(-1)):
        with pytest.raises(Cannot, match="variance"):
            hermite_squares("tanh", variance, 8)
    with working_precision(40), pytest.raises(Cannot, match="nodes"):
        hermite_squares("tanh", arb(10) ** -12, 400)


@pytest.mark.parametrize("name", NAMES)
def test_means_of_squares(name: str) -> None:
    with working_precision(20):
        value, slope = mean_squares(name, ball(Fraction(3)))
    with mp.workdps(25):
        assert abs(in_mpmath(value)[0] - expectations(name, Fraction(3))[1]) < mp.mpf(10) ** -18
        assert abs(in_mpmath(slope)[0] - expectations(name, Fraction(3))[2]) < mp.mpf(10) ** -12


def test_moments_of_a_normal_variable() -> None:
    with working_precision(30):
        assert gaussian_mean(lambda z, _: acb(1), arb(7)).contains(1)
        assert gaussian_mean(lambda z, _: z * z, ball(Fraction(5, 7))).overlaps(arb(5) / 7)
        assert not gaussian_mean(lambda z, _: z * z, arb(2)).overlaps(arb("2.0001"))
