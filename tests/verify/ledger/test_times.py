"""What a run says beforehand comes from entries of the same profile, and from nothing else."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from verify.ledger.times import Forecast, recorded


def entry(**changes):
    return {"status": "DECIDED", "profile": "full", "seconds": 12.5} | changes


def test_only_decided_entries_of_the_profile_count(tmp_path):
    (tmp_path / "entries").mkdir()
    kept = {"a": entry(), "b": entry(profile="quick"), "c": entry(status="CRASHED"), "d": entry(seconds=None), "e": []}
    kept |= {"g": entry(seconds=float("nan")), "h": entry(seconds=-1)}
    for name, content in kept.items():
        (tmp_path / "entries" / f"{name}.json").write_text(json.dumps(content))
    (tmp_path / "entries" / "f.json").write_text("{")
    assert recorded(tmp_path, "full") == {"a": 12.5}
    assert recorded(tmp_path, "quick") == {"b": 12.5}


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=6), st.integers(1, 4), st.integers(0, 5))
def test_what_is_left_never_grows_and_is_no_less_than_any_schedule_needs(seconds, jobs, done):
    names = tuple(map(str, range(len(seconds))))
    forecast = Forecast(names, dict(zip(names, seconds, strict=True)), jobs)
    whole, rest = forecast.left(), forecast.left(names[:done]) or 0.0
    assert rest <= whole <= sum(seconds) * (1 + 1e-12)
    assert whole >= max(seconds) and whole * jobs >= sum(seconds) * (1 - 1e-12)


def test_without_records_or_long_claims_nothing_is_said():
    assert Forecast(("a",), {}, 1).sentence() is None and Forecast(("a",), {}, 1).left() is None
    assert Forecast(("a",), {"a": 0.1}, 1).sentence() is None
    assert "a 1 min" in Forecast(("a",), {"a": 60.0}, 1).sentence()
