"""Basri et al. 2019, 2020: frequency in the rate of learning, on S^1 and S^d.

Their kernels train the hidden layer alone: t k0/2 without bias, (t+1) k0/4 with bias. Their numbers
on S^1 are Fourier coefficients; d and k are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from math import comb, factorial

from theory.numbers.balls import working_precision
from theory.numbers.pi_polynomials import PiPolynomial
from theory.numbers.truth import Evidence, Truth
from theory.spectra.sphere import area, moment
from verify.claims.points import Formula, hold_against
from verify.findings.claim import Claim, Context, Corrected, Finding, Procedure, Said, Source
from verify.findings.normalisation import Normalisation
from verify.networks.arc_operator import largest

PLAIN = "NTK(depth=2, layer_scales=(1/2, 0))"
BIASED = "NTK(depth=2, layer_scales=(1/4, 0), bias=True)"
EVEN, ODD = ("k even", "k >= 2"), ("k odd", "k >= 3")


def _source(place: str, year: int = 2019) -> Source:
    if year == 2019:
        return Source("Basri, Jacobs, Kasten, Kritchman", 2019, place, "1906.00425")
    return Source("Basri, Galun, Geifman, Jacobs, Kasten, Kritchman", 2020, place, "2003.04560")


def _on(kernel: str, *pairs: tuple[str, tuple[str, ...]]) -> tuple[Said, ...]:
    return tuple(Said(says, kernel, ("d = 1", *where)) for says, where in pairs)


def density_pairs(context: Context, printed: Fraction = Fraction(0)) -> Finding:
    """The gap of the two eigenvalues of q = 1, sines less cosines, printed as 0, with its certified bounds."""
    compared = "printed gap of the pair q = 1 under densities 1:4:1:4 with its certified bounds"
    routes = ("inertia of balls", "bound of what is cut off")
    with working_precision(30):
        sines, cosines = largest(-1), largest(1)
    low, high = sines[0] - cosines[1], sines[1] - cosines[0]
    why = f"sines in [{float(sines[0]):.5f}, {float(sines[1]):.5f}], cosines in [{float(cosines[0]):.5f}, "
    why += f"{float(cosines[1]):.5f}]; the gap is printed {float(printed):.5f}"
    figures = {"gap": [float(low), float(high)]}
    if low <= printed <= high:
        return Finding(Truth.HOLDS, Evidence.CHECKED, compared, why, routes, figures=figures)
    shown = {"q": 1, "left": f"{float(printed):.5f}", "right": f"in [{float(low):.5f}, {float(high):.5f}]"}
    split = low > Fraction(846, 10**4) and high < Fraction(866, 10**4)
    says = "the pair splits: 0.0846 < gap < 0.0866"
    truth = Truth.HOLDS if split else Truth.FAILS
    instead = Finding(
        truth,
        Evidence.CERTIFIED,
        says,
        f"the gap is in [{float(low):.5f}, {float(high):.5f}]",
        routes,
        None if split else shown,
    )
    return Finding(
        Truth.FAILS,
        Evidence.CERTIFIED,
        compared,
        why,
        routes,
        shown,
        figures=figures,
        corrected=(Corrected(says, instead),),
    )


Front = Callable[[int, int], PiPolynomial]  # of k and d


def printed_front(k: int, dim: int) -> PiPolynomial:
    """C_1 = pi^(d/2)/(d/2) (-1)^k/(2^k Gamma(k+d/2)), even d."""
    number = Fraction(2 * (-1) ** k, dim * 2**k * factorial(k + dim // 2 - 1))
    return PiPolynomial.of(number, dim // 2)


def by_rodrigues(front: Front) -> Formula:
    """front(k, d) times the integral over [-1, 1] of t^n D^k (1-t^2)^(k+(d-2)/2), even d.

    The integral of t^n P_k (1-t^2)^((d-2)/2) is (-1)^k Gamma(d/2)/(2^k Gamma(k+d/2)) times that (Rodrigues).
    """

    def value(n: int, k: int, dim: int) -> PiPolynomial:
        power = k + (dim - 2) // 2
        total = Fraction(0)
        for j in range(power + 1):  # D^k of the term (-1)^j C(power, j) t^(2j)
            if 2 * j >= k and (n + 2 * j - k) % 2 == 0:
                falling = factorial(2 * j) // factorial(2 * j - k)
                total += Fraction(2 * (-1) ** j * comb(power, j) * falling, n + 2 * j - k + 1)
        return front(k, dim) * total

    return value


def sphere_prefactor(context: Context, printed: Front = printed_front) -> Finding:
    """The printed front factor with E[t^n P_k], n <= 8, k <= n of its parity, d = 2, 4, 6, exactly."""
    points = [(n, k, dim) for dim in (2, 4, 6) for n in range(9) for k in range(n % 2, n + 1, 2)]
    return hold_against(
        ("n", "k", "d"),
        points,
        by_rodrigues(printed),
        lambda n, k, dim: moment(n, k, dim),
        "printed front factor times the integral of t^n D^k (1-t^2)^(k+(d-2)/2) with E[t^n P_k]",
        ("Rodrigues' formula", "moment formula"),
        normalisation=("surface measure over d: printed = omega_d/d * mu_k", lambda dim: area(dim) / dim),
    )


# Wrong gaps, and wrong front factors, the last three off by what depends on the degree; each must fail.
TWINS = {
    "basri-density-pairs": {
        "half of it": partial(density_pairs, printed=Fraction(428, 10**4)),
        "twice": partial(density_pairs, printed=Fraction(1711, 10**4)),
        "sines and cosines exchanged": partial(density_pairs, printed=Fraction(-8557, 10**5)),
        "first order in the density": partial(density_pairs, printed=Fraction(3, 5) * Fraction(22632, 10**5)),
    },
    "basri-sphere-prefactor": {
        name: partial(sphere_prefactor, printed=wrong)
        for name, wrong in {
            "factor 2": lambda k, dim: printed_front(k, dim) * 2,
            "two dimensions up": lambda k, dim: printed_front(k, dim + 2),
            "sign": lambda k, dim: printed_front(k, dim) * (-1) ** k,
            "2^k lost": lambda k, dim: printed_front(k, dim) * 2**k,
            "Gamma(k+d/2+1)": lambda k, dim: printed_front(k, dim) / (k + Fraction(dim, 2)),
        }.items()
    },
}

FOURIER = Normalisation("Fourier coefficients (mu_0, 2 mu_1, 2 mu_2, ...)", of="coefficient")
SCALED = Normalisation("Fourier coefficients (mu_0, 2 mu_1, 2 mu_2, ...)", "1/(2*pi)", "coefficient")
# Of (t+1) k0/4 on S^1 with Z^2 = 1/(2 pi), in the order q = 0, 1, even, odd.
LISTED = ("1/(2*pi**2) + 1/8", "1/pi**2 + 1/8", "(k**2+1)/(pi**2*(k**2-1)**2)", "1/(pi**2*k**2)")

CLAIMS = (
    Claim(
        "basri-circle",
        _source("section 4"),
        "notes",
        r"\lambda_0 = \tfrac1{\pi^2},\ \lambda_1 = \tfrac14,\ \lambda_k = \tfrac{2(k^2+1)}{\pi^2(k^2-1)^2}"
        r"\ (k \text{ even}),\ 0\ (k \text{ odd})",
        _on(
            PLAIN,
            ("mu(0) = 1/pi**2", ()),
            ("mu(1) = 1/4", ()),
            ("mu(k) = 2*(k**2+1)/(pi**2*(k**2-1)**2)", EVEN),
            ("mu(k) = 0", ODD),
        ),
        corrected=(
            Said("mu(k) = (k**2+1)/(pi**2*(k**2-1)**2)", PLAIN, ("d = 1", "k even")),
            Said("mu(1) = 1/8", PLAIN, ("d = 1",)),
            Said("mu(k) = 0", PLAIN, ("d = 1", *ODD)),
        ),
        normalisation=FOURIER,
        note="Coefficients on cos(kx), not eigenvalues, of which each has two eigenfunctions from k = 1 on.",
    ),
    Claim(
        "basri-circle-bias",
        _source("section 4"),
        "notes",
        r"\lambda_0 = \tfrac1{2\pi^2}+\tfrac18,\ \lambda_1 = \tfrac1{\pi^2}+\tfrac18,\ "
        r"\tfrac{k^2+1}{\pi^2(k^2-1)^2}\ (k \text{ even}),\ \tfrac1{\pi^2k^2}\ (k \text{ odd})",
        _on(
            BIASED,
            *(
                (f"mu({at}) = {value}", where)
                for at, value, where in zip("01kk", LISTED, ((), (), EVEN, ODD), strict=True)
            ),
        ),
        corrected=_on(
            BIASED,
            ("mu(0) = 1/(2*pi**2) + 1/8", ()),
            ("2*mu(1) = 1/pi**2 + 1/8", ()),
            ("2*mu(k) = (k**2+1)/(pi**2*(k**2-1)**2)", EVEN),
            ("2*mu(k) = 1/(pi**2*k**2)", ODD),
        ),
        readings=(
            (
                "as Fourier coefficients the first exceeds the zeroth, as eigenvalues not",
                _on(BIASED, ("2*mu(1) > mu(0)", ()), ("mu(0) > mu(1)", ())),
            ),
        ),
        normalisation=FOURIER,
        note="Eq. 20 of Basri et al. 2020, which was read, prints the same numbers.",
    ),
    Claim(
        "basri-sphere-prefactor",
        _source("the authors' code, getC1.m"),
        "read",
        r"C_1 = \frac{\pi^{d/2}}{d/2} \frac{(-1)^k}{2^k\, \Gamma(k + d/2)}, \ d \text{ even}",
        procedure=Procedure(sphere_prefactor, TWINS["basri-sphere-prefactor"]),
        readings=(
            (
                "the volume of the ball stands in place of the area of the sphere S^(d-1)",
                (Said("d*pi**(d/2)/Gamma(d/2+1) = 2*pi**(d/2)/Gamma(d/2)", None, ("d even",)),),
            ),
        ),
        note="The front factor of the closed sums; the supplement of Yu et al. 2023 prints the same.",
    ),
    Claim(
        "basri-time",
        _source("abstract"),
        "notes",
        r"\text{on } S^1 \text{ the time } 1/\mu_k \text{ grows as } k^2",
        (
            Said("1/mu(k) = Theta(k**2) as k -> oo", BIASED, ("d = 1",)),
            Said("1/mu(k) = Theta(k**2) as k -> oo", PLAIN, ("d = 1", "k even")),
        ),
        note="The rate of the linearised flow; the trained network is another claim.",
    ),
    Claim(
        "basri-slope",
        _source("caption of figure 7"),
        "notes",
        r"\mu_k \text{ falls roughly as } k^{-d}",
        (Said("mu(k) = Theta(k**(-d-1)) as k -> oo", BIASED), Said("d + 1 ~ d as d -> oo")),
        readings=(
            (
                "the exponent -d at a fixed d, without the word roughly",
                (Said("mu(k) = Theta(k**(-d)) as k -> oo", BIASED),),
            ),
            (
                "the slope at d = 100 from k = 800 to 1000 is 95.8",
                tuple(
                    Said(f"log(mu(800)/mu(1000))/log(5/4) {bound}", kernel, ("d = 100",))
                    for kernel in (PLAIN, BIASED)
                    for bound in (">= 95", "<= 97")
                ),
            ),
        ),
        note="Roughly is taken as: to leading order in d. The exponent is d + 1, as the figure itself has at d = 2.",
    ),
    Claim(
        "basri-odd-zero",
        _source("theorem 4"),
        "notes",
        r"\mu_k = 0 \text{ for odd } k \ge 3",
        (Said("mu(k) = 0", PLAIN, ODD), Said("mu(k) > 0", PLAIN, ("k even",))),
        note="The network's own odd harmonics are another claim.",
    ),
    Claim(
        "basri-derivative-kernel",
        _source("section 3, last display", 2020),
        "read",
        r"E[\sigma'(u)\sigma'(v)] = \rho\,\frac{\pi - \arccos\rho}{2\pi}",
        (Said("kappa(t) = t*(pi - acos(t))/pi", "ArcCosine(order=0)"),),
        corrected=(Said("kappa(t) = (pi - acos(t))/pi", "ArcCosine(order=0)"),),
        note="A slip of the pen in a formula that is recalled: eq. 5 of the same paper has it right. E[s'(u) "
        "s'(v)] of "
        "the ReLU is half of k0; both sides are doubled here.",
    ),
    Claim(
        "basri-density-ode",
        _source("lemma 1, eq. 13", 2020),
        "read",
        r"\text{every eigenfunction has } f'' = -\tfrac{p}{\pi\lambda} f",
        _on(BIASED, ("mu(k) = 1/(2*pi**2*k**2)", ("k >= 1",))),
        corrected=_on(BIASED, ("mu(k) = 1/(2*pi**2*k**2)", ODD), ("mu(k) ~ 1/(2*pi**2*k**2) as k -> oo", ())),
        note="Held against the uniform density, p = 1/(2 pi), whose eigenfunctions are cos(qx) and sin(qx): exact "
        "for "
        "odd q >= 3, else asymptotic. Appendix A infers f(x + pi) = -f(x) from a density of period pi.",
    ),
    Claim(
        "basri-density-eigenvalues",
        _source("eq. 20", 2020),
        "read",
        r"\lambda_q \text{ up to scale}: Z^2(\tfrac1{2\pi^2}+\tfrac18),\ Z^2(\tfrac1{\pi^2}+\tfrac18),\ "
        r"Z^2\tfrac{q^2+1}{\pi^2(q^2-1)^2}\ (q \text{ even}),\ \tfrac{Z^2}{\pi^2q^2}\ (q \text{ odd}),\ "
        r"Z = \tfrac1{2\pi}\int\sqrt p",
        _on(
            BIASED,
            *(
                (f"mu({at}) = 1/(2*pi)*({value})", where)
                for at, value, where in zip("01kk", LISTED, ((), (), EVEN, ODD), strict=True)
            ),
        ),
        corrected=_on(
            BIASED,
            ("mu(0) = 1/(2*pi**2) + 1/8", ()),
            ("2*mu(1) = 1/pi**2 + 1/8", ()),
            ("2*mu(k) = (k**2+1)/(pi**2*(k**2-1)**2)", EVEN),
            ("2*mu(k) = 1/(pi**2*k**2)", ODD),
        ),
        normalisation=SCALED,
        note="For the uniform density, Z^2 = 1/(2 pi). Of the eigenvalues it is 1/pi from q = 1 on and 1/(2 pi) at "
        "q = 0.",
    ),
    Claim(
        "basri-density-pairs",
        _source("eq. 20", 2020),
        "read",
        r"\text{under a piecewise-constant density two eigenfunctions have one eigenvalue, for every } q > 0",
        procedure=Procedure(density_pairs, TWINS["basri-density-pairs"]),
        note="Quadrants of densities 1:4:1:4; for the uniform density both are 0.11316.",
    ),
)
