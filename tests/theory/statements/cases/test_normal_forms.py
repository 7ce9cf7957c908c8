"""Relations between two expressions for all values: every relation on both sides of equality, with
its proof."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.numbers.truth import Truth
from theory.proofs.check import check
from theory.proofs.steps import Proof
from theory.statements.cases.normal_forms import equality, inequality
from theory.statements.outcome import Case, Outcome
from theory.symbolic.objects import Range, d, k, t
from theory.symbolic.ranges import Ranges

HOLDS, FAILS, UNDECIDED = Truth.HOLDS, Truth.FAILS, Truth.UNDECIDED
ALL, ODD = Range("k", 1), Range("k", 1, None, 1)
# Falls from pi at k = 1 to 2: k/2 (Gamma(k/2)/Gamma((k+1)/2))^2 -> 1, and Gamma(1/2)^2 = pi.
WALLIS = sp.gamma(k / 2) ** 2 * k / sp.gamma((k + 1) / 2) ** 2


def case(ranges: tuple[Range, ...], left: sp.Expr, right: sp.Expr) -> Case:
    return Case(Ranges(ranges), left, right)


def replayed(outcome: Outcome) -> Outcome:
    if outcome.steps:
        check(Proof("relation", outcome.steps))
    return outcome


@pytest.mark.parametrize(
    ("left", "right", "true"),
    [
        (k + 1, k, (">", ">=")),
        (k, k + 1, ("<", "<=")),
        (k, k, (">=", "<=")),
        (sp.gamma(k + 2), sp.gamma(k), (">", ">=")),
        (1 / k, 2 / k, ("<", "<=")),
        (sp.exp(k) + sp.gamma(k), sp.Integer(0), (">", ">=")),
    ],
)
def test_each_relation_has_its_truth(left: sp.Expr, right: sp.Expr, true: tuple[str, ...]) -> None:
    for relation in ("<", "<=", ">", ">="):
        outcome = replayed(inequality(case((ALL, Range("d", 3, 3)), left, right), relation))
        assert outcome.truth is (HOLDS if relation in true else FAILS)
        assert outcome.at == (None if relation in true else {"k": 1, "d": 3})
        assert bool(outcome.steps) == (left != right)


def test_the_difference_is_shown() -> None:
    one = inequality(case((ALL,), k + 1, k), ">")
    assert one.law == "the difference is one positive term: 1"
    assert inequality(case((ALL,), k, k + 1), ">").law == "minus the difference is one positive term: 1"
    assert one.steps[0].ranges == (ALL,) and one.steps[0].left == 1
    two = inequality(case((ALL,), sp.exp(k), -sp.gamma(k)), ">")
    assert two.law.startswith("the difference is a sum of positive terms: ")
    assert inequality(case((ALL,), k, k), ">=").law == "both sides are equal"


@pytest.mark.parametrize("length", [79, 80, 81, 82])
def test_a_long_difference_is_cut_to_eighty_characters(length: int) -> None:
    """1 and zeros, times k."""
    whole = "1" + "0" * (length - 3) + "*k"
    law = inequality(case((ALL,), sp.Integer(10) ** (length - 3) * k, sp.Integer(0)), ">").law
    assert law.removeprefix("the difference is one positive term: ") == (whole if length <= 80 else whole[:77] + "...")


def test_where_both_sides_are_equal_any_point_refutes() -> None:
    for expression, at in ((k + d, {"k": 1, "d": 3}), (k * t, {"k": 1, "d": 3, "t": 0})):
        outcome = inequality(case((ALL, Range("d", 3, 3)), expression, expression), "<")
        assert (outcome.truth, outcome.at) == (FAILS, at)


@pytest.mark.parametrize(
    ("left", "relation", "right", "truth", "law"),
    [
        (WALLIS, ">", 2, HOLDS, "quotient > 1"),
        (WALLIS, ">=", 2, HOLDS, "quotient > 1"),
        (2, "<", WALLIS, HOLDS, "quotient > 1"),
        (2, "<=", WALLIS, HOLDS, "quotient > 1"),
        (sp.pi, ">=", WALLIS, HOLDS, "quotient >= 1"),
        (sp.pi, ">", WALLIS, UNDECIDED, "quotient >= 1"),
        (WALLIS, ">", sp.Rational(19, 10), HOLDS, "quotient > 20/19"),
        (4, ">", WALLIS, HOLDS, "quotient >= 4/pi"),
        (WALLIS, ">=", sp.Rational(21, 10), UNDECIDED, "quotient > 20/21"),
        (3, ">=", WALLIS, UNDECIDED, "quotient >= 3/pi"),
    ],
)
def test_quotients_are_bounded_sharply(left: sp.Expr, relation: str, right: sp.Expr, truth: Truth, law: str) -> None:
    outcome = replayed(inequality(case((ODD,), sp.sympify(left), sp.sympify(right)), relation))
    assert (outcome.truth, outcome.law, outcome.at) == (truth, law, None)
    assert any(step.name == "compare" for step in outcome.steps) == (truth is HOLDS and not law.endswith(" 1"))


def test_what_is_not_certain_is_left_undecided() -> None:
    sides = inequality(case((ALL,), k - 5, sp.gamma(k)), ">")
    assert (sides.truth, sides.law) == (UNDECIDED, "the sides are not certainly positive terms")
    assert inequality(case((ALL,), sp.gamma(k), k - 5), ">").law == sides.law
    unbounded = inequality(case((ALL,), sp.Integer(5), sp.gamma(k)), ">")
    assert unbounded.truth is UNDECIDED and "tends to 0 as k -> oo" in unbounded.law


@pytest.mark.parametrize(
    ("left", "right", "truth", "law", "rule"),
    [
        (sp.gamma(k + 1), k * sp.gamma(k), HOLDS, "same normal form", "gamma-algebra"),
        (sp.gamma(k + 1), sp.gamma(k), UNDECIDED, "different normal forms", None),
        (sp.cos(sp.acos(t)), t, HOLDS, "same normal form in t", "algebra"),
        ((sp.acos(t) + 1) ** 2, sp.acos(t) ** 2 + 2 * sp.acos(t) + 1, HOLDS, "same normal form in t", "algebra"),
        ((t + 1) ** 2, t**2 + 2 * t + 1, HOLDS, "same normal form in t", "algebra"),
        (t + 1, t, UNDECIDED, "different normal forms", None),
        (sp.acos(sp.Rational(1, 3)), sp.acos(sp.Rational(1, 4)), UNDECIDED, "different normal forms", None),
        (sp.acos(sp.Rational(1, 3)), sp.acos(sp.Rational(1, 3)), HOLDS, "same normal form", "gamma-algebra"),
    ],
)
def test_equality_is_that_of_normal_forms(
    left: sp.Expr, right: sp.Expr, truth: Truth, law: str, rule: str | None
) -> None:
    outcome = replayed(equality(case((ALL,), left, right)))
    assert (outcome.truth, outcome.law) == (truth, law)
    assert [step.rule for step in outcome.steps] == ([rule] if rule else [])
    assert all(step.ranges == (ALL,) for step in outcome.steps)
