"""Murray, Jin, Bowman, Montufar 2023: Characterizing the Spectrum of the NTK via a Power Series Expansion.

Their coefficients c_p of the two-layer tangent kernel with ReLU are half of b_p of our NTK(depth=2).
"""

from __future__ import annotations

from functools import partial

import sympy as sp

from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Evidence, Truth
from theory.symbolic.objects import Moment, Range, d, equal, j, k
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source
from verify.findings.proofs import proof_json

KERNEL, HALF = "NTK(depth=2)", "1/2 * NTK(depth=2)"
PERCENT = ("43.944", "77.277", "93.192", "93.192", "95.403", "95.403")


def _source(place: str) -> Source:
    return Source("Murray, Jin, Bowman, Montufar", 2023, place, "2211.07844")


def _partial(last: int) -> str:
    return "+".join(f"b({p})" for p in range(last + 1))


TABLE = tuple(
    Said(f"(200/3*(1/2+{_partial(last)}) - {percent})**2 < 0.0005**2", HALF) for last, percent in enumerate(PERCENT)
)
SURFACE = "surface measure: printed = omega_d * mu_k"
P = k + 2 * j
SURFACE_TERM = (
    sp.pi ** (d / 2)
    / 2 ** (k - 1)
    * sp.gamma(P + 1)
    * sp.gamma((P - k + 1) / 2)
    / (sp.gamma(P - k + 1) * sp.gamma((P - k + 1) / 2 + k + d / 2))
)


def eigenvalue_sum(context: Context, printed: sp.Expr = SURFACE_TERM) -> Finding:
    """The factor of c_p, p = k + 2j, with E[t^p P_k], and with omega_d times it, replayed for all j, k, d.

    HOLDS up to the surface measure where the quotient is omega_d whatever the degree; else a counterexample.
    """
    from theory.derivations.one_hidden_layer import moments
    from theory.proofs.check import check
    from theory.proofs.steps import Proof, Refused, Step
    from theory.spectra.sphere import area, moment

    compared, routes = "printed factor of c_p with E[t^p P_k]", ("moment induction", "exact moments")
    instance: dict[str, object] = {}
    for dim in range(1, 6):
        for degree in range(5):
            for more in range(3):
                left = sp.N(printed.subs({k: degree, j: more, d: dim}), 30)
                true = moment(degree + 2 * more, degree, dim)
                right, scaled = (
                    sp.N(sum(sp.Rational(*c.as_integer_ratio()) * sp.pi**p for p, c in value.terms), 30)
                    for value in (PiPolynomial.of(true), area(dim) * true)
                )
                shown = {"k": degree, "p": degree + 2 * more, "d": dim, "left": str(left), "right": str(right)}
                if abs(left / scaled - 1) > 1e-20:
                    why = f"the quotient is {left / right}, and {left / scaled} in the surface measure"
                    return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, shown)
                instance = instance or shown
    ranges = (Range("j", 0), Range("k", 0), Range("d", 1))
    surface = 2 * sp.pi ** ((d + 1) / 2) / sp.gamma((d + 1) / 2)
    last = Step("surface", equal(surface * Moment(k + 2 * j, k), printed), "gamma-algebra", ("moment",), ranges=ranges)
    figures = {"instance": instance}
    proof = Proof("eigenvalues by the surface measure", (*moments(), last))
    try:
        check(proof)
    except Refused as error:
        why = f"75 instances agree; no proof: {error}"
        return Finding(Truth.HOLDS, Evidence.CHECKED, compared, why, routes, figures=figures, up_to=SURFACE)
    return Finding(
        Truth.HOLDS,
        Evidence.PROVED,
        compared,
        "omega_d E[t^p P_k]: moment induction, then Gamma algebra",
        routes,
        scope="all p >= k >= 0 of equal parity, d >= 1",
        proofs=(proof_json(proof),),
        figures=figures,
        up_to=SURFACE,
    )


# Wrong factors of c_p, by the slip; each must fail. The last two are off by what depends on the degree.
TWINS = {
    "murray-eigenvalue": {
        name: partial(eigenvalue_sum, printed=wrong)
        for name, wrong in {
            "factor 2": 2 * SURFACE_TERM,
            "two dimensions up": SURFACE_TERM.subs(d, d + 2),
            "power of 2": SURFACE_TERM * 2**k,
            "degree shifted": SURFACE_TERM.subs(k, k + 1),
            "surface measure over d": SURFACE_TERM / d,
            "Gamma(k + d/2) shifted by one": SURFACE_TERM * ((P - k + 1) / 2 + k + d / 2),
            "a factor k + 1": SURFACE_TERM * (k + 1),
        }.items()
    }
}

CLAIMS = (
    Claim(
        "murray-series",
        _source("section 3, the equation after assumption 3"),
        "read",
        r"c_p = (1+p)\,\mu_p(\phi)^2 \text{ for } L = 2",
        (
            Said("b(n) = (n+1)*Gamma((n-1)/2)/(2*pi**(3/2)*(n-1)*Gamma(n/2+1))", KERNEL, ("n even",)),
            Said("b(n) = Gamma((n-1)/2)/(2*pi**(3/2)*(n-1)*Gamma(n/2+1))", "ArcCosine(order=1)", ("n even",)),
            Said("b(1) = 1", KERNEL),
            Said("b(1) = 1/2", "ArcCosine(order=1)"),
            Said("b(n) = 0", KERNEL, ("n odd", "n >= 3")),
        ),
        note="For the ReLU: b_n of ArcCosine(order=1) is twice the squared Hermite coefficient.",
    ),
    Claim(
        "murray-table",
        _source("table 1"),
        "read",
        r"\text{ReLU: } 43.944, 77.277, 93.192, 93.192, 95.403, 95.403\ \%",
        TABLE,
        note="Bias variance 1/2 = 1 - E[phi^2] adds to c_0; the total is 3/2.",
    ),
    Claim(
        "murray-rank",
        _source("section 4.1, after theorem 4.3"),
        "read",
        r"\tfrac{\sum_{p \ge 1} c_p}{c_1} \text{ is roughly } 1.3",
        (Said("(2 - b(0))/b(1) <= 1.35", KERNEL),),
        corrected=(Said("(2 - b(0))/b(1) = 2 - 1/pi", KERNEL),),
        note="2 - 1/pi = 1.68.",
    ),
    Claim(
        "murray-parity",
        _source("lemma 3.2"),
        "read",
        r"c_p = \delta_{p \text{ even}}\, \Theta(p^{-3/2}) \text{ (ReLU, no bias)}",
        (
            Said("b(n) = 0", KERNEL, ("n odd", "n >= 3")),
            Said("b(n) = Theta(n**(-3/2)) as n -> oo", KERNEL, ("n even",)),
        ),
        readings=(
            (
                "p = 1, which a statement on large p does not mean, and which their table 1 has",
                (Said("b(1) > 0", KERNEL),),
            ),
        ),
        note="Asymptotic in p; holds for p >= 2.",
    ),
    Claim(
        "murray-eigenvalue",
        _source("theorem 4.6"),
        "read",
        r"\lambda_k = \frac{\pi^{d/2}}{2^{k-1}} \sum_{p} c_p \frac{\Gamma(p+1)\Gamma((p-k+1)/2)}"
        r"{\Gamma(p-k+1)\Gamma((p-k+1)/2+k+d/2)}",
        procedure=Procedure(eigenvalue_sum, TWINS["murray-eigenvalue"]),
        note="For d >= 2 there; for the probability measure divide by omega_d.",
    ),
    Claim(
        "murray-decay",
        _source("corollary 4.7, items 1 and 2"),
        "read",
        r"c_p = \Theta(p^{-a}) \Rightarrow \lambda_k = \Theta(k^{-d-2a+2})",
        tuple(
            Said(says, kernel, (f"{v} {parity}",))
            for kernel, parity, a in (
                (KERNEL, "even", "3/2"),
                ("ArcCosine(order=0)", "odd", "3/2"),
                ("ArcCosine(order=1)", "even", "5/2"),
            )
            for says, v in (
                (f"b(n) = Theta(n**(-{a})) as n -> oo", "n"),
                (f"mu(k) = Theta(k**(-d-2*({a})+2)) as k -> oo", "k"),
            )
        ),
        note="Proved for three kernels, all d.",
    ),
)
