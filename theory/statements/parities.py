"""The parity of an index, from those of its variables."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from theory.statements.outcome import NotSymbolic


def parity_of_exponent(exponent: sp.Expr, parities: Mapping[str, int]) -> int:
    """The parity of an exponent that must be an integer combination of variables."""
    symbols = sorted(exponent.free_symbols, key=str)
    if not exponent.is_polynomial(*symbols) or not all(
        sum(powers) <= 1 and c.is_Integer for powers, c in sp.Poly(exponent, *symbols).terms()
    ):
        raise NotSymbolic(f"a power of a negative number with exponent {exponent}")
    return parity_of(exponent, parities)


def parity_of(index: sp.Expr, parities: Mapping[str, int]) -> int:
    """0 or 1 for an index c_1 v_1 + c_2 v_2 + ... + c of integers, from the parities of the variables."""
    symbols = sorted(index.free_symbols, key=str)
    linear = not symbols or index.is_polynomial(*symbols) and sp.Poly(index, *symbols).total_degree() <= 1
    if not linear or not all(c.is_Integer for c in (sp.Poly(index, *symbols).coeffs() if symbols else [index])):
        raise NotSymbolic(f"the parity of {index} is not known")
    total = 0
    for symbol in symbols:
        slope = sp.expand(index).coeff(symbol)
        if slope % 2 == 1:
            if symbol.name not in parities:
                raise NotSymbolic(f"the parity of {index} is not fixed")
            total += parities[symbol.name]
    constant = sp.expand(index).subs(dict.fromkeys(index.free_symbols, 0))
    return int((total + constant) % 2)
