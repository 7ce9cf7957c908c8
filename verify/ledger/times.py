"""How long the claims of a run take, by the entries that an earlier run left in the same folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SHOWN = 8  # of the claims that take longest
LONG = 5.0  # seconds from which a claim is named


def recorded(folder: Path, profile: str) -> dict[str, float]:
    """Seconds of each claim that folder/entries holds as decided in this profile; entries that are none are left out.

    >>> recorded(Path("no such folder"), "quick")
    {}
    """
    found = {}
    for path in sorted((folder / "entries").glob("*.json")):
        try:
            entry = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        seconds = entry.get("seconds") if isinstance(entry, dict) else None
        same = seconds is not None and entry.get("status") == "DECIDED" and entry.get("profile") == profile
        if same and isinstance(seconds, int | float) and 0 <= seconds < float("inf"):
            found[path.stem] = float(seconds)
    return found


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is known before a run: the claims that it decides, the seconds of some of them, its processes."""

    claims: tuple[str, ...]
    seconds: Mapping[str, float]
    jobs: int

    def left(self, decided: Iterable[str] = ()) -> float | None:
        """Seconds until the end: the work left shared by the processes, or its longest claim; None if none is known.

        >>> Forecast(("a", "b", "c"), {"a": 60.0, "b": 20.0, "c": 20.0}, 2).left()
        60.0
        >>> Forecast(("a", "b", "c"), {"a": 60.0, "b": 20.0, "c": 20.0}, 2).left(["a"])
        20.0
        """
        done = set(decided)
        known = [self.seconds[c] for c in self.claims if c in self.seconds and c not in done]
        return max(sum(known) / max(1, self.jobs), *known) if known else None

    def sentence(self) -> str | None:
        """What takes how long, in one line; None where nothing is recorded or nothing takes long.

        >>> Forecast(("a", "b", "c"), {"a": 660.0, "b": 60.0}, 2).sentence()
        'about 11 min by the times recorded here (1 of 3 claims has none): a 11 min, b 1 min'
        """
        named = sorted((c for c in self.claims if self.seconds.get(c, 0.0) >= LONG), key=lambda c: -self.seconds[c])
        whole = self.left()
        if whole is None or not named:
            return None
        without = sum(c not in self.seconds for c in self.claims)
        have = "has" if without == 1 else "have"
        unknown = f" ({without} of {len(self.claims)} claims {have} none)" if without else ""
        longest = ", ".join(f"{c} {duration(self.seconds[c])}" for c in named[:SHOWN])
        return f"about {duration(whole)} by the times recorded here{unknown}: {longest}"


def duration(seconds: float) -> str:
    """Whole seconds below a minute, whole minutes from there.

    >>> duration(59.6), duration(61), duration(754)
    ('60 s', '1 min', '13 min')
    """
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"
