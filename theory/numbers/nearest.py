"""The nearest of the names that are allowed, for what is mistyped."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(name: str, allowed: Iterable[str]) -> str:
    """' (did you mean X?)' when a close name is allowed, else nothing.

    >>> suggestion("NTKK", ["NTK", "NNGP"])
    ' (did you mean NTK?)'
    """
    lowered = {a.lower(): a for a in allowed}
    close = get_close_matches(name.lower(), list(lowered), n=1)
    return f" (did you mean {lowered[close[0]]}?)" if close else ""
