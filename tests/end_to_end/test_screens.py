"""The screens of docs/screens.md are what the program prints; `python -m tests.screens` writes them anew."""

from __future__ import annotations

from pathlib import Path

from tests import screens


def test_the_page_shows_what_verify_prints() -> None:
    assert [screens.verify_screen(width) for width in screens.WIDTHS] == screens.shown()[:2]


def test_the_page_shows_what_check_prints(tmp_path: Path) -> None:
    assert [screens.check_screen(width, tmp_path) for width in screens.WIDTHS] == screens.shown()[2:]


def test_the_screens_keep_their_width_and_the_file_is_the_one_shown() -> None:
    found = screens.shown()
    for width, text in zip(screens.WIDTHS * 2, found, strict=True):
        assert 0 < max(map(len, text.splitlines())) <= width
    assert f"```toml\n{screens.STATEMENTS}```" in screens.PAGE.read_text(encoding="utf-8")
