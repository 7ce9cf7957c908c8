"""Normal form of hypergeometric terms in several variables.

A term is  R * prod Gamma(linear)^e * prod base^(linear)  with R a rational function. The Gamma
function obeys Gamma(z+1) = z Gamma(z) and Gauss' multiplication theorem; modulo these two every
sum of terms has a normal form, so an identity between such sums is decided by polynomial algebra.
It is an identity of meromorphic functions where all bases of powers are positive; whether a point
is a pole, or a base negative, is `theory.symbolic.positivity`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import gcd, lcm

import sympy as sp

from theory.numbers.truth import Unable
from theory.symbolic.objects import HALF, as_expression
from theory.symbolic.rational_functions import factor, factored, fraction

MAX_SHIFT = 400
MAX_EXPANSION = 8
Signature = tuple[frozenset, frozenset]


class NotHypergeometric(Unable):
    """The expression is no finite sum of hypergeometric terms."""


@dataclass(frozen=True, slots=True)
class Term:
    """coefficient * prod Gamma(z)^e over gammas * prod base^exponent over powers."""

    coefficient: sp.Expr
    gammas: frozenset[tuple[sp.Expr, int]] = frozenset()
    powers: frozenset[tuple[sp.Expr, sp.Expr]] = frozenset()

    @property
    def signature(self) -> Signature:
        """What two terms must share to be added."""
        return self.gammas, self.powers

    def expression(self) -> sp.Expr:
        """Back to an expression."""
        gammas = sp.Mul(*(sp.gamma(z) ** e for z, e in self.gammas))
        return self.coefficient * gammas * sp.Mul(*(b**e for b, e in self.powers))

    def __mul__(self, other: Term) -> Term:
        return _joined(
            self.coefficient * other.coefficient, [*self.gammas, *other.gammas], [*self.powers, *other.powers]
        )

    def power(self, exponent: int) -> Term:
        """Integer power."""
        return _joined(
            self.coefficient**exponent,
            [(z, e * exponent) for z, e in self.gammas],
            [(b, e * exponent) for b, e in self.powers],
        )


@lru_cache(maxsize=4096)  # a decision and the replay of its proof ask the same some six times
def normalize(expression: sp.Expr) -> tuple[Term, ...]:
    """The sum as terms of distinct signature with nonzero coefficients; () for zero.

    >>> n = sp.Symbol("n", positive=True)
    >>> normalize(sp.gamma(2*n) - 2**(2*n - 1)*sp.gamma(n)*sp.gamma(n + HALF)/sp.sqrt(sp.pi))
    ()
    """
    totals: dict[Signature, list[sp.Expr]] = {}
    for term in _terms(as_expression(expression)):
        totals.setdefault(term.signature, []).append(term.coefficient)
    reduced = ((s, factor(sp.Add(*coefficients))) for s, coefficients in totals.items())
    return tuple(Term(c, *s) for s, c in reduced if c != 0)


def is_zero(expression: sp.Expr) -> bool:
    """Whether the expression vanishes identically, decided exactly."""
    return not normalize(expression)


def single_term(expression: sp.Expr) -> Term:
    """The expression as one term; raises NotHypergeometric if it needs several or is zero."""
    terms = normalize(expression)
    if len(terms) != 1:
        raise NotHypergeometric(f"{expression} is a sum of {len(terms)} hypergeometric terms")
    (term,) = terms
    return term


def _is_plain(expression: sp.Expr) -> bool:
    """Whether it is a polynomial with rational coefficients, as it is written."""
    if isinstance(expression, sp.Pow):
        return bool(expression.exp.is_Integer and expression.exp >= 0 and _is_plain(expression.base))
    nested = isinstance(expression, sp.Add | sp.Mul)
    return all(map(_is_plain, expression.args)) if nested else bool(expression.is_Rational or expression.is_Symbol)


def _terms(expression: sp.Expr) -> list[Term]:
    if _is_plain(expression):
        return [Term(expression)]  # multiplied out, a product of m sums would be 2^m terms
    match expression:
        case sp.Add():
            return [term for part in expression.args for term in _terms(part)]
        case sp.Mul():
            return reduce(_product, (_terms(factor) for factor in expression.args), [Term(sp.Integer(1))])
        case sp.Pow():
            return _power(expression.base, expression.exp)
        case sp.exp(args=(exponent,)):
            return [_collect(sp.Integer(1), [], [(sp.E, exponent)])]
        case sp.gamma(args=(argument,)):
            return [_gamma(argument)]
        case sp.factorial(args=(argument,)):
            return [_gamma(argument + 1)]
        case sp.binomial(args=(upper, lower)):
            return [_gamma(upper + 1) * (_gamma(lower + 1) * _gamma(upper - lower + 1)).power(-1)]
    if expression in (sp.pi, sp.E):
        return [_collect(sp.Integer(1), [], [(expression, sp.Integer(1))])]
    raise NotHypergeometric(f"{expression} is not allowed in a hypergeometric term")


@lru_cache(maxsize=4096)
def _gamma(argument: sp.Expr) -> Term:
    return _collect(sp.Integer(1), [(argument, 1)], [])


def _product(left: list[Term], right: list[Term]) -> list[Term]:
    return [a * b for a in left for b in right]


def _power(base: sp.Expr, exponent: sp.Expr) -> list[Term]:
    if exponent.is_Integer:
        parts = _merge(_terms(base))
        if len(parts) == 1:
            return [part.power(int(exponent)) for part in parts]
        if not parts and exponent > 0:
            return []
        if not 0 <= exponent <= MAX_EXPANSION:
            raise NotHypergeometric(f"cannot expand ({base})**{exponent}")
        return reduce(_product, [parts] * int(exponent), [Term(sp.Integer(1))])
    if base in (sp.pi, sp.E):
        return [_collect(sp.Integer(1), [], [(base, exponent)])]
    merged = _merge(_terms(base))
    if len(merged) != 1:
        raise NotHypergeometric(f"cannot take ({base})**({exponent})")
    (term,) = merged
    symbolic = any(e.free_symbols for _, e in term.powers) and exponent.free_symbols
    if term.gammas or symbolic:
        raise NotHypergeometric(f"cannot take ({base})**({exponent})")
    powers = [(b, e * exponent) for b, e in term.powers]
    return [_collect(sp.Integer(1), [], [(term.coefficient, exponent), *powers])]


def _merge(terms: Iterable[Term]) -> list[Term]:
    totals: dict[Signature, sp.Expr] = {}
    for term in terms:
        totals[term.signature] = totals.get(term.signature, sp.Integer(0)) + term.coefficient
    return [Term(c, *s) for s, c in totals.items() if factor(c) != 0]


def _collect(coefficient: sp.Expr, gammas: list[tuple[sp.Expr, int]], powers: list[tuple[sp.Expr, sp.Expr]]) -> Term:
    """Canonical factors: Gamma arguments of content 1/2 and constant in (0, 1], irreducible bases."""
    arguments: list[tuple[sp.Expr, int]] = []
    pending = list(powers)
    for argument, exponent in gammas:
        for part, power in _multiplication_theorem(_expanded(argument), pending, exponent):
            shifted, rational = _shift(part, power)
            coefficient *= rational
            if shifted == HALF:
                pending.append((sp.pi, power * HALF))  # Gamma(1/2) = sqrt(pi)
            elif shifted != 1:  # Gamma(1) = 1
                arguments.append((shifted, power))
    return _joined(coefficient, arguments, [pair for base, e in pending for pair in _irreducible(base, e)])


def _joined(coefficient: sp.Expr, gammas: list[tuple[sp.Expr, int]], powers: list[tuple[sp.Expr, sp.Expr]]) -> Term:
    """The term of canonical factors, equal ones joined: what products of terms need alone."""
    arguments: dict[sp.Expr, int] = {}
    bases: dict[sp.Expr, sp.Expr] = {}
    for argument, times in gammas:
        arguments[argument] = arguments.get(argument, 0) + times
    for base, power in powers:
        bases[base] = bases.get(base, sp.Integer(0)) + power
    kept = {}
    for base, exponent in bases.items():
        expanded = _expanded(exponent)
        whole, rest = (0, expanded) if base in (sp.pi, sp.E) else _integer_part(expanded)
        coefficient *= base**whole
        if rest != 0:
            kept[base] = rest
    return Term(coefficient, frozenset((z, e) for z, e in arguments.items() if e), frozenset(kept.items()))


def _multiplication_theorem(
    argument: sp.Expr, powers: list[tuple[sp.Expr, sp.Expr]], exponent: int
) -> list[tuple[sp.Expr, int]]:
    """Gamma(m z) = m^(m z - 1/2) (2 pi)^((1-m)/2) prod_{i<m} Gamma(z + i/m) down to content 1/2."""
    slopes = (
        [c for c in sp.Poly(argument, *sorted(argument.free_symbols, key=str)).coeffs()]
        if (argument.free_symbols)
        else []
    )
    linear = [argument.coeff(s) for s in argument.free_symbols]
    if slopes and (not all(c.is_Rational for c in linear) or sp.Poly(argument).total_degree() > 1):
        raise NotHypergeometric(f"Gamma({argument}) has no linear argument with rational coefficients")
    if not linear:
        return [(argument, exponent)]
    content = sp.Rational(gcd(*(abs(c.p) for c in linear)), lcm(*(c.q for c in linear)))
    multiple = content * 2
    if not multiple.is_Integer or multiple <= 1:
        return [(argument, exponent)]
    m = int(multiple)
    powers.append((sp.Integer(m), exponent * (argument - HALF)))
    powers.append((2 * sp.pi, sp.Rational(exponent * (1 - m), 2)))
    return [(sp.expand(argument / m + sp.Rational(i, m)), exponent) for i in range(m)]


def _shift(argument: sp.Expr, exponent: int) -> tuple[sp.Expr, sp.Expr]:
    """z and (z)_s^e of Gamma(z + s)^e = (z)_s^e Gamma(z)^e, the constant of z in (0, 1]."""
    constant, _ = argument.as_independent(*argument.free_symbols, as_Add=True)
    if not constant.is_Rational:  # a root in the coefficient would be no normal form
        raise NotHypergeometric(f"Gamma({argument}) has an irrational constant")
    steps = int(sp.ceiling(constant)) - 1
    base = argument - steps
    if abs(steps) > MAX_SHIFT:
        raise NotHypergeometric(f"Gamma({argument}) is shifted by more than {MAX_SHIFT}")
    factors = [base + i for i in range(steps)] or [1 / (base - i) for i in range(1, 1 - steps)]
    if any(f in (sp.Integer(0), sp.zoo) for f in factors):
        raise NotHypergeometric(f"Gamma has a pole at {argument}")
    return base, sp.Mul(*factors) ** exponent


def _irreducible(base: sp.Expr, exponent: sp.Expr) -> list[tuple[sp.Expr, sp.Expr]]:
    """base^exponent split into primes and irreducible primitive polynomials (all positive)."""
    if base in (sp.pi, sp.E):
        return [(base, exponent)]
    if base.is_Mul and any(f in (sp.pi, sp.E) for f in base.args):
        return [pair for factor in base.args for pair in _irreducible(factor, exponent)]
    if base.is_Rational:
        if base <= 0:
            raise NotHypergeometric(f"cannot take a power of {base}")
        return [(sp.Integer(p), e * exponent) for p, e in sp.factorrat(base).items()]
    numerator, denominator = fraction(base)
    pairs = []
    for polynomial, sign in ((numerator, 1), (denominator, -1)):
        parts = factored(polynomial)
        pairs += _irreducible(parts.constant, sign * exponent) if parts.constant != 1 else []
        pairs += [(p, sign * e * exponent) for p, e in parts.factors]
    return pairs


@lru_cache(maxsize=4096)
def _expanded(exponent: sp.Expr) -> sp.Expr:
    return sp.expand(exponent)


def _integer_part(exponent: sp.Expr) -> tuple[int, sp.Expr]:
    constant, rest = exponent.as_coeff_Add()
    if not constant.is_Rational:
        return 0, exponent
    whole = int(sp.floor(constant))
    return whole, rest + constant - whole
