"""Sums in which the leading terms cancel: against numbers, and never taken for 0."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from theory.kernels.parse import parse_kernel
from theory.language.formulas import parse_formula
from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.spectra.spectrum import spectrum
from theory.statements.decide import decide
from theory.statements.equivalents.expanded import Expanded, expanded, power_at
from theory.statements.equivalents.laws import known_orders
from theory.statements.equivalents.sides import Reader
from theory.statements.outcome import NotSymbolic
from theory.symbolic.expressions import Node
from theory.symbolic.objects import Range, d, k
from theory.symbolic.ranges import Ranges

NTK3, LAPLACE = "NTK(depth=3)", "Laplace(rate=1)"
CONSTANT = "2**d*(d+1)*Gamma((d+1)/2)**2/(2*pi**2)"  # of 2 (d+1)/k times the law of depth 3, but for the 7 or 5


@pytest.mark.parametrize(
    "says, kernel, where, truth",
    [
        ("mu(k) - mu(k+2) = Theta(k**(-d-2)) as k -> oo", NTK3, ["k even"], Truth.HOLDS),
        (f"mu(k) - mu(k+2) ~ 7*{CONSTANT}*k**(-d-2) as k -> oo", NTK3, ["k even"], Truth.HOLDS),
        (f"mu(k) - mu(k+2) ~ 5*{CONSTANT}*k**(-d-2) as k -> oo", NTK3, ["k odd"], Truth.HOLDS),
        (f"mu(k) - mu(k+2) ~ 7*{CONSTANT}*k**(-d-2) as k -> oo", NTK3, ["k odd"], Truth.FAILS),
        (f"mu(k) - mu(k+2) ~ 7/2*{CONSTANT}*k**(-d-2) as k -> oo", NTK3, ["k even"], Truth.FAILS),
        ("mu(k) - mu(k+2) = O(k**(-d-3)) as k -> oo", NTK3, ["k even"], Truth.FAILS),
        ("mu(k) - mu(k+1) = Theta(k**(-d-1)) as k -> oo", NTK3, [], Truth.HOLDS),  # the parities differ
        ("mu(k) - mu(k+1) = Theta(k**(-d-2)) as k -> oo", LAPLACE, [], Truth.HOLDS),
        ("mu(k) - 2*mu(k+2) + mu(k+4) = Theta(k**(-d-3)) as k -> oo", LAPLACE, [], Truth.HOLDS),
        ("mu(k) - 2*mu(k+2) + mu(k+4) = o(k**(-d-3)) as k -> oo", LAPLACE, [], Truth.FAILS),
        ("mu(k)/mu(k+2) - 1 ~ 2*(d+1)/k as k -> oo", NTK3, ["k even"], Truth.HOLDS),
        ("mu(k)/mu(k+2) - 1 ~ (d+1)/k as k -> oo", NTK3, ["k even"], Truth.FAILS),
        ("mu(k) - mu(k+2) = Theta(k**(-4)) as k -> oo", NTK3, ["d = 2"], Truth.HOLDS),
    ],
)
def test_differences_of_laws_are_decided(says: str, kernel: str, where: list[str], truth: Truth) -> None:
    verdict = decide(parse_statement(says, kernel, where))
    assert verdict.truth is truth, verdict.why
    assert verdict.evidence is Evidence.CHECKED  # further terms are exact expansions, without a replayed proof


@pytest.mark.parametrize("says", ["mu(k) - mu(k) = O(k**-9)", "mu(k)*mu(k+2) - mu(k+2)*mu(k) = Theta(1)"])
def test_what_cancels_wholly_is_not_taken_for_a_law(says: str) -> None:
    assert decide(parse_statement(f"{says} as k -> oo", NTK3, ["k even", "d = 2"])).truth is Truth.UNDECIDED


@pytest.mark.parametrize(
    "kernel, gap", [(NTK3, 2), (LAPLACE, 1), (LAPLACE, 2), ("ExponentialPower(rate=1, power=1/2)", 2)]
)
@pytest.mark.parametrize("dim", [1, 2, 3])
def test_the_first_term_of_a_difference_is_that_of_the_certified_eigenvalues(kernel: str, gap: int, dim: int) -> None:
    statement = parse_statement(f"mu(k) - mu(k+{gap}) = O(1) as k -> oo", kernel, [f"d = {dim}"])
    law = Reader(statement, Ranges((Range("k", 0, None, 0), Range("d", dim, dim))))
    leading = law.growth_of(statement.left).expression.subs(law.used.constants)
    at, far = 100, 200
    quotients = []
    for degree in (at, far):
        values = [spectrum(parse_kernel(kernel), dim, j).eigenvalues[0].enclosure.lower for j in (degree, degree + gap)]
        quotients.append(float((values[0] - values[1]) / Fraction(str(sp.N(leading.subs(k, degree), 30)))))
    # The quotient is 1 + O(k**(-1/2)) at least: what is left at twice the degree is smaller by a factor of 1/sqrt(2).
    assert abs(quotients[1] - 1) < 0.8 * abs(quotients[0] - 1) < 0.8 * 0.5


def plain(node: Node) -> sp.Expr | None:
    found = sp.sympify(str_of(node), locals={"k": k, "d": d})
    return None if found.has(k) else found


def str_of(node: Node) -> str:
    from theory.symbolic.expressions import unparse

    return unparse(node)


SMALL = st.integers(-3, 3)


@settings(max_examples=40, deadline=None)
@given(SMALL, SMALL, st.integers(1, 3), st.integers(1, 4), st.integers(-2, 2))
def test_rational_functions_have_their_leading_term(a: int, b: int, c: int, e: int, power: int) -> None:
    text = f"(k+{a})/({c}*k+{e}) - ({b}*k+d)/(k+1) + (k+d)**{power}".replace("+-", "-").replace("**-", "**(0-1)*1/1**")
    assume("**(0-1)" not in text)
    node = parse_formula(text)
    exact = sp.together(sp.sympify(text, locals={"k": k, "d": d}))
    try:
        constant, exponent = expanded(node, "k", plain, lambda node: pytest.fail("no law is asked")).leading()
    except NotSymbolic:
        assert sp.limit(exact.subs(d, 7) * k**5, k, sp.oo) in (0, sp.oo, -sp.oo) or exact == 0
        return
    assert sp.limit((exact / (constant * k**exponent)).subs(d, 7), k, sp.oo) == 1


def test_a_shifted_power_is_the_binomial_series() -> None:
    found = power_at(-d - 1, 2, 3, Fraction(2))
    exact = sp.series(((2 + 3 * k) ** (-d - 1)), k, 0, 3).removeO()  # k is 1/v here
    for s, c in found.terms:
        assert sp.simplify(sp.gammasimp(c - exact.expand().coeff(k, int(s)))) == 0


def test_what_may_vanish_is_refused() -> None:
    zero = Expanded.of(
        sp.Integer(0), {Fraction(0): d + 1 - d - 1, Fraction(1): sp.gamma(d + 1) - d * sp.gamma(d)}, Fraction(2)
    )
    with pytest.raises(NotSymbolic, match="cancel"):
        zero.leading()
    with pytest.raises(NotSymbolic, match="cancel"):
        zero.raised(-1)


CLOSE = (
    "a = Laplace(rate=1) + ExponentialPower(1, 5/4) + Matern(3/4, 1); b = Laplace(rate=1); c = ExponentialPower(1, 5/4)"
)


@pytest.mark.parametrize(
    "says, truth",
    [
        ("a.mu(k) - b.mu(k) - c.mu(k) = Theta(k**(-7/2))", Truth.HOLDS),  # what is left is Matern(3/4)
        ("a.mu(k) - b.mu(k) - c.mu(k) = O(k**(-4))", Truth.FAILS),
        ("a.mu(k) - b.mu(k) = Theta(k**(-13/4))", Truth.HOLDS),
        ("a.mu(k) - a.mu(k+2) ~ 3*k**(-4)", Truth.HOLDS),
        ("a.mu(k) - a.mu(k+2) ~ 2*k**(-4)", Truth.FAILS),
    ],
)
def test_no_power_between_the_terms_of_a_law_is_passed_over(says: str, truth: Truth) -> None:
    """The powers of k of `a` are -3, -13/4, -7/2, -4, ...: its first two or three terms are not all down to -4 or -5."""
    assert decide(parse_statement(f"{says} as k -> oo", CLOSE, ["d = 2", "k even"])).truth is truth


@pytest.mark.parametrize("powers, count, known", [((0, 1), 2, 1), ((0, 1, 2), 3, 2), ((0, 2), 3, 2), ((0,), 3, 2)])
def test_a_law_is_known_up_to_its_count_of_orders(powers: tuple[int, ...], count: int, known: int) -> None:
    assert known_orders(tuple((sp.Integer(-3 - p), sp.Integer(1)) for p in powers), count) == known


def test_a_law_with_powers_closer_than_one_is_known_up_to_its_last_term() -> None:
    close = tuple((sp.Rational(-12 - j, 4), sp.Integer(1)) for j in range(3))
    assert known_orders(close, 3) == Fraction(1, 2)
    assert known_orders(close, 4) == 3  # all there are: no fourth one was kept
