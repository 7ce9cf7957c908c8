"""Coverage-guided fuzzing of everything that reads text, for a bounded time.

    python -m tests.fuzz [SECONDS] [FOLDER]

Atheris grows texts that reach new branches of the grammar. The first byte of an input says which
reader gets the rest, which must be read or refused with one line in the time and within the memory
stated here. What reached something new is kept in FOLDER and taken up by the next run; an input
that failed is written there as `crash-*`, `timeout-*` or `oom-*`, and the exit code is not 0.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["theory", "lark", "verify.command.check"], exclude=["theory.numbers.balls"]):
    from tests.theory.language.test_fuzz import READERS, WORDS, assert_read_or_refused
    from theory.kernels.parse import MAX_TEXT

SECONDS, MEGABYTES = 10, 2048  # for one text, and for the process
PRINTED = range(ord(" "), 127)


def read(data: bytes) -> None:
    """One input."""
    names = sorted(READERS)
    name = names[data[0] % len(names)] if data else names[0]
    assert_read_or_refused(READERS[name], data[1:].decode("utf-8", errors="replace"))


def dictionary() -> str:
    """The words of the grammar as libFuzzer reads them: one quoted text a line, bytes escaped."""
    escaped = (
        "".join(chr(b) if b in PRINTED and b not in b'"\\' else f"\\x{b:02x}" for b in word.encode()) for word in WORDS
    )
    return "".join(f'"{word}"\n' for word in escaped)


def main(seconds: int, folder: Path) -> None:
    """Fuzz; never returns."""
    corpus, words = folder / "corpus", folder / "words.txt"
    corpus.mkdir(parents=True, exist_ok=True)
    words.write_text(dictionary(), encoding="ascii")
    for number in range(len(READERS)):
        for place, text in enumerate(WORDS):
            (corpus / f"{number}-{place}").write_bytes(bytes([number]) + text.encode())
    options = {
        "max_total_time": seconds,
        "max_len": MAX_TEXT + 1,
        "len_control": 10,
        "timeout": SECONDS,
        "rss_limit_mb": MEGABYTES,
        "dict": words,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
    }
    atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), str(corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int((given + ["600"])[0]), Path(given[1] if len(given) > 1 else "results/fuzz"))
