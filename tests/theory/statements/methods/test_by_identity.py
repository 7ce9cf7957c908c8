"""Two sides that are one expression are equal, whatever the kernel; nothing else is said."""

from __future__ import annotations

import pytest

from theory.language.statement import parse_statement
from theory.numbers.truth import Truth
from theory.statements.decide import decide
from theory.statements.methods.by_identity import identity

N3 = "NTK(depth=3)"
SAME = [
    "mu(k)",
    "mu(k) + k",
    "2*mu(k) - mu(k)*2 + mu(k+1)",
    "(mu(k) + 1)**2",
    "sqrt(mu(k))",
    "mu(k)**k",
    "b(k)*N(d, k)",
]


@pytest.mark.parametrize("side", SAME)
@pytest.mark.parametrize(
    ("relation", "truth"),
    [
        ("=", Truth.HOLDS),
        ("<=", Truth.HOLDS),
        (">=", Truth.HOLDS),
        ("<", Truth.FAILS),
        (">", Truth.FAILS),
        ("!=", Truth.FAILS),
    ],
)
def test_a_side_beside_itself(side: str, relation: str, truth: Truth) -> None:
    found = identity(parse_statement(f"{side} {relation} {side}", N3, ["k >= 1"]))
    if "sqrt" in side or "**k" in side:  # a root, or a power, of a quantity whose sign is not looked at here
        assert found is None
    else:
        assert found.truth is truth


def test_sums_in_another_order_are_the_same() -> None:
    assert identity(parse_statement("(mu(k)+k)**2 = k**2 + 2*k*mu(k) + mu(k)**2", N3)).truth is Truth.HOLDS


@pytest.mark.parametrize(
    "says",
    [
        "mu(k) = mu(k+0*d+1)",
        "mu(k)/mu(k) = 1",
        "1/(k-3) = 1/(k-3)",
        "mu(k) = mu(k, 2)",
        "sqrt(k-5) = sqrt(k-5)",
        "mu(k) = Theta(mu(k)) as k -> oo",
    ],
)
def test_other_expressions_and_those_without_a_value_are_left(says: str) -> None:
    assert identity(parse_statement(says, N3)) is None


def test_where_a_side_has_no_value_it_fails() -> None:
    assert decide(parse_statement("1/(k-3) = 1/(k-3)")).truth is Truth.FAILS
    assert decide(parse_statement("mu(k)/mu(k) = 1", "NTK(depth=2)")).truth is Truth.FAILS
