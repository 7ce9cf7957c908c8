"""Sums of powers and logarithms at both ends: the leading term beside the exact eigenvalue."""

from __future__ import annotations

import re
from fractions import Fraction

import mpmath as mp
import pytest
import sympy as sp
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.examples import FACTOR
from theory.expansions.admissible import Inadmissible
from theory.kernels import ArcCosine, Compose, Gaussian, PowerSeries, Zonal
from theory.kernels.parity import polynomial_part
from theory.language.statement import parse_statement
from theory.laws.decay import decay
from theory.laws.end_terms import degree_law
from theory.numbers.truth import Truth
from theory.statements.decide import decide
from theory.symbolic.expression_grammar import ExpressionError
from theory.symbolic.objects import Range, k
from theory.symbolic.puiseux import NoExpansion

Term = tuple[Fraction, int, int, bool]  # weight (1 - sign t)^nu, times log(1 - sign t): (nu, weight, sign, log)
FAR = 10**7

POWERS = [
    Fraction(*e) for e in ((-5, 2), (-2, 1), (-1, 1), (-3, 4), (-1, 2), (1, 3), (1, 2), (1, 1), (3, 2), (2, 1), (5, 2))
]
TERMS = st.one_of(
    st.tuples(st.sampled_from(POWERS), st.sampled_from([-3, -1, 1, 2]), st.sampled_from([1, -1]), st.just(False)),
    st.tuples(
        st.integers(0, 2).map(Fraction), st.sampled_from([-3, -1, 1, 2]), st.sampled_from([1, -1]), st.just(True)
    ),
)


def text(terms: list[Term]) -> str:
    shown = []
    for nu, weight, sign, log in terms:
        base = f"(1{'-' if sign == 1 else '+'}t)"
        shown.append(f"({weight})*{base}**({nu})" + (f"*log{base}" if log else ""))
    return " + ".join(shown)


def exact(term: Term, degree: int, dim: int) -> mp.mpf:
    """Gamma((d+1)/2)/sqrt(pi) 2^(nu+d-1) Gamma(nu+d/2) (-nu)_k / Gamma(k+nu+d), its derivative in nu with a
    logarithm: Rodrigues' formula and an integral of Beta."""
    nu, weight, sign, log = term

    def eigenvalue(v: mp.mpf) -> mp.mpf:
        size = mp.loggamma(degree - v) - mp.loggamma(degree + v + dim)
        return (
            mp.gamma(mp.mpf(dim + 1) / 2)
            / mp.sqrt(mp.pi)
            * 2 ** (v + dim - 1)
            * mp.gamma(v + mp.mpf(dim) / 2)
            * (mp.rgamma(-v) * mp.exp(size))
        )

    v = mp.mpf(nu.numerator) / nu.denominator
    return weight * sign**degree * (mp.diff(eigenvalue, v, h=mp.mpf(10) ** -30) if log else eigenvalue(v))


@given(st.lists(TERMS, min_size=1, max_size=4), st.integers(1, 6))
@settings(max_examples=25 * FACTOR, deadline=None)
@example([(Fraction(-1), 1, 1, False), (Fraction(1, 2), 1, 1, False)], 5)
@example([(Fraction(-2), 1, 1, False), (Fraction(-2), 1, -1, False), (Fraction(1, 2), 1, 1, False)], 5)
@example([(Fraction(1), 2, -1, True), (Fraction(3, 2), 1, 1, False)], 1)
@example([(Fraction(1, 2), 1, 1, False), (Fraction(1, 2), -1, -1, False), (Fraction(5, 2), 2, 1, False)], 2)
def test_the_leading_term_is_that_of_the_exact_sum(terms: list[Term], dim: int) -> None:
    kernel = Zonal(text(terms))
    powers = [nu for nu, _, _, log in terms if nu < 0 or nu.denominator > 1 or log]
    worst = {sign: sum(w for n, w, s, _ in terms if (n, s) == (min(powers, default=0), sign)) for sign in (1, -1)}
    try:
        law = decay(kernel, "k", dim)
    except Inadmissible:
        assert min(powers) <= -Fraction(dim, 2)
        return
    except (ValueError, ExpressionError):
        # Nothing singular is left, or of one parity, which is then 0 or unknown.
        with mp.workdps(90):
            left = {p: sum(exact(t, 10**4 + p, dim) for t in terms) for p in (0, 1)}
        assert not powers or not any(worst.values()) or any(abs(v) < mp.mpf(10) ** -50 for v in left.values())
        return
    assume(powers)
    for branch in law.law:
        where = branch.ranges[0]
        for parity in (0, 1) if where.parity is None else (where.parity,):
            with mp.workdps(90):
                value = sum(exact(t, FAR + parity, dim) for t in terms)
                leading = mp.mpf(str(sp.N(branch.leading.subs(k, FAR + parity), 40)))
                assert abs(value - leading) < abs(leading) / 50 or (leading == 0 and abs(value) < mp.mpf(10) ** -50)
                assert leading == 0 or abs(value - leading / 2) > abs(leading) / 50


@pytest.mark.parametrize("pole", ["1/(1-t)", "1/(1+t)**2", "1/(1-t)**3", "1/(1-t**2)"])
def test_a_pole_at_an_end_is_kept(pole: str) -> None:
    """Beside a root the pole alone decides, as it does without."""
    alone, beside = (decay(Zonal(p), "k", 7).law for p in (pole, f"{pole} + sqrt(1-t) + (1+t)**(3/2)"))
    if pole == "1/(1-t**2)":
        alone, beside = alone[:1], beside[:1]  # odd degrees have the roots' law
    assert [b.leading for b in alone] == [b.leading for b in beside]
    roots = decay(Zonal("sqrt(1-t) + (1+t)**(3/2)"), "k", 7).law[0]
    assert roots.exponent < alone[0].exponent


def test_eight_over_the_third_power() -> None:
    """E[P_k/(1-t)] on S^5: 8/((k+1)(k+2)(k+3)), by the formula of the power."""
    for text_ in ("1/(1-t)", "1/(1-t) + sqrt(1-t)"):
        assert [(b.exponent, b.constant) for b in decay(Zonal(text_), "k", 5).law] == [(-3, 8)] * 2


@pytest.mark.parametrize("expression", ["log(1-t)/(1-t)", "sqrt(1-t)*log(1-t)", "log(1-t)**2"])
def test_other_logarithms_have_no_law(expression: str) -> None:
    with pytest.raises(NoExpansion, match="other logarithms"):
        degree_law(Zonal(expression), 9, 1)


POWER = 'Zonal("(1-t)**(-1/2)")'
ROWS = [
    ("mu(k) = Theta(k**(1-d)) as k -> oo", POWER, ["d >= 2"], Truth.HOLDS),
    ("mu(k) = Theta(k**(1-d)) as k -> oo", POWER, ["d = 2"], Truth.HOLDS),
    ("mu(k) = o(k**(1-d)) as k -> oo", POWER, ["d >= 2"], Truth.FAILS),
    ("mu(k) = Theta(k**(1-d)) as k -> oo", POWER, [], None),
    ("mu(k) = Theta(k**(1-d)) as k -> oo", POWER, ["d = 1"], None),
    ("mu(k, d+1) = O(k**(-d)) as k -> oo", POWER, [], Truth.HOLDS),
    ("mu(k) = O(k**-6) as k -> oo", 'Zonal("1/(1-t) + sqrt(1-t)")', ["d = 5"], Truth.FAILS),
    ("mu(k) ~ 8*k**-3 as k -> oo", 'Zonal("1/(1-t) + sqrt(1-t)")', ["d = 5"], Truth.HOLDS),
    ("mu(k) = O(k**-3) as k -> oo", 'Zonal("1/(1-t) + sqrt(1-t)")', ["d = 2"], None),
    ("mu(k) = O(k) as k -> oo", 'Zonal("1/t")', ["d = 3"], None),
]


@pytest.mark.parametrize(("statement", "kernel", "where", "truth"), ROWS)
def test_statements_hold_on_the_spheres_on_which_the_kernel_is_integrable(
    statement: str, kernel: str, where: list[str], truth: Truth | None
) -> None:
    """None: a bad request, since mu(k) does not exist for every d that the statement speaks of."""
    if truth is None:
        with pytest.raises((Inadmissible, ExpressionError), match="allowed"):
            decide(parse_statement(statement, kernel, where))
    else:
        assert decide(parse_statement(statement, kernel, where)).truth is truth


def test_a_symbolic_law_says_for_which_dimensions_it_holds() -> None:
    law = decay(Zonal("(1-t)**(-3/2)"), "k")
    assert [b.ranges[1] for b in law.law] == [Range("d", 4)] * 2 and repr(law).count("for d >= 4") == 2
    assert "d >=" not in repr(decay(Zonal("sqrt(1-t)"), "k"))


@pytest.mark.parametrize(
    "kernel",
    [
        Compose(ArcCosine(0), PowerSeries((-1, 0, 2))),
        Compose(ArcCosine(1), PowerSeries((1, 0, -1))) + Gaussian(1),
        2 * Compose(Zonal("sqrt(1-t)"), PowerSeries((1, 0, -1))),
    ],
    ids=repr,
)
def test_a_kink_at_zero_is_no_power_series(kernel: object) -> None:
    """|t| is t on the right side alone."""
    for degree in (1, 2):
        with pytest.raises(NoExpansion, match="no power series at t = 0"):
            decay(kernel, "d", degree=degree)
    assert decay(Compose(ArcCosine(0), PowerSeries((1, 0, 0, 0, -1))), "d", degree=2).law[0].exponent == -2


@pytest.mark.parametrize(
    ("expression", "parity", "degree"),
    [
        ("(1-t)**(3/2) + (1+t)**(3/2)", 1, -1),
        ("(1-t)**(3/2) - (1+t)**(3/2) + t**4", 0, 4),
        ("sqrt(1-t)", 0, None),
        ("theta*(pi-theta)", 1, -1),
        ("theta + t**3", 0, 0),
        ("exp(t) + exp(-t) + t", 1, 1),
        ("exp(t)", 1, None),
    ],
)
def test_a_part_that_is_a_polynomial_is_known_from_the_expanded_sum(
    expression: str, parity: int, degree: int | None
) -> None:
    assert polynomial_part(Zonal(expression), parity) == degree
    kernel = Zonal(f"{expression} + (1-t**2)**(7/2)*t**{1 - parity}")
    if degree is not None:
        assert decay(kernel, "k", 2).law[parity].leading == 0
    elif re.search("sqrt", expression):
        assert decay(kernel, "k", 2).law[parity].leading != 0
