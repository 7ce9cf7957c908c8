"""Work is paid for once, refused where it is not left, and free outside of a budget."""

from __future__ import annotations

import pytest

from theory.numbers.work import OutOfWork, budget, spend


def test_the_same_is_paid_for_once() -> None:
    with budget(10) as mine:
        spend("a", 4)
        spend("a", 4)
        spend("b", 5)
        assert mine.left == 1 and mine.paid == {"a", "b"}


def test_what_is_not_left_is_refused_and_costs_nothing() -> None:
    with budget(10) as mine:
        with pytest.raises(OutOfWork, match="11 units of work are needed, 10 are left"):
            spend("a", 11)
        assert mine.left == 10
        spend("b", 10)
        with pytest.raises(OutOfWork):
            spend("c", 1)


def test_an_inner_budget_is_one_of_its_own() -> None:
    with budget(10) as outer:
        spend("a", 3)
        with budget(5) as inner:
            spend("a", 5)
            assert inner.left == 0
        spend("b", 7)
        assert outer.left == 0
    spend("anything", 10**9)


def test_a_budget_ends_with_an_error() -> None:
    with pytest.raises(KeyError), budget(1):
        raise KeyError
    spend("anything", 2)
