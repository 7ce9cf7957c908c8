"""The published statements, one module a source: a claim in the CLAIMS of its module, a source in a new file.

What our language cannot say has a Procedure (tests/verify/test_claims_papers.py counts them); where networks
are trained it is in `verify.networks`, and the claim is MEASURED. `points` compares formulas on finite sets,
`expansions` printed expansions and laws; neither holds claims. Nothing here imports torch before it is called,
so that claims are listed quickly.
"""

from __future__ import annotations

from verify.findings.claim import Claim
from verify.running.discovery import declared


def all_claims() -> dict[str, Claim]:
    """Every claim by its id, in the order of the files and in them."""
    claims: dict[str, Claim] = {}
    for module in declared(__name__, "CLAIMS"):
        for claim in module:
            if claim.id in claims:
                raise ValueError(f"two claims are called {claim.id}")
            claims[claim.id] = claim
    return claims
