"""What a run says to its reader: every refutation and surprise, no more, within the width."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.verify.entries import entry_of
from verify.ledger.summary import Ending, block, by_paper, counts, details, last_lines, screen
from verify.ledger.verdicts import CRASHED, DECIDED, NOT_RUN, kind
from verify.running.screen import ALARM, HEADING, Line

SOURCES = [
    {"authors": "Cao, Fang, Wu, Zhou, Gu", "year": 2019, "place": "theorem 4.3", "arxiv": "1912.01198"},
    {"authors": "Bach", "year": 2017, "place": "", "arxiv": None},
    {"authors": "this project", "year": 2026, "place": "after Bach", "arxiv": None},
]
NTK = "NTK(depth=2)"
DONE = Ending({}, next="spectral-bias report results")


def entry(name: str = "a", truth: str | None = "HOLDS", **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "source": SOURCES[0],
        "wording": "read",
        "as_restated": False,
        "printed": r"\mu_k = \Omega(d^{-k})",
        "statement": [{"says": "mu(k) > 0", "kernel": NTK, "for": []}],
        "truth": truth,
        "up_to": None,
        "evidence": truth and "proved",
        "given": [],
        "status": DECIDED,
        "compared": "c",
        "why": "w",
        "note": "",
        "corrected": [],
        "command": "again",
        **more,
    }


def text(lines: list[Line]) -> str:
    """All lines as one, however they are broken."""
    return " ".join(" ".join(line.text for line in lines).split())


CORRECTED = {"says": "mu(k) = 1", "kernel": NTK, "for": ["k odd"], "truth": "HOLDS", "evidence": "proved"}


def test_a_refutation_says_what_is_printed_what_holds_where_and_of_which_kernel() -> None:
    told = [line.text for line in block(entry(truth="FAILS", corrected=[CORRECTED], as_restated=True), 80, {})]
    assert told == [
        "  a, theorem 4.3: FAILS as restated (proved)",
        "    printed  mu_k = Omega(d^(-k))",
        "    holds    mu(k) = 1 for k odd",
        "    kernel   NTK(depth=2)",
    ]


def test_two_kernels_stand_with_their_statements() -> None:
    other = CORRECTED | {"kernel": "Laplace(rate=1)"}
    told = text([*block(entry(truth="FAILS", corrected=[CORRECTED, other]), 80, {})])
    assert "holds mu(k) = 1 of NTK(depth=2) for k odd holds mu(k) = 1 of Laplace(rate=1) for k odd" in told
    assert "kernel" not in told


def test_a_correction_that_does_not_hold_is_not_shown() -> None:
    assert "holds" not in text([*block(entry(truth="FAILS", corrected=[CORRECTED | {"truth": "UNDECIDED"}]), 80, {})])


def test_what_holds_is_counted_and_named_only_where_all_is_asked_for() -> None:
    entries = [entry("one"), entry("two", up_to="surface measure", source=SOURCES[1]), entry("three", "FAILS")]
    told = text(screen(entries, DONE, 80))
    assert "Cao et al. 2019, arXiv 1912.01198: 1 HOLDS, 1 FAILS" in told and "Bach 2017 (1, 1 up to a norm" in told
    assert "one" not in told and "three" in told
    whole = text(screen(entries, DONE, 80, whole=True))
    assert "one, theorem 4.3: HOLDS (proved)" in whole and "two: HOLDS up to surface measure (proved)" in whole


def test_the_last_line_has_the_counts_the_rate_and_the_next_command() -> None:
    ending = Ending({}, rates="at most 1e-7", next="spectral-bias report results")
    assert text([*last_lines([entry(), entry("b", "FAILS")], ending, 200)][-1:]) == (
        "1 HOLDS, 1 FAILS; all as expected; at most 1e-7; next: spectral-bias report results"
    )


def test_what_was_not_run_is_named_with_the_command() -> None:
    late = entry("late", None, status=NOT_RUN, why="belongs to profile full")
    ending = Ending({}, rest=", about 9 min: spectral-bias verify --profile full")
    told = text(screen([entry(), late], ending, 80))
    assert "Not run: 1 claim. To run it, about 9 min: spectral-bias verify --profile full late" in told
    assert "late" not in text(screen([entry(), late], DONE, 80)).partition("Not run")[0]


def test_a_paper_of_which_nothing_was_run_is_not_said_to_hold() -> None:
    late = entry("late", None, status=NOT_RUN, source=SOURCES[1])
    assert "Bach" not in text(screen([entry(), late], DONE, 80))


@st.composite
def ledgers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Entries of every kind, of several papers, with statements that have spaces and that have none."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        truth, status = draw(
            st.sampled_from(
                [("HOLDS", DECIDED), ("FAILS", DECIDED), ("UNDECIDED", DECIDED), (None, CRASHED), (None, NOT_RUN)]
            )
        )
        more = {
            "source": draw(st.sampled_from(SOURCES)),
            "as_restated": draw(st.booleans()),
            "up_to": draw(st.sampled_from([None, "surface measure"])) if truth == "HOLDS" else None,
            "why": draw(st.sampled_from(["w", "x" * 300, "words " * 40, "a*b+" * 60])),
            "corrected": draw(st.lists(st.just(CORRECTED), max_size=2)),
        }
        found.append(entry(f"claim-{number:02}", truth, status=status, **more))
    return found


@given(ledgers(), st.integers(40, 160), st.booleans())
def test_every_line_keeps_the_width_and_every_refutation_is_told(
    entries: list[dict[str, Any]], width: int, whole: bool
) -> None:
    named = {e["id"]: "why " + "x" * 90 for e in entries if e["status"] == CRASHED}
    lines = screen(entries, Ending(named, next="spectral-bias report results"), width, whole)
    assert all(len(line.text) <= width and line.text == line.text.rstrip() for line in lines)
    told = text(lines)
    for e in entries:
        wanted = whole or kind(e) not in ("HOLDS", "HOLDS up to normalisation")
        assert (e["id"] in told) == (wanted or e["status"] == NOT_RUN)
    decided = [e for e in entries if e["status"] != NOT_RUN]
    assert (counts(decided) or "nothing to decide") in told
    red = {line.text for line in lines if line.style == ALARM}
    assert bool(red) == bool(named)


@given(ledgers(), st.integers(40, 160))
def test_details_keep_the_width_and_say_why(entries: list[dict[str, Any]], width: int) -> None:
    for e in entries:
        lines = details(e, width, {})
        assert all(len(line.text) <= width for line in lines)
        assert lines[0].style == (ALARM if e["status"] == CRASHED else HEADING)
        assert "".join(e["why"].split()) in "".join("".join(line.text for line in lines).split())


def test_details_of_a_real_claim_name_kernel_scope_evidence_and_counterexample() -> None:
    found = entry_of("cao-cor-degrees")
    told = text(details(found, 100, {}))
    for words in (
        "FAILS as restated (proved)",
        "NTK(depth=2, layer_scales=(1/2, 1))",
        "counterexample",
        "instead HOLDS",
    ):
        assert words in told
    assert found["why"] in told and found["command"] in told


def test_papers_are_cited_as_one_cites_them() -> None:
    assert list(by_paper([entry(source=source) for source in SOURCES])) == [
        "Bach 2017",
        "Cao et al. 2019, arXiv 1912.01198",
        "this project",
    ]
