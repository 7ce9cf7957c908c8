"""Constants that no hypergeometric term holds are named."""

from __future__ import annotations

import sympy as sp

from theory.language.statement import Statement, parse_statement
from theory.statements.equivalents.sides import Reader
from theory.symbolic.objects import INTEGER_SYMBOLS, Range, d, k
from theory.symbolic.ranges import Ranges

NTK2, NTK3, NNGP3, GAUSS = "NTK(depth=2)", "NTK(depth=3)", "NNGP(depth=3)", "Gaussian(rate=2)"
EVEN, D1 = Range("k", 0, None, 0), Range("d", 1)


def said(text: str, kernel: str | None, variable: str, *where: str) -> Statement:
    return parse_statement(f"{text} = O(1) as {variable} -> oo", kernel, where)


def test_constants_that_no_term_holds_are_named() -> None:
    reader = Reader(said("mu(k)", NTK3, "k"), Ranges((EVEN, D1)))
    for constant in (sp.acos(1 / sp.pi), 1 - sp.sqrt(2), sp.log(2) + 1):
        found = reader.used.hypergeometric(constant)
        (symbol,) = found.free_symbols
        assert abs(sp.N(found.subs(reader.used.constants) - constant, 20)) < 1e-18
        assert str(symbol).startswith("log(") and symbol.is_real
        assert sp.N(reader.used.constants[symbol] - sp.log(abs(constant)), 20) < 1e-18
    for plain in (sp.pi * k, sp.Rational(3, 7), sp.exp(2) * d, sp.gamma(k / 2), sp.sqrt(2) * k**2, k):
        assert reader.used.hypergeometric(plain) == plain
    base = reader.used.hypergeometric((1 + sp.sqrt(2)) ** k * d)
    assert base.has(k)
    assert abs(sp.N(base.subs(reader.used.constants).subs({k: 3, d: 2}) - 2 * (1 + sp.sqrt(2)) ** 3, 15)) < (1e-12)
    assert reader.variable == INTEGER_SYMBOLS["k"] and reader.free == (D1,)
