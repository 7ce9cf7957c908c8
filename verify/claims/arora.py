"""Arora, Du, Hu, Li, Wang 2019: Fine-Grained Analysis of Optimization and Generalization.

Their H trains the hidden layer alone: t k0/2, our NTK(depth=2, layer_scales=(1/2, 0)); p is our n.
"""

from __future__ import annotations

from verify.findings.claim import Claim, Said, Source

SOURCE = Source("Arora, Du, Hu, Li, Wang", 2019, "theorem 6.1", "1901.08584")
KERNEL = "NTK(depth=2, layer_scales=(1/2, 0))"
CLAIMS = (
    Claim(
        "arora-bound",
        SOURCE,
        "read",
        r"\sqrt{y^\top H^{-1} y} \le 3p|\alpha|\,\|\beta\|^p,"
        r" y = \alpha(\beta^\top x)^p,\ p = 1 \text{ or even}",
        (Said("b(n) >= 1/(9*n**2)", KERNEL, ("n even", "n >= 2")), Said("b(1) >= 1/9", KERNEL)),
        note="All b_n >= 0, so H - b_p K^(p) is positive semidefinite, K^(p) the Gram matrix of (x'x')^p, and "
        "y' H^-1 y <= alpha^2 |beta|^(2p)/b_p: the bound follows from b_p >= 1/(9 p^2).",
    ),
)
