"""Bietti and Mairal 2019: On the Inductive Bias of Neural Tangent Kernels.

Their sphere S^(p-1) is our S^d with p = d + 1; their kappa = t k0 + k1 is our NTK(depth=2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Evidence, Truth
from theory.spectra.sphere import multiplicity
from verify.claims.points import Formula, hold_against
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source
from verify.findings.proofs import proof_json

KERNEL = "NTK(depth=2)"
EVEN = ("k even",)


def _source(place: str) -> Source:
    return Source("Bietti, Mairal", 2019, place, "1905.12173")


def _said(says: str, *where: str, kernel: str = KERNEL) -> tuple[Said, ...]:
    return (Said(says, kernel, where),)


Weights = Callable[[int, int], Sequence[Fraction]]  # of k and d: two


def printed_weights(k: int, dim: int) -> tuple[Fraction, Fraction]:
    """The weights of mu_{0,k-1} and mu_{0,k+1}: k/(2k+p-2) and (k+p-2)/(2k+p-2)."""
    p = dim + 1
    return Fraction(k, 2 * k + p - 2), Fraction(k + p - 2, 2 * k + p - 2)


def recurrence(context: Context, printed: Weights = printed_weights) -> Finding:
    """The derivation's steps times-t and linearity, replayed, with the printed weights on certified integrals."""
    from theory.derivations.one_hidden_layer import derive
    from theory.kernels.parse import parse_kernel
    from theory.numbers.balls import ball, working_precision
    from theory.proofs.check import check
    from theory.spectra.routes.angle import angle_balls

    kernels = [parse_kernel(text) for text in (KERNEL, "ArcCosine(order=0)", "ArcCosine(order=1)")]
    proof = derive(kernels[0])
    check(proof)
    shown = "; ".join(f"{proof.step(name).left} = {proof.step(name).right}" for name in ("times-t", "linearity"))
    compared = "printed weights with certified integrals and with the replayed derivation"
    routes = ("derivation", "angle")
    for dim in range(1, 6):
        whole, zero, one = (angle_balls(kernel, dim, range(12), 20) for kernel in kernels)
        with working_precision(20):
            for k in range(1, 11):
                lower, upper = map(ball, printed(k, dim))
                mixed = lower * zero[k - 1] + upper * zero[k + 1] + one[k]
                if not whole[k].overlaps(mixed):
                    why = f"at k={k}, d={dim} the printed weights give {mixed.mid()}, mu_k is {whole[k].mid()}"
                    return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, {"k": k, "d": dim})
    return Finding(
        Truth.HOLDS,
        Evidence.PROVED,
        compared,
        shown,
        routes,
        scope="for all k >= 1, d >= 1",
        proofs=(proof_json(proof),),
    )


def printed_norm(k: int, dim: int) -> PiPolynomial:
    """omega_{p-1}/(omega_{p-2} N(p,k)), omega the areas of the spheres S^(p-1) and S^(p-2)."""
    from theory.spectra.sphere import area

    p = dim + 1
    return area(p - 1) / area(p - 2) / multiplicity(dim, k)


def gegenbauer_norm(k: int, dim: int) -> PiPolynomial:
    """Integral P_k^2 (1-t^2)^((p-3)/2) dt from the coefficients of P_k and Beta((n+1)/2, d/2)."""
    from theory.spectra.sphere import gegenbauer

    coefficients = gegenbauer(k, dim)
    total = PiPolynomial()
    for i, a in enumerate(coefficients):
        for j, b in enumerate(coefficients):
            if (i + j) % 2 == 0 and a and b:
                total = total + beta_integral(i + j, dim) * (a * b)
    return total


def beta_integral(n: int, dim: int) -> PiPolynomial:
    """Integral of t^n (1-t^2)^((d-2)/2) over [-1, 1]: Gamma((n+1)/2) Gamma(d/2)/Gamma((n+d+1)/2), n even."""
    from theory.numbers.pi_polynomials import gamma_of_half

    if n % 2:
        return PiPolynomial()
    parts = [gamma_of_half(m) for m in (n + 1, dim, n + dim + 1)]
    return PiPolynomial.of(
        Fraction(parts[0][0]) * parts[1][0] / parts[2][0], (parts[0][1] + parts[1][1] - parts[2][1]) // 2
    )


def norm(context: Context, printed: Formula = printed_norm) -> Finding:
    """The squared norm of P_k in the surface measure, exactly for k <= 12, d <= 8."""
    points = [(k, dim) for dim in range(1, 9) for k in range(13)]
    return hold_against(
        ("k", "d"),
        points,
        printed,
        gegenbauer_norm,
        "printed norm with the exact integral of P_k^2",
        ("printed formula", "coefficients of P_k and Beta integrals"),
    )


# Wrong weights and norms, by the slip; each must fail.
TWINS = {
    "bm-recurrence": {
        name: partial(recurrence, printed=wrong)
        for name, wrong in {
            "weights exchanged": lambda k, dim: printed_weights(k, dim)[::-1],
            "degree shifted": lambda k, dim: printed_weights(k + 1, dim),
            "two dimensions up": lambda k, dim: printed_weights(k, dim + 2),
            "factor 2": lambda k, dim: tuple(2 * w for w in printed_weights(k, dim)),
        }.items()
    },
    "bm-norm": {
        name: partial(norm, printed=wrong)
        for name, wrong in {
            "factor 2": lambda k, dim: printed_norm(k, dim) * 2,
            "degree shifted": lambda k, dim: printed_norm(k + 1, dim),
            "two dimensions up": lambda k, dim: printed_norm(k, dim + 2),
            "probability measure": lambda k, dim: PiPolynomial.of(Fraction(1, multiplicity(dim, k))),
        }.items()
    },
}

CONSTANT = "2**d*Gamma((d+1)/2)**2/pi**2"
NORM_PROOF = (
    "N(d,k)*Gamma(d)*Gamma(k+(d+1)/2-1)*factorial(k)*Gamma((d+1)/2)*2"
    "/(2*Gamma((d+1)/2)*Gamma(k+d-1)*Gamma(k+(d+1)/2)) = 1"
)
CLAIMS = (
    Claim(
        "bm-kernel",
        _source("section 2"),
        "read",
        r"\kappa(t) = t\,\kappa_0(t) + \kappa_1(t),\ \kappa(1) = 2",
        (*_said("kappa(t) = t*(pi - acos(t))/pi + (sqrt(1 - t**2) + t*(pi - acos(t)))/pi"), *_said("kappa(1) = 2")),
        note="The replayed derivation starts from the gradients of the network.",
    ),
    Claim(
        "bm-decay",
        _source("proposition 5, eq. 10"),
        "read",
        r"\mu_0, \mu_1 > 0;\ \mu_k = 0 \text{ for odd } k \ge 3;\ \mu_k \sim C(p) k^{-p} \text{ else}",
        (
            *_said("mu(0) > 0"),
            *_said("mu(1) = 1/(d+1)"),
            *_said("mu(k) = 0", "k odd", "k >= 3"),
            *_said(f"mu(k) ~ {CONSTANT}*k**(-d-1) as k -> oo", *EVEN),
        ),
        note="The constant is C(p) = 2^(p-1) Gamma(p/2)^2/pi^2.",
    ),
    Claim(
        "bm-recurrence",
        _source("appendix C.3, proof of proposition 5"),
        "read",
        r"\mu_k = \tfrac{k}{2k+p-2}\mu_{0,k-1} + \tfrac{k+p-2}{2k+p-2}\mu_{0,k+1} + \mu_{1,k}",
        procedure=Procedure(recurrence, TWINS["bm-recurrence"]),
    ),
    Claim(
        "bm-norm",
        _source("appendix C.1, eq. 17"),
        "read",
        r"\int_{-1}^1 P_k^2(t)(1-t^2)^{(p-3)/2}dt = \frac{\omega_{p-1}}{\omega_{p-2} N(p,k)}",
        procedure=Procedure(norm, TWINS["bm-norm"]),
    ),
    Claim(
        "gaussian-to-sphere",
        _source("appendix C.2, after Bach 2017"),
        "read",
        r"\mu_{a,k} = 2\, \mathbb{E}\|w\|^{2a}\, \lambda_k^2: \ "
        r"\mu_{0,k} = 2 \lambda_k^2,\ \mu_{1,k} = 2 p \lambda_k^2",
        (
            *_said(
                "mu(k) = 2*(d+1)*(Gamma((d+1)/2)*Gamma((k-1)/2)/(4*pi*Gamma((k+d+2)/2)))**2",
                "k even",
                "k >= 2",
                kernel="ArcCosine(order=1)",
            ),
            *_said("mu(1) = 2*(d+1)*(1/(2*(d+1)))**2", kernel="ArcCosine(order=1)"),
            *_said("mu(k) = 0", "k odd", "k >= 3", kernel="ArcCosine(order=1)"),
            *_said(
                "mu(k) = 2*(Gamma((d+1)/2)*Gamma(k/2)/(2*pi*Gamma((k+d+1)/2)))**2", "k odd", kernel="ArcCosine(order=0)"
            ),
        ),
        note="E|w|^0 = 1 and E|w|^2 = p = d + 1: lambda_k is the coefficient of (t)_+^a.",
    ),
)
