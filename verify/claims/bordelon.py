"""Bordelon, Canatar, Pehlevan 2020: orders of eigenvalues in high dimension; k and N(d,k) as ours."""

from __future__ import annotations

from verify.findings.claim import Claim, Said, Source

SOURCE = Source("Bordelon, Canatar, Pehlevan", 2020, "section 3.1", "2002.02561")
TANGENT = "NTK(depth=2)"
CLAIMS = (
    Claim(
        "bordelon-high-dim",
        SOURCE,
        "read",
        r"\lambda_k \sim N(d,k)^{-1} \sim d^{-k}",
        (
            Said("N(d,k)*mu(k) = Theta(1) as d -> oo", TANGENT, ("k even",)),
            Said("N(d,k)*mu(k) = Theta(1) as d -> oo", "ArcCosine(order=0)", ("k odd",)),
            Said("mu(k) = Theta(d**(-k)) as d -> oo", TANGENT, ("k even",)),
            Said("N(d,k)*mu(k) = Theta(1) as d -> oo", "NTK(depth=L)", ("L >= 3",)),
        ),
        note="Where mu_k is not 0: of two layers the degrees 3, 5, ... vanish and are left out.",
    ),
)
