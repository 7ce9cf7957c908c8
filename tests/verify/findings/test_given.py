"""What a proof cites of the papers under test is named; what anybody may cite is not."""

from __future__ import annotations

import pytest

from theory.proofs.theorems import THEOREMS
from verify.claims import all_claims
from verify.findings.claim import Source
from verify.findings.given import given

CITED = [theorem.reference for theorem in THEOREMS.values()]
BIETTI_BACH = Source("Bietti, Bach", 2021, "corollary 3", "2009.14397")
THEOREM = "theorem 7 of Bietti and Bach 2021"
REFERENCE = "Bietti and Bach 2021, theorem 7; the eigenvalue by Rodrigues' formula"


@pytest.mark.parametrize(
    ("source", "judged", "found"),
    [
        (BIETTI_BACH, [], [THEOREM]),
        (Source("Bietti, Mairal", 2019), [], []),
        (Source("Bietti, Bach", 2020), [], []),
        (Source("Geifman", 2020), [BIETTI_BACH], []),  # another place of that paper
        (Source("Geifman", 2020), [Source("Bietti, Bach", 2021, "proof of theorem 7")], [THEOREM]),
        (Source("Geifman", 2020), [Source("Bietti, Bach", 2021, "proof of theorem 71")], []),
    ],
)
def test_a_theorem_is_under_test_in_its_paper_and_where_a_claim_is_about_it(
    source: Source, judged: list[Source], found: list[str]
) -> None:
    assert given([REFERENCE, "DLMF 5.11.7", REFERENCE], source, judged) == found


def test_of_all_that_proofs_may_cite_one_theorem_is_judged_by_the_ledger() -> None:
    judged = [claim.source for claim in all_claims().values()]
    cited = [*CITED, REFERENCE]
    assert given(cited, None, judged) == [THEOREM]
    assert given(cited, Source("Cho, Saul", 2009)) == ["appendix A of Cho and Saul 2009"]
