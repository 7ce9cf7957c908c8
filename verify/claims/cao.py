"""Cao, Fang, Wu, Zhou, Gu: Towards Understanding the Spectral Bias of Deep Learning.

Their letters: the sphere S^d in R^(d+1) as here; mu_k is the k-th eigenvalue of the tangent kernel
kappa = t k0/2 + k1, our NTK(depth=2, layer_scales=(1/2, 1)); degrees k as here. Nobody here has read the
paper's own text: what is known of it is a review, and notes of its third version.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from theory.numbers.truth import Evidence, Truth
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source
from verify.findings.proofs import proof_json

KERNEL = "NTK(depth=2, layer_scales=(1/2, 1))"
EVEN = ("k even",)
BEYOND_ZERO = ("k even", "k >= 2")


def _source(place: str) -> Source:
    return Source("Cao, Fang, Wu, Zhou, Gu", 2019, place, "1912.01198")


def _said(says: str, *where: str) -> tuple[Said, ...]:
    return (Said(says, KERNEL, where),)


Weights = Callable[[int, int], tuple[Fraction, Fraction, int]]


def weights(k: int, dim: int) -> tuple[Fraction, Fraction, int]:
    """Of mu_{0,k-1}, mu_{0,k+1} and mu_{1,k}."""
    return Fraction(k, 2 * k + dim - 1), Fraction(k + dim - 1, 2 * k + dim - 1), 2


def recurrence(context: Context, formula: Weights = weights) -> Finding:
    """mu_k(t k0 + 2 k1) = k/(2k+d-1) mu_{0,k-1} + (k+d-1)/(2k+d-1) mu_{0,k+1} + 2 mu_{1,k}.

    Our language speaks of one kernel at a time, so the steps of the derivation that state it are
    replayed here, and the values are compared with certified integrals.
    """
    from theory.derivations.one_hidden_layer import derive
    from theory.kernels.parse import parse_kernel
    from theory.numbers.balls import ball, working_precision
    from theory.proofs.check import check
    from theory.spectra.routes.angle import angle_balls

    proof = derive(parse_kernel(KERNEL))
    check(proof)
    steps = [proof.step(name) for name in ("times-t", "linearity")]
    kernels = [parse_kernel(text) for text in (KERNEL, "ArcCosine(order=0)", "ArcCosine(order=1)")]
    compared = 0
    for dim in range(1, 7):
        whole, zero, one = (angle_balls(kernel, dim, range(14), 20) for kernel in kernels)
        with working_precision(20):
            for k in range(1, 13):
                below, above, double = formula(k, dim)
                mixed = ball(below) * zero[k - 1] + ball(above) * zero[k + 1] + double * one[k]
                if not (2 * whole[k]).overlaps(mixed):
                    return Finding(
                        Truth.FAILS,
                        Evidence.CERTIFIED,
                        "angle integrals",
                        f"k={k}, d={dim}",
                        counterexample={"k": k, "d": dim},
                    )
                compared += 1
    return Finding(
        Truth.HOLDS,
        Evidence.PROVED,
        "the steps times-t and linearity of the derivation with certified integrals",
        f"{steps[0].left} = {steps[0].right}; twice the kernel of the other claims is meant; "
        f"{compared} instances overlap",
        routes=("derivation", "angle"),
        scope="for all k >= 1, d >= 1",
        proofs=(proof_json(proof),),
    )


# Wrong recurrences, by the slip; each must fail.
TWINS = {
    "cao-recurrence": {
        name: partial(recurrence, formula=wrong)
        for name, wrong in {
            "weights exchanged": lambda k, dim: (weights(k, dim)[1], weights(k, dim)[0], 2),
            "degree shifted": lambda k, dim: weights(k + 1, dim),
            "two dimensions up": lambda k, dim: weights(k, dim + 2),
            "factor 2 lost": lambda k, dim: (*weights(k, dim)[:2], 1),
        }.items()
    }
}

SHAPE = "d**d*k**(k-1)*(k+d)**(-k-d)"
CONSTANT = "2**(d-1)*Gamma((d+1)/2)**2/pi**2"

CLAIMS = (
    Claim(
        "cao-ntk",
        _source("section 3, eqs. 3.1-3.3"),
        "seed",
        r"\kappa(t) = \tfrac12\, t\,\kappa_0(t) + \kappa_1(t)",
        _said("kappa(t) = t*(pi - acos(t))/(2*pi) + (sqrt(1 - t**2) + t*(pi - acos(t)))/pi"),
        note="The replayed derivation starts from the gradients of the network.",
    ),
    Claim(
        "cao-eigenfunctions",
        _source("theorem 4.3"),
        "seed",
        r"\text{the eigenfunctions are the spherical harmonics, with multiplicity } N(d,k)",
        (
            Said("mu(k) > mu(k+2)", KERNEL, EVEN),
            Said("mu(0) > mu(1)", KERNEL),
            Said("mu(1) > mu(2)", KERNEL),
            Said("mu(k) > 0", KERNEL, EVEN),
        ),
        readings=(
            (
                "the gap between neighbours falls one power faster than they do",
                _said("mu(k) - mu(k+2) = Theta(k**(-d-2)) as k -> oo", *EVEN),
            ),
        ),
        note="By the Funk-Hecke formula; the nonzero eigenvalues mu_0 > mu_1 > mu_2 > mu_4 > ... are distinct, "
        "so no two degrees share an eigenspace; degrees 3, 5, ... share the kernel's null space.",
    ),
    Claim(
        "cao-parity",
        _source("theorem 4.3"),
        "notes",
        r"\mu_k = 0 \text{ for odd } k \ge 3",
        _said("mu(k) = 0", "k odd", "k >= 3"),
    ),
    Claim(
        "cao-mu1",
        _source("theorem 4.3"),
        "notes",
        r"\mu_1 = \Omega(1)",
        (*_said("mu(1) > 0"), *_said("mu(1) = 3/(4*(d+1))")),
        readings=(("uniformly in d, which it is not", _said("mu(1) = Omega(1) as d -> oo")),),
        note="Holds at fixed d; not uniformly in d.",
    ),
    Claim(
        "cao-decay-degree",
        _source("theorem 4.3"),
        "seed",
        r"k \gg d:\quad \mu_k = \Omega(k^{-d-1})",
        _said("mu(k) = Omega(k**(-d-1)) as k -> oo", *EVEN),
        readings=(
            ("sharp order", _said("mu(k) = Theta(k**(-d-1)) as k -> oo", *EVEN)),
            ("sharp constant", _said(f"mu(k) ~ {CONSTANT}*k**(-d-1) as k -> oo", *EVEN)),
            ("all k, odd ones too", _said("mu(k) = Omega(k**(-d-1)) as k -> oo")),
        ),
    ),
    Claim(
        "cao-decay-dim",
        _source("theorem 4.3"),
        "seed",
        r"d \gg k:\quad \mu_k = \Omega(d^{-k+1})",
        _said("mu(k) = Omega(d**(-k+1)) as d -> oo", *EVEN),
        corrected=_said("mu(k) = Theta(d**(-k)) as d -> oo", *EVEN),
        readings=(
            (
                "the trace forbids it",
                (Said("N(d,k)*mu(k) <= 3/2", KERNEL, EVEN), Said("N(d,k) = Theta(d**k) as d -> oo")),
            ),
            ("sharp constant", _said("mu(k) ~ (k+2)*2**(k-3)*Gamma((k-1)/2)**2/pi**2*d**(-k) as d -> oo", *EVEN)),
            (
                "k counts degrees from 1",
                (
                    Said("mu(k-1) = Omega(d**(-k+1)) as d -> oo", KERNEL, ("k odd", "k >= 1")),
                    Said("mu(1) = Omega(d**(-1)) as d -> oo", KERNEL),
                ),
            ),
            (
                "k counts nonzero eigenvalues from 1, k <= 3",
                (
                    Said("mu(0) = Omega(1) as d -> oo", KERNEL),
                    Said("mu(1) = Omega(d**(-1)) as d -> oo", KERNEL),
                    Said("mu(2) = Omega(d**(-2)) as d -> oo", KERNEL),
                ),
            ),
            ("k counts nonzero eigenvalues from 1, k >= 4", _said("mu(2*k-4) = Omega(d**(-k+1)) as d -> oo", "k >= 4")),
        ),
        note="As a review of the paper and notes of it restate it. One factor d is lost: N(d,k) mu_k <= kappa(1) "
        "with N(d,k) of order d^k leaves at most d^-k.",
    ),
    Claim(
        "cao-uniform",
        _source("theorem 4.3"),
        "memory",
        r"\mu_k = \Omega\bigl(d^{d+1} k^{k-1} (k+d)^{-k-d}\bigr)",
        _said("mu(k) = Omega(d**(d+1)*k**(k-1)*(k+d)**(-k-d)) uniformly", *BEYOND_ZERO),
        corrected=_said(f"mu(k) = Theta({SHAPE}) uniformly", *BEYOND_ZERO),
        readings=(
            ("sharp lower constant", _said(f"mu(k) > E/pi**2*{SHAPE}", *BEYOND_ZERO)),
            ("sharp upper constant", _said(f"mu(k) < E**2/pi*{SHAPE}", *BEYOND_ZERO)),
        ),
    ),
    Claim(
        "cao-recurrence",
        _source("appendix B.3"),
        "notes",
        r"\mu_k = \tfrac{k}{2k+d-1}\mu_{0,k-1} + \tfrac{k+d-1}{2k+d-1}\mu_{0,k+1} + 2\mu_{1,k}",
        procedure=Procedure(recurrence, TWINS["cao-recurrence"]),
        note="There it is said to follow Bietti and Mairal 2019, proposition 5; this is the analogue for this kernel.",
    ),
    Claim(
        "cao-cor-degrees",
        _source("corollary 4.6"),
        "notes",
        r"\text{degrees below } k \text{ decay at rate } 1 - \Omega(k^{-d-1})",
        _said("mu(k-1) = Omega(k**(-d-1)) as k -> oo", "k >= 1"),
        corrected=_said("mu(k-1) = Omega(k**(-d-1)) as k -> oo", "k odd"),
        readings=(("degree 3 never moves", _said("mu(3) = 0")),),
        note="Fails where all degrees below k are meant; holds where those of eigenvalue 0 are left out.",
    ),
    Claim(
        "cao-cor-dim",
        _source("corollary 4.7"),
        "notes",
        r"d \gg k:\quad \text{degrees below } k \text{ decay at rate } 1 - \Omega(d^{-k+2})",
        _said("mu(k-1) = Omega(d**(-k+2)) as d -> oo", "k odd"),
        corrected=_said("mu(k-1) = Theta(d**(-k+1)) as d -> oo", "k odd"),
    ),
    Claim(
        "cao-multiplicity",
        _source("remark 4.8"),
        "notes",
        r"\sum_{k' < k} N(d,k') = \Theta(d^{k-1})",
        (
            Said(
                "binomial(k+d, d) + binomial(k+d-1, d) - binomial(k+d-1, d) - binomial(k+d-2, d) = N(d, k)",
                None,
                ("k >= 1",),
            ),
            Said("N(d, 0) = 1"),
            Said("binomial(k-1+d, d) + binomial(k+d-2, d) = Theta(d**(k-1)) as d -> oo", None, ("k >= 1",)),
        ),
        note="The first two statements say that the sum up to degree k is C(k+d,d) + C(k+d-1,d).",
    ),
)
