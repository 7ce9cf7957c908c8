"""Orders of growth near a point: first terms worked out by hand, every relation, limits of the search."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import product

import pytest

from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.methods.by_expansions import INSTANCES, MAX_INSTANCES, by_expansions
from theory.statements.outcome import NotSymbolic, Outcome
from theory.symbolic.objects import Range
from theory.symbolic.puiseux import NoExpansion

NTK2, LAPLACE = "NTK(depth=2)", "Laplace(rate=1)"


def found(says: str, kernel: str | None = None, where: Iterable[str] = ()) -> list[Outcome]:
    return [outcome for _, outcome in by_expansions(parse_statement(says, kernel, list(where)))]


FIRST_TERMS = {  # side: (as t -> ..., its first term); u = 1 - t, 1 + t, t, -t
    ("sqrt(2-2*t)", 1): "sqrt(2)*(1-t)**(1/2)",
    ("acos(t)", 1): "sqrt(2)*(1-t)**(1/2)",
    ("asin(t) - pi/2", 1): "-sqrt(2)*(1-t)**(1/2)",
    ("acos(t) - pi", -1): "-sqrt(2)*(1+t)**(1/2)",
    ("log(t)", 1): "-1*(1-t)",
    ("log(t) + (1-t)", 1): "-1/2*(1-t)**2",
    ("log(t) + (1-t) + (1-t)**2/2", 1): "-1/3*(1-t)**3",
    ("log(2*t)", 1): "log(2)",
    ("log(2*t) - log(2)", 1): "-1*(1-t)",
    ("sin(1-t)", 1): "1*(1-t)",
    ("cos(1-t) - 1", 1): "-1/2*(1-t)**2",
    ("exp(t) - exp(1)", 1): "-E*(1-t)",
    ("t**t - 1", 1): "-1*(1-t)",
    ("2**t - 2", 1): "-2*log(2)*(1-t)",
    ("1/(1-t)", 1): "1*(1-t)**(-1)",
    ("3/(1-t)**2/2", 1): "3/2*(1-t)**(-2)",
    ("1/sqrt(2-2*t)", 1): "sqrt(2)/2*(1-t)**(-1/2)",
    ("(1-t)**2/(1-t)**3", 1): "1*(1-t)**(-1)",
    ("(1+sqrt(2))*(1-t)", 1): "(1 + sqrt(2))*(1-t)",
    ("t", 1): "1",
    ("5 - t", 1): "4",
    ("t", 0): "1*t",
    ("t**2 - 2*t**3", 0): "1*t**2",
    ("t - t**3", -1): "-2*(1+t)",
    ("asin(t)", 0): "1*t",
    ("exp(t) - 1 - t - t**2/2 - t**3/6 - t**4/24 - t**5/120 - t**6/720", 0): "1/5040*t**7",
    ("1/(exp(t) - 1 - t - t**2/2 - t**3/6 - t**4/24)", 0): "120*t**(-5)",
}


@pytest.mark.parametrize(("side", "place"), FIRST_TERMS, ids=str)
def test_the_first_term_of_a_side_is_stated(side: str, place: int) -> None:
    first, *_ = found(f"{side} ~ 7 as t -> {place}")
    assert first.law == f"left ~ {FIRST_TERMS[side, place]}, right ~ 7"
    assert first.source == f"exact expansions at t = {place}" and first.evidence is Evidence.CHECKED
    first, *_ = found(f"7 ~ {side} as t -> {place}")
    assert first.law == f"left ~ 7, right ~ {FIRST_TERMS[side, place]}"


@pytest.mark.parametrize(
    ("side", "kernel", "place", "term"),
    [
        ("kappa(2*t-1) - 1", LAPLACE, 1, "-2*(1-t)**(1/2)"),  # exp(-sqrt(4 u))
        ("kappa(t) - 2", NTK2, 1, "-sqrt(2)/pi*(1-t)**(1/2)"),
        ("kappa(t**2) - kappa(0)", NTK2, 0, "1*t**2"),  # b_1 = 1/2 + 1/2
        ("kappa(0)*(1-t)", NTK2, 1, "1/pi*(1-t)"),
        ("mu(0)*t", "ArcCosine(order=0)", 0, "1/2*t"),
    ],
    ids=str,
)
def test_first_terms_of_kernels(side: str, kernel: str, place: int, term: str) -> None:
    first, *_ = found(f"{side} ~ 7 as t -> {place}", kernel, ["d = 2"] if "mu" in side else [])
    assert first.law == f"left ~ {term}, right ~ 7"


RELATIONS = {"O": (0, 1), "o": (1,), "Theta": (0,), "Omega": (0, -1)}  # signs of the exponent that hold


@pytest.mark.parametrize(
    ("relation", "left", "right"),
    [(name, left, right) for name in RELATIONS for left, right in product(("2", "5/2", "3"), repeat=2)],
)
def test_relations_compare_exponents(relation: str, left: str, right: str) -> None:
    sign = (Fraction(left) > Fraction(right)) - (Fraction(left) < Fraction(right))
    wanted = Truth.HOLDS if sign in RELATIONS[relation] else Truth.FAILS
    for place, u in ((1, "(1-t)"), (-1, "(1+t)"), (0, "(t**2)")):
        outcomes = found(f"2*{u}**({left}) = {relation}({u}**({right})) as t -> {place}")
        assert [o.truth for o in outcomes] == [wanted] * (2 if place == 0 else 1)


@pytest.mark.parametrize(
    ("left", "right", "holds"),
    [
        ("2*(1-t)", "2*(1-t) + (1-t)**2", True),
        ("2*(1-t)", "3*(1-t)", False),
        ("(1-t)", "(1-t)**2", False),
        ("sqrt(1-t)**2", "1-t", True),
        ("-(1-t)", "1-t", False),
        ("(1-t)**2", "1-t", False),
        ("sqrt(2)*sqrt(3)", "sqrt(6)*t", True),
        ("sqrt(2)*sqrt(3)", "sqrt(7)*t", False),
    ],
)
def test_equivalence_asks_for_the_same_exponent_and_constant(left: str, right: str, holds: bool) -> None:
    (outcome,) = found(f"{left} ~ {right} as t -> 1")
    assert outcome.truth is (Truth.HOLDS if holds else Truth.FAILS) and outcome.at is None


def test_zero_is_approached_from_both_sides() -> None:
    above, below = found("t**3 + t**2 ~ t**2 as t -> 0")
    assert (above.law, below.law) == ("left ~ 1*t**2, right ~ 1*t**2", "left ~ 1*(-t)**2, right ~ 1*(-t)**2")
    assert above.source == below.source == "exact expansions at t = 0"
    above, below = found("sqrt(t**2) ~ t as t -> 0")
    assert (above.truth, below.truth) == (Truth.HOLDS, Truth.FAILS)
    assert below.law == "left ~ 1*(-t), right ~ -1*(-t)"


def test_each_value_of_a_variable_is_decided_and_named_where_it_fails() -> None:
    statement = parse_statement("(1-t)**k = O((1-t)**2) as t -> 1", None, ["k <= 3"])
    pairs = list(by_expansions(statement))
    assert [ranges for ranges, _ in pairs] == [(Range("k", v, v),) for v in range(4)]
    assert [o.truth for _, o in pairs] == [Truth.FAILS] * 2 + [Truth.HOLDS] * 2
    assert [o.at for _, o in pairs] == [{"k": 0}, {"k": 1}, None, None]
    assert all(o.source == "exact expansions at t = 1" and o.evidence is Evidence.CHECKED for _, o in pairs)


def test_a_variable_without_upper_bound_is_tried_and_stays_open() -> None:
    *tried, last = found("(1-t)**k = O(1) as t -> 1")
    assert len(tried) == INSTANCES == 4 and all(o.truth is Truth.HOLDS for o in tried)
    assert last.truth is Truth.UNDECIDED and last.law == "only 4 values of k were tried"
    assert len(found("(1-t)**(k+n) = O(1) as t -> 1", None, ["k <= 2", "n >= 1"])) == 3 * 4 + 1


def test_at_most_64_values_of_the_other_variables_are_taken() -> None:
    says = "(k+n+1)*t = O(1) as t -> 1"
    assert len(found(says, None, ["k <= 31", "n <= 1"])) == MAX_INSTANCES == 64
    assert len(found(says, None, ["k <= 15", "n >= 1"])) == 64 + 1
    assert len(found("(k+1)*t = O(1) as t -> 1", None, ["k <= 63"])) == 64
    for where in (["k <= 64", "n = 1"], ["k <= 12", "n <= 4"], ["k <= 16", "n >= 1"]):
        with pytest.raises(NotSymbolic, match="more than 64 values of the other variables"):
            found(says, None, where)


@pytest.mark.parametrize(
    ("says", "error", "why"),
    [
        (
            "exp(t) - 1 - t - t**2/2 - t**3/6 - t**4/24 - t**5/120 - t**6/720 - t**7/5040 ~ t**8/40320 as t -> 0",
            NotSymbolic,
            "vanishes to order 8",
        ),
        ("t - t ~ t as t -> 1", NotSymbolic, "vanishes to order 8"),
        ("log(t) ~ t as t -> 0", NoExpansion, "not positive"),
        ("log(t-1) ~ t as t -> 1", NoExpansion, "not positive"),
        ("(1-t)**sqrt(2) ~ 1-t as t -> 1", NotSymbolic, "a power with exponent sqrt"),
        ("sqrt(t-1) ~ 1 as t -> 1", NoExpansion, "a root of a negative function"),
    ],
)
def test_what_has_no_first_term_is_refused_with_a_reason(says: str, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        found(says)
