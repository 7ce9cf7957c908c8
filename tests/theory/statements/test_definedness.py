"""What must hold for an expression to have a value, when that is certain, and where it may change."""

from __future__ import annotations

from itertools import product

import pytest

from theory.language.formulas import parse_formula
from theory.language.statement import Statement, parse_statement
from theory.numbers.truth import Truth
from theory.statements.arithmetic import Undefined
from theory.statements.decide import decide
from theory.statements.definedness import Judge, conditions
from theory.statements.values import evaluate
from theory.symbolic.expressions import unparse

GAMMA, DIVISION = ("no pole", "k", 0), ("nonzero", "k", 0)
CONDITIONS = {
    "k + d*pi - n": [],
    "exp(k)*sin(d) - cos(n)": [],
    "d/k": [DIVISION],
    "1/k/d": [DIVISION, ("nonzero", "d", 0)],
    "1/(1/k)": [DIVISION, ("nonzero", "1/k", 0)],
    # 1/Gamma is entire: a pole is one where Gamma stands above.
    "Gamma(k)": [GAMMA],
    "1/Gamma(k)": [("nonzero", "Gamma(k)", 0)],
    "d*Gamma(k)": [GAMMA],
    "Gamma(k)*d": [GAMMA],
    "Gamma(k)/d": [GAMMA, ("nonzero", "d", 0)],
    "1/(d*Gamma(k))": [("nonzero", "d*Gamma(k)", 0)],
    "1/(Gamma(k)*d)": [("nonzero", "Gamma(k)*d", 0)],
    "1/(d/Gamma(k))": [GAMMA, ("nonzero", "Gamma(k)", 0), ("nonzero", "d/Gamma(k)", 0)],
    "1/(Gamma(k)/d)": [("nonzero", "d", 0), ("nonzero", "Gamma(k)/d", 0)],
    "1/(1 + Gamma(k))": [GAMMA, ("nonzero", "1 + Gamma(k)", 0)],
    "1/(Gamma(k) - 1)": [GAMMA, ("nonzero", "Gamma(k) - 1", 0)],
    "Gamma(k)**2": [GAMMA],
    "Gamma(k)**0": [GAMMA],
    "Gamma(k)**(-1)": [("nonzero", "Gamma(k)", 0)],
    "1/Gamma(k)**2": [("nonzero", "Gamma(k)**2", 0)],
    "1/Gamma(k)**0": [GAMMA, ("nonzero", "Gamma(k)**0", 0)],
    "1/Gamma(k)**(-2)": [GAMMA, ("nonzero", "Gamma(k)", 0), ("nonzero", "Gamma(k)**(-2)", 0)],
    "1/sqrt(Gamma(k))": [GAMMA, ("nonnegative", "Gamma(k)", 0), ("nonzero", "sqrt(Gamma(k))", 0)],
    "Gamma(k)**d": [GAMMA, ("power", "Gamma(k)**d", 0)],
    "1/Gamma(k)**d": [GAMMA, ("power", "Gamma(k)**d", 0), ("nonzero", "Gamma(k)**d", 0)],
    "factorial(k)": [("no pole", "k + 1", 0)],
    "1/factorial(k)": [("nonzero", "factorial(k)", 0)],
    "binomial(k, n)": [("no pole", "k + 1", 0)],
    "1/binomial(k, n)": [("no pole", "k + 1", 0), ("nonzero", "binomial(k, n)", 0)],
    "k**3": [],
    "k**0": [],
    "k**(-1)": [DIVISION],
    "k**(-3)": [DIVISION],
    "k**0.5": [("power", "k**(1/2)", 0)],
    "k**(1/2)": [("nonzero", "2", 0), ("power", "k**(1/2)", 0)],
    "k**(2-1)": [("power", "k**(2 - 1)", 0)],
    "(1/k)**2": [DIVISION],
    "2**(1/k)": [DIVISION, ("power", "2**(1/k)", 0)],
    "(1/k)**d": [DIVISION, ("power", "(1/k)**d", 0)],
    "(1/k)**(-0.5)": [DIVISION, ("power", "(1/k)**(-(1/2))", 0)],
    "mu(k)": [("index", "k", 0)],
    "mu(k, d)": [("index", "k", 0), ("index", "d", 1)],
    "b(n)": [("index", "n", 0)],
    "N(d, k)": [("index", "d", 1), ("index", "k", 0)],
    "a(k)": [("index", "k", 0), ("index", "d", 2)],
    "kappa(t)": [("unit", "t", 0)],
    "acos(t)": [("unit", "t", 0)],
    "asin(k)": [("unit", "k", 0)],
    "log(k)": [("positive", "k", 0)],
    "sqrt(k)": [("nonnegative", "k", 0)],
    "sqrt(log(1/k))": [DIVISION, ("positive", "1/k", 0), ("nonnegative", "log(1/k)", 0)],
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_every_operation_has_its_condition(text: str) -> None:
    found = [(c.kind, unparse(c.node), c.least) for c in conditions(parse_formula(text))]
    assert sorted(found) == sorted(CONDITIONS[text])


WORDS = {
    "1/k": "k is not 0",
    "log(k)": "k is positive",
    "sqrt(k)": "k is not negative",
    "Gamma(k)": "k is no integer <= 0",
    "acos(k)": "k lies in [-1, 1]",
    "mu(k)": "k is an integer >= 0",
    "N(k, 1)": "k is an integer >= 1",
    "k**d": "k**d has a positive base",
}


@pytest.mark.parametrize("text", WORDS)
def test_a_condition_in_words(text: str) -> None:
    (first, *_) = conditions(parse_formula(text))
    assert first.text == WORDS[text]


def statement(text: str, *where: str, relation: str = " >= 0") -> Statement:
    """With the kernel ReLU, whose eigenvalues are all defined for integers k >= 0, d >= 1."""
    needs = any(f in text for f in ("mu(", "a(", "b(", "kappa("))
    return parse_statement(text + relation, "ArcCosine(order=1)" if needs else None, where)


def doubt(text: str, *where: str, relation: str = " >= 0") -> str | None:
    said = statement(text, *where, relation=relation)
    return Judge(said, said.ranges).doubt()


# (expression, where it certainly has a value, where it has none at one point or more)
EVERYWHERE = [
    ("1/(k-3)", "k >= 4", "k >= 3"),
    ("1/(2*k-3)", "k >= 0", ""),
    ("1/(k*(d-2))", "k >= 1,d >= 3", "k >= 1,d >= 2"),
    ("1/2**k", "k >= 0", ""),
    ("1/k**d", "k >= 1", "k >= 0"),
    ("1/(k+d)", "k >= 0", ""),
    ("1/(k-d)", "", "k >= 0"),
    ("1/(Gamma(k+1)-k)", "", "k >= 0"),
    ("1/(2**k-k-1)", "", "k >= 0"),
    ("1/(k-k)", "", "k >= 0"),
    ("1/(2*(k-1))", "k >= 2", "k >= 1"),
    ("1/(1/Gamma(k-3))", "k >= 4", "k >= 3"),
    ("1/Gamma(k+1)", "k >= 0", ""),
    ("log(k-3)", "k >= 4", "k >= 3"),
    ("sqrt(k-3)", "k >= 3", "k >= 2"),
    ("sqrt(k*(d-1))", "k >= 0", ""),
    ("sqrt(d-2)", "d >= 2", "d >= 1"),
    ("sqrt(k*d-1)", "k >= 1", "k >= 0"),
    ("sqrt(1/k)", "k >= 1", "k >= 0"),
    ("sqrt(k-d)", "", "k >= 0"),
    ("Gamma(k-3)", "k >= 4", "k >= 3"),
    ("Gamma(k-7/2)", "k >= 0", ""),
    ("factorial(k-3)", "k >= 3", "k >= 2"),
    ("binomial(k-3, d)", "k >= 3", "k >= 2"),
    ("mu(k-3)", "k >= 3", "k >= 2"),
    ("mu(3, d-1)", "d >= 2", "d >= 1"),
    ("mu(2*k-4)", "k >= 2", "k >= 1"),
    ("mu(k/2)", "", "k >= 0"),
    ("mu(d-k)", "", "k >= 0"),
    ("a(k)", "d >= 2", "d >= 1"),
    ("a(k-1)", "k >= 1,d >= 2", "k >= 0,d >= 2"),
    ("b(n-1)", "n >= 1", "n >= 0"),
    ("N(d-1, k)", "d >= 2", "d >= 1"),
    ("N(d, k-1)", "k >= 1", "k >= 0"),
    ("1/N(d,k)", "k >= 0", ""),
    ("log(N(d,k))", "k >= 0", ""),
    ("acos(N(d,k))", "", "k >= 0"),  # N >= 1 does not lie in [-1, 1]
    ("acos(1/k)", "k >= 2", "k >= 0"),
    ("asin(2/k)", "k >= 3", "k >= 1"),
    ("acos(k)", "k = 1", "k = 2"),
    ("kappa(1/k)", "k >= 2", "k >= 0"),
    ("kappa(k-1)", "k = 2", "k = 3"),
    ("asin(-1/k)", "k >= 2", "k >= 0"),
    ("(k-1)**d", "k >= 0", ""),
    ("k**(d-2)", "d >= 3", "d >= 1"),
    ("(k-2)**(1/2)", "k >= 3", "k >= 1"),
    ("(k-2)**(d/2)", "k >= 3", "k >= 1"),
    ("(0-2)**k", "k >= 0", ""),
    ("(0-2)**(k/2)", "", "k >= 0"),
    ("pi**(k/2)", "k >= 0", ""),
    ("2**(k/3)", "k >= 0", ""),
    ("(k-4)**(-1)", "k >= 5", "k >= 4"),
    ("(k-4)**(-3)", "k >= 5", "k >= 4"),
    ("(k-4)**2", "k >= 0", ""),
]


def is_defined(text: str, where: str) -> bool:
    """By the values at all small points, which another module computes."""
    said = statement(text, *filter(None, where.split(",")))
    points = product(*(w.values(7) for w in said.ranges))
    try:
        for point in points:
            evaluate(said.left, dict(zip((w.name for w in said.ranges), point, strict=True)), said.kernel, 15)
    except Undefined:
        return False
    return True


@pytest.mark.parametrize(("text", "good", "bad"), EVERYWHERE)
def test_it_is_certain_from_the_first_value_on_and_not_before(text: str, good: str, bad: str) -> None:
    if good:
        assert is_defined(text, good)
        assert doubt(text, *good.split(",")) is None
    if bad:
        assert not is_defined(text, bad)
        assert "it is not certain that" in doubt(text, *bad.split(","))


def test_both_sides_are_judged() -> None:
    for said in ("k >= 1/(k-2)", "1/(k-2) >= k"):
        found = parse_statement(said, None, ["k >= 1"])
        assert Judge(found, found.ranges).doubt() == "it is not certain that k - 2 is not 0"


# Along a limit finitely many values do not matter, but all of the other variables do.
AT_LIMIT = [
    ("1/(k-3)", "", True),
    ("1/(d-3)", "", False),
    ("1/(d-3)", "d >= 4", True),
    ("1/((d-3)*k+1)", "d >= 3", False),
    ("1/((d-3)*k+1)", "d >= 4", True),
    ("1/(k-1/(d-3))", "d >= 3", False),
    ("sqrt(k-5)", "", True),
    ("sqrt(5-k)", "", False),
    ("log(k**2-99)", "", True),
    ("log(99*k-k**2)", "", False),
    ("log(1-1/k)", "", True),
    ("log(d-k)", "", False),
    ("log(k/(k-d))", "", True),
    ("log(1/(d-k))", "", False),
    ("sqrt((d-3)*k-1)", "d >= 3", False),
    ("sqrt((d-3)*k-1)", "d >= 4", True),
    ("sqrt((d-3)*k)", "d >= 3", True),
    ("sqrt((d-3)*k)", "d >= 2", False),
    ("Gamma(k-5)", "", True),
    ("Gamma(5-k)", "", False),
    ("Gamma(k**2-k)", "", True),
    ("Gamma(k-k**2)", "", False),
    ("Gamma(d-2)", "", False),
    ("Gamma(d-2)", "d >= 3", True),
    ("Gamma((d-3)*k-1)", "d >= 3", False),
    ("Gamma(1/2-k)", "", True),
    ("1/(1/Gamma(5-k))", "", False),
    ("1/(1/Gamma(k-5))", "", True),
    ("mu(k-5)", "", True),
    ("mu(5-k)", "", False),
    ("mu(k-d)", "", True),
    ("mu(k/2)", "", False),
    ("mu(3, d-1)", "", False),
    ("mu(k*(d-1))", "", False),
    ("N(d, k-5)", "", True),
    ("N(d-1, k-5)", "", False),
    ("acos(1/k)", "", True),
    ("acos(1+1/k)", "", False),
    ("acos(9/k-1)", "", True),
    ("acos(k)", "", False),
    ("acos(-9/k-1)", "", False),
    ("(k-9)**(1/2)", "", True),
    ("(9-k)**(1/2)", "", False),
    ("(9-k)**d", "", True),
    ("k**(d-5)", "", True),
    ("2**(1/(k-3))", "", True),
    ("a(k)", "d >= 2", True),
    ("a(k)", "", False),
]


@pytest.mark.parametrize(("text", "where", "certain"), AT_LIMIT)
def test_along_a_limit_it_is_what_holds_for_all_large_values(text: str, where: str, certain: bool) -> None:
    found = doubt(text, *filter(None, [where]), relation=" = O(1) as k -> oo")
    assert (found is None) == certain


@pytest.mark.parametrize("part", ["sqrt((d-3)*k-1)", "Gamma(k-k**2)", "log((d-3)*k)", "1/((d-3)*k)"])
def test_what_has_no_value_for_one_dimension_or_any_degree_holds_never(part: str) -> None:
    """At d = 3, and of Gamma everywhere, the side is undefined for every k, though it vanishes formally."""
    for side in (f"k + 0*{part} + 0*d", f"k + {part} - {part} + 0*d"):
        verdict = decide(parse_statement(f"{side} = O(k) as k -> oo", None, ["d >= 3"]))
        assert verdict.truth is not Truth.HOLDS


IN_T = {
    "1/(t-2)": True,
    "1/(t-1)": False,
    "1/(t+1)": False,
    "1/(2*t-1)": False,
    "1/(t**2+1)": True,
    "1/(t+k)": False,
    "log(2-t)": True,
    "log(1-t)": False,
    "log(t-2)": False,
    "log(1+t**2)": True,
    "log(t)": False,
    "sqrt(1-t)": True,
    "sqrt(1+t)": True,
    "sqrt(1-t**2)": True,
    "sqrt(t)": False,
    "sqrt(t**2)": True,
    "sqrt(-t**2)": False,
    "sqrt(t**3)": False,
    "sqrt((1-t)*(1+t)**2)": True,
    "sqrt((t-1/7)**2)": True,
    "sqrt(t-1)": False,
    "sqrt((t-2)*(t+3))": False,
    "sqrt((2-t)*(t+3))": True,
    "sqrt((t-1)**2*(t-2)**3)": False,
    "sqrt((t-1/2)**3)": False,
    "sqrt((t**2-1)*(t-1/7)**2)": False,
    "sqrt((t**2-1)*(3*t-1)**4)": False,
    "sqrt((1-t**2)*(7*t-1)**2)": True,
    "sqrt(pi - t)": True,
    "sqrt(t - pi)": False,
    "sqrt(4*(1-t))": True,
    "sqrt(-(1-t))": False,
    "sqrt(t**2/3)": True,
    "sqrt(-1-t)": False,
    "sqrt((t-1/2)*(t+1/2))": False,
    "sqrt((1-t)*(1+t)*(4-t))": True,
    "sqrt((t-1)*(1+t))": False,
    "acos(t)": True,
    "acos(-t)": True,
    "acos(2*t)": False,
    "acos(t/2)": True,
    "asin(t**2)": True,
    "acos(2*t**2-1)": True,
    "acos(t+1/9)": False,
    "acos(t-1/9)": False,
    "acos(t/2+1/2)": True,
    "kappa(t**3)": True,
    "kappa(t*2)": False,
    "Gamma(t+2)": False,
    "mu(t)": False,
    "(t+2)**k": True,
    "(t+1)**k": False,
    "acos(1/(t+3))": False,
}


@pytest.mark.parametrize("text", IN_T)
def test_a_polynomial_in_t_is_judged_on_the_whole_interval(text: str) -> None:
    assert (doubt(text) is None) == IN_T[text]


def test_conditions_on_quantities_of_the_kernel_may_be_left_to_their_laws() -> None:
    for text, free in (("1/mu(k)", True), ("1/(k-3)", False), ("sqrt(mu(k))/k", False)):
        said = statement(text, relation=" = O(1) as d -> oo")
        judge = Judge(said, said.ranges)
        assert judge.doubt() is not None
        assert (judge.doubt(kernel_free=True) is None) == free
