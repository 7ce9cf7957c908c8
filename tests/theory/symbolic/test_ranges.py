"""Ranges of several variables: what is looked up, replaced and pinned, and what is left as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.symbolic.objects import Range
from theory.symbolic.ranges import LEAST, Ranges, inside, range_in

NAMES = ("k", "n", "d", "L")


@st.composite
def ranges_of(draw: st.DrawFn, name: str) -> Range:
    least, parity = draw(st.integers(0, 9)), draw(st.sampled_from((None, 0, 1)))
    where = Range(name, least, None, parity)
    count = draw(st.sampled_from((None, 1, 2, 5)))
    return where if count is None else Range(name, where.least, where.values(count)[-1], parity)


@st.composite
def several(draw: st.DrawFn) -> Ranges:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    return Ranges(draw(ranges_of(name)) for name in names)


@given(several())
def test_a_tuple_of_ranges_of_different_names(where: Ranges) -> None:
    assert where == tuple(where) and hash(where) == hash(tuple(where)) and repr(where) == repr(tuple(where))
    for w in where:
        assert where.named(w.name) is where.find(w.name) is range_in(where, w.name) is w
    for name in set(NAMES) - set(where.names):
        assert where.find(name) is None and range_in(where, name) == Range(name, LEAST[name])
        with pytest.raises(KeyError, match=name):
            where.named(name)


@given(several(), st.data())
def test_what_is_replaced_is_one_and_stands_where_it_stood(where: Ranges, data: st.DataObject) -> None:
    new = data.draw(st.sampled_from(NAMES).flatmap(ranges_of))
    changed = where.replaced(new)
    assert changed.names == where.names and changed.without(new.name) == where.without(new.name)
    assert changed.find(new.name) == (new if new.name in where.names else None)
    assert where.replaced() == where and where.replaced(*where) == where


@given(several(), st.sampled_from((None, *NAMES)))
def test_the_others_are_without_one(where: Ranges, name: str | None) -> None:
    assert where.without(name).names == tuple(other for other in where.names if other != name)


@given(several())
def test_least_singles_parities_and_free(where: Ranges) -> None:
    assert where.contains(where.least) and list(where.least) == list(where.names)
    assert where.pinned(where.least).singles == where.least and not where.pinned(where.least).free
    assert set(where.singles) | set(where.free.names) == set(where.names)
    assert not set(where.singles) & set(where.free.names)
    assert all(where.least[name] % 2 == parity for name, parity in where.parities.items())
    assert all(w.values(2) == [w.least] for w in where if w.is_single)


@given(several(), st.integers(1, 3))
def test_points_are_the_first_ones(where: Ranges, count: int) -> None:
    points = where.points(count)
    assert points[0] == where.least and len({tuple(at.items()) for at in points}) == len(points)
    assert all(where.contains(at) for at in points)
    assert len(points) == len([1 for at in points if where.pinned(at).singles == at])


@given(several(), st.data())
def test_peeled_parts_are_the_whole(where: Ranges, data: st.DataObject) -> None:
    for name in where.names:
        first, rest = where.peeled(name)
        at = {w.name: data.draw(st.integers(0, 14)) for w in where}
        assert where.contains(at) == (first.contains(at) or rest.contains(at))
        assert not (first.contains(at) and rest.contains(at))


@given(ranges_of("k"), ranges_of("k"))
def test_inside_is_that_no_value_lies_outside(inner: Range, outer: Range) -> None:
    """Of ranges with an end all values are looked at; what has none is inside only of what has none."""
    within = all(outer.contains(value) for value in inner.values(40))
    assert inside(inner, outer) <= within
    if inner.most is None or inner.parity is not None or outer.parity is None:
        assert inside(inner, outer) == (within and (inner.most is not None or outer.most is None))


def test_a_value_outside_is_noticed() -> None:
    """The twin of `contains`: below, above, of the other parity."""
    even = Range("k", 2, 6, 0)
    assert [v for v in range(9) if even.contains(v)] == [2, 4, 6] == even.values(9)
    where = Ranges((even, Range("d", 1)))
    assert where.contains({"k": 4, "d": 1}) and not where.contains({"k": 4, "d": 0})
    assert where.text == "2 <= k <= 6 even, d >= 1" and Ranges().text == ""
