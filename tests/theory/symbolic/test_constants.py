"""Named constants and the balls of constants: names, heights, and values by mpmath."""

from __future__ import annotations

import pickle

import mpmath as mp
import pytest
import sympy as sp
from flint import arb

from theory.numbers.balls import working_precision
from theory.symbolic.constants import (
    MAX_HEIGHT,
    NamedConstant,
    constant_ball,
    definitions,
    named,
    told_apart,
    written_out,
)

X = named("tower", 1 / sp.pi)
Y = named("tower", 1 - sp.acos(X) / sp.pi)
Z = named("tower", sp.acos(Y) + X)


def test_rationals_have_no_name_and_towers_are_named_by_their_height() -> None:
    assert named("q", sp.Rational(2, 3)) == sp.Rational(2, 3)
    assert [str(c) for c in (X, Y, Z)] == ["tower1", "tower2", "tower3"] and [c.height for c in (X, Y, Z)] == [1, 2, 3]
    assert str(named("layered", sp.sqrt(2), 7)) == "layered7" and named("layered", sp.sqrt(2), 7).height == 1


def test_values_of_one_name_are_numbered_by_their_size_within_one_law() -> None:
    first, second, third = twins = [named("twin", sp.sqrt(n), 4) for n in (2, 3, 5)]
    assert [str(c) for c in twins] == 3 * ["twin4"] and len(set(twins)) == 3
    assert named("twin", sp.sqrt(3), 4) == second and hash(named("twin", sp.sqrt(2), 4)) == hash(first)
    for order in (twins, twins[::-1], [sum(twins)]):
        assert [str(told_apart(order).get(c, c)) for c in twins] == ["twin4", "twin4_2", "twin4_3"]
    assert told_apart([second]) == told_apart([second, second + X]) == {}


def test_a_renamed_constant_is_spoken_of_in_those_above_it() -> None:
    lower, upper = (named("floor", sp.sqrt(n), 1) for n in (2, 3))
    top = named("roof", 1 + upper, 2)
    renamed = told_apart([lower, top])
    assert str(renamed[top].definition) == "1 + floor1_2" and sp.N(renamed[top], 30) == sp.N(top, 30)


def test_a_constant_pickles() -> None:
    assert pickle.loads(pickle.dumps(Y)) == Y


LATEX = {"rho3": r"\rho_{3}", "slope12": r"\dot\rho_{12}", "csc2_2": "s_{2,2}", "other1": "other_{1}"}


@pytest.mark.parametrize("name", LATEX)
def test_latex_of_a_name(name: str) -> None:
    assert sp.latex(NamedConstant(name, sp.pi)) == LATEX[name]


def test_towers_of_two_layers_are_written_out_and_higher_ones_kept() -> None:
    assert MAX_HEIGHT == 2 == Y.height
    assert written_out(3 * Y) == sp.expand(3 * (1 - sp.acos(1 / sp.pi) / sp.pi))
    assert written_out(X + 1) == 1 / sp.pi + 1 and written_out(sp.pi) == sp.pi
    assert written_out(Z + Y) == Z + Y


def test_definitions_come_after_those_that_they_use() -> None:
    assert definitions([Z + 1]) == [X, Y, Z] and definitions([X * 2, sp.pi]) == [X] and definitions([]) == []
    assert definitions([X, Y]) == [X, Y]


def test_values_of_towers_to_many_digits() -> None:
    with mp.workdps(60):
        x = 1 / mp.pi
        y = 1 - mp.acos(x) / mp.pi
        z = mp.acos(y) + x
        for constant, value in ((X, x), (Y, y), (Z, z)):
            for digits in (15, 50):
                assert abs(mp.mpf(str(sp.N(constant, digits))) / value - 1) < mp.mpf(10) ** (2 - digits)
        with working_precision(50):
            assert abs(mp.mpf(constant_ball(Z).mid().str(50, radius=False)) - z) < mp.mpf(10) ** -48


CONSTANTS = [
    sp.Rational(-7, 3),
    sp.pi + sp.E,
    sp.pi * sp.sqrt(2) * 5,
    sp.pi**-3,
    sp.E**sp.pi,
    sp.Integer(2) ** sp.Rational(1, 3),
    sp.exp(sp.sqrt(2)),
    sp.log(3),
    sp.acos(sp.Rational(1, 3)),
    sp.asin(1 / sp.pi),
    sp.sin(1),
    sp.cos(2),
    sp.erf(1),
    sp.atan(5),
    sp.tan(1),
    sp.sinh(1),
    sp.cosh(1),
    sp.gamma(sp.Rational(1, 3)),
    sp.gamma(sp.pi),
    sp.pi,
    sp.E,
    sp.Rational(2, 7) ** 5 * sp.pi,
    (1 + sp.pi) ** sp.Rational(-3, 2),
    sp.gamma(sp.Rational(-1, 2) + sp.pi),
]


@pytest.mark.parametrize("constant", CONSTANTS, ids=str)
def test_the_ball_of_a_constant_holds_its_value(constant: sp.Expr) -> None:
    with mp.workdps(60), working_precision(30, 0):
        found = constant_ball(constant)
        middle, radius = ((int(m), int(e)) for m, e in (found.mid().man_exp(), found.rad().man_exp()))
        wanted = sp.lambdify([], constant, "mpmath")()
        distance = abs(mp.ldexp(*middle) - wanted)
        assert distance <= mp.ldexp(*radius) + mp.mpf(10) ** -55 * (1 + abs(wanted))
        assert mp.ldexp(*radius) <= mp.mpf(10) ** -27 * abs(wanted)


def test_what_is_no_constant_is_refused() -> None:
    for other in (sp.Symbol("x"), sp.zeta(3)):
        with pytest.raises(TypeError, match="is no constant of the field"):
            constant_ball(other)
    assert constant_ball(sp.Rational(1, 4)) == arb(1) / 4
