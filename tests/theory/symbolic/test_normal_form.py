"""The limits of the normal form of hypergeometric terms."""

from __future__ import annotations

import mpmath
import pytest
import sympy as sp

from theory.symbolic.hypergeometric import MAX_EXPANSION, MAX_SHIFT, NotHypergeometric, is_zero, normalize, single_term
from theory.symbolic.objects import d, k, n

THIRD, HALF = sp.Rational(1, 3), sp.Rational(1, 2)


def raw(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    return sp.Pow(base, exponent, evaluate=False)


@pytest.mark.parametrize(
    "left, right",
    [
        (sp.factorial(k), sp.gamma(k + 1)),
        (sp.factorial(k + 1), (k + 1) * sp.factorial(k)),
        (sp.binomial(k + d, k), sp.gamma(k + d + 1) / (sp.gamma(k + 1) * sp.gamma(d + 1))),
        (sp.binomial(n, k + 1), sp.binomial(n, k) * (n - k) / (k + 1)),
        (sp.gamma(k) ** 2 * sp.gamma(k + 1) ** -3, 1 / (sp.gamma(k + 1) * k**2)),
        (
            sp.gamma(3 * k),
            3 ** (3 * k - HALF) * sp.gamma(k) * sp.gamma(k + THIRD) * sp.gamma(k + 2 * THIRD) / (2 * sp.pi),
        ),
        (sp.gamma(k / 3 + 2), (k / 3 + 1) * sp.gamma(k / 3 + 1)),
        (sp.gamma(k - 5) * (k - 5) * (k - 4), sp.gamma(k - 3)),
        (sp.exp(k + 2) * sp.exp(-k), sp.E**2),
        (sp.sqrt(sp.pi) ** 2 * sp.pi**k, sp.pi ** (k + 1)),
        (12 ** (k + HALF), 2 ** (2 * k + 1) * 3**k * sp.sqrt(3)),
        (sp.Rational(2, 3) ** (k + 3), 2**k * 3 ** (-k) * sp.Rational(8, 27)),
        (raw(4**k, HALF), 2**k),
        (raw(4**k * sp.E ** (2 * k), HALF), 2**k * sp.E**k),
        (raw((k + 1) / (k + 2), k + 2), (k + 1) ** (k + 2) * (k + 2) ** (-k - 2)),
        (raw(k**2 + 2 * k + 1, d), (k + 1) ** (2 * d)),
        (raw(2 * sp.pi, k), 2**k * sp.pi**k),
        (raw(sp.gamma(k) + 1, 3), sp.gamma(k) ** 3 + 3 * sp.gamma(k) ** 2 + 3 * sp.gamma(k) + 1),
        (raw(sp.gamma(k + 1) - k * sp.gamma(k), 2), sp.Integer(0)),
        (raw(sp.gamma(k + 1) + k * sp.gamma(k), -2), 1 / (4 * k**2 * sp.gamma(k) ** 2)),
        (sp.gamma(HALF) * k, sp.sqrt(sp.pi) * k),
        (sp.binomial(5, k), 120 / (sp.gamma(k + 1) * sp.gamma(6 - k))),
        (sp.gamma(sp.Rational(1, 4)) * k, 4 * k * sp.gamma(sp.Rational(5, 4))),
    ],
)
def test_identities(left: sp.Expr, right: sp.Expr) -> None:
    assert is_zero(left - right)
    for wrong in (2 * right + 1, right * k + 1, right + sp.gamma(k), right * 2**k + 1):
        assert not is_zero(left - wrong)


def test_zero_has_no_inverse() -> None:
    zero = sp.gamma(k + 1) - k * sp.gamma(k)
    assert normalize(raw(zero, 5)) == () == normalize(raw(zero, 5) * sp.gamma(d))
    for exponent in (-1, -2, HALF):
        with pytest.raises(NotHypergeometric):
            normalize(raw(zero, sp.sympify(exponent)))


def test_sums_are_expanded_up_to_a_power() -> None:
    base, last = sp.gamma(k) + 1, MAX_EXPANSION
    assert len(normalize(raw(base, sp.Integer(last)))) == last + 1
    for exponent in (last + 1, -1):
        with pytest.raises(NotHypergeometric, match="cannot expand"):
            normalize(raw(base, sp.Integer(exponent)))


@pytest.mark.parametrize(
    "base, exponent", [(sp.gamma(k), HALF), (2**k, d), (sp.gamma(k) + 1, HALF), (sp.gamma(k), d), (sp.E**k, k)]
)
def test_other_powers_are_refused(base: sp.Expr, exponent: sp.Expr) -> None:
    with pytest.raises(NotHypergeometric, match="cannot take"):
        normalize(raw(base, exponent))


@pytest.mark.parametrize(
    "argument, why",
    [
        (k * d, "no linear argument"),
        (k**2, "no linear argument"),
        (sp.sqrt(2) * k, "no linear argument"),
        (k + sp.sqrt(2), "an irrational constant"),
        (k + sp.pi, "an irrational constant"),
        (k + 1.5, "an irrational constant"),
        (sp.Integer(0), "a pole"),
        (sp.Integer(-3), "a pole"),
    ],
)
def test_other_gammas_are_refused(argument: sp.Expr, why: str) -> None:
    with pytest.raises(NotHypergeometric, match=why):
        normalize(sp.gamma(argument, evaluate=False))


@pytest.mark.parametrize("constant", [THIRD + MAX_SHIFT, THIRD - MAX_SHIFT, THIRD + 2, THIRD - 1, 1 - THIRD])
def test_gammas_are_shifted_to_the_unit_interval(constant: sp.Expr) -> None:
    """Up to MAX_SHIFT in both directions, no further; the value is kept."""
    term = single_term(sp.gamma(constant, evaluate=False))
    ((argument, power),) = term.gammas
    assert 0 < argument <= 1 and power == 1
    with mpmath.workdps(40):
        left = mpmath.gamma(mpmath.mpf(constant.p) / constant.q)
        right = mpmath.mpf(term.coefficient.p) / term.coefficient.q * mpmath.gamma(mpmath.mpf(argument.p) / argument.q)
        assert abs(left / right - 1) < mpmath.mpf(10) ** -35
    if abs(constant) > MAX_SHIFT - 1:
        with pytest.raises(NotHypergeometric, match=f"shifted by more than {MAX_SHIFT}"):
            normalize(sp.gamma(constant + sp.sign(constant), evaluate=False))


def test_integer_gammas_are_factorials() -> None:
    for value in (1, 2, 5):
        (term,) = normalize(sp.gamma(value, evaluate=False) * k)
        assert term.coefficient == k * sp.factorial(value - 1) and not term.gammas and not term.powers
    assert is_zero(sp.gamma(sp.Rational(7, 2), evaluate=False) - sp.Rational(15, 8) * sp.sqrt(sp.pi))
    assert is_zero(sp.gamma(-HALF, evaluate=False) + 2 * sp.sqrt(sp.pi))


def test_a_sum_is_no_single_term() -> None:
    with pytest.raises(NotHypergeometric, match="a sum of 2 hypergeometric terms"):
        single_term(sp.gamma(k) + 1)
    with pytest.raises(NotHypergeometric, match="a sum of 0 hypergeometric terms"):
        single_term(sp.gamma(k) - sp.gamma(k + 1) / k)


def test_a_hidden_zero_adds_nothing() -> None:
    zero = sp.Add(k, -k, evaluate=False)
    total = sp.Add(sp.Mul(zero, sp.gamma(d), evaluate=False), sp.gamma(d), evaluate=False)
    assert normalize(total) == normalize(sp.gamma(d)) != ()
    assert is_zero(sp.Mul(zero, sp.gamma(d), evaluate=False)) and is_zero(zero) and not is_zero(total)
