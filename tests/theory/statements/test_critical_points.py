"""Points next to the zeros of what must be positive or not 0, and of the difference of the sides."""

from __future__ import annotations

from fractions import Fraction

import pytest

from theory.language.formulas import parse_formula
from theory.language.statement import parse_statement
from theory.numbers.truth import Truth
from theory.statements.counterexamples import counterexample
from theory.statements.critical_points import critical_points
from theory.statements.decide import decide
from theory.statements.definedness import Condition, conditions


def near(text: str, *where: str) -> list[dict]:
    return list(critical_points(parse_statement(text, None, where)))


POLYNOMIALS = {
    "(k-30)*(k-31) >= 0": (30, 31),
    "k**2 >= 2000": (44.72,),
    "1/(2*k-41) >= 0": (20.5,),
    "k**40 >= 2": (1.0175,),
    "sqrt(k-7) >= 0": (7,),
    "k/(k-50) >= 3": (50, 75),
    "k*(k-90) >= 0": (0, 90),
    "1/k**2 >= 1/10000": (0, 100),
}


@pytest.mark.parametrize("text", POLYNOMIALS)
def test_integers_next_to_every_zero_are_looked_at(text: str) -> None:
    """Those that are at most 1 away, none farther than 2, on either side."""
    values = {at["k"] for at in near(text)}
    zeros = POLYNOMIALS[text]
    assert all(v in values for zero in zeros for v in range(200) if abs(v - zero) <= 1)
    assert all(min(abs(v - zero) for zero in zeros) <= 2 for v in values)
    assert all(v >= 0 for v in values)


def test_points_next_to_zeros_lie_in_the_ranges() -> None:
    values = {at["k"] for at in near("(k-30)*(k-40) >= 0", "k >= 31", "k odd")}
    assert values == {31, 39, 41}
    assert near("k**41 >= 2") == near("pi*k >= 2") == near("2**k >= 9") == []


def test_the_other_variables_stand_at_their_least_values() -> None:
    found = near("(k-20*d)*(n+5) >= 0", "d >= 3", "n >= 2")
    assert {(at["k"], at["n"]) for at in found if at["d"] == 3} >= {(k, 2) for k in (59, 60, 61, 62)}
    assert all(at["n"] == 2 for at in found)
    assert {at["d"] for at in found} == {3}  # k = 0 needs d = 0


def test_zeros_in_t_and_points_between_them() -> None:
    values = {at["t"] for at in near("(3*t-1)*(2*t+1)*(t-2) >= 0")}
    zeros = {-1, Fraction(-1, 2), Fraction(1, 3), 1, Fraction(-3, 4), Fraction(-1, 12), Fraction(2, 3)}
    of_factors = {Fraction(-1, 3), Fraction(1, 4), 0}  # between the ends and the zero of one factor, too
    assert values == zeros | of_factors
    irrational = sorted(at["t"] for at in near("t**2 >= 1/2"))
    assert [sum(a < t < b for t in irrational) > 0 for a, b in ((-1, -0.7072), (-0.707, 0.707), (0.7072, 1))] == (
        [True] * 3
    )
    assert all(abs(t) <= 1 for t in irrational)
    ends = [t for t in irrational if Fraction(7, 10) < abs(t) < Fraction(71, 100)]
    assert len(ends) >= 4 and all(abs(t * t - Fraction(1, 2)) < Fraction(1, 10**5) for t in ends)


def test_a_refuted_division_is_refuted_where_it_is_undefined() -> None:
    said = parse_statement("1/(k-90) = 1/(k-90)")
    found = decide(said)
    assert found.truth is Truth.FAILS and found.counterexample["k"] == 90
    assert "undefined" in counterexample(said, {"k": 90})["left"]
    assert Condition("nonzero", parse_formula("k-90")) in list(conditions(said.left))
