"""Smooth and rectified activations on the sphere: exponential and polynomial decay; d and k are ours.

kappa(t) = E[sigma(u) sigma(w)] for standard normal u, w of correlation t.
"""

from __future__ import annotations

from verify.findings.claim import Claim, Said, Source

SMOOTH = Source("Bietti, Bach", 2021, "section 3.3, on infinitely smooth activations", "2009.14397")
POWERS = Source("Bietti, Bach", 2021, "section 3.3, on powers of the rectifier", "2009.14397")
ERF, SIN = (f'Dual("{name}")' for name in ("erf", "sin"))
SQUARE, CUBE = "ArcCosine(order=2)", "ArcCosine(order=3)"

CLAIMS = (
    Claim(
        "bb-smooth-activations",
        SMOOTH,
        "derived",
        r"\text{one hidden layer of erf or sine: } \mu_k \text{ falls faster than every power of } k",
        (
            Said("mu(k) = Theta(((3+sqrt(5))/2)**(-k)*k**(-d/2-1)) as k -> oo", ERF, ("k odd", "d = 2")),
            Said("mu(k) ~ exp(-1)*2**(-k)*Gamma((d+1)/2)/Gamma(k+(d+1)/2) as k -> oo", SIN, ("k odd",)),
            Said("sine.mu(k) = o(error.mu(k)) as k -> oo", f"sine = {SIN}; error = {ERF}", ("k odd", "d = 2")),
        ),
        note="There: faster than any polynomial. Rates are added, that of erf for S^2; even k are 0.",
    ),
    Claim(
        "bb-rectified-powers",
        POWERS,
        "derived",
        r"\text{powers } s \ge 2 \text{ of the rectifier: } \mu_k = \Theta(k^{-d-2s-1}) \text{ for } k + s \text{ odd, and } 0 "
        r"\text{ for other } k > s",
        (
            Said("mu(k) = Theta(k**(-d-5)) as k -> oo", SQUARE, ("k odd",)),
            Said("mu(k) = Theta(k**(-d-7)) as k -> oo", CUBE, ("k even",)),
            Said("mu(k) = 0", SQUARE, ("k even", "k >= 4")),
            Said("mu(k) = 0", CUBE, ("k odd", "k >= 5")),
        ),
        note="There for the random features of s >= 2; here for s = 2 and 3.",
    ),
)
