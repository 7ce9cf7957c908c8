"""Rules about expansions at t = 1 and -1: every coefficient, every number of terms, every depth counts.

The expansions of one layer are written here from acos(1-s^2) = 2 arcsin(s/sqrt 2) and k1' = k0.
"""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.steps import given, refusal
from theory.derivations.ends_of_every_depth import depth_series
from theory.kernels import NTK
from theory.proofs.steps import Step
from theory.symbolic.objects import AtMinusOne, EndSeries, Kappa, L, LowerEnd, Range, SlopeProduct, equal, s, t

K0, K1, SIGMA, THETA, BIASED = sp.symbols("k0 k1 sigma theta_L theta_bias")
ALL, FROM_TWO = (Range("L", 1),), (Range("L", 2),)
CLOSED = given("k0-closed", equal(Kappa(K0, t), (sp.pi - sp.acos(t)) / sp.pi))
CLOSED_ONE = given("k1-closed", equal(Kappa(K1, t), (t * (sp.pi - sp.acos(t)) + sp.sqrt(1 - t**2)) / sp.pi))
SLOPE = given("slope", equal(sp.Derivative(Kappa(K1, t), t) - Kappa(K0, t), 0))
ANGLE = sum(  # acos(1 - s^2)
    2 * sp.binomial(2 * m, m) * (s / sp.sqrt(2)) ** (2 * m + 1) / (4**m * (2 * m + 1)) for m in range(5)
)
ENDS = [EndSeries, LowerEnd]


def below(expression: sp.Expr, order: int) -> sp.Expr:
    """The terms of smaller power of s."""
    return sum((sp.expand(expression).coeff(s, m) * s**m for m in range(order)), sp.Integer(0))


def zero(end: type, order: int) -> sp.Expr:
    return below(1 - ANGLE / sp.pi if end is EndSeries else ANGLE / sp.pi, order)


def one(end: type, order: int) -> sp.Expr:
    grown = 2 * sp.integrate(sp.expand(s * zero(end, 9)), s)
    return below(1 - grown if end is EndSeries else grown, order)


def fact(end: type, name: sp.Symbol, series: sp.Expr, order: sp.Expr | int, *ranges: Range) -> Step:
    """That the named function is the series up to O(s^order), in L where ranges are given."""
    left = end(name, L, order) if ranges else end(name, order)
    return given(f"{name}-{order}", equal(left, series), *ranges)


def zero_fact(end: type, order: int) -> Step:
    return fact(end, K0, zero(end, order), order)


def one_fact(end: type, order: int) -> Step:
    return fact(end, K1, one(end, order), order)


@pytest.mark.parametrize("order", [2, 3, 5])
@pytest.mark.parametrize("end", ENDS)
def test_one_layer(end: type, order: int) -> None:
    """True with its own terms, false with one coefficient changed or one term too many."""
    for rule, name, series, facts in (
        ("end-order-0", K0, zero(end, order), (CLOSED,)),
        ("end-order-1", K1, one(end, order), (SLOPE, CLOSED_ONE, zero_fact(end, order))),
    ):
        assert not refusal(rule, equal(end(name, order), series), *facts)
        for power in range(order + 1):
            said = refusal(rule, equal(end(name, order), series + s**power / 7), *facts)
            assert ("wrong start" if not power else "beyond" if power == order else "derivative") in said
        assert "wrong start" in refusal(rule, equal(end(name, order), series + L * s ** (order - 1)), *facts)
        if series:
            assert refusal(rule, equal(end(name, order), -series), *facts)
        assert "N >= 2" in refusal(rule, equal(end(name, 1), below(series, 1)), *facts)
        assert "N >= 2" in refusal(rule, equal(end(name, sp.Rational(5, 2)), below(series, 2)), *facts)
        for strange in (sp.sqrt(s), 1 / s, sp.Symbol("x"), sp.sin(s)):
            assert "no polynomial" in refusal(rule, equal(end(name, order), series + strange), *facts)


@pytest.mark.parametrize("end", ENDS)
def test_one_layer_needs_its_own_facts(end: type) -> None:
    """Of the two roots of F'^2 only the one that starts in the right direction is k0."""
    start = zero(end, 5).subs(s, 0)
    assert "wrong start" in refusal("end-order-0", equal(end(K0, 5), 2 * start - zero(end, 5)), CLOSED)
    for other in (
        CLOSED_ONE,
        given("closed", equal(Kappa(K0, t), sp.acos(t) / sp.pi)),
        given("closed", equal(Kappa(K1, t), CLOSED.right)),
    ):
        assert "another function" in refusal("end-order-0", equal(end(K0, 5), zero(end, 5)), other)
    assert "no expansion at an end" in refusal("end-order-0", equal(Kappa(K0, 5), 1), CLOSED)

    def said(*facts: Step) -> str:
        return refusal("end-order-1", equal(end(K1, 5), one(end, 5)), *facts)

    assert not said(SLOPE, CLOSED_ONE, zero_fact(end, 6))
    assert "wrong start" in said(SLOPE, CLOSED_ONE, zero_fact(end, 4))
    shifted = given("closed", equal(Kappa(K1, t), CLOSED_ONE.right + 1))
    for closed in (shifted, given("closed", equal(Kappa(K0, t), CLOSED_ONE.right))):
        assert "are needed" in said(SLOPE, closed, zero_fact(end, 5))
    for slope in (
        equal(SLOPE.left, 1),
        equal(2 * SLOPE.left, 0),
        equal(sp.Derivative(Kappa(K0, t), t) - Kappa(K1, t), 0),
    ):
        assert "k1' is not k0" in said(given("slope", slope), CLOSED_ONE, zero_fact(end, 5))
    other_end = next(e for e in ENDS if e is not end)
    assert "no expansion of k0" in said(SLOPE, CLOSED_ONE, zero_fact(other_end, 5))


def sigma_five() -> sp.Expr:
    return depth_series(NTK, 3).step("sigma-end").right


def theta_three(name: sp.Symbol) -> sp.Expr:
    return depth_series(NTK, 3, name == BIASED).conclusion.right


def sigma(series: sp.Expr, order: int, *facts: Step, ranges: tuple = ALL) -> str:
    return refusal("depth-sigma", equal(EndSeries(SIGMA, L, order), series), *facts, ranges=ranges)


@pytest.mark.parametrize("order", [3, 4])
def test_covariances_of_every_depth(order: int) -> None:
    series = below(sigma_five(), order)
    assert not sigma(series, order, one_fact(EndSeries, order))
    assert not sigma(series, order, one_fact(EndSeries, order + 1))
    assert "enough terms" in sigma(series, order, one_fact(EndSeries, order - 1))
    assert "all depths" in sigma(series, order, one_fact(EndSeries, order), ranges=FROM_TWO)
    assert "all depths" in sigma(series, order, one_fact(EndSeries, order), ranges=())
    for power in range(order):
        assert "not t" in sigma(series + s**power / 7, order, one_fact(EndSeries, order))
        assert sigma(series + (L - 1) * s**power / 7, order, one_fact(EndSeries, order))
    assert "beyond" in sigma(series + (L - 1) * s**order, order, one_fact(EndSeries, order))


def test_covariances_start_with_the_square() -> None:
    sloped = fact(EndSeries, K1, one(EndSeries, 4) + s, 4)
    assert "first order" in sigma(below(sigma_five(), 4), 4, sloped)
    turned = below(sigma_five(), 4) + (L - 1) * s**2
    assert "does not start with s^2" in sigma(turned, 4, one_fact(EndSeries, 4))


def theta(name: sp.Symbol, series: sp.Expr, order: int, *facts: Step, ranges: tuple = ALL) -> str:
    return refusal("depth-theta", equal(EndSeries(name, L, order), series), *facts, ranges=ranges)


@pytest.mark.parametrize("name", [THETA, BIASED], ids=str)
@pytest.mark.parametrize("order", [2, 3])
def test_tangent_kernels_of_every_depth(name: sp.Symbol, order: int) -> None:
    """sqrt(1 - Sigma_L) is needed up to O(s^N): one term more of Sigma_L than of the kernel."""
    series = below(theta_three(name), order)

    def layer(terms: int, *ranges: Range) -> Step:
        return fact(EndSeries, SIGMA, below(sigma_five(), terms), terms, *(ranges or ALL))

    zeroth = zero_fact(EndSeries, order)
    assert not theta(name, series, order, layer(order + 1), zeroth)
    assert not theta(name, series, order, layer(order + 2), zero_fact(EndSeries, order + 1))
    assert "more terms" in theta(name, series, order, layer(order), zeroth)
    if order > 2:
        assert "more terms" in theta(name, series, order, layer(order + 1), zero_fact(EndSeries, order - 1))
    assert "all depths" in theta(name, series, order, layer(order + 1), zeroth, ranges=FROM_TWO)
    assert "all depths" in theta(name, series, order, layer(order + 1, *FROM_TWO), zeroth)
    for power in range(order):
        assert "not t" in theta(name, series + s**power / 7, order, layer(order + 1), zeroth)
        wrong = theta(name, series + (L - 1) * s**power / 7, order, layer(order + 1), zeroth)
        assert "from L to L + 1" in wrong
    other = next(n for n in (THETA, BIASED) if n != name)
    assert "from L to L + 1" in theta(other, series, order, layer(order + 1), zeroth)
    assert "no tangent kernel" in theta(SIGMA, series, order, layer(order + 1), zeroth)


P = SlopeProduct(L)


def lower(series: sp.Expr, order: int, *facts: Step, ranges: tuple = FROM_TWO) -> str:
    return refusal("depth-sigma-lower", equal(LowerEnd(SIGMA, L, order), series), *facts, ranges=ranges)


@pytest.mark.parametrize("order", [3, 4, 5, 6, 7])
def test_covariances_at_the_lower_end(order: int) -> None:
    """x = O(s^3), so that x^2 is beyond the order up to N = 6."""
    series, first = AtMinusOne(SIGMA, L) + P * one(LowerEnd, order), one_fact(LowerEnd, order)
    if order > 6:
        assert "the square of x" in lower(series, order, first, SLOPE)
        return
    assert not lower(series, order, first, SLOPE)
    assert not lower(series, order, one_fact(LowerEnd, order + 1), SLOPE)
    assert "enough terms" in lower(series, order, one_fact(LowerEnd, order - 1), SLOPE)
    assert "all L >= 2" in lower(series, order, first, SLOPE, ranges=ALL)
    assert "all L >= 2" in lower(series, order, first, SLOPE, ranges=(Range("L", 3),))
    assert "k1' is not k0" in lower(series, order, first, given("slope", equal(SLOPE.left, 1)))
    assert "constant term" in lower(series + P, order, first, SLOPE)
    assert "constant term" in lower(series - AtMinusOne(SIGMA, L), order, first, SLOPE)
    assert "constant term" in lower(series + s * AtMinusOne(SIGMA, L), order, first, SLOPE)
    for power in range(1, order):
        assert "Sigma_2 is not k1" in lower(series + s**power * P / 7, order, first, SLOPE)
        assert lower(series + (L - 2) * s**power * P / 7, order, first, SLOPE)
    lifted = fact(LowerEnd, K1, one(LowerEnd, order) + 1, order)
    assert "rho_2 not 0" in lower(series, order, lifted, SLOPE)


def tangent(name: sp.Symbol, series: sp.Expr, order: int, *facts: Step, ranges: tuple = FROM_TWO) -> str:
    return refusal("depth-theta-lower", equal(LowerEnd(name, L, order), series), *facts, ranges=ranges)


@pytest.mark.parametrize("name, bias", [(THETA, 0), (BIASED, 1)])
@pytest.mark.parametrize("order", [2, 3, 4])
def test_tangent_kernels_at_the_lower_end(name: sp.Symbol, bias: int, order: int) -> None:
    """Up to O(s^3), before Sigma_L moves."""
    second = below((s**2 - 1 + bias) * zero(LowerEnd, order) + one(LowerEnd, order), order)
    series = AtMinusOne(name, L) + P * second

    def layer(terms: int, *ranges: Range) -> Step:
        return fact(LowerEnd, SIGMA, AtMinusOne(SIGMA, L) + P * one(LowerEnd, terms), terms, *(ranges or FROM_TWO))

    facts = layer(order), zero_fact(LowerEnd, order), one_fact(LowerEnd, order)
    if order == 4:
        assert "moves before the order" in tangent(name, series, order, *facts)
        return
    assert not tangent(name, series, order, *facts)
    for index, wider in enumerate((layer(order + 1), zero_fact(LowerEnd, order + 1), one_fact(LowerEnd, order + 1))):
        assert not tangent(name, series, order, *facts[:index], wider, *facts[index + 1 :])
    if order == 3:
        for index, short in enumerate((layer(2), zero_fact(LowerEnd, 2), one_fact(LowerEnd, 2))):
            assert "enough terms" in tangent(name, series, order, *facts[:index], short, *facts[index + 1 :])
    assert "all L >= 2" in tangent(name, series, order, *facts, ranges=ALL)
    assert "all L >= 2" in tangent(name, series, order, layer(order, *ALL), *facts[1:])
    assert "constant term" in tangent(name, series + P, order, *facts)
    for power in range(1, order):
        assert "Theta_2 is not" in tangent(name, series + s**power * P / 7, order, *facts)
        assert "from L to L + 1" in tangent(name, series + (L - 2) * s**power * P / 7, order, *facts)
        assert "from L to L + 1" in tangent(name, series + (P - 1) * s**power / 7, order, *facts)


@pytest.mark.parametrize(
    "statement, where, reason",
    [
        (sp.StrictGreaterThan(P, 0), Range("L", 2), ""),
        (sp.StrictGreaterThan(P, 0), Range("L", 7), ""),
        (sp.LessThan(P, 1), Range("L", 2), ""),
        (sp.LessThan(P, sp.Rational(1, 2)), Range("L", 3), ""),
        (sp.LessThan(P, 1), Range("L", 3), "alone is known"),
        (sp.LessThan(P, sp.Rational(1, 2)), Range("L", 2), "alone"),
        (sp.StrictGreaterThan(P, -1), Range("L", 2), "alone is known"),
        (sp.GreaterThan(P, 0), Range("L", 2), "alone"),
        (sp.StrictGreaterThan(P, 0), Range("L", 1), "from 2 on"),
        (sp.StrictGreaterThan(P, 0), Range("L", 2, 9), "from 2 on"),
        (sp.StrictGreaterThan(P, 0), Range("L", 2, None, 0), "from 2 on"),
        (sp.StrictGreaterThan(P, 0), Range("k", 2), "from 2"),
        (sp.StrictGreaterThan(SlopeProduct(L + 1), 0), Range("L", 2), "from 2 on"),
    ],
)
def test_bounds_of_slope_products(statement: sp.Rel, where: Range, reason: str) -> None:
    said = refusal("slope-product", statement, CLOSED, ranges=(where,))
    assert (reason in said) if reason else not said
    assert "k0 is needed" in refusal("slope-product", statement, CLOSED_ONE, ranges=(where,))
    twice = given("closed", equal(Kappa(K0, t), 2 * CLOSED.right))
    assert "k0 is needed" in refusal("slope-product", statement, twice, ranges=(where,))
