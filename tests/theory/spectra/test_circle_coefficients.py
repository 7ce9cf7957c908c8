"""a(k) at d = 1 is the coefficient on T_k, N(1,k) mu(k), as `spectrum` prints it."""

from __future__ import annotations

import pytest

from theory.language.statement import circle_apart, parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.statements.decide import decide


@pytest.mark.parametrize(
    "says, where, truth",
    [
        ("a(0) = mu(0)", [], Truth.HOLDS),
        ("a(k) = 2*mu(k)", ["d = 1", "k >= 1"], Truth.HOLDS),
        ("a(k) = 2*mu(k)", ["d = 1"], Truth.FAILS),
        ("a(k) = N(d,k)*mu(k)", ["d = 1"], Truth.HOLDS),
        ("a(k) = N(d,k)*mu(k)", [], Truth.FAILS),
        ("a(k) >= mu(k)", [], Truth.HOLDS),
        ("a(k) = (2*k+d-1)/(d-1)*mu(k)", ["d >= 2"], Truth.HOLDS),
        ("a(k) = Theta(k**(-d)) as k -> oo", ["k even", "d >= 2"], Truth.HOLDS),
        ("a(k) = Theta(k**(-d)) as k -> oo", ["k even"], Truth.FAILS),
    ],
)
def test_coefficients_on_the_circle(says: str, where: list[str], truth: Truth) -> None:
    verdict = decide(parse_statement(says, "NTK(depth=2)", where))
    assert verdict.truth is truth
    assert verdict.evidence in (Evidence.PROVED, Evidence.CERTIFIED)


def test_only_statements_about_a_are_split() -> None:
    for says in ("mu(k) > 0", "b(n) >= 0", "a(k) = O(1) as d -> oo"):
        said = parse_statement(says, "NTK(depth=2)")
        assert circle_apart(said) == (None, said)
    first, rest = circle_apart(parse_statement("a(k) > 0", "NTK(depth=2)", ["d <= 1"]))
    assert first is not None and rest is None


def test_a_family_is_split_too() -> None:
    verdict = decide(parse_statement("a(k) > 0", "NTK(depth=L)", ["L >= 3"]))
    assert (verdict.truth, verdict.evidence) == (Truth.HOLDS, Evidence.PROVED)
    assert check(verdict.proof) and "d = 1, L >= 3" in verdict.why and "d >= 2, L >= 3" in verdict.why
    assert decide(parse_statement("a(k) > 0", "NTK(depth=L)", ["L >= 2"])).truth is Truth.FAILS  # a_3 = 0 at L = 2
