"""Tails: whatever hides within the rest, sums, products, quotients and shifts enclose; and verdicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import mpmath as mp
import pytest
import sympy as sp
from flint import arb
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from theory.kernels.parse import parse_kernel
from theory.language.statement import parse_statement
from theory.numbers.balls import Enclosure, working_precision
from theory.numbers.truth import Evidence, Truth
from theory.spectra.routes.oracle import kappa
from theory.statements.decide import decide
from theory.statements.methods.by_remainders import by_remainders
from theory.symbolic.bounded_expansions import NoTail, Tail

Exact = Callable[[int], Fraction]
small = st.integers(-3, 3)


@st.composite
def hidden(draw: st.DrawFn) -> tuple[Tail, Exact]:
    """A tail, and a function that lies within it: its rest is all used up, with either sign."""
    first = draw(st.integers(-2, 2))
    values = draw(st.lists(small, min_size=1, max_size=3))
    terms = {Fraction(first + i): sp.Integer(c) for i, c in enumerate(values) if c}
    order, rest = first + len(values), draw(st.sampled_from([-2, -1, 0, 1, 2]))
    start = draw(st.integers(1, 6))

    def exact(v: int) -> Fraction:
        total = sum((int(c) * Fraction(v) ** -int(a) for a, c in terms.items()), Fraction(0))
        return total + rest * Fraction(v) ** -order

    return Tail(terms, arb(abs(rest)), Fraction(order) if rest else None, start), exact


def assert_inside(tail: Tail, exact: Exact, slack: int = 1) -> None:
    """At the start and beyond, |f - terms| <= slack * rest."""
    for v in (tail.start, tail.start + 1, 3 * tail.start + 2, 50 * tail.start):
        shown = sum((c * sp.Rational(v) ** -sp.Rational(a) for a, c in tail.terms.items()), sp.Integer(0))
        gap = abs(exact(v) - Fraction(int(shown.p), int(shown.q)))
        order = Fraction(0) if tail.order is None else tail.order
        assert order.denominator == 1
        assert gap <= slack * Enclosure.of(tail.rest).upper * Fraction(v) ** -int(order)


@given(hidden(), hidden(), st.integers(1, 3), st.integers(-4, 4))
@settings(max_examples=80, deadline=None)
def test_what_is_computed_with_tails_holds_for_all_that_hides_in_them(
    one: tuple[Tail, Exact], two: tuple[Tail, Exact], slope: int, shift: int
) -> None:
    (f, f_at), (g, g_at) = one, two
    with working_precision(30):
        assert_inside(f + g, lambda v: f_at(v) + g_at(v))
        assert_inside(f - g, lambda v: f_at(v) - g_at(v))
        assert_inside(f * g, lambda v: f_at(v) * g_at(v))
        assert_inside(f.at(slope, shift), lambda v: f_at(slope * v + shift))
        try:
            quotient = f * g.inverse()
        except NoTail:
            assume(False)
        assert_inside(quotient, lambda v: f_at(v) / g_at(v))


def test_a_rest_half_as_large_is_refuted() -> None:
    with working_precision(30):
        f = Tail({Fraction(1): sp.Integer(1)}, arb(2), Fraction(2), 1)
        for product, exact in (
            (f + f, lambda v: 2 * (Fraction(1, v) + Fraction(2, v**2))),
            (f * f, lambda v: (Fraction(1, v) + Fraction(2, v**2)) ** 2),
        ):
            assert_inside(product, exact)
            with pytest.raises(AssertionError):
                assert_inside(replace(product, rest=product.rest / 2), exact)


@given(hidden())
@example(
    (Tail({Fraction(0): sp.Integer(1), Fraction(1): sp.Integer(-3)}, arb(0), None, 1), lambda v: 1 - Fraction(3, v))
)
@settings(max_examples=80, deadline=None)
def test_a_certain_sign_is_the_sign_from_there_on_and_not_before(one: tuple[Tail, Exact]) -> None:
    tail, exact = one
    with working_precision(30):
        found = tail.signed_from(1)
    if found is None or not tail.terms:
        assume(tail.terms)
        assert all(a >= tail.order for a in tail.terms)
        return
    sign, start = found
    for v in (start, start + 1, 2 * start, 100 * start):
        assert sign * exact(v) > 0
    if start > tail.start:  # one before, what may hide in the tail reaches 0
        a = min(tail.terms)
        beyond = ((int(b), abs(int(c))) for b, c in tail.terms.items() if b != a)
        others = sum((c * Fraction(start - 1) ** -b for b, c in beyond), Fraction(0))
        if tail.order is not None:
            others += Enclosure.of(tail.rest).upper * Fraction(start - 1) ** -int(tail.order)
        assert others >= abs(int(tail.terms[a])) * Fraction(start - 1) ** -int(a)


NTK3, NTK4 = "NTK(depth=3)", "NTK(depth=4)"
# 2 (13 pi - acos(1/pi))/pi^3 = 2.5539... is the limit of k^4 mu_k for even k, depth 4, d = 3.
DECIDED = [
    ("mu(k) > mu(k+2)", NTK4, ["d = 3", "k even"], True),
    ("mu(k) > 1.05*mu(k+2)", NTK4, ["d = 3", "k even"], False),
    ("mu(k) <= 3*k**-4", NTK4, ["d = 3", "k even", "k >= 2"], True),
    ("mu(k) <= 2.5*k**-4", NTK4, ["d = 3", "k even", "k >= 2"], False),
    ("mu(k) - mu(k+2) > mu(k+2) - mu(k+4)", NTK3, ["d = 2", "k even"], True),
    ("mu(2) > mu(3)", NTK3, [], True),
    ("d*mu(2) > mu(1)", NTK3, ["d >= 40"], True),
    ("d*mu(2) > 2*mu(1)", NTK3, ["d >= 40"], False),
    ("N(d, k)*mu(k)*k**2 < 8", NTK3, ["d = 2"], True),
    ("N(d, k)*mu(k)*k**2 < 1.1", NTK3, ["d = 2", "k even"], False),
]


@pytest.mark.parametrize(("says", "kernel", "where", "truth"), DECIDED)
def test_inequalities_of_deep_kernels_are_certified_for_all_degrees(
    says: str, kernel: str, where: list[str], truth: bool
) -> None:
    verdict = decide(parse_statement(says, kernel, where))
    evidence = Evidence.PROVED if says == "mu(k) > mu(k+2)" else Evidence.CERTIFIED  # by the signs of the coefficients
    assert (verdict.truth, verdict.evidence) == (Truth.HOLDS if truth else Truth.FAILS, evidence)
    assert (verdict.counterexample is None) == truth


@pytest.mark.parametrize(("says", "truth"), [("mu(0) > 1/pi", True), ("mu(0) > 0.32", False), ("d*mu(2) < 1", True)])
def test_as_the_dimension_moves_the_law_is_that_in_d(says: str, truth: bool) -> None:
    """mu_0 = (1 + 3/(2d) + ...)/pi for two layers: below 0.32 from d = 284 on."""
    ((_, outcome),) = by_remainders(parse_statement(says, "NTK(depth=2)"))
    assert outcome.truth is (Truth.HOLDS if truth else Truth.FAILS)


def test_a_counterexample_far_out_is_real_by_quadrature() -> None:
    verdict = decide(parse_statement("mu(k) <= 2.5*k**-4", NTK4, ["d = 3", "k even", "k >= 2"]))
    degree = verdict.counterexample["k"]
    assert degree > 61  # beyond every instance that is tried
    # On S^3, P_k = sin((k+1) theta)/((k+1) sin(theta)) and the weight is (2/pi) sin(theta)^2.
    kernel, pieces = parse_kernel(NTK4), mp.linspace(0, mp.pi, 41)
    with mp.workdps(25):
        integral = mp.quad(
            lambda x: kappa(kernel, mp.cos(x)) * mp.sin((degree + 1) * x) * mp.sin(x),
            pieces,
            method="gauss-legendre",
            maxdegree=4,
        )
        value = 2 / mp.pi * integral / (degree + 1)
        assert value == pytest.approx(float(verdict.counterexample["left"]), rel=1e-6)
        assert value > 2.5 / mp.mpf(degree) ** 4
