"""Tancik et al. 2020, section 6: images, tomography and magnetic resonance with Fourier features.

Their null hypotheses, margins and error rates are in `verify.networks.images`. The paper trains with
Adam; here it is gradient descent, of which the kernel says something, for a stated number of steps.
"""

from __future__ import annotations

from verify.claims.tancik import source
from verify.findings.claim import MEASURED, Claim

FORMULA = r"K_{test}A^\top (AKA^\top)^{-1}(I - e^{-\eta AKA^\top t})\,y"

CLAIMS = (
    Claim(
        "tancik-images",
        source("section 6 and table 1, 2D images"),
        "read",
        r"\text{held-out PSNR: Gaussian of the best scale} > \text{positional} > \text{basic} > \text{none}",
        procedure=MEASURED,
        profile="full",
        note="After 300 steps on 16 x 16 pixels. As t -> oo the limit kernel predicts hardly any gain: "
        "features are a matter of time there.",
    ),
    Claim(
        "tancik-ct",
        source("section 6 and table 1, CT"),
        "read",
        r"\text{Fourier features help; } \hat y^{(t)} = " + FORMULA,
        procedure=MEASURED,
        profile="full",
        note="Phantom of 16 x 16 pixels from 6 directions, 300 steps: far behind the pseudo-inverse.",
    ),
    Claim(
        "tancik-mri",
        source("section 6 and table 1, MRI"),
        "read",
        r"\text{Fourier features help; } \hat y^{(t)} = " + FORMULA,
        procedure=MEASURED,
        profile="full",
        note="Phantom of 16 x 16 pixels from 40 frequencies, 300 steps: behind the zero-filled inverse "
        "transform. Which mapping is best is not judged.",
    ),
)
