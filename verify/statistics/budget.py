"""The chance that a run of right theories reports a failure: the sum over its statistical claims.

Each entry of the ledger that rests on statistics keeps its own rates (`Finding.rates`); one that states none may
fail a right theory with any probability, counts as 1 and is named. By the union
bound the chance that any of them fails a right theory is at most the sum of their false-fail rates,
whatever the dependence between them.

The rates are given the bounds of spread and bias under a right theory, which come from pilot networks whose seeds
no run uses; each bound is missed with probability PILOT_MISS.

Tail model: means over seeds are studentised and follow Student's t, exact for independent normal
seed values (`tests.verify.normality` tests that); means over hidden units follow the first moderate-deviation
correction of the studentised mean (`verify.statistics.ztest`) or Bernstein's inequality (`verify.statistics.moments`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from theory.numbers.truth import Evidence

PILOT_MISS = 1e-3
ALLOWED = {"quick": 1e-6, "full": 1e-3}  # of a whole run of the profile, so that continuous integration does not flake


def total_false_fail(entries: Iterable[Mapping[str, Any]]) -> tuple[float, int]:
    """(sum of false-fail rates, number of statistical entries): those that state a rate, and those observed.

    >>> total_false_fail([{"rates": {"false_fail": 0.25}}, {"rates": None}, {"rates": {"false_fail": 0.5}}])
    (0.75, 2)
    >>> total_false_fail([{"evidence": "observed", "rates": {"false_pass": 1e-3}}])
    (1.0, 1)
    """
    rates = [_stated(entry) for entry in entries if _statistical(entry)]
    return math.fsum(1.0 if rate is None else rate for rate in rates), len(rates)


def without_rate(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """The claims that are observed and state no chance of failing a right theory.

    >>> without_rate([{"id": "a", "evidence": "observed"}, {"id": "b", "evidence": "proved"}])
    ['a']
    """
    return [str(entry["id"]) for entry in entries if _statistical(entry) and _stated(entry) is None]


def _statistical(entry: Mapping[str, Any]) -> bool:
    return entry.get("evidence") == Evidence.OBSERVED or _stated(entry) is not None


def _stated(entry: Mapping[str, Any]) -> float | None:
    rate: float | None = (entry.get("rates") or {}).get("false_fail")
    return rate


def exceeded(entries: Iterable[Mapping[str, Any]], profile: str) -> bool:
    """Whether the rates of a run add up to more than its profile allows.

    >>> exceeded([{"rates": {"false_fail": 1e-5}}], "quick"), exceeded([{"rates": {"false_fail": 1e-5}}], "full")
    (True, False)
    """
    return total_false_fail(entries)[0] > ALLOWED.get(profile, math.inf)


def brief(entries: Iterable[Mapping[str, Any]]) -> str:
    """The total alone, for the last line of a run; "" where no claim is statistical. `sentence` says what it is given.

    >>> brief([{"rates": {"false_fail": 1e-8}}])
    'a right theory fails with probability at most 1.0e-08 (1 statistical claim)'
    """
    total, count = total_false_fail(entries)
    claims = f"{count} statistical claim{'s' * (count > 1)}"
    return f"a right theory fails with probability at most {min(1.0, total):.1e} ({claims})" if count else ""


def sentence(entries: Iterable[Mapping[str, Any]], profile: str) -> str | None:
    """One line for the end of a run; None where no claim is statistical.

    >>> sentence([{"rates": {"false_fail": 1e-8}}], "quick")
    'a right theory fails with probability at most 1.0e-08 in 1 statistical claim (allowed in quick: 1e-06), given the bounds of its ...'
    """
    entries = list(entries)
    total, count = total_false_fail(entries)
    if not count:
        return None
    claims = f"{count} statistical claim{'s' * (count > 1)}"
    allowed = ALLOWED.get(profile)
    limit = ""
    if allowed is not None:
        limit = f" (allowed in {profile}: {allowed:.0e}{', EXCEEDED' * (total > allowed)})"
    silent = without_rate(entries)
    named = f"; no rate is stated by {', '.join(silent)}: counted as 1 each" if silent else ""
    given = f", given the bounds of its pilots, each missed with probability {PILOT_MISS:.0e}"
    return f"a right theory fails with probability at most {min(1.0, total):.1e} in {claims}{limit}{given}{named}"
