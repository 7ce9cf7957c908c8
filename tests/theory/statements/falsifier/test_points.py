"""Where comparisons are looked at, and the roots that are found."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.language.formulas import parse_formula
from theory.language.statement import Statement, parse_statement
from theory.statements.falsifier.points import points
from theory.statements.falsifier.roots import integer_roots, polynomial, t_roots, vanishing_divisor
from theory.statements.falsifier.work import Work


def stated(says: str, *where: str) -> Statement:
    return parse_statement(says, "NTK(depth=2)", where)


def looked_at(says: str, *where: str) -> list[dict]:
    return list(points(stated(says, *where), Work()))


@given(st.integers(0, 12), st.sampled_from([None, 0, 1]), st.sampled_from([None, 7, 90]), st.sampled_from([">=", "="]))
def test_every_point_lies_in_the_ranges(least: int, parity: int | None, width: int | None, kind: str) -> None:
    where = [f"k {kind} {least}", *([] if width is None or kind == "=" else [f"k <= {least + width}"])]
    where += [] if parity is None or kind == "=" else [("k even", "k odd")[parity]]
    statement = stated("mu(k) <= k*d*(k-40)", *where)
    found = list(points(statement, Work()))
    assert found
    for at in found:
        assert statement.ranges.contains({w.name: at[w.name] for w in statement.ranges})


def test_edges_roots_and_far_values_are_looked_at() -> None:
    found = looked_at("mu(k)*(k-700) <= d")
    for k in (0, 1, 2, 3, 4, 699, 700, 701, 10**4):
        assert any(at["k"] == k for at in found)
    for d in (1, 2, 3, 4, 200):
        assert any(at["d"] == d for at in found)
    assert {"k": 700, "d": 1} in found


def test_the_last_value_of_a_bounded_range_is_looked_at() -> None:
    found = looked_at("mu(k) <= d", "k <= 5000", "k even")
    assert any(at["k"] == 5000 for at in found) and all(at["k"] % 2 == 0 for at in found)


def test_few_instances_are_all_looked_at_from_the_ends() -> None:
    statement = stated("mu(k) <= d", "k <= 99", "d <= 4")
    found = list(points(statement, Work()))
    assert len(found) == 400
    assert found[:2] == [{"k": 0, "d": 1}, {"k": 99, "d": 4}]


def test_t_is_looked_at_at_both_ends_and_at_roots() -> None:
    found = [at["t"] for at in looked_at("kappa(t) <= t*(t-1/3)*(t+2/7)")]
    assert {Fraction(1), Fraction(-1), Fraction(0), Fraction(1, 3), Fraction(-2, 7)} <= set(found)
    assert all(abs(t) <= 1 for t in found)


@given(st.integers(0, 10**6), st.integers(1, 3))
def test_a_planted_root_is_found(root: int, power: int) -> None:
    node = (
        parse_formula(f"1/(k**2 - {2 * root}*k + {root**2})**{power}")
        if root < 1000
        else parse_formula(f"(k-{root})**{power}")
    )
    assert root in integer_roots((node,), "k", {}, 0, None, Work())


@pytest.mark.parametrize(
    "text, others, root",
    [("2**k - 1024", {}, 10), ("k - 2*d - 300", {"d": 5}, 310), ("sqrt(k) - 20", {}, 400), ("(k-3)/7 - 1/7", {}, 4)],
)
def test_roots_of_other_parts(text: str, others: dict[str, int], root: int) -> None:
    assert root in integer_roots((parse_formula(text),), "k", others, 0, None, Work())
    assert integer_roots((parse_formula(text),), "k", others, root + 2, None, Work()) == []


def test_polynomials_are_read_or_refused() -> None:
    assert polynomial(parse_formula("(t-1)**3/2"), "t", {}) == [
        Fraction(-1, 2),
        Fraction(3, 2),
        Fraction(-3, 2),
        Fraction(1, 2),
    ]
    for text in ("sqrt(t)", "1/t", "t**k", "t**99", "d*t"):
        assert polynomial(parse_formula(text), "t", {}) is None


def test_divisors_that_vanish_at_an_irrational_point() -> None:
    low, high = vanishing_divisor((parse_formula("3/((t**2-1/2)**2*(2+t))"),), {})
    assert (low**2 - Fraction(1, 2)) * (high**2 - Fraction(1, 2)) < 0
    assert vanishing_divisor((parse_formula("1/(t**2+1/2) + 1/(t-2)"),), {}) is None
    assert t_roots((parse_formula("t**2-1/2"),), {})
