"""Rahaman et al. 2019 with real networks: the order of frequencies, and the transform of the linear pieces.

Null hypotheses, margins and error rates are in `verify.networks`, one module a procedure.
"""

from __future__ import annotations

from verify.claims.rahaman import source
from verify.findings.claim import MEASURED, OWN, Claim, Source

CLAIMS = (
    Claim(
        "rahaman-order",
        source("section 3"),
        "read",
        r"\text{low frequencies are learned first even if high ones have larger amplitude; spectral norms grow}",
        procedure=MEASURED,
        profile="full",
        note="In rank correlation over networks; the times at which single networks pass a threshold are not in order.",
    ),
    Claim(
        "rahaman-robust",
        source("section 3.1, experiment 2"),
        "read",
        r"\text{lower frequencies of trained networks are more robust to random perturbations of the parameters}",
        procedure=MEASURED,
        profile="full",
        note="Equal amplitudes, as there. With amplitudes that increase with the frequency the relative change has no "
        "such order: what is small is changed more.",
    ),
    Claim(
        "rahaman-kernel",
        Source(OWN, 2026, "after Jacot et al. 2018, theorem 2, at the width of Rahaman et al. 2019"),
        "own",
        r"\text{the tangent kernel at the start gives the learning curves of the amplitudes}",
        procedure=MEASURED,
        profile="full",
        note="Jacot et al. state it for infinite width; asked here of six layers of width 64 on the data of Rahaman "
        "et al., with the "
        "optimiser they use. The order of frequencies is predicted, the curves are not: features are learnt.",
    ),
    Claim(
        "rahaman-decay-networks",
        source("theorem 1"),
        "read",
        r"|\tilde f(k)| \text{ falls as } k^{-2} \text{ for } d = 1 \text{ and across faces, as } k^{-3} "
        r"\text{ in almost every direction for } d = 2",
        procedure=MEASURED,
        note="For random networks with compact support, transformed exactly from their linear pieces, with the "
        "constants. Not evenly in the direction: over a circle the mean square falls as k^-5, with the constant "
        "2 sum J^2 L over the edges.",
    ),
)
