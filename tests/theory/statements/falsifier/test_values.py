"""The walk over the tree: semantics of the language at single points."""

from __future__ import annotations

from fractions import Fraction

import pytest
from mpmath import mp

from theory.kernels import NTK, Kernel
from theory.language.formulas import parse_formula
from theory.statements.falsifier.near import Unable, Undefined, real
from theory.statements.falsifier.values import Scene, value
from theory.statements.falsifier.work import TooDear, Work


def at(text: str, kernel: Kernel | None = None, **variables: int | Fraction) -> object:
    return value(parse_formula(text), Scene(kernel, variables, Work()))


@pytest.mark.parametrize(
    "text, variables, expected",
    [
        ("1/Gamma(1-k)", {"k": 3}, 0),
        ("2**-k", {"k": 3}, Fraction(1, 8)),
        ("-k**2", {"k": 3}, -9),
        ("0**k", {"k": 0}, 1),
        ("binomial(3, d)", {"d": 4}, 0),
        ("N(d, k)", {"d": 2, "k": 5}, 11),
        ("N(1, k)", {"k": 0}, 1),
        ("N(1, k)", {"k": 7}, 2),
        ("sqrt(k**2-2*k*d+d**2)", {"k": 2, "d": 9}, 7),
        ("factorial(k)", {"k": 0}, 1),
        ("pi - pi", {}, 0),
        ("(2 + pi)/Gamma(-1)", {}, 0),
        ("Gamma(0)**(-2)", {}, 0),
        ("1/(3*Gamma(-k))", {"k": 2}, 0),
        ("1/Gamma(0)**2", {}, 0),
    ],
)
def test_values_without_a_kernel(text: str, variables: dict[str, int], expected: Fraction) -> None:
    assert at(text, **variables) == expected


@pytest.mark.parametrize(
    "text, variables",
    [
        ("1/(k-3)", {"k": 3}),
        ("Gamma(-k)", {"k": 1}),
        ("0*Gamma(0)", {}),
        ("Gamma(0)/Gamma(0)", {}),
        ("Gamma(0) - Gamma(0)", {}),
        ("N(0, 1)", {}),
        ("N(2, k-1)", {"k": 0}),
        ("Gamma(0)**2", {}),
        ("Gamma(0)**0", {}),
        ("mu(k-4)", {"k": 3, "d": 1}),
        ("mu(k/2)", {"k": 3, "d": 1}),
        ("mu(pi)", {"d": 2}),
        ("mu(1, 0)", {}),
        ("b(-1)", {}),
        ("kappa(2)", {}),
        ("(k-4)**(1/2)", {"k": 0}),
        ("1/mu(3)", {"d": 2}),
        ("1/0**k", {"k": 2}),
    ],
)
def test_what_has_no_value_is_undefined(text: str, variables: dict[str, int]) -> None:
    with pytest.raises(Undefined):
        at(text, NTK(depth=2), **variables)


def test_the_values_of_the_conventions() -> None:
    """NTK(depth=2) on S^2: 1/2, 1/3, 5/64, 0, 1/192, 0; on each sphere mu_1 = 1/(d+1); a_k on C_k^(1/2)."""
    for degree, true in enumerate([Fraction(1, 2), Fraction(1, 3), Fraction(5, 64), 0, Fraction(1, 192), 0]):
        found = at("mu(k)", NTK(depth=2), k=degree, d=2)
        assert abs(real(found) - mp.mpf(Fraction(true).numerator) / Fraction(true).denominator) < 1e-14
    assert abs(real(at("a(2)", NTK(depth=2), d=2)) - mp.mpf(25) / 64) < 1e-14
    assert (
        real(at("a(2) - 2*mu(2)", NTK(depth=2), d=1)) == 0 or abs(real(at("a(2) - 2*mu(2)", NTK(depth=2), d=1))) < 1e-15
    )


def test_an_index_may_be_computed_exactly() -> None:
    assert at("mu(2*cos(0)*k - 1, factorial(2))", NTK(depth=2), k=2) == 0
    with pytest.raises(Unable):
        at("mu(sqrt(2)**2)", NTK(depth=2), d=2)


def test_work_is_bounded() -> None:
    with pytest.raises(TooDear):
        value(parse_formula("mu(k)"), Scene(NTK(depth=3), {"k": 900, "d": 2}, Work(5_000)))
    with pytest.raises(Unable):
        at("2**(10**30*k)", k=10**9)
    with pytest.raises(Unable):
        at("N(k, k)", k=10**7)


def test_what_is_paid_once_is_free_and_a_refusal_takes_nothing() -> None:
    work = Work(100)
    work.pay(60, "a")
    work.pay(60, "a")
    with pytest.raises(TooDear):
        work.pay(60, "b")
    assert work.left == 40
