"""Ranges are split where an index moves with the limit, or its parity counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from theory.language.statement import Statement, parse_statement
from theory.statements.law_parts import MAX_PARTS, law_parts
from theory.statements.outcome import NotSymbolic
from theory.symbolic.objects import Range

NTK2, NTK3, NNGP3, GAUSS = "NTK(depth=2)", "NTK(depth=3)", "NNGP(depth=3)", "Gaussian(rate=2)"


def said(text: str, kernel: str | None, variable: str, *where: str) -> Statement:
    return parse_statement(f"{text} = O(1) as {variable} -> oo", kernel, where)


def shown(parts: list[tuple[Range, ...]]) -> str:
    return "; ".join(", ".join(map(repr, ranges)) for ranges in parts)


PARTS = {
    ("mu(k)", "k"): "k >= 0 even, d >= 1; k >= 1 odd, d >= 1",
    ("mu(k)", "k", "k odd"): "k >= 1 odd, d >= 1",
    ("mu(k)", "k", "k >= 3"): "k >= 4 even, d >= 1; k >= 3 odd, d >= 1",
    ("b(n)", "n"): "n >= 0 even; n >= 1 odd",
    ("mu(k)", "k", "d <= 2"): "k >= 0 even, d = 1; k >= 0 even, d = 2; k >= 1 odd, d = 1; k >= 1 odd, d = 2",
    ("mu(2)*k", "k"): "k >= 0, d >= 1",
    ("mu(k)", "d", "k <= 1"): "k = 0, d >= 1; k = 1, d >= 1",
    ("a(k)", "d", "d >= 2"): "; ".join(
        f"{w}, d >= 2" for w in ("k = 0", "k = 2", "k >= 4 even", "k = 1", "k = 3", "k >= 5 odd")
    ),
    ("mu(k)", "d", "k even"): "k = 0, d >= 1; k = 2, d >= 1; k >= 4 even, d >= 1",
    ("b(n)*mu(2)", "d", "n odd"): "n = 1, d >= 1; n = 3, d >= 1; n >= 5 odd, d >= 1",
    ("mu(2, d)*k", "d"): "k >= 0, d >= 1",
    ("kappa(1/(k+1))", "k"): "k >= 0",
}


@pytest.mark.parametrize("given", PARTS, ids="; ".join)
def test_ranges_are_split_where_an_index_moves(given: tuple[str, ...]) -> None:
    text, variable, *where = given
    statement = said(text, NTK3, variable, *where)
    assert shown(law_parts(statement)) == PARTS[given]
    swapped = replace(statement, left=statement.right, right=statement.left)
    assert law_parts(swapped) == law_parts(statement)


def test_there_are_not_too_many_parts() -> None:
    assert len(law_parts(said("mu(k)", NTK3, "d", f"k <= {MAX_PARTS - 1}"))) == MAX_PARTS == 200
    many = [("mu(k)", f"k <= {MAX_PARTS}"), ("mu(k)*n", "k <= 14", "n <= 13"), ("mu(k)", "k <= 999999")]
    for text, *where in many:
        with pytest.raises(NotSymbolic, match="^more than 200 cases$"):
            law_parts(said(text, NTK3, "d", *where))
    assert len(law_parts(said("mu(k)*n", NTK3, "d", "k <= 13", "n <= 13"))) == 196
