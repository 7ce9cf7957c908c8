"""The search for a counterexample: which points, which words, and what two values tell."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb

from theory.language.statement import Statement, parse_statement
from theory.numbers.balls import working_precision
from theory.numbers.truth import Truth
from theory.statements.counterexamples import (
    NOT_COMPUTED,
    assignments,
    certainly_holds,
    compare,
    compare_at,
    counterexample,
    is_finite,
    point_text,
    refute,
    value_text,
)
from theory.statements.decide import decide

HOLDS, FAILS, UNDECIDED = Truth.HOLDS, Truth.FAILS, Truth.UNDECIDED
TRUE_FOR = {"=": "e", "!=": "lg", "<": "l", "<=": "le", ">": "g", ">=": "ge"}  # less, equal, greater
NUMBERS = {"l": (Fraction(-1), Fraction(2, 3)), "e": (Fraction(5, 3),) * 2, "g": (Fraction(3), Fraction(2))}


@pytest.mark.parametrize("relation", TRUE_FOR)
def test_two_values_tell_a_relation(relation: str) -> None:
    for order, (left, right) in NUMBERS.items():
        truth = HOLDS if order in TRUE_FOR[relation] else FAILS
        assert compare(left, right, relation) is truth
        for a, b in ((arb(str(left)), right), (left, arb(str(right))), (arb(str(left)), arb(str(right)))):
            # A ball never tells that two numbers are equal.
            assert compare(a, b, relation) is (truth if order != "e" else UNDECIDED)
    for wide, other in ((arb(1, 1), Fraction(2)), (Fraction(0), arb(1, 1)), (arb(1, 1), arb(3, "1.5"))):
        assert compare(wide, other, relation) is UNDECIDED


def said(text: str, *where: str) -> Statement:
    needs = any(f in text for f in ("mu(", "b(", "kappa("))
    return parse_statement(text, "NTK(depth=2)" if needs else None, where)


FIRST = {"k": 9, "n": 9, "d": 5, "L": 4}
MOST = 1000


@pytest.mark.parametrize("name", FIRST)
def test_a_range_of_few_values_is_tried_as_a_whole(name: str) -> None:
    least, count = (0 if name in "kn" else 1), FIRST[name]
    whole, more = (said(f"{name} >= 0", f"{name} <= {least + MOST - 1 + i}") for i in (0, 1))
    assert is_finite(whole) and [at[name] for at in assignments(whole)] == list(range(least, least + MOST))
    assert not is_finite(more) and not is_finite(said(f"{name} >= 0"))
    assert [at[name] for at in assignments(more) if at[name] < 24] == list(range(least, least + count))
    assert is_finite(said(f"{name} >= 0", f"{name} <= {least + 2 * MOST - 2}", f"{name} {('even', 'odd')[least]}"))


def test_the_ranges_of_several_variables_are_few_together() -> None:
    assert is_finite(said("k + d >= 0", "k <= 24", "d <= 40")) and not is_finite(
        said("k + d >= 0", "k <= 25", "d <= 40")
    )
    found = assignments(said("k + d >= 0", "k <= 24", "d <= 40"))
    assert len(found) == 25 * 40 and found[0] == {"k": 0, "d": 1} and found[-1] == {"k": 24, "d": 40}


def test_what_has_no_variables_is_one_instance_and_what_moves_in_t_is_never_finite() -> None:
    assert is_finite(said("pi < 4")) and assignments(said("pi < 4")) == [{}]
    assert not is_finite(said("t < 4"))
    assert not is_finite(said("4 > t"))
    assert not is_finite(said("k*t < 9", "k = 1"))
    assert [at["t"] for at in sorted(assignments(said("t < 4")), key=lambda at: at["t"])] == [
        Fraction(i, 8) for i in range(-8, 9)
    ]


FAR = {
    (): [24, 25, 60, 61],
    ("k even",): [24, 60],
    ("k odd",): [25, 61],
    ("k <= 3000",): [24, 25, 60, 61, 187, 375, 750, 1500, 2999, 3000],
    ("k >= 24",): [25, 60, 61],
    ("k >= 61",): [],
    ("k >= 60",): [61],
}


@pytest.mark.parametrize("where", FAR, ids=str)
def test_far_values_of_the_range_follow_the_near_ones(where: tuple[str, ...]) -> None:
    found = said("k >= 0", *where)
    values = [at["k"] for at in assignments(found)]
    assert values[:9] == found.range("k").values(9) and values[9:] == FAR[where]


def test_small_points_come_first_and_far_ones_move_one_variable() -> None:
    found = assignments(said("k*t + d >= n", "n >= 2"))
    near = [at for at in found if at["k"] < 24 and at["n"] < 24 and at["d"] < 24]
    assert found[: len(near)] == near and len(near) == 9 * 9 * 5 * 17
    sizes = [sum(map(abs, at.values())) for at in near]
    assert sizes == sorted(sizes)
    assert near[0] == {"k": 0, "n": 2, "d": 1, "t": 0} and {"k": 0, "n": 2, "d": 1, "t": -1} in near
    far = found[len(near) :]
    first = {"k": 0, "n": 2, "d": 1, "t": -1}
    assert far == [{**first, name: value} for name in ("k", "n", "d") for value in (24, 25, 60, 61)]


def search(text: str, *where: str) -> tuple:
    found = refute(said(text, *where))
    return found.refutation, found.tested


def test_a_refutation_in_words() -> None:
    found, tested = search("k**2 > 3*k", "k >= 1")
    assert (found.why, found.at, tested) == (
        "at k=1 the left side is 1, the right side 3",
        {"k": 1, "left": "1", "right": "3"},
        1,
    )
    found, tested = search("2 = 3")
    assert (found.why, found.at) == ("the left side is 2, the right side 3", {"left": "2", "right": "3"})
    found, _ = search("t*2 < 3/2")
    assert found.at == {"t": "3/4", "left": "3/2", "right": "3/2"}
    found, _ = search("d <= sqrt(2)*k + 3", "k <= 3", "d >= 3")
    assert found.at == {"k": 0, "d": 4, "left": "4", "right": "3"}
    assert search("k + d <= 7", "k >= 1", "d >= 5")[0].why == ("at k=1, d=7 the left side is 8, the right side 7")


def test_a_side_without_a_value_refutes_and_says_what_to_ask_for() -> None:
    found, tested = search("1/(k-3) < 9")
    assert found.at == {"k": 3, "left": "undefined at k=3", "right": "division by zero"} and tested == 3
    assert found.why == "undefined at k=3: division by zero; add k >= 4"
    found, _ = search("1/((t-1/2)*k) < 9", "k >= 1")
    assert found.why == "undefined at k=1, t=1/2: division by zero; no bound of one variable cures it"
    assert search("1/(t-1/2) < 9")[0].why == "undefined at t=1/2: division by zero; no value exists"
    assert search("1/0 < 9")[0].why.endswith("; no value exists")
    found, _ = search("mu(5-k, d) <= 99", "k >= 5")
    assert "k=6" in found.why and found.why.endswith("; add k <= 5")


@pytest.mark.parametrize(
    ("says", "hint"),
    [
        ("mu(-1, 2) = 0", "no value exists"),
        ("mu(k, 2) = 1/0", "no bound of one variable cures it"),
        ("acos(k) >= 0", "add k <= 1"),
        ("mu(k, 2)*Gamma((1-k)/2)**2 >= 0", "add k <= 0"),
        ("1/(k-3) < 9", "add k >= 4"),
    ],
)
def test_a_hint_is_given_only_where_it_cures(says: str, hint: str) -> None:
    assert search(says)[0].why.endswith(f"; {hint}")


def test_each_point_is_compared_once_and_what_is_out_of_reach_is_passed_over() -> None:
    assert search("k >= 0") == (None, 13)
    assert search("k >= 0", "k >= 24") == (None, 9 + 2)  # 25 is near and far
    assert search("k >= 0", "k <= 3") == (None, 4)
    assert search("k + 2*d >= k") == (None, 9 * 5 + 8)
    found, tested = search("factorial(factorial(factorial(k))) > 0")
    assert found is None and 0 < tested < 13
    assert search("mu((k-1)**2*10**6, 1) >= 0", "k <= 1") == (None, 1)  # k = 0 is out of reach
    assert search("factorial(factorial(10**3*k + 10**3)) > 0") == (None, 0)


def test_what_the_work_does_not_allow_is_open() -> None:
    poor = refute(parse_statement("mu(k) <= 9", "NTK(depth=3)", ["d = 2"]), units=10)
    assert (poor.refutation, poor.tested, poor.open) == (None, 0, {"k": 0, "d": 2})
    assert poor.doubt == "out of reach: 90 units of work are needed, 10 are left"


def test_the_first_counterexample_on_the_way_is_told() -> None:
    found = refute(parse_statement("mu(k+1) < mu(k)", "NTK(depth=3)", ["d = 9"])).refutation
    assert found.at["k"] == 27
    assert refute(said("k <= 30")).refutation.at["k"] == 31


def test_as_many_digits_as_tell_the_sides_apart() -> None:
    at = refute(said("sqrt(2) + 10**-25 <= sqrt(2)")).refutation.at
    assert at["left"] != at["right"] and at["left"][:22] == at["right"][:22]


def test_a_pole_between_the_fractions_refutes() -> None:
    assert refute(said("1/(t**2 - 1/2)**2 > 0")).refutation.at["left"] == "undefined near t=-0.70710678"
    assert refute(said("1/(t**2 - 2)**2 > 0")).refutation is None
    assert refute(said("1/(t**2 + 1/2)**2 > 0")).refutation is None


OPEN = {"mu(1) = acos(0)/pi": {"d": 1}, "k >= mu((k-1)**2*10**6, 1)": {"k": 0}, "k + 1 > k": None}


@pytest.mark.parametrize("text", OPEN)
def test_the_first_instance_that_stays_open_is_kept(text: str) -> None:
    found = refute(said(text, "d = 1" if "mu(1)" in text else "k <= 3"))
    assert found.refutation is None and found.open == OPEN[text]


def test_zeros_of_polynomials_are_looked_at_too() -> None:
    found, tested = search("(k-300)*(k-302) >= 0")
    assert found.at == {"k": 301, "left": "-1", "right": "0"} and tested > 13


def test_a_statement_at_one_point() -> None:
    assert compare_at(said("k = k"), {"k": 2}) is HOLDS
    assert compare_at(said("k = k + 10**-40"), {"k": 2}) is FAILS
    assert compare_at(said("sqrt(2) = sqrt(2) + 10**-25"), {}) is FAILS
    assert compare_at(said("sqrt(2)**2 = 2"), {}) is UNDECIDED
    assert certainly_holds(said("k < 3"), {"k": 2}) and not certainly_holds(said("k < 3"), {"k": 3})
    assert not certainly_holds(said("1/k < 3"), {"k": 0})
    assert not certainly_holds(said("sqrt(2)**2 = 2"), {})
    assert not certainly_holds(said("factorial(factorial(k)) > 0"), {"k": 1000})


def test_the_sides_as_text() -> None:
    assert counterexample(said("1/k < sqrt(2)"), {"k": 3}) == (
        {"k": 3, "left": "1/3", "right": "1.4142135623730950488"}
    )
    assert counterexample(said("1/k < 2"), {"k": 0}) == {"k": 0, "left": "undefined at k=0", "right": ""}
    assert counterexample(said("t < 2"), {"t": Fraction(1, 2)})["t"] == "1/2"


def test_what_no_number_tells_is_not_called_undefined() -> None:
    """mu_0 on S^11 is defined, but the route of this sum gives no digit of it."""
    statement = parse_statement(
        "mu(k-1, d+2) < mu(k-1, d+2)", "Matern(nu=1, lengthscale=1) + Matern(nu=3/2, lengthscale=1)", ["k = 1", "d = 9"]
    )
    assert counterexample(statement, {"k": 1, "d": 9}) == {"k": 1, "d": 9, "left": NOT_COMPUTED, "right": NOT_COMPUTED}
    assert decide(statement).truth is FAILS
    assert decide(parse_statement("2 + kappa(1) < 2 + kappa(1)", 'Zonal("(1-t)**(1/3)")')).truth is FAILS
    assert point_text({"k": 3, "t": Fraction(1, 2)}) == "k=3, t=1/2" and point_text({}) == ""


def test_a_long_rational_is_rounded_and_a_ball_has_the_digits_that_are_certain() -> None:
    for value in (Fraction(10**39), Fraction(-(10**38)), Fraction(1, 10**37), Fraction(10**19 + 1, 10**18)):
        assert len(str(value)) == 40 and value_text(value) == str(value)
    assert value_text(Fraction(10**40)) == "1.0000000000000000000e+40"
    assert value_text(Fraction(1, 3 * 10**38)) == "3.3333333333333333333e-39"
    assert len(value_text(Fraction(7, 10**5000))) < 40 and len(value_text(Fraction(7 * 10**5000))) < 40
    with working_precision(40):
        assert value_text(arb.pi()) == "3.1415926535897932385"
        assert value_text(arb.pi() + arb(0, "1e-9")) == "3.14159"
        assert value_text(arb.pi() + arb(0, "1e-3")).startswith("[3.14")


def test_the_points_of_a_family_are_depths() -> None:
    found = replace(said("k >= 0"), ranges=said("L >= 1", "L >= 2").ranges)
    assert [at["L"] for at in assignments(found)] == [2, 3, 4, 5, 24, 25, 60, 61]
