"""Rules about Gamma products: reflection and indices against enumeration, limits against known ones."""

from __future__ import annotations

from itertools import product

import pytest
import sympy as sp

from tests.theory.steps import given, refusal
from theory.proofs.rules.gamma import instantiate, reflected, same
from theory.symbolic.objects import (
    AtMinusOne,
    GaussianMean,
    Kappa,
    L,
    Maclaurin,
    Mu,
    Range,
    d,
    equal,
    j,
    k,
    n,
    t,
    theta,
)

F, G = sp.symbols("f g")
HALF = sp.Rational(1, 2)
EVEN, ODD, ANY_D = Range("k", 0, None, 0), Range("k", 1, None, 1), Range("d", 1)


def values(where: Range) -> list[int]:
    return where.values(4)


@pytest.mark.parametrize("where", [EVEN, ODD, Range("k", 2), Range("k", 4, None, 0)], ids=repr)
@pytest.mark.parametrize("power", [-2, -1, 1, 2])
@pytest.mark.parametrize(
    "argument",
    [
        1 - k / 2,
        HALF - k,
        3 - k / 2,
        sp.Rational(3, 2) - 2 * k,
        1 - k,
        -k / 2,
        5 - k,
        1 - 3 * k / 2,
        2 + k / 2,
        k - HALF,
        sp.Rational(1, 3) - k,
        HALF - k - n,
        1 - k / 2 - n / 2,
        1 - k / 2 + n / 2,
    ],
    ids=str,
)
def test_reflection_keeps_every_value(argument: sp.Expr, power: int, where: Range) -> None:
    """At each point of the ranges, where 1/Gamma is 0 at the poles of Gamma."""
    ranges, inner = (where, Range("n", 1, None, 1)), sp.Symbol("x")
    found = reflected(inner * sp.gamma(argument) ** power + 1, ranges)
    for degree, index in product(values(where), (1, 3, 5)):
        at = {k: degree, n: index}
        before = 1 / sp.gamma(argument.subs(at)) if power < 0 else sp.gamma(argument.subs(at))
        if before == sp.zoo:
            continue  # no statement is defined there
        assert sp.simplify(found.subs(at) - inner * before ** abs(power) - 1) == 0, at


@pytest.mark.parametrize(
    "expression, ranges, expected",
    [
        (sp.gamma(1 - k / 2), (Range("k", 1, None, 1),), None),  # the sign of the sine alternates
        (sp.gamma(1 - k / 2) ** -2, (ODD,), sp.gamma(k / 2) ** 2 / sp.pi**2),
        (1 / sp.gamma(-k / 2), (EVEN,), sp.Integer(0)),
        (1 / sp.gamma(1 - k / 2), (EVEN,), None),  # Gamma(1) at k = 0
        (1 / sp.gamma(1 - k / 2), (Range("k", 2, None, 0),), sp.Integer(0)),
        (sp.gamma(-k / 2), (EVEN,), None),
        (1 / sp.gamma(HALF - 2 * k), (Range("k", 0),), sp.gamma(HALF + 2 * k) / sp.pi),
        (1 / sp.gamma(-HALF - 2 * k), (Range("k", 0),), -sp.gamma(2 * k + 3 * HALF) / sp.pi),
        (1 / sp.gamma(HALF - k), (Range("k", 0),), None),
        (1 / sp.gamma(sp.Rational(1, 3) - k), (Range("k", 0),), None),
        (1 / sp.gamma(k - 9), (Range("k", 0, None, 0),), None),
        (1 / sp.gamma(1 - d), (ANY_D,), None),  # d may be real
    ],
)
def test_what_is_reflected(expression: sp.Expr, ranges: tuple, expected: sp.Expr | None) -> None:
    assert sp.simplify(reflected(expression, ranges) - (expression if expected is None else expected)) == 0
    if expected is None:
        assert reflected(expression, ranges) == expression


COVERED = [
    Range("k", 0),
    Range("k", 2),
    Range("k", 3, None, 1),
    Range("k", 2, None, 0),
    Range("k", 1, 6),
    Range("k", 4, 4),
]


@pytest.mark.parametrize("slope, shift", [(1, 0), (1, 2), (1, -1), (1, 1), (2, 0), (2, 1), (2, -1), (3, 1)])
@pytest.mark.parametrize("covered", COVERED, ids=repr)
def test_a_fact_is_put_in_exactly_where_it_holds(covered: Range, slope: int, shift: int) -> None:
    """Against the values themselves, taken one by one; a fixed index too."""
    fact = given("fact", equal(Mu(F, k), k**2), covered)
    holds = set(range(covered.least, 60 if covered.most is None else covered.most + 1, covered.step))
    for where in (*COVERED, Range("k", 6, 9), Range("k", 1, None, 1)):
        reach = range(where.least, 12 if where.most is None else where.most + 1, where.step)
        reached = {slope * value + shift for value in reach}
        unbounded = where.most is None and covered.most is not None
        found = instantiate(Mu(F, slope * k + shift), fact, (where,))
        assert (found == (slope * k + shift) ** 2) is (reached <= holds and not unbounded), where
        assert found in (Mu(F, slope * k + shift), (slope * k + shift) ** 2)
    fixed = instantiate(Mu(F, 3) + Mu(F, 4), fact, ())
    assert fixed == sum(i**2 if i in holds else Mu(F, i) for i in (3, 4))


@pytest.mark.parametrize("index", [k / 2, -k, k + sp.Rational(1, 2), k + d, 2 * j, k * n, k**2, 5 - k])
def test_other_indices_are_left_alone(index: sp.Expr) -> None:
    fact = given("fact", equal(Mu(F, k), 1))
    assert instantiate(Mu(F, index), fact, (Range("k", 6),)) == Mu(F, index)


def test_a_fact_about_another_kernel_is_left_alone() -> None:
    fact = given("fact", equal(Mu(F, k), 1))
    assert instantiate(Mu(F, k) * Mu(G, k) + Maclaurin(F, k), fact, ()) == Mu(G, k) + Maclaurin(F, k)
    depth = given("depth", equal(AtMinusOne(F, L), 1))
    assert instantiate(AtMinusOne(F, 0), depth, ()) == AtMinusOne(F, 0)  # depths begin with 1
    assert instantiate(AtMinusOne(F, 1) + AtMinusOne(F, L), depth, ()) == 2


def test_angles_are_no_indices() -> None:
    """A mean is pi - theta over pi for theta in [0, pi] only: at 4 it is that of 2 pi - 4."""
    mean = given("mean", equal(GaussianMean(0, theta), (sp.pi - theta) / sp.pi))
    said = refusal("gamma-algebra", equal(GaussianMean(0, 4), (sp.pi - 4) / sp.pi), mean)
    assert "not expanded" in said
    square = given("square", equal(Kappa(F, t), t**2))
    assert "not expanded" in refusal("gamma-algebra", equal(Kappa(F, 5), 25), square)


@pytest.mark.parametrize(
    "statement, ranges, reason",
    [
        (equal(sp.gamma(k + 1), k * sp.gamma(k)), (Range("k", 1),), ""),
        (equal(sp.gamma(k + 1), (k + 1) * sp.gamma(k)), (Range("k", 1),), "normal forms differ"),
        (equal(sp.gamma(2 - k / 2), sp.gamma(2)), (Range("k", 0, 0),), ""),
        (equal(sp.gamma(1 - k / 2) ** -2, sp.gamma(k / 2) ** 2 / sp.pi**2), (ODD,), ""),
        (equal(sp.gamma(k), 2), (Range("k", 3, 3),), ""),
        (equal(sp.gamma(k), 2), (Range("k", 3, 5),), "normal forms differ"),
        (equal(sp.gamma(k), 2), (Range("k", 3),), "normal forms differ"),
        (equal(sp.gamma(k), 6), (Range("k", 3, 3),), "normal forms differ"),
        (equal(sp.Sum(j, (j, 0, k)), sp.Sum(j, (j, 0, k + 1))), (ODD,), "not evaluated"),
        (equal(Mu(F, k), Mu(G, k)), (ODD,), "not expanded"),
        (equal(sp.sin(k), 0), (ODD,), "is not allowed in a hypergeometric term"),
    ],
)
def test_gamma_algebra(statement: sp.Eq, ranges: tuple, reason: str) -> None:
    said = refusal("gamma-algebra", statement, ranges=ranges)
    assert (reason in said) if reason else not said


def test_same_needs_both_sides_defined() -> None:
    assert same(k + 1, 1 + k) and same(sp.gamma(k + 1), k * sp.gamma(k), (Range("k", 1),))
    assert not same(k, k + 1)
    assert not same(sp.gamma(k + 1), k * sp.gamma(k), (EVEN,))
    assert not same(k * sp.gamma(k), sp.gamma(k + 1), (EVEN,))
    assert not same(sp.sin(k), sp.cos(k))


STIRLING = sp.sqrt(2 * sp.pi)
LIMITS = [  # DLMF 5.11.12, 5.11.7, 4.4.13-14
    (sp.gamma(k + 3) / sp.gamma(k + 1) / k**2, k, sp.Integer(1), ()),
    (sp.gamma(2 * k + 1) / sp.gamma(2 * k) / k, k, sp.Integer(2), ()),
    (sp.gamma(k / 2 + d) / sp.gamma(k / 2) / k**d, k, 2 ** (-d), (ANY_D,)),
    (sp.gamma(k + 1) * sp.exp(k) / k ** (k + HALF), k, STIRLING, ()),
    (k ** (k + HALF) / (sp.gamma(k + 1) * sp.exp(k)), k, 1 / STIRLING, ()),
    (sp.gamma(2 * k) / (sp.gamma(k) * sp.gamma(k + HALF) * 4**k), k, 1 / (2 * sp.sqrt(sp.pi)), ()),
    ((1 + 3 / k) ** k, k, sp.exp(3), ()),
    ((1 - 2 / k) ** (5 * k + 7), k, sp.exp(-10), ()),
    ((k + 1) ** k / (k + 4) ** k, k, sp.exp(-3), ()),
    ((2 * k + 1) ** k / (2 * k + 5) ** k, k, sp.exp(-2), ()),
    (((6 * k + 1) / (2 * k + 5)) ** k / 3**k, k, sp.exp(-sp.Rational(7, 3)), ()),
    (((k + 1) / (k**2 + 3)) ** k * k**k, k, sp.E, ()),
    (
        (((d - 1) * k + 1) / ((d + 3) * k + 1)) ** k * ((d + 3) * k) ** k / ((d - 1) * k) ** k,
        k,
        sp.exp(1 / (d - 1) - 1 / (d + 3)),
        (Range("d", 2),),
    ),
    ((3 * k**2 + k) / (5 * k**2 - 7), k, sp.Rational(3, 5), ()),
    (((d + 1) * k + 5) / (k - 3), k, d + 1, (ANY_D,)),
    (7 * (-2 * k + 1) ** 3 / k**3, k, sp.Integer(-56), ()),
    (sp.pi ** (k + 2) / sp.pi**k, k, sp.pi**2, ()),
    ((k + 1) ** d / k**d * sp.gamma(d), k, sp.gamma(d), (ANY_D,)),
    (sp.gamma(d / 2 + k) / sp.gamma(d / 2) / d**k, d, 2 ** (-k), (EVEN,)),
]


@pytest.mark.parametrize("term, variable, value, ranges", LIMITS, ids=[str(row[0]) for row in LIMITS])
def test_limits(term: sp.Expr, variable: sp.Symbol, value: sp.Expr, ranges: tuple) -> None:
    """Accepted with the right value alone; times a power of v, of log v's base or of 2^v it has no limit."""

    def said(product: sp.Expr, at: sp.Expr) -> str:
        return refusal("limit", equal(sp.Limit(product, variable, sp.oo), at), ranges=ranges)

    assert not said(term, value)
    for wrong in (2 * value, -value, value + 1, value * sp.pi, value / 3):
        assert "the limit is" in said(term, wrong)
    for growing in (variable, sp.sqrt(variable), 1 / variable, 2**variable, sp.exp(-variable), variable**variable):
        assert "grows like" in said(term * growing, value)


@pytest.mark.parametrize(
    "term, variable, value, reason",
    [
        (sp.gamma(1 - k) / sp.gamma(-k) / k, k, sp.Integer(-1), "has no limit law"),
        (sp.gamma(sp.sqrt(2) * k + 1) / sp.gamma(sp.sqrt(2) * k) / k, k, sp.sqrt(2), "has no limit law"),
        ((1 + 1 / k) ** (k**2) / sp.exp(k), k, sp.exp(-HALF), "no linear exponent"),
        (((d - 3) * k + 1) / k / (d - 3), k, sp.Integer(1), "may vanish"),
        ((5 - 2 * k) ** HALF / k**HALF, k, sp.sqrt(2), "may vanish"),
        ((5 - 2 * k) ** k / (7 - 2 * k) ** k, k, sp.E, "may vanish"),
    ],
)
def test_other_terms_have_no_limit_law(term: sp.Expr, variable: sp.Symbol, value: sp.Expr, reason: str) -> None:
    said = refusal("limit", equal(sp.Limit(term, variable, sp.oo), value), ranges=(ANY_D,))
    assert reason in said


def test_limits_are_at_infinity() -> None:
    assert "no limit at infinity" in refusal("limit", equal(sp.Limit(k + 1, k, 0), 1))
    assert "no limit at infinity" in refusal("limit", equal((k + 1) / k, 1), ranges=(ODD,))
