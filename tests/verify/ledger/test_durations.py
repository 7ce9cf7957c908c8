"""Times of claims: from an earlier run of the folder, else from the table; never more is left than there was."""

import json
import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from verify.claims import all_claims
from verify.findings.claim import PROFILES
from verify.ledger.durations import MEASURED, Forecast, earlier, forecast

times = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.1, 1e4), min_size=1)


def entry(folder: Path, name: str, **changes: object) -> None:
    (folder / "entries").mkdir(exist_ok=True)
    whole = {"profile": "full", "status": "DECIDED", "seconds": 7.0} | changes
    (folder / "entries" / f"{name}.json").write_text(json.dumps(whole), encoding="utf-8")


def test_the_table_knows_claims_of_the_project_alone() -> None:
    table = tomllib.loads(MEASURED.read_text(encoding="utf-8"))
    assert set(table) <= set(PROFILES) and table["full"].keys() <= all_claims().keys()
    assert all(seconds > 0 for seconds in table["full"].values())


def test_an_earlier_run_of_the_folder_is_believed_before_the_table(tmp_path: Path) -> None:
    entry(tmp_path, "density-split")
    assert forecast(["density-split"], "full", 1, tmp_path).known == {"density-split": 7.0}
    assert forecast(["density-split"], "full", 1, tmp_path / "none").known["density-split"] > 7.0


def test_entries_of_other_profiles_crashes_and_what_cannot_be_read_are_not_believed(tmp_path: Path) -> None:
    entry(tmp_path, "a", profile="quick")
    entry(tmp_path, "b", status="CRASHED")
    entry(tmp_path, "c", seconds="long")
    entry(tmp_path, "d")
    (tmp_path / "entries" / "e.json").write_text("{", encoding="utf-8")
    assert earlier("abcdef", "full", tmp_path) == {"d": 7.0}


@given(times, st.integers(1, 4))
def test_what_is_left_falls_to_nothing_and_is_never_less_than_the_longest(seconds: dict[str, float], jobs: int) -> None:
    told, done = Forecast(seconds, tuple("abcdef"), jobs), []
    walls = []
    for name in [None, *"abcdef"]:
        done += [name] if name else []
        rest = {one: value for one, value in seconds.items() if one not in done}
        walls.append(told._wall(rest))
        assert walls[-1] >= max(rest.values(), default=0.0) and walls[-1] * jobs >= sum(rest.values()) * (1 - 1e-12)
    assert walls == sorted(walls, reverse=True) and told.left("abcdef") == ""


def test_a_short_run_says_nothing_beforehand() -> None:
    assert Forecast({"a": 3.0}, ("a", "b")).sentence() == ""
    assert Forecast({}, ("a",)).left([]) == ""
