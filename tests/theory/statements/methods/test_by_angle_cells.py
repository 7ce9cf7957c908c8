"""Inequalities for all t: verdicts beside values by mpmath, and Taylor coefficients over cells."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.expansions.angle_polynomials import angle_polynomial
from theory.kernels import NTK, Laplace
from theory.kernels.parse import parse_kernel
from theory.language.statement import parse_statement
from theory.numbers.balls import Enclosure, working_precision
from theory.numbers.truth import Evidence, Truth
from theory.spectra.routes.oracle import kappa
from theory.statements.angle_series import MAX_ORDER, kernel_taylor
from theory.statements.methods.by_angle_cells import by_angle_cells
from theory.statements.outcome import NotSymbolic

NTK2, NTK3 = "NTK(depth=2)", "NTK(depth=3)"


def number(value: Fraction) -> mp.mpf:
    return mp.mpf(value.numerator) / value.denominator


def least_value(kernel: str) -> mp.mpf:
    """The least kappa(t) on a grid of the angle, refined around it."""
    parsed = parse_kernel(kernel)
    at = lambda x: kappa(parsed, mp.cos(x))
    around = min((mp.pi * i / 100 for i in range(101)), key=at)
    near = (around + mp.pi * i / 10000 for i in range(-100, 101))
    return min(at(x) for x in near if 0 <= x <= mp.pi)


@pytest.mark.parametrize("kernel", [NTK2, NTK3])
def test_a_bound_just_below_the_least_value_holds_and_one_just_above_fails(kernel: str) -> None:
    least = Fraction(float(least_value(kernel))).limit_denominator(10**6)
    for shift, truth in ((Fraction(-1, 1000), Truth.HOLDS), (Fraction(1, 1000), Truth.FAILS)):
        value = least + shift
        says = f"kappa(t) >= {value.numerator}/{value.denominator}"
        ((_, outcome),) = by_angle_cells(parse_statement(says, kernel))
        assert (outcome.truth, outcome.evidence) == (truth, Evidence.CERTIFIED)
        if truth is Truth.FAILS:
            assert kappa(parse_kernel(kernel), number(outcome.at["t"])) < number(value)


DECIDED = [
    ("kappa(t) <= 3", NTK3, True),
    ("kappa(t) < 3", NTK3, False),
    ("kappa(t) <= 2.99", NTK3, False),
    ("kappa(t)**2 <= 9", NTK3, True),
    ("kappa(t) >= t", NTK2, True),
    ("kappa(t) >= 2*t", NTK2, False),
    ("kappa(t) + kappa(-t) >= 0.6", NTK2, True),
    ("2*kappa(t) - kappa(-t) >= 2*t - 1", NTK2, True),
    ("kappa(t) <= 1 - sqrt(2-2*t)/2", "Laplace(rate=1)", False),
    ("kappa(t) >= 1 - sqrt(2-2*t)", "Laplace(rate=1)", True),
    ("log(kappa(t)) < -sin(acos(t)/2)", "Laplace(rate=1)", False),
    ("log(kappa(t)) <= -sin(acos(t)/2)", "Laplace(rate=1)", True),
    ("kappa(t)*exp(sqrt(1+t)) <= 5", "Laplace(rate=1)", True),
]


@pytest.mark.parametrize(("says", "kernel", "truth"), DECIDED, ids=lambda v: v if isinstance(v, str) else "")
def test_inequalities_in_t_are_certified_or_refuted_at_a_point(says: str, kernel: str, truth: bool) -> None:
    ((_, outcome),) = by_angle_cells(parse_statement(says, kernel))
    assert outcome.truth is (Truth.HOLDS if truth else Truth.FAILS)
    assert outcome.evidence is Evidence.CERTIFIED and (outcome.at is None) == truth


@pytest.mark.parametrize("relation", ["<=", "=", "!="])
def test_sides_that_agree_stay_open(relation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("theory.statements.methods.by_angle_cells.MAX_CELLS", 40)
    with pytest.raises(NotSymbolic, match="open"):
        by_angle_cells(parse_statement(f"kappa(t) - kappa(-t) {relation} 2*t", NTK2))


def test_every_value_of_another_variable_is_decided() -> None:
    found = by_angle_cells(parse_statement("kappa(t) >= t - k", NTK2, ["k <= 3"]))
    assert [outcome.truth for _, outcome in found] == [Truth.HOLDS] * 4
    found = by_angle_cells(parse_statement("kappa(t) >= t + k/8", NTK2, ["k <= 3"]))
    assert [outcome.truth for _, outcome in found] == [Truth.HOLDS] * 3 + [Truth.FAILS]  # the least is 1/pi
    with pytest.raises(NotSymbolic):
        by_angle_cells(parse_statement("kappa(t) >= t - k", NTK2))


@given(st.fractions(0, 1, max_denominator=64), st.sampled_from([0, 64, 1024]), st.fractions(-1, 1, max_denominator=9))
@settings(max_examples=12, deadline=None)
def test_taylor_coefficients_over_a_cell_hold_those_at_each_point(
    middle: Fraction, parts: int, where: Fraction
) -> None:
    radius = Fraction(1, parts) if parts else Fraction(0)
    middle = min(max(middle, radius), 1 - radius)
    inner = middle + where * radius * Fraction(9, 10)
    if not 0 < inner < 1:
        return
    for kernel in (NTK(depth=3), Laplace(rate=1)):
        balls = kernel_taylor(angle_polynomial(kernel, MAX_ORDER + 1), middle, radius, 4)
        with mp.workdps(40):
            theta = mp.pi * inner.numerator / inner.denominator
            step = mp.mpf(10) ** -9
            exact = mp.taylor(lambda x: kappa(kernel, mp.cos(x)), theta, 3, h=step)
        with working_precision(20):
            for value, found in zip(exact, balls, strict=True):
                near, slack = Enclosure.of(found), Fraction(1, 10**6)
                # finite differences of step 1e-9 at 40 digits: the third errs by 1e-9 and 1e-40/1e-27
                assert near.lower - slack <= Fraction(float(value)) <= near.upper + slack
