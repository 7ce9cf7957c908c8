"""Bach 2017: Breaking the Curse of Dimensionality with Convex Neural Networks, appendix D.

His sphere S^d in R^(d+1) and his degree k are ours; lambda_k is the coefficient of (t)_+^a on P_k
for the probability measure.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from math import factorial

from theory.numbers.pi_polynomials import PiPolynomial, gamma_of_half
from verify.claims.points import Formula, hold_against
from verify.findings.claim import Claim, Context, Finding, Procedure, Said, Source

SOURCE = Source("Bach", 2017, "appendix D", "1412.8690")
Prefactor = Callable[[int], tuple[Fraction, int]]  # of d: (rational, power of sqrt(pi))


def roots(*twice: int) -> int:
    """How many factors sqrt(pi) the Gammas of these half-integers hold."""
    return sum(m % 2 for m in twice)


def printed_prefactor(dim: int) -> tuple[Fraction, int]:
    """(d-1)/(2 pi) as (rational, power of sqrt(pi))."""
    return Fraction(dim - 1, 2), -2


def right_prefactor(dim: int) -> tuple[Fraction, int]:
    """Gamma((d+1)/2)/(sqrt(pi) Gamma(d/2))."""
    ratio = Fraction(gamma_of_half(dim + 1)[0]) / gamma_of_half(dim)[0]
    return ratio, roots(dim + 1) - roots(dim) - 1


def coefficient(prefactor: Prefactor) -> Callable[[int, int, int], PiPolynomial]:
    """prefactor a! (-1)^((k-1-a)/2) Gamma(d/2) Gamma(k-a)/(2^k Gamma((k-a+1)/2) Gamma((d+k+a+1)/2))."""

    def value(k: int, dim: int, a: int) -> PiPolynomial:
        front, power = prefactor(dim)
        upper, lower = (dim, 2 * (k - a)), (k - a + 1, dim + k + a + 1)
        number = front * factorial(a) * (-1) ** ((k - 1 - a) // 2) / 2**k
        for m in upper:
            number *= gamma_of_half(m)[0]
        for m in lower:
            number /= gamma_of_half(m)[0]
        half = power + roots(*upper) - roots(*lower)
        return PiPolynomial.of(Fraction(number), half // 2)

    return value


def half_line_coefficient(k: int, dim: int, a: int) -> PiPolynomial:
    """E[(t)_+^a P_k(t)] from E[(t)_+^n] = Gamma((n+1)/2) Gamma((d+1)/2)/(2 sqrt(pi) Gamma((n+d+1)/2))."""
    from theory.spectra.sphere import gegenbauer

    total = PiPolynomial()
    for i, c in enumerate(gegenbauer(k, dim)):
        if c:
            parts = (i + a + 1, dim + 1, i + a + dim + 1)
            numbers = [Fraction(gamma_of_half(m)[0]) for m in parts]
            half = roots(*parts[:2]) - roots(parts[2]) - 1
            total = total + PiPolynomial.of(c * numbers[0] * numbers[1] / numbers[2] / 2, half // 2)
    return total


def printed_over_right(dim: int) -> PiPolynomial:
    """(d-1) Gamma(d/2)/(2 sqrt(pi) Gamma((d+1)/2)): what the printed prefactor is of the right one."""
    (printed, said), (right, power) = printed_prefactor(dim), right_prefactor(dim)
    return PiPolynomial.of(printed / right, (said - power) // 2)


NORMALISATION = (
    "a prefactor of d alone: printed = (d-1) Gamma(d/2)/(2 sqrt(pi) Gamma((d+1)/2)) * lambda_k",
    printed_over_right,
)


def bach_coefficient(context: Context, printed: Prefactor = printed_prefactor, wrong: Formula | None = None) -> Finding:
    """The printed coefficient with the exact integral, a <= 3, k <= 9, 2 <= d <= 7; or a `wrong` one whole."""
    points = [(k, dim, a) for dim in range(2, 8) for a in range(4) for k in range(a + 1, 10, 2)]
    return hold_against(
        ("k", "d", "a"),
        points,
        wrong or coefficient(printed),
        half_line_coefficient,
        "printed closed form with the exact integral of (t)_+^a P_k",
        ("printed formula", "Beta integrals"),
        normalisation=NORMALISATION,
    )


def surface_prefactor(dim: int) -> tuple[Fraction, int]:
    """omega_{d-1} = 2 pi^(d/2)/Gamma(d/2): that of the surface measure."""
    return 2 / Fraction(gamma_of_half(dim)[0]), dim - roots(dim)


def _scaled(factor: Fraction, prefactor: Prefactor = right_prefactor, shift: int = 0) -> Prefactor:
    """factor times the prefactor of another dimension."""

    def value(dim: int) -> tuple[Fraction, int]:
        front, power = prefactor(dim + shift)
        return factor * front, power

    return value


# Wrong prefactors, by the slip; each must fail.
TWINS = {
    "bach-coefficient": {
        name: partial(bach_coefficient, printed=wrong)
        for name, wrong in {
            "factor 2": _scaled(Fraction(2)),
            "sign": _scaled(Fraction(-1)),
            "area ratio two dimensions up": _scaled(Fraction(1), shift=2),
            "surface measure": surface_prefactor,
            "half of the printed one": _scaled(Fraction(1, 2), printed_prefactor),
        }.items()
    }
    | {
        # Off by a factor that depends on the degree: no normalisation makes up for it.
        name: partial(bach_coefficient, wrong=wrong)
        for name, wrong in {
            "one degree up": lambda k, dim, a: coefficient(printed_prefactor)(k + 2, dim, a),
            "2^k lost": lambda k, dim, a: coefficient(printed_prefactor)(k, dim, a) * 2**k,
        }.items()
    }
}

GAMMAS = "Gamma(d/2)*Gamma(k-1)/(2**k*Gamma(k/2)*Gamma((d+k+2)/2))"
CLAIMS = (
    Claim(
        "bach-coefficient",
        SOURCE,
        "memory",
        r"\lambda_k = \frac{d-1}{2\pi} \frac{\alpha!(-1)^{(k-1-\alpha)/2}}{2^k}"
        r"\frac{\Gamma(d/2)\Gamma(k-\alpha)}{\Gamma((k-\alpha+1)/2)\Gamma((d+k+\alpha+1)/2)}",
        procedure=Procedure(bach_coefficient, TWINS["bach-coefficient"]),
        corrected=(
            Said(
                f"mu(k) = 2*(d+1)*(Gamma((d+1)/2)/(sqrt(pi)*Gamma(d/2))*{GAMMAS})**2",
                "ArcCosine(order=1)",
                ("k even", "k >= 2"),
            ),
        ),
        readings=(
            (
                "the printed prefactor in the kernel's eigenvalue",
                (Said(f"mu(k) = 2*(d+1)*((d-1)/(2*pi)*{GAMMAS})**2", "ArcCosine(order=1)", ("k even", "k >= 2")),),
            ),
            (
                "the printed prefactor is omega_{d-2}/omega_d, not omega_{d-1}/omega_d",
                (
                    Said(
                        "(d-1)/(2*pi) = 2*pi**((d-1)/2)/Gamma((d-1)/2)/(2*pi**((d+1)/2)/Gamma((d+1)/2))",
                        None,
                        ("d >= 2",),
                    ),
                ),
            ),
        ),
        note="The decay in k is as printed; the prefactor is that of the sphere one dimension down, and vanishes at "
        "d = 1.",
    ),
    Claim(
        "bach-decay",
        SOURCE,
        "notes",
        r"\lambda_k \text{ of } (t)_+^\alpha \text{ of order } k^{-d/2-\alpha-1/2}",
        tuple(
            Said(f"mu(k) = Theta(k**(-d-2*{order}-1)) as k -> oo", f"ArcCosine(order={order})", (f"k {parity}",))
            for order, parity in ((0, "odd"), (1, "even"), (2, "odd"))
        ),
        note="As Bietti and Mairal 2019, lemma 17, restate it. mu_k of the arc-cosine kernel is proportional to the "
        "square of lambda_k; the other parity vanishes.",
    ),
)
