"""Spectrum: the eigenvalues that were given come back, exactly, by routes that do not look at them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from tests.examples import FACTOR
from theory.kernels import PowerSeries, Spectrum, value_at_one
from theory.kernels.parse import parse_kernel
from theory.language.statement import parse_statement
from theory.laws.definiteness import definiteness
from theory.numbers.truth import Truth
from theory.spectra.functionals import trace
from theory.spectra.routes.oracle import oracle_values
from theory.spectra.spectrum import spectrum
from theory.spectra.sphere import gegenbauer, multiplicity
from theory.statements.decide import decide

HALF = Fraction(1, 2)
GIVEN = st.lists(st.fractions(-3, 3, max_denominator=9), min_size=1, max_size=8).filter(any).map(tuple)


@given(GIVEN, st.integers(1, 9))
@settings(max_examples=40 * FACTOR, deadline=None)
@example((Fraction(0), Fraction(0), Fraction(1)), 1)
@example((Fraction(1), Fraction(0)), 2)
def test_what_was_given_comes_back(values: tuple[Fraction, ...], dim: int) -> None:
    kernel = Spectrum(values, dim)
    found = spectrum(kernel, dim, range(len(values) + 3))
    assert [e.exact.rational() for e in found.eigenvalues] == [*values, 0, 0, 0]
    assert parse_kernel(repr(kernel)) == kernel


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_quadrature_gives_them_too(dim: int) -> None:
    values = (1, HALF, 0, Fraction(1, 7))
    with mp.workdps(30):
        for given_value, right in zip(values, oracle_values(Spectrum(values, dim), dim, range(4), 15), strict=True):
            assert abs(mpf(Fraction(given_value).numerator) / Fraction(given_value).denominator - right) < 1e-13


def test_it_is_the_sum_of_gegenbauer_polynomials() -> None:
    values, dim = (2, Fraction(-1, 3), HALF, 4), 4
    total = [Fraction(0)] * 4
    for k, value in enumerate(values):
        for n, c in enumerate(gegenbauer(k, dim)):
            total[n] += value * multiplicity(dim, k) * c
    assert Spectrum(values, dim).definition == PowerSeries(tuple(total))


def test_on_another_sphere_its_eigenvalues_are_others() -> None:
    kernel = Spectrum((0, 0, 1), dim=2)  # 5 P_2 = (15 t^2 - 5)/2, E[t^2] = 1/4 on S^3
    there = [e.exact.rational() for e in spectrum(kernel, 3, range(3)).eigenvalues]
    assert there == [Fraction(-5, 8), 0, Fraction(15, 2) * Fraction(1, 12)]


def test_definiteness_is_that_of_the_eigenvalues() -> None:
    assert definiteness(Spectrum((1, 0, HALF), dim=3), 3).truth is Truth.HOLDS
    assert definiteness(Spectrum((1, 0, HALF), dim=3), 3).strict is Truth.FAILS
    assert definiteness(Spectrum((1, -HALF), dim=3), 3).truth is Truth.FAILS


def test_trace_values_and_verdicts() -> None:
    kernel = Spectrum((1, HALF, Fraction(1, 4)), dim=2)
    assert value_at_one(kernel) == 1 + Fraction(3, 2) + Fraction(5, 4) and trace(kernel).contains(Fraction(15, 4))
    assert kernel(1.0) == 3.75 and kernel(0) == 1 - Fraction(5, 8)
    assert decide(parse_statement("mu(1) = 2*mu(2)", kernel, ["d = 2"])).truth is Truth.HOLDS
    assert decide(parse_statement("mu(1) = 3*mu(2)", kernel, ["d = 2"])).truth is Truth.FAILS


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: Spectrum((), dim=2), "1 to 100 exact rationals"),
        (lambda: Spectrum((0.5,), dim=2), "1 to 100 exact rationals"),
        (lambda: Spectrum([1], dim=2), "1 to 100 exact rationals"),
        (lambda: Spectrum((1,) * 101, dim=2), "1 to 100 exact rationals"),
        (lambda: Spectrum((1,), dim=0), "dim must be an integer from 1 to 1000"),
        (lambda: Spectrum((1,), dim=Fraction(5, 2)), "dim must be an integer"),
        (lambda: Spectrum((10**60,), dim=2), "more than 60 digits"),
        (lambda: Spectrum((1,) * 100, dim=900), "allowed: fewer than 100 eigenvalues"),
        (lambda: parse_kernel("Spectrum((1, 1/2))"), "dim"),
    ],
)
def test_what_is_no_spectrum_is_one_line(ask: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError) as refused:
        ask()
    assert says in str(refused.value) and "\n" not in str(refused.value)
