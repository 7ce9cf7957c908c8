"""Rules that sum power series to eigenvalues: each condition of a step is needed."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.steps import given, refusal
from theory.derivations.moments import moment_formula, moments
from theory.proofs.steps import Step
from theory.symbolic.objects import (
    HALF,
    GaussianMean,
    GegenbauerCoefficient,
    Kappa,
    Maclaurin,
    Moment,
    Mu,
    Range,
    a,
    d,
    equal,
    j,
    k,
    n,
    t,
    theta,
)

F, G, H = sp.symbols("f g h")
MOMENT = moments()[0]
CLOSED = given("closed", equal(Kappa(F, t), t + sp.acos(t)))
ANY_D, FROM_TWO = Range("d", 1), Range("d", 2)
ODD, EVEN = Range("k", 1, None, 1), Range("k", 0, None, 0)
THIRD = sp.Rational(1, 3)


def summed(formula: sp.Expr, source: Range, degrees: Range, **changes: object) -> str:
    """What `termwise` says to mu_k = sum_j b_{k+2j} E[t^(k+2j) P_k] with b_n = formula."""
    summand = formula.subs(n, k + 2 * j) * moment_formula().subs(n, k + 2 * j)
    named = {"kernel": F, "closed": CLOSED, "moment": MOMENT, "limits": (j, 0, sp.oo)} | changes
    statement = equal(Mu(F, k), sp.Sum(named.get("summand", summand), named["limits"]))
    coefficient = given("b", equal(Maclaurin(named["kernel"], n), formula), source)
    return refusal("termwise", statement, coefficient, named["moment"], named["closed"], ranges=(degrees, ANY_D))


@pytest.mark.parametrize(
    "formula, least, parity, right",
    [
        (sp.Integer(1), 0, None, True),
        (2 ** (-n), 0, 0, True),
        (n + 1, 0, None, True),
        (sp.gamma(n + 1), 0, 1, True),
        ((n - 3) ** 2, 0, None, True),
        (1 / (n + 1), 0, 0, True),
        (n - 1, 2, 0, True),
        (n - 1, 2, None, True),
        (sp.gamma(a + 1), 0, None, True),
        (sp.gamma(a + n), 1, 1, True),
        (sp.gamma(a + n - 1), 1, 1, False),
        (sp.gamma((n - 1) / 2), 2, 0, True),
        (sp.gamma((n - 1) / 2) / (n - 1), 0, 0, True),
        (sp.Integer(-1), 0, 0, False),
        (1 - n, 0, 0, False),
        (3 - n, 0, 0, False),
        (5 - n, 0, 0, False),
        (sp.Rational(3, 2) - n, 0, None, False),
        (sp.Rational(5, 2) - n, 0, None, False),
        (n - 1, 0, 0, False),
        (n - 1, 0, None, False),
        ((3 - n) ** 3, 0, 0, False),
        (-sp.gamma(n + 1), 0, 1, False),
        (sp.gamma((n - 1) / 2), 0, 0, False),
        (-1 / (n - 5), 1, 0, False),
        ((n - 1) / (n + 1), 1, 1, False),
        ((n - 1) * 2 ** (-n), 0, 0, False),
        ((5 - n) * sp.gamma(n + 1), 0, 1, False),
    ],
)
def test_a_series_is_summed_where_its_coefficients_are_positive(
    formula: sp.Expr, least: int, parity: int | None, right: bool
) -> None:
    """A formula that is negative somewhere on the class, at its first, second or third value or later."""
    where = Range("n", least, None, parity)
    said = summed(formula, where, Range("k", least, None, parity))
    assert bool(said) is not right, said
    if not right:
        assert "may be negative" in said or "malformed" in said


@pytest.mark.parametrize(
    "source, degrees, reason",
    [
        (Range("n", 3, None, 1), Range("k", 3, None, 1), ""),
        (Range("n", 3, None, 1), ODD, "does not reach"),
        (Range("n", 3, None, 1), Range("k", 5, None, 1), ""),
        (Range("n", 1, 9, 1), ODD, "does not reach"),
        (Range("n", 0), ODD, "does not reach"),
        (Range("n", 0, None, 0), ODD, "does not reach"),
        (Range("n", 1, None, 1), Range("k", 1), "does not reach"),
    ],
)
def test_a_series_needs_the_coefficients_of_its_class(source: Range, degrees: Range, reason: str) -> None:
    said = summed(1 / (n + 1), source, degrees)
    assert (reason in said) if reason else not said


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"kernel": G}, "another kernel's coefficients"),
        ({"closed": given("closed", equal(Kappa(G, t), t))}, "no closed form"),
        ({"closed": given("closed", equal(Kappa(F, t), 1 / t))}, "no closed form"),
        ({"closed": given("closed", equal(Kappa(F, t), GaussianMean(2, theta)))}, "no closed form"),
        ({"moment": given("moment", equal(Moment(k + 2 * j + 2, k), 1))}, "no moments"),
        ({"moment": given("moment", MOMENT.statement, FROM_TWO)}, "does not cover"),
        ({"moment": given("moment", MOMENT.statement, Range("j", 1))}, "begin later or end"),
        ({"moment": given("moment", MOMENT.statement, Range("j", 0, 9))}, "begin later or end"),
        ({"limits": (j, 1, sp.oo)}, "a sum over j >= 0"),
        ({"limits": (j, 0, 7)}, "a sum over j >= 0"),
        ({"summand": 1 / sp.gamma(j + 1)}, "the summand differs"),
    ],
)
def test_a_series_needs_its_own_facts(changes: dict, reason: str) -> None:
    assert reason in summed(1 / (n + 1), Range("n", 1, None, 1), ODD, **changes)


def test_a_mean_is_expanded_by_its_series() -> None:
    mean = given("closed", equal(Kappa(F, t), GaussianMean(2, sp.acos(t))))
    assert not summed(1 / (n + 1), Range("n", 1, None, 1), ODD, closed=mean)


def gauss(summand: sp.Expr, value: sp.Expr, *parameters: sp.Expr | int, limits: tuple = (j, 0, sp.oo)) -> str:
    return refusal("gauss-sum", equal(sp.Sum(summand, limits), value), data=parameters)


def test_gauss_sums_telescope() -> None:
    """sum 2/((j+1)(j+2)) = 2 and sum 1/((2j+1)(2j+3)) = 1/2."""
    one, two = 2 / ((j + 1) * (j + 2)), 1 / ((2 * j + 1) * (2 * j + 3))
    assert not gauss(one, sp.Integer(2), 1, 1, 3)
    assert not gauss(two, HALF, 1, HALF, sp.Rational(5, 2))
    for value in (sp.Integer(1), sp.Integer(3), sp.Integer(-2), HALF):
        assert "the sum is different" in gauss(one, value, 1, 1, 3)
    for parameters in ((2, 1, 3), (1, 2, 3), (1, 1, 2), (1, 1, 4), (0, 1, 3), (-1, -1, 3)):
        assert "not hypergeometric" in gauss(one, sp.Integer(2), *parameters)
    assert "no sum over" in gauss(one, sp.Integer(2), 1, 1, 3, limits=(j, 1, sp.oo))
    assert "must not depend on j" in gauss(one, sp.Integer(2), j, 1, 3)


def test_divergent_and_doubtful_sums_are_refused() -> None:
    """Gauss' product is finite where c - a - b < 0 too: it says -3 of a sum of positive terms."""
    ratio = sp.gamma(j + 2) * sp.gamma(sp.Rational(5, 2)) / sp.gamma(j + sp.Rational(5, 2))
    assert "> 0 is not certain" in gauss(ratio, sp.Integer(-3), 2, 1, sp.Rational(5, 2))
    assert "> 0 is not certain" in gauss(1 / (2 * j + 1), sp.Integer(1), 1, HALF, sp.Rational(3, 2))
    finite = sp.gamma(-HALF) / (sp.gamma(j - HALF) * sp.gamma(2 - j) ** 2 * sp.gamma(j + 1))
    assert "> 0 is not certain" in gauss(finite, sp.Integer(-1), -1, -1, -HALF)


def single(value: sp.Expr, degrees: Range, left: sp.Expr | None = None, **changes: Step) -> str:
    """What `single-power` says where b_n = 0 for odd n >= 3 and b_1 = 1/3."""
    facts = {
        "vanishing": given("vanishing", equal(Maclaurin(F, n), 0), Range("n", 3, None, 1)),
        "only": given("only", equal(Maclaurin(F, 1), THIRD)),
        "moment": MOMENT,
        "closed": CLOSED,
    } | changes
    statement = equal(Mu(F, k) if left is None else left, value)
    return refusal("single-power", statement, *facts.values(), ranges=(degrees, ANY_D))


@pytest.mark.parametrize(
    "value, degrees, left, reason",
    [
        (THIRD / (d + 1), Range("k", 1, 1), None, ""),  # E[t P_1] = E[t^2] = 1/(d+1)
        (THIRD / (d + 1), Range("k", 1, 1), Mu(F, 1), ""),
        (sp.Integer(0), Range("k", 3, None, 1), None, ""),
        (sp.Integer(0), Range("k", 5, None, 1), None, ""),
        (sp.Integer(0), Range("k", 3, 3), Mu(F, 3), ""),
        (sp.Integer(0), Range("k", 3, 3), Mu(F, 5), "not these eigenvalues"),
        (sp.Integer(0), Range("k", 3, None, 1), Mu(F, 3), "not these eigenvalues"),
        (sp.Integer(0), Range("k", 3, None, 1), Mu(G, k), "not these eigenvalues"),
        (sp.Integer(0), Range("k", 3, None, 1), GegenbauerCoefficient(F, k), "not these eigenvalues"),
        (sp.Integer(1), Range("k", 3, None, 1), None, "must be 0"),
        (sp.Integer(0), Range("k", 3), None, "wrong parity"),
        (sp.Integer(0), Range("k", 2, None, 0), None, "wrong parity"),
        (sp.Integer(0), Range("k", 2, 2), None, "wrong parity"),
        (sp.Integer(0), Range("k", 3, 7), None, "wrong parity"),
        (THIRD / (d + 1), ODD, None, "one degree is needed"),
        (THIRD / (d + 2), Range("k", 1, 1), None, "eigenvalue is different"),
        (THIRD / d, Range("k", 1, 1), None, "eigenvalue is different"),
        (sp.Integer(0), Range("k", 1, 1), None, "eigenvalue is different"),
    ],
)
def test_one_power_acts_on_one_degree(value: sp.Expr, degrees: Range, left: sp.Expr, reason: str) -> None:
    said = single(value, degrees, left)
    assert (reason in said) if reason else not said


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"vanishing": given("v", equal(Maclaurin(F, n), 0), Range("n", 5, None, 1))}, "more powers"),
        ({"vanishing": given("v", equal(Maclaurin(F, n), 0), Range("n", 3, 9, 1))}, "more powers"),
        ({"vanishing": given("v", equal(Maclaurin(F, n), 1), Range("n", 3, None, 1))}, "more powers"),
        ({"vanishing": given("v", equal(Maclaurin(G, n), 0), Range("n", 3, None, 1))}, "another kernel's"),
        ({"only": given("only", equal(Maclaurin(F, HALF), 1))}, "no coefficient of known index"),
        ({"only": given("only", equal(Mu(F, 1), 1))}, "no coefficient of known index"),
        ({"only": given("only", equal(Maclaurin(F, 1), d), FROM_TWO)}, "does not cover"),
        ({"moment": given("moment", equal(Moment(k, k), 1))}, "no moments"),
        ({"moment": given("moment", MOMENT.statement, Range("j", 1))}, "begin later"),
        ({"moment": given("moment", MOMENT.statement, Range("j", 0, 0))}, ""),
        ({"closed": given("closed", equal(Kappa(G, t), t))}, "no closed form"),
        ({"closed": given("closed", equal(Kappa(F, t), 1 / t))}, "no closed form"),
    ],
)
def test_one_power_needs_its_own_facts(changes: dict, reason: str) -> None:
    said = single(sp.Integer(0), Range("k", 3, None, 1), **changes)
    assert (reason in said) if reason else not said


def test_lower_powers_of_the_parity_are_not_forgotten() -> None:
    beyond = given("v", equal(Maclaurin(F, n), 0), Range("n", 4, None, 0))
    only = given("only", equal(Maclaurin(F, 2), 1))
    said = single(sp.Integer(0), Range("k", 4, None, 0), vanishing=beyond, only=only)
    assert "lower powers" in said
    even = given("v", equal(Maclaurin(F, n), 0), Range("n", 2, None, 0))
    constant = given("only", equal(Maclaurin(F, 0), 1))
    assert not single(sp.Integer(1), Range("k", 0, 0), vanishing=even, only=constant)


TIMES = given("times", equal(Kappa(G, t), t * Kappa(F, t)))
UP, DOWN = (k + d - 1) / (2 * k + d - 1), k / (2 * k + d - 1)


@pytest.mark.parametrize(
    "left, right, degrees, reason",
    [
        (Mu(G, k), DOWN * Mu(F, k - 1) + UP * Mu(F, k + 1), Range("k", 1), ""),
        (Mu(G, k), DOWN * Mu(F, k - 1) + UP * Mu(F, k + 1), Range("k", 0), "a case of its own"),
        (Mu(G, k), DOWN * Mu(F, k + 1) + UP * Mu(F, k - 1), Range("k", 1), "weights differ"),
        (Mu(G, k), DOWN * Mu(F, k) + UP * Mu(F, k + 1), Range("k", 1), "weights differ"),
        (Mu(G, k), DOWN * Mu(F, k - 1) - UP * Mu(F, k + 1), Range("k", 1), "weights differ"),
        (Mu(G, k), (DOWN * Mu(F, k - 1) + UP * Mu(F, k + 1)) * 2, Range("k", 1), "weights differ"),
        (Mu(G, 0), Mu(F, 1), Range("k", 0, 0), ""),
        (Mu(G, 0), Mu(F, 0), Range("k", 0, 0), "weights differ"),
        (Mu(G, 0), Mu(F, 2), Range("k", 0, 0), "weights differ"),
        (Mu(G, 1), Mu(F, 1), Range("k", 0, 0), "no Mu of index 0"),
        (Mu(G, 1), DOWN * Mu(F, k - 1) + UP * Mu(F, k + 1), Range("k", 1, 1), "no Mu of index k"),
        (Mu(H, k), DOWN * Mu(F, k - 1) + UP * Mu(F, k + 1), Range("k", 1), "no multiplication by t"),
    ],
)
def test_a_product_with_t_mixes_neighbours(left: sp.Expr, right: sp.Expr, degrees: Range, reason: str) -> None:
    said = refusal("times-t", equal(left, right), TIMES, ranges=(degrees, ANY_D))
    assert (reason in said) if reason else not said


@pytest.mark.parametrize(
    "relation, right, reason",
    [
        (2 * Kappa(G, t) - Kappa(H, t) / 3, 2 * Mu(G, k) - Mu(H, k) / 3, ""),
        (2 * Kappa(G, t) - Kappa(H, t) / 3, 2 * Mu(G, k) + Mu(H, k) / 3, "differs"),
        (2 * Kappa(G, t) - Kappa(H, t) / 3, 3 * Mu(G, k) - Mu(H, k) / 3, "differs"),
        (2 * Kappa(G, t) - Kappa(H, t) / 3, 2 * Mu(G, k) - Mu(H, k + 1) / 3, "differs"),
        (t * Kappa(G, t), t * Mu(G, k), "no multiple"),
        (Kappa(G, t) ** 2, Mu(G, k) ** 2, "no multiple"),
        (Kappa(G, theta), Mu(G, k), "no multiple"),
    ],
)
def test_eigenvalues_are_linear(relation: sp.Expr, right: sp.Expr, reason: str) -> None:
    said = refusal("linearity", equal(Mu(F, k), right), given("split", equal(Kappa(F, t), relation)))
    assert (reason in said) if reason else not said


def test_linearity_needs_the_kernel_itself() -> None:
    statement = equal(Mu(F, k), Mu(G, k))
    for left, ranges in ((Kappa(H, t), ()), (Kappa(F, theta), ()), (Kappa(F, t), (FROM_TWO,))):
        said = refusal("linearity", statement, given("split", equal(left, Kappa(G, t)), *ranges), ranges=(ANY_D,))
        assert "another kernel" in said


GEGENBAUER = equal(GegenbauerCoefficient(F, k), (2 * k + d - 1) / (d - 1) * (k + d))


@pytest.mark.parametrize(
    "statement, fact, ranges, reason",
    [
        (GEGENBAUER, Mu(F, k), (EVEN, FROM_TWO), ""),
        (GEGENBAUER, Mu(F, k), (EVEN, ANY_D), "d >= 2"),
        (GEGENBAUER, Mu(F, k), (ODD, FROM_TWO), "does not cover"),
        (GEGENBAUER, Mu(G, k), (EVEN, FROM_TWO), "another eigenvalue"),
        (GEGENBAUER, Mu(F, k + 1), (EVEN, FROM_TWO), "another eigenvalue"),
        (equal(Mu(F, k), GEGENBAUER.args[1]), Mu(F, k), (EVEN, FROM_TWO), "no Gegenbauer coefficient"),
        (equal(GEGENBAUER.args[0], (2 * k + d) / (d - 1) * (k + d)), Mu(F, k), (EVEN, FROM_TWO), "differs"),
        (equal(GEGENBAUER.args[0], (2 * k + d - 1) / d * (k + d)), Mu(F, k), (EVEN, FROM_TWO), "differs"),
        (equal(GEGENBAUER.args[0], (k + d - 1) / (d - 1) * (k + d)), Mu(F, k), (EVEN, FROM_TWO), "differs"),
    ],
)
def test_gegenbauer_coefficients(statement: sp.Eq, fact: sp.Expr, ranges: tuple, reason: str) -> None:
    said = refusal("gegenbauer", statement, given("mu", equal(fact, k + d), EVEN), ranges=ranges)
    assert (reason in said) if reason else not said


@pytest.mark.parametrize(
    "statement, where, reason",
    [
        (equal(Mu(F, 4), 6), Range("k", 4, 4), ""),
        (equal(Mu(F, 4), 6), Range("k", 4), "one degree"),
        (equal(Mu(F, 4), 6), Range("k", 4, 5), "one degree"),
        (equal(Mu(F, 4), 7), Range("k", 4, 4), "not an instance"),
        (equal(Mu(F, 5), 7), Range("k", 4, 4), "not an instance"),
        (equal(Mu(F, 2), 4), Range("k", 2, 2), "does not cover"),
    ],
)
def test_instances(statement: sp.Eq, where: Range, reason: str) -> None:
    said = refusal("instance", statement, given("all", equal(Mu(F, k), k + 2), Range("k", 3)), ranges=(where,))
    assert (reason in said) if reason else not said


def test_a_moment_at_one_j_sums_no_series() -> None:
    """A formula right at j = 3 alone follows by Gamma algebra there, and says nothing of the other terms."""
    wrong = moment_formula().subs(n, k + 2 * j) * (j - 2)
    at_three = (Range("j", 3, 3), Range("k", 0), ANY_D)
    assert not refusal("gamma-algebra", equal(Moment(k + 2 * j, k), wrong), MOMENT, ranges=at_three)
    fact = given("moment", equal(Moment(k + 2 * j, k), wrong), *at_three)
    summand = wrong / (k + 2 * j + 1)
    said = summed(1 / (n + 1), Range("n", 1, None, 1), ODD, moment=fact, summand=summand)
    assert "begin later or end" in said
