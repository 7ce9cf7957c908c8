"""Bietti and Bach 2021, Geifman et al. 2020, Chen and Xu 2021: decay of deep and Laplace kernels.

Their sphere S^(d-1) is our S^d with d + 1 in place of d; their expansions in t at kappa(1-t) and
kappa(-1+t) are ours in u = 1 - t and u = 1 + t.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import sympy as sp

from theory.kernels import NTK, ArcCosine, Compose, Kernel, Laplace, Zonal
from theory.truth import Evidence, Truth
from verify.claim import Claim, Context, Finding, Procedure, Said, Source
from verify.claims.expansions import Ends, decide_expansion

HALF, THREE_HALVES, FIVE_HALVES = Fraction(1, 2), Fraction(3, 2), Fraction(5, 2)
STEP, CURVE = sp.sqrt(2) / sp.pi, "2*sqrt(2)/(3*pi)"
TANGENT, BIASED, EVEN, ODD = "NTK(depth=2)", "NTK(depth=2, bias=True)", ("k even",), ("k odd",)
DEPTHS = (3, 4, 5)


def _source(place: str) -> Source:
    return Source("Bietti, Bach", 2021, place, "2009.14397")


def psi(power: Fraction) -> Zonal:
    """(1-t^2)^power."""
    return Zonal(f"(1-t**2)**({power})")


def _psi_ends(sign: int) -> Ends:
    """(1-t^2)^nu = (2u)^nu + sign (nu/2) 2^nu u^(nu+1) + ... at t = 1, for nu = 1/2 and 3/2."""
    two = {nu: sp.Integer(2) ** sp.Rational(nu.numerator, nu.denominator) for nu in (HALF, THREE_HALVES)}
    return tuple(
        (psi(nu), 1, ((nu, two[nu]), (nu + 1, sign * two[nu] * sp.Rational(nu.numerator, 2 * nu.denominator))))
        for nu in two
    )


PSI_ENDS, PSI_RIGHT = _psi_ends(1), _psi_ends(-1)


def psi_sign(context: Context, printed: Ends = PSI_ENDS) -> Finding:
    """The two leading terms of (1-t^2)^nu at t = 1, where 1-t^2 = u(2-u); then with the sign reversed."""
    found = _psi_case(printed)
    if found.truth is Truth.FAILS:
        found.figures["corrected"] = {"says": "the second coefficient is -nu 2^(nu-1)",
                                      "verdict": str(_psi_case(PSI_RIGHT).truth)}  # fmt: skip
    return found


def _psi_case(printed: Ends) -> Finding:
    """Case by case, as the remainder depends on nu."""
    found = Finding(Truth.UNDECIDED, None, "", "")
    for case in printed:
        found = decide_expansion((case,), min(e for e, _ in case[2]) + 2)
        if found.truth is Truth.FAILS:
            return found
    return found


def step_layers(depth: int) -> Kernel:
    """k0 composed depth - 1 times: the random-feature kernel of step-function layers."""
    kernel: Kernel = ArcCosine(0)
    for _ in range(depth - 2):
        kernel = Compose(ArcCosine(0), kernel)
    return kernel


def step_coefficient(depth: int, last: int) -> sp.Expr:
    """(sqrt2/pi)^(sum_{l=0}^{last} 2^-l); printed with last = depth - 1, one too far."""
    return STEP ** sum(sp.Rational(1, 2**i) for i in range(last + 1))


def step_kernel(context: Context, printed: Callable[[int, int], sp.Expr] = step_coefficient) -> Finding:
    """kappa(1-u) = 1 - c u^nu + O(u^(2 nu)), nu = 2^-(depth-1), printed c; then the sum one shorter."""
    found = _step_case(printed, 0)
    if found.truth is Truth.FAILS:
        shorter = _step_case(printed, 1)
        found.figures["corrected"] = {"says": "the sum to depth - 2", "verdict": str(shorter.truth)}
    return found


def _step_case(printed: Callable[[int, int], sp.Expr], shift: int) -> Finding:
    found = Finding(Truth.UNDECIDED, None, "", "")
    for depth in (2, *DEPTHS):
        nu = Fraction(1, 2 ** (depth - 1))
        terms = ((0, sp.Integer(1)), (nu, -printed(depth, depth - 1 - shift)))
        found = decide_expansion(((step_layers(depth), 1, terms),), 2 * nu)
        if found.truth is Truth.FAILS:
            return found
    return found


def maclaurin_decay(context: Context, printed: Fraction = THREE_HALVES, factor: float = 1) -> Finding:
    """n^(3/2) b_n tends to -(c_1 + (-1)^n c_-1)/(2 sqrt(pi)), c the coefficients of u^(1/2) at the ends.

    `printed` is the exponent, `factor` multiplies the limit.
    """
    from theory.endpoint import expansion_at
    from theory.precision import working_precision
    from theory.routes.maclaurin import maclaurin

    compared = "n^(3/2) b_n at n = 600, 601 with the limit from the ends"
    routes = ("Maclaurin balls", "endpoint series")
    shown = []
    for kernel in (NTK(3), NTK(4), Laplace(1)):
        ends = [sp.N(expansion_at(kernel, place, 1).coefficient(HALF)) for place in (1, -1)]
        with working_precision(30):
            series = [float(b.mid()) for b in maclaurin(kernel, 602)[600:]]
        for n, value in zip((600, 601), series, strict=True):
            limit = -factor * float(ends[0] + (-1) ** n * ends[1]) / (2 * 3.141592653589793**0.5)
            quotient = n ** float(printed) * value
            if abs(quotient / limit - 1) > 0.02:
                why = f"{kernel!r}: n^{printed} b_n = {quotient:.5f} at n = {n}, the ends give {limit:.5f}"
                return Finding(Truth.FAILS, Evidence.CHECKED, compared, why, routes, {"n": n, "law": why})
            shown.append(f"{quotient:.4f}")
    return Finding(Truth.HOLDS, Evidence.CHECKED, compared, f"quotients {', '.join(shown)}", routes,
                   scope="NTK(depth=3), NTK(depth=4), Laplace(rate=1)")  # fmt: skip


def _changed(ends: Ends, exponent_by: Fraction = Fraction(0), factor: int = 1) -> Ends:
    """The expansions with the last term changed."""
    return tuple(
        (kernel, place, (*terms[:-1], (terms[-1][0] + exponent_by, factor * terms[-1][1])))
        for kernel, place, terms in ends
    )


# Wrong expansions and laws, by the slip; each must fail.
TWINS = {
    "bb-psi-sign": {
        "factor 2": partial(psi_sign, printed=_changed(PSI_RIGHT, factor=2)),
        "power": partial(psi_sign, printed=_changed(PSI_RIGHT, Fraction(-1, 2))),
        "t in place of t^2": partial(psi_sign, printed=tuple(
            (Zonal(f"(1-t)**({terms[0][0]})"), place, terms) for _, place, terms in PSI_RIGHT)),
    },
    "bb-step": {
        name: partial(step_kernel, printed=wrong)
        for name, wrong in {
            "sum two indices short": lambda n, last: step_coefficient(n, last - 2),
            "factor 2": lambda n, last: 2 * step_coefficient(n, last - 1),
            "one factor a layer": lambda n, last: STEP**n,
        }.items()
    },
    "chen-xu-series": {
        "exponent -1/2": partial(maclaurin_decay, printed=HALF),
        "exponent -5/2": partial(maclaurin_decay, printed=FIVE_HALVES),
        "exponent -1": partial(maclaurin_decay, printed=Fraction(1)),
        "factor 2": partial(maclaurin_decay, factor=2),
    },
}  # fmt: skip


def _theorem(nu: str, ends: str, halves: str) -> str:
    """(c_1 +- c_-1) C(d,nu) k^(-d-2nu) with the right C(d,nu); `halves` = nu + d/2."""
    constant = f"Gamma((d+1)/2)*2**({nu}+d-1)*Gamma({halves})/(sqrt(pi)*Gamma(-{nu}))"
    return f"mu(k) ~ {ends}*{constant}*k**(-d-2*{nu}) as k -> oo"


def _constant(factor: str) -> Said:
    says = f"mu(k) ~ {factor}*sqrt(2)/pi*Gamma((d+1)/2)*2**(1/2+d-1)*Gamma((d+1)/2)"
    return Said(f"{says}*Gamma(3/2)/(Gamma(-1/2)*Gamma(5/2)*Gamma(-3/2))*k**(-d-1) as k -> oo", TANGENT, EVEN)


LEAD = "2**d*Gamma((d+1)/2)**2/pi**2*k**(-d-1)"
CLAIMS = (
    Claim("bb-endpoint-k0", _source("section 3.2 and appendix"), "read",
          r"\kappa_0(1-t) = 1 - \tfrac{\sqrt2}{\pi} t^{1/2} + O(t^{3/2})",
          (Said("kappa(t) - 1 + sqrt(2)/pi*sqrt(1-t) = O((1-t)**(3/2)) as t -> 1", "ArcCosine(order=0)"),)),
    Claim("bb-endpoint-k1", _source("section 3.2 and appendix"), "read",
          r"\kappa_1(1-t) = 1 - t + \tfrac{2\sqrt2}{3\pi} t^{3/2} + O(t^{5/2})",
          (Said(f"kappa(t) - t - {CURVE}*(1-t)**(3/2) = O((1-t)**(5/2)) as t -> 1", "ArcCosine(order=1)"),)),
    Claim("bb-endpoint-minus", _source("appendix"), "read",
          r"\kappa_1(-1+t) = \tfrac{2\sqrt2}{3\pi} t^{3/2} + O(t^{5/3})",
          (Said(f"kappa(t) - {CURVE}*(1+t)**(3/2) = O((1+t)**(5/3)) as t -> -1", "ArcCosine(order=1)"),),
          note="True as printed, and weak: the remainder is O(t^(5/2)), its coefficient sqrt(2)/(30 pi)."),
    Claim("bb-theorem", _source("theorem 1"), "read",
          r"\mu_k \sim (c_1 \pm c_{-1})\, C(d,\nu)\, k^{-d-2\nu}",
          (Said(_theorem("(1/2)", "(-2*sqrt(2)/pi)", "(d+1)/2"), TANGENT, EVEN),
           Said(_theorem("(1/2)", "(-2*sqrt(2)/pi)", "(d+1)/2"), "ArcCosine(order=0)", ODD),
           Said(_theorem("(3/2)", "(4*sqrt(2)/(3*pi))", "(d+3)/2"), "ArcCosine(order=1)", EVEN)),
          note="Proved for three kernels, all d, from their closed forms; the theorem speaks of every kernel."),
    Claim("bb-constant", _source("appendix, theorem 7, proof"), "notes",
          r"C(d,\nu) \propto \frac{\Gamma(\nu+1)}{\Gamma(-1/2)\,\Gamma(\nu+2)\,\Gamma(-\nu-1)}",
          (_constant("-2"),), corrected=(_constant("-4"),),
          readings=(("Gamma(nu+1)/(Gamma(-1/2) Gamma(nu+2) Gamma(-nu-1)) is half of 1/(Gamma(1/2) Gamma(-nu))",
                     (Said("2*Gamma(k+3/2)/(Gamma(-1/2)*Gamma(k+5/2)*Gamma(-k-3/2))"
                           " = 1/(Gamma(1/2)*Gamma(-k-1/2))"),)),),
          note="Held against the two-layer tangent kernel, nu = 1/2; the other factors are as in theorem 7."),
    Claim("bb-deep-rf", _source("corollary 2"), "read",
          r"\mu_k \sim C k^{-d-3},\ \kappa^L(1-t) = 1 - t + (L-1)\tfrac{2\sqrt2}{3\pi}t^{3/2} + o(t^{3/2})",
          (Said("mu(k) = Theta(k**(-d-3)) as k -> oo", "NNGP(depth=L)", ("L >= 3",)),
           Said(f"kappa(t) - t ~ (L-1)*{CURVE}*(1-t)**(3/2) as t -> 1", "NNGP(depth=L)", ("L >= 2",)))),
    Claim("bb-deep-ntk", _source("corollary 3"), "read",
          r"L \ge 3:\ \mu_k \sim C(d,L) k^{-d-1},\ C \text{ quadratic in } L",
          (Said("mu(k) = Theta(k**(-d-1)) as k -> oo", "NTK(depth=L)", ("L >= 3",)),
           Said("L - kappa(t) ~ L*(L-1)/2*sqrt(2)/pi*sqrt(1-t) as t -> 1", "NTK(depth=L)", ("L >= 2",))),
          note="The coefficient at t = 1 is quadratic in L; at t = -1 a product of slopes, at most 1/2, is added for "
          "even k and taken away for odd k: see `decay \"NTK(depth=L)\" --as k`."),
    Claim("bb-step", _source("section 3.3 and appendix C.3"), "notes",
          r"\kappa^L(1-t) = 1 - (\sqrt2/\pi)^{\sum_{l=0}^{L-1}2^{-l}}\, t^{1/2^{L-1}} + o(\cdot)",
          procedure=step_kernel,
          note="The printed sum runs one index too far; the exponent is right."),
    Claim("bb-psi-sign", _source("appendix, proof of theorem 7"), "notes",
          r"(1-t^2)^\nu = 2^\nu (1-t)^\nu + \nu 2^{\nu-1} (1-t)^{\nu+1} + \cdots", procedure=psi_sign,
          note="Restated: what is known of the print is that the sign of psi_1's second coefficient at +1 is wrong."),
    Claim("bb-high-dim", _source("section 3"), "read", r"d \to \infty:\ \mu_k \sim k!\, b_k\, d^{-k}",
          (Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", TANGENT, EVEN),
           Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", "ArcCosine(order=0)", ODD),
           Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", "ArcCosine(order=1)", EVEN),
           Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", "NTK(depth=L)", ("L >= 3",)),
           Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", "Gaussian(rate=1)")),
          note="At every depth, and for every kernel whose b_n >= 0, b_k > 0. It contradicts an order d^(-k+1)."),
    Claim("bb-laplace", _source("corollary, Laplace kernel"), "read", r"e^{-c\sqrt{1-u}}:\ \mu_k \sim C k^{-d-1}",
          (Said("mu(k) ~ 2**d*Gamma((d+1)/2)**2/(2*pi)*k**(-d-1) as k -> oo", "Laplace(rate=1)"),
           Said("mu(k) ~ 2**d*Gamma((d+1)/2)**2/pi*k**(-d-1) as k -> oo", "Laplace(rate=2)")),
          note="Decided for the rates 1 and 2, both parities, every d; C is linear in the rate."),
    Claim("geifman-same-rate", Source("Geifman, Yadav, Kasten, Galun, Jacobs, Basri", 2020, "",
          "2007.01580"),
          "memory", r"\text{NTK with bias and Laplace kernel: } \mu_k = \Theta(k^{-d-1})",
          (Said("mu(k) = Theta(k**(-d-1)) as k -> oo", BIASED),
           Said("mu(k) = Theta(k**(-d-1)) as k -> oo", "Laplace(rate=1)"))),
    Claim("chen-xu-series", Source("Chen, Xu", 2021, "", "2009.10683"), "memory",
          r"b_n = \Theta(n^{-3/2})", procedure=maclaurin_decay,
          readings=(("depth 2 without bias", (Said("b(n) = Theta(n**(-3/2)) as n -> oo", TANGENT, ("n even",)),
                                              Said("b(n) = 0", TANGENT, ("n odd", "n >= 3")))),)),
    Claim("bias-parity", _source("section 3"), "read",
          r"\text{with bias } \mu_k > 0 \text{ for all } k, \text{ both parities } \sim C k^{-d-1}",
          (Said("mu(0) >= 1/2", BIASED), Said("mu(1) >= 1/(d+1)", BIASED),
           Said("mu(k) > 0", BIASED, ("k even", "k >= 2")), Said("mu(k) > 0", BIASED, ("k odd", "k >= 3")),
           Said(f"mu(k) ~ {LEAD} as k -> oo", BIASED))),
)  # fmt: skip
