"""Leading terms of mu_k and b_n, and what no law tells."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Evidence
from theory.statements.equivalents.laws import PROVED_SERIES, TRANSFER_SOURCE
from theory.statements.equivalents.sides import Reader
from theory.statements.outcome import NotSymbolic
from theory.symbolic.objects import Range, d, k, n
from theory.symbolic.puiseux import NoExpansion
from theory.symbolic.ranges import Ranges

NTK2, NTK3, NNGP3, GAUSS = "NTK(depth=2)", "NTK(depth=3)", "NNGP(depth=3)", "Gaussian(rate=2)"


FLAT, MIXED, STEP = "PowerSeries((1, 0, 1/2))", "PowerSeries((1, -1/2))", "ArcCosine(order=0)"


FAMILY = "NTK(depth=L)"


def said(text: str, kernel: str | None, variable: str, *where: str) -> Statement:
    return parse_statement(f"{text} = O(1) as {variable} -> oo", kernel, where)


def grow(text: str, kernel: str, variable: str, *ranges: Range) -> tuple[sp.Expr, bool, Reader]:
    statement = said(text, kernel, variable)
    reader = Reader(statement, Ranges(ranges))
    found = reader.growth_of(statement.left)
    return found.expression.subs(reader.used.constants), found.exact, reader


def test_parities_without_eigenvalues_or_coefficients_vanish_exactly() -> None:
    odd = (Range("k", 5, None, 1), Range("d", 1))
    assert grow("mu(k)", NTK2, "k", *odd)[:2] == (0, True)
    assert grow("a(k)", NTK2, "k", *odd)[:2] == (0, True)
    assert grow("mu(k) + 1/k", NTK2, "k", *odd)[:2] == (1 / k, True)
    assert grow("mu(3)", NTK2, "d", Range("d", 1))[:2] == (0, True)
    assert grow("b(n)", NTK2, "n", Range("n", 3, None, 1))[:2] == (0, True)
    assert grow("mu(k)", FLAT, "k", Range("k", 0, None, 0), Range("d", 1))[:2] == (0, True)
    for degree, there in ((2, True), (3, False), (4, False)):
        assert (grow(f"mu({degree})", FLAT, "d", Range("d", 1))[0] != 0) == there


# mu_k ~ k! b_k d^(-k): b_0, b_2 of NTK(2) are 1/pi and 3/(2 pi), of FLAT 1 and 1/2.
DIMENSION = {
    ("mu(2)", FLAT): 1 / d**2,
    ("mu(2)", GAUSS): 4 * sp.exp(-2) / d**2,
    ("mu(2)*d", FLAT): 1 / d,
    ("mu(0) + mu(2)", FLAT): 1,
    ("mu(2)*mu(0)", FLAT): 1 / d**2,
    ("b(2)*d", NTK2): 3 * d / (2 * sp.pi),
    ("a(2)", FLAT): (d + 3) / (d - 1) / d**2,
    ("b(3)", STEP): 1 / (6 * sp.pi),
    ("b(0)", GAUSS): sp.exp(-2),
}


@pytest.mark.parametrize("given", DIMENSION, ids=" of ".join)
def test_a_fixed_degree_in_high_dimension(given: tuple[str, str]) -> None:
    value, exact, _ = grow(*given, "d", Range("d", 2))
    assert sp.simplify(value / DIMENSION[given] - 1) == 0 and exact == given[0].startswith("b(")


def test_every_degree_in_high_dimension() -> None:
    """mu_k ~ k! b_k d^(-k), b_k in closed form from where it holds, else a constant that is named."""
    even = (Range("k", 4, None, 0), Range("d", 1))
    value, exact, reader = grow("mu(k)", NTK2, "d", *even)
    assert sp.N((value * d**k).subs(k, 4), 20).epsilon_eq(sp.N(5 / sp.pi, 20), sp.Float("1e-18"))
    assert not exact
    assert reader.used.evidence == [Evidence.CHECKED] and reader.used.sources == [
        PROVED_SERIES
    ]  # before the quotient is proved
    assert reader.used.proofs[0].conclusion.rule == "dimension-law"
    assert reader.used.laws == ["mu(k) ~ Gamma(k+1)*b(k)*d**(-k)"]
    named, _, _ = grow("mu(k)", NTK3, "d", *even)
    constant = sp.exp(sp.Symbol("log(b(k))", real=True))
    assert sp.simplify(named / (sp.gamma(k + 1) * constant * d ** (-k))) == 1
    early, _, _ = grow("mu(k)", NTK2, "d", Range("k", 0, None, 0), Range("d", 1))
    assert sp.simplify(early / (sp.gamma(k + 1) * constant * d ** (-k))) == 1  # b_0 has another formula
    coefficient, exact, _ = grow("b(n)", NTK3, "d", Range("n", 4, None, 0), Range("d", 1))
    assert coefficient == sp.exp(sp.Symbol("log(b(n))", real=True)) and not exact


def test_coefficients_have_the_law_of_the_ends() -> None:
    """b_n ~ (c + (-1)^n c') n^(-3/2)/Gamma(-1/2): 7 and 5 for NTK(3) as for its eigenvalues."""
    for parity, factor in ((0, 7), (1, 5)):
        value, exact, reader = grow("b(n)", NTK3, "n", Range("n", parity, None, parity))
        assert sp.simplify(value - factor * sp.sqrt(2) / 4 * (sp.pi * n) ** sp.Rational(-3, 2)) == 0
        assert not exact
        assert reader.used.sources == [TRANSFER_SOURCE] and reader.used.evidence == [Evidence.CHECKED]
        assert reader.used.laws[0].startswith("b(n) ~ ")
        assert reader.used.laws[0].endswith((" for even n", " for odd n")[parity])
    twice, _, _ = grow("b(2*n)", NTK3, "n", Range("n", 0))
    assert sp.simplify(twice - 7 * sp.sqrt(2) / 4 * (2 * sp.pi * n) ** sp.Rational(-3, 2)) == 0


EVEN, D1 = Range("k", 0, None, 0), Range("d", 1)


REFUSED = [
    (NTK3, "k", "mu(k) - mu(k)", "the leading terms cancel"),
    (NTK3, "k", "exp(mu(k))", "a function of a quantity that is known by its law only"),
    (NTK3, "k", "log(-mu(k))", "a logarithm of what may be negative"),
    (NTK3, "k", "mu(k)**k", "a law in an exponent"),
    (NTK3, "k", "2**mu(k)", "a law in an exponent"),
    (NTK3, "k", "sqrt(mu(k) - 2*mu(k))", "a root of what may be negative"),
    (NTK3, "k", "(k*(1-d)*mu(k))**(1/2)", "a root of what may be negative"),
    (NTK3, "k", "(1 - d)*mu(k) + mu(k)", "the leading terms cancel"),
    (NTK3, "k", "mu(k) + mu(k)**2", "which term dominates depends on the other variables"),
    (NTK3, "k", "mu(k) + k**(-d-1)", "the leading term may vanish"),
    (NTK3, "k", "mu(5-k)", "is not of the form c*k + integer"),
    (NTK3, "k", "mu(k/2)", "is not of the form c*k + integer"),
    (NTK3, "k", "mu(k+d)", "is not of the form c*k + integer"),
    (NTK3, "k", "mu(2)", "is not of the form c*k + integer"),
    (NTK3, "k", "mu(k, k)", "degree and dimension move at once"),
    (NTK3, "k", "b(5-k)", "is not of the form c*k + integer"),
    (NTK3, "k", "kappa(1/2)", "a point other than t = 1"),
    (NTK3, "k", "kappa(1/k)", "a point other than t = 1"),
    (NTK3, "d", "mu(d)", "the dimension must be d, the degree fixed"),
    (NTK3, "d", "mu(2, d+1)", "the dimension must be d"),
    (NTK3, "d", "mu(2, 3)", "the dimension must be d"),
    (NTK3, "d", "mu(0-1)", "mu(-1) is undefined"),
    (NTK3, "d", "b(0-1)", "b(-1) is undefined"),
    (MIXED, "d", "mu(1)", "are not certainly >= 0"),
    (FLAT, "d", "mu(k)", "it is not known that every b_n"),
    (NTK3, "d", "mu(4-k)", "it is not known"),
    (NTK3, "k", "mu(k)/(kappa(1) - 3)", "a division by 0 is undefined"),
    (NTK3, "k", "(kappa(1)-3)**(0-2)*mu(k)", "a division by 0 is undefined"),
    (NTK3, "k", "mu(k)/((d - 2)*mu(k))", "a division by what may vanish"),
    (NTK3, "k", "(d - 2)*mu(k) + k**(-d - 5)", "the leading term may vanish"),
    (FAMILY, "k", "b(2)", "it is not known that every b_n"),
    ("NTK(depth=L+1)", "k", "mu(k)", "mu(k) of depth 1 and 2 has other laws"),
    (NTK2, "d", "mu(k+1)", "it is not known that every b_n"),
]


@pytest.mark.parametrize(("kernel", "variable", "text", "why"), REFUSED, ids=lambda v: str(v)[:30])
def test_what_the_laws_do_not_tell_is_refused(kernel: str, variable: str, text: str, why: str) -> None:
    statement = said(text, kernel, variable)
    if statement.family is not None:
        from theory.language.families import deep_family

        statement = replace(statement, kernel=deep_family(kernel), family=None)
    with pytest.raises((NotSymbolic, NoExpansion)) as refusal:
        Reader(statement, Ranges((EVEN, D1))).growth_of(statement.left)
    assert why in str(refusal.value)
