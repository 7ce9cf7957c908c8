"""Part by part: the parts cover the ranges once, and as few first values are taken apart as are needed."""

from __future__ import annotations

from itertools import product

import pytest

from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.methods.by_closed_forms import MOST_PEELED, PEELED, _counts
from theory.statements.strategy import attempt
from theory.symbolic.objects import Range

NTK2, NTK3 = "NTK(depth=2)", "NTK(depth=3)"


def said(text: str, kernel: str | None = None, *where: str) -> Statement:
    return parse_statement(text, kernel, where)


SINGLE = "; ".join
# The tail first, then the values before it; the tail is the first of 1, 2, 3, 8, 24 or the last
# zero that is decided, here by a difference that is positive there.
PARTS = {
    ("k/(k+1) < 1",): "k >= 0",
    ("k**2 >= k",): "k >= 1; k = 0",
    ("2**k > k",): "k >= 1; k = 0",
    ("2**k >= k**2", None, "k >= 4"): "k >= 4",
    ("(n-1)*(n-2) >= 0",): "n >= 3; n = 0; n = 1; n = 2",
    ("(k-3)*(k-5) >= 0", None, "k odd"): "k >= 7 odd; k = 1; k = 3; k = 5",
    ("(k-6)*(k-7) >= 0",): SINGLE(["k >= 8", *(f"k = {i}" for i in range(8))]),
    ("(k-30)*(k-31) >= 0", None, "k >= 12", "k even"): SINGLE(
        ["k >= 34 even", *(f"k = {i}" for i in range(12, 34, 2))]
    ),
    ("(k-30)*(k-31) >= 0", None, "k >= 25"): SINGLE(["k >= 33", *(f"k = {i}" for i in range(25, 33))]),
    ("k*(d-1) >= 0",): "k >= 1, d >= 2; k >= 1, d = 1; k = 0, d >= 1",
    ("N(1,k) = 2", None, "k >= 1"): "k >= 1",
    ("k + (-1)**k >= 0", None, "k >= 1"): "k >= 2 even; k >= 3 odd; k = 1",
    ("mu(k) >= 0", NTK2): "k >= 2 even, d >= 1; k = 0, d >= 1; k = 1, d >= 1; k >= 3 odd, d >= 1",
    ("mu(k)*k = O(1) as k -> oo", NTK2): "k >= 0 even, d >= 1; k >= 3 odd, d >= 1",
    ("mu(k) > 0", NTK3): "k >= 0, d >= 1",
    ("mu(k)*k = O(1) as k -> oo", NTK2, "k odd"): "k >= 3 odd, d >= 1",
    ("k = O(k) as k -> oo",): "k >= 0",
    ("k*d = O(k*d) uniformly",): "k >= 0, d >= 1",
    ("sqrt(2) < 3/2",): "",
    ("k*sqrt(2) < 3/2*k", None, "k = 3"): "k = 3",
    ("kappa(t) ~ 2 as t -> 1", NTK2): "",
    ("k*d = O(k) as k -> oo",): "k >= 0, d >= 1",
    ("k = O((d-3)*2**k) as k -> oo", None, "d >= 4"): "k >= 0, d >= 4",
    ("mu(k) = Theta(k**(-d-1)) as k -> oo", NTK3): "k >= 0 even, d >= 1; k >= 1 odd, d >= 1",
}


def holds_at(where: Range, value: int) -> bool:
    """Whether a value lies in a range."""
    return value >= where.least and (where.most is None or value <= where.most) and (where.parity in (None, value % 2))


@pytest.mark.parametrize("given", PARTS, ids=str)
def test_parts_hold_and_cover_the_ranges_once(given: tuple) -> None:
    statement = said(*given)
    found = attempt(statement).parts
    assert "; ".join(", ".join(map(repr, part.case.ranges)) for part in found) == PARTS[given]
    limit = statement.limit[0] if isinstance(statement.limit, tuple) else None
    for point in product(*(w.values(40) for w in statement.ranges)):
        at = dict(zip((w.name for w in statement.ranges), point, strict=True))
        around = [p for p in found if all(holds_at(w, at[w.name]) for w in p.case.ranges)]
        assert len(around) == 1 or limit is not None and at[limit] <= 3
    for part in found:
        assert part.outcome.truth is Truth.HOLDS
        if given in (("mu(k) > 0", NTK3), ("kappa(t) ~ 2 as t -> 1", NTK2)):  # no formula of the sides is told
            assert part.case.left == part.case.right == 0
        assert part.outcome.evidence is Evidence.PROVED


FALSE = {
    ("k >= 3",): "k = 2",
    ("k >= 9", None, "k >= 7"): "k = 8",
    ("k >= 5", None, "k odd"): "k = 3",
    ("d >= 2",): "d = 1",
    ("k != 7", None, "k >= 6"): "k = 7",
}


@pytest.mark.parametrize("given", FALSE, ids=str)
def test_the_last_part_that_refutes_stands_alone(given: tuple) -> None:
    (part,) = attempt(said(*given)).parts
    assert part.outcome.truth is Truth.FAILS and repr(part.case.ranges[0]) == FALSE[given]


def test_what_stays_open_is_left_whole() -> None:
    for text, *where in (("k = n",), ("(k-3)*n >= 0", "k >= 2")):
        (part,) = attempt(said(text, None, *where)).parts
        assert part.outcome.truth is Truth.UNDECIDED
        assert part.case.ranges == said(text, None, *where).ranges


def test_how_many_first_values_are_taken_apart() -> None:
    """The last integer next to a zero z is z + 2; all up to it make z + 3 values."""
    start, most = Range("k", 0), MOST_PEELED
    assert PEELED == (1, 2, 3, 8, 24) and most == 100
    assert _counts(said("2**k >= 9"), start) == [*PEELED]
    assert _counts(said("k >= 30"), start) == [*PEELED, 33]
    assert _counts(said("k >= 10"), start) == [1, 2, 3, 8, 13, 24]
    assert _counts(said(f"k >= {most - 3}"), start) == [*PEELED, most]
    assert _counts(said(f"k >= {most - 2}"), start) == [*PEELED]
    assert _counts(said("(k-5)*(k-30) >= 0"), start) == [*PEELED, 33]
    late, even = Range("k", 10), Range("k", 0, None, 0)
    assert _counts(said("k >= 30", None, "k >= 10"), late) == [1, 2, 3, 8, 23, 24]
    assert _counts(said("k >= 30", None, "k even"), even) == [1, 2, 3, 8, 17, 24]  # 0, 2, ..., 32
    assert _counts(said("k >= 3", None, "k >= 9"), Range("k", 9)) == [*PEELED]


def test_one_instance_may_be_compared_by_balls() -> None:
    """Sines of integers are no hypergeometric terms; two numbers are still compared."""
    for text, *where in (("sin(3) < 1/5",), ("sin(k) < 1/5", "k = 3")):
        (part,) = attempt(said(text, None, *where)).parts
        assert (part.outcome.truth, part.outcome.evidence) == (Truth.HOLDS, Evidence.CERTIFIED)
        assert part.outcome.law == "both sides compared"
    assert all(p.outcome.truth is Truth.UNDECIDED for p in attempt(said("sin(k) <= 1")).parts)
    assert all(p.outcome.truth is Truth.UNDECIDED for p in attempt(said("sin(3) < 1/10")).parts)
