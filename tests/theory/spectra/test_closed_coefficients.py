"""Maclaurin coefficients as statements mean them, against the ball series; conditions of powers."""

from __future__ import annotations

from fractions import Fraction

import pytest

from theory.expansions.maclaurin import maclaurin
from theory.kernels import NTK, ArcCosine, Kernel
from theory.language.statement import parse_statement
from theory.numbers.balls import working_precision
from theory.numbers.truth import Truth
from theory.spectra.closed_coefficients import maclaurin_at
from theory.statements.decide import decide
from theory.statements.definedness import Condition, conditions

KERNELS = [
    NTK(depth=2, layer_scales=(first, last), bias=bias)
    for first, last in ((Fraction(1, 2), 1), (2, 3), (5, Fraction(1, 7)))
    for bias in (False, True)
]


@pytest.mark.parametrize("kernel", [*KERNELS, ArcCosine(order=0), ArcCosine(order=1)], ids=repr)
def test_formulas_are_the_coefficients_of_the_ball_series(kernel: Kernel) -> None:
    with working_precision(30):
        series = maclaurin(kernel, 12)
        for index, ball in enumerate(series):
            value = float(maclaurin_at(kernel, index))
            assert abs(value - float(ball.mid())) <= 1e-14


def test_other_layer_scales_have_other_coefficients() -> None:
    """What the test above would miss if it compared too little: each scale moves some coefficient."""
    values = [[maclaurin_at(kernel, n) for n in range(4)] for kernel in KERNELS]
    assert len({tuple(row) for row in values}) == len(KERNELS)


@pytest.mark.parametrize("power", [-1, -2, -3])
def test_a_negative_power_needs_a_base_that_does_not_vanish(power: int) -> None:
    base, whole = (parse_statement(side + " = 1", None, ["k >= 0"]).left for side in ("k-2", f"(k-2)**({power})"))
    assert Condition("nonzero", base) in list(conditions(whole))
    text = f"(k-2)**({power})*(k-2)**{-power} = 1"
    everywhere = decide(parse_statement(text, None, ["k >= 0"]))
    assert everywhere.truth is not Truth.HOLDS
    assert decide(parse_statement(text, None, ["k >= 3"])).truth is Truth.HOLDS
