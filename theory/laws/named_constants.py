"""What the named constants of a law or of a verdict are, in words."""

from __future__ import annotations

import sympy as sp

from theory.symbolic.constants import definitions
from theory.symbolic.objects import SlopeProduct, grammar_text

SLOPES = {
    "P(L)": "product over l = 2..L-1 of k0(rho(l)), 0 < P(L) <= 1/2 for L >= 3",
    "rho(2)": "0",
    "rho(l+1)": "k1(rho(l))",
    "k0, k1": "ArcCosine(order=0), ArcCosine(order=1)",
}


def named_constants(expressions: list[sp.Expr]) -> dict[str, str]:
    """The named constants of expressions and what they are, each after those that it is made of.

    >>> named_constants([SlopeProduct(sp.Symbol("L"))])["rho(l+1)"]
    'k1(rho(l))'
    """
    names = {c.name: grammar_text(c.definition) for c in definitions(expressions)}
    return names | (SLOPES if has_slopes(expressions) else {})


def has_slopes(expressions: list[sp.Expr]) -> bool:
    """Whether P(L), the product of slopes of the layers, occurs."""
    return any(c.has(SlopeProduct) for c in expressions)
