"""Steps that their rules accept, and how a falsified one is made of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from tests.theory.twin import Twin, greater
from tests.theory.uniform import uniform_bounds
from theory.derivations.ends_of_every_depth import depth_series, lower_series
from theory.derivations.one_hidden_layer import derive
from theory.kernels import NTK, ArcCosine
from theory.laws.decay import decay
from theory.proofs.steps import Step
from theory.symbolic.objects import Range, d, k
from theory.symbolic.ranges import Ranges

HALF_ONE = derive(NTK(2, (Fraction(1, 2), 1)))
DEEP, LOWER_END = depth_series(NTK, 4), lower_series(NTK)
ORDER_THREE = derive(ArcCosine(3))
SHAPE = d**d * k ** (k - 1) * (k + d) ** (-k - d)
LOWER, UPPER = uniform_bounds(NTK(2, (Fraction(1, 2), 1)), SHAPE, Ranges((Range("k", 2, None, 0), Range("d", 1))))
ALL_STEPS = {
    step.name: step
    for part in (HALF_ONE.steps, LOWER.steps, UPPER.steps, ORDER_THREE.steps, DEEP.steps, LOWER_END.steps)
    for step in part
}
HALF = sp.Rational(1, 2)
EVEN, ODD, ANY_D = Range("k", 2, None, 0), Range("k", 1, None, 1), Range("d", 1)
X, F = sp.symbols("x f")
SQUARE_ROOTS = sp.sqrt((k - 1) * (k - 2)) * sp.sqrt((k - 2) * (k - 3)) * sp.sqrt((k - 1) * (k - 3))


LAW = decay(NTK(depth=4), "k").law[0].proof
LAW_FACTS = {step.name: step for step in LAW.steps[:-1]}
SLOPE_VALUE = LAW_FACTS["slope-value"]


def before(name: str) -> dict[str, Step]:
    """The steps that stand before a step of the derivation."""
    names = list(ALL_STEPS)
    return {earlier: ALL_STEPS[earlier] for earlier in names[: names.index(name)]}


def twin(makes: str, name: str, *extra: Step, **changes: object) -> Twin:
    """A genuine step with some fields changed; `extra` facts stand before it."""
    return Twin(makes, replace(ALL_STEPS[name], **changes), before(name) | {f.name: f for f in extra})


def twin_of_law(makes: str, **changes: object) -> Twin:
    """The law of NTK(depth=4) for even degrees with some fields changed."""
    return Twin(makes, replace(LAW.conclusion, **changes), LAW_FACTS)


def given(name: str, statement: sp.Rel, *ranges: Range, rule: str = "given", data: object = None) -> Step:
    """A fact that a twin may use."""
    return Step(name, statement, rule, data=data, ranges=ranges)


def invented(makes: str, statement: object, rule: str, *facts: Step, data: object = None, ranges: tuple = ()) -> Twin:
    """A false step of its own, which uses all the facts."""
    return Twin(
        makes, Step("twin", statement, rule, tuple(f.name for f in facts), data, ranges), {f.name: f for f in facts}
    )


def first_of(rule: str) -> Step:
    return next(step for step in ALL_STEPS.values() if step.rule == rule)


def climb(term: sp.Expr, *ranges: Range) -> Step:
    """T(k+2) > T(k) as a fact."""
    return given("climb", greater(term.subs(k, k + 2), term), *ranges, rule="monotone", data=(k, 0))


def right_times_two(step: Step) -> sp.Rel:
    return step.statement.func(step.left, 2 * step.right if step.right != 0 else step.left + 1, evaluate=False)
