"""Statements written by someone who looks for weak places, with their truth worked out by hand.

Each was decided wrongly once, crashed, or is a neighbour of one that was. What is OPEN may be
UNDECIDED, but never the opposite of the truth beside it.
"""

from __future__ import annotations

import pytest

from tests.examples import some
from theory.language.formulas import MAX_HEIGHT
from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.decide import decide
from theory.symbolic.expression_grammar import ExpressionError

Row = tuple[str | None, str, tuple[str, ...]]
N2, N3 = "NTK(depth=2)", "NTK(depth=3)"
NOT_INTEGRABLE = 'Zonal("(1-t)**(-1/2)")'
TOUCHING = "Compose(ArcCosine(order=0), PowerSeries((-1, 0, 2)))"

HOLDS: list[Row] = [
    (None, "sqrt(k**2-2*k*d+d**2) - k = O(1) as k -> oo", ()),
    (N2, "mu(d, 2) < 1/100", ("d even", "d >= 4")),
    (None, "k**pi >= 0", ()),
    (N2, "mu(2*cos(0)) = mu(2)", ()),
    (NOT_INTEGRABLE, "mu(k) = Theta(k**(1-d)) as k -> oo", ("d >= 2",)),
    (N2, "1/mu(k) = O(k**(d+1)) as k -> oo", ("k even",)),
    (N3, "mu(k) <= mu(k)", ()),
    (N3, "mu(k) <= mu(1)", ("d = 9", "k >= 2", "k <= 500")),
    (N3, "mu(k)*(d-77)**2 >= 0", ("d >= 70", "d <= 84", "k = 3")),
    ('DualTangent("gelu")', "mu(k) = O(k**(-100)) as k -> oo", ("k odd",)),
    (None, "sqrt((k-5)**2) = k - 5", ("k >= 5",)),
    (None, "sqrt((k-5)**2) ~ k as k -> oo", ()),
    (None, "(-1)**k >= -1", ()),
    (None, "binomial(k+d, k) > 0", ()),
    (None, "binomial(d, k) = Theta(d**k) as d -> oo", ()),
    (N2, "mu(k, d+1) <= mu(k, d)", ("k even", "k >= 2")),
    (N2, "mu(d) = 0", ("d odd", "d >= 3")),
    (N2, "mu(2*k, 2*d) > 0", ()),
    (N2, "mu(2*k+d, 2) = Theta(k**(-3)) as k -> oo", ("d even",)),
    (N3, "mu(k)**(-1) = O(k**(d+1)) as k -> oo", ()),
    ("Laplace(rate=L)", "kappa(-1) < 1/1000", ("L >= 4", "L <= 900")),
    (None, "k**(1/d) = o(k) as k -> oo", ("d >= 2",)),
    (None, "(d-1)*(d-2)*k**2 + k = O(k**2) as k -> oo", ()),
    (None, "exp((3-d)*k) = o(1) as k -> oo", ("d >= 4",)),
    (N2, "kappa(t) - kappa(-t) = 2*t", ()),
    ("PowerSeries((0, 1))", "N(d,k)*mu(k) <= kappa(1)", ()),
    ('Dual("sin")', "mu(k) = 0", ("k even",)),
    (N2, "mu(k)/mu(k) = 1", ("k even",)),
    (N2, "mu(k, k) = O(1) as k -> oo", ()),
    (N3, "mu(k) ~ mu(k+2) as k -> oo", ()),
]

FAILS: list[Row] = [
    (None, "sqrt(k**2-2*k*d+d**2) ~ -k as k -> oo", ()),
    (N2, "mu(2*d, 3) = Theta(1) as d -> oo", ()),
    (None, "binomial(3, d)*k = Theta(k) as k -> oo", ()),
    (N3, "mu(k)*sqrt(d-1) = Theta(k**(-d-1)) as k -> oo", ()),
    ("Gaussian(rate=L)", "kappa(-1) >= exp(-129)", ("L <= 100",)),
    (N3, "k*mu(2) <= 90", ("k <= 1000",)),
    ('Zonal("1/(1-t) + sqrt(1-t)")', "mu(k) = O(k**-6) as k -> oo", ("d = 5",)),
    ("Matern(nu=1, lengthscale=1) + Matern(nu=3/2, lengthscale=1)", "b(n) = O(n**(-5/2)) as n -> oo", ()),
    (N3, "1/((d-1)*mu(k)) = O(k**(d+1)) as k -> oo", ()),
    (N2, "1/mu(k) = O(k**(d+1)) as k -> oo", ()),
    (None, "1/(t**2-1/2)**2 > 0", ()),
    (None, "(k-7)**2 = Theta((k-8)**2) uniformly", ()),
    (N3, "mu(k)*(k-300)**2 > 0", ()),
    (N3, "mu(k)*(d-77)**2 > 0", ("k = 3",)),
    (None, "sqrt((1-t)**2) ~ t-1 as t -> 1", ()),
    (None, "sqrt(t**2) ~ t as t -> 0", ()),
    (None, "(k-3)/(k-3) = 1", ()),
    (None, "(k-700)**2 > 0", ()),
    (None, "(k-701)*(k-703) >= 0", ()),
    (None, "(-1)**(k*d) = 1", ("k odd",)),
    (None, "Gamma(k-5/2) > 0", ()),
    (N2, "mu(2*k+d, 2) = Theta(k**(-3)) as k -> oo", ()),
    (N3, "(d-2)*mu(k) = Theta(k**(-d-1)) as k -> oo", ()),
    (None, "(d-1)*(d-2)*k**2 + k = Theta(k**2) as k -> oo", ()),
    (None, "k**d = O(k**5) as k -> oo", ("d <= 6",)),
    (None, "sqrt(d-1)*k = Omega(k) as k -> oo", ()),
    (None, "(d-1)**k = Omega(1) as k -> oo", ()),
    (None, "2**(k*(d-1)) = Omega(k) as k -> oo", ()),
    (None, "sqrt(t**2) = t", ()),
    ("PowerSeries((0, 1))", "N(d,k)*mu(k) < kappa(1)", ()),
    ("PowerSeries((1, 0, 1))", "mu(k) > 0", ("k even",)),
    (N2, "mu(k)/mu(k) = 1", ()),
    (None, "(k-8)**2 = O((k-7)**2) uniformly", ()),
    (N2, "mu(k/2) >= 0", ()),
    (TOUCHING, "mu(k) = O(k**-3) as k -> oo", ("d = 2", "k even")),
    ("2 * NTK(depth=2)", "-kappa(1) - (1 - mu(2*k)) <= (0/a(2*cos(0)*k))**(-1)", ("d odd",)),
    ("NTK(depth=L)", "kappa(t)/kappa(t) = o(1) as t -> 1", ()),
]

OPEN: list[tuple[Row, Truth]] = [
    ((N3, "mu(k) < kappa(t) + 1", ("d = 2",)), Truth.HOLDS),
    ((N2, "mu(2) <= kappa(1/d)", ()), Truth.HOLDS),
    ((N2, "mu(k) < kappa(1/k)", ("d = 2", "k >= 1")), Truth.HOLDS),
    ((None, "1/Gamma(-k) = Theta(k) as k -> oo", ()), Truth.FAILS),
    ((None, "binomial(3, k) = Theta(1/k**9) as k -> oo", ()), Truth.FAILS),
    ((None, "t**(1/3) = O(1) as t -> 0", ()), Truth.FAILS),
    ((None, "sqrt(k**2+1) - k = Theta(k) as k -> oo", ()), Truth.FAILS),
    ((N3, "(d-1)*k*mu(k) + mu(k) = Omega(k**(-d-1)) as k -> oo", ()), Truth.HOLDS),
    ((N3, "(d-1)*k*mu(k) + mu(k) = Theta(k**(-d)) as k -> oo", ()), Truth.FAILS),
]

BAD: list[Row] = [
    (NOT_INTEGRABLE, "mu(k) = Theta(k**(1-d)) as k -> oo", ()),
    ("ExponentialPower(rate=1, power=L/2)", "mu(k) > 0", ("L <= 10", "d = 2")),
    ("NTK(depth=L)", "kappa(1) = L", ("L <= 300",)),
]


def named(row: Row) -> str:
    kernel, says, where = row
    return f"{says} {list(where)} {kernel or ''}"


@pytest.mark.parametrize("row", HOLDS, ids=named)
def test_what_is_true_holds(row: Row) -> None:
    kernel, says, where = row
    assert decide(parse_statement(says, kernel, where)).truth is Truth.HOLDS


@pytest.mark.parametrize("row", FAILS, ids=named)
def test_what_is_false_fails_and_shows_where(row: Row) -> None:
    kernel, says, where = row
    verdict = decide(parse_statement(says, kernel, where))
    assert verdict.truth is Truth.FAILS and verdict.counterexample


@pytest.mark.parametrize(("row", "truth"), OPEN, ids=[named(row) for row, _ in OPEN])
def test_what_is_open_is_never_turned_round(row: Row, truth: Truth) -> None:
    kernel, says, where = row
    assert decide(parse_statement(says, kernel, where)).truth in (truth, Truth.UNDECIDED)


@pytest.mark.parametrize("row", BAD, ids=named)
def test_what_means_nothing_is_refused_when_it_is_read(row: Row) -> None:
    kernel, says, where = row
    with pytest.raises(ExpressionError, match="allowed|must be"):
        parse_statement(says, kernel, where)


SMALLEST = [
    (N3, "mu(k+1) < mu(k)", ("d = 9",), {"k": 27, "d": 9}),
    (N3, "mu(k+1) < mu(k)", ("d = 2",), {"k": 9, "d": 2}),
    (N3, "k*mu(2) <= 90", ("k <= 1000",), {"k": 408, "d": 1}),
    ("Gaussian(rate=L)", "kappa(-1) >= exp(-129)", ("L <= 100",), {"L": 65}),
]


@pytest.mark.parametrize(("kernel", "says", "where", "at"), SMALLEST, ids=lambda part: str(part))
def test_the_counterexample_is_the_first_on_its_way(
    kernel: str, says: str, where: tuple[str, ...], at: dict[str, int]
) -> None:
    verdict = decide(parse_statement(says, kernel, where))
    assert verdict.evidence is Evidence.CERTIFIED and verdict.counterexample.items() >= at.items()
    assert verdict.counterexample["left"] != verdict.counterexample["right"]


@pytest.mark.parametrize("says", ["+".join(["k"] * 900) + " >= 0", "-" * 900 + "k >= 0"], ids=["sum", "signs"])
def test_what_is_nested_too_deeply_is_refused_when_it_is_read(says: str) -> None:
    with pytest.raises(ExpressionError, match="nested too deeply"):
        parse_statement(says)


@pytest.mark.parametrize("relation", [">= 0", "= O(k) as k -> oo"])
def test_what_may_just_be_read_is_decided(relation: str) -> None:
    """No method runs out of nested calls on the highest tree, from a stack as deep as a notebook's."""
    highest = " + ".join(["k"] * (MAX_HEIGHT + 1))
    assert decide(parse_statement(f"{highest} {relation}")).truth is Truth.HOLDS
    with pytest.raises(ExpressionError, match="nested too deeply"):
        parse_statement(f"{highest} + k {relation}")


def test_the_words_do_not_depend_on_what_was_decided_before() -> None:
    said = parse_statement("mu(k) ~ 7/(4*pi)*k**(-4) as k -> oo", "NTK(depth=4)", ["d = 3", "k even"])
    first = decide(said)
    for depth in some((4, 5), 1):  # towers of other constants under the same names
        decide(parse_statement("mu(k) = O(1) as k -> oo", f"NTK(depth={depth}, bias_variance=1)", ["d = 3"]))
    assert decide(said) == first
