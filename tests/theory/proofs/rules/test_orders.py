"""Rules about the kernels of every order: each condition of a step is needed."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.steps import given, refusal
from theory.derivations.every_order import order_coefficient
from theory.symbolic.objects import ArcOrder, GaussianMean, Kappa, Maclaurin, Mu, Range, a, d, equal, k, n, t, theta

F, G = sp.symbols("f g")
ACOS = sp.acos(t)
FAMILY = given("family", equal(Kappa(ArcOrder(a), t), GaussianMean(a, ACOS)), Range("a", 0))
FROM_ONE = Range("a", 1)


@pytest.mark.parametrize(
    "name, order, point, reason",
    [
        (ArcOrder(a), a, t, ""),
        (F, sp.Integer(0), t, ""),
        (F, sp.Integer(4), t, ""),
        (ArcOrder(a), a + 1, t, "another order"),
        (ArcOrder(a + 1), a, t, "another order"),
        (ArcOrder(3), sp.Integer(3), t, "another order"),
        (F, sp.Integer(-1), t, "order a >= 0"),
        (F, sp.Rational(1, 2), t, "order a >= 0"),
        (F, a, t, "function of t alone"),
        (k, sp.Integer(1), t, "cannot name"),
        (F, sp.Integer(4), theta, "does not say which mean"),
    ],
)
def test_names_of_orders(name: sp.Expr, order: sp.Expr, point: sp.Expr, reason: str) -> None:
    said = refusal("order-kernel", equal(Kappa(name, point), GaussianMean(order, ACOS)))
    assert (reason in said) if reason else not said


@pytest.mark.parametrize("right", [GaussianMean(3, theta), GaussianMean(3, t), 2 * GaussianMean(3, ACOS), ACOS])
def test_other_kernels_are_no_means(right: sp.Expr) -> None:
    assert "does not say which mean" in refusal("order-kernel", equal(Kappa(F, t), right))
    assert "does not say which mean" in refusal("order-kernel", equal(Mu(F, t), GaussianMean(3, ACOS)))


@pytest.mark.parametrize(
    "order, right, reason",
    [
        (0, (sp.pi - ACOS) / sp.pi, ""),
        (0, 1 - ACOS / sp.pi, ""),
        (0, 1 - 2 * ACOS / sp.pi, "differ"),
        (1, 1 - ACOS / sp.pi, "other objects"),
    ],
)
def test_a_mean_in_closed_form(order: int, right: sp.Expr, reason: str) -> None:
    angle = given("angle", equal(GaussianMean(0, theta), 1 - theta / sp.pi))
    said = refusal(
        "mean-kernel", equal(Kappa(F, t), GaussianMean(order, ACOS)), angle, given("closed", equal(Kappa(F, t), right))
    )
    assert (reason in said) if reason else not said
    assert "other objects" in refusal(
        "mean-kernel", equal(Kappa(F, t), GaussianMean(0, ACOS)), angle, given("closed", equal(Kappa(G, t), right))
    )


@pytest.mark.parametrize("angle_ranges, closed_ranges", [((Range("k", 3, 3),), ()), ((), (Range("k", 5, 5),))])
def test_a_mean_at_one_value_of_a_variable_is_no_function(angle_ranges: tuple, closed_ranges: tuple) -> None:
    facts = (
        given("angle", equal(GaussianMean(0, theta), k * (1 - theta / sp.pi) / 3), *angle_ranges),
        given("closed", equal(Kappa(F, t), k * (1 - ACOS / sp.pi) / 3), *closed_ranges),
    )
    assert "one value" in refusal("mean-kernel", equal(Kappa(F, t), GaussianMean(0, ACOS)), *facts)


PRICE = sp.Derivative(Kappa(ArcOrder(a), t), t)


@pytest.mark.parametrize(
    "factor, order, least, reason",
    [
        (a**2, a - 1, 1, ""),
        (a**2, a - 1, 2, ""),
        (a**2, a - 1, 0, "no derivative"),
        (a, a - 1, 1, "another"),
        (a**2 + 1, a - 1, 1, "another"),
        (a**2, a, 1, "another"),
        (a**2, a - 2, 1, "another"),
        (-(a**2), a - 1, 1, "another"),
    ],
)
def test_the_derivative_lowers_the_order(factor: sp.Expr, order: sp.Expr, least: int, reason: str) -> None:
    statement = equal(PRICE, factor * Kappa(ArcOrder(order), t))
    said = refusal("price", statement, FAMILY, ranges=(Range("a", least),))
    assert (reason in said) if reason else not said
    one = given("one", equal(Kappa(F, t), GaussianMean(3, ACOS)))
    assert "family" in refusal("price", statement, one, ranges=(Range("a", least),))


# b_0[a] = (a!)^2 2^(-a-1)/Gamma(a/2+1)^2: 1/2, 1/pi, 1/2 and 4/pi for a = 0, 1, 2, 3
ZERO = order_coefficient().subs(n, 0)


@pytest.mark.parametrize(
    "value, reason",
    [
        (ZERO, ""),
        (2 * ZERO, "P(u > 0)"),
        (ZERO + (a - 1) * a, "otherwise"),
        (ZERO + a, "E[u_+]"),
        (ZERO - a, "E[u_+]"),
        (sp.Rational(1, 2) + a * (1 / sp.pi - sp.Rational(1, 2)), "otherwise"),
        (ZERO * k / 2, "a alone"),
        (ZERO * (a - 2) * sp.gamma(a - 2) / sp.gamma(a - 1), "a alone"),
    ],
)
def test_half_normal_moments(value: sp.Expr, reason: str) -> None:
    statement = equal(Maclaurin(ArcOrder(a), 0), value)
    said = refusal("half-normal", statement, FAMILY, ranges=(Range("a", 0),))
    assert (reason in said) if reason else not said
    assert "left side" in refusal("half-normal", equal(Maclaurin(ArcOrder(a), 1), value), FAMILY)
    assert "left side" in refusal("half-normal", equal(Maclaurin(ArcOrder(a + 1), 0), value), FAMILY)
    one = given("one", equal(Kappa(F, t), GaussianMean(3, ACOS)))
    assert "family" in refusal("half-normal", statement, one)


COEFFICIENT = order_coefficient()
STEP = equal((n + 1) * Maclaurin(ArcOrder(a), n + 1), a**2 * Maclaurin(ArcOrder(a - 1), n))
FACTS = {
    "relation": given("relation", STEP, FROM_ONE),
    "start": given("start", equal(Maclaurin(ArcOrder(a), 0), ZERO), Range("a", 0)),
    "even": given("even", equal(Maclaurin(F, n), COEFFICIENT.subs(a, 0)), Range("n", 0, None, 0)),
    "odd": given("odd", equal(Maclaurin(F, n), COEFFICIENT.subs(a, 0)), Range("n", 1, None, 1)),
    "base": given("base", equal(Kappa(F, t), GaussianMean(0, ACOS))),
    "family": FAMILY,
}


def induction(formula: sp.Expr = COEFFICIENT, left: sp.Expr | None = None, **changes: object) -> str:
    statement = equal(Maclaurin(ArcOrder(a), n) if left is None else left, formula)
    return refusal("order-induction", statement, *(FACTS | changes).values(), ranges=(Range("a", 0), Range("n", 0)))


def test_induction_on_order_and_index() -> None:
    assert not induction()
    assert not induction(relation=given("relation", STEP))  # then it holds for a = 0 too
    assert "no coefficient of every order" in induction(left=Maclaurin(ArcOrder(a), n + 1))
    assert "no coefficient of every order" in induction(left=Maclaurin(F, n))
    assert "something else" in induction(COEFFICIENT * d)
    assert "at order 0" in induction(2 * COEFFICIENT)
    assert "at order 0" in induction(COEFFICIENT + n)
    assert "at n = 0" in induction(COEFFICIENT * (1 + a))
    assert "does not satisfy" in induction(COEFFICIENT * (1 + a * n))


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"relation": given("relation", STEP, Range("a", 2))}, "every order"),
        ({"relation": given("relation", STEP, FROM_ONE, Range("n", 1))}, "every order"),
        ({"relation": given("relation", equal(n * STEP.args[0], n * STEP.args[1]), FROM_ONE)}, "may not determine"),
        (
            {"relation": given("relation", equal((a - 1) * STEP.args[0], (a - 1) * STEP.args[1]), FROM_ONE)},
            "not determine",
        ),
        ({"relation": given("relation", equal(STEP.args[0], 2 * STEP.args[1]), FROM_ONE)}, "does not satisfy"),
        (
            {"relation": given("relation", equal(STEP.args[0], a * Maclaurin(ArcOrder(a - 2), n)), FROM_ONE)},
            "not satisfy",
        ),
        ({"start": given("start", equal(Maclaurin(ArcOrder(a), 0), 2 * ZERO))}, "at n = 0"),
        ({"start": given("start", equal(Maclaurin(ArcOrder(a), 1), ZERO))}, "not b_0"),
        ({"start": given("start", FACTS["start"].statement, FROM_ONE)}, "does not cover"),
        ({"even": given("even", FACTS["even"].statement, Range("n", 2, None, 0))}, "gaps"),
        ({"even": given("even", FACTS["even"].statement, Range("n", 0, 8, 0))}, "gaps"),
        ({"odd": given("odd", FACTS["odd"].statement, Range("n", 3, None, 1))}, "gaps"),
        ({"odd": given("odd", equal(Maclaurin(G, n), COEFFICIENT.subs(a, 0)), Range("n", 1, None, 1))}, "gaps"),
        ({"even": given("even", equal(Maclaurin(F, n), 0), Range("n", 0, None, 0))}, "at order 0"),
        ({"odd": given("odd", equal(Maclaurin(F, n), 0), Range("n", 1, None, 1))}, "at order 0"),
        ({"base": given("base", equal(Kappa(F, t), GaussianMean(1, ACOS)))}, "induction starts"),
        ({"family": given("family", equal(Kappa(G, t), GaussianMean(a, ACOS)))}, "induction starts"),
    ],
)
def test_induction_needs_every_fact(changes: dict, reason: str) -> None:
    assert reason in induction(**changes)


OWN = given("own", equal(Kappa(F, t), GaussianMean(3, ACOS)))


@pytest.mark.parametrize("kind, index", [(Mu, k), (Maclaurin, n)])
@pytest.mark.parametrize("least, reason", [(0, ""), (3, ""), (4, "does not reach")])
def test_one_order_of_all(kind: type, index: sp.Symbol, least: int, reason: str) -> None:
    """A range of a on the step helps no order that lies below it."""
    universal = given("all", equal(kind(ArcOrder(a), index), a * index + d), Range("a", least))
    statement = equal(kind(F, index), 3 * index + d)
    for ranges in ((), (Range("a", least),), (Range("a", 9),)):
        said = refusal("order-instance", statement, universal, FAMILY, OWN, ranges=ranges)
        assert (reason in said) if reason else not said
    for wrong in (4 * index + d, 3 * index + d + 1, 2 * index + d):
        said = refusal("order-instance", equal(kind(F, index), wrong), universal, FAMILY, OWN)
        assert said


@pytest.mark.parametrize(
    "universal, family, own, ranges, reason",
    [
        (equal(Mu(ArcOrder(a + 1), k), a), FAMILY, OWN, (), "not about every order"),
        (equal(Kappa(ArcOrder(a), t), a), FAMILY, OWN, (), "no statement about one order"),
        (equal(Mu(ArcOrder(a), k), a), OWN, OWN, (), "family of all orders"),
        (equal(Mu(ArcOrder(a), k), a), FAMILY, FAMILY, (), "no statement about one order"),
        (equal(Mu(ArcOrder(a), k), a), FAMILY, OWN, (Range("k", 2),), "does not cover"),
        (equal(Mu(ArcOrder(a), k), a), FAMILY, OWN, (Range("k", 5),), ""),
    ],
)
def test_instances_need_their_facts(universal: sp.Eq, family: object, own: object, ranges: tuple, reason: str) -> None:
    fact = given("all", universal, *((Range("k", 5),) if ranges else ()))
    said = refusal("order-instance", equal(Mu(F, k), 3), fact, family, own, ranges=ranges)
    assert (reason in said) if reason else not said
