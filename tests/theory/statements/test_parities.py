"""The parity of an index from those of its variables."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.language.statement import Statement, parse_statement
from theory.statements.meaning import expression_at
from theory.statements.outcome import NotSymbolic
from theory.statements.parities import parity_of
from theory.symbolic.objects import Range, d, k, n
from theory.symbolic.ranges import Ranges


def side(text: str, kernel: str | None = None, *ranges: Range) -> sp.Expr:
    statement: Statement = parse_statement(f"{text} >= 0", kernel)
    return expression_at(statement.left, statement.kernel, Ranges(ranges))


PARITIES = {"k": 0, "d": 1}


OF = {
    k: 0,
    d: 1,
    k + 1: 1,
    k + d: 1,
    3 * d + k: 1,
    2 * n: 0,
    2 * n + 3: 1,
    4 * n + d + 1: 0,
    3 * k - 5: 1,
    d - 6: 1,
    sp.Integer(7): 1,
    (d + 1) * 2 + d: 1,
}


@pytest.mark.parametrize("index", OF, ids=str)
def test_the_parity_of_an_index(index: sp.Expr) -> None:
    assert parity_of(index, PARITIES) == OF[index]


def test_a_parity_that_is_not_known() -> None:
    for index in (n, k + n, 3 * n + 2):
        with pytest.raises(NotSymbolic, match="the parity of .* is not fixed"):
            parity_of(index, PARITIES)
    for text in ("(-1)**(k*d)", "(-1)**(k/2)", "(-2)**(2**k)", "(-1)**(k**2)"):
        with pytest.raises(NotSymbolic, match="a power of a negative number with exponent"):
            side(text, None, Range("k", 0, None, 0), Range("d", 1, None, 1))
    with pytest.raises(NotSymbolic, match="is not fixed"):
        side("(-1)**k")
    assert side("(-2)**(2*k+1)") == -(2 ** (2 * k + 1))
