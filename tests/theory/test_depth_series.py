"""Expansions with symbolic depth against the expansions of single deep kernels, which they were not made from."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp

from theory.depth_series import MAX_ORDER, depth_coefficient, depth_series
from theory.endpoint import expansion_at
from theory.formal import L, s
from theory.kernels import NNGP, NTK
from theory.proof import Proof, Refused, check

ORDERS = {NNGP: 5, NTK: 4}


@pytest.mark.parametrize("family", ORDERS)
@pytest.mark.parametrize("depth", [1, 2, 3, 5, 8, 9])
def test_every_depth_is_an_instance(family: type, depth: int) -> None:
    """Depths 8 and 9 lie beyond those that are interpolated."""
    order = ORDERS[family]
    right = depth_series(family, order).conclusion.right.subs(L, depth)
    series = expansion_at(family(depth=depth), 1, Fraction(order, 2))
    for power in range(order):
        assert sp.expand(sp.expand(right).coeff(s, power) - series.coefficient(Fraction(power, 2))) == 0, power


def test_leading_laws_in_depth() -> None:
    """Bietti and Bach 2021: the tangent kernel's square root grows like L(L-1)/2, the covariance's 3/2 power like L-1."""
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
