"""Ranges are split where the symbolic meaning changes."""

from __future__ import annotations

import pytest

from theory.language.statement import parse_statement
from theory.statements.splits import splits
from theory.symbolic.objects import Range

NTK2, STEP, RELU = "NTK(depth=2)", "ArcCosine(order=0)", "ArcCosine(order=1)"


SPLITS = {
    ("k >= 0",): "k >= 0",
    ("2**k >= 0",): "k >= 0",
    ("k >= 0", "k odd"): "k >= 1 odd",
    ("(-1)**3*k >= 0",): "k >= 0",
    ("k >= 0", "k <= 2"): "k = 0; k = 1; k = 2",
    ("N(d, k) >= 0",): "k >= 0, d >= 1",
    ("k**(-1) >= 0",): "k >= 0",
    ("mu(k) >= 0",): "k >= 0 even, d >= 1; k = 1, d >= 1; k >= 3 odd, d >= 1",
    ("mu(k,2) >= 0",): "k >= 0 even; k = 1; k >= 3 odd",
    ("a(k) >= 0", "d = 2"): "k >= 0 even, d = 2; k = 1, d = 2; k >= 3 odd, d = 2",
    ("mu(1,d) >= 0",): "d >= 1",
    ("mu(k+1,2) >= 0",): "k = 0; k >= 2 even; k >= 1 odd",
    ("mu(2*k,2) >= 0",): "k >= 0 even; k >= 1 odd",
    ("0 <= mu(2*k+1,2)",): "k = 0; k >= 2 even; k >= 1 odd",
    ("mu(3*k,2) >= 0",): "k >= 0 even; k >= 1 odd",
    ("mu(k-3,2) >= 0",): "k = 0; k = 2; k = 4; k >= 6 even; k = 1; k >= 3 odd",
    ("mu(k-3,2) >= 0", "k >= 5"): "k >= 6 even; k >= 5 odd",
    ("mu(k-3,2) >= 0", "k >= 3", "k even"): "k = 4; k >= 6 even",
    ("mu(k-3,2) >= mu(k,2)", "k odd"): "k = 1; k >= 3 odd",
    ("mu(2*k-9,2) >= 0", "k odd"): "k = 1; k = 3; k = 5; k >= 7 odd",
    ("mu(3*k-8,2) >= 0", "k odd"): "k = 1; k = 3; k >= 5 odd",
    ("b(n) >= 0",): "n = 0; n >= 2 even; n = 1; n >= 3 odd",
    ("b(n) >= mu(n,2)", "n odd"): "n = 1; n >= 3 odd",
    ("(-1)**k >= 0",): "k >= 0 even; k >= 1 odd",
    ("0 >= (-2)**(k+d)",): "k >= 0 even, d >= 2 even; k >= 0 even, d >= 1 odd; "
    "k >= 1 odd, d >= 2 even; k >= 1 odd, d >= 1 odd",
    ("(0-pi)**k >= 0", "k even"): "k >= 0 even",
    ("(-1)**k*n >= 0",): "k >= 0 even, n >= 0; k >= 1 odd, n >= 0",
    ("(k-3)**k >= 0",): "k >= 0",
    ("mu(0,2)**k >= 0",): "k >= 0",
}


def shown(parts: list[tuple[Range, ...]]) -> str:
    return "; ".join(", ".join(map(repr, ranges)) for ranges in parts)


@pytest.mark.parametrize("given", SPLITS, ids="; ".join)
def test_ranges_are_split_where_the_meaning_changes(given: tuple[str, ...]) -> None:
    """NTK(2): mu_k has a formula for even k, mu_1, and 0 for odd k >= 3; b_n also an own b_0."""
    needs = any(f in given[0] for f in ("mu(", "a(", "b("))
    assert shown(splits(parse_statement(given[0], NTK2 if needs else None, given[1:]))) == SPLITS[given]
