"""One constant for all values: the sharp one is found, and a ray refutes."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.numbers.truth import Truth
from theory.proofs.check import check
from theory.proofs.steps import Proof
from theory.statements.cases.uniform_bounds import uniformly
from theory.statements.outcome import Case, Outcome
from theory.symbolic.objects import Range, d, k
from theory.symbolic.ranges import Ranges

HOLDS, FAILS, UNDECIDED = Truth.HOLDS, Truth.FAILS, Truth.UNDECIDED


ONE, ALL = Range("k", 1), Range("d", 1)


def case(ranges: tuple[Range, ...], left: sp.Expr, right: sp.Expr) -> Case:
    return Case(Ranges(ranges), left, right)


def replayed(outcome: Outcome) -> Outcome:
    if outcome.steps:
        check(Proof("growth", outcome.steps))
    return outcome


WALLIS = sp.gamma(k / 2) ** 2 * k / sp.gamma((k + 1) / 2) ** 2  # falls from pi to 2 on odd k


ODD = Range("k", 1, None, 1)


@pytest.mark.parametrize(
    ("left", "right", "relation", "truth", "law"),
    [
        (WALLIS, 1, "O", HOLDS, "left/right <= pi"),
        (WALLIS, 1, "Omega", HOLDS, "left/right > 2"),
        (WALLIS, 1, "Theta", HOLDS, "left/right > 2; left/right <= pi"),
        (1, WALLIS, "Theta", HOLDS, "left/right >= 1/pi; left/right < 1/2"),
        (WALLIS, k, "O", UNDECIDED, "tends to 0"),
        (WALLIS, k, "Omega", FAILS, "left/right ~ 2 * k**(-1)"),
    ],
)
def test_one_constant_for_all_values_is_the_sharp_one(
    left: sp.Expr, right: sp.Expr, relation: str, truth: Truth, law: str
) -> None:
    outcome = replayed(uniformly(case((ODD,), sp.sympify(left), sp.sympify(right)), relation))
    if truth is UNDECIDED:  # the quotient has an upper bound, but the search for it stops
        assert outcome.truth in (HOLDS, UNDECIDED)
        return
    assert (outcome.truth, outcome.law) == (truth, law)


def test_a_ray_refutes_a_uniform_constant() -> None:
    """At d = 3 (the least) k grows, at k = 1 d does; a bounded variable has no ray."""
    both = (ONE, Range("d", 3))
    outcome = uniformly(case(both, k * d, k), "O")
    assert (outcome.truth, outcome.at, outcome.law) == (FAILS, {"k": 1}, "left/right ~ 1 * d**(1)")
    outcome = uniformly(case(both, k * d, d), "O")
    assert (outcome.truth, outcome.at) == (FAILS, {"d": 3})
    bounded = uniformly(case((Range("k", 1, 5), Range("d", 3)), k * d, d), "O")
    assert bounded.truth is not FAILS
