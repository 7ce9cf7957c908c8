"""Asymptotic series of hypergeometric terms: C v^p (1 + c_1/v + c_2/v^2 + ...)."""

from __future__ import annotations

import sympy as sp

from theory.symbolic.constants import NamedConstant, written_out
from theory.symbolic.growth import Growth
from theory.symbolic.hypergeometric import Term, single_term
from theory.symbolic.objects import SlopeProduct
from theory.symbolic.puiseux import NoExpansion
from theory.symbolic.rational_functions import fraction

MAX_SIMPLIFIED = 60  # operations


def tidy(constant: sp.Expr) -> sp.Expr:
    """The constant in its normal form, so that equal constants look equal."""
    if constant.has(SlopeProduct):
        return sp.factor_terms(sp.powsimp(constant))
    return sp.powsimp(single_term(constant).expression()) if constant.free_symbols else tidy_constant(constant)


def tidy_constant(constant: sp.Expr) -> sp.Expr:
    """Simplified where that is quick: long constants and those of deep kernels only lose common factors."""
    constant = written_out(constant)
    if constant.has(NamedConstant) or sp.count_ops(constant) > MAX_SIMPLIFIED:
        return sp.factor_terms(sp.expand(constant))
    return sp.simplify(constant)


def expansion(term: Term, variable: sp.Symbol, leading: Growth, terms: int) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """The first terms of mu as (power, coefficient): C v^p, C c_1 v^(p-1), ...

    log Gamma(s v + b) contributes (-1)^(m+1) B_{m+1}(b) / (m (m+1) (s v)^m) (DLMF 5.11.8),
    rational functions their own series; exponentiation by the power-series recurrence.
    """
    logs = [sp.Integer(0)] * terms  # logs[m]: coefficient of v^-m in log(mu / leading)
    for argument, power in term.gammas:
        slope = argument.coeff(variable)
        if slope == 0:
            continue
        shift = argument - slope * variable
        for m in range(1, terms):
            bernoulli = sp.bernoulli(m + 1, shift)
            logs[m] += power * (-1) ** (m + 1) * bernoulli / (m * (m + 1) * slope**m)
    for base, power in [*term.powers, (term.coefficient, sp.Integer(1))]:
        if base.has(variable):
            if power.has(variable):
                raise NoExpansion(f"no expansion of {base}**({power})")
            for m, value in enumerate(_log_series(base, variable, terms)):
                logs[m] += power * value
    coefficients = [sp.Integer(1)]
    for m in range(1, terms):
        total = sum((i * logs[i] * coefficients[m - i] for i in range(1, m + 1)), sp.Integer(0))
        coefficients.append(sp.factor(total / m))
    return tuple(
        (sp.expand(leading.exponent - m), _with_constant(leading.constant, c)) for m, c in enumerate(coefficients)
    )


def _with_constant(constant: sp.Expr, coefficient: sp.Expr) -> sp.Expr:
    return sp.Integer(0) if coefficient == 0 else coefficient * tidy(constant)


def _log_series(base: sp.Expr, variable: sp.Symbol, terms: int) -> list[sp.Expr]:
    """Coefficients of log(base / leading) in 1/v for a rational function."""
    total = [sp.Integer(0)] * terms
    for polynomial, sign in zip(fraction(base), (1, -1), strict=True):
        coefficients = sp.Poly(polynomial, variable).all_coeffs()
        ratios = [c / coefficients[0] for c in coefficients[:terms]]
        ratios += [sp.Integer(0)] * (terms - len(ratios))
        logs = [sp.Integer(0)] * terms
        for m in range(1, terms):
            inner = sum((i * logs[i] * ratios[m - i] for i in range(1, m)), sp.Integer(0))
            logs[m] = sp.cancel(ratios[m] - inner / m)
        total = [a + sign * b for a, b in zip(total, logs, strict=True)]
    return total
