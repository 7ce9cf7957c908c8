"""Tancik et al. 2020, section 6: the occupancy of a solid, and inverse rendering, with Fourier features.

Their null hypotheses, margins and error rates are in `verify.networks.scenes`.
"""

from __future__ import annotations

from verify.claims.tancik import source
from verify.findings.claim import MEASURED, Claim

CLAIMS = (
    Claim(
        "tancik-shapes",
        source("section 6 and table 1, 3D shape"),
        "read",
        r"\text{Fourier features help; the kernel } \hat y^{(t)} = K_{test} K^{-1}(I - e^{-\eta K t})\,y "
        r"\text{ predicts by how much, and the best scale}",
        procedure=MEASURED,
        profile="full",
        note="Squared loss and gradient descent on a fixed sample of an analytic solid, of which the kernel "
        "says something; the paper has the cross-entropy of fresh batches, Adam and meshes.",
    ),
    Claim(
        "tancik-rendering",
        source("section 6 and table 1, inverse rendering"),
        "read",
        r"\text{held-out PSNR: Gaussian features} > \text{none}",
        procedure=MEASURED,
        profile="full",
        note="A small scene, with a scale chosen on pilots. No kernel predicts it: the picture is no linear "
        "function of the network's output.",
    ),
)
