"""Laws of mu_k as k -> oo for kernels of symbolic depth L, d fixed or symbolic.

With c and c' the coefficients of u^nu at t = 1 and -1 (`theory.derivations.ends_of_every_depth`), for fixed L and d

    mu_k ~ (c + (-1)^k c') G(nu, k),
    NTK    nu = 1/2,  c = -L(L-1)/2 sqrt(2)/pi,   c' = -P(L) sqrt(2)/pi,
           with bias  c = -L(L-1) sqrt(2)/pi,     c' = 0,
    NNGP   nu = 3/2,  c = (L-1) 2 sqrt(2)/(3 pi), c' = P(L) 2 sqrt(2)/(3 pi),

G(nu, k) the eigenvalue of (1-t)^nu (`theory.laws.end_terms`). Both expansions are proved by induction on L;
that the leading term of mu_k is that of the leading singularities is Bietti and Bach 2021, theorem
7, cited, its hypotheses tested by the rule end-law: the leading term is `proved`. A second term is
`checked`.

No constant vanishes from depth 3 on: 0 < P(L) <= 1/2 is replayed too, while L(L-1)/2 >= 3 and
L-1 >= 2. So mu_k > 0 for all large k of both parities. At depth 2 P(L) = 1 = L(L-1)/2 = L-1: the
ends cancel for odd k, where indeed mu_k = 0 from k = 3 on. As L -> oo P(L) falls like L^-3.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import sympy as sp

from theory.derivations.derived_spectrum import derived_spectrum
from theory.derivations.ends_of_every_depth import SLOPE_BOUNDS, leading_ends
from theory.kernels.depth_families import DepthFamily
from theory.laws.end_terms import expanded_power
from theory.laws.law import Law, LawBranch
from theory.laws.proved_ends import with_end_proofs
from theory.laws.smooth import NoLaw
from theory.numbers.truth import Evidence
from theory.symbolic.objects import L, Range, SlopeProduct, k
from theory.symbolic.positivity import positive
from theory.symbolic.puiseux import NoExpansion
from theory.symbolic.ranges import Ranges

SOURCE = "expansions at t = 1 and -1; Bietti and Bach 2021, theorem 7"
EXACT_TERMS = 2  # the next singular power of u is nu + 1 and reaches k^(-d-2nu-2) first
ZERO = sp.Integer(0)


def depth_law(family: DepthFamily, dim: int | None, terms: int = 1) -> Law:
    """The law of mu_k as k -> oo for every L, by parity of k; at most two terms are known.

    >>> from theory.language.families import deep_family
    >>> law = depth_law(deep_family("NTK(depth=L)"), 3)
    >>> [(b.parity, b.constant, b.ranges[-1]) for b in law.law][0]
    ('even', 2*(L**2 - L + 2*P(L))/pi**2, L >= 2)
    """
    if terms > EXACT_TERMS:
        raise NoLaw(f"with symbolic depth at most {EXACT_TERMS} terms are known, got {terms}")
    dims = Range("d", 1) if dim is None else Range("d", dim, dim)
    nu, weights = parity_weights(family)
    powers = expanded_power(nu, dim, terms)
    found = []
    for parity, weight in enumerate(weights):
        least_depth = 3 if parity and weight.has(SlopeProduct) else 2  # at depth 2 the ends cancel
        deep = family.from_depth(least_depth)
        _check_sign(weight * sp.gamma(-sp.Rational(nu)), deep)
        where = Ranges((Range("k", parity, None, parity), dims, deep.depth_range))
        series = tuple((power, _product(weight, c)) for power, c in powers)
        lead, constant = series[0]
        found.append(LawBranch(where, lead, constant, constant * k**lead, series, None, None))
        if least_depth == 3 and family.least_depth <= 2:
            two = 2 - family.shift
            where = Ranges((Range("k", 3, None, 1), dims, Range("L", two, two)))
            found.append(LawBranch(where, None, ZERO, ZERO, (), None, derived_spectrum(family.at(two))))
    return with_end_proofs(Law(family, "k", dim, None, tuple(found), Evidence.CHECKED, SOURCE, terms))


@lru_cache(maxsize=64)
def parity_weights(family: DepthFamily) -> tuple[Fraction, tuple[sp.Expr, sp.Expr]]:
    """nu and c + c', c - c', the coefficients of G(nu, k) for even and for odd k.

    >>> from theory.language.families import deep_family
    >>> parity_weights(deep_family("NNGP(depth=L)"))[1][1]
    2*sqrt(2)*(L - P(L) - 1)/(3*pi)
    """
    nu, upper, lower = leading_ends(family.base, family.bias)
    plain = (sp.factor((upper + sign * lower).subs(L, family.depth)) for sign in (1, -1))
    return nu, tuple(family.factor * weight for weight in plain)


def _check_sign(weight: sp.Expr, family: DepthFamily) -> None:
    """weight > 0 on the family: linear in P, it is positive at both ends of the range of P."""
    bound = SLOPE_BOUNDS[min(family.least_depth, max(SLOPE_BOUNDS))]
    for value in (ZERO, bound):
        at_end = (weight / family.factor).subs(SlopeProduct(family.depth), value)
        if not positive(sp.factor(at_end), (family.depth_range,)):
            raise NoExpansion(f"the leading constant of {family!r} may vanish")


def _product(weight: sp.Expr, coefficient: sp.Expr) -> sp.Expr:
    """Constants and what depends on d together, what depends on L apart."""
    constant, deep = weight.as_independent(L)
    flat = sp.factor(sp.powsimp(sp.expand(constant * coefficient)))
    return sp.factor_terms(sp.powsimp(flat * deep))
