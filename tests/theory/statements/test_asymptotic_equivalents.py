"""What a side grows like: the law of mu put into sums, products and powers, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sympy as sp

from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.asymptotic_equivalents import PROVED_SERIES, TRANSFER_SOURCE, _Reader, law_outcome
from theory.statements.definedness import Judge
from theory.statements.law_parts import MAX_PARTS, law_parts
from theory.statements.outcome import NotSymbolic
from theory.symbolic.objects import INTEGER_SYMBOLS, Range, d, k, n
from theory.symbolic.puiseux import NoExpansion
from theory.symbolic.ranges import Ranges

NTK2, NTK3, NNGP3, GAUSS = "NTK(depth=2)", "NTK(depth=3)", "NNGP(depth=3)", "Gaussian(rate=2)"
FLAT, MIXED, STEP = "PowerSeries((1, 0, 1/2))", "PowerSeries((1, -1/2))", "ArcCosine(order=0)"
FAMILY = "NTK(depth=L)"
# Facts 3 and 7: mu_k ~ c 2^d Gamma((d+1)/2)^2/pi^2 k^(-d-1), c = 7/4 and 5/4 for NTK(3), 1 and 0 for NTK(2).
COMMON = 2**d * sp.gamma((d + 1) / 2) ** 2 / sp.pi**2 * k ** (-d - 1)


def said(text: str, kernel: str | None, variable: str, *where: str) -> Statement:
    return parse_statement(f"{text} = O(1) as {variable} -> oo", kernel, where)


def shown(parts: list[tuple[Range, ...]]) -> str:
    return "; ".join(", ".join(map(repr, ranges)) for ranges in parts)


PARTS = {
    ("mu(k)", "k"): "k >= 0 even, d >= 1; k >= 1 odd, d >= 1",
    ("mu(k)", "k", "k odd"): "k >= 1 odd, d >= 1",
    ("mu(k)", "k", "k >= 3"): "k >= 4 even, d >= 1; k >= 3 odd, d >= 1",
    ("b(n)", "n"): "n >= 0 even; n >= 1 odd",
    ("mu(k)", "k", "d <= 2"): "k >= 0 even, d = 1; k >= 0 even, d = 2; k >= 1 odd, d = 1; k >= 1 odd, d = 2",
    ("mu(2)*k", "k"): "k >= 0, d >= 1",
    ("mu(k)", "d", "k <= 1"): "k = 0, d >= 1; k = 1, d >= 1",
    ("a(k)", "d", "d >= 2"): "; ".join(
        f"{w}, d >= 2" for w in ("k = 0", "k = 2", "k >= 4 even", "k = 1", "k = 3", "k >= 5 odd")
    ),
    ("mu(k)", "d", "k even"): "k = 0, d >= 1; k = 2, d >= 1; k >= 4 even, d >= 1",
    ("b(n)*mu(2)", "d", "n odd"): "n = 1, d >= 1; n = 3, d >= 1; n >= 5 odd, d >= 1",
    ("mu(2, d)*k", "d"): "k >= 0, d >= 1",
    ("kappa(1/(k+1))", "k"): "k >= 0",
}


@pytest.mark.parametrize("given", PARTS, ids="; ".join)
def test_ranges_are_split_where_an_index_moves(given: tuple[str, ...]) -> None:
    text, variable, *where = given
    statement = said(text, NTK3, variable, *where)
    assert shown(law_parts(statement)) == PARTS[given]
    swapped = replace(statement, left=statement.right, right=statement.left)
    assert law_parts(swapped) == law_parts(statement)


def test_there_are_not_too_many_parts() -> None:
    assert len(law_parts(said("mu(k)", NTK3, "d", f"k <= {MAX_PARTS - 1}"))) == MAX_PARTS == 200
    many = [("mu(k)", f"k <= {MAX_PARTS}"), ("mu(k)*n", "k <= 14", "n <= 13"), ("mu(k)", "k <= 999999")]
    for text, *where in many:
        with pytest.raises(NotSymbolic, match="^more than 200 cases$"):
            law_parts(said(text, NTK3, "d", *where))
    assert len(law_parts(said("mu(k)*n", NTK3, "d", "k <= 13", "n <= 13"))) == 196


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
    reader = _Reader(statement, Ranges((Range("k", parity, None, parity), Range("d", 2))))
    found = reader.growth_of(statement.left)
    wanted = sp.sympify(law(sp.Rational(7 - 2 * parity, 4) * COMMON))
    value = found.expression.subs(reader.constants)
    for at in ({k: 40, d: 3}, {k: 90, d: 5}):
        assert abs(sp.N((value / wanted).subs(at), 20) - 1) < (1e-15 if "k+2" not in text else 0.2)
    if "k+2" in text:
        assert abs(sp.limit((value / wanted).subs(d, 3), k, sp.oo) - 1) == 0
    assert found.exact == ("mu" not in text and "a(k" not in text)


def test_indices_that_move_faster_take_their_own_parity() -> None:
    cases = [("mu(2*k)", 1, 2 * k, 7), ("mu(3*k-1)", 0, 3 * k - 1, 5), ("mu(k+1)", 1, k + 1, 7)]
    for text, parity, index, factor in cases:
        statement = said(text, NTK3, "k")
        reader = _Reader(statement, Ranges((Range("k", parity, None, parity), Range("d", 1))))
        value = reader.growth_of(statement.left).expression.subs(reader.constants)
        assert sp.simplify(value / (sp.Rational(factor, 4) * COMMON.subs(k, index))) == 1
        name = ("even", "odd")[factor == 5]
        assert len(reader.laws) == 1
        assert reader.laws[0].startswith("mu(k) ~ ")
        assert reader.laws[0].endswith(f" for {name} k")


def grow(text: str, kernel: str, variable: str, *ranges: Range) -> tuple[sp.Expr, bool, _Reader]:
    statement = said(text, kernel, variable)
    reader = _Reader(statement, Ranges(ranges))
    found = reader.growth_of(statement.left)
    return found.expression.subs(reader.constants), found.exact, reader


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
    assert reader.evidence == [Evidence.CHECKED] and reader.sources == [PROVED_SERIES]  # before the quotient is proved
    assert reader.proofs[0].conclusion.rule == "dimension-law"
    assert reader.laws == ["mu(k) ~ Gamma(k+1)*b(k)*d**(-k)"]
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
        assert reader.sources == [TRANSFER_SOURCE] and reader.evidence == [Evidence.CHECKED]
        assert reader.laws[0].startswith("b(n) ~ ")
        assert reader.laws[0].endswith((" for even n", " for odd n")[parity])
    twice, _, _ = grow("b(2*n)", NTK3, "n", Range("n", 0))
    assert sp.simplify(twice - 7 * sp.sqrt(2) / 4 * (2 * sp.pi * n) ** sp.Rational(-3, 2)) == 0


EVEN, D1 = Range("k", 0, None, 0), Range("d", 1)
REFUSED = [
    (NTK3, "k", "mu(k) - mu(k)", "the leading terms cancel"),
    (NTK3, "k", "mu(k) - mu(k+2)", "the leading terms cancel"),
    (NTK3, "k", "log(mu(k))", "a function of a quantity that is known by its law only"),
    (NTK3, "k", "mu(k)**k", "a law in an exponent"),
    (NTK3, "k", "2**mu(k)", "a law in an exponent"),
    (NTK3, "k", "sqrt(mu(k) - 2*mu(k))", "a root of what may be negative"),
    (NTK3, "k", "(k*(1-d)*mu(k))**(1/2)", "a root of what may be negative"),
    (NTK3, "k", "(1 - d)*mu(k) + mu(k)", "the leading terms cancel"),
    (NTK3, "k", "mu(k) + mu(k)**2", "which term dominates depends on the other variables"),
    (NTK3, "k", "mu(k) + k**(-d-1)", "the leading terms cancel"),
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
        _Reader(statement, Ranges((EVEN, D1))).growth_of(statement.left)
    assert why in str(refusal.value)


def outcome(says: str, kernel: str, ranges: tuple[Range, ...]) -> tuple[Truth, Evidence, str, str]:
    case, found = law_outcome(parse_statement(says, kernel), Ranges(ranges))
    assert case.ranges == ranges and not found.steps
    return found.truth, found.evidence, found.law, found.source


def test_an_outcome_says_what_it_rests_on() -> None:
    truth, evidence, law, source = outcome("mu(k) = Theta(k**(-d-1)) as k -> oo", NTK3, (EVEN, D1))
    assert (truth, evidence) == (Truth.HOLDS, Evidence.PROVED)
    assert source.startswith("mu(k) ~ 7*2**d*k**(-d - 1)*Gamma")
    twice = outcome("mu(k) + mu(k) = Theta(k**(-d-1)) as k -> oo", NTK3, (EVEN, D1))
    assert twice[3] == source  # what is used twice is said once
    assert outcome("mu(k) = o(k**(-d-1)) as k -> oo", NTK3, (EVEN, D1))[0] is Truth.FAILS
    # Without a law nothing rests on one, and still nothing is replayed.
    assert outcome("kappa(1) = O(k) as k -> oo", NTK3, (EVEN, D1)) == (
        Truth.HOLDS,
        Evidence.CHECKED,
        outcome("3 = O(k) as k -> oo", NTK3, (EVEN, D1))[2],
        "",
    )


def test_a_side_that_may_have_no_value_is_undecided() -> None:
    statement = parse_statement("mu(k) = O(1/(d-3)) as k -> oo", NTK3)
    _, found = law_outcome(statement, Ranges((EVEN, D1)))
    assert (found.truth, found.law) == (Truth.UNDECIDED, "it is not certain that d - 3 is not 0")
    assert found.law == Judge(statement, Ranges((EVEN, D1))).doubt(kernel_free=True)
    assert law_outcome(statement, Ranges((EVEN, Range("d", 4))))[1].truth is Truth.HOLDS


def test_a_law_without_parities_is_that_of_both() -> None:
    """exp(-2) Gamma((d+1)/2)/Gamma(k+(d+1)/2) for exp(-2(1-t)): mu_k ~ k! b_k over the moment of t^k P_k."""
    law = sp.exp(-2) * sp.gamma((d + 1) / 2) / sp.gamma(k + (d + 1) / 2)
    for parity in (0, 1):
        value, exact, _ = grow("mu(k)", GAUSS, "k", Range("k", parity, None, parity), D1)
        assert sp.limit((value / law).subs(d, 3), k, sp.oo) == 1 and not exact


def test_constants_that_no_term_holds_are_named() -> None:
    reader = _Reader(said("mu(k)", NTK3, "k"), Ranges((EVEN, D1)))
    for constant in (sp.acos(1 / sp.pi), 1 - sp.sqrt(2), sp.log(2) + 1):
        found = reader.hypergeometric(constant)
        (symbol,) = found.free_symbols
        assert abs(sp.N(found.subs(reader.constants) - constant, 20)) < 1e-18
        assert str(symbol).startswith("log(") and symbol.is_real
        assert sp.N(reader.constants[symbol] - sp.log(abs(constant)), 20) < 1e-18
    for plain in (sp.pi * k, sp.Rational(3, 7), sp.exp(2) * d, sp.gamma(k / 2), sp.sqrt(2) * k**2, k):
        assert reader.hypergeometric(plain) == plain
    base = reader.hypergeometric((1 + sp.sqrt(2)) ** k * d)
    assert base.has(k)
    assert abs(sp.N(base.subs(reader.constants).subs({k: 3, d: 2}) - 2 * (1 + sp.sqrt(2)) ** 3, 15)) < (1e-12)
    assert reader.variable == INTEGER_SYMBOLS["k"] and reader.free == (D1,)
