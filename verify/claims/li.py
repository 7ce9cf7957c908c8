"""Li, Yu, Chen, Lin 2024: their Funk-Hecke constant and power series; d and k as ours."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from theory.numbers.pi_polynomials import PiPolynomial
from theory.spectra.sphere import area, area_ratio, gegenbauer, moment
from verify.claims.bietti_mairal import beta_integral
from verify.claims.points import Formula, hold_against
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source

Constant = Callable[[int], PiPolynomial]  # of d


def _source(place: str) -> Source:
    return Source("Li, Yu, Chen, Lin", 2024, place, "2305.02657")


def funk_hecke(context: Context, printed: Constant = area) -> Finding:
    """printed(d) Integral t^n P_k (1-t^2)^((d-2)/2) dt with the eigenvalue of t^n, exactly, d >= 3 as there."""

    def eigenvalue(constant: Constant) -> Formula:
        def value(n: int, k: int, dim: int) -> PiPolynomial:
            total = PiPolynomial()
            for i, c in enumerate(gegenbauer(k, dim)):
                total = total + beta_integral(n + i, dim) * c
            return constant(dim) * total

        return value

    points = [(n, k, dim) for dim in range(3, 8) for n in range(7) for k in range(n % 2, n + 1, 2)]
    return hold_against(
        ("n", "k", "d"),
        points,
        eigenvalue(printed),
        lambda n, k, dim: moment(n, k, dim),
        "printed constant times the exact integral with E[t^n P_k]",
        ("Beta integrals", "moment formula"),
        eigenvalue(area_ratio),
        "constant omega_{d-1}/omega_d",
    )


# Wrong constants, by the slip; each must fail.
TWINS = {
    "li-funk-hecke": {
        name: partial(funk_hecke, printed=wrong)
        for name, wrong in {
            "factor 2": lambda dim: area_ratio(dim) * 2,
            "two dimensions up": lambda dim: area_ratio(dim + 2),
            "surface measure": lambda dim: area(dim - 1),
            "area ratio upside down": lambda dim: PiPolynomial.of(Fraction(1)) / area_ratio(dim),
        }.items()
    }
}

CLAIMS = (
    Claim(
        "li-funk-hecke",
        _source("appendix C"),
        "read",
        r"\mu_k = \omega_d \int_{-1}^1 \kappa(t) P_k(t) (1-t^2)^{(d-2)/2} dt,\ d \ge 3",
        procedure=Procedure(funk_hecke, TWINS["li-funk-hecke"]),
        note="What is printed is the constant itself, so no normalisation is left open; it is used nowhere there.",
    ),
    Claim(
        "li-series",
        _source("appendix D, proposition on kappa_0 and kappa_1"),
        "read",
        r"\kappa_0 = \tfrac12 + \tfrac1\pi \sum_m \tfrac{\binom{2m}{m}}{4^m(2m+1)} t^{2m+1},\ "
        r"\kappa_1 = \tfrac1\pi + \tfrac t2 + \tfrac1\pi \sum_m \tfrac{\binom{2m}{m}}{4^m(2m+1)(2m+2)} t^{2m+2}",
        (
            Said("b(n) = Gamma(n/2)/(pi**(3/2)*n*Gamma((n+1)/2))", "ArcCosine(order=0)", ("n odd",)),
            Said("b(0) = 1/2", "ArcCosine(order=0)"),
            Said("b(n) = 0", "ArcCosine(order=0)", ("n even", "n >= 2")),
            Said("b(n) = Gamma((n-1)/2)/(2*pi**(3/2)*(n-1)*Gamma(n/2+1))", "ArcCosine(order=1)", ("n even",)),
            Said("b(1) = 1/2", "ArcCosine(order=1)"),
            Said("b(n) = 0", "ArcCosine(order=1)", ("n odd", "n >= 3")),
        ),
    ),
)
