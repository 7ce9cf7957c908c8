"""Bietti and Bach 2021, Geifman et al. 2020, Chen and Xu 2021: decay of deep and Laplace kernels.

Their sphere S^(d-1) is our S^d with d + 1 in place of d; their expansions in t at kappa(1-t) and
kappa(-1+t) are ours in u = 1 - t and u = 1 + t.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

import sympy as sp

from theory.kernels import NTK, ArcCosine, Compose, Kernel, Laplace, Zonal
from theory.numbers.truth import Evidence, Truth
from verify.claims.expansions import Ends, decide_expansion
from verify.findings.claim import Claim, Context, Corrected, Finding, Procedure, Said, Source

HALF, THREE_HALVES, FIVE_HALVES = Fraction(1, 2), Fraction(3, 2), Fraction(5, 2)
STEP, CURVE = sp.sqrt(2) / sp.pi, "2*sqrt(2)/(3*pi)"
TANGENT, BIASED, EVEN, ODD = "NTK(depth=2)", "NTK(depth=2, bias=True)", ("k even",), ("k odd",)
DEPTHS = (3, 4, 5)


def _source(place: str) -> Source:
    return Source("Bietti, Bach", 2021, place, "2009.14397")


def psi(power: Fraction, a: int, b: int) -> Zonal:
    """(a + b t) (1-t^2)^power: what has given leading coefficients at both ends."""
    return Zonal(f"({a}+{b}*t)*(1-t**2)**({power})")


Second = Callable[[sp.Expr, sp.Expr, sp.Expr], sp.Expr]
MIXED = ((1, 0), (0, 1), (1, 1), (3, -1))  # (a, b); (1, 0) has equal ends, (1, 1) none at t = -1


def printed_second(nu: sp.Expr, one: sp.Expr, other: sp.Expr) -> sp.Expr:
    """-((1+nu) c_{1,1} + c_{1,-1})/2."""
    return -((1 + nu) * one + other) / 2


def right_second(nu: sp.Expr, one: sp.Expr, other: sp.Expr) -> sp.Expr:
    """-((1+nu) c_{1,1} - c_{1,-1})/2: of 2^nu u^nu (1-u/2)^nu (a + b - b u), c_{1,+-1} = 2^nu (a +- b)."""
    return -((1 + nu) * one - other) / 2


def psi_ends(second: Second) -> Ends:
    """psi_1 = c_{1,1} u^nu + second u^(nu+1) + ... at t = 1, for nu = 1/2 and 3/2."""
    cases = []
    for power in (HALF, THREE_HALVES):
        nu = sp.Rational(power.numerator, power.denominator)
        for a, b in MIXED:
            one, other = 2**nu * (a + b), 2**nu * (a - b)
            cases.append((psi(power, a, b), 1, ((power, one), (power + 1, second(nu, one, other)))))
    return tuple(cases)


def psi_sign(context: Context, printed: Second = printed_second) -> Finding:
    """The two leading terms of psi_1 = (a + b t) (1-t^2)^nu at t = 1; then with the sign of c_{1,-1} reversed."""
    found = _psi_case(psi_ends(printed))
    if found.truth is Truth.FAILS:
        return replace(
            found,
            corrected=(
                Corrected(
                    "the second coefficient is -((1+nu) c_{1,1} - c_{1,-1})/2", _psi_case(psi_ends(right_second))
                ),
            ),
        )
    return found


def _psi_case(printed: Ends) -> Finding:
    """Case by case, as the remainder depends on nu."""
    found = Finding(Truth.UNDECIDED, None, "", "")
    for case in printed:
        found = decide_expansion((case,), Fraction(min(e for e, _ in case[2])) + 2)
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
        return replace(found, corrected=(Corrected("the sum ends at l = L - 2", _step_case(step_coefficient, 1)),))
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
    from theory.expansions.at_ends import expansion_at
    from theory.expansions.maclaurin import maclaurin
    from theory.numbers.balls import working_precision

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
    return Finding(
        Truth.HOLDS,
        Evidence.CHECKED,
        compared,
        f"quotients {', '.join(shown)}",
        routes,
        scope="NTK(depth=3), NTK(depth=4), Laplace(rate=1)",
    )


# Wrong expansions and laws, by the slip; each must fail.
TWINS = {
    "bb-psi-sign": {
        "factor 2": partial(psi_sign, printed=lambda *at: 2 * right_second(*at)),
        "sign of all": partial(psi_sign, printed=lambda *at: -right_second(*at)),
        "nu in place of 1+nu": partial(psi_sign, printed=lambda nu, *at: right_second(nu - 1, *at)),
        "ends exchanged": partial(psi_sign, printed=lambda nu, one, other: right_second(nu, other, one)),
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
}


def _theorem(nu: str, ends: str, halves: str) -> str:
    """(c_1 +- c_-1) C(d,nu) k^(-d-2nu) with the right C(d,nu); `halves` = nu + d/2."""
    constant = f"Gamma((d+1)/2)*2**({nu}+d-1)*Gamma({halves})/(sqrt(pi)*Gamma(-{nu}))"
    return f"mu(k) ~ {ends}*{constant}*k**(-d-2*{nu}) as k -> oo"


def _constant(factor: str) -> Said:
    says = f"mu(k) ~ {factor}*sqrt(2)/pi*Gamma((d+1)/2)*2**(1/2+d-1)*Gamma((d+1)/2)"
    return Said(f"{says}*Gamma(3/2)/(Gamma(-1/2)*Gamma(5/2)*Gamma(-3/2))*k**(-d-1) as k -> oo", TANGENT, EVEN)


LEAD = "2**d*Gamma((d+1)/2)**2/pi**2*k**(-d-1)"
CLAIMS = (
    Claim(
        "bb-endpoint-k0",
        _source("section 3.2, eq. 12"),
        "read",
        r"\kappa_0(1-t) = 1 - \tfrac{\sqrt2}{\pi} t^{1/2} + O(t^{3/2})",
        (Said("kappa(t) - 1 + sqrt(2)/pi*sqrt(1-t) = O((1-t)**(3/2)) as t -> 1", "ArcCosine(order=0)"),),
    ),
    Claim(
        "bb-endpoint-k1",
        _source("section 3.2, eq. 13"),
        "read",
        r"\kappa_1(1-t) = 1 - t + \tfrac{2\sqrt2}{3\pi} t^{3/2} + O(t^{5/2})",
        (Said(f"kappa(t) - t - {CURVE}*(1-t)**(3/2) = O((1-t)**(5/2)) as t -> 1", "ArcCosine(order=1)"),),
    ),
    Claim(
        "bb-endpoint-minus",
        _source("section 3.2"),
        "read",
        r"\kappa_1(-1+t) = \tfrac{2\sqrt2}{3\pi} t^{3/2} + O(t^{5/3})",
        (Said(f"kappa(t) - {CURVE}*(1+t)**(3/2) = O((1+t)**(5/3)) as t -> -1", "ArcCosine(order=1)"),),
        note="True as printed, and weak: the remainder is O(t^(5/2)), its coefficient sqrt(2)/(30 pi).",
    ),
    Claim(
        "bb-theorem",
        _source("theorem 1"),
        "read",
        r"\mu_k \sim (c_1 \pm c_{-1})\, C(d,\nu)\, k^{-d-2\nu}",
        (
            Said(_theorem("(1/2)", "(-2*sqrt(2)/pi)", "(d+1)/2"), TANGENT, EVEN),
            Said(_theorem("(1/2)", "(-2*sqrt(2)/pi)", "(d+1)/2"), "ArcCosine(order=0)", ODD),
            Said(_theorem("(3/2)", "(4*sqrt(2)/(3*pi))", "(d+3)/2"), "ArcCosine(order=1)", EVEN),
        ),
        note="Proved for three kernels, all d, from their closed forms; the theorem speaks of every kernel whose "
        "nu is no "
        "integer and whose expansions at 1 and -1 may be differentiated.",
    ),
    Claim(
        "bb-constant",
        _source("appendix B, lemma 6"),
        "read",
        r"C(d,\nu) \propto \frac{\Gamma(\nu+1)}{\Gamma(-1/2)\,\Gamma(\nu+2)\,\Gamma(-\nu-1)}",
        (_constant("-2"),),
        corrected=(_constant("-4"),),
        readings=(
            (
                "Gamma(nu+1)/(Gamma(-1/2) Gamma(nu+2) Gamma(-nu-1)) is half of 1/(Gamma(1/2) Gamma(-nu))",
                (Said("2*Gamma(k+3/2)/(Gamma(-1/2)*Gamma(k+5/2)*Gamma(-k-3/2)) = 1/(Gamma(1/2)*Gamma(-k-1/2))"),),
            ),
        ),
        note="Held against the two-layer tangent kernel, nu = 1/2; the other factors are as in theorem 7, which "
        "speaks of a constant alone.",
    ),
    Claim(
        "bb-deep-rf",
        _source("corollary 2"),
        "read",
        r"\mu_k \sim C k^{-d-3},\ \kappa^L(1-t) = 1 - t + (L-1)\tfrac{2\sqrt2}{3\pi}t^{3/2} + o(t^{3/2})",
        (
            Said("mu(k) = Theta(k**(-d-3)) as k -> oo", "NNGP(depth=L)", ("L >= 3",)),
            Said(f"kappa(t) - t ~ (L-1)*{CURVE}*(1-t)**(3/2) as t -> 1", "NNGP(depth=L)", ("L >= 2",)),
        ),
    ),
    Claim(
        "bb-deep-ntk",
        _source("corollary 3"),
        "read",
        r"L \ge 3:\ \mu_k \sim C(d,L) k^{-d-1},\ C \text{ quadratic in } L",
        (
            Said("mu(k) = Theta(k**(-d-1)) as k -> oo", "NTK(depth=L)", ("L >= 3",)),
            Said("L - kappa(t) ~ L*(L-1)/2*sqrt(2)/pi*sqrt(1-t) as t -> 1", "NTK(depth=L)", ("L >= 2",)),
        ),
        note="The coefficient at t = 1 is quadratic in L; at t = -1 a product of slopes, at most 1/2, is added for "
        'even k and taken away for odd k: see `decay "NTK(depth=L)" --as k`. '
        "Their 0 < c_l < c fails at l = 2, where c_2 = c.",
    ),
    Claim(
        "bb-step",
        _source("appendix C.3"),
        "read",
        r"\kappa^L(1-t) = 1 - (\sqrt2/\pi)^{\sum_{l=0}^{L-1}2^{-l}}\, t^{1/2^{L-1}} + o(\cdot)",
        procedure=Procedure(step_kernel, TWINS["bb-step"]),
        note="The printed sum runs one index too far; the exponent is right.",
    ),
    Claim(
        "bb-psi-sign",
        _source("appendix B, proof of theorem 7"),
        "read",
        r"\psi_1(1-t) = c_{1,1}\, t^\nu - \tfrac12\bigl((1+\nu) c_{1,1} + c_{1,-1}\bigr) t^{\nu+1} + \cdots",
        procedure=Procedure(psi_sign, TWINS["bb-psi-sign"]),
        note="psi_1 has the leading coefficients c_{1,1} at t = 1 and c_{1,-1} at t = -1. The sign of c_{1,-1} is "
        "wrong; "
        "the theorem does not suffer.",
    ),
    Claim(
        "bb-high-dim",
        _source("appendix B.1, lemma 8"),
        "derived",
        r"d \to \infty:\ \mu_k \sim k!\, b_k\, d^{-k}",
        (
            Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", TANGENT, EVEN),
            Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", "ArcCosine(order=0)", ODD),
            Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", "ArcCosine(order=1)", EVEN),
            Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", "NTK(depth=L)", ("L >= 3",)),
            Said("mu(k) ~ factorial(k)*b(k)*d**(-k) as d -> oo", "Gaussian(rate=1)"),
        ),
        note="Printed for (1-t^2)^nu, as b_k = lim d^k mu_k/k!; here at every depth, and for kernels whose b_n >= "
        "0, b_k > 0. "
        "It contradicts an order d^(-k+1).",
    ),
    Claim(
        "bb-laplace",
        _source("section 3.3, Laplace kernel"),
        "read",
        r"e^{-c\sqrt{1-u}}:\ \mu_k \sim C k^{-d-1}",
        (
            Said("mu(k) ~ 2**d*Gamma((d+1)/2)**2/(2*pi)*k**(-d-1) as k -> oo", "Laplace(rate=1)"),
            Said("mu(k) ~ 2**d*Gamma((d+1)/2)**2/pi*k**(-d-1) as k -> oo", "Laplace(rate=2)"),
        ),
        note="Decided for the rates 1 and 2, both parities, every d; C is linear in the rate.",
    ),
    Claim(
        "geifman-same-rate",
        Source("Geifman, Yadav, Kasten, Galun, Jacobs, Basri", 2020, "abstract", "2007.01580"),
        "derived",
        r"\text{NTK with bias and Laplace kernel: } \mu_k = \Theta(k^{-d-1})",
        (
            Said("mu(k) = Theta(k**(-d-1)) as k -> oo", BIASED),
            Said("mu(k) = Theta(k**(-d-1)) as k -> oo", "Laplace(rate=1)"),
        ),
        note="There: the same eigenfunctions, eigenvalues of the same rate, the same space. The rate is added here.",
    ),
    Claim(
        "chen-xu-series",
        Source("Chen, Xu", 2021, "proof that the spaces are equal", "2009.10683"),
        "memory",
        r"b_n = \Theta(n^{-3/2})",
        procedure=Procedure(maclaurin_decay, TWINS["chen-xu-series"]),
        readings=(
            (
                "depth 2 without bias",
                (
                    Said("b(n) = Theta(n**(-3/2)) as n -> oo", TANGENT, ("n even",)),
                    Said("b(n) = 0", TANGENT, ("n odd", "n >= 3")),
                ),
            ),
        ),
        note="A step on the way to the equality of the spaces of the deep tangent and the Laplace kernel.",
    ),
    Claim(
        "bias-parity",
        _source("section 3.2"),
        "derived",
        r"\text{with bias } \mu_k > 0 \text{ for all } k, \text{ both parities } \sim C k^{-d-1}",
        (
            Said("mu(0) >= 1/2", BIASED),
            Said("mu(1) >= 1/(d+1)", BIASED),
            Said("mu(k) > 0", BIASED, ("k even", "k >= 2")),
            Said("mu(k) > 0", BIASED, ("k odd", "k >= 3")),
            Said(f"mu(k) ~ {LEAD} as k -> oo", BIASED),
        ),
        note="There: a bias removes the constraint on the parity. Positivity and the constant are added here.",
    ),
)
