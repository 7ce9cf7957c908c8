"""The published statements, one module a source; adding a claim touches one of them only.

What our language cannot say has a named procedure (tests/verify/test_claims_papers.py counts them);
those about trained networks are in `networks`. `points` compares formulas on finite sets, `expansions`
printed expansions and laws; neither holds claims.
"""

from __future__ import annotations

from importlib import import_module

from verify.findings.claim import Claim

MODULES = (
    "cao",
    "cho_saul",
    "bach",
    "bietti_mairal",
    "basri",
    "bietti_bach",
    "murray",
    "li",
    "bordelon",
    "simon",
    "jacot",
    "arora",
    "rahaman",
    "tancik",
    "regression",
    "ridge",
    "lecture",
    "neighbours",
    "networks",
    "networks_two_layer",
    "networks_limits",
    "networks_deep",
    "networks_lecture",
    "networks_rahaman",
    "tancik_images",
    "tancik_scenes",
    "properties",
)


def all_claims() -> dict[str, Claim]:
    """Every claim by its id, in the order of the modules."""
    claims: dict[str, Claim] = {}
    for module in MODULES:
        for claim in import_module(f"verify.claims.{module}").CLAIMS:
            if claim.id in claims:
                raise ValueError(f"two claims are called {claim.id}")
            claims[claim.id] = claim
    return claims
