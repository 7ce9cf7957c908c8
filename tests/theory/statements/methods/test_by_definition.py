"""Formulas of kernels as people write them, and what is close to them."""

from __future__ import annotations

import pytest

from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.decide import decide
from theory.statements.methods.by_definition import by_definition

MATERN = "Matern(nu=3/2, lengthscale=1)"
SAID = [
    ("Gaussian(rate=1)", "kappa(t) = exp(t-1)", "kappa(t) = exp(t)"),
    ("Gaussian(rate=1)", "kappa(-t) = exp(-t-1)", "kappa(-t) = exp(t-1)"),
    ("Gaussian(rate=1)", "kappa(t)*kappa(t) = exp(2*t-2)", "kappa(t)*kappa(t) = exp(2*t-1)"),
    ("Laplace(rate=2)", "kappa(t) = exp(-2*sqrt(2-2*t))", "kappa(t) = exp(-sqrt(2-2*t))"),
    ("ExponentialPower(rate=1, power=1/2)", "kappa(t) = exp(-(2-2*t)**(1/4))", "kappa(t) = exp(-(2-2*t)**(1/2))"),
    (MATERN, "kappa(t) = (1+sqrt(6-6*t))*exp(-sqrt(6-6*t))", "kappa(t) = (1-sqrt(6-6*t))*exp(-sqrt(6-6*t))"),
    ('Dual("erf")', "kappa(t) = 2/pi*asin(2*t/3)", "kappa(t) = 2/pi*asin(t/3)"),
    ('Zonal("1/(2-t)")', "kappa(t) = 1/(2-t)", "kappa(t) = 1/(2+t)"),
    ('Zonal("exp(-theta)")', "kappa(t) = exp(-acos(t))", "kappa(t) = exp(-asin(t))"),
]


@pytest.mark.parametrize(("kernel", "right", "wrong"), SAID)
def test_a_definition_is_known_and_another_formula_is_not(kernel: str, right: str, wrong: str) -> None:
    (part,) = by_definition(parse_statement(right, kernel))
    assert (part.outcome.truth, part.outcome.evidence) == (Truth.HOLDS, Evidence.CHECKED)
    assert by_definition(parse_statement(wrong, kernel)) == []
    assert decide(parse_statement(wrong, kernel)).truth is Truth.FAILS


def test_what_has_no_expression_is_left_alone() -> None:
    assert by_definition(parse_statement("kappa(t) = t", 'Dual("tanh")')) == []
