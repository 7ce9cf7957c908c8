"""Bietti and Bach 2021, Geifman et al. 2020, Chen and Xu 2021: decay of deep and Laplace kernels.

Their sphere S^(d-1) is our S^d with d + 1 in place of d; their expansions in t at kappa(1-t) and
kappa(-1+t) are ours in u = 1 - t and u = 1 + t.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import sympy as sp

from theory.kernels import NNGP, NTK, ArcCosine, Compose, Kernel, Laplace, Zonal
from theory.truth import Evidence, Truth
from verify.claim import Claim, Context, Finding, Procedure, Said, Source
from verify.claims.expansions import Ends, decide_expansion, decide_laws, exponent

HALF, THREE_HALVES, FIVE_HALVES = Fraction(1, 2), Fraction(3, 2), Fraction(5, 2)
STEP, CURVE = sp.sqrt(2) / sp.pi, 2 * sp.sqrt(2) / (3 * sp.pi)
TANGENT, EVEN, ODD = "NTK(depth=2)", ("k even",), ("k odd",)
BIASED = "NTK(depth=2, bias=True)"
DEPTHS = (3, 4, 5)


def _source(place: str) -> Source:
    return Source("Bietti, Bach", 2021, place, "2009.14397")


K0_ENDS: Ends = ((ArcCosine(0), 1, ((0, sp.Integer(1)), (HALF, -STEP))),)
K1_ENDS: Ends = (
    (ArcCosine(1), 1, ((0, sp.Integer(1)), (1, sp.Integer(-1)), (THREE_HALVES, CURVE))),
)
K1_MINUS: Ends = ((ArcCosine(1), -1, ((THREE_HALVES, CURVE),)),)


def endpoint_k0(context: Context, printed: Ends = K0_ENDS) -> Finding:
    """k0(1-u) = 1 - (sqrt2/pi) u^(1/2) + O(u^(3/2))."""
    return decide_expansion(printed, THREE_HALVES)


def endpoint_k1(context: Context, printed: Ends = K1_ENDS) -> Finding:
    """k1(1-u) = 1 - u + (2 sqrt2/(3 pi)) u^(3/2) + O(u^(5/2))."""
    return decide_expansion(printed, FIVE_HALVES)


def endpoint_minus(context: Context, printed: Ends = K1_MINUS) -> Finding:
    """k1(-1+u) = (2 sqrt2/(3 pi)) u^(3/2) + O(u^(5/3)): true, since the remainder is O(u^(5/2))."""
    return decide_expansion(printed, Fraction(5, 3))


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


Slope = Callable[[int], sp.Expr]


def random_feature_slope(depth: int) -> sp.Expr:
    """(L-1) 2 sqrt2/(3 pi), the coefficient of u^(3/2)."""
    return (depth - 1) * CURVE


def tangent_slope(depth: int) -> sp.Expr:
    """-(L(L-1)/2) sqrt2/pi, the coefficient of u^(1/2)."""
    return -sp.Rational(depth * (depth - 1), 2) * STEP


def deep_random_features(
    context: Context, printed: int = 3, slope: Slope = random_feature_slope
) -> Finding:
    """NNGP(L), L = 3, 4, 5: the printed coefficient of u^(3/2) and mu_k ~ C k^(-d-printed)."""
    ends = tuple(
        (NNGP(n), 1, ((0, sp.Integer(1)), (1, sp.Integer(-1)), (THREE_HALVES, slope(n)))) for n in DEPTHS
    )
    expansion = decide_expansion(ends, Fraction(2))
    return expansion if expansion.truth is not Truth.HOLDS else decide_laws((NNGP(3),), exponent(printed))


def deep_tangent(context: Context, printed: int = 1, slope: Slope = tangent_slope) -> Finding:
    """NTK(L), L = 3, 4, 5: the printed coefficient of u^(1/2) at +1, mu_k ~ C k^(-d-printed)."""
    ends = tuple((NTK(n), 1, ((0, sp.Integer(n)), (HALF, slope(n)))) for n in DEPTHS)
    expansion = decide_expansion(ends, Fraction(1))
    return expansion if expansion.truth is not Truth.HOLDS else decide_laws((NTK(3),), exponent(printed))


def laplace(context: Context, printed: int = 1) -> Finding:
    """exp(-c sqrt(1-u)) has mu_k ~ C k^(-d-printed), both parities."""
    return decide_laws((Laplace(1), Laplace(2)), exponent(printed))


def same_rate(context: Context, printed: int = 1) -> Finding:
    """Two-layer NTK with bias and the Laplace kernel: one exponent, both parities."""
    return decide_laws((NTK(2, bias=True), Laplace(1)), exponent(printed))


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


def _wrong_ends(check: Callable[..., Finding], ends: Ends, other: Kernel) -> dict[str, Procedure]:
    """The slips of an expansion: factor, sign, power, the kernel of another order."""
    wrong = {
        "factor 2": _changed(ends, factor=2),
        "sign": _changed(ends, factor=-1),
        "power": _changed(ends, Fraction(-1, 4)),
        "another order": tuple((other, place, terms) for _, place, terms in ends),
    }
    return {name: partial(check, printed=said) for name, said in wrong.items()}


def _wrong_laws(check: Callable[..., Finding], right: int) -> dict[str, Procedure]:
    """Exponents off by 1, and by the 2 of a sphere two dimensions up."""
    return {f"exponent -d-{right + by}": partial(check, printed=right + by) for by in (-1, 1, 2)}


# Wrong expansions and laws, by the slip; each must fail.
TWINS = {
    "bb-endpoint-k0": _wrong_ends(endpoint_k0, K0_ENDS, ArcCosine(1)),
    "bb-endpoint-k1": _wrong_ends(endpoint_k1, K1_ENDS, ArcCosine(0)),
    "bb-endpoint-minus": _wrong_ends(endpoint_minus, K1_MINUS, ArcCosine(2)),
    "bb-psi-sign": {
        "factor 2": partial(psi_sign, printed=_changed(PSI_RIGHT, factor=2)),
        "power": partial(psi_sign, printed=_changed(PSI_RIGHT, Fraction(-1, 2))),
        "t in place of t^2": partial(psi_sign, printed=tuple(
            (Zonal(f"(1-t)**({terms[0][0]})"), place, terms) for _, place, terms in PSI_RIGHT)),
    },
    "bb-deep-rf": _wrong_laws(deep_random_features, 3) | {
        "L in place of L - 1": partial(deep_random_features, slope=lambda n: n * CURVE),
        "one layer": partial(deep_random_features, slope=lambda n: CURVE),
    },
    "bb-deep-ntk": _wrong_laws(deep_tangent, 1) | {
        "linear in L": partial(deep_tangent, slope=lambda n: -(n - 1) * STEP),
        "L^2": partial(deep_tangent, slope=lambda n: -(n**2) * STEP),
    },
    "bb-step": {
        name: partial(step_kernel, printed=wrong)
        for name, wrong in {
            "sum two indices short": lambda n, last: step_coefficient(n, last - 2),
            "factor 2": lambda n, last: 2 * step_coefficient(n, last - 1),
            "one factor a layer": lambda n, last: STEP**n,
        }.items()
    },
    "bb-laplace": _wrong_laws(laplace, 1),
    "geifman-same-rate": _wrong_laws(same_rate, 1),
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


def _on_the_sphere(says: str, kernel: str) -> tuple[tuple[str, tuple[Said, ...]], ...]:
    """The law on S^2 as a statement, whose remainder is certified."""
    return ((f"{kernel} on S^2, with a certified remainder", (Said(says, kernel, ("d = 2",)),)),)


LEAD = "2**d*Gamma((d+1)/2)**2/pi**2*k**(-d-1)"
CLAIMS = (
    Claim("bb-endpoint-k0", _source("section 3.2 and appendix"), "read",
          r"\kappa_0(1-t) = 1 - \tfrac{\sqrt2}{\pi} t^{1/2} + O(t^{3/2})", procedure=endpoint_k0),
    Claim("bb-endpoint-k1", _source("section 3.2 and appendix"), "read",
          r"\kappa_1(1-t) = 1 - t + \tfrac{2\sqrt2}{3\pi} t^{3/2} + O(t^{5/2})", procedure=endpoint_k1),
    Claim("bb-endpoint-minus", _source("appendix"), "read",
          r"\kappa_1(-1+t) = \tfrac{2\sqrt2}{3\pi} t^{3/2} + O(t^{5/3})", procedure=endpoint_minus,
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
          procedure=deep_random_features,
          readings=_on_the_sphere("mu(k) = Theta(k**(-d-3)) as k -> oo", "NNGP(depth=3)")),
    Claim("bb-deep-ntk", _source("corollary 3"), "read",
          r"L \ge 3:\ \mu_k \sim C(d,L) k^{-d-1},\ C \text{ quadratic in } L", procedure=deep_tangent,
          readings=_on_the_sphere("mu(k) = Theta(k**(-d-1)) as k -> oo", "NTK(depth=3)")),
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
           Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", "ArcCosine(order=1)", EVEN)),
          note="Proved for the kernels with a closed form. It contradicts an order d^(-k+1)."),
    Claim("bb-laplace", _source("corollary, Laplace kernel"), "read", r"e^{-c\sqrt{1-u}}:\ \mu_k \sim C k^{-d-1}",
          procedure=laplace,
          readings=_on_the_sphere("mu(k) = Theta(k**(-d-1)) as k -> oo", "Laplace(rate=1)")),
    Claim("geifman-same-rate", Source("Geifman, Yadav, Kasten, Galun, Jacobs, Basri", 2020, "",
          "2007.01580"),
          "memory", r"\text{NTK with bias and Laplace kernel: } \mu_k = \Theta(k^{-d-1})", procedure=same_rate,
          readings=(("the tangent kernel alone", (Said("mu(k) = Theta(k**(-d-1)) as k -> oo", BIASED),)),)),
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
