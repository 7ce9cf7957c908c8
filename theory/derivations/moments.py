"""Moments of P_k and of a half line: what every sum of a power series to eigenvalues is made of."""

from __future__ import annotations

import sympy as sp

from theory.proofs.steps import Step
from theory.symbolic.objects import Moment, Range, d, equal, j, k, n


def moment_formula() -> sp.Expr:
    """E[t^n P_k(t)] for n - k even (0 for k > n through the Gamma pole; 0 for n - k odd is not in it)."""
    return sp.gamma((d + 1) / 2) * sp.gamma(n + 1) / (2**n * sp.gamma((n - k) / 2 + 1) * sp.gamma((n + k + d + 1) / 2))


def moments() -> list[Step]:
    """The moment formula as a step, n = k + 2j."""
    statement = equal(Moment(k + 2 * j, k), moment_formula().subs(n, k + 2 * j))
    return [Step("moment", statement, "moment-induction", ranges=(Range("j", 0), Range("k", 0), Range("d", 1)))]


def cap_square(order: int) -> sp.Expr:
    """2 c_k(a)^2 for k - a odd: Gamma((d+1)/2)^2 (a!)^2 Gamma((k-a)/2)^2 / (2^(2a+1) pi^2 Gamma((k+a+d+1)/2)^2)."""
    upper = sp.gamma((d + 1) / 2) ** 2 * sp.factorial(order) ** 2 * sp.gamma((k - order) / 2) ** 2
    return upper / (2 ** (2 * order + 1) * sp.pi**2 * sp.gamma((k + order + d + 1) / 2) ** 2)
