"""Rules of inequalities: ratios factor by factor, signs of terms, and steps on both sides of every
condition."""

from __future__ import annotations

import mpmath as mp
import pytest
import sympy as sp

from theory.proofs.rules.inequality import log_ratio, positive_term
from theory.proofs.steps import RULES, Refused, Step
from theory.symbolic.objects import Range, d, equal, k

HALF = sp.Rational(1, 2)
EVEN, ODD, ALL, D = Range("k", 2, None, 0), Range("k", 1, None, 1), Range("k", 1), Range("d", 1)
ROOT = sp.sqrt(k) * sp.gamma(k / 2) / sp.gamma((k + 1) / 2)  # falls to sqrt(2), Wallis
POWER = (1 + 1 / k) ** k  # rises to E
RATIOS = [
    (ROOT, 2),
    (ROOT**2, 2),
    (POWER, 1),
    (POWER, 2),
    (sp.gamma(3 * k + 1) / sp.gamma(k) ** 3, 1),
    (sp.gamma(k) ** -2, 3),
    (2**k * sp.sqrt(k + 1), 1),
    (3 ** (-k) * 5 ** (2 * k), 2),
    (sp.exp(-3 * k), 2),
    (sp.exp(k / 2) * k**3, 2),
    (k**-2 * (k + 7), 1),
    (k ** (k - 1) * (k + d) ** (-k - d) * d**d, 2),
    ((k + 1) ** (-k - HALF), 2),
    (4 ** (k / 2), 2),
    (sp.gamma(d) * k, 1),
]


@pytest.mark.parametrize(("term", "step"), RATIOS, ids=str)
def test_a_ratio_is_the_product_of_its_parts(term: sp.Expr, step: int) -> None:
    rational, powers, constant = log_ratio(term, k, step)
    assert rational.is_rational_function() and constant.is_Rational
    assert all(q.is_rational_function() and not e.is_Integer for e, q in powers)
    for at in ({k: 5, d: 3}, {k: 12, d: 4}):
        with mp.workdps(30):
            parts = sp.N((rational * sp.exp(constant) * sp.Mul(*(q**e for e, q in powers))).subs(at), 30)
            whole = sp.N((term.subs(k, k + step) / term).subs(at), 30)
            assert abs(parts / whole - 1) < 1e-25


@pytest.mark.parametrize(
    ("term", "step", "message"),
    [
        (sp.gamma(k / 2), 1, "no rational ratio"),
        (sp.gamma(-k), 2, "no rational ratio"),
        (sp.gamma(k) ** d, 2, "no rational ratio"),
        (2 ** (k**2), 1, "no linear exponent"),
        (k ** (d * k), 1, "no linear exponent"),
        (2 ** (k / 3), 2, "no rational ratio"),
        (sp.exp(sp.pi * k), 1, "not elementary"),
        (sp.exp(sp.sqrt(2) * k), 1, "not elementary"),
        (sp.sqrt(k) ** k, 1, "no rational ratio"),
    ],
    ids=str,
)
def test_other_ratios_are_refused(term: sp.Expr, step: int, message: str) -> None:
    with pytest.raises(Refused, match=message):
        log_ratio(term, k, step)


@pytest.mark.parametrize(
    ("term", "least", "certain"),
    [
        (k, 1, True),
        (k, 0, False),
        (k - 1, 2, True),
        (k - 1, 1, False),
        (k * (k + 3), 1, True),
        (-k, 1, False),
        (sp.Integer(1), 1, True),
        (sp.Integer(-1), 1, False),
        (sp.pi / k, 1, True),
        (sp.sin(1) * k, 1, True),
        (sp.sin(4) * k, 1, False),
        (sp.exp(-k), 0, True),
        (sp.exp(k - 9) * (k - 9), 9, False),
        ((1 - k) ** 2, 2, True),
        ((1 - k) ** 2, 1, False),
        ((1 - k) ** 3, 2, False),
        ((1 - k) ** -2, 2, True),
        ((1 - k) ** -3, 2, False),
        ((1 - k) ** (2 * k), 2, False),
        ((k - 4) ** 2, 2, False),
        (sp.gamma(k), 1, True),
        (sp.gamma(k), 0, False),
        (sp.gamma(1 - k) ** 2, 2, False),
        (1 / sp.gamma(k), 1, True),
        (sp.sqrt(k), 1, True),
        (sp.sqrt(k - 1), 1, False),
        (2**k, 0, True),
        (k**k, 1, True),
        (sp.gamma(-HALF), 1, False),
        (sp.gamma(HALF) * k, 1, True),
        (k + 2**k, 1, False),
        ((k - HALF) ** -k, 1, True),
    ],
    ids=str,
)
def test_a_term_is_positive_where_every_factor_is(term: sp.Expr, least: int, certain: bool) -> None:
    assert positive_term(term, (Range("k", least),)) is certain


def greater(left: sp.Expr | int, right: sp.Expr | int) -> sp.Rel:
    return sp.StrictGreaterThan(left, right, evaluate=False)


def less(left: sp.Expr | int, right: sp.Expr | int) -> sp.Rel:
    return sp.StrictLessThan(left, right, evaluate=False)


def accepted(rule: str, statement: sp.Rel, *facts: Step, data: object = None, ranges: tuple[Range, ...] = ()) -> bool:
    """Whether the rule takes the step; facts by their order."""
    step = Step("said", statement, rule, uses=tuple(fact.name for fact in facts), data=data, ranges=ranges)
    try:
        RULES[rule](step, {fact.name: fact for fact in facts})
    except Refused:
        return False
    return True


# (T, whether T(k+2) > T(k), the least order of the series that shows it). With y = (q-1)/(q+1) the
# series of
# log 64 begins 1.94 + 0.61 and exceeds 2 with its second term, that of log 9 begins 1.6 + 0.34 +
# 0.13 and exceeds 2
# with its third; log 4 is at most 1.2 + 0.225, then 1.2 + 0.144 + 0.049, which is below 1.4.
MOVES = [
    (k / (k + 1), True, 0),
    ((k + 1) / k, False, 0),
    (ROOT, False, 0),
    (1 / ROOT, True, 0),
    (1 / POWER, False, 0),
    (sp.exp(-k) * 8**k, True, 1),
    (sp.exp(k) * 8 ** (-k), False, 1),
    (sp.exp(-k) * 3**k, True, 2),
    (sp.exp(k) * 3 ** (-k), False, 2),
    (sp.exp(7 * k / 10) * 2 ** (-k), True, 1),
    (sp.exp(-7 * k / 10) * 2**k, False, 1),
    (sp.exp(k / 2) / 2**k, False, 0),
]


@pytest.mark.parametrize(("term", "rises", "least"), MOVES, ids=str)
def test_a_sequence_moves_one_way_by_series_of_some_order(term: sp.Expr, rises: bool, least: int) -> None:
    later = term.subs(k, k + 2)
    right, wrong = (greater, less) if rises else (less, greater)
    for order in range(max(least - 1, 0), least + 2 if least else 1):
        assert accepted("monotone", right(later, term), data=(k, order), ranges=(EVEN,)) is (order >= least)
    assert not accepted("monotone", wrong(later, term), data=(k, least), ranges=(EVEN,))


def test_a_monotone_step_has_a_form() -> None:
    term = k / (k + 1)
    later = term.subs(k, k + 2)
    for order, fits in ((0, True), (20, True), (21, False), (-1, False), (1.0, False), (sp.Integer(1), False)):
        assert accepted("monotone", greater(later, term), data=(k, order), ranges=(EVEN,)) is fits
    assert not accepted("monotone", sp.GreaterThan(later, term, evaluate=False), data=(k, 0), ranges=(EVEN,))
    assert not accepted("monotone", greater(term.subs(k, k + 1), term), data=(k, 0), ranges=(EVEN,))
    assert not accepted("monotone", greater(-1 / (k + 2), -1 / k), data=(k, 0), ranges=(EVEN,))  # true, but negative


def climb(term: sp.Expr, rises: bool, *ranges: Range) -> Step:
    return Step(
        "climb", (greater if rises else less)(term.subs(k, k + 2), term), "monotone", data=(k, 0), ranges=ranges
    )


UP, DOWN = k / (k + 1), (k + 1) / k


@pytest.mark.parametrize(("term", "rises"), [(UP, True), (DOWN, False)])
def test_the_first_value_is_an_extreme_one(term: sp.Expr, rises: bool) -> None:
    weak, opposite = (sp.GreaterThan, sp.LessThan) if rises else (sp.LessThan, sp.GreaterThan)
    fact, first = climb(term, rises, EVEN), term.subs(k, 4)
    later = Range("k", 4, None, 0)

    def takes(relation: type, value: sp.Expr, where: Range = later, fact: Step = fact) -> bool:
        return accepted("first-value", relation(term, value, evaluate=False), fact, ranges=(where,))

    assert takes(weak, first) and takes(weak, term.subs(k, 2), EVEN)
    assert not takes(opposite, first)
    assert (
        not takes(weak, term.subs(k, 2))
        and not takes(weak, first, Range("k", 4))
        and not takes(weak, term.subs(k, 0), Range("k", 0, None, 0))
    )
    assert takes(weak, first, Range("k", 4, 10, 0)) and not takes(weak, term.subs(k, 5), Range("k", 5, None, 1))
    assert not takes(weak, first, fact=Step("climb", fact.statement, "positive", ranges=(EVEN,)))
    assert not takes(weak, first, fact=climb(term, rises, Range("k", 2, 50, 0)))


@pytest.mark.parametrize(("term", "rises"), [(UP, True), (DOWN, False)])
def test_the_limit_is_never_reached(term: sp.Expr, rises: bool) -> None:
    right, wrong = (less, greater) if rises else (greater, less)
    fact, limit = (climb(term, rises, EVEN), Step("limit", equal(sp.Limit(term, k, sp.oo), 1), "limit"))

    def takes(statement: sp.Rel, bound: Step = limit) -> bool:
        return accepted("limit-value", statement, fact, bound, ranges=(EVEN,))

    one = sp.Integer(1)
    assert takes(right(term, one)) and not takes(wrong(term, one)) and not takes(right(term, sp.Integer(2)))
    assert not takes(right(2 * term, one)) and not takes(
        (sp.LessThan if rises else sp.GreaterThan)(term, one, evaluate=False)
    )
    assert not takes(right(term, one), Step("limit", equal(sp.Limit(2 * term, k, sp.oo), 1), "limit"))
    assert not takes(right(term, one), Step("limit", greater(sp.Limit(term, k, sp.oo), 1), "limit"))


def fact(name: str, statement: sp.Rel, *ranges: Range) -> Step:
    return Step(name, statement, "given", ranges=ranges or (ALL,))


def test_chains_of_one_direction_are_joined() -> None:
    for strict, weak in ((greater, sp.GreaterThan), (less, sp.LessThan)):

        def loose(left: sp.Expr, right: sp.Expr, weak: type = weak) -> sp.Rel:
            return weak(left, right, evaluate=False)

        a, b = fact("a", strict(k, d), ALL, D), fact("b", loose(d, sp.Integer(3)), ALL, D)
        c = fact("c", loose(k, d), ALL, D)
        both = (ALL, D)
        assert accepted("transitivity", strict(k, sp.Integer(3)), a, b, ranges=both)
        assert accepted("transitivity", loose(k, sp.Integer(3)), a, b, ranges=both)
        assert accepted("transitivity", loose(k, sp.Integer(3)), c, b, ranges=both)
        assert not accepted("transitivity", strict(k, sp.Integer(3)), c, b, ranges=both)
        assert not accepted("transitivity", strict(k, sp.Integer(4)), a, b, ranges=both)
        assert not accepted("transitivity", strict(k + 1, sp.Integer(3)), a, b, ranges=both)
        assert not accepted(
            "transitivity", strict(k, sp.Integer(3)), a, fact("b", loose(d + 1, sp.Integer(3)), ALL, D), ranges=both
        )


@pytest.mark.parametrize(
    ("left", "right"),
    [(sp.Rational(355, 113), sp.pi), (sp.Integer(2), sp.sqrt(3)), (sp.sqrt(2) + sp.Rational(1, 10**40), sp.sqrt(2))],
)
def test_constants_are_compared_by_separate_balls(left: sp.Expr, right: sp.Expr) -> None:
    for relation in (sp.StrictGreaterThan, sp.GreaterThan):
        assert accepted("compare-constants", relation(left, right, evaluate=False))
        assert not accepted("compare-constants", relation(right, left, evaluate=False))
        assert not accepted("compare-constants", relation(left, left, evaluate=False))
    for relation in (sp.StrictLessThan, sp.LessThan):
        assert accepted("compare-constants", relation(right, left, evaluate=False))
        assert not accepted("compare-constants", relation(left, right, evaluate=False))


@pytest.mark.parametrize(
    ("one", "two", "whole", "fits"),
    [
        ((2, 0), (1, 1), 1, True),
        ((2, 0), (3, 1), 2, True),
        ((2, 0), (3, 1), 1, False),
        ((4, 0), (1, 1), 1, False),
        ((4, 0), (3, 1), 3, True),
        ((4, 0), (3, 1), 2, False),
        ((2, 0), (1, 1), 7, True),
        ((2, 0), (4, 0), 2, False),
        ((1, 1), (2, 0), 1, True),
        ((2, 0), (5, 1), 2, False),
    ],
)
def test_both_parities_together_are_all_values(
    one: tuple[int, int], two: tuple[int, int], whole: int, fits: bool
) -> None:
    parts = [fact(name, greater(k, d), Range("k", least, None, p), D) for name, (least, p) in (("a", one), ("b", two))]
    assert accepted("all-parities", greater(k, d), *parts, ranges=(Range("k", whole), D)) is fits
    assert not accepted("all-parities", greater(k, 2 * d), *parts, ranges=(Range("k", whole), D))
    assert not accepted("all-parities", greater(k, d), *parts, ranges=(Range("k", whole), Range("d", 0)))


@pytest.mark.parametrize(
    ("left", "right", "fits"),
    [
        (k, 0, True),
        (k - 1, 0, False),
        (k + 1, 1, False),
        (2**k + sp.gamma(k), 0, True),
        (2**k - sp.gamma(k), 0, False),
        ((k + 1) * (2**k + 3), 0, False),
        (sp.exp(k) * k + 1 / k, 0, True),
        (k + 3, 0, True),
        (k - HALF, 0, True),
    ],
    ids=str,
)
def test_a_sum_is_positive_where_its_terms_are(left: sp.Expr, right: int, fits: bool) -> None:
    assert accepted("positive", greater(left, sp.Integer(right)), ranges=(ALL,)) is fits
    assert not accepted("positive", sp.GreaterThan(left, right, evaluate=False), ranges=(ALL,))
