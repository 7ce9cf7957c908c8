"""The chance that a run of right theories reports a failure: the sum over its statistical claims.

Each entry of the ledger that rests on statistics keeps its own rates (`Finding.rates`). By the union
bound the chance that any of them fails a right theory is at most the sum of their false-fail rates,
whatever the dependence between them.

Tail model: means over seeds are studentised and follow Student's t, exact for independent normal
seed values (`verify.normality` tests that); means over hidden units follow the first moderate-deviation
correction of the studentised mean (`statistics.z_test`) or Bernstein's inequality (`verify.moments`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

ALLOWED = {"quick": 1e-6}  # of a whole run of the profile, so that continuous integration does not flake


def total_false_fail(entries: Iterable[Mapping[str, Any]]) -> tuple[float, int]:
    """(sum of false-fail rates, number of entries that have one).

    >>> total_false_fail([{"rates": {"false_fail": 0.25}}, {"rates": None}, {"rates": {"false_fail": 0.5}}])
    (0.75, 2)
    """
    rates = [e["rates"]["false_fail"] for e in entries if e.get("rates") and "false_fail" in e["rates"]]
    return math.fsum(rates), len(rates)


def sentence(entries: Iterable[Mapping[str, Any]], profile: str) -> str | None:
    """One line for the end of a run; None where no claim is statistical.

    >>> sentence([{"rates": {"false_fail": 1e-8}}], "quick")
    'a right theory fails with probability at most 1.0e-08 in 1 statistical claim (allowed in quick: 1e-06)'
    """
    total, count = total_false_fail(entries)
    if not count:
        return None
    claims = f"{count} statistical claim{'s' * (count > 1)}"
    allowed = ALLOWED.get(profile)
    limit = ""
    if allowed is not None:
        limit = f" (allowed in {profile}: {allowed:.0e}{', EXCEEDED' * (total > allowed)})"
    return f"a right theory fails with probability at most {total:.1e} in {claims}{limit}"
