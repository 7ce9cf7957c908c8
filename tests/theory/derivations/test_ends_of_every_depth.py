"""Expansions with symbolic depth against those of single deep kernels, another route."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import mpmath as mp
import pytest
import sympy as sp

from theory.derivations.ends_of_every_depth import (
    MAX_ORDER,
    depth_coefficient,
    depth_series,
    leading_ends,
    lower_series,
    slope_product,
)
from theory.expansions.at_ends import expansion_at
from theory.kernels import NNGP, NTK
from theory.numbers.balls import working_precision
from theory.proofs.check import extended
from theory.proofs.steps import Proof, Refused
from theory.symbolic.constants import constant_ball
from theory.symbolic.objects import AtMinusOne, EndSeries, L, LowerEnd, Range, SlopeProduct, s

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


WRONG = {
    "twice": lambda f: 2 * f,
    "a depth later": lambda f: f.subs(L, L + 1),
    "right at depth 1 alone": lambda f: f + (L - 1) * s**2 / 7,
    "right at depths 1 and 2 alone": lambda f: f + (L - 1) * (L - 2) * s**3 / 7,
    "beyond its order": lambda f: f + s**9,
}


ALTERED = [
    (name, change)
    for name in ("k0-end", "k1-end", "sigma-end", "theta-end")
    for change in WRONG
    if not (name[0] == "k" and change == "a depth later")  # of one layer
]


def refused(proof: Proof, name: str, **changes: object) -> bool:
    """Whether a step of the proof with some fields changed is refused after those before it."""
    index = next(i for i, step in enumerate(proof.steps) if step.name == name)
    try:
        extended(Proof("before", proof.steps[:index]), replace(proof.steps[index], **changes))
    except Refused:
        return True
    return False


@pytest.mark.parametrize("name, change", ALTERED)
def test_wrong_expansions_are_refused(name: str, change: str) -> None:
    proof = depth_series(NTK if name == "theta-end" else NNGP, 4)
    left, right = proof.step(name).statement.args
    wrong = WRONG[change](right)
    assert sp.expand(wrong - right) != 0
    assert refused(proof, name, statement=sp.Eq(left, wrong, evaluate=False))
    assert not refused(proof, name)


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


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("change", LOWER_WRONG)
def test_wrong_lower_expansions_are_refused(change: str, bias: bool) -> None:
    proof, changed = lower_series(NTK, bias), 0
    for name in ("sigma-lower", "theta-lower"):
        left, right = proof.step(name).statement.args
        wrong = LOWER_WRONG[change](right, left.args[0])
        if sp.expand(wrong - right) != 0:
            changed += 1
            assert refused(proof, name, statement=sp.Eq(left, wrong, evaluate=False))
    assert changed > 0


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
    proof = lower_series(NTK)
    name = next(step.name for step in proof.steps if step.rule == "slope-product")
    assert refused(proof, name, statement=statement, ranges=(Range("L", least),))


@pytest.mark.parametrize(
    "uses", [("k1-end", "k1-derivative"), ("k0-lower", "k1-derivative"), ("k1-lower", "k1-closed")]
)
def test_the_lower_end_needs_its_own_facts(uses: tuple[str, ...]) -> None:
    steps = {step.name: step for step in (*depth_series(NTK, 2).steps, *lower_series(NTK).steps[-7:])}
    assert refused(Proof("both ends", tuple(steps.values())), "sigma-lower", uses=uses)


@pytest.mark.parametrize("end, wrong", [(EndSeries, LowerEnd), (LowerEnd, EndSeries)])
def test_an_expansion_at_one_end_is_none_at_the_other(end: type, wrong: type) -> None:
    proof = depth_series(NTK, 4) if end is EndSeries else lower_series(NTK)
    for step in proof.steps:
        if isinstance(step.left, end):
            assert refused(proof, step.name, statement=sp.Eq(wrong(*step.left.args), step.right, evaluate=False))


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


@pytest.mark.parametrize(
    "family, order, orders", [(NNGP, 2, (3, 3)), (NNGP, 5, (5, 5)), (NTK, 2, (4, 2)), (NTK, 4, (6, 4))]
)
def test_the_tangent_kernel_needs_two_orders_more_of_the_covariance(
    family: type, order: int, orders: tuple[int, int]
) -> None:
    """A layer of NTK divides by 1 - t what NNGP has there: k0 = k1'. Below s^3 NNGP shows no layer."""
    proof = depth_series(family, order)
    assert (proof.step("sigma-end").left.args[-1], proof.conclusion.left.args[-1]) == orders
    assert all(step.ranges == (Range("L", 1),) for step in proof.steps if step.name in ("sigma-end", "theta-end"))


def test_the_steps_at_minus_one_end_with_the_bounds_of_the_slopes() -> None:
    for family, bias, name in ((NTK, False, "theta-lower"), (NTK, True, "theta-lower"), (NNGP, False, "sigma-lower")):
        proof = lower_series(family, bias)
        *_, last, positive, one, half = proof.steps
        assert last.name == name and last.ranges == (Range("L", 2),)
        assert (positive.statement, positive.ranges) == (sp.StrictGreaterThan(SlopeProduct(L), 0), (Range("L", 2),))
        assert (one.statement, one.ranges) == (sp.LessThan(SlopeProduct(L), 1), (Range("L", 2),))
        assert (half.statement, half.ranges) == (sp.LessThan(SlopeProduct(L), sp.Rational(1, 2)), (Range("L", 3),))
        assert [step.name for step in (positive, one, half)] == ["slopes-positive", "slopes-from-2", "slopes-from-3"]
        assert (proof.step("sigma-lower").left.args[-1], last.left.args[-1]) == (4, 2 if family is NTK else 4)


def test_titles_name_the_family_and_the_end() -> None:
    assert depth_series(NTK, 2).title == "NTK(depth=L) at t = 1, all L"
    assert lower_series(NTK, True).title == "NTK(depth=L, bias=True) at t = -1, all L"


@pytest.mark.parametrize("exponent", [Fraction(-1, 2), Fraction(1, 3), Fraction(3), Fraction(1, 4)])
def test_other_exponents_have_no_coefficient(exponent: Fraction) -> None:
    with pytest.raises(ValueError, match=f"^exponent must be a multiple of 1/2 from 0 to 5/2, got {exponent}$"):
        depth_coefficient(NTK, exponent)


def test_orders_are_integers_from_two_to_six() -> None:
    assert MAX_ORDER == 6
    for bad in (True, 1, 7, 3.0, Fraction(3), None):
        with pytest.raises(ValueError, match="^depth_series: NNGP or NTK and an order from 2 to 6 are needed$"):
            depth_series(NTK, bad)


def test_leading_powers_and_coefficients_at_both_ends() -> None:
    root, cubic = sp.sqrt(2) / sp.pi, 2 * sp.sqrt(2) / (3 * sp.pi)
    wanted = {
        (NTK, False): (Fraction(1, 2), -root * L * (L - 1) / 2, -root * SlopeProduct(L)),
        (NTK, True): (Fraction(1, 2), -root * L * (L - 1), 0),
        (NNGP, False): (Fraction(3, 2), cubic * (L - 1), cubic * SlopeProduct(L)),
    }
    for request, (nu, above, below) in wanted.items():
        found = leading_ends(*request)
        assert found[0] == nu and sp.expand(found[1] - above) == 0 and sp.expand(found[2] - below) == 0


@pytest.mark.parametrize("depth", [2, 3, 4, 5, 12, 64])
def test_the_product_of_slopes_is_that_of_mpmath_to_all_digits(depth: int) -> None:
    with mp.workdps(50):
        rho, product = mp.mpf(0), mp.mpf(1)
        for _ in range(depth - 2):
            angle = mp.acos(rho)
            product *= (mp.pi - angle) / mp.pi
            rho = (mp.sin(angle) + (mp.pi - angle) * mp.cos(angle)) / mp.pi
        with working_precision(30):
            found = slope_product(depth)
            middle, radius = (mp.ldexp(int(m), int(e)) for m, e in (v.man_exp() for v in (found.mid(), found.rad())))
        assert abs(middle - product) <= radius + mp.mpf(10) ** -48 and radius <= product * mp.mpf(10) ** -35


@pytest.mark.parametrize("depth", [1, 0, -3])
def test_the_product_of_slopes_begins_with_depth_two(depth: int) -> None:
    with pytest.raises(ValueError, match=rf"^P\(L\) begins with L = 2, got {depth}$"):
        slope_product(depth)
