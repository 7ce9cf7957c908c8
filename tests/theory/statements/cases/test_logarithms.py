"""Logarithms as factors of a law: decided, against numbers, and never lost."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from theory.language.statement import parse_statement
from theory.numbers.truth import Evidence, Truth
from theory.statements.cases.logarithms import logarithm, with_factors
from theory.statements.decide import decide
from theory.statements.outcome import NotSymbolic
from theory.symbolic.growth import POWER, LogLog, growth, largest_order
from theory.symbolic.hypergeometric import NotHypergeometric, single_term
from theory.symbolic.objects import Range, d, k
from theory.symbolic.ranges import Ranges

NTK3 = "NTK(depth=3)"
H, F, U = Truth.HOLDS, Truth.FAILS, Truth.UNDECIDED


@pytest.mark.parametrize(
    "says, kernel, where, truth",
    [
        ("log(mu(k)) ~ -(d+1)*log(k) as k -> oo", NTK3, [], H),
        ("log(mu(k)) ~ -(d+2)*log(k) as k -> oo", NTK3, [], F),
        ("log(mu(k))/log(k) ~ -(d+1) as k -> oo", NTK3, [], H),
        ("-log(mu(k)) ~ k*log(k) as k -> oo", "Gaussian(rate=1)", [], H),
        ("-log(mu(k)) = Theta(k) as k -> oo", "Gaussian(rate=1)", [], F),
        ("mu(k) = O(k**(-d-1)*log(k)) as k -> oo", NTK3, [], H),
        ("mu(k) = o(k**(-d-1)*log(k)) as k -> oo", NTK3, [], H),
        ("mu(k) = Theta(k**(-d-1)*log(k)) as k -> oo", NTK3, [], F),
        ("mu(k)*log(mu(k)) = o(k**(-d)) as k -> oo", NTK3, [], H),
        ("log(mu(1)) ~ -log(d) as d -> oo", "NTK(depth=2)", [], H),
        ("k*log(k) = O(k**2) as k -> oo", None, [], H),
        ("k*log(k) = O(k) as k -> oo", None, [], F),
        ("log(k)**3 = o(k**(1/2)) as k -> oo", None, [], H),
        ("sqrt(log(k)) = o(log(k)) as k -> oo", None, [], H),
        ("log(k+1) ~ log(k) as k -> oo", None, [], H),
        ("log(k**2) ~ log(k) as k -> oo", None, [], F),
        ("log(factorial(k)) ~ k*log(k) as k -> oo", None, [], H),
        ("log(N(d,k)) ~ (d-1)*log(k) as k -> oo", None, ["d >= 2"], H),
        ("log(N(d,k)) ~ (d-1)*log(k) as k -> oo", None, [], F),  # log 2 on the circle
        ("log(1/k) = O(log(k)) as k -> oo", None, [], H),
        ("log(1/k) ~ log(k) as k -> oo", None, [], F),
        # what cancels, tends to 0, or has no certain sign is not decided
        ("log(k+1) - log(k) = O(1) as k -> oo", None, [], U),
        ("log(k+1) - log(k) = Omega(1) as k -> oo", None, [], U),
        ("log(1 + 1/k) = Theta(1/k) as k -> oo", None, [], U),
        ("log(mu(k)/mu(k+2)) = O(1) as k -> oo", NTK3, [], U),
        ("log(1/k)**(1/2) = O(k) as k -> oo", None, [], U),
        ("log(log(k)) = o(log(k)) as k -> oo", None, [], U),
    ],
)
def test_statements_with_logarithms(says: str, kernel: str | None, where: list[str], truth: Truth) -> None:
    verdict = decide(parse_statement(says, kernel, where))
    assert verdict.truth is truth, verdict.why
    if "log" in says:
        assert verdict.evidence is not Evidence.PROVED or truth is U, "no rule of the checker knows logarithms"


@pytest.mark.parametrize(
    "argument, sign, point, wanted",
    [(k**3, 1, 10**40, 3), (k**-3, -1, 10**40, 3), (2**k * k, 1, 10**9, None), (sp.Integer(5) + 1 / k, 1, 10**9, None)],
)
def test_a_logarithm_is_a_positive_factor_that_grows_like_it(argument, sign, point, wanted) -> None:
    found = logarithm(argument, k, Ranges(), {})
    assert found.could_extract_minus_sign() == (sign < 0)
    size = growth(single_term(abs(sign) * found * sign), k)
    told = size.constant * k**size.exponent * sp.Mul(*(sp.log(k) ** c for scale, c in size.beyond))
    exact = sp.log(argument.subs(k, point))
    assert abs(sp.N(told.subs(k, point) / abs(exact), 20) - 1) < sp.Rational(1, 10)
    if wanted is not None:
        assert size.constant == wanted


def test_logarithms_cancel_only_where_they_are_the_same() -> None:
    one = with_factors(sp.log(k + 1) - sp.log(k, evaluate=False), k, Ranges())
    assert one != 0 and one.has(LogLog)
    assert with_factors(sp.log(k) - sp.log(k), k, Ranges()) == 0


def test_the_sign_must_be_certain_for_all_other_values() -> None:
    below = Ranges((Range("d", 1),))
    with pytest.raises(NotSymbolic, match="sign"):
        logarithm(k ** (d - 2), k, below, {})
    assert logarithm(k ** (d - 2), k, Ranges((Range("d", 3),)), {}) == sp.exp(LogLog(k ** (d - 2)))


@settings(max_examples=30, deadline=None)
@given(st.integers(-4, 4), st.integers(-3, 3), st.integers(1, 5), st.integers(0, 2))
def test_the_leading_order_of_a_logarithm_is_right(power: int, rate: int, factor: int, gammas: int) -> None:
    term = factor * sp.Integer(3) ** (rate * k) * k**power * sp.gamma(k + 1) ** gammas
    scale, order = largest_order(growth(single_term(term), k))
    p, q = scale
    with mp.workdps(30):
        at = mpf(10) ** 400
        exact = mp.log(factor) + rate * at * mp.log(3) + power * mp.log(at) + gammas * mp.loggamma(at + 1)
        told = mpf(str(sp.N(order, 30))) * at ** int(p) * mp.log(at) ** int(q)
        assert told == exact == 0 or abs(told / exact - 1) < 0.01


@pytest.mark.parametrize("size", ["sqrt(log(k))", "log(k)**(1/3)", "log(k)"])
def test_log_of_a_logarithm_is_no_power_of_one(size: str) -> None:
    """log(-log(mu_k)) ~ log(log(k)): its place among the scales is no power of log(k)."""
    said = parse_statement(f"log(0 - log(mu(k))) = Theta({size}) as k -> oo", "Laplace(rate=1)", ["d = 2"])
    assert decide(said).truth is not Truth.HOLDS


def test_the_law_of_a_logarithm_of_a_logarithm_is_refused() -> None:
    once, twice = LogLog(k), LogLog(sp.exp(LogLog(k)))
    assert growth(single_term(sp.exp(once)), k).order(POWER) == 0
    with pytest.raises(NotHypergeometric, match="below every scale"):
        growth(single_term(sp.exp(twice)), k)
