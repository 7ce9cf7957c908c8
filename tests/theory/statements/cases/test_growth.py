"""O, Omega, Theta, o and ~ of two expressions: every relation beside every kind of growth, with its
proof."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.values import refuses_change
from theory.numbers.truth import Evidence, Truth
from theory.proofs.check import check
from theory.proofs.steps import Proof
from theory.statements.cases.growth import as_variable_grows, comparison, never_zero
from theory.statements.cases.uniform_bounds import uniformly
from theory.statements.outcome import Case, NotSymbolic, Outcome
from theory.symbolic.constants import named
from theory.symbolic.growth import growth
from theory.symbolic.hypergeometric import single_term
from theory.symbolic.objects import L, Range, SlopeProduct, d, k
from theory.symbolic.ranges import Ranges

HOLDS, FAILS, UNDECIDED = Truth.HOLDS, Truth.FAILS, Truth.UNDECIDED
RELATIONS = ("O", "Omega", "Theta", "o", "~")
TRUE = {  # by the limit of left/right
    "zero": ("O", "o"),
    "constant": ("O", "Omega", "Theta"),
    "one": ("O", "Omega", "Theta", "~"),
    "infinity": ("Omega",),
}
ONE, ALL = Range("k", 1), Range("d", 1)
ROOT = sp.gamma(k + sp.Rational(1, 2)) / sp.gamma(k)  # ~ sqrt(k)


def case(ranges: tuple[Range, ...], left: sp.Expr, right: sp.Expr) -> Case:
    return Case(Ranges(ranges), left, right)


def replayed(outcome: Outcome) -> Outcome:
    if outcome.steps:
        check(Proof("growth", outcome.steps))
    return outcome


@pytest.mark.parametrize(
    ("left", "right", "limit", "law"),
    [
        (2 * k, k, "constant", "left/right -> 2"),
        (k + 5, k, "one", "left/right -> 1"),
        (k, k + 5, "one", "left/right -> 1"),
        (-k, 3 * k, "constant", "left/right -> -1/3"),
        (ROOT, sp.sqrt(k), "one", "left/right -> 1"),
        (sp.pi * ROOT, sp.sqrt(k), "constant", "left/right -> pi"),
        (2 * k, k**2, "zero", "left/right ~ 2 * k**(-1)"),
        (k**2, 2 * k, "infinity", "left/right ~ 1/2 * k**(1)"),
        (ROOT, k, "zero", "left/right ~ 1 * k**(-1/2)"),
        (2**k, 3**k, "zero", "log(left/right) ~ (-log(3) + log(2))*k"),
        (2**k, k**9, "infinity", "log(left/right) ~ (log(2))*k"),
        (k**9, 2**k, "zero", "log(left/right) ~ (-log(2))*k"),
        (sp.gamma(k), 2**k, "infinity", "log(left/right) ~ (1)*k*log(k)"),
        (sp.gamma(k), sp.gamma(2 * k), "zero", "log(left/right) ~ (-1)*k*log(k)"),
        (2**k + k**5, 2**k, "one", "left/right -> 1"),
        (k**5 + 2**k, 3 * 2**k, "constant", "left/right -> 1/3"),
        (ROOT + sp.sqrt(k), sp.sqrt(k), "constant", "left/right -> 2"),
        (sp.gamma(k) - 2**k, sp.gamma(k), "one", "left/right -> 1"),
    ],
)
def test_each_relation_has_its_truth(left: sp.Expr, right: sp.Expr, limit: str, law: str) -> None:
    for relation in RELATIONS:
        try:
            outcome = replayed(as_variable_grows(case((ONE,), left, right), relation, "k"))
        except ValueError as error:  # a sum of terms has no step for the limit of its quotient
            assert "sum of" in str(error) and left.is_Add
            continue
        assert (outcome.truth, outcome.law) == (HOLDS if relation in TRUE[limit] else FAILS, law)
        assert outcome.steps and outcome.evidence is Evidence.PROVED


@pytest.mark.parametrize(
    ("left", "right", "true"),
    [(0, 0, RELATIONS), (0, k, ("O", "o")), (k, 0, ("Omega",)), (sp.gamma(k + 1) - k * sp.gamma(k), 1, ("O", "o"))],
)
def test_a_side_that_is_zero_decides(left: sp.Expr, right: sp.Expr, true: tuple[str, ...]) -> None:
    for decide in (lambda case, r: as_variable_grows(case, r, "k"), uniformly):
        for relation in RELATIONS if decide is not uniformly else ("O", "Omega", "Theta"):
            outcome = decide(case((ONE,), sp.sympify(left), sp.sympify(right)), relation)
            assert outcome.truth is (HOLDS if relation in true else FAILS)
            sides = "both sides are 0" if right == 0 == left else f"the {'right' if right == 0 else 'left'} side is 0"
            assert outcome.law == sides


@pytest.mark.parametrize(
    ("left", "right", "relation", "truth", "at"),
    [
        (d * k, k, "O", HOLDS, None),
        (d * k, k, "Theta", HOLDS, None),
        (d * k, k, "~", FAILS, {"d": 2}),
        (d * k, k, "o", FAILS, {"d": 1}),
        ((d - 3) * k, k, "O", HOLDS, None),
        ((d - 3) * k, k, "Theta", FAILS, {"d": 3}),
        ((d - 30) * k, k, "Theta", UNDECIDED, None),
        (sp.sqrt(d - 1) * k, k, "Omega", FAILS, {"d": 1}),
        (k / sp.gamma(4 - d), k, "Omega", FAILS, {"d": 4}),
        ((d - 3) * k, k, "Omega", FAILS, {"d": 3}),
        (k, (d - 3) * k, "O", FAILS, {"d": 3}),
        ((d - 3) * k**2, k, "Omega", UNDECIDED, None),
        (d * k**2, k, "Omega", HOLDS, None),
        ((d - 3) * k, k**2, "o", HOLDS, None),
        (k**d, k, "Omega", UNDECIDED, None),
        (k ** (d + 1), k, "Omega", HOLDS, None),
        (k**d, k, "O", FAILS, {"d": 2}),
        (k**d, k**7, "O", FAILS, {"d": 8}),
        (k**d, k**8, "O", UNDECIDED, None),
        (k**-d, k, "O", HOLDS, None),
        (k, k**-d, "O", FAILS, {"d": 1}),
        ((d - 8) * k + k, k, "~", FAILS, {"d": 1}),
        (k, k, "o", FAILS, {"d": 1}),
        (k / d, k / d, "~", HOLDS, None),
    ],
)
def test_other_variables_are_fixed_one_value_at_a_time(
    left: sp.Expr, right: sp.Expr, relation: str, truth: Truth, at: dict[str, int] | None
) -> None:
    """Constants may differ from d to d; a value of d at which the relation fails refutes, of the
    first eight."""
    outcome = replayed(as_variable_grows(case((ONE, ALL), left, right), relation, "k"))
    assert (outcome.truth, outcome.at) == (truth, at)
    if at is not None:
        assert outcome.law.endswith(f" at d={at['d']}")


def test_a_point_of_several_variables_is_named_in_full() -> None:
    """k^(d - 2L) grows first at d = 3, L = 1."""
    given = case((ONE, ALL, Range("L", 1)), k**d, k ** (2 * L))
    outcome = replayed(as_variable_grows(given, "O", "k"))
    assert (outcome.truth, outcome.at) == (FAILS, {"d": 3, "L": 1})
    assert outcome.law == "log(left/right) ~ (-2*L + d)*log(k), so left/right ~ 1 * k**(1) at d=3, L=1"


def test_why_a_constant_may_vanish_is_said() -> None:
    given = case((ONE, ALL), (d - 30) * k, k)
    refuses_change(as_variable_grows(given, "O", "k"))
    assert as_variable_grows(given, "Theta", "k").law == "left/right -> d - 30, which may vanish"
    assert as_variable_grows(case((ONE, ALL), (d - 3) * k**2, k), "Omega", "k").law == (
        "left/right ~ (d - 3) * k**(1), where the constant may vanish"
    )
    assert as_variable_grows(case((ONE, ALL), k, (d - 30) * k), "O", "k").law.endswith("but the right side may vanish")
    assert as_variable_grows(case((ONE, Range("d", 4)), k, (d - 3) * k), "Theta", "k").truth is HOLDS


def test_terms_that_cancel_or_depend_on_others_decide_nothing() -> None:
    with pytest.raises(NotSymbolic, match="leading terms cancel"):
        as_variable_grows(case((ONE,), ROOT - sp.sqrt(k), sp.Integer(1)), "O", "k")
    with pytest.raises(NotSymbolic, match="depends on the other variables"):
        as_variable_grows(case((ONE, ALL), sp.gamma(k) * d**k + sp.gamma(k) * 3**k, sp.gamma(k)), "O", "k")


ORDERED = [1 / k, ROOT / k, sp.Integer(1), ROOT, k, 2**k, k * 2**k, 3**k, sp.gamma(k), sp.gamma(k + 1), sp.gamma(2 * k)]


def test_growths_are_compared_as_they_are_ordered() -> None:
    growths = [growth(single_term(term), k) for term in ORDERED]
    for i, one in enumerate(growths):
        for j, two in enumerate(growths):
            assert comparison(one, two) == (i > j) - (i < j)


SIX = sp.log(6) / (sp.log(2) + sp.log(3))  # 1


def test_symbols_that_stand_for_constants_are_put_in() -> None:
    c = sp.Symbol("c", positive=True)
    for value, truth in (
        (sp.Integer(1), HOLDS),
        (sp.log(3), FAILS),
        (1 + sp.log(3), FAILS),
        (SIX, HOLDS),
        (SIX + sp.log(2), FAILS),
    ):
        assert as_variable_grows(case((ONE,), c * k, k), "~", "k", {c: value}).truth is truth
    shown = as_variable_grows(case((ONE,), c * k**2, k), "Omega", "k", {c: 1 + sp.log(3)})
    assert shown.law == "left/right ~ (1 + log(3)) * k**(1)"
    plain = as_variable_grows(case((ONE,), c * k**2, k), "Omega", "k", {c: sp.log(3)})
    assert plain.law == "left/right ~ log(3) * k**(1)"


def test_a_limit_made_of_named_constants_is_one_where_the_polynomials_agree() -> None:
    x, c = named("asymptotic_x", sp.acos(1 / sp.pi)), sp.Symbol("c", positive=True)
    for value, truth in (
        ((x + 1) ** 2 / (x**2 + 2 * x + 1), HOLDS),
        ((x + 1) / (x + 2), FAILS),
        (x / sp.acos(1 / sp.pi), HOLDS),
        (2 * x / (x + sp.acos(1 / sp.pi)), HOLDS),
    ):
        assert as_variable_grows(case((ONE,), c * k, k), "~", "k", {c: value}).truth is truth
    moving = SlopeProduct(L)
    assert as_variable_grows(case((ONE,), c * k, k), "~", "k", {c: moving}).truth is not HOLDS


@pytest.mark.parametrize(
    "constant, certain",
    [
        (d + 1, True),
        (2 - d, False),  # 0 at d = 2
        (sp.gamma(d) / sp.gamma(d + 1), True),
        (1 / sp.gamma(3 - d), False),  # 0 from d = 3 on
        (sp.pi**d, True),
        ((d - 1) ** d, False),
        (sp.sin(d), False),  # no hypergeometric term: nothing is known
        (sp.cos(sp.pi * d / 2), False),
    ],
)
def test_a_limit_is_called_nonzero_only_where_no_factor_vanishes(constant: sp.Expr, certain: bool) -> None:
    assert never_zero(constant, Ranges((Range("d", 1),))) is certain
