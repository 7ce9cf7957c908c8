"""Width from COLUMNS, the terminal, or a pipe; lines that lose nothing of a long formula."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.running.screen import LEAST_WIDTH, MOST_WIDTH, PIPED_WIDTH, screen_width, wrapped


@pytest.mark.parametrize(
    ("told", "width"),
    [("120", 120), ("1", LEAST_WIDTH), ("99999999", MOST_WIDTH)]
    + [(odd, PIPED_WIDTH) for odd in ("", "0", "-5", "x", "1e3", "٣", "9" * 5000)],
)
def test_columns_are_believed_where_they_are_a_number(told: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setenv("COLUMNS", told)
    assert screen_width() == width


formulas = st.text(alphabet="ab*/+,() 1", max_size=300)


@given(formulas, st.integers(8, 60), st.integers(0, 4), st.integers(0, 3))
def test_no_line_is_too_long_and_no_sign_is_lost(text: str, width: int, indent: int, hang: int) -> None:
    lines = [line.text for line in wrapped(text, width, indent, hang=hang)]
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.lists(st.text(alphabet="ab*1", min_size=1, max_size=8), max_size=30), st.integers(20, 60))
def test_a_word_that_fits_into_a_line_is_not_broken(words: list[str], width: int) -> None:
    found = " ".join(line.text for line in wrapped(" ".join(words), width)).split()
    assert found == words
