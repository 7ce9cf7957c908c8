"""Rests of tails are sharp: where all signs agree, what may hide in the operands attains them at
the start."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb

from tests.theory.values import refuses_change
from theory.numbers.balls import ball, working_precision
from theory.statements.outcome import NotSymbolic
from theory.symbolic.bounded_expansions import EXTRA, NoTail, Tail
from theory.symbolic.constants import constant_ball

DIGITS = 40
TINY = arb(10) ** -30
LAST = 2**16  # no sign is looked for beyond


@pytest.fixture(autouse=True)
def _precise() -> object:
    with working_precision(DIGITS):
        yield


def tail(terms: dict[int, int], rest: int, order: int | None, start: int) -> Tail:
    return Tail(
        {Fraction(a): sp.Integer(c) for a, c in terms.items()},
        arb(rest),
        None if order is None else Fraction(order),
        start,
    )


def most(f: Tail, v: int) -> arb:
    """The largest value at v that the tail allows."""
    total = sum((constant_ball(c) * arb(v) ** ball(-a) for a, c in f.terms.items()), arb(0))
    return total + (0 if f.order is None else f.rest * arb(v) ** ball(-f.order))


def equal(one: arb, two: arb | int) -> bool:
    return bool(abs(one - two) < TINY)


POSITIVE = [
    tail({1: 1}, 2, 2, 1),
    tail({1: 3, 2: 1}, 1, 3, 2),
    tail({-1: 2, 0: 1, 1: 5}, 4, 2, 3),
    tail({}, 3, 1, 2),
    tail({0: 2}, 0, None, 1),
    tail({-2: 1, 1: 2}, 0, None, 5),
    tail({0: 1}, 7, 4, 4),
]


@pytest.mark.parametrize("f", POSITIVE, ids=str)
@pytest.mark.parametrize("g", POSITIVE, ids=str)
def test_sums_and_products_are_sharp_at_their_start(f: Tail, g: Tail) -> None:
    start = max(f.start, g.start)
    assert (f + g).start == (f * g).start == start
    f, g = replace(f, start=start), replace(g, start=start)
    for found, wanted in ((f + g, most(f, start) + most(g, start)), (f * g, most(f, start) * most(g, start))):
        assert equal(most(found, start), wanted)
        assert found.order is None or all(a < found.order for a in found.terms)
    assert equal(f.size() * arb(f.start) ** ball(-f.least), most(f, f.start))
    orders = [h.order for h in (f, g) if h.order is not None]
    assert (f + g).order == min(orders, default=None)
    reach = [h.order + other.least for h, other in ((f, g), (g, f)) if h.order is not None]
    assert (f * g).order == min(reach, default=None)
    assert (f - g).rest.overlaps((f + g).rest) or set(f.terms) & set(g.terms)


def test_a_tail_is_not_changed() -> None:
    refuses_change(POSITIVE[0])


def test_zero_times_anything_is_zero_without_a_rest() -> None:
    for f in (POSITIVE[1], tail({}, 0, None, 7)):
        for found in (f * Tail.constant(0), Tail.constant(0) * f):
            assert (dict(found.terms), found.order, found.start) == ({}, None, f.start) and equal(found.rest, 0)
    assert Tail.constant(0).least is None and dict(Tail.constant(3).terms) == {Fraction(0): 3}
    assert dict(Tail.power(Fraction(1, 2)).terms) == {Fraction(-1, 2): 1} and Tail.power(2).start == 1


@pytest.mark.parametrize(
    ("terms", "rest", "order", "start"),
    [
        ({0: 1, 1: -1}, 0, None, 8),
        ({0: 1, 1: -1}, 1, 2, 8),
        ({0: 1, 1: -2}, 1, 3, 16),
        ({0: 1}, 1, 1, 8),
        ({0: 1, 2: -3}, 2, 5, 8),
        ({0: 1}, 2, 4, 8),
        ({0: 1, 2: -1}, 0, None, 4),
    ],
)
def test_inverses_are_sharp_where_the_geometric_series_is(
    terms: dict[int, int], rest: int, order: int | None, start: int
) -> None:
    """1/(1-q) = 1 + q + ... + q^(n-1) + q^n/(1-q), q all of the positive -u that may hide."""
    f = tail(terms, rest, order, start)
    inverse = f.inverse()
    q = sum((-c * arb(start) ** -a for a, c in terms.items() if a), arb(0)) + (
        0 if order is None else rest * arb(start) ** -order
    )
    assert inverse.start == start
    assert equal(most(inverse, start), 1 / (1 - q))
    assert inverse.order == (order if order is not None else EXTRA)
    scaled = (f * Tail.power(-1) * Tail.constant(2)).inverse()
    assert equal(most(scaled, start), most(inverse, start) * start / 2)


def test_an_inverse_starts_where_the_rest_of_the_series_is_below_a_half() -> None:
    """1 - c/v, |u| = c/v < 1/2 beyond 2c: doubling from the start finds the first beyond."""
    for c, start, found in ((1, 1, 4), (1, 3, 3), (3, 7, 7), (3, 6, 12), (3, 5, 10)):
        assert tail({0: 1, 1: -c}, 0, None, start).inverse().start == found
    assert tail({0: 1, 1: -(LAST // 2)}, 0, None, LAST).inverse().start == 2 * LAST
    with pytest.raises(NoTail, match="too far out"):
        tail({0: 1, 1: -LAST}, 0, None, LAST + 1).inverse()
    assert equal(tail({2: 4}, 0, None, 1).inverse().rest, 0)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (tail({0: 1}, 1, 0, 1), "leading term is not known"),
        (tail({}, 1, 1, 1), "may be 0"),
        (tail({}, 0, None, 1), "may be 0"),
    ],
)
def test_what_may_be_zero_has_no_inverse(f: Tail, message: str) -> None:
    with pytest.raises(NoTail, match=message):
        f.inverse()


def test_terms_that_cancel_in_disguise_are_no_leading_terms() -> None:
    nothing = sp.sqrt(2) * sp.sqrt(3) - sp.sqrt(6) + sp.sqrt(5 + 2 * sp.sqrt(6)) - sp.sqrt(2) - sp.sqrt(3)
    f = Tail({Fraction(0): nothing, Fraction(1): sp.Integer(2)}, arb(0), None, 1)
    assert f.signed_from(3) == (1, 3)
    lead = f._leading()
    assert lead == (1, 2)


@pytest.mark.parametrize(
    ("exponent", "terms"),
    [
        (0, {0: 1}),
        (1, {-1: 2}),
        (2, {-2: 4}),
        (3, {-3: 8}),
        (-1, {1: sp.Rational(1, 2)}),
        (-2, {2: sp.Rational(1, 4)}),
        (Fraction(1, 2), {Fraction(-1, 2): sp.sqrt(2)}),
        (Fraction(-3, 2), {Fraction(3, 2): 2 ** sp.Rational(-3, 2)}),
    ],
)
def test_powers_of_one_term_are_exact(exponent: Fraction | int, terms: dict) -> None:
    found = tail({-1: 2}, 0, None, 3).raised(Fraction(exponent))
    assert dict(found.terms) == terms and found.order is None and equal(found.rest, 0)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (tail({-1: 2}, 1, 0, 1), "a sum that moves"),
        (tail({-1: 2, 0: 1}, 0, None, 1), "a sum that moves"),
        (tail({-1: -2}, 0, None, 1), "not positive"),
        (tail({}, 0, None, 1), "a sum that moves"),
    ],
)
def test_roots_are_taken_of_one_positive_power_alone(f: Tail, message: str) -> None:
    with pytest.raises((NotSymbolic, NoTail), match=message):
        f.raised(Fraction(1, 2))


@pytest.mark.parametrize(
    ("power", "slope", "shift", "start"),
    [(-1, 1, 3, 1), (-2, 1, 1, 1), (-1, 2, 3, 1), (Fraction(-1, 2), 1, 2, 1), (-3, 3, 2, 1)],
)
def test_shifts_to_the_right_are_sharp_far_out(power: Fraction, slope: int, shift: int, start: int) -> None:
    """The binomial series of a negative power alternates: its rest is the first term left out, as v
    -> oo."""
    f = Tail.power(power)
    found = f.at(slope, shift)
    assert found.order == -power + EXTRA and found.start == start and len(found.terms) == EXTRA
    for v in (start, 10**5):
        exact = arb(slope * v + shift) ** ball(Fraction(power))
        shown = most(found, v) - found.rest * arb(v) ** ball(-found.order)
        gap = abs(exact - shown) * arb(v) ** ball(found.order)
        assert gap < found.rest
    assert gap > found.rest * arb("0.999")


@pytest.mark.parametrize(
    ("slope", "shift", "start", "rest"),
    [
        (1, -1, 2, 2**5),
        (1, -2, 3, 16 * 3**5),
        (2, -3, 3, Fraction(3, 2) ** 4 * 2**5 / 2),
        (2, -1, 2, Fraction(1, 2) ** 4 * Fraction(4, 3) ** 5 / 2),
    ],
)
def test_shifts_to_the_left_start_beyond_the_pole_with_lagranges_rest(
    slope: int, shift: int, start: int, rest: Fraction
) -> None:
    """|x|^4 (1 - |x|/v)^-5 / slope for 1/(slope (v + x)), at the least integer v with v - 1 >=
    |x|."""
    found = Tail.power(-1).at(slope, shift)
    assert found.start == start and equal(found.rest, ball(Fraction(rest)))
    for v in (start, 10 * start):
        exact = 1 / arb(slope * v + shift)
        assert abs(exact - most(found, v) + found.rest * arb(v) ** -5) <= found.rest * arb(v) ** -5


def test_a_polynomial_is_shifted_exactly() -> None:
    found = tail({-2: 1, 0: 3}, 0, None, 1).at(2, 5)  # (2v+5)^2 + 3
    assert {int(a): int(c) for a, c in found.terms.items()} == {-2: 4, -1: 20, 0: 28} and found.order is None
    assert dict(Tail.power(Fraction(1, 2)).at(4, 0).terms) == {Fraction(-1, 2): 2}
    assert Tail.constant(0).at(3, 1).order is None


@pytest.mark.parametrize(
    ("start", "slope", "shift", "found", "rest"),
    [
        (10, 2, 1, 5, Fraction(1, 4)),
        (10, 3, -2, 4, Fraction(1, 9) * Fraction(6, 5) ** 2),
        (10, 2, 0, 5, Fraction(1, 4)),
        (1, 1, 0, 1, Fraction(1)),
        (1, 1, -1, 2, Fraction(4)),
        (1, 1, 5, 1, Fraction(1)),
    ],
)
def test_a_rest_is_shifted_with_its_start(start: int, slope: int, shift: int, found: int, rest: Fraction) -> None:
    """(slope v + shift)^-2 = slope^-2 v^-2 (1 + x/v)^-2, largest at the start for x < 0, 1 at
    infinity for x > 0."""
    moved = tail({}, 1, 2, start).at(slope, shift)
    assert (moved.start, moved.order) == (found, 2) and equal(moved.rest, ball(rest))


@pytest.mark.parametrize(
    ("terms", "rest", "order", "start", "first", "found"),
    [
        ({0: 1, 1: -10}, 0, None, 1, 1, (1, 11)),
        ({0: -1, 1: 10}, 0, None, 1, 1, (-1, 11)),
        ({0: 1, 1: -10}, 0, None, 1, 20, (1, 20)),
        ({0: 1, 1: -10}, 0, None, 15, 3, (1, 15)),
        ({0: 2}, 7, 1, 1, 1, (1, 4)),
        ({1: 1}, 25, 3, 1, 1, (1, 6)),
        ({1: 1}, 24, 3, 1, 1, (1, 5)),
        ({}, 0, None, 4, 2, (0, 4)),
        ({}, 0, None, 4, 9, (0, 9)),
        ({}, 1, 3, 1, 1, None),
        ({-1: 3}, 0, None, 1, 1, (1, 1)),
        ({0: 1, 1: 1 - LAST}, 0, None, 1, 1, (1, LAST)),
        ({0: 1, 1: -LAST}, 0, None, 1, 1, None),
        ({0: 1, 1: -2, 2: -3}, 5, 3, 1, 1, (1, 4)),
    ],
)
def test_a_sign_is_certain_from_the_least_possible_value_on(
    terms: dict[int, int], rest: int, order: int | None, start: int, first: int, found: tuple[int, int] | None
) -> None:
    """The first v >= start, first at which the other terms and the rest are below the leading
    term."""
    assert tail(terms, rest, order, start).signed_from(first) == found
