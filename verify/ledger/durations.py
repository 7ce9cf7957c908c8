"""How long a run will take, from what its claims took before: said beforehand, and what is left while it runs.

Seconds of a claim are those of the entry that an earlier run of the profile left in the same folder, else those
of `seconds.toml`, which were measured once, on one core. They are no promise: another machine is another clock.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEASURED = Path(__file__).with_name("seconds.toml")
NAMED = 5  # of the longest claims
SHORT = 10.0  # seconds: a run that takes less says nothing beforehand


@dataclass(frozen=True, slots=True)
class Forecast:
    """Seconds of each claim that is to be decided, where they are known, and how many processes decide.

    >>> forecast = Forecast({"a": 600.0, "b": 120.0}, ("a", "b", "c"), jobs=2)
    >>> forecast.sentence()
    'about 10 min on 2 processes: a 10 min, b 2 min; 1 claim of unknown time'
    >>> forecast.left({"a"})
    'about 2 min left'
    """

    seconds: Mapping[str, float]
    claims: tuple[str, ...]
    jobs: int = 1
    known: Mapping[str, float] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", {name: self.seconds[name] for name in self.claims if name in self.seconds})

    def about(self) -> str:
        """How long all of them take, as far as is known; "" where nothing is.

        >>> Forecast({"a": 600.0}, ("a", "b")).about()
        'about 10 min, and 1 claim of unknown time'
        """
        total, unknown = self._wall(self.known), len(self.claims) - len(self.known)
        rest = f", and {unknown} claim{'s' * (unknown > 1)} of unknown time" if unknown else ""
        return f"about {in_words(total)}{rest}" if total >= 1 else ""

    def sentence(self) -> str:
        """What takes how long; "" for a run that is short, as far as is known."""
        total = self._wall(self.known)
        if total < SHORT:
            return ""
        longest = sorted(self.known, key=lambda name: -self.known[name])[:NAMED]
        parts = ", ".join(f"{name} {in_words(self.known[name])}" for name in longest if self.known[name] >= 1)
        processes = f" on {self.jobs} processes" if self.jobs > 1 else ""
        unknown = len(self.claims) - len(self.known)
        rest = f"; {unknown} claim{'s' * (unknown > 1)} of unknown time" if unknown else ""
        return f"about {in_words(total)}{processes}: {parts}{rest}"

    def left(self, decided: Iterable[str]) -> str:
        """What is left when these are decided, as far as is known; "" where that is nothing."""
        done = set(decided)
        total = self._wall({name: seconds for name, seconds in self.known.items() if name not in done})
        return f"about {in_words(total)} left" if total >= 1 else ""

    def _wall(self, seconds: Mapping[str, float]) -> float:
        """No less than the longest, and than all of them shared evenly."""
        return max(sum(seconds.values()) / self.jobs, max(seconds.values(), default=0.0))


def forecast(claims: Iterable[str], profile: str, jobs: int, folder: Path) -> Forecast:
    """From the folder's earlier entries and the table."""
    names = tuple(claims)
    table = tomllib.loads(MEASURED.read_text(encoding="utf-8")).get(profile, {})
    return Forecast(table | earlier(names, profile, folder), names, jobs)


def earlier(claims: Iterable[str], profile: str, folder: Path) -> dict[str, float]:
    """Seconds of the entries of this profile below the folder; what cannot be read is not there."""
    found = {}
    for name in claims:
        try:
            entry = json.loads((folder / "entries" / f"{name}.json").read_text(encoding="utf-8"))
            if entry["profile"] == profile and entry["status"] == "DECIDED":
                found[name] = float(entry["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def in_words(seconds: float) -> str:
    """Seconds below 100, minutes below 100, hours.

    >>> in_words(42.4), in_words(600), in_words(9000)
    ('42 s', '10 min', '2.5 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
