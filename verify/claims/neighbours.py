"""Facts that the papers lean on: multiplicities, dimension walks, positivity, Sobolev kernels.

Wordings are from memory; d is the dimension of the sphere throughout.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial

from theory.kernels import Matern
from theory.numbers.truth import Truth
from verify.claims.expansions import decide_laws, exponent
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source

NUS = (Fraction(1, 2), Fraction(3, 2), Fraction(5, 2))


def sobolev(context: Context, times: int = 2, shift: int = 0) -> Finding:
    """Matern(nu), nu = 1/2, 3/2, 5/2: mu_k ~ C k^(-d - times nu - shift), both parities."""
    found = Finding(Truth.UNDECIDED, None, "", "")
    seen = []
    for nu in NUS:
        found = decide_laws((Matern(nu, 1),), exponent(int(times * nu) + shift))
        if found.truth is not Truth.HOLDS:
            return found
        seen.append(found.why)
    return replace(found, why="; ".join(seen))


# Wrong exponents; each must fail.
TWINS = {
    "matern-sobolev": {
        "order nu alone": partial(sobolev, times=0),
        "order of the plane, one more": partial(sobolev, shift=1),
        "two dimensions up": partial(sobolev, shift=2),
        "nu doubled": partial(sobolev, times=4),
    }
}

HIDDEN, TANGENT = "NTK(depth=2, layer_scales=(1/4, 0), bias=True)", "NTK(depth=2)"
WALK = "mu(k, d+2) = (d+1)/(2*k+d+1)*(mu(k, d) - mu(k+2, d))"
CLAIMS = (
    Claim(
        "multiplicity",
        Source("Atkinson, Han", 2012, "chapter 2"),
        "memory",
        r"N(d,k) = \binom{k+d}{d} - \binom{k+d-2}{d} \sim \tfrac{2k^{d-1}}{(d-1)!}\ (k \to \infty),\ "
        r"\sim \tfrac{d^k}{k!}\ (d \to \infty)",
        (
            Said("N(d,k) = binomial(k+d, d) - binomial(k+d-2, d)", None, ("k >= 2",)),
            Said("N(d,k) ~ 2/factorial(d-1)*k**(d-1) as k -> oo"),
            Said("N(d,k) ~ d**k/factorial(k) as d -> oo"),
        ),
    ),
    Claim(
        "dimension-walk",
        Source("Beatson, zu Castell", 2017, "dimension walks of Gegenbauer coefficients"),
        "memory",
        r"\mu_k \text{ on } S^{d+2} = \tfrac{d+1}{2k+d+1}(\mu_k - \mu_{k+2}) \text{ on } S^d",
        (Said(WALK, TANGENT), Said(WALK, "ArcCosine(order=0)"), Said(WALK, "ArcCosine(order=1)")),
        note="Proved for three kernels; mu_k falls in steps of two where mu >= 0 two dimensions up.",
    ),
    Claim(
        "dual-positive",
        Source("Daniely, Frostig, Singer", 2016, "section on dual activations", "1602.05897"),
        "notes",
        r"\hat\sigma(t) = \sum_n a_n^2 t^n,\ a_n \text{ the Hermite coefficients of } \sigma",
        tuple(Said("b(n) >= 0", kernel) for kernel in ("ArcCosine(order=0)", "ArcCosine(order=1)", TANGENT)),
        note="As Bietti and Bach 2021, eq. 3, restate it. The consequence b_n >= 0, for steps, ReLUs and the "
        "two-layer tangent kernel of ReLUs.",
    ),
    Claim(
        "matern-sobolev",
        Source("Narcowich, Sun, Ward", 2007, "kernels restricted to the sphere"),
        "memory",
        r"\text{the Matern kernel } \nu \text{ has the Sobolev space of order } \nu + d/2:\ "
        r"\mu_k \sim C k^{-d-2\nu}",
        procedure=Procedure(sobolev, TWINS["matern-sobolev"]),
        note="For nu = 1/2, 3/2, 5/2, restricted to the sphere of dimension d.",
    ),
    Claim(
        "bias-order",
        Source("Basri, Galun, Geifman, Jacobs, Kasten, Kritchman", 2020, "section 1", "2003.04560"),
        "read",
        r"\text{with bias the eigenvalues shrink monotonically with the frequency: } \mu_k > \mu_{k+1}",
        (Said("mu(k) > mu(k+1)", HIDDEN),),
        note="For their two-layer kernel (t+1) k0/4, which trains the hidden layer alone, on every sphere.",
    ),
)
