"""The arithmetic of ~ on known laws of eigenvalues."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp

from theory.language.statement import Statement, parse_statement
from theory.statements.equivalents.sides import Reader
from theory.symbolic.objects import Range, d, k
from theory.symbolic.ranges import Ranges

NTK2, NTK3, NNGP3, GAUSS = "NTK(depth=2)", "NTK(depth=3)", "NNGP(depth=3)", "Gaussian(rate=2)"


# Facts 3 and 7: mu_k ~ c 2^d Gamma((d+1)/2)^2/pi^2 k^(-d-1), c = 7/4 and 5/4 for NTK(3), 1 and 0 for NTK(2).
COMMON = 2**d * sp.gamma((d + 1) / 2) ** 2 / sp.pi**2 * k ** (-d - 1)


def said(text: str, kernel: str | None, variable: str, *where: str) -> Statement:
    return parse_statement(f"{text} = O(1) as {variable} -> oo", kernel, where)


Law = Callable[[sp.Expr], sp.Expr]  # of the law of mu(k) itself


SIDES: list[tuple[str, Law]] = [
    ("mu(k)", lambda m: m),
    ("2*mu(k)", lambda m: 2 * m),
    ("mu(k)*k**2/d", lambda m: m * k**2 / d),
    ("k/mu(k)", lambda m: k / m),
    ("mu(2*k+1)*0 + mu(k)", lambda m: m),
    ("mu(k)**2", lambda m: m**2),
    ("mu(k)**(-1)", lambda m: 1 / m),
    ("sqrt(mu(k))", sp.sqrt),
    ("mu(k)**(3/2)", lambda m: m * sp.sqrt(m)),
    ("mu(k)**d", lambda m: m**d),
    ("mu(k) + mu(k)", lambda m: 2 * m),
    ("mu(k)**0", lambda m: 1),
    ("mu(k) - 3*mu(k)", lambda m: -2 * m),
    ("mu(k) + mu(k+2)", lambda m: 2 * m),
    ("mu(k) - mu(k)/2", lambda m: m / 2),
    ("2**k + mu(k)", lambda m: 2**k),
    ("mu(k) - 2**k", lambda m: -(2**k)),
    ("mu(k) - k*mu(k)", lambda m: -k * m),
    ("mu(k)*k - mu(k)", lambda m: k * m),
    ("mu(k) + 0", lambda m: m),
    ("0 - mu(k)", lambda m: -m),
    ("mu(k)*mu(k+2)", lambda m: m**2),
    ("kappa(1)*mu(k)", lambda m: 3 * m),
    ("a(k)", lambda m: m * (2 * k + d - 1) / (d - 1)),
    ("mu(k, d)", lambda m: m),
    ("mu(k, d+2)", lambda m: m.subs(d, d + 2)),
    ("mu(k) + 2**(-k)", lambda m: m),
    ("mu(k)*pi", lambda m: sp.pi * m),
    ("kappa(1) - 1", lambda m: 2),
    ("sqrt(kappa(1)/12)", lambda m: sp.Rational(1, 2)),
    ("kappa(1)*k + d", lambda m: 3 * k + d),
]


@pytest.mark.parametrize(("text", "law"), SIDES)
@pytest.mark.parametrize("parity", [0, 1])
def test_arithmetic_on_the_law_of_eigenvalues(text: str, law: Law, parity: int) -> None:
    statement = said(text, NTK3, "k")
    reader = Reader(statement, Ranges((Range("k", parity, None, parity), Range("d", 2))))
    found = reader.growth_of(statement.left)
    wanted = sp.sympify(law(sp.Rational(7 - 2 * parity, 4) * COMMON))
    value = found.expression.subs(reader.used.constants)
    for at in ({k: 40, d: 3}, {k: 90, d: 5}):
        assert abs(sp.N((value / wanted).subs(at), 20) - 1) < (1e-15 if "k+2" not in text else 0.2)
    if "k+2" in text:
        assert abs(sp.limit((value / wanted).subs(d, 3), k, sp.oo) - 1) == 0
    assert found.exact == ("mu" not in text and "a(k" not in text)


def test_indices_that_move_faster_take_their_own_parity() -> None:
    cases = [("mu(2*k)", 1, 2 * k, 7), ("mu(3*k-1)", 0, 3 * k - 1, 5), ("mu(k+1)", 1, k + 1, 7)]
    for text, parity, index, factor in cases:
        statement = said(text, NTK3, "k")
        reader = Reader(statement, Ranges((Range("k", parity, None, parity), Range("d", 1))))
        value = reader.growth_of(statement.left).expression.subs(reader.used.constants)
        assert sp.simplify(value / (sp.Rational(factor, 4) * COMMON.subs(k, index))) == 1
        name = ("even", "odd")[factor == 5]
        assert len(reader.used.laws) == 1
        assert reader.used.laws[0].startswith("mu(k) ~ ")
        assert reader.used.laws[0].endswith(f" for {name} k")
