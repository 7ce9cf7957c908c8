"""The rules that say what readings and facts mean for a statement: each with what would make it wrong.

The wrong verdicts below follow from steps that are true, about formulas that are not the statement's.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from tests.theory.stated_steps import closed, facts_of, first_refusal, named, part, reading, whole
from theory.derivations.one_hidden_layer import NTK_
from theory.proofs.rules.stated import claim_of
from theory.proofs.rules.verdicts import first_gap
from theory.proofs.steps import Step
from theory.symbolic.objects import FAILS, HOLDS, Kappa, Mu, MuOn, Range, Told, d, equal, k, t

NTK2 = "NTK(depth=2)"
K, D = Range("k", 0), Range("d", 1)
OO = sp.oo


def limit(name: str, term: sp.Expr, variable: sp.Symbol, value: sp.Expr, *ranges: Range, rule: str = "limit") -> Step:
    return Step(name, equal(sp.Limit(term, variable, OO), value), rule, (), None, ranges)


def positive(name: str, expression: sp.Expr, *ranges: Range) -> Step:
    return Step(name, sp.StrictGreaterThan(expression, 0, evaluate=False), "positive", (), None, ranges)


def judged(
    stated: Step, holds: bool, left: sp.Expr, right: sp.Expr, *deciding: Step, exponent: sp.Expr | None = None
) -> str:
    """Why the claim does not follow from the readings and the deciding steps; empty if it does."""
    readings = reading(stated, "left", left), reading(stated, "right", right)
    steps = (*deciding, *readings)
    conclusion = part(stated, holds, *steps, exponent=exponent)
    return first_refusal(facts_of(stated), *steps, conclusion, whole(stated, holds, conclusion))


# Wrong verdicts: the steps that were taken for proofs of them.


def test_a_root_has_the_sign_that_it_has_for_large_k() -> None:
    """sqrt((k-d)^2) is k - d for k > d, so it is not ~ -k, and its sum with -k is bounded."""
    stated = named("sqrt(k**2-2*k*d+d**2) ~ -k as k -> oo")
    wrong = limit("law", (d - k) / -k, k, sp.Integer(1), K, D)
    right = limit("law", (k - d) / -k, k, sp.Integer(-1), K, D)
    assert "reads otherwise" in judged(stated, True, d - k, -k, wrong)
    assert "does not follow" in judged(stated, True, k - d, -k, wrong)
    assert judged(stated, False, k - d, -k, right) == ""
    assert judged(stated, True, k - d, -k, right)
    bounded = named("sqrt(k**2-2*k*d+d**2) - k = O(1) as k -> oo")
    assert judged(bounded, True, -d, sp.Integer(1), limit("law", -d, k, -d, K, D)) == ""


def test_a_root_in_a_used_step_is_of_a_factor_that_is_positive() -> None:
    stated = named("k - d ~ -k as k -> oo")
    hidden = limit("law", sp.Pow((d - k) ** 2, sp.Rational(1, 2), evaluate=False) / -k, k, sp.Integer(-1), K, D)
    assert judged(stated, True, k - d, -k, hidden)


def test_a_constant_that_vanishes_for_some_dimension_is_no_theta() -> None:
    """binomial(3, d) k is 0 for d >= 4."""
    stated = named("binomial(3, d)*k = Theta(k) as k -> oo")
    constant = 6 / (sp.gamma(4 - d) * sp.gamma(d + 1))
    law = limit("law", constant, k, constant, K, D)
    assert judged(stated, True, constant * k, k, law)
    bounded = named("binomial(3, d)*k = O(k) as k -> oo")
    assert judged(bounded, True, constant * k, k, law) == ""
    below = named("binomial(3, d)*k = Theta(k) as k -> oo", None, "d <= 3")
    ranges = (K, Range("d", 2, 2))
    steps = (
        limit("law", sp.Integer(3), k, sp.Integer(3), *ranges),
        reading(below, "left", 3 * k, ranges=ranges),
        reading(below, "right", k, ranges=ranges),
    )
    fine = part(below, True, *steps, ranges=ranges)
    assert first_refusal(facts_of(below), *steps, fine) == ""
    assert "no part reaches" in first_refusal(facts_of(below), *steps, fine, whole(below, True, fine))


def test_a_factor_that_is_zero_on_the_circle() -> None:
    """sqrt(d-1) k = Theta(k) fails at d = 1 alone."""
    stated = named("sqrt(d-1)*k = Theta(k) as k -> oo")
    root = sp.sqrt(d - 1)
    assert judged(stated, True, root * k, k, limit("law", root, k, root, K, D))
    later = named("sqrt(d-1)*k = Theta(k) as k -> oo", None, "d >= 2")
    assert judged(later, True, root * k, k, limit("law", root, k, root, K, Range("d", 2))) == ""
    ranges = (K, Range("d", 1, 1))
    values = {"left": sp.Integer(0), "right": k}
    readings = [reading(stated, side, value, ranges=ranges) for side, value in values.items()]
    at_one = part(stated, False, *readings, ranges=ranges)
    assert first_refusal(facts_of(stated), *readings, at_one, whole(stated, False, at_one)) == ""


def test_the_index_and_the_sphere_are_put_in_at_once() -> None:
    """mu(2*d, 3) falls with d: on S^3 mu_k is of the order k^-4."""
    stated = named("mu(2*d, 3) = Theta(1) as d -> oo", NTK2)
    facts = facts_of(stated)
    formula = facts["mu(k >= 2 even)"].right
    spoken = MuOn(NTK_, 2 * d, 3)
    right = formula.subs({k: 2 * d, d: 3}, simultaneous=True)
    readings = (reading(stated, "left", spoken, "ntk-closed", name=NTK_), reading(stated, "right", sp.Integer(1)))
    constant = formula.subs({k: 6, d: 3})
    still = limit("law", constant, d, constant, D)
    for value in (constant, right):
        steps = (closed("c", spoken, value, "mu(k >= 2 even)", D), *readings, still)
        assert first_refusal(facts, *steps, part(stated, True, *steps))
    tends = limit("law", sp.factor(right) * d**4, d, 1 / (2 * sp.pi**2), D)
    steps = (closed("c", spoken, right, "mu(k >= 2 even)", D), *readings, tends)
    fails = part(stated, False, *steps, exponent=sp.Integer(-4))
    assert first_refusal(facts, *steps, fails, whole(stated, False, fails)) == ""
    assert first_refusal(facts, *steps, part(stated, True, *steps, exponent=sp.Integer(-4)))
    assert first_refusal(facts, *steps, part(stated, False, *steps, exponent=sp.Integer(-3)))


def test_a_square_may_be_zero() -> None:
    """(k - 300)^2 > 0 fails at k = 300."""
    stated = named("(k-300)**2 > 0")
    square = (k - 300) ** 2
    for deciding in ((), (positive("sign", square, Range("k", 301)),)):
        assert judged(stated, True, square, sp.Integer(0), *deciding)
    weaker = named("(k-300)**2 >= 0")
    assert judged(weaker, True, square, sp.Integer(0)) == ""
    assert judged(named("(k-300)**2 > 0", None, "k >= 301"), True, square, sp.Integer(0)) == ""
    assert judged(named("k**pi >= 0"), True, k**sp.pi, sp.Integer(0)) == ""


def test_equal_expressions_are_equal() -> None:
    name = NTK_
    stated = named("mu(k) <= mu(k)", NTK2)
    left = reading(stated, "left", Mu(name, k), "ntk-closed", name=name)
    conclusion = part(stated, True, left)
    assert first_refusal(facts_of(stated), left, conclusion, whole(stated, True, conclusion)) == ""
    assert first_refusal(facts_of(stated), left, part(stated, False, left))
    strict = named("mu(k) < mu(k)", NTK2)
    left = reading(strict, "left", Mu(name, k), "ntk-closed", name=name)
    assert first_refusal(facts_of(strict), left, part(strict, True, left))
    assert first_refusal(facts_of(strict), left, part(strict, False, left)) == ""


def test_a_relation_with_a_derivative_says_nothing_of_values() -> None:
    """k1' - k0 = 0 does not say that k0 = 0, whatever a derivative becomes when letters stand for functions."""
    stated = named("kappa(t) = 0", "ArcCosine(order=1)")
    name = sp.Symbol("k1")
    facts = facts_of(stated)
    left = reading(stated, "left", Kappa(name, t), "k1-closed", name=name)
    readings = (left, reading(stated, "right", sp.Integer(0)))
    for fact in ("k1-derivative", "k1-closed", "k1-relation"):
        conclusion = part(stated, True, *readings, facts[fact])
        assert first_refusal(facts, *readings, conclusion)


# Relations against each other, and their negations.

ORDERS = {"O": (-1, 0), "o": (-1,), "Theta": (0,), "Omega": (0, 1), "~": ()}


@pytest.mark.parametrize("relation", ORDERS)
@pytest.mark.parametrize("order", [-1, 0, 1])
def test_orders_of_growth(relation: str, order: int) -> None:
    right = f"{relation}(k)" if relation != "~" else "k"
    stated = named(f"3*k**{1 + order} {'=' if relation != '~' else '~'} {right} as k -> oo")
    law = limit("law", sp.Integer(3), k, sp.Integer(3), K)
    holds = order in ORDERS[relation]
    for claimed in (True, False):
        said = judged(stated, claimed, 3 * k ** (1 + order), k, law, exponent=sp.Integer(order))
        assert (said == "") == (claimed == holds), said


KNOWN = [("<", ("<",)), ("<=", ("<", "=")), ("=", ("=",)), ("!=", ("<", ">")), (">=", (">", "=")), (">", (">",))]


@pytest.mark.parametrize("relation, known", KNOWN)
def test_comparisons(relation: str, known: tuple[str, ...]) -> None:
    for text, value, truth in (("k + 1", k + 1, ">"), ("k", k, "="), ("k - 1", k - 1, "<")):
        stated = named(f"{text} {relation} k", None, "k >= 1")
        for claimed in (True, False):
            deciding = () if truth == "=" else (positive("sign", sp.Integer(1), Range("k", 1)),)
            assert (judged(stated, claimed, value, k, *deciding) == "") == (claimed == (truth in known))


def test_a_quotient_above_one() -> None:
    """2^k >= 1 by the quotient 2^k/1, which rises; at k = 0 it is 1."""
    stated = named("2**k >= 1", None, "k even")
    even = Range("k", 0, None, 0)
    rises = Step("rises", sp.StrictGreaterThan(2 ** (k + 2), 2**k, evaluate=False), "monotone", (), (k, 0), (even,))
    first = Step("first", sp.GreaterThan(2**k, 1, evaluate=False), "first-value", ("rises",), None, (even,))
    assert judged(stated, True, 2**k, sp.Integer(1), rises, first) == ""
    strict = named("2**k > 1", None, "k even")
    assert judged(strict, True, 2**k, sp.Integer(1), rises, first)


def test_a_uniform_bound_is_one_constant() -> None:
    stated = named("2**k = Omega(1) uniformly", None, "k even")
    even = Range("k", 0, None, 0)
    rises = Step("rises", sp.StrictGreaterThan(2 ** (k + 2), 2**k, evaluate=False), "monotone", (), (k, 0), (even,))
    first = Step("first", sp.GreaterThan(2**k, 1, evaluate=False), "first-value", ("rises",), None, (even,))
    assert judged(stated, True, 2**k, sp.Integer(1), rises, first) == ""
    for relation in ("O", "Theta"):
        other = named(f"2**k = {relation}(1) uniformly", None, "k even")
        assert judged(other, True, 2**k, sp.Integer(1), rises, first)
    fixed = named("k*d = O(k) uniformly")  # d is a constant for each d only
    assert judged(fixed, True, k * d, k, limit("law", d, k, d, K, D))


# The whole.


def test_parts_must_reach_every_value() -> None:
    stated = named("k + 1 > k")
    readings = [
        Step(f"{side}", reading(stated, side, value).statement, "reading", ("stated",), None, stated.ranges)
        for side, value in (("left", k + 1), ("right", k))
    ]
    facts = facts_of(stated)

    def covered(*ranges: Range) -> str:
        parts = [part(stated, True, *readings, ranges=(where,), name=f"part {i}") for i, where in enumerate(ranges)]
        return first_refusal(facts, *readings, *parts, whole(stated, True, *parts))

    even, odd = Range("k", 0, None, 0), Range("k", 1, None, 1)
    zero = Range("k", 0, 0)
    for whole_ in (
        (even, odd),
        (Range("k", 0),),
        (zero, Range("k", 1)),
        (Range("k", 0, 5), Range("k", 4)),
        (odd, zero, Range("k", 2, None, 0)),
    ):
        assert covered(*whole_) == ""
    for gap in (
        (even,),
        (odd,),
        (even, Range("k", 3, None, 1)),
        (Range("k", 1),),
        (Range("k", 0, 10**6),),
        (Range("k", 0, 5), Range("k", 7)),
        (even, Range("k", 1, 99, 1)),
        (),
    ):
        assert covered(*gap), gap


ends = st.one_of(st.none(), st.integers(0, 6))
bounds = st.builds(
    lambda least, more, parity: Range("k", least, None if more is None else least + more, parity),
    st.integers(0, 6),
    ends,
    st.sampled_from([None, 0, 1]),
)
dims = st.builds(
    lambda least, more: Range("d", least, None if more is None else least + more),
    st.integers(1, 3),
    st.one_of(st.none(), st.integers(0, 2)),
)


def has(where: Range, value: int) -> bool:
    return value >= where.least and (where.most is None or value <= where.most) and where.parity in (None, value % 2)


@given(bounds, dims, st.lists(st.tuples(bounds, dims), max_size=5))
@settings(max_examples=300 * FACTOR, deadline=None)
def test_a_gap_is_found_where_one_is(where: Range, dim: Range, parts: list[tuple[Range, Range]]) -> None:
    """By looking at every value: beyond 30 nothing changes but the parity."""
    if any(r.is_empty() for r in (where, dim, *(r for one in parts for r in one))):
        return
    missing = [
        (v, w)
        for v in range(30)
        for w in range(1, 12)
        if has(where, v) and has(dim, w) and not any(has(one, v) and has(other, w) for one, other in parts)
    ]
    assert (first_gap((where, dim), parts, None) is None) == (not missing)
    far = [(v, w) for v, w in missing if v >= 20]
    if where.most is None:
        assert (first_gap((where, dim), parts, "k") is None) == (not far)


def test_a_part_of_another_statement_is_no_part() -> None:
    first, second = named("k + 1 > k"), replace(named("k + 2 > k"), name="other")
    readings = (reading(first, "left", k + 1), reading(first, "right", k))
    conclusion = part(first, True, *readings)
    facts = {"stated": first, "other": second}
    told = Told(claim_of(second.data), HOLDS)
    stolen = Step("conclusion", told, "whole", ("other", "part"), None, second.ranges)
    assert first_refusal(facts, *readings, conclusion, stolen)
    turned = Step("conclusion", Told(claim_of(first.data), FAILS), "whole", ("stated", "part"), None, first.ranges)
    assert first_refusal(facts, *readings, conclusion, turned)
    foreign = Step("part", told, "part", ("other", "left", "right"), None, second.ranges)
    assert first_refusal(facts, *readings, foreign)
    assert first_refusal(facts, *readings, conclusion, whole(first, True, conclusion)) == ""


def test_what_holds_on_a_part_is_told_of_the_part() -> None:
    stated = named("k > d", None, "k >= 2", "d <= 9")
    ranges = (Range("k", 10), Range("d", 1, 9))
    readings = (reading(stated, "left", k), reading(stated, "right", d))
    fine = part(stated, True, *readings, ranges=ranges)
    assert first_refusal(facts_of(stated), *readings, fine) == ""
    assert first_refusal(facts_of(stated), *readings, replace(fine, ranges=stated.ranges))
    assert first_refusal(facts_of(stated), *readings, fine, whole(stated, True, fine))
    assert first_refusal(facts_of(stated), *readings, fine, whole(stated, True, fine, ranges=ranges)) == ""
    assert first_refusal(facts_of(stated), *readings, replace(fine, ranges=(Range("k", 10), Range("d", 1))))
