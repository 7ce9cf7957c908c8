"""Basri et al. 2019, 2020: frequency in the rate of learning, on S^1 and S^d.

Their kernels train the hidden layer alone: t k0/2 without bias, (t+1) k0/4 with bias. Their numbers
on S^1 are Fourier coefficients; d and k are ours.
"""

from __future__ import annotations

from verify.claim import Claim, Said, Source

PLAIN = "NTK(depth=2, layer_scales=(1/2, 0))"
BIASED = "NTK(depth=2, layer_scales=(1/4, 0), bias=True)"
EVEN, ODD = ("k even", "k >= 2"), ("k odd", "k >= 3")


def _source(place: str, year: int = 2019) -> Source:
    if year == 2019:
        return Source("Basri, Jacobs, Kasten, Kritchman", 2019, place, "1906.00425")
    return Source("Basri, Galun, Geifman, Jacobs, Kasten, Kritchman", 2020, place, "2003.04560")


def _on(kernel: str, *pairs: tuple[str, tuple[str, ...]]) -> tuple[Said, ...]:
    return tuple(Said(says, kernel, ("d = 1", *where)) for says, where in pairs)


CLAIMS = (
    Claim("basri-circle", _source("section 4.1"), "notes",
          r"\lambda_0 = \tfrac1{\pi^2},\ \lambda_1 = \tfrac14,\ \lambda_k = \tfrac{2(k^2+1)}{\pi^2(k^2-1)^2}"
          r"\ (k \text{ even}),\ 0\ (k \text{ odd})",
          _on(PLAIN, ("mu(0) = 1/pi**2", ()), ("mu(1) = 1/4", ()), ("mu(k) = 2*(k**2+1)/(pi**2*(k**2-1)**2)",
          EVEN),
              ("mu(k) = 0", ODD)),
          corrected=(Said("mu(k) = (k**2+1)/(pi**2*(k**2-1)**2)", PLAIN, ("d = 1", "k even")),
                     Said("mu(1) = 1/8", PLAIN, ("d = 1",)), Said("mu(k) = 0", PLAIN, ("d = 1", *ODD))),
          readings=(("as Fourier coefficients, twice the eigenvalue for k >= 1",
                     _on(PLAIN, ("2*mu(1) = 1/4", ()), ("2*mu(k) = 2*(k**2+1)/(pi**2*(k**2-1)**2)", EVEN))),)),
    Claim("basri-circle-bias", _source("section 4.2"), "read",
          r"\lambda_0 = \tfrac1{2\pi^2}+\tfrac18,\ \lambda_1 = \tfrac1{\pi^2}+\tfrac18,\ "
          r"\tfrac{k^2+1}{\pi^2(k^2-1)^2}\ (k \text{ even}),\ \tfrac1{\pi^2k^2}\ (k \text{ odd})",
          _on(BIASED, ("mu(1) = 1/pi**2 + 1/8", ()), ("mu(k) = (k**2+1)/(pi**2*(k**2-1)**2)", EVEN),
              ("mu(k) = 1/(pi**2*k**2)", ODD)),
          corrected=_on(BIASED, ("2*mu(k) = (k**2+1)/(pi**2*(k**2-1)**2)", EVEN), ("2*mu(k) = 1/(pi**2*k**2)",
          ODD)),
          readings=(("as Fourier coefficients the first exceeds the zeroth, as eigenvalues not",
                     _on(BIASED, ("2*mu(1) > mu(0)", ()), ("mu(0) > mu(1)", ()))),)),
    Claim("basri-sphere-prefactor", _source("theorem 4, even d"), "read",
          r"\mathrm{vol}(S^{d-1}) = \pi^{d/2}/(d/2)!",
          (Said("pi**(d/2)/Gamma(d/2+1) = 2*pi**(d/2)/Gamma(d/2)", None, ("d even",)),),
          corrected=(Said("d*pi**(d/2)/Gamma(d/2+1) = 2*pi**(d/2)/Gamma(d/2)", None, ("d even",)),),
          note="The unnormalised measure needs the area of S^(d-1); printed is the volume of its ball."),
    Claim("basri-time", _source("abstract"), "notes",
          r"\text{on } S^1 \text{ the time } 1/\mu_k \text{ grows as } k^2",
          (Said("1/mu(k) = Theta(k**2) as k -> oo", BIASED, ("d = 1",)),
           Said("1/mu(k) = Theta(k**2) as k -> oo", PLAIN, ("d = 1", "k even"))),
          note="The rate of the linearised flow; the trained network is another claim."),
    Claim("basri-slope", _source("figure 5"), "notes", r"\mu_k \sim k^{-d} \text{ roughly}",
          (Said("mu(k) = Theta(k**(-d)) as k -> oo", BIASED),),
          corrected=(Said("mu(k) = Theta(k**(-d-1)) as k -> oo", BIASED),),
          readings=(("the slope at d = 100 from k = 800 to 1000 is 95.8", (
              Said("log(mu(800)/mu(1000))/log(5/4) >= 95", PLAIN, ("d = 100",)),
              Said("log(mu(800)/mu(1000))/log(5/4) <= 97", PLAIN, ("d = 100",)))),)),
    Claim("basri-odd-zero", _source("section 4.1"), "notes", r"\mu_k = 0 \text{ for odd } k \ge 3",
          (Said("mu(k) = 0", PLAIN, ODD), Said("mu(k) > 0", PLAIN, ("k even",))),
          note="The network's own odd harmonics are another claim."),
    Claim("basri-derivative-kernel", _source("eq. for the derivative", 2020), "read",
          r"E[\sigma'(u)\sigma'(v)] = \rho\,\frac{\pi - \arccos\rho}{2\pi}",
          (Said("kappa(t) = t*(pi - acos(t))/pi", "ArcCosine(order=0)"),),
          corrected=(Said("kappa(t) = (pi - acos(t))/pi", "ArcCosine(order=0)"),),
          note="E[s'(u) s'(v)] of the ReLU is half of k0; both sides are doubled here."),
)  # fmt: skip
