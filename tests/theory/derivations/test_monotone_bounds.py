"""Sharp bounds of positive terms: the extreme value, whether it is attained, a proof that replays."""

from __future__ import annotations

from itertools import product

import pytest
import sympy as sp

from theory.derivations.monotone_bounds import NoBounds, bound
from theory.proofs.check import check
from theory.proofs.steps import Proof
from theory.symbolic.objects import INTEGER_SYMBOLS, Range, d, k, n

WALLIS = k * sp.gamma(k / 2) ** 2 / sp.gamma((k + 1) / 2) ** 2  # pi, 8/pi, 3 pi/4, ... falls to 2
ALL, ODD, EVEN = Range("k", 1), Range("k", 1, None, 1), Range("k", 2, None, 0)
IN_D, ALL_D = WALLIS.subs(k, d), Range("d", 1)
# (term, ranges, least value, attained, greatest value, attained)
EXTREMES = [
    (WALLIS, [ODD], 2, False, sp.pi, True),
    (WALLIS, [EVEN], 2, False, 8 / sp.pi, True),
    (WALLIS, [ALL], 2, False, sp.pi, True),
    (WALLIS, [Range("k", 2)], 2, False, 8 / sp.pi, True),
    (WALLIS, [Range("k", 3)], 2, False, 3 * sp.pi / 4, True),
    (1 / WALLIS, [ALL], 1 / sp.pi, True, sp.Rational(1, 2), False),
    (1 / WALLIS, [Range("k", 2)], sp.pi / 8, True, sp.Rational(1, 2), False),
    ((k + 1) / k, [ALL], 1, False, 2, True),
    ((k + 1) / k, [EVEN], 1, False, sp.Rational(3, 2), True),
    (k / (k + 2), [ODD], sp.Rational(1, 3), True, 1, False),
    (2 * k / (k + 2), [Range("k", 3)], sp.Rational(6, 5), True, 2, False),
    (WALLIS * IN_D, [ALL, ALL_D], 4, False, sp.pi**2, True),
    (WALLIS / IN_D, [ALL, ALL_D], 2 / sp.pi, False, sp.pi / 2, False),
    (WALLIS, [ODD, Range("n", 1)], 2, False, sp.pi, True),
    (WALLIS * IN_D, [Range("k", 1, 1), ALL_D], 2 * sp.pi, False, sp.pi**2, True),
    ((k + d) / k, [ODD, Range("d", 2, 2)], 1, False, 3, True),
]


@pytest.mark.parametrize("case", EXTREMES, ids=lambda c: f"{c[0]} on {c[1]}")
@pytest.mark.parametrize("side", [-1, 1])
def test_a_bound_is_sharp_and_proved(case: tuple, side: int) -> None:
    term, ranges, low, has_low, high, has_high = case
    found = bound(term, ranges, side)
    value, attained = (high, has_high) if side > 0 else (low, has_low)
    assert sp.simplify(found.value - value) == 0 and found.attained == attained
    check(Proof("bound", found.steps))
    kinds = {
        (1, True): sp.LessThan,
        (1, False): sp.StrictLessThan,
        (-1, True): sp.GreaterThan,
        (-1, False): sp.StrictGreaterThan,
    }
    said = found.conclusion.statement
    assert type(said) is kinds[side, attained] and sp.simplify(said.rhs - value) == 0
    fixed = {INTEGER_SYMBOLS[w.name]: w.least for w in ranges if w.most is not None}
    assert sp.simplify(said.lhs - term.subs(fixed)) == 0
    moving = [w for w in ranges if w.most is None and INTEGER_SYMBOLS[w.name] in term.free_symbols]
    assert set(found.conclusion.ranges) == set(moving)
    samples = [
        sp.N(term.subs({INTEGER_SYMBOLS[w.name]: v for w, v in zip(ranges, point, strict=True)}), 20)
        for point in product(*(w.values(4) for w in ranges))
    ]
    best = max(side * s for s in samples)
    assert best <= side * sp.N(value, 20) + sp.Float("1e-17")
    assert (abs(best - side * sp.N(value, 20)) < 1e-17) == attained


@pytest.mark.parametrize("side", [-1, 1])
def test_a_constant_is_its_own_bound(side: int) -> None:
    for term, ranges, value in (
        (sp.pi * 2, [ALL], 2 * sp.pi),
        (WALLIS, [Range("k", 2, 2)], 8 / sp.pi),
        (k * d, [Range("k", 3, 3), Range("d", 2, 2)], 6),
    ):
        found = bound(term, ranges, side)
        assert found.value == value and found.attained and found.steps == ()


UNBOUNDED = [
    (k, [ALL], 1, "the term is unbounded or tends to 0 as k -> oo"),
    (1 / k, [ALL], -1, "the term is unbounded or tends to 0 as k -> oo"),
    (2**k, [ALL], 1, "unbounded"),
    (k * d, [ALL, ALL_D], 1, "tends to 0 as d -> oo; the term is unbounded or tends to 0 as k -> oo"),
    (k, [Range("k", 1, 9)], 1, "1 <= k <= 9 is bounded above"),
    ((k - 5) ** 2 + 1, [ALL], -1, "no monotonicity in k could be proved"),
    (k + 1 / k, [Range("k", 1)], 1, "unbounded"),
    (n + 9 / n, [Range("n", 1)], -1, "no monotonicity in n could be proved"),
]


@pytest.mark.parametrize("case", UNBOUNDED, ids=lambda c: str(c[0]))
def test_without_a_bound_or_a_proof_there_is_none(case: tuple) -> None:
    term, ranges, side, why = case
    with pytest.raises(NoBounds) as refusal:
        bound(term, ranges, side)
    assert why in str(refusal.value)


def test_the_least_side_of_what_grows_is_found() -> None:
    found = bound(k * 2**k, [ALL], -1)
    assert (found.value, found.attained) == (2, True)
    assert bound(k + 1 / k, [ODD], -1).value == 2
    both = bound(k * d, [Range("k", 3), Range("d", 2)], -1)
    assert (both.value, both.attained) == (6, True)
    check(Proof("bound", both.steps))


def test_logarithms_are_needed_where_a_power_moves() -> None:
    """(1 + 1/k)^k rises from 2 to e: its ratio is no rational function."""
    term = ((k + 1) / k) ** k
    low, high = bound(term, [ALL], -1), bound(term, [ALL], 1)
    assert (low.value, low.attained) == (2, True)
    assert (high.value, high.attained) == (sp.E, False)
    for found in (low, high):
        check(Proof("bound", found.steps))
