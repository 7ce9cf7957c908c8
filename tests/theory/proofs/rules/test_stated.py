"""The rules that lead from a statement as it is written to its formulas: what they accept, and what they refuse."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.stated_steps import closed, facts_of, first_refusal, named, reading, refusal_of
from theory.derivations.by_ends import law_proof
from theory.derivations.one_hidden_layer import K0, NTK_
from theory.kernels import NTK
from theory.language.statement import parse_statement
from theory.proofs.rules.depth import THETA
from theory.proofs.rules.stated import claim_of
from theory.proofs.steps import Step
from theory.symbolic.objects import STATED, Layered, Mu, MuOn, Range, Told, d, k, n

NTK2, NTK3 = "NTK(depth=2)", "NTK(depth=3)"
EVEN, ODD, D = Range("k", 2, None, 0), Range("k", 3, None, 1), Range("d", 1)


# The first step.


def test_a_statement_is_named_as_it_is_written() -> None:
    stated = named("mu(k) = 0", NTK2, "k odd", "k >= 3")
    assert refusal_of(stated, {}) == ""
    assert str(stated.statement) == "mu(k) = 0, NTK(depth=2) : is the claim" and stated.ranges == (ODD, D)


@pytest.mark.parametrize(
    "says, kernel, where",
    [
        ("mu(k) >= 0", NTK2, ("k odd", "k >= 3")),
        ("mu(k) = 0", NTK3, ("k odd", "k >= 3")),
        ("mu(k) = 0", NTK2, ("k odd",)),
        ("mu(k+2) = 0", NTK2, ("k odd", "k >= 3")),
    ],
)
def test_other_words_of_another_statement_are_refused(says: str, kernel: str, where: tuple[str, ...]) -> None:
    other = parse_statement(says, kernel, where)
    stated = named("mu(k) = 0", NTK2, "k odd", "k >= 3")
    assert refusal_of(Step("stated", stated.statement, "as-stated", (), other, stated.ranges), {})
    said = Told(stated.left, claim_of(other))
    assert refusal_of(Step("stated", said, "as-stated", (), stated.data, stated.ranges), {})
    assert refusal_of(Step("stated", Told(stated.left, STATED), "as-stated", (), "mu(k) = 0", stated.ranges), {})


# Eigenvalues below the line.


def test_an_eigenvalue_is_divided_by_where_it_is_known_not_to_vanish() -> None:
    """mu_k of NTK(2) is 0 for odd k >= 3; without its closed form nothing is known."""
    says, value = "1/mu(k) = O(k**(d+1)) as k -> oo", 1 / Mu(NTK_, k)
    cases = (("k even", "mu(k >= 2 even)", (EVEN, D), True), ("k odd", "mu(k >= 3 odd)", (ODD, D), False))
    for where, fact, ranges, fine in cases:
        stated = named(says, NTK2, where)
        facts = facts_of(stated)
        formula = closed("closed", Mu(NTK_, k), facts[fact].right, fact, *ranges)
        read = reading(stated, "left", value, "ntk-closed", "closed", name=NTK_, ranges=ranges)
        assert (first_refusal(facts, formula, read) == "") == fine
        blind = reading(stated, "left", value, "ntk-closed", name=NTK_, ranges=ranges)
        assert first_refusal(facts, formula, blind)


def test_so_it_is_once_its_law_is_known() -> None:
    """1/((d-1) mu_k) is 1/0 at d = 1, whatever the law."""
    name = Layered(THETA, 3)
    for below, value, fine in (
        ("mu(k)", 1 / Mu(name, k), True),
        ("((d-2)*mu(k))", sp.Integer(1), False),
        ("((d-1)*mu(k))", 1 / Mu(name, k), True),
    ):
        stated = named(f"1/{below} = O(k**4) as k -> oo", NTK3, "d = 2", "k odd")
        law = law_proof(NTK(depth=3), 5 / (4 * sp.pi * k**3), stated.ranges)
        facts = {step.name: step for step in (stated, *law.steps)}
        assert (refusal_of(reading(stated, "left", value, law.conclusion.name, name=name), facts) == "") == fine


def test_a_product_that_vanishes_for_one_dimension_is_not_divided_by() -> None:
    name = Layered(THETA, 3)
    stated = named("1/((d-1)*mu(k)) = O(k**(d+1)) as k -> oo", NTK3, "k odd")
    leading = 2 ** (d - 2) * sp.gamma((d + 1) / 2) ** 2 / sp.pi**2 * 5 / k ** (d + 1)
    law = law_proof(NTK(depth=3), leading, stated.ranges)
    facts = {step.name: step for step in (stated, *(law.steps if law else ()))}
    uses = (law.conclusion.name,) if law else ()
    for value in (1 / ((d - 1) * Mu(name, k)), 1 / Mu(name, k)):
        assert refusal_of(reading(stated, "left", value, *uses, name=name), facts)


# Closed forms.

F_EVEN = facts_of(named("mu(k) >= 0", NTK2))["mu(k >= 2 even)"].right
CLOSED = [
    (Mu(NTK_, k), F_EVEN, (EVEN, D)),
    (Mu(NTK_, k + 2), F_EVEN.subs(k, k + 2), (Range("k", 0, None, 0), D)),
    (Mu(NTK_, k + 1), F_EVEN.subs(k, k + 1), (Range("k", 1, None, 1), D)),
    (Mu(NTK_, 2 * d), F_EVEN.subs(k, 2 * d), (D,)),
    (MuOn(NTK_, 2 * d, 3), F_EVEN.subs({k: 2 * d, d: 3}, simultaneous=True), (D,)),
    (MuOn(NTK_, d, 2), F_EVEN.subs({k: d, d: 2}, simultaneous=True), (Range("d", 4, None, 0),)),
    (MuOn(NTK_, k, d + 2), F_EVEN.subs(d, d + 2), (EVEN, D)),
    (Mu(NTK_, 2 * n), F_EVEN.subs(k, 2 * n), (Range("n", 1), D)),
    (Mu(NTK_, k), F_EVEN.subs(d, 2), (EVEN, Range("d", 2, 2))),
]


@pytest.mark.parametrize("spoken, value, ranges", CLOSED, ids=[str(spoken) for spoken, *_ in CLOSED])
def test_a_formula_is_put_in(spoken: sp.Expr, value: sp.Expr, ranges: tuple[Range, ...]) -> None:
    facts = facts_of(named("mu(k) >= 0", NTK2))
    assert refusal_of(closed("c", spoken, value, "mu(k >= 2 even)", *ranges), facts) == ""
    wrong_values = [value * k, value.subs(d, d + 1) if value.has(d) else 2 * value, facts["mu(k = 0)"].right]
    for wrong in wrong_values:
        assert refusal_of(closed("c", spoken, wrong, "mu(k >= 2 even)", *ranges), facts)
    for other in ("mu(k >= 3 odd)", "mu(k = 0)", "mu(k = 1)", "ntk-even", "k0-odd-mu", "t_k0-even"):
        assert refusal_of(closed("c", spoken, value, other, *ranges), facts)


@pytest.mark.parametrize(
    "spoken, value, ranges",
    [
        (Mu(NTK_, k), F_EVEN, (Range("k", 0, None, 0), D)),
        (Mu(NTK_, k), F_EVEN, (Range("k", 2), D)),
        (Mu(NTK_, k), F_EVEN, (ODD, D)),
        (Mu(NTK_, k - 2), F_EVEN.subs(k, k - 2), (EVEN, D)),
        (Mu(NTK_, k + 1), F_EVEN.subs(k, k + 1), (EVEN, D)),
        (Mu(NTK_, d), F_EVEN.subs(k, d), (Range("d", 2),)),
        (Mu(K0, k), F_EVEN, (EVEN, D)),
        (MuOn(NTK_, k, d - 1), F_EVEN.subs(d, d - 1), (EVEN, D)),
        # In mu(2*d, 3) the d of the index is not the dimension.
        (MuOn(NTK_, 2 * d, 3), F_EVEN.subs(k, 2 * d).subs(d, 3), (D,)),
        (MuOn(NTK_, d, 2), F_EVEN.subs(k, d).subs(d, 2), (Range("d", 4, None, 0),)),
        (Mu(NTK_, 2 * d), F_EVEN.subs({k: 2 * d, d: 3}, simultaneous=True), (D,)),
        (Mu(NTK_, k / 2), F_EVEN.subs(k, k / 2), (Range("k", 4, None, 0), D)),
    ],
)
def test_a_formula_is_not_put_in_beyond_its_reach(spoken: sp.Expr, value: sp.Expr, ranges: tuple[Range, ...]) -> None:
    facts = facts_of(named("mu(k) >= 0", NTK2))
    assert refusal_of(closed("c", spoken, value, "mu(k >= 2 even)", *ranges), facts)
