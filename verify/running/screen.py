"""Lines for a reader: as wide as the terminal, COLUMNS or a pipe, and with styles where a terminal shows them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PLAIN, HEADING, ALARM = "", "bold", "bold red"  # styles of a line
LEAST_WIDTH, PIPED_WIDTH, MOST_WIDTH = 40, 80, 10_000  # columns
_LONG = re.compile(r"[^*/,+]*[*/,+]+|[^*/,+]+")  # where a formula without spaces may be broken


@dataclass(frozen=True, slots=True)
class Line:
    """A line for a reader, and how a terminal that can shows it: PLAIN, HEADING or ALARM."""

    text: str = ""
    style: str = PLAIN


def show(lines: Iterable[Line]) -> None:
    """Lines to standard output; with styles at a terminal, unless NO_COLOR, and without in a pipe."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for line in lines:
        if console.is_terminal:
            console.print(Text(line.text, line.style))
        else:
            sys.stdout.write(f"{line.text}\n")


def screen_width() -> int:
    """Columns of standard output: COLUMNS, else those of its terminal, else 80; at least 40.

    >>> screen_width() >= 40
    True
    """
    return reader_width() or PIPED_WIDTH


def reader_width() -> int | None:
    """COLUMNS, else the columns of the terminal; None in a pipe, where lines may be as long as they are."""
    told = os.environ.get("COLUMNS", "")
    if re.fullmatch("[0-9]{1,9}", told) and int(told) > 0:
        return max(LEAST_WIDTH, min(int(told), MOST_WIDTH))
    try:
        return max(LEAST_WIDTH, os.get_terminal_size(sys.stdout.fileno()).columns)
    except (OSError, ValueError):  # no terminal, or no file
        return None


def broken(text: str, width: int) -> str:
    """Each line in lines of at most `width`, what follows indented by two more.

    >>> broken("a: HOLDS (proved)\\n", 12)
    'a: HOLDS\\n  (proved)\\n'
    """
    found = []
    for line in text.splitlines():
        found += list(wrapped(line, width, len(line) - len(line.lstrip()))) if line.strip() else [Line()]
    return "".join(f"{line.text}\n" for line in found)


def wrapped(text: str, width: int, indent: int = 0, style: str = PLAIN, hang: int = 2) -> Iterator[Line]:
    """The words in lines of at most `width`, all but the first indented by `hang` more.

    A formula that is longer than a line is broken behind an operator, and anywhere where it has none.

    >>> [line.text for line in wrapped("a law: mu(k)*Gamma(k)**2/pi", 14)]
    ['a law: mu(k)*', '  Gamma(k)**2/', '  pi']
    """
    lines = [" " * indent]
    room = max(1, width - indent - hang)
    for word in text.split():
        for number, piece in enumerate(_pieces(word, room)):
            space = " " if number == 0 and lines[-1].strip() else ""
            if len(lines[-1]) + len(space) + len(piece) <= width or not lines[-1].strip():
                lines[-1] += space + piece
            else:
                lines.append(" " * (indent + hang) + piece)
    return (Line(line.rstrip(), style) for line in lines)


def _pieces(word: str, room: int) -> list[str]:
    """The word, or the parts of one that no line can hold."""
    if len(word) <= room:
        return [word]
    return [part[i : i + room] for part in _LONG.findall(word) for i in range(0, len(part), room)]
