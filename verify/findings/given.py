"""Theorems under test: what a proof cites of the very papers that the ledger judges.

A proof may lean on a theorem of the paper whose statement it settles, or on one that a claim of the ledger
is about. It then proves something given that theorem only, and says so wherever its evidence is shown.
Both are read off the references of the theorems that the replayed proof cites and the sources of the claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from verify.findings.claim import Source

REFERENCE = re.compile(r"(?P<authors>[^\d,;]+?) (?P<year>\d{4}), (?P<place>[^;]+)")


def surnames(authors: str) -> frozenset[str]:
    """
    >>> sorted(surnames("Bietti and Bach")), sorted(surnames("Cho, Saul"))
    (['Bach', 'Bietti'], ['Cho', 'Saul'])
    """
    return frozenset(re.split(r", | and ", authors))


def given(references: Iterable[str], source: Source | None, judged: Sequence[Source] = ()) -> list[str]:
    """Which of the cited references are under test, each once: those of the paper `source` itself, and those
    whose place a judged source names.

    >>> cited = "Bietti and Bach 2021, theorem 7; the eigenvalue by Rodrigues' formula", "DLMF 5.11.7"
    >>> given(cited, Source("Bietti, Bach", 2021, "corollary 3"))
    ['theorem 7 of Bietti and Bach 2021']
    >>> given(cited, Source("Geifman", 2020)), given(cited, None, [Source("Bietti, Bach", 2021, "theorem 7, proof")])
    ([], ['theorem 7 of Bietti and Bach 2021'])
    """
    found = []
    for reference in references:
        read = REFERENCE.match(reference)
        if read is None:
            continue
        paper = surnames(read["authors"]), int(read["year"])
        whole = re.compile(rf"\b{re.escape(read['place'])}\b")
        own = source is not None and (surnames(source.authors), source.year) == paper
        if own or any((surnames(s.authors), s.year) == paper and whole.search(s.place) for s in judged):
            found.append(f"{read['place']} of {read['authors']} {read['year']}")
    return list(dict.fromkeys(found))
