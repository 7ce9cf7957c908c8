"""Murray, Jin, Bowman, Montufar 2023: Characterizing the Spectrum of the NTK via a Power Series Expansion.

Their coefficients c_p of the two-layer tangent kernel with ReLU are half of b_p of our NTK(depth=2).
"""

from __future__ import annotations

from functools import partial

import sympy as sp

from theory.formal import Moment, Range, d, equal, j, k
from theory.truth import Evidence, Truth
from verify.claim import Claim, Context, Finding, Said, Source
from verify.proofs import proof_json

KERNEL, HALF = "NTK(depth=2)", "1/2 * NTK(depth=2)"
PERCENT = ("43.944", "77.277", "93.192", "93.192", "95.403", "95.403")


def _source(place: str) -> Source:
    return Source("Murray, Jin, Bowman, Montufar", 2023, place, "2211.07844")


def _partial(last: int) -> str:
    return "+".join(f"b({p})" for p in range(last + 1))


TABLE = tuple(
    Said(f"(200/3*(1/2+{_partial(last)}) - {percent})**2 < 0.0005**2", HALF) for last,
    percent in enumerate(PERCENT)
)
P = k + 2 * j
SURFACE_TERM = (
    sp.pi ** (d / 2) / 2 ** (k - 1) * sp.gamma(P + 1) * sp.gamma((P - k + 1) / 2)
    / (sp.gamma(P - k + 1) * sp.gamma((P - k + 1) / 2 + k + d / 2))
)  # fmt: skip


def eigenvalue_sum(context: Context, printed: sp.Expr = SURFACE_TERM) -> Finding:
    """The factor of c_p, p = k + 2j, with omega_d E[t^p P_k]: replayed, for all j, k, d; else a counterexample."""
    from theory.derivation import moments
    from theory.proof import Proof, Refused, Step, check
    from theory.sphere import area, moment

    compared, routes = "printed factor of c_p with omega_d E[t^p P_k]", ("moment induction", "exact moments")
    for dim in range(1, 6):
        for degree in range(5):
            for more in range(3):
                left = sp.N(printed.subs({k: degree, j: more, d: dim}), 30)
                value = area(dim) * moment(degree + 2 * more, degree, dim)
                right = sp.N(sum(sp.Rational(*c.as_integer_ratio()) * sp.pi**p for p, c in value.terms), 30)
                if abs(left / right - 1) > 1e-20:
                    shown = {"k": degree, "p": degree + 2 * more, "d": dim, "left": str(left), "right": str(right)}
                    return Finding(Truth.FAILS, Evidence.CERTIFIED, compared,
                                   f"ratio {left / right}", routes, shown)
    ranges = (Range("j", 0), Range("k", 0), Range("d", 1))
    surface = 2 * sp.pi ** ((d + 1) / 2) / sp.gamma((d + 1) / 2)
    last = Step("surface", equal(surface * Moment(k + 2 * j, k), printed), "gamma-algebra", ("moment",),
    ranges=ranges)
    proof = Proof("eigenvalues by the surface measure", (*moments(), last))
    try:
        check(proof)
    except Refused as error:
        return Finding(Truth.HOLDS, Evidence.CHECKED, compared, f"75 instances agree; no proof: {error}", routes)
    return Finding(Truth.HOLDS, Evidence.PROVED, compared, "moment induction, then Gamma algebra", routes,
                   scope="all p >= k >= 0 of equal parity, d >= 1", proofs=(proof_json(proof),))  # fmt: skip


# Wrong factors of c_p, by the slip; each must fail. The last is right for the probability measure.
TWINS = {
    "murray-eigenvalue": {
        name: partial(eigenvalue_sum, printed=wrong)
        for name, wrong in {
            "factor 2": 2 * SURFACE_TERM,
            "two dimensions up": SURFACE_TERM.subs(d, d + 2),
            "power of 2": SURFACE_TERM * 2**k,
            "degree shifted": SURFACE_TERM.subs(k, k + 1),
            "probability measure": SURFACE_TERM * sp.gamma((d + 1) / 2) / (2 * sp.pi ** ((d + 1) / 2)),
        }.items()
    }
}

CLAIMS = (
    Claim("murray-series", _source("section 3"), "read", r"c_p = (1+p)\,\mu_p(\phi)^2 \text{ for } L = 2",
          (Said("b(n) = (n+1)*Gamma((n-1)/2)/(2*pi**(3/2)*(n-1)*Gamma(n/2+1))", KERNEL, ("n even",)),
           Said("b(n) = Gamma((n-1)/2)/(2*pi**(3/2)*(n-1)*Gamma(n/2+1))", "ArcCosine(order=1)", ("n even",)),
           Said("b(1) = 1", KERNEL), Said("b(1) = 1/2", "ArcCosine(order=1)"),
           Said("b(n) = 0", KERNEL, ("n odd", "n >= 3"))),
          note="For the ReLU: b_n of ArcCosine(order=1) is twice the squared Hermite coefficient."),
    Claim("murray-table", _source("table 1"), "read",
          r"\text{ReLU: } 43.944, 77.277, 93.192, 93.192, 95.403, 95.403\ \%", TABLE,
          note="Bias variance 1/2 = 1 - E[phi^2] adds to c_0; the total is 3/2."),
    Claim("murray-rank", _source("section 4"), "read", r"\tfrac{\sum_{p \ge 1} c_p}{c_1} \approx 1.3",
          (Said("(2 - b(0))/b(1) <= 1.35", KERNEL),), corrected=(Said("(2 - b(0))/b(1) = 2 - 1/pi", KERNEL),),
          note="2 - 1/pi = 1.68."),
    Claim("murray-parity", _source("section 3"), "read", r"c_p = 0 \text{ for odd } p \text{ (ReLU, no bias)}",
          (Said("b(n) = 0", KERNEL, ("n odd",)),), corrected=(Said("b(n) = 0", KERNEL, ("n odd", "n >= 3")),)),
    Claim("murray-eigenvalue", _source("section 4"), "notes",
          r"\lambda_k = \frac{\pi^{d/2}}{2^{k-1}} \sum_{p} c_p \frac{\Gamma(p+1)\Gamma((p-k+1)/2)}"
          r"{\Gamma(p-k+1)\Gamma((p-k+1)/2+k+d/2)}", procedure=eigenvalue_sum,
          note="Holds for the surface measure of S^d; for the probability measure divide by omega_d."),
    Claim("murray-decay", _source("section 4"), "read",
          r"c_p = \Theta(p^{-a}) \Rightarrow \lambda_k = \Theta(k^{-d-2a+2})",
          tuple(Said(says, kernel, (f"{v} {parity}",)) for kernel, parity, a in (
              (KERNEL, "even", "3/2"), ("ArcCosine(order=0)", "odd", "3/2"), ("ArcCosine(order=1)", "even", "5/2"))
              for says, v in ((f"b(n) = Theta(n**(-{a})) as n -> oo", "n"),
                              (f"mu(k) = Theta(k**(-d-2*({a})+2)) as k -> oo", "k"))),
          note="Proved for three kernels, all d."),
)  # fmt: skip
