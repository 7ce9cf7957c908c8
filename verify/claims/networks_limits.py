"""Infinite width at the start, and kernel regression: statements about networks and samples.

Null hypotheses, margins and error rates are in `verify.networks`, one module a procedure.
"""

from __future__ import annotations

from verify.claim import Claim, Source
from verify.networks import gaussian_limit

CLAIMS = (
    Claim(
        "lee-gp-depths", Source("Lee, Bahri, Novak, Schoenholz, Pennington, Sohl-Dickstein", 2018, "", "1711.00165"),
        "seed",
        r"\text{wide random networks of depth } 2, 3, 4 \text{ are Gaussian processes of covariance } \Sigma_L",
        procedure=gaussian_limit,
        note="Depth counts weight layers. Normality is tested on outputs and random projections of them; the excess "
        "kurtosis is compared with its exact value at every width.",
    ),
)  # fmt: skip
