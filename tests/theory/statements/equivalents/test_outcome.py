"""The relation between what both sides grow like: on what evidence, and where it stays open."""

from __future__ import annotations

import sympy as sp

from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.definedness import Judge
from theory.statements.equivalents.outcome import law_outcome
from theory.statements.equivalents.sides import Reader
from theory.symbolic.objects import Range, d, k
from theory.symbolic.ranges import Ranges

NTK2, NTK3, NNGP3, GAUSS = "NTK(depth=2)", "NTK(depth=3)", "NNGP(depth=3)", "Gaussian(rate=2)"
EVEN, D1 = Range("k", 0, None, 0), Range("d", 1)


def said(text: str, kernel: str | None, variable: str, *where: str) -> Statement:
    return parse_statement(f"{text} = O(1) as {variable} -> oo", kernel, where)


def grow(text: str, kernel: str, variable: str, *ranges: Range) -> tuple[sp.Expr, bool, Reader]:
    statement = said(text, kernel, variable)
    reader = Reader(statement, Ranges(ranges))
    found = reader.growth_of(statement.left)
    return found.expression.subs(reader.used.constants), found.exact, reader


def outcome(says: str, kernel: str, ranges: tuple[Range, ...]) -> tuple[Truth, Evidence, str, str]:
    case, found = law_outcome(parse_statement(says, kernel), Ranges(ranges))
    assert case.ranges == ranges and not found.steps
    return found.truth, found.evidence, found.law, found.source


def test_an_outcome_says_what_it_rests_on() -> None:
    truth, evidence, law, source = outcome("mu(k) = Theta(k**(-d-1)) as k -> oo", NTK3, (EVEN, D1))
    assert (truth, evidence) == (Truth.HOLDS, Evidence.PROVED)
    assert source.startswith("mu(k) ~ 7*2**d*k**(-d - 1)*Gamma")
    twice = outcome("mu(k) + mu(k) = Theta(k**(-d-1)) as k -> oo", NTK3, (EVEN, D1))
    assert twice[3] == source  # what is used twice is said once
    assert outcome("mu(k) = o(k**(-d-1)) as k -> oo", NTK3, (EVEN, D1))[0] is Truth.FAILS
    # Without a law nothing rests on one, and still nothing is replayed.
    assert outcome("kappa(1) = O(k) as k -> oo", NTK3, (EVEN, D1)) == (
        Truth.HOLDS,
        Evidence.CHECKED,
        outcome("3 = O(k) as k -> oo", NTK3, (EVEN, D1))[2],
        "",
    )


def test_a_side_that_may_have_no_value_is_undecided() -> None:
    statement = parse_statement("mu(k) = O(1/(d-3)) as k -> oo", NTK3)
    _, found = law_outcome(statement, Ranges((EVEN, D1)))
    assert (found.truth, found.law) == (Truth.UNDECIDED, "it is not certain that d - 3 is not 0")
    assert found.law == Judge(statement, Ranges((EVEN, D1))).doubt(kernel_free=True)
    assert law_outcome(statement, Ranges((EVEN, Range("d", 4))))[1].truth is Truth.HOLDS


def test_a_law_without_parities_is_that_of_both() -> None:
    """exp(-2) Gamma((d+1)/2)/Gamma(k+(d+1)/2) for exp(-2(1-t)): mu_k ~ k! b_k over the moment of t^k P_k."""
    law = sp.exp(-2) * sp.gamma((d + 1) / 2) / sp.gamma(k + (d + 1) / 2)
    for parity in (0, 1):
        value, exact, _ = grow("mu(k)", GAUSS, "k", Range("k", parity, None, parity), D1)
        assert sp.limit((value / law).subs(d, 3), k, sp.oo) == 1 and not exact
