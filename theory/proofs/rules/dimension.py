"""The law of mu_m as d -> oo, m fixed, from the signs of the coefficients."""

from __future__ import annotations

import sympy as sp

from theory.proofs.rules.calculus import only, require
from theory.proofs.rules.ends import alike
from theory.proofs.rules.signs import index_of, positive_indices, require_moments
from theory.proofs.steps import Facts, Step, rule
from theory.symbolic.hypergeometric import is_zero
from theory.symbolic.objects import HALF, Maclaurin, Mu, Range, d, j, k

MOMENT = (
    sp.gamma(k + 2 * j + 1)
    * sp.gamma((d + 1) * HALF)
    / (2 ** (k + 2 * j) * sp.gamma(j + 1) * sp.gamma(k + j + (d + 1) * HALF))
)


@rule("dimension-law", "the term of b_m in mu_m = sum_j b_{m+2j} E[t^(m+2j) P_m] leads", "tannery", bounds=True)
def dimension_law(step: Step, facts: Facts) -> None:
    """Limit(d^m mu_m/(m! b_m), d, oo) = 1, if no b_n is negative and b_m > 0. Uses the moments first.

    With G_j = E[t^(m+2j) P_m] the quotient is d^m G_0/m! times the sum of (b_{m+2j}/b_m) (G_j/G_0).
    d^m G_0/m! is the product of d/(d+1), d/(d+3), ..., d/(d+2m-1) and tends to 1. G_j/G_0 holds d in
    Gamma(m+(d+1)/2)/Gamma(m+j+(d+1)/2) alone, one over a product of j factors that grow with d: it falls to
    0 for j >= 1, and is at most its value at d = 1, with which the sum is mu_m on S^1 over b_m G_0, finite.
    """
    moment, *signs = (facts[used] for used in step.uses)
    limit = step.left
    require(
        isinstance(limit, sp.Limit) and limit.args[1:3] == (d, sp.oo) and step.right == 1,
        "a limit 1 as d -> oo is needed",
    )
    spoken = only(limit.args[0].atoms(Mu))
    kernel, index = spoken.args
    leading = spoken / limit.args[0]
    require(not leading.has(Mu) and not index.has(d), "one eigenvalue of fixed degree over its leading term is needed")
    require(
        alike(leading, sp.gamma(index + 1) * Maclaurin(kernel, index) / d**index, step.ranges),
        "the leading term is another",
    )
    require_moments(moment)
    require(is_zero(moment.right - MOMENT), "the moments are others")
    least, parities = index_of(index, step)
    single = index.is_Integer or all(
        w.most == w.least for w in step.ranges if w.name in {s.name for s in index.free_symbols}
    )
    where = Range("n", least, least if single else None, parities[0] if len(parities) == 1 else None)
    require(positive_indices(kernel, signs, step).reaches(where), "b_m must be positive")
