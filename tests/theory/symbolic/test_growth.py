"""The growth of hypergeometric terms: against Stirling's formula factor by factor, and against their values."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings

from tests.theory.symbolic.test_hypergeometric import products
from theory.symbolic.growth import Growth, growth
from theory.symbolic.hypergeometric import NotHypergeometric, Term, single_term
from theory.symbolic.objects import d, k, n

THIRD, HALF = sp.Rational(1, 3), sp.Rational(1, 2)


@pytest.mark.parametrize(("upper", "lower"), [(sp.Rational(1, 2), 0), (3, sp.Rational(5, 2)), (d / 2, d), (k, k + 1)])
def test_growth_of_gamma_ratios(upper: sp.Expr, lower: sp.Expr) -> None:
    """Gamma(v+a)/Gamma(v+b) ~ v^(a-b) (DLMF 5.11.12)."""
    found = growth(single_term(sp.gamma(n + upper) / sp.gamma(n + lower)), n)
    assert found.is_power() and found.constant == 1
    assert sp.expand(found.exponent - (upper - lower)) == 0


@settings(max_examples=15)
@given(products)
def test_growth_is_the_limit(product: sp.Expr) -> None:
    """The quotient by the leading growth differs from 1 by C/v: two points differ by the factor v'/v."""
    product = product.subs(d, sp.Rational(7, 3))
    law = growth(single_term(product), k)
    errors = []
    with mpmath.workdps(60):
        for v in (mpmath.mpf(10) ** 6, mpmath.mpf(10) ** 7):
            log_value = _log_value(single_term(product), v)
            log_law = [
                sp.lambdify([], c, "mpmath")()
                for c in (law.superexponential, law.rate, law.exponent, sp.log(law.constant))
            ]
            predicted = log_law[0] * v * mpmath.log(v) + log_law[1] * v + log_law[2] * mpmath.log(v) + log_law[3]
            errors.append(abs(log_value - predicted))
    bound = 2000  # |C| <= sum of Bernoulli terms of 2 Gammas with shifts <= 10, and of 2 linear factors
    assert errors[0] <= bound / mpmath.mpf(10) ** 6 and errors[1] <= bound / mpmath.mpf(10) ** 7


def _log_value(term: Term, v: mpmath.mpf) -> mpmath.mpf:
    value = mpmath.log(sp.lambdify([k], term.coefficient, "mpmath")(v))
    for argument, e in term.gammas:
        value += e * mpmath.loggamma(sp.lambdify([k], argument, "mpmath")(v))
    for base, e in term.powers:
        value += sp.lambdify([k], e, "mpmath")(v) * mpmath.log(sp.lambdify([k], base, "mpmath")(v))
    return value


STIRLING = sp.sqrt(2 * sp.pi)
LAWS = [  # log T = A v log v + B v + C log v + log c + o(1): DLMF 5.11.7 for Gamma(s v + b)
    (sp.gamma(k), (1, -1, -HALF, STIRLING)),
    (sp.gamma(k + d) ** -1, (-1, 1, HALF - d, 1 / STIRLING)),
    (sp.gamma(k / 2 + 1), (HALF, -HALF - sp.log(2) / 2, HALF, sp.sqrt(sp.pi))),
    (sp.gamma(2 * k), (2, 2 * sp.log(2) - 2, -HALF, sp.sqrt(sp.pi))),
    (sp.gamma(k) ** 2, (2, -2, -1, 2 * sp.pi)),
    (sp.gamma(d) ** 2 * k, (0, 0, 1, sp.gamma(d) ** 2)),
    ((3 * k**2 + 1) / (5 * k + 7), (0, 0, 1, sp.Rational(3, 5))),
    ((3 * k + 1) / (5 * k**3 + 7), (0, 0, -2, sp.Rational(3, 5))),
    (7 * (k + 3) ** k / k**k, (0, 0, 0, 7 * sp.exp(3))),
    ((2 * k + 1) ** (k + THIRD), (1, sp.log(2), THIRD, 2**THIRD * sp.exp(HALF))),
    ((k**2 + 3 * k) ** (2 * k), (4, 0, 0, sp.exp(6))),
    ((k + d) ** (-3 * k), (-3, 0, 0, sp.exp(-3 * d))),
    ((k + 5) ** d * 3**k, (0, sp.log(3), d, 1)),
    (sp.exp(-2 * k) * sp.pi**d, (0, -2, 0, sp.pi**d)),
]


@pytest.mark.parametrize("term, law", LAWS, ids=[str(term) for term, _ in LAWS])
def test_growth_by_stirling(term: sp.Expr, law: tuple) -> None:
    found = growth(single_term(term), k)
    fast, rate, power, constant = (sp.sympify(x) for x in law)
    assert sp.expand(found.superexponential - fast) == 0
    assert sp.simplify(sp.expand_log(found.rate - rate, force=True)) == 0
    assert sp.expand(found.exponent - power) == 0
    assert sp.simplify(found.constant / constant) == 1
    assert found.is_power() is (fast == 0 and rate == 0)


def test_growth_that_is_no_power() -> None:
    zero = sp.Integer(0)
    assert Growth(zero, zero, d, zero).is_power() and Growth(zero, sp.log(4) - 2 * sp.log(2), d, zero).is_power()
    assert not Growth(HALF, zero, d, zero).is_power() and not Growth(zero, -HALF, d, zero).is_power()
    with pytest.raises(NotHypergeometric, match="has poles as k -> oo"):
        growth(single_term(sp.gamma(3 - k)), k)
