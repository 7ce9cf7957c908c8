"""What begins far out is not judged: right verdicts that the first points speak against."""

from __future__ import annotations

import pytest

from theory.language.statement import parse_statement
from theory.numbers.truth import Truth
from theory.statements.falsifier import confront

LATE = [
    ("factorial(k) = O(10**(30*k)) as k -> oo", Truth.FAILS),
    ("10**(30*k) = o(factorial(k)) as k -> oo", Truth.HOLDS),
    ("k**(k/1000) = O(2**k) as k -> oo", Truth.FAILS),
    ("k**k = Omega(10**(20*k)) as k -> oo", Truth.HOLDS),
    ("Gamma(k/10+1) = O(10**(9*k)) as k -> oo", Truth.FAILS),
    ("k/(1+k*d/10**20) = O(1) uniformly", Truth.HOLDS),
    ("pi**k = O(3.14159265358979**k) as k -> oo", Truth.FAILS),
    ("k**(-1/10**8) = o(1) as k -> oo", Truth.HOLDS),
    ("k**(-1/10**8) = Theta(1) as k -> oo", Truth.FAILS),
    ("(1+10**(-12))*k ~ k as k -> oo", Truth.FAILS),
]
EARLY = [
    ("factorial(k) = O(2**k) as k -> oo", Truth.HOLDS),
    ("2**k = o(factorial(k)) as k -> oo", Truth.FAILS),
    ("2**k = O(k**5) as k -> oo", Truth.HOLDS),
    ("k**5 = O(2**k) as k -> oo", Truth.FAILS),
    ("(k+d)**2 = O(k+d) uniformly", Truth.HOLDS),
    ("2*k ~ k as k -> oo", Truth.HOLDS),
]


@pytest.mark.parametrize(("says", "truth"), LATE)
def test_what_begins_far_out_is_not_judged(says: str, truth: Truth) -> None:
    assert confront(parse_statement(says), truth, None).contradiction is None


@pytest.mark.parametrize(("says", "truth"), EARLY)
def test_what_shows_early_is(says: str, truth: Truth) -> None:
    assert confront(parse_statement(says), truth, None).contradiction is not None
