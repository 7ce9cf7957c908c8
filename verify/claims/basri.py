"""Basri et al. 2019, 2020: frequency in the rate of learning, on S^1 and S^d.

Their kernels train the hidden layer alone: t k0/2 without bias, (t+1) k0/4 with bias. Their numbers
on S^1 are Fourier coefficients; d and k are ours.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from flint import arb

from theory.precision import NotCertified, ball, working_precision
from theory.truth import Evidence, Truth
from verify.claim import Claim, Context, Finding, Said, Source

PLAIN = "NTK(depth=2, layer_scales=(1/2, 0))"
BIASED = "NTK(depth=2, layer_scales=(1/4, 0), bias=True)"
EVEN, ODD = ("k even", "k >= 2"), ("k odd", "k >= 3")


def _source(place: str, year: int = 2019) -> Source:
    if year == 2019:
        return Source("Basri, Jacobs, Kasten, Kritchman", 2019, place, "1906.00425")
    return Source("Basri, Galun, Geifman, Jacobs, Kasten, Kritchman", 2020, place, "2003.04560")


def _on(kernel: str, *pairs: tuple[str, tuple[str, ...]]) -> tuple[Said, ...]:
    return tuple(Said(says, kernel, ("d = 1", *where)) for says, where in pairs)


LAST = 41  # odd frequencies up to here; the rest has norm at most DENSE mu_43
SPARSE, DENSE = Fraction(2, 5), Fraction(8, 5)  # densities 1:4:1:4 relative to the uniform one
STEPS = 14  # bisections


def _mu(n: int) -> arb:
    """mu_n of (t+1) k0/4 on S^1, odd n."""
    return (1 / arb.pi() ** 2 + ball(Fraction(1, 8))) / 2 if n == 1 else 1 / (2 * arb.pi() ** 2 * n**2)


def _density(m: int) -> arb:
    """The m-th Fourier coefficient of the density: 2/5 on |x| < pi/4 and |x - pi| < pi/4, 8/5 elsewhere."""
    half, odd = divmod(abs(m), 2)
    if m == 0 or odd or half % 2 == 0:
        return arb(int(m == 0))
    return -(ball(DENSE - SPARSE) / arb.pi()) * (-1) ** ((half - 1) // 2) / half


def _none_above(x: Fraction, sign: int) -> bool | None:
    """Whether x - A is positive definite, A = sqrt(mu_m mu_n)(p_{m-n} + sign p_{m+n}): the pivots' signs.

    sign 1 for cosines, -1 for sines: an even density keeps them apart, one of period pi keeps odd n.
    """
    odd = range(1, LAST + 1, 2)
    roots = [_mu(n).sqrt() for n in odd]
    form = [[_density(m - n) + sign * _density(m + n) for n in odd] for m in odd]
    rows = [
        [ball(x * (i == j)) - roots[i] * roots[j] * form[i][j] for j in range(len(odd))] for i in range(len(odd))
    ]
    for i, row in enumerate(rows):
        if not row[i] > 0:
            return False if row[i] <= 0 else None
        for below in rows[i + 1:]:
            share = below[i] / row[i]
            for j in range(i, len(rows)):
                below[j] -= share * row[j]
    return True


def largest(sign: int) -> tuple[Fraction, Fraction]:
    """Bounds of the largest eigenvalue on odd cosines or sines.

    The finite block's is a lower bound; with the norm of the rest added it is an upper one, since
    the operator is positive semidefinite.
    """
    low, high = Fraction(0), Fraction(1)
    for _ in range(STEPS):
        middle = (low + high) / 2
        below = _none_above(middle, sign)
        if below is None:
            raise NotCertified("a pivot", None, 1)
        low, high = (low, middle) if below else (middle, high)
    return low, high + DENSE / (2 * 9 * (LAST + 2) ** 2)  # pi^2 > 9


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
    split = Fraction(846, 10**4) < low and high < Fraction(866, 10**4)
    figures["corrected"] = {"says": "the pair splits: 0.0846 < gap < 0.0866",
                            "verdict": "HOLDS" if split else "FAILS"}  # fmt: skip
    return Finding(Truth.FAILS, Evidence.CERTIFIED, compared, why, routes, shown, figures=figures)


# Wrong gaps; each must fail.
TWINS = {
    "basri-density-pairs": {
        "half of it": partial(density_pairs, printed=Fraction(428, 10**4)),
        "twice": partial(density_pairs, printed=Fraction(1711, 10**4)),
        "sines and cosines exchanged": partial(density_pairs, printed=Fraction(-8557, 10**5)),
        "first order in the density": partial(density_pairs, printed=Fraction(3, 5) * Fraction(22632, 10**5)),
    }
}

CLAIMS = (
    Claim("basri-circle", _source("section 4"), "notes",
          r"\lambda_0 = \tfrac1{\pi^2},\ \lambda_1 = \tfrac14,\ \lambda_k = \tfrac{2(k^2+1)}{\pi^2(k^2-1)^2}"
          r"\ (k \text{ even}),\ 0\ (k \text{ odd})",
          _on(PLAIN, ("mu(0) = 1/pi**2", ()), ("mu(1) = 1/4", ()), ("mu(k) = 2*(k**2+1)/(pi**2*(k**2-1)**2)",
          EVEN),
              ("mu(k) = 0", ODD)),
          corrected=(Said("mu(k) = (k**2+1)/(pi**2*(k**2-1)**2)", PLAIN, ("d = 1", "k even")),
                     Said("mu(1) = 1/8", PLAIN, ("d = 1",)), Said("mu(k) = 0", PLAIN, ("d = 1", *ODD))),
          readings=(("as Fourier coefficients, twice the eigenvalue for k >= 1",
                     _on(PLAIN, ("2*mu(1) = 1/4", ()), ("2*mu(k) = 2*(k**2+1)/(pi**2*(k**2-1)**2)", EVEN))),)),
    Claim("basri-circle-bias", _source("section 4"), "read",
          r"\lambda_0 = \tfrac1{2\pi^2}+\tfrac18,\ \lambda_1 = \tfrac1{\pi^2}+\tfrac18,\ "
          r"\tfrac{k^2+1}{\pi^2(k^2-1)^2}\ (k \text{ even}),\ \tfrac1{\pi^2k^2}\ (k \text{ odd})",
          _on(BIASED, ("mu(1) = 1/pi**2 + 1/8", ()), ("mu(k) = (k**2+1)/(pi**2*(k**2-1)**2)", EVEN),
              ("mu(k) = 1/(pi**2*k**2)", ODD)),
          corrected=_on(BIASED, ("2*mu(k) = (k**2+1)/(pi**2*(k**2-1)**2)", EVEN), ("2*mu(k) = 1/(pi**2*k**2)",
          ODD)),
          readings=(("as Fourier coefficients the first exceeds the zeroth, as eigenvalues not",
                     _on(BIASED, ("2*mu(1) > mu(0)", ()), ("mu(0) > mu(1)", ()))),)),
    Claim("basri-sphere-prefactor", _source("even d"), "read",
          r"\mathrm{vol}(S^{d-1}) = \pi^{d/2}/(d/2)!",
          (Said("pi**(d/2)/Gamma(d/2+1) = 2*pi**(d/2)/Gamma(d/2)", None, ("d even",)),),
          corrected=(Said("d*pi**(d/2)/Gamma(d/2+1) = 2*pi**(d/2)/Gamma(d/2)", None, ("d even",)),),
          note="The unnormalised measure needs the area of S^(d-1); printed is the volume of its ball."),
    Claim("basri-time", _source("abstract"), "notes",
          r"\text{on } S^1 \text{ the time } 1/\mu_k \text{ grows as } k^2",
          (Said("1/mu(k) = Theta(k**2) as k -> oo", BIASED, ("d = 1",)),
           Said("1/mu(k) = Theta(k**2) as k -> oo", PLAIN, ("d = 1", "k even"))),
          note="The rate of the linearised flow; the trained network is another claim."),
    Claim("basri-slope", _source(""), "notes", r"\mu_k \sim k^{-d} \text{ roughly}",
          (Said("mu(k) = Theta(k**(-d)) as k -> oo", BIASED),),
          corrected=(Said("mu(k) = Theta(k**(-d-1)) as k -> oo", BIASED),),
          readings=(("the slope at d = 100 from k = 800 to 1000 is 95.8", (
              Said("log(mu(800)/mu(1000))/log(5/4) >= 95", PLAIN, ("d = 100",)),
              Said("log(mu(800)/mu(1000))/log(5/4) <= 97", PLAIN, ("d = 100",)))),)),
    Claim("basri-odd-zero", _source("section 4"), "notes", r"\mu_k = 0 \text{ for odd } k \ge 3",
          (Said("mu(k) = 0", PLAIN, ODD), Said("mu(k) > 0", PLAIN, ("k even",))),
          note="The network's own odd harmonics are another claim."),
    Claim("basri-derivative-kernel", _source("", 2020), "read",
          r"E[\sigma'(u)\sigma'(v)] = \rho\,\frac{\pi - \arccos\rho}{2\pi}",
          (Said("kappa(t) = t*(pi - acos(t))/pi", "ArcCosine(order=0)"),),
          corrected=(Said("kappa(t) = (pi - acos(t))/pi", "ArcCosine(order=0)"),),
          note="E[s'(u) s'(v)] of the ReLU is half of k0; both sides are doubled here."),
    Claim("basri-density-ode", _source("proposition 1", 2020), "read",
          r"f'' = -\tfrac{p}{\pi\lambda} f,\ \lambda = \tfrac{Z^2}{\pi q^2},\ Z = \tfrac1{2\pi}\int\sqrt p",
          _on(BIASED, ("mu(k) = 1/(2*pi**2*k**2)", ("k >= 1",))),
          corrected=_on(BIASED, ("mu(k) = 1/(2*pi**2*k**2)", ODD), ("mu(k) ~ 1/(2*pi**2*k**2) as k -> oo", ())),
          note="Held against the uniform density, p = 1/(2 pi), Z^2 = p: exact for odd q >= 3, else asymptotic."),
    Claim("basri-density-pairs", _source("proposition 1", 2020), "read",
          r"\text{under a piecewise-constant density the eigenvalues of } q \ge 1 \text{ stay in pairs}",
          procedure=density_pairs,
          note="Quadrants of densities 1:4:1:4; for the uniform density both are 0.11316."),
)  # fmt: skip
