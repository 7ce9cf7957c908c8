"""Rules about power series: a true step is accepted, and refused once any one condition fails.

Facts are given, so that each step has one reason to be refused, and the reason is looked at.
"""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.steps import given, refusal
from theory.derivations.moments import moment_formula, moments
from theory.symbolic.objects import HALF, GaussianMean, Kappa, Maclaurin, Moment, Mu, Range, d, equal, j, k, n, t, theta

F, G = sp.symbols("f g")
ALL, EVEN, ODD = Range("n", 0), Range("n", 0, None, 0), Range("n", 1, None, 1)
ANY_D, FROM_TWO = Range("d", 1), Range("d", 2)
MOMENT = moments()[0]


def f(index: sp.Expr | int) -> sp.Expr:
    return Maclaurin(F, index)


def g(index: sp.Expr | int) -> sp.Expr:
    return Maclaurin(G, index)


# acos t = pi/2 - t - t^3/6 - ..., sqrt(1-t^2) = 1 - t^2/2 - ...
CLOSED = given("closed", equal(Kappa(F, t), 2 * t**3 + sp.acos(t) + 3 * sp.sqrt(1 - t**2)))
TAYLOR = [sp.pi / 2 + 3, sp.Integer(-1), -sp.Rational(3, 2), 2 - sp.Rational(1, 6)]


@pytest.mark.parametrize("index", range(4))
def test_the_value_at_zero_is_the_taylor_coefficient(index: int) -> None:
    assert not refusal("value-at-zero", equal(f(index), TAYLOR[index]), CLOSED)
    for wrong in (TAYLOR[index] + 1, TAYLOR[index] * sp.factorial(index) + index // 2, TAYLOR[index - 1]):
        if wrong != TAYLOR[index]:
            assert "the coefficient is" in refusal("value-at-zero", equal(f(index), wrong), CLOSED)


@pytest.mark.parametrize(
    "left, closed, reason",
    [
        (f(HALF), equal(Kappa(F, t), t + 1), "no coefficient of known index"),
        (f(-1), equal(Kappa(F, t), t + 1), "no coefficient of known index"),
        (f(n), equal(Kappa(F, t), t + 1), "no coefficient of known index"),
        (g(0), equal(Kappa(F, t), t + 1), "another kernel"),
        (f(0), equal(Kappa(F, theta), t + 1), "another kernel"),
        (Mu(F, 0), equal(Kappa(F, t), t + 1), "no coefficient"),
        (f(0), equal(Kappa(F, t), k * t + 1), "analytic"),
        (f(0), equal(Kappa(F, t), t**k), "analytic"),
        (f(0), equal(Kappa(F, t), 1 / sp.acos(t)), "analytic"),
        (f(0), equal(Kappa(F, t), GaussianMean(2, theta)), "analytic"),
        (f(0), equal(Kappa(F, t), 1 + sp.sqrt(t**2)), "analytic"),
    ],
)
def test_other_values_at_zero_are_refused(left: sp.Expr, closed: sp.Eq, reason: str) -> None:
    assert reason in refusal("value-at-zero", equal(left, 1), given("closed", closed))


@pytest.mark.parametrize("power", range(4))
@pytest.mark.parametrize("order", range(4))
def test_coefficients_of_powers_times_derivatives(power: int, order: int) -> None:
    """t^i f^(m) = sum_N N!/(N-m)! b_N t^(N-m+i), so that t^n comes from N = n - i + m."""
    function = sp.Derivative(Kappa(F, t), (t, order)) if order else Kappa(F, t)
    fact = given("relation", equal(5 * t**power * function - Kappa(G, t), 0))
    index = n - power + order
    falling = sp.Mul(*(index - i for i in range(order)))
    right = equal(5 * falling * f(index) - g(n), 0)
    assert not refusal("coefficients", right, fact)
    for factor, at in (
        (6 * falling, index),
        (5 * falling, index + 1),
        (5 * (falling + n), index),
        (-5 * falling, index),
    ):
        assert "differ" in refusal("coefficients", equal(factor * f(at) - g(n), 0), fact)
    assert "differ" in refusal("coefficients", equal(5 * falling * f(index) + g(n), 0), fact)


@pytest.mark.parametrize(
    "relation, statement, ranges, reason",
    [
        (equal(Kappa(F, t), n * Kappa(G, t)), equal(f(n), n * g(n)), (), "n is the index"),
        (equal(Kappa(F, t), Kappa(G, t)), equal(f(n), g(n)), (ALL,), "some n only"),
        (equal(Kappa(F, t), d * Kappa(G, t)), equal(f(n), d * g(n)), (FROM_TWO,), "does not cover"),
        (equal(Kappa(F, t), Kappa(G, t) + 1), equal(f(n), g(n) + 1), (), "not linear"),
        (equal(Kappa(F, t), Kappa(G, t) * Kappa(F, t)), equal(f(n), g(n)), (), "not linear"),
        (equal(Kappa(F, t), Kappa(G, theta)), equal(f(n), g(n)), (), "no Kappa of index t"),
        (equal(Kappa(F, t), Kappa(G, t) / t), equal(f(n), g(n + 1)), (), "set of generators"),
        (equal(Kappa(F, t), sp.sqrt(1 - t**2) * Kappa(G, t)), equal(f(n), g(n)), (), "set of generators"),
    ],
)
def test_other_relations_have_no_coefficients(relation: sp.Eq, statement: sp.Eq, ranges: tuple, reason: str) -> None:
    assert reason in refusal("coefficients", statement, given("relation", relation, *ranges), ranges=(ANY_D,))


# (n+2) b_{n+2} = n b_n from b_1 = 3: b_n = 3/n
RECURRENCE = given("recurrence", equal((n + 2) * f(n + 2), n * f(n)), ALL)
START = given("start", equal(f(1), 3))


def test_the_solution_of_a_recurrence() -> None:
    assert not refusal("recurrence-solution", equal(f(n), 3 / n), RECURRENCE, START, ranges=(ODD,))
    late = given("late", RECURRENCE.statement, Range("n", 3))
    assert not refusal(
        "recurrence-solution",
        equal(f(n), 3 / n),
        late,
        given("start", equal(f(3), 1)),
        ranges=(Range("n", 3, None, 1),),
    )
    assert "does not cover" in refusal("recurrence-solution", equal(f(n), 3 / n), late, START, ranges=(ODD,))


@pytest.mark.parametrize(
    "formula, relation, start, ranges, reason",
    [
        (4 / n, None, None, (ODD,), "wrong at the start"),
        (3 / n**2, None, None, (ODD,), "does not satisfy"),
        (3 * n, None, None, (ODD,), "does not satisfy"),
        (3 / n, None, None, (Range("n", 1),), "one parity class"),
        (3 / n, None, None, (Range("n", 1, 9, 1),), "one parity class"),
        (3 / n, None, equal(f(3), 1), (ODD,), "not the first coefficient"),
        (3 / n, None, None, (Range("n", 3, None, 1),), "not the first coefficient"),
        (3 / n, equal((n - 1) * (n + 2) * f(n + 2), (n - 1) * n * f(n)), None, (ODD,), "may vanish"),
        (3 / n, equal(-(n + 2) * f(n + 2), -n * f(n)), None, (ODD,), "may vanish"),
        (3 / n, equal((n + 2) * f(n + 4), n * f(n)), None, (ODD,), "may vanish"),
        (sp.Integer(3), equal(f(n + 2), f(n + 1)), None, (ODD,), "other coefficients"),
        (sp.Integer(3), equal(f(n + 2), g(n)), None, (ODD,), "other coefficients"),
        (sp.Integer(3), equal(f(n + 2), f(n) * f(n + 2) / 3), None, (ODD,), "not linear"),
    ],
)
def test_other_solutions_are_refused(
    formula: sp.Expr, relation: sp.Eq | None, start: sp.Eq | None, ranges: tuple, reason: str
) -> None:
    facts = (
        RECURRENCE if relation is None else given("recurrence", relation, ALL),
        START if start is None else given("start", start),
    )
    assert reason in refusal("recurrence-solution", equal(f(n), formula), *facts, ranges=ranges)


# (n+1)(n+2) b_{n+2} = n^2 b_n + 2
WITH_CONSTANT = equal((n + 1) * (n + 2) * f(n + 2), n**2 * f(n) + 2)


@pytest.mark.parametrize(
    "index, known, value",
    [(0, (), sp.Integer(1)), (1, (equal(f(1), 5),), sp.Rational(7, 6)), (2, (equal(f(2), 1),), HALF)],
)
def test_a_recurrence_at_one_index(index: int, known: tuple, value: sp.Expr) -> None:
    facts = [given(f"known{i}", statement) for i, statement in enumerate(known)]
    for least in range(4):
        rec = given("recurrence", WITH_CONSTANT, Range("n", least))
        said = refusal("recurrence-instance", equal(f(index + 2), value), rec, *facts, data=(index,))
        assert ("does not reach" in said) if least > index else not said
    rec = given("recurrence", WITH_CONSTANT, ALL)
    for wrong in (value + 1, 2 * value, -value):
        assert "does not follow" in refusal(
            "recurrence-instance", equal(f(index + 2), wrong), rec, *facts, data=(index,)
        )
    for other in (index - 1, index + 1, -1 - index):
        assert refusal("recurrence-instance", equal(f(index + 2), value), rec, *facts, data=(other,))
    assert "n >= 0" in refusal("recurrence-instance", equal(f(index + 2), value), rec, *facts, data=(HALF,))


def test_a_recurrence_that_determines_nothing() -> None:
    empty = given("recurrence", equal(n * f(n + 2), n * f(n)), ALL)
    assert "not determined" in refusal("recurrence-instance", equal(f(2), 7), empty, data=(0,))
    unknown = given("recurrence", equal(d * f(n + 2), d), ALL)
    assert "not determined" in refusal("recurrence-instance", equal(f(2), 1), unknown, data=(0,), ranges=(ANY_D,))
    assert "no coefficient" in refusal("recurrence-instance", equal(Mu(F, 2), 1), empty, data=(0,))
    high = given("recurrence", equal(f(n + 2), d), ALL, FROM_TWO)
    assert not refusal("recurrence-instance", equal(f(2), d), high, data=(0,), ranges=(FROM_TWO,))
    assert "does not cover" in refusal("recurrence-instance", equal(f(2), d), high, data=(0,), ranges=(ANY_D,))


# (n+1) f_{n+1} = g_n with g_n = n + 1: f_n = 1 for n >= 1
RELATION = equal((n + 1) * f(n + 1), g(n))
SOURCE = given("source", equal(g(n), n + 1), ALL)


@pytest.mark.parametrize("reach", [0, 2, 5])
def test_a_relation_reaches_from_its_first_index_on(reach: int) -> None:
    """From n = reach + 1 on by itself, from n = reach on with a start."""
    relation, first = given("relation", RELATION, Range("n", reach)), reach + 1
    for least in (first - 1, first, first + 3):
        said = refusal("coefficient-relation", equal(f(n), 1), relation, SOURCE, ranges=(Range("n", least),))
        assert ("does not reach" in said) if least < first else not said
    start = given("start", equal(f(reach), 1))
    ranges = (Range("n", reach),)
    assert not refusal("coefficient-relation", equal(f(n), 1), relation, SOURCE, start, ranges=ranges)
    assert "wrong at the start" in refusal(
        "coefficient-relation", equal(f(n), 1), relation, SOURCE, given("start", equal(f(reach), 2)), ranges=ranges
    )
    assert "not the first" in refusal(
        "coefficient-relation", equal(f(n), 1), relation, SOURCE, given("start", equal(f(reach + 1), 1)), ranges=ranges
    )
    if reach:
        earlier, early = given("start", equal(f(reach - 1), 1)), (Range("n", reach - 1),)
        assert "does not reach" in refusal(
            "coefficient-relation", equal(f(n), 1), relation, SOURCE, earlier, ranges=early
        )


def test_a_relation_backwards() -> None:
    """f_{n-1} = g_n for n >= 1: f_n = g_{n+1} = n + 2 for n >= 0."""
    for least in (1, 2):
        relation = given("relation", equal(f(n - 1), g(n)), Range("n", least))
        said = refusal("coefficient-relation", equal(f(n), n + 2), relation, SOURCE, ranges=(ALL,))
        assert ("does not reach" in said) if least > 1 else not said


@pytest.mark.parametrize(
    "formula, relation, source, ranges, reason",
    [
        (sp.Integer(2), RELATION, SOURCE, (Range("n", 1),), "does not follow"),
        (sp.Integer(-1), RELATION, SOURCE, (Range("n", 1),), "does not follow"),
        (n, RELATION, SOURCE, (Range("n", 1),), "does not follow"),
        (sp.Integer(1), equal((n + 1) * f(2 * n), g(n)), SOURCE, (Range("n", 1),), "no index n + s"),
        (
            sp.Integer(1),
            equal((n - 3) * (n + 1) * f(n + 1), (n - 3) * g(n)),
            SOURCE,
            (Range("n", 1),),
            "may not determine",
        ),
        (
            sp.Integer(1),
            RELATION,
            given("source", equal(g(n), n + 1), Range("n", 2)),
            (Range("n", 2),),
            "does not follow",
        ),
        (
            sp.Integer(1),
            RELATION,
            given("source", equal(g(n), n + 1), EVEN),
            (Range("n", 2, None, 0),),
            "does not follow",
        ),
        (
            sp.Integer(1),
            equal((n + 1) * f(n + 1), g(n) + Maclaurin(sp.Symbol("h"), n)),
            SOURCE,
            (Range("n", 1),),
            "follow",
        ),
    ],
)
def test_other_relations_are_refused(
    formula: sp.Expr, relation: sp.Eq, source: object, ranges: tuple, reason: str
) -> None:
    fact = given("relation", relation, ALL)
    assert reason in refusal("coefficient-relation", equal(f(n), formula), fact, source, ranges=ranges)


def test_a_source_on_one_parity_serves_the_other() -> None:
    relation = given("relation", RELATION, ALL)
    for source, served in ((EVEN, ODD), (ODD, Range("n", 2, None, 0))):
        fact = given("source", SOURCE.statement, source)
        assert not refusal("coefficient-relation", equal(f(n), 1), relation, fact, ranges=(served,))


@pytest.mark.parametrize("where", [EVEN, Range("n", 0, 9)])
def test_a_relation_on_a_part_of_n_is_refused(where: Range) -> None:
    fact = given("relation", RELATION, where)
    assert "a part of n" in refusal("coefficient-relation", equal(f(n), 1), fact, SOURCE, ranges=(Range("n", 1),))


def test_a_relation_for_large_dimensions_says_nothing_of_small_ones() -> None:
    relation = given("relation", equal((n + 1) * f(n + 1), d * g(n)), FROM_TWO)
    for dims, reason in ((FROM_TWO, ""), (ANY_D, "does not cover")):
        said = refusal("coefficient-relation", equal(f(n), d), relation, SOURCE, ranges=(Range("n", 1), dims))
        assert (reason in said) if reason else not said


# f_n = g_{n-1} + 2 h_n with g_n = n + 1 and h_n = 3: f_n = n + 6 for n >= 1
SUM = equal(f(n), g(n - 1) + 2 * Maclaurin(sp.Symbol("h"), n))
THREE = given("three", equal(Maclaurin(sp.Symbol("h"), n), 3), ALL)


@pytest.mark.parametrize(
    "formula, relation, ranges, reason",
    [
        (n + 6, SUM, (Range("n", 1),), ""),
        (n + 6, SUM, (ALL,), "not known"),
        (n + 7, SUM, (Range("n", 1),), "differs"),
        (n + 5, SUM, (Range("n", 1),), "differs"),
        (2 * n + 6, SUM, (Range("n", 1),), "differs"),
        (n + 6, equal((n - 1) * f(n), (n - 1) * SUM.args[1]), (Range("n", 1),), "may not determine"),
        (n + 6, equal(f(n) ** 2, f(n) * SUM.args[1]), (Range("n", 1),), "not linear"),
    ],
)
def test_a_sum_of_known_coefficients(formula: sp.Expr, relation: sp.Eq, ranges: tuple, reason: str) -> None:
    said = refusal("coefficient-sum", equal(f(n), formula), given("sum", relation, ALL), SOURCE, THREE, ranges=ranges)
    assert (reason in said) if reason else not said


def test_a_sum_below_its_reach_is_refused() -> None:
    late = given("sum", SUM, Range("n", 4))
    for least in (3, 4):
        said = refusal("coefficient-sum", equal(f(n), n + 6), late, SOURCE, THREE, ranges=(Range("n", least),))
        assert ("does not cover" in said) if least < 4 else not said


def moment(power: sp.Expr) -> sp.Expr:
    return moment_formula().subs(n, power)


def test_other_moments_break_one_condition_each() -> None:
    """E[t^2 . t^(k+2j) P_k]/E[t^2] satisfies the recurrence of P_k too, but starts at j = 0 wrongly."""
    right, ranges = moment(k + 2 * j), MOMENT.ranges
    shifted = moment(k + 2 * j + 2) * (d + 1)
    for formula, reason in (
        (right, ""),
        (2 * right, r"E[1] is not 1"),
        (shifted, "E[t^k P_k] is wrong"),
        (right * (1 + j * k * (k - 1)), "three-term"),
        (right * n / k, "depends on something else"),
        (right * (k - 3) * sp.gamma(k - 3) / sp.gamma(k - 2), "undefined"),
    ):
        said = refusal("moment-induction", equal(Moment(k + 2 * j, k), formula), ranges=ranges)
        assert (reason in said) if reason else not said
    assert "not E[" in refusal("moment-induction", equal(Moment(k + 2 * j + 2, k), right), ranges=ranges)
