"""Orders of growth on every scale v^p log(v)^q: an exponent that is no line is no constant."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.statements.decide import decide
from theory.symbolic.growth import growth
from theory.symbolic.hypergeometric import NotHypergeometric, single_term

V = sp.Symbol("v", positive=True)
HOLDS, FAILS = Truth.HOLDS, Truth.FAILS


@pytest.mark.parametrize(
    "term, scales",
    [
        (2 ** (V**2), {(2, 0): sp.log(2)}),
        (sp.exp(-sp.sqrt(V)), {(sp.Rational(1, 2), 0): -1}),
        (V ** (V**2), {(2, 1): 1}),
        (V ** sp.log(V), {(0, 2): 1}),
        (2 ** (1 / V), {}),
        (sp.exp(-3 * V ** sp.Rational(2, 3)), {(sp.Rational(2, 3), 0): -3}),
    ],
)
def test_scales_beyond_the_three(term: sp.Expr, scales: dict[tuple[sp.Expr, int], sp.Expr]) -> None:
    found = growth(single_term(term), V)
    assert dict(found.beyond) == scales
    assert found.rate == found.exponent == found.superexponential == 0 and found.constant == 1
    assert found.is_power() is (not scales)


@pytest.mark.parametrize("term", [(1 + 1 / V) ** (V**2), 2 ** sp.sin(V), 2 ** (2**V)])
def test_exponents_that_have_no_scale_are_refused(term: sp.Expr) -> None:
    with pytest.raises(NotHypergeometric):
        growth(single_term(term), V)


def test_a_base_near_one_counts_to_its_second_term() -> None:
    """(1 + 1/v)^v -> e, (1 + 1/v)^sqrt(v) -> 1, ((v+1)/v)^(v^(3/2)) ~ exp(sqrt(v))."""
    near = 1 + 1 / V
    assert growth(single_term(near**V), V).constant == sp.E
    assert growth(single_term(near ** sp.sqrt(V)), V).constant == 1
    assert dict(growth(single_term(near ** (V ** sp.Rational(3, 2))), V).beyond) == {(sp.Rational(1, 2), 0): 1}


PLAIN = [
    ("2**(-k) = O(2**(-k**2)) as k -> oo", FAILS),
    ("2**(k**2) = O(2**(100*k)) as k -> oo", FAILS),
    ("k**(k**2) = O(k**k) as k -> oo", FAILS),
    ("exp(-k**2) = Omega(exp(-k)) as k -> oo", FAILS),
    ("factorial(k) = o(2**(k**2)) as k -> oo", HOLDS),
    ("2**(k**2) = Omega(3**k) as k -> oo", HOLDS),
    ("2**(k**2) ~ 2**k as k -> oo", FAILS),
    ("k**log(k) = O(2**sqrt(k)) as k -> oo", HOLDS),
    ("2**k = O(k**log(k)) as k -> oo", FAILS),
]
OF_KERNELS = [
    ("mu(k) = O(exp(-sqrt(k))) as k -> oo", "NTK(depth=3)", ["d = 2"], FAILS),
    ("mu(k) = Omega(exp(-sqrt(k))) as k -> oo", "NTK(depth=3)", ["d = 2"], HOLDS),
    ("mu(k) = Theta(k**(-3)*2**log(k)) as k -> oo", "NTK(depth=3)", ["d = 2"], FAILS),
    ("mu(k) = Theta(k**(-3)*2**(1/k)) as k -> oo", "NTK(depth=3)", ["d = 2"], HOLDS),
    ("mu(2) = Theta(d**(-2)*exp(-sqrt(d))) as d -> oo", "NTK(depth=3)", [], FAILS),
    ("b(n) = O(exp(-sqrt(n))) as n -> oo", "NTK(depth=3)", [], FAILS),
    ("mu(k)*exp(k**2) = O(k**(-d)) as k -> oo", "NTK(depth=2)", ["k even"], FAILS),
    ("mu(k) = O(k**(-10)) as k -> oo", 'Dual("tanh")', [], HOLDS),
    ("mu(k) = O(exp(-4*k**(2/3))) as k -> oo", 'Dual("tanh")', ["d = 1", "k odd"], FAILS),
    ("mu(k) = O(exp(-3*k**(2/3))) as k -> oo", 'Dual("tanh")', ["d = 1", "k odd"], HOLDS),
    ("mu(k) = Omega(exp(-k**2)) as k -> oo", "Gaussian(rate=1)", [], HOLDS),
    ("mu(k) = O(exp(-k**2)) as k -> oo", "Gaussian(rate=1)", [], FAILS),
]


@pytest.mark.parametrize("says, truth", PLAIN)
def test_orders_without_a_kernel(says: str, truth: Truth) -> None:
    verdict = decide(parse_statement(says))
    assert verdict.truth is truth and verdict.evidence is Evidence.CHECKED  # no rule replays these scales


@pytest.mark.parametrize("says, kernel, where, truth", OF_KERNELS)
def test_orders_of_eigenvalues(says: str, kernel: str, where: list[str], truth: Truth) -> None:
    assert decide(parse_statement(says, kernel, where)).truth is truth


@pytest.mark.parametrize(
    "says, truth",
    [
        ("2**k = O(3**k) as k -> oo", HOLDS),
        ("k**5*2**k + k = o(3**k) as k -> oo", HOLDS),
        ("factorial(k) = Omega(5**k) as k -> oo", HOLDS),
        ("3**k = O(2**k*k**9) as k -> oo", FAILS),
    ],
)
def test_exponential_orders_are_proved_step_by_step(says: str, truth: Truth) -> None:
    verdict = decide(parse_statement(says))
    assert verdict.truth is truth and verdict.evidence is Evidence.PROVED
    rules = {step.rule for step in verdict.proof.steps}
    assert rules == {"as-stated", "reading", "vanishing", "part", "whole"} and check(verdict.proof) == ("stirling",)
