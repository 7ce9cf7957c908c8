"""Rational functions over Q in lowest terms, factored: the polynomials by FLINT, in place of SymPy's own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import lcm

import sympy as sp
from flint import Ordering, fmpz_mpoly, fmpz_mpoly_ctx

from theory.numbers.truth import Unable

Symbols = tuple[sp.Symbol, ...]


class NotRational(Unable):
    """The expression is no rational function with rational coefficients."""


@dataclass(frozen=True, slots=True)
class Factored:
    """constant * prod p^e: p irreducible over Q, with coprime integers as coefficients, the leading one positive."""

    constant: sp.Rational
    factors: tuple[tuple[sp.Expr, int], ...] = ()

    def expression(self) -> sp.Expr:
        """Back to an expression; a constant is not multiplied into a sum, so that it stays factored."""
        product = sp.Mul(*(p**e for p, e in self.factors))
        if product.is_Add and self.constant not in (1, -1):
            return sp.Mul(self.constant, product, evaluate=False)
        return self.constant * product


@lru_cache(maxsize=2**14)
def fraction(expression: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """(numerator, denominator) over a common denominator, of any expression; a pole is not cancelled.

    >>> d = sp.Symbol("d")
    >>> fraction(1/d + d/(d + 1))
    (d**2 + d + 1, d*(d + 1))
    """
    return sp.fraction(sp.together(expression))


def factor(expression: sp.Expr) -> sp.Expr:
    """The function in lowest terms, its numerator and denominator factored over Q; what `sympy.factor` gives.

    >>> d, k = sp.symbols("d k")
    >>> factor(k/(d + k) - 2*d*k/(2*d**2 + 2*d*k))
    0
    >>> factor((k**2 - d**2)/(6*d - 6*k))
    -(d + k)/6
    """
    return factored(expression).expression()


def lowest_terms(expression: sp.Expr) -> sp.Expr:
    """Numerator and denominator without a common factor, with other constants than rational ones, too."""
    try:
        return factor(expression)
    except NotRational:
        return sp.cancel(expression)


@lru_cache(maxsize=2**16)
def factored(expression: sp.Expr) -> Factored:
    """Constant and irreducible factors; raises NotRational for what is no rational function, and for 1/0."""
    if expression.is_Rational:
        return Factored(expression)
    if expression.is_Symbol:
        return Factored(sp.Integer(1), ((expression, 1),))
    if expression.is_Mul:
        return _product([(factored(part), 1) for part in expression.args])
    if expression.is_Pow and expression.exp.is_Integer:
        return _product([(factored(expression.base), int(expression.exp))])
    if expression.is_Add:
        return _sum([factored(part) for part in expression.args])
    raise NotRational(f"{expression} is no rational function with rational coefficients")


def _product(parts: list[tuple[Factored, int]]) -> Factored:
    """The product of powers."""
    constant, powers = sp.Integer(1), Counter[sp.Expr]()
    for part, exponent in parts:
        if part.constant == 0 and exponent < 0:
            raise NotRational("a division by zero")
        constant *= part.constant**exponent
        for polynomial, power in part.factors:
            powers[polynomial] += power * exponent
    return Factored(constant, tuple((p, e) for p, e in powers.items() if e)) if constant != 0 else Factored(constant)


def _sum(parts: list[Factored]) -> Factored:
    """What all share is divided out, and the rest, a polynomial, factored."""
    powers = [dict(part.factors) for part in parts]
    lowest = {p: min(each.get(p, 0) for each in powers) for p in {p for each in powers for p in each}}
    symbols = _ordered(frozenset(s for p in lowest for s in p.free_symbols))
    context = _context(len(symbols))
    scale = lcm(*(int(part.constant.q) for part in parts))
    total = context.constant(0)
    for part, each in zip(parts, powers, strict=True):
        product = context.constant(int(part.constant * scale))
        for p, least in lowest.items():
            product *= _polynomial(p, symbols) ** (each.get(p, 0) - least)
        total += product
    if total == 0:
        return Factored(sp.Integer(0))
    constant, factors = total.factor()
    numerator = Factored(
        sp.Rational(int(constant), scale), tuple((_expression(p, symbols), int(e)) for p, e in factors)
    )
    return _product([(numerator, 1), (Factored(sp.Integer(1), tuple(lowest.items())), 1)])


@lru_cache(maxsize=2**10)
def _ordered(symbols: frozenset[sp.Symbol]) -> Symbols:
    """In SymPy's order of generators, which says whose leading coefficient is positive."""
    return sp.Poly(sp.Add(*symbols)).gens if symbols else ()


def _context(count: int) -> fmpz_mpoly_ctx:
    return fmpz_mpoly_ctx.get(("x", count), Ordering.lex)


@lru_cache(maxsize=2**14)
def _polynomial(expression: sp.Expr, symbols: Symbols) -> fmpz_mpoly:
    """A polynomial with integer coefficients; only what `_expression` made is asked for."""
    monomials: dict[tuple[int, ...], int] = {}
    for term in sp.Add.make_args(expression):
        coefficient, powers = 1, dict.fromkeys(symbols, 0)
        for part in sp.Mul.make_args(term):
            if part.is_Integer:
                coefficient *= int(part)
            else:
                base, exponent = part.as_base_exp()
                powers[base] += int(exponent)
        monomials[tuple(powers.values())] = coefficient
    return _context(len(symbols)).from_dict(monomials)


def _expression(polynomial: fmpz_mpoly, symbols: Symbols) -> sp.Expr:
    return sp.Add(
        *(
            sp.Mul(int(c), *(s**e for s, e in zip(symbols, exponents, strict=True)))
            for exponents, c in polynomial.to_dict().items()
        )
    )
