"""Entries of claims, each decided once for all tests of a process that look at it."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from verify.claims import all_claims
from verify.findings.claim import Context
from verify.ledger.run import decide_claim


@cache
def _decided(claim: str) -> dict[str, Any]:
    return decide_claim(all_claims()[claim], Context("quick", 0))


def entry_of(claim: str) -> dict[str, Any]:
    """What the ledger writes of a claim in the quick profile; the caller's own copy."""
    return deepcopy(_decided(claim))
