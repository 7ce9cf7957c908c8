"""The screens that docs/screens.md shows, as the program writes them.

    python -m tests.screens

writes the page's blocks anew. What `verify` says is made from verdicts that are found here (those refuted) and from
the expected ones (those that are counted alone), since the whole quick profile trains networks for minutes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.verify.entries import entry_of
from verify.claims import all_claims
from verify.findings.claim import PROFILES, Claim, Context
from verify.ledger import summary
from verify.ledger.durations import forecast
from verify.ledger.expectations import expected
from verify.ledger.run import _header, wanted
from verify.ledger.verdicts import DECIDED, NOT_RUN

PAGE = Path(__file__).parents[1] / "docs" / "screens.md"
WIDTHS = (80, 120)
RATE = "a right theory fails with probability at most 3.7e-07 (22 statistical claims)"  # of one run
STATEMENTS = """[[claim]]
id = "sharp"
kernel = "NTK(depth=2)"
says = "mu(k) = Theta(k**(-d-1)) as k -> oo"
for = ["k even"]

[[claim]]
id = "positive"
kernel = "NTK(depth=2)"
says = "mu(k) > 0"
"""
_BLOCK = re.compile(r"```text\n(.*?)```", re.DOTALL)


def verify_screen(width: int) -> str:
    """What `spectral-bias verify` prints of the quick profile."""
    claims, known = all_claims(), expected()
    chosen = wanted(claims, "quick")
    entries = [_entry(claim, known[name], name in chosen) for name, claim in sorted(claims.items())]
    late = [name for name in claims if name not in chosen]
    about = forecast(late, PROFILES[1], 2, Path("there-is-none")).about()
    ending = summary.Ending(
        {},
        rates=RATE,
        next="spectral-bias report results",
        rest=f", {about}: spectral-bias verify --profile {PROFILES[1]}",
    )
    return "".join(f"{line.text}\n" for line in summary.screen(entries, ending, width))


def _entry(claim: Claim, want: dict[str, str], chosen: bool) -> dict[str, Any]:
    """Decided here where it is shown, else as it is expected."""
    if chosen and (want["truth"] != "HOLDS"):
        return entry_of(claim.id)
    found = _header(claim, Context()) | {"status": DECIDED if chosen else NOT_RUN, "why": "", "given": []}
    verdict = {"truth": want["truth"], "up_to": want.get("up_to"), "evidence": want["evidence"]}
    return found | (verdict if chosen else dict.fromkeys(verdict))


def check_screen(width: int, folder: Path) -> str:
    """What `spectral-bias check statements.toml` prints."""
    (folder / "statements.toml").write_text(STATEMENTS, encoding="utf-8")
    code = "from verify.command.cli import main; main()"
    command = [sys.executable, "-c", code, "check", "statements.toml"]
    environment = os.environ | {"COLUMNS": str(width), "PYTHONPATH": str(PAGE.parents[1])}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True).stdout


def screens(folder: Path) -> list[str]:
    """All of them, in the order of the page."""
    return [*map(verify_screen, WIDTHS), *(check_screen(width, folder) for width in WIDTHS)]


def shown() -> list[str]:
    """Those of the page."""
    return _BLOCK.findall(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as place:
        new = iter(screens(Path(place)))
    PAGE.write_text(
        _BLOCK.sub(lambda _: f"```text\n{next(new)}```", PAGE.read_text(encoding="utf-8")), encoding="utf-8"
    )
