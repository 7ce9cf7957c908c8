"""Expansions with symbolic depth against those of single deep kernels, another route."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from theory.balls import constant_ball
from theory.depth_series import (
    MAX_ORDER, depth_coefficient, depth_series, leading_ends, lower_series, slope_product,
)  # fmt: skip
from theory.endpoint import expansion_at
from theory.formal import AtMinusOne, EndSeries, L, LowerEnd, Range, SlopeProduct, s
from theory.kernels import NNGP, NTK
from theory.precision import working_precision
from theory.proof import Proof, Refused, Step, check

ORDERS = {NNGP: 5, NTK: 4}


@pytest.mark.parametrize("family", ORDERS)
@pytest.mark.parametrize("depth", [1, 2, 3, 5, 8, 9])
def test_every_depth_is_an_instance(family: type, depth: int) -> None:
    """Depths 8 and 9 lie beyond those that are interpolated."""
    order = ORDERS[family]
    right = depth_series(family, order).conclusion.right.subs(L, depth)
    series = expansion_at(family(depth=depth), 1, Fraction(order, 2))
    for power in range(order):
        ours, theirs = sp.expand(right).coeff(s, power), series.coefficient(Fraction(power, 2))
        assert sp.expand(ours - theirs) == 0, power


def test_leading_laws_in_depth() -> None:
    """Bietti and Bach 2021: the square root of NTK grows like L(L-1)/2, the 3/2 power of NNGP like L-1."""
    assert sp.expand(depth_coefficient(NTK, Fraction(0)) - L) == 0
    assert sp.expand(depth_coefficient(NTK, Fraction(1, 2)) + L * (L - 1) / 2 * sp.sqrt(2) / sp.pi) == 0
    assert sp.expand(depth_coefficient(NNGP, Fraction(3, 2)) - (L - 1) * 2 * sp.sqrt(2) / (3 * sp.pi)) == 0
    assert depth_coefficient(NNGP, Fraction(1, 2)) == 0


WRONG = {"twice": lambda f: 2 * f, "a depth later": lambda f: f.subs(L, L + 1),
         "right at depth 1 alone": lambda f: f + (L - 1) * s**2 / 7,
         "right at depths 1 and 2 alone": lambda f: f + (L - 1) * (L - 2) * s**3 / 7,
         "beyond its order": lambda f: f + s**9}  # fmt: skip


STEPS = depth_series(NTK, 4).steps
ALTERED = [
    pytest.param(index, right, id=f"{step.name}-{name}")
    for index, step in enumerate(STEPS)
    if step.name in ("k0-end", "k1-end", "sigma-end", "theta-end")
    for name, alter in WRONG.items()
    if sp.expand((right := alter(step.right)) - step.right) != 0
]


@pytest.mark.parametrize("index, right", ALTERED)
def test_wrong_expansions_are_refused(index: int, right: sp.Expr) -> None:
    changed = replace(STEPS[index], statement=sp.Eq(STEPS[index].left, right, evaluate=False))
    with pytest.raises(Refused):
        check(Proof("wrong", (*STEPS[:index], changed)))


@pytest.mark.parametrize("bad", [(NNGP, 1), (NTK, MAX_ORDER + 1), (int, 3)])
def test_bad_requests(bad: tuple) -> None:
    with pytest.raises(ValueError, match="NNGP or NTK and an order"):
        depth_series(*bad)


LOWER_WRONG = {
    "twice": lambda f, name: f + (f - AtMinusOne(name, L)),
    "of the other sign": lambda f, name: 2 * AtMinusOne(name, L) - f,
    "a layer more": lambda f, name: f.subs(SlopeProduct(L), SlopeProduct(L + 1)),
    "a square of slopes": lambda f, name: f.subs(SlopeProduct(L), SlopeProduct(L) ** 2),
    "growing with L": lambda f, name: f.subs(SlopeProduct(L), L * SlopeProduct(L) / 2),
    "no slopes": lambda f, name: f.subs(SlopeProduct(L), 1),
    "another value": lambda f, name: f + 1,
    "beyond its order": lambda f, name: f + s**9,
    "a term more": lambda f, name: f + s * SlopeProduct(L),
}
LOWER = [proof.steps for proof in (lower_series(NTK), lower_series(NTK, True))]
LOWER_ALTERED = [
    pytest.param(steps, index, right, id=f"{step.name}-{number}-{name}")
    for number, steps in enumerate(LOWER)
    for index, step in enumerate(steps)
    if step.name in ("sigma-lower", "theta-lower")
    for name, alter in LOWER_WRONG.items()
    if sp.expand((right := alter(step.right, step.left.args[0])) - step.right) != 0
]


@pytest.mark.parametrize("steps, index, right", LOWER_ALTERED)
def test_wrong_lower_expansions_are_refused(
    steps: tuple[Step, ...], index: int, right: sp.Expr
) -> None:
    changed = replace(steps[index], statement=sp.Eq(steps[index].left, right, evaluate=False))
    with pytest.raises(Refused):
        check(Proof("wrong", (*steps[:index], changed)))


SLOPES = [
    (sp.StrictGreaterThan(SlopeProduct(L), sp.Rational(1, 9)), 2),
    (sp.LessThan(SlopeProduct(L), sp.Rational(1, 2)), 2),
    (sp.LessThan(SlopeProduct(L), sp.Rational(1, 3)), 3),
    (sp.LessThan(SlopeProduct(L), sp.Rational(1, 2)), 4),  # true, and beyond what the rule knows
    (sp.StrictLessThan(SlopeProduct(L), sp.Rational(1, 2)), 3),
    (sp.LessThan(SlopeProduct(L + 1), sp.Rational(1, 2)), 3),
    (sp.StrictGreaterThan(SlopeProduct(L), 0), 1),
]


@pytest.mark.parametrize("statement, least", SLOPES)
def test_other_bounds_of_the_slopes_are_refused(statement: sp.Rel, least: int) -> None:
    steps = LOWER[0]
    index = next(i for i, step in enumerate(steps) if step.rule == "slope-product")
    changed = replace(steps[index], statement=statement, ranges=(Range("L", least),))
    with pytest.raises(Refused):
        check(Proof("wrong", (*steps[:index], changed)))


@pytest.mark.parametrize("uses", [
    ("k1-end", "k1-derivative"), ("k0-lower", "k1-derivative"), ("k1-lower", "k1-closed"),
])  # fmt: skip
def test_the_lower_end_needs_its_own_facts(uses: tuple[str, ...]) -> None:
    steps = (*depth_series(NTK, 2).steps, *LOWER[0][-7:])
    steps = tuple({step.name: step for step in steps}.values())
    index = next(i for i, step in enumerate(steps) if step.name == "sigma-lower")
    with pytest.raises(Refused):
        check(Proof("wrong", (*steps[:index], replace(steps[index], uses=uses))))


@pytest.mark.parametrize("end, wrong", [(EndSeries, LowerEnd), (LowerEnd, EndSeries)])
def test_an_expansion_at_one_end_is_none_at_the_other(end: type, wrong: type) -> None:
    steps = depth_series(NTK, 4).steps if end is EndSeries else LOWER[0]
    for index, step in enumerate(steps):
        if isinstance(step.left, end):
            left = wrong(*step.left.args)
            changed = replace(step, statement=sp.Eq(left, step.right, evaluate=False))
            with pytest.raises(Refused):
                check(Proof("wrong", (*steps[:index], changed)))


@pytest.mark.parametrize("family, bias", [(NTK, False), (NTK, True), (NNGP, False)])
@pytest.mark.parametrize("depth", [2, 3, 5])
def test_every_depth_is_an_instance_at_minus_one(family: type, bias: bool, depth: int) -> None:
    nu, _, below = leading_ends(family, bias)
    options = {"bias": True} if bias else {}
    series = expansion_at(family(depth=depth, **options), -1, nu + 1)
    assert all(series.coefficient(e) == 0 for e, _ in series.terms if e < nu and e.denominator != 1)
    with working_precision(40):
        factor = constant_ball(below.subs(L, depth).subs(SlopeProduct(depth), 1))
        theirs = constant_ball(series.coefficient(nu))
        assert (factor * slope_product(depth)).overlaps(theirs)
        assert bias or not (factor * slope_product(depth + 1)).overlaps(theirs)
