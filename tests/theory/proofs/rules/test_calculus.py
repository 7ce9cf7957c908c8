"""Rules of calculus: the decision procedure against identities, and each condition of each rule."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.steps import given, refusal
from theory.proofs.rules.calculus import trigonometric_zero
from theory.symbolic.objects import (
    GaussianMean,
    GradientMean,
    Kappa,
    Maclaurin,
    Mu,
    PositivePower,
    Range,
    a,
    d,
    equal,
    k,
    n,
    phi,
    r,
    t,
    theta,
)

F, G, H = sp.symbols("f g h")
X, S = sp.symbols("x s_1")
HALF, PI = sp.Rational(1, 2), sp.pi
ROOT = sp.sqrt(1 - t**2)
cos, sin, exp = sp.cos, sp.sin, sp.exp
CIRCLE, ARC = (phi, -PI, PI), (phi, theta - PI / 2, PI / 2)
BOTH = cos(phi) * cos(phi - theta)


@pytest.mark.parametrize(
    "left, right",
    [
        (cos(phi - theta), cos(phi) * cos(theta) + sin(phi) * sin(theta)),
        (sin(2 * phi), 2 * sin(phi) * cos(phi)),
        (cos(2 * phi) ** 2, 1 - 4 * sin(phi) ** 2 * cos(phi) ** 2),
        (sin(theta) ** 4 - cos(theta) ** 4, 1 - 2 * cos(theta) ** 2),
        (1 / cos(theta) - cos(theta), sin(theta) ** 2 / cos(theta)),
        (ROOT * ROOT, 1 - t**2),
        (ROOT**3, ROOT * (1 - t**2)),
        (t / ROOT - t * ROOT, t**3 / ROOT),
        ((sp.sqrt(1 + t) + ROOT) ** 2, 2 + t - t**2 + 2 * sp.sqrt(1 + t) * ROOT),
        (sp.acos(t) * ROOT**3, sp.acos(t) * (ROOT - t**2 * ROOT)),
        (exp(-(r**2)) * sin(phi) ** 2, exp(-(r**2)) * (1 - cos(phi) ** 2)),
        (exp(-(r**2) / 2) * (r + 1), r * exp(-(r**2) / 2) + exp(-(r**2) / 2)),
        (sp.acos(t) * (t + 1), t * sp.acos(t) + sp.acos(t)),
        ((phi + theta) ** 2, phi**2 + 2 * phi * theta + theta**2),
        (sp.Integer(2), sp.Rational(4, 2)),
    ],
)
def test_identities_of_angles_and_roots(left: sp.Expr, right: sp.Expr) -> None:
    assert trigonometric_zero(left - right)
    for wrong in (2 * right, right + 1, right - t / 9, -right, right + sin(phi), right + ROOT):
        assert not trigonometric_zero(left - wrong)


def test_polar_form_of_a_mean() -> None:
    def polar(power: sp.Expr | int, order: sp.Expr | int, scale: sp.Expr = HALF, end: sp.Expr = PI) -> sp.Expr:
        radial = sp.Integral(r**power * exp(-(r**2) * scale), (r, 0, sp.oo))
        arc = PositivePower(cos(phi), order) * PositivePower(cos(phi - theta), order)
        return radial * sp.Integral(arc, (phi, -end, end)) / PI

    for order in (0, 1, 2):
        mean = GaussianMean(order, theta)
        assert not refusal("gaussian-polar", equal(mean, polar(2 * order + 1, order)))
        wrong = (
            polar(2 * order, order),
            polar(2 * order + 2, order),
            polar(2 * order + 1, order + 1),
            polar(2 * order + 1, order, sp.Integer(1)),
            polar(2 * order + 1, order, HALF, PI / 2),
            2 * polar(2 * order + 1, order),
            PI * polar(2 * order + 1, order),
        )
        for right in wrong:
            assert "not the polar form" in refusal("gaussian-polar", equal(mean, right))
    assert "order a >= 0" in refusal("gaussian-polar", equal(GaussianMean(-1, theta), polar(-1, -1)))
    assert "order a >= 0" in refusal("gaussian-polar", equal(GaussianMean(HALF, theta), polar(2, HALF)))
    assert "order a >= 0" in refusal("gaussian-polar", equal(GaussianMean(1, phi), polar(3, 1)))
    assert "no Gaussian mean" in refusal("gaussian-polar", equal(Kappa(1, theta), polar(3, 1)))


def positive(*orders: int) -> sp.Expr:
    return sp.Mul(*(PositivePower(x, e) for x, e in zip((cos(phi), cos(phi - theta)), orders, strict=False)))


@pytest.mark.parametrize(
    "whole, part, reason",
    [
        ((positive(1, 1), CIRCLE), (BOTH, ARC), ""),
        ((positive(2, 1), CIRCLE), (cos(phi) ** 2 * cos(phi - theta), ARC), ""),
        ((positive(0, 0), CIRCLE), (sp.Integer(1), ARC), ""),
        ((positive(1, 1), (phi, 0, 2 * PI)), (BOTH, ARC), "whole circle"),
        ((positive(1, 1), (phi, -PI, 0)), (BOTH, ARC), "whole circle"),
        ((positive(1, 1), (r, -PI, PI)), (BOTH, ARC), "whole circle"),
        *(
            ((positive(1, 1), CIRCLE), (BOTH, (phi, low, high)), "arc is wrong")
            for low, high in (
                (theta - PI / 2, PI),
                (theta, PI / 2),
                (-PI / 2, PI / 2),
                (theta + PI / 2, PI / 2),
                (theta - PI / 2, theta + PI / 2),
                (theta - PI / 2, -PI / 2),
                (2 * theta - PI / 2, PI / 2),
            )
        ),
        ((positive(1, 1), CIRCLE), (BOTH, (r, theta - PI / 2, PI / 2)), "arc is wrong"),
        ((positive(1), CIRCLE), (cos(phi), ARC), "wrong arcs"),
        ((positive(1) ** 2, CIRCLE), (cos(phi) ** 2, ARC), "positive parts"),
        ((positive(1, 1) * phi, CIRCLE), (phi * BOTH, ARC), "positive parts"),
        ((positive(1, 1), CIRCLE), (2 * BOTH, ARC), "integrand"),
        ((positive(1, 2), CIRCLE), (cos(phi) ** 2 * cos(phi - theta), ARC), "integrand"),
    ],
)
def test_the_arc_where_both_parts_are_positive(whole: tuple, part: tuple, reason: str) -> None:
    said = refusal("support", equal(sp.Integral(*whole), sp.Integral(*part)))
    assert (reason in said) if reason else not said
    assert "two integrals" in refusal("support", equal(sp.Integral(*whole), X))


def primitive(integrand: sp.Expr, limits: tuple, value: sp.Expr, found: sp.Expr) -> str:
    return refusal("antiderivative", equal(sp.Integral(integrand, limits), value), data=(found,))


@pytest.mark.parametrize(
    "integrand, limits, value, found",
    [
        (phi**2, (phi, 1, 2), sp.Rational(7, 3), phi**3 / 3),
        (cos(phi), ARC, 1 + cos(theta), sin(phi)),
        (r * exp(-(r**2) / 2), (r, 0, sp.oo), sp.Integer(1), -exp(-(r**2) / 2)),
        (r**3 * exp(-(r**2) / 2), (r, 0, sp.oo), sp.Integer(2), -(r**2 + 2) * exp(-(r**2) / 2)),
        (r * exp(-(r**2) / 2), (r, 1, sp.oo), exp(-HALF), -exp(-(r**2) / 2)),
    ],
)
def test_integrals_by_their_antiderivatives(integrand: sp.Expr, limits: tuple, value: sp.Expr, found: sp.Expr) -> None:
    assert not primitive(integrand, limits, value, found)
    for wrong in (value + 1, -value, 2 * value):
        assert "is not the right side" in primitive(integrand, limits, wrong, found)
    for other in (2 * found, found + limits[0], -found):
        assert "is not the integrand" in primitive(integrand, limits, value, other)


@pytest.mark.parametrize(
    "integrand, limits, value, found, reason",
    [
        (phi**-2, (phi, -1, 1), sp.Integer(-2), -1 / phi, "entire"),
        (exp(1 / phi) / phi**2, (phi, -1, 1), sp.Integer(0), -exp(1 / phi), "entire"),
        (1 / (2 * sp.sqrt(r)), (r, 0, 1), sp.Integer(1), sp.sqrt(r), "entire"),
        (exp(phi), (phi, -sp.oo, 0), sp.Integer(1), exp(phi), "ends must be finite"),
        (exp(-phi), (phi, 0, sp.oo), sp.Integer(1), -exp(-phi), "vanish at infinity"),
        (r, (r, 0, sp.oo), sp.Integer(0), r**2 / 2, "vanish at infinity"),
        (r * exp(-(r**2)), (r, 0, sp.oo), HALF, -exp(-(r**2)) / 2, "vanish at infinity"),
        (-r * exp(r**2 / 2), (r, 0, sp.oo), sp.Integer(1), -exp(r**2 / 2), "vanish at infinity"),
    ],
)
def test_other_antiderivatives_are_refused(
    integrand: sp.Expr, limits: tuple, value: sp.Expr, found: sp.Expr, reason: str
) -> None:
    assert reason in primitive(integrand, limits, value, found)
    assert "no integral" in refusal("antiderivative", equal(integrand, value), data=(found,))


def test_facts_are_put_in_where_they_hold() -> None:
    fact, kernel = given("mean", equal(GaussianMean(0, theta), 1 - theta / PI)), given("one", equal(Kappa(F, t), t**2))
    assert not refusal("algebra", equal(3 * GaussianMean(0, theta), 3 - 3 * theta / PI), fact)
    assert "the sides differ" in refusal("algebra", equal(3 * GaussianMean(0, theta), 3 - theta / PI), fact)
    assert not refusal("derivative", equal(sp.Derivative(Kappa(F, t), t), 2 * t), kernel)
    assert "does not hold" in refusal("derivative", equal(sp.Derivative(Kappa(F, t), t), 3 * t), kernel)
    partial = given("mean", fact.statement, Range("k", 1))
    assert "without ranges" in refusal("algebra", equal(GaussianMean(0, theta), 1 - theta / PI), partial)
    for bound in (
        sp.Integral(GaussianMean(0, theta), (theta, 0, 9)),
        sp.Sum(GaussianMean(0, theta), (theta, 0, 9)),
        sp.Limit(GaussianMean(0, theta), theta, 9),
        sp.Subs(GaussianMean(0, theta), theta, 9),
    ):
        assert "under an integral sign" in refusal("algebra", equal(bound, bound), fact)
    integral = sp.Integral(phi, (phi, 0, 1))
    whole = given("integral", equal(integral, HALF))
    assert not refusal("algebra", equal(2 * integral, 1), whole)
    assert "only derivatives" in refusal("derivative", equal(2 * integral, 3 * integral))


@pytest.mark.parametrize("bias", [0, 1, 2])
def test_gradients_of_two_layers(bias: int) -> None:
    zero, one = GaussianMean(0, theta), GaussianMean(1, theta)
    right = S * (cos(theta) + bias) * zero + X * one
    said = refusal("two-layer-gradients", equal(GradientMean(S, X, *([bias] if bias else []), theta), right))
    assert ("hidden bias" in said) if bias == 2 else not said
    for wrong in (
        right + zero,
        X * (cos(theta) + bias) * zero + S * one,
        right - one,
        2 * right,
        -right,
        S * (cos(theta) + bias) * one + X * zero,
    ):
        assert refusal("two-layer-gradients", equal(GradientMean(S, X, *([bias] if bias else []), theta), wrong))
    assert "hidden bias" in refusal("two-layer-gradients", equal(GradientMean(S, X, 0, theta), right))
    assert "no mean of gradients" in refusal("two-layer-gradients", equal(zero, right))


MEAN = given("mean", equal(GaussianMean(0, theta), 1 - theta / PI))
OF_T = 1 - sp.acos(t) / PI


@pytest.mark.parametrize(
    "left, right, fact, reason",
    [
        (Kappa(F, t), OF_T, MEAN, ""),
        (Kappa(F, t), 2 * OF_T, MEAN, "function of t differs"),
        (Kappa(F, t), OF_T + 1, MEAN, "function of t differs"),
        (Kappa(F, theta), OF_T, MEAN, "no kernel of t"),
        (Mu(F, t), OF_T, MEAN, "no kernel of t"),
        (Kappa(k, t), OF_T, MEAN, "cannot name"),
        (Kappa(t, t), OF_T, MEAN, "cannot name"),
        (Kappa(phi, t), OF_T, MEAN, "cannot name"),
        (Kappa(F, t), OF_T, given("mean", equal(GaussianMean(0, phi), 1 - theta / PI)), "no mean over networks"),
        (Kappa(F, t), OF_T, given("mean", equal(sp.Integral(phi, (phi, 0, theta)), 1 - theta / PI)), "no mean over"),
        (
            Kappa(F, t),
            OF_T,
            given("mean", equal(GaussianMean(0, theta), sp.Integral(1, (phi, theta, PI)))),
            "closed form",
        ),
    ],
)
def test_a_kernel_from_a_mean(left: sp.Expr, right: sp.Expr, fact: object, reason: str) -> None:
    said = refusal("cosine-variable", equal(left, right), fact)
    assert (reason in said) if reason else not said


@pytest.mark.parametrize("symbol", [k, d, n, a, theta, r, phi])
def test_a_kernel_is_a_function_of_t_alone(symbol: sp.Symbol) -> None:
    """A kernel k * kappa would be one at k = 1 and another at k = 2: its coefficients contradict each other."""
    fact = given("mean", equal(GradientMean(symbol, 0, theta), symbol * (1 - theta / PI)))
    said = refusal("cosine-variable", equal(Kappa(F, t), symbol * OF_T), fact)
    assert "function of t alone" in said or "differs" in said
    scaled = given("mean", equal(GradientMean(S, 0, theta), S * (1 - theta / PI)))
    assert not refusal("cosine-variable", equal(Kappa(F, t), S * OF_T), scaled)


@pytest.mark.parametrize("taken", [equal(Kappa(F, t), t), equal(t, Kappa(F, 1)), equal(Mu(F, k), 1)])
def test_a_name_is_given_once(taken: sp.Eq) -> None:
    assert "is taken" in refusal("product-definition", equal(Kappa(F, t), t * Kappa(G, t)), given("g", taken))
    assert "by itself" in refusal("product-definition", equal(Kappa(F, t), t * Kappa(F, t)))


@pytest.mark.parametrize(
    "rule, right, reason",
    [
        ("product-definition", t * Kappa(G, t), ""),
        ("product-definition", t * Kappa(H, t), "is not known"),
        ("product-definition", 2 * t * Kappa(G, t), "not t times"),
        ("product-definition", t**2 * Kappa(G, t), "not t times"),
        ("product-definition", t * Kappa(G, theta), "function of t alone"),
        ("product-definition", t * Kappa(G, 1), "not t times"),
        ("combination-definition", 2 * Kappa(G, t) / 3, ""),
        ("combination-definition", Kappa(G, t), ""),
        ("combination-definition", Kappa(G, t) - 2 * Kappa(H, t), "is not known"),
        ("combination-definition", t * Kappa(G, t), "no multiple"),
        ("combination-definition", PI * Kappa(G, t), "no multiple"),
        ("combination-definition", Kappa(G, t) + 1, "no multiple"),
        ("combination-definition", Kappa(G, t) ** 2, "no multiple"),
        ("combination-definition", 2 * Kappa(G, 1), "is not known"),
    ],
)
def test_definitions(rule: str, right: sp.Expr, reason: str) -> None:
    facts = (given("g", equal(Kappa(G, t), t**2)), given("h", equal(Maclaurin(H, 0), 1)))
    said = refusal(rule, equal(Kappa(F, t), right), *facts)
    assert (reason in said) if reason else not said
